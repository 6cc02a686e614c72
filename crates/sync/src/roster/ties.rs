//! Ties of contacts and students: the app keeps them between two accounts, the mirror under an id made of the two ids.

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::Policy;
use homeroom_roster::{self as app, LinkState, Reading, RosterError, Tie};
use homeroom_segment::Hash;

use crate::mirror::tie_id;

/// An open tie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OpenTie {
    pub(super) contact: i64,
    pub(super) student: i64,
    pub(super) kind: String,
    pub(super) label: String,
    contact_source: ObjectId,
    student_source: ObjectId,
}

impl OpenTie {
    /// A tie of two accounts, each with its id in the source; what it is about as type and label.
    pub(super) fn new(
        (contact, contact_source): (i64, ObjectId),
        (student, student_source): (i64, ObjectId),
        (kind, label): (&str, &str),
    ) -> Self {
        Self {
            contact,
            student,
            kind: kind.to_owned(),
            label: label.to_owned(),
            contact_source,
            student_source,
        }
    }

    pub(super) fn as_tie(&self) -> Tie<'_> {
        Tie::Relationship {
            contact: self.contact,
            student: self.student,
            kind: &self.kind,
            label: &self.label,
        }
    }

    /// The digest that planning would compute of it.
    pub(super) fn digest(&self, policy: &Policy) -> Hash {
        policy.digest(Kind::ContactLink, |field| match field {
            "relationship" => self.label.clone(),
            "type" => self.kind.clone(),
            "contact" => self.contact_source.to_hex(),
            "student" => self.student_source.to_hex(),
            _ => String::new(),
        })
    }
}

/// Open ties by the ids that the mirror gives to them, ascending. Ties of people whom the source does not know are the app's.
pub(super) fn open(
    reading: &dyn Reading,
    district: i64,
) -> Result<BTreeMap<ObjectId, OpenTie>, RosterError> {
    let mut sources: BTreeMap<i64, ObjectId> = BTreeMap::new();
    reading.links(district, app::Kind::Person, &mut |link| {
        if let Some(source) =
            ObjectId::from_hex(link.source_id).filter(|_| link.state == LinkState::Active)
        {
            sources.insert(link.entity, source);
        }
        Ok(())
    })?;
    let mut ties = BTreeMap::new();
    reading.ties(district, &mut |tie, _| {
        let Tie::Relationship {
            contact,
            student,
            kind,
            label,
        } = tie
        else {
            return Ok(());
        };
        if let (Some(contact_source), Some(student_source)) =
            (sources.get(&contact), sources.get(&student))
        {
            let open = OpenTie::new(
                (contact, *contact_source),
                (student, *student_source),
                (kind, label),
            );
            ties.insert(tie_id(contact_source, student_source), open);
        }
        Ok(())
    })?;
    Ok(ties)
}

//! Timelines: everything that ever happened to a record, and who looked at that (integration-side A4.9, B15).

use homeroom_model::Timestamp;

use crate::change::{AuditEntry, Carried, RowChange, TieValue};
use crate::{Kind, RosterError, Value};

/// What happened to a record: the newest of it.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The record.
    pub id: i64,
    /// What happened, ascending, each entry with only those changes that say something of the record.
    pub entries: Vec<AuditEntry>,
    /// How many entries are older than these.
    pub older: u64,
}

/// Somebody looked at a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineRead {
    /// Who.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// Who looks at timelines.
pub trait TimelineReads {
    /// Notes that somebody is about to be shown what happened to some records, or, of none, the newest changes of the district: a
    /// row for each, in one step. Only added to. To be called before anything is shown, so that nothing is shown that is not noted.
    fn note_timeline_read(
        &self,
        district: i64,
        subjects: &[Option<i64>],
        by: &str,
        at: Timestamp,
    ) -> Result<(), RosterError>;
}

/// Fields that make one record a part of another's timeline.
const BELONGS: [&str; 2] = ["person", "merged_into"];
/// The same of what the app keeps in its own tables.
const OWN_BELONGS: [(&str, Kind); 3] = [
    ("person", Kind::Person),
    ("owner", Kind::Person),
    ("section", Kind::Section),
];

impl AuditEntry {
    /// Every record of which the entry says something: its own, and those that its changes are about. Some more than once.
    pub fn each_about(&self, visit: &mut dyn FnMut(Kind, i64)) {
        if let Some(kind) = Kind::from_text(&self.kind) {
            visit(kind, self.subject);
        }
        for change in &self.changes {
            change.each_about(visit);
        }
    }

    /// Whether the entry says something of a record: it is the entry's own, or one of its changes is about it.
    pub fn is_about(&self, id: i64) -> bool {
        self.subject == id || self.changes.iter().any(|change| change.is_about(id))
    }

    /// The entry with only what it says of a record: of a roster on which a person stands nobody else.
    pub(crate) fn only_about(mut self, id: i64) -> Self {
        self.changes.retain(|change| change.is_about(id));
        for change in &mut self.changes {
            match change {
                RowChange::Seats {
                    section,
                    seats,
                    left,
                    ..
                } if *section != id => {
                    for group in seats.iter_mut() {
                        group.people.retain(|person| *person == id);
                    }
                    seats.retain(|group| !group.people.is_empty());
                    left.retain(|(_, person, _)| *person == id);
                }
                RowChange::Carried(Carried {
                    carried, members, ..
                }) if *carried != id => members.retain(|member| member.person == id),
                _ => {}
            }
        }
        self
    }
}

impl RowChange {
    /// Whether the change says something of a record.
    pub fn is_about(&self, id: i64) -> bool {
        let mut found = false;
        self.each_about(&mut |_, one| found |= one == id);
        found
    }

    /// Every record of which the change says something: of a person also the rosters and groups they came to and left, their ties,
    /// and the accounts that became part of theirs. That somebody else's field names a school is nothing that happened to the school.
    pub fn each_about(&self, visit: &mut dyn FnMut(Kind, i64)) {
        match self {
            Self::Own { fields, .. } => {
                for (name, kind) in OWN_BELONGS {
                    let values = fields.get(name).map(|(before, after)| [before, after]);
                    let ids = values.into_iter().flatten();
                    ids.filter_map(serde_json::Value::as_i64)
                        .for_each(|id| visit(kind, id));
                }
            }
            Self::Carried(Carried {
                carried, members, ..
            }) => {
                visit(Kind::Section, *carried);
                for member in members {
                    visit(Kind::Person, member.person);
                }
            }
            Self::Created { id, created: kind } | Self::Cell { id, kind, .. } => visit(*kind, *id),
            Self::Schools { person, .. } | Self::Role { person, .. } => {
                visit(Kind::Person, *person);
            }
            Self::Removed {
                id, kind, removed, ..
            } => {
                visit(*kind, *id);
                if let Some(Value::Integer(person)) = removed.get("person") {
                    visit(Kind::Person, *person);
                }
            }
            Self::Fields { id, kind, fields } => {
                visit(*kind, *id);
                let belongs = matches!(kind, Kind::Person | Kind::Profile);
                for name in BELONGS.iter().filter(|_| belongs) {
                    let values = fields.get(*name).map(|(before, after)| [before, after]);
                    let ids = values.into_iter().flatten();
                    ids.filter_map(Value::integer)
                        .for_each(|id| visit(Kind::Person, id));
                }
            }
            Self::Link {
                kind,
                before,
                after,
                ..
            } => {
                for link in [before, after].into_iter().flatten() {
                    visit(*kind, link.entity);
                }
            }
            Self::Seats {
                section,
                seats,
                left,
                ..
            } => {
                visit(Kind::Section, *section);
                let seated = seats.iter().flat_map(|group| &group.people);
                for person in seated.chain(left.iter().map(|(_, person, _)| person)) {
                    visit(Kind::Person, *person);
                }
            }
            Self::Tie { tie, .. } => match tie {
                TieValue::Relationship(one, other, ..) | TieValue::Association(one, other) => {
                    visit(Kind::Person, *one);
                    visit(Kind::Person, *other);
                }
            },
        }
    }
}

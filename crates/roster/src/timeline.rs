//! Timelines: everything that ever happened to a record, and who looked at that (integration-side A4.9, B15).

use homeroom_model::Timestamp;

use crate::change::{AuditEntry, Carried, RowChange, TieValue};
use crate::{Kind, RosterError, Value};

/// Somebody looked at a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineRead {
    /// Its number, ascending.
    pub seq: i64,
    /// Who.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// Who looks at timelines.
pub trait TimelineReads {
    /// Notes that somebody is about to be shown the timeline of a record, or without a subject the newest changes of the district;
    /// the number of the note. Only added to. To be called before anything is shown, so that nothing is shown that is not noted.
    fn note_timeline_read(
        &self,
        district: i64,
        subject: Option<i64>,
        by: &str,
        at: Timestamp,
    ) -> Result<i64, RosterError>;
}

/// Fields that make one record a part of another's timeline.
const BELONGS: [&str; 2] = ["person", "merged_into"];
/// The same of what the app keeps in its own tables.
const OWN_BELONGS: [&str; 3] = ["person", "owner", "section"];

impl AuditEntry {
    /// Whether the entry says something of a record: it is the entry's own, or one of its changes is about it.
    pub fn is_about(&self, id: i64) -> bool {
        self.subject == id || self.changes.iter().any(|change| change.is_about(id))
    }
}

impl RowChange {
    /// Whether the change says something of a record: of a person also the rosters and groups they came to and left, their ties,
    /// and the accounts that became part of theirs. That somebody else's field names a school is nothing that happened to the school.
    pub fn is_about(&self, id: i64) -> bool {
        match self {
            Self::Own { fields, .. } => OWN_BELONGS
                .iter()
                .filter_map(|name| fields.get(*name))
                .any(|(before, after)| [before, after].into_iter().any(|one| *one == id)),
            Self::Carried(Carried {
                carried, members, ..
            }) => *carried == id || members.iter().any(|member| member.person == id),
            Self::Created { id: of, .. }
            | Self::Cell { id: of, .. }
            | Self::Schools { person: of, .. }
            | Self::Role { person: of, .. } => *of == id,
            Self::Removed {
                id: of, removed, ..
            } => *of == id || removed.get("person") == Some(&Value::Integer(id)),
            Self::Fields {
                id: of,
                kind,
                fields,
            } => {
                let belongs = matches!(kind, Kind::Person | Kind::Profile);
                let names = BELONGS.iter().filter(|_| belongs);
                *of == id
                    || names
                        .filter_map(|name| fields.get(*name))
                        .any(|(before, after)| {
                            [before, after]
                                .into_iter()
                                .any(|one| *one == Value::Integer(id))
                        })
            }
            Self::Link { before, after, .. } => [before, after]
                .into_iter()
                .flatten()
                .any(|link| link.entity == id),
            Self::Seats {
                section,
                seats,
                left,
                ..
            } => {
                *section == id
                    || seats.iter().any(|group| group.people.contains(&id))
                    || left.iter().any(|(_, person, _)| *person == id)
            }
            Self::Tie { tie, .. } => match tie {
                TieValue::Relationship(one, other, ..) | TieValue::Association(one, other) => {
                    [one, other].contains(&&id)
                }
            },
        }
    }
}

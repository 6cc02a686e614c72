//! The audit: what an action changed, row by row, before and after. Enough to invert every action.
//!
//! A creation keeps no values: the record's own, rolled back by the changes after it, are what it began with, and its inverse
//! is a removal. A removal keeps all. So a first load does not write everything twice.

use std::collections::BTreeMap;

use homeroom_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::link::LinkValue;
use crate::{Cell, Kind, Seat, Value};

/// Fields that hold something, by name.
pub type FieldValues = BTreeMap<String, Value<'static>>;

/// One row of the audit: one action, or one thing that the app's people did in the tables that are theirs.
#[derive(Clone, PartialEq)]
pub struct AuditEntry {
    /// Its number; ascends for ever, and is the cursor of the change feed.
    pub seq: i64,
    /// The district.
    pub district: i64,
    /// The run, if the engine did it.
    pub run: Option<i64>,
    /// Number of the action in the run's plan.
    pub action: Option<i64>,
    /// When.
    pub at: Option<Timestamp>,
    /// Who.
    pub actor: String,
    /// What: a word of integration-side B3.
    pub op: String,
    /// Kind of the record.
    pub kind: String,
    /// The record.
    pub subject: i64,
    /// Why: a reason code.
    pub reason: Option<String>,
    /// What it rests on.
    pub evidence: Option<String>,
    /// The policy line that allowed it.
    pub policy: Option<String>,
    /// What changed; nothing for a creation.
    pub changes: Vec<RowChange>,
}

impl std::fmt::Debug for AuditEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuditEntry({} {} {})", self.seq, self.op, self.subject)
    }
}

/// One change of one row, or of several rows of one roster.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RowChange {
    /// What the app's people changed in a table that is theirs; undone by people, not by the engine.
    Own {
        /// Always 1.
        own: i64,
        /// Fields, before and after.
        fields: BTreeMap<String, (serde_json::Value, serde_json::Value)>,
    },
    /// What the app keeps of a class went on with another one, because a person of the app said so.
    Carried(Carried),
    /// A record was created, where a row of the audit says more than that.
    Created {
        /// Its kind.
        created: Kind,
        /// Its id.
        id: i64,
    },
    /// A record was removed.
    Removed {
        /// Its fields.
        removed: FieldValues,
        /// Its kind.
        kind: Kind,
        /// Its id, which it gets again if it comes back.
        id: i64,
        /// Its roles.
        roles: Vec<RoleValue>,
        /// Its source ids.
        links: Vec<(String, LinkValue)>,
    },
    /// Fields of a record; those of a role are called `student.grade` and so on.
    Fields {
        /// Before and after.
        fields: BTreeMap<String, (Value<'static>, Value<'static>)>,
        /// Kind of the record.
        kind: Kind,
        /// The record.
        id: i64,
    },
    /// The schools of a role.
    Schools {
        /// The role.
        schools_of: String,
        /// The person.
        person: i64,
        /// Before: school, and whether it is the primary one.
        before: Vec<(i64, bool)>,
        /// After.
        after: Vec<(i64, bool)>,
    },
    /// A role came or went. After `Schools`, which holds more: the first variant that a row fits is taken.
    Role {
        /// The person.
        person: i64,
        /// Before.
        role_before: Option<RoleValue>,
        /// After.
        role_after: Option<RoleValue>,
    },
    /// A source id came, went, or means something else.
    Link {
        /// The source's id.
        link: String,
        /// Kind of the record.
        kind: Kind,
        /// Before.
        before: Option<LinkValue>,
        /// After.
        after: Option<LinkValue>,
    },
    /// A roster.
    Seats {
        /// The section.
        section: i64,
        /// The day from which on it was so.
        on: String,
        /// People with the same before and after stand together.
        seats: Vec<SeatGroup>,
        /// Who left a group that divides the class: group, person, since when they were in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<(i64, i64, String)>,
    },
    /// A tie between two people.
    Tie {
        /// Which.
        tie: TieValue,
        /// The day from which on it was so.
        on: String,
        /// Open since, before.
        before: Option<String>,
        /// Open since, after.
        after: Option<String>,
    },
    /// A cell.
    Cell {
        /// The field, as in `Fields`.
        cell: String,
        /// Kind of the record.
        kind: Kind,
        /// The record.
        id: i64,
        /// Before.
        before: Option<Cell>,
        /// After.
        after: Option<Cell>,
    },
}

impl std::fmt::Debug for RowChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Own { .. } => "Own",
            Self::Carried(_) => "Carried",
            Self::Created { .. } => "Created",
            Self::Removed { .. } => "Removed",
            Self::Fields { .. } => "Fields",
            Self::Role { .. } => "Role",
            Self::Schools { .. } => "Schools",
            Self::Link { .. } => "Link",
            Self::Seats { .. } => "Seats",
            Self::Tie { .. } => "Tie",
            Self::Cell { .. } => "Cell",
        })
    }
}

/// What the app keeps of a class, before and after it was carried over.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The class that it went to.
    pub carried: i64,
    /// What was kept of that class before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<OwnValue>,
    /// And after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<OwnValue>,
    /// Groups, with the class that each divided before and after.
    pub groups: Vec<(i64, i64, i64)>,
    /// Members of groups who left them, or came back.
    pub members: Vec<CarriedMember>,
}

impl Carried {
    /// The way back.
    pub(crate) fn inverse(&self) -> Self {
        let groups = self.groups.iter();
        let members = self.members.iter().cloned();
        Self {
            carried: self.carried,
            before: self.after.clone(),
            after: self.before.clone(),
            groups: groups
                .map(|(group, before, after)| (*group, *after, *before))
                .collect(),
            members: members
                .map(|member| CarriedMember {
                    before: member.after,
                    after: member.before,
                    ..member
                })
                .collect(),
        }
    }
}

/// Somebody's place in a group, before and after what the app keeps of its class was carried over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedMember {
    /// The group.
    pub group: i64,
    /// The person.
    pub person: i64,
    /// Since when they are in it.
    pub opened: String,
    /// The day from which on they were not, before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// And after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What the app keeps of a class.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnValue {
    /// The name that people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The app's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<String>,
}

/// A role with its fields and schools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleValue {
    /// The role.
    pub role: String,
    /// Its fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: FieldValues,
    /// Its schools, and whether each is the primary one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schools: Vec<(i64, bool)>,
}

/// People whose seats changed alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatGroup {
    /// As teachers, or as students.
    pub is_teacher: bool,
    /// Before.
    pub before: Option<Held>,
    /// After.
    pub after: Option<Held>,
    /// The people.
    pub people: Vec<i64>,
}

/// A seat and since when it is a membership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The seat.
    #[serde(flatten)]
    pub seat: Seat,
    /// Since when the person is a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<String>,
}

/// Which tie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TieValue {
    /// A contact and a student, type and label.
    Relationship(i64, i64, String, String),
    /// A teacher and a student.
    Association(i64, i64),
}

/// What became of undoing one row of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// Undone whole; the number of the audit row that says so.
    Done(i64),
    /// Left as it is, because something else changed it since: listed, not overwritten (integration-side A4.10).
    Kept(crate::Differs),
    /// Left as it is, because something needs it, or because it is not the engine's to undo.
    InUse,
}

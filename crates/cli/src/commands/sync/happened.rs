//! What an entry of the audit says, in words: of one person, class or other record, or of the entry as a whole.

mod values;

use homeroom_roster::{
    AuditEntry, Carried, Cell, CellOrigin, Held, Kind, LinkState, LinkValue, Reading, RoleValue,
    RowChange, SeatGroup, TieValue,
};
use serde::Serialize;

use super::names::record_name;

/// People of a class who are named at once.
const PEOPLE: usize = 4;

/// One thing that happened.
#[derive(Serialize)]
pub(super) struct Happened {
    pub(super) says: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

impl From<String> for Happened {
    fn from(says: String) -> Self {
        Self {
            says,
            field: None,
            before: None,
            after: None,
        }
    }
}

/// Tells what happened.
pub(super) struct Teller<'a> {
    pub(super) reading: &'a dyn Reading,
    /// Whether names and values are told.
    pub(super) values: bool,
    /// The record that is asked about, of which alone the entries tell.
    pub(super) about: Option<i64>,
}

impl Teller<'_> {
    /// What an entry says; never nothing.
    pub(super) fn of(&self, entry: &AuditEntry) -> Vec<Happened> {
        let mut told: Vec<Happened> = if let Some(says) = renamed(&entry.changes) {
            vec![says.into()]
        } else {
            let changes = entry.changes.iter();
            changes
                .flat_map(|change| self.change(entry, change))
                .collect()
        };
        if told.is_empty() {
            let of = self.of_another(entry.subject, || self.subject(entry));
            told.push(format!("{of}{}", done(&entry.op)).into());
        }
        if entry.op == "undo" {
            for one in &mut told {
                one.says.push_str(" (an undo)");
            }
        }
        told
    }

    /// What people call the record of an entry.
    pub(super) fn subject(&self, entry: &AuditEntry) -> String {
        match Kind::from_text(&entry.kind) {
            Some(kind) => self.record(kind, entry.subject),
            None => format!("{} {}", entry.kind.replace('_', " "), entry.subject),
        }
    }

    /// What people call a record; its number if nobody is to be named.
    pub(super) fn record(&self, kind: Kind, id: i64) -> String {
        let name = if self.values {
            record_name(self.reading, kind, id)
        } else {
            String::new()
        };
        match kind {
            _ if !name.is_empty() => name,
            Kind::Person => format!("account {id}"),
            _ => format!("{} {id}", kind.text()),
        }
    }

    /// The beginning of a sentence that is not about the record that is asked about.
    fn of_another(&self, id: i64, name: impl FnOnce() -> String) -> String {
        if self.about.is_some_and(|about| about != id) {
            format!("{}: ", name())
        } else {
            String::new()
        }
    }

    fn change(&self, entry: &AuditEntry, change: &RowChange) -> Vec<Happened> {
        let says = match change {
            RowChange::Fields { fields, kind, id } => {
                let of = if self.about.is_none() && *id != entry.subject {
                    format!("{}: ", self.record(*kind, *id))
                } else {
                    self.of_another(*id, || self.record(*kind, *id))
                };
                return self.fields(fields, *kind, &of);
            }
            RowChange::Own { fields, .. } => return self.own(entry, fields),
            RowChange::Seats {
                section,
                seats,
                left,
                ..
            } => {
                let is_own = *section == entry.subject;
                return self.seats((*section, is_own), seats, left);
            }
            RowChange::Created { created, id } => {
                let of = self.of_another(*id, || self.record(*created, *id));
                format!("{of}was created")
            }
            RowChange::Removed { kind, id, .. } => {
                let of = self.of_another(*id, || self.record(*kind, *id));
                format!("{of}was removed")
            }
            RowChange::Role {
                role_before,
                role_after,
                ..
            } => role(role_before.as_ref(), role_after.as_ref()),
            RowChange::Schools {
                schools_of,
                before,
                after,
                ..
            } => format!(
                "schools as {}: {} -> {}",
                schools_of.replace('_', " "),
                self.schools(before),
                self.schools(after)
            ),
            RowChange::Link {
                link,
                kind,
                before,
                after,
            } => self.link(link, *kind, before.as_ref(), after.as_ref()),
            RowChange::Tie { tie, after, .. } => self.tie(tie, after.is_some()),
            RowChange::Cell { cell, after, .. } => self.cell(cell, after.as_ref()),
            RowChange::Carried(Carried { carried, .. }) => format!(
                "what the app keeps of {} went on with {}",
                self.subject(entry),
                self.record(Kind::Section, *carried)
            ),
        };
        vec![says.into()]
    }

    fn seats(
        &self,
        (section, is_own): (i64, bool),
        seats: &[SeatGroup],
        left: &[(i64, i64, String)],
    ) -> Vec<Happened> {
        let person = self.about.filter(|about| *about != section);
        let class = || match self.about {
            Some(about) if about == section => "the class".to_owned(),
            None if is_own => "the class".to_owned(),
            _ => self.record(Kind::Section, section),
        };
        let mut told: Vec<Happened> = Vec::new();
        for group in seats {
            let (who, many) = match person {
                Some(_) => (String::new(), false),
                None => (
                    format!("{} ", self.people(&group.people)),
                    group.people.len() > 1,
                ),
            };
            let role = match (group.is_teacher, many) {
                (true, false) => "teacher",
                (true, true) => "teachers",
                (false, false) => "student",
                (false, true) => "students",
            };
            let says = match (is_in(group.before.as_ref()), is_in(group.after.as_ref())) {
                (false, true) => format!("{who}joined {} as {role}", class()),
                (true, false) => format!("{who}left {}", class()),
                _ => format!("{who}stayed in {} otherwise than before", class()),
            };
            told.push(says.into());
        }
        for (group, id, _) in left {
            let who = match person {
                Some(_) => String::new(),
                None => format!("{} ", self.record(Kind::Person, *id)),
            };
            told.push(format!("{who}left group {group}, which divides {}", class()).into());
        }
        told
    }

    /// People by name, the first of them.
    fn people(&self, people: &[i64]) -> String {
        let named = people.iter().take(PEOPLE);
        let named: Vec<_> = named.map(|id| self.record(Kind::Person, *id)).collect();
        let more = match people.len().saturating_sub(PEOPLE) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}{more}", named.join(", "))
    }

    fn schools(&self, schools: &[(i64, bool)]) -> String {
        if schools.is_empty() {
            return "none".to_owned();
        }
        let names = schools.iter().map(|(id, _)| self.record(Kind::School, *id));
        names.collect::<Vec<_>>().join(", ")
    }

    fn link(
        &self,
        id: &str,
        kind: Kind,
        before: Option<&LinkValue>,
        after: Option<&LinkValue>,
    ) -> String {
        match (before, after) {
            (Some(before), Some(after)) if before.entity != after.entity => {
                let now = match self.about {
                    Some(about) if about == after.entity => "here".to_owned(),
                    _ => format!("to {}", self.record(kind, after.entity)),
                };
                format!("the id {id} leads {now} now")
            }
            (_, Some(after)) if after.state == LinkState::Active => {
                format!("is known by the id {id}")
            }
            (_, Some(after)) => format!("the id {id} is kept as {}", after.state.text()),
            _ => format!("is no longer known by the id {id}"),
        }
    }

    fn tie(&self, tie: &TieValue, is_open: bool) -> String {
        let (one, other, says) = match tie {
            TieValue::Relationship(one, other, ..) => (*one, *other, "a contact of"),
            TieValue::Association(one, other) => (*one, *other, "without a class a teacher of"),
        };
        let is = if is_open { "is" } else { "is no longer" };
        format!(
            "{} {is} {says} {}",
            self.record(Kind::Person, one),
            self.record(Kind::Person, other)
        )
    }

    fn cell(&self, field: &str, after: Option<&Cell>) -> String {
        let Some(cell) = after else {
            return format!("{field}: follows the district");
        };
        let by = cell.by.as_deref().filter(|_| self.values);
        let by = by.map_or_else(String::new, |by| format!(", by {by}"));
        let says = match cell.origin {
            CellOrigin::Source => "follows the district",
            CellOrigin::User => "a value of its own",
            CellOrigin::Filler => "a stand-in",
            CellOrigin::Derived => "made of other values",
            CellOrigin::Import => "imported",
        };
        format!("{field}: {says}{by}")
    }
}

fn is_in(held: Option<&Held>) -> bool {
    held.is_some_and(|held| held.seat.is_member())
}

fn role(before: Option<&RoleValue>, after: Option<&RoleValue>) -> String {
    let name = |role: &RoleValue| role.role.replace('_', " ");
    match (before, after) {
        (_, Some(after)) if before.is_none() => format!("has the role {} now", name(after)),
        (Some(before), None) => format!("no longer has the role {}", name(before)),
        (_, after) => format!("the role {} changed", after.map(name).unwrap_or_default()),
    }
}

/// The same record under another source id, if that is what the changes say.
fn renamed(changes: &[RowChange]) -> Option<String> {
    let [RowChange::Link { .. }, RowChange::Link { .. }] = changes else {
        return None;
    };
    let (mut old, mut new) = (None, None);
    for change in changes {
        if let RowChange::Link {
            link,
            before,
            after: Some(after),
            ..
        } = change
        {
            let was_active = before
                .as_ref()
                .is_some_and(|before| before.state == LinkState::Active);
            match (was_active, after.state) {
                (true, LinkState::Alias | LinkState::Legacy) => old = Some(link),
                (false, LinkState::Active) => new = Some(link),
                _ => {}
            }
        }
    }
    let (old, new) = old.zip(new)?;
    Some(format!("is known by another id now: {old} -> {new}"))
}

/// What an operation of which no more is known did.
fn done(op: &str) -> String {
    match op {
        "create" => "was created".to_owned(),
        "update" | "undo" => "was changed".to_owned(),
        other => other.replace('_', " "),
    }
}

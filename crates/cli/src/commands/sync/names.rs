//! What people call the records of a plan: from the mirror it was made from, else from the app's database.

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{Action, Local};
use homeroom_roster::{self as app, Reading};
use homeroom_segment::{Relation, Snapshot};
use homeroom_sync::section_name;

/// Names of records. Without a mirror only those that the app has are known.
pub(super) struct Names<'a> {
    pub(super) district: i64,
    pub(super) mirror: &'a Snapshot,
    pub(super) reading: &'a dyn Reading,
}

/// Fields of the app's records that make a name, in the order in which they are read.
const NAMED: [&[&str]; 2] = [&["first_name", "last_name"], &["name"]];

impl Names<'_> {
    /// The name of what an action is about; empty if nobody knows one.
    pub(super) fn of(&self, action: &Action) -> String {
        let sent = action.source.map(|source| self.sent(action.kind, &source));
        let sent = sent.filter(|name| !name.is_empty());
        sent.unwrap_or_else(|| {
            let local = action.local.map(|local| self.kept(action.kind, local));
            local.unwrap_or_default()
        })
    }

    /// The name of a record as the source says it.
    pub(super) fn sent(&self, kind: Kind, source: &ObjectId) -> String {
        let table = self.mirror.table(kind);
        let Some(row) = table.find(source) else {
            return String::new();
        };
        if kind == Kind::ContactLink {
            let end = |relation: Relation, of: Kind| {
                let ends = self.mirror.lists(relation).get(row).first();
                ends.map_or_else(String::new, |end| name(self.mirror, of, *end))
            };
            let contact = end(Relation::LinkContact, Kind::Contact);
            let student = end(Relation::LinkStudent, Kind::Student);
            return format!("{contact} for {student}");
        }
        name(self.mirror, kind, row)
    }

    /// The name of a record of the app.
    pub(super) fn kept(&self, kind: Kind, local: Local) -> String {
        let Some(kind) = Self::stored(kind) else {
            return String::new();
        };
        record_name(self.reading, kind, local.0)
    }

    /// The name of what a source id means: as the source says it, else as the app has it.
    pub(super) fn meant(&self, kind: app::Kind, source_id: &str) -> String {
        let kinds = Kind::ALL.into_iter();
        let kinds = kinds.filter(|sent| Self::stored(*sent) == Some(kind));
        let source = ObjectId::from_hex(source_id);
        let sent = kinds
            .filter_map(|kind| source.map(|source| self.sent(kind, &source)))
            .find(|name| !name.is_empty());
        sent.unwrap_or_else(|| linked_name(self.reading, kind, source_id, self.district))
    }

    /// The kind of the app's records that a kind of the source's becomes.
    pub(super) fn stored(kind: Kind) -> Option<app::Kind> {
        match kind {
            Kind::School => Some(app::Kind::School),
            Kind::Term => Some(app::Kind::Term),
            Kind::Course => Some(app::Kind::Course),
            Kind::Section => Some(app::Kind::Section),
            Kind::Student | Kind::Employee | Kind::Contact | Kind::ContactLink => {
                Some(app::Kind::Person)
            }
            Kind::Resource => None,
        }
    }
}

/// The name of a record of the app; empty if it has none or cannot be read.
pub(super) fn record_name(reading: &dyn Reading, kind: app::Kind, id: i64) -> String {
    let Ok(Some(record)) = reading.record(kind, id) else {
        return String::new();
    };
    let table = record.table();
    let text = |field: &&str| {
        let field = table.field(field)?;
        record.get(field).text().filter(|text| !text.is_empty())
    };
    let names = NAMED.into_iter().map(|fields| {
        let parts: Vec<&str> = fields.iter().filter_map(text).collect();
        parts.join(" ")
    });
    names
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_default()
}

/// The name of the record of the app that a source id means; empty if there is none.
pub(super) fn linked_name(
    reading: &dyn Reading,
    kind: app::Kind,
    source_id: &str,
    district: i64,
) -> String {
    let linked = reading.linked(district, kind, source_id);
    let entity = linked.ok().flatten().map(|link| link.entity);
    entity.map_or_else(String::new, |entity| record_name(reading, kind, entity))
}

fn name(mirror: &Snapshot, kind: Kind, row: u32) -> String {
    if kind == Kind::Section {
        return section_name(mirror, row);
    }
    let (first, last) = homeroom_plan::names(mirror, kind, row);
    let parts: Vec<_> = [first, last]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ")
}

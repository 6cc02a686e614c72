//! What a snapshot holds, in forms that can be compared.

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_segment::{Hash, Relation, Snapshot};

/// A record by its natural keys: one, or one per role of an employee.
pub(crate) type Name = [Option<Hash>; 3];

/// A record without what depends on when, and in which order, it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    row: Vec<u8>,
    /// Where each relation leads.
    leads: Vec<Vec<Name>>,
}

/// Everything in a snapshot but ids and times, by natural key. Two snapshots are made of the same files, under the same
/// key for hashes, exactly if these are equal.
pub(crate) fn contents(snapshot: &Snapshot) -> BTreeMap<(Kind, Name), Content> {
    let mut contents = BTreeMap::new();
    for kind in Kind::ALL {
        let table = snapshot.table(kind);
        for row in 0..table.len() {
            let leads = Relation::of(kind).map(|relation| {
                let targets = snapshot.lists(relation).get(row).iter();
                let names = targets.map(|target| name(snapshot, relation.to(), *target));
                let mut names: Vec<_> = names.collect();
                if relation.ascends() {
                    names.sort_unstable();
                }
                names
            });
            let content = Content {
                leads: leads.collect(),
                row: table.row(row).packed().to_vec(),
            };
            let before = contents.insert((kind, name(snapshot, kind, row)), content);
            assert_eq!(before, None, "two {kind} have one key");
        }
    }
    contents
}

fn name(snapshot: &Snapshot, kind: Kind, row: u32) -> Name {
    std::array::from_fn(|role| snapshot.table(kind).key(row, role))
}

/// A record as apps may see it, by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    row: Vec<u8>,
    /// Ids it is served under, and those its documents show.
    ids: Vec<ObjectId>,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
}

impl Seen {
    /// Whether another is the same but for its times.
    pub(crate) fn shows_the_same(&self, other: &Self) -> bool {
        (&self.row, &self.ids) == (&other.row, &other.ids)
    }
}

/// All records of a kind by id.
pub(crate) fn seen(snapshot: &Snapshot, kind: Kind) -> BTreeMap<ObjectId, Seen> {
    let table = snapshot.table(kind);
    let record = |row| {
        let roles = (0..3).map(|role| table.role_id(row, role).unwrap_or_default());
        let mut ids: Vec<_> = roles.collect();
        let mut bytes = table.row(row).packed().to_vec();
        for relation in Relation::of(kind) {
            let to = snapshot.table(relation.to());
            for target in snapshot.lists(relation).get(row) {
                ids.push(to.id(*target));
                if relation == Relation::SectionTeachers {
                    ids.extend(to.role_id(*target, 0));
                }
            }
            ids.push(ObjectId::default());
        }
        if kind == Kind::Contact {
            // A contact's documents show its links.
            for link in snapshot.back(Relation::LinkContact).get(row) {
                let links = snapshot.table(Kind::ContactLink);
                let student = snapshot.lists(Relation::LinkStudent).first(*link);
                ids.extend(student.map(|student| snapshot.table(Kind::Student).id(student)));
                ids.push(links.id(*link));
                bytes.extend_from_slice(links.row(*link).packed());
            }
        }
        let seen = Seen {
            row: bytes,
            ids,
            created: table.created(row),
            modified: table.modified(row),
        };
        (table.id(row), seen)
    };
    (0..table.len()).map(record).collect()
}

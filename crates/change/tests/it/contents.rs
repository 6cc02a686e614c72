//! What a snapshot says, read the slow and plain way.

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_segment::{Candidate, Hash, Record, Relation, Snapshot, key_count, role_id_count};

/// A record but for its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) role_ids: Vec<Option<ObjectId>>,
    pub(crate) keys: Vec<Option<Hash>>,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) hash: Hash,
    pub(crate) row: Vec<u8>,
    pub(crate) targets: Vec<Vec<ObjectId>>,
}

/// Every record of a kind by its id.
pub(crate) fn records(snapshot: &Snapshot, kind: Kind) -> BTreeMap<ObjectId, Content> {
    let table = snapshot.table(kind);
    let content = |row: u32| {
        let targets = Relation::of(kind).map(|relation| {
            let to = snapshot.table(relation.to());
            let rows = snapshot.lists(relation).get(row).iter();
            rows.map(|row| to.id(*row)).collect()
        });
        Content {
            role_ids: (0..role_id_count(kind))
                .map(|role| table.role_id(row, role))
                .collect(),
            keys: (0..key_count(kind))
                .map(|role| table.key(row, role))
                .collect(),
            created: table.created(row),
            modified: table.modified(row),
            hash: table.hash(row),
            row: table.row(row).packed().to_vec(),
            targets: targets.collect(),
        }
    };
    (0..table.len())
        .map(|row| (table.id(row), content(row)))
        .collect()
}

/// A record of a change in the same form.
pub(crate) fn of_record(kind: Kind, record: &Record<'_>) -> Content {
    assert_eq!(record.kind(), kind);
    Content {
        role_ids: (0..role_id_count(kind))
            .map(|role| record.role_id(role))
            .collect(),
        keys: (0..key_count(kind)).map(|role| record.key(role)).collect(),
        created: record.created(),
        modified: record.modified(),
        hash: record.hash(),
        row: record.row().packed().to_vec(),
        targets: Relation::of(kind)
            .map(|relation| record.targets(relation).collect())
            .collect(),
    }
}

type Keys = Vec<Hash>;

/// What is known without ids: rows by their keys, with the keys of what they lead to.
pub(crate) type Known = BTreeMap<(Kind, Keys), (Vec<u8>, Vec<Vec<Keys>>)>;

/// What a snapshot says but for ids and times.
pub(crate) fn of_snapshot(snapshot: &Snapshot) -> Known {
    let keys = |kind: Kind, row: u32| -> Keys {
        let key = |role| snapshot.table(kind).key(row, role).unwrap_or_default();
        (0..key_count(kind)).map(key).collect()
    };
    let len = |kind: Kind| snapshot.table(kind).len();
    let row = |kind: Kind, row: u32| snapshot.table(kind).row(row).packed().to_vec();
    known(len, keys, row, |relation, row| {
        snapshot.lists(relation).get(row).to_vec()
    })
}

/// What a candidate says.
pub(crate) fn of_candidate(candidate: &Candidate) -> Known {
    let keys = |kind: Kind, row: u32| candidate.table(kind).keys(row).to_vec();
    let len = |kind: Kind| candidate.table(kind).len();
    let row = |kind: Kind, row: u32| candidate.table(kind).row(row).packed().to_vec();
    known(len, keys, row, |relation, row| {
        candidate.lists(relation).get(row).to_vec()
    })
}

fn known(
    len: impl Fn(Kind) -> u32,
    keys: impl Fn(Kind, u32) -> Keys,
    row: impl Fn(Kind, u32) -> Vec<u8>,
    targets: impl Fn(Relation, u32) -> Vec<u32>,
) -> Known {
    let mut known = Known::new();
    for kind in Kind::ALL {
        for at in 0..len(kind) {
            let lists = Relation::of(kind).map(|relation| {
                let rows = targets(relation, at).into_iter();
                let mut list: Vec<_> = rows.map(|row| keys(relation.to(), row)).collect();
                if relation.ascends() {
                    list.sort();
                    list.dedup();
                }
                list
            });
            let said = (row(kind, at), lists.collect());
            assert!(known.insert((kind, keys(kind, at)), said).is_none());
        }
    }
    known
}

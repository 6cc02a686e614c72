//! Small rosters built in memory.

use std::collections::BTreeMap;

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId, Timestamp};

use crate::{
    Digest, Entry, ListsWriter, Located, Manifest, Noun, Relation, Snapshot, TableWriter,
    key_count, reverse, role_id_count,
};

pub(super) const CREATED: i64 = 1_680_339_600_042;

/// The id of a kind's row.
pub(super) fn id(kind: Kind, row: u32) -> ObjectId {
    let mut bytes = [kind as u8; 12];
    bytes[8..].copy_from_slice(&row.to_be_bytes());
    ObjectId::new(bytes)
}

pub(super) fn hex(kind: Kind, row: u32) -> String {
    id(kind, row).to_hex()
}

/// The id of a role of a row; every second row has none.
pub(super) fn role_id(kind: Kind, row: u32, role: u8) -> ObjectId {
    let mut bytes = *id(kind, row).bytes();
    bytes[0] = 0xe0 + role;
    if row % 2 == 1 {
        ObjectId::default()
    } else {
        ObjectId::new(bytes)
    }
}

/// Packed rows and lists of row numbers, before they are a snapshot.
#[derive(Default)]
pub(super) struct Roster {
    rows: BTreeMap<Kind, Vec<Vec<u8>>>,
    lists: BTreeMap<Relation, Vec<Vec<u32>>>,
}

impl Roster {
    pub(super) fn add<'a, N: Noun<'a>>(&mut self, noun: &N) {
        self.rows.entry(N::KIND).or_default().push(noun.packed());
    }

    pub(super) fn relate(&mut self, relation: Relation, lists: &[&[u32]]) {
        let lists = lists.iter().map(|list| list.to_vec()).collect();
        self.lists.insert(relation, lists);
    }

    fn len(&self, kind: Kind) -> u32 {
        u32::try_from(self.rows.get(&kind).map_or(0, Vec::len)).unwrap()
    }

    fn list(&self, relation: Relation, row: u32) -> &[u32] {
        let lists = self.lists.get(&relation);
        lists
            .and_then(|lists| lists.get(row as usize))
            .map_or(&[], Vec::as_slice)
    }

    fn table(&self, kind: Kind) -> Bytes {
        let mut writer = TableWriter::new(kind, Vec::new()).unwrap();
        for (row, packed) in (0..).zip(self.rows.get(&kind).into_iter().flatten()) {
            let role_ids = [0, 1, 2].map(|role| role_id(kind, row, role));
            let entry = Entry {
                id: id(kind, row),
                role_ids: &role_ids[..role_id_count(kind)],
                keys: &[[1; 16]; 3][..key_count(kind)],
                created: Timestamp::from_millis(CREATED),
                modified: Timestamp::from_millis(CREATED + i64::from(row)),
                hash: [0; 16],
                row: packed,
            };
            writer.push(&entry).unwrap();
        }
        writer.finish().unwrap().into()
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let mut parts: BTreeMap<String, Bytes> = BTreeMap::new();
        for kind in Kind::ALL {
            parts.insert(kind.table().to_owned(), self.table(kind));
        }
        for relation in Relation::ALL {
            let rows = 0..self.len(relation.from());
            let mut forward = ListsWriter::new(Vec::new()).unwrap();
            for row in rows.clone() {
                forward.push(self.list(relation, row)).unwrap();
            }
            let each = |call: &mut dyn FnMut(u32, &[u32])| {
                rows.clone()
                    .for_each(|row| call(row, self.list(relation, row)));
            };
            let back = reverse(self.len(relation.to()), each, Vec::new()).unwrap();
            parts.insert(relation.name().to_owned(), forward.finish().unwrap().into());
            parts.insert(format!("{}.back", relation.name()), back.into());
        }
        let located = |bytes: &Bytes| Located {
            object: Digest::of(bytes),
            offset: 0,
            length: bytes.len() as u64,
        };
        let manifest = Manifest {
            format: Manifest::FORMAT,
            number: 3,
            parts: parts
                .iter()
                .map(|(name, bytes)| (name.clone(), located(bytes)))
                .collect(),
        };
        Snapshot::open(&manifest, |name, _| Ok(parts[name].clone())).unwrap()
    }
}

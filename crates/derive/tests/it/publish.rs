//! A candidate published with ids in its own order: what a first import makes of it.

use std::collections::BTreeMap;

use bytes::Bytes;
use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_segment::{
    Candidate, Digest, Entry, ListsWriter, Located, Manifest, Relation, Snapshot, TableWriter,
    reverse, role_id_count,
};

pub(crate) fn publish(candidate: &Candidate) -> Snapshot {
    let mut parts: BTreeMap<String, Bytes> = BTreeMap::new();
    let mut last = 0_u32;
    let mut id = || {
        last += 1;
        let mut bytes = [0; 12];
        bytes[8..].copy_from_slice(&last.to_be_bytes());
        ObjectId::new(bytes)
    };
    for kind in Kind::ALL {
        let table = candidate.table(kind);
        let mut writer = TableWriter::new(kind, Vec::new()).unwrap();
        for row in 0..table.len() {
            let own = id();
            let keys = table.keys(row);
            let role_ids: Vec<ObjectId> = (0..role_id_count(kind))
                .map(|role| match keys.get(role) {
                    Some(key) if *key != [0; 16] => id(),
                    _ => ObjectId::default(),
                })
                .collect();
            let entry = Entry {
                id: own,
                role_ids: &role_ids,
                keys,
                created: Timestamp::from_millis(1),
                modified: Timestamp::from_millis(1),
                hash: table.hash(row),
                row: table.row(row).packed(),
            };
            writer.push(&entry).unwrap();
        }
        parts.insert(kind.table().to_owned(), writer.finish().unwrap().into());
    }
    for relation in Relation::ALL {
        let (from, to) = (
            candidate.table(relation.from()).len(),
            candidate.table(relation.to()).len(),
        );
        let lists = candidate.lists(relation);
        let mut writer = ListsWriter::new(Vec::new()).unwrap();
        (0..from).for_each(|row| writer.push(lists.get(row)).unwrap());
        parts.insert(relation.name().to_owned(), writer.finish().unwrap().into());
        let each = |call: &mut dyn FnMut(u32, &[u32])| {
            (0..from).for_each(|row| call(row, lists.get(row)));
        };
        let back = reverse(to, each, Vec::new()).unwrap();
        parts.insert(format!("{}.back", relation.name()), back.into());
    }
    let located = |bytes: &Bytes| Located {
        object: Digest::of(bytes),
        offset: 0,
        length: bytes.len() as u64,
    };
    let manifest = Manifest {
        parts: parts
            .iter()
            .map(|(name, bytes)| (name.clone(), located(bytes)))
            .collect(),
        format: Manifest::FORMAT,
        number: 1,
    };
    Snapshot::open(&manifest, |name, _| Ok(parts[name].clone())).unwrap()
}

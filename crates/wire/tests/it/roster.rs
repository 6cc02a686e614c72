//! Small rosters built in memory, and a stand-in for an application that reads them.

use std::collections::BTreeMap;

use bytes::Bytes;
use homeroom_model::{Date, District, Kind, Mask, ObjectId, Scope, Timestamp};
use homeroom_segment::{
    Digest, Entry, Hash, ListsWriter, Located, Manifest, Noun, Relation, Snapshot, TableWriter,
    View, key_count, reverse, role_id_count,
};
use homeroom_wire::{Refusal, answer, parse};
use serde_json::Value;

/// Rows and relations by row number, before they are a snapshot. Records are added in ascending order of ids.
#[derive(Default)]
pub(crate) struct Roster {
    tables: BTreeMap<usize, Vec<Record>>,
    lists: BTreeMap<usize, BTreeMap<u32, Vec<u32>>>,
}

struct Record {
    id: ObjectId,
    role_ids: Vec<ObjectId>,
    created: Timestamp,
    modified: Timestamp,
    row: Vec<u8>,
}

/// 2023-04-01T09:00:00.000Z.
const CREATED: Timestamp = Timestamp::from_millis(1_680_339_600_000);

impl Roster {
    /// Adds a record and returns its row. `role_ids` as the table keeps them: zeros for a role that is not there.
    pub(crate) fn add<'a, N: Noun<'a>>(
        &mut self,
        id: ObjectId,
        role_ids: &[ObjectId],
        noun: &N,
    ) -> u32 {
        let table = self.tables.entry(N::KIND as usize).or_default();
        assert_eq!(role_ids.len(), role_id_count(N::KIND));
        let row = u32::try_from(table.len()).unwrap();
        table.push(Record {
            id,
            role_ids: role_ids.to_vec(),
            created: CREATED,
            // Every other record was changed some time after.
            modified: Timestamp::from_millis(CREATED.millis() + i64::from(row % 2) * 86_461_001),
            row: noun.packed(),
        });
        row
    }

    /// Sets a row's list.
    pub(crate) fn relate(&mut self, relation: Relation, row: u32, targets: &[u32]) {
        let lists = self.lists.entry(relation as usize).or_default();
        lists.insert(row, targets.to_vec());
    }

    pub(crate) fn len(&self, kind: Kind) -> u32 {
        let table = self.tables.get(&(kind as usize));
        table.map_or(0, |table| u32::try_from(table.len()).unwrap())
    }

    pub(crate) fn list(&self, relation: Relation, row: u32) -> &[u32] {
        let lists = self.lists.get(&(relation as usize));
        lists
            .and_then(|lists| lists.get(&row))
            .map_or(&[], Vec::as_slice)
    }

    /// The snapshot.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut objects: BTreeMap<String, Bytes> = BTreeMap::new();
        for kind in Kind::ALL {
            objects.insert(kind.table().to_owned(), self.table(kind).into());
        }
        for relation in Relation::ALL {
            let rows = 0..self.len(relation.from());
            let mut forward = ListsWriter::new(Vec::new()).unwrap();
            for row in rows.clone() {
                forward.push(self.list(relation, row)).unwrap();
            }
            let each = |call: &mut dyn FnMut(u32, &[u32])| {
                for row in rows.clone() {
                    call(row, self.list(relation, row));
                }
            };
            let back = reverse(self.len(relation.to()), each, Vec::new()).unwrap();
            let name = relation.name();
            objects.insert(name.to_owned(), forward.finish().unwrap().into());
            objects.insert(format!("{name}.back"), back.into());
        }
        let parts = objects.iter().map(|(name, bytes)| {
            let located = Located {
                object: Digest::of(bytes),
                offset: 0,
                length: bytes.len() as u64,
            };
            (name.clone(), located)
        });
        let manifest = Manifest {
            format: Manifest::FORMAT,
            number: 1,
            parts: parts.collect(),
        };
        Snapshot::open(&manifest, |name, _| Ok(objects[name].clone())).unwrap()
    }

    fn table(&self, kind: Kind) -> Vec<u8> {
        let mut writer = TableWriter::new(kind, Vec::new()).unwrap();
        for record in self.tables.get(&(kind as usize)).into_iter().flatten() {
            let entry = Entry {
                id: record.id,
                role_ids: &record.role_ids,
                keys: &vec![key(&record.id); key_count(kind)],
                created: record.created,
                modified: record.modified,
                hash: [0; 16],
                row: &record.row,
            };
            writer.push(&entry).unwrap();
        }
        writer.finish().unwrap()
    }
}

/// Stands for the hash of the natural key of a record with this id.
pub(crate) fn key(id: &ObjectId) -> Hash {
    let mut key = [1; 16];
    key.iter_mut()
        .zip(id.bytes())
        .for_each(|(to, from)| *to = *from);
    key
}

/// A district with nothing but what is guaranteed.
pub(crate) fn plain_district() -> District {
    District {
        id: ObjectId::from_hex("5f00aa11bb22cc33dd44ee00").unwrap(),
        name: "Riverside".to_owned(),
        mdr_number: String::new(),
        nces_id: String::new(),
        launch_date: Date::new(2024, 8, 1).unwrap(),
        portal_url: String::new(),
        sis_type: "sftp".to_owned(),
        login_methods: Vec::new(),
        error: String::new(),
        state: "success".to_owned(),
        last_sync: None,
        last_attendance_sync: None,
        pause_start: None,
        pause_end: None,
        contact: None,
    }
}

/// What an application is given to read.
pub(crate) struct Shared {
    pub(crate) snapshot: Snapshot,
    pub(crate) scope: Scope,
    pub(crate) mask: Mask,
    pub(crate) district: District,
}

impl Shared {
    pub(crate) fn new(roster: &Roster, scope: Scope) -> Self {
        Self {
            snapshot: roster.snapshot(),
            scope,
            mask: Mask::EVERYTHING,
            district: plain_district(),
        }
    }

    pub(crate) fn view(&self) -> View<'_> {
        View {
            snapshot: &self.snapshot,
            scope: &self.scope,
            mask: &self.mask,
            district: &self.district,
        }
    }

    /// The body of the answer to an address.
    pub(crate) fn get(&self, address: &str) -> Result<Vec<u8>, Refusal> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let request = parse(path, Some(query))?;
        let view = self.view();
        let mut out = b"kept".to_vec();
        let refused = answer(&request, &view, &mut out);
        if refused.is_err() {
            assert_eq!(out, b"kept", "{address}: a refusal appends nothing");
        }
        refused.map(|()| out.split_off(4))
    }

    /// The answer as a value.
    pub(crate) fn read(&self, address: &str) -> Value {
        let body = self.get(address).unwrap_or_else(|refusal| {
            panic!("{address}: {refusal}");
        });
        serde_json::from_slice(&body).unwrap_or_else(|error| {
            panic!("{address}: {error}: {}", String::from_utf8_lossy(&body))
        })
    }

    /// The documents of a list, read in pages of 10,000, by following `next`.
    pub(crate) fn all(&self, address: &str) -> Vec<Value> {
        let mut documents = Vec::new();
        let joint = if address.contains('?') { '&' } else { '?' };
        let mut address = format!("{address}{joint}limit=10000");
        loop {
            let mut page = self.read(&address);
            for item in page["data"].as_array_mut().unwrap() {
                // The bare lists of versions 1.x have no wrapper.
                let bare = item.get("data").is_none();
                documents.push(if bare {
                    item.take()
                } else {
                    item["data"].take()
                });
            }
            match link(&page, "next") {
                Some(next) => address = next,
                None => return documents,
            }
        }
    }

    /// The ids of a list.
    pub(crate) fn ids(&self, address: &str) -> Vec<String> {
        self.all(address).iter().map(id).collect()
    }
}

/// The id of a document.
pub(crate) fn id(document: &Value) -> String {
    document["id"].as_str().unwrap().to_owned()
}

/// A link of an answer.
pub(crate) fn link(answer: &Value, rel: &str) -> Option<String> {
    let links = answer["links"].as_array().unwrap();
    let found = links.iter().find(|link| link["rel"] == rel)?;
    Some(found["uri"].as_str().unwrap().to_owned())
}

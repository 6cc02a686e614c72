//! What somebody knows who has only ever read the change log.

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Changes, Snapshot};

/// Rows by id.
#[derive(Default)]
pub(super) struct Replay {
    rows: BTreeMap<(Kind, ObjectId), Vec<u8>>,
}

impl Replay {
    /// Begins with the first snapshot, which has no change log.
    pub(super) fn begin(&mut self, first: &Snapshot) {
        self.rows = rows(first);
    }

    /// Follows one publish.
    pub(super) fn apply(&mut self, changes: &Changes) {
        for kind in Kind::ALL {
            for change in changes.of(kind) {
                let key = (kind, change.id);
                match change.after {
                    Some(after) => {
                        let row = after.row().packed().to_vec();
                        let before = self.rows.insert(key, row);
                        assert_eq!(before.is_some(), change.before.is_some(), "{kind}");
                    }
                    None => assert!(self.rows.remove(&key).is_some(), "{kind} was not there"),
                }
            }
        }
    }

    /// What is known is what is there.
    pub(super) fn check(&self, snapshot: &Snapshot) {
        let rows = rows(snapshot);
        let differs = rows
            .iter()
            .find(|(key, row)| self.rows.get(*key) != Some(row));
        assert_eq!(
            differs.map(|(key, _)| key),
            None,
            "is not what the log says"
        );
        assert_eq!(rows.len(), self.rows.len(), "the log forgets to delete");
    }
}

fn rows(snapshot: &Snapshot) -> BTreeMap<(Kind, ObjectId), Vec<u8>> {
    let tables = Kind::ALL.into_iter().flat_map(|kind| {
        let table = snapshot.table(kind);
        let rows = 0..table.len();
        rows.map(move |row| ((kind, table.id(row)), table.row(row).packed().to_vec()))
    });
    tables.collect()
}

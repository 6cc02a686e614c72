//! Going back, and going forth again.

use std::collections::BTreeMap;

use homeroom_ingest::{Outcome, UndoRequest};
use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Snapshot;
use homeroom_simulator::MemorySink;

use super::life::Life;
use crate::contents::{Seen, seen};
use crate::site::MINUTE;

/// Every record as apps may see it.
type Everything = BTreeMap<(Kind, ObjectId), Seen>;

fn everything(snapshot: &Snapshot) -> Everything {
    let kinds = Kind::ALL.into_iter();
    kinds
        .flat_map(|kind| {
            seen(snapshot, kind)
                .into_iter()
                .map(move |(id, seen)| ((kind, id), seen))
        })
        .collect()
}

impl Life {
    /// Undoes the last publish or the last few: everything is as it was but for when it was last changed, and the undone
    /// files are not tried again. Then goes forth again to where it was.
    pub(super) async fn undo_and_redo(&mut self, files: &MemorySink) {
        let site = &self.followed.site;
        let number = site.number().await;
        let back = (number - 1).min(1 + number % 3);
        let older = site.ingest.snapshot_at(site.district, number - back);
        let then = everything(&older.await.unwrap().snapshot);
        let now = everything(self.followed.newest());
        self.go_to(number - back, &then).await;

        let again = self.followed.site.import(files).await.unwrap();
        assert_eq!(again.state, Outcome::Blocked, "{}", again.text(3));

        self.go_to(number, &now).await;
    }

    async fn go_to(&mut self, to: u64, expected: &Everything) {
        let site = &self.followed.site;
        site.clock.pass(MINUTE);
        let number = site.number().await;
        let before = everything(self.followed.newest());
        let undone = site.ingest.undo(UndoRequest {
            district: site.district,
            to: Some(to),
            dry_run: false,
            actor: "test".to_owned(),
            progress: Box::new(|_| ()),
        });
        let report = undone.await.unwrap();
        assert_eq!(report.state, Outcome::Published);
        self.followed.look(number).await;
        self.replay.apply(&self.followed.changes());
        let found = everything(self.followed.newest());
        assert_eq!(found.len(), expected.len(), "back to {to}");
        for (key, seen) in &found {
            let then = expected
                .get(key)
                .unwrap_or_else(|| panic!("{key:?} was not there"));
            assert!(
                then.shows_the_same(seen),
                "{key:?} is not as it was in {to}"
            );
            assert_eq!(then.created, seen.created, "{key:?}");
            // Who shows the same as a moment ago was not touched.
            if let Some(before) = before.get(key).filter(|before| before.shows_the_same(seen)) {
                assert_eq!(before.modified, seen.modified, "{key:?}");
            }
        }
    }
}

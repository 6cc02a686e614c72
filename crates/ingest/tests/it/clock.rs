//! Clocks step: time servers correct them, machines wake up in another year.

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Snapshot;
use homeroom_testkit::{Edition, district_of};

use crate::id_book::IdBook;
use crate::site::{DAY, Site};

fn ids(snapshot: &Snapshot) -> Vec<ObjectId> {
    let all = Kind::ALL.map(|kind| snapshot.table(kind).ids().collect::<Vec<_>>());
    all.concat()
}

#[tokio::test]
async fn a_clock_that_steps_back_neither_turns_time_around_nor_gives_an_id_twice() {
    let site = Site::new().await;
    let mut book = IdBook::default();
    let mut last = None;
    for (number, step) in (1..).zip([0, DAY, -3 * DAY, 0, -40 * DAY, 50 * DAY]) {
        site.clock.pass(step);
        let report = site.publish(&district_of(60, Edition(number))).await;
        assert_eq!(report.snapshot, Some(number));
        let snapshot = site.published().await;
        book.enter(&snapshot);
        for kind in Kind::ALL {
            let table = snapshot.table(kind);
            for row in 0..table.len() {
                let (created, modified) = (table.created(row), table.modified(row));
                assert!(created <= modified, "{number}: {kind} {}", table.id(row));
            }
        }
        let synced = site.document().await.last_sync;
        assert!(synced >= last, "{number}");
        last = synced;
        let at = site.current().await.unwrap().published_at;
        assert_eq!(Some(at), synced);
        site.ingest.sweep(24).await.unwrap();
        assert_eq!(site.number().await, number);
    }
    assert!(book.len() > ids(&site.published().await).len());
}

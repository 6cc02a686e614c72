//! Any order, split, repetition and crash of the same requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use homeroom_model::ObjectId;
use proptest::prelude::*;

use super::super::Known;
use super::{Desk, Row, at, body};

/// Requests in order of time, such that no rise of anybody is beyond the time that passed, over some weeks.
fn requests() -> impl Strategy<Value = Vec<(Vec<Row>, i64)>> {
    let row = (0..5_u8, 0..600_u32, 0..30_u32, any::<bool>(), any::<bool>());
    let step = (1..3_000_i64, prop::collection::vec(row, 1..5));
    prop::collection::vec(step, 1..30).prop_map(|steps| {
        // What was idled away stays so: nobody catches up by more than time passes.
        let (mut time, mut idled) = (0, 0);
        let mut requests = Vec::new();
        for (passed, rows) in steps {
            time += passed;
            let mut sent = Vec::new();
            for (student, idle, progress, minutes, both) in rows {
                idled += i64::from(idle);
                let total = u32::try_from((time + 9_000 - idled).max(0)).unwrap();
                let minutes = (minutes || !both).then_some(total);
                sent.push((student, minutes, both.then_some(progress)));
            }
            requests.push((sent, time));
        }
        requests
    })
}

/// How a request is sent again.
#[derive(Clone, Debug)]
enum Way {
    Whole,
    Reversed,
    RowByRow,
    AfterACrash,
}

fn ways() -> impl Strategy<Value = Way> {
    prop_oneof![
        Just(Way::Whole),
        Just(Way::Reversed),
        Just(Way::RowByRow),
        Just(Way::AfterACrash),
    ]
}

impl Desk {
    async fn send_in(&self, way: &Way, rows: &[Row], minutes: i64) {
        match way {
            Way::Whole => drop(self.send(rows, at(minutes)).await),
            Way::Reversed => {
                let rows: Vec<_> = rows.iter().rev().copied().collect();
                self.send(&rows, at(minutes)).await;
            }
            Way::RowByRow => {
                for row in rows {
                    self.send(&[*row], at(minutes)).await;
                }
            }
            Way::AfterACrash => {
                let request = self.request(&body("lessons_completed", rows), at(minutes));
                let seen = AtomicUsize::new(0);
                let last = rows.len();
                let breaking: Arc<dyn Known> = Arc::new(move |_: &ObjectId| {
                    assert!(seen.fetch_add(1, Ordering::SeqCst) + 1 < last, "on purpose");
                    true
                });
                let broken = self.reception.take(&request, breaking).await;
                assert!(broken.is_err());
                self.send(rows, at(minutes)).await;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any order, split, repetition and crash of the same submissions leaves the same figures (issue 6).
    #[test]
    fn order_split_repetition_and_crashes_change_no_figure(
        sent in requests(),
        again in prop::collection::vec((any::<prop::sample::Index>(), ways()), 0..12),
        disk in prop::bool::weighted(0.3),
    ) {
        // Threads that panic on purpose say so; that is not what is tested.
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (straight, other) = runtime.block_on(async {
            let straight = Desk::new().await;
            for (rows, minutes) in &sent {
                straight.send(rows, at(*minutes)).await;
            }
            let other = if disk { Desk::on_disk().await } else { Desk::new().await };
            for (place, way) in &again {
                let (rows, minutes) = &sent[place.index(sent.len())];
                other.send_in(way, rows, *minutes).await;
            }
            for (rows, minutes) in sent.iter().rev() {
                other.send_in(&Way::Whole, rows, *minutes).await;
            }
            (straight.figures().await, other.figures().await)
        });
        std::panic::set_hook(hook);
        prop_assert_eq!(straight, other);
    }
}

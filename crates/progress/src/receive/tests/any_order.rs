//! Any order, split, repetition and crash of the same requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use homeroom_model::ObjectId;
use proptest::prelude::*;

use super::super::Known;
use super::{Amount, Day, Desk, Record, Row, at, body};

/// Requests in order of time whose minutes never fall, and rise by no more than the time that passed, over some weeks.
fn requests() -> impl Strategy<Value = Vec<(Vec<Row>, i64)>> {
    let row = (0..5_u8, 0..600_u32, 0..30_u32, any::<bool>(), any::<bool>());
    let step = (1..3_000_i64, prop::collection::vec(row, 1..5));
    prop::collection::vec(step, 1..30).prop_map(|steps| {
        // What was idled away stays so: nobody catches up by more than time passes.
        let (mut time, mut idled, mut reached) = (0, 0, [0; 5]);
        let mut requests = Vec::new();
        for (passed, rows) in steps {
            time += passed;
            let mut sent = Vec::new();
            for (student, idle, progress, minutes, both) in rows {
                idled += i64::from(idle);
                let total = u32::try_from((time + 9_000 - idled).max(0)).unwrap();
                let reached = &mut reached[usize::from(student)];
                *reached = total.max(*reached);
                let minutes = (minutes || !both).then_some(*reached);
                sent.push((student, minutes, both.then_some(progress)));
            }
            requests.push((sent, time));
        }
        requests
    })
}

/// The requests of some days, of which none has anybody's minutes so much higher than another that it could not come an
/// hour after it.
fn daily_requests() -> impl Strategy<Value = Vec<Vec<Vec<Row>>>> {
    let values = (prop::option::of(0..=60_u32), prop::option::of(0..30_u32));
    let row = (0..4_u8, values).prop_map(|(student, (minutes, progress))| {
        let minutes = minutes.or(progress.is_none().then_some(7));
        (student, minutes.map(|minutes| 1_000 + minutes), progress)
    });
    let body = prop::collection::vec(row, 1..5);
    prop::collection::vec(prop::collection::vec(body, 1..4), 1..8)
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
    /// Sends a request, in parts so many minutes after each other; the minute after the last.
    async fn send_in(&self, way: &Way, rows: &[Row], mut minutes: i64, apart: i64) -> i64 {
        match way {
            Way::Whole => drop(self.send(rows, at(minutes)).await),
            Way::Reversed => {
                let rows: Vec<_> = rows.iter().rev().copied().collect();
                self.send(&rows, at(minutes)).await;
            }
            Way::RowByRow => {
                for row in rows {
                    self.send(&[*row], at(minutes)).await;
                    minutes += apart;
                }
                return minutes;
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
        minutes + apart
    }

    /// What is shown, and the days.
    async fn shown_and_days(&self) -> Vec<(ObjectId, [Option<Amount>; 2], Vec<Day>)> {
        let records = self.records(2027).await.into_iter();
        let of = |(student, record): (ObjectId, Record)| {
            assert_eq!(record.total.aside, None);
            (student, record.total.shown(), record.days)
        };
        records.map(of).collect()
    }
}

/// A desk over one store or the other.
async fn desk(disk: bool) -> Desk {
    if disk {
        Desk::on_disk().await
    } else {
        Desk::new().await
    }
}

/// Runs what panics on purpose in threads that say nothing of it; that is not what is tested.
fn quietly<T>(run: impl Future<Output = T>) -> T {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
    let came = runtime.block_on(run);
    std::panic::set_hook(hook);
    came
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any order, split, repetition and crash of the same submissions leaves the same figures (issue 6): each arrives when it
    /// does, by a clock that goes forward, on its day or, for what is shown, on any.
    #[test]
    fn order_split_repetition_and_crashes_change_no_figure(
        days in daily_requests(),
        ways in prop::collection::vec((any::<u16>(), ways(), prop::option::of(ways())), 21),
        disk in prop::bool::weighted(0.3),
    ) {
        // The second of September.
        let morning = |day: usize| 60 * (16 + 24 * i64::try_from(day).unwrap());
        let (straight, other, backwards) = quietly(async {
            let straight = Desk::new().await;
            let other = desk(disk).await;
            let mut all = Vec::new();
            let mut ways = ways.iter();
            for (number, requests) in days.iter().enumerate() {
                let mut time = morning(number);
                for rows in requests {
                    time = straight.send_in(&Way::Whole, rows, time, 60).await;
                }
                let mut sent: Vec<_> = requests.iter().zip(&mut ways).collect();
                sent.sort_by_key(|(_, (order, ..))| *order);
                time = morning(number);
                // Once each, and some of them a second time.
                for (rows, (_, way, _)) in &sent {
                    time = other.send_in(way, rows, time, 60).await;
                }
                for (rows, (_, _, again)) in &sent {
                    if let Some(again) = again {
                        time = other.send_in(again, rows, time, 60).await;
                    }
                }
                assert!(time <= morning(number + 1));
                all.extend(requests);
            }
            let last = Desk::new().await;
            let mut time = morning(0);
            for rows in all.into_iter().rev() {
                time = last.send_in(&Way::Whole, rows, time, 60).await;
            }
            (straight.shown_and_days().await, other.shown_and_days().await, last.shown_and_days().await)
        });
        prop_assert_eq!(&straight, &other);
        let shown = |(student, shown, _): &(ObjectId, _, _)| (*student, *shown);
        prop_assert_eq!(
            straight.iter().map(shown).collect::<Vec<_>>(),
            backwards.iter().map(shown).collect::<Vec<_>>()
        );
    }

    /// Nor do requests that overtook one another on their way, each with the moment at which it set out, of an app whose totals
    /// do not fall.
    #[test]
    fn requests_that_overtake_one_another_change_no_figure(
        sent in requests(),
        again in prop::collection::vec((any::<prop::sample::Index>(), ways()), 0..12),
        disk in prop::bool::weighted(0.3),
    ) {
        let (straight, other) = quietly(async {
            let straight = Desk::new().await;
            for (rows, minutes) in &sent {
                straight.send(rows, at(*minutes)).await;
            }
            let other = desk(disk).await;
            for (place, way) in &again {
                let (rows, minutes) = &sent[place.index(sent.len())];
                other.send_in(way, rows, *minutes, 0).await;
            }
            for (rows, minutes) in sent.iter().rev() {
                other.send(rows, at(*minutes)).await;
            }
            (straight.figures().await, other.figures().await)
        });
        prop_assert_eq!(straight, other);
    }
}

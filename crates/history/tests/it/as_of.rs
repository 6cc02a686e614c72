//! Which snapshot a day or a moment means, also when some in between are forgotten.

use std::sync::Arc;

use homeroom_depot::{Depot, Settings};
use homeroom_history::{AsOf, History, HistoryError, Zone};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_segment::MemorySpools;
use homeroom_store::suite::sample;
use homeroom_store::{
    LeaseAnswer, LeaseRequest, Leases as _, MemoryStore, NewRun, Publish, Runs as _, Snapshots as _,
};

const DAY: i64 = 86_400_000;
/// 2026-03-01T02:00:00Z.
const START: i64 = 1_772_330_400_000;

struct Ledger {
    store: Arc<MemoryStore>,
    history: History,
    district: ObjectId,
    _folder: tempfile::TempDir,
}

impl Ledger {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(MemoryStore::new());
        sample::add_district(&*store, 1).await;
        Self {
            history: History::new(
                Arc::clone(&store) as _,
                Arc::new(Depot::folder(folder.path(), Settings::default()).unwrap()),
                Arc::new(MemorySpools),
                homeroom_history::Settings::default(),
            ),
            store,
            district: sample::id(1),
            _folder: folder,
        }
    }

    /// A run at a moment, which publishes unless there is nothing new.
    async fn run(&self, number: u64, at: i64, publishes: bool) {
        let at = Timestamp::from_millis(at);
        let over = self.store.lease_of(self.district).await.unwrap();
        let request = LeaseRequest {
            now: at,
            over: over.map(|lease| lease.fence),
            ..sample::lease(1, "tests", 0)
        };
        let LeaseAnswer::Granted(lease) = self.store.lease(request).await.unwrap() else {
            panic!("a lease that is overtaken is granted");
        };
        let byte = u8::try_from(number).unwrap() + if publishes { 0 } else { 100 };
        let run = NewRun {
            started: at,
            ..sample::run(byte, 1, lease.fence, 0)
        };
        self.store.start_run(run).await.unwrap();
        if publishes {
            let publish = Publish {
                published_at: at,
                ..sample::publish(1, lease.fence, byte, (number > 1).then(|| number - 1), &[])
            };
            self.store.publish(publish).await.unwrap();
        }
    }

    async fn at(&self, text: &str, zone: &str, now: i64) -> Result<u64, String> {
        self.up_to(None, text, zone, now).await
    }

    async fn up_to(
        &self,
        newest: Option<u64>,
        text: &str,
        zone: &str,
        now: i64,
    ) -> Result<u64, String> {
        let (as_of, zone) = (AsOf::parse(text).unwrap(), Zone::named(zone).unwrap());
        let now = Timestamp::from_millis(now);
        let found = self
            .history
            .at(self.district, as_of, newest, &zone, now)
            .await;
        match found {
            Ok(entry) => Ok(entry.number),
            Err(error) => Err(match error {
                HistoryError::NotKept { .. } => "not kept",
                HistoryError::NotKeptThen { .. } => "not kept then",
                HistoryError::Future { .. } => "future",
                HistoryError::BeforeFirst { .. } => "before the first",
                other => panic!("{other}"),
            }
            .to_owned()),
        }
    }
}

#[tokio::test]
async fn a_point_of_the_past_means_the_snapshot_that_stood_then() {
    let ledger = Ledger::new().await;
    assert_eq!(ledger.at("1", "UTC", START).await.unwrap_err(), "future");
    let never = ledger.at("2026-02-28", "UTC", START).await;
    assert_eq!(never.unwrap_err(), "before the first");
    // 1 to 10 on the first days of March, in the night; 9 twice a day later than 8.
    for number in 1..=10_u64 {
        let at = START + (i64::try_from(number).unwrap() - 1) * DAY;
        ledger.run(number, at, true).await;
        ledger.run(number, at + DAY / 2, false).await;
    }
    for forgotten in [1, 2, 4, 5] {
        let gone = ledger
            .store
            .forget_snapshot(ledger.district, forgotten)
            .await;
        assert!(gone.unwrap());
    }
    let now = START + 9 * DAY + DAY / 2;
    for (text, zone, found) in [
        ("10", "UTC", Ok(10)),
        ("3", "UTC", Ok(3)),
        ("4", "UTC", Err("not kept")),
        ("11", "UTC", Err("future")),
        // Days.
        ("2026-03-10", "UTC", Ok(10)),
        ("2026-03-07", "UTC", Ok(7)),
        // Two in the morning there is the evening before here.
        ("2026-03-07", "America/Chicago", Ok(8)),
        ("2026-03-11", "UTC", Err("future")),
        ("2026-03-03", "UTC", Ok(3)),
        ("2026-03-04", "UTC", Err("not kept then")),
        ("2026-03-02", "UTC", Err("not kept then")),
        ("2026-02-28", "UTC", Err("before the first")),
        // Moments: that of a publish is the first that has it.
        ("2026-03-10T02:00:00Z", "UTC", Ok(10)),
        ("2026-03-10T01:59:59.999Z", "UTC", Ok(9)),
        ("2026-03-09T21:00:00-05:00", "UTC", Ok(10)),
        ("2026-03-04T01:59:59.999Z", "UTC", Ok(3)),
        ("2026-03-04T02:00:00Z", "UTC", Err("not kept then")),
        ("2026-03-06T01:00:00Z", "UTC", Err("not kept then")),
        ("2026-03-06T02:00:00Z", "UTC", Ok(6)),
        ("2026-03-11T02:00:00Z", "UTC", Err("future")),
        ("2026-03-01T01:59:59Z", "UTC", Err("before the first")),
    ] {
        let expected = found.map_err(str::to_owned);
        assert_eq!(ledger.at(text, zone, now).await, expected, "{text} {zone}");
    }
    // A view that shows snapshot 7 knows of no later one.
    for (text, found) in [
        ("7", Ok(7)),
        ("8", Err("future")),
        ("2026-03-10", Ok(7)),
        ("2026-03-06", Ok(6)),
        ("2026-03-04", Err("not kept then")),
    ] {
        let expected = found.map_err(str::to_owned);
        let seen = ledger.up_to(Some(7), text, "UTC", now).await;
        assert_eq!(seen, expected, "{text}");
    }
    let (as_of, now) = (AsOf::Snapshot(4), Timestamp::from_millis(now));
    let refused = ledger
        .history
        .at(ledger.district, as_of, None, &Zone::UTC, now)
        .await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "this district does not keep snapshot 4; it keeps 3 (2026-03-03), 6 to 10 (2026-03-06 to 2026-03-10)"
    );
}

mod any_order;
mod repeated;
mod series;

use std::fmt::Write as _;
use std::sync::Mutex as SyncMutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use homeroom_goals::Amount;
use homeroom_goals::submission::{Notice, Reason};
use homeroom_goals::total::{Day, Level};
use homeroom_store::suite::sample::{add_district, app, feed_key, id};
use homeroom_store::{MemoryStore, SetGoalsFeed};
use homeroom_store_sqlite::SqliteStore;
use tempfile::TempDir;

use super::*;
use crate::feed::{By, Switch, declare, switch};
use crate::student_year::Record;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A feed that is on, over one store or another.
struct Desk {
    store: Arc<dyn Store>,
    reception: Reception,
    key: FeedKey,
    _folder: Option<TempDir>,
}

/// Minutes after the first of September 2026, 08:00 UTC.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(1_788_249_600_000 + minutes * MINUTE)
}

fn by(now: Timestamp) -> By<'static> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::SeqCst).to_be_bytes();
    let mut audit = [9; 12];
    audit[4..].copy_from_slice(&number);
    By {
        actor: "cli:ada",
        now,
        audit: ObjectId::new(audit),
    }
}

impl Desk {
    async fn over(store: Arc<dyn Store>, folder: Option<TempDir>) -> Self {
        add_district(&*store, 1).await;
        store.add_app(app(2)).await.unwrap();
        let key = feed_key(1, 2);
        let on = Switch {
            on: Some(true),
            ..Switch::default()
        };
        switch(&*store, key, &on, by(at(-1))).await.unwrap();
        Self {
            reception: Reception::new(Arc::clone(&store), Limits::default()),
            store,
            key,
            _folder: folder,
        }
    }

    async fn new() -> Self {
        Self::over(Arc::new(MemoryStore::new()), None).await
    }

    async fn on_disk() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("control.sqlite")).unwrap();
        Self::over(Arc::new(store), Some(folder)).await
    }

    fn request(&self, body: &str, now: Timestamp) -> Request {
        Request {
            key: self.key,
            form: Form::Json,
            body: Bytes::copy_from_slice(body.as_bytes()),
            now,
            audit: by(now).audit,
        }
    }

    async fn answer(&self, body: &str, now: Timestamp) -> Answer {
        let request = self.request(body, now);
        self.reception.take(&request, few()).await.unwrap()
    }

    /// Sends rows, which must be taken.
    async fn send(&self, rows: &[Row], now: Timestamp) -> Receipt {
        match self.answer(&body("lessons_completed", rows), now).await {
            Answer::Taken(receipt) => receipt,
            Answer::Refused(refused) => panic!("{refused}"),
        }
    }

    async fn records(&self, year: i16) -> Vec<(ObjectId, Record)> {
        let kept = self.store.student_years(self.key, year, Which::All, true);
        let kept = kept.await.unwrap().into_iter().map(|kept| {
            let mut record = Record::default();
            record.read(&kept).unwrap();
            assert_eq!(kept.open, record.total.is_open());
            (kept.student, record)
        });
        kept.collect()
    }

    /// Everything that a figure is made from.
    async fn figures(&self) -> Vec<Figure> {
        let records = self.records(2027).await.into_iter();
        records
            .map(|(student, record)| {
                let total = record.total;
                (student, total.minutes, total.progress, record.days)
            })
            .collect()
    }

    async fn settings(&self) -> FeedSettings {
        let feed = self.store.goals_feed(self.key).await.unwrap().unwrap();
        FeedSettings::read(&feed).unwrap()
    }
}

type Figure = (ObjectId, Option<Level>, Option<Level>, Vec<Day>);

/// A student with minutes and progress.
type Row = (u8, Option<u32>, Option<u32>);

/// Students below 200 are known.
fn few() -> Arc<dyn Known> {
    Arc::new(|student: &ObjectId| student.bytes()[0] < 200)
}

fn body(key: &str, rows: &[Row]) -> String {
    let mut text = String::from("{\"data\":{\"students\":[");
    for (place, (student, minutes, progress)) in rows.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        let mut metrics = Vec::new();
        metrics.extend(minutes.map(|minutes| format!("\"minutes\":{minutes}")));
        metrics.extend(progress.map(|progress| format!("\"{key}\":{progress}")));
        let (id, metrics) = (id(*student), metrics.join(","));
        let _ = write!(
            text,
            "{comma}{{\"clever_id\":\"{id}\",\"metrics\":{{{metrics}}}}}"
        );
    }
    text + "]}}"
}

fn shown(record: &Record) -> (Option<Amount>, Option<Amount>) {
    let [minutes, progress] = record.total.shown();
    (minutes, progress)
}

fn whole(minutes: u32, progress: u32) -> (Option<Amount>, Option<Amount>) {
    (Some(Amount::whole(minutes)), Some(Amount::whole(progress)))
}

#[tokio::test]
async fn a_request_is_kept_and_logged() {
    for desk in [Desk::new().await, Desk::on_disk().await] {
        let receipt = desk
            .send(
                &[
                    (1, Some(30), Some(2)),
                    (201, Some(1), None),
                    (3, None, Some(4)),
                ],
                at(0),
            )
            .await;
        assert_eq!((receipt.received(), receipt.updated()), (3, 2));
        assert_eq!(receipt.rejected()[0].reason, Reason::UnknownStudent);
        assert_eq!(receipt.warnings()[0].reason, Notice::NoMinutes);
        let records = desk.records(2027).await;
        let students: Vec<_> = records.iter().map(|(student, _)| *student).collect();
        assert_eq!(students, [id(1), id(3)]);
        assert_eq!(shown(&records[0].1), whole(30, 2));
        let settings = desk.settings().await;
        assert_eq!(settings.progress_key(), Some("lessons_completed"));
        assert_eq!(settings.metrics().series, 1);
        let log = desk
            .store
            .goals_deliveries(desk.key, None, 9)
            .await
            .unwrap();
        let [delivery] = log.as_slice() else { panic!() };
        assert_eq!(
            (delivery.status, delivery.accepted, delivery.at),
            (200, true, at(0))
        );
        let rows = delivery.rows;
        assert_eq!(
            (rows.received, rows.updated, rows.rejected, rows.warnings),
            (3, 2, 1, 1)
        );
        let report = report_of(delivery);
        assert_eq!(report.rejected, receipt.rejected());
        assert_eq!(report.warnings, receipt.warnings());
    }
}

#[tokio::test]
async fn what_is_no_submission_is_logged_and_changes_nothing() {
    let desk = Desk::new().await;
    for body in ["{", "[]", "{\"data\":{}}", "{\"data\":{\"students\":[7]}}"] {
        let answer = desk.answer(body, at(0)).await;
        assert!(matches!(answer, Answer::Refused(_)), "{body}");
    }
    let log = desk
        .store
        .goals_deliveries(desk.key, None, 9)
        .await
        .unwrap();
    assert_eq!(log.len(), 4);
    let taken = log
        .iter()
        .any(|delivery| delivery.accepted || delivery.status != 400);
    assert!(!taken);
    assert!(
        report_of(&log[0])
            .message
            .unwrap()
            .contains("none of the 1 rows")
    );
    assert_eq!(desk.records(2027).await, []);
    let feed = desk.store.goals_feed(desk.key).await.unwrap().unwrap();
    assert_eq!((feed.generation, feed.last), (0, None));
}

#[tokio::test]
async fn nothing_is_taken_while_a_feed_is_off() {
    let desk = Desk::new().await;
    let off = Switch {
        on: Some(false),
        ..Switch::default()
    };
    switch(&*desk.store, desk.key, &off, by(at(0)))
        .await
        .unwrap();
    let request = desk.request(&body("a", &[(1, Some(1), None)]), at(0));
    let taken = desk.reception.take(&request, few()).await;
    assert!(matches!(taken, Err(ReceiveError::Off)));
    let elsewhere = Request {
        key: feed_key(7, 2),
        ..request
    };
    let taken = desk.reception.take(&elsewhere, few()).await;
    assert!(matches!(taken, Err(ReceiveError::Off)));
}

#[tokio::test]
async fn a_resend_writes_nothing_and_the_next_day_is_noted() {
    let desk = Desk::new().await;
    let rows = [(1, Some(30), Some(2)), (2, Some(10), Some(1))];
    desk.send(&rows, at(0)).await;
    let kept = || desk.store.student_years(desk.key, 2027, Which::All, true);
    let before = kept().await.unwrap();
    let again = desk.send(&rows, at(60)).await;
    assert_eq!((again.updated(), again.unchanged()), (0, 2));
    assert_eq!(kept().await.unwrap(), before, "not a byte");
    desk.send(&rows, at(24 * 60)).await;
    let records = desk.records(2027).await;
    assert!(records.iter().all(|(_, record)| record.days.len() == 2));
    assert_eq!(records[0].1.total.heard, at(24 * 60));
}

#[tokio::test]
async fn lower_values_are_kept_beside_and_implausible_ones_set_aside() {
    let desk = Desk::new().await;
    desk.send(&[(1, Some(300), Some(20))], at(0)).await;
    let lower = desk.send(&[(1, Some(200), Some(19))], at(10)).await;
    let reasons: Vec<_> = lower
        .warnings()
        .iter()
        .map(|warning| warning.reason)
        .collect();
    assert_eq!(reasons, [Notice::Regression]);
    assert_eq!(lower.updated(), 0);
    let jump = desk.send(&[(1, Some(900), Some(21))], at(20)).await;
    assert_eq!(jump.warnings()[0].reason, Notice::Implausible);
    let records = desk.records(2027).await;
    assert_eq!(shown(&records[0].1), whole(300, 20));
    assert!(records[0].1.total.is_open());
}

#[tokio::test]
async fn a_student_twice_in_one_body_is_two_submissions_in_a_row() {
    let desk = Desk::new().await;
    let receipt = desk
        .send(
            &[
                (2, Some(5), Some(1)),
                (1, Some(30), Some(2)),
                (2, Some(9), Some(3)),
            ],
            at(0),
        )
        .await;
    assert_eq!((receipt.updated(), receipt.warnings().len()), (3, 1));
    let warning = receipt.warnings()[0];
    assert_eq!(
        (warning.index, warning.reason),
        (2, Notice::RepeatedStudent)
    );
    let records = desk.records(2027).await;
    assert_eq!(shown(&records[1].1), whole(9, 3));
}

#[tokio::test]
async fn a_year_of_days_is_kept_whole_and_a_new_year_begins_beside_it() {
    let desk = Desk::on_disk().await;
    for day in 0..40 {
        let minutes = u32::try_from(day).unwrap() * 10;
        desk.send(&[(1, Some(minutes), Some(1))], at(i64::from(minutes) * 144))
            .await;
    }
    // A clock that steps back for a moment: its day is one of those that were put away.
    desk.send(
        &[(1, Some(31), Some(1)), (2, Some(7), None)],
        at(3 * 24 * 60),
    )
    .await;
    let records = desk.records(2027).await;
    let record = &records[0].1;
    assert_eq!(record.days.len(), 40);
    let minutes = |day: &Day| day.minutes.unwrap().value;
    assert_eq!(
        minutes(&record.days[3]),
        Amount::whole(31),
        "the higher of that day"
    );
    assert_eq!(minutes(&record.days[39]), Amount::whole(390));
    assert!(record.days.is_sorted_by(|a, b| a.day < b.day));
    // Next July.
    desk.send(&[(1, Some(0), Some(0))], at(310 * 24 * 60)).await;
    let next = desk.records(2028).await;
    assert_eq!(shown(&next[0].1), whole(0, 0));
    assert_eq!(desk.records(2027).await, records);
}

#[tokio::test]
async fn days_that_are_missing_are_damage_and_not_made_up() {
    let desk = Desk::new().await;
    let mut record = Record::new(Record::default().total);
    for number in 0..20 {
        let day = Day {
            day: homeroom_model::Date::from_days(20_690 + number).unwrap(),
            minutes: None,
            progress: None,
            series: 1,
        };
        record.add(day, false);
    }
    let (recent, earlier) = record.write();
    assert!(!earlier.is_empty());
    let torn = homeroom_store::StudentYear {
        student: id(1),
        open: false,
        recent,
        earlier: Vec::new(),
    };
    let feed = desk.store.goals_feed(desk.key).await.unwrap().unwrap();
    let change = GoalsMove {
        generation: feed.generation,
        revision: feed.revision,
        year: 2027,
        changed: vec![torn],
        text: None,
        actor: "test".into(),
        now: at(0),
        delivery: None,
        audit: None,
    };
    desk.store.keep_goals(desk.key, change).await.unwrap();
    let before_all_days = Timestamp::from_millis(at(0).millis() - 60 * DAY);
    let request = desk.request(&body("a", &[(1, Some(5), None)]), before_all_days);
    let taken = desk.reception.take(&request, few()).await;
    assert!(matches!(taken, Err(ReceiveError::Damaged(_))), "{taken:?}");
}

/// Changes the feed the first so many times that it is asked, as another process might.
struct Meddling {
    store: Arc<dyn Store>,
    key: FeedKey,
    times: SyncMutex<usize>,
}

impl Known for Meddling {
    fn knows(&self, _: &ObjectId, _: &FeedSettings) -> bool {
        let mut times = self.times.lock().unwrap();
        if *times > 0 {
            *times -= 1;
            tokio::runtime::Handle::current().block_on(async {
                let feed = self.store.goals_feed(self.key).await.unwrap().unwrap();
                let wish = SetGoalsFeed {
                    key: self.key,
                    expected: feed.revision,
                    on: true,
                    text: feed.text,
                    actor: format!("cli:{times}"),
                    now: feed.set_at,
                    audit: None,
                };
                self.store.set_goals_feed(wish).await.unwrap();
            });
        }
        true
    }
}

#[tokio::test]
async fn a_request_that_others_came_before_is_worked_out_anew() {
    let desk = Desk::new().await;
    let request = desk.request(&body("a", &[(1, Some(5), None)]), at(0));
    let meddling = |times| {
        Arc::new(Meddling {
            store: Arc::clone(&desk.store),
            key: desk.key,
            times: SyncMutex::new(times),
        })
    };
    let taken = desk.reception.take(&request, meddling(ATTEMPTS - 1)).await;
    assert!(matches!(taken, Ok(Answer::Taken(_))));
    let never = desk.reception.take(&request, meddling(ATTEMPTS)).await;
    assert!(matches!(never, Err(ReceiveError::Busy)));
    let log = desk
        .store
        .goals_deliveries(desk.key, None, 9)
        .await
        .unwrap();
    assert_eq!(log.len(), 1);
}

#[tokio::test]
async fn a_request_that_breaks_leaves_nothing_and_can_be_repeated() {
    let desk = Desk::new().await;
    let request = desk.request(&body("a", &[(1, Some(5), None), (2, Some(6), None)]), at(0));
    let breaking: Arc<dyn Known> = Arc::new(|student: &ObjectId| {
        assert_ne!(*student, id(2), "on purpose");
        true
    });
    let broken = desk.reception.take(&request, breaking).await;
    assert!(matches!(broken, Err(ReceiveError::Interrupted)));
    assert_eq!(desk.records(2027).await, []);
    let again = desk.reception.take(&request, few()).await;
    assert!(matches!(again, Ok(Answer::Taken(_))));
    assert_eq!(desk.records(2027).await.len(), 2);
}

#[tokio::test]
async fn many_at_once_lose_nothing() {
    let desk = Arc::new(Desk::on_disk().await);
    let sending = (0..20_u8).map(|student| {
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let minutes = u32::from(student);
            desk.send(
                &[
                    (student, Some(minutes), Some(1)),
                    (100, Some(minutes), None),
                ],
                at(i64::from(student)),
            )
            .await
        })
    });
    for sent in sending.collect::<Vec<_>>() {
        sent.await.unwrap();
    }
    let records = desk.records(2027).await;
    assert_eq!(records.len(), 21);
    let (_, last) = records.last().unwrap();
    assert_eq!(shown(last).0, Some(Amount::whole(19)));
}

#[test]
fn days_have_so_many_minutes() {
    assert_eq!(at(24 * 60).millis() - at(0).millis(), DAY);
}

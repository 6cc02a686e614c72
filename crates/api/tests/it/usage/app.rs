//! An app that follows the district and reports to it: a database, the sync engine, the sender.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use homeroom_client::{
    Address, Answer, Ask, Broken, Cancel, Clock as _, Content, Parts, Secret, Settings, Source,
    Transport,
};
use homeroom_depot::Depot;
use homeroom_model::{Date, Kind, ObjectId};
use homeroom_plan::{Local, Order as AccountOrder, Part, Policy};
use homeroom_roster::{
    Decision, Decisions as _, Districts as _, GoalActivity, GoalEntry, GoalTaken, Goals as _,
    NewDistrict, RunState, SqliteRoster,
};
use homeroom_segment::MemorySpools;
use homeroom_simulator::usage::{Activity, Usage, Year};
use homeroom_sync::goals::{Push, Pushed, Reporting, Sender};
use homeroom_sync::{
    Engine, EngineParts, EngineSettings, Order, Tenant, Trigger, Until, Unwatched, Yes,
};
use homeroom_testkit::{InProcess, TestClock};
use homeroom_wire::V3_1;
use tempfile::TempDir;

use super::cast::Cast;
use super::oracle::Sum;

/// Accounts that the app made itself have numbers from here on.
const OWN: i64 = 1_000_900_000;

/// The way to the district, which breaks now and then and remembers what went over it.
pub(crate) struct Line {
    inner: InProcess,
    is_down: AtomicBool,
    sent: Mutex<Vec<(Ask, Content)>>,
}

#[async_trait]
impl Transport for Line {
    async fn get(&self, ask: Ask) -> Result<Answer, Broken> {
        self.inner.get(ask).await
    }

    async fn post(&self, ask: Ask, content: Content) -> Result<Answer, Broken> {
        if self.is_down.load(Ordering::SeqCst) {
            return Err(Broken::Unreachable);
        }
        self.sent
            .lock()
            .unwrap()
            .push((ask.clone(), content.clone()));
        self.inner.post(ask, content).await
    }
}

/// An app.
pub(crate) struct App {
    pub(crate) usage: Usage,
    /// As the district knows it.
    pub(crate) id: ObjectId,
    pub(crate) years: Vec<Year>,
    pub(crate) line: Arc<Line>,
    pub(crate) roster: Arc<SqliteRoster>,
    engine: Engine,
    pub(crate) tenant: Tenant,
    pub(crate) sender: Sender,
    pub(crate) reporting: Reporting,
    clock: Arc<TestClock>,
    _folder: TempDir,
}

/// The app's way in.
pub(crate) struct Way {
    pub(crate) app: ObjectId,
    pub(crate) district: ObjectId,
    pub(crate) token: String,
    pub(crate) router: axum::Router,
}

fn policy() -> Policy {
    let mut text = Policy::SIS_LOCKDOWN.to_owned();
    let (from, to) = ("time_zone = \"UTC\"", "time_zone = \"America/Chicago\"");
    assert!(text.contains(from), "the preset says nowhere {from}");
    text = text.replacen(from, to, 1);
    Policy::read(&text).unwrap()
}

impl App {
    pub(crate) fn new(cast: &Cast, usage: Usage, way: Way, clock: &Arc<TestClock>) -> Self {
        let folder = homeroom_testkit::folder();
        let roster = Arc::new(SqliteRoster::open(&folder.path().join("app.sqlite")).unwrap());
        let depot = Depot::folder(
            &folder.path().join("depot"),
            homeroom_depot::Settings::default(),
        );
        let engine = Engine::new(EngineParts {
            roster: Arc::clone(&roster) as _,
            depot: depot.unwrap(),
            clock: Arc::clone(clock) as _,
            spools: Arc::new(MemorySpools),
            holder: "the test".to_owned(),
            settings: EngineSettings::default(),
        });
        let line = Arc::new(Line {
            inner: InProcess::new(way.router),
            is_down: AtomicBool::new(false),
            sent: Mutex::default(),
        });
        let source = Source::new(Parts {
            api: Address::parse(InProcess::BASE).unwrap(),
            oauth: None,
            version: &V3_1,
            district: way.district,
            token: Secret::new(way.token),
            credentials: None,
            transport: Arc::clone(&line) as _,
            clock: Arc::clone(clock) as _,
            settings: Settings::default(),
        });
        let district = roster.connect(&NewDistrict {
            source_id: &way.district.to_hex(),
            name: "District",
            at: clock.now(),
        });
        let policy = Arc::new(policy());
        let mut reporting = Reporting::new(&policy, usage.app().progress_key).unwrap();
        // Several requests for each push: any split is as good as one.
        reporting.limits.rows = 25;
        let years = cast.pupils.iter().map(|pupil| {
            let mut year = Year::default();
            usage.play(&usage.learner(pupil.number), &mut year);
            year
        });
        Self {
            years: years.collect(),
            usage,
            id: way.app,
            line,
            engine,
            tenant: Tenant {
                district: district.unwrap(),
                source,
                policy,
            },
            sender: Sender::new(Arc::clone(&roster) as _, Arc::clone(clock) as _, "the test"),
            reporting,
            roster,
            clock: Arc::clone(clock),
            _folder: folder,
        }
    }

    /// Follows the district.
    pub(crate) async fn follow(&self) {
        let (order, cancel) = (Order::new(Trigger::Schedule), Cancel::default());
        let ran = Box::pin(self.engine.run(&self.tenant, &order, &cancel, &Unwatched));
        let ran = ran.await.unwrap();
        if ran.state != RunState::Held {
            assert!(
                [RunState::Applied, RunState::NoChange].contains(&ran.state),
                "{:?}: {}",
                ran.state,
                ran.plan.summary()
            );
            return;
        }
        let yes = Yes {
            digest: &ran.digest,
            part: Part::All,
            by: "the test",
            note: None,
        };
        let ran = Box::pin(self.engine.approve(&self.tenant, &yes, &cancel, &Unwatched));
        assert_eq!(ran.await.unwrap().state, RunState::Applied);
    }

    /// Says yes to every question about who somebody is, and follows.
    pub(crate) async fn answer(&self) {
        let asked: Vec<i64> = {
            let connection = self.connection();
            let mut open = connection
                .prepare("SELECT id FROM suggestion WHERE state = 'open'")
                .unwrap();
            let rows = open.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        let now = self.clock.now();
        for id in &asked {
            let decided = Decision::Accepted;
            let done = self
                .roster
                .decide(self.tenant.district, *id, decided, "the test", now);
            assert!(done.unwrap());
        }
        if !asked.is_empty() {
            self.follow().await;
        }
    }

    /// A student has a second account, made in the app.
    pub(crate) fn second_account(&self, pupil: u64) {
        let id = second(pupil);
        self.connection()
            .execute_batch(&format!(
                "INSERT INTO person (id, origin, source_state, first_name, last_name) VALUES ({id}, 'manual', 'never', 'A', 'B');
                 INSERT INTO role (person, role) VALUES ({id}, 'student');"
            ))
            .unwrap();
    }

    /// Somebody says that it is the same student.
    pub(crate) async fn merge(&self, pupil: u64, student_id: &str) {
        let into = Local(self.accounts()[student_id].0);
        let merge = AccountOrder::Merge {
            kind: Kind::Student,
            from: Local(second(pupil)),
            into,
        };
        let by = (Until::Apply, "the test");
        let cancel = Cancel::default();
        let ran = self
            .engine
            .order_accounts(&self.tenant, vec![merge], by, &cancel, &Unwatched);
        assert_eq!(Box::pin(ran).await.unwrap().state, RunState::Applied);
    }

    /// Accounts and ids at the source, by `Student_id`.
    pub(crate) fn accounts(&self) -> BTreeMap<String, (i64, ObjectId)> {
        let connection = self.connection();
        let mut asked = connection
            .prepare("SELECT sis_id, id, source_id FROM students WHERE sis_id IS NOT NULL AND usable AND source_id IS NOT NULL")
            .unwrap();
        let rows = asked.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let rows = rows.unwrap().map(Result::unwrap);
        rows.map(|(sis, account, source): (String, i64, String)| {
            (sis, (account, ObjectId::from_hex(&source).unwrap()))
        })
        .collect()
    }

    fn connection(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.roster.path()).unwrap();
        connection
            .execute_batch("PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 60000")
            .unwrap();
        connection
    }

    /// Writes a day into the ledger, some of it twice. `accounts` are those of the students, by number.
    pub(crate) fn record(&self, day: Date, account: impl Fn(u64) -> Option<i64>) {
        let of_day = self.years.iter().flat_map(|year| {
            let activities = year.activities();
            let from = activities.partition_point(|one| one.day < day);
            activities[from..]
                .iter()
                .take_while(move |one| one.day == day)
        });
        let of_day: Vec<(&Activity, String)> = of_day.map(|one| (one, one.id())).collect();
        let entry = |(one, id): &(&Activity, String)| {
            let person = if one.account == 1 {
                second(one.student)
            } else {
                account(one.student).expect("who works has an account")
            };
            (id.clone(), person, **one)
        };
        let entries: Vec<(String, i64, Activity)> = of_day.iter().map(entry).collect();
        let entries: Vec<GoalEntry<'_>> = entries
            .iter()
            .map(|(id, person, one)| {
                GoalEntry::Done(GoalActivity {
                    activity: id,
                    person: *person,
                    at: one.at,
                    minutes: i64::try_from(one.minutes.micros()).unwrap(),
                    progress: i64::try_from(one.units.micros()).unwrap(),
                })
            })
            .collect();
        assert!(
            self.write(&entries)
                .iter()
                .all(|taken| *taken == GoalTaken::Counted)
        );
        let again: Vec<_> = entries.iter().step_by(3).copied().collect();
        assert!(
            self.write(&again)
                .iter()
                .all(|taken| *taken == GoalTaken::Repeated)
        );
    }

    /// An activity turns out to be none.
    pub(crate) fn undo(&self, activity: &Activity) {
        let id = activity.id();
        let undone = GoalEntry::Undone {
            activity: &id,
            reason: Some("a clock that ran wild"),
        };
        assert_eq!(self.write(&[undone]), [GoalTaken::Undone]);
    }

    fn write(&self, entries: &[GoalEntry<'_>]) -> Vec<GoalTaken> {
        let written =
            self.roster
                .record_activities(self.tenant.district, entries, "app", self.clock.now());
        written.unwrap()
    }

    /// Sends what there is to send.
    pub(crate) async fn push(&self) -> Pushed {
        let cancel = Cancel::default();
        let (source, district) = (&self.tenant.source, self.tenant.district);
        let pushed = self
            .sender
            .push(source, district, &self.reporting, &Push::DEMAND, &cancel);
        Box::pin(pushed).await.unwrap()
    }

    /// Everything that was ever sent arrives once more, the newest first; the statuses.
    pub(crate) async fn storm(&self) -> Vec<u16> {
        let sent: Vec<_> = self
            .line
            .sent
            .lock()
            .unwrap()
            .iter()
            .rev()
            .cloned()
            .collect();
        let mut statuses = Vec::new();
        for (ask, content) in sent {
            statuses.push(self.line.inner.post(ask, content).await.unwrap().status);
        }
        statuses
    }

    /// How many requests arrived.
    pub(crate) fn requests(&self) -> usize {
        self.line.sent.lock().unwrap().len()
    }

    pub(crate) fn set_down(&self, is_down: bool) {
        self.line.is_down.store(is_down, Ordering::SeqCst);
    }
}

fn second(pupil: u64) -> i64 {
    OWN + i64::try_from(pupil).unwrap()
}

/// What an activity brought.
pub(crate) fn brought(one: &Activity) -> Sum {
    Sum {
        minutes: one.minutes.micros(),
        units: one.units.micros(),
    }
}

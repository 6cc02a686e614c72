//! An app with a small district, its ledger, and a receiver.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use homeroom_client::{Address, Cancel, Clock as _, Parts, Secret, Settings, Source};
use homeroom_goals::{Amount, SchoolYears};
use homeroom_model::{ObjectId, Role, Timestamp};
use homeroom_roster::suite::sample::{Subject, Town, Work, apply, source};
use homeroom_roster::{
    GoalAcknowledged, GoalActivity, GoalEntry, GoalTaken, Goals as _, Op, Roster, SqliteRoster,
};
use homeroom_sync::goals::{GoalsError, Push, PushState, Pushed, Reporting, Sender};
use homeroom_testkit::TestClock;
use homeroom_wire::V3_1;
use tempfile::TempDir;

use super::receiver::Receiver;

/// The key of the metric.
pub(crate) const METRIC: &str = "lessons_completed";

/// Millionths in one.
pub(crate) const ONE: i64 = 1_000_000;

/// The app.
pub(crate) struct App {
    pub(crate) clock: Arc<TestClock>,
    pub(crate) receiver: Arc<Receiver>,
    pub(crate) roster: Arc<SqliteRoster>,
    pub(crate) subject: Subject,
    pub(crate) sender: Sender,
    pub(crate) reporting: Reporting,
    pub(crate) folder: TempDir,
    processes: u32,
}

/// A district of it.
pub(crate) struct District {
    pub(crate) town: Town,
    pub(crate) source: Source,
    pub(crate) token: String,
}

/// The school years of all districts here.
pub(crate) fn years() -> SchoolYears {
    SchoolYears::new("America/Chicago", "07-01").unwrap()
}

/// The id of a student at the source.
pub(crate) fn id(number: u32) -> ObjectId {
    ObjectId::from_hex(&source(number)).unwrap()
}

impl App {
    pub(crate) fn new() -> Self {
        let folder = homeroom_testkit::folder();
        let path = folder.path().join("app.sqlite");
        let clock = Arc::new(TestClock::new());
        let receiver = Receiver::new(years(), Arc::clone(&clock) as _);
        let roster = Arc::new(SqliteRoster::open(&path).unwrap());
        let subject = Subject {
            roster: Box::new(SqliteRoster::open(&path).unwrap()),
            sql: Box::new(|sql| panic!("{sql}")),
        };
        let mut reporting = Reporting::of(years(), METRIC).unwrap();
        reporting.limits.longest_wait = Duration::from_secs(4);
        Self {
            sender: Sender::new(
                Arc::clone(&roster) as _,
                Arc::clone(&clock) as _,
                "process 0",
            ),
            clock,
            receiver,
            roster,
            subject,
            reporting,
            folder,
            processes: 0,
        }
    }

    /// A district whose students 40, 41 and 42 are shared.
    pub(crate) fn district(&self, number: u32) -> District {
        let town = Town::build(&self.subject, number);
        let token = format!("token of {number}");
        for student in [40, 41, 42] {
            self.receiver.share(&token, id(student), true);
        }
        District {
            source: self.source(number, &token),
            town,
            token,
        }
    }

    fn source(&self, number: u32, token: &str) -> Source {
        Source::new(Parts {
            api: Address::parse("https://api.example.org").unwrap(),
            oauth: None,
            version: &V3_1,
            district: ObjectId::from_hex(&source(number)).unwrap(),
            token: Secret::new(token),
            credentials: None,
            transport: Arc::clone(&self.receiver) as _,
            clock: Arc::clone(&self.clock) as _,
            settings: Settings::default(),
        })
    }

    /// The process ends, and another one begins on the same database.
    pub(crate) fn restart(&mut self) {
        self.processes += 1;
        let name = format!("process {}", self.processes);
        self.sender = Sender::new(
            Arc::clone(&self.roster) as _,
            Arc::clone(&self.clock) as _,
            name,
        );
    }

    /// More students, from number 100 on.
    pub(crate) fn enrol(&self, district: &District, count: u32) -> Vec<i64> {
        let mut work = Work::begin(&self.subject, &district.town, 3);
        let mut people = Vec::new();
        for number in 100..100 + count {
            people.push(work.person(Role::Student, district.town.school, number));
            self.receiver.share(&district.token, id(number), true);
        }
        work.commit();
        people
    }

    /// The sync does something.
    pub(crate) fn sync(&self, district: &District, ops: &[Op<'_>]) {
        apply(&self.subject, &district.town, 4, ops);
    }

    /// A student does something now: minutes, and one unit of progress.
    pub(crate) fn works(&self, district: &District, activity: &str, person: i64, minutes: i64) {
        let taken = self.record(district, &[self.done(activity, person, minutes)]);
        assert_eq!(taken, [GoalTaken::Counted]);
    }

    /// The same as an entry.
    pub(crate) fn done<'a>(&self, activity: &'a str, person: i64, minutes: i64) -> GoalEntry<'a> {
        GoalEntry::Done(GoalActivity {
            activity,
            person,
            at: self.clock.now(),
            minutes: minutes * ONE,
            progress: ONE,
        })
    }

    /// An activity counts no more.
    pub(crate) fn undo(&self, district: &District, activity: &str) {
        let reason = Some("deleted");
        self.record(district, &[GoalEntry::Undone { activity, reason }]);
    }

    pub(crate) fn record(&self, district: &District, entries: &[GoalEntry<'_>]) -> Vec<GoalTaken> {
        let now = self.clock.now();
        let taken = self
            .roster
            .record_activities(district.town.district, entries, "app", now);
        taken.unwrap()
    }

    pub(crate) async fn try_push(&self, district: &District) -> Result<Pushed, GoalsError> {
        self.push_as(district, &Push::DEMAND).await
    }

    pub(crate) async fn push_as(
        &self,
        district: &District,
        push: &Push,
    ) -> Result<Pushed, GoalsError> {
        let (number, cancel) = (district.town.district, Cancel::default());
        let pushing = self
            .sender
            .push(&district.source, number, &self.reporting, push, &cancel);
        Box::pin(pushing).await
    }

    pub(crate) async fn push(&self, district: &District) -> Pushed {
        self.try_push(district).await.unwrap()
    }

    /// A push that has to get through.
    pub(crate) async fn push_done(&self, district: &District) -> Pushed {
        let pushed = self.push(district).await;
        assert_eq!(pushed.state, PushState::Done, "{pushed:?}");
        pushed
    }

    pub(crate) fn minutes(&self, minutes: u64) {
        self.clock.pass(Duration::from_mins(minutes));
    }

    pub(crate) fn hours(&self, hours: u64) {
        self.clock.pass(Duration::from_hours(hours));
    }

    /// Puts the clock to a moment that is yet to come.
    pub(crate) fn until(&self, moment: Timestamp) {
        let left = moment.millis() - self.clock.now().millis();
        self.clock
            .pass(Duration::from_millis(left.try_into().unwrap()));
    }

    /// What the receiver shows of a student: minutes and progress in whole ones.
    pub(crate) fn shown(&self, district: &District, student: u32) -> Option<(i64, i64)> {
        let whole = |amount: Amount| i64::try_from(amount.micros()).unwrap() / ONE;
        let shown = self.receiver.shown(&district.token, id(student));
        shown.map(|(minutes, progress)| (whole(minutes), whole(progress)))
    }

    /// What is acknowledged, by account.
    pub(crate) fn known(&self, district: &District) -> Vec<GoalAcknowledged> {
        let year = years().moment(self.clock.now()).year.0;
        let reading = self.roster.read().unwrap();
        reading
            .goal_acknowledged(district.town.district, year)
            .unwrap()
    }

    /// Minutes that are acknowledged, in whole ones, by account.
    pub(crate) fn acknowledged(&self, district: &District) -> BTreeMap<i64, i64> {
        self.known(district)
            .iter()
            .map(|row| (row.person, row.minutes / ONE))
            .collect()
    }

    /// State of the last deliveries, oldest first.
    pub(crate) fn states(&self, district: &District) -> Vec<&'static str> {
        let reading = self.roster.read().unwrap();
        let log = reading.goal_deliveries(district.town.district, Timestamp::default(), 1000);
        log.unwrap()
            .iter()
            .rev()
            .map(|one| one.state.text())
            .collect()
    }

    /// Why students wait: account and reason.
    pub(crate) fn waiting(&self, district: &District) -> Vec<(i64, String)> {
        let reading = self.roster.read().unwrap();
        let rows = reading.goal_waiting(district.town.district).unwrap();
        rows.into_iter()
            .map(|row| (row.person, row.reason))
            .collect()
    }

    /// Codes of the notices that are open.
    pub(crate) fn notices(&self, district: &District) -> Vec<String> {
        let reading = self.roster.read().unwrap();
        let rows = reading.notices(district.town.district, false).unwrap();
        rows.into_iter().map(|row| row.code).collect()
    }
}

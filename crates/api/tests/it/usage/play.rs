//! The year, day by day.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use homeroom_client::Clock as _;
use homeroom_model::{Date, ObjectId};
use homeroom_simulator::usage::LearnerKind;
use homeroom_sync::goals::PushState;
use homeroom_testkit::TestClock;

use super::app::{App, Way, brought};
use super::cast::{Cast, Pupil};
use super::checks;
use super::oracle::{Sum, plus};
use super::people;
use crate::client::Client;
use crate::installation::Installation;

/// How much is played.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) pupils: u64,
    pub(crate) school_days: usize,
    /// Which of the simulator's apps.
    pub(crate) apps: &'static [usize],
}

/// Hours after the midnight of a day in Greenwich: the district lies five or six hours west.
const MORNING: i64 = 11;
const EVENING: i64 = 26;
const NIGHT: i64 = 28;

/// What the district was told.
pub(crate) struct Told {
    /// What was done by the end of each day, by student.
    pub(crate) done: Vec<Vec<Sum>>,
    /// What was taken back later, and from which day on totals say so.
    pub(crate) fell: Option<(usize, Date, Sum)>,
}

/// What happens, and when.
pub(crate) struct Plot {
    /// The first and the last day on which the first app reaches nobody.
    pub(crate) outage: (Date, Date),
    /// The first day on which the outage cannot be seen in any window any more.
    pub(crate) healed: Date,
    storms: [Date; 2],
    /// A Saturday: an activity of the last app turns out to be none.
    correction: Date,
}

/// Everything.
pub(crate) struct Play {
    pub(crate) cast: Cast,
    pub(crate) plot: Plot,
    pub(crate) installation: Installation,
    pub(crate) district: ObjectId,
    pub(crate) manager: Client,
    /// The first app's way to read the district.
    pub(crate) reader: Client,
    pub(crate) apps: Vec<App>,
    pub(crate) told: Vec<Told>,
    /// Of each app and student, the first day on which somebody was told that the student is stuck, by episode.
    pub(crate) seen: BTreeMap<(usize, usize, Date), Date>,
    clock: Arc<TestClock>,
    published: String,
}

impl Plot {
    fn new(cast: &Cast) -> Self {
        let days = cast.calendar.school_days();
        let at = |hundredths: usize| days.len() * hundredths / 100;
        let begins = at(40);
        let friday = |day: &&Date| (day.days() + 3).rem_euclid(7) == 4;
        let correction = days[at(65)..].iter().find(friday).unwrap();
        Self {
            outage: (days[begins], days[begins + 3]),
            // The windows look back ten school days, and the first report after it spreads over it.
            healed: days[begins + 3 + 12],
            storms: [days[at(25)], days[at(60)]],
            correction: plus(*correction, 1),
        }
    }
}

impl Play {
    pub(crate) async fn new(seed: u64, size: Size) -> Self {
        let cast = Cast::new(seed, size.pupils, size.school_days);
        let installation = Installation::new();
        let clock = Arc::new(TestClock::new());
        let district = installation.add_district(1).await;
        people::decide(&installation, &cast, district).await;
        let first = cast.calendar.first();
        installation.import(district, cast.files(first)).await;
        let manager = people::manager(&installation).await;
        let mut apps = Vec::new();
        let mut reader = manager.anonymous();
        for (number, which) in (1..).zip(size.apps) {
            let usage = Cast::usage_of(seed, *which, &cast.calendar);
            let app = installation.add_app(number).await;
            let token = installation.connect(&app, district).await;
            reader = reader.with_token(&token);
            let way = Way {
                app: app.id,
                district,
                token: token.clone(),
                router: manager.router(),
            };
            let app = App::new(&cast, usage, way, &clock);
            people::switch_on(
                (&installation, &manager),
                district,
                &app,
                &token,
                number == 1,
            )
            .await;
            apps.push(app);
        }
        let told = apps.iter().map(|_| Told {
            done: vec![Vec::new(); cast.pupils.len()],
            fell: None,
        });
        let told = told.collect();
        let play = Self {
            plot: Plot::new(&cast),
            published: cast.outline(first),
            cast,
            installation,
            district,
            manager,
            reader,
            apps,
            told,
            seen: BTreeMap::new(),
            clock,
        };
        play.to(first, 0);
        for app in &play.apps {
            app.follow().await;
            for (pupil, learner) in play.learners(app) {
                if learner.kind == LearnerKind::Merged {
                    app.second_account(pupil.number);
                }
            }
        }
        play
    }

    fn learners<'a>(
        &'a self,
        app: &'a App,
    ) -> impl Iterator<Item = (&'a Pupil, homeroom_simulator::usage::Learner)> {
        let pupils = self.cast.pupils.iter();
        pupils.map(|pupil| (pupil, app.usage.learner(pupil.number)))
    }

    /// Puts both clocks forward to an hour of a day.
    fn to(&self, day: Date, hour: i64) {
        let at = (i64::from(day.days()) * 24 + hour) * 3_600_000;
        let left = |now: i64| {
            let left = u64::try_from(at - now).expect("an evening's work ends in the evening");
            Duration::from_millis(left)
        };
        self.clock.pass(left(self.clock.now().millis()));
        let time = &self.installation.time;
        time.pass(left(time.now().millis()));
    }

    pub(crate) async fn run(mut self) {
        let (mut day, last) = (self.cast.calendar.first(), self.cast.calendar.last());
        while day <= last {
            self.morning(day).await;
            self.evening(day).await;
            let full =
                day == last || self.plot.storms.contains(&day) || day == self.plot.correction;
            checks::look(&mut self, day, full).await;
            if self.plot.storms.contains(&day) {
                self.storm().await;
                checks::look(&mut self, day, true).await;
            }
            if day == self.plot.correction {
                self.correct(day).await;
                checks::look(&mut self, day, true).await;
            }
            day = plus(day, 1);
        }
        checks::everybody_was_seen(&self);
    }

    /// The district publishes, the apps follow, accounts are merged.
    async fn morning(&mut self, day: Date) {
        self.to(day, MORNING);
        let outline = self.cast.outline(day);
        if outline != self.published {
            let files = self.cast.files(day);
            // It takes an hour.
            self.installation.import(self.district, files).await;
            self.published = outline;
            self.to(day, MORNING + 1);
            for app in &self.apps {
                app.follow().await;
                app.answer().await;
            }
        }
        for app in &self.apps {
            for (pupil, learner) in self.learners(app) {
                if learner.merged == Some(day) {
                    app.merge(pupil.number, &pupil.id()).await;
                }
            }
        }
    }

    /// The day's work is in the ledger, and told.
    async fn evening(&mut self, day: Date) {
        self.to(day, EVENING);
        for (number, (app, told)) in self.apps.iter().zip(&mut self.told).enumerate() {
            let accounts = app.accounts();
            app.record(day, |student| {
                let pupil = &self.cast.pupils[usize::try_from(student).unwrap()];
                accounts.get(&pupil.id()).map(|(account, _)| *account)
            });
            let is_down = number == 0 && (self.plot.outage.0..=self.plot.outage.1).contains(&day);
            app.set_down(is_down);
            let pushed = app.push().await;
            let expected = if is_down {
                PushState::Unreachable
            } else {
                PushState::Done
            };
            assert_eq!(pushed.state, expected, "{day}: {pushed:?}");
            assert_eq!(pushed.fallen, []);
            told.hear(&self.cast, app, day, !is_down);
        }
    }

    /// Everything that was ever sent arrives again.
    async fn storm(&self) {
        for app in &self.apps {
            let statuses = app.storm().await;
            assert!(statuses.len() > 10 && statuses.iter().all(|status| *status == 200));
        }
    }

    /// Something that was told turns out to be wrong.
    async fn correct(&mut self, day: Date) {
        let number = self.apps.len() - 1;
        let app = &self.apps[number];
        let steady = |(pupil, learner): &(&Pupil, homeroom_simulator::usage::Learner)| {
            learner.kind == LearnerKind::Steady
                && pupil.rekeyed.is_none()
                && self.cast.is_there(pupil, day)
        };
        let (pupil, _) = self.learners(app).find(steady).unwrap();
        let place = usize::try_from(pupil.number).unwrap();
        let activity = app.years[place].activities()[3];
        app.undo(&activity);
        let held = app.push().await;
        assert_eq!(held.fallen.len(), 1, "{held:?}");
        let student = app.accounts()[&pupil.id()].1;
        assert_eq!(held.fallen[0].source, student);
        assert_eq!(held.fallen[0].undone.len(), 1, "it says why");
        people::allow(app, student).await;
        assert_eq!(app.push().await.fallen, []);
        checks::look_at(self, day, true).await;
        people::confirm(self, number, student).await;
        self.told[number].fell = Some((place, day, brought(&activity)));
    }

    /// When it is looked at.
    pub(crate) fn night(&self, day: Date) {
        if self.installation.time.now().millis() < (i64::from(day.days()) * 24 + NIGHT) * 3_600_000
        {
            self.to(day, NIGHT);
        }
    }
}

impl Told {
    /// What the district knows after an evening.
    fn hear(&mut self, cast: &Cast, app: &App, day: Date, arrived: bool) {
        for (pupil, (year, done)) in cast.pupils.iter().zip(app.years.iter().zip(&mut self.done)) {
            let before = done.last().copied().unwrap_or_default();
            let now = if arrived && cast.is_there(pupil, day) {
                let merged = app.usage.learner(pupil.number).merged;
                let all = merged.is_some_and(|merged| merged <= day);
                let so_far = year.activities().iter().take_while(|one| one.day <= day);
                so_far
                    .filter(|one| all || one.account == 0)
                    .fold(Sum::default(), |sum, one| sum.plus(brought(one)))
            } else {
                before
            };
            done.push(now);
        }
    }

    /// What was taken back of a student by a day.
    pub(crate) fn fallen(&self, place: usize, day: Date) -> Sum {
        let fell = self
            .fell
            .filter(|(of, from, _)| *of == place && *from <= day);
        fell.map_or_else(Sum::default, |(_, _, sum)| sum)
    }
}

//! A district on a day: everything its figures are made from that is not about single students.

use std::ops::Bound;
use std::sync::Arc;

use homeroom_goals::target::{Learner, Metric, Targets};
use homeroom_goals::{Feed, Moment, SchoolDays};
use homeroom_model::{AttendanceStatus, AttendanceType, Date, Kind, ObjectId, Timestamp};
use homeroom_segment::{Attendance, AttendanceOf, first_of_day};
use homeroom_store::{FeedKey, GoalsFeed};

use crate::calendar::Rules;
use crate::feed::FeedSettings;
use crate::figures::{Ask, FigureError, Figures, SetTarget, SetTargets};
use crate::judging::Aims;
use crate::roster::Roster;
use crate::targets;

/// School days that are looked back for the last one with attendance.
const ATTENDANCE_DAYS: usize = 5;

/// A district on a day.
pub(crate) struct Book {
    pub(crate) district: ObjectId,
    pub(crate) moment: Moment,
    pub(crate) rules: Rules,
    pub(crate) calendar: SchoolDays,
    pub(crate) roster: Arc<Roster>,
    /// Rows of the students who are absent, ascending.
    pub(crate) absent: Arc<Vec<u32>>,
    /// The feeds that are on, ascending by app.
    pub(crate) feeds: Vec<FeedBook>,
}

/// A feed that is on.
pub(crate) struct FeedBook {
    pub(crate) key: FeedKey,
    /// The app's name.
    pub(crate) name: String,
    pub(crate) kept: GoalsFeed,
    pub(crate) settings: FeedSettings,
    /// What it sent this school year.
    pub(crate) heard: Feed,
    /// The days of this school year on which it sent, ascending.
    pub(crate) days: Vec<Date>,
    /// The first of them.
    pub(crate) began: Option<Date>,
    /// Whether it sent from the beginning of the school year on.
    pub(crate) saw_year_begin: bool,
    pub(crate) targets: Targets,
    /// The number of the newest target.
    pub(crate) newest_target: u64,
    /// Of each school, whether its students are in the feed.
    chosen: Vec<bool>,
}

impl Book {
    pub(crate) fn first_day(&self) -> Date {
        self.rules.years.first_day(self.moment.year)
    }

    pub(crate) fn year(&self) -> i16 {
        self.moment.year.0
    }
}

impl FeedBook {
    /// Whether a student of the roster is in the feed: published, shared, and in a school that was chosen.
    pub(crate) fn covers(&self, roster: &Roster, student: u32) -> bool {
        let chosen = |school: &u32| self.chosen.get(*school as usize) == Some(&true);
        roster.shows_student(student)
            && (self.settings.schools.is_none() || roster.schools_of(student).iter().any(chosen))
    }

    /// The targets of a student of a school, or of the district, of whom nothing else is known.
    pub(crate) fn usual_targets(&self, book: &Book, school: Option<u32>) -> SetTargets {
        let roster = &book.roster;
        let learner = Learner {
            student: ObjectId::default(),
            grade: None,
            school: school.map(|school| roster.id(Kind::School, school)),
            school_type: school.and_then(|school| roster.type_of(school)),
            sections: &[],
        };
        let on = |metric| {
            let stretches = self.targets.of(&learner, metric);
            Aims::on(&stretches, book.moment.day).and_then(SetTarget::of)
        };
        SetTargets {
            minutes: on(Metric::Minutes),
            progress: on(Metric::Progress),
        }
    }

    /// Whether the app has sent nothing for too long, or never did.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        self.heard.stale(now).is_some()
    }
}

impl Figures {
    /// Opens a district as of a moment: a fixed number of questions, and three for each of its feeds.
    pub(crate) async fn book(&self, ask: &Ask) -> Result<Book, FigureError> {
        let Ask {
            district,
            app: only,
            now,
        } = *ask;
        let record = self.store.district(district).await?;
        let record = record.ok_or(FigureError::NoDistrict)?;
        let rules = Rules::of(&*self.store, district).await?;
        let roster = self.roster(district, record.snapshot).await?;
        let moment = rules.years.moment(now);
        let calendar = rules.school_days(moment.year);
        let absent = self
            .absent(district, &roster, &calendar, moment.day)
            .await?;
        let mut book = Book {
            district,
            moment,
            rules,
            calendar,
            roster,
            absent,
            feeds: Vec::new(),
        };
        let kept = self.store.goals_feeds(district).await?;
        let wanted = |feed: &GoalsFeed| feed.on && only.is_none_or(|only| only == feed.key.app);
        for kept in kept.into_iter().filter(wanted) {
            let feed = self.feed_book(&book, kept).await?;
            book.feeds.push(feed);
        }
        Ok(book)
    }

    async fn feed_book(&self, book: &Book, kept: GoalsFeed) -> Result<FeedBook, FigureError> {
        let key = kept.key;
        let app = self.store.app(key.app).await?;
        let until = book.moment.day;
        let days = self.store.goals_delivery_days(key, book.first_day(), until);
        let days = days.await?;
        let targets = self.store.goals_targets(key).await?;
        let settings = FeedSettings::read(&kept)?;
        let began = days.first().copied();
        let new_days = usize::from(book.rules.states().new_days);
        let roster = &book.roster;
        let chosen =
            (0..roster.schools()).map(|row| settings.takes([roster.id(Kind::School, row)]));
        Ok(FeedBook {
            key,
            name: app.map_or_else(|| key.app.to_hex(), |app| app.name),
            heard: Feed::new(&days, kept.last, &book.calendar, book.rules.states()),
            began,
            // An app reports in the night after the first day at the earliest.
            saw_year_begin: began.is_some_and(|day| book.calendar.through(day) <= new_days),
            days,
            newest_target: targets.last().map_or(0, |target| target.number),
            targets: targets::read(&targets, settings.metrics().series),
            chosen: chosen.collect(),
            settings,
            kept,
        })
    }

    pub(crate) async fn roster(
        &self,
        district: ObjectId,
        number: Option<u64>,
    ) -> Result<Arc<Roster>, FigureError> {
        let key = (district, number.unwrap_or(0));
        if let Some(roster) = self.rosters.get(&key).await {
            return Ok(roster);
        }
        let roster = Roster::open(&self.history, district, number).await?;
        self.rosters.insert(key, Arc::clone(&roster)).await;
        Ok(roster)
    }

    /// The students who are absent, as far as the district says: those with a record of the whole day that says so, on the last
    /// school day up to today of which there are any records, at most five back. Attendance comes in the night, so the day
    /// itself is rarely known.
    async fn absent(
        &self,
        district: ObjectId,
        roster: &Arc<Roster>,
        calendar: &SchoolDays,
        day: Date,
    ) -> Result<Arc<Vec<u32>>, FigureError> {
        let key = (district, roster.number(), day);
        if let Some(absent) = self.absences.get(&key).await {
            return Ok(absent);
        }
        let mut absent = Vec::new();
        if roster.number() > 0 {
            let attendance = self.history.attendance(district, roster.number()).await?;
            let last = calendar.through(day);
            let days = (1..=last).rev().take(ATTENDANCE_DAYS);
            for day in days.filter_map(|number| calendar.date(number)) {
                if attendance.is_empty() {
                    break;
                }
                let (found, any) = absent_on(roster, &attendance, day);
                if any {
                    absent = found;
                    break;
                }
            }
        }
        let absent = Arc::new(absent);
        self.absences.insert(key, Arc::clone(&absent)).await;
        Ok(absent)
    }
}

/// Who was absent on a day, and whether there are records of the day at all.
fn absent_on(roster: &Roster, attendance: &Attendance, day: Date) -> (Vec<u32>, bool) {
    let next = Date::from_days(day.days() + 1).unwrap_or(day);
    let bounds = (
        Bound::Included(first_of_day(day)),
        Bound::Excluded(first_of_day(next)),
    );
    let (mut absent, mut any) = (Vec::new(), false);
    for school in 0..roster.schools() {
        let school = AttendanceOf::School(roster.id(Kind::School, school));
        let daily = attendance
            .list(school, bounds)
            .filter(|record| record.kind == AttendanceType::Daily);
        for record in daily {
            any = true;
            if record.status == AttendanceStatus::Absent {
                absent.extend(roster.find(Kind::Student, &record.student));
            }
        }
    }
    absent.sort_unstable();
    absent.dedup();
    (absent, any)
}

//! One student of one feed, judged: where the rules of `homeroom_goals` meet a roster and what was reported.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use homeroom_goals::figures::Week;
use homeroom_goals::state::{AsOf, Known, Scene, Verdict, judge};
use homeroom_goals::target::{Learner, Level, Metric, Stretch};
use homeroom_goals::total::{Day, Metrics, Total};
use homeroom_goals::{Amount, Curve, SchoolDays, monday, target_between};
use homeroom_model::{ClosedList, Date, Grade, Kind, ObjectId, Timestamp};

use crate::book::{Book, FeedBook};
use crate::student_year::Record;

/// More than hardly anybody does in one app on a school day. Whoever comes new with more has done it before, under another id.
const MINUTES_OF_A_DAY: u32 = 60;

/// A feed of a district on a day, ready to judge its students.
pub(crate) struct Judging<'b> {
    pub(crate) book: &'b Book,
    pub(crate) feed: &'b FeedBook,
    /// The moment at which the feed is looked at.
    pub(crate) now: Timestamp,
    weeks: Vec<Span>,
    /// Sections and students for whom targets were ever set.
    special: HashSet<ObjectId>,
    /// What the app declared about its metrics.
    metrics: Metrics,
    /// The day on which its progress metric took the place of another this school year. It is not known from before, and
    /// nothing was to be done in it.
    changed: Option<Date>,
}

/// A week that has school, up to the day that is asked about.
#[derive(Clone, Copy)]
struct Span {
    monday: Date,
    /// Its last day that counts.
    last: Date,
    /// The number of the last school day before it, and of its own last.
    after: usize,
    to: usize,
}

/// The targets of a student over time.
pub(crate) struct Aims<'b> {
    pub(crate) minutes: Vec<Stretch<'b>>,
    pub(crate) progress: Vec<Stretch<'b>>,
    /// Of each week, what should be done in all of it.
    weekly: Vec<[Amount; 2]>,
}

/// What lends its memory from student to student.
#[derive(Default)]
pub(crate) struct Hand<'b> {
    pub(crate) curve: Curve,
    /// The targets of those who have none of their own, by school and grade.
    usual: HashMap<(Option<u32>, u8), Rc<Aims<'b>>>,
    /// The days of two moments that were asked for last: ids of one import share theirs, and students of one request.
    days: [Option<(i64, Date)>; 2],
}

/// A student, judged. The curve is in the hand that judged.
pub(crate) struct Judged<'b> {
    pub(crate) verdict: Verdict,
    pub(crate) aims: Rc<Aims<'b>>,
}

impl<'b> Judging<'b> {
    pub(crate) fn new(book: &'b Book, feed: &'b FeedBook, now: Timestamp) -> Self {
        let special = feed
            .targets
            .all()
            .iter()
            .filter_map(|target| match target.level {
                Level::Section(id) | Level::Student(id) => Some(id),
                Level::App | Level::District | Level::School(_) => None,
            });
        Self {
            book,
            feed,
            now,
            weeks: spans(&book.calendar, book.moment.day),
            special: special.collect(),
            metrics: feed.settings.metrics(),
            changed: changed(book, feed),
        }
    }

    /// A total in the progress metric that counts.
    pub(crate) fn total(&self, record: &Record) -> Total {
        record.in_series(self.metrics.series)
    }

    /// Judges the student of a row.
    pub(crate) fn student(
        &self,
        row: u32,
        record: Option<&Record>,
        hand: &mut Hand<'b>,
    ) -> Judged<'b> {
        let id = self.book.roster.id(Kind::Student, row);
        let aims = self.aims(row, id, hand);
        let given = hand.day_of(self.book, given(id));
        let absent = self.book.absent.binary_search(&row).is_ok();
        let verdict = self.judge(record, given, absent, &aims, hand);
        Judged { verdict, aims }
    }

    /// Judges somebody who is not in the roster any more: what was done stays in the weeks.
    pub(crate) fn departed(&self, record: &Record, hand: &mut Hand<'b>) -> Judged<'b> {
        let aims = Rc::new(Aims::new(Vec::new(), Vec::new(), self));
        let today = self.book.moment.day;
        let verdict = self.judge(Some(record), today, false, &aims, hand);
        Judged { verdict, aims }
    }

    fn judge(
        &self,
        record: Option<&Record>,
        given: Date,
        absent: bool,
        aims: &Aims<'_>,
        hand: &mut Hand<'b>,
    ) -> Verdict {
        let days = record.map_or(&[][..], |record| &record.days);
        let first = days.first().map(|day| day.day);
        let begins = self.book.first_day();
        let aside = record.and_then(|record| record.total.aside);
        let aside = aside.map(|aside| hand.day_of(self.book, aside.since));
        // Whoever was reported was there, whenever the district itself joined.
        let enrolled = first.map_or(given, |first| first.min(given)).max(begins);
        let zero = self.zero(days.first(), enrolled);
        let known = Known {
            days,
            zero,
            progress_zero: zero.filter(|day| self.changed.is_none_or(|changed| changed <= *day)),
            enrolled,
            absent,
            aside,
            minutes: &aims.minutes,
            progress: &aims.progress,
        };
        let scene = Scene {
            calendar: &self.book.calendar,
            feed: &self.feed.heard,
            settings: self.book.rules.states(),
            ceiling: self.feed.settings.ceiling,
            metrics: self.metrics,
        };
        let at = AsOf {
            day: self.book.moment.day,
            now: self.now,
        };
        judge(&scene, &known, at, &mut hand.curve)
    }

    /// A day at whose beginning the student's total was nothing. A feed that began with the school year saw everybody begin;
    /// one that began later did not see what those had done by then who were in its first delivery. Nor is a beginning known
    /// of whoever came under another id.
    fn zero(&self, first: Option<&Day>, enrolled: Date) -> Option<Date> {
        let begins = self.book.first_day();
        let Some(began) = self.feed.began else {
            return Some(begins.max(enrolled));
        };
        if enrolled > began && first.is_some_and(|first| self.is_carried_over(first, enrolled)) {
            return None;
        }
        if self.feed.saw_year_begin {
            return Some(begins.max(enrolled));
        }
        if first.is_some_and(|first| first.day == began) {
            return None;
        }
        Some(began.max(enrolled))
    }

    /// Whether the first report of somebody brings more than is done in the school days since: the running total of a student
    /// who had another id (integration-side D2.10). The weeks under that one have it already.
    fn is_carried_over(&self, first: &Day, enrolled: Date) -> bool {
        let days = self.book.calendar.count(enrolled, first.day).max(1);
        let most = Amount::whole(MINUTES_OF_A_DAY).share(u64::try_from(days).unwrap_or(1), 1);
        first.minutes.is_some_and(|minutes| minutes.value > most)
    }

    fn aims(&self, row: u32, id: ObjectId, hand: &mut Hand<'b>) -> Rc<Aims<'b>> {
        let roster = &self.book.roster;
        let school = roster.school_of(row);
        let grade = roster.grade_code(row);
        let usual = hand.usual.get(&(school, grade));
        if self.special.is_empty()
            && let Some(usual) = usual
        {
            return Rc::clone(usual);
        }
        let sections = roster.sections_of(row).iter();
        let sections = sections.map(|section| roster.id(Kind::Section, *section));
        let sections: Vec<ObjectId> = sections.collect();
        let own = self.special.contains(&id)
            || sections
                .iter()
                .any(|section| self.special.contains(section));
        if !own && let Some(usual) = usual {
            return Rc::clone(usual);
        }
        let learner = Learner {
            student: id,
            grade: Grade::from_code(grade),
            school: school.map(|school| roster.id(Kind::School, school)),
            school_type: school.and_then(|school| roster.type_of(school)),
            sections: &sections,
        };
        let of = |metric| self.feed.targets.of(&learner, metric);
        let progress = since(of(Metric::Progress), self.changed);
        let aims = Rc::new(Aims::new(of(Metric::Minutes), progress, self));
        if !own {
            hand.usual.insert((school, grade), Rc::clone(&aims));
        }
        aims
    }

    /// The weeks that have school, nothing in them.
    pub(crate) fn weeks(&self) -> Vec<Week> {
        self.weeks.iter().map(Span::empty).collect()
    }

    /// How many of the weeks are known whole up to the day, of somebody of whom it is known up to this school day what was done.
    pub(crate) fn weeks_told(&self, told: usize) -> usize {
        self.weeks.partition_point(|span| span.to <= told)
    }

    /// The weeks of a group as far as they are known: a feed that is stale did not tell of the newest.
    pub(crate) fn known_weeks(&self, mut weeks: Vec<Week>) -> Vec<Week> {
        if self.feed.is_stale(self.now) {
            let today = self.book.calendar.through(self.book.moment.day);
            weeks.truncate(self.weeks_told(self.feed.heard.told(today)));
        }
        weeks
    }

    /// Minutes of the last school days, as many as the window of "has not used it" has, and of as many before those.
    pub(crate) fn recent(&self, curve: &Curve) -> [Amount; 2] {
        let window = usize::from(self.book.rules.states().inactive_days);
        let last = curve.last();
        let middle = last.saturating_sub(window);
        let first = middle.saturating_sub(window);
        [curve.minutes(middle, last), curve.minutes(first, middle)]
    }

    /// Adds a student to weeks: what was done and what should have been, on the days of which it is known what the student did.
    pub(crate) fn add_weeks(&self, weeks: &mut [Week], curve: &Curve, judged: &Judged<'_>) {
        let (aims, calendar) = (&judged.aims, &self.book.calendar);
        let heard = curve.heard().is_some();
        for ((week, span), whole) in weeks.iter_mut().zip(&self.weeks).zip(&aims.weekly) {
            let after = span.after.max(judged.verdict.known);
            let to = span.to.min(judged.verdict.told);
            if to <= after {
                continue;
            }
            let worked = curve.minutes(after, to);
            week.students += u32::from(worked >= Amount::whole(1));
            week.with_minutes += u32::from(heard);
            week.with_progress += u32::from(heard && curve.knows_progress(after));
            week.minutes = week.minutes + worked;
            week.progress = week.progress + curve.progress(after, to);
            let [minutes, progress] = if (after, to) == (span.after, span.to) {
                *whole
            } else {
                let first = calendar.date(after + 1).unwrap_or(span.last);
                let last = calendar.date(to).unwrap_or(span.last);
                aims.between(calendar, first, last)
            };
            week.target_minutes = week.target_minutes + minutes;
            week.target_progress = week.target_progress + progress;
        }
    }
}

impl<'b> Aims<'b> {
    fn new(minutes: Vec<Stretch<'b>>, progress: Vec<Stretch<'b>>, judging: &Judging<'_>) -> Self {
        let mut aims = Self {
            minutes,
            progress,
            weekly: Vec::new(),
        };
        let weekly = judging.weeks.iter();
        aims.weekly = weekly
            .map(|span| aims.between(&judging.book.calendar, span.monday, span.last))
            .collect();
        aims
    }

    fn between(&self, calendar: &SchoolDays, from: Date, to: Date) -> [Amount; 2] {
        [&self.minutes, &self.progress]
            .map(|stretches| target_between(stretches, calendar, from, to))
    }

    /// The target that counts on a day.
    pub(crate) fn on(
        stretches: &[Stretch<'b>],
        day: Date,
    ) -> Option<&'b homeroom_goals::target::Target> {
        let begun = stretches.iter().take_while(|stretch| stretch.from <= day);
        begun.last().and_then(|stretch| stretch.target)
    }
}

/// When an id was given.
pub(crate) fn given(id: ObjectId) -> Timestamp {
    Timestamp::from_millis(i64::from(id.seconds()) * 1000)
}

/// The day on which the progress metric of a feed took the place of another that was reported this school year.
fn changed(book: &Book, feed: &FeedBook) -> Option<Date> {
    let series = feed.settings.series.last();
    let begun = series.filter(|series| series.number > 1)?.since;
    let begun = book.rules.years.day_of(begun);
    feed.began.filter(|began| *began < begun).map(|_| begun)
}

/// Targets from a day on.
fn since(mut stretches: Vec<Stretch<'_>>, day: Option<Date>) -> Vec<Stretch<'_>> {
    if let Some(day) = day {
        let over = stretches.partition_point(|stretch| stretch.from <= day);
        stretches.drain(..over.saturating_sub(1));
        if let Some(first) = stretches.first_mut() {
            first.from = first.from.max(day);
        }
    }
    stretches
}

impl Hand<'_> {
    /// The district's day of a moment.
    pub(crate) fn day_of(&mut self, book: &Book, moment: Timestamp) -> Date {
        let millis = moment.millis();
        let mut known = self.days.iter().flatten();
        if let Some((_, day)) = known.find(|(known, _)| *known == millis) {
            return *day;
        }
        let day = book.rules.years.day_of(moment);
        let [newest, before] = &mut self.days;
        *before = newest.replace((millis, day));
        day
    }
}

impl Span {
    fn empty(&self) -> Week {
        Week {
            monday: self.monday,
            school_days: u32::try_from(self.to - self.after).unwrap_or(u32::MAX),
            students: 0,
            with_minutes: 0,
            with_progress: 0,
            minutes: Amount::ZERO,
            progress: Amount::ZERO,
            target_minutes: Amount::ZERO,
            target_progress: Amount::ZERO,
        }
    }
}

/// The weeks of a calendar up to and with a day, nothing in them.
pub(crate) fn weeks_of(calendar: &SchoolDays, until: Date) -> Vec<Week> {
    spans(calendar, until).iter().map(Span::empty).collect()
}

/// The weeks of the school days up to and with a day.
fn spans(calendar: &SchoolDays, until: Date) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (place, day) in calendar
        .days()
        .iter()
        .take_while(|day| **day <= until)
        .enumerate()
    {
        let monday = monday(*day);
        match spans.last_mut() {
            Some(span) if span.monday == monday => span.to = place + 1,
            _ => {
                let sunday = Date::from_days(monday.days() + 6).unwrap_or(monday);
                spans.push(Span {
                    monday,
                    last: sunday.min(until),
                    after: place,
                    to: place + 1,
                });
            }
        }
    }
    spans
}

//! What kind of student a student is, and what is planned for the year.

use homeroom_model::Date;

use super::{Calendar, Usage};
use crate::draw::{Draw, index};

/// What a student's year is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LearnerKind {
    /// Works on the days of the class and gets further.
    Steady,
    /// Works a lot on two days, and then not for one or two weeks.
    Sprinter,
    /// Hardly ever works.
    Idle,
    /// Steady, with one or two times of working for weeks without getting further.
    Stuck,
    /// Steady, and away from school for some weeks; in the week before minutes bring no progress.
    Absent,
    /// Came during the year; in the first four days minutes bring no progress.
    TransferredIn,
    /// Left during the year.
    TransferredOut,
    /// Came in the last three days, in which minutes bring no progress.
    New,
    /// Had two accounts in the app, of which the second was merged into the first.
    Merged,
    /// Reaches the app's ceiling, and goes on working.
    Finished,
}

/// A student in an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learner {
    /// The number that the caller uses.
    pub student: u64,
    /// What kind.
    pub kind: LearnerKind,
    /// The first day at a school of the district.
    pub enrolled: Date,
    /// The first day on which the student is not there any more.
    pub left: Option<Date>,
    /// First and last school day of an absence.
    pub away: Option<(Date, Date)>,
    /// The day on whose morning the second account was merged into the first.
    pub merged: Option<Date>,
    pub(super) plan: Plan,
}

/// What is planned, by numbers of school days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// First and last day of times without progress.
    pub(super) flat: Vec<(usize, usize)>,
    /// Days on which progress rises for sure.
    pub(super) rises: Vec<usize>,
    /// First and last day of an absence.
    pub(super) away: Option<(usize, usize)>,
    /// The day on which the ceiling is reached.
    pub(super) finish: Option<usize>,
    pub(super) habit: Habit,
}

/// What a student's days are like, whatever happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Habit {
    /// Days of the week, Monday first.
    pub(super) weekdays: [bool; 5],
    /// Hundredths of a minute on such a day.
    pub(super) session: u64,
    /// Hundredths of a minute for a unit.
    pub(super) pace: u64,
    /// Hundredths of a unit on such a day, where units come in parts.
    pub(super) part: u64,
    /// School days from burst to burst of a sprinter, and where they begin.
    pub(super) cycle: (u64, u64),
    /// Never does anything, if idle.
    pub(super) never: bool,
}

impl Plan {
    pub(super) fn is_flat(&self, day: usize) -> bool {
        self.flat
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&day))
    }

    pub(super) fn is_away(&self, day: usize) -> bool {
        self.away
            .is_some_and(|(from, to)| (from..=to).contains(&day))
    }
}

/// Under so many school days everybody is steady or idle: there is no time for anything to happen.
const LEAST: usize = 25;

pub(super) fn plan(usage: &Usage, student: u64) -> Learner {
    let calendar = &usage.calendar;
    let (mut person, mut draw) = (usage.person(student), usage.in_app(student, None));
    let days = calendar.school_days().len();
    let kind = kind(usage, days, &mut person, &mut draw);
    let mut learner = Learner {
        student,
        kind,
        enrolled: calendar.first(),
        left: None,
        away: None,
        merged: None,
        plan: Plan {
            habit: habit(usage, &mut draw),
            ..Plan::default()
        },
    };
    match kind {
        LearnerKind::Stuck => stuck(&mut learner.plan, days, &mut draw),
        LearnerKind::Finished => {
            learner.plan.finish = Some(among(&mut draw, days / 3, days * 3 / 4));
        }
        LearnerKind::Merged => learner.merged = calendar.date(among(&mut draw, 5, days - 1)),
        // What concerns the person is the same in all apps.
        _ => comes_and_goes(&mut learner, calendar, &mut person),
    }
    learner
}

fn kind(usage: &Usage, days: usize, person: &mut Draw, draw: &mut Draw) -> LearnerKind {
    let mix = &usage.mix;
    let pick = |draw: &mut Draw, kinds: &[(u16, LearnerKind)], of: u64| {
        let mut at = draw.below(of.max(1));
        let mut kinds = kinds.iter();
        kinds.find_map(|(share, kind)| {
            let share = u64::from(*share);
            let found = at < share;
            at = at.saturating_sub(share);
            found.then_some(*kind)
        })
    };
    let whole = [
        (mix.absent, LearnerKind::Absent),
        (mix.transferred_in, LearnerKind::TransferredIn),
        (mix.transferred_out, LearnerKind::TransferredOut),
        (mix.new, LearnerKind::New),
    ];
    let finished = if usage.app.ceiling.is_some() {
        mix.finished
    } else {
        0
    };
    let parts = [
        (mix.sprinter, LearnerKind::Sprinter),
        (mix.idle, LearnerKind::Idle),
        (mix.stuck, LearnerKind::Stuck),
        (mix.merged, LearnerKind::Merged),
        (finished, LearnerKind::Finished),
    ];
    let taken: u64 = whole.iter().map(|(share, _)| u64::from(*share)).sum();
    let found =
        pick(person, &whole, 1000).or_else(|| pick(draw, &parts, 1000_u64.saturating_sub(taken)));
    match found {
        Some(LearnerKind::Idle) => LearnerKind::Idle,
        Some(kind) if days >= LEAST => kind,
        _ => LearnerKind::Steady,
    }
}

fn habit(usage: &Usage, draw: &mut Draw) -> Habit {
    let app = &usage.app;
    let week = u64::from(app.days_per_week).clamp(1, 5);
    let mut weekdays = [false; 5];
    // Spread over the week: with two days Monday and Wednesday, or a day or two later.
    let (begin, step) = (draw.below(5), if week < 3 { 2 } else { 1 });
    for day in 0..week {
        if let Some(open) = weekdays.get_mut(index((begin + day * step) % 5)) {
            *open = true;
        }
    }
    let session = u64::from(app.minutes_per_week) * draw.between(60, 150) / week;
    let usual = u64::from(app.minutes_per_week) * 10_000 / u64::from(app.units_per_week.max(1));
    Habit {
        weekdays,
        session: session.max(100),
        // So short that nobody who gets further looks stuck: less than thirty minutes without a unit.
        pace: (usual * draw.between(60, 140) / 100).clamp(100, 1_800),
        part: (u64::from(app.units_per_week) * draw.between(50, 140) / 100 / week).max(1),
        cycle: (draw.between(8, 14), draw.below(14)),
        never: draw.chance(400_000),
    }
}

/// One or two times without progress, of which the last may not end.
fn stuck(plan: &mut Plan, days: usize, draw: &mut Draw) {
    let from = if draw.chance(400_000) {
        among(draw, days.saturating_sub(30), days - 12)
    } else {
        among(draw, 6, days - 12)
    };
    let to = from + among(draw, 12, 40);
    plan.flat.push((from.max(6), to));
    plan.rises.push(to + 1);
    if to + 30 < days && draw.chance(400_000) {
        let from = to + among(draw, 5, 15);
        let to = from + among(draw, 12, 30);
        plan.flat.push((from, to));
        plan.rises.push(to + 1);
    }
}

fn comes_and_goes(learner: &mut Learner, calendar: &Calendar, person: &mut Draw) {
    let days = calendar.school_days().len();
    let plan = &mut learner.plan;
    let mut enrolled = None;
    match learner.kind {
        LearnerKind::Absent => {
            let from = among(person, 9, days - 2);
            let to = (from + among(person, 5, 24)).min(days);
            plan.away = Some((from, to));
            plan.flat.push((from - 5, from - 1));
            plan.rises.extend([from - 6, to + 1]);
            learner.away = calendar.date(from).zip(calendar.date(to));
        }
        LearnerKind::TransferredIn => {
            let from = among(person, 3, days * 4 / 5);
            plan.flat.push((from, from + 3));
            plan.rises.push(from + 4);
            enrolled = calendar.date(from);
        }
        LearnerKind::New => {
            let from = among(person, days - 2, days);
            plan.flat.push((from, days));
            enrolled = calendar.date(from);
        }
        LearnerKind::TransferredOut => {
            let last = calendar.date(among(person, days / 5, days - 1));
            learner.left = last.and_then(|day| Date::from_days(day.days() + 1));
        }
        _ => {}
    }
    learner.enrolled = enrolled.unwrap_or(learner.enrolled);
}

fn among(draw: &mut Draw, low: usize, high: usize) -> usize {
    index(draw.between(low as u64, high as u64))
}

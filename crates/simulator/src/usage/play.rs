//! Plays a year, day by day.

use homeroom_model::{Date, Timestamp};

use super::learner::{Habit, LearnerKind};
use super::year::{Activity, Done, Hundredths, Planted, Year};
use super::{Learner, Usage};
use crate::draw::{Draw, index};

/// Minutes of a day on which somebody works without getting further: three such days of ten are enough for the rule.
const FLAT: u64 = 1_000;
/// A session is not longer than this; what is left is a second one.
const SESSION: u64 = 3_000;
/// Between two sessions of a day.
const PAUSE: i64 = 5 * 60_000;

pub(super) fn play(usage: &Usage, learner: &Learner, year: &mut Year) {
    let calendar = &usage.calendar;
    year.first = calendar.first();
    year.activities.clear();
    year.totals.clear();
    year.planted.clear();
    year.finished = learner.plan.finish.and_then(|day| calendar.date(day));
    let mut student = Student {
        usage,
        learner,
        total: Done::default(),
        pending: 0,
    };
    for offset in 0..calendar.span() {
        let day = i32::try_from(offset)
            .ok()
            .and_then(|days| Date::from_days(calendar.first().days() + days));
        if let Some(day) = day {
            student.live(offset, day, &mut year.activities);
        }
        year.totals.push(student.total);
    }
    if learner.kind == LearnerKind::Stuck {
        for (from, to) in &learner.plan.flat {
            let planted = planted(usage, year, *from, *to);
            year.planted.extend(planted);
        }
    }
}

struct Student<'a> {
    usage: &'a Usage,
    learner: &'a Learner,
    total: Done,
    /// Hundredths of a minute towards the next unit.
    pending: u64,
}

/// What a day asks for.
#[derive(Clone, Copy)]
struct Asked {
    number: usize,
    open: bool,
    flat: bool,
    rise: bool,
}

impl Student<'_> {
    fn live(&mut self, offset: usize, day: Date, activities: &mut Vec<Activity>) {
        let (calendar, plan) = (&self.usage.calendar, &self.learner.plan);
        let number = calendar.through(offset);
        let there = day >= self.learner.enrolled && self.learner.left.is_none_or(|left| day < left);
        if !there || plan.is_away(number) {
            return;
        }
        let open = calendar.is_open(offset);
        let asked = Asked {
            number,
            open,
            flat: plan.is_flat(number),
            rise: open && (plan.rises.contains(&number) || plan.finish == Some(number)),
        };
        let mut draw = self.usage.in_app(self.learner.student, Some(offset));
        let Some(minutes) = self.minutes(asked, day, &mut draw) else {
            return;
        };
        let units = self.units(asked, minutes);
        self.record(day, asked, (minutes, units), &mut draw, activities);
    }

    /// Hundredths of a minute, `None` on a day without any.
    fn minutes(&self, asked: Asked, day: Date, draw: &mut Draw) -> Option<u64> {
        let Learner { kind, plan, .. } = self.learner;
        let habit = &plan.habit;
        let minutes = habit.session * draw.between(60, 140) / 100;
        if !asked.open {
            let weekend = self.usage.app.homework
                && *kind != LearnerKind::Idle
                && day.days().saturating_add(3).rem_euclid(7) >= 5
                && asked.number > 0
                && draw.chance(80_000)
                && !self.usage.calendar.is_closed(day);
            return weekend.then_some(minutes);
        }
        let of_class = is_of_class(habit, day);
        let every = *kind != LearnerKind::Stuck || asked.number.is_multiple_of(2);
        if asked.flat {
            return (of_class || every).then_some(minutes.max(FLAT));
        }
        if asked.rise {
            return Some(minutes.max(FLAT));
        }
        let there = draw.chance(920_000);
        match kind {
            LearnerKind::Sprinter => {
                let (cycle, phase) = habit.cycle;
                let burst = (asked.number as u64 + phase) % cycle < 2;
                let week = u64::from(self.usage.app.minutes_per_week);
                burst.then(|| week * draw.between(70, 130))
            }
            LearnerKind::Idle => {
                let some = !habit.never && asked.number <= 4 && of_class && there;
                some.then(|| draw.between(150, 500))
            }
            _ => (of_class && there).then_some(minutes),
        }
    }

    /// Hundredths of a unit that so many minutes finish.
    fn units(&mut self, asked: Asked, minutes: u64) -> u64 {
        let Learner { plan, .. } = self.learner;
        let app = &self.usage.app;
        let done = u64::from(self.total.units.0);
        let ceiling = app.ceiling.map(|ceiling| u64::from(ceiling) * 100);
        if let (Some(finish), Some(ceiling)) = (plan.finish, ceiling) {
            let aim = ceiling * asked.number.min(finish) as u64 / finish.max(1) as u64;
            return aim.saturating_sub(done);
        }
        if asked.flat {
            self.pending = 0;
            return 0;
        }
        if app.whole_units {
            self.pending += minutes;
            let units = (self.pending / plan.habit.pace).max(u64::from(asked.rise));
            self.pending %= plan.habit.pace;
            return units * 100;
        }
        let part = plan.habit.part * minutes / plan.habit.session.max(1);
        // Slower and slower towards nine tenths of what there is, and never nothing.
        let left = ceiling.map_or(u64::MAX, |ceiling| (ceiling * 9 / 10).saturating_sub(done));
        part.min(left / 20).max(1)
    }

    fn record(
        &mut self,
        day: Date,
        asked: Asked,
        (minutes, units): (u64, u64),
        draw: &mut Draw,
        activities: &mut Vec<Activity>,
    ) {
        // From half past eight on at school; from four in the afternoon at home.
        let begin = if asked.open {
            510 + draw.below(330)
        } else {
            960 + draw.below(120)
        };
        let midnight = i64::from(day.days()) * 86_400_000 - i64::from(self.usage.east) * 60_000;
        let mut at = midnight + i64::try_from(begin).unwrap_or(0) * 60_000;
        let second = self.learner.merged.is_some_and(|merged| day < merged);
        let account = u8::from(second && draw.chance(400_000));
        let (mut left, mut nth) = (minutes, 0);
        while left > 0 {
            let session = left.min(SESSION);
            left -= session;
            activities.push(Activity {
                student: self.learner.student,
                account,
                day,
                nth,
                at: Timestamp::from_millis(at),
                minutes: hundredths(session),
                // What is finished is finished at the end.
                units: hundredths(if left == 0 { units } else { 0 }),
            });
            at += i64::try_from(session * 600).unwrap_or(0) + PAUSE;
            nth += 1;
        }
        self.total.minutes.0 += hundredths(minutes).0;
        self.total.units.0 += hundredths(units).0;
    }
}

fn is_of_class(habit: &Habit, day: Date) -> bool {
    let weekday = day.days().saturating_add(3).rem_euclid(7);
    let place = u64::try_from(weekday).unwrap_or(0);
    habit.weekdays.get(index(place)) == Some(&true)
}

fn hundredths(count: u64) -> Hundredths {
    Hundredths(u32::try_from(count).unwrap_or(u32::MAX))
}

/// What is true of a time without progress; `None` where it begins after the last day.
fn planted(usage: &Usage, year: &Year, from: usize, to: usize) -> Option<Planted> {
    let calendar = &usage.calendar;
    let holds = |day: &usize| {
        let (Some(first), Some(last)) = (
            calendar.date(day.saturating_sub(9).max(1)),
            calendar.date(*day),
        ) else {
            return false;
        };
        let done = year.done(first, last);
        *day >= 5 && done.units.0 == 0 && done.minutes.0 >= 3_000
    };
    Some(Planted {
        begins: calendar.date(from)?,
        holds: (from..=to).find(holds).and_then(|day| calendar.date(day)),
        ends: calendar.date(to + 1),
    })
}

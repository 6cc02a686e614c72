//! A total over the school days of its year, drawn from its days.

#[cfg(test)]
mod tests;

use homeroom_model::Date;

use crate::{
    Amount, SchoolDays, monday,
    total::{Day, Mark, Metrics},
};

/// From where on a student's total is known, and how to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// A day at whose beginning the total was nothing: the latest of the first day of the school year, the first day on which
    /// the app reported for the district, and the student's enrollment. Without one, what the first report brings is known to
    /// have been done, but not when, and counts for no day.
    pub zero: Option<Date>,
    /// The same of progress. A metric that began later than that day is not known from it on: it begins with its first value.
    pub progress_zero: Option<Date>,
    /// What the app declared. Progress of other series is none.
    pub metrics: Metrics,
}

/// What a student did, school day by school day.
///
/// Work is the difference of one day's value and the one before. Days without a report are bridged: what came between two
/// reports is spread evenly over the school days between them, never shown as a day without work followed by a day of
/// wonders (integration-side D3). The way to a confirmed correction is no work. Progress is that of one series: what was done in another
/// is of another unit and is in no curve.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Up to and with each school day, from 0, which is what came before the first.
    minutes: Vec<u64>,
    progress: Vec<u64>,
    days: Vec<Facts>,
    /// The reports that brought minutes, in order.
    steps: Vec<Step>,
    /// The school day by whose end there was no progress, if that is known.
    zero: Option<usize>,
    /// The school day on which progress was reported first, where there is no such.
    begun: Option<usize>,
}

/// What is known of one school day.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    /// The student was reported.
    pub(crate) reported: bool,
    /// With progress.
    pub(crate) progress_reported: bool,
    /// Progress is higher than at the report before.
    pub(crate) rose: bool,
    /// The progress of this day cannot be compared with the day before: a correction.
    pub(crate) corrected: bool,
    /// Progress was reported lower than before, and nobody confirmed that it is.
    pub(crate) regressed: bool,
    /// The progress shown.
    pub(crate) level: Amount,
}

/// One metric while it is being drawn.
struct Pen {
    level: Option<Amount>,
    /// The school day of the level.
    at: usize,
}

/// What a report brings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) work: u64,
    /// The school day after which the work was done.
    pub(crate) after: usize,
    /// The school day up to which.
    pub(crate) to: usize,
}

impl Curve {
    /// Draws the days of a student up to and with `until`. `days` ascend.
    pub fn new(days: &[Day], calendar: &SchoolDays, start: Start, until: Date) -> Self {
        let mut curve = Self::default();
        curve.draw(days, calendar, start, until);
        curve
    }

    /// Draws another student with the memory of this one.
    pub fn draw(&mut self, days: &[Day], calendar: &SchoolDays, start: Start, until: Date) {
        let size = calendar.through(until) + 1;
        for line in [&mut self.minutes, &mut self.progress] {
            line.clear();
            line.resize(size, 0);
        }
        self.steps.clear();
        self.days.clear();
        self.days.resize(size, Facts::default());
        let through =
            |zero: Option<Date>| zero.map(|day| calendar.through(crate::school_days::before(day)));
        let pen = |zero: Option<usize>| Pen {
            level: zero.map(|_| Amount::ZERO),
            at: zero.unwrap_or(0),
        };
        (self.zero, self.begun) = (through(start.progress_zero), None);
        let (mut minutes, mut progress) = (pen(through(start.zero)), pen(self.zero));
        let Metrics { series, may_fall } = start.metrics;
        for day in days.iter().take_while(|day| day.day <= until) {
            let to = calendar.through(day.day);
            if let Some(mark) = day.minutes {
                let step = minutes.step(mark, may_fall, to);
                spread(&mut self.minutes, step.after, to, step.work);
                self.steps.push(step);
            }
            let Some(facts) = self.days.get_mut(to) else {
                continue;
            };
            facts.reported = true;
            let Some(mark) = day.progress.filter(|_| day.series == series) else {
                continue;
            };
            facts.progress_reported = true;
            facts.corrected |= mark.corrected.is_some();
            if progress.level.is_none() {
                self.begun = Some(to);
            }
            let step = progress.step(mark, may_fall, to);
            facts.rose |= step.work > 0;
            facts.level = progress.level.unwrap_or_default();
            facts.regressed = mark.value < facts.level;
            spread(&mut self.progress, step.after, to, step.work);
        }
        self.add_up();
    }

    fn add_up(&mut self) {
        for line in [&mut self.minutes, &mut self.progress] {
            let mut sum = 0_u64;
            for value in line.iter_mut() {
                sum = sum.saturating_add(*value);
                *value = sum;
            }
        }
        let (mut level, mut regressed) = (Amount::ZERO, false);
        for facts in &mut self.days {
            if facts.progress_reported {
                (level, regressed) = (facts.level, facts.regressed);
            } else {
                (facts.level, facts.regressed) = (level, regressed);
            }
        }
    }

    /// The number of the last school day drawn.
    pub fn last(&self) -> usize {
        self.days.len().saturating_sub(1)
    }

    /// Minutes from the school day after `after` up to and with `to`.
    pub fn minutes(&self, after: usize, to: usize) -> Amount {
        between(&self.minutes, after, to)
    }

    /// Progress from the school day after `after` up to and with `to`.
    pub fn progress(&self, after: usize, to: usize) -> Amount {
        between(&self.progress, after, to)
    }

    /// Whether it is known what progress was made from the school day after `after` on.
    pub fn knows_progress(&self, after: usize) -> bool {
        self.known().is_some_and(|known| known <= after)
    }

    /// What was done in the week of a Monday: minutes and progress.
    pub fn week(&self, calendar: &SchoolDays, of: Date) -> (Amount, Amount) {
        let (after, to) = week_of(calendar, of);
        (self.minutes(after, to), self.progress(after, to))
    }

    /// How many school days in a row, up to the last one with a number up to `until`, had at least a minute. A last day without
    /// any does not break the row: it may not be over, or not told whole.
    pub fn streak(&self, until: usize) -> usize {
        let last = self.last().min(until);
        let worked = |day: &usize| self.minutes(day - 1, *day) >= Amount::whole(1);
        let from = last.saturating_sub(usize::from(last > 0 && !worked(&last)));
        (1..=from).rev().take_while(worked).count()
    }

    /// The school day of the last report, `None` where there was none.
    pub fn heard(&self) -> Option<usize> {
        self.days.iter().rposition(|facts| facts.reported)
    }

    /// The school day from whose end on progress is known.
    pub(crate) fn known(&self) -> Option<usize> {
        self.zero.or(self.begun)
    }

    /// The school day of the first progress, where nobody knows when it was made.
    pub(crate) fn begun(&self) -> Option<usize> {
        self.begun
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(crate) fn facts(&self, day: usize) -> Facts {
        self.days.get(day).copied().unwrap_or_default()
    }
}

/// The school days of a week: the number of the last before it, and of its last.
pub(crate) fn week_of(calendar: &SchoolDays, of: Date) -> (usize, usize) {
    let monday = monday(of);
    let sunday = Date::from_days(monday.days() + 6).unwrap_or(monday);
    (
        calendar.through(crate::school_days::before(monday)),
        calendar.through(sunday),
    )
}

fn between(line: &[u64], after: usize, to: usize) -> Amount {
    let at = |day: usize| line.get(day).or(line.last()).copied().unwrap_or(0);
    Amount::from_micros(at(to).saturating_sub(at(after)))
}

/// Work, evenly over the school days after `after` up to and with `to`, to the last millionth.
fn spread(line: &mut [u64], after: usize, to: usize, work: u64) {
    let days = to.saturating_sub(after).max(1);
    let share = |part: usize| {
        let part = u128::from(work) * u128::try_from(part).unwrap_or(0);
        let whole = u128::try_from(days).unwrap_or(1);
        u64::try_from(part / whole).unwrap_or(work)
    };
    let first = to + 1 - days.min(to + 1);
    for (place, value) in line.iter_mut().skip(first).take(days).enumerate() {
        *value += share(place + 1) - share(place);
    }
}

impl Pen {
    fn step(&mut self, mark: Mark, may_fall: bool, to: usize) -> Step {
        // What came after a correction was done on its day.
        let (before, after) = match mark.corrected {
            Some(corrected) => (Some(corrected), to.saturating_sub(1)),
            None => (self.level, self.at),
        };
        let level = match before {
            Some(known) if !may_fall => known.max(mark.value),
            _ => mark.value,
        };
        let work = before.map_or(Amount::ZERO, |known| level.less(known));
        self.level = Some(level);
        self.at = to;
        Step {
            work: work.micros(),
            after,
            to,
        }
    }
}

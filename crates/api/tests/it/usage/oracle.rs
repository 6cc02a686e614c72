//! What is true of a student on a day, worked out from what was done and told: integration-side D5, written down once more.

use homeroom_model::Date;

/// Minutes and units of progress, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) minutes: u64,
    pub(crate) units: u64,
}

impl Sum {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            minutes: self.minutes + other.minutes,
            units: self.units + other.units,
        }
    }

    pub(crate) fn less(self, other: Self) -> Self {
        Self {
            minutes: self.minutes - other.minutes,
            units: self.units - other.units,
        }
    }
}

const ONE: u64 = 1_000_000;

/// One student in one app, as far as the district can know.
pub(crate) struct Seen<'a> {
    /// The school days of the year.
    pub(crate) school_days: &'a [Date],
    /// The first day of `done`.
    pub(crate) first: Date,
    /// What was done by the end of each day, as it was told.
    pub(crate) done: &'a [Sum],
    pub(crate) enrolled: Date,
    pub(crate) today: Date,
    pub(crate) ceiling: Option<u64>,
    /// What a week asks for.
    pub(crate) target: Option<Sum>,
    /// The first day that the targets are for.
    pub(crate) target_from: Date,
}

impl Seen<'_> {
    /// What was done by the end of a day.
    pub(crate) fn by(&self, day: Date) -> Sum {
        let Ok(offset) = usize::try_from(day.days() - self.first.days()) else {
            return Sum::default();
        };
        let last = self.done.len().checked_sub(1);
        last.map_or_else(Sum::default, |last| self.done[offset.min(last)])
    }

    /// How many school days there were up to a day.
    fn through(&self, day: Date) -> usize {
        self.school_days.partition_point(|school| *school <= day)
    }

    /// What was done by the end of a school day with a number, and on the days without school after it.
    fn by_number(&self, number: usize) -> Sum {
        match self.school_days.get(number) {
            Some(next) if *next <= self.today => self.by(plus(*next, -1)),
            _ => self.by(self.today),
        }
    }

    /// What was done in the last so many school days.
    pub(crate) fn last(&self, days: usize) -> Sum {
        self.window(self.through(self.today), days)
    }

    fn window(&self, number: usize, days: usize) -> Sum {
        let before = match number.saturating_sub(days) {
            0 => Sum::default(),
            before => self.by_number(before),
        };
        self.by_number(number).less(before)
    }

    fn days_since(&self, day: Date) -> usize {
        self.through(self.today)
            .saturating_sub(self.through(plus(day, -1)))
    }

    /// The state's word.
    pub(crate) fn state(&self) -> &'static str {
        let total = self.by(self.today);
        if self.days_since(self.enrolled) < 5 {
            return "no_data";
        }
        if self.ceiling.is_some_and(|ceiling| total.units >= ceiling) {
            return "finished";
        }
        if self.last(5).minutes < ONE {
            return "inactive";
        }
        if self.is_stuck() {
            return "stuck";
        }
        if self.is_slow() {
            return "slow";
        }
        self.pace()
    }

    /// Whether a time without progress in which the rule held has not ended.
    fn is_stuck(&self) -> bool {
        let enrolled = self.through(plus(self.enrolled, -1));
        let mut stuck = false;
        for number in 1..=self.through(self.today) {
            let done = self.window(number, 10);
            let risen = self.window(number, 1).units > 0;
            let finished = self
                .ceiling
                .is_some_and(|ceiling| self.by_number(number).units >= ceiling);
            let holds = done.units == 0
                && done.minutes >= 30 * ONE
                && number - enrolled.min(number) >= 5
                && !finished;
            stuck = (stuck || holds) && !risen;
        }
        stuck
    }

    /// What the school days from one to today ask for.
    fn asked(&self, per_week: u64, from: Date) -> u64 {
        per_week * u64::try_from(self.days_since(from)).unwrap() / 5
    }

    fn is_slow(&self) -> bool {
        let Some(target) = self.target else {
            return false;
        };
        let window = self.through(self.today).saturating_sub(10);
        let from = self.school_days[window]
            .max(self.enrolled)
            .max(self.target_from);
        let done = self.last(10);
        let percent = |done: u64, per_week| (done * 100).checked_div(self.asked(per_week, from));
        done.units > 0
            && percent(done.units, target.units).is_some_and(|percent| percent < 25)
            && percent(done.minutes, target.minutes).is_some_and(|percent| percent >= 50)
    }

    fn pace(&self) -> &'static str {
        let Some(target) = self.target else {
            return "no_target";
        };
        let from = self.enrolled.max(self.target_from);
        // Only what was done since there are targets counts against them.
        let done = self.by(self.today).less(self.by(plus(from, -1)));
        let standing = |done: u64, per_week| {
            let percent = (done * 100).checked_div(self.asked(per_week, from));
            percent.map(|percent| match percent {
                ..90 => 0,
                90..120 => 1,
                _ => 2,
            })
        };
        let slower = standing(done.minutes, target.minutes)
            .into_iter()
            .chain(standing(done.units, target.units))
            .min();
        match slower {
            None => "no_target",
            Some(0) => "behind",
            Some(1) => "on_track",
            Some(_) => "ahead",
        }
    }

    /// Whether all was done that should have been by now.
    pub(crate) fn met(&self) -> Option<bool> {
        let target = self.target?;
        let from = self.enrolled.max(self.target_from);
        let done = self.by(self.today).less(self.by(plus(from, -1)));
        let met = |done: u64, asked: u64| (asked > 0).then_some(done >= asked);
        let both = [
            met(done.minutes, self.asked(target.minutes, from)),
            met(done.units, self.asked(target.units, from)),
        ];
        both.into_iter().flatten().reduce(|all, met| all && met)
    }

    /// How many school days in a row had a minute; the last may not be over.
    pub(crate) fn streak(&self) -> usize {
        let last = self.through(self.today);
        let worked = |number: &usize| self.window(*number, 1).minutes >= ONE;
        let from = if last > 0 && worked(&last) {
            last
        } else {
            last.saturating_sub(1)
        };
        (1..=from).rev().take_while(worked).count()
    }

    /// What was done in the week of a Monday.
    pub(crate) fn week(&self, monday: Date) -> Sum {
        let (before, to) = (
            self.through(plus(monday, -1)),
            self.through(plus(monday, 6)).min(self.through(self.today)),
        );
        let until = |number| match number {
            0 => Sum::default(),
            number => self.by_number(number),
        };
        until(to).less(until(before))
    }
}

/// So many days later.
pub(crate) fn plus(day: Date, days: i32) -> Date {
    Date::from_days(day.days() + days).unwrap()
}

/// The Monday of a week.
pub(crate) fn monday(day: Date) -> Date {
    plus(day, -(day.days() + 3).rem_euclid(7))
}

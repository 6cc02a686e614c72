//! The days of a school year that are played.

use homeroom_model::Date;

use crate::history::YearDates;
use crate::school_year::SchoolYear;

/// Days that are played at most.
const MOST: i32 = 800;

/// From the first day of school to the last day that is played: weekdays, less holidays and breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    first: Date,
    last: Date,
    closed: Vec<(Date, Date)>,
    /// Of each day, how many school days there were up to and with it.
    through: Vec<usize>,
    days: Vec<Date>,
}

impl Calendar {
    /// From one day to another, both included, without the days from the first to the last of each break. Days after the
    /// eight hundredth are left out.
    pub fn new(first: Date, last: Date, closed: Vec<(Date, Date)>) -> Self {
        let (mut through, mut days) = (Vec::new(), Vec::new());
        let last = last.min(Date::from_days(first.days() + MOST - 1).unwrap_or(last));
        for at in first.days()..=last.days() {
            let Some(day) = Date::from_days(at) else {
                break;
            };
            let taught = at.saturating_add(3).rem_euclid(7) < 5
                && !closed.iter().any(|(from, to)| (*from..=*to).contains(&day));
            if taught {
                days.push(day);
            }
            through.push(days.len());
        }
        Self {
            first,
            last,
            closed,
            through,
            days,
        }
    }

    /// The whole of a school year as [`YearDates::usual`] has it.
    pub fn usual(year: SchoolYear) -> Self {
        let dates = YearDates::usual(year.start);
        Self::new(dates.first_day, dates.last_day, dates.closed().to_vec())
    }

    /// The same up to and with an earlier day. What students do depends on the days that are played, so the beginning of a
    /// longer calendar is not the same as a shorter one.
    #[must_use]
    pub fn until(&self, day: Date) -> Self {
        Self::new(self.first, day.min(self.last), self.closed.clone())
    }

    /// The first day of school.
    pub fn first(&self) -> Date {
        self.first
    }

    /// The last day that is played.
    pub fn last(&self) -> Date {
        self.last
    }

    /// Holidays and breaks: first and last day of each.
    pub fn closed(&self) -> &[(Date, Date)] {
        &self.closed
    }

    /// The school days, in their order.
    pub fn school_days(&self) -> &[Date] {
        &self.days
    }

    /// All days that are played.
    pub(super) fn span(&self) -> usize {
        self.through.len()
    }

    /// How many school days there were up to and with a day.
    pub(super) fn through(&self, offset: usize) -> usize {
        self.through.get(offset).copied().unwrap_or(self.days.len())
    }

    /// Whether there is school on a day.
    pub(super) fn is_open(&self, offset: usize) -> bool {
        let before = offset.checked_sub(1).map_or(0, |day| self.through(day));
        self.through(offset) > before
    }

    /// Whether a day is one of a break.
    pub(super) fn is_closed(&self, day: Date) -> bool {
        is_among(&self.closed, day)
    }

    /// The school day with a number, from 1.
    pub(super) fn date(&self, number: usize) -> Option<Date> {
        self.days.get(number.checked_sub(1)?).copied()
    }
}

fn is_among(spans: &[(Date, Date)], day: Date) -> bool {
    spans.iter().any(|(from, to)| (*from..=*to).contains(&day))
}

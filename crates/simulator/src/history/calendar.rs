//! The days on which a district sends its files: school days of several years, and the upload that begins a year.

use homeroom_model::{Date, Timestamp};

/// Days before the first day of a later year on which its files are sent for the first time: after the usual pause of
/// the summer, inside the rollover window (district-side 7.3, 7.4).
const AHEAD: i32 = 10;
/// Days around the first and the last day, and around the middle of the year, that are no ordinary ones: a little more
/// than the windows of district-side 7.3.
const AFTER_FIRST: i32 = 33;
const BEFORE_LAST: i32 = 17;
const AROUND_TERMS: i32 = 30;

/// The dates of one school year, as the calendar of a district has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearDates {
    /// The first day of school.
    pub first_day: Date,
    /// The first day of the second semester.
    pub second_term: Date,
    /// The last day of school.
    pub last_day: Date,
}

impl YearDates {
    /// The dates of a school year that begins in `start`: 17 August to 4 June, the second semester from 5 January on.
    pub fn usual(start: u16) -> Self {
        let next = start.saturating_add(1);
        Self {
            first_day: date(start, 8, 17),
            second_term: date(next, 1, 5),
            last_day: date(next, 6, 4),
        }
    }

    /// The year in which it begins.
    pub(super) fn start(&self) -> u16 {
        u16::try_from(self.first_day.year()).unwrap_or_default()
    }

    /// Holidays and breaks, first and last day of each: the first Monday of September, the last week of November, winter
    /// until the second semester, the third Monday of January, and a week of March.
    pub fn closed(&self) -> [(Date, Date); 5] {
        let (year, next) = (self.start(), self.start().saturating_add(1));
        let monday = |of: Date| plus(of, (4 - of.days()).rem_euclid(7));
        let day = |day: Date| (day, day);
        [
            day(monday(date(year, 9, 1))),
            (date(year, 11, 23), date(year, 11, 27)),
            (date(year, 12, 19), plus(self.second_term, -1)),
            day(monday(date(next, 1, 15))),
            (date(next, 3, 15), date(next, 3, 21)),
        ]
    }

    /// Whether there is school on a date.
    fn teaches(&self, day: Date) -> bool {
        let weekday = day.days().saturating_add(3).rem_euclid(7);
        let free = |(from, to): &(Date, Date)| (*from..=*to).contains(&day);
        weekday < 5 && !self.closed().iter().any(free)
    }

    /// Whether the day is far from the windows in which a district's limits are lifted.
    fn is_ordinary(&self, day: Date) -> bool {
        let day = day.days();
        day > self.first_day.days() + AFTER_FIRST
            && day < self.last_day.days() - BEFORE_LAST
            && (day - self.second_term.days()).abs() > AROUND_TERMS
    }
}

/// What a day is in its school year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayKind {
    /// The first upload of a school year. That of the first year is its first day of school, those of later years come
    /// some days before, and between a year's last day and them is the summer without uploads.
    YearStart,
    /// The first day of the second semester.
    TermStart,
    /// Any other school day.
    Lesson,
}

/// A day on which files are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Counted from 0 over the whole history.
    pub number: usize,
    /// The date.
    pub date: Date,
    /// The school year, counted from 0.
    pub year: usize,
    /// What the day is in it.
    pub kind: DayKind,
    /// Far enough from the rollover windows and term boundaries that a district's ordinary limits hold.
    pub ordinary: bool,
}

/// All days of some school years, in order.
pub(super) fn days(years: &[YearDates]) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    let mut put = |year: usize, date, kind, ordinary| {
        let number = days.len();
        days.push(Day {
            number,
            date,
            year,
            kind,
            ordinary,
        });
    };
    for (year, dates) in years.iter().enumerate() {
        let ahead = plus(dates.first_day, -AHEAD);
        if year > 0 {
            put(year, ahead, DayKind::YearStart, false);
        }
        let mut second = false;
        for at in dates.first_day.days()..=dates.last_day.days() {
            let Some(day) = Date::from_days(at).filter(|day| dates.teaches(*day)) else {
                continue;
            };
            let begins = year == 0 && !second && at == first_taught(dates);
            let kind = if begins {
                DayKind::YearStart
            } else if !second && day >= dates.second_term {
                second = true;
                DayKind::TermStart
            } else {
                DayKind::Lesson
            };
            put(year, day, kind, dates.is_ordinary(day));
        }
    }
    days
}

fn first_taught(dates: &YearDates) -> i32 {
    let all = dates.first_day.days()..=dates.last_day.days();
    let teaches = |at: &i32| Date::from_days(*at).is_some_and(|day| dates.teaches(day));
    all.into_iter().find(teaches).unwrap_or_default()
}

/// So many days later.
pub(super) fn plus(day: Date, days: i32) -> Date {
    Date::from_days(day.days().saturating_add(days)).unwrap_or(day)
}

/// A date of the calendar.
fn date(year: u16, month: i8, day: i8) -> Date {
    let year = i16::try_from(year).unwrap_or(i16::MAX);
    Date::new(year, month, day).unwrap_or(Timestamp::from_millis(0).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_years_have_their_days() {
        let years = [2026, 2027, 2028].map(YearDates::usual);
        let days = days(&years);
        assert!(days.is_sorted_by_key(|day| day.date));
        assert!((0..).zip(&days).all(|(at, day)| day.number == at));
        for (year, dates) in years.iter().enumerate() {
            let of = || days.iter().filter(|day| day.year == year);
            assert!((180..195).contains(&of().count()), "{}", of().count());
            let kinds = |kind| of().filter(|day| day.kind == kind).count();
            assert_eq!(kinds(DayKind::YearStart), 1);
            assert_eq!(kinds(DayKind::TermStart), 1);
            let summer = of().find(|day| day.date < dates.first_day);
            assert_eq!(summer.is_some(), year > 0);
            assert!(of().filter(|day| day.ordinary).count() > 70);
            let first = of().next().unwrap();
            assert_eq!(first.kind, DayKind::YearStart);
        }
        // A Thursday of November, and no Saturday.
        assert!(days.iter().all(|day| day.date != date(2026, 11, 26)));
        assert!(days.iter().all(|day| day.date != date(2026, 10, 10)));
        assert!(days.iter().any(|day| day.date == date(2026, 10, 9)));
    }
}

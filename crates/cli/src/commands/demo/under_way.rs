//! The school year that the demo is in the middle of.

use std::fmt::Write as _;

use homeroom_model::Date;
use homeroom_simulator::SchoolYear;
use homeroom_simulator::usage::Calendar;

/// How settings begin that the demo made.
pub(super) const OURS: &str = "# What the demo set.";
/// Days of school year that there are at least, so that there is something to see in summer too.
const LEAST: i32 = 100;
/// Days of a school year that did not begin in August.
const LENGTH: i32 = 290;

/// The days of the demo's school year; it began some months before `today`.
///
/// It is the usual one, from August to June, unless that has hardly begun: then the district is one whose school year began
/// in spring. `begins` is the usual year's.
pub(super) fn calendar(begins: u16, today: Date) -> Calendar {
    let usual = Calendar::usual(SchoolYear { start: begins });
    if usual.first().days() + LEAST / 2 <= today.days() {
        return usual;
    }
    // A Monday.
    let first = today.days() - LEAST;
    let first = first - (first + 3).rem_euclid(7);
    let day = |days: i32| Date::from_days(days).unwrap_or(today);
    Calendar::new(day(first), day(first + LENGTH), Vec::new())
}

/// The settings of the demo's district: its calendar, and when its school year begins.
pub(super) fn settings(calendar: &Calendar) -> String {
    let (first, last) = (calendar.first(), calendar.last());
    let mut text = format!(
        "{OURS} `homeroom district settings --shipped` explains every setting.\n\
         [calendar]\nfirst_day = \"{first}\"\nlast_day = \"{last}\"\n\n[goals]\n"
    );
    if !(7..=9).contains(&first.month()) {
        // The first of a month, which every year has.
        let _ = writeln!(text, "school_year_start = \"{:02}-01\"", first.month());
    }
    text.push_str("closed = [\n");
    for (from, to) in calendar.closed() {
        let _ = if from == to {
            writeln!(text, "    \"{from}\",")
        } else {
            writeln!(text, "    \"{from}..{to}\",")
        };
    }
    text.push_str("]\n");
    text
}

#[cfg(test)]
mod tests {
    use homeroom_ingest::DistrictSettings;
    use homeroom_progress::calendar::Rules;

    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    #[test]
    fn whenever_the_demo_is_tried_its_school_year_is_under_way() {
        for days in day("2026-01-01").days()..day("2028-02-01").days() {
            let today = Date::from_days(days).unwrap();
            let begins = today.year() - i16::from(today.month() < 7);
            let calendar = calendar(begins.unsigned_abs(), today);
            let text = settings(&calendar);
            DistrictSettings::from_text(&text).unwrap_or_else(|error| panic!("{today}: {error}"));
            let rules = Rules::read(1, &text).unwrap();
            let school = rules.school_days(rules.years.year_of(today));
            let so_far = school.through(today);
            assert!(so_far >= 25, "{today}: {so_far} days of {text}");
            let played = calendar
                .school_days()
                .iter()
                .take_while(|day| **day <= today);
            let same = played.eq(school.days().iter().take_while(|day| **day <= today));
            assert!(same, "{today}: what is played are the days with school");
        }
    }
}

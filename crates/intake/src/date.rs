//! Dates as districts write them (district-side 3.6).

use homeroom_model::Date;

/// A day whose year may lack its century.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parsed {
    year: Year,
    month: i8,
    day: i8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Year {
    Full(i16),
    /// The last two digits.
    Short(i16),
}

/// A date of a term: a year of two digits is one of this century.
pub(crate) fn term_date(text: &str, day_first: bool) -> Option<Date> {
    let day = parse(text, day_first)?;
    match day.year {
        Year::Full(year) => Date::new(year, day.month, day.day),
        Year::Short(year) => Date::new(2000 + year, day.month, day.day),
    }
}

/// A date of birth not in the future and not more than 110 years ago. For a year of two digits the century is chosen
/// that makes a person between 2 and 25, else the latest that makes one between 0 and 100.
pub(crate) fn birth_date(text: &str, day_first: bool, today: Date) -> Option<Date> {
    let day = parse(text, day_first)?;
    let at = |year: i16| {
        let date = Date::new(year, day.month, day.day)?;
        Some((age(date, today)?, date))
    };
    match day.year {
        Year::Full(year) => at(year)
            .filter(|(age, _)| *age <= 110)
            .map(|(_, date)| date),
        Year::Short(year) => {
            let century = today.year() - today.year().rem_euclid(100);
            let dates = [century + year, century + year - 100].map(at);
            let found = |low: i16, high: i16| {
                let mut dates = dates.iter().flatten();
                dates.find(|(age, _)| (low..=high).contains(age))
            };
            found(2, 25)
                .or_else(|| found(0, 100))
                .map(|(_, date)| *date)
        }
    }
}

/// Whole years between a date and a later one; `None` if it is not later.
pub(crate) fn age(born: Date, today: Date) -> Option<i16> {
    let passed = (today.month(), today.day()) >= (born.month(), born.day());
    (born <= today).then(|| today.year() - born.year() - i16::from(!passed))
}

/// The number of a month written in English, in full or with three letters.
pub(crate) fn month(text: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is = |name: &str| {
        text.eq_ignore_ascii_case(name)
            || name
                .get(..3)
                .is_some_and(|short| text.eq_ignore_ascii_case(short))
    };
    let index = MONTHS.iter().position(|name| is(name))?;
    i8::try_from(index + 1).ok()
}

fn parse(text: &str, day_first: bool) -> Option<Parsed> {
    let text = without_time(text);
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Parsed {
            year: Year::Full(digits(text.get(..4)?, 4)?),
            month: number(text.get(4..6)?)?,
            day: number(text.get(6..)?)?,
        });
    }
    let separator = text
        .chars()
        .find(|letter| matches!(letter, '/' | '-' | ' '))?;
    let mut parts = text.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    if first.len() == 4 && separator != ' ' {
        return Some(Parsed {
            year: Year::Full(digits(first, 4)?),
            month: number(second)?,
            day: number(third)?,
        });
    }
    let named = month(second);
    // Two digits after hyphens may be a year or, in YY-MM-DD, a day.
    let short_year = separator == '/' || named.is_some();
    let year = match third.len() {
        4 => Year::Full(digits(third, 4)?),
        2 if short_year => Year::Short(digits(third, 2)?),
        _ => return None,
    };
    let (month, day) = match named {
        Some(month) => (month, number(first)?),
        None if separator == ' ' => return None,
        None if day_first => (number(second)?, number(first)?),
        None => (number(first)?, number(second)?),
    };
    Some(Parsed { year, month, day })
}

/// The part before the time: before a blank or a T between two digits.
fn without_time(text: &str) -> &str {
    let bytes = text.as_bytes();
    let cut = bytes.windows(3).position(|three| {
        matches!(three, [before, b' ' | b'T' | b't', after]
            if before.is_ascii_digit() && after.is_ascii_digit())
    });
    match cut {
        Some(at) if bytes.get(at + 1..).is_some_and(|time| time.contains(&b':')) => {
            text.get(..=at).unwrap_or(text)
        }
        _ => text,
    }
}

/// One or two digits.
fn number(text: &str) -> Option<i8> {
    let value = digits(text, 1).or_else(|| digits(text, 2))?;
    i8::try_from(value).ok()
}

/// Exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i16> {
    let all = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    #[test]
    fn spellings_of_one_day() {
        for text in [
            "8/5/2015",
            "08/05/2015",
            "8-5-2015",
            "2015-08-05",
            "2015-8-5",
            "2015/08/05",
            "20150805",
            "2015-08-05T00:00:00",
            "2015-08-05T00:00:00Z",
            "2015-08-05T00:00:00.000-05:00",
            "2015-08-05 00:00:00",
            "2015-08-05 00:00:00.000000",
            "8/5/2015 12:00:00 AM",
            "8/5/15",
            "5-Aug-2015",
            "05-AUG-2015",
            "5-August-2015",
            "5 Aug 2015",
            "5-Aug-15",
        ] {
            assert_eq!(term_date(text, false), Some(date("2015-08-05")), "{text}");
        }
        assert_eq!(term_date("5/8/2015", true), Some(date("2015-08-05")));
        assert_eq!(term_date("2015-08-05", true), Some(date("2015-08-05")));
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "13/8/2015",
            "2/30/2015",
            "2015-13-01",
            "8/5",
            "8/5/2015/1",
            "8-5-15",
            "15-08-05",
            "5.8.2015",
            "Fall",
            "2015",
            "201508",
            "8/5/215",
            "0/0/0000",
            "00000000",
            "8//2015",
            "Aug 5, 2015",
            "8 5 2015",
            "\u{0661}/5/2015",
            "+8/5/2015",
            "8/5/2015x",
            "2015-08-05T",
        ] {
            assert_eq!(term_date(text, false), None, "{text}");
        }
    }

    #[test]
    fn the_century_of_a_birth() {
        let today = date("2026-11-22");
        for (text, expected) in [
            ("3/4/12", Some("2012-03-04")),
            ("3/4/26", Some("2026-03-04")),
            ("3/4/01", Some("2001-03-04")),
            ("3/4/99", Some("1999-03-04")),
            ("12/1/26", Some("1926-12-01")),
            ("3/4/2012", Some("2012-03-04")),
            ("3/4/1900", None),
            ("11/22/1916", Some("1916-11-22")),
            ("11/22/1915", None),
            ("11/23/2026", None),
            ("11/22/2026", Some("2026-11-22")),
            ("2/29/13", None),
            ("2/29/12", Some("2012-02-29")),
        ] {
            assert_eq!(birth_date(text, false, today), expected.map(date), "{text}");
        }
    }

    #[test]
    fn ages_are_whole_years() {
        for (born, today, expected) in [
            ("2012-03-04", "2026-03-03", Some(13)),
            ("2012-03-04", "2026-03-04", Some(14)),
            ("2012-02-29", "2026-02-28", Some(13)),
            ("2026-03-04", "2026-03-04", Some(0)),
            ("2026-03-05", "2026-03-04", None),
        ] {
            assert_eq!(age(date(born), date(today)), expected);
        }
    }
}

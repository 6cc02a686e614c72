//! What a value that is not understood was probably meant to be.

use std::cell::RefCell;
use std::collections::BTreeMap;

use homeroom_model::Date;

use crate::words::Words;

/// Distinct values of a file for which the nearest word is looked for: looking takes a while, and a column that is wrong
/// in every row has a few distinct values as a rule.
const REMEMBERED: usize = 512;

/// Nearest words found so far in a file.
#[derive(Default)]
pub(crate) struct Suggestions(RefCell<BTreeMap<(&'static str, String), &'static str>>);

impl Suggestions {
    /// What the word of the table that is nearest to a text means; empty if none is near, or if too many values of this
    /// file were asked about.
    pub(crate) fn of<T: Copy>(
        &self,
        column: &'static str,
        text: &str,
        words: &Words<T>,
        shown: impl Fn(T) -> &'static str,
    ) -> &'static str {
        let mut found = self.0.borrow_mut();
        let key = (column, text.to_owned());
        if let Some(known) = found.get(&key) {
            return known;
        }
        if found.len() >= REMEMBERED {
            return "";
        }
        let meant = words.nearest(text).map_or("", shown);
        found.insert(key, meant);
        meant
    }
}

/// The range of grades that a spreadsheet turned into a day: `8-Jun` was 6-8.
pub(crate) fn range_of(damaged: &str) -> Option<String> {
    let (first, second) = damaged.split_once('-')?;
    let (month, day) = match crate::date::month(first) {
        Some(month) => (month, second),
        None => (crate::date::month(second)?, first),
    };
    let day: u8 = day.trim().parse().ok()?;
    Some(format!("{month}-{day}"))
}

/// A date of a term that can be read if day and month change places.
pub(crate) fn other_order(text: &str, day_first: bool) -> Option<Date> {
    crate::date::term_date(text, !day_first)
}

/// What to say of a date that can be read only if day and month change places.
pub(crate) fn said_of_order(day_first: bool) -> &'static str {
    if day_first {
        "it could be read with the month first, but the district's setting is day_first"
    } else {
        "it could be read with the day first; if all dates are written so, set day_first for the district"
    }
}

/// Why a text is no email.
pub(crate) fn email_fault(text: &str) -> &'static str {
    match text.split_once('@') {
        None => "there is no @",
        Some((_, host)) if host.contains('@') => "there is more than one @",
        Some((name, _)) if name.trim().is_empty() => "nothing stands before the @",
        Some(_) => "nothing stands behind the @",
    }
}

/// The control character or lost character of a cell as sent.
pub(crate) fn bad_character(cell: &str) -> String {
    let bad = |letter: &char| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r');
    for (at, letter) in (1..).zip(cell.chars()) {
        if letter == '\u{fffd}' {
            return format!("character {at} was lost in an earlier conversion (U+FFFD)");
        }
        if bad(&letter) {
            return format!("character {at} is U+{:04X}", u32::from(letter));
        }
    }
    String::new()
}

/// The postal abbreviation of a state of the United States.
pub(crate) fn state(name: &str) -> Option<&'static str> {
    const STATES: &str = include_str!("../tables/state.csv");
    let name = name.trim();
    let lines = STATES
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','));
    let mut named = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
    named.next().map(|(_, short)| short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_out_of_days() {
        for (damaged, range) in [
            ("8-Jun", "6-8"),
            ("Sep-12", "9-12"),
            ("12-Sep", "9-12"),
            ("05-JAN", "1-5"),
        ] {
            assert_eq!(range_of(damaged).as_deref(), Some(range), "{damaged}");
        }
        assert_eq!(range_of("6-8"), None);
    }

    #[test]
    fn states_have_abbreviations() {
        assert_eq!(state("california"), Some("CA"));
        assert_eq!(state("New York "), Some("NY"));
        assert_eq!(state("Bavaria"), None);
    }

    #[test]
    fn nearest_words_are_found_for_so_many_values_and_no_more() {
        let mut words = Words::default();
        words.set("kindergarten", 1);
        let suggestions = Suggestions::default();
        let of = |text: &str| suggestions.of("Grade", text, &words, |_| "Kindergarten");
        assert_eq!(of("kindergarden"), "Kindergarten");
        for number in 0..REMEMBERED {
            assert_eq!(of(&number.to_string()), "");
        }
        assert_eq!(of("kindergarden"), "Kindergarten");
        assert_eq!(of("kindergartn"), "");
    }

    #[test]
    fn faults_have_words() {
        for (email, fault) in [
            ("a", "no @"),
            ("a@b@c", "more than one"),
            ("@b", "before"),
            ("a@", "behind"),
        ] {
            assert!(email_fault(email).contains(fault), "{email}");
        }
        assert_eq!(bad_character("ab\u{1}"), "character 3 is U+0001");
        assert!(bad_character("\u{fffd}").starts_with("character 1 was lost"));
    }
}

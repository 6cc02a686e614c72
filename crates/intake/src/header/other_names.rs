//! Names under which other systems export the documented columns: a name that is not known may well be one of them.

use crate::hint::{bare, nearest};

/// Documented columns and what else they are called, lower case and without what separates words.
const OTHER_NAMES: &str = include_str!("../../tables/column_name.csv");

fn other_names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = OTHER_NAMES.lines().skip(1);
    lines.filter_map(|line| line.split_once(','))
}

/// The documented column, one of `absent`, that a name from outside probably means: the one that is spelt so but for what
/// separates words, else the one that other systems call so, else the one that is nearly spelt so.
pub(super) fn meant(name: &str, absent: &[&'static str]) -> Option<&'static str> {
    let letters = bare(name);
    let is_spelt = |column: &&&'static str| bare(column) == letters;
    let is_called = |column: &&&'static str| {
        let entry = other_names().find(|(other, _)| other == *column);
        entry.is_some_and(|(_, names)| names.split(' ').any(|name| name == letters))
    };
    let spelt = absent.iter().find(is_spelt);
    let known = spelt.or_else(|| absent.iter().find(is_called)).copied();
    known.or_else(|| nearest(name, absent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stem;

    #[test]
    fn every_line_is_of_a_documented_column() {
        for (column, names) in other_names() {
            let is_it = |stem: Stem| stem.columns().iter().any(|known| known.name == column);
            assert!(Stem::ALL.into_iter().any(is_it), "{column}");
            for name in names.split(' ') {
                assert_eq!(bare(name), name, "{column}");
            }
        }
    }

    #[test]
    fn names_of_other_systems_are_known() {
        let students: Vec<&str> = Stem::Students
            .columns()
            .iter()
            .map(|column| column.name)
            .collect();
        for (name, expected) in [
            ("Surname", Some("Last_name")),
            ("Birth Date", Some("DOB")),
            ("E-Mail", Some("Student_email")),
            ("Studnet_id", Some("Student_id")),
            ("SSID", Some("State_id")),
            ("Shoe size", None),
        ] {
            assert_eq!(meant(name, &students), expected, "{name}");
        }
        assert_eq!(meant("Surname", &["First_name"]), None);
    }
}

//! Race and the ethnicity hidden in it (district-side 3.3).

use homeroom_model::Race;

use crate::Tables;
use crate::tables::RaceWord;

/// What a race cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RaceSaid {
    /// The race; `None` if the cell was not understood.
    pub(crate) race: Option<Race>,
    /// Whether it names Hispanic or Latino.
    pub(crate) hispanic: bool,
}

/// Reads a race cell that is not empty. Whether ethnicity has a column of its own decides what `h` means.
///
/// A list of races means several. Hispanic is not a race: in a list it only sets the ethnicity (our choice), alone the
/// race is unknown.
pub(crate) fn race(tables: &Tables, text: &str, hispanic_column: bool) -> RaceSaid {
    let listed = text.contains([';', '|', '/', ',']);
    if !listed && let Some(word) = tables.race.get(text) {
        return said(&[word], hispanic_column);
    }
    let parts = |split: fn(char) -> bool| {
        text.split(split)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| tables.race.get(part))
            .collect::<Option<Vec<_>>>()
    };
    let words = parts(|letter| matches!(letter, ';' | '|' | '/' | ','))
        .filter(|words| words.len() > 1 || !listed)
        .or_else(|| tables.race.get(text).map(|word| vec![word]))
        .or_else(|| {
            parts(|letter| matches!(letter, ';' | '|' | '/' | ',') || letter.is_whitespace())
        });
    said(&words.unwrap_or_default(), hispanic_column)
}

fn said(words: &[RaceWord], hispanic_column: bool) -> RaceSaid {
    let mut said = RaceSaid {
        race: None,
        hispanic: words.contains(&RaceWord::Hispanic),
    };
    for word in words {
        let race = match word {
            RaceWord::Race(race) => *race,
            RaceWord::HawaiianOrHispanic if hispanic_column => Race::PacificIslander,
            RaceWord::HawaiianOrHispanic => {
                return RaceSaid { race: None, ..said };
            }
            RaceWord::Hispanic => continue,
        };
        said.race = match said.race {
            Some(before) if before != race => Some(Race::Several),
            _ => Some(race),
        };
    }
    if said.hispanic && said.race.is_none() {
        said.race = Some(Race::Unknown);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Race>, bool) {
        let said = race(&Tables::shipped(), text, true);
        (said.race, said.hispanic)
    }

    #[test]
    fn words_and_letters() {
        for (texts, expected) in [
            ("W,white,Caucasian,EUR", Race::Caucasian),
            ("A,Asian,as", Race::Asian),
            (
                "B,Black,African American,AA,Black or African American,BL",
                Race::Black,
            ),
            (
                "I,AI,an,American Indian,American Indian or Alaska Native,Native American,AM",
                Race::AmericanIndian,
            ),
            (
                "P,NH,PI,Pacific Islander,Native Hawaiian or Other Pacific Islander,Hawaiian,H",
                Race::PacificIslander,
            ),
            (
                "M,T,multi,Multi-Racial,Two,Two or More Races,2+",
                Race::Several,
            ),
            ("U,Unknown,O,Other,D,Declined,Not Specified", Race::Unknown),
        ] {
            for text in texts.split(',') {
                assert_eq!(read(text), (Some(expected), false), "{text}");
            }
        }
    }

    #[test]
    fn lists_mean_several_unless_all_are_one() {
        for (text, expected) in [
            ("W;B", Race::Several),
            ("W|A|B", Race::Several),
            ("A/I", Race::Several),
            ("W B", Race::Several),
            ("White, Black", Race::Several),
            ("Black/African American", Race::Black),
            ("American Indian/Alaskan Native", Race::AmericanIndian),
            (
                "Native Hawaiian/Other Pacific Islander",
                Race::PacificIslander,
            ),
            ("W;", Race::Caucasian),
        ] {
            assert_eq!(read(text), (Some(expected), false), "{text}");
        }
    }

    #[test]
    fn hispanic_is_no_race() {
        assert_eq!(read("Hispanic"), (Some(Race::Unknown), true));
        assert_eq!(read("Hispanic/Latino"), (Some(Race::Unknown), true));
        assert_eq!(read("Hispanic;W"), (Some(Race::Caucasian), true));
    }

    #[test]
    fn what_is_not_understood() {
        for text in ["5", "05", "2", "Martian", "W;Martian", ";;", "\u{fffd}"] {
            assert_eq!(read(text), (None, false), "{text}");
        }
        let without_column = race(&Tables::shipped(), "H", false);
        assert_eq!(without_column.race, None);
    }

    #[test]
    fn numbers_mean_what_a_district_says() {
        let mut tables = Tables::shipped();
        tables.set("race", "5", "Caucasian").unwrap();
        assert_eq!(race(&tables, "5", true).race, Some(Race::Caucasian));
    }
}

//! Which words mean what (district-side 3): shipped as files, changed per district.

use homeroom_model::{
    AttendanceStatus, AttendanceType, ClosedList, ContactType, Disability, Gender, Grade, Language,
    Lunch, PhoneType, Race, Relationship, Subject, YesNo,
};
use thiserror::Error;

use crate::words::Words;

mod overrides;

pub use overrides::Overrides;

/// The tables of words that intake understands. A value, not a global: each district may have its own.
///
/// Words are compared without regard to case, blanks, `-`, `_`, `/` and `.`; a word that ends with `*` stands for all
/// that begin so.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// What a district changed of the shipped tables.
    overrides: Overrides,
    pub(crate) grade: Words<GradeWord>,
    /// Words of grades that mean something in `PowerSchool` only: negative numbers (district-side 3.1).
    pub(crate) powerschool_grade: Words<GradeWord>,
    pub(crate) section_grade: Words<GradeWord>,
    pub(crate) gender: Words<GenderWord>,
    pub(crate) race: Words<RaceWord>,
    pub(crate) flag: Words<YesNo>,
    pub(crate) hispanic: Words<YesNo>,
    pub(crate) lunch: Words<LunchWord>,
    pub(crate) language: Words<Language>,
    pub(crate) relationship: Words<Relationship>,
    pub(crate) contact_type: Words<ContactWord>,
    pub(crate) phone_type: Words<PhoneType>,
    pub(crate) disability: Words<Disability>,
    pub(crate) staff_role: Words<StaffRole>,
    pub(crate) attendance_status: Words<AttendanceStatus>,
    pub(crate) attendance_type: Words<AttendanceType>,
    pub(crate) subject: Words<Subject>,
    /// Phrases found inside a subject cell, in the order in which they are tried.
    pub(crate) subject_phrases: Vec<(String, Subject)>,
}

/// What a word in a grade column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GradeWord {
    One(Grade),
    /// Several grades at once.
    Several,
}

/// What a word in the gender column means; there are words that mean nothing the lists have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GenderWord(pub(crate) Option<Gender>);

/// What a word in the race column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RaceWord {
    Race(Race),
    /// An ethnicity, not a race.
    Hispanic,
    /// `h`: Hawaiian where ethnicity has a column of its own, else nobody knows.
    HawaiianOrHispanic,
}

/// What a word in the lunch column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LunchWord {
    Lunch(Lunch),
    /// Yes, but not whether free or reduced.
    Ambiguous,
}

/// What a word in the contact type column means, and the relationship it implies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ContactWord {
    pub(crate) kind: ContactType,
    pub(crate) relationship: Option<Relationship>,
}

/// Dashboard roles of staff (district-side 2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StaffRole {
    PortalAccess,
    SchoolTechLead,
}

impl StaffRole {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::PortalAccess => "Portal Access",
            Self::SchoolTechLead => "School Tech Lead",
        }
    }
}

/// Why a table was not changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TableError {
    /// There is no such table.
    #[error("there is no table {0:?}; the tables are {names}", names = Tables::NAMES.join(", "))]
    UnknownTable(String),
    /// The word is empty or longer than 64 bytes.
    #[error("a word in table {0} is empty or longer than 64 bytes")]
    Word(&'static str),
    /// The value is none that the table can give.
    #[error("{value:?} is no value of table {table}, which gives {known}")]
    Value {
        /// The table.
        table: &'static str,
        /// The value.
        value: String,
        /// What the table can give: all of it, or of a long list what is near.
        known: String,
    },
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        const SHIPPED: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../tables/", $name, ".csv")))),+
        ];

        impl Tables {
            /// Names of the tables, each a file in `tables/`.
            pub const NAMES: &'static [&'static str] = &[$($name),+];
        }
    };
}

shipped!(
    "grade",
    "powerschool_grade",
    "section_grade",
    "gender",
    "race",
    "flag",
    "hispanic",
    "lunch",
    "language",
    "relationship",
    "contact_type",
    "phone_type",
    "disability",
    "staff_role",
    "attendance_status",
    "attendance_type",
    "subject_phrase",
    "subject_cell",
);

impl Tables {
    /// The shipped tables.
    pub fn shipped() -> Self {
        let mut tables = Self::default();
        // Every shipped line is good, which a test proves; a bad one would mean a word that is not understood.
        for_each_shipped(|table, word, value| {
            let _ = tables.change(table, word, value);
        });
        for &language in Language::ALL {
            tables.language.set(language.text(), language);
            tables.language.set(language.code_text(), language);
        }
        for &disability in Disability::ALL {
            tables.disability.set(disability.text(), disability);
            tables.disability.set(disability.code_text(), disability);
        }
        for &subject in Subject::ALL {
            tables.subject.set(subject.text(), subject);
        }
        tables
    }

    /// Gives a word a meaning: who adds to the shipped tables keeps that apart, see [`Tables::set`].
    fn change(&mut self, table: &str, word: &str, value: &str) -> Result<(), TableError> {
        let Some(&table) = Self::NAMES.iter().find(|&&name| name == table) else {
            return Err(TableError::UnknownTable(table.to_owned()));
        };
        let done = match table {
            "grade" => put(&mut self.grade, word, grade(value)),
            "powerschool_grade" => put(&mut self.powerschool_grade, word, grade(value)),
            "section_grade" => put(&mut self.section_grade, word, grade(value)),
            "gender" => put(&mut self.gender, word, gender(value)),
            "race" => put(&mut self.race, word, race(value)),
            "flag" => put(&mut self.flag, word, YesNo::from_text(value)),
            "hispanic" => put(&mut self.hispanic, word, YesNo::from_text(value)),
            "lunch" => put(&mut self.lunch, word, lunch(value)),
            "language" => put(&mut self.language, word, Language::from_text(value)),
            "relationship" => put(&mut self.relationship, word, Relationship::from_text(value)),
            "contact_type" => put(&mut self.contact_type, word, contact_type(value)),
            "phone_type" => put(&mut self.phone_type, word, PhoneType::from_text(value)),
            "disability" => put(&mut self.disability, word, Disability::from_text(value)),
            "staff_role" => put(&mut self.staff_role, word, staff_role(value)),
            "attendance_status" => put(
                &mut self.attendance_status,
                word,
                AttendanceStatus::from_text(value),
            ),
            "attendance_type" => put(
                &mut self.attendance_type,
                word,
                AttendanceType::from_text(value),
            ),
            "subject_phrase" => self.put_phrase(word, Subject::from_text(value)),
            _ => put(&mut self.subject, word, Subject::from_text(value))
                .and_then(|_| self.put_phrase(word, Subject::from_text(value))),
        };
        match done {
            Some(true) => Ok(()),
            Some(false) => Err(TableError::Word(table)),
            None => Err(TableError::Value {
                table,
                value: value.to_owned(),
                known: overrides::known(table, value),
            }),
        }
    }

    fn put_phrase(&mut self, phrase: &str, subject: Option<Subject>) -> Option<bool> {
        let subject = subject?;
        let phrase = crate::subject::spaced(phrase);
        match self
            .subject_phrases
            .iter_mut()
            .find(|(other, _)| *other == phrase)
        {
            Some(entry) => entry.1 = subject,
            None => self.subject_phrases.push((phrase, subject)),
        }
        Some(true)
    }
}

/// Lines of all shipped tables: table, word, value.
fn for_each_shipped(mut line_of: impl FnMut(&str, &str, &str)) {
    for (table, file) in SHIPPED {
        for line in file.lines().skip(1) {
            let (word, value) = line.split_once(',').unwrap_or((line, ""));
            line_of(table, word, value);
        }
    }
}

/// Whether the word was taken; `None` if there is no value.
fn put<T: Copy>(words: &mut Words<T>, word: &str, value: Option<T>) -> Option<bool> {
    Some(words.set(word, value?))
}

fn grade(value: &str) -> Option<GradeWord> {
    if value == "range" {
        return Some(GradeWord::Several);
    }
    Grade::from_text(value).map(GradeWord::One)
}

fn gender(value: &str) -> Option<GenderWord> {
    let gender = Gender::from_text(value);
    (value.is_empty() || gender.is_some()).then_some(GenderWord(gender))
}

fn race(value: &str) -> Option<RaceWord> {
    match value {
        "hispanic" => Some(RaceWord::Hispanic),
        "pacific islander beside Hispanic_Latino" => Some(RaceWord::HawaiianOrHispanic),
        _ => Race::from_text(value).map(RaceWord::Race),
    }
}

fn lunch(value: &str) -> Option<LunchWord> {
    if value == "ambiguous" {
        return Some(LunchWord::Ambiguous);
    }
    Lunch::from_text(value).map(LunchWord::Lunch)
}

fn contact_type(value: &str) -> Option<ContactWord> {
    let (kind, relationship) = match value.split_once(';') {
        Some((kind, relationship)) => (kind, Some(Relationship::from_text(relationship)?)),
        None => (value, None),
    };
    Some(ContactWord {
        kind: ContactType::from_text(kind)?,
        relationship,
    })
}

fn staff_role(value: &str) -> Option<StaffRole> {
    [StaffRole::PortalAccess, StaffRole::SchoolTechLead]
        .into_iter()
        .find(|role| role.text() == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_line_is_good() {
        let mut tables = Tables::default();
        let mut lines = 0;
        for_each_shipped(|table, word, value| {
            assert_eq!(tables.change(table, word, value), Ok(()), "{table}: {word}");
            lines += 1;
        });
        assert!(lines > 500, "{lines}");
    }

    #[test]
    fn no_shipped_word_has_two_meanings() {
        let mut seen = std::collections::BTreeMap::new();
        for_each_shipped(|table, word, value| {
            let folded = crate::words::Folded::new(word).unwrap().bytes().to_vec();
            let starred = word.ends_with('*');
            let before = seen.insert((table.to_owned(), folded, starred), value.to_owned());
            assert!(
                before.is_none_or(|before| before == value),
                "{table}: {word}"
            );
        });
    }

    #[test]
    fn wrong_overrides_are_refused_by_name() {
        let mut tables = Tables::shipped();
        assert_eq!(tables.set("race", "5", "Caucasian"), Ok(()));
        assert!(
            tables
                .set("colour", "x", "y")
                .unwrap_err()
                .to_string()
                .contains("section_grade")
        );
        assert_eq!(tables.set("grade", "", "1"), Err(TableError::Word("grade")));
        assert!(matches!(
            tables.set("grade", "x", "14"),
            Err(TableError::Value { table: "grade", .. })
        ));
    }
}

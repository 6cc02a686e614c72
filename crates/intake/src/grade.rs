//! Grades as districts write them (district-side 3.1).

use homeroom_model::{ClosedList, Grade};

use crate::tables::GradeWord;
use crate::words::{Folded, Words};
use crate::{Settings, Sis};

/// What a grade cell says. An empty cell says nothing and is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GradeSaid {
    One(Grade),
    /// Several grades: a word for that, a range or a list.
    Several,
    /// A range that a spreadsheet turned into a day of the year: `8-Jun` was 6-8.
    Damaged,
    Unknown,
}

/// Whose grade it is: a few words mean another thing for a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Person,
    Section,
}

/// Reads a grade cell that is not empty.
pub(crate) fn grade(settings: &Settings, text: &str, whose: Whose) -> GradeSaid {
    let tables = &settings.tables;
    let reader = Reader {
        words: &tables.grade,
        first: (whose == Whose::Section).then_some(&tables.section_grade),
    };
    match reader.read(text) {
        GradeSaid::Unknown if settings.sis == Sis::PowerSchool => tables
            .powerschool_grade
            .get(without_decimals(text))
            .map_or(GradeSaid::Unknown, said),
        said => said,
    }
}

struct Reader<'t> {
    words: &'t Words<GradeWord>,
    first: Option<&'t Words<GradeWord>>,
}

impl Reader<'_> {
    fn read(&self, text: &str) -> GradeSaid {
        let text = without_decimals(text);
        if is_fraction(text) {
            return GradeSaid::Unknown;
        }
        let negative = text.starts_with('-');
        let compound = !negative && text.bytes().any(|byte| !byte.is_ascii_alphanumeric());
        if compound && is_damaged(text) {
            return GradeSaid::Damaged;
        }
        if compound && all_parts(text, |part| part.len() <= 2 && is_number(part)) {
            return GradeSaid::Several;
        }
        let Some(folded) = Folded::new(text) else {
            return GradeSaid::Unknown;
        };
        if let Some(word) = self.word(folded.bytes()) {
            return said(word);
        }
        let is_grade =
            |part: &str| Folded::new(part).is_some_and(|part| self.word(part.bytes()).is_some());
        if compound && all_parts(text, is_grade) || self.is_level_to_number(folded.bytes()) {
            return GradeSaid::Several;
        }
        GradeSaid::Unknown
    }

    /// The meaning of a folded word: as it stands, without leading zeros, without the word for grade.
    fn word(&self, word: &[u8]) -> Option<GradeWord> {
        self.look_up(word)
            .or_else(|| self.number(word))
            .or_else(|| {
                let bare = ["grade", "gr", "g"]
                    .iter()
                    .find_map(|prefix| word.strip_prefix(prefix.as_bytes()))
                    .filter(|bare| word.starts_with(b"gr") || is_digits(bare))
                    .or_else(|| word.strip_suffix(b"grade"))?;
                self.look_up(bare).or_else(|| self.number(bare))
            })
    }

    fn number(&self, word: &[u8]) -> Option<GradeWord> {
        if !is_digits(word) {
            return None;
        }
        let zeros = word.iter().take_while(|&&digit| digit == b'0').count();
        match word.get(zeros..) {
            None | Some([]) => self.look_up(b"0"),
            Some(number) => self.look_up(number),
        }
    }

    fn look_up(&self, word: &[u8]) -> Option<GradeWord> {
        self.first
            .and_then(|first| first.get_folded(word))
            .or_else(|| self.words.get_folded(word))
    }

    /// `k8`, `pk5`, `tk2`: from a level before the first grade to a number.
    fn is_level_to_number(&self, word: &[u8]) -> bool {
        let letters = word
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (level, number) = word.split_at(letters);
        let is_level = matches!(self.look_up(level),
            Some(GradeWord::One(grade)) if grade.code() <= Grade::Kindergarten.code());
        is_level && number.len() <= 2 && self.number(number).is_some()
    }
}

fn said(word: GradeWord) -> GradeSaid {
    match word {
        GradeWord::One(grade) => GradeSaid::One(grade),
        GradeWord::Several => GradeSaid::Several,
    }
}

/// `1.0` is 1: spreadsheets write whole numbers so.
fn without_decimals(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros))
            if !zeros.is_empty()
                && zeros.bytes().all(|byte| byte == b'0')
                && is_number(whole.trim_start_matches('-')) =>
        {
            whole
        }
        _ => text,
    }
}

fn is_fraction(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(whole, part)| is_number(whole) && is_number(part))
}

/// Whether a text is a day and a month in letters, in either order.
fn is_damaged(text: &str) -> bool {
    let Some((first, second)) = text.split_once('-') else {
        return false;
    };
    let is_day = |part: &str| part.len() <= 2 && is_number(part);
    let is_month = |part: &str| crate::date::month(part).is_some();
    is_day(first) && is_month(second) || is_month(first) && is_day(second)
}

/// Whether a text has at least two parts and all satisfy a test. Words that join parts or say what they are do not
/// count.
fn all_parts(text: &str, accepts: impl Fn(&str) -> bool) -> bool {
    let mut parts = 0;
    for part in text.split(|letter: char| !letter.is_alphanumeric() && letter != '.') {
        let part = part.trim_matches('.');
        let joins = ["to", "and", "thru", "through", "grade", "grades", "gr"];
        if part.is_empty() || joins.iter().any(|word| part.eq_ignore_ascii_case(word)) {
            continue;
        }
        if !accepts(part) {
            return false;
        }
        parts += 1;
    }
    parts > 1
}

fn is_number(text: &str) -> bool {
    is_digits(text.as_bytes())
}

fn is_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(text: &str) -> GradeSaid {
        grade(&Settings::default(), text, Whose::Person)
    }

    #[test]
    fn single_grades() {
        for (texts, expected) in [
            (
                "IT,infant,Toddler,InfantToddler,Infant/Toddler",
                Grade::InfantToddler,
            ),
            ("PR,ps,PS3,Preschool,pre-school", Grade::Preschool),
            (
                "PK,pk3,PK4,PreK,pre-k,Pre K,PRE-K 3,vpk,ECSE,EC,ee,Prekindergarten,4yo",
                Grade::PreKindergarten,
            ),
            (
                "TK,t,Transitional Kindergarten",
                Grade::TransitionalKindergarten,
            ),
            (
                "K,kg,KK,kf,kh,0,00,0K,Kindergarten,0.0",
                Grade::Kindergarten,
            ),
            (
                "1,01,1st,Grade 1,first,gr1,1.0,1st Grade,First Grade,GR. 01,G1,Gr 1",
                Grade::First,
            ),
            ("2,2nd,second,02", Grade::Second),
            ("10,10th,Grade 10,10.0,tenth,010", Grade::Tenth),
            ("12,12th,twelfth,Grade 12", Grade::Twelfth),
            ("13,13th", Grade::Thirteenth),
            (
                "14,20,PG,post,Postgraduate,Post Graduate,Super Senior",
                Grade::PostGraduate,
            ),
            ("adult,AE,Other", Grade::Other),
            ("UG,un,Ungraded,none,NA,99", Grade::Ungraded),
        ] {
            for text in texts.split(',') {
                assert_eq!(person(text), GradeSaid::One(expected), "{text}");
            }
        }
        for &grade in Grade::ALL {
            assert_eq!(person(grade.text()), GradeSaid::One(grade), "{grade:?}");
        }
    }

    #[test]
    fn several_grades() {
        for text in [
            "Multiple",
            "ALL",
            "K-2",
            "k2",
            "K2",
            "K-12",
            "K8",
            "PK-8",
            "6-8",
            "9-12",
            "1-2",
            "1,2",
            "1-0",
            "6 - 8",
            "9th-12th",
            "5/6",
            "5th & 6th",
            "09/10",
            "K,1,2",
            "K 1",
            "Grades 6-8",
            "6 to 8",
            "6\u{2013}8",
            "Kindergarten - Grade 2",
        ] {
            assert_eq!(person(text), GradeSaid::Several, "{text}");
        }
    }

    #[test]
    fn ranges_that_a_spreadsheet_damaged() {
        for text in ["8-Jun", "12-Sep", "5-Jan", "Jun-8", "08-JUN", "Sep-12"] {
            assert_eq!(person(text), GradeSaid::Damaged, "{text}");
        }
    }

    #[test]
    fn what_is_no_grade() {
        for text in [
            "21",
            "98",
            "100",
            "-1",
            "-2",
            "-",
            "?",
            "Homeroom",
            "2012-2013",
            "grade",
            "gr",
            "x-y",
            "1.5",
            "gifted",
            "Grade",
            &"9".repeat(70),
        ] {
            assert_eq!(person(text), GradeSaid::Unknown, "{text}");
        }
    }

    #[test]
    fn for_a_section_99_means_several() {
        let settings = Settings::default();
        assert_eq!(grade(&settings, "99", Whose::Section), GradeSaid::Several);
        assert_eq!(
            grade(&settings, "UG", Whose::Section),
            GradeSaid::One(Grade::Ungraded)
        );
    }

    #[test]
    fn negative_codes_mean_something_only_if_a_district_says_so() {
        let mut settings = Settings::default();
        let tables = &mut settings.tables;
        tables.set("grade", "-1", "PreKindergarten").unwrap();
        tables
            .set("grade", "-5", "TransitionalKindergarten")
            .unwrap();
        for (text, expected) in [
            ("-1", GradeSaid::One(Grade::PreKindergarten)),
            ("-5", GradeSaid::One(Grade::TransitionalKindergarten)),
            ("-1.0", GradeSaid::One(Grade::PreKindergarten)),
            ("-2", GradeSaid::Unknown),
            ("1", GradeSaid::One(Grade::First)),
        ] {
            assert_eq!(grade(&settings, text, Whose::Person), expected, "{text}");
        }
    }

    #[test]
    fn powerschool_writes_early_grades_as_negative_numbers() {
        let mut settings = Settings {
            sis: Sis::PowerSchool,
            ..Settings::default()
        };
        for (text, expected) in [
            ("-1", GradeSaid::One(Grade::PreKindergarten)),
            ("-2.0", GradeSaid::One(Grade::PreKindergarten)),
            ("-5", GradeSaid::One(Grade::TransitionalKindergarten)),
            ("-3", GradeSaid::Unknown),
            ("5", GradeSaid::One(Grade::Fifth)),
        ] {
            assert_eq!(grade(&settings, text, Whose::Person), expected, "{text}");
        }
        settings.tables.set("grade", "-1", "Preschool").unwrap();
        assert_eq!(
            grade(&settings, "-1", Whose::Person),
            GradeSaid::One(Grade::Preschool)
        );
    }
}

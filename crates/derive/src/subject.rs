//! Subjects of sections from words in names (district-side 6.4).

use std::collections::BTreeMap;

use homeroom_model::{ClosedList, Subject};

const BUILT_IN: &str = include_str!("../tables/subject_keywords.csv");

/// Words and phrases that tell the subject of a section, in order: the first one found in a text wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectKeywords {
    /// By the first word of the phrase: the phrase with a blank behind each word, its position, the subject.
    by_word: BTreeMap<String, Vec<(String, usize, Subject)>>,
}

/// A line of a table of keywords cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the subject keywords: {why}")]
pub struct SubjectTableError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong with it and how to repair it.
    pub why: &'static str,
}

impl Default for SubjectKeywords {
    /// The table that ships with Homeroom, `crates/derive/tables/subject_keywords.csv`.
    fn default() -> Self {
        Self::parse(BUILT_IN).unwrap_or(Self {
            by_word: BTreeMap::new(),
        })
    }
}

impl SubjectKeywords {
    /// Reads a table: a header line `keyword,subject`, then one keyword and one published subject in each line. Blank
    /// lines are passed over. Case and everything but letters and digits do not matter in keywords.
    pub fn parse(csv: &str) -> Result<Self, SubjectTableError> {
        let mut by_word: BTreeMap<String, Vec<_>> = BTreeMap::new();
        let lines = csv.lines().enumerate().skip(1);
        for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |why| SubjectTableError { line: at + 1, why };
            let (keyword, subject) = line
                .split_once(',')
                .ok_or_else(|| wrong("write a keyword, a comma and a subject"))?;
            let subject = Subject::from_text(subject.trim())
                .ok_or_else(|| wrong("the subject is not one of the published list"))?;
            let mut phrase = String::new();
            fold(keyword, &mut phrase);
            let word = phrase.split(' ').next().unwrap_or("");
            if word.is_empty() {
                return Err(wrong("the keyword has no letter and no digit"));
            }
            let phrases = by_word.entry(word.to_owned()).or_default();
            phrases.push((phrase, at, subject));
        }
        Ok(Self { by_word })
    }

    /// The subject that a text tells: whole words, case folded. `None` if no keyword is in it.
    pub fn find(&self, text: &str) -> Option<Subject> {
        let mut folded = String::with_capacity(text.len() + 1);
        fold(text, &mut folded);
        let mut best: Option<(usize, Subject)> = None;
        let mut rest = folded.as_str();
        while let Some((word, after)) = rest.split_once(' ') {
            for (phrase, at, subject) in self.by_word.get(word).into_iter().flatten() {
                if best.is_none_or(|(first, _)| *at < first) && rest.starts_with(phrase) {
                    best = Some((*at, *subject));
                }
            }
            rest = after;
        }
        best.map(|(_, subject)| subject)
    }

    /// The subject of a section that the SIS gives none: by the course's name, then by the section's own;
    /// [`Subject::Other`] if neither tells, because the API always shows a subject (clever-api 3.3).
    pub(crate) fn of(&self, course_name: &str, name: &str) -> Subject {
        self.find(course_name)
            .or_else(|| self.find(name))
            .unwrap_or(Subject::Other)
    }
}

/// The words of a text, lower case, a blank behind each.
fn fold(text: &str, folded: &mut String) {
    for c in text.chars() {
        if c.is_alphanumeric() {
            folded.extend(c.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_is_whole() {
        let table = SubjectKeywords::parse(BUILT_IN).unwrap();
        let phrases: usize = table.by_word.values().map(Vec::len).sum();
        assert_eq!(phrases, BUILT_IN.lines().count() - 1);
        for subject in Subject::ALL {
            let all = &mut table.by_word.values().flatten();
            assert!(all.any(|(.., other)| other == subject), "{subject:?}");
        }
    }

    #[test]
    fn whole_words_tell_the_subject_and_phrases_come_first() {
        use Subject::{
            Arts, English, Health, Homeroom, Interventions, Language, Math, Other, Science,
            SocialStudies, Technology,
        };
        let keywords = SubjectKeywords::default();
        for (text, expected) in [
            ("Algebra I", Some(Math)),
            ("ALGEBRA-1 (honors)", Some(Math)),
            ("Language Arts 6", Some(English)),
            ("Art History", Some(Arts)),
            ("US History", Some(SocialStudies)),
            ("Latin American Studies", Some(SocialStudies)),
            ("Latin II", Some(Language)),
            ("AP Computer Science", Some(Technology)),
            ("Health Science", Some(Science)),
            ("Math Intervention", Some(Interventions)),
            ("Math/Reading Intervention", Some(Interventions)),
            ("P.E. 7", Some(Health)),
            ("PE", Some(Health)),
            ("Homeroom Band", Some(Homeroom)),
            ("Earth Science", Some(Science)),
            ("Pre-Calculus", Some(Math)),
            ("Business Math", Some(Math)),
            ("Accounting", Some(Other)),
            ("Party Planning", None),
            ("Bandits of the West", None),
            ("language", None),
            ("Period 3", None),
            ("", None),
            ("...", None),
        ] {
            assert_eq!(keywords.find(text), expected, "{text}");
        }
        assert_eq!(keywords.of("Chess", "Spanish 1"), Language);
        assert_eq!(keywords.of("Biology", "Spanish 1"), Science);
        assert_eq!(keywords.of("", ""), Other);
    }

    #[test]
    fn a_table_that_cannot_be_used_says_where() {
        for (csv, line) in [
            ("keyword,subject\nalgebra,math\nchess", 3),
            ("keyword,subject\nchess,games", 2),
            ("keyword,subject\n\n ?,math", 3),
        ] {
            assert_eq!(SubjectKeywords::parse(csv).unwrap_err().line, line);
        }
        let own = SubjectKeywords::parse("keyword,subject\nchess,math\n").unwrap();
        assert_eq!(own.find("Chess Club"), Some(Subject::Math));
        assert_eq!(own.find("Algebra"), None);
    }
}

//! Subjects of sections from words in names (district-side 6.4).

use std::collections::BTreeMap;

use homeroom_model::{ClosedList, Subject};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::course_subjects::subject_of;

const BUILT_IN: &str = include_str!("../tables/subject_keywords.csv");

/// Words and phrases that tell the subject of a section, in order: the first one found in a text wins. As a setting: a
/// list of `keyword` and `subject`, which come before those that ship with Homeroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectKeywords {
    /// By the first word of the phrase: the phrase with a blank behind each word, its position, the subject.
    by_word: BTreeMap<String, Vec<(String, usize, Subject)>>,
    /// How many there are.
    count: usize,
    /// Those of the district, as written.
    own: Vec<(String, Subject)>,
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
        Self::parse(BUILT_IN).unwrap_or_else(|_| Self::none())
    }
}

impl SubjectKeywords {
    /// Reads a table: a header line `keyword,subject`, then one keyword and one published subject in each line. Blank
    /// lines are passed over. Case and everything but letters and digits do not matter in keywords.
    pub fn parse(csv: &str) -> Result<Self, SubjectTableError> {
        let mut keywords = Self::none();
        keywords.read(csv)?;
        Ok(keywords)
    }

    /// Keywords of a district, in their order, and behind them those that ship with Homeroom. Line numbers of an error
    /// count the given ones.
    pub fn with_own(own: Vec<(String, Subject)>) -> Result<Self, SubjectTableError> {
        let mut keywords = Self::none();
        for (line, (keyword, subject)) in (1..).zip(&own) {
            keywords.add(line, keyword, *subject)?;
        }
        keywords.read(BUILT_IN)?;
        keywords.own = own;
        Ok(keywords)
    }

    fn none() -> Self {
        Self {
            by_word: BTreeMap::new(),
            count: 0,
            own: Vec::new(),
        }
    }

    fn read(&mut self, csv: &str) -> Result<(), SubjectTableError> {
        let lines = (1..).zip(csv.lines()).skip(1);
        for (line, text) in lines.filter(|(_, text)| !text.trim().is_empty()) {
            let wrong = |why| SubjectTableError { line, why };
            let (keyword, subject) = text
                .split_once(',')
                .ok_or_else(|| wrong("write a keyword, a comma and a subject"))?;
            let subject = Subject::from_text(subject.trim())
                .ok_or_else(|| wrong("the subject is not one of the published list"))?;
            self.add(line, keyword, subject)?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        line: usize,
        keyword: &str,
        subject: Subject,
    ) -> Result<(), SubjectTableError> {
        let mut phrase = String::new();
        fold(keyword, &mut phrase);
        let word = phrase.split(' ').next().unwrap_or("");
        if word.is_empty() {
            return Err(SubjectTableError {
                line,
                why: "the keyword has no letter and no digit",
            });
        }
        let phrases = self.by_word.entry(word.to_owned()).or_default();
        phrases.push((phrase, self.count, subject));
        self.count += 1;
        Ok(())
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

    /// The subject of a section that the SIS gives none: by the course's name, then by the section's own.
    pub(crate) fn of(&self, course_name: &str, name: &str) -> Option<Subject> {
        self.find(course_name).or_else(|| self.find(name))
    }
}

/// A keyword as a setting.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    keyword: String,
    subject: String,
}

impl Serialize for SubjectKeywords {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.own.iter().map(|(keyword, subject)| Own {
            keyword: keyword.clone(),
            subject: subject.text().to_owned(),
        }))
    }
}

impl<'de> Deserialize<'de> for SubjectKeywords {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let own = Vec::<Own>::deserialize(deserializer)?.into_iter();
        let own = own.map(|own| Ok((own.keyword, subject_of(&own.subject)?)));
        let own = own.collect::<Result<Vec<_>, D::Error>>()?;
        Self::with_own(own).map_err(serde::de::Error::custom)
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
        assert_eq!(keywords.of("Chess", "Spanish 1"), Some(Language));
        assert_eq!(keywords.of("Biology", "Spanish 1"), Some(Science));
        assert_eq!(keywords.of("", ""), None);
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
        let own = vec![("Spanish Lab".to_owned(), Subject::Other)];
        let own = SubjectKeywords::with_own(own).unwrap();
        assert_eq!(own.find("Spanish lab 2"), Some(Subject::Other));
        assert_eq!(own.find("Spanish 2"), Some(Subject::Language));
    }
}

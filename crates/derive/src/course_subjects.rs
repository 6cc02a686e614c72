//! Subjects a district gives by number of the course (district-side 6.4).

use std::collections::BTreeMap;

use homeroom_model::{ClosedList, Subject};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Subjects by number of the course. A number is compared as it is sent. As a setting: numbers with published subjects.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct CourseSubjects(BTreeMap<String, Subject>);

impl CourseSubjects {
    /// The subject of the course with a number.
    pub fn of(&self, number: &str) -> Option<Subject> {
        self.0.get(number).copied()
    }

    /// Sets the subject of the course with a number.
    pub fn set(&mut self, number: impl Into<String>, subject: Subject) {
        self.0.insert(number.into(), subject);
    }
}

impl Serialize for CourseSubjects {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .iter()
                .map(|(number, subject)| (number, subject.text())),
        )
    }
}

impl<'de> Deserialize<'de> for CourseSubjects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = BTreeMap::<String, String>::deserialize(deserializer)?;
        let subjects = texts.into_iter().map(|(number, text)| {
            let subject = subject_of(&text)?;
            Ok((number, subject))
        });
        subjects.collect::<Result<_, D::Error>>().map(Self)
    }
}

/// The published subject that is written so.
pub(crate) fn subject_of<E: serde::de::Error>(text: &str) -> Result<Subject, E> {
    Subject::from_text(text).ok_or_else(|| {
        let known: Vec<&str> = Subject::ALL.iter().map(|subject| subject.text()).collect();
        E::custom(format!("a subject is one of: {}", known.join(", ")))
    })
}

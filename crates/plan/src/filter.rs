//! Which sections the app takes (integration-side A5.6). What is left out is not gone: it can be taken any day, without a
//! question to the source.

use std::borrow::Cow;
use std::collections::BTreeSet;

use homeroom_model::Kind;
use homeroom_segment::{Relation, Snapshot, fields};
use serde::Deserialize;

use crate::policy::{PolicyError, resolve_one};
use crate::values::{Field, leads_to};

/// Rules that take or leave sections. The last rule that fits a section decides; a section that no rule fits is taken, unless
/// the first rule says what to include.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    rules: Vec<FilterRule>,
}

#[derive(Clone, Debug)]
struct FilterRule {
    take: bool,
    on: On,
    test: Test,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
enum On {
    Id,
    Section(Field),
    CourseName,
    CourseNumber,
    TermName,
    SchoolSisId,
    SchoolName,
    TeacherSisId,
    StudentGrade,
}

#[derive(Clone, Debug)]
enum Test {
    Is(BTreeSet<String>),
    Contains(String),
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    then: Then,
    field: String,
    #[serde(default)]
    is: BTreeSet<String>,
    #[serde(default)]
    contains: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Then {
    Include,
    Exclude,
}

impl Filter {
    pub(crate) fn resolve(sent: Vec<Sent>) -> Result<Self, PolicyError> {
        let rules = sent.into_iter().map(|sent| {
            let test = match (sent.is.is_empty(), sent.contains.is_empty()) {
                (false, true) => Test::Is(sent.is),
                (true, false) => Test::Contains(sent.contains.to_lowercase()),
                _ => {
                    return Err(PolicyError::Senseless(format!(
                        "in the filter on {}: a rule needs either `is` or `contains`",
                        sent.field
                    )));
                }
            };
            Ok(FilterRule {
                take: sent.then == Then::Include,
                on: On::named(&sent.field)?,
                test,
            })
        });
        let rules = rules.collect::<Result<_, _>>()?;
        Ok(Self { rules })
    }

    /// Whether the section of a row is taken.
    pub fn takes(&self, mirror: &Snapshot, row: u32) -> bool {
        let deciding = self.rules.iter().rev().find(|rule| rule.fits(mirror, row));
        match deciding {
            Some(rule) => rule.take,
            None => !self.rules.first().is_some_and(|rule| rule.take),
        }
    }

    /// The grade and subject of a section are guesses of the source (integration-side 0): a filter should not rest on them
    /// alone.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let guessed = |rule: &FilterRule| match rule.on {
            On::Section(field) => ["grade", "subject"].contains(&field.name),
            _ => false,
        };
        if !self.rules.is_empty() && self.rules.iter().all(guessed) {
            let advice = "the filter rests on the grade or subject of sections alone, which many districts do not keep; the \
                          grades of a section's students (field = \"student_grade\") can be used instead, or course and name";
            return vec![advice.to_owned()];
        }
        Vec::new()
    }
}

impl FilterRule {
    fn fits(&self, mirror: &Snapshot, row: u32) -> bool {
        let fits = |value: &str| match &self.test {
            Test::Is(values) => values.contains(value),
            Test::Contains(part) => value.to_lowercase().contains(part),
        };
        self.on.values(mirror, row).iter().any(|value| fits(value))
    }
}

impl On {
    fn named(name: &str) -> Result<Self, PolicyError> {
        Ok(match name {
            "id" => Self::Id,
            "course_name" => Self::CourseName,
            "course_number" => Self::CourseNumber,
            "term_name" => Self::TermName,
            "school_sis_id" => Self::SchoolSisId,
            "school_name" => Self::SchoolName,
            "teacher_sis_id" => Self::TeacherSisId,
            "student_grade" => Self::StudentGrade,
            _ => Self::Section(resolve_one(Kind::Section, name)?),
        })
    }

    fn values(self, mirror: &Snapshot, row: u32) -> Vec<Cow<'_, str>> {
        let through = |relation: Relation, field: usize| {
            let table = mirror.table(relation.to());
            let targets = mirror.lists(relation).get(row).iter();
            targets
                .map(|target| Cow::Borrowed(table.row(*target).text(field)))
                .collect()
        };
        match self {
            Self::Id => vec![mirror.table(Kind::Section).id(row).to_hex().into()],
            Self::Section(field) if field.leads() => {
                let ids = leads_to(mirror, Relation::SectionSchool, row);
                ids.map(|id| id.to_hex().into()).collect()
            }
            Self::Section(field) => vec![field.text(mirror, Kind::Section, row)],
            Self::CourseName => through(Relation::SectionCourse, fields::course::NAME),
            Self::CourseNumber => through(Relation::SectionCourse, fields::course::NUMBER),
            Self::TermName => through(Relation::SectionTerm, fields::term::NAME),
            Self::SchoolSisId => through(Relation::SectionSchool, fields::school::SIS_ID),
            Self::SchoolName => through(Relation::SectionSchool, fields::school::NAME),
            Self::TeacherSisId => {
                through(Relation::SectionTeachers, fields::employee::TEACHER_SIS_ID)
            }
            Self::StudentGrade => {
                let students = mirror.table(Kind::Student);
                let rows = mirror.lists(Relation::SectionStudents).get(row).iter();
                let grade = |row: &u32| {
                    let grade = students
                        .row(*row)
                        .listed::<homeroom_model::Grade>(fields::student::GRADE);
                    Cow::Owned(grade.text().to_owned())
                };
                let grades: BTreeSet<_> = rows.map(grade).collect();
                grades.into_iter().collect()
            }
        }
    }
}

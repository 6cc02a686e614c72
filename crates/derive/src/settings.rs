//! What a district can choose about derived values.

use homeroom_model::Date;
use serde::{Deserialize, Serialize};

use crate::course_subjects::CourseSubjects;
use crate::subject::SubjectKeywords;

/// Where the primary school of a person comes from (district-side 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrimarySchool {
    /// The school that holds most of the person's sections; the SIS's where there are none.
    #[default]
    MostSections,
    /// The school the SIS names, whatever the sections say.
    Sis,
}

/// Which name of a section comes first (district-side 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionNames {
    /// The name the SIS sends; where it sends none, course, teacher and period.
    #[default]
    Sis,
    /// Course, teacher and period; where there are none, the name the SIS sends.
    Generated,
}

/// What makes sections belong to one course (district-side 5.4). Another choice gives courses new ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CourseKey {
    /// The course's number; its name where it has no number.
    #[default]
    Number,
    /// The course's number within one school, for districts whose schools number for themselves; the name, in the whole
    /// district, where it has no number.
    NumberAndSchool,
    /// The course's name, whatever its number.
    Name,
}

/// What happens to sections whose term has not begun on the day of the import (district-side 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FutureTerms {
    /// They are published like any other.
    #[default]
    Keep,
    /// They and their enrollments are passed over until the term begins.
    LeaveOut,
}

/// The choices a district has. Two imports with different settings may differ in every derived value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Primary schools of students.
    pub student_primary_school: PrimarySchool,
    /// Primary schools of teachers.
    pub teacher_primary_school: PrimarySchool,
    /// Names of sections.
    pub section_name_source: SectionNames,
    /// What makes a course.
    pub course_key: CourseKey,
    /// Sections of terms that have not begun.
    pub future_terms: FutureTerms,
    /// Contacts of one student that are kept, 5 unless set otherwise (district-side 2.3).
    pub contacts_per_student: usize,
    /// Words in names of courses and sections that tell the subject.
    pub subject_keywords: SubjectKeywords,
    /// Subjects by number of the course, before everything else that tells one.
    pub course_subjects: CourseSubjects,
    /// Students above which `SECTION_LARGE` is reported, 100 unless set otherwise.
    pub section_large: u32,
    /// Days between the import and a term that has ended or has yet to begin, above which `TERM_OUT_OF_RANGE` is
    /// reported; 400 unless set otherwise.
    pub term_far_days: u32,
    /// Days of a term above which `TERM_OUT_OF_RANGE` is reported, 400 unless set otherwise.
    pub term_longest_days: u32,
    /// The day of the import in the district's time zone. Not a choice: whoever runs the import sets it. Without it no
    /// term is far away and none has yet to begin.
    #[serde(skip)]
    pub today: Option<Date>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            student_primary_school: PrimarySchool::default(),
            teacher_primary_school: PrimarySchool::default(),
            section_name_source: SectionNames::default(),
            course_key: CourseKey::default(),
            future_terms: FutureTerms::default(),
            contacts_per_student: 5,
            subject_keywords: SubjectKeywords::default(),
            course_subjects: CourseSubjects::default(),
            section_large: 100,
            term_far_days: 400,
            term_longest_days: 400,
            today: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use homeroom_model::Subject;

    use super::*;

    #[test]
    fn settings_read_back_as_written() {
        let text = r#"
            student_primary_school = "sis"
            section_name_source = "generated"
            course_key = "number_and_school"
            future_terms = "leave_out"
            contacts_per_student = 3
            section_large = 60
            term_far_days = 800
            subject_keywords = [{ keyword = "Chess", subject = "math" }]
            course_subjects = { "0101" = "PE and health" }
        "#;
        let settings: Settings = toml::from_str(text).unwrap();
        assert_eq!(settings.student_primary_school, PrimarySchool::Sis);
        assert_eq!(settings.teacher_primary_school, PrimarySchool::MostSections);
        assert_eq!(settings.course_key, CourseKey::NumberAndSchool);
        assert_eq!(settings.subject_keywords.find("chess"), Some(Subject::Math));
        assert_eq!(settings.course_subjects.of("0101"), Some(Subject::Health));
        assert_eq!(settings.course_subjects.of("101"), None);
        let again: Settings = toml::from_str(&toml::to_string(&settings).unwrap()).unwrap();
        assert_eq!(again, settings);
        assert_eq!(toml::from_str::<Settings>("").unwrap(), Settings::default());
    }

    #[test]
    fn what_cannot_be_a_setting_is_refused() {
        for text in [
            "course_keys = 'number'",
            "course_key = 'school'",
            "today = '2026-01-01'",
            "section_large = -1",
            "subject_keywords = [{ keyword = 'Chess', subject = 'games' }]",
            "subject_keywords = [{ keyword = '?', subject = 'math' }]",
            "course_subjects = { 1 = 'games' }",
        ] {
            assert!(toml::from_str::<Settings>(text).is_err(), "{text}");
        }
    }
}

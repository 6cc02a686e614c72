//! Where the fields of versions 1.x are found: what their writers write, by name.

use homeroom_model::{Field, Mask};
use homeroom_segment::Relation;
use homeroom_segment::fields::{course, employee as e, school, section, student as s, term};

use crate::routes::Object;
use crate::rules::Rules;

/// How a field is read. Numbers are those of packed rows.
#[derive(Clone, Copy)]
pub(super) enum Get {
    Id,
    District,
    Created,
    Modified,
    /// An object that is always there.
    Object,
    /// An object that is there if one of its parts is.
    ObjectOf(&'static [usize]),
    /// A text that is always there.
    Text(usize),
    /// A text that is there unless empty.
    Optional(usize),
    /// A value of a closed list, empty if not known.
    Listed(usize),
    /// A value of a closed list that is there if known.
    OptionalListed(usize),
    Day(usize),
    Grade(usize),
    Gender(usize),
    Lunch(usize),
    Language(usize),
    Subject(usize),
    PrimarySchool,
    /// The one record a relation leads to.
    One(Relation),
    Schools(Relation),
    Teacher,
    Teachers,
    Students,
    Course(usize),
    Term,
    TermName(usize),
    /// As sent, else the term's.
    TermDate(usize, usize),
}

/// A field: how it is read, and what may hide it.
#[derive(Clone, Copy)]
pub(super) struct Source {
    pub(super) get: Get,
    hidden_by: Option<Field>,
    /// Whether both sides must have switched it on.
    opt_in: bool,
}

impl Source {
    /// Whether it is the record's id.
    pub(super) fn is_id(&self) -> bool {
        matches!(self.get, Get::Id)
    }

    /// Whether a mask shows it.
    pub(super) fn shown(&self, mask: &Mask) -> bool {
        self.hidden_by.is_none_or(|field| {
            mask.shows(field) && (!self.opt_in || mask.opted_in.contains(field))
        })
    }

    fn hidden_by(self, field: Field) -> Self {
        Self {
            hidden_by: Some(field),
            ..self
        }
    }

    fn opt_in(self, field: Field) -> Self {
        Self {
            opt_in: true,
            ..self.hidden_by(field)
        }
    }
}

fn at(get: Get) -> Source {
    Source {
        get,
        hidden_by: None,
        opt_in: false,
    }
}

fn hidden(get: Get, field: Field) -> Source {
    at(get).hidden_by(field)
}

/// Where a field of an object is found; `None` if the version's object has no such field.
pub(super) fn source(object: Object, rules: &Rules, name: &str) -> Option<Source> {
    match name {
        "id" => return Some(at(Get::Id)),
        "district" => return Some(at(Get::District)),
        "created" if object != Object::SchoolAdmin => return Some(at(Get::Created)),
        "last_modified" if object != Object::SchoolAdmin => return Some(at(Get::Modified)),
        _ => {}
    }
    match object {
        Object::School => of_school(name),
        Object::Section => of_section(name),
        Object::Student => of_student(rules, name),
        Object::Teacher => of_teacher(rules, name),
        Object::SchoolAdmin => of_school_admin(name),
        _ => None,
    }
}

fn of_school(name: &str) -> Option<Source> {
    const PLACE: &[usize] = &[school::ADDRESS, school::CITY, school::STATE, school::ZIP];
    let place = |field| hidden(Get::Optional(field), Field::SchoolLocation);
    let principal = |get| hidden(get, Field::SchoolPrincipal);
    Some(match name {
        "name" => at(Get::Text(school::NAME)),
        "sis_id" => at(Get::Text(school::SIS_ID)),
        "school_number" => at(Get::Text(school::NUMBER)),
        "state_id" => at(Get::Optional(school::STATE_ID)),
        "nces_id" => at(Get::Optional(school::NCES_ID)),
        "mdr_number" => at(Get::Optional(school::MDR_NUMBER)),
        "low_grade" => at(Get::Grade(school::LOW_GRADE)),
        "high_grade" => at(Get::Grade(school::HIGH_GRADE)),
        "phone" => hidden(Get::Optional(school::PHONE), Field::SchoolPhone),
        "principal" => principal(Get::Object),
        "principal.name" => principal(Get::Optional(school::PRINCIPAL)),
        "principal.email" => principal(Get::Optional(school::PRINCIPAL_EMAIL)),
        "location" => hidden(Get::ObjectOf(PLACE), Field::SchoolLocation),
        "location.address" => place(school::ADDRESS),
        "location.city" => place(school::CITY),
        "location.state" => place(school::STATE),
        "location.zip" => place(school::ZIP),
        _ => return None,
    })
}

fn of_section(name: &str) -> Option<Source> {
    Some(at(match name {
        "name" => Get::Text(section::NAME),
        "sis_id" => Get::Text(section::SIS_ID),
        "section_number" => Get::Optional(section::NUMBER),
        "period" => Get::Optional(section::PERIOD),
        "grade" => Get::Grade(section::GRADE),
        "subject" => Get::Subject(section::SUBJECT),
        "school" => Get::One(Relation::SectionSchool),
        "teacher" => Get::Teacher,
        "teachers" => Get::Teachers,
        "students" => Get::Students,
        "course_name" => Get::Course(course::NAME),
        "course_number" => Get::Course(course::NUMBER),
        "course_description" => Get::Optional(section::COURSE_DESCRIPTION),
        "term" => Get::Term,
        "term.name" => Get::TermName(term::NAME),
        "term.start_date" => Get::TermDate(section::TERM_START_AS_SENT, term::START),
        "term.end_date" => Get::TermDate(section::TERM_END_AS_SENT, term::END),
        _ => return None,
    }))
}

fn of_student(rules: &Rules, name: &str) -> Option<Source> {
    const PLACE: &[usize] = &[s::ADDRESS, s::CITY, s::STATE, s::ZIP];
    let place = |field| hidden(Get::Optional(field), Field::StudentLocation);
    Some(match name {
        "sis_id" => at(Get::Text(s::SIS_ID)),
        "name" => at(Get::Object),
        "name.first" => at(Get::Text(s::FIRST)),
        "name.middle" => at(Get::Text(s::MIDDLE)),
        "name.last" => at(Get::Text(s::LAST)),
        "email" => hidden(Get::Optional(s::EMAIL), Field::StudentEmail),
        "school" => at(Get::PrimarySchool),
        "schools" if rules.schools_of_people => at(Get::Schools(Relation::StudentSchools)),
        "student_number" => hidden(Get::Optional(s::NUMBER), Field::StudentNumber),
        "state_id" => hidden(Get::Optional(s::STATE_ID), Field::StudentStateId),
        "grade" => hidden(Get::Grade(s::GRADE), Field::StudentGrade),
        "graduation_year" if rules.graduation_year => hidden(
            Get::Optional(s::GRADUATION_YEAR),
            Field::StudentGraduationYear,
        ),
        "gender" => hidden(Get::Gender(s::GENDER), Field::StudentGender),
        "dob" => hidden(Get::Day(s::DOB), Field::StudentDob),
        "race" => hidden(Get::Listed(s::RACE), Field::StudentRace),
        "hispanic_ethnicity" => hidden(Get::Listed(s::HISPANIC), Field::StudentHispanicEthnicity),
        "ell_status" => hidden(Get::Listed(s::ELL), Field::StudentEllStatus),
        "frl_status" => at(Get::Lunch(s::FRL)).opt_in(Field::StudentFrlStatus),
        "iep_status" => at(Get::OptionalListed(s::IEP)).opt_in(Field::StudentIepStatus),
        "home_language" => at(Get::Language(s::HOME_LANGUAGE)).opt_in(Field::StudentHomeLanguage),
        "credentials" => hidden(Get::Object, Field::StudentCredentials),
        "credentials.district_username" => {
            hidden(Get::Optional(s::USERNAME), Field::StudentCredentials)
        }
        "location" => hidden(Get::ObjectOf(PLACE), Field::StudentLocation),
        "location.address" => place(s::ADDRESS),
        "location.city" => place(s::CITY),
        "location.state" => place(s::STATE),
        "location.zip" => place(s::ZIP),
        _ => return None,
    })
}

fn of_teacher(rules: &Rules, name: &str) -> Option<Source> {
    Some(match name {
        "sis_id" => at(Get::Text(e::TEACHER_SIS_ID)),
        "name" => at(Get::Object),
        "name.first" => at(Get::Text(e::TEACHER_FIRST)),
        "name.middle" => at(Get::Text(e::TEACHER_MIDDLE)),
        "name.last" => at(Get::Text(e::TEACHER_LAST)),
        "email" => hidden(Get::Optional(e::TEACHER_EMAIL), Field::EmployeeEmail),
        "school" => at(Get::PrimarySchool),
        "schools" if rules.schools_of_people => at(Get::Schools(Relation::TeacherSchools)),
        "teacher_number" => hidden(Get::Optional(e::TEACHER_NUMBER), Field::TeacherNumber),
        "state_id" => hidden(Get::Optional(e::TEACHER_STATE_ID), Field::TeacherStateId),
        "title" => hidden(Get::Optional(e::TEACHER_TITLE), Field::TeacherTitle),
        "credentials" => hidden(
            Get::ObjectOf(&[e::TEACHER_USERNAME]),
            Field::TeacherCredentials,
        ),
        "credentials.district_username" => hidden(
            Get::Optional(e::TEACHER_USERNAME),
            Field::TeacherCredentials,
        ),
        _ => return None,
    })
}

fn of_school_admin(name: &str) -> Option<Source> {
    Some(match name {
        "staff_id" => at(Get::Text(e::STAFF_ID)),
        "name" => at(Get::Object),
        "name.first" => at(Get::Text(e::STAFF_FIRST)),
        "name.middle" => at(Get::Text(e::STAFF_MIDDLE)),
        "name.last" => at(Get::Text(e::STAFF_LAST)),
        "email" => hidden(Get::Text(e::STAFF_EMAIL), Field::EmployeeEmail),
        "schools" => at(Get::Schools(Relation::StaffSchools)),
        "title" => hidden(Get::Optional(e::STAFF_TITLE), Field::StaffTitle),
        "credentials" => hidden(Get::Object, Field::StaffCredentials),
        "credentials.district_username" => {
            hidden(Get::Optional(e::STAFF_USERNAME), Field::StaffCredentials)
        }
        _ => return None,
    })
}

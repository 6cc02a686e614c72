//! A candidate as text: one line for a record with what it is related to, one for a problem, one for a file's count.

use std::fmt::Write;

use homeroom_derive::{Derived, File};
use homeroom_model::{
    Code, Contact, ContactLink, Course, Employee, Ext, Kind, Problem, Resource, School, Section,
    Student, Term,
};
use homeroom_segment::{Candidate, Noun, Relation};

/// Codes about records that take part as they are: most small districts of the tests have many of them. They are shown as
/// notes.
const NOTES: [Code; 12] = [
    Code::UsernameDuplicate,
    Code::StudentNoSection,
    Code::TeacherNoSection,
    Code::SectionNameGenerated,
    Code::SectionNameDuplicate,
    Code::SectionSubjectOther,
    Code::SectionGradeDerived,
    Code::SectionGradeMismatch,
    Code::SectionLarge,
    Code::TermMissing,
    Code::SchoolEmpty,
    Code::GradeOutsideSchool,
];

/// Code, place, column, key, value, suggestion and detail, as far as there are any.
fn shown(problem: &Problem) -> String {
    let place = problem.place;
    let mut line = format!("{} {}:{}", problem.code.text(), place.file, place.line);
    for (before, text, after) in [
        (" ", &problem.column, ""),
        (" of ", &problem.key, ""),
        (" \"", &problem.value, "\""),
        (" -> ", &problem.suggestion, ""),
        (" (", &problem.detail, ")"),
    ] {
        if !text.is_empty() {
            let _ = write!(line, "{before}{text}{after}");
        }
    }
    line
}

pub(crate) fn render(derived: &Derived, problems: &[Problem]) -> String {
    let mut lines = candidate(&derived.candidate);
    for problem in problems {
        let word = if NOTES.contains(&problem.code) {
            "note"
        } else {
            "problem"
        };
        lines.push(format!("{word} {}", shown(problem)));
    }
    for file in File::ALL {
        let count = derived.counts.of(file);
        if count.received > 0 {
            let (received, kept, rejected) = (count.received, count.kept, count.rejected);
            let mut line = format!("count {} {received} {kept} {rejected}", file.stem());
            if count.passed_over > 0 {
                let _ = write!(line, " passed over {}", count.passed_over);
            }
            lines.push(line);
        }
    }
    if derived.counts.student_rows > 0 {
        lines.push(format!(
            "count student_rows {}",
            derived.counts.student_rows
        ));
    }
    let custom = derived.counts.custom;
    if custom.received > 0 {
        lines.push(format!(
            "count custom {} {} {}",
            custom.received, custom.kept, custom.rejected
        ));
    }
    lines.join("\n")
}

/// Every record with its relations, in the order of the candidate.
pub(crate) fn candidate(candidate: &Candidate) -> Vec<String> {
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        for row in 0..candidate.table(kind).len() {
            lines.push(record(candidate, kind, row));
        }
    }
    lines
}

fn record(candidate: &Candidate, kind: Kind, row: u32) -> String {
    let packed = candidate.table(kind).row(row);
    let related = |relation: Relation| {
        let rows = candidate.lists(relation).get(row).iter();
        let names: Vec<String> = rows
            .map(|row| name(candidate, relation.to(), *row))
            .collect();
        names.join(",")
    };
    match kind {
        Kind::Course | Kind::Term | Kind::Contact => {
            format!("{} {}", word(kind), name(candidate, kind, row))
        }
        Kind::School => {
            let school = School::read(packed);
            format!(
                "school {}{}",
                school.sis_id,
                beside(&school.ext, school.custom)
            )
        }
        Kind::Student => {
            let student = Student::read(packed);
            let grade = student.grade;
            let (at, of) = (
                related(Relation::StudentSchool),
                related(Relation::StudentSchools),
            );
            format!(
                "student {} at {at} of {of} {}{}",
                student.sis_id,
                grade.text(),
                beside(&student.ext, student.custom)
            )
            .replace("  ", " ")
            .trim_end()
            .to_owned()
        }
        Kind::Employee => employee(&Employee::read(packed), related),
        Kind::ContactLink => {
            let link = ContactLink::read(packed);
            let (contact, student) = (
                related(Relation::LinkContact),
                related(Relation::LinkStudent),
            );
            format!(
                "link {contact} of {student} {} {}",
                link.relationship.text(),
                link.kind.text()
            )
            .trim_end()
            .to_owned()
        }
        Kind::Section => {
            let section = Section::read(packed);
            let mut line = format!(
                "section {} at {}",
                section.sis_id,
                related(Relation::SectionSchool)
            );
            for (word, value) in [
                ("course", related(Relation::SectionCourse)),
                ("term", related(Relation::SectionTerm)),
                ("teachers", related(Relation::SectionTeachers)),
                ("students", related(Relation::SectionStudents)),
                ("name", section.name.to_string()),
                ("grade", section.grade.text().to_owned()),
                ("subject", section.subject.text().to_owned()),
            ] {
                if !value.is_empty() {
                    let _ = write!(line, " {word}={value}");
                }
            }
            line + &beside(&section.ext, section.custom)
        }
        Kind::Resource => {
            let courses = related(Relation::ResourceCourses);
            format!("resource {} of {courses}", name(candidate, kind, row))
                .trim_end()
                .to_owned()
        }
    }
}

fn employee(employee: &Employee<'_>, related: impl Fn(Relation) -> String) -> String {
    let mut line = "employee".to_owned();
    if let Some(teacher) = &employee.teacher {
        let (at, of) = (
            related(Relation::TeacherSchool),
            related(Relation::TeacherSchools),
        );
        let _ = write!(line, " teacher {} at {at} of {of}", teacher.sis_id);
        line.push_str(&beside(&teacher.ext, teacher.custom));
    }
    if let Some(staff) = &employee.staff {
        let hand = if staff.kept_by_hand { " by hand" } else { "" };
        let of = related(Relation::StaffSchools);
        let _ = write!(line, " staff {}{hand} of {of}", staff.staff_id);
        line.push_str(&beside(&staff.ext, staff.custom));
    }
    if let Some(admin) = &employee.admin {
        let _ = write!(line, " admin {}", admin.key);
    }
    line.trim_end().to_owned()
}

/// Extension fields, and whether a person keeps the record.
fn beside(ext: &Ext<'_>, custom: bool) -> String {
    let mut text = String::new();
    for (name, value) in ext.iter() {
        let _ = write!(text, " ext.{name}={value}");
    }
    if custom {
        text.push_str(" custom");
    }
    text
}

fn word(kind: Kind) -> &'static str {
    kind.table().trim_end_matches('s')
}

/// What tests call a record.
pub(crate) fn name(candidate: &Candidate, kind: Kind, row: u32) -> String {
    let packed = candidate.table(kind).row(row);
    match kind {
        Kind::School => School::read(packed).sis_id.into_owned(),
        Kind::Student => Student::read(packed).sis_id.into_owned(),
        Kind::Section => Section::read(packed).sis_id.into_owned(),
        Kind::Resource => Resource::read(packed).resource_id.into_owned(),
        Kind::Contact => Contact::read(packed).name.into_owned(),
        Kind::Course => {
            let course = Course::read(packed);
            format!("[{} {}]", course.number, course.name)
        }
        Kind::Term => {
            let term = Term::read(packed);
            let day = |date: Option<homeroom_model::Date>| date.map(|date| date.to_string());
            let days = [day(term.start), day(term.end)].map(Option::unwrap_or_default);
            format!("[{} {}]", term.name, days.join("/"))
        }
        Kind::Employee => {
            let employee = Employee::read(packed);
            let teacher = employee.teacher.map(|teacher| teacher.sis_id.into_owned());
            let staff = employee.staff.map(|staff| staff.staff_id.into_owned());
            let admin = employee.admin.map(|admin| admin.key.into_owned());
            [teacher, staff, admin]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("+")
        }
        Kind::ContactLink => format!("link {row}"),
    }
}

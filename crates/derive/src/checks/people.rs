//! Schools and teachers.

use homeroom_model::{Code, Kind, Problem, Problems};
use homeroom_segment::Relation;
use homeroom_segment::fields::{employee, school};

use super::Checked;
use super::lacking::Records;
use super::shared::{groups, listed};
use super::students::username;
use crate::people::Part;

/// Schools that have neither students nor sections.
pub(crate) fn schools(checked: &Checked<'_>, problems: &mut dyn Problems) {
    let table = checked.candidate.table(Kind::School);
    let mut used = vec![false; table.len() as usize];
    let mut note = |schools: &[u32]| {
        for school in schools {
            if let Some(slot) = used.get_mut(*school as usize) {
                *slot = true;
            }
        }
    };
    note(checked.sis_schools);
    note(&checked.sections.facts.schools);
    let primary = checked.candidate.lists(Relation::StudentSchool);
    for student in 0..checked.students.len() {
        note(primary.get(student));
    }
    let records = Records {
        count: table.len(),
        file: checked.schools.file(),
        place: |number| checked.schools.get(number),
        key: |number| table.row(number).text(school::SIS_ID),
    };
    for (number, used) in (0..).zip(used) {
        if !used {
            records.report((Code::SchoolEmpty, ""), number, problems);
        }
    }
}

/// Teachers without email or section, and those who share a user name.
pub(crate) fn teachers(checked: &Checked<'_>, problems: &mut dyn Problems) {
    let people = checked.people;
    let count = u32::try_from(people.records(Part::Teacher).len()).unwrap_or(u32::MAX);
    let key = |number| people.id(Part::Teacher, number);
    let name = |number| {
        people
            .row(Part::Teacher, number)
            .text(employee::TEACHER_USERNAME)
    };
    let place = |number| people.place(Part::Teacher, number);
    let records = Records {
        count,
        file: homeroom_model::Place {
            line: 0,
            ..place(0)
        },
        place,
        key,
    };
    let no_email = |number| {
        let row = people.row(Part::Teacher, number);
        row.bytes(employee::TEACHER_EMAIL).is_empty()
    };
    records.lack((Code::EmailMissing, "Teacher_email"), no_email, problems);
    let teaching = teaching(checked, count);
    let idle = |number| !teaching.get(number as usize).copied().unwrap_or(false);
    records.lack((Code::TeacherNoSection, ""), idle, problems);
    for group in groups(count, |number| username(name(number))) {
        let second = group.get(1).copied().unwrap_or_default();
        let problem = Problem::new(Code::UsernameDuplicate, place(second)).column("Username");
        let problem = problem.key(key(second));
        problems.report(problem.detail(listed(&group, key)));
    }
}

/// For each teacher whether some section has them.
fn teaching(checked: &Checked<'_>, count: u32) -> Vec<bool> {
    let mut teaching = vec![false; count as usize];
    for section in 0..checked.sections.len() {
        for teacher in checked.sections.facts.teachers.get(section) {
            if let Some(slot) = teaching.get_mut(*teacher as usize) {
                *slot = true;
            }
        }
    }
    teaching
}

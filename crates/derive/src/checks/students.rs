//! Students and their contacts.

use homeroom_model::{Code, Kind, Problem, Problems};
use homeroom_segment::Relation;
use homeroom_segment::fields::{contact, student};

use super::Checked;
use super::lacking::Records;
use super::shared::{groups, listed};
use crate::email::comparable;

/// Students without grade, email, user name or section, and those who share an email or a user name.
pub(crate) fn students(checked: &Checked<'_>, problems: &mut dyn Problems) {
    let table = checked.candidate.table(Kind::Student);
    let row = |number| table.row(number);
    let key = |number| row(number).text(student::SIS_ID);
    let records = Records {
        count: table.len(),
        file: checked.students.file(),
        place: |number| checked.students.get(number),
        key,
    };
    for (code, column, field) in [
        (Code::GradeMissing, "Grade", student::GRADE),
        (Code::EmailMissing, "Student_email", student::EMAIL),
        (Code::UsernameMissing, "Username", student::USERNAME),
    ] {
        let lacks = |number| row(number).bytes(field).is_empty();
        records.lack((code, column), lacks, problems);
    }
    let enrolled = enrolled(checked);
    let alone = |number| !enrolled.get(number as usize).copied().unwrap_or(false);
    records.lack((Code::StudentNoSection, ""), alone, problems);

    let emails = groups(table.len(), |number| {
        comparable(row(number).text(student::EMAIL))
    });
    let usernames = groups(table.len(), |number| {
        username(row(number).text(student::USERNAME))
    });
    for (code, column, groups) in [
        (Code::EmailDuplicate, "Student_email", emails),
        (Code::UsernameDuplicate, "Username", usernames),
    ] {
        for group in groups {
            let second = group.get(1).copied().unwrap_or_default();
            let problem = Problem::new(code, checked.students.get(second)).column(column);
            let problem = problem.key(key(second));
            problems.report(problem.detail(listed(&group, key)));
        }
    }
}

/// Contacts without an id of their own; the key is that of their first student.
pub(crate) fn contacts(checked: &Checked<'_>, problems: &mut dyn Problems) {
    let table = checked.candidate.table(Kind::Contact);
    let students = first_students(checked);
    let records = Records {
        count: table.len(),
        file: checked.contacts.file(),
        place: |number| checked.contacts.get(number),
        key: |number: u32| {
            let student = students.get(number as usize).copied().unwrap_or_default();
            let student = checked.candidate.table(Kind::Student).row(student);
            student.text(student::SIS_ID)
        },
    };
    let lacks = |number| table.row(number).bytes(contact::SIS_ID).is_empty();
    records.lack((Code::ContactNoSisId, "Contact_sis_id"), lacks, problems);
}

/// A user name for comparison; `None` if there is none.
pub(crate) fn username(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_lowercase())
}

/// For each student whether some section has them.
fn enrolled(checked: &Checked<'_>) -> Vec<bool> {
    let mut enrolled = vec![false; checked.students.len() as usize];
    let rosters = checked.candidate.lists(Relation::SectionStudents);
    for section in 0..checked.sections.len() {
        for student in rosters.get(section) {
            if let Some(slot) = enrolled.get_mut(*student as usize) {
                *slot = true;
            }
        }
    }
    enrolled
}

/// For each contact the student of its first link.
fn first_students(checked: &Checked<'_>) -> Vec<u32> {
    let lists = |relation| checked.candidate.lists(relation);
    let (contacts, students) = (lists(Relation::LinkContact), lists(Relation::LinkStudent));
    let count = checked.candidate.table(Kind::Contact).len();
    let mut first = vec![u32::MAX; count as usize];
    for link in 0..checked.candidate.table(Kind::ContactLink).len() {
        if let ([contact], [student]) = (contacts.get(link), students.get(link))
            && let Some(slot) = first.get_mut(*contact as usize)
            && *slot == u32::MAX
        {
            *slot = *student;
        }
    }
    first
}

//! Students. What a row shows by itself, such as a missing grade, intake has told already.

use homeroom_model::{Code, Kind, Problem, Problems};
use homeroom_segment::Relation;
use homeroom_segment::fields::student;

use super::Checked;
use super::lacking::Records;
use super::shared::{groups, listed};
use crate::email::comparable;

/// Students without section, and those who share an email or a user name.
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

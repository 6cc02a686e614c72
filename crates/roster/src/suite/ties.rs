//! Ties between people (integration-side A6.11, A6.12).

use super::sample::{Subject, Town, Work, apply, is_well};
use crate::{Differs, Op, Outcome, Tie};

/// One contact may be tied to one student in several ways.
pub fn relationships_open_and_close(subject: &Subject) {
    let town = Town::build(subject, 1);
    let tie = |kind, open| Op::Tie {
        tie: Tie::Relationship {
            contact: town.teacher,
            student: town.students[0],
            kind,
            label: "",
        },
        open,
    };
    apply(
        subject,
        &town,
        2,
        &[tie("Parent", true), tie("Emergency", true)],
    );
    let mut work = Work::begin(subject, &town, 3);
    assert_eq!(
        work.act(tie("Parent", true)),
        Outcome::Differs(Differs::Tie)
    );
    assert_eq!(work.act(tie("Aunt", false)), Outcome::Differs(Differs::Tie));
    work.done(tie("Parent", false));
    work.commit();
    apply(subject, &town, 9, &[tie("Parent", true)]);
    let rows = subject.rows("SELECT type, opened, closed FROM relationship ORDER BY type, opened");
    assert_eq!(rows[0], ["Emergency", "2026-08-02", "NULL"]);
    assert_eq!(rows[1], ["Parent", "2026-08-02", "2026-08-03"]);
    assert_eq!(rows[2], ["Parent", "2026-08-09", "NULL"]);
    let mut seen = Vec::new();
    let mut visit = |tie: Tie<'_>, since: &str| {
        if let Tie::Relationship { kind, .. } = tie {
            seen.push(format!("{kind} {since}"));
        }
        Ok(())
    };
    subject.read().ties(town.district, &mut visit).unwrap();
    assert_eq!(seen, ["Emergency 2026-08-02", "Parent 2026-08-09"]);
    is_well(subject, town.district);
}

/// An app without classes asks for my students.
pub fn associations_are_of_my_students(subject: &Subject) {
    let town = Town::build(subject, 1);
    let (teacher, student) = (town.teacher, town.students[1]);
    let tie = |open| Op::Tie {
        tie: Tie::Association { teacher, student },
        open,
    };
    apply(subject, &town, 2, &[tie(true)]);
    let mine = || subject.rows("SELECT teacher, student, section FROM my_students");
    assert_eq!(
        mine(),
        [[teacher.to_string(), student.to_string(), "NULL".into()]]
    );
    apply(subject, &town, 3, &[tie(false)]);
    assert!(mine().is_empty());
}

//! What is broken about the records that a plan touched is found before it is committed, and nothing of others is asked.

use homeroom_roster::suite::sample::{Subject, Town, Work, apply, comes, created, source};
use homeroom_roster::{Kind, NewLink, Op, Seat};

use crate::empty;

/// What is found once one person came into a class.
fn found_after_coming(subject: &Subject, town: &Town, section: i64) -> Vec<(&'static str, i64)> {
    let mut work = Work::begin(subject, town, 4);
    work.done(Op::Seats {
        section,
        changes: &[comes(town.students[2], Seat::STUDENT)],
    });
    work.applying.broken().unwrap()
}

/// A district in whose first class two students sit since the third of August.
fn seated() -> (tempfile::TempDir, Subject, Town) {
    let (folder, subject) = empty();
    let town = Town::build(&subject, 1);
    let [first, second, _] = town.students;
    let changes = [comes(first, Seat::STUDENT), comes(second, Seat::STUDENT)];
    let section = town.sections[0];
    let changes = &changes;
    apply(&subject, &town, 3, &[Op::Seats { section, changes }]);
    (folder, subject, town)
}

#[test]
fn two_periods_at_once() {
    let (_folder, subject, town) = seated();
    let ([touched, other], [student, ..]) = (town.sections, town.students);
    subject.rows(&format!(
        "INSERT INTO membership_past (section, person, is_teacher, opened, closed) \
         VALUES ({touched}, {student}, 0, '2026-08-01', '2026-08-30')"
    ));
    assert_eq!(found_after_coming(&subject, &town, other), []);
    let found = found_after_coming(&subject, &town, touched);
    assert_eq!(found, [("two periods of one membership at once", 1)]);
}

#[test]
fn a_member_of_a_group_who_is_not_in_the_class() {
    let (_folder, subject, town) = seated();
    let ([touched, other], [student, ..]) = (town.sections, town.students);
    subject.rows(&format!(
        "INSERT INTO custom_group (id, owner, section, name) VALUES (1, {}, {touched}, 'Readers')",
        town.teacher
    ));
    subject.rows(&format!(
        "INSERT INTO group_member (custom_group, person, opened) VALUES (1, {student}, '2026-08-03')"
    ));
    subject.rows(&format!("DELETE FROM membership WHERE person = {student}"));
    assert_eq!(found_after_coming(&subject, &town, other), []);
    let found = found_after_coming(&subject, &town, touched);
    let rule = "somebody in a group that divides a class they are not in";
    assert_eq!(found, [(rule, 1)]);
}

#[test]
fn a_source_id_of_nothing() {
    let (_folder, subject, town) = seated();
    subject.rows("PRAGMA foreign_keys = OFF");
    subject.rows(&format!(
        "DELETE FROM section WHERE id = {}",
        town.sections[1]
    ));
    assert_eq!(found_after_coming(&subject, &town, town.sections[0]), []);
    let mut work = Work::begin(&subject, &town, 4);
    work.done(Op::Rekey {
        kind: Kind::Section,
        old: &source(21),
        new: NewLink {
            person: None,
            ..created(&source(22))
        },
    });
    let found = work.applying.broken().unwrap();
    assert_eq!(found, [("a source id of nothing", 1)]);
}

//! What the app keeps of a class and hands on.

use super::sample::{Subject, Town, Work, apply, changes, comes, is_well};
use crate::{Differs, Op, Seat, Undone};

/// Name, settings and groups go on; who is not in the new class leaves the groups, and nothing of the new class is overwritten.
pub fn what_the_app_keeps_of_a_class_goes_on_with_another(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [first, second] = town.sections;
    let [ana, bo, _] = town.students;
    let both = [comes(ana, Seat::STUDENT), comes(bo, Seat::STUDENT)];
    let one = [comes(ana, Seat::STUDENT)];
    let enrol = |section, changes| Op::Seats { section, changes };
    apply(
        subject,
        &town,
        2,
        &[enrol(first, &both), enrol(second, &one)],
    );
    subject.rows(&format!(
        "INSERT INTO section_own (section, display_name, settings) VALUES ({first}, 'Tigers', '{{\"colour\":1}}'); "
    ));
    subject.rows(&format!(
        "INSERT INTO section_own (section, settings) VALUES ({second}, '{{\"colour\":2}}')"
    ));
    let owner = town.teacher;
    subject.rows(&format!(
        "INSERT INTO custom_group (id, owner, section, name) VALUES (1, {owner}, {first}, 'Readers')"
    ));
    for person in [ana, bo] {
        subject.rows(&format!(
            "INSERT INTO group_member (custom_group, person, opened) VALUES (1, {person}, '2026-09-02')"
        ));
    }
    let carry = Op::CarryOver {
        from: first,
        into: second,
    };
    let kept = || {
        let mut rows =
            subject.rows("SELECT section, display_name, settings FROM section_own ORDER BY 1");
        rows.extend(subject.rows("SELECT id, section FROM custom_group"));
        rows.extend(
            subject
                .rows("SELECT custom_group, person, opened, closed FROM group_member ORDER BY 2"),
        );
        rows.extend(subject.rows("SELECT id, carried_from FROM section ORDER BY id"));
        rows
    };
    let before = kept();
    let run = apply(subject, &town, 3, &[carry]);
    let after = kept();
    let own = subject.rows(&format!(
        "SELECT display_name, settings FROM section_own WHERE section = {second}"
    ));
    assert_eq!(own[0], ["Tigers", "{\"colour\":2}"]);
    let groups = subject.rows("SELECT section FROM custom_group");
    assert_eq!(groups, [[second.to_string()]]);
    let members = subject.rows("SELECT person FROM group_member WHERE closed IS NULL");
    assert_eq!(members, [[ana.to_string()]]);
    let from = subject.value(&format!(
        "SELECT carried_from FROM section WHERE id = {second}"
    ));
    assert_eq!(from, first.to_string());
    is_well(subject, town.district);
    // Undone, done again, and left alone where people changed it since.
    let undoing = undo(subject, &town, run);
    assert_eq!(kept(), before);
    let redoing = undo(subject, &town, undoing);
    assert_eq!(kept(), after);
    subject.rows(&format!(
        "UPDATE section_own SET display_name = 'Lions' WHERE section = {second}"
    ));
    let entries = changes(subject, redoing);
    let mut work = Work::begin(subject, &town, 5);
    let left = work.applying.invert(&entries[0], 1, "undone").unwrap();
    assert_eq!(left, Undone::Kept(Differs::State));
    work.commit();
    assert_eq!(
        subject.value(&format!(
            "SELECT carried_from FROM section WHERE id = {second}"
        )),
        first.to_string()
    );
    is_well(subject, town.district);
}

/// Takes the one row of a run back; the run that did.
fn undo(subject: &Subject, town: &Town, run: i64) -> i64 {
    let entries = changes(subject, run);
    assert_eq!(entries.len(), 1);
    let mut work = Work::begin(subject, town, 4);
    let run = work.run;
    let undone = work.applying.invert(&entries[0], 1, "undone").unwrap();
    assert!(matches!(undone, Undone::Done(_)), "{undone:?}");
    work.commit();
    run
}

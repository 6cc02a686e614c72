//! What the app keeps of a class and hands on.

use super::sample::{Subject, Town, apply, comes, is_well};
use crate::{Op, Seat};

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
    apply(subject, &town, 3, &[carry]);
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
}

//! Who is who: S01 to S07, S09 and rows A3.x of the integration side.

use homeroom_model::{Kind, Role};
use homeroom_plan::{Decision, Guard, LinkState, Member, Op, PatternKind, Policy, Reason};

use crate::desk::{Desk, words};
use crate::district::{District, Guardian, id, pupil, teacher};

#[test]
fn s01_a_first_sync_is_shown_and_creates_what_is_shared() {
    let district = District::small();
    let mut desk = Desk::new(Policy::SIS_LOCKDOWN);
    let plan = desk.sync_unapproved(&district);
    assert!(plan.is_held() && desk.links.is_empty());
    assert_eq!(plan.verdicts()[0].guard, Guard::FirstSync);
    let plan = desk.sync(&district);
    let created = [
        ("courses create", 2),
        ("employees create", 4),
        ("schools create", 2),
        ("sections create", 3),
        ("sections enrol", 3),
        ("students create", 30),
        ("terms create", 1),
    ];
    let created = created.map(|(word, count)| (word.to_owned(), count));
    assert_eq!(words(&plan), created.into());
    assert_eq!(desk.students_in(1).len(), 10);
    assert_eq!(desk.thing(Kind::Student, 7).cells["email"].0, "p7@x.org");
}

#[test]
fn s02_nothing_changed_is_an_empty_plan() {
    let district = District::small();
    let desk = Desk::synced(&district);
    let plan = desk.plan(&district);
    assert!(plan.is_empty() && plan.actions().is_empty() && !plan.is_held());
    assert_eq!(plan.counts()[&Kind::Student].unchanged, 30);
}

#[test]
fn s03_an_account_with_the_same_number_is_linked_and_zeros_count() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let theirs = desk.add(Kind::Student, &[("sis_id", "00417"), ("nickname", "Bo")]);
    let other = desk.add(Kind::Student, &[("sis_id", "417")]);
    district.students.insert(417, pupil(417, 1));
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), [("students link".to_owned(), 1)].into());
    assert_eq!(plan.actions()[0].reason, Reason::LinkedBySisId);
    assert_eq!(desk.local(Kind::Student, 417), theirs);
    assert_eq!(desk.thing(Kind::Student, 417).cells["nickname"].0, "Bo");
    assert!(desk.active_id(Kind::Student, other).is_none());
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s04_only_the_email_fits_is_a_question() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let theirs = desk.add(
        Kind::Student,
        &[("email", "P31@x.org"), ("sis_id", "other")],
    );
    let before = desk.things[&(Kind::Student, theirs)].clone();
    district.students.insert(31, pupil(31, 1));
    let plan = desk.sync(&district);
    // A new pupil can work today; who they are is asked.
    let words = words(&plan);
    assert_eq!(
        (words["students suggest_link"], words["students create"]),
        (1, 1)
    );
    assert_eq!(desk.things[&(Kind::Student, theirs)], before);
    assert!(desk.plan(&district).is_empty(), "a question is asked once");
    // At first nobody is doubled: the record waits.
    let mut desk = Desk::new(Policy::SIS_LOCKDOWN);
    desk.add(Kind::Student, &[("email", "p31@x.org")]);
    let plan = desk.sync(&district);
    assert!(
        !desk
            .links
            .contains_key(&(Kind::Student, id(Kind::Student, 31)))
    );
    assert!(
        plan.actions()
            .iter()
            .any(|action| action.reason == Reason::SuggestedByEmail)
    );
}

#[test]
fn s04_a_refusal_is_remembered() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    desk.add(Kind::Student, &[("email", "p31@x.org")]);
    district.students.insert(31, pupil(31, 1));
    desk.policy = Policy::read(&hold_record()).unwrap();
    desk.sync(&district);
    desk.answer(id(Kind::Student, 31), Decision::Rejected);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), [("students create".to_owned(), 1)].into());
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s05_an_email_of_somebody_else_is_left_alone() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let other = desk.add(Kind::Student, &[("email", "new@x.org")]);
    let pupil = district.students.get_mut(&1).unwrap();
    pupil.email = "new@x.org".to_owned();
    pupil.name = "Renamed".to_owned();
    let plan = desk.sync(&district);
    let conflict = plan
        .actions()
        .iter()
        .find(|action| matches!(action.op, Op::Conflict { .. }))
        .unwrap();
    assert_eq!(conflict.reason, Reason::SplitIdentity);
    assert_eq!(desk.thing(Kind::Student, 1).cells["email"].0, "p1@x.org");
    assert_eq!(desk.thing(Kind::Student, 1).cells["last_name"].0, "Renamed");
    assert_eq!(
        desk.things[&(Kind::Student, other)].cells["email"].0,
        "new@x.org"
    );
}

#[test]
fn s07_a_new_id_after_an_email_change_is_one_action() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let account = desk.local(Kind::Employee, 1);
    let mut adult = district.employees.remove(&1).unwrap();
    adult.email = "new@x.org".to_owned();
    district.employees.insert(77, adult);
    district.sections.get_mut(&1).unwrap().teachers = vec![77];
    let plan = desk.sync(&district);
    let expected = [("employees rekey", 1), ("employees update", 1)];
    assert_eq!(
        words(&plan),
        expected
            .map(|(word, count)| (word.to_owned(), count))
            .into()
    );
    assert_eq!(desk.local(Kind::Employee, 77), account);
    let old = desk.links[&(Kind::Employee, id(Kind::Employee, 1))];
    assert_eq!((old.local, old.state), (account, LinkState::Alias));
    assert!(!desk.things[&(Kind::Employee, account)].blocked);
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn everybody_with_a_new_id_is_no_removal() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let renumbered = district
        .students
        .iter()
        .map(|(number, pupil)| (number + 500, pupil.clone()));
    district.students = renumbered.collect();
    for lesson in district.sections.values_mut() {
        lesson.students = lesson.students.iter().map(|number| number + 500).collect();
    }
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), [("students rekey".to_owned(), 30)].into());
    assert!(!plan.is_held());
    assert_eq!(plan.patterns()[0].pattern, PatternKind::MassRekey);
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn an_id_that_comes_back_is_the_same_person() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let account = desk.local(Kind::Student, 5);
    let moved = district.students.remove(&5).unwrap();
    district.students.insert(505, moved.clone());
    district.sections.get_mut(&1).unwrap().students.insert(505);
    desk.sync(&district);
    district.students.remove(&505);
    district.students.insert(5, moved);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["students rekey"], 1);
    assert_eq!(desk.local(Kind::Student, 5), account);
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn both_ids_of_one_account_at_once_are_a_dispute() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let pupil = district.students.remove(&5).unwrap();
    district.students.insert(505, pupil.clone());
    desk.sync(&district);
    district.students.insert(5, pupil);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), [("students conflict".to_owned(), 1)].into());
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn nobody_with_power_is_taken_over() {
    let mut district = District::small();
    district.employees.insert(9, teacher(9, 1));
    for mark in ["privileged", "suspended"] {
        let mut desk = Desk::synced(&District::small());
        let theirs = desk.add(Kind::Employee, &[("teacher_sis_id", "T9")]);
        let thing = desk.things.get_mut(&(Kind::Employee, theirs)).unwrap();
        (thing.privileged, thing.suspended) = (mark == "privileged", mark == "suspended");
        let words = words(&desk.plan(&district));
        assert!(
            words.contains_key("employees suggest_link"),
            "{mark}: {words:?}"
        );
        assert!(!words.contains_key("employees link"));
    }
}

#[test]
fn rungs_that_point_at_two_accounts_are_a_dispute() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    desk.add(Kind::Student, &[("sis_id", "00031")]);
    desk.add(Kind::Student, &[("email", "p31@x.org")]);
    district.students.insert(31, pupil(31, 1));
    let plan = desk.plan(&district);
    // Both are shown, and each can be said to be the one.
    let asked = [("students conflict", 1), ("students suggest_link", 2)];
    let asked = asked.map(|(word, count)| (word.to_owned(), count));
    assert_eq!(words(&plan), asked.into());
    assert_eq!(plan.actions()[0].reason, Reason::Ambiguous);
}

#[test]
fn an_account_whose_record_cannot_be_judged_is_not_doubled() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let moved = district.students.remove(&5).unwrap();
    district.students.insert(505, moved);
    desk.reach = homeroom_plan::Reach::nothing();
    let plan = desk.plan(&district);
    let words = words(&plan);
    assert!(
        !words.contains_key("students link") && !words.contains_key("students rekey"),
        "{words:?}"
    );
    assert_eq!(words["students suggest_link"], 1);
}

#[test]
fn a_crosswalk_says_who_is_who() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let account = desk.local(Kind::Student, 5);
    let mut moved = district.students.remove(&5).unwrap();
    moved.sis_id = "another".to_owned();
    district.students.insert(505, moved);
    desk.crosswalk = [(id(Kind::Student, 5), id(Kind::Student, 505))].into();
    let plan = desk.sync(&district);
    assert_eq!(plan.actions()[0].reason, Reason::Crosswalk);
    assert_eq!(desk.local(Kind::Student, 505), account);
}

#[test]
fn two_people_who_became_one_are_proposed() {
    let mut district = District::small();
    let mut principal = teacher(9, 1);
    principal.staff = principal.teacher.take();
    principal.email = "other@x.org".to_owned();
    district.employees.insert(9, principal);
    let mut desk = Desk::synced(&district);
    // The emails are equal now: one user with both roles.
    let principal = district.employees.remove(&9).unwrap();
    district.employees.get_mut(&1).unwrap().staff = principal.staff;
    let plan = desk.sync(&district);
    let words = words(&plan);
    assert_eq!(words["employees role_grant"], 1);
    assert_eq!(
        (
            words["employees deactivate"],
            words["employees propose_merge"]
        ),
        (1, 1)
    );
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s09_teacher_and_admin_records_with_one_email_are_proposed_once() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let mut admin = teacher(9, 1);
    admin.staff = admin.teacher.take();
    admin.email = "T1@x.org".to_owned();
    district.employees.insert(9, admin);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["employees propose_merge"], 1);
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn a_contact_made_anew_is_the_same_contact() {
    let mut district = District::small();
    let guardian = Guardian {
        sis_id: String::new(),
        name: "Mo Li".to_owned(),
        phone: "555".to_owned(),
        pupils: [1, 2].into(),
    };
    district.contacts.insert(1, guardian.clone());
    let with_contacts = Policy::SIS_LOCKDOWN
        .replace("# contacts = ", "contacts = ")
        .replace("# contact_links = ", "contact_links = ");
    let mut desk = Desk::new(&with_contacts);
    desk.sync(&district);
    let account = desk.local(Kind::Contact, 1);
    district.contacts = [(2, guardian)].into();
    let plan = desk.sync(&district);
    let expected = [
        ("contact_links rekey", 2),
        ("contact_links update", 2),
        ("contacts rekey", 1),
    ];
    assert_eq!(
        words(&plan),
        expected
            .map(|(word, count)| (word.to_owned(), count))
            .into()
    );
    assert!(plan.actions()[0].reason == Reason::ContactReplaced);
    assert_eq!(desk.local(Kind::Contact, 2), account);
    assert!(desk.plan(&district).is_empty());
}

/// A policy under which a record waits for the answer.
pub(crate) fn hold_record() -> String {
    Policy::SIS_LOCKDOWN.replace(
        "undecided = \"create_provisional\"",
        "undecided = \"hold_record\"",
    )
}

#[test]
fn a3_11_a_class_that_people_made_is_adopted_with_whom_they_put_in() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let class = desk.add(Kind::Section, &[("sis_id", "c9"), ("nickname", "Stars")]);
    let guest = desk.local(Kind::Student, 30);
    let seat = Member {
        person: guest,
        role: Role::Student,
        position: 0,
        source: false,
    };
    desk.members
        .insert(class, [((guest, Role::Student), seat)].into());
    let mut lesson = district.sections[&1].clone();
    lesson.students = [1, 2].into();
    district.sections.insert(9, lesson);
    let plan = desk.sync(&district);
    let expected = [("sections enrol", 1), ("sections link", 1)];
    assert_eq!(
        words(&plan),
        expected
            .map(|(word, count)| (word.to_owned(), count))
            .into()
    );
    assert_eq!(desk.local(Kind::Section, 9), class);
    assert_eq!(desk.thing(Kind::Section, 9).cells["nickname"].0, "Stars");
    assert_eq!(desk.members[&class].len(), 4);
    assert!(desk.plan(&district).is_empty());
}

//! Leaving and coming back: S10, S15, S16, S17, S19 and the rule of absence (integration-side B10).

use homeroom_change::Season;
use homeroom_model::{Grade, Kind, Role};
use homeroom_plan::{Gone, Op, Policy, Reach, Reason};

use crate::desk::{Desk, words};
use crate::district::{District, id};

#[test]
fn s10_gone_and_back_is_the_same_account() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let account = desk.local(Kind::Student, 9);
    let pupil = district.students.remove(&9).unwrap();
    let plan = desk.sync(&district);
    let action = plan
        .actions()
        .iter()
        .find(|action| action.op == Op::Deactivate)
        .unwrap();
    assert_eq!(action.reason, Reason::AbsentInFullRead);
    assert!(desk.thing(Kind::Student, 9).blocked);
    assert!(!desk.students_in(1).contains(&id(Kind::Student, 9)));
    district.students.insert(9, pupil);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["students reactivate"], 1);
    assert_eq!(desk.local(Kind::Student, 9), account);
    assert!(!desk.thing(Kind::Student, 9).blocked);
    assert!(desk.students_in(1).contains(&id(Kind::Student, 9)));
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s16_a_read_that_was_cut_off_removes_nobody() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    district.students.retain(|number, _| *number > 12);
    district.sections.remove(&3);
    district.students.insert(99, crate::district::pupil(99, 1));
    for reach in [Reach::nothing(), Reach::kinds([Kind::School])] {
        desk.reach = reach;
        let plan = desk.plan(&district);
        let words = words(&plan);
        assert!(
            !words.contains_key("students deactivate") && !words.contains_key("sections archive"),
            "{words:?}"
        );
        assert_eq!(words["students create"], 1);
        assert_eq!(plan.counts()[&Kind::Student].unjudged, 12);
    }
}

#[test]
fn a_read_of_one_school_judges_that_school_only() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    district
        .students
        .retain(|number, _| ![1, 21].contains(number));
    desk.reach = Reach::everything().within([id(Kind::School, 1)]);
    let words = words(&desk.plan(&district));
    assert_eq!(words["students deactivate"], 1);
}

#[test]
fn first_hand_evidence_counts_for_one_record() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    district
        .students
        .retain(|number, _| ![1, 2, 3].contains(number));
    desk.reach = Reach::nothing();
    let event = id(Kind::Course, 400);
    desk.gone = [
        (id(Kind::Student, 1), Gone::Deleted { event }),
        (id(Kind::Student, 2), Gone::NotFound),
    ]
    .into();
    let plan = desk.plan(&district);
    let leaving = plan
        .actions()
        .iter()
        .filter(|action| action.op == Op::Deactivate);
    let reasons: Vec<_> = leaving.map(|action| action.reason).collect();
    assert_eq!(reasons, [Reason::DeletedEvent, Reason::NotFound]);
}

#[test]
fn s17_a_term_vanishes_and_its_sections_stay() {
    let mut district = District::small();
    district.terms.insert(2, "Spring".to_owned());
    let mut desk = Desk::synced(&district);
    district.terms.remove(&1);
    for lesson in district.sections.values_mut() {
        lesson.term = None;
    }
    let plan = desk.sync(&district);
    let expected = [("sections update", 3), ("terms archive", 1)];
    assert_eq!(
        words(&plan),
        expected
            .map(|(word, count)| (word.to_owned(), count))
            .into()
    );
}

#[test]
fn s19_a_class_under_a_new_id_is_offered_what_the_old_one_had() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let old = desk.local(Kind::Section, 1);
    let mut lesson = district.sections.remove(&1).unwrap();
    lesson.students.remove(&1);
    lesson.students.remove(&2);
    district.sections.insert(51, lesson);
    let plan = desk.sync(&district);
    let offer = plan
        .actions()
        .iter()
        .find(|action| matches!(action.op, Op::Offer { .. }))
        .unwrap();
    assert_eq!(offer.op, Op::Offer { from: old });
    assert_eq!(offer.source, Some(id(Kind::Section, 51)));
    // Another teacher's class is another class.
    let mut desk = Desk::synced(&district);
    let mut other = district.sections.remove(&51).unwrap();
    other.teachers = vec![2];
    district.sections.insert(52, other);
    assert!(!words(&desk.sync(&district)).contains_key("sections carry_over_offer"));
}

#[test]
fn graduates_and_closed_schools_are_told_as_such() {
    let mut district = District::small();
    district.students.get_mut(&1).unwrap().grade = Some(Grade::Twelfth);
    let mut desk = Desk::synced(&district);
    district.students.remove(&1);
    district.schools.remove(&2);
    district.students.retain(|number, _| *number <= 20);
    desk.season = Season::Rollover;
    let plan = desk.plan(&district);
    let reason = |number: u16| {
        let source = Some(id(Kind::Student, number));
        let action = plan.actions().iter().find(|action| action.source == source);
        action.unwrap().reason
    };
    assert_eq!(
        (reason(1), reason(25)),
        (Reason::Graduated, Reason::SchoolUnshared)
    );
}

#[test]
fn what_leaving_means_is_the_policys_to_say() {
    let mut district = District::small();
    for (word, expected) in [
        ("queue_for_review", Some("students review")),
        ("keep", None),
    ] {
        let policy = Policy::SIS_LOCKDOWN.replace(
            "\nstudents = \"deactivate\"",
            &format!("\nstudents = \"{word}\""),
        );
        let mut desk = Desk::new(&policy);
        desk.sync(&District::small());
        district.students.remove(&1);
        let plan = desk.plan(&district);
        let words = words(&plan);
        assert!(!words.contains_key("students deactivate"));
        assert_eq!(
            words.keys().any(|word| word == "students review"),
            expected.is_some()
        );
        assert_eq!(
            plan.counts()[&Kind::Student].kept,
            u64::from(expected.is_none())
        );
    }
    let keeps = Policy::SIS_LOCKDOWN.replace("\nstaff = \"deactivate\"", "\nstaff = \"keep\"");
    assert!(
        Policy::read(&keeps).is_err(),
        "whoever sees pupils' data never stays by policy"
    );
}

#[test]
fn s08_a_role_that_goes_takes_its_powers_and_nothing_else() {
    let mut district = District::small();
    let adult = district.employees.get_mut(&1).unwrap();
    adult.staff = Some(("A1".to_owned(), [1, 2].into()));
    adult.admin = true;
    let mut desk = Desk::synced(&district);
    assert_eq!(
        desk.thing(Kind::Employee, 1).cells["roles"].0,
        "teacher\u{1f}staff\u{1f}district_admin"
    );
    district.employees.get_mut(&1).unwrap().staff = None;
    let plan = desk.sync(&district);
    let revoked: Vec<_> = plan
        .actions()
        .iter()
        .filter_map(|action| match action.op {
            Op::RevokeRole { role } => Some(role),
            _ => None,
        })
        .collect();
    assert_eq!(revoked, [Role::Staff]);
    assert!(!desk.thing(Kind::Employee, 1).blocked);
    assert!(desk.plan(&district).is_empty());
}

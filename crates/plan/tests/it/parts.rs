//! Parts of plans: what is picked brings along what it needs, and the order of picks does not matter.

use std::collections::BTreeSet;

use homeroom_model::Kind;
use homeroom_plan::{Consent, Guard, Op, Part, Plan, Policy};

use crate::desk::Desk;
use crate::district::{District, id, pupil};

fn named(plan: &Plan, numbers: &BTreeSet<usize>) -> Vec<String> {
    let lines: Vec<_> = plan
        .actions()
        .iter()
        .map(|action| {
            let source = action.source.unwrap();
            let bytes = source.bytes();
            format!(
                "{} {} {}",
                action.op.text(),
                action.kind,
                u16::from_be_bytes([bytes[10], bytes[11]])
            )
        })
        .collect();
    numbers
        .iter()
        .map(|number| lines[number - 1].clone())
        .collect()
}

/// Two schools; a class in each.
fn two() -> District {
    let mut district = District::small();
    district.schools.insert(2, "South".to_owned());
    district.students.insert(900, pupil(900, 2));
    let mut lesson = district.sections[&1].clone();
    lesson.school = 2;
    lesson.students = [900].into();
    district.sections.insert(900, lesson);
    district
}

#[test]
fn s32_a_picked_class_brings_its_school_term_course_and_people() {
    let district = two();
    let desk = Desk::new(Policy::SIS_LOCKDOWN);
    let plan = desk.plan(&district);
    let part = desk.part(&district, &plan, &Part::Section(id(Kind::Section, 900)));
    let teachers = &district.sections[&900].teachers;
    let picked = named(&plan, &part);
    for wanted in [
        "create schools 2",
        "create students 900",
        "create sections 900",
        "enrol sections 900",
    ] {
        assert!(
            picked.contains(&wanted.to_owned()),
            "{wanted} is not in {picked:?}"
        );
    }
    for teacher in teachers {
        assert!(
            picked.contains(&format!("create employees {teacher}")),
            "{picked:?}"
        );
    }
    assert!(
        !picked.contains(&"create students 1".to_owned()),
        "{picked:?}"
    );
    assert!(
        !picked.contains(&"enrol sections 1".to_owned()),
        "{picked:?}"
    );
}

#[test]
fn s32_picks_can_be_united_in_any_order_and_none_is_lost() {
    let district = two();
    let mut one = Desk::new(Policy::SIS_LOCKDOWN);
    let mut other = Desk::new(Policy::SIS_LOCKDOWN);
    let parts = [
        Part::Section(id(Kind::Section, 900)),
        Part::Record(Kind::Student, id(Kind::Student, 1)),
        Part::School(id(Kind::School, 1)),
        Part::Kind(Kind::Term),
    ];
    for part in parts {
        one.sync_part(&district, &part);
    }
    for part in parts.into_iter().rev() {
        other.sync_part(&district, &part);
    }
    assert_eq!(one.shown(), other.shown());
    one.sync(&district);
    let mut whole = Desk::new(Policy::SIS_LOCKDOWN);
    whole.sync(&district);
    assert_eq!(one.shown(), whole.shown());
    assert!(one.plan(&district).is_empty());
}

#[test]
fn a_change_of_id_comes_before_what_is_done_under_it() {
    let mut district = two();
    let mut desk = Desk::synced(&district);
    let mut pupil = district.students.remove(&900).unwrap();
    pupil.name = "Else".to_owned();
    district.students.insert(901, pupil);
    district.sections.get_mut(&900).unwrap().students = [901].into();
    let plan = desk.plan(&district);
    let part = desk.part(&district, &plan, &Part::Section(id(Kind::Section, 900)));
    assert!(
        named(&plan, &part).contains(&"rekey students 901".to_owned()),
        "{:?}",
        named(&plan, &part)
    );
    desk.sync(&district);
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn what_takes_something_waits_and_the_rest_goes_on_where_the_policy_says_so() {
    let policy = Policy::SIS_LOCKDOWN.replace("hold = \"all\"", "hold = \"destructive_only\"");
    let mut district = District::small();
    for number in 100..200 {
        district.students.insert(number, pupil(number, 1));
        district
            .sections
            .get_mut(&1)
            .unwrap()
            .students
            .insert(number);
    }
    let mut desk = Desk::new(&policy);
    desk.sync(&district);
    // Forty leave, one comes into the class of those who leave, one has another name.
    for number in 100..140 {
        district.students.remove(&number);
        district
            .sections
            .get_mut(&1)
            .unwrap()
            .students
            .remove(&number);
    }
    district.students.insert(300, pupil(300, 1));
    district.sections.get_mut(&1).unwrap().students.insert(300);
    district.students.get_mut(&150).unwrap().name = "Renamed".to_owned();
    let plan = desk.sync_unapproved(&district);
    assert!(!plan.is_held());
    assert!(
        plan.verdicts()
            .iter()
            .any(|verdict| verdict.guard == Guard::Removals)
    );
    let students = desk.students_in(1);
    assert!(students.contains(&id(Kind::Student, 300)));
    assert!(
        students.contains(&id(Kind::Student, 100)),
        "nobody was taken out"
    );
    assert!(
        desk.thing(Kind::Student, 150)
            .cells
            .values()
            .any(|(value, _)| value == "Renamed")
    );
    // What was held is still there to be approved, whatever digests were noted meanwhile.
    let left = desk.plan(&district);
    let leaving = left
        .actions()
        .iter()
        .filter(|action| matches!(action.op, Op::Deactivate));
    assert_eq!(leaving.count(), 40);
    assert!(
        left.actions()
            .iter()
            .any(|action| matches!(&action.op, Op::Unenrol { members } if members.len() == 40))
    );
    desk.sync(&district);
    assert_eq!(
        desk.students_in(1).len(),
        district.sections[&1].students.len()
    );
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn a_first_sync_waits_as_a_whole_and_what_is_harmless_of_it_can_be_approved() {
    let policy = Policy::SIS_LOCKDOWN.replace("hold = \"all\"", "hold = \"destructive_only\"");
    let desk = Desk::new(&policy);
    let district = District::small();
    let plan = desk.plan(&district);
    assert!(plan.is_held());
    assert!((1..=plan.actions().len()).all(|number| !Consent::Unasked.covers(&plan, number)));
    let harmless = desk.part(&district, &plan, &Part::Harmless);
    assert_eq!(harmless, (1..=plan.actions().len()).collect());
    let some = Consent::Only([2].into());
    assert!(some.covers(&plan, 2) && !some.covers(&plan, 1));
}

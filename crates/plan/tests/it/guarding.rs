//! What holds a plan: S12, S13, S14 and the table of limits (integration-side B9).

use homeroom_change::Season;
use homeroom_model::Kind;
use homeroom_plan::{Bound, Guard, Moves, PatternKind, Policy};

use crate::desk::{Desk, words};
use crate::district::{District, id, pupil, teacher};

/// 300 students in three schools.
fn large() -> District {
    let mut district = District::small();
    district.schools.insert(3, "East".into());
    district.students = (1..=300)
        .map(|number| (number, pupil(number, 1 + number % 3)))
        .collect();
    district.sections.get_mut(&1).unwrap().students = (1..=28).collect();
    district.sections.get_mut(&2).unwrap().students = (29..=32).collect();
    district.sections.get_mut(&3).unwrap().students = (40..=70).collect();
    district
}

fn guards(plan: &homeroom_plan::Plan) -> Vec<Guard> {
    plan.verdicts()
        .iter()
        .map(|verdict| verdict.guard)
        .collect()
}

#[test]
fn s12_a_school_that_slips_out_of_the_share_is_held_and_named() {
    let mut district = large();
    let mut desk = Desk::synced(&district);
    let shared = district.clone();
    district.schools.remove(&2);
    district.students.retain(|number, _| 1 + number % 3 != 2);
    let plan = desk.sync_unapproved(&district);
    assert!(plan.is_held());
    assert_eq!(guards(&plan)[0], Guard::Removals);
    let pattern = &plan.patterns()[0];
    assert_eq!(
        (pattern.pattern, pattern.school, pattern.records),
        (PatternKind::SchoolUnshared, Some(id(Kind::School, 2)), 100)
    );
    assert!(!desk.thing(Kind::Student, 1).blocked, "nobody loses access");
    // Shared again the next day: nothing to do, and nothing held.
    let plan = desk.plan(&shared);
    assert!(plan.is_empty() && !plan.is_held());
}

#[test]
fn s13_what_is_approved_is_that_plan() {
    let mut district = large();
    let desk = Desk::synced(&district);
    district.students.retain(|number, _| *number > 60);
    let (seen, again) = (desk.plan(&district), desk.plan(&district));
    assert!(seen.is_held());
    assert_eq!(seen.digest(), again.digest());
    district.students.remove(&100);
    assert_ne!(seen.digest(), desk.plan(&district).digest());
}

#[test]
fn s14_one_shrunken_roster_waits_and_the_rest_goes_on() {
    let mut district = large();
    let mut desk = Desk::synced(&district);
    district.sections.get_mut(&1).unwrap().students = (1..=9).collect();
    // Four of whom three leave are too few to ask about.
    district.sections.get_mut(&2).unwrap().students = [29].into();
    district.students.get_mut(&50).unwrap().name = "Renamed".to_owned();
    let plan = desk.sync_unapproved(&district);
    assert!(!plan.is_held());
    assert_eq!(guards(&plan), [Guard::RosterShrink]);
    assert_eq!(desk.students_in(1).len(), 28, "held");
    assert_eq!(desk.students_in(2).len(), 1);
    assert_eq!(
        desk.thing(Kind::Student, 50).cells["last_name"].0,
        "Renamed"
    );
    // It is asked again until somebody decides or the roster is whole again.
    assert_eq!(guards(&desk.plan(&district)), [Guard::RosterShrink]);
    district.sections.get_mut(&1).unwrap().students = (1..=28).collect();
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s18_another_class_under_the_same_id_is_held_outside_the_window_only() {
    let mut district = large();
    let mut desk = Desk::synced(&district);
    district.sections.get_mut(&1).unwrap().students = (101..=125).collect();
    assert_eq!(guards(&desk.plan(&district)), [Guard::RosterReplaced]);
    desk.season = Season::Rollover;
    let plan = desk.sync_unapproved(&district);
    assert!(guards(&plan).is_empty());
    assert_eq!(desk.students_in(1).len(), 25);
}

/// Whoever comes does not make up for whoever leaves: between a class that shrinks and one that is another there is no gap.
#[test]
fn s14_a_class_that_most_leave_is_held_however_many_come() {
    let bound = Bound {
        percent: 50,
        floor: 5,
    };
    for (left, came, tripped) in [
        (7, 0, None),
        (7, 5, None),
        (8, 0, Some(Guard::RosterShrink)),
        (12, 4, Some(Guard::RosterShrink)),
        (12, 5, Some(Guard::RosterReplaced)),
        (10, 4, Some(Guard::RosterReplaced)),
        (14, 14, Some(Guard::RosterReplaced)),
    ] {
        assert_eq!(
            bound.of_roster(Moves { left, came }, 14),
            tripped,
            "{left} {came}"
        );
    }
    assert_eq!(bound.of_roster(Moves { left: 4, came: 0 }, 4), None);
}

#[test]
fn small_batches_add_up() {
    let mut district = large();
    let mut desk = Desk::synced(&district);
    district.students.retain(|number, _| *number <= 280);
    assert!(guards(&desk.plan(&district)).is_empty());
    desk.recent.removed.insert(Kind::Student, 25);
    let plan = desk.plan(&district);
    assert_eq!(guards(&plan), [Guard::Removals]);
}

#[test]
fn what_was_done_earlier_today_holds_nothing_by_itself() {
    let district = large();
    let mut desk = Desk::synced(&district);
    for earlier in [
        &mut desk.recent.removed,
        &mut desk.recent.updated,
        &mut desk.recent.created,
    ] {
        earlier.insert(Kind::Student, 300);
    }
    let plan = desk.plan(&district);
    assert!(plan.is_empty() && !plan.is_held());
    assert_eq!(guards(&plan), []);
    // Nor does what is done to something else; one more of the same is one too many.
    let mut other = district.clone();
    other.sections.get_mut(&1).unwrap().name.push('x');
    let plan = desk.plan(&other);
    assert!(!plan.is_empty() && !plan.is_held());
    let mut one_more = district;
    one_more.students.pop_last();
    assert_eq!(guards(&desk.plan(&one_more)), [Guard::Removals]);
}

#[test]
fn each_limit_holds_just_above_itself() {
    let within = |change: &dyn Fn(&mut District)| {
        let mut district = large();
        let desk = Desk::synced(&district);
        change(&mut district);
        guards(&desk.plan(&district))
    };
    let leave = |count: u16| {
        within(&|district| district.students.retain(|number, _| *number <= 300 - count))
    };
    assert_eq!(leave(30), []);
    assert_eq!(leave(31), [Guard::Removals]);
    let rename = |count: u16| {
        within(&|district| {
            for (_, pupil) in district.students.iter_mut().take(count.into()) {
                pupil.name.push('x');
            }
        })
    };
    assert_eq!((rename(225), rename(226)), (vec![], vec![Guard::Updates]));
    let come = |count: u16| {
        within(&|district| {
            let new = (1000..1000 + count).map(|number| (number, pupil(number, 1)));
            district.students.extend(new);
        })
    };
    assert_eq!((come(150), come(151)), (vec![], vec![Guard::Creations]));
    let emails = |count: u16| {
        within(&|district| {
            for (number, pupil) in district.students.iter_mut().take(count.into()) {
                pupil.email = format!("new{number}@x.org");
            }
        })
    };
    assert_eq!((emails(60), emails(61)), (vec![], vec![Guard::Logins]));
    let one_school = |count: usize| {
        within(&|district| {
            let leaving = district
                .students
                .keys()
                .filter(|number| **number > 100 && *number % 3 == 1)
                .take(count);
            for number in leaving.copied().collect::<Vec<_>>() {
                district.students.remove(&number);
            }
        })
    };
    assert_eq!(
        (one_school(30), one_school(31)),
        (vec![], vec![Guard::Removals, Guard::SchoolRemovals])
    );
    let promote = |count: u16| {
        within(&|district| {
            for number in 100..100 + count {
                let mut adult = teacher(number, 1);
                adult.staff = adult.teacher.take();
                district.employees.insert(number, adult);
            }
        })
    };
    assert_eq!((promote(3), promote(4)), (vec![], vec![Guard::RoleGrants]));
    let nothing = within(&|district| {
        district.sections.clear();
    });
    assert_eq!(nothing, [Guard::TypeVanished]);
}

#[test]
fn a_policy_may_let_the_harmless_part_go_on() {
    let policy = Policy::SIS_LOCKDOWN.replace("hold = \"all\"", "hold = \"destructive_only\"");
    let mut district = large();
    let mut desk = Desk::new(&policy);
    desk.sync(&district);
    district.students.retain(|number, _| *number > 60);
    district.students.insert(900, pupil(900, 1));
    let plan = desk.sync_unapproved(&district);
    assert!(!plan.is_held());
    assert!(!desk.thing(Kind::Student, 10).blocked);
    assert!(
        desk.links
            .contains_key(&(Kind::Student, id(Kind::Student, 900)))
    );
}

#[test]
fn a_field_that_is_no_longer_shared_is_one_notice() {
    let mut district = large();
    let desk = Desk::synced(&district);
    for pupil in district.students.values_mut() {
        pupil.email.clear();
    }
    let plan = desk.plan(&district);
    assert!(
        plan.is_empty() && !plan.is_held(),
        "what is known of it stays"
    );
    let pattern = &plan.patterns()[0];
    assert_eq!(
        (pattern.pattern, pattern.field),
        (PatternKind::FieldUnshared, Some("email"))
    );
    assert!(plan.stopped()[0].kept);
}

#[test]
fn most_classes_exchanged_is_a_rollover() {
    let mut district = large();
    let lesson = district.sections[&1].clone();
    district.sections = (1..=40).map(|number| (number, lesson.clone())).collect();
    let mut desk = Desk::synced(&district);
    district.sections = (101..=140).map(|number| (number, lesson.clone())).collect();
    district.sections.insert(1, lesson);
    let plan = desk.plan(&district);
    assert!(plan.is_held());
    assert_eq!(plan.patterns()[0].pattern, PatternKind::TermRollover);
    desk.season = Season::Rollover;
    let plan = desk.plan(&district);
    assert!(!plan.is_held(), "{:?}", plan.verdicts());
    assert_eq!(plan.patterns()[0].pattern, PatternKind::YearRollover);
    assert!(words(&plan).contains_key("sections carry_over_offer"));
}

#[test]
fn power_by_a_rung_below_the_numbers_waits_for_somebody() {
    let policy = Policy::SIS_LOCKDOWN.replace("email = \"suggest\"", "email = \"auto\"");
    let mut district = District::small();
    let mut desk = Desk::new(&policy);
    desk.sync(&district);
    desk.add(
        Kind::Employee,
        &[("staff_email", "t9@x.org"), ("roles", "teacher")],
    );
    let mut principal = teacher(9, 1);
    principal.staff = principal.teacher.take();
    district.employees.insert(9, principal);
    let plan = desk.sync_unapproved(&district);
    assert_eq!(guards(&plan), [Guard::RoleGrants]);
    assert!(
        !desk
            .links
            .contains_key(&(Kind::Employee, id(Kind::Employee, 9)))
    );
    desk.sync(&district);
    assert!(
        desk.links
            .contains_key(&(Kind::Employee, id(Kind::Employee, 9)))
    );
}

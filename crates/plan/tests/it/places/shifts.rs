//! Whatever happens to places, every policy comes to rest.

use homeroom_model::{Grade, Kind};
use homeroom_plan::Policy;
use proptest::prelude::*;

use super::with;
use crate::desk::Desk;
use crate::district::{District, id};

/// Something that happens to places.
#[derive(Clone, Debug)]
enum Shift {
    Usual(crate::histories::Event),
    /// A section moves to the other school.
    Section(u16),
    /// A section gets a course, or none.
    Course(u16, Option<u16>),
    Grade(u16),
    /// A teacher begins or ends to belong to the second school.
    Teacher(u16, bool),
    Seat(u16, u16),
}

fn shift() -> impl Strategy<Value = Shift> {
    let (section, adult) = (1..6u16, 1..5u16);
    prop_oneof![
        4 => crate::histories::event().prop_map(Shift::Usual),
        1 => section.clone().prop_map(Shift::Section),
        1 => (section.clone(), prop::option::of(1..3u16)).prop_map(|(section, course)| Shift::Course(section, course)),
        1 => (1..40u16).prop_map(Shift::Grade),
        1 => (adult, any::<bool>()).prop_map(|(adult, both)| Shift::Teacher(adult, both)),
        2 => (section, 1..40u16).prop_map(|(section, student)| Shift::Seat(section, student)),
    ]
}

fn move_places(district: &mut District, ids: &mut crate::histories::Ids, shift: &Shift) {
    match shift {
        Shift::Usual(event) => crate::histories::happen(district, ids, event),
        Shift::Section(section) => {
            if let Some(lesson) = district.sections.get_mut(section) {
                lesson.school = 3 - lesson.school;
            }
        }
        Shift::Course(section, course) => {
            if let Some(lesson) = district.sections.get_mut(section) {
                lesson.course = *course;
            }
        }
        Shift::Grade(student) => {
            if let Some(pupil) = district.students.get_mut(student) {
                pupil.grade = Some(Grade::Tenth);
            }
        }
        Shift::Teacher(adult, both) => {
            let job = district
                .employees
                .get_mut(adult)
                .and_then(|adult| adult.teacher.as_mut());
            if let Some((_, schools)) = job {
                *schools = if *both { [1, 2].into() } else { [2].into() };
            }
        }
        Shift::Seat(section, student) => {
            if let Some(lesson) = district.sections.get_mut(section) {
                lesson.students.insert(*student);
            }
        }
    }
}

fn policies() -> Vec<String> {
    let mut policies = vec![
        with("courses", "per_school = true"),
        with("many_roles", "account_per_role = true"),
        with("many_classes", "students = \"generated_class\""),
    ];
    for choice in ["profile_per_section", "default_first", "default_last"] {
        for role in ["students", "teachers"] {
            policies.push(with("many_classes", &format!("{role} = \"{choice}\"")));
        }
    }
    for choice in ["profile_per_school", "primary_only"] {
        for role in ["students", "teachers"] {
            policies.push(with("many_schools", &format!("{role} = \"{choice}\"")));
        }
    }
    let both = with("many_classes", "students = \"default_first\"");
    policies.push(both.replace("per_school = false", "per_school = true"));
    policies
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Under every policy, and from any to any other, a plan leaves nothing to do; who may be in one class is in one, if the source
    /// lists them in any; profiles are those of who and what is there.
    #[test]
    fn every_policy_comes_to_rest(
        days in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(shift(), 0..10)), 1..6),
    ) {
        let policies = policies();
        let mut district = District::small();
        let mut desk = Desk::synced(&district);
        let mut ids = crate::histories::Ids::new();
        for (policy, shifts) in &days {
            let policy = policy.get(&policies);
            desk.policy = Policy::read(policy).unwrap();
            for shift in shifts {
                move_places(&mut district, &mut ids, shift);
            }
            desk.sync(&district);
            let again = desk.plan(&district);
            prop_assert_eq!(again.actions().len(), 0, "{:?}", again.lines(false).collect::<Vec<_>>());
            if policy.contains("students = \"default_") {
                for number in district.students.keys() {
                    let listed = district.sections.values().filter(|lesson| lesson.students.contains(number)).count();
                    let seated = district.sections.keys().filter(|section| desk.students_in(**section).contains(&id(Kind::Student, *number))).count();
                    prop_assert_eq!(seated, listed.min(1), "student {}", number);
                }
            }
        }
    }
}

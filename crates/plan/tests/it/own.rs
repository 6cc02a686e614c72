//! What is the app's own beside the source: islands, courses, notices; and the change of the school year (integration-side A5.8,
//! A6.2, A6.4b, A6.6, A6.8, A6.10, A6.12, S20, S26, S34).

use std::collections::BTreeMap;

use homeroom_change::Season;
use homeroom_model::{Grade, Kind, ObjectId};
use homeroom_plan::{Decision, Op, Origin, Policy, Reason, Rollover};

use crate::desk::{Desk, words};
use crate::district::{District, Guardian, id, pupil};

fn with(from: &str, to: &str) -> String {
    assert!(Policy::SIS_LOCKDOWN.contains(from), "{from}");
    Policy::SIS_LOCKDOWN.replacen(from, to, 1)
}

fn year(desk: &Desk, number: u16) -> (String, Origin) {
    desk.thing(Kind::Student, number).cells["graduation_year"].clone()
}

fn set(desk: &mut Desk, number: u16, field: &str, value: &str) {
    let local = desk.local(Kind::Student, number);
    let thing = desk.things.get_mut(&(Kind::Student, local)).unwrap();
    thing
        .cells
        .insert(field.to_owned(), (value.to_owned(), Origin::User));
}

#[test]
fn s34_a_year_of_graduation_is_worked_out_once() {
    let mut district = District::small();
    let mut desk = Desk::new(Policy::SIS_LOCKDOWN);
    desk.school_year = Some(2027);
    desk.sync(&district);
    assert_eq!(year(&desk, 1), ("2030".to_owned(), Origin::Derived));
    // An admin knows better, and the next grade changes nothing of that.
    set(&mut desk, 1, "graduation_year", "2031");
    desk.school_year = Some(2028);
    district.students.get_mut(&1).unwrap().grade = Some(Grade::Tenth);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), [("students update".to_owned(), 1)].into());
    assert_eq!(year(&desk, 1), ("2031".to_owned(), Origin::User));
    // Nor does the source, which is shown beside it.
    district.students.get_mut(&1).unwrap().graduation_year = "2030".to_owned();
    let plan = desk.sync(&district);
    let lines: Vec<_> = plan.lines(true).collect();
    let source = id(Kind::Student, 1).to_hex();
    assert_eq!(
        lines,
        [format!(
            "~ students {source} island graduation_year: \"\" -> \"2030\" [island]"
        )]
    );
    assert_eq!(year(&desk, 1).0, "2031");
    assert_eq!(desk.plan(&district).actions().len(), 0);
}

#[test]
fn a_year_that_the_source_says_is_taken() {
    let mut district = District::small();
    district.students.get_mut(&1).unwrap().graduation_year = "2033".to_owned();
    let mut desk = Desk::new(Policy::SIS_LOCKDOWN);
    desk.school_year = Some(2027);
    desk.sync(&district);
    assert_eq!(year(&desk, 1), ("2033".to_owned(), Origin::Source));
    district.students.get_mut(&1).unwrap().graduation_year = "2034".to_owned();
    desk.sync(&district);
    assert_eq!(year(&desk, 1).0, "2033", "an island from the beginning");
}

#[test]
fn what_cannot_be_worked_out_is_told() {
    let mut district = District::small();
    let grades = [
        (1, Some(Grade::Ungraded), Some("cannot_infer")),
        (2, None, Some("cannot_infer")),
        (3, Some(Grade::PreKindergarten), Some("inferred_early")),
        (4, Some(Grade::Twelfth), None),
    ];
    for (number, grade, _) in grades {
        district.students.get_mut(&number).unwrap().grade = grade;
    }
    let mut desk = Desk::new(Policy::SIS_LOCKDOWN);
    desk.school_year = Some(2027);
    let plan = desk.sync(&district);
    let found: BTreeMap<ObjectId, &str> = plan
        .findings()
        .iter()
        .map(|finding| (finding.source, finding.code))
        .collect();
    for (number, _, code) in grades {
        assert_eq!(
            found.get(&id(Kind::Student, number)).copied(),
            code,
            "{number}"
        );
    }
    assert_eq!(year(&desk, 1).0, "");
    assert_eq!(year(&desk, 3).0, "2040");
    // Switched off, nothing is worked out and nothing told.
    let off = with("graduation_year = true", "graduation_year = false");
    let mut desk = Desk::new(&off);
    desk.school_year = Some(2027);
    assert!(desk.sync(&district).findings().is_empty());
    assert_eq!(year(&desk, 4).0, "");
}

#[test]
fn s20_courses_of_people_survive_and_the_sources_are_offered_beside_them() {
    for rejected in [false, true] {
        let mut district = District::small();
        let courses = std::mem::take(&mut district.courses);
        let mut desk = Desk::synced(&district);
        let math = desk.add(Kind::Course, &[("name", "Math 6")]);
        for section in [1, 2, 3] {
            desk.own_courses
                .insert(desk.local(Kind::Section, section), math);
        }
        for night in 0..3 {
            district.sections.get_mut(&1).unwrap().name = format!("Night {night}");
            desk.sync(&district);
            assert_eq!(desk.own_courses.len(), 3);
        }
        // The source begins to send courses for two of them.
        district.courses = courses;
        district.sections.get_mut(&3).unwrap().course = None;
        let plan = desk.sync(&district);
        let expected = [("courses create", 2), ("courses carry_over_offer", 2)];
        assert_eq!(
            words(&plan),
            expected
                .map(|(word, count)| (word.to_owned(), count))
                .into()
        );
        assert_eq!(desk.own_courses.len(), 3, "nothing is swapped silently");
        assert_eq!(
            desk.plan(&district).actions().len(),
            0,
            "and nobody is asked twice"
        );
        let algebra = id(Kind::Course, 1);
        if rejected {
            desk.answer(algebra, Decision::Rejected);
            assert_eq!(desk.plan(&district).actions().len(), 0);
            continue;
        }
        desk.answer(algebra, Decision::Accepted);
        let plan = desk.sync(&district);
        assert_eq!(plan.actions()[0].reason, Reason::Accepted);
        let first = desk.local(Kind::Section, 1);
        assert!(!desk.own_courses.contains_key(&first));
        assert_eq!(
            desk.thing(Kind::Section, 1).cells["course"].0,
            algebra.to_hex()
        );
        assert_eq!(desk.own_courses.len(), 2);
        assert_eq!(desk.plan(&district).actions().len(), 0);
        // What belongs to no course of the source stays as people made it, whatever else changes.
        district.sections.get_mut(&2).unwrap().name = "English".to_owned();
        desk.sync(&district);
        assert_eq!(desk.own_courses.len(), 2);
        assert_eq!(desk.plan(&district).actions().len(), 0);
    }
}

#[test]
fn s26_people_without_a_class() {
    let mut district = District::small();
    for number in 31..=35 {
        district.students.insert(number, pupil(number, 1));
    }
    for (word, accounts, told) in [
        ("allow", 35, 0),
        ("create_with_notice", 35, 5),
        ("skip", 30, 0),
    ] {
        let mut district = district.clone();
        let policy = with("students = \"allow\"", &format!("students = \"{word}\""));
        let mut desk = Desk::new(&policy);
        desk.sync(&district);
        let count = |desk: &Desk| {
            let students = desk.links.keys().filter(|(kind, _)| *kind == Kind::Student);
            students.count()
        };
        assert_eq!((count(&desk), desk.told.len()), (accounts, told), "{word}");
        assert!(desk.plan(&district).is_empty(), "{word}");
        district.sections.get_mut(&1).unwrap().students.insert(31);
        let plan = desk.sync(&district);
        assert_eq!(desk.told.len(), told.saturating_sub(1), "{word}");
        assert_eq!(
            words(&plan).get("students notice").copied(),
            (told > 0).then_some(1)
        );
        assert!(
            desk.students_in(1).contains(&id(Kind::Student, 31)),
            "{word}"
        );
        assert_eq!(count(&desk), if word == "skip" { 31 } else { 35 });
        // Who leaves is told nothing any more.
        district.students.remove(&32);
        desk.sync(&district);
        assert_eq!(desk.told.len(), told.saturating_sub(2), "{word}");
        assert!(desk.plan(&district).is_empty(), "{word}");
    }
}

#[test]
fn many_contacts_and_emergency_ones_are_told() {
    let policy = Policy::SIS_LOCKDOWN
        .replace("# contacts = ", "contacts = ")
        .replace("# contact_links = ", "contact_links = ");
    let mut district = District::small();
    for number in 1..=5 {
        let guardian = Guardian {
            sis_id: format!("g{number}"),
            name: format!("Guardian {number}"),
            pupils: [1, 2].into(),
            ..Guardian::default()
        };
        district.contacts.insert(number, guardian);
    }
    let mut desk = Desk::new(&policy);
    let codes = |desk: &Desk, district: &District| {
        let plan = desk.plan(district);
        let codes = plan
            .findings()
            .iter()
            .map(|finding| (finding.source, finding.code));
        codes.collect::<Vec<_>>()
    };
    assert_eq!(codes(&desk, &district), []);
    let sixth = Guardian {
        sis_id: "g6".to_owned(),
        name: "Guardian 6".to_owned(),
        pupils: [1].into(),
        ..Guardian::default()
    };
    district.contacts.insert(6, sixth);
    assert_eq!(
        codes(&desk, &district),
        [(id(Kind::Student, 1), "many_contacts")]
    );
    desk.sync(&district);
    desk.policy = Policy::read(&policy.replace("many = 6", "many = 0")).unwrap();
    assert_eq!(codes(&desk, &district), []);
}

#[test]
fn leaving_is_policy_per_role() {
    let leaving = |line: &str, gone: &dyn Fn(&mut District)| {
        let (key, _) = line.split_once(" = ").unwrap();
        let policy = with(&format!("{key} = \"deactivate\""), line);
        let mut district = District::small();
        let adult = |number: u16, roles: &str| {
            let mut adult = crate::district::teacher(number, 1);
            if roles == "staff" {
                adult.staff = adult.teacher.take();
            }
            if roles == "admin" {
                adult.teacher = None;
                adult.admin = true;
            }
            adult
        };
        district.employees.insert(8, adult(8, "staff"));
        district.employees.insert(9, adult(9, "admin"));
        let mut desk = Desk::new(&policy);
        desk.sync(&district);
        gone(&mut district);
        let plan = desk.sync(&district);
        words(&plan)
            .into_keys()
            .filter(|word| !word.starts_with("sections"))
            .collect::<Vec<_>>()
    };
    let student: &dyn Fn(&mut District) = &|district| drop(district.students.remove(&30));
    let teacher: &dyn Fn(&mut District) = &|district| drop(district.employees.remove(&3));
    let staff: &dyn Fn(&mut District) = &|district| drop(district.employees.remove(&8));
    let admin: &dyn Fn(&mut District) = &|district| drop(district.employees.remove(&9));
    for (role, kind, gone) in [
        ("students", "students", student),
        ("teachers", "employees", teacher),
        ("staff", "employees", staff),
        ("district_admins", "employees", admin),
    ] {
        let went = |verdict: &str| leaving(&format!("{role} = \"{verdict}\""), gone);
        assert_eq!(went("deactivate"), [format!("{kind} deactivate")]);
        assert_eq!(went("queue_for_review"), [format!("{kind} review")]);
        let keeps = format!("{role} = \"keep\"");
        if matches!(role, "staff" | "district_admins") {
            let kept = Policy::read(&with(&format!("{role} = \"deactivate\""), &keeps));
            assert!(kept.is_err(), "{role}");
        } else {
            assert_eq!(went("keep"), Vec::<String>::new(), "{role}");
        }
    }
}

#[test]
fn a_rollover_opens_with_its_summary() {
    let mut district = District::small();
    for number in 21..=24 {
        district.students.get_mut(&number).unwrap().grade = Some(Grade::Twelfth);
    }
    let leaver = district.students.get_mut(&25).unwrap();
    leaver.grade = Some(Grade::Ungraded);
    leaver.graduation_year = "2027".to_owned();
    let mut desk = Desk::new(Policy::SIS_LOCKDOWN);
    desk.school_year = Some(2027);
    desk.sync(&district);
    assert_eq!(desk.plan(&district).rollover(), None);
    desk.season = Season::Rollover;
    assert_eq!(desk.plan(&district).rollover(), None, "nothing changes");
    for number in 21..=26 {
        district.students.remove(&number);
    }
    district.students.insert(40, pupil(40, 1));
    let old = std::mem::take(&mut district.sections);
    for (number, mut lesson) in old {
        lesson.students.retain(|pupil| *pupil < 21);
        lesson.students.insert(40);
        lesson.term = Some(2);
        district.sections.insert(number + 10, lesson);
    }
    district.terms = [(2, "Fall".to_owned())].into();
    let plan = desk.plan(&district);
    let expected = Rollover {
        school_year: Some(2027),
        classes_ended: 3,
        classes_begun: 3,
        carried_over: 2,
        enrolments: (0, 29),
        terms: (1, 1),
        graduates: 5,
        leavers: 1,
        newcomers: 1,
        returning: 24,
    };
    assert_eq!(plan.rollover(), Some(&expected));
    assert!(
        plan.summary()
            .to_string()
            .starts_with("rollover, school year 2026-27: classes end 3 begin 3"),
        "{}",
        plan.summary()
    );
    let graduates = plan
        .actions()
        .iter()
        .filter(|action| action.reason == Reason::Graduated);
    assert!(graduates.clone().all(|action| action.op == Op::Deactivate));
    assert_eq!(graduates.count(), 5);
}

#[test]
fn a_contact_lives_while_one_of_their_students_does() {
    let policy = Policy::SIS_LOCKDOWN
        .replace("# contacts = ", "contacts = ")
        .replace("# contact_links = ", "contact_links = ");
    let mut district = District::small();
    let guardian = Guardian {
        sis_id: "g1".to_owned(),
        name: "Guardian 1".to_owned(),
        pupils: [1, 30].into(),
        ..Guardian::default()
    };
    district.contacts.insert(1, guardian);
    let mut desk = Desk::new(&policy);
    desk.sync(&district);
    let present = |desk: &Desk| desk.links[&(Kind::Contact, id(Kind::Contact, 1))].is_present();
    let one = district.students.remove(&1).unwrap();
    desk.sync(&district);
    assert!(present(&desk));
    district.students.remove(&30);
    let plan = desk.sync(&district);
    let left = plan
        .actions()
        .iter()
        .find(|action| action.kind == Kind::Contact);
    assert_eq!(left.unwrap().reason, Reason::OwnerGone);
    assert!(!present(&desk));
    assert!(desk.plan(&district).is_empty());
    district.students.insert(1, one);
    desk.sync(&district);
    assert!(present(&desk));
    assert!(desk.plan(&district).is_empty());
}

//! Many classes, schools and roles, and courses per school (integration-side A3.7, A3.9, A6.1, A6.3, A6.8).

mod shifts;

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Grade, Kind, ObjectId, Role};
use homeroom_plan::{LocalGround, Op, Plan, Policy, Reason, is_made};

use crate::desk::{Desk, words};
use crate::district::{District, id};

/// The preset with one line of a table changed.
fn with(table: &str, line: &str) -> String {
    let (key, _) = line.split_once(" = ").unwrap();
    let start = Policy::SIS_LOCKDOWN.find(&format!("[{table}]\n")).unwrap();
    let (before, after) = Policy::SIS_LOCKDOWN.split_at(start);
    let place = after.find(&format!("\n{key} = ")).unwrap() + 1;
    let end = place + after[place..].find('\n').unwrap();
    format!("{before}{}{line}{}", &after[..place], &after[end..])
}

/// A desk under a policy that a district was synced to twice, the second time for nothing.
fn synced(policy: &str, district: &District) -> Desk {
    let mut desk = Desk::new(policy);
    desk.sync(district);
    quiet(&desk, district);
    desk
}

fn quiet(desk: &Desk, district: &District) {
    let plan = desk.plan(district);
    assert_eq!(
        plan.actions().len(),
        0,
        "{:?}",
        plan.lines(false).collect::<Vec<_>>()
    );
}

fn counted(plan: &Plan, expected: &[(&str, usize)]) {
    let expected: BTreeMap<_, _> = expected
        .iter()
        .map(|(word, count)| ((*word).to_owned(), *count))
        .collect();
    assert_eq!(words(plan), expected);
}

/// The copies that go on, with what they are called and for which classes they stand.
fn copies(desk: &Desk) -> BTreeMap<ObjectId, String> {
    let links = desk.links.values();
    let made = links.filter(|link| is_made(&link.source) && link.is_present());
    made.filter_map(|link| {
        let thing = desk.things.get(&(Kind::Course, link.local))?;
        Some((link.source, thing.cells["name"].0.clone()))
    })
    .collect()
}

fn course_of(desk: &Desk, section: u16) -> ObjectId {
    let course = &desk.thing(Kind::Section, section).cells["course"].0;
    ObjectId::from_hex(course).unwrap()
}

#[test]
fn schools_have_courses_of_their_own() {
    let mut district = District::small();
    let mut desk = synced(&with("courses", "per_school = true"), &district);
    // Algebra in both schools, English in one.
    assert_eq!(copies(&desk).len(), 3);
    let (north, english, south) = (
        course_of(&desk, 1),
        course_of(&desk, 2),
        course_of(&desk, 3),
    );
    assert_eq!(BTreeSet::from([north, english, south]).len(), 3);
    assert_eq!(copies(&desk)[&north], copies(&desk)[&south]);

    district.courses.insert(1, "ALG2".into());
    let plan = desk.sync(&district);
    counted(&plan, &[("courses update", 3)]);
    assert_eq!(copies(&desk)[&north], "Course ALG2");
    assert_eq!(copies(&desk)[&south], "Course ALG2");
    quiet(&desk, &district);

    let last = district.sections.remove(&3).unwrap();
    let plan = desk.sync(&district);
    counted(&plan, &[("courses archive", 1), ("sections archive", 1)]);
    let mut archived = plan
        .actions()
        .iter()
        .filter(|action| action.kind == Kind::Course);
    assert_eq!(archived.next().unwrap().reason, Reason::Unused);
    assert_eq!(copies(&desk).len(), 2);
    assert!(
        plan.verdicts()
            .iter()
            .all(|verdict| verdict.kind != Some(Kind::Course))
    );
    quiet(&desk, &district);

    district.sections.insert(3, last);
    let plan = desk.sync(&district);
    counted(&plan, &[("courses restore", 1), ("sections restore", 1)]);
    assert_eq!(course_of(&desk, 3), south);

    // A class that moves to the other school takes the course of that school.
    district.sections.get_mut(&1).unwrap().school = 2;
    let plan = desk.sync(&district);
    counted(&plan, &[("courses archive", 1), ("sections update", 1)]);
    assert_eq!(course_of(&desk, 1), south);
    quiet(&desk, &district);
}

#[test]
fn a_course_under_another_id_takes_its_copies_along() {
    let mut district = District::small();
    let mut desk = synced(&with("courses", "per_school = true"), &district);
    let before = desk.links.len();
    let number = district.courses.remove(&1).unwrap();
    district.courses.insert(9, number);
    for section in [1, 3] {
        district.sections.get_mut(&section).unwrap().course = Some(9);
    }
    let plan = desk.sync(&district);
    counted(&plan, &[("courses rekey", 3), ("sections update", 2)]);
    assert_eq!(copies(&desk).len(), 3 + 2, "two ids each for two copies");
    assert_eq!(desk.links.len(), before + 3);
    quiet(&desk, &district);
}

#[test]
fn copies_come_and_go_with_the_policy() {
    let district = District::small();
    let mut desk = Desk::synced(&district);
    desk.policy = Policy::read(&with("courses", "per_school = true")).unwrap();
    let plan = desk.sync(&district);
    counted(&plan, &[("courses create", 3), ("sections update", 3)]);
    quiet(&desk, &district);
    desk.policy = Policy::read(Policy::SIS_LOCKDOWN).unwrap();
    let plan = desk.sync(&district);
    counted(&plan, &[("courses archive", 3), ("sections update", 3)]);
    assert_eq!(course_of(&desk, 1), id(Kind::Course, 1));
    quiet(&desk, &district);
}

#[test]
fn a_read_that_cannot_judge_classes_keeps_their_copies() {
    let mut district = District::small();
    let mut desk = synced(&with("courses", "per_school = true"), &district);
    district.sections.remove(&3);
    desk.reach = homeroom_plan::Reach::kinds([Kind::Student]);
    quiet(&desk, &district);
}

#[test]
fn one_class_for_everybody_stays_once_it_is_chosen() {
    for (choice, first) in [("default_first", true), ("default_last", false)] {
        let mut district = District::small();
        let line = format!("students = \"{choice}\"");
        let mut desk = synced(&with("many_classes", &line), &district);
        // 8, 9 and 10 are listed in the classes 1 and 2.
        let (mine, other) = if first { (1, 2) } else { (2, 1) };
        let eight = id(Kind::Student, 8);
        assert!(desk.students_in(mine).contains(&eight), "{choice}");
        assert!(!desk.students_in(other).contains(&eight), "{choice}");

        district
            .sections
            .get_mut(&mine)
            .unwrap()
            .students
            .remove(&8);
        let plan = desk.sync(&district);
        counted(&plan, &[("sections enrol", 1), ("sections unenrol", 1)]);
        let moved = plan
            .actions()
            .iter()
            .find(|action| matches!(action.op, Op::Enrol { .. }));
        assert_eq!(moved.unwrap().reason, Reason::DefaultLost);
        assert!(desk.students_in(other).contains(&eight));

        district.sections.get_mut(&mine).unwrap().students.insert(8);
        quiet(&desk, &district);

        // The class goes as a whole, and comes back: nobody flips back.
        let class = district.sections.remove(&mine).unwrap();
        desk.sync(&district);
        assert!(desk.students_in(other).contains(&id(Kind::Student, 9)));
        quiet(&desk, &district);
        district.sections.insert(mine, class);
        desk.sync(&district);
        assert!(desk.students_in(other).contains(&id(Kind::Student, 9)));
        assert!(!desk.students_in(mine).contains(&id(Kind::Student, 9)));
        quiet(&desk, &district);
    }
}

#[test]
fn who_was_in_two_classes_is_left_in_one_when_the_policy_says_so() {
    let district = District::small();
    let mut desk = Desk::synced(&district);
    desk.policy = Policy::read(&with("many_classes", "students = \"default_first\"")).unwrap();
    let plan = desk.sync(&district);
    counted(&plan, &[("sections unenrol", 1)]);
    assert_eq!(plan.actions()[0].reason, Reason::LeftOut);
    quiet(&desk, &district);
    assert!(
        desk.why_in(&district, 8, 2)
            .contains("one class for each person")
    );
    assert!(!desk.why_in(&district, 8, 1).contains("one class"));
    assert!(!desk.why_in(&district, 12, 2).contains("one class"));
}

#[test]
fn a_profile_for_every_class() {
    let mut district = District::small();
    let mut desk = synced(
        &with("many_classes", "students = \"profile_per_section\""),
        &district,
    );
    assert_eq!(desk.profiles.len(), 10 + 13 + 10);
    let eight = desk.local(Kind::Student, 8);
    let first = LocalGround::Section(desk.local(Kind::Section, 1));
    let mine = |desk: &Desk| {
        let of = desk
            .profiles
            .iter()
            .filter(|profile| profile.person == eight);
        of.copied().collect::<Vec<_>>()
    };
    assert_eq!(mine(&desk).len(), 2);
    district.sections.get_mut(&1).unwrap().students.remove(&8);
    let plan = desk.sync(&district);
    counted(
        &plan,
        &[("sections unenrol", 1), ("students profile_close", 1)],
    );
    let closed = mine(&desk);
    assert!(
        closed
            .iter()
            .all(|profile| profile.present == (profile.ground != first))
    );
    // Somebody who is gone keeps what they had.
    let pupil = district.students.remove(&8).unwrap();
    desk.sync(&district);
    assert_eq!(mine(&desk), closed);
    district.students.insert(8, pupil);
    desk.sync(&district);
    assert_eq!(mine(&desk), closed);
    district.sections.get_mut(&1).unwrap().students.insert(8);
    let plan = desk.sync(&district);
    counted(
        &plan,
        &[("sections enrol", 1), ("students profile_reopen", 1)],
    );
    assert!(mine(&desk).iter().all(|profile| profile.present));
    quiet(&desk, &district);
}

#[test]
fn profiles_begin_with_the_policy_and_people_go_on_with_them() {
    let district = District::small();
    let mut desk = Desk::synced(&district);
    desk.policy = Policy::read(&with("many_schools", "teachers = \"profile_per_school\"")).unwrap();
    let plan = desk.sync(&district);
    counted(
        &plan,
        &[("employees profile_open", 4), ("sections reseat", 3)],
    );
    quiet(&desk, &district);
    desk.policy = Policy::read(Policy::SIS_LOCKDOWN).unwrap();
    let plan = desk.sync(&district);
    counted(&plan, &[("employees profile_close", 4)]);
    quiet(&desk, &district);
}

#[test]
fn a_teacher_in_two_schools() {
    let mut district = District::small();
    let (_, schools) = district
        .employees
        .get_mut(&1)
        .unwrap()
        .teacher
        .as_mut()
        .unwrap();
    schools.insert(2);
    district.sections.get_mut(&3).unwrap().teachers = vec![1, 4];
    let teaches = |desk: &Desk, section: u16| {
        let section = desk.local(Kind::Section, section);
        let members = desk.members[&section].keys();
        members.filter(|(_, role)| *role == Role::Teacher).count()
    };
    let agnostic = Desk::synced(&district);
    assert_eq!((teaches(&agnostic, 1), teaches(&agnostic, 3)), (1, 2));

    let per_school = synced(
        &with("many_schools", "teachers = \"profile_per_school\""),
        &district,
    );
    assert_eq!(per_school.profiles.len(), 5);

    let mut primary = synced(
        &with("many_schools", "teachers = \"primary_only\""),
        &district,
    );
    let north = id(Kind::School, 1).to_hex();
    let shown = |desk: &Desk| {
        desk.thing(Kind::Employee, 1).cells["teacher_schools"]
            .0
            .clone()
    };
    assert_eq!(shown(&primary), north);
    assert_eq!((teaches(&primary, 1), teaches(&primary, 3)), (1, 1));
    let plan = primary.plan(&district);
    let dropped: Vec<_> = plan
        .findings()
        .iter()
        .filter(|finding| finding.code == "other_school")
        .collect();
    assert_eq!(dropped.len(), 1);
    assert_eq!(
        (dropped[0].source, dropped[0].field),
        (id(Kind::Employee, 1), "teacher_schools")
    );

    // Another primary school is an update, and what is taught there comes with it.
    let (_, schools) = district
        .employees
        .get_mut(&1)
        .unwrap()
        .teacher
        .as_mut()
        .unwrap();
    schools.remove(&1);
    let plan = primary.sync(&district);
    counted(
        &plan,
        &[
            ("employees update", 1),
            ("sections enrol", 1),
            ("sections unenrol", 1),
        ],
    );
    assert_eq!((teaches(&primary, 1), teaches(&primary, 3)), (0, 2));
    quiet(&primary, &district);
}

#[test]
fn a_class_of_everybody_of_a_grade() {
    let mut district = District::small();
    let mut desk = synced(
        &with("many_classes", "students = \"generated_class\""),
        &district,
    );
    let classes = |desk: &Desk| {
        let links = desk.links.iter().filter(|((kind, id), link)| {
            *kind == Kind::Section && is_made(id) && link.is_present()
        });
        let name = |local| desk.things[&(Kind::Section, local)].cells["name"].0.clone();
        let sizes = links.map(|(_, link)| (name(link.local), desk.members[&link.local].len()));
        sizes.collect::<BTreeMap<_, _>>()
    };
    let of = |sizes: &[(&str, usize)]| {
        let sizes = sizes.iter().map(|(name, size)| ((*name).to_owned(), *size));
        sizes.collect::<BTreeMap<_, _>>()
    };
    assert_eq!(
        classes(&desk),
        of(&[("North grade 9", 22), ("South grade 9", 11)])
    );
    assert_eq!(
        desk.links
            .keys()
            .filter(|(kind, _)| *kind == Kind::Section)
            .count(),
        2
    );

    district.students.get_mut(&1).unwrap().grade = Some(Grade::Tenth);
    district.schools.insert(2, "South Side".into());
    desk.sync(&district);
    let expected = [
        ("North grade 10", 2),
        ("North grade 9", 21),
        ("South Side grade 9", 11),
    ];
    assert_eq!(classes(&desk), of(&expected));
    quiet(&desk, &district);
    district.students.get_mut(&1).unwrap().grade = Some(Grade::Ninth);
    let plan = desk.sync(&district);
    assert!(plan.actions().iter().any(|action| action.op == Op::Archive));
    assert_eq!(classes(&desk).len(), 2);

    // The source's own sections come when the policy says so, and the made classes go.
    desk.policy = Policy::read(Policy::SIS_LOCKDOWN).unwrap();
    desk.sync(&district);
    assert_eq!(classes(&desk), of(&[]));
    assert_eq!(desk.students_in(1).len(), 10);
    quiet(&desk, &district);
}

#[test]
fn an_account_for_every_role() {
    let mut district = District::small();
    let adult = district.employees.get_mut(&1).unwrap();
    adult.staff = Some(("A1".into(), [1, 2].into()));
    let mut desk = synced(&with("many_roles", "account_per_role = true"), &district);
    let person = desk.local(Kind::Employee, 1);
    let roles = |desk: &Desk| {
        let mine = desk
            .profiles
            .iter()
            .filter(|profile| profile.person == person);
        let mine = mine.map(|profile| (profile.ground, profile.present));
        mine.collect::<BTreeMap<_, _>>()
    };
    let of = |staff: bool| {
        BTreeMap::from([
            (LocalGround::Role(Role::Teacher), true),
            (LocalGround::Role(Role::Staff), staff),
        ])
    };
    assert_eq!(roles(&desk), of(true));
    district.employees.get_mut(&1).unwrap().staff = None;
    let plan = desk.sync(&district);
    assert!(words(&plan).contains_key("employees profile_close"));
    assert!(words(&plan).contains_key("employees role_revoke"));
    assert_eq!(roles(&desk), of(false));
    quiet(&desk, &district);
}

#[test]
fn what_several_roles_may_do_is_changed_by_a_plan() {
    let district = District::small();
    let mut desk = Desk::synced(&district);
    desk.policy = Policy::read(&with("many_roles", "powers = \"choose_at_login\"")).unwrap();
    let plan = desk.sync(&district);
    let lines: Vec<_> = plan.lines(false).collect();
    assert_eq!(
        lines,
        ["~ employees  powers highest -> choose_at_login [policy]"]
    );
    quiet(&desk, &district);
}

#[test]
fn what_contradicts_itself_is_refused() {
    let two = with("many_classes", "teachers = \"profile_per_section\"");
    for wrong in [
        with("many_classes", "teachers = \"generated_class\""),
        two.replace("account_per_role = false", "account_per_role = true"),
        two.replace(
            "students = \"agnostic\"\nteachers = \"agnostic\"",
            "students = \"agnostic\"\nteachers = \"profile_per_school\"",
        ),
        with("many_classes", "students = \"generated_class\"")
            .replace("per_school = false", "per_school = true"),
        with("many_classes", "students = \"some\""),
    ] {
        assert!(Policy::read(&wrong).is_err());
    }
    assert!(Policy::read(&two).is_ok());
}

#[test]
fn a_part_brings_the_copy_it_needs_and_a_rejected_course_has_none() {
    let mut district = District::small();
    let strict = "[[requirements]]\nof = \"courses\"\nfield = \"number\"\nrule = { one_of = [\"ALG1\"] }\nreaction = \"reject\"\n\n[[requirements]]";
    let policy = with("courses", "per_school = true").replacen("[[requirements]]", strict, 1);
    let mut desk = synced(&policy, &district);
    assert_eq!(copies(&desk).len(), 2, "English is not taken");
    district.courses.insert(2, "ALG1".into());
    let plan = desk.plan(&district);
    let part = homeroom_plan::Part::Section(id(Kind::Section, 2));
    let mirror = district.mirror();
    let empty = homeroom_segment::Snapshot::empty();
    let numbers = plan.part(&part, &homeroom_plan::Input::new(&empty, &mirror));
    assert_eq!(numbers.len(), 3, "the course, its copy, the class");
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["courses create"], 2);
    assert_eq!(copies(&desk).len(), 3);
    quiet(&desk, &district);
}

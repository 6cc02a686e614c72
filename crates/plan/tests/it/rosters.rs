//! Who is in which class, and which classes are taken at all.

use std::collections::BTreeSet;

use homeroom_model::{Kind, Role};
use homeroom_plan::{Member, Op, Policy, Reason};

use crate::desk::{Desk, words};
use crate::district::{District, id};

fn filtered(rules: &str) -> String {
    format!("{}\n{rules}", Policy::SIS_LOCKDOWN)
}

#[test]
fn joiners_leavers_and_another_order_of_teachers() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let lesson = district.sections.get_mut(&1).unwrap();
    lesson.students.remove(&1);
    lesson.students.insert(30);
    lesson.teachers = vec![3, 1];
    let plan = desk.sync(&district);
    let expected = [("sections enrol", 1), ("sections unenrol", 1)];
    assert_eq!(
        words(&plan),
        expected
            .map(|(word, count)| (word.to_owned(), count))
            .into()
    );
    let expected: BTreeSet<_> = (2..=10)
        .chain([30])
        .map(|number| id(Kind::Student, number))
        .collect();
    assert_eq!(desk.students_in(1), expected);
    let members = &desk.members[&desk.local(Kind::Section, 1)];
    let position =
        |number: u16| members[&(desk.local(Kind::Employee, number), Role::Teacher)].position;
    assert_eq!((position(3), position(1)), (0, 1));
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn whom_the_app_added_by_hand_stays() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let (section, person) = (desk.local(Kind::Section, 1), desk.local(Kind::Student, 30));
    let member = Member {
        person,
        role: Role::Student,
        position: 0,
        source: false,
    };
    desk.members
        .get_mut(&section)
        .unwrap()
        .insert((person, Role::Student), member);
    district.sections.get_mut(&1).unwrap().students.remove(&1);
    desk.sync(&district);
    assert!(desk.members[&section].contains_key(&(person, Role::Student)));
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn a_filter_leaves_classes_out_and_takes_them_back() {
    let district = District::small();
    let mut desk = Desk::synced(&district);
    let rule = "[[filter]]\nthen = \"exclude\"\nfield = \"course_number\"\nis = [\"ALG1\"]\n";
    desk.policy = Policy::read(&filtered(rule)).unwrap();
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), [("sections archive".to_owned(), 2)].into());
    assert!(
        plan.actions()
            .iter()
            .all(|action| action.reason == Reason::Filtered)
    );
    assert!(desk.why(&district, Kind::Section, 1).contains("filter"));
    assert!(desk.plan(&district).is_empty());
    desk.policy = Policy::read(Policy::SIS_LOCKDOWN).unwrap();
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), [("sections restore".to_owned(), 2)].into());
    assert_eq!(desk.students_in(1).len(), 10);
}

#[test]
fn rules_of_a_filter() {
    let district = District::small();
    let taken = |rules: &str| {
        let mut desk = Desk::new(&filtered(rules));
        desk.sync(&district);
        (1..=3)
            .filter(|number| {
                desk.links
                    .contains_key(&(Kind::Section, id(Kind::Section, *number)))
            })
            .collect::<Vec<_>>()
    };
    let rule = |then: &str, field: &str, test: &str| {
        format!("[[filter]]\nthen = \"{then}\"\nfield = \"{field}\"\n{test}\n")
    };
    assert_eq!(
        taken(&rule("include", "name", "contains = \"CLASS 1\"")),
        [1]
    );
    assert_eq!(
        taken(&rule("exclude", "period", "is = [\"1\", \"2\"]")),
        [3]
    );
    assert_eq!(
        taken(&rule("include", "school_sis_id", "is = [\"s1\"]")),
        [1, 2]
    );
    assert_eq!(
        taken(&rule("include", "teacher_sis_id", "is = [\"T4\"]")),
        [3]
    );
    assert_eq!(
        taken(&rule("include", "student_grade", "is = [\"9\"]")),
        [1, 2, 3]
    );
    assert_eq!(
        taken(&rule("include", "term_name", "is = [\"Spring\"]")),
        [0u16; 0]
    );
    let both = rule("include", "school_name", "is = [\"North\"]")
        + &rule("exclude", "course_name", "contains = \"eng\"");
    assert_eq!(taken(&both), [1], "the last rule that fits decides");
    let by_id = format!("is = [\"{}\"]", id(Kind::Section, 2).to_hex());
    assert_eq!(taken(&rule("include", "id", &by_id)), [2]);
    let guessed = Policy::read(&filtered(&rule("include", "subject", "is = [\"math\"]"))).unwrap();
    assert!(guessed.warnings()[0].contains("student_grade"));
    assert!(Policy::read(&filtered(&rule("include", "name", ""))).is_err());
}

#[test]
fn a_plan_reads_like_one() {
    let mut district = District::small();
    let desk = Desk::synced(&district);
    district.students.get_mut(&7).unwrap().name = "Li".to_owned();
    district.students.remove(&30);
    let plan = desk.plan(&district);
    let lines: Vec<_> = plan.lines(false).collect();
    let of = |number: u16| id(Kind::Student, number).to_hex();
    let section = id(Kind::Section, 3).to_hex();
    let expected = [
        format!("~ students {} update last_name [changed]", of(7)),
        format!("- sections {section} unenrol 1 [changed]"),
        format!("- students {} deactivate [absent_in_full_read]", of(30)),
    ];
    assert_eq!(lines, expected);
    assert!(
        plan.lines(true)
            .next()
            .unwrap()
            .contains("\"Pupil 7\" -> \"Li\"")
    );
    assert_eq!(
        plan.summary().to_string(),
        "students: deactivate 1, students: update 1, enrolments: end 1"
    );
    assert!(
        !format!("{:?}", plan.actions()).contains("Pupil 7"),
        "a plan's Debug shows no names"
    );
    assert!(
        plan.actions()
            .iter()
            .any(|action| matches!(action.op, Op::Update { .. }))
    );
}

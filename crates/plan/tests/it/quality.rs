//! What an app requires: S22 to S26 (integration-side A2, A6.2).

use homeroom_model::Kind;
use homeroom_plan::{Op, Origin, Policy, Reason};

use crate::desk::{Desk, words};
use crate::district::{District, id, pupil};

fn with(requirement: &str) -> String {
    let kept = "email\", \"username\", \"school\"";
    assert!(Policy::SIS_LOCKDOWN.contains(kept));
    let policy = Policy::SIS_LOCKDOWN.replace(kept, &format!("dob\", \"{kept}"));
    format!("{policy}\n[[requirements]]\nof = \"students\"\n{requirement}\n")
}

#[test]
fn s22_strict_leaves_a_record_out_until_it_is_right() {
    let mut district = District::small();
    district.students.get_mut(&7).unwrap().dob = None;
    let mut desk = Desk::new(&with(
        "field = \"dob\"\nrule = \"required\"\nreaction = \"reject\"",
    ));
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["students create"], 29);
    let [finding] = plan.findings() else {
        panic!("{:?}", plan.findings());
    };
    assert_eq!(
        (finding.source, finding.code),
        (id(Kind::Student, 7), "missing_required")
    );
    assert!(!desk.students_in(1).contains(&id(Kind::Student, 7)));
    assert!(desk.plan(&district).is_empty());
    assert!(
        desk.why(&district, Kind::Student, 7)
            .contains("missing_required")
    );
    district.students.get_mut(&7).unwrap().dob = district.students[&8].dob;
    let plan = desk.sync(&district);
    assert!(plan.findings().is_empty());
    assert_eq!(words(&plan)["students create"], 1);
    assert!(desk.students_in(1).contains(&id(Kind::Student, 7)));
}

#[test]
fn an_account_whose_record_turns_invalid_keeps_its_last_good_values() {
    let mut district = District::small();
    let mut desk = Desk::new(&with(
        "field = \"dob\"\nrule = \"required\"\nreaction = \"reject\"",
    ));
    desk.sync(&district);
    let pupil = district.students.get_mut(&7).unwrap();
    (pupil.dob, pupil.name) = (None, "Renamed".to_owned());
    district.sections.get_mut(&2).unwrap().students.insert(7);
    let plan = desk.sync(&district);
    let expected = [("sections enrol", 1), ("students quarantine", 1)];
    assert_eq!(
        words(&plan),
        expected
            .map(|(word, count)| (word.to_owned(), count))
            .into()
    );
    assert_eq!(desk.thing(Kind::Student, 7).cells["last_name"].0, "Pupil 7");
    assert!(!desk.thing(Kind::Student, 7).blocked);
    assert!(
        desk.students_in(2).contains(&id(Kind::Student, 7)),
        "classes go on following the source"
    );
    assert!(desk.plan(&district).is_empty());
    district.students.get_mut(&7).unwrap().dob = district.students[&8].dob;
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["students release"], 1);
    assert_eq!(desk.thing(Kind::Student, 7).cells["last_name"].0, "Renamed");
}

#[test]
fn s23_a_stand_in_gives_way_to_the_real_value() {
    let mut district = District::small();
    district.students.get_mut(&7).unwrap().dob = None;
    let mut desk = Desk::new(&with(
        "field = \"dob\"\nrule = \"required\"\nreaction = { fill = \"1900-01-01\" }",
    ));
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["students create"], 30);
    let cell = &desk.thing(Kind::Student, 7).cells["dob"];
    assert_eq!(cell, &("1900-01-01".to_owned(), Origin::Filler));
    assert!(desk.plan(&district).is_empty());
    district.students.get_mut(&7).unwrap().dob = district.students[&8].dob;
    let plan = desk.sync(&district);
    assert_eq!(plan.actions()[0].reason, Reason::FillerReplaced);
    let cell = &desk.thing(Kind::Student, 7).cells["dob"];
    assert_eq!(cell, &("2012-03-01".to_owned(), Origin::Source));
}

#[test]
fn s24_a_monster_of_a_name_is_shortened_once() {
    let mut district = District::small();
    district.students.get_mut(&7).unwrap().name = "e\u{301}\u{1f600}".repeat(200);
    let mut desk = Desk::new(Policy::SIS_LOCKDOWN);
    let plan = desk.sync(&district);
    assert_eq!(plan.findings()[0].code, "too_long_truncated");
    let name = &desk.thing(Kind::Student, 7).cells["last_name"].0;
    assert!(
        name.chars().count() <= 255 && name.ends_with('\u{1f600}'),
        "{name}"
    );
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s25_no_email_and_an_email_of_two() {
    let mut district = District::small();
    district.employees.get_mut(&1).unwrap().email = "jsmith.school.org".to_owned();
    for number in [7, 8] {
        district.students.get_mut(&number).unwrap().email = "both@x.org".to_owned();
    }
    let mut desk = Desk::new(&with(
        "field = \"email\"\nrule = \"unique\"\nreaction = \"drop\"",
    ));
    let plan = desk.sync(&district);
    let codes: Vec<_> = plan
        .findings()
        .iter()
        .map(|finding| (finding.code, finding.other))
        .collect();
    assert_eq!(
        codes,
        [
            ("duplicate_value", Some(id(Kind::Student, 7))),
            ("bad_format", None)
        ]
    );
    assert_eq!(desk.thing(Kind::Student, 7).cells["email"].0, "both@x.org");
    assert_eq!(desk.thing(Kind::Student, 8).cells["email"].0, "");
    assert_eq!(desk.thing(Kind::Employee, 1).cells["teacher_email"].0, "");
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s26_people_without_a_class() {
    let mut district = District::small();
    for number in 31..=35 {
        district.students.insert(number, pupil(number, 1));
    }
    let created = |policy: &str| words(&Desk::new(policy).sync(&district))["students create"];
    assert_eq!(created(Policy::SIS_LOCKDOWN), 35);
    let skip = Policy::SIS_LOCKDOWN.replace("students = \"allow\"", "students = \"skip\"");
    let mut desk = Desk::new(&skip);
    assert_eq!(words(&desk.sync(&district))["students create"], 30);
    assert!(
        desk.why(&district, Kind::Student, 31)
            .contains("waits for a class")
    );
    district.sections.get_mut(&1).unwrap().students.insert(31);
    let plan = desk.sync(&district);
    let expected = [("sections enrol", 1), ("students create", 1)];
    assert_eq!(
        words(&plan),
        expected
            .map(|(word, count)| (word.to_owned(), count))
            .into()
    );
    assert_eq!(plan.counts()[&Kind::Student].skipped, 4);
}

#[test]
fn an_island_is_set_once() {
    let mut district = District::small();
    district.students.get_mut(&7).unwrap().graduation_year = "2030".to_owned();
    let mut desk = Desk::synced(&district);
    assert_eq!(
        desk.thing(Kind::Student, 7).cells["graduation_year"].0,
        "2030"
    );
    district.students.get_mut(&7).unwrap().graduation_year = "2031".to_owned();
    let plan = desk.sync(&district);
    let noted = [("students island".to_owned(), 1)];
    assert_eq!(words(&plan), noted.into(), "shown beside it, and no more");
    assert!(desk.plan(&district).is_empty());
    assert_eq!(
        desk.thing(Kind::Student, 7).cells["graduation_year"].0,
        "2030"
    );
}

#[test]
fn what_somebody_changed_in_the_app_goes_back_to_what_the_source_says() {
    let district = District::small();
    let mut desk = Desk::synced(&district);
    let (key, local) = (
        (Kind::Student, id(Kind::Student, 7)),
        desk.local(Kind::Student, 7),
    );
    desk.links.get_mut(&key).unwrap().touched = true;
    let thing = desk.things.get_mut(&(Kind::Student, local)).unwrap();
    thing
        .cells
        .insert("last_name".to_owned(), ("Wrong".to_owned(), Origin::User));
    let plan = desk.sync(&district);
    assert_eq!(plan.actions()[0].reason, Reason::Drifted);
    assert_eq!(desk.thing(Kind::Student, 7).cells["last_name"].0, "Pupil 7");
    assert!(matches!(&plan.actions()[0].op, Op::Update { changes } if changes.len() == 1));
}

#[test]
fn a_policy_that_cannot_be_meant_says_where() {
    let refused = |from: &str, to: &str| {
        assert!(Policy::SIS_LOCKDOWN.contains(from), "{from}");
        Policy::read(&Policy::SIS_LOCKDOWN.replacen(from, to, 1))
            .unwrap_err()
            .to_string()
    };
    assert!(
        refused("\"last_name\", \"preferred", "\"surname\", \"preferred")
            .contains("surname of students; there are: sis_id")
    );
    assert!(refused("format = 0", "format = 7").contains("format 7"));
    assert!(
        refused("reaction = \"warn\"", "reaction = \"truncate\"").contains("last_name of students")
    );
    assert!(refused("sis_id = \"auto\"", "sis_id = \"maybe\"").contains("line"));
    assert!(refused("[owners.students]", "[owners.pupils]").contains("pupils"));
}

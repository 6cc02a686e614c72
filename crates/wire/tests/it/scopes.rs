//! Scopes: what a view trims. That nothing outside leaks is shown in `agreement`; here is what is shown instead.

use homeroom_model::{Allow, Kind, ObjectId, School, Scope, Section, Student};
use homeroom_segment::Relation;

use crate::roster::{Roster, Shared};
use crate::sample::sample;

fn number(kind: u8, row: u8) -> ObjectId {
    ObjectId::new([kind, row, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
}

/// The school served as the primary one of a student whose own primary school, the first, is not shared. Each section is
/// a school and its number of students; the schools' SIS ids descend with their rows.
fn primary_when_hidden(sections: &[(u32, u32)], shown_sections: &[u32]) -> String {
    let mut roster = Roster::default();
    for row in 0..4 {
        let school = School {
            sis_id: format!("{}", 9 - row).into(),
            ..School::default()
        };
        roster.add(number(1, row), &[], &school);
    }
    for row in 0..9 {
        let student = roster.add(number(2, row), &[], &Student::default());
        roster.relate(Relation::StudentSchool, student, &[0]);
        roster.relate(Relation::StudentSchools, student, &[0, 1, 2, 3]);
    }
    for (row, (school, students)) in (0..).zip(sections) {
        let section = roster.add(number(3, row), &[], &Section::default());
        roster.relate(Relation::SectionSchool, section, &[*school]);
        let students: Vec<_> = (0..*students).collect();
        roster.relate(Relation::SectionStudents, section, &students);
    }
    let scope = Scope::default()
        .with(Kind::School, Allow::Only([1, 2, 3].into_iter().collect()))
        .with(
            Kind::Section,
            Allow::Only(shown_sections.iter().copied().collect()),
        );
    let shared = Shared::new(&roster, scope);
    let address = format!("/v3.1/users/{}/schools?primary=true", number(2, 0));
    let sis_ids: Vec<_> = shared
        .all(&address)
        .iter()
        .map(|school| school["sis_id"].as_str().unwrap().to_owned())
        .collect();
    let [sis_id] = &sis_ids[..] else {
        panic!("one primary school, not {sis_ids:?}")
    };
    sis_id.clone()
}

#[test]
fn a_hidden_primary_school_gives_way_by_rule() {
    // Most sections, although others have more students.
    let sections = [(2, 9), (1, 1), (1, 2)];
    assert_eq!(primary_when_hidden(&sections, &[0, 1, 2]), "8");
    // Only shared sections count.
    assert_eq!(primary_when_hidden(&sections, &[0, 1]), "7");
    // As many sections: most students in them.
    assert_eq!(primary_when_hidden(&[(1, 3), (2, 4)], &[0, 1]), "7");
    // As many of both: the smallest SIS id, which is the last row's.
    assert_eq!(primary_when_hidden(&[(1, 3), (2, 3)], &[0, 1]), "7");
    assert_eq!(primary_when_hidden(&[], &[]), "6");
}

#[test]
fn lists_in_documents_are_trimmed() {
    let mut shared = sample();
    shared.scope = shared
        .scope
        .with(Kind::School, Allow::Only([1].into_iter().collect()))
        .with(Kind::Student, Allow::Only([1, 2].into_iter().collect()))
        .with(Kind::Employee, Allow::Only([0].into_iter().collect()));
    let section = &shared.read("/v3.1/sections/5f00aa11bb22cc33dd44eea0")["data"];
    assert_eq!(section.get("school"), None);
    assert_eq!(
        section["students"],
        serde_json::json!(["5f00aa11bb22cc33dd44ee21"])
    );
    // The primary teacher is out of scope, so the first that is left stands in.
    assert_eq!(section["teacher"], "5f00aa11bb22cc33dd44ee30");
    assert_eq!(
        section["teachers"],
        serde_json::json!(["5f00aa11bb22cc33dd44ee30"])
    );
    let teacher = &shared.read("/v3.1/users/5f00aa11bb22cc33dd44ee30")["data"]["roles"];
    assert_eq!(teacher["teacher"]["school"], "5f00aa11bb22cc33dd44ee11");
    assert_eq!(teacher["staff"]["schools"], serde_json::json!([]));
    let contact = &shared.read("/v3.1/users/5f00aa11bb22cc33dd44ee70")["data"]["roles"]["contact"];
    assert_eq!(
        contact["student_relationships"].as_array().unwrap().len(),
        1
    );
    assert!(shared.get("/v3.1/users/5f00aa11bb22cc33dd44ee20").is_err());
    assert!(
        shared
            .get("/v3.1/sections/5f00aa11bb22cc33dd44eea0/school")
            .is_err()
    );
    assert_eq!(
        shared.read("/v3.1/users?count=true&role=student")["count"],
        2
    );
    assert_eq!(
        shared.read("/v3.1/users?count=true&role=teacher")["count"],
        1
    );
}

#[test]
fn a_section_without_students_is_hidden_like_any_other() {
    let shared = sample();
    let hidden = "/v3.1/sections/5f00aa11bb22cc33dd44eea3";
    assert!(shared.get(hidden).is_err());
    assert!(shared.get(&format!("{hidden}/users")).is_err());
    assert!(
        shared
            .get("/v3.1/courses/5f00aa11bb22cc33dd44ee03")
            .is_err()
    );
    assert_eq!(shared.read("/v3.1/sections?count=true")["count"], 3);
}

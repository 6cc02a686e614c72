//! C5: data quality.

use std::sync::Arc;

use homeroom_plan::Policy;
use homeroom_roster::RunState;
use homeroom_testkit::ToyDistrict;
use homeroom_testkit::toy::{section, student, teacher};
use homeroom_wire::V3_1;
use serde_json::json;

use crate::by_hand;
use crate::world::{World, policy, requirement};

/// 500 students, of whom number 250 has no birthday.
fn without_birthday(river: &ToyDistrict) {
    river.school(1).put();
    river.teacher(1).put();
    for number in 1..=500 {
        let made = river.student(number);
        if number == 250 {
            made.without("dob").put();
        } else {
            made.put();
        }
    }
    river.section(1).students([1, 250]).teachers([1]).put();
}

/// The preset, with birthdays used and required.
fn birthdays(reaction: &str) -> Arc<Policy> {
    let (first, own) = requirement("students", "dob", "\"required\"", reaction);
    policy(&[
        (first, &own),
        (
            "\"grade\", \"graduation_year\"",
            "\"dob\", \"grade\", \"graduation_year\"",
        ),
    ])
}

#[tokio::test(start_paused = true)]
async fn s22_strict() {
    let world = World::of_policy(&V3_1, birthdays("\"reject\""));
    without_birthday(&world.river);
    world.start().await;
    assert_eq!(world.number("SELECT count(*) FROM students"), 499);
    let finding = "SELECT source_id, code, field, reaction, closed IS NULL FROM finding";
    let open = format!("{} missing_required dob reject 1", student(250).to_hex());
    assert_eq!(world.sql(finding), [open]);
    assert_eq!(world.sign_in(student(250)), "nobody");

    world.days(1);
    world.river.student(250).put();
    let ran = world.sync().await;
    assert_eq!(ran.state, RunState::Applied);
    assert_eq!(
        world.number("SELECT count(*) FROM students"),
        500,
        "created without anyone acting"
    );
    let closed = format!("{} missing_required dob reject 0", student(250).to_hex());
    assert_eq!(world.sql(finding), [closed]);
    assert_eq!(
        world.people_of(section(1)),
        ["Teacher 1", "Student 1", "Student 250"]
    );
}

#[tokio::test(start_paused = true)]
async fn s23_permissive() {
    let world = World::of_policy(&V3_1, birthdays("{ fill = \"1900-01-01\" }"));
    without_birthday(&world.river);
    world.start().await;
    assert_eq!(world.number("SELECT count(*) FROM students"), 500);
    let account = world.account(student(250));
    let marked = "SELECT entity, field, value FROM placeholders";
    assert_eq!(
        world.sql(marked),
        [format!("{account} student.birth_date \"1900-01-01\"")]
    );
    assert_eq!(
        world.one("SELECT code, closed IS NULL FROM finding"),
        "filler_used 1"
    );
    // It is not matched on: somebody of the same name with that very birthday is another one.
    world.days(1);
    world.own_student(1_000_900_000, "Student 251", "", "");
    world.write("UPDATE role SET birth_date = '1900-01-01' WHERE person = 1000900000");
    world
        .river
        .student(501)
        .named("First", "Student 251")
        .without("dob")
        .put();
    world.sync().await;
    assert_eq!(world.number("SELECT count(*) FROM suggestion"), 0);

    world.days(1);
    world.river.student(250).put();
    let ran = world.sync().await;
    assert!(
        world
            .audit(ran.run)
            .iter()
            .any(|line| line.contains("filler_replaced")),
        "{:?}",
        world.audit(ran.run)
    );
    assert_eq!(
        world.number(&format!(
            "SELECT count(*) FROM placeholders WHERE entity = {account}"
        )),
        0
    );
    assert_eq!(
        world.one(&format!(
            "SELECT birth_date FROM students WHERE id = {account}"
        )),
        "2014-03-04"
    );
}

#[tokio::test(start_paused = true)]
async fn s24_monster_text() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    // Letters with an accent that stands by itself, and a sign of several characters on the border.
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
    let name = format!("{}x{family}{}", "e\u{301}".repeat(126), "z".repeat(142));
    assert_eq!(
        (
            name.chars().count(),
            name.chars()
                .take(255)
                .collect::<String>()
                .ends_with('\u{200d}')
        ),
        (400, true)
    );
    world.river.student(1).named(&name, "Li").put();
    world.start().await;
    let stored = world.one("SELECT first_name FROM students WHERE last_name = 'Li'");
    assert_eq!(
        stored,
        format!("{}x", "e\u{301}".repeat(126)),
        "what the eye accepts"
    );
    let warning = "SELECT code, reaction, first_seen = last_seen FROM finding";
    assert_eq!(world.sql(warning), ["too_long_truncated truncate 1"]);
    world.days(1);
    let before = world.last_change();
    let ran = world.sync_full().await;
    assert_eq!((ran.state, ran.plan.is_empty()), (RunState::NoChange, true));
    assert_eq!(world.last_change(), before, "told once");
    assert_eq!(
        by_hand::kept_document(&world, homeroom_model::Kind::Student, student(1)).await["name"]["first"],
        json!(name)
    );
}

#[tokio::test(start_paused = true)]
async fn s25_not_an_email() {
    let (first, unique) = requirement("students", "email", "\"unique\"", "\"drop\"");
    let world = World::of_policy(&V3_1, policy(&[(first, &unique)]));
    by_hand::small(&world.river);
    world.river.teacher(1).email("jsmith.school.org").put();
    for number in [3, 5] {
        world
            .river
            .student(number)
            .email("shared@example.org")
            .put();
    }
    world.start().await;
    assert_eq!(
        world.number("SELECT count(*) FROM people"),
        14,
        "everybody has an account"
    );
    assert_eq!(
        world.one("SELECT email FROM teachers WHERE last_name = 'Teacher 1'"),
        "-"
    );
    assert_eq!(world.sign_in(teacher(1)), "yes teacher");
    let held = "SELECT last_name, email FROM students WHERE last_name IN ('Student 3', 'Student 5') ORDER BY last_name";
    assert_eq!(
        world.sql(held),
        ["Student 3 shared@example.org", "Student 5 -"]
    );
    let findings =
        world.sql("SELECT source_id, code, field, reaction, detail FROM finding ORDER BY code");
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(
        findings[0].starts_with(&format!(
            "{} bad_format teacher_email drop",
            teacher(1).to_hex()
        )),
        "{findings:?}"
    );
    assert!(
        findings[1].starts_with(&format!(
            "{} duplicate_value email drop",
            student(5).to_hex()
        )),
        "{findings:?}"
    );
    assert!(
        findings[1].contains(&student(3).to_hex()),
        "it names the other record: {findings:?}"
    );
    // A bad email matches nobody, whatever the app has.
    world.own_student(1_000_000_900, "Other", "", "jsmith.school.org");
    world.river.student(50).email("jsmith.school.org").put();
    world.days(1);
    world.sync().await;
    assert_eq!(world.number("SELECT count(*) FROM suggestion"), 0);
}

#[tokio::test(start_paused = true)]
async fn s26_nobodys_class() {
    let none = "SELECT count(*) FROM people WHERE last_name IN ('Student 101', 'Student 102', 'Student 103', 'Student 104', 'Student 105', 'Teacher 9') AND usable";
    for verdict in ["allow", "create_with_notice", "skip"] {
        let world = World::of_policy(
            &V3_1,
            policy(&[
                (
                    "students = \"allow\"\n",
                    &format!("students = \"{verdict}\"\n"),
                ),
                (
                    "teachers = \"allow\"\n",
                    &format!("teachers = \"{verdict}\"\n"),
                ),
            ]),
        );
        by_hand::small(&world.river);
        for number in 101..=105 {
            world.river.student(number).put();
        }
        world.river.teacher(9).put();
        world.start().await;
        let found = world.number(none);
        let told = world.sql(
            "SELECT source_id, code, reaction FROM finding WHERE closed IS NULL ORDER BY source_id",
        );
        match verdict {
            "allow" => assert_eq!((found, told.len()), (6, 0)),
            "create_with_notice" => {
                assert_eq!(found, 6);
                let notices =
                    world.number("SELECT count(*) FROM notices WHERE code = 'without_class'");
                assert!(told.len() == 6 || notices > 0, "somebody is told: {told:?}");
            }
            _ => {
                assert_eq!(found, 0);
                assert_eq!(told.len(), 6, "the reason is visible: {told:?}");
                assert!(
                    told.iter().all(|line| line.ends_with("without_class skip")),
                    "{told:?}"
                );
            }
        }
        world.days(1);
        world.river.enrol(section(1), student(103));
        world.sync().await;
        assert_eq!(
            world.number(none),
            if verdict == "skip" { 1 } else { 6 },
            "{verdict}"
        );
        assert!(
            world
                .people_of(section(1))
                .contains(&"Student 103".to_owned())
        );
        if verdict == "skip" {
            assert_eq!(world.sign_in(student(103)), "yes student");
            assert_eq!(
                world.number(
                    "SELECT count(*) FROM finding WHERE code = 'without_class' AND closed IS NULL"
                ),
                5
            );
        }
    }
}

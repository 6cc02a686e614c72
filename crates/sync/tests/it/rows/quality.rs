//! A2: validate, fill, transform.

use std::sync::Arc;

use homeroom_plan::Policy;
use homeroom_roster::RunState;
use homeroom_sync::Note;
use homeroom_testkit::toy::{section, student, term};
use homeroom_wire::{V2_1, V3_1};
use serde_json::json;

use crate::by_hand;
use crate::world::{World, policy, requirement};

/// The preset, with dates of birth used.
const BIRTHDAYS: (&str, &str) = (
    "\"grade\", \"graduation_year\"",
    "\"dob\", \"grade\", \"graduation_year\"",
);

fn with(of: &str, field: &str, rule: &str, reaction: &str) -> Arc<Policy> {
    let (first, own) = requirement(of, field, rule, reaction);
    policy(&[(first, &own), BIRTHDAYS])
}

#[tokio::test(start_paused = true)]
async fn a2_01_requirements_are_data() {
    let mut world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.river.student(5).email("shared@example.org").put();
    world.start().await;
    // Somebody with a lower id comes to have the same address, and there is no rule against it.
    world
        .river
        .student(3)
        .email("shared@example.org")
        .with("grade", "9")
        .put();
    world.sync().await;
    let emails = "SELECT last_name, email FROM students WHERE last_name IN ('Student 3', 'Student 5') ORDER BY last_name";
    assert_eq!(
        world.sql(emails),
        [
            "Student 3 shared@example.org",
            "Student 5 shared@example.org"
        ]
    );
    // From now on there is. Nothing is read again.
    let asked = world.toy.requests().len();
    world.decide(with("students", "email", "\"unique\"", "\"drop\""));
    assert_eq!(world.sync_kept().await.state, RunState::Applied);
    assert_eq!(world.toy.requests().len(), asked);
    assert_eq!(
        world
            .sql(emails)
            .iter()
            .filter(|line| line.ends_with(" -"))
            .count(),
        1
    );
    assert_eq!(
        world.one("SELECT code, reaction FROM finding WHERE closed IS NULL"),
        "duplicate_value drop"
    );
    // Who holds a value keeps it, also from somebody with a lower id who comes later.
    world.river.student(6).email("held@example.org").put();
    world.sync().await;
    world.river.student(4).email("held@example.org").put();
    world.sync().await;
    let held = "SELECT last_name, email FROM students WHERE last_name IN ('Student 4', 'Student 6') ORDER BY last_name";
    assert_eq!(
        world.sql(held),
        ["Student 4 -", "Student 6 held@example.org"]
    );
    // Another list, another outcome; values outside a list are told and kept.
    world.decide(with(
        "students",
        "grade",
        "{ one_of = [\"7\"] }",
        "\"warn\"",
    ));
    world.sync_kept().await;
    assert_eq!(
        world.number("SELECT count(*) FROM students WHERE email IS NULL"),
        0
    );
    let told = "SELECT source_id, code, reaction FROM finding WHERE closed IS NULL";
    assert_eq!(
        world.sql(told),
        [format!("{} bad_format warn", student(3).to_hex())]
    );
}

#[tokio::test(start_paused = true)]
async fn a2_04_rejected_is_not_absent() {
    let world = World::of_policy(&V3_1, with("students", "dob", "\"required\"", "\"reject\""));
    by_hand::small(&world.river);
    world.start().await;
    world.days(1);
    world
        .river
        .student(1)
        .without("dob")
        .with("grade", "12")
        .named("Other", "Name")
        .put();
    world.river.unenrol(section(1), student(1));
    world.river.enrol(section(2), student(1));
    let ran = world.sync().await;
    assert_eq!(ran.state, RunState::Applied);
    assert_eq!(world.sign_in(student(1)), "yes student", "not deactivated");
    let kept = "SELECT last_name, grade, birth_date FROM students WHERE source_id = ";
    let kept = format!("{kept}'{}'", student(1).to_hex());
    assert_eq!(
        world.one(&kept),
        "Student 1 7 2014-03-04",
        "the last good values"
    );
    let flagged = format!(
        "SELECT quarantine IS NOT NULL FROM people WHERE source_id = '{}'",
        student(1).to_hex()
    );
    assert_eq!(world.one(&flagged), "1");
    assert!(
        !world
            .people_of(section(1))
            .contains(&"Student 1".to_owned()),
        "memberships follow the source"
    );
    assert!(
        world
            .people_of(section(2))
            .contains(&"Student 1".to_owned())
    );
    assert_eq!(
        world.sync_full().await.state,
        RunState::NoChange,
        "and it stays so quietly"
    );
    world.days(1);
    world
        .river
        .student(1)
        .with("grade", "12")
        .named("Other", "Name")
        .put();
    world.sync().await;
    assert_eq!(world.one(&kept), "Name 12 2014-03-04");
    assert_eq!(world.one(&flagged), "0");
}

#[tokio::test(start_paused = true)]
async fn a2_05_errors_leave_out_and_warnings_do_not() {
    let (first, reject) = requirement("students", "dob", "\"required\"", "\"reject\"");
    let world = World::of_policy(&V3_1, policy(&[(first, &reject), BIRTHDAYS]));
    by_hand::small(&world.river);
    world.river.student(1).without("dob").put();
    world.river.student(2).named("", "").put();
    world.river.student(3).email("no address").put();
    world.start().await;
    let file = "SELECT kind, source_id, code, field, reaction, first_seen, last_seen, closed FROM finding ORDER BY source_id";
    let rows = world.sql(file);
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(rows[0].contains("missing_required dob reject"));
    assert!(rows[1].contains("missing_required last_name warn"));
    assert!(rows[2].contains("bad_format email drop"));
    assert_eq!(world.sign_in(student(1)), "nobody");
    assert_eq!(
        (
            world.sign_in(student(2)).as_str(),
            world.sign_in(student(3)).as_str()
        ),
        ("yes student", "yes student")
    );
    // One row per finding, however often it is met; it says when first and when last.
    world.days(3);
    world.river.student(4).with("grade", "8").put();
    world.sync_full().await;
    let moments = "SELECT count(*), sum(first_seen < last_seen) FROM finding WHERE closed IS NULL";
    assert_eq!(world.one(moments), "3 3");
    world.days(1);
    world.river.student(1).put();
    world.river.student(2).put();
    world.sync().await;
    assert_eq!(
        world.sql(
            "SELECT code, closed > first_seen FROM finding ORDER BY closed IS NULL, source_id"
        ),
        ["missing_required 1", "missing_required 1", "bad_format -",]
    );
}

#[tokio::test(start_paused = true)]
async fn a2_06_text_is_kept_as_it_is_written() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    let names = [
        ("José Ñandú", "O\u{2019}Brien"),
        ("Zoë 👩‍🔬", "D'Arcy-Müller"),
        ("ليلى", "Łukasiewicz"),
    ];
    for (number, (first, last)) in (1..).zip(names) {
        world.river.student(number).named(first, last).put();
    }
    world
        .river
        .student(4)
        .named("Line\nbreak\tand\u{0}nul\u{7f}", "Bell\u{7}")
        .put();
    let ran = world.sync().await;
    assert_eq!(ran.report.strange.get("control characters"), Some(&1));
    world.approve(&ran.digest).await;
    for (first, last) in names {
        let sql = format!(
            "SELECT count(*) FROM students WHERE first_name = '{first}' AND last_name = '{}'",
            last.replace('\'', "''")
        );
        assert_eq!(world.number(&sql), 1, "{first} {last}");
    }
    let stripped = world.one(&format!(
        "SELECT first_name, last_name FROM people WHERE source_id = '{}'",
        student(4).to_hex()
    ));
    assert!(!stripped.chars().any(char::is_control), "{stripped:?}");
    let kept = by_hand::kept_document(&world, homeroom_model::Kind::Student, student(4)).await;
    assert_eq!(
        kept["name"]["last"],
        json!("Bell\u{7}"),
        "the original is kept"
    );
    let before = world.last_change();
    assert_eq!(
        (world.sync_full().await.state, world.last_change()),
        (RunState::NoChange, before)
    );
}

#[tokio::test(start_paused = true)]
async fn a2_07_shapes_of_the_same_value() {
    let world = World::of_policy(&V2_1, policy(&[BIRTHDAYS]));
    by_hand::small(&world.river);
    world.river.student(1).with("dob", "3/4/2014").put();
    world.start().await;
    let born = format!(
        "SELECT birth_date FROM students WHERE source_id = '{}'",
        student(1).to_hex()
    );
    assert_eq!(world.one(&born), "2014-03-04");
    let before = world.last_change();
    for shape in ["03/04/2014", "2014-03-04", "2014-03-04T00:00:00.000Z"] {
        world.hours(1);
        world.river.student(1).with("dob", shape).put();
        let ran = world.sync_full().await;
        assert_eq!(
            (world.last_change(), ran.plan.is_empty()),
            (before, true),
            "{shape}"
        );
        assert_eq!(world.one(&born), "2014-03-04", "{shape}");
    }
    world.river.change(term(1), |document| {
        document["start_date"] = json!("8/20/2026");
    });
    assert_eq!(world.sync_full().await.state, RunState::NoChange);
    // What is no day is left out, told of, and the rest of the record is taken; nobody is gone for it.
    world
        .river
        .student(1)
        .with("dob", "the fourth of March")
        .with("grade", "9")
        .with("sis_id", 4711)
        .put();
    let ran = world.sync_full().await;
    let left_out = [format!("Student {}: without dob", student(1).to_hex())];
    assert_eq!(ran.report.misread, left_out);
    let strange = ran.report.strange.get("values that cannot be read");
    assert_eq!(
        (strange, ran.report.notes.contains(&Note::Misread)),
        (Some(&1), true)
    );
    let row = format!(
        "SELECT coalesce(birth_date, '-') || ' ' || grade || ' ' || sis_id FROM students WHERE source_id = '{}'",
        student(1).to_hex()
    );
    assert_eq!(
        (world.sign_in(student(1)), world.one(&row)),
        ("yes student".to_owned(), "- 9 4711".to_owned())
    );
    // An id that is none is no value among others: the record stays as it was.
    world
        .river
        .student(1)
        .with("grade", "10")
        .with("school", "the old one")
        .put();
    let ran = world.sync_full().await;
    let left_out = [format!(
        "Student {}: left out, school is not of the form it should have",
        student(1).to_hex()
    )];
    assert_eq!(ran.report.misread, left_out);
    assert_eq!(
        ran.report.strange.get("records that cannot be read"),
        Some(&1)
    );
    assert_eq!(world.one(&row), "- 9 4711");
    world.river.student(1).put();
    world.sync_full().await;
    // Empty and absent are two things to the source, and neither comes and goes.
    world.river.student(1).with("state_id", "").put();
    world.river.student(2).without("state_id").put();
    world.sync_full().await;
    let before = world.last_change();
    world.river.student(1).without("state_id").put();
    world.river.student(2).with("state_id", "").put();
    world.sync_full().await;
    assert_eq!(world.last_change(), before);
}

#[tokio::test(start_paused = true)]
async fn a2_08_a_field_that_is_no_longer_shared() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    for number in 13..=80 {
        world.river.student(number).put();
    }
    world.start().await;
    world.days(1);
    let emails = "SELECT count(*) FROM students WHERE email IS NOT NULL";
    let river = world.river.clone();
    let share = |shared: bool| {
        for number in 1..=80 {
            river.change(student(number), |document| {
                let email = format!("student{number}@example.org");
                let document = document.as_object_mut().unwrap();
                document.remove("email");
                if shared {
                    document.insert("email".to_owned(), json!(email));
                }
            });
        }
        river.synced();
    };
    let before = world.last_change();
    share(false);
    for _ in 0..3 {
        world.river.change_quietly(student(1), |document| {
            document["roles"]["student"]["grade"] = json!("9");
        });
        let ran = world.sync_full().await;
        assert_ne!(ran.state, RunState::Held);
        assert_eq!(world.number(emails), 80, "nobody's is blanked");
        assert_eq!(
            world.sql("SELECT code, subject FROM notices"),
            ["field_unshared students.email"],
            "one notice"
        );
        world.days(1);
    }
    let since = format!("SELECT count(*) FROM changes WHERE seq > {before}");
    assert_eq!(world.number(&since), 1, "a grade, and no email");
    // Somebody who comes now has none; everybody else's is as it was once they are shared again.
    world.river.student(90).top("email", json!(null)).put();
    world.sync().await;
    share(true);
    world.river.student(2).email("other@example.org").put();
    assert_eq!(world.sync().await.state, RunState::Applied);
    assert_eq!(
        (
            world.number(emails),
            world.sql("SELECT code FROM notices").len()
        ),
        (80, 0)
    );
    let changed = "SELECT before, after FROM changed_fields WHERE field = 'email'";
    assert_eq!(
        world.sql(changed),
        ["student2@example.org other@example.org"]
    );
    // What is sensitive goes, with one notice too, unless the policy says otherwise.
    let unshared = "# [unshared.students]\n# email = \"clear\"";
    let keeping = "[unshared.students]\ndob = \"keep\"";
    for (followed, left) in [
        (policy(&[BIRTHDAYS]), 0),
        (policy(&[BIRTHDAYS, (unshared, keeping)]), 80),
    ] {
        let world = World::of_policy(&V3_1, followed);
        by_hand::small(&world.river);
        for number in 13..=80 {
            world.river.student(number).put();
        }
        world.start().await;
        world.days(1);
        for number in 1..=80 {
            world.river.student(number).without("dob").put();
        }
        let ran = world.sync().await;
        assert_ne!(ran.state, RunState::Held);
        let patterns: Vec<_> = ran
            .plan
            .patterns()
            .iter()
            .map(|pattern| pattern.pattern.text())
            .collect();
        assert_eq!(patterns, ["field_unshared"]);
        assert_eq!(world.sql("SELECT subject FROM notices"), ["students.dob"]);
        assert_eq!(
            world.number("SELECT count(*) FROM students WHERE birth_date IS NOT NULL"),
            left
        );
        assert_eq!(world.sync_full().await.state, RunState::NoChange);
    }
}

#[tokio::test(start_paused = true)]
async fn a2_09_scorecard() {
    let world = World::of_policy(&V3_1, with("students", "dob", "\"required\"", "\"reject\""));
    by_hand::small(&world.river);
    for number in 101..=104 {
        world
            .river
            .student(number)
            .schools([2])
            .without("dob")
            .put();
    }
    world.river.student(105).schools([2]).email("").put();
    world
        .river
        .section(9)
        .students([105, 999])
        .teachers([2])
        .in_school(2)
        .put();
    world.start().await;
    let card = world.engine.scorecard(&world.tenant).await.unwrap();
    let names: Vec<_> = card
        .schools
        .iter()
        .map(|(_, name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["School 1", "School 2"]);
    let (one, two) = (&card.schools[0].2, &card.schools[1].2);
    assert_eq!(
        (
            one.percent("students", "email"),
            two.percent("students", "email")
        ),
        (Some(100), Some(80))
    );
    assert_eq!(
        (one.left_out, two.left_out, card.district.left_out),
        (0, 4, 4)
    );
    assert_eq!(two.findings.get("missing_required"), Some(&4));
    assert_eq!(two.orphans, 4, "students without a class: {two:?}");

    assert_eq!(
        (card.gains[0].field.as_str(), card.gains[0].records),
        ("dob", 4),
        "what would be gained"
    );
}

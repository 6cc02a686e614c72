//! A3.9 to A3.14: accounts that are chosen, come back, are adopted, or get other ids.

use homeroom_client::Clock as _;
use homeroom_plan::Key;
use homeroom_roster::{CrosswalkRow, Decision, Decisions as _, Kind, RunState};
use homeroom_sync::{Extent, Order, ReadHow, Trigger};
use homeroom_testkit::toy::{section, student, teacher};
use homeroom_wire::{Object, V3_1};
use serde_json::json;

use super::identity::{OWN, decides, started};
use crate::by_hand;
use crate::world::{World, policy};

#[tokio::test(start_paused = true)]
async fn a3_09_an_account_for_each_role() {
    let world = World::of_policy(
        &V3_1,
        policy(&[("account_per_role = false", "account_per_role = true")]),
    );
    by_hand::small(&world.river);
    world
        .river
        .teacher(3)
        .named("Rue", "Oak")
        .also_staff(3, [1, 2])
        .put();
    world.start().await;
    let choices = format!(
        "SELECT role FROM sign_in_choices WHERE source_id = '{}' ORDER BY role",
        teacher(3).to_hex()
    );
    assert_eq!(world.sql(&choices), ["staff", "teacher"]);
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE last_name = 'Oak'"),
        1,
        "joined by one person"
    );
    let one = format!(
        "SELECT count(*) FROM sign_in_choices WHERE source_id = '{}'",
        teacher(1).to_hex()
    );
    assert_eq!(
        world.number(&one),
        1,
        "nothing to choose for who has one role"
    );
}

#[tokio::test(start_paused = true)]
async fn a3_10_a_retired_id_returns_as_another() {
    for policy_word in ["create_provisional", "hold_record"] {
        let world = World::of_policy(
            &V3_1,
            policy(&[(
                "undecided = \"create_provisional\"",
                &format!("undecided = \"{policy_word}\""),
            )]),
        );
        by_hand::small(&world.river);
        world.river.student(1).named("Ana", "Li").sis("n1").put();
        world.start().await;
        let old = world.account(student(1));
        world.work(old, student(1), world.class(section(1)), "essay");
        world.days(1);
        world.river.leave(student(1));
        world.sync().await;
        world.days(320);
        // The number is another one too: nothing links by itself.
        world
            .river
            .student(901)
            .named("Ana", "Li")
            .sis("n901")
            .email("student1@example.org")
            .put();
        world.sync().await;
        let asked = world.sql("SELECT about, entity, state FROM suggestion");
        assert_eq!(asked, [format!("reconnect {old} open")], "{policy_word}");
        let held = policy_word == "hold_record";
        assert_eq!(
            world.sign_in(student(901)) == "nobody",
            held,
            "{policy_word}"
        );
        decides(&world, Decision::Accepted);
        world.sync_kept().await;
        assert_eq!(world.account(student(901)), old, "{policy_word}");
        assert_eq!(world.sign_in(student(901)), "yes student", "{policy_word}");
        assert_eq!(
            world.one("SELECT account FROM work_of_accounts"),
            old.to_string()
        );
        assert_eq!(world.sync_full().await.state, RunState::NoChange);
    }
}

#[tokio::test(start_paused = true)]
async fn a3_11_what_was_manual_survives_adoption() {
    let world = started().await;
    world.own_student(OWN, "Ng", "00050", "own@x.org");
    world.write(&format!(
        "INSERT INTO person_own (person, nickname, settings) VALUES ({OWN}, 'Cy', '{{\"theme\":\"dark\"}}');
         INSERT INTO custom_group (owner, name) VALUES ({}, 'Chess');
         INSERT INTO group_member (custom_group, person, opened) VALUES (1, {OWN}, '2026-09-01');",
        world.account(teacher(1))
    ));
    world.work(OWN, student(50), world.class(section(1)), "poster");
    world
        .river
        .student(50)
        .named("Cyrus", "Ng")
        .sis("00050")
        .put();
    world.river.enrol(section(1), student(50));
    world.sync().await;
    assert_eq!(world.account(student(50)), OWN, "linked, not doubled");
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE last_name = 'Ng'"),
        1
    );
    let own = format!(
        "SELECT p.origin, p.first_name, o.nickname, o.settings FROM people AS p JOIN person_own AS o ON o.person = p.id WHERE p.id = {OWN}"
    );
    assert_eq!(world.one(&own), "adopted Cyrus Cy {\"theme\":\"dark\"}");
    assert_eq!(world.one("SELECT name, usable FROM groups_now"), "Chess 1");
    assert_eq!(
        world.one("SELECT account FROM work_of_accounts"),
        OWN.to_string()
    );
    assert!(world.people_of(section(1)).contains(&"Ng".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a3_12_sign_in_before_sync() {
    let order = |id| Order {
        extent: Extent::Person(id),
        ..Order::new(Trigger::SignIn)
    };
    let world = started().await;
    world.river.events(false);
    world.river.student(60).put_quietly();
    world.river.student(61).put_quietly();
    world.river.change_quietly(section(1), |document| {
        let students = document["students"].as_array_mut().unwrap();
        students.push(json!(student(60).to_hex()));
    });
    assert_eq!(world.sign_in(student(60)), "nobody");
    let ran = world
        .order(&world.tenant, &order(student(60)))
        .await
        .unwrap();
    assert_eq!((ran.state, ran.mode), (RunState::Applied, "targeted"));
    assert_eq!(world.sign_in(student(60)), "yes student");
    assert_eq!(
        world.sign_in(student(61)),
        "nobody",
        "one person, nobody else"
    );
    assert_eq!(
        world.one(&format!("SELECT trigger FROM run WHERE id = {}", ran.run)),
        "sign_in"
    );
    // The same rules of planning: no back door into a district that nobody approved, nor past a hold.
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    let ran = world
        .order(&world.tenant, &order(student(1)))
        .await
        .unwrap();
    assert_eq!(
        (ran.state, world.sign_in(student(1)).as_str()),
        (RunState::Held, "nobody")
    );
    let ran = world
        .order(&world.tenant, &order(student(99)))
        .await
        .unwrap();
    assert_eq!(world.sign_in(student(99)), "nobody", "{:?}", ran.state);
}

#[tokio::test(start_paused = true)]
async fn a3_13_matching_rehearsed() {
    let mut world = World::new(&V3_1);
    by_hand::small(&world.river);
    // A customer of old: all students have accounts, made by hand, with the district's numbers as user names of theirs.
    for number in 1..=12 {
        let id = OWN + i64::from(number);
        let email = if number < 4 {
            "family@example.org".to_owned()
        } else {
            format!("student{number}@example.org")
        };
        let sis_id = if number == 12 {
            String::new()
        } else {
            number.to_string()
        };
        world.own_student(id, &format!("Student {number}"), &sis_id, &email);
    }
    let held = world.sync().await;
    assert_eq!(held.state, RunState::Held);
    let asked = world.toy.requests().len();
    let rehearsed = world.engine.rehearse(&world.tenant).await.unwrap();
    assert_eq!(world.toy.requests().len(), asked, "the source is not asked");
    let students = |key: Key| {
        let rungs = rehearsed.matching.rungs.iter();
        let mut found =
            rungs.filter(|rung| (rung.kind, rung.key) == (homeroom_model::Kind::Student, key));
        let rung = found.next().unwrap();
        (rung.records, rung.one, rung.many, rung.none)
    };
    assert_eq!(students(Key::SisId), (12, 11, 0, 1), "a good rung");
    assert_eq!(students(Key::Email), (12, 9, 0, 3), "a worse one");
    assert_eq!(
        world.number("SELECT count(*) FROM link"),
        0,
        "nothing is linked by it"
    );
    // Somebody picks the rungs; the choice is the policy. Nobody is there twice then.
    world.decide(policy(&[
        ("email = \"suggest\"", "email = \"off\""),
        (
            "name_birthday_school = \"suggest\"",
            "name_birthday_school = \"off\"",
        ),
    ]));
    let held = world.sync_kept().await;
    let ran = world.approve(&held.digest).await;
    assert_eq!(ran.state, RunState::Applied);
    assert_eq!(world.account(student(5)), OWN + 5);
    assert_eq!(
        world.number("SELECT count(*) FROM students WHERE source_id IS NOT NULL"),
        12
    );
    assert_eq!(
        world.number("SELECT count(*) FROM students"),
        13,
        "but the one without a number"
    );
}

#[tokio::test(start_paused = true)]
async fn a3_14_a_crosswalk_renumbers_a_district() {
    let world = started().await;
    let accounts: Vec<_> = (1..=12)
        .map(|number| world.account(student(number)))
        .collect();
    let mut rows = Vec::new();
    for number in 1..=12 {
        let mut document = world.river.document(student(number));
        world.river.leave(student(number));
        document["id"] = json!(student(1000 + number).to_hex());
        document["roles"]["student"]["sis_id"] = json!(format!("new-{number}"));
        document["roles"]["student"]["student_number"] = json!(format!("new-{number}"));
        document["email"] = json!(format!("new{number}@example.org"));
        document["name"]["first"] = json!("Renamed");
        world.river.put(Object::User, document);
        rows.push(CrosswalkRow {
            kind: Kind::Person,
            source_ids: true,
            old: student(number).to_hex(),
            new: student(1000 + number).to_hex(),
            used_by: None,
        });
    }
    rows.push(CrosswalkRow {
        kind: Kind::Person,
        source_ids: true,
        old: student(777).to_hex(),
        new: student(888).to_hex(),
        used_by: None,
    });
    world
        .roster
        .add_crosswalk(
            world.tenant.district,
            &rows,
            "principal",
            world.toy.clock().now(),
        )
        .unwrap();
    let dry = world.plan().await;
    let words = |line: &String| line.contains("rekey");
    assert_eq!(
        dry.plan.lines(false).filter(words).count(),
        12,
        "{:?}",
        dry.plan.lines(false).collect::<Vec<_>>()
    );
    assert_eq!(world.account(student(1)), accounts[0], "a dry run");
    let order = Order {
        read: ReadHow::Kept,
        ..Order::new(Trigger::Demand)
    };
    let mut ran = world.order(&world.tenant, &order).await.unwrap();
    if ran.state == RunState::Held {
        ran = world.approve(&ran.digest).await;
    }
    assert_eq!(ran.state, RunState::Applied);
    for (number, account) in (1..).zip(&accounts) {
        assert_eq!(world.account(student(1000 + number)), *account);
        assert_eq!(
            world.account(student(number)),
            *account,
            "the old id leads there too"
        );
    }
    assert_eq!(
        world.number("SELECT count(*) FROM crosswalk WHERE used_by IS NOT NULL"),
        12
    );
    assert_eq!(
        world.one("SELECT old FROM crosswalk WHERE used_by IS NULL"),
        student(777).to_hex(),
        "fits nobody"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE NOT usable"),
        0
    );
}

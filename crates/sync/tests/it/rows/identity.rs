//! A3: matching and identity.

use homeroom_client::Clock as _;
use homeroom_model::ObjectId;
use homeroom_roster::{CrosswalkRow, Decision, Decisions as _, Kind, Op, RunState};
use homeroom_sync::{Extent, Order, ReadHow, Trigger};
use homeroom_testkit::toy::{school, section, staff, student, teacher};
use homeroom_wire::{Object, V3_1};
use serde_json::json;

use crate::by_hand;
use crate::world::{World, policy};

const OWN: i64 = 1_000_000_900;

async fn started() -> World {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.days(1);
    world
}

/// Somebody decides the one open suggestion.
fn decides(world: &World, decision: Decision) {
    let asked = world.number("SELECT id FROM suggestion WHERE state = 'open'");
    let at = world.toy.clock().now();
    assert!(
        world
            .roster
            .decide(world.tenant.district, asked, decision, "principal", at)
            .unwrap()
    );
}

#[tokio::test(start_paused = true)]
async fn a3_01_links_say_what_they_rest_on() {
    let world = started().await;
    world.own_student(OWN, "Ng", "00050", "");
    world.river.student(50).sis("00050").put();
    world.river.student(51).put();
    world.sync().await;
    let rung = |id: ObjectId| {
        world.one(&format!(
            "SELECT rung, state, evidence IS NOT NULL FROM link WHERE source_id = '{}'",
            id.to_hex()
        ))
    };
    assert!(
        rung(student(50)).starts_with("sis_id active"),
        "{}",
        rung(student(50))
    );
    assert!(
        !rung(student(51)).starts_with("sis_id"),
        "{}",
        rung(student(51))
    );
    // The ladder is data.
    let world = World::of_policy(
        &V3_1,
        policy(&[("sis_id = \"auto\"", "sis_id = \"suggest\"")]),
    );
    by_hand::small(&world.river);
    world.start().await;
    world.own_student(OWN, "Ng", "00050", "");
    world.river.student(50).sis("00050").put();
    world.sync().await;
    assert_eq!(
        world.one("SELECT about, rung, entity FROM suggestion"),
        format!("link sis_id {OWN}")
    );
    let world = World::of_policy(&V3_1, policy(&[("sis_id = \"auto\"", "sis_id = \"off\"")]));
    by_hand::small(&world.river);
    world.start().await;
    world.own_student(OWN, "Ng", "00050", "");
    world.river.student(50).sis("00050").put();
    world.sync().await;
    assert_eq!(world.number("SELECT count(*) FROM suggestion"), 0);
    assert_ne!(world.account(student(50)), OWN);
}

#[tokio::test(start_paused = true)]
async fn a3_02_no_silent_takeover() {
    // An account of another kind, one with more power, one that is suspended, one that belongs to somebody present.
    let world = started().await;
    world.write(&format!(
        "INSERT INTO person (id, origin, source_state, first_name, last_name, email) VALUES ({OWN}, 'manual', 'never', 'A', 'Teacher of ours', 'one@x.org');
         INSERT INTO role (person, role, sis_id) VALUES ({OWN}, 'teacher', '00050');"
    ));
    world.own_student(OWN + 1, "Powerful", "00051", "");
    world.write(&format!(
        "INSERT INTO person_own (person, privileged) VALUES ({}, 1)",
        OWN + 1
    ));
    world.own_student(OWN + 2, "Suspended", "00052", "");
    by_hand::suspend(&world, OWN + 2, true);
    world
        .river
        .student(50)
        .sis("00050")
        .email("one@x.org")
        .put();
    world.river.student(51).sis("00051").put();
    world.river.student(52).sis("00052").put();
    world
        .river
        .student(53)
        .sis("1")
        .email("student1@example.org")
        .put();
    world.sync().await;
    for (number, taken) in [(50, OWN), (51, OWN + 1), (52, OWN + 2)] {
        assert_ne!(world.sign_in(student(number)), "nobody");
        assert_ne!(world.account(student(number)), taken, "{number}");
    }
    assert_ne!(world.account(student(53)), world.account(student(1)));
    let asked = world.sql("SELECT entity FROM suggestion WHERE about = 'link' ORDER BY entity");
    assert_eq!(
        asked,
        [(OWN + 1).to_string(), (OWN + 2).to_string()],
        "a person is asked, of nobody else"
    );
    let accounts = format!(
        "SELECT source_id FROM people WHERE id BETWEEN {OWN} AND {}",
        OWN + 2
    );
    assert_eq!(world.sql(&accounts), ["-", "-", "-"]);
}

#[tokio::test(start_paused = true)]
async fn a3_03_ambiguity() {
    let world = started().await;
    // The id of one account, the address of another.
    world.own_student(OWN, "Ng", "00050", "");
    world.own_student(OWN + 1, "Ng", "other", "ng@x.org");
    let before = world.sql(
        "SELECT id, last_name, email, source_id FROM people WHERE last_name = 'Ng' ORDER BY id",
    );
    world
        .river
        .student(50)
        .named("Cy", "Ng")
        .sis("00050")
        .email("ng@x.org")
        .put();
    world.river.student(51).put();
    world.sync().await;
    let conflict = world.one("SELECT code, source_id, entities, state FROM conflict");
    assert_eq!(
        conflict,
        format!(
            "ambiguous {} [{OWN},{}] open",
            student(50).to_hex(),
            OWN + 1
        ),
        "both, side by side"
    );
    let own = world.sql(&format!(
        "SELECT id, last_name, email, source_id FROM people WHERE id IN ({OWN}, {}) ORDER BY id",
        OWN + 1
    ));
    assert_eq!(own, before, "nothing is written to either");
    assert_eq!(
        world.sign_in(student(51)),
        "yes student",
        "everybody else goes on"
    );
    for _ in 0..2 {
        world.days(1);
        world.sync_full().await;
    }
    assert_eq!(world.number("SELECT count(*) FROM conflict"), 1);
}

#[tokio::test(start_paused = true)]
async fn a3_04_usernames_never_match() {
    let world = started().await;
    world.own_student(OWN, "Ng", "", "");
    world.write(&format!(
        "UPDATE person SET login_name = 'ana' WHERE id = {OWN}"
    ));
    let ana = |made: homeroom_testkit::toy::Made| {
        made.with("credentials", json!({ "district_username": "ana" }))
            .named("Ana", "Li")
    };
    ana(world.river.student(50)).put();
    let lake = world.toy.district(2);
    lake.school(1).with_id(school(9)).put();
    ana(lake.student(50))
        .with_id(student(950))
        .schools([9])
        .put();
    let other = world.connect(&lake);
    world.sync().await;
    let held = world
        .order(&other, &Order::new(Trigger::Demand))
        .await
        .unwrap();
    world.approve_of(&other, &held.digest).await;
    let accounts = [world.account(student(50)), world.account(student(950)), OWN];
    assert!(
        accounts[0] != accounts[1] && accounts[0] != OWN && accounts[1] != OWN,
        "{accounts:?}"
    );
    assert_eq!(world.number("SELECT count(*) FROM suggestion"), 0);
    assert_eq!(world.number("SELECT count(*) FROM conflict"), 0);
}

#[tokio::test(start_paused = true)]
async fn a3_06_a_merged_employee_is_split_and_a_merge_comes_apart() {
    // The source splits a person with two roles: the id that stays keeps the account.
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world
        .river
        .teacher(3)
        .named("Rue", "Oak")
        .also_staff(3, [1])
        .put();
    world.start().await;
    let account = world.account(teacher(3));
    world.work(account, teacher(3), world.class(section(1)), "lesson");
    world.days(1);
    world.river.teacher(3).named("Rue", "Oak").put();
    world
        .river
        .staff(3)
        .named("Rue", "Oak")
        .email("other@example.org")
        .put();
    world.sync().await;
    assert_eq!(
        (
            world.account(teacher(3)),
            world.sign_in(teacher(3)).as_str()
        ),
        (account, "yes teacher")
    );
    assert_eq!(world.sign_in(staff(3)), "yes staff");
    assert_ne!(world.account(staff(3)), account, "a record of its own");
    assert_eq!(
        world.one("SELECT account FROM work_of_accounts"),
        account.to_string(),
        "which inherits nothing by itself"
    );

    // A merge by hand, more work, and it comes apart with everybody's own.
    let (a, b) = (world.account(student(1)), world.account(student(2)));
    world.work(a, student(1), world.class(section(1)), "before a");
    world.work(b, student(2), world.class(section(1)), "before b");
    by_hand::merge(&world, b, a);
    assert_eq!(world.account(student(2)), a);
    assert_eq!(
        world.number(&format!(
            "SELECT count(*) FROM work_of_accounts WHERE account = {a}"
        )),
        2
    );
    world.work(a, student(1), world.class(section(1)), "after");
    by_hand::does(&world, Op::Unmerge { from: b });
    let own = |id: i64| {
        world.sql(&format!(
            "SELECT what FROM work_of_accounts WHERE account = {id} ORDER BY what"
        ))
    };
    assert_eq!(
        (own(a), own(b)),
        (
            vec!["after".to_owned(), "before a".to_owned()],
            vec!["before b".to_owned()]
        )
    );
    assert_eq!(world.account(student(2)), b);
    let timeline = world.sql(&format!(
        "SELECT op FROM changes WHERE subject = {b} ORDER BY seq"
    ));
    assert!(timeline.contains(&"merge".to_owned()), "{timeline:?}");
}

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

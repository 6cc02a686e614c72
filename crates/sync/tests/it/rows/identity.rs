//! A3: matching and identity.

use homeroom_client::Clock as _;
use homeroom_model::ObjectId;
use homeroom_roster::{Decision, Decisions as _, Op};
use homeroom_sync::{Order, Trigger, Undo};
use homeroom_testkit::toy::{school, section, staff, student, teacher};
use homeroom_wire::V3_1;
use serde_json::json;

use crate::by_hand;
use crate::world::{World, policy};

pub(super) const OWN: i64 = 1_000_000_900;

pub(super) async fn started() -> World {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.days(1);
    world
}

/// Somebody decides the one open suggestion.
pub(super) fn decides(world: &World, decision: Decision) {
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
async fn a3_04_login_names_are_the_apps_own() {
    let off = "[login_names]\nmake = \"off\"";
    let on = "[login_names]\nmake = \"first.last\"";
    let world = World::of_policy(&V3_1, policy(&[(off, on)]));
    let ana = |made: homeroom_testkit::toy::Made| made.named("Ana", "Li");
    by_hand::small(&world.river);
    for number in [50, 51] {
        ana(world.river.student(number)).put();
    }
    world.start().await;
    let lake = world.toy.district(2);
    lake.school(1).with_id(school(9)).put();
    let made = ana(lake.student(50)).with_id(student(950)).schools([9]);
    made.put();
    let other = world.connect(&lake);
    let order = Order::new(Trigger::Demand);
    let held = world.order(&other, &order).await.unwrap();
    world.approve_of(&other, &held.digest).await;
    let login = |id: ObjectId| {
        let account = world.account(id);
        world.one(&format!(
            "SELECT login_name FROM person WHERE id = {account}"
        ))
    };
    let names = || [50, 51, 950].map(|number| login(student(number)));
    assert_eq!(names(), ["ana.li", "ana.li2", "ana.li3"]);
    let unnamed = "SELECT count(*) FROM person WHERE login_name IS NULL";
    assert_eq!(world.number(unnamed), 0);

    // No sync changes one, whatever becomes of the name, and nobody is found by one.
    world.days(1);
    world.river.student(50).named("Anna", "Lee").put();
    ana(world.river.student(52)).put();
    let ran = world.sync().await;
    assert_eq!(names(), ["ana.li", "ana.li2", "ana.li3"]);
    assert_eq!(login(student(52)), "ana.li4");
    assert_eq!(world.number("SELECT count(*) FROM suggestion"), 0);
    let order = Order {
        deep: true,
        ..Order::new(Trigger::Demand)
    };
    let deep = world.order(&world.tenant, &order).await.unwrap();
    assert!(deep.plan.is_empty(), "it is no damage");

    // Undone, it goes with its account.
    let undo = Undo {
        run: ran.run,
        dry: false,
        by: "principal",
        approved: None,
    };
    world.engine.undo(&world.tenant, &undo).await.unwrap();
    let taken = "SELECT count(*) FROM person WHERE login_name = 'ana.li4'";
    assert_eq!(world.number(taken), 0);
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

//! C1: what a person is asked about identity.

use homeroom_roster::{Decision, Decisions as _, RunState};
use homeroom_testkit::toy::{section, student};
use homeroom_wire::V3_1;
use serde_json::json;

use crate::by_hand;
use crate::world::World;

/// An account of the app with the email that the source gives to student 50.
async fn same_email(world: &World) {
    by_hand::small(&world.river);
    world.start().await;
    world.own_student(1_000_000_900, "Local", "L1", "a@x.org");
    world.river.student(50).email("a@x.org").sis("00050").put();
}

#[tokio::test(start_paused = true)]
async fn s04_only_the_email_fits() {
    let world = World::new(&V3_1);
    same_email(&world).await;
    let account = "SELECT last_name, email, source_id, origin FROM people WHERE id = 1000000900";
    let before = world.one(account);
    world.sync().await;
    assert_eq!(
        world.one("SELECT about, rung, entity, state FROM suggestion"),
        "link email 1000000900 open"
    );
    assert_eq!(
        world.one(account),
        before,
        "nothing of it changes until somebody accepts"
    );
    let asked = world.number("SELECT id FROM suggestion");
    let (district, at) = (
        world.tenant.district,
        homeroom_client::Clock::now(&*world.toy.clock()),
    );
    assert!(
        world
            .roster
            .decide(district, asked, Decision::Rejected, "principal", at)
            .unwrap()
    );
    for _ in 0..2 {
        world.days(1);
        world.river.change(student(50), |document| {
            document["name"]["middle"] = json!("X");
        });
        world.sync_full().await;
        assert_eq!(
            world.one("SELECT state FROM suggestion"),
            "rejected",
            "never asked again"
        );
        assert_eq!(world.one(account), before);
    }
    assert_ne!(world.account(student(50)), 1_000_000_900);

    let world = World::new(&V3_1);
    same_email(&world).await;
    world.sync().await;
    let provisional = world.account(student(50));
    let asked = world.number("SELECT id FROM suggestion");
    assert!(
        world
            .roster
            .decide(
                world.tenant.district,
                asked,
                Decision::Accepted,
                "principal",
                at
            )
            .unwrap()
    );
    let ran = world.sync_kept().await;
    assert_eq!(
        ran.state,
        RunState::Applied,
        "{:?}",
        ran.plan.lines(true).collect::<Vec<_>>()
    );
    assert_eq!(world.account(student(50)), 1_000_000_900);
    assert_eq!(
        world.one("SELECT last_name, usable FROM people WHERE id = 1000000900"),
        "Student 50 1"
    );
    assert_eq!(
        world.one(&format!(
            "SELECT app_state, merged_into FROM people WHERE id = {provisional}"
        )),
        "merged_into 1000000900"
    );
    assert_eq!(world.sync_kept().await.state, RunState::NoChange);
}

#[tokio::test(start_paused = true)]
async fn s05_split_identity() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.own_student(1_000_000_900, "Local", "L1", "b@x.org");
    world.work(
        1_000_000_900,
        student(999),
        world.class(section(1)),
        "essay",
    );
    let account = world.account(student(1));
    world
        .river
        .change(student(1), |document| document["email"] = json!("b@x.org"));
    world.river.change(student(2), |document| {
        document["email"] = json!("other@x.org");
    });
    world.sync().await;
    let conflict = world.one("SELECT code, source_id, entities, state FROM conflict");
    let both = format!("split_identity {} [1000000900] open", student(1).to_hex());
    assert_eq!(conflict, both, "the record of one, and the other account");
    let email = |id: i64| world.one(&format!("SELECT email FROM people WHERE id = {id}"));
    assert_eq!(
        (email(account), email(1_000_000_900)),
        ("student1@example.org".to_owned(), "b@x.org".to_owned())
    );
    assert_eq!(world.account(student(1)), account, "the link stays");
    assert_eq!(
        email(world.account(student(2))),
        "other@x.org",
        "everybody else goes on"
    );
    world.days(1);
    world.sync_full().await;
    assert_eq!(
        world.number("SELECT count(*) FROM conflict"),
        1,
        "asked once"
    );

    let asked = world.number("SELECT id FROM suggestion WHERE about = 'merge' AND state = 'open'");
    let at = homeroom_client::Clock::now(&*world.toy.clock());
    assert!(
        world
            .roster
            .decide(
                world.tenant.district,
                asked,
                Decision::Accepted,
                "principal",
                at
            )
            .unwrap()
    );
    world.days(1);
    world.sync_full().await;
    assert_eq!(email(account), "b@x.org");
    assert_eq!(
        world.one("SELECT account, what FROM work_of_accounts"),
        format!("{account} essay")
    );
    assert_eq!(
        world.number("SELECT count(*) FROM conflict WHERE state = 'open'"),
        0
    );
}

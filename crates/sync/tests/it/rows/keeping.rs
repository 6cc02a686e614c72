//! A4.10 and A4.12: taking a run back, and comparing the app with what it should show. `undoing.rs` and `reconciling.rs` try both
//! in all their corners.

use homeroom_roster::RunState;
use homeroom_sync::{Counted, Order, ReadHow, Trigger, Undo};
use homeroom_testkit::toy::{section, student};
use homeroom_wire::V3_1;
use serde_json::json;

use crate::by_hand;
use crate::world::{CONTACTS, World, policy};

/// What an app sees of people and classes.
fn seen(world: &World) -> Vec<String> {
    [
        "SELECT id, source_id, first_name, last_name, email, usable FROM people ORDER BY id",
        "SELECT id, source_id, name, active FROM classes ORDER BY id",
        "SELECT section, person, role FROM rosters ORDER BY section, person",
    ]
    .iter()
    .flat_map(|sql| world.sql(sql))
    .collect()
}

#[tokio::test(start_paused = true)]
async fn a4_10_bad_data_is_taken_back() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.days(1);
    let before = seen(&world);
    for number in 1..=4 {
        world.river.change(student(number), |document| {
            document["name"]["last"] = json!("Wrong");
        });
    }
    world.river.leave(student(12));
    world.river.delete(section(4));
    let bad = world.sync().await;
    assert_eq!(bad.state, RunState::Applied);
    // Since then somebody wrote a name of their own, which is not the run's to take back.
    let class = world.class(section(1));
    world.write(&format!(
        "INSERT INTO section_own (section, display_name) VALUES ({class}, 'Stars')"
    ));
    let undo = |dry| Undo {
        run: bad.run,
        dry,
        by: "principal",
        approved: None,
    };
    let dry = world.engine.undo(&world.tenant, &undo(true)).await.unwrap();
    assert_eq!(dry.state, RunState::Planned);
    assert_ne!(seen(&world), before, "a dry run");
    let done = world
        .engine
        .undo(&world.tenant, &undo(false))
        .await
        .unwrap();
    assert_eq!(
        (done.state, done.taken_back),
        (RunState::Applied, dry.taken_back)
    );
    assert_eq!(
        world.one(&format!("SELECT name FROM classes WHERE id = {class}")),
        "Stars"
    );
    world.write("UPDATE section_own SET display_name = NULL");
    assert_eq!(seen(&world), before);
    assert_eq!(
        world.one(&format!(
            "SELECT mode, undoes FROM run WHERE id = {}",
            done.run
        )),
        format!("undo {}", bad.run)
    );
}

#[tokio::test(start_paused = true)]
async fn a4_12_damage_is_found_and_repaired() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    let before = seen(&world);
    let well = world.engine.verify(&world.tenant).await.unwrap();
    assert!(
        well.is_well(),
        "{:?}",
        well.drift.lines(true).collect::<Vec<_>>()
    );
    let students = Counted::Records(homeroom_model::Kind::Student);
    let tally = well
        .tallies
        .iter()
        .find(|tally| tally.what == students && tally.school.is_none());
    assert_eq!(tally.map(|tally| (tally.source, tally.app)), Some((12, 12)));
    let account = world.account(student(1));
    world.write(&format!(
        "UPDATE person SET first_name = 'Damaged' WHERE id = {account}"
    ));
    let found = world.engine.verify(&world.tenant).await.unwrap();
    let drift: Vec<_> = found.drift.lines(false).collect();
    assert_eq!(drift.len(), 1, "{drift:?}");

    let repair = Order {
        read: ReadHow::Kept,
        deep: true,
        ..Order::new(Trigger::Demand)
    };
    let ran = world.order(&world.tenant, &repair).await.unwrap();
    assert_eq!(ran.state, RunState::Applied);
    assert_eq!(world.audit(ran.run), ["update person drifted 1"]);
    assert_eq!(seen(&world), before);
}

/// Whose contact somebody is is no record of the app's: it is compared by what stands between two accounts.
#[tokio::test(start_paused = true)]
async fn a4_12_ties_are_compared_too() {
    let world = World::of_policy(&V3_1, policy(&CONTACTS));
    by_hand::small(&world.river);
    for number in 1..=3 {
        let contact = world.river.contact(number);
        contact.of_student(number, "Parent", "Primary").put();
    }
    world.start().await;
    let ties = "SELECT type, label FROM relationship WHERE closed IS NULL ORDER BY student, type";
    let before = world.sql(ties);
    assert_eq!(before.len(), 3);
    let drift = async || {
        let found = world.engine.verify(&world.tenant).await.unwrap();
        found.drift.lines(false).collect::<Vec<_>>()
    };
    assert_eq!(drift().await, [] as [&str; 0]);
    let account = world.account(student(2));
    world.write(&format!(
        "UPDATE relationship SET label = 'Uncle' WHERE student = {account}"
    ));
    assert_eq!(drift().await.len(), 1);
    let repair = Order {
        read: ReadHow::Kept,
        deep: true,
        ..Order::new(Trigger::Demand)
    };
    let ran = world.order(&world.tenant, &repair).await.unwrap();
    assert_eq!(ran.state, RunState::Applied);
    assert_eq!(world.sql(ties), before);
    assert_eq!(drift().await, [] as [&str; 0]);
}

//! Comparing the app with the mirror that is applied (integration-side A4.12), and letting go of old mirrors.

use std::time::Duration;

use homeroom_model::Kind;
use homeroom_roster::{Roster as _, RunState};
use homeroom_sync::{Counted, Order, ReadHow, Retention, Tally, Trigger};
use homeroom_testkit::toy::{school, section, student};
use homeroom_wire::V3_1;
use serde_json::json;

use crate::world::World;

/// Two schools, twenty students in two classes.
async fn town() -> World {
    let world = World::new(&V3_1);
    let river = &world.river;
    for number in [1, 2] {
        river.school(number).put();
        river.teacher(number).schools([number]).put();
    }
    for number in 1..=20 {
        river.student(number).schools([1 + number % 2]).put();
    }
    river
        .section(1)
        .in_school(1)
        .teachers([1])
        .students((1..=10).map(|n| 2 * n))
        .put();
    river
        .section(2)
        .in_school(2)
        .teachers([2])
        .students((1..=10).map(|n| 2 * n - 1))
        .put();
    world.start().await;
    world
}

impl World {
    /// A run that compares everything with what was read last.
    async fn repair(&self) -> homeroom_sync::Ran {
        let order = Order {
            read: ReadHow::Kept,
            deep: true,
            ..Order::new(Trigger::Demand)
        };
        self.order(&self.tenant, &order).await.unwrap()
    }
}

#[tokio::test]
async fn counts_agree_per_kind_and_school() {
    let world = town().await;
    let verified = world.engine.verify(&world.tenant).await.unwrap();
    assert!(verified.is_well());
    let apart: Vec<_> = verified
        .tallies
        .iter()
        .filter(|tally| tally.source != tally.app)
        .collect();
    assert!(apart.is_empty(), "{apart:?}");
    let count = |place: Option<u64>, what| {
        let school = place.map(school);
        let found = verified
            .tallies
            .iter()
            .find(|tally| (tally.school, tally.what) == (school, what));
        found.map(|tally| tally.app)
    };
    assert_eq!(count(None, Counted::Records(Kind::Student)), Some(20));
    assert_eq!(count(Some(1), Counted::Records(Kind::Student)), Some(10));
    assert_eq!(count(Some(2), Counted::Records(Kind::Employee)), Some(1));
    assert_eq!(count(None, Counted::Memberships), Some(22));
    assert_eq!(count(Some(1), Counted::Memberships), Some(11));
    assert_eq!(
        count(None, Counted::Records(Kind::Contact)),
        None,
        "the app wants none"
    );
}

#[tokio::test]
async fn damage_by_hand_is_found_and_repaired() {
    let world = town().await;
    let account = world.account(student(2));
    let class = world.class(section(1));
    let shown = || {
        let people = "SELECT id, first_name, email, usable, source_state FROM people ORDER BY id";
        let seats =
            "SELECT section, person, position, opened FROM membership ORDER BY section, person";
        let roles = "SELECT person, role, grade, sis_id FROM role ORDER BY person";
        let all = [
            people,
            seats,
            roles,
            "SELECT id, name, state FROM section ORDER BY id",
        ];
        all.iter()
            .flat_map(|sql| world.sql(sql))
            .collect::<Vec<_>>()
    };
    let before = shown();
    world.write(&format!(
        "UPDATE person SET first_name = 'Somebody' WHERE id = {account};
         UPDATE role SET grade = '1' WHERE person = {account};
         UPDATE section SET name = 'Damaged' WHERE id = {class};
         DELETE FROM membership WHERE section = {class} AND person = {account};"
    ));
    // An ordinary run compares digests and sees nothing.
    let ran = world.sync().await;
    assert_eq!(
        ran.state,
        RunState::NoChange,
        "{} {:?}",
        ran.mode,
        ran.plan.lines(true).collect::<Vec<_>>()
    );
    let found = world.engine.verify(&world.tenant).await.unwrap();
    assert!(!found.is_well());
    let seats = Tally {
        school: None,
        what: Counted::Memberships,
        source: 22,
        app: 21,
    };
    assert!(found.tallies.contains(&seats), "{:?}", found.tallies);
    assert_ne!(shown(), before, "looking repairs nothing");
    let repaired = world.repair().await;
    assert_eq!(repaired.state, RunState::Applied);
    assert_eq!(shown(), before);
    assert!(world.engine.verify(&world.tenant).await.unwrap().is_well());
    let rows = world.sql(&format!(
        "SELECT DISTINCT field FROM changed_fields WHERE run = {} ORDER BY field",
        repaired.run
    ));
    assert_eq!(rows, ["first_name", "name", "student.grade"]);
}

#[tokio::test]
async fn a_broken_rule_is_named() {
    let world = town().await;
    let class = world.class(section(1));
    let connection = rusqlite::Connection::open(world.roster.path()).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA foreign_keys = OFF; DELETE FROM section WHERE id = {class};"
        ))
        .unwrap();
    let found = world.engine.verify(&world.tenant).await.unwrap();
    let rules: Vec<_> = found.broken.iter().map(|(rule, _)| *rule).collect();
    assert!(
        rules.contains(&"a membership across districts, or of nobody"),
        "{rules:?}"
    );
    assert!(!found.is_well());
}

/// A run that reads everything, after a change that makes another mirror.
async fn read_again(world: &World, number: u64) {
    world.days(1);
    world.river.change(student(1), |document| {
        document["name"]["middle"] = json!(format!("M{number}"));
    });
    world.sync_full().await;
}

fn soon() -> Retention {
    Retention {
        mirrors: 2,
        undoable: 1,
        plans: Duration::from_hours(48),
        grace: Duration::ZERO,
    }
}

#[tokio::test]
async fn old_mirrors_and_their_objects_go_and_what_is_needed_stays() {
    let world = town().await;
    for number in 0..6 {
        read_again(&world, number).await;
    }
    let before = world.depot().list().await.unwrap().len();
    // Real files have the time of the real clock: all of them are older than a day after tomorrow.
    world.days(20_000);
    let collected = world.engine.collect(&soon()).await.unwrap();
    assert_eq!(collected.busy, 0);
    assert!(
        collected.mirrors >= 3 && collected.plans > 0,
        "{collected:?}"
    );
    assert!(
        collected.objects > 0 && collected.bytes > 0,
        "{collected:?}"
    );
    let kept = world.sql("SELECT number FROM mirror ORDER BY number");
    let applied = world.one("SELECT mirror FROM district");
    assert_eq!(kept.last(), Some(&applied));
    let after = world.depot().list().await.unwrap().len();
    assert_eq!(before - after, usize::try_from(collected.objects).unwrap());
    let again = world.engine.collect(&soon()).await.unwrap();
    assert_eq!(
        (again.mirrors, again.plans, again.objects),
        (0, 0, 0),
        "once is enough"
    );
    // Everything that is needed is there: a repair, a run, an undo.
    assert_eq!(world.repair().await.state, RunState::NoChange);
    read_again(&world, 9).await;
    assert!(world.engine.verify(&world.tenant).await.unwrap().is_well());
}

#[tokio::test]
async fn nothing_is_deleted_while_somebody_writes() {
    use homeroom_client::Clock as _;
    use homeroom_model::Timestamp;
    use homeroom_roster::{Districts as _, Lease};
    let world = town().await;
    for number in 0..6 {
        read_again(&world, number).await;
    }
    world.days(20_000);
    let now = world.toy.clock().now();
    let until = Timestamp::from_millis(now.millis() + 60_000);
    let lease = world
        .roster
        .lease(world.tenant.district, "another", now, until)
        .unwrap();
    assert!(matches!(lease, Lease::Yours { .. }));
    let objects = world.depot().list().await.unwrap();
    let collected = world.engine.collect(&soon()).await.unwrap();
    assert_eq!(
        (collected.busy, collected.mirrors, collected.objects),
        (1, 0, 0)
    );
    assert_eq!(world.depot().list().await.unwrap(), objects);
    world
        .roster
        .release(world.tenant.district, "another")
        .unwrap();
    assert!(world.engine.collect(&soon()).await.unwrap().objects > 0);
}

#[tokio::test]
async fn a_plan_that_waits_keeps_its_mirror_and_its_lines() {
    let world = World::new(&V3_1);
    world.river.school(1).put();
    for number in 1..=20 {
        world.river.student(number).put();
    }
    assert_eq!(world.sync().await.state, RunState::Held);
    for number in 0..6 {
        read_again(&world, number).await;
    }
    world.days(20_000);
    let collected = world.engine.collect(&soon()).await.unwrap();
    assert!(
        collected.mirrors > 0 && collected.plans > 0,
        "{collected:?}"
    );
    let digest = world.one("SELECT plan FROM hold WHERE closed IS NULL");
    let reading = world.roster.read().unwrap();
    let plan = reading.plan(world.tenant.district, &digest).unwrap();
    let lines = world.engine.lines_of(&plan.unwrap()).await.unwrap();
    assert!(lines.len() >= 21, "{lines:?}");
    // Another day is another plan; what it is made of is there.
    let held = world.sync_kept().await;
    let ran = world.approve(&held.digest).await;
    assert_eq!((ran.state, ran.performed.done), (RunState::Applied, 21));
}

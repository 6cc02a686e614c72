//! A4.3 and A4.10: what depends on an action that waits for somebody waits with it, comes with a yes, and leaves nothing behind
//! where the district takes it back.

use homeroom_roster::{Holds as _, RunState};
use homeroom_sync::Ran;
use homeroom_testkit::toy::{section, student, teacher};
use homeroom_wire::V3_1;

use crate::by_hand;
use crate::world::{CONTACTS, World, policy};

/// Six teachers come who are on the staff too, more power than goes unasked; they teach class 1, to which a student comes as well.
async fn powers_come(world: &World) -> String {
    by_hand::small(&world.river);
    world.start().await;
    world.days(1);
    for number in 11..=16 {
        world.river.teacher(number).also_staff(number, [1]).put();
    }
    let class = world.river.section(1).students([1, 2, 3, 12]);
    class.teachers([1, 11, 12, 13, 14, 15, 16]).put();
    let ran = world.sync().await;
    assert_eq!(ran.state, RunState::Applied);
    assert_eq!(ran.performed.set_aside, [], "nothing of it is a failure");
    assert_eq!(world.holds(), ["role_grants role_grants"]);
    assert_eq!(world.people_of(section(1)), WITHOUT);
    open_plan(world)
}

/// The plan that waits.
fn open_plan(world: &World) -> String {
    world.one("SELECT plan FROM hold WHERE closed IS NULL")
}

const WITHOUT: [&str; 5] = [
    "Teacher 1",
    "Student 1",
    "Student 12",
    "Student 2",
    "Student 3",
];

#[tokio::test(start_paused = true)]
async fn a4_03_what_needs_somebody_who_waits_comes_with_the_yes() {
    let world = World::new(&V3_1);
    let digest = powers_come(&world).await;
    let yes = world.approve(&digest).await;
    assert_eq!((yes.state, yes.digest), (RunState::Applied, digest));
    assert_eq!(yes.performed.set_aside, []);
    assert_eq!(
        world.people_of(section(1)).len(),
        5 + 6,
        "they teach at once"
    );
    assert_eq!(world.holds(), [] as [&str; 0]);
    let next = world.sync_full().await;
    assert_eq!((next.state, next.performed.done), (RunState::NoChange, 0));
}

#[tokio::test(start_paused = true)]
async fn a4_03_a_no_keeps_it_waiting_and_a_correction_leaves_nothing() {
    let world = World::new(&V3_1);
    powers_come(&world).await;
    let no = |world: &World| {
        let hold: i64 = world.number("SELECT id FROM hold WHERE closed IS NULL");
        let (district, now) = (
            world.tenant.district,
            homeroom_client::Clock::now(&*world.toy.clock()),
        );
        let outcome = homeroom_roster::HoldOutcome::Discarded;
        assert!(
            world
                .roster
                .close_hold(district, hold, outcome, "principal", now)
                .unwrap()
        );
    };
    no(&world);
    for _ in 0..2 {
        world.days(1);
        world.sync().await;
        assert_eq!(
            world.holds(),
            ["role_grants role_grants"],
            "it is asked again"
        );
        assert_eq!(world.people_of(section(1)), WITHOUT);
        no(&world);
    }
    world.days(1);
    for number in 11..=16 {
        world.river.leave(teacher(number));
    }
    let quiet = world.sync().await;
    assert_eq!(quiet.performed.set_aside, []);
    assert_eq!(world.holds(), [] as [&str; 0]);
    assert_eq!(world.people_of(section(1)), WITHOUT);
    assert_eq!(world.sync_full().await.state, RunState::NoChange);
}

/// Somebody left and an undo took that back; they keep their classes as long as their leaving waits.
#[tokio::test(start_paused = true)]
async fn a4_10_who_stays_for_now_stays_in_class() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    let before = world.people_of(section(1));
    world.days(1);
    world.river.leave(student(3));
    let run = world.sync().await.run;
    world.undo(run).await;
    for _ in 0..2 {
        world.days(1);
        let held = world.sync_full().await;
        assert_eq!(held.performed.set_aside, []);
        assert_eq!(world.holds(), ["undone undone"]);
        assert_eq!(world.people_of(section(1)), before);
        assert_eq!(world.sign_in(student(3)), "yes student");
    }
    let yes = world.approve(&open_plan(&world)).await;
    assert_eq!(
        (yes.state, yes.performed.set_aside),
        (RunState::Applied, vec![])
    );
    assert!(world.sign_in(student(3)).starts_with("no"));
    assert_eq!(
        world.people_of(section(1)),
        ["Teacher 1", "Student 1", "Student 2"]
    );
    assert_eq!(world.sync_full().await.state, RunState::NoChange);
}

/// Somebody came and an undo took that back; then a contact of theirs comes.
async fn undone_and_more_comes() -> (World, Ran) {
    let world = World::of_policy(&V3_1, policy(&CONTACTS));
    by_hand::small(&world.river);
    for number in 1..=2 {
        let contact = world.river.contact(number);
        contact.of_student(number, "Parent", "Primary").put();
    }
    world.start().await;
    world.days(1);
    world.river.student(50).put();
    let run = world.sync().await.run;
    world.undo(run).await;
    world.days(1);
    let contact = world.river.contact(70);
    contact.of_student(50, "Parent", "Primary").put();
    world
        .river
        .section(2)
        .students([4, 5, 6, 50])
        .teachers([1])
        .put();
    let ran = world.sync().await;
    assert_eq!(ran.performed.set_aside, [], "what waits is no failure");
    assert_eq!(world.holds(), ["undone undone"]);
    (world, ran)
}

/// Ties that came since the first sync, which brought two.
const TIES: &str = "SELECT count(*) - 2 FROM relationship";

#[tokio::test(start_paused = true)]
async fn a4_10_what_needs_what_was_undone_waits_with_it() {
    let (world, ran) = undone_and_more_comes().await;
    assert_eq!((ran.performed.held, ran.plan.dependants()), (3, 1));
    let told = world.one("SELECT verdicts FROM hold WHERE closed IS NULL");
    assert!(told.contains(r#""depend":1"#), "{told}");
    assert_eq!(world.number(TIES), 0);
    let yes = world.approve(&open_plan(&world)).await;
    assert_eq!(
        (yes.state, yes.performed.set_aside),
        (RunState::Applied, vec![])
    );
    assert_eq!(world.sign_in(student(50)), "yes student");
    assert_eq!(world.people_of(section(2)).len(), 1 + 4);
    assert_eq!(world.number(TIES), 1);
    assert_eq!(world.sync_full().await.state, RunState::NoChange);
}

#[tokio::test(start_paused = true)]
async fn a4_10_what_needed_what_is_no_longer_sent_goes_with_it() {
    let (world, _) = undone_and_more_comes().await;
    world.days(1);
    world.river.leave(student(50));
    let ran = world.sync_full().await;
    assert_eq!(ran.performed.set_aside, []);
    assert_eq!(world.holds(), [] as [&str; 0]);
    assert_eq!(
        (world.number(TIES), world.people_of(section(2)).len()),
        (0, 1 + 3)
    );
    assert_eq!(world.sync_full().await.state, RunState::NoChange);
}

//! Histories: what holds over a school year of changes, faults, crashes and restarts (integration-side B16).

mod app;
mod check;
mod kills;
mod local;
mod look;
pub(crate) mod mortal;
mod play;
mod replay;
mod same;
mod shown;
mod story;
mod village;

use homeroom_roster::RunState;
use homeroom_sync::{Extent, Order, Trigger};
use homeroom_testkit::{seed, soak};
use homeroom_wire::{V2_1, V3_1};

use crate::world::World;
use play::Tally;

/// Thousands of districts live through a school year each.
#[test]
fn years_of_changes_faults_and_crashes() {
    let (first, histories) = asked(8, 3000);
    let seeds = first..first + histories;
    let played = story::many(seeds, |seed| {
        story::told(seed, async |story| play::history(seed, story).await)
    });
    let mut all = Tally::default();
    for tally in &played {
        all.add(tally);
    }
    eprintln!("seed {first} and the {} after it: {all:?}", histories - 1);
}

/// Seeds of histories that found a mistake once: what it was must not come again.
#[test]
fn years_that_found_something() {
    story::many(
        [
            100, 131, 307, 426, 444, 682, 885, 984, 1033, 1098, 1168, 1392, 2257, 2976,
        ]
        .into_iter(),
        |seed| story::told(seed, async |story| play::history(seed, story).await),
    );
}

/// The same of comparisons.
#[test]
fn comparisons_that_found_something() {
    story::many([58, 121, 161].into_iter(), |seed| {
        story::told(seed, async |story| same::full_is_delta(seed, story).await)
    });
    story::many([12, 16, 24, 133, 142, 187, 341].into_iter(), |seed| {
        story::told(seed, async |story| {
            same::schools_in_any_order(seed, story).await
        })
    });
}

fn asked(in_gate: u64, in_soak: u64) -> (u64, u64) {
    let first = seed(1);
    let alone = std::env::var_os("HOMEROOM_SEED").is_some();
    let histories = match (alone, soak()) {
        (true, _) => several(),
        (false, true) => in_soak,
        (false, false) => in_gate,
    };
    (first, histories)
}

/// How many seeds are played from the one that `HOMEROOM_SEED` names.
fn several() -> u64 {
    let told = std::env::var("HOMEROOM_SEEDS");
    told.map_or(1, |text| text.parse().expect("HOMEROOM_SEEDS is a number"))
}

/// A full read is the events since the one before, in every version.
#[test]
fn full_is_delta() {
    let (first, histories) = asked(4, 600);
    let played = story::many(first..first + histories, |seed| {
        story::told(seed, async |story| same::full_is_delta(seed, story).await)
    });
    let mut all = same::Compared::default();
    for one in &played {
        all.add(one);
    }
    eprintln!("seed {first} and the {} after it: {all:?}", histories - 1);
}

/// Schools may be read by themselves, in any order.
#[test]
fn schools_may_be_read_in_any_order() {
    let (first, histories) = asked(3, 400);
    let played = story::many(first..first + histories, |seed| {
        story::told(seed, async |story| {
            same::schools_in_any_order(seed, story).await
        })
    });
    let mut all = same::Compared::default();
    for one in &played {
        all.add(one);
    }
    eprintln!("seed {first} and the {} after it: {all:?}", histories - 1);
}

/// S37: repeated and disturbed passes over a feed come to what one clean pass comes to.
#[test]
fn s37_replay_and_duplicates() {
    let (first, histories) = asked(3, 400);
    let played = story::many(first..first + histories, |seed| {
        story::told(seed, async |story| replay::repeated(seed, story).await)
    });
    let mut all = replay::Repeated::default();
    for one in &played {
        all.add(one);
    }
    eprintln!("seed {first} and the {} after it: {all:?}", histories - 1);
}

/// A list that is empty is believed where somebody had said before of everybody who was in it that they are gone.
#[tokio::test(start_paused = true)]
async fn an_empty_list_of_people_who_are_known_to_be_gone_is_whole() {
    let world = World::new(&V2_1);
    let river = world.river.clone();
    river.school(1).put();
    river.student(1).put();
    river.teacher(1).put();
    let staff = river.staff(2).put();
    world.start().await;
    river.delete(staff);
    world.demand(Extent::Person(staff)).await;
    let ran = world.sync_full().await;
    assert_eq!(
        ran.state,
        RunState::NoChange,
        "{:?}",
        ran.report.collections
    );
}

/// A 404 that is a page of HTML is what a proxy or a wrong token says, and no word about a person.
#[tokio::test(start_paused = true)]
async fn nobody_is_gone_because_of_a_page_of_html() {
    for (version, people) in [(&V3_1, "users"), (&V2_1, "students")] {
        let mut world = World::new(version);
        let river = world.river.clone();
        river.school(1).put();
        let student = river.student(1).put();
        world.start().await;
        world.faults(&format!("*/{people}/* * html-404"));
        let order = Order {
            extent: Extent::Person(student),
            ..Order::new(Trigger::Demand)
        };
        let ran = world.order(&world.tenant, &order).await;
        assert!(ran.is_err(), "nobody knows: {:?}", ran.map(|ran| ran.state));
        assert!(
            world.sign_in(student).starts_with("yes"),
            "{}",
            version.name
        );
    }
}

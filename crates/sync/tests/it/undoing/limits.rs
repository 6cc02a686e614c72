//! Undos that pass a limit of the policy (integration-side A4.10, B9).

use homeroom_roster::RunState;
use homeroom_testkit::toy::{section, student};
use homeroom_wire::V3_1;
use serde_json::json;

use super::{guards, town};
use crate::world::World;

/// An undo that passes a limit waits for somebody who names it.
async fn waits(world: &World, run: i64, expected: &[&str]) {
    let held = world.try_undo(run, None).await.unwrap();
    assert_eq!(
        (held.state, guards(&held)),
        (RunState::Held, expected.to_vec())
    );
    let yes = world.try_undo(run, Some(&held.digest)).await.unwrap();
    assert_eq!(yes.state, RunState::Applied);
}

#[tokio::test]
async fn an_undo_that_empties_a_class_waits() {
    let world = town().await;
    let students = (1..=10).chain(11..=38);
    world
        .river
        .section(1)
        .term(1)
        .course(1)
        .students(students)
        .teachers([1])
        .put();
    let run = world.sync().await.run;
    assert_eq!(world.people_of(section(1)).len(), 1 + 38);
    waits(&world, run, &["roster_shrink"]).await;
    assert_eq!(world.people_of(section(1)).len(), 1 + 10);
    // A class that the run made goes with its people: nobody is left without a place that was there before.
    world.days(2);
    world.river.section(7).students(1..=20).teachers([1]).put();
    let made = world.sync().await;
    assert_eq!(world.people_of(section(7)).len(), 1 + 20);
    world.undo(made.run).await;
    let seventh = format!(
        "SELECT count(*) FROM classes WHERE source_id = '{}'",
        section(7).to_hex()
    );
    assert_eq!(world.number(&seventh), 0);
}

#[tokio::test]
async fn an_undo_of_many_sign_in_names_or_powers_waits() {
    let world = town().await;
    for number in 1..=8 {
        world.river.change(student(number), |document| {
            document["email"] = json!(format!("new{number}@example.org"));
        });
    }
    let run = world.sync().await.run;
    world.undo(run).await;
    world.days(2);
    // Nine of forty are more than a fifth.
    let world = town().await;
    for number in 1..=9 {
        world.river.change(student(number), |document| {
            document["email"] = json!(format!("new{number}@example.org"));
        });
    }
    let ran = world.sync().await;
    let ran = match ran.state {
        RunState::Held => world.approve(&ran.digest).await,
        _ => ran,
    };
    waits(&world, ran.run, &["logins"]).await;

    let world = World::new(&V3_1);
    world.river.school(1).put();
    for number in 1..=6 {
        world.river.teacher(number).also_staff(number, [1]).put();
    }
    world.start().await;
    world.days(1);
    for number in 1..=4 {
        world.river.teacher(number).put();
    }
    let ran = world.sync().await;
    waits(&world, ran.run, &["role_grants"]).await;
}

#[tokio::test]
async fn an_undo_that_takes_most_of_a_school_waits() {
    let world = World::new(&V3_1);
    for number in 1..=2 {
        world.river.school(number).put();
    }
    for number in 1..=300 {
        world.river.student(number).schools([1]).put();
    }
    for number in 301..=310 {
        world.river.student(number).schools([2]).put();
    }
    world.start().await;
    world.days(1);
    for number in 311..=332 {
        world.river.student(number).schools([2]).put();
    }
    let run = world.sync().await.run;
    waits(&world, run, &["school_removals"]).await;
}

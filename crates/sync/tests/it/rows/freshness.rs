//! A1.9 to A1.11: when districts are read, how much of them, and how fresh that is.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use homeroom_client::{Cancel, Clock as _};
use homeroom_roster::RunState;
use homeroom_sync::{
    EngineSettings, Extent, Link, Note, Order, Queue, Schedule, Stage, Trigger, Unwatched, Watch,
};
use homeroom_testkit::toy::{school, section, student};
use homeroom_wire::{Object, V2_1, V3_1};
use serde_json::json;

use crate::by_hand;
use crate::world::{World, policy};

/// Sees the stages of a run.
#[derive(Default)]
struct Seen(Mutex<Vec<Stage>>);

impl Watch for Seen {
    fn stage(&self, stage: Stage, _: u64, _: Option<u64>) {
        let mut seen = self.0.lock().unwrap();
        if seen.last() != Some(&stage) {
            seen.push(stage);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a1_09_daily_and_on_demand() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    // A button: queued, running, done; whoever presses it meanwhile shares a run.
    let (queue, cancel, order) = (
        Queue::default(),
        Cancel::default(),
        Order::new(Trigger::Demand),
    );
    let watch = Seen::default();
    let runs = world.number("SELECT count(*) FROM run");
    let many = (0..5).map(|_| queue.run(&world.engine, &world.tenant, &order, &cancel, &watch));
    let mut many: Vec<_> = many.map(Box::pin).collect();
    let heard = tokio::join!(&mut many[0]).0;
    assert_eq!(heard.state, Some(RunState::NoChange));
    let stages: BTreeSet<_> = watch.0.lock().unwrap().iter().copied().collect();
    assert!(stages.contains(&Stage::Planning), "{stages:?}");
    drop(many);
    let (first, second, third) = tokio::join!(
        queue.run(&world.engine, &world.tenant, &order, &cancel, &Unwatched),
        queue.run(&world.engine, &world.tenant, &order, &cancel, &Unwatched),
        queue.run(&world.engine, &world.tenant, &order, &cancel, &Unwatched),
    );
    assert!(first.error.is_none() && second.error.is_none() && third.error.is_none());
    assert_eq!(
        second.run, third.run,
        "one run for both that came meanwhile"
    );
    assert!(world.number("SELECT count(*) FROM run") <= runs + 3);

    // The schedule, for two days; nobody touches anything.
    let schedule = Schedule::default();
    let ended = Cancel::default();
    let (clock, since) = (world.toy.clock(), world.toy.clock().elapsed());
    let mut told = 0;
    let kept = schedule.keep(&world.engine, &world.tenant, &queue, &ended, |heard| {
        told += 1;
        assert_eq!(heard.error, None);
        if clock.elapsed().checked_sub(since).unwrap() > Duration::from_hours(48) {
            ended.set();
        }
    });
    kept.await;
    assert!(told >= 40, "{told}");
    assert_eq!(
        world.number("SELECT count(*) FROM notices WHERE code = 'no_success'"),
        0
    );

    // A day without success raises the alarm, once; success ends it.
    world.river.revoke();
    for _ in 0..3 {
        world.hours(13);
        let heard = schedule
            .once(&world.engine, &world.tenant, &queue, &Cancel::default())
            .await;
        assert!(heard.error.is_some());
    }
    assert_eq!(
        world.number("SELECT count(*) FROM notices WHERE code = 'no_success'"),
        1
    );
    world.river.new_token("another", true);
    schedule
        .once(&world.engine, &world.tenant, &queue, &Cancel::default())
        .await;
    assert_eq!(
        world.number("SELECT count(*) FROM notices WHERE code = 'no_success'"),
        0
    );
}

#[tokio::test(start_paused = true)]
async fn a1_10_a_scoped_sync_is_scoped() {
    for version in [&V2_1, &V3_1] {
        let world = World::new(version);
        by_hand::small(&world.river);
        for number in 101..=106 {
            world.river.student(number).schools([2]).put();
        }
        world.river.teacher(9).schools([2]).put();
        world
            .river
            .section(9)
            .students(101..=106)
            .teachers([9])
            .in_school(2)
            .put();
        world.start().await;
        world.days(1);
        world.river.events(false);
        // Something leaves each school, and something comes to each.
        for (gone, came, own) in [(1, 201, 1), (101, 202, 2)] {
            world.river.delete_quietly(student(gone));
            world.river.student(came).schools([own]).put_quietly();
        }
        world.river.delete_quietly(section(2));
        world.river.delete_quietly(section(9));
        let ran = world.demand(Extent::School(school(1))).await;
        assert_eq!(
            (ran.state, ran.mode),
            (RunState::Applied, "targeted"),
            "{}",
            version.name
        );
        assert!(
            world.sign_in(student(1)).starts_with("no missing"),
            "{}",
            world.sign_in(student(1))
        );
        assert_eq!(world.sign_in(student(201)), "yes student");
        assert_eq!(
            (world.sign_in(student(101)), world.sign_in(student(202))),
            ("yes student".to_owned(), "nobody".to_owned())
        );
        let active = "SELECT name FROM classes WHERE active ORDER BY name";
        assert_eq!(
            world.sql(active),
            ["Section 1", "Section 3", "Section 4", "Section 9"],
            "school B is untouched"
        );
        assert_eq!(world.people_of(section(9)).len(), 7);
        // One section, and one person.
        world.river.put_quietly(Object::Section, {
            let mut document = world.river.document(section(1));
            document["students"] = json!([student(2).to_hex(), student(202).to_hex()]);
            document
        });
        world.demand(Extent::Section(section(1))).await;
        assert_eq!(
            world.people_of(section(1)),
            ["Teacher 1", "Student 2", "Student 202"]
        );
        assert_eq!(world.sign_in(student(101)), "yes student");
        world.demand(Extent::Person(student(101))).await;
        assert_eq!(world.sign_in(student(101)), "no missing not_found");
    }
}

#[tokio::test(start_paused = true)]
async fn a1_11_freshness() {
    let settings = EngineSettings::default();
    let world = World::with(&V3_1, policy(&[]), settings);
    by_hand::small(&world.river);
    let sentence = async || {
        let status = world.engine.status().await.unwrap().remove(0);
        (status.fresh.stale, status.fresh.sentence)
    };
    world.sync().await;
    let (stale, words) = sentence().await;
    assert_eq!(stale, Some(Link::Hold), "{words}");
    let digest = world.one("SELECT plan FROM hold");
    world.approve(&digest).await;
    let (stale, words) = sentence().await;
    assert_eq!(stale, None, "{words}");

    world.days(2);
    let (stale, words) = sentence().await;
    assert_eq!(stale, Some(Link::Us), "{words}");
    world.sync().await;
    let (stale, words) = sentence().await;
    assert_eq!(stale, Some(Link::District), "{words}");
    assert!(words.contains("2026-09-01"), "{words}");

    // A paused source is a fact, not a failure.
    world.river.state("paused");
    let ran = world.sync().await;
    assert_eq!(
        (ran.state, ran.report.notes.contains(&Note::SourcePaused)),
        (RunState::NoChange, true)
    );
    let (stale, words) = sentence().await;
    assert!(
        stale == Some(Link::District) && words.contains("frozen since 2026-09-01"),
        "{words}"
    );
    assert_eq!(world.sql("SELECT code FROM notices"), ["source_paused"]);
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE NOT usable"),
        0
    );
    world.river.state("running");
    world.river.synced();
    world.sync().await;
    assert_eq!(
        (
            sentence().await.0,
            world.sql("SELECT code FROM notices").len()
        ),
        (None, 0)
    );
    let shown = world.one("SELECT source_sync, last_read, last_apply FROM freshness");
    assert!(!shown.contains('-'), "all three moments are shown: {shown}");

    world.river.revoke();
    assert!(world.try_sync().await.is_err());
    let (stale, words) = sentence().await;
    assert_eq!(stale, Some(Link::Provider), "{words}");
}

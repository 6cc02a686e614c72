//! C8: events, transport, tokens.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use homeroom_client::{Cancel, Clock as _};
use homeroom_roster::RunState;
use homeroom_sync::{Note, Order, SyncError, Trigger, Unwatched};
use homeroom_testkit::toy::{section, student};
use homeroom_testkit::{Dice, ToyDistrict, seed};
use homeroom_wire::V3_1;
use serde_json::json;

use crate::world::World;

/// Sixty students in ten classes, and a teacher.
fn classes(river: &ToyDistrict) {
    river.school(1).put();
    river.teacher(1).put();
    for number in 1..=60 {
        river.student(number).put();
    }
    for number in 1..=10 {
        river
            .section(number)
            .students(6 * number - 5..=6 * number)
            .teachers([1])
            .put();
    }
}

/// Two hundred events: moves between classes, new emails, people who come and go.
fn two_hundred(river: &ToyDistrict) {
    let mut dice = Dice::new(7);
    let before = river.told();
    let mut newcomers = 100;
    while river.told() < before + 200 {
        let number = 1 + dice.below(60);
        match dice.below(5) {
            0 => {
                newcomers += 1;
                river.student(newcomers).put();
                river.enrol(section(1 + dice.below(10)), student(newcomers));
            }
            1 if newcomers > 100 && river.has(student(newcomers)) => {
                river.leave(student(newcomers));
            }
            2 => {
                let taken = river.document(student(number));
                river.leave(student(number));
                river.put(homeroom_wire::Object::User, taken);
                river.enrol(section(1 + dice.below(10)), student(number));
            }
            _ => river.change(student(number), |document| {
                document["name"]["middle"] = json!(format!("M{}", river.told()));
            }),
        }
    }
}

/// What an app sees, and what the audit says happened.
fn state(world: &World) -> Vec<String> {
    [
        "SELECT source_id, last_name, middle_name, usable, source_state FROM people ORDER BY source_id",
        "SELECT c.source_id, p.source_id, r.role, r.position FROM rosters AS r JOIN classes AS c ON c.id = r.section
         JOIN people AS p ON p.id = r.person ORDER BY 1, 2",
        "SELECT source_id, name, active FROM classes ORDER BY source_id",
        "SELECT kind, source_id, state FROM link ORDER BY kind, source_id",
    ]
    .iter()
    .flat_map(|sql| world.sql(sql))
    .collect()
}

/// Rows of the audit, without numbers that depend on when and as what they were written.
fn audit(world: &World) -> Vec<String> {
    world.sql("SELECT op, kind, subject, reason, changes FROM audit WHERE op <> 'create' ORDER BY subject, op, changes")
}

async fn read_before_the_events() -> World {
    let world = World::new(&V3_1);
    classes(&world.river);
    world.start().await;
    world.hours(1);
    two_hundred(&world.river);
    world
}

#[tokio::test(start_paused = true)]
async fn s37_replay_and_duplicates() {
    let clean = read_before_the_events().await;
    let ran = clean.sync().await;
    assert_eq!((ran.state, ran.mode), (RunState::Applied, "events"));
    assert!(ran.report.events >= 200);
    assert_eq!(clean.sync().await.state, RunState::NoChange);

    // Every event twice.
    let mut twice = read_before_the_events().await;
    let settings = homeroom_faults::Settings::default()
        .with("repeated-events=1")
        .unwrap();
    let spoilt = twice.over(settings);
    twice.read_with(&move |parts| parts.transport = Arc::clone(&spoilt));
    assert_eq!(twice.sync().await.state, RunState::Applied);
    assert_eq!(state(&twice), state(&clean));
    assert_eq!(audit(&twice), audit(&clean));

    // Dropped anywhere: the run is polled a number of times and never again.
    let mut dice = Dice::new(seed(37));
    let mut killed = read_before_the_events().await;
    for _ in 0..25 {
        let polls = dice.below(60);
        let engine = killed.engine.clone();
        let (tenant, order) = (killed.tenant.clone(), Order::new(Trigger::Schedule));
        let done = drop_after(polls, async move {
            Box::pin(engine.run(&tenant, &order, &Cancel::default(), &Unwatched)).await
        });
        let done = done.await;
        assert!(!matches!(done, Some(Err(_))), "{done:?}");
        // What was begun in the background comes to its end, as a killed process's would not: neither may do harm.
        killed.restart();
        killed.hours(1);
    }
    killed.sync().await;
    assert_eq!(killed.sync().await.state, RunState::NoChange);
    assert_eq!(state(&killed), state(&clean));
    assert_eq!(audit(&killed), audit(&clean));
}

/// Polls a future so often at most, then drops it.
async fn drop_after<T>(polls: u64, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return std::task::Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn s38_away_for_40_days() {
    let world = World::new(&V3_1);
    classes(&world.river);
    world.start().await;
    world.days(5);
    world.river.leave(student(1));
    world.river.student(70).put();
    world.days(35);
    world.river.student(71).put();
    let noted = world.river.told();
    // Something happens while the district is read again.
    let later = world.river.clone();
    world.toy.before("/sections", 1, move |_| {
        later.student(72).put();
        later.enrol(section(2), student(72));
        later.leave(student(2));
    });
    let ran = world.sync().await;
    assert_eq!((ran.state, ran.mode), (RunState::Applied, "full"));
    assert!(
        ran.report.notes.contains(&Note::GapFullResync),
        "{:?}",
        ran.report.notes
    );
    assert!(world.river.told() > noted);
    for (number, means) in [
        (1, "no missing"),
        (2, "no missing"),
        (70, "yes"),
        (71, "yes"),
        (72, "yes"),
    ] {
        let found = world.sign_in(student(number));
        assert!(found.starts_with(means), "{number}: {found}");
    }
    assert!(
        world
            .people_of(section(2))
            .contains(&"Student 72".to_owned())
    );
    let before = world.last_change();
    let next = world.sync().await;
    assert_eq!(
        (next.state, next.mode),
        (RunState::NoChange, "events"),
        "nothing missed, nothing twice"
    );
    assert_eq!(world.last_change(), before);
    // The cursor is of the feed as it is now, and events are followed again.
    world.river.student(73).put();
    let next = world.sync().await;
    assert_eq!(
        (next.state, next.mode, next.report.events),
        (RunState::Applied, "events", 1)
    );

    // Guards apply to what is found then.
    world.days(5);
    for number in 10..=40 {
        world.river.leave(student(number));
    }
    world.days(35);
    let ran = world.sync().await;
    assert_eq!((ran.state, ran.mode), (RunState::Held, "full"));
}

#[tokio::test(start_paused = true)]
async fn s39_throttled_and_shaky_server() {
    let mut world = World::new(&V3_1);
    classes(&world.river);
    let lake = world.toy.district(2);
    lake.school(5).put();
    lake.student(500).schools([5]).put();
    lake.teacher(500).schools([5]).put();
    // The token names the district that is throttled.
    let path = "/v3.1/users*role=student*starting_after*";
    world.faults(&format!("{path} 1 throttled/20\n{path} 2-3 error-503"));
    let other = world.connect(&lake);
    let order = Order::new(Trigger::Demand);
    let (began, clock) = (world.toy.clock().elapsed(), world.toy.clock());
    let one = async {
        let ran = world.order(&world.tenant, &order).await.unwrap();
        (ran, clock.elapsed())
    };
    let two = async {
        let ran = world.order(&other, &order).await.unwrap();
        (ran, clock.elapsed())
    };
    let ((slow, slow_end), (quick, quick_end)) = tokio::join!(one, two);
    assert_eq!(
        (slow.state, quick.state),
        (RunState::Held, RunState::Held),
        "both came to their first plans"
    );
    assert!(slow.report.waited >= 20_000, "{}", slow.report.waited);
    assert!(slow.report.notes.contains(&Note::RateLimited));
    assert!(slow.report.retries >= 3);
    assert_eq!(
        slow.report
            .collections
            .iter()
            .filter(|one| one.partial.is_some())
            .count(),
        0
    );
    assert!(slow_end.checked_sub(began).unwrap() >= Duration::from_secs(20));
    assert!(
        quick_end.checked_sub(began).unwrap() < Duration::from_secs(1),
        "{:?}",
        quick_end.checked_sub(began).unwrap()
    );
    assert_eq!(quick.report.waited, 0);
    world.approve(&slow.digest).await;
    assert_eq!(world.number("SELECT count(*) FROM students"), 60);
    // What is refused for good is not tried again.
    let asked = world.toy.asked(&student(999).to_hex());
    let gone = homeroom_sync::Extent::Person(student(999));
    world.demand(gone).await;
    assert_eq!(world.toy.asked(&student(999).to_hex()), asked + 1);
}

#[tokio::test(start_paused = true)]
async fn s40_token_revoked() {
    let world = World::new(&V3_1);
    classes(&world.river);
    world.start().await;
    world.days(1);
    world.river.revoke();
    for night in 0..3 {
        let asked = world.toy.asked("/oauth/tokens");
        let ran = world.try_sync().await;
        assert!(
            matches!(
                ran,
                Err(SyncError::Source(
                    homeroom_client::ClientError::TokenRevoked { .. }
                ))
            ),
            "{ran:?}"
        );
        assert_eq!(world.toy.asked("/oauth/tokens"), asked + 1, "tried once");
        let run = world
            .one("SELECT state, json_extract(report, '$.notes') FROM run ORDER BY id DESC LIMIT 1");
        assert_eq!(run, "failed [\"token_revoked\"]");
        assert_eq!(
            world.one("SELECT state, state_reason FROM freshness"),
            "disconnected token_revoked"
        );
        assert_eq!(
            world.number("SELECT count(*) FROM people WHERE NOT usable"),
            0,
            "night {night}"
        );
        world.days(1);
    }
    // Thirty days from the first refusal.
    assert_eq!(
        world.one("SELECT code, instr(detail, '2026-10-02') > 0 FROM notices"),
        "token_revoked 1",
        "told once"
    );
    assert_eq!(
        world.one("SELECT DISTINCT keep_until FROM may_sign_in"),
        "2026-10-02"
    );
    assert_eq!(world.sign_in(student(1)), "yes student");

    // A new token, and fewer people than the guard allows.
    world.river.new_token("the new one", true);
    for number in 1..=30 {
        world.river.leave(student(number));
    }
    let ran = world.sync().await;
    assert_eq!(ran.state, RunState::Held, "with guards");
    assert!(ran.report.notes.contains(&Note::TokenReplaced));
    assert_eq!(world.one("SELECT state FROM freshness"), "connected");
    let codes: BTreeSet<_> = world.sql("SELECT code FROM notices").into_iter().collect();
    assert_eq!(codes, BTreeSet::from(["hold_opened".to_owned()]));
    world.approve(&ran.digest).await;
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE NOT usable"),
        30
    );
}

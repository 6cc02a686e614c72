//! A1: reading the source.

use std::collections::BTreeSet;
use std::sync::Arc;

use homeroom_client::ClientError;
use homeroom_roster::RunState;
use homeroom_sync::{Note, Order, SyncError, Trigger};
use homeroom_testkit::ToyDistrict;
use homeroom_testkit::toy::{admin, section, student};
use homeroom_wire::{Object, V3_1, VERSIONS};
use serde_json::json;

use crate::by_hand;
use crate::world::World;

/// What an app sees of a district, without ids that depend on the version.
fn seen(world: &World) -> Vec<String> {
    [
        "SELECT last_name, email, roles, usable FROM people ORDER BY last_name",
        "SELECT name, active, course_name, term_name FROM classes ORDER BY name",
        "SELECT c.name, p.last_name, r.role, r.position FROM rosters AS r JOIN classes AS c ON c.id = r.section
         JOIN people AS p ON p.id = r.person ORDER BY 1, 2",
    ]
    .iter()
    .flat_map(|sql| world.sql(sql))
    .collect()
}

#[tokio::test(start_paused = true)]
async fn a1_01_records_of_another_district_end_the_run() {
    for fault in ["wrong-token", "other-district"] {
        let mut world = World::new(&V3_1);
        by_hand::small(&world.river);
        world.start().await;
        world.days(1);
        world.river.change(student(1), |document| {
            document["email"] = json!("changed@example.org");
        });
        let (before, mirrors) = (
            world.last_change(),
            world.number("SELECT count(*) FROM mirror"),
        );
        world.faults(&format!("/v3.1/sections* * {fault}"));
        let order = Order {
            read: homeroom_sync::ReadHow::Full,
            ..Order::new(Trigger::Schedule)
        };
        let ran = world.order(&world.tenant, &order).await;
        assert!(
            matches!(
                ran,
                Err(SyncError::Source(ClientError::DistrictMismatch { .. }))
            ),
            "{fault}: {ran:?}"
        );
        assert_eq!(
            world.one(
                "SELECT state, json_extract(report, '$.notes') FROM run ORDER BY id DESC LIMIT 1"
            ),
            "failed [\"district_mismatch\"]"
        );
        assert_eq!(
            (
                world.last_change(),
                world.number("SELECT count(*) FROM mirror")
            ),
            (before, mirrors),
            "{fault}"
        );
        world.faults("");
        world.sync().await;
        assert_eq!(
            world.number("SELECT count(*) FROM people WHERE email = 'changed@example.org'"),
            1
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a1_02_full_read_by_type() {
    let mut world = World::new(&V3_1);
    by_hand::small(&world.river);
    for number in 100..=300 {
        world.river.student(number).put();
    }
    // The same records twice in one walk count once.
    let twice = homeroom_faults::Settings::default()
        .with("duplicate-border=1,short-pages=1")
        .unwrap();
    let spoilt = world.over(twice);
    world.read_with(&move |parts| parts.transport = Arc::clone(&spoilt));
    let ran = world.start().await;
    let report = world.one("SELECT report FROM run ORDER BY id LIMIT 1");
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let lines = report["collections"].as_array().unwrap();
    let users = lines.iter().find(|line| line["name"] == "users").unwrap();
    assert_eq!(users["records"], 12 + 201 + 2);
    for line in lines {
        for counted in ["pages", "bytes", "requests"] {
            assert!(
                line[counted].as_u64().unwrap() > 0 || line["name"] == "districts",
                "{line}"
            );
        }
        assert_eq!(line["partial"], json!(null));
    }
    assert!(report["requests"].as_u64().unwrap() > 5 && report["bytes"].as_u64().unwrap() > 10_000);
    assert_eq!(world.number("SELECT count(*) FROM students"), 213);
    assert_eq!(ran.state, RunState::Applied);
}

#[tokio::test(start_paused = true)]
async fn a1_03_completeness_proof() {
    for fault in [
        "html",
        "html-404",
        "empty-object",
        "cut-json",
        "cut-body",
        "wrong-type",
        "collapse",
        "repeated-page",
    ] {
        let mut world = World::new(&V3_1);
        by_hand::small(&world.river);
        for number in 100..=300 {
            world.river.student(number).put();
        }
        world.start().await;
        world.days(1);
        world.river.events(false);
        world.river.delete_quietly(student(2));
        world.river.change_quietly(student(1), |document| {
            document["email"] = json!("changed@example.org");
        });
        world.river.student(22).put_quietly();
        let path = match fault {
            "collapse" => "/v3.1/users*role=student",
            _ => "/v3.1/users*role=student*starting_after*",
        };
        world.faults(&format!("{path} * {fault}"));
        let ran = world.sync_full().await;
        assert_eq!(ran.state, RunState::Partial, "{fault}");
        assert!(ran.report.notes.contains(&Note::PartialWalk), "{fault}");
        // Of an empty list each record was asked for by itself, and that one is not there.
        let gone = i64::from(fault == "collapse");
        assert_eq!(
            world.number("SELECT count(*) FROM people WHERE NOT usable"),
            gone,
            "{fault}: nobody is gone"
        );
        if fault != "collapse" {
            assert_eq!(
                world.number("SELECT count(*) FROM people WHERE email = 'changed@example.org'"),
                1,
                "{fault}"
            );
            assert_eq!(world.sign_in(student(22)), "yes student", "{fault}");
        }
        world.faults("");
        world.sync_full().await;
        assert!(
            world.sign_in(student(2)).starts_with("no missing"),
            "{fault}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a1_03_an_empty_list_is_believed_only_where_each_record_is_gone() {
    let mut world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.river.admin(1).put();
    world.start().await;
    world.days(1);
    world.river.events(false);
    // One role of several comes empty, and nobody of it is gone.
    world.faults("/v3.1/users*role=teacher* * collapse");
    let ran = world.sync_full().await;
    assert_eq!(ran.state, RunState::Partial);
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE NOT usable"),
        0
    );
    // The only one of a role leaves: there is nobody to be read, and that is so.
    world.faults("");
    world.days(1);
    world.river.delete_quietly(admin(1));
    let ran = world.sync_full().await;
    assert_eq!(ran.state, RunState::Applied, "{:?}", ran.report.collections);
    assert_eq!(world.sign_in(admin(1)), "no missing not_found");
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE NOT usable"),
        1
    );
}

/// Things happen while the sections are read; the district ends as one that was read in quiet.
#[tokio::test(start_paused = true)]
async fn a1_04_changed_during_read() {
    let happens = |river: &ToyDistrict, quietly: bool| {
        // On pages that were read already, in sections that are about to be, and in both.
        let student = river.student(5);
        let section = river.section(9).students([1, 2, 300]).teachers([1]);
        let newcomer = river.student(300).schools([1]);
        let put = |made: homeroom_testkit::toy::Made| {
            if quietly {
                made.put_quietly();
            } else {
                made.put();
            }
        };
        put(student.email("moved@example.org"));
        put(newcomer);
        put(section);
        let gone = homeroom_testkit::toy::student(4);
        if quietly {
            river.delete_quietly(gone);
        } else {
            river.leave(gone);
        }
        river.synced();
    };
    for quietly in [false, true] {
        let mut ends = Vec::new();
        for meanwhile in [false, true] {
            let world = World::new(&V3_1);
            by_hand::small(&world.river);
            world.start().await;
            world.days(1);
            if quietly {
                world.river.events(false);
            }
            if meanwhile {
                let river = world.river.clone();
                world.hours(1);
                world
                    .toy
                    .before("/sections", 1, move |_| happens(&river, quietly));
            } else {
                world.hours(1);
                happens(&world.river, quietly);
            }
            let ran = world.sync_full().await;
            assert_eq!(
                ran.report.notes.contains(&Note::SourceMoved),
                meanwhile,
                "quietly: {quietly}"
            );
            ends.push((
                seen(&world),
                world.sql("SELECT last_name, source_reason IS NULL FROM people WHERE NOT usable"),
            ));
        }
        assert_eq!(ends[0], ends[1], "quietly: {quietly}");
        assert_eq!(ends[0].1, ["Student 4 0"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a1_12_unknown_things_are_kept_and_counted() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world
        .river
        .student(1)
        .with("shoe_size", "38")
        .with("grade", "14th")
        .top("badge", json!({"a": 1}))
        .put();
    world
        .river
        .teacher(1)
        .also(
            "mentor",
            json!({"legacy_id": student(77).to_hex(), "since": 3}),
        )
        .put();
    world.river.put(Object::User, json!({
        "id": student(78).to_hex(), "district": world.river.id().to_hex(), "name": {"first": "Max", "last": "Only a mentor"},
        "roles": {"mentor": {}},
    }));
    let held = world.sync().await;
    let strange: BTreeSet<_> = held.report.strange.keys().map(String::as_str).collect();
    for name in [
        "User.roles.student.shoe_size",
        "User.roles.student.grade=?",
        "User.badge",
        "mentor",
    ] {
        assert!(strange.contains(name), "{name}: {strange:?}");
    }
    world.approve(&held.digest).await;
    assert_eq!(world.number("SELECT count(*) FROM people"), 14);
    assert_eq!(world.sign_in(student(1)), "yes student");
    // An event of a type that nobody announced.
    world.river.section(1).students([1]).teachers([1]).put();
    let before = world.river.told();
    assert_eq!(world.sync().await.state, RunState::Applied);
    let mut spoilt = world;
    let settings = homeroom_faults::Settings::default()
        .with("unknown-events=1")
        .unwrap();
    let over = spoilt.over(settings);
    spoilt.read_with(&move |parts| parts.transport = Arc::clone(&over));
    spoilt.river.student(2).email("after@example.org").put();
    assert_eq!(spoilt.river.told(), before + 1);
    let ran = spoilt.sync().await;
    assert_eq!((ran.state, ran.mode), (RunState::Applied, "events"));
    assert!(ran.report.unknown_events > 0);
    assert_eq!(
        spoilt.number("SELECT count(*) FROM people WHERE email = 'after@example.org'"),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn a1_12_every_version_gives_the_same_app() {
    let mut apps = Vec::new();
    for version in VERSIONS {
        let world = World::new(version);
        by_hand::small(&world.river);
        world.river.staff(1).schools([1, 2]).put();
        world.river.admin(1).put();
        world.start().await;
        world.days(1);
        world.river.leave(student(12));
        world.river.student(20).put();
        world.river.enrol(section(1), student(20));
        assert_eq!(
            world.sync().await.state,
            RunState::Applied,
            "{}",
            version.name
        );
        assert_eq!(
            world.sync_full().await.state,
            RunState::NoChange,
            "{}",
            version.name
        );
        apps.push((version.name, seen(&world)));
    }
    for (name, app) in &apps {
        assert_eq!(app, &apps[0].1, "{name}");
    }
    assert!(apps[0].1.len() > 30);
}

#[tokio::test(start_paused = true)]
async fn a1_06_a_cursor_that_is_refused() {
    let mut world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.hours(1);
    world.river.student(1).with("grade", "9").put();
    let refused = homeroom_faults::Settings::default()
        .with("refused-cursor")
        .unwrap();
    let spoilt = world.over(refused);
    world.read_with(&move |parts| parts.transport = Arc::clone(&spoilt));
    let ran = world.sync().await;
    assert_eq!((ran.state, ran.mode), (RunState::Applied, "full"));
    assert!(ran.report.notes.contains(&Note::GapFullResync));
    // The new cursor is followed.
    world.hours(1);
    world.river.student(1).with("grade", "10").put();
    let ran = world.sync().await;
    assert_eq!((ran.state, ran.mode), (RunState::Applied, "events"));
}

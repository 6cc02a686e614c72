//! C3: plans and parts of plans that wait for people.

use homeroom_plan::Part;
use homeroom_roster::RunState;
use homeroom_sync::{EngineSettings, SyncError};
use homeroom_testkit::ToyDistrict;
use homeroom_testkit::toy::{Taken, school, section, student};
use homeroom_wire::V3_1;
use serde_json::json;

use crate::world::{World, policy};

/// 2,000 students: 700 in school 3, the others in 1 and 2.
fn three_schools(river: &ToyDistrict) {
    for number in 1..=3 {
        river.school(number).put();
        river.teacher(number).schools([number]).put();
    }
    for number in 1..=2000 {
        let own = if number <= 700 { 3 } else { 1 + number % 2 };
        river.student(number).schools([own]).put();
    }
    river.section(31).students([701, 703]).teachers([1]).put();
    for number in 1..=30 {
        let students = (0..20).map(|place| (number - 1) * 20 + place + 1);
        river
            .section(number)
            .students(students)
            .teachers([3])
            .in_school(3)
            .put();
    }
}

async fn slipped(settings: EngineSettings) -> (World, Taken) {
    let world = World::with(&V3_1, policy(&[]), settings);
    three_schools(&world.river);
    world.start().await;
    world.days(1);
    let taken = world.river.unshare(school(3));
    (world, taken)
}

#[tokio::test(start_paused = true)]
async fn s12_sharing_slip() {
    let (world, taken) = slipped(EngineSettings::default()).await;
    let usable = world.number("SELECT count(*) FROM people WHERE usable");
    let held = world.sync_full().await;
    assert_eq!(held.state, RunState::Held);
    assert_eq!(world.holds(), [" school_unshared"]);
    let told = world.one("SELECT verdicts FROM hold WHERE closed IS NULL");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let pattern = &told["patterns"][0];
    assert_eq!(
        (&pattern["pattern"], &pattern["records"]),
        (&json!("school_unshared"), &json!(700))
    );
    assert_eq!(pattern["school"], school(3).to_hex());
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE usable"),
        usable,
        "nobody loses access"
    );
    world.hours(12);
    assert_eq!(world.sync_full().await.state, RunState::Held);
    assert_eq!(
        world.number("SELECT count(*) FROM hold WHERE closed IS NULL"),
        1,
        "one hold"
    );
    let told = "SELECT count(*) FROM notice WHERE code = 'hold_opened' AND raised > (SELECT max(closed) FROM hold)";
    assert_eq!(world.number(told), 1, "told once");

    world.hours(12);
    world.river.share_again(taken);
    let ran = world.sync_full().await;
    assert_eq!(
        ran.state,
        RunState::NoChange,
        "{:?}",
        ran.plan.lines(true).take(5).collect::<Vec<_>>()
    );
    assert_eq!(world.holds(), [] as [&str; 0]);
    assert_eq!(
        world.one("SELECT outcome FROM hold ORDER BY id DESC LIMIT 1"),
        "no_longer_needed"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM notices WHERE code = 'hold_opened'"),
        0
    );
}

#[tokio::test(start_paused = true)]
async fn s13_approving_a_hold() {
    let settings = EngineSettings {
        approvers: vec!["principal".to_owned()],
        ..EngineSettings::default()
    };
    let (world, _) = slipped(settings).await;
    let held = world.sync_full().await;
    let refused = world.approve_part(&held.digest, Part::All, "janitor").await;
    assert!(
        matches!(refused, Err(SyncError::MayNotApprove(_))),
        "{refused:?}"
    );
    let listed = held.plan.actions().len();

    let ran = world.approve(&held.digest).await;
    assert_eq!(ran.state, RunState::Applied);
    assert_eq!(ran.digest, held.digest);
    assert_eq!(
        ran.performed.done, listed as u64,
        "exactly the listed actions"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM students WHERE NOT usable"),
        700
    );
    assert_eq!(
        world.number("SELECT count(*) FROM students WHERE usable"),
        1300
    );
    let actors = format!("SELECT DISTINCT actor FROM changes WHERE run = {}", ran.run);
    assert_eq!(world.sql(&actors), ["principal"]);
    let approval = format!(
        "SELECT by, used_by FROM approval WHERE digest = '{}'",
        held.digest
    );
    assert_eq!(world.one(&approval), format!("principal {}", ran.run));
    assert_eq!(
        world.one(&format!("SELECT plan FROM run WHERE id = {}", ran.run)),
        held.digest
    );
    assert_eq!(
        world.one("SELECT outcome, closed_by FROM hold ORDER BY id DESC LIMIT 1"),
        "approved principal"
    );
}

#[tokio::test(start_paused = true)]
async fn s14_one_shrunken_roster() {
    let world = World::new(&V3_1);
    world.river.school(1).put();
    world.river.teacher(1).put();
    for number in 1..=40 {
        world.river.student(number).put();
    }
    world.river.section(1).students(1..=28).teachers([1]).put();
    world.river.section(2).students(29..=32).teachers([1]).put();
    world.start().await;
    world.days(1);
    world.river.section(1).students(1..=9).teachers([1]).put();
    world.river.section(2).students([29]).teachers([1]).put();
    world.river.change(student(1), |document| {
        document["email"] = json!("changed@example.org");
    });
    let ran = world.sync().await;
    assert_eq!(
        world.people_of(section(1)).len(),
        1 + 28,
        "the teacher sees the old roster"
    );
    assert_eq!(
        world.holds(),
        [format!(
            "roster_shrink:{} roster_shrink",
            section(1).to_hex()
        )]
    );
    assert_eq!(
        world.number("SELECT count(*) FROM notices WHERE code = 'hold_opened'"),
        1
    );
    assert_eq!(
        world.people_of(section(2)),
        ["Teacher 1", "Student 29"],
        "small ones are not judged"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE email = 'changed@example.org'"),
        1
    );
    assert_eq!(ran.performed.held, 1);
    // Nothing about it is forgotten, and it can be approved by itself.
    world.days(1);
    let again = world.sync_full().await;
    assert_eq!(world.people_of(section(1)).len(), 1 + 28);
    assert_eq!(again.plan.actions().len(), 1, "what is left");
    let digest = world.one("SELECT plan FROM hold WHERE closed IS NULL");
    let yes = world
        .approve_part(&digest, Part::Section(section(1)), "principal")
        .await
        .unwrap();
    assert_eq!(yes.state, RunState::Applied);
    assert_eq!(world.people_of(section(1)).len(), 1 + 9);
    assert_eq!(world.holds(), [] as [&str; 0]);
}

/// What a district that slipped sends of its classes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slip {
    /// Nobody is in any class.
    Nobody,
    /// Three of 33 are left of one class.
    Few,
    /// 18 of 33 are exchanged for 27 others, in one class.
    Others,
}

/// A class of 33 and eight of 40.
fn nine_classes(river: &ToyDistrict) {
    river.school(1).put();
    river.teacher(1).put();
    for number in 1..=100 {
        river.student(number).put();
    }
    river.section(1).students(1..=33).teachers([1]).put();
    for number in 2..=9 {
        let students = (0..40).map(|place| 1 + (number * 12 + place) % 100);
        river.section(number).students(students).teachers([1]).put();
    }
}

fn slips(river: &ToyDistrict, slip: Slip) {
    match slip {
        Slip::Nobody => {
            for number in 1..=9 {
                river.change(section(number), |document| {
                    document["students"] = json!([]);
                });
            }
        }
        Slip::Few => drop(river.section(1).students(1..=3).teachers([1]).put()),
        Slip::Others => {
            let students = (1..=15).chain(60..=86);
            river.section(1).students(students).teachers([1]).put();
        }
    }
}

const SEATS: &str = "SELECT section, person FROM rosters WHERE role = 'student' ORDER BY 1, 2";

/// The district slipped, and many runs later nothing of it is applied. Returns the plan that waits.
async fn held_for_days(world: &World, slip: Slip, full: bool) -> String {
    let holds = match slip {
        Slip::Nobody => vec![" enrolments".to_owned()],
        Slip::Few => vec![format!(
            "roster_shrink:{} roster_shrink",
            section(1).to_hex()
        )],
        Slip::Others => vec![format!(
            "roster_replaced:{} roster_replaced",
            section(1).to_hex()
        )],
    };
    let before = world.sql(SEATS);
    slips(&world.river, slip);
    for run in 0..5 {
        let ran = if full {
            world.sync_full().await
        } else {
            world.sync().await
        };
        assert_eq!(world.sql(SEATS), before, "{slip:?}, run {run}");
        assert_eq!(world.holds(), holds, "{slip:?}, run {run}");
        assert!(!ran.holds.is_empty(), "each run says so");
        world.hours(11);
    }
    let opened = "SELECT count(*) FROM hold WHERE opened > (SELECT min(opened) FROM hold)";
    assert_eq!(
        world.number(opened),
        1,
        "one hold, beside that of the start"
    );
    world.one("SELECT plan FROM hold WHERE closed IS NULL")
}

#[tokio::test(start_paused = true)]
async fn s14_what_is_held_of_rosters_waits_for_a_yes() {
    for (slip, full) in [
        (Slip::Nobody, true),
        (Slip::Nobody, false),
        (Slip::Few, true),
        (Slip::Few, false),
        (Slip::Others, true),
        (Slip::Others, false),
    ] {
        let world = World::new(&V3_1);
        nine_classes(&world.river);
        world.start().await;
        world.days(2);
        let digest = held_for_days(&world, slip, full).await;
        let yes = world.approve(&digest).await;
        assert_eq!(yes.state, RunState::Applied, "{slip:?}");
        let students = match slip {
            Slip::Nobody => 0,
            Slip::Few => 3,
            Slip::Others => 15 + 27,
        };
        assert_eq!(world.people_of(section(1)).len(), 1 + students);
        assert_eq!(world.holds(), [] as [&str; 0]);
        assert_eq!(world.sync_full().await.state, RunState::NoChange);
    }
}

#[tokio::test(start_paused = true)]
async fn s14_what_is_held_of_rosters_ends_with_the_slip() {
    for (slip, full) in [
        (Slip::Nobody, false),
        (Slip::Few, true),
        (Slip::Others, false),
    ] {
        let world = World::new(&V3_1);
        nine_classes(&world.river);
        world.start().await;
        world.days(2);
        let before = world.sql(SEATS);
        held_for_days(&world, slip, full).await;
        nine_classes(&world.river);
        let ran = if full {
            world.sync_full().await
        } else {
            world.sync().await
        };
        assert_eq!(ran.performed.held, 0, "{slip:?}");
        assert_eq!(world.holds(), [] as [&str; 0]);
        assert_eq!(world.sql(SEATS), before);
        assert_eq!(
            world.one("SELECT outcome FROM hold ORDER BY id DESC LIMIT 1"),
            "no_longer_needed"
        );
        assert_eq!(
            world.number("SELECT count(*) FROM notices WHERE code = 'hold_opened'"),
            0
        );
        assert_eq!(world.sync_full().await.state, RunState::NoChange);
    }
}

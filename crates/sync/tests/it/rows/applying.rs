//! A4: planning, guarding, applying.

use homeroom_client::{Cancel, Clock as _};
use homeroom_plan::Part;
use homeroom_roster::{Approval, Districts as _, Holds as _, Roster as _, RunState};
use homeroom_sync::{Note, Order, ReadHow, SyncError, Trigger, Unwatched};
use homeroom_testkit::ToyDistrict;
use homeroom_testkit::toy::{school, section, student};
use homeroom_wire::V3_1;
use serde_json::json;

use super::guarding::patterned;
use crate::by_hand;
use crate::world::{World, policy};

/// Changes of many sorts, none of them too many.
fn a_day(river: &ToyDistrict) {
    river.change(student(1), |document| {
        document["email"] = json!("changed@example.org");
    });
    river.leave(student(2));
    river.student(50).put();
    river.enrol(section(3), student(50));
    river.section(9).students([3, 4, 50]).teachers([2]).put();
    river.change(school(2), |document| document["name"] = json!("Renamed"));
    river.delete(section(4));
}

#[tokio::test(start_paused = true)]
async fn a4_01_the_same_plan_twice() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.days(1);
    a_day(&world.river);
    let one = world.plan().await;
    let two = world.plan().await;
    assert!(one.plan.actions().len() > 8);
    assert_eq!(one.digest, two.digest);
    let lines = |ran: &homeroom_sync::Ran| ran.plan.lines(true).collect::<Vec<_>>();
    assert_eq!(lines(&one), lines(&two));
    // Another district with the same content and history: the same plan.
    let other = World::new(&V3_1);
    by_hand::small(&other.river);
    other.start().await;
    other.days(1);
    a_day(&other.river);
    assert_eq!(other.plan().await.digest, one.digest);
    // Every action says why.
    for line in lines(&one) {
        assert!(line.contains('['), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn a4_02_a_dry_run_is_what_is_applied() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.days(1);
    a_day(&world.river);
    let before = world.last_change();
    let dry = world.plan().await;
    assert_eq!(
        (dry.state, world.last_change()),
        (RunState::Planned, before),
        "nothing is touched"
    );
    assert_eq!(
        world.one("SELECT state FROM plan ORDER BY made DESC LIMIT 1"),
        "proposed",
        "it is kept"
    );
    let ran = world.sync_kept().await;
    assert_eq!((ran.state, &ran.digest), (RunState::Applied, &dry.digest));
    assert_eq!(ran.performed.done, dry.plan.actions().len() as u64);
    assert_eq!(ran.plan.actions(), dry.plan.actions());
    assert_eq!(world.sync_full().await.state, RunState::NoChange);
}

#[tokio::test(start_paused = true)]
async fn a4_05_approve_what_you_saw() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    let held = world.sync().await;
    world.river.student(60).put();
    world.sync().await;
    let before = world.last_change();
    let stale = world
        .approve_part(&held.digest, Part::All, "principal")
        .await;
    match stale {
        Ok(ran) => {
            assert!(
                ran.report.notes.contains(&Note::StaleApproval),
                "{:?}",
                ran.report.notes
            );
            assert!(
                ran.difference
                    .iter()
                    .any(|line| line.starts_with('+') && line.contains(&student(60).to_hex())),
                "{:?}",
                ran.difference
            );
        }
        Err(error) => assert!(matches!(error, SyncError::NoSuchPlan(_)), "{error:?}"),
    }
    assert_eq!(world.last_change(), before, "nothing is applied");
    let digest = world.one("SELECT plan FROM hold WHERE closed IS NULL");
    assert_eq!(world.approve(&digest).await.state, RunState::Applied);
    // Local data changed since.
    world.days(1);
    for number in 1..=12 {
        world.river.leave(student(number));
    }
    for number in 101..=130 {
        world.river.student(number).put();
    }
    world.sync().await;
    world.days(2);
    for number in 101..=130 {
        world.river.leave(student(number));
    }
    let held = world.sync().await;
    assert_eq!(held.state, RunState::Held);
    let account = world.account(student(101));
    world.write(&format!(
        "UPDATE person SET email = 'local@example.org' WHERE id = {account}"
    ));
    by_hand::merge(&world, world.account(student(102)), account);
    let before = world.last_change();
    let stale = world
        .approve_part(&held.digest, Part::All, "principal")
        .await
        .unwrap();
    assert!(stale.report.notes.contains(&Note::StaleApproval));
    assert!(!stale.difference.is_empty());
    assert_eq!(world.last_change(), before);
}

/// Whoever said yes in vain has to look again, even if the source says later what it said then.
#[tokio::test(start_paused = true)]
async fn a4_05_a_yes_that_came_too_late_is_none_later() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    let held = world.sync().await;
    let too_late = Approval {
        digest: held.digest.clone(),
        part: String::new(),
        by: "ada".to_owned(),
        at: world.toy.clock().now(),
        note: None,
        used_by: None,
    };
    let district = world.tenant.district;
    world.roster.approve(district, &too_late).unwrap();
    world.river.student(60).put();
    let other = world.sync().await;
    assert_eq!(other.state, RunState::Held);
    assert_ne!(other.digest, held.digest);
    world.river.leave(student(60));
    let again = world.sync().await;
    assert_eq!(again.digest, held.digest);
    assert_eq!(again.state, RunState::Held, "nobody said yes since");
}

#[tokio::test(start_paused = true)]
async fn a4_07_one_bad_record_is_set_aside() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.days(1);
    // The app's own rule, which the engine knows nothing of.
    world.write(
        "CREATE TRIGGER app_no_foo BEFORE INSERT ON person WHEN NEW.last_name = 'Foo'
         BEGIN SELECT raise(ABORT, 'the app wants no foo'); END",
    );
    world.river.student(70).named("A", "Foo").put();
    world.river.student(71).named("A", "Bar").put();
    world.river.enrol(section(1), student(70));
    world.river.enrol(section(1), student(71));
    let ran = world.sync().await;
    assert_eq!(ran.state, RunState::Applied);
    assert!(!ran.performed.set_aside.is_empty());
    let told = world.one(
        "SELECT json_array_length(report, '$.set_aside') > 0 FROM run ORDER BY id DESC LIMIT 1",
    );
    assert_eq!(told, "1");
    assert_eq!(
        (
            world.sign_in(student(70)).as_str(),
            world.sign_in(student(71)).as_str()
        ),
        ("nobody", "yes student")
    );
    assert!(world.people_of(section(1)).contains(&"Bar".to_owned()));
    world.write("DROP TRIGGER app_no_foo");
    world.days(1);
    world.sync_full().await;
    assert_eq!(world.sign_in(student(70)), "yes student");
    assert!(world.people_of(section(1)).contains(&"Foo".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a4_08_one_writer_at_a_time() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.days(1);
    a_day(&world.river);
    let order = Order {
        read: ReadHow::Full,
        ..Order::new(Trigger::Demand)
    };
    // Two engines, as two processes have them.
    let second = world.another_engine();
    let cancel = Cancel::default();
    let (one, two) = tokio::join!(
        Box::pin(world.engine.run(&world.tenant, &order, &cancel, &Unwatched)),
        Box::pin(second.run(&world.tenant, &order, &cancel, &Unwatched)),
    );
    let states = [one.unwrap().state, two.unwrap().state];
    assert!(
        states.contains(&RunState::Applied) && states.contains(&RunState::NoChange),
        "{states:?}"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM students WHERE last_name = 'Student 50'"),
        1
    );
    // A writer that stopped and comes back late is refused.
    let stale = world.number("SELECT fence FROM district");
    assert!(world.sync().await.state == RunState::NoChange);
    let refused = world.roster.claim(world.tenant.district, stale - 1);
    assert!(refused.is_err(), "a number that is old");
}

#[tokio::test(start_paused = true)]
async fn a4_09_audit_and_timeline() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.river.student(1).with("graduation_year", "2031").put();
    world.start().await;
    let account = world.account(student(1));
    world.days(1);
    world.river.change(student(1), |document| {
        document["email"] = json!("second@example.org");
    });
    world.sync().await;
    world.days(1);
    world.river.unenrol(section(1), student(1));
    world.sync().await;
    by_hand::suspend(&world, account, true);
    world.days(1);
    world.river.leave(student(1));
    world.sync().await;
    let timeline = world.roster.read().unwrap().timeline(account).unwrap();
    let told: Vec<_> = timeline
        .iter()
        .map(|entry| format!("{} {}", entry.op, entry.actor))
        .collect();
    assert_eq!(
        told,
        [
            "create principal",
            "enrol principal",
            "update sync",
            "unenrol sync",
            "update principal",
            "deactivate sync"
        ]
    );
    let email = format!(
        "SELECT before, after, reason FROM changed_fields WHERE subject = {account} AND field = 'email'"
    );
    assert_eq!(
        world.one(&email),
        "student1@example.org second@example.org changed"
    );
    assert!(
        timeline
            .iter()
            .all(|entry| entry.run.is_some() && entry.reason.is_some())
    );
    // Nothing in it can be changed.
    let connection = rusqlite::Connection::open(world.roster.path()).unwrap();
    for sql in ["UPDATE audit SET reason = 'x'", "DELETE FROM audit"] {
        assert!(connection.execute(sql, []).is_err(), "{sql}");
    }
}

#[tokio::test(start_paused = true)]
async fn a4_11_why() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.river.student(1).named("Ana", "Li").sis("00417").put();
    world.start().await;
    let why = async |text: &str, section| {
        let answers = world
            .engine
            .why(&world.tenant, text, section)
            .await
            .unwrap();
        answers
            .into_iter()
            .map(|why| why.sentence)
            .collect::<Vec<_>>()
    };
    for text in [
        "00417",
        "ana li",
        "student1@example.org",
        &student(1).to_hex(),
    ] {
        assert_eq!(why(text, None).await.len(), 1, "{text}");
    }
    let (is, is_not) = (
        why("00417", Some(section(1))).await,
        why("00417", Some(section(2))).await,
    );
    assert!(
        is[0].ends_with('.') && is_not[0].ends_with('.') && is != is_not,
        "{is:?} {is_not:?}"
    );
    assert!(!is_not[0].contains('\n'), "one sentence: {is_not:?}");
    world.days(1);
    world.river.leave(student(1));
    world.sync().await;
    let gone = why("00417", None).await;
    assert!(
        gone.len() == 1,
        "somebody who left can be asked about too: {gone:?}"
    );
    let answers = world
        .engine
        .why(&world.tenant, "student 2", None)
        .await
        .unwrap();
    let stations: Vec<_> = answers[0].steps.iter().map(|step| step.station).collect();
    assert!(
        stations.starts_with(&["read"]) && stations.len() >= 3,
        "{stations:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a4_13_told_once_and_settled() {
    let world = World::new(&V3_1);
    patterned(&world.river);
    world.start().await;
    world.days(1);
    let taken = world.river.unshare(school(2));
    for _ in 0..3 {
        world.hours(3);
        assert_eq!(world.sync_full().await.state, RunState::Held);
    }
    let told = "SELECT code, subject FROM notice WHERE code = 'hold_opened' AND raised > (SELECT min(closed) FROM hold)";
    assert_eq!(world.sql(told), ["hold_opened "]);
    assert_eq!(world.sql("SELECT code FROM notices"), ["hold_opened"]);
    world.river.share_again(taken);
    world.sync_full().await;
    assert_eq!(world.sql("SELECT code FROM notices"), [] as [&str; 0]);
    assert_eq!(
        world.number("SELECT count(*) FROM notice WHERE settled IS NULL"),
        0
    );
}

#[tokio::test(start_paused = true)]
async fn a4_14_replay_from_the_mirror() {
    let homeroom =
        "[[filter]]\nthen = \"exclude\"\nfield = \"name\"\ncontains = \"homeroom\"\n\n[guards]";
    let mut world = World::of_policy(&V3_1, policy(&[("[guards]", homeroom)]));
    by_hand::small(&world.river);
    world
        .river
        .section(9)
        .top("name", "Homeroom 9")
        .students([1, 2])
        .teachers([1])
        .put();
    world.start().await;
    assert_eq!(world.number("SELECT count(*) FROM classes WHERE active"), 4);
    let asked = world.toy.requests().len();
    world.decide(policy(&[]));
    let ran = world.sync_kept().await;
    assert_eq!(ran.state, RunState::Applied);
    assert_eq!(world.toy.requests().len(), asked, "no call of the API");
    assert_eq!(
        world.people_of(section(9)),
        ["Teacher 1", "Student 1", "Student 2"]
    );
    // And back: left out is not gone.
    world.decide(policy(&[("[guards]", homeroom)]));
    let ran = world.sync_kept().await;
    assert_eq!(ran.state, RunState::Applied);
    assert_eq!(
        world.one("SELECT active, reason FROM classes WHERE name = 'Homeroom 9'"),
        "0 filter"
    );
}

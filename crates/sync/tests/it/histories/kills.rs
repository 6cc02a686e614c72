//! `kill -9` while a plan of thousands of actions is applied to a database on a disk. The process that applies is this test's own
//! binary, started again; whoever looks meanwhile, and afterwards, sees all of the plan or nothing of it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use homeroom_client::Cancel;
use homeroom_depot::Depot;
use homeroom_plan::Part;
use homeroom_roster::{Districts as _, NewDistrict, Roster as _, RunState, SqliteRoster};
use homeroom_segment::MemorySpools;
use homeroom_sync::{Engine, EngineParts, EngineSettings, Order, Tenant, Trigger, Unwatched, Yes};
use homeroom_testkit::{Dice, Toy, copy_folder, folder, folder_on_disk, seed, soak};
use homeroom_wire::V3_1;

use super::look::Look;
use crate::world::policy;

/// Where the child finds what it works on, what it approves, and which turn it is.
const PLACE: &str = "HOMEROOM_TEST_KILLED_IN";
const DIGEST: &str = "HOMEROOM_TEST_KILLED_PLAN";
const TURN: &str = "HOMEROOM_TEST_KILLED_TURN";

/// Students of a class.
const CLASS: u64 = 20;

/// An engine on a folder, later than that of the turn before: its lease has lapsed.
fn engine(place: &Path, toy: &Toy, turn: u32) -> (Engine, Tenant) {
    let roster = Arc::new(SqliteRoster::open(&place.join("app.sqlite")).unwrap());
    let depot = Depot::folder(&place.join("depot"), homeroom_depot::Settings::default());
    toy.clock().pass(Duration::from_mins(5) * turn);
    let river = toy.district(1);
    let district = roster.connect(&NewDistrict {
        source_id: &river.id().to_hex(),
        name: "District",
        at: homeroom_client::Clock::now(&*toy.clock()),
    });
    let tenant = Tenant {
        district: district.unwrap(),
        source: toy.source(&river),
        policy: policy(&[]),
    };
    let engine = Engine::new(EngineParts {
        roster,
        depot: depot.unwrap(),
        clock: toy.clock(),
        spools: Arc::new(MemorySpools),
        holder: format!("child {turn}"),
        settings: EngineSettings::default(),
    });
    (engine, tenant)
}

/// The process that is killed: approves and applies what it is told to. By itself it applies a small plan of its own.
#[test]
fn child() {
    let own = folder();
    let (place, digest, turn) = match std::env::var_os(PLACE) {
        Some(place) => {
            let digest = std::env::var(DIGEST).expect("what to approve");
            let turn = std::env::var(TURN).expect("which turn");
            (PathBuf::from(place), digest, turn.parse().unwrap())
        }
        None => (own.path().to_owned(), planned(own.path(), CLASS, 1).0, 1),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let toy = Toy::new(&V3_1);
        let (engine, tenant) = engine(&place, &toy, turn);
        let yes = Yes {
            digest: &digest,
            part: Part::All,
            by: "principal",
            note: None,
        };
        match engine
            .approve(&tenant, &yes, &Cancel::default(), &Unwatched)
            .await
        {
            Ok(ran) => assert_eq!(ran.performed.set_aside, []),
            // It was applied before.
            Err(homeroom_sync::SyncError::NoSuchPlan(_)) => {}
            Err(error) => panic!("{error}"),
        }
    });
}

/// What an app sees: people, seats, classes without all of their students, rows of the audit of runs, ids given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    people: i64,
    seats: i64,
    half: i64,
    audit: i64,
    doubles: i64,
}

fn seen(look: &Look) -> Seen {
    // One statement is one look at the database.
    let rows = look.rows(&format!(
        "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM rosters),
             (SELECT count(*) FROM classes AS c WHERE (SELECT count(*) FROM rosters AS r WHERE r.section = c.id) <> {CLASS}),
             (SELECT count(*) FROM changes),
             (SELECT count(*) FROM (SELECT 1 FROM may_sign_in GROUP BY source_id HAVING count(*) > 1)
              UNION ALL SELECT count(*) FROM (SELECT 1 FROM students GROUP BY sis_id HAVING count(*) > 1) ORDER BY 1 DESC LIMIT 1)"
    ));
    let numbers: Vec<i64> = rows[0]
        .split(' ')
        .map(|number| number.parse().unwrap())
        .collect();
    let [people, seats, half, audit, doubles] = numbers[..] else {
        unreachable!()
    };
    Seen {
        people,
        seats,
        half,
        audit,
        doubles,
    }
}

fn start(place: &Path, digest: &str, turn: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "histories::kills::child", "--nocapture"])
        .env(PLACE, place)
        .env(DIGEST, digest)
        .env(TURN, turn.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn ended_well(child: Child) {
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Killed a hundred times while it applies a plan of 5,000 actions: nothing is lost, nothing doubled, no half class is ever seen, and
/// the next run finishes.
#[test]
fn a_plan_that_is_killed_is_applied_whole_or_not_at_all() {
    let (seed, kills, sections) = (
        seed(31),
        if soak() { 100 } else { 4 },
        if soak() { 228 } else { 40 },
    );
    let mut dice = Dice::new(seed);
    let base = if soak() { folder_on_disk() } else { folder() };
    let students = sections * CLASS;
    let (digest, actions) = planned(base.path(), students, sections);
    let (mut killed, mut ended, mut turn, mut looks) = (0, 0, 1, 0_u64);
    let (mut olds, mut news) = (0, 0);
    let none = Seen {
        people: 0,
        seats: 0,
        half: 0,
        audit: 0,
        doubles: 0,
    };
    let mut whole = None;
    let mut usual = None;
    while killed < kills {
        let place = if soak() { folder_on_disk() } else { folder() };
        copy_folder(base.path(), place.path());
        let look = Look::at(&place.path().join("app.sqlite"), 1);
        let begun = Instant::now();
        let mut child = start(place.path(), &digest, turn);
        // The first one is not disturbed: it says how long it takes, and what comes of it.
        let end = usual.map(|usual: Duration| {
            let micros = u64::try_from(usual.as_micros()).unwrap();
            // Most of the time is spent before anything is written; most kills come later.
            Duration::from_micros(micros / 4 + dice.below(micros * 3 / 4))
        });
        while end.is_none_or(|end| begun.elapsed() < end) && child.try_wait().unwrap().is_none() {
            let now = seen(&look);
            looks += 1;
            assert!(
                now == none || Some(now) == whole || whole.is_none(),
                "seen while it is applied: {now:?}"
            );
            assert_eq!(
                (now.half, now.doubles),
                (0, 0),
                "seen while it is applied: {now:?}"
            );
            sleep(Duration::from_millis(2));
        }
        if end.is_none() {
            ended_well(child);
            usual = Some(begun.elapsed());
            whole = Some(seen(&look));
            continue;
        }
        let _ = child.kill();
        let status = child.wait().unwrap();
        if status.success() {
            ended += 1;
        } else {
            killed += 1;
        }
        turn += 1;
        let left = seen(&look);
        if left == none {
            olds += 1;
        } else {
            news += 1;
        }
        assert!(
            left == none || Some(left) == whole,
            "left by a kill: {left:?}, or {whole:?}"
        );
        ended_well(start(place.path(), &digest, turn));
        turn += 1;
        assert_eq!(Some(seen(&look)), whole, "after the next run");
        let roster = SqliteRoster::open(&place.path().join("app.sqlite")).unwrap();
        assert_eq!(roster.read().unwrap().broken(1).unwrap(), []);
    }
    let whole = whole.unwrap();
    assert_eq!(
        (whole.people, whole.seats),
        (
            i64::try_from(students).unwrap(),
            i64::try_from(students).unwrap()
        )
    );
    eprintln!(
        "seed {seed}: a plan of {actions} actions killed {killed} times, {ended} more had ended; {olds} left the old state, {news} the \
         new one; {looks} looks while it was applied"
    );
}

/// Reads a district and plans its first sync, which waits for a yes. The plan's digest and how many actions it has.
fn planned(place: &Path, students: u64, sections: u64) -> (String, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let toy = Toy::new(&V3_1);
        let river = toy.district(1);
        river.school(1).put();
        for number in 1..=students {
            river.student(number).put_quietly();
        }
        for number in 1..=sections {
            let first = (number - 1) * CLASS + 1;
            river
                .section(number)
                .students(first..first + CLASS)
                .put_quietly();
        }
        let (engine, tenant) = engine(place, &toy, 0);
        let order = Order::new(Trigger::Schedule);
        let ran = engine
            .run(&tenant, &order, &Cancel::default(), &Unwatched)
            .await
            .unwrap();
        assert_eq!(ran.state, RunState::Held);
        (ran.digest.clone(), ran.plan.actions().len())
    })
}

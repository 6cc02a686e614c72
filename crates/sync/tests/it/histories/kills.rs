//! `kill -9` while a plan of thousands of actions is applied to a database on a disk. The process that applies is this test's own
//! binary, started again; whoever looks meanwhile, and afterwards, sees all of the plan or nothing of it.
//!
//! It is killed at chosen places, where it stops and says so; within the commit, by how far the log of the database has grown; and,
//! in a soak, at a hundred random moments.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use homeroom_client::Cancel;
use homeroom_depot::Depot;
use homeroom_plan::Part;
use homeroom_roster::{Districts as _, NewDistrict, Options, Roster, RunState, SqliteRoster};
use homeroom_segment::MemorySpools;
use homeroom_sync::{Engine, EngineParts, EngineSettings, Order, Tenant, Trigger, Unwatched, Yes};
use homeroom_testkit::{Dice, Toy, copy_folder, folder, folder_on_disk, seed, soak};
use homeroom_wire::V3_1;
use tempfile::TempDir;

use super::look::Look;
use super::mortal::{Fate, Moment, Mortal, STOPPED, Stop};
use crate::world::policy;

/// Where the child finds what it works on, what it approves, which turn it is, and where it stops.
const PLACE: &str = "HOMEROOM_TEST_KILLED_IN";
const DIGEST: &str = "HOMEROOM_TEST_KILLED_PLAN";
const TURN: &str = "HOMEROOM_TEST_KILLED_TURN";
const STOP: &str = "HOMEROOM_TEST_KILLED_AT";

/// Students of a class.
const CLASS: u64 = 20;

/// So often it is killed within the commit, which is over so soon that not every kill comes in time.
const COMMITS: usize = 3;

/// The database of an app.
fn database(place: &Path) -> PathBuf {
    place.join("app.sqlite")
}

/// An engine on a folder, later than that of the turn before: its lease has lapsed.
fn engine(place: &Path, toy: &Toy, turn: u32, fate: Fate) -> (Engine, Tenant) {
    // With so small a cache pages of a transaction reach the log long before its commit.
    let options = Options {
        write_cache: 1,
        ..Options::default()
    };
    let roster = Arc::new(SqliteRoster::open_with(&database(place), options).unwrap());
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
        roster: Arc::new(Mortal { roster, fate }),
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
    let fate = Fate::default();
    let (place, digest, turn) = match std::env::var_os(PLACE) {
        Some(place) => {
            if let Ok(at) = std::env::var(STOP) {
                fate.stopped(Stop::of(&at));
            }
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
        let (engine, tenant) = engine(&place, &toy, turn, fate);
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

/// Before or after the nth call of an operation of the roster.
fn before(what: &str, nth: usize) -> Stop {
    let what = what.to_owned();
    Stop {
        moment: Moment::Before,
        what,
        nth,
    }
}

fn after(what: &str, nth: usize) -> Stop {
    Stop {
        moment: Moment::After,
        ..before(what, nth)
    }
}

/// Places at which the child is killed, and whether it leaves the new state.
fn places(actions: usize) -> [(Stop, bool); 8] {
    [
        (before("begin", 1), false),
        (after("begin", 1), false),
        (after("apply", 1), false),
        (before("apply", actions / 2), false),
        (after("apply", actions), false),
        (before("commit", 1), false),
        (after("commit", 1), true),
        // The hold of this plan is closed once it is applied.
        (before("close_hold", 1), true),
    ]
}

/// A plan that is to be applied, and what comes of it.
struct Crashing {
    base: TempDir,
    digest: String,
    /// What is seen once it is applied.
    whole: Option<Seen>,
    turn: u32,
    killed: u32,
    olds: u32,
    news: u32,
    looks: u64,
}

/// Before anything is applied.
const NONE: Seen = Seen {
    people: 0,
    seats: 0,
    half: 0,
    audit: 0,
    doubles: 0,
};

impl Crashing {
    fn new(students: u64, sections: u64) -> (Self, usize) {
        let base = if soak() { folder_on_disk() } else { folder() };
        let (digest, actions) = planned(base.path(), students, sections);
        let crashing = Self {
            base,
            digest,
            whole: None,
            turn: 0,
            killed: 0,
            olds: 0,
            news: 0,
            looks: 0,
        };
        (crashing, actions)
    }

    /// The plan, waiting, in a folder of its own.
    fn copy(&self) -> TempDir {
        let place = if soak() { folder_on_disk() } else { folder() };
        copy_folder(self.base.path(), place.path());
        place
    }

    fn start(&mut self, place: &Path, stop: Option<&Stop>) -> Child {
        self.turn += 1;
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "histories::kills::child", "--nocapture"])
            .env(PLACE, place)
            .env(DIGEST, &self.digest)
            .env(TURN, self.turn.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if let Some(stop) = stop {
            command.env(STOP, stop.text());
        }
        command.spawn().unwrap()
    }

    /// The child where it stopped.
    fn stopped(&mut self, place: &Path, at: &Stop) -> Child {
        let mut child = self.start(place, Some(at));
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut all = String::new();
        loop {
            let before = all.len();
            let read = said.read_line(&mut all).unwrap();
            assert!(read > 0, "it never came to {at:?}: {all}");
            if all[before..].trim_end() == STOPPED {
                break;
            }
        }
        child.stderr = Some(said.into_inner());
        child
    }

    /// Nobody disturbs the child: how long it takes, and what comes of it. Whoever looks sees nothing or all of it.
    fn undisturbed(&mut self) -> Duration {
        let place = self.copy();
        let look = Look::at(&database(place.path()), 1);
        let begun = Instant::now();
        let mut child = self.start(place.path(), None);
        let mut last = NONE;
        while child.try_wait().unwrap().is_none() {
            self.look(&look);
            let now = seen(&look);
            assert!(last == NONE || now == last, "{last:?}, then {now:?}");
            last = now;
            sleep(Duration::from_millis(2));
        }
        ended_well(child);
        self.whole = Some(seen(&look));
        assert!(last == NONE || Some(last) == self.whole, "{last:?}");
        begun.elapsed()
    }

    fn look(&mut self, look: &Look) -> Seen {
        let now = seen(look);
        self.looks += 1;
        let whole = self.whole.is_none_or(|whole| now == whole);
        assert!(now == NONE || whole, "seen while it is applied: {now:?}");
        assert_eq!(
            (now.half, now.doubles),
            (0, 0),
            "seen while it is applied: {now:?}"
        );
        now
    }

    /// Kills the child at a place. Says whether the new state is left, and how long the log of the database was.
    fn killed_at(&mut self, at: &Stop) -> (bool, u64) {
        let place = self.copy();
        let child = self.stopped(place.path(), at);
        let log = log_size(place.path());
        self.look(&Look::at(&database(place.path()), 1));
        (self.killed(child, place.path()), log)
    }

    /// Kills the child while it commits: as soon as the log grows. Says whether the new state is left.
    fn killed_in_commit(&mut self) -> bool {
        let place = self.copy();
        let mut child = self.stopped(place.path(), &before("commit", 1));
        let size = log_size(place.path());
        child.stdin.take().unwrap().write_all(b"go on\n").unwrap();
        while log_size(place.path()) == size && child.try_wait().unwrap().is_none() {}
        self.killed(child, place.path())
    }

    /// Kills the child at a moment, if it has not ended by then; others look meanwhile.
    fn killed_after(&mut self, end: Duration) {
        let place = self.copy();
        let look = Look::at(&database(place.path()), 1);
        let begun = Instant::now();
        let mut child = self.start(place.path(), None);
        while begun.elapsed() < end && child.try_wait().unwrap().is_none() {
            self.look(&look);
            sleep(Duration::from_millis(2));
        }
        self.killed(child, place.path());
    }

    /// Kills the child, which leaves the old state or the new one, and lets another finish. Says whether the new one was left.
    fn killed(&mut self, mut child: Child, place: &Path) -> bool {
        let _ = child.kill();
        self.killed += u32::from(!child.wait().unwrap().success());
        let left = self.look(&Look::at(&database(place), 1));
        let is_new = left != NONE;
        *(if is_new {
            &mut self.news
        } else {
            &mut self.olds
        }) += 1;
        ended_well(self.start(place, None));
        let look = Look::at(&database(place), 1);
        assert_eq!(Some(seen(&look)), self.whole, "after the next run");
        let roster = SqliteRoster::open(&database(place)).unwrap();
        assert_eq!(roster.read().unwrap().broken(1).unwrap(), []);
        is_new
    }
}

/// How long the log of a database is.
fn log_size(place: &Path) -> u64 {
    let log = place.join("app.sqlite-wal");
    fs::metadata(log).map_or(0, |log| log.len())
}

fn ended_well(child: Child) {
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Killed while it applies a plan of 5,000 actions, at every place that could matter, and a hundred times anywhere: nothing is lost,
/// nothing doubled, no half class is ever seen, and the next run finishes.
#[test]
fn a_plan_that_is_killed_is_applied_whole_or_not_at_all() {
    let (seed, kills, sections) = (
        seed(31),
        if soak() { 100 } else { 0 },
        if soak() { 228 } else { 80 },
    );
    let mut dice = Dice::new(seed);
    let students = sections * CLASS;
    let (mut crashing, actions) = Crashing::new(students, sections);
    let usual = crashing.undisturbed();
    let mut logs = Vec::new();
    for (at, is_new) in places(actions) {
        let (left, log) = crashing.killed_at(&at);
        assert_eq!(left, is_new, "{at:?}");
        logs.push(log);
    }
    // Some of what is not committed had reached the log, and was cut off there.
    assert!(logs[1] < logs[5] && logs[5] < logs[6], "{logs:?}");
    let cut = (0..COMMITS)
        .filter(|_| !crashing.killed_in_commit())
        .count();
    let micros = u64::try_from(usual.as_micros()).unwrap();
    let placed = crashing.killed;
    while crashing.killed < placed + kills {
        // Most of the time is spent before anything is written; most kills come later.
        let end = micros / 4 + dice.below(micros * 3 / 4);
        crashing.killed_after(Duration::from_micros(end));
    }
    let whole = crashing.whole.unwrap();
    assert_eq!(
        (whole.people, whole.seats),
        (
            i64::try_from(students).unwrap(),
            i64::try_from(students).unwrap()
        )
    );
    let Crashing {
        killed,
        olds,
        news,
        looks,
        ..
    } = crashing;
    eprintln!(
        "seed {seed}: a plan of {actions} actions killed {killed} times, {placed} of them at chosen places; {olds} left the old state, \
         {news} the new one; {cut} of {COMMITS} cut a commit short; {looks} looks while it was applied"
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
        let (engine, tenant) = engine(place, &toy, 0, Fate::default());
        let order = Order::new(Trigger::Schedule);
        let ran = engine
            .run(&tenant, &order, &Cancel::default(), &Unwatched)
            .await
            .unwrap();
        assert_eq!(ran.state, RunState::Held);
        (ran.digest.clone(), ran.plan.actions().len())
    })
}

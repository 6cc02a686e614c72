//! Undoing runs (integration-side A4.10, B16.8), through the engine and its database.

mod limits;

use homeroom_client::Clock as _;
use homeroom_roster::{Decision, Decisions as _, Roster as _, RunState};
use homeroom_sync::{SyncError, TakenHow, Undo, Undoing};
use homeroom_testkit::Dice;
use homeroom_testkit::toy::{section, staff, student, teacher};
use homeroom_wire::{V2_1, V3_1};
use serde_json::json;

use crate::world::{CONTACTS, World, policy};

const TABLES: [&str; 11] = [
    "SELECT * FROM school ORDER BY id",
    "SELECT * FROM term ORDER BY id",
    "SELECT * FROM course ORDER BY id",
    "SELECT * FROM section ORDER BY id",
    "SELECT * FROM person ORDER BY id",
    "SELECT * FROM role ORDER BY person, role",
    "SELECT * FROM role_school ORDER BY person, role, school",
    "SELECT * FROM membership ORDER BY section, person, is_teacher",
    "SELECT * FROM membership_past ORDER BY section, person, is_teacher, opened",
    "SELECT kind, source_id, entity, state, rung, since FROM link ORDER BY kind, source_id",
    "SELECT entity, field, base, value, origin FROM cell ORDER BY entity, field",
];

/// Every cell of the app.
fn cells(world: &World) -> Vec<String> {
    TABLES.iter().flat_map(|sql| world.sql(sql)).collect()
}

/// Says only where two states differ: a whole one is too long to read.
#[track_caller]
fn same(now: &[String], then: &[String]) {
    let news: Vec<_> = now.iter().filter(|row| !then.contains(row)).collect();
    let gone: Vec<_> = then.iter().filter(|row| !now.contains(row)).collect();
    assert!(
        news.is_empty() && gone.is_empty(),
        "{news:#?} instead of {gone:#?}"
    );
}

/// Forty students in four classes, applied a day ago.
async fn town() -> World {
    let world = World::new(&V3_1);
    let river = &world.river;
    river.school(1).put();
    river.term(1).put();
    river.course(1).put();
    river.teacher(1).put();
    for number in 1..=40 {
        river.student(number).put();
    }
    for number in 1..=4 {
        let students = 10 * number - 9..=10 * number;
        river
            .section(number)
            .term(1)
            .course(1)
            .students(students)
            .teachers([1])
            .put();
    }
    world.start().await;
    world.days(1);
    world
}

fn grade(world: &World, number: u64, grade: &str) {
    world.river.change(student(number), |document| {
        document["roles"]["student"]["grade"] = json!(grade);
    });
}

impl World {
    async fn try_undo(&self, run: i64, approved: Option<&str>) -> Result<Undoing, SyncError> {
        let undo = Undo {
            run,
            dry: false,
            by: "admin",
            approved,
        };
        let done = self.engine.undo(&self.tenant, &undo).await;
        let broken = self.roster.read().unwrap().broken(self.tenant.district);
        assert_eq!(broken.unwrap(), []);
        done
    }

    pub(crate) async fn undo(&self, run: i64) -> Undoing {
        let undoing = self.try_undo(run, None).await.unwrap();
        assert_eq!(undoing.state, RunState::Applied, "{undoing:?}");
        undoing
    }

    fn notices(&self) -> Vec<String> {
        self.sql("SELECT code FROM notices ORDER BY id")
    }
}

/// What a district that went wrong sends: other grades, somebody who is gone, somebody new, another class.
fn goes_wrong(world: &World) {
    for number in 1..=5 {
        grade(world, number, "12");
    }
    world.river.leave(student(40));
    world.river.student(41).put();
    world.river.enrol(section(1), student(41));
    world.river.unenrol(section(2), student(20));
    world.river.section(5).students([6, 7]).teachers([1]).put();
}

#[tokio::test]
async fn an_undo_leaves_every_cell_as_it_was() {
    let world = town().await;
    let before = cells(&world);
    goes_wrong(&world);
    let ran = world.sync().await;
    let after = cells(&world);
    assert_ne!(before, after);
    world.hours(1);

    let dry = Undo {
        run: ran.run,
        dry: true,
        by: "admin",
        approved: None,
    };
    let seen = world.engine.undo(&world.tenant, &dry).await.unwrap();
    assert_eq!((seen.state, seen.all_kept), (RunState::Planned, 0));
    same(&cells(&world), &after);
    assert!(world.notices().is_empty());

    let undoing = world.undo(ran.run).await;
    assert_eq!(undoing.digest, seen.digest, "what was seen is what is done");
    assert_eq!((undoing.all_kept, undoing.switched_off), (0, 0));
    same(&cells(&world), &before);
    assert_eq!(world.sign_in(student(41)), "nobody");
    assert_eq!(world.sign_in(student(40)), "yes student");
    let rows = world.audit(undoing.run);
    assert!(rows.iter().all(|row| row.starts_with("undo ")), "{rows:?}");
    let actors = world.sql(&format!(
        "SELECT DISTINCT actor FROM changes WHERE run = {}",
        undoing.run
    ));
    assert_eq!(actors, ["admin"]);
}

#[tokio::test]
async fn what_was_undone_is_held_until_the_source_is_corrected() {
    let world = town().await;
    let before = cells(&world);
    goes_wrong(&world);
    let ran = world.sync().await;
    world.undo(ran.run).await;
    assert_eq!(world.notices(), ["undone"]);

    // The source still says so, and something else: only that is done.
    world.river.change(teacher(1), |document| {
        document["name"]["middle"] = json!("Quincy");
    });
    let next = world.sync().await;
    assert_eq!(next.state, RunState::Applied);
    assert_eq!(world.holds(), ["undone undone"]);
    let middle = "SELECT middle_name FROM person WHERE middle_name IS NOT NULL";
    assert_eq!(world.sql(middle), ["Quincy"]);
    let rows = world.audit(next.run);
    assert_eq!(rows, ["update person changed 1"]);
    world.river.change(teacher(1), |document| {
        document["name"]["middle"] = json!(null);
    });
    world.sync().await;
    same(&cells(&world), &before);

    // Corrected by half: what is right now is not held, and the rest stays so.
    for number in 1..=5 {
        let shown = world.one(&format!(
            "SELECT grade FROM students WHERE source_id = '{}'",
            student(number).to_hex()
        ));
        grade(&world, number, &shown);
    }
    let half = world.sync_full().await;
    assert_eq!(world.holds(), ["undone undone"]);
    assert!(half.performed.held < next.performed.held);
    assert_eq!(world.notices(), ["undone", "hold_opened"]);

    world.river.student(40).put();
    world.river.enrol(section(4), student(40));
    world.river.leave(student(41));
    world.river.enrol(section(2), student(20));
    world.river.delete(section(5));
    let right = world.sync_full().await;
    assert_eq!(
        right.state,
        RunState::NoChange,
        "{:?}",
        right.plan.lines(true).collect::<Vec<_>>()
    );
    assert!(world.holds().is_empty());
    assert!(world.notices().is_empty());
    same(&cells(&world), &before);
    // From now on such a change is one like any other.
    grade(&world, 1, "12");
    let free = world.sync().await;
    assert_eq!((free.state, free.performed.held), (RunState::Applied, 0));
}

#[tokio::test]
async fn approving_it_lets_it_happen_after_all() {
    let world = town().await;
    goes_wrong(&world);
    let ran = world.sync().await;
    let after = cells(&world);
    world.undo(ran.run).await;
    let before = cells(&world);
    world.sync().await;
    same(&cells(&world), &before);
    assert_eq!(world.holds(), ["undone undone"]);
    let open = world.one("SELECT plan FROM hold WHERE closed IS NULL");
    world.approve(&open).await;
    assert!(world.holds().is_empty());
    assert!(world.notices().is_empty());
    // Students 41 and class 5 came anew, under new numbers: everything else is as the run had left it.
    assert_eq!(cells(&world).len(), after.len());
    assert_eq!(world.sign_in(student(40)), "no missing deleted_event");
    assert_eq!(world.people_of(section(5)).len(), 3);
}

#[tokio::test]
async fn the_undo_of_an_undo_does_it_again() {
    let world = town().await;
    let before = cells(&world);
    goes_wrong(&world);
    let ran = world.sync().await;
    let after = cells(&world);
    let undoing = world.undo(ran.run).await;
    let again = world.try_undo(ran.run, None).await.unwrap_err();
    assert!(
        again
            .to_string()
            .contains(&format!("undone by run {}", undoing.run)),
        "{again}"
    );
    let redoing = world.undo(undoing.run).await;
    assert_eq!(redoing.all_kept, 0, "{redoing:?}");
    same(&cells(&world), &after);
    assert!(world.notices().is_empty(), "nothing is held back any more");
    let next = world.sync().await;
    assert_eq!(
        next.state,
        RunState::NoChange,
        "{:?}",
        next.plan.lines(true).collect::<Vec<_>>()
    );
    // And back once more.
    world.undo(redoing.run).await;
    same(&cells(&world), &before);
    assert_eq!(world.notices(), ["undone"]);
    world.sync().await;
    same(&cells(&world), &before);
}

#[tokio::test]
async fn what_people_changed_since_is_listed_and_stays() {
    let world = town().await;
    let account = world.account(student(1));
    world.river.change(student(1), |document| {
        document["roles"]["student"]["grade"] = json!("12");
        document["email"] = json!("wrong@example.org");
        document["name"]["middle"] = json!("Wrong");
    });
    let ran = world.sync().await;
    world.write(&format!(
        "UPDATE person SET email = 'right@example.org' WHERE id = {account}"
    ));
    let undoing = world.undo(ran.run).await;
    let kept = &undoing.kept;
    assert_eq!((undoing.all_kept, kept.len()), (1, 1));
    assert_eq!(kept[0].subject, account);
    assert!(
        kept[0].to_string().contains("email was changed since"),
        "{}",
        kept[0]
    );
    let now = world.one(&format!(
        "SELECT p.email, p.middle_name, r.grade FROM person AS p JOIN role AS r ON r.person = p.id WHERE p.id = {account}"
    ));
    assert_eq!(now, "right@example.org - 7");
    let told = world.one(&format!(
        "SELECT report FROM run WHERE id = {}",
        undoing.run
    ));
    assert!(
        told.contains("email was changed since") && !told.contains("right@"),
        "{told}"
    );
}

#[tokio::test]
async fn a_later_run_stands_in_the_way_and_stays() {
    let world = town().await;
    for number in [1, 2] {
        grade(&world, number, "12");
    }
    world.river.unenrol(section(1), student(3));
    let first = world.sync().await;
    grade(&world, 1, "11");
    let second = world.sync().await;
    let undoing = world.undo(first.run).await;
    assert_eq!(undoing.all_kept, 1, "{undoing:?}");
    assert_eq!(
        undoing.kept[0].since.as_ref().map(|(by, _)| by.as_str()),
        Some("sync")
    );
    let grades = "SELECT grade FROM students ORDER BY id LIMIT 2";
    assert_eq!(world.sql(grades), ["11", "7"]);
    assert_eq!(world.people_of(section(1)).len(), 11);
    // The newest first, and everything is as it was.
    let mirror = world.one("SELECT mirror FROM district");
    assert_eq!(
        mirror,
        world.one(&format!("SELECT mirror FROM run WHERE id = {}", second.run))
    );
    world.undo(second.run).await;
    assert_eq!(world.sql(grades), ["12", "7"]);
}

#[tokio::test]
async fn whose_work_stays_is_switched_off() {
    let world = town().await;
    world.river.student(41).put();
    world.river.student(42).put();
    world.river.section(5).students([41, 42]).put();
    let ran = world.sync().await;
    let (account, class) = (world.account(student(41)), world.class(section(5)));
    world.work(account, student(41), class, "essay");
    world.write(&format!(
        "INSERT INTO section_own (section, display_name) VALUES ({class}, 'Stars')"
    ));
    let undoing = world.undo(ran.run).await;
    assert_eq!(
        (undoing.switched_off, undoing.all_kept),
        (2, 0),
        "{undoing:?}"
    );
    let off = undoing
        .taken
        .iter()
        .filter(|row| row.how == TakenHow::SwitchedOff);
    assert_eq!(off.count(), 2);
    assert_eq!(undoing.taken.len() as u64, undoing.taken_back);
    assert_eq!(world.sign_in(student(41)), "no missing undone");
    assert_eq!(world.sign_in(student(42)), "nobody");
    assert_eq!(
        world.sql("SELECT name, active, reason FROM classes WHERE reason IS NOT NULL"),
        ["Stars 0 undone"]
    );
    assert_eq!(world.number("SELECT count(*) FROM work"), 1);
    // Their record is still shared: neither of the two comes back by itself.
    let before = cells(&world);
    world.sync().await;
    same(&cells(&world), &before);
    assert_eq!(world.holds(), ["undone undone"]);
    let open = world.one("SELECT plan FROM hold WHERE closed IS NULL");
    world.approve(&open).await;
    assert_eq!(world.sign_in(student(41)), "yes student");
    assert_eq!(world.account(student(41)), account);
    assert_eq!(world.class(section(5)), class);
}

#[tokio::test]
async fn an_undo_that_passes_the_limits_needs_somebodys_yes() {
    let world = town().await;
    for number in 101..=130 {
        world.river.student(number).put();
    }
    let ran = world.sync().await;
    assert_eq!(ran.state, RunState::Applied, "thirty of forty are no mass");
    let after = cells(&world);
    let waits = world.try_undo(ran.run, None).await.unwrap();
    assert_eq!(
        (waits.state, guards(&waits)),
        (RunState::Held, vec!["removals", "school_removals"])
    );
    assert!(
        waits.verdicts[0].to_string().contains("30 of 70"),
        "{}",
        waits.verdicts[0]
    );
    same(&cells(&world), &after);
    assert!(world.notices().is_empty());
    // A digest of something else is no yes.
    let stale = world.try_undo(ran.run, Some("abc")).await.unwrap();
    assert_eq!(
        (stale.state, &stale.digest),
        (RunState::Held, &waits.digest)
    );
    let done = world.try_undo(ran.run, Some(&waits.digest)).await.unwrap();
    assert_eq!(done.state, RunState::Applied);
    assert_eq!(world.number("SELECT count(*) FROM students"), 40);
}

#[tokio::test]
async fn what_cannot_be_undone_is_said() {
    let world = town().await;
    let quiet = world.sync().await;
    for (run, words) in [
        (quiet.run, "changed nothing (no_change)"),
        (77, "no such run"),
    ] {
        let error = world.try_undo(run, None).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn the_first_sync_can_be_undone() {
    let world = town().await;
    let first = world.number("SELECT min(run) FROM changes");
    let waits = world.try_undo(first, None).await.unwrap();
    assert_eq!(
        waits.state,
        RunState::Held,
        "nothing would be left of any kind"
    );
    let done = world.try_undo(first, Some(&waits.digest)).await.unwrap();
    // A day went by: who was in a class was there, and whoever is gone is so by a switch.
    assert_eq!(
        (done.state, done.all_kept),
        (RunState::Applied, 0),
        "{done:?}"
    );
    assert_eq!(world.sign_in(student(1)), "no missing undone");
    assert_eq!(world.number("SELECT count(*) FROM rosters"), 0);
    let before = cells(&world);
    world.sync().await;
    same(&cells(&world), &before);
}

#[tokio::test]
async fn a_merge_comes_apart_and_is_not_made_again() {
    let world = World::new(&V2_1);
    crate::by_hand::small(&world.river);
    let email = "r.oak@example.org";
    world
        .river
        .teacher(3)
        .named("Rue", "Oak")
        .email(email)
        .put();
    let admin = world.river.staff(3).named("Rue", "Oak").email(email);
    admin.schools([1, 2]).put();
    world.start().await;
    world.sync_kept().await;
    let before = cells(&world);
    let asked = world.number("SELECT id FROM suggestion WHERE about = 'join'");
    let (district, at) = (world.tenant.district, world.toy.clock().now());
    let decided = world
        .roster
        .decide(district, asked, Decision::Accepted, "principal", at);
    assert!(decided.unwrap());
    let ran = world.sync_kept().await;
    assert_eq!(world.account(teacher(3)), world.account(staff(3)));
    let undoing = world.undo(ran.run).await;
    assert_eq!(undoing.all_kept, 0, "{undoing:?}");
    same(&cells(&world), &before);
    // Somebody said yes to it, but that was before.
    world.sync_kept().await;
    assert_eq!(world.holds(), ["undone undone"]);
    same(&cells(&world), &before);
    let open = world.one("SELECT plan FROM hold WHERE closed IS NULL");
    world.approve(&open).await;
    assert_eq!(world.account(teacher(3)), world.account(staff(3)));
}

#[tokio::test]
async fn ties_of_contacts_come_apart_and_stay_so() {
    let world = World::of_policy(&V3_1, policy(&CONTACTS));
    crate::by_hand::small(&world.river);
    let first = world.river.contact(1);
    first.of_student(1, "Mother", "primary").put();
    world.start().await;
    let ties = "SELECT t.student, t.type, t.label FROM contacts AS t ORDER BY t.id, t.student";
    let before = (cells(&world), world.sql(ties));
    world.days(1);
    let second = world.river.contact(2);
    second.of_student(2, "Father", "emergency").put();
    world
        .river
        .contact(1)
        .of_student(1, "Aunt", "primary")
        .put();
    let ran = world.sync().await;
    assert_eq!(world.sql(ties).len(), 2);
    assert_ne!(world.sql(ties)[0], before.1[0]);
    let undoing = world.undo(ran.run).await;
    assert_eq!(undoing.all_kept, 0, "{undoing:?}");
    assert_eq!(world.sql(ties), before.1);
    same(&cells(&world), &before.0);
    world.sync().await;
    assert_eq!(world.sql(ties), before.1, "the source still says so");
    assert_eq!(world.holds(), ["undone undone"]);
}

/// B16.8 over generated changes: what runs did, and whatever hangs together in them, is taken back to the last cell.
#[tokio::test]
async fn any_run_can_be_taken_back() {
    for seed in 1..=4 {
        let world = town().await;
        let mut dice = Dice::new(seed);
        let mut states = vec![cells(&world)];
        let mut runs = Vec::new();
        for round in 0..3 {
            changes(&world, &mut dice, round);
            let ran = world.sync().await;
            if ran.performed.done > 0 {
                runs.push(ran.run);
                states.push(cells(&world));
            }
            world.hours(1);
        }
        for run in runs.into_iter().rev() {
            states.pop();
            let undoing = world.undo(run).await;
            assert_eq!(undoing.all_kept, 0, "seed {seed}: {undoing:?}");
            same(&cells(&world), states.last().unwrap());
        }
    }
}

/// A few changes of any kind, few enough to pass every guard.
fn changes(world: &World, dice: &mut Dice, round: u64) {
    let river = &world.river;
    for change in 0..4 {
        let (number, class) = (1 + dice.below(40), 1 + dice.below(4));
        match dice.below(8) {
            0 => {
                let number = 100 + 10 * round + change;
                river.student(number).put();
                river.enrol(section(class), student(number));
            }
            1 if river.has(student(number)) => river.leave(student(number)),
            2 if river.has(student(number)) => river.enrol(section(class), student(number)),
            3 => river.unenrol(section(class), student(number)),
            4 => river.change(section(class), |document| {
                document["name"] = json!(format!("Class {round} {change}"));
                document["period"] = json!(format!("{change}"));
            }),
            5 => {
                river
                    .section(10 + round)
                    .teachers([1])
                    .students([1 + dice.below(40)])
                    .put();
            }
            6 => river.change(teacher(1), |document| {
                document["email"] = json!(format!("t{round}{change}@example.org"));
            }),
            _ if river.has(student(number)) => river.change(student(number), |document| {
                document["roles"]["student"]["grade"] = json!(format!("{}", 1 + change));
                document["name"]["middle"] = json!(format!("M{round}"));
            }),
            _ => {}
        }
    }
}

/// What an undo was held for.
fn guards(undoing: &Undoing) -> Vec<&'static str> {
    let verdicts = undoing.verdicts.iter();
    verdicts.map(|verdict| verdict.guard.text()).collect()
}

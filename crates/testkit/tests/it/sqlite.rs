//! SQLite as the control store uses it: what it forced to disk stays, what it did not goes.

use std::path::{Path, PathBuf};
use std::process::Command;

use homeroom_testkit::{At, Keep, Loss, Ran, Shim};
use rusqlite::Connection;

use crate::actor::Stage;

const FILE: &str = "ACTOR_DATABASE";
const SYNCHRONOUS: &str = "ACTOR_SYNCHRONOUS";

/// Adds ten rows, each in a transaction of its own, and says each one.
#[test]
fn write_rows() {
    let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else {
        return;
    };
    let connection = Connection::open(path).unwrap();
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
    connection
        .pragma_update(None, "synchronous", std::env::var(SYNCHRONOUS).unwrap())
        .unwrap();
    connection
        .pragma_update(None, "wal_autocheckpoint", 3)
        .unwrap();
    for row in 0..10 {
        connection
            .execute("INSERT INTO numbers VALUES (?1, zeroblob(3000))", [row])
            .unwrap();
        println!("\nrow {row}");
    }
}

fn rows(path: &Path) -> Vec<i64> {
    let connection = Connection::open(path).unwrap();
    let sound: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    let mut statement = connection
        .prepare("SELECT n FROM numbers ORDER BY n")
        .unwrap();
    statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// What the writer said and what is in the database after the loss.
fn lose(stage: &Stage, synchronous: &str, loss: Loss) -> (usize, usize) {
    stage.reset();
    let path = stage.folder.join("numbers.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("CREATE TABLE numbers (n INTEGER PRIMARY KEY, filler BLOB)")
        .unwrap();
    drop(connection);
    let mut writer = Command::new(std::env::current_exe().unwrap());
    writer.args([
        "--exact",
        "sqlite::write_rows",
        "--nocapture",
        "--test-threads=1",
    ]);
    writer.env(FILE, &path).env(SYNCHRONOUS, synchronous);
    stage.preload(&mut writer, loss);
    let ran = Ran::of(&mut writer);
    let said = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("row"))
        .count();
    let found = rows(&path);
    assert_eq!(
        found,
        (0..i64::try_from(found.len()).unwrap()).collect::<Vec<_>>()
    );
    (said, found.len())
}

#[test]
fn what_was_committed_in_full_stays() {
    let stage = Stage::new();
    lose(&stage, "FULL", Loss::NONE);
    let operations = Shim::tally(&stage.folder).unwrap().operations;
    assert!(operations > 40, "{operations}");
    let mut cut_short = 0;
    for at in (1..=operations + 1).step_by(3) {
        for keep in [Keep::Nothing, Keep::Some(at)] {
            let (said, found) = lose(&stage, "FULL", Loss::new(At::Operation(at), keep));
            assert!(
                found == said || found == said + 1,
                "at {at}: {said} said, {found} found"
            );
            cut_short += usize::from(said < 10);
        }
    }
    assert!(cut_short > 10);
    assert_eq!(
        lose(&stage, "FULL", Loss::new(At::Exit, Keep::Nothing)),
        (10, 10)
    );
}

#[test]
fn what_was_only_said_goes() {
    let stage = Stage::new();
    lose(&stage, "OFF", Loss::NONE);
    let operations = Shim::tally(&stage.folder).unwrap().operations;
    let (said, found) = lose(
        &stage,
        "OFF",
        Loss::new(At::Operation(operations - 5), Keep::Nothing),
    );
    assert!(found < said, "{said} said, {found} found");
}

//! A writer killed at any moment leaves whole objects and what a sweep collects.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use homeroom_depot::{Depot, Settings};
use homeroom_segment::Digest;

use crate::payload;

const FOLDER: &str = "HOMEROOM_DEPOT_KILLED_IN";

/// Puts objects and prints the name of each: a few of them, or if it is started by the test below until it is killed.
#[test]
fn writer() {
    let own = tempfile::tempdir().unwrap();
    let (folder, objects) = match std::env::var_os(FOLDER) {
        Some(folder) => (PathBuf::from(folder), 10_000),
        None => (own.path().to_owned(), 3),
    };
    let depot = Depot::folder(&folder, Settings::default()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for seed in 0..objects {
        let object = runtime.block_on(depot.put(payload(seed, 400_000))).unwrap();
        println!("\n{object}");
    }
    let listed = runtime.block_on(depot.list()).unwrap();
    assert_eq!(listed.len() as u64, objects);
}

/// Starts a writer, reads this many names from it, kills it and returns the names.
fn kill_after(names: usize, folder: &Path) -> Vec<Digest> {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::writer", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let written = lines.filter_map(|line| Digest::from_hex(&line.unwrap()));
    let written: Vec<_> = written.take(names).collect();
    writer.kill().unwrap();
    writer.wait().unwrap();
    written
}

#[tokio::test]
async fn a_killed_writer_leaves_whole_objects() {
    for names in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let written = kill_after(names, folder.path());
        assert_eq!(written.len(), names);
        let depot = Depot::folder(folder.path(), Settings::default()).unwrap();
        for object in written {
            depot.verify(&object).await.unwrap();
        }
        for stored in depot.list().await.unwrap() {
            depot.verify(&stored.object).await.unwrap();
        }
        let future = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
        let leftovers = depot.collect_leftovers(future).await.unwrap();
        assert!(leftovers.files <= 1, "{leftovers:?}");
        for seed in 0..10 {
            depot.put(payload(seed, 400_000)).await.unwrap();
        }
        assert!(depot.list().await.unwrap().len() >= 10);
    }
}

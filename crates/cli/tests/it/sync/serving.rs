//! `serve --sync`, `sync serve` and what `demo` offers.

use homeroom_testkit::{Ran, Server, small_district};

use super::{Follower, until};
use crate::site::binary;

/// Waits until the schedule had a good sync.
fn synced(follower: &Follower) {
    until(|| {
        let status = follower.run(&["status"]).json();
        let runs = follower.run(&["runs"]).ok()["runs"].to_string();
        runs.contains("\"schedule\"") && status["districts"][0]["stale"].is_null()
    });
}

#[test]
fn the_schedule_runs_beside_the_provider_and_tells_nobodys_name() {
    let follower = Follower::applied(&small_district());
    follower.edit("sync.toml", "spread_minutes = 10", "spread_minutes = 0");
    follower.publish(&small_district().replacing("students.csv", "Bello,Tomás", "Bello,Tommy"));
    let mut serve = follower
        .site
        .installation
        .json_command(&["serve", "--port", "0"]);
    serve
        .arg("--sync")
        .arg(&follower.folder)
        .env("HOMEROOM_LOG", "info");
    let mut both = Server::start(serve);
    synced(&follower);
    assert_eq!(
        follower.district(&["plan"])["actions"],
        serde_json::json!([])
    );
    let log = both.errors();
    assert!(log.contains("synced") && log.contains("applied"), "{log}");
    assert!(!log.contains("Tommy") && !log.contains("Bello"), "{log}");
}

#[test]
fn the_schedule_runs_without_a_provider_too() {
    let follower = Follower::applied(&small_district());
    follower.edit("sync.toml", "spread_minutes = 10", "spread_minutes = 0");
    let mut alone = follower
        .command(&["--folder", "app", "serve"])
        .spawn()
        .unwrap();
    synced(&follower);
    alone.kill().unwrap();
    alone.wait().unwrap();
}

#[test]
fn the_demo_can_be_followed_at_once() {
    let folder = homeroom_testkit::folder();
    let demo = || {
        let mut command = binary().command(folder.path());
        command.args([
            "--data",
            "demo",
            "demo",
            "--port",
            "0",
            "--json",
            "--students",
            "60",
        ]);
        Server::start(command)
    };
    let run = |arguments: &[&str]| {
        let mut command = binary().command(folder.path());
        Ran::of(
            command
                .args(["sync", "--folder", "demo-app", "--json"])
                .args(arguments),
        )
    };
    let first = demo();
    assert_eq!(first.ready["sync_folder"], "demo-app");
    let applied = run(&["apply", "--approve", "--yes"]).ok();
    assert_eq!(applied["districts"][0]["state"], "applied", "{applied}");
    drop(first);
    // The demo comes back at another port with another token: the folder follows.
    let again = demo();
    let quiet = run(&["now"]).ok();
    assert_eq!(
        quiet["districts"][0]["actions"],
        serde_json::json!([]),
        "{quiet}"
    );
    drop(again);
}

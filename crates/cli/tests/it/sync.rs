//! `homeroom sync` before a real server: from `sync init` to a first apply, changes, holds, an undo, and what scripts rely on.

mod deciding;
mod folder;
mod following;
mod guide;
mod reporting;
mod serving;
mod timeline;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use homeroom_testkit::{Files, Ran, Server, small_district};
use serde_json::Value;

use crate::site::{Site, binary};

/// How often, and how long apart, it is looked whether something is so.
const LOOKED: u32 = 600;
const PAUSE: Duration = Duration::from_millis(100);

/// A served district and a folder that follows it.
pub(crate) struct Follower {
    pub(crate) site: Site,
    pub(crate) server: Server,
    /// The folder's name, seen from [`Site::folder`].
    pub(crate) folder: PathBuf,
}

impl Follower {
    /// Follows the small district; nothing is synced yet.
    pub(crate) fn new() -> Self {
        Self::of(&small_district())
    }

    /// Follows a district of these files.
    pub(crate) fn of(files: &Files) -> Self {
        let site = Site::with(files);
        let server = site.serve();
        let folder = site.folder().join("app");
        let follower = Self {
            site,
            server,
            folder,
        };
        let made = follower.init(&["--yes", "--token", &follower.site.token]);
        assert_eq!(made.code, Some(0), "{made:?}");
        follower
    }

    /// The same with everything applied.
    pub(crate) fn applied(files: &Files) -> Self {
        let follower = Self::of(files);
        let applied = follower.run(&["apply", "--approve", "--yes"]).ok();
        assert_eq!(applied["districts"][0]["state"], "applied", "{applied}");
        follower
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = binary().command(self.site.folder());
        command.arg("sync").args(arguments);
        command.env("USER", "ada");
        command
    }

    /// `sync init` of the folder, for scripts.
    pub(crate) fn init(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command(&["init", "app", "--json"]);
        if !self.folder.join("sync.toml").exists() {
            command.args(["--server", &self.server.url]);
        }
        Ran::of(command.args(arguments))
    }

    /// A subcommand, for scripts.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(&["--folder", "app", "--json"]).args(arguments))
    }

    /// A subcommand, for people.
    pub(crate) fn tell(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(&["--folder", "app"]).args(arguments))
    }

    /// A subcommand to which somebody answers.
    pub(crate) fn answer(&self, arguments: &[&str], answers: &str) -> Ran {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Whoever asks nothing reads nothing.
        let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
        Ran::ended(child.wait_with_output().unwrap())
    }

    /// What came of the only district.
    pub(crate) fn district(&self, arguments: &[&str]) -> Value {
        self.run(arguments).json()["districts"][0].clone()
    }

    /// Publishes files of the district; returns when they are served: the server looks for what is new once a second.
    pub(crate) fn publish(&self, files: &Files) {
        self.published(|| {
            self.site.import_ok(files);
        });
    }

    /// Does something that publishes, and returns when what is new is served.
    pub(crate) fn published(&self, doing: impl FnOnce()) {
        let served = || {
            let kinds = ["districts", "users", "sections"];
            kinds.map(|kind| {
                self.server
                    .get(&format!("/v3.1/{kind}?limit=1000"), &self.site.token)
                    .text()
            })
        };
        let before = served();
        doing();
        until(|| served() != before);
    }

    /// Edits a file of the folder.
    pub(crate) fn edit(&self, file: &str, old: &str, new: &str) {
        let path = self.folder.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file} has no {old:?}:\n{text}");
        std::fs::write(path, text.replacen(old, new, 1)).unwrap();
    }
}

/// Waits until something is so.
pub(crate) fn until(is_so: impl Fn() -> bool) {
    for _ in 0..LOOKED {
        if is_so() {
            return;
        }
        std::thread::sleep(PAUSE);
    }
    panic!("it does not come to be so");
}

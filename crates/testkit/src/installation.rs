//! An installation in a folder of the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::binary::{Binary, Ran};
use crate::server::Server;

/// An installation: the folder `data` in a place, with its master key beside it, in the same place.
#[derive(Clone, Debug)]
pub struct Installation {
    binary: Binary,
    place: PathBuf,
}

impl Installation {
    /// An installation in a folder that holds, or will hold, nothing else.
    pub fn new(binary: &Binary, place: &Path) -> Self {
        fs::create_dir_all(place).unwrap();
        Self {
            binary: binary.clone(),
            place: crate::place::resolved(place),
        }
    }

    /// The folder with everything that belongs to it.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// The folder that `--data` names.
    pub fn data(&self) -> PathBuf {
        self.place.join("data")
    }

    /// A copy elsewhere, as it is on the disk now. Nobody may be writing.
    #[must_use]
    pub fn copy(&self, place: &Path) -> Self {
        copy_folder(&self.place, place);
        Self::new(&self.binary, place)
    }

    /// A command on it, for people.
    pub fn command(&self, arguments: &[&str]) -> Command {
        // Not in its own place: a loss of power there is not to touch the folder a process runs in.
        let mut command = self
            .binary
            .command(self.place.parent().expect("a place lies somewhere"));
        command.arg("--data").arg(self.data()).args(arguments);
        command
    }

    /// A command on it, for scripts.
    pub fn json_command(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.arg("--json");
        command
    }

    /// Runs a command for scripts.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.json_command(arguments))
    }

    /// Runs a command for people.
    pub fn tell(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }

    /// Adds a district and returns its id.
    pub fn add_district(&self, name: &str) -> String {
        text(&self.run(&["district", "add", name]).ok(), "district")
    }

    /// Adds an app and returns its id.
    pub fn add_app(&self, name: &str) -> String {
        text(&self.run(&["app", "add", name]).ok(), "app")
    }

    /// Connects an app to a district and returns the token.
    pub fn connect(&self, app: &str, district: &str) -> String {
        text(&self.run(&["connect", app, district]).ok(), "token")
    }

    /// The command that imports a folder.
    pub fn import_command(&self, folder: &Path, district: &str) -> Command {
        self.json_command(&["import", path(folder), "--district", district])
    }

    /// Imports a folder, however that ends.
    pub fn import(&self, folder: &Path, district: &str) -> Ran {
        Ran::of(&mut self.import_command(folder, district))
    }

    /// Imports a folder, which must be published or bring nothing new; the report.
    pub fn import_ok(&self, folder: &Path, district: &str) -> Value {
        let report = self.import(folder, district).ok();
        let state = report["state"].as_str().unwrap_or_default().to_owned();
        assert!(
            ["published", "no_change"].contains(&state.as_str()),
            "{report}"
        );
        report
    }

    /// Collects what nothing needs, at once.
    pub fn sweep(&self) -> Value {
        self.run(&["sweep", "--grace", "0"]).ok()
    }

    /// Starts its server.
    pub fn serve(&self) -> Server {
        Server::start(self.json_command(&["serve", "--port", "0", "--rate-limit", "0"]))
    }

    /// The names of all objects in its depot, ascending.
    pub fn objects(&self) -> Vec<String> {
        let mut names = Vec::new();
        for shard in fs::read_dir(self.data().join("depot/objects")).unwrap() {
            let shard = shard.unwrap();
            for file in fs::read_dir(shard.path()).unwrap() {
                let file = file
                    .unwrap()
                    .file_name()
                    .into_string()
                    .expect("a name of digits");
                names.push(shard.file_name().into_string().expect("a name of digits") + &file);
            }
        }
        names.sort();
        names
    }

    /// Where an object of its depot lies.
    pub fn object(&self, name: &str) -> PathBuf {
        self.data()
            .join("depot/objects")
            .join(&name[..2])
            .join(&name[2..])
    }
}

/// A path as an argument.
pub(crate) fn path(path: &Path) -> &str {
    path.to_str().expect("test folders have plain names")
}

fn text(value: &Value, key: &str) -> String {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{value} has no {key}"))
        .to_owned()
}

/// Copies a folder with all that is in it over whatever is at the other place.
pub fn copy_folder(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
}

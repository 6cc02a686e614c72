//! The preloaded library that takes the power away: `shim/unsynced.c` says how it works and what it can be told.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::place::resolved;

const SOURCE: &str = include_str!("../shim/unsynced.c");

/// The library, built for this machine.
#[derive(Debug)]
pub struct Shim {
    folder: TempDir,
}

/// What is to happen to a program.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
    /// When the power goes.
    pub at: At,
    /// What of the unsynced operations the disk keeps.
    pub keep: Keep,
    /// Bytes by which files may grow before the disk is full.
    pub room: Option<u64>,
    /// Syncs of paths that hold this text are not believed: shows that a test would notice if they were not made.
    pub deaf: Option<&'static str>,
}

/// When the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Never: operations are only counted.
    Never,
    /// Before the operation of this number, from 1.
    Operation(u64),
    /// Right after the program has ended by itself: what it said is done must be.
    Exit,
}

/// What of the unsynced operations the disk keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: the least that POSIX promises.
    Nothing,
    /// All of it: a kill, not a loss of power.
    Everything,
    /// What the dice of a seed leave: some writes, whole or torn, and the names that were made first.
    Some(u64),
}

impl Loss {
    /// No loss: operations are only counted.
    pub const NONE: Self = Self {
        at: At::Never,
        keep: Keep::Nothing,
        room: None,
        deaf: None,
    };

    /// A loss of power.
    pub fn new(at: At, keep: Keep) -> Self {
        Self {
            at,
            keep,
            ..Self::NONE
        }
    }

    /// A disk with this much room.
    pub fn full_after(bytes: u64) -> Self {
        Self {
            room: Some(bytes),
            ..Self::NONE
        }
    }
}

/// What a program did that ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Operations before which the power could have gone.
    pub operations: u64,
    /// Bytes by which files grew.
    pub grown: u64,
}

impl Shim {
    /// Builds the library with the C compiler that building Homeroom needs anyway.
    pub fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("unsynced.c");
        fs::write(&source, SOURCE).unwrap();
        let library = folder.path().join("unsynced.so");
        let mut compiler = Command::new("cc");
        compiler
            .args([
                "-std=gnu11",
                "-O1",
                "-Wall",
                "-Wextra",
                "-shared",
                "-fPIC",
                "-pthread",
                "-o",
            ])
            .arg(&library)
            .arg(&source);
        let output = compiler.output().expect("a C compiler, cc");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the shim cannot be built: {said}");
        Self { folder }
    }

    /// Makes a command lose what it does below a folder. What the shim itself keeps lies beside that folder.
    pub fn preload(&self, command: &mut Command, root: &Path, loss: Loss) {
        let root = resolved(root);
        let spare = beside(&root, "spare");
        fs::create_dir_all(&spare).unwrap();
        for file in ["tally", "trace"] {
            let _ = fs::remove_file(beside(&root, file));
        }
        let at = match loss.at {
            At::Never => String::new(),
            At::Operation(number) => number.to_string(),
            At::Exit => "exit".to_owned(),
        };
        let keep = match loss.keep {
            Keep::Nothing => "none".to_owned(),
            Keep::Everything => "all".to_owned(),
            Keep::Some(seed) => seed.to_string(),
        };
        let limit = loss.room.map(|bytes| bytes.to_string()).unwrap_or_default();
        command
            .env("LD_PRELOAD", self.folder.path().join("unsynced.so"))
            .env("HOMEROOM_SHIM_SPARE", spare)
            .env("HOMEROOM_SHIM_TALLY", beside(&root, "tally"))
            .env("HOMEROOM_SHIM_TRACE", beside(&root, "trace"))
            .env("HOMEROOM_SHIM_AT", at)
            .env("HOMEROOM_SHIM_KEEP", keep)
            .env("HOMEROOM_SHIM_ROOM", limit)
            .env("HOMEROOM_SHIM_DEAF", loss.deaf.unwrap_or_default())
            .env("HOMEROOM_SHIM_ROOT", &root);
    }

    /// What the last command did that was preloaded for a folder and ended by itself; `None` if it did not.
    pub fn tally(root: &Path) -> Option<Tally> {
        let text = fs::read_to_string(beside(&resolved(root), "tally")).ok()?;
        let number = |key: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(key)?.trim().parse().ok())
        };
        Some(Tally {
            operations: number("operations")?,
            grown: number("grown")?,
        })
    }

    /// The operations of the last command that was preloaded for a folder, one per line, the last one not done if the
    /// power went.
    pub fn trace(root: &Path) -> Vec<String> {
        let text = fs::read_to_string(beside(&resolved(root), "trace")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

fn beside(root: &Path, what: &str) -> PathBuf {
    let mut path = root.as_os_str().to_owned();
    path.push(".");
    path.push(what);
    path.into()
}

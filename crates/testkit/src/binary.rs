//! The built binary as a script runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A built `homeroom`.
#[derive(Clone, Debug)]
pub struct Binary(PathBuf);

impl Binary {
    /// The binary at a path; its integration tests say `env!("CARGO_BIN_EXE_homeroom")`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// A command that knows nothing of whoever started the test: no settings from the environment, none from a file.
    pub fn command(&self, current_folder: &Path) -> Command {
        let mut command = Command::new(&self.0);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("HOMEROOM_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(current_folder)
            .stdin(Stdio::null())
            .env("RUST_BACKTRACE", "0");
        command
    }
}

/// How a command ended and what it said.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its exit code; `None` if it was killed.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ran {
    /// Runs a command to its end. A panic in it is a failure of the test, whatever it ends with.
    pub fn of(command: &mut Command) -> Self {
        let output = command
            .output()
            .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
        Self::ended(output)
    }

    /// The same of a command that was waited for.
    pub fn ended(output: Output) -> Self {
        let ran = Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        assert!(
            !ran.stderr.contains("panicked"),
            "the program panicked: {ran:?}"
        );
        ran
    }

    /// The one JSON object on one line that it printed.
    pub fn json(&self) -> Value {
        let mut lines = self.stdout.lines();
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("nothing was printed: {self:?}"));
        assert_eq!(
            lines.next(),
            None,
            "more than one line was printed: {self:?}"
        );
        let value: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        assert!(value.is_object(), "no object was printed: {self:?}");
        value
    }

    /// The object of a command that must have succeeded.
    pub fn ok(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.json()
    }

    /// Everything it said.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

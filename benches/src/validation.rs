//! Python validation libraries as yardsticks of `homeroom check`: they only check, on the same files, roughly the same rules.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// A library and the script that has it check a folder.
pub(crate) struct Library {
    /// Name of the pip package.
    pub(crate) name: &'static str,
    script: &'static str,
}

/// pandera over pandas: whole columns at a time; it reports failing cells by row number.
pub(crate) const PANDERA: Library = Library {
    name: "pandera",
    script: include_str!("validation/pandera_check.py"),
};

/// frictionless: row by row, made for checking CSV files; it reports row and cell.
pub(crate) const FRICTIONLESS: Library = Library {
    name: "frictionless",
    script: include_str!("validation/frictionless_check.py"),
};

/// One run of a library.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Checked {
    /// Seconds inside Python, reading and checking, without starting it.
    pub(crate) seconds: f64,
    /// What it found.
    pub(crate) findings: u64,
    /// The library's version.
    pub(crate) version: String,
}

impl Library {
    /// Whether it can be run here.
    pub(crate) fn is_installed(&self) -> bool {
        let mut command = Command::new("python3");
        command
            .args(["-c", &format!("import {}", self.name)])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Has it check the files of `folder`.
    pub(crate) fn check(&self, folder: &Path) -> Result<Checked> {
        let output = Command::new("python3")
            .args(["-c", self.script])
            .arg(folder)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .context("starting python3")?;
        ensure!(
            output.status.success(),
            "{} could not check {}: {}",
            self.name,
            folder.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().last().unwrap_or_default();
        serde_json::from_str(line)
            .with_context(|| format!("reading what the script of {} printed", self.name))
    }
}

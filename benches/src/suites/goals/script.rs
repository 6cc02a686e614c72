//! The script that only upserts.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Place;
use super::bodies::Form;
use crate::process::Guarded;

const SCRIPT: &str = include_str!("../../metrics.py");

/// A running script with a database of its own.
pub(super) struct Script {
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    _process: Guarded,
}

/// One body that it kept.
#[derive(Deserialize)]
pub(super) struct Kept {
    /// Reading and writing, the process itself running already.
    pub(super) seconds: f64,
    pub(super) cpu: f64,
    pub(super) rows: usize,
}

impl Script {
    /// Starts it; `None` without Python.
    pub(super) fn start(place: &Place<'_>) -> Result<Option<Self>> {
        let program = place.ground.path("metrics.py");
        fs::write(&program, SCRIPT)?;
        let database = place.ground.path("metrics.sqlite");
        for end in ["sqlite", "sqlite-wal", "sqlite-shm"] {
            let file = database.with_extension(end);
            if file.exists() {
                fs::remove_file(file)?;
            }
        }
        let started = Command::new("python3")
            .arg(program)
            .arg(database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = started else {
            return Ok(None);
        };
        let questions = child.stdin.take().context("python3 has no input")?;
        let answers = child.stdout.take().context("python3 has no output")?;
        Ok(Some(Self {
            questions,
            answers: BufReader::new(answers),
            _process: Guarded::new(child),
        }))
    }

    /// Has it keep a body, which it reads from a file.
    pub(super) fn keep(&mut self, folder: &Path, form: Form, body: &[u8]) -> Result<Kept> {
        let file = folder.with_extension(form.end());
        fs::write(&file, body)?;
        writeln!(self.questions, "{}", file.display())?;
        self.questions.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        fs::remove_file(&file)?;
        serde_json::from_str(&line).context("the script printed no JSON")
    }
}

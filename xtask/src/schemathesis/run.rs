//! One document asked by schemathesis, and what came of it.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, de::DeserializeOwned};

use super::district::Served;
use super::known::{Known, version};
use super::settings::settings;

/// Fewer cases than these are not made up for a document, however few paths it has.
const LEAST: u64 = 1000;

/// How every document is asked.
pub(super) struct Plan {
    /// Where schemathesis is.
    pub(super) program: PathBuf,
    /// Where settings, logs and counts go.
    pub(super) folder: PathBuf,
    /// Our hooks.
    pub(super) hooks: PathBuf,
    /// Cases that are made up per path, at least.
    pub(super) cases: u64,
    /// The seed of the first document; each further one has the next.
    pub(super) seed: u64,
}

/// What came of a document.
pub(super) struct Outcome {
    /// Its name.
    pub(super) document: String,
    /// How many requests were made.
    pub(super) cases: u64,
    /// How many things were wrong, each counted once per path.
    pub(super) failures: u64,
    /// What schemathesis printed.
    pub(super) log: PathBuf,
    paths: u64,
    seconds: f64,
    tally: Tally,
}

/// What our hooks counted.
#[derive(Deserialize)]
struct Tally {
    statuses: BTreeMap<String, u64>,
    with_records: u64,
    let_pass: BTreeMap<String, u64>,
    /// Paths that never gave a 200.
    never_answered: Vec<String>,
}

/// What is read of the tool's own report.
#[derive(Deserialize)]
struct Report {
    complete: bool,
    running_time: f64,
    operations: Operations,
    test_cases: Cases,
}

#[derive(Deserialize)]
struct Operations {
    selected: u64,
    tested: u64,
    errored: u64,
}

#[derive(Deserialize)]
struct Cases {
    generated: u64,
    unique_failures: u64,
    errored: u64,
}

impl Plan {
    /// Asks a document.
    pub(super) fn run(&self, served: &Served, known: &Known, document: &str) -> Result<Outcome> {
        let folder = self.folder.join(document);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let token = if version(document).is_some() {
            &served.token
        } else {
            &served.management
        };
        let (seed, cases) = self.share(served, document)?;
        let how = (seed, cases, self.hooks.as_path());
        let file = folder.join("settings.toml");
        fs::write(&file, settings(document, known.of(document), token, how)?)?;
        let log = folder.join("log.txt");
        let out = File::create(&log)?;
        let mut command = Command::new(&self.program);
        command.arg("--config-file").arg(&file).arg("run");
        command.arg(format!("{}/openapi/{document}.json", served.url()));
        command.args([
            "--phases",
            "examples,coverage,fuzzing",
            "--no-color",
            "--report",
            "json",
        ]);
        command
            .arg("--report-json-path")
            .arg(folder.join("report.json"));
        command.env("HOMEROOM_TALLY", folder.join("tally.json"));
        command
            .current_dir(&folder)
            .stderr(out.try_clone()?)
            .stdout(out);
        let ended = command
            .status()
            .context("schemathesis could not be started")?;
        let report: Report = read(&folder.join("report.json"))
            .with_context(|| format!("schemathesis ended with {ended}; see {}", log.display()))?;
        let tally: Tally = read(&folder.join("tally.json"))?;
        let paths = report.operations;
        let troubled = paths.errored + report.test_cases.errored;
        if !report.complete || paths.tested != paths.selected || troubled > 0 {
            bail!("not everything was asked; see {}", log.display());
        }
        if ended.success() != (report.test_cases.unique_failures == 0) {
            bail!("schemathesis ended with {ended}; see {}", log.display());
        }
        Ok(Outcome {
            document: document.to_owned(),
            cases: report.test_cases.generated,
            failures: report.test_cases.unique_failures,
            log,
            paths: paths.tested,
            seconds: report.running_time,
            tally,
        })
    }
}

impl Plan {
    /// The seed of a document, and how many cases are made up for each of its paths: more where there are few.
    fn share(&self, served: &Served, document: &str) -> Result<(u64, u64)> {
        let place = served.documents()?.iter().position(|name| name == document);
        let seed = self.seed + place.unwrap_or_default() as u64;
        let address = format!("/openapi/{document}.json");
        let text = served.read(&address, &served.token)?;
        let paths = text.get("paths").and_then(serde_json::Value::as_object);
        let paths = paths.map_or(1, |paths| paths.len().max(1)) as u64;
        Ok((seed, self.cases.max(LEAST / paths)))
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read(path).with_context(|| format!("{} is not there", path.display()))?;
    serde_json::from_slice(&text)
        .with_context(|| format!("{} is not what was expected", path.display()))
}

/// The heading of the table of outcomes.
pub(super) const HEADING: &str = "\
| document | paths | cases | 200 | of them with records | other statuses | let pass | never 200 | failures | seconds |
|---|---|---|---|---|---|---|---|---|---|";

impl Outcome {
    /// A row of the table.
    pub(super) fn row(&self) -> String {
        let found = self.tally.statuses.get("200").copied().unwrap_or_default();
        format!(
            "| {} | {} | {} | {found} | {} | {} | {} | {} | {} | {:.0} |",
            self.document,
            self.paths,
            self.cases,
            self.tally.with_records,
            self.others(),
            self.tally.let_pass.values().sum::<u64>(),
            self.never(),
            self.failures,
            self.seconds
        )
    }

    fn never(&self) -> String {
        let paths: Vec<_> = self
            .tally
            .never_answered
            .iter()
            .map(|path| format!("`{path}`"))
            .collect();
        if paths.is_empty() {
            "none".to_owned()
        } else {
            paths.join(", ")
        }
    }

    fn others(&self) -> String {
        let others = self
            .tally
            .statuses
            .iter()
            .filter(|(status, _)| *status != "200");
        let others: Vec<_> = others
            .map(|(status, count)| format!("{status}: {count}"))
            .collect();
        others.join(", ")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            document,
            cases,
            failures,
            seconds,
            ..
        } = self;
        write!(
            f,
            "   {document:14} {cases:6} cases, {failures} failures, {seconds:.0} s; {}",
            self.others()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_a_cell_for_every_heading() {
        let outcome = Outcome {
            document: "v3.1".to_owned(),
            cases: 10,
            failures: 0,
            log: PathBuf::new(),
            paths: 2,
            seconds: 1.4,
            tally: Tally {
                statuses: [("200", 7), ("400", 2), ("404", 1)]
                    .map(|(status, count)| (status.to_owned(), count))
                    .into(),
                with_records: 5,
                let_pass: BTreeMap::new(),
                never_answered: vec!["/a".to_owned()],
            },
        };
        let row = outcome.row();
        assert_eq!(
            row,
            "| v3.1 | 2 | 10 | 7 | 5 | 400: 2, 404: 1 | 0 | `/a` | 0 | 1 |"
        );
        let cells = |line: &str| line.matches('|').count();
        assert!(HEADING.lines().all(|line| cells(line) == cells(&row)));
    }
}

//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::suites;

/// How it is used.
pub(crate) const HELP: &str = "\
usage: cargo xtask bench -- [bench…] [options]      all benches when none is named; `list` names them

  --size S|C|XL      district to generate, import and serve (C)
  --demo STUDENTS    serve `homeroom demo` with so many students instead; leaves out the import benches
  --large SIZE       district of `where`, `events-page`, `catch-up` and `sync-…-large`: a profile or a number of students (XL)
  --days N           days of `catch-up-days` (180: a school year)
  --seed N           seed of the district (1)
  --pairs N          interleaved pairs of each bench (5)
  --window MS        length of one window of load in milliseconds (1000)
  --pages N          distinct small pages and records asked for (10000)
  --work FOLDER      where data and pages go, kept afterwards (a temporary folder, removed)
  --homeroom FILE    the program to measure (the one built beside this one)
  --write            replace the results in docs/benchmarks.md
  --report FILE      the document that --write changes (docs/benchmarks.md)
  --date YYYY-MM-DD  the date that stands in the results (today)
";

/// What to do.
pub(crate) enum Command {
    /// Say how it is used.
    Help,
    /// Name the benches.
    List,
    /// Measure.
    Run(Box<Options>),
}

/// How to measure.
pub(crate) struct Options {
    /// Names of the benches to run; empty for all.
    pub(crate) only: Vec<String>,
    /// Profile of the district.
    pub(crate) size: String,
    /// Students of `homeroom demo`, when that is measured.
    pub(crate) demo: Option<u64>,
    /// Profile or number of students of the large district.
    pub(crate) large: String,
    /// Days of ordinary changes.
    pub(crate) days: u32,
    /// Seed of the district.
    pub(crate) seed: u64,
    /// Interleaved pairs of each bench.
    pub(crate) pairs: usize,
    /// Length of one window of load.
    pub(crate) window: Duration,
    /// Distinct small pages and records.
    pub(crate) pages: usize,
    /// Folder for data, kept; `None` for a temporary one.
    pub(crate) work: Option<PathBuf>,
    /// The program to measure.
    pub(crate) homeroom: Option<PathBuf>,
    /// Whether results go into the document.
    pub(crate) write: bool,
    /// The document.
    pub(crate) report: PathBuf,
    /// Date of the results; `None` for today.
    pub(crate) date: Option<String>,
}

impl Options {
    /// Whether the bench `name` was asked for.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == name)
    }

    /// The district in a few words.
    pub(crate) fn district(&self) -> String {
        match self.demo {
            Some(students) => format!("demo of {students} students"),
            None => format!("size {}", self.size),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            only: Vec::new(),
            size: "C".to_owned(),
            demo: None,
            large: "XL".to_owned(),
            days: 180,
            seed: 1,
            pairs: 5,
            window: Duration::from_secs(1),
            pages: 10_000,
            work: None,
            homeroom: None,
            write: false,
            report: PathBuf::from("docs/benchmarks.md"),
            date: None,
        }
    }
}

/// Reads the command line.
pub(crate) fn read(arguments: &[String]) -> Result<Command> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || {
            rest.next()
                .with_context(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "help" | "-h" | "--help" => return Ok(Command::Help),
            "list" => return Ok(Command::List),
            // `cargo xtask bench -- …` hands its separator through.
            "--" => {}
            "--size" => options.size = size(value()?)?,
            "--demo" => options.demo = Some(number(argument, value()?)?),
            "--seed" => options.seed = number(argument, value()?)?,
            "--pairs" => options.pairs = number(argument, value()?)?,
            "--window" => options.window = Duration::from_millis(number(argument, value()?)?),
            "--pages" => options.pages = number(argument, value()?)?,
            "--work" => options.work = Some(value()?.into()),
            "--homeroom" => options.homeroom = Some(value()?.into()),
            "--write" => options.write = true,
            "--report" => options.report = value()?.into(),
            "--date" => options.date = Some(value()?.clone()),
            "--large" => options.large.clone_from(value()?),
            "--days" => options.days = number(argument, value()?)?,
            other => match suites::named(other) {
                names if names.is_empty() => bail!("there is no bench or option {other}"),
                names => options.only.extend(names.into_iter().map(str::to_owned)),
            },
        }
    }
    ensure!(
        options.pairs > 0 && options.pages > 0,
        "--pairs and --pages must be at least 1"
    );
    ensure!(!options.window.is_zero(), "--window must be at least 1");
    Ok(Command::Run(Box::new(options)))
}

fn size(value: &str) -> Result<String> {
    ensure!(
        ["S", "C", "XL"].contains(&value),
        "--size is S, C or XL, not {value}"
    );
    Ok(value.to_owned())
}

fn number<T: std::str::FromStr>(option: &str, value: &str) -> Result<T> {
    match value.parse() {
        Ok(number) => Ok(number),
        Err(_) => bail!("{option} needs a number, not {value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Box<Options>> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        match read(&words)? {
            Command::Run(options) => Ok(options),
            Command::Help | Command::List => bail!("not a run"),
        }
    }

    #[test]
    fn names_and_options_are_read() {
        let options =
            parse("-- by-id roster --size S --pairs 7 --window 250 --date 2026-11-22 --write")
                .unwrap();
        assert_eq!(options.only, ["by-id", "roster"]);
        assert!(options.wants("roster") && !options.wants("mystudents"));
        assert_eq!((options.size.as_str(), options.pairs), ("S", 7));
        assert_eq!(options.window, Duration::from_millis(250));
        assert!(options.write);
        assert!(parse("").unwrap().wants("mystudents"));
        let versions = parse("versions --large 20000 --days 9").unwrap();
        assert!(versions.wants("where") && versions.wants("catch-up"));
        assert!(!versions.wants("import"));
        assert!(!versions.wants("sync-first"));
        let sync = parse("sync").unwrap();
        assert!(
            sync.wants("sync-first") && sync.wants("sync-events-large") && !sync.wants("where")
        );
        assert_eq!((versions.large.as_str(), versions.days), ("20000", 9));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, word) in [
            ("--size Q", "Q"),
            ("--pairs", "--pairs"),
            ("--pairs many", "many"),
            ("--pairs 0", "--pairs"),
            ("nap", "nap"),
        ] {
            let error = parse(line).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}

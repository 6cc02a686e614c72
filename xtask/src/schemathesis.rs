//! `cargo xtask schemathesis`: a generated district is served on this machine, and schemathesis asks it whatever its own
//! documents allow, and what they do not. What comes out belongs into docs/schemathesis.md.

mod district;
mod known;
mod run;
mod settings;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    thread,
};

use anyhow::{Context as _, Result, bail};

use crate::{cargo, machine};
use district::Served;
use known::Known;
use run::{Outcome, Plan};

/// What has to be installed, one line each; also the only place that says which version.
const REQUIREMENTS: &str = include_str!("../schemathesis/requirements.txt");
/// Fewer cases than these over all documents are not enough.
const ENOUGH: u64 = 20_000;

const HELP: &str = "\
usage: cargo xtask schemathesis [options] [document…]

Builds the server (with optimisation), serves a generated district and asks everything that its documents describe.
Documents are named as at /openapi/: v3.1, v3.1-events, management-v1; without any, all that /docs lists are asked.

  --cases N       cases that are made up per path (more where a document has few paths), beside those at the edges of every
                  parameter [default: 20]
  --seed N        what decides everything that is random; each further document has the next one [default: 20260]
  --binary FILE   use this server instead of building one

schemathesis is a Python program: pip install -r xtask/schemathesis/requirements.txt. Set SCHEMATHESIS to its path if it is
not found as `schemathesis`.
";

/// What the command line says.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    cases: u64,
    seed: u64,
    binary: Option<PathBuf>,
    documents: Vec<String>,
}

/// Runs it.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|argument| argument == "--help") {
        print!("{HELP}");
        return Ok(());
    }
    let asked = read(arguments)?;
    let program = program()?;
    let binary = match &asked.binary {
        Some(binary) => std::path::absolute(binary)?,
        None => build()?,
    };
    let folder = cargo::root()?.join("target/schemathesis");
    println!("== a district, served");
    let served = Served::start(&binary, &folder)?;
    let known = Known::read(&served)?;
    let documents = choose(&served.documents()?, &asked.documents)?;
    let plan = Plan {
        program,
        folder,
        hooks: cargo::root()?.join("xtask/schemathesis/hooks.py"),
        cases: asked.cases,
        seed: asked.seed,
    };
    let outcomes = all(&plan, &served, &known, &documents)?;
    record(&outcomes, &asked)
}

fn read(arguments: &[String]) -> Result<Asked> {
    let mut asked = Asked {
        cases: 20,
        seed: 20_260,
        binary: None,
        documents: Vec::new(),
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let value = arguments.next();
            value.with_context(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--cases" => asked.cases = value()?.parse().context("--cases takes a number")?,
            "--seed" => asked.seed = value()?.parse().context("--seed takes a number")?,
            "--binary" => asked.binary = Some(value()?.into()),
            flag if flag.starts_with('-') => bail!("no such option: {flag}\n\n{HELP}"),
            document => asked.documents.push(document.to_owned()),
        }
    }
    Ok(asked)
}

/// The version of a package that the requirements name.
fn required(package: &str) -> Option<&'static str> {
    let mut lines = REQUIREMENTS.lines();
    lines.find_map(|line| line.strip_prefix(package)?.strip_prefix("=="))
}

/// Where schemathesis is, if it is the right one.
fn program() -> Result<PathBuf> {
    const HOW: &str = "install it with: pip install -r xtask/schemathesis/requirements.txt";
    let program = std::env::var_os("SCHEMATHESIS").unwrap_or_else(|| "schemathesis".into());
    let program = PathBuf::from(program);
    let said = Command::new(&program).arg("--version").output();
    let said = said.with_context(|| format!("{} is not there; {HOW}", program.display()))?;
    let said = String::from_utf8_lossy(&said.stdout);
    let wanted = required("schemathesis").context("no version is required")?;
    if said.split_whitespace().next_back() != Some(wanted) {
        bail!(
            "schemathesis {wanted} is needed, this is {}; {HOW}",
            said.trim()
        );
    }
    Ok(program)
}

fn build() -> Result<PathBuf> {
    cargo::run(&["build", "--release", "--locked", "--package", "homeroom"])?;
    Ok(cargo::root()?.join("target/release/homeroom"))
}

/// The documents that `names` choose of those that are served; all without any.
fn choose(served: &[String], names: &[String]) -> Result<Vec<String>> {
    if let Some(unknown) = names.iter().find(|name| !served.contains(name)) {
        bail!(
            "no document is called {unknown}; there are: {}",
            served.join(", ")
        );
    }
    let chosen = served
        .iter()
        .filter(|name| names.is_empty() || names.contains(name));
    Ok(chosen.cloned().collect())
}

/// Asks the documents, as many at once as there are cores.
fn all(plan: &Plan, served: &Served, known: &Known, documents: &[String]) -> Result<Vec<Outcome>> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let waiting = Mutex::new(documents.iter().enumerate());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..cores.min(documents.len()) {
            scope.spawn(|| {
                loop {
                    let next = waiting
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .next();
                    let Some((at, document)) = next else { break };
                    let outcome = plan.run(served, known, document);
                    let outcome = outcome.with_context(|| format!("the document {document}"));
                    if let Ok(outcome) = &outcome {
                        println!("{outcome}");
                    }
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((at, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Prints what docs/schemathesis.md records, and says whether it is good.
fn record(outcomes: &[Outcome], asked: &Asked) -> Result<()> {
    println!("\n== for docs/schemathesis.md\n\n{}", machine::heading());
    let version = required("schemathesis").unwrap_or_default();
    println!(
        "schemathesis {version}, seed {}, {} cases made up per path.\n",
        asked.seed, asked.cases
    );
    println!("{}", run::HEADING);
    for outcome in outcomes {
        println!("{}", outcome.row());
    }
    let cases: u64 = outcomes.iter().map(|outcome| outcome.cases).sum();
    let failures: u64 = outcomes.iter().map(|outcome| outcome.failures).sum();
    println!("\n{cases} cases together, {failures} failures.");
    if let Some(failed) = outcomes.iter().find(|outcome| outcome.failures > 0) {
        bail!(
            "{failures} failures; those of {} stand in {}; run it again with: cargo xtask schemathesis {}",
            failed.document,
            shown(&failed.log),
            failed.document
        );
    }
    if asked.documents.is_empty() && cases < ENOUGH {
        bail!("{cases} cases are fewer than {ENOUGH}; ask for more with --cases");
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    let root = cargo::root().unwrap_or_default();
    path.strip_prefix(&root)
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_command_line_is_read() {
        let asked = read(&texts(&[
            "v3.1", "--cases", "7", "--seed", "9", "--binary", "x",
        ]));
        let expected = Asked {
            cases: 7,
            seed: 9,
            binary: Some("x".into()),
            documents: texts(&["v3.1"]),
        };
        assert_eq!(asked.expect("good"), expected);
        for bad in [&["--cases"][..], &["--cases", "x"], &["--other"]] {
            assert!(read(&texts(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn documents_are_chosen_by_name() {
        let served = texts(&["v3.1", "v3.0"]);
        assert_eq!(choose(&served, &[]).expect("all"), served);
        assert_eq!(choose(&served, &texts(&["v3.0"])).expect("one"), ["v3.0"]);
        let error = choose(&served, &texts(&["v9"])).expect_err("unknown");
        assert_eq!(
            error.to_string(),
            "no document is called v9; there are: v3.1, v3.0"
        );
    }

    #[test]
    fn versions_are_pinned() {
        for package in ["schemathesis", "hypothesis"] {
            let version = required(package).expect(package);
            assert_eq!(version.split('.').count(), 3, "{version}");
        }
        assert_eq!(required("other"), None);
    }
}

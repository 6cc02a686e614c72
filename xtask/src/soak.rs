//! `cargo xtask soak`: the long suites. A test whose history can be made longer asks `homeroom_testkit::soak()`, which
//! reads `HOMEROOM_SOAK`; this command sets it, runs the tests of the table below with optimisation and prints what
//! docs/soak.md records: machine, seeds, time.

mod properties;

use std::{
    io::{BufRead as _, BufReader, Read},
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Instant,
};

use anyhow::{Context as _, Result, bail};

use crate::{cargo, machine, steps};

/// One long suite.
struct Suite {
    name: &'static str,
    tests: Tests,
    /// What it proves, for the record.
    proves: &'static str,
}

enum Tests {
    /// The tests of one package whose names contain `filter`.
    Named {
        package: &'static str,
        filter: &'static str,
    },
    /// Those that draw their cases, round after round.
    Properties,
}

const SUITES: &[Suite] = &[
    Suite {
        name: "crash",
        tests: Tests::Named {
            package: "homeroom",
            filter: "crash",
        },
        proves: "an import that is killed, or loses its unsynced writes, leaves the old or the new snapshot",
    },
    Suite {
        name: "history",
        tests: Tests::Named {
            package: "homeroom-ingest",
            filter: "history",
        },
        proves: "long histories of files end where a fresh import of the last day ends, and no id is given twice",
    },
    Suite {
        name: "years",
        tests: Tests::Named {
            package: "homeroom-ingest",
            filter: "years",
        },
        proves: "over three school years no id changes without a cause, dangerous days are held and harmless ones are not",
    },
    Suite {
        name: "events",
        tests: Tests::Named {
            package: "homeroom-api",
            filter: "events::",
        },
        proves: "over a school year a full read and the events since are a full read, byte for byte, in every version and \
                 whatever is shared",
    },
    Suite {
        name: "sync",
        tests: Tests::Named {
            package: "homeroom-sync",
            filter: "histories::",
        },
        proves: "whatever happens at the source, in the app and to the process, the invariants of integration-side B16 hold, and a full \
                 read is the events since the one before",
    },
    Suite {
        name: "goals",
        tests: Tests::Named {
            package: "homeroom-api",
            filter: "usage::",
        },
        proves: "over a school year every figure is what really happened, whatever breaks between an app and a district, and whoever is \
                 stuck is called so, and nobody else",
    },
    Suite {
        name: "properties",
        tests: Tests::Properties,
        proves: "what must hold of every case holds of cases that no gate has drawn",
    },
];

/// Runs the suites that `names` choose (all, without any); goes on after a failure, and fails at the end.
pub(crate) fn run(names: &[String]) -> Result<()> {
    let chosen = choose(names)?;
    let mut record = vec![machine::heading()];
    let mut failed = Vec::new();
    for suite in chosen {
        println!("\n== soak {}: {}", suite.name, suite.proves);
        let begun = Instant::now();
        let (passed, seeds) = run_suite(suite)?;
        if !passed {
            failed.push(suite.name);
        }
        let verdict = if passed { "passed" } else { "FAILED" };
        let took = steps::seconds(begun.elapsed());
        record.push(entry(suite, verdict, &took, &seeds));
    }
    println!("\n== for docs/soak.md\n\n{}", record.join("\n"));
    if !failed.is_empty() {
        bail!(
            "suites failed: {}; run one again with: cargo xtask soak {}",
            failed.join(", "),
            failed.first().copied().unwrap_or_default()
        );
    }
    Ok(())
}

fn choose(names: &[String]) -> Result<Vec<&'static Suite>> {
    let known = || {
        let names: Vec<_> = SUITES.iter().map(|suite| suite.name).collect();
        names.join(", ")
    };
    if names.is_empty() {
        return Ok(SUITES.iter().collect());
    }
    names
        .iter()
        .map(|name| {
            SUITES
                .iter()
                .find(|suite| suite.name == name)
                .with_context(|| format!("no soak suite is called {name}; there are: {}", known()))
        })
        .collect()
}

/// Whether the suite passed, and every line of its output that speaks of a seed.
fn run_suite(suite: &Suite) -> Result<(bool, Vec<String>)> {
    let Tests::Named { package, filter } = suite.tests else {
        return properties::run();
    };
    let line = line(cargo::has("nextest"), package, filter);
    let mut command = cargo::command(&line)?;
    command.env("HOMEROOM_SOAK", "1");
    watch(&mut command).with_context(|| format!("`{}`", cargo::shown(&line)))
}

fn line(nextest: bool, package: &'static str, filter: &'static str) -> Vec<&'static str> {
    let mut line = if nextest {
        vec!["nextest", "run", "--profile", "soak"]
    } else {
        vec!["test", "--tests"]
    };
    line.extend(["--release", "--locked", "--no-fail-fast"]);
    line.extend(["--package", package, filter]);
    if !nextest {
        line.extend(["--", "--nocapture"]);
    }
    line
}

/// Runs a command, echoes what it prints and keeps the lines with seeds.
fn watch(command: &mut Command) -> Result<(bool, Vec<String>)> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let seeds = Arc::new(Mutex::new(Vec::new()));
    let out = child.stdout.take().map(|pipe| echo(pipe, &seeds));
    let err = child.stderr.take().map(|pipe| echo(pipe, &seeds));
    let status = child.wait()?;
    for reader in [out, err].into_iter().flatten() {
        if reader.join().is_err() {
            bail!("the output could not be read to its end");
        }
    }
    let seeds = std::mem::take(&mut *seeds.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((status.success(), seeds))
}

fn echo(
    pipe: impl Read + Send + 'static,
    seeds: &Arc<Mutex<Vec<String>>>,
) -> thread::JoinHandle<()> {
    let seeds = Arc::clone(seeds);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            println!("{line}");
            if names_a_seed(&line) {
                let mut seeds = seeds.lock().unwrap_or_else(PoisonError::into_inner);
                seeds.push(line.trim().to_owned());
            }
        }
    })
}

/// `seed 17`, `seed=17`, `seed: 17`: the word and a number after it, not a test that has it in its name.
fn names_a_seed(line: &str) -> bool {
    let lower = line.to_lowercase();
    lower.split("seed").skip(1).any(|rest| {
        rest.trim_start_matches([' ', '=', ':'])
            .starts_with(|c: char| c.is_ascii_digit())
    })
}

fn entry(suite: &Suite, verdict: &str, took: &str, seeds: &[String]) -> String {
    let tests = match suite.tests {
        Tests::Named { package, filter } => format!("{package}, tests named `{filter}`"),
        Tests::Properties => "every test that draws its cases".to_owned(),
    };
    let mut text = format!(
        "- `{}` ({tests}): {verdict} in {took}; {}",
        suite.name, suite.proves
    );
    for seed in seeds {
        text.push_str("\n  - ");
        text.push_str(seed);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_chosen_by_name() {
        assert_eq!(choose(&[]).expect("all").len(), SUITES.len());
        assert_eq!(choose(&["crash".to_owned()]).expect("one").len(), 1);
        let error = choose(&["nap".to_owned()]).err().expect("unknown");
        assert_eq!(
            error.to_string(),
            "no soak suite is called nap; there are: crash, history, years, events, sync, goals, \
             properties"
        );
    }

    #[test]
    fn a_suite_runs_with_optimisation() {
        for nextest in [true, false] {
            assert!(line(nextest, "homeroom", "crash").contains(&"--release"));
        }
    }

    #[test]
    fn seeds_are_picked_out_of_the_output() {
        assert!(names_a_seed("seed 42: 1000 steps"));
        assert!(names_a_seed("    Seed=7"));
        assert!(!names_a_seed(
            "PASS homeroom-simulator same_seed_same_bytes"
        ));
    }

    #[test]
    fn a_watched_command_reports_its_seeds_and_its_end() {
        let script = "echo seed 5; echo other; echo seed: 6 >&2; exit 3";
        let (passed, mut seeds) = watch(Command::new("sh").args(["-c", script])).expect("runs");
        seeds.sort();
        assert!(!passed);
        assert_eq!(seeds, ["seed 5", "seed: 6"]);
    }
}

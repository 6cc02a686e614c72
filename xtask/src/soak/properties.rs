//! `cargo xtask soak properties`: every test that draws its cases, in rounds that each have a seed of their own. The seeds
//! follow one another from `HOMEROOM_SEED` (else from the clock, so that no two soaks draw the same), `HOMEROOM_SEEDS` of
//! them.

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    cargo,
    test::SEED,
    tidy::{self, properties::Property},
};

/// How many rounds without `HOMEROOM_SEEDS`.
const ROUNDS: u64 = 30;

/// Whether every round passed, and what the record says of the seeds.
pub(super) fn run() -> Result<(bool, Vec<String>)> {
    let properties = tidy::properties()?;
    let nextest = cargo::has("nextest");
    let first = match asked("HOMEROOM_SEED")? {
        Some(seed) => seed,
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    };
    let rounds = asked("HOMEROOM_SEEDS")?.unwrap_or(ROUNDS).max(1);
    let line = line(nextest, &properties);
    let line: Vec<&str> = line.iter().map(String::as_str).collect();
    build(&line)?;
    let mut failed = Vec::new();
    for seed in first..first.saturating_add(rounds) {
        println!("\n== seed {seed}");
        let mut command = cargo::command(&line)?;
        let status = command.env(SEED, seed.to_string()).status()?;
        if !status.success() {
            println!("== seed {seed}: FAILED; again with: {SEED}={seed} cargo xtask test");
            failed.push(seed);
        }
    }
    let mut record = vec![format!(
        "{} properties, seeds {first} to {}",
        properties.len(),
        first.saturating_add(rounds - 1)
    )];
    record.extend(failed.iter().map(|seed| format!("seed {seed} failed")));
    Ok((failed.is_empty(), record))
}

fn asked(variable: &str) -> Result<Option<u64>> {
    let Some(text) = std::env::var_os(variable) else {
        return Ok(None);
    };
    let number = text.to_str().and_then(|text| text.parse().ok());
    match number {
        Some(number) => Ok(Some(number)),
        None => bail!("{variable} is no number"),
    }
}

/// Once, so that code that does not compile fails before the rounds.
fn build(line: &[&str]) -> Result<()> {
    let runner_own = line.iter().position(|argument| *argument == "--");
    let mut line = line
        .get(..runner_own.unwrap_or(line.len()))
        .context("a command")?
        .to_vec();
    line.push("--no-run");
    cargo::run(&line)
}

fn line(nextest: bool, properties: &[Property]) -> Vec<String> {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for property in properties {
        let of_package = names.entry(&property.package).or_default();
        of_package.push(&property.name);
    }
    let fixed: &[&str] = if nextest {
        &[
            "nextest",
            "run",
            "--profile",
            "soak",
            "--status-level",
            "fail",
            "--success-output",
            "never",
        ]
    } else {
        &["test", "--tests"]
    };
    let mut line = fixed.to_vec();
    line.extend(["--release", "--locked", "--no-fail-fast"]);
    for package in names.keys() {
        line.extend(["--package", package]);
    }
    let mut line: Vec<String> = line.into_iter().map(str::to_owned).collect();
    if nextest {
        let sets = names.iter().map(|(package, names)| {
            let names = names.join("|");
            format!("(package({package}) & test(/(^|::)({names})$/))")
        });
        line.extend([
            "--filterset".to_owned(),
            sets.collect::<Vec<_>>().join(" | "),
        ]);
    } else {
        line.push("--".to_owned());
        line.extend(names.values().flatten().map(|name| (*name).to_owned()));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(package: &str, name: &str) -> Property {
        Property {
            package: package.to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn both_runners_are_asked_for_the_properties_alone() {
        let properties = [
            property("homeroom-goals", "a_sum_is_its_parts"),
            property("homeroom-goals", "no_week_is_more"),
            property("homeroom-wire", "pages_are_whole"),
        ];
        let with_nextest = line(true, &properties).join(" ");
        let expected = "--package homeroom-goals --package homeroom-wire --filterset \
            (package(homeroom-goals) & test(/(^|::)(a_sum_is_its_parts|no_week_is_more)$/)) | \
            (package(homeroom-wire) & test(/(^|::)(pages_are_whole)$/))";
        assert!(with_nextest.ends_with(expected), "{with_nextest}");
        let without = line(false, &properties).join(" ");
        let expected = "-- a_sum_is_its_parts no_week_is_more pages_are_whole";
        assert!(without.ends_with(expected), "{without}");
    }
}

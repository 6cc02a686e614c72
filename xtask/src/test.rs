//! `cargo xtask test`: nextest where it is installed, `cargo test` elsewhere.

use anyhow::Result;

use crate::cargo;

/// Gives every property the seed of its cases. `.cargo/config.toml` sets it for every command of cargo, so that a gate that
/// passed once does not fail by an unlucky draw, and a failure can be had again.
pub(crate) const SEED: &str = "PROPTEST_RNG_SEED";

/// Runs the tests that `arguments` choose (all, without any).
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    all(&arguments)
}

/// The same with arguments of our own.
pub(crate) fn all(arguments: &[&str]) -> Result<()> {
    let nextest = cargo::has("nextest");
    if !nextest {
        println!("cargo-nextest is not installed: falling back to `cargo test`");
    }
    let seed = std::env::var(SEED).unwrap_or_else(|_| "none".to_owned());
    println!(
        "properties draw their cases from {SEED}={seed}; other cases: `cargo xtask soak properties`"
    );
    cargo::run(&line(nextest, arguments))
}

/// The command line. `cargo test` alone would run doc tests too; `--tests` makes both runners mean the same tests:
/// those of libraries, binaries and `tests/`, to the last one.
fn line<'a>(nextest: bool, arguments: &[&'a str]) -> Vec<&'a str> {
    let mut line = if nextest {
        vec!["nextest", "run"]
    } else {
        vec!["test"]
    };
    let chooses_targets = arguments.iter().any(|argument| {
        ["--lib", "--bin", "--bins", "--test", "--tests", "--doc"].contains(argument)
    });
    if !nextest && !chooses_targets {
        line.extend(["--tests", "--no-fail-fast"]);
    }
    line.extend(arguments);
    line
}

#[cfg(test)]
mod tests {
    use super::{SEED, line};

    #[test]
    fn every_run_of_the_tests_draws_the_same_cases() {
        let seed = std::env::var(SEED).expect("set by .cargo/config.toml");
        assert!(seed.parse::<u64>().is_ok(), "{seed}");
    }

    #[test]
    fn both_runners_are_asked_for_the_same_tests() {
        assert_eq!(
            line(true, &["-p", "homeroom-model"]),
            ["nextest", "run", "-p", "homeroom-model"]
        );
        assert_eq!(
            line(false, &["--workspace"]),
            ["test", "--tests", "--no-fail-fast", "--workspace"]
        );
        assert_eq!(line(false, &["--doc"]), ["test", "--doc"]);
    }
}

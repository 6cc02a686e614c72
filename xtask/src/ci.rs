//! `cargo xtask ci`: everything that must hold before a change goes in, in the order in which it fails fastest.

use anyhow::{Result, bail};

use crate::{cargo, steps::Steps, test, tidy};

const FMT: &[&str] = &["fmt", "--all", "--check"];
const CLIPPY: &[&str] = &[
    "clippy",
    "--workspace",
    "--all-targets",
    "--locked",
    "--",
    "-D",
    "warnings",
];
const DENY: &[&str] = &["deny", "check", "bans", "licenses", "sources"];
const DOC_TESTS: &[&str] = &["test", "--workspace", "--doc", "--quiet", "--locked"];
const TESTS: &[&str] = &["--workspace", "--locked"];

/// Runs all steps; stops at the first that fails. `fuzz/` is a workspace of its own (it needs a nightly compiler) and
/// takes no part.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(unknown) = arguments.first() {
        bail!("`cargo xtask ci` takes no arguments, but got {unknown}");
    }
    let mut steps = Steps::default();
    steps.step("formatting", "cargo fmt --all", || cargo::run(FMT))?;
    steps.step("tidy", "cargo xtask tidy", || tidy::run(&[]))?;
    steps.step("clippy", &cargo::shown(CLIPPY), || cargo::run(CLIPPY))?;
    // Advisories are left out on purpose: their database is fetched, and a gate must not depend on the day it runs.
    if cargo::has("deny") {
        steps.step("bans, licences, sources", &cargo::shown(DENY), || {
            cargo::run(DENY)
        })?;
    } else {
        steps.skip("bans, licences, sources", "cargo-deny is not installed");
    }
    steps.step("doc tests", &cargo::shown(DOC_TESTS), || {
        cargo::run(DOC_TESTS)
    })?;
    // Last, so that the runner's own summary line closes the log.
    steps.step("tests", "cargo xtask test", || test::all(TESTS))?;
    steps.print();
    Ok(())
}

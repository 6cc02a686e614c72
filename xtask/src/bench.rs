//! `cargo xtask bench`: the measured server and the benches are built alike, then the benches are run.

use anyhow::Result;

use crate::cargo;

/// Builds server and benches with optimisation and passes the arguments on. The server is built too because the
/// benches start it as a process of its own, from the same target folder.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    cargo::run(&["build", "--release", "--locked", "--package", "homeroom"])?;
    let mut line = vec![
        "run",
        "--release",
        "--locked",
        "--package",
        "homeroom-benches",
        "--",
    ];
    line.extend(arguments.iter().map(String::as_str));
    cargo::run(&line)
}

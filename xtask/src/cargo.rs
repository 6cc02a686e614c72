//! Starting cargo, the one way every command does it.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

/// The checkout: the folder above this crate's, as cargo tells it at run time (so that a moved checkout still works).
pub(crate) fn root() -> Result<PathBuf> {
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .context("CARGO_MANIFEST_DIR is not set: start this as `cargo xtask …`")?;
    let own = PathBuf::from(own);
    let above = own
        .parent()
        .with_context(|| format!("{} has no folder above it", own.display()))?;
    Ok(above.to_path_buf())
}

/// A cargo command in the checkout's root, not yet started.
pub(crate) fn command(arguments: &[&str]) -> Result<Command> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root()?).args(arguments);
    Ok(command)
}

/// Runs cargo with its output on the terminal; an exit code other than 0 is an error.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    finish(&mut command(arguments)?, &shown(arguments))
}

/// Runs a prepared command; `shown` is how the error names it.
pub(crate) fn finish(command: &mut Command, shown: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("`{shown}` could not be started"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// How a person would type it.
pub(crate) fn shown(arguments: &[&str]) -> String {
    format!("cargo {}", arguments.join(" "))
}

/// Whether `cargo <subcommand>` is installed here.
pub(crate) fn has(subcommand: &str) -> bool {
    command(&[subcommand, "--version"]).is_ok_and(|mut command| {
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

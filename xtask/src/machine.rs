//! On what, and of what, something was run: the heading of a record in the docs.

use std::{process::Command, thread};

/// Heading of a record: day, commit, compiler, processor, memory.
pub(crate) fn heading() -> String {
    let cores = thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let processor = proc_line("/proc/cpuinfo", "model name");
    let memory = proc_line("/proc/meminfo", "MemTotal");
    format!(
        "## {}, commit {}\n\n{}; {cores} cores of {processor}; memory {memory}\n",
        said("date", &["-u", "+%Y-%m-%d"]),
        said("git", &["rev-parse", "--short", "HEAD"]),
        said("rustc", &["--version"]),
    )
}

fn said(program: &str, arguments: &[&str]) -> String {
    Command::new(program)
        .args(arguments)
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}

fn proc_line(file: &str, key: &str) -> String {
    std::fs::read_to_string(file)
        .unwrap_or_default()
        .lines()
        .find(|line| line.starts_with(key))
        .and_then(|line| line.split_once(':'))
        .map_or_else(
            || "unknown".to_owned(),
            |(_, value)| value.trim().to_owned(),
        )
}

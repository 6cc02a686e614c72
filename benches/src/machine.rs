//! What the results were measured on.

use std::fs;
use std::process::Command;

/// Processor, cores and memory in a few words.
pub(crate) fn describe() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    describe_from(&cpus, &memory)
}

fn describe_from(cpus: &str, memory: &str) -> String {
    let value = |line: &str| {
        line.split_once(':')
            .map(|(_, value)| value.trim().to_owned())
    };
    let model = cpus
        .lines()
        .find(|line| line.starts_with("model name"))
        .and_then(value);
    let cores = cpus
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let kibibytes = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes: u64 = kibibytes
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(0);
    // The kernel keeps some for itself: round up to what was built in.
    let gibibytes = kibibytes.div_ceil(1024 * 1024);
    format!(
        "{}, {cores} cores, {gibibytes} GB",
        model.unwrap_or_else(|| "unknown processor".to_owned())
    )
}

/// Load average of the last minute: how much else went on.
pub(crate) fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace()
        .next()
        .and_then(|first| first.parse().ok())
        .unwrap_or(0.0)
}

/// Today in UTC, as `date` tells it.
pub(crate) fn today() -> String {
    let output = Command::new("date").args(["-u", "+%F"]).output();
    output
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_described_from_what_the_kernel_lists() {
        let cpus =
            "processor\t: 0\nmodel name\t: Fast CPU\n\nprocessor\t: 1\nmodel name\t: Fast CPU\n";
        assert_eq!(
            describe_from(cpus, "MemTotal:       24620800 kB\n"),
            "Fast CPU, 2 cores, 24 GB"
        );
        assert_eq!(describe_from("", ""), "unknown processor, 0 cores, 0 GB");
    }
}

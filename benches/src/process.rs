//! Processes of contestants: the CPU they used, and stopping them.

use std::fs;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Ticks a second of `/proc/PID/stat`; Linux shows 100 to user space on every architecture.
const TICKS: f64 = 100.0;

/// CPU seconds used so far by `pid`, its threads, and its children that still run (nginx works in children).
///
/// Kernel work that loopback traffic causes in soft interrupts is charged to whoever was running, so this counts a
/// little too little; it does so for every contestant.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let own = ticks(pid).unwrap_or(0.0);
    let children: f64 = children(pid).into_iter().filter_map(ticks).sum();
    (own + children) / TICKS
}

/// Largest resident size `pid` ever had, in mebibytes, while it still runs.
pub(crate) fn peak_mebibytes(pid: u32) -> Option<f64> {
    status_mebibytes(pid, "VmHWM:")
}

/// Anonymous memory that `pid` holds now, in mebibytes: its own, without files that are mapped.
pub(crate) fn anonymous_mebibytes(pid: u32) -> Option<f64> {
    status_mebibytes(pid, "RssAnon:")
}

fn status_mebibytes(pid: u32, field: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes / 1024.0)
}

fn ticks(pid: u32) -> Option<f64> {
    ticks_of(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn ticks_of(stat: &str) -> Option<f64> {
    // The name stands in parentheses and may hold spaces: count fields after it.
    let after = stat.rsplit_once(')')?.1;
    let mut fields = after.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

fn children(pid: u32) -> Vec<u32> {
    let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    list.split_whitespace()
        .filter_map(|child| child.parse().ok())
        .collect()
}

/// A child process that does not outlive the benchmark.
pub(crate) struct Guarded {
    child: Child,
}

impl Guarded {
    /// Takes over `child`.
    pub(crate) fn new(child: Child) -> Self {
        Self { child }
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// True once it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // Both fail only when it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Watches how large a process grows; a thread of its own, so that the measured wait is not rounded.
pub(crate) struct Peak {
    ended: Arc<AtomicBool>,
    thread: thread::JoinHandle<(f64, f64)>,
}

impl Peak {
    /// Begins.
    pub(crate) fn watch(pid: u32) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&ended);
        let thread = thread::spawn(move || {
            let mut peak = (0.0_f64, 0.0_f64);
            while !seen.load(Ordering::Relaxed) {
                peak.0 = peak.0.max(peak_mebibytes(pid).unwrap_or(0.0));
                peak.1 = peak.1.max(anonymous_mebibytes(pid).unwrap_or(0.0));
                thread::sleep(Duration::from_millis(10));
            }
            peak
        });
        Self { ended, thread }
    }

    /// Ends: the largest resident size the process ever had, and the most anonymous memory it held since the beginning, in
    /// mebibytes.
    pub(crate) fn stop(self) -> (f64, f64) {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_are_found_behind_any_name() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 1200 34 0 0 20 0 1 0 100 200 300";
        for name in ["(nginx)", "(a b)", "(odd) name)"] {
            assert_eq!(
                ticks_of(&format!("77 {name} {rest}")),
                Some(1234.0),
                "{name}"
            );
        }
        assert_eq!(ticks_of("77"), None);
    }

    #[test]
    fn a_process_that_is_gone_has_used_nothing() {
        assert!(cpu_seconds(u32::MAX).abs() < f64::EPSILON);
        assert!(peak_mebibytes(u32::MAX).is_none());
        assert!(peak_mebibytes(std::process::id()).is_some_and(|mebibytes| mebibytes > 0.1));
    }
}

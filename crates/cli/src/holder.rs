//! Who holds a lease: this process, named so that another process on the same machine can tell whether it still runs.
//!
//! An import that was killed must not block the next one until its lease runs out.

use std::fs;

/// The name of this process: machine, process number, and when it started, in the kernel's ticks since boot.
pub(crate) fn this_process() -> String {
    let id = std::process::id();
    format!("{}/{id}/{}", machine(), started(id).unwrap_or_default())
}

/// Whether a holder is certainly gone: a process of this machine and boot that does not run any more.
pub(crate) fn is_gone(holder: &str) -> bool {
    let mut parts = holder.rsplitn(3, '/');
    let (Some(since), Some(id), Some(host)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let Ok(id) = id.parse() else { return false };
    !since.is_empty() && host == machine() && started(id).as_deref() != Some(since)
}

/// A holder's name for people: which process on which machine.
pub(crate) fn describe(holder: &str) -> String {
    let mut parts = holder.rsplitn(4, '/');
    let (_since, id, _boot, host) = (parts.next(), parts.next(), parts.next(), parts.next());
    match (id, host) {
        (Some(id), Some(host)) => format!("process {id} on {host}"),
        _ => holder.to_owned(),
    }
}

/// Name of the machine and of its boot: process numbers mean something inside one boot only.
fn machine() -> String {
    let read = |path| {
        fs::read_to_string(path)
            .map(|text| text.trim().to_owned())
            .unwrap_or_default()
    };
    format!(
        "{}/{}",
        read("/proc/sys/kernel/hostname"),
        read("/proc/sys/kernel/random/boot_id")
    )
}

/// Field 22 of the process's `stat`: when it started. The second field is in parentheses and may hold anything.
fn started(id: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let after = stat.rsplit_once(')')?.1;
    after.split_whitespace().nth(19).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_process_and_machine() {
        assert_eq!(describe("vm/8e17-084d/13711/629171"), "process 13711 on vm");
        assert_eq!(describe("somebody"), "somebody");
        if cfg!(target_os = "linux") {
            let number = format!("process {} on ", std::process::id());
            assert!(describe(&this_process()).starts_with(&number));
        }
    }

    #[test]
    fn a_process_is_gone_only_when_that_is_certain() {
        let me = this_process();
        assert!(!is_gone(&me));
        let (before, _) = me.rsplit_once('/').unwrap();
        if cfg!(target_os = "linux") {
            assert!(
                is_gone(&format!("{before}/1")),
                "the same number, started at another time"
            );
        }
        assert!(!is_gone(&format!("elsewhere/x/{}/1", std::process::id())));
        assert!(!is_gone("nonsense"));
    }
}

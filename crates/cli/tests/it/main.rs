//! The built binary as scripts and people use it, killed, without power, on a full disk and with bad files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod bad_input;
mod check;
mod commands;
mod crash;
mod damage;
mod decisions;
mod events;
mod export;
mod faults;
#[cfg(target_os = "linux")]
mod full_disk;
mod goals;
mod site;
mod sync;
mod wrong_exports;

//! The simulator seen from outside: its files read back by a tiny importer that shares no code with it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

mod attendance;
mod census;
mod days;
mod files;
mod history;
mod importer;
mod over;
mod sample;
mod usage;

//! The fixtures themselves: a shim that loses nothing would prove nothing.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod actor;
mod full_disk;
mod loss;
mod sqlite;
mod toy;

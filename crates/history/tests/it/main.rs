//! Snapshots of imports that really happened, opened again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod as_of;
mod became;
mod installation;
mod older;

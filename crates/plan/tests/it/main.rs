//! Plans for small districts and a roster kept in memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "tests"
)]

mod decisions;
mod desk;
mod district;
mod guarding;
mod histories;
mod leaving;
mod matching;
mod own;
mod parts;
mod places;
mod quality;
mod rehearsing;
mod rosters;
mod sharing;
mod staging;

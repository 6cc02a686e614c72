//! What comes out when apps report about a whole district.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod counted;
mod figures;
mod many;
mod questions;
mod world;

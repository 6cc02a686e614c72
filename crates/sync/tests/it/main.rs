//! Mirrors of documents as servers of each generation send them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod mirrors;
mod performing;
mod places;

//! Mirrors, plans into the app's database, and the whole engine before servers that tests script.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::large_futures,
    reason = "tests: what a whole world holds on to may be large"
)]

mod accounts;
mod asked;
mod by_hand;
mod cut_off;
mod deciding;
mod goals;
mod histories;
mod mirrors;
mod own;
mod performing;
mod places;
mod reconciling;
mod rows;
mod scenarios;
mod undoing;
mod world;

//! The wire against whole rosters: golden answers, walks, masks, scopes, schemas, contracts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests read expected answers and contracts from files and say when those are not there"
)]

mod agreement;
mod api_documents;
mod attendance;
mod contracts;
mod events;
mod filters;
mod golden;
mod masks;
mod pages;
mod roster;
mod round_trip;
mod sample;
mod schemas;
mod scopes;
mod versions;

//! The room as a whole: rosters become candidates, candidates become plans, plans become snapshots, over and over.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod contents;
mod damage;
mod employees;
mod field_rows;
mod frozen;
mod guards;
mod history;
mod identity;
mod ledger;
mod parts;
mod people;
mod plans;
mod returns;
mod roster;
mod sharing_of_parts;
mod summaries;

//! The whole room: files in, snapshots and moved views out, on real samples, over generated histories, and with whatever
//! may fail underneath.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod attendance;
mod carried_through;
mod catalogue;
mod clock;
mod concurrency;
mod contents;
mod decisions;
mod faults;
mod faulty_objects;
mod feed;
mod history;
mod holds;
mod id_book;
mod lifecycle;
mod movers;
mod parts;
mod people;
mod rejudged;
mod retention;
mod sample;
mod site;
mod undoing;
mod watched;
mod years;

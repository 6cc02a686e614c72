//! The API as an application meets it, in process: a whole installation, generated districts, requests without sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod access;
mod answers;
mod attendance;
mod callers;
mod client;
mod contract;
mod events;
mod failures;
mod feeds;
mod filters;
mod gate;
mod goals;
mod installation;
mod management;
mod management_goals;
mod open_paths;
mod paging;
mod parameters;
mod past;
mod paths;
mod served;
mod statuses;
mod tokens;
mod usage;
mod views;
mod walks;

//! Reading servers: our own in process and over a socket, ones made from each published contract, and ones that misbehave.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod contract;
mod feeds;
mod installation;
mod metrics;
mod mock;
mod over_a_socket;
mod own_server;
mod records;
mod tokens;
mod waiting;
mod walks;

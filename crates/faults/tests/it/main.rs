//! Every fault as a client meets it: over a server of a few lines, and over the API in this process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod client;
mod content;
mod docs;
mod feed;
mod home;
mod original;
mod paging;
mod retrying;
mod room;
mod token;
mod toy;
mod transport;
mod upstream;

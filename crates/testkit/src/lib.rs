//! Fixtures for tests, never in the product: small districts as CSV, the built binary as a person or a script runs it, its
//! API walked to the last page, what a loss of power leaves of its files, a server of districts that tests script,
//! and an installation in the process of the test.
//!
//! Everything here may panic: a fixture that does not work is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::missing_panics_doc,
    reason = "only tests use this crate, and a fixture that fails is a failed test"
)]

mod attendance;
mod binary;
mod clock;
mod dice;
mod district;
mod files;
mod http;
mod ids;
mod in_process;
mod installation;
mod names;
mod place;
#[cfg(feature = "provider")]
mod provider;
mod published;
mod server;
mod shared;
mod shim;
pub mod toy;
mod walk;

pub use attendance::attendance_answer;
pub use binary::{Binary, Ran};
pub use clock::{BEGIN, TestClock};
pub use dice::Dice;
pub use district::{Edition, district_of, new_district, small_district};
pub use files::Files;
pub use http::{Answer, get, post};
pub use ids::IdBook;
pub use in_process::InProcess;
pub use installation::{Installation, copy_folder};
pub use place::{folder, folder_on_disk};
#[cfg(feature = "provider")]
pub use provider::{Provider, SMALL, StillClock, generated};
pub use published::{Published, contract};
pub use server::Server;
pub use shared::shared;
pub use shim::{At, Keep, Loss, Shim, Tally};
pub use toy::{Toy, ToyDistrict};
pub use walk::Walk;

/// Whether the long form of a test was asked for: `cargo xtask soak` sets `HOMEROOM_SOAK`.
pub fn soak() -> bool {
    std::env::var_os("HOMEROOM_SOAK").is_some_and(|value| !value.is_empty() && value != "0")
}

/// The seed of a test: `HOMEROOM_SEED` where it is set, to repeat a failure, else the given one. Printed, so that a
/// failure says it and `cargo xtask soak` records it.
pub fn seed(usual: u64) -> u64 {
    let asked = std::env::var("HOMEROOM_SEED").ok();
    let seed = asked.map_or(usual, |text| {
        text.parse().expect("HOMEROOM_SEED is a number")
    });
    eprintln!("seed {seed}");
    seed
}

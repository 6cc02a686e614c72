//! SQLite files: how each is opened, kept private, brought to its newest form and looked through, and what of a failure is
//! told. What is in them, and all SQL about it, stands with the adapters, which have a [`Database`] each.
//!
//! A file lies on a disk of this machine; several programs may have it open at once. One writes at a time, in the
//! write-ahead log, so that nobody who reads waits, and every commit is forced to disk (`synchronous=FULL`, settled).

mod check;
mod database;
mod fault;
mod form;
mod place;
mod settings;

pub use check::check;
pub use database::Database;
pub use fault::{Cause, Fault, Kind, Told};
pub use place::{folder_of, keep_private};
pub use settings::Settings;

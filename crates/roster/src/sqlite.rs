//! The app roster on SQLite: one file, one writer, any number of readers.
//!
//! Hand-written SQL under the port's file names. Write-ahead log, so that an application reads while a plan is applied and sees
//! the whole of it at once or nothing; every commit is forced to disk.

mod apply;
mod columns;
mod decisions;
mod districts;
mod fault;
mod goals;
mod holds;
mod leases;
mod mirrors;
mod notices;
mod open;
mod options;
mod query;
mod read;
mod runs;
mod schema;
mod timeline;
mod waits;

pub use open::SqliteRoster;
pub use options::Options;
pub use schema::FORMAT;

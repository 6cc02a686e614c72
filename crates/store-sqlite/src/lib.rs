//! The control store on SQLite: one file, one writer, several readers.
//!
//! Hand-written SQL under the port's file names. A thread owns the writing connection and takes its work from a bounded
//! queue; each piece of work is one `BEGIN IMMEDIATE` transaction. Readers never wait for it (write-ahead log). Every
//! commit is forced to disk (`synchronous=FULL`, settled), so what a call answered survives a loss of power. Several
//! processes of one machine may have the file open at once; network file systems are refused where they can be told.

mod apps;
mod artifacts;
mod audit;
mod backup;
mod blocks;
mod columns;
mod connections;
mod custom_records;
mod district_settings;
mod districts;
mod events;
mod fault;
mod goals;
mod holds;
mod ids;
mod leases;
mod management_tokens;
mod objects;
mod options;
mod people;
mod query;
mod readers;
mod rehearsals;
mod runs;
mod schema;
mod settings;
mod snapshots;
mod store;
mod writer;

pub use options::Options;
pub use schema::FORMAT;
pub use store::SqliteStore;

//! Roster tables: immutable, content-addressed, readable by other tools (layout, ideas 1 and 3).
//!
//! Bytes in, bytes out: where they come from and go to is the business of `depot` and `ingest`.
//!
//! * [`row`] and [`fields`]: one record as packed bytes, all fields side by side.
//! * [`Table`]: the records of one kind, ids ascending, as an Arrow IPC file.
//! * [`Lists`]: one direction of a [`Relation`] between two kinds, as row numbers.
//! * [`Snapshot`]: all tables and relations of one publish; [`View`]: a snapshot as one app may see it.
//! * [`Candidate`]: what an import would like to publish, the same shape without ids.
//! * [`build`]: the next snapshot from a candidate and the identities an [`Assignment`] gives its records; [`Changes`]:
//!   what a publish changed; [`rebuild_older`]: the snapshot before from the one after and its changes.
//! * [`MovedRecords`]: what a view may show differently after a move, in the order of its events.
//! * [`Ledger`]: for every id ever given, when, on what evidence, and what became of it.
//! * [`Attendance`]: whether students were there, apart from the roster, a part per month.
//! * [`ExportTable`]: the same snapshot as typed columns for other tools.

mod assignment;
mod attendance;
mod build;
mod candidate;
mod changes;
mod departed;
mod error;
mod export;
pub mod fields;
mod hash;
mod ipc;
mod ledger;
mod lists;
mod manifest;
mod moved;
mod noun;
mod nouns;
mod parts;
mod rebuild;
mod record;
mod relation;
pub mod row;
mod snapshot;
mod spool;
mod table;
mod view;

pub use assignment::{Assigned, Assignment, Given, NewRow, Origin, Rekeyed};
pub use attendance::{
    Attendance, AttendanceMonth, AttendanceOf, AttendanceRecord, AttendanceRows,
    AttendanceRowsBuilder, AttendanceTally, BuiltAttendance, SentAttendance, build_attendance,
    first_of_day,
};
pub use build::build;
pub use candidate::{Candidate, CandidateBuilder, CandidateLists, CandidateTable, Mix};
pub use changes::{Change, ChangedFields, Changes, Op};
pub use departed::{Departed, DepartedRecord};
pub use error::SegmentError;
pub use export::{Batches, ExportTable};
pub use hash::{Hash, HashKey};
pub use ledger::{Evidence, Ledger, LedgerEntry, LedgerEvent, ledger_parts};
pub use lists::{Lists, ListsWriter, reverse};
pub use manifest::{Digest, Located, Manifest};
pub use moved::{MovedPlace, MovedRecords, slots_of};
pub use noun::{Noun, fields_of};
pub use parts::{BuildError, BuiltPart, PartContent};
pub use rebuild::{rebuild_newer, rebuild_older, rebuild_past};
pub use record::Record;
pub use relation::Relation;
pub use row::{Row, RowBuilder};
pub use snapshot::Snapshot;
pub use spool::{MemorySpools, Spool, Spools};
pub use table::{Entry, Table, TableWriter, key_count, role_id_count};
pub use view::View;

//! The app roster: the database of an application that is kept in step with its districts.
//!
//! An application in any language reads it with plain SQL: tables and views stand in docs/app-database.md. The sync engine
//! reads it in ordered scans ([`Reading`]) and writes it in typed actions ([`Action`]), all actions of a district's plan in one
//! transaction together with the event cursor ([`Applying`]). What an action changed is kept row by row ([`RowChange`]), so that
//! every run can be undone and every value explained (integration-side B).
//!
//! # Rules that hold for every adapter
//!
//! - An action is applied whole or not at all. What it says stood there before has to stand there, otherwise it is told
//!   ([`Outcome::Differs`]) and never forced. A record that does not fit is set aside; the rest goes on.
//! - A transaction that is dropped leaves nothing; one that is committed is durable, with its cursor.
//! - The engine writes nothing that belongs to the app: `person_own`, `section_own`, `custom_group`, `work`, `goal_activity`. In `group_member` it
//!   only dates the leaving of who left the class that a group divides.
//! - Every change of the roster has a row in the audit, and every row of the audit an action or a person.
//! - A district's rows refer to no other district; ids say by arithmetic whose they are, and are never given twice.
//! - Time is an argument. Only triggers on the app's own tables ask SQLite's clock, when the app writes there.

mod action;
mod cell;
mod change;
mod decisions;
mod delivery;
mod district;
mod error;
pub mod field;
mod goals;
mod hold;
mod kind;
mod lease;
mod link;
mod mirror;
mod notes;
mod notice;
mod record;
mod roster;
mod run;
mod seat;
mod sqlite;
#[cfg(any(test, feature = "suite"))]
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a suite of tests, compiled for tests only"
)]
pub mod suite;
mod timeline;
mod value;

pub use action::{Action, FieldChange, NewRole, Of, Op, Seen, Tie};
pub use cell::{Cell, CellOrigin, Until};
pub use change::{
    AuditEntry, Carried, CarriedMember, FieldValues, Held, OwnValue, RoleValue, RowChange,
    SeatGroup, TieValue, Undone,
};
pub use decisions::Decisions;
pub use delivery::{
    GoalCounts, GoalDelivery, GoalDeliveryEnd, GoalDeliveryState, GoalTrigger, NewGoalDelivery,
};
pub use district::{Connection, District, Districts, NewDistrict};
pub use error::{Differs, ErrorKind, Outcome, Refusal, RosterError};
pub use field::Field;
pub use goals::{
    GoalAcknowledged, GoalActivity, GoalCorrection, GoalEntry, GoalFeedRow, GoalProfile, GoalPush,
    GoalPushEnd, GoalSent, GoalSum, GoalTaken, GoalUndone, GoalWaiting, Goals, GoalsReading,
    LONGEST_ACTIVITY, MOST_OF_AN_ACTIVITY,
};
pub use hold::{Approval, Hold, HoldOutcome, Holds, NewHold};
pub use kind::{IDS_PER_DISTRICT, Kind, district_of};
pub use lease::{Lease, LeaseRow};
pub use link::{Hash, LinkRow, LinkState, LinkValue, NewLink, PersonKind};
pub use mirror::{MirrorRow, Mirrors};
pub use notes::{
    Conflict, CrosswalkRow, Decision, Finding, Fits, NewConflict, NewFinding, NewStaged,
    NewSuggestion, SideRow, Staged, Suggestion,
};
pub use notice::{NewNotice, Notice, Notices};
pub use record::Record;
pub use roster::{AccountRow, Applying, Begin, Commit, Reading, Roster, Visited};
pub use run::{NewRun, Plan, PlanState, Run, RunEnd, RunState, Runs};
pub use seat::{Intent, Seat, SeatChange, SeatRow};
pub use sqlite::{FORMAT, Options, SqliteRoster};
pub use timeline::{History, TimelineRead, TimelineReads};
pub use value::Value;

//! What a publish would change: the published snapshot and the records that departed, compared with a candidate.
//!
//! [`compare`] makes a [`Plan`]: what becomes of every record, which identity survives (district-side 5), how much of each
//! kind changes. The plan decides everything and does nothing: people may read it ([`Plan::actions`]), approve it
//! ([`Plan::digest`]), [`Guards`] may hold it back ([`Plan::verdicts`]). Only then are ids reserved
//! ([`Plan::ids_needed`]) and given ([`assign`]); `homeroom_segment::build` writes the result.

mod action;
mod assign;
mod compare;
mod counts;
mod digest;
mod fate;
mod field_rows;
mod guard;
mod id_changes;
mod judge;
mod keys;
mod limit;
mod matches;
mod moved;
mod pairs;
mod part;
mod pattern;
mod people;
mod plan;
mod returning;
mod samples;
mod schools;
mod season;
mod signs;
mod summary;
mod tally;
mod undo;

pub use action::{Action, Reason, Verb};
pub use assign::{AssignError, assign};
pub use compare::compare;
pub use counts::{Counts, Served, Tally};
pub use fate::Fate;
pub use field_rows::{FieldRow, changed_fields};
pub use guard::{Circumstances, Deletions, Guard, Guards, Rejected, Verdict};
pub use id_changes::IdChanges;
pub use limit::{Ceiling, Limit, LimitError, Rule, Share};
pub use moved::MovedEnrollments;
pub use part::{Inconsistency, Part, PartError, Selection, part};
pub use pattern::{Pattern, PatternKind};
pub use plan::Plan;
pub use returning::Settings;
pub use schools::SchoolCounts;
pub use season::{Calendar, Season};
pub use summary::{IdChange, Percent, Sample, SchoolSummary, Summary, SummaryLimits, TypeSummary};
pub use undo::undo;

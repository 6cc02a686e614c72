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
mod guard;
mod keys;
mod matches;
mod people;
mod plan;
mod returning;
mod tally;

pub use action::{Action, Reason, Verb};
pub use assign::{AssignError, assign};
pub use compare::compare;
pub use counts::{Counts, Served, Tally};
pub use fate::Fate;
pub use guard::{Guard, Guards, Limit, LimitError, Share, Verdict};
pub use plan::Plan;
pub use returning::Settings;

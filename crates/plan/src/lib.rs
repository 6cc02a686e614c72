//! What an app's roster has to change to follow a district, and why (layout idea 6, integration-side A3, A4, B).
//!
//! [`plan`] compares three things: the mirror of what a district shares now, the mirror as it was when it was last applied,
//! and what the roster knows ([`Known`]). A [`Policy`] says what may be matched, what is required, what leaving means and how
//! much is too much. What comes out is a [`Plan`]: ordered [`Action`]s with reasons, findings about records, verdicts of
//! guards, and a digest that people approve. A plan decides everything and does nothing.
//!
//! Everything here is a function of its arguments: the same mirrors, roster and policy give the same plan, byte for byte.

mod action;
mod asked;
mod contact_limits;
mod copies;
mod cut_off;
mod decided;
mod digests;
mod explain;
mod filter;
mod generated;
mod graduation;
mod guard;
mod guards;
mod identity;
mod input;
mod join;
mod known;
mod ladder;
mod life;
mod made;
mod members;
mod needs;
mod notes;
mod offers;
mod one_class;
mod part;
mod pattern;
mod patterns;
mod people;
mod plan;
mod planner;
mod policy;
mod profiles;
mod quality;
mod reason;
mod recent;
mod records;
mod rehearsal;
mod rollover;
mod seatable;
mod several;
mod staging;
mod summary;
mod text;
mod unshared;
mod values;
mod waiting;

pub use action::{Action, Adjusted, Adjustment, Change, Ground, Op, Place, Seat};
pub use asked::{About, Asked, Dispute};
pub use cut_off::cut_off;
pub use digests::Digests;
pub use explain::{Explanation, Verdict as Step};
pub use graduation::graduation_year;
pub use guard::{Guard, Verdict};
pub use input::{Came, Gone, Input, Order, Picks, Reach};
pub use known::{
    Account, Cell, Decision, Entity, Fate, Found, Known, KnownError, Link, LinkState, Local,
    LocalGround, Member, Origin, Profile, Standing,
};
pub use made::is_made;
pub use notes::Note;
pub use part::{Consent, Part};
pub use pattern::{Pattern, PatternKind};
pub use plan::{Counts, Finding, Plan};
pub use planner::{PlanError, plan};
pub use policy::{
    Act, Bound, Classes, ContactLimits, Courses, Filter, GuardLimits, HoldScope, Key, Ladder,
    Leaving, LoginNames, MakeLogin, ManyClasses, ManyRoles, ManySchools, Owner, Places, Policy,
    PolicyError, Powers, Reaction, Removal, Requirement, Rule, SENSITIVE, Schools, Undecided,
    Unshared, Untold, WithoutClass, WithoutClasses,
};
pub use reason::Reason;
pub use recent::{Moves, Recent};
pub use records::{emails, names, sis_ids};
pub use rehearsal::{Crossing, Misfit, Rehearsal, Rehearsed, misfits, rehearse};
pub use rollover::Rollover;
pub use staging::{Divided, Preview};
pub use summary::Summary;
pub use unshared::Stopped;
pub use values::Digest;

//! The port: an app's roster as the engine reads and writes it.

use homeroom_model::{Date, Role, Timestamp};

use crate::action::{Action, Tie};
use crate::cell::Cell;
use crate::change::{AuditEntry, Undone};
use crate::decisions::Decisions;
use crate::district::{District, Districts};
use crate::error::Outcome;
use crate::goals::{Goals, GoalsReading};
use crate::hold::{Approval, Hold, Holds};
use crate::lease::LeaseRow;
use crate::link::LinkRow;
use crate::mirror::{MirrorRow, Mirrors};
use crate::notes::{Conflict, CrosswalkRow, Finding, Staged, Suggestion};
use crate::notice::{Notice, Notices};
use crate::run::{Plan, Run, RunState, Runs};
use crate::seat::{Seat, SeatRow};
use crate::timeline::{History, TimelineRead, TimelineReads};
use crate::{Kind, Record, RosterError};

/// An app's roster.
///
/// Every call of its own ([`Districts`], [`Mirrors`], [`Runs`], [`Holds`], [`Decisions`], [`Notices`], [`TimelineReads`], [`Goals`]) is one atomic, durable
/// step. What a plan does to the roster goes through [`Roster::begin`].
pub trait Roster:
    Districts
    + Mirrors
    + Runs
    + Holds
    + Decisions
    + Notices
    + TimelineReads
    + Goals
    + std::fmt::Debug
    + Send
    + Sync
{
    /// Opens a view of the database at one moment, for any number of reads.
    fn read(&self) -> Result<Box<dyn Reading>, RosterError>;

    /// Begins the one transaction of a district's plan. Waits while another one is being applied. Refused as `fenced` if a
    /// newer writer announced itself, as `moved` if another mirror is applied than the plan was made from, as `gone` if
    /// there is no such district or run.
    fn begin<'r>(&'r self, begin: &Begin<'_>) -> Result<Box<dyn Applying + 'r>, RosterError>;
}

/// Who applies what, and when.
#[derive(Clone, Copy, Debug)]
pub struct Begin<'a> {
    /// The district.
    pub district: i64,
    /// The writer's number.
    pub fence: i64,
    /// The run.
    pub run: i64,
    /// The mirror that has to be applied now, because the plan was made from it.
    pub mirror: Option<i64>,
    /// Who decided: `sync`, or the person who approved.
    pub actor: &'a str,
    /// Now.
    pub at: Timestamp,
    /// Today in the district: the date from and to which memberships run.
    pub on: Date,
}

/// What is true once a plan is applied.
#[derive(Clone, Copy, Debug)]
pub struct Commit<'a> {
    /// How the run ends: `applied`, `partial` or `no_change`.
    pub state: RunState,
    /// The mirror that is applied now; `None` leaves it.
    pub mirror: Option<i64>,
    /// The event cursor and the moment of its event; `None` leaves it.
    pub cursor: Option<(&'a str, Timestamp)>,
    /// When the source was last brought up to date, if it said so.
    pub source_sync: Option<Timestamp>,
    /// When the read ended that this rests on, if it was complete.
    pub last_read: Option<Timestamp>,
    /// Digest of the plan.
    pub plan: Option<&'a str>,
    /// Digest of the policy.
    pub policy: Option<&'a str>,
    /// What the run did, as JSON.
    pub report: Option<&'a str>,
}

impl Commit<'_> {
    /// Ends the run as applied and moves nothing else.
    pub const APPLIED: Self = Self {
        state: RunState::Applied,
        mirror: None,
        cursor: None,
        source_sync: None,
        last_read: None,
        plan: None,
        policy: None,
        report: None,
    };
}

/// The transaction of a district's plan. Dropped without [`Applying::commit`], it leaves nothing.
pub trait Applying {
    /// Applies one action, whole or not at all; an action that does not fit leaves the transaction usable. `Err` only where
    /// the database cannot go on.
    fn apply(&mut self, action: &Action<'_>) -> Result<Outcome, RosterError>;

    /// Undoes one row of the audit, if everything it changed still stands as it left it. To undo a run, hand in its rows from
    /// the last to the first. `number` and `reason` are those of the inverse plan's action.
    fn invert(
        &mut self,
        entry: &AuditEntry,
        number: i64,
        reason: &str,
    ) -> Result<Undone, RosterError>;

    /// Invariants that do not hold any more for what this transaction changed, with how often (integration-side B16). Those that
    /// are constraints of the schema too held at every step and are not asked for again; [`Reading::broken`] asks for all.
    fn broken(&self) -> Result<Vec<(&'static str, i64)>, RosterError>;

    /// A look at the database as this transaction sees it.
    fn look(&self) -> &dyn Reading;

    /// Makes everything durable and visible at once: effects, cursor, run and plan. Returns the audit's last number.
    fn commit(self: Box<Self>, commit: &Commit<'_>) -> Result<i64, RosterError>;
}

/// What a visitor of a scan says: go on, or stop with an error.
pub type Visited = Result<(), RosterError>;

/// Somebody in one role, with what accounts are found by.
#[derive(Clone, Copy)]
pub struct AccountRow<'a> {
    /// The account.
    pub person: i64,
    /// The role.
    pub role: Role,
    /// The app's own switch.
    pub app_state: &'a str,
    /// The account's email.
    pub email: Option<&'a str>,
    /// The role's id in the SIS.
    pub sis_id: Option<&'a str>,
    /// The role's number.
    pub number: Option<&'a str>,
    /// The id the state gave.
    pub state_id: Option<&'a str>,
    /// Fields of the role without a column, as JSON.
    pub ext: Option<&'a str>,
}

/// Reads. Scans hand out borrowed rows in the order named at each; all reads of one value see one moment.
pub trait Reading: GoalsReading + Send {
    /// A district.
    fn district(&self, district: i64) -> Result<Option<District>, RosterError>;

    /// All districts, by number.
    fn districts(&self) -> Result<Vec<District>, RosterError>;

    /// Links of a kind, by source id ascending.
    fn links(
        &self,
        district: i64,
        kind: Kind,
        visit: &mut dyn FnMut(LinkRow<'_>) -> Visited,
    ) -> Visited;

    /// The record a source id means, and what the id is to it.
    fn linked(
        &self,
        district: i64,
        kind: Kind,
        source_id: &str,
    ) -> Result<Option<crate::LinkValue>, RosterError>;

    /// Source ids of a record, ascending.
    fn links_of(&self, entity: i64) -> Result<Vec<(String, crate::LinkValue)>, RosterError>;

    /// Seats of all sections, by section, person and side.
    fn seats(&self, district: i64, visit: &mut dyn FnMut(SeatRow<'_>) -> Visited) -> Visited;

    /// Seats of one section, by person and side.
    fn roster(&self, section: i64, visit: &mut dyn FnMut(SeatRow<'_>) -> Visited) -> Visited;

    /// Records of a kind, by id.
    fn records(
        &self,
        district: i64,
        kind: Kind,
        visit: &mut dyn FnMut(i64, &Record<'_>) -> Visited,
    ) -> Visited;

    /// One record.
    fn record(&self, kind: Kind, id: i64) -> Result<Option<Record<'static>>, RosterError>;

    /// Roles of all people, by person and role name.
    fn roles(
        &self,
        district: i64,
        visit: &mut dyn FnMut(i64, Role, &Record<'_>) -> Visited,
    ) -> Visited;

    /// Every account, ascending.
    fn people(&self, district: i64, visit: &mut dyn FnMut(i64) -> Visited) -> Visited;

    /// Everybody in each role, with what accounts are found by; by person and role name.
    fn accounts(&self, district: i64, visit: &mut dyn FnMut(AccountRow<'_>) -> Visited) -> Visited;

    /// The seat of one person in a section, as a teacher or as a student.
    fn seat(
        &self,
        section: i64,
        person: i64,
        is_teacher: bool,
    ) -> Result<Option<Seat>, RosterError>;

    /// Roles of one person, by name.
    fn roles_of(&self, person: i64) -> Result<Vec<(Role, Record<'static>)>, RosterError>;

    /// Schools of all roles, by person, role name and school; whether each is the primary one.
    fn schools(
        &self,
        district: i64,
        visit: &mut dyn FnMut(i64, Role, i64, bool) -> Visited,
    ) -> Visited;

    /// Schools of one role, ascending.
    fn schools_of(&self, person: i64, role: Role) -> Result<Vec<(i64, bool)>, RosterError>;

    /// People with a role whom no source id means, by id: what the matching ladder may link (integration-side B8).
    fn unlinked_people(
        &self,
        district: i64,
        role: Role,
        visit: &mut dyn FnMut(i64, &Record<'_>, &Record<'_>) -> Visited,
    ) -> Visited;

    /// Records of another kind that no source id means, by id.
    fn unlinked(
        &self,
        district: i64,
        kind: Kind,
        visit: &mut dyn FnMut(i64, &Record<'_>) -> Visited,
    ) -> Visited;

    /// Open ties and since when: relationships by contact, student, type and label, then associations by teacher and student.
    fn ties(&self, district: i64, visit: &mut dyn FnMut(Tie<'_>, &str) -> Visited) -> Visited;

    /// Cells, by record and field name.
    fn cells(&self, district: i64, visit: &mut dyn FnMut(i64, &str, Cell) -> Visited) -> Visited;

    /// Cells of one record, by field name.
    fn cells_of(&self, entity: i64) -> Result<Vec<(String, Cell)>, RosterError>;

    /// What only the app knows of its accounts, by id: those that may do more than their role says, and those whose address
    /// the app has verified and which is still theirs. Accounts of neither sort are left out.
    fn account_flags(
        &self,
        district: i64,
        visit: &mut dyn FnMut(i64, bool, bool) -> Visited,
    ) -> Visited;

    /// Whether an account of any district has a login name (integration-side A3.4).
    fn has_login_name(&self, name: &str) -> Result<bool, RosterError>;

    /// Findings that are open, or all; by kind, source id, code and field.
    fn findings(&self, district: i64, closed_too: bool) -> Result<Vec<Finding>, RosterError>;

    /// Suggestions, decided ones too, by number.
    fn suggestions(&self, district: i64) -> Result<Vec<Suggestion>, RosterError>;

    /// Conflicts, settled ones too, by number.
    fn conflicts(&self, district: i64) -> Result<Vec<Conflict>, RosterError>;

    /// What is staged, by kind and source id.
    fn staged(&self, district: i64) -> Result<Vec<Staged>, RosterError>;

    /// The crosswalk, by kind and old id.
    fn crosswalk(&self, district: i64) -> Result<Vec<CrosswalkRow>, RosterError>;

    /// The change feed: rows of the audit after a number, ascending, at most so many.
    fn changes(&self, after: i64, limit: u32) -> Result<Vec<AuditEntry>, RosterError>;

    /// Rows of the audit of one run, ascending.
    fn changes_of(&self, run: i64, visit: &mut dyn FnMut(AuditEntry) -> Visited) -> Visited;

    /// The same from the last one back, before a number if one is given, at most so many: for undoing.
    fn changes_back(
        &self,
        run: i64,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, RosterError>;

    /// Everything that ever happened to one record, ascending; of a person also the rosters it came to and left.
    fn timeline(&self, id: i64) -> Result<Vec<AuditEntry>, RosterError>;

    /// The same of several records, before a number if one is given, at most so many entries of each, with what other records'
    /// rows say of it ([`AuditEntry::is_about`]): merges, ties, groups, profiles, and classes of which nothing is left. Looks through
    /// the whole audit of the district, once for all: for what people ask. In the order of the records.
    fn history(
        &self,
        district: i64,
        ids: &[i64],
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<History>, RosterError>;

    /// What the app's people call classes and people, where that is not what the source calls them; people first, by number.
    fn own_names(
        &self,
        district: i64,
        visit: &mut dyn FnMut(Kind, i64, &str) -> Visited,
    ) -> Result<(), RosterError>;

    /// The newest rows of the audit of a district, from the last one back, before a number if one is given, at most so many.
    fn newest_changes(
        &self,
        district: i64,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, RosterError>;

    /// Who looked at the timeline of a record, or without a subject at the newest changes of the district; newest first, at most
    /// so many.
    fn timeline_reads(
        &self,
        district: i64,
        subject: Option<i64>,
        limit: u32,
    ) -> Result<Vec<TimelineRead>, RosterError>;

    /// Mirrors that are kept, newest first.
    fn mirrors(&self, district: i64) -> Result<Vec<MirrorRow>, RosterError>;

    /// A mirror.
    fn mirror(&self, district: i64, number: i64) -> Result<Option<MirrorRow>, RosterError>;

    /// Who has the lease of a district, lapsed or not.
    fn lease(&self, district: i64) -> Result<Option<LeaseRow>, RosterError>;

    /// Notices that are open, or all; by number.
    fn notices(&self, district: i64, closed_too: bool) -> Result<Vec<Notice>, RosterError>;

    /// A run.
    fn run(&self, run: i64) -> Result<Option<Run>, RosterError>;

    /// Runs of a district, newest first, at most so many.
    fn runs(&self, district: i64, limit: u32) -> Result<Vec<Run>, RosterError>;

    /// A plan.
    fn plan(&self, district: i64, digest: &str) -> Result<Option<Plan>, RosterError>;

    /// Where the lines of plans lie, as it was kept with each; ascending, each once.
    fn plan_objects(&self, district: i64) -> Result<Vec<String>, RosterError>;

    /// Holds that are open, or all; by number.
    fn holds(&self, district: i64, closed_too: bool) -> Result<Vec<Hold>, RosterError>;

    /// Approvals of a plan that were used or still count, in the order in which they were given.
    fn approvals(&self, district: i64, digest: &str) -> Result<Vec<Approval>, RosterError>;

    /// The invariants of integration-side B16 that the database can see, each that is broken with how often
    /// (integration-side A4.12). Empty is well.
    fn broken(&self, district: i64) -> Result<Vec<(&'static str, i64)>, RosterError>;
}

//! Reads: a connection inside a transaction, so that everything is of one moment.

mod audit;
pub(crate) mod broken;
mod engine;
mod goals;
mod notes;
mod people;
mod scans;

pub(crate) use scans::ids_of;

use homeroom_model::Role;
use rusqlite::Connection;

use crate::action::Tie;
use crate::cell::Cell;
use crate::change::AuditEntry;
use crate::district::District;
use crate::hold::{Approval, Hold};
use crate::lease::LeaseRow;
use crate::link::{LinkRow, LinkValue};
use crate::mirror::MirrorRow;
use crate::notes::{Conflict, CrosswalkRow, Finding, Staged, Suggestion};
use crate::notice::Notice;
use crate::roster::{AccountRow, Reading, Visited};
use crate::run::{Plan, Run};
use crate::seat::{Seat, SeatRow};
use crate::sqlite::fault::Answer;
use crate::sqlite::{apply, leases};
use crate::timeline::{History, TimelineRead};
use crate::{Kind, Record, RosterError};

/// A connection that is read through.
pub(crate) struct View(Connection);

impl View {
    pub(crate) fn new(connection: Connection) -> Self {
        Self(connection)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.0
    }

    fn ask<T>(
        &self,
        what: &'static str,
        job: impl FnOnce(&Connection) -> Answer<T>,
    ) -> Result<T, RosterError> {
        job(&self.0).map_err(|fault| fault.into_error(what))
    }
}

impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("View")
    }
}

type Visit<'v, T> = &'v mut dyn FnMut(T) -> Visited;

impl Reading for View {
    fn district(&self, district: i64) -> Result<Option<District>, RosterError> {
        self.ask("reading a district", |at| engine::district(at, district))
    }

    fn districts(&self) -> Result<Vec<District>, RosterError> {
        self.ask("reading districts", engine::districts)
    }

    fn links(
        &self,
        district: i64,
        kind: Kind,
        visit: &mut dyn FnMut(LinkRow<'_>) -> Visited,
    ) -> Visited {
        self.ask("reading links", |at| {
            scans::links(at, district, kind, visit)
        })
    }

    fn linked(
        &self,
        district: i64,
        kind: Kind,
        source_id: &str,
    ) -> Result<Option<LinkValue>, RosterError> {
        self.ask("reading a link", |at| {
            scans::linked(at, district, kind, source_id)
        })
    }

    fn links_of(&self, entity: i64) -> Result<Vec<(String, LinkValue)>, RosterError> {
        self.ask("reading links of a record", |at| {
            apply::links_of(at, entity)
        })
    }

    fn seats(&self, district: i64, visit: &mut dyn FnMut(SeatRow<'_>) -> Visited) -> Visited {
        self.ask("reading rosters", |at| scans::seats(at, district, visit))
    }

    fn roster(&self, section: i64, visit: &mut dyn FnMut(SeatRow<'_>) -> Visited) -> Visited {
        self.ask("reading a roster", |at| scans::roster(at, section, visit))
    }

    fn records(
        &self,
        district: i64,
        kind: Kind,
        visit: &mut dyn FnMut(i64, &Record<'_>) -> Visited,
    ) -> Visited {
        self.ask("reading records", |at| {
            scans::records(at, district, kind, visit)
        })
    }

    fn record(&self, kind: Kind, id: i64) -> Result<Option<Record<'static>>, RosterError> {
        self.ask("reading a record", |at| apply::record(at, kind, id))
    }

    fn roles(
        &self,
        district: i64,
        visit: &mut dyn FnMut(i64, Role, &Record<'_>) -> Visited,
    ) -> Visited {
        self.ask("reading roles", |at| people::roles(at, district, visit))
    }

    fn people(&self, district: i64, visit: &mut dyn FnMut(i64) -> Visited) -> Visited {
        self.ask("reading accounts", |at| people::people(at, district, visit))
    }

    fn accounts(&self, district: i64, visit: &mut dyn FnMut(AccountRow<'_>) -> Visited) -> Visited {
        self.ask("reading accounts", |at| {
            people::accounts(at, district, visit)
        })
    }

    fn seat(
        &self,
        section: i64,
        person: i64,
        is_teacher: bool,
    ) -> Result<Option<Seat>, RosterError> {
        self.ask("reading a seat", |at| {
            apply::seat_of(at, section, person, is_teacher)
        })
    }

    fn roles_of(&self, person: i64) -> Result<Vec<(Role, Record<'static>)>, RosterError> {
        self.ask("reading roles of a person", |at| {
            people::roles_of(at, person)
        })
    }

    fn schools(
        &self,
        district: i64,
        visit: &mut dyn FnMut(i64, Role, i64, bool) -> Visited,
    ) -> Visited {
        self.ask("reading schools of roles", |at| {
            people::schools(at, district, visit)
        })
    }

    fn schools_of(&self, person: i64, role: Role) -> Result<Vec<(i64, bool)>, RosterError> {
        self.ask("reading schools of a role", |at| {
            apply::schools_of(at, person, role)
        })
    }

    fn unlinked_people(
        &self,
        district: i64,
        role: Role,
        visit: &mut dyn FnMut(i64, &Record<'_>, &Record<'_>) -> Visited,
    ) -> Visited {
        self.ask("reading unlinked people", |at| {
            people::unlinked(at, district, role, visit)
        })
    }

    fn unlinked(
        &self,
        district: i64,
        kind: Kind,
        visit: &mut dyn FnMut(i64, &Record<'_>) -> Visited,
    ) -> Visited {
        self.ask("reading unlinked records", |at| {
            scans::unlinked(at, district, kind, visit)
        })
    }

    fn ties(&self, district: i64, visit: &mut dyn FnMut(Tie<'_>, &str) -> Visited) -> Visited {
        self.ask("reading ties", |at| people::ties(at, district, visit))
    }

    fn cells(&self, district: i64, visit: &mut dyn FnMut(i64, &str, Cell) -> Visited) -> Visited {
        self.ask("reading cells", |at| scans::cells(at, district, visit))
    }

    fn cells_of(&self, entity: i64) -> Result<Vec<(String, Cell)>, RosterError> {
        self.ask("reading cells of a record", |at| {
            scans::cells_of(at, entity)
        })
    }

    fn has_login_name(&self, name: &str) -> Result<bool, RosterError> {
        self.ask("reading login names", |at| people::has_login_name(at, name))
    }

    fn account_flags(
        &self,
        district: i64,
        visit: &mut dyn FnMut(i64, bool, bool) -> Visited,
    ) -> Visited {
        self.ask("reading what accounts may do", |at| {
            people::account_flags(at, district, visit)
        })
    }

    fn findings(&self, district: i64, closed_too: bool) -> Result<Vec<Finding>, RosterError> {
        self.ask("reading findings", |at| {
            notes::findings(at, district, closed_too)
        })
    }

    fn suggestions(&self, district: i64) -> Result<Vec<Suggestion>, RosterError> {
        self.ask("reading suggestions", |at| notes::suggestions(at, district))
    }

    fn conflicts(&self, district: i64) -> Result<Vec<Conflict>, RosterError> {
        self.ask("reading conflicts", |at| notes::conflicts(at, district))
    }

    fn staged(&self, district: i64) -> Result<Vec<Staged>, RosterError> {
        self.ask("reading what is staged", |at| notes::staged(at, district))
    }

    fn crosswalk(&self, district: i64) -> Result<Vec<CrosswalkRow>, RosterError> {
        self.ask("reading the crosswalk", |at| notes::crosswalk(at, district))
    }

    fn changes(&self, after: i64, limit: u32) -> Result<Vec<AuditEntry>, RosterError> {
        self.ask("reading changes", |at| audit::changes(at, after, limit))
    }

    fn changes_of(&self, run: i64, visit: Visit<'_, AuditEntry>) -> Visited {
        self.ask("reading changes of a run", |at| {
            audit::changes_of(at, run, visit)
        })
    }

    fn changes_back(
        &self,
        run: i64,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, RosterError> {
        self.ask("reading changes of a run backwards", |at| {
            audit::changes_back(at, run, before, limit)
        })
    }

    fn timeline(&self, id: i64) -> Result<Vec<AuditEntry>, RosterError> {
        self.ask("reading a timeline", |at| audit::timeline(at, id))
    }

    fn history(
        &self,
        district: i64,
        ids: &[i64],
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<History>, RosterError> {
        self.ask("reading everything about a record", |at| {
            audit::history(at, district, ids, before, limit)
        })
    }

    fn own_names(
        &self,
        district: i64,
        visit: &mut dyn FnMut(Kind, i64, &str) -> Visited,
    ) -> Result<(), RosterError> {
        self.ask("reading the app's own names", |at| {
            audit::own_names(at, district, visit)
        })
    }

    fn newest_changes(
        &self,
        district: i64,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, RosterError> {
        self.ask("reading the newest changes", |at| {
            audit::newest(at, district, before, limit)
        })
    }

    fn timeline_reads(
        &self,
        district: i64,
        subject: Option<i64>,
        limit: u32,
    ) -> Result<Vec<TimelineRead>, RosterError> {
        self.ask("reading who read a timeline", |at| {
            audit::timeline_reads(at, district, subject, limit)
        })
    }

    fn mirrors(&self, district: i64) -> Result<Vec<MirrorRow>, RosterError> {
        self.ask("reading mirrors", |at| engine::mirrors(at, district))
    }

    fn mirror(&self, district: i64, number: i64) -> Result<Option<MirrorRow>, RosterError> {
        self.ask("reading a mirror", |at| {
            engine::mirror(at, district, number)
        })
    }

    fn lease(&self, district: i64) -> Result<Option<LeaseRow>, RosterError> {
        self.ask("reading a lease", |at| leases::read(at, district))
    }

    fn notices(&self, district: i64, closed_too: bool) -> Result<Vec<Notice>, RosterError> {
        self.ask("reading notices", |at| {
            engine::notices(at, district, closed_too)
        })
    }

    fn run(&self, run: i64) -> Result<Option<Run>, RosterError> {
        self.ask("reading a run", |at| engine::run(at, run))
    }

    fn runs(&self, district: i64, limit: u32) -> Result<Vec<Run>, RosterError> {
        self.ask("reading runs", |at| engine::runs(at, district, limit))
    }

    fn plan(&self, district: i64, digest: &str) -> Result<Option<Plan>, RosterError> {
        self.ask("reading a plan", |at| engine::plan(at, district, digest))
    }

    fn plan_objects(&self, district: i64) -> Result<Vec<String>, RosterError> {
        self.ask("reading where plans lie", |at| {
            engine::plan_objects(at, district)
        })
    }

    fn holds(&self, district: i64, closed_too: bool) -> Result<Vec<Hold>, RosterError> {
        self.ask("reading holds", |at| {
            engine::holds(at, district, closed_too)
        })
    }

    fn approvals(&self, district: i64, digest: &str) -> Result<Vec<Approval>, RosterError> {
        self.ask("reading approvals", |at| {
            engine::approvals(at, district, digest)
        })
    }

    fn broken(&self, district: i64) -> Result<Vec<(&'static str, i64)>, RosterError> {
        self.ask("checking invariants", |at| broken::broken(at, district))
    }
}

//! Undoing a run as its inverse (integration-side A4.10): what it changed is taken back, row by row from the last one, in one
//! transaction, wherever it still stands as the run left it. What people or later runs changed since is listed and stays.
//!
//! - A dry run is the same transaction, dropped.
//! - The limits of the policy count for an undo too. One that passes them is kept back until somebody names its digest, which
//!   stands for every single row and what becomes of it.
//! - An account or a place that the run made goes again, whatever later runs changed in it; where work, settings, groups or past
//!   memberships hang on it, the account is switched off and the place put away instead.
//! - A row that changed several fields or seats is taken apart where a part of it was changed since, so that every cell that
//!   nobody touched is as it was (B16.8).
//! - What was read stays read. The district goes back to the mirror that was applied before the run if no later run stands, so
//!   that the next plan compares with what the roster holds again.
//! - The source may still say what was undone. The next plan's actions that would do it again are held under the pattern
//!   `undone` (`crates/sync/src/roster/undone.rs` has the rule). The undo of an undo does what its run did again, and ends that.

mod guard;
mod in_force;
mod invert;

use std::sync::Arc;

use homeroom_model::{ObjectId, Timestamp};
use homeroom_plan::Verdict;
use homeroom_roster::{
    Applying, Begin, Commit, NewNotice, NewRun, Reading, Roster, RosterError, Run, RunEnd, RunState,
};

use super::about::About;
use super::apply::hex;
use super::error::SyncError;
use super::report::RunReport;
use super::watch::Unwatched;
use super::{Engine, Tenant};
use crate::roster::UNDONE;

use in_force::depth;
pub(crate) use in_force::{release, undone_by};
pub use invert::{KeptRow, TakenHow, TakenRow};

/// So many runs are looked at for later ones.
const RUNS: u32 = 100_000;

/// What somebody wants undone.
#[derive(Clone, Copy, Debug)]
pub struct Undo<'a> {
    /// The run.
    pub run: i64,
    /// Whether nothing is to be changed: a dry run.
    pub dry: bool,
    /// Who wants it.
    pub by: &'a str,
    /// The digest of an undo that was seen, in hexadecimal: needed where it passes the policy's limits.
    pub approved: Option<&'a str>,
}

/// What undoing a run did, or would do.
#[derive(Clone, Debug)]
pub struct Undoing {
    /// The undo's own run.
    pub run: i64,
    /// The run that is undone.
    pub undoes: i64,
    /// `planned` for a dry run, `held` where it waits for somebody's yes, otherwise `applied`, or `no_change` where there is
    /// nothing left to take back.
    pub state: RunState,
    /// Stands for everything it does, in hexadecimal.
    pub digest: String,
    /// Rows of the audit that are taken back, in whole or in part.
    pub taken_back: u64,
    /// Those rows, the run's last one first, at most 10,000 of them.
    pub taken: Vec<TakenRow>,
    /// Accounts that are switched off and places that are put away because something hangs on them.
    pub switched_off: u64,
    /// Rows, or parts of rows, that stay, at most 10,000 of them.
    pub kept: Vec<KeptRow>,
    /// How many stay.
    pub all_kept: u64,
    /// The limits that it passes.
    pub verdicts: Vec<Verdict>,
}

impl Engine {
    /// Undoes a run, or says what that would do. Waits for a run of the same district that is going on.
    ///
    /// Refused with [`SyncError::CannotUndo`] if there is no such run, if it applied nothing, or if it is undone already.
    pub async fn undo(&self, tenant: &Tenant, undo: &Undo<'_>) -> Result<Undoing, SyncError> {
        if undo.approved.is_some() {
            self.may_approve(undo.by)?;
        }
        let lease = self.lease(tenant.district, &Unwatched).await?;
        let job = Job {
            engine: self.clone(),
            policy: Arc::clone(&tenant.policy),
            district: tenant.district,
            fence: lease.fence,
            undoes: undo.run,
            dry: undo.dry,
            by: undo.by.to_owned(),
            approved: undo.approved.map(str::to_ascii_lowercase),
            now: self.0.clock.now(),
        };
        let undoing = self.blocking(move || job.go()).await;
        lease.release().await;
        undoing
    }
}

/// One undo while it goes on.
struct Job {
    engine: Engine,
    policy: Arc<homeroom_plan::Policy>,
    district: i64,
    fence: i64,
    undoes: i64,
    dry: bool,
    by: String,
    approved: Option<String>,
    now: Timestamp,
}

/// Where a district goes back to: a mirror, and the cursor it is true for.
type Before = (i64, Option<ObjectId>);

impl Job {
    fn go(&self) -> Result<Undoing, SyncError> {
        let roster = &*self.engine.0.roster;
        let reading = roster.read()?;
        let runs = reading.runs(self.district, RUNS)?;
        let target = self.target(&runs)?;
        let mirror = reading
            .district(self.district)?
            .and_then(|district| district.mirror);
        let before = self.before(&*reading, &runs, &target)?;
        let does_again = depth(&runs, &target) % 2 == 1;
        drop(reading);
        let run = roster.start_run(&NewRun {
            district: self.district,
            trigger: "demand",
            scope: "{}",
            mode: "undo",
            fence: self.fence,
            at: self.now,
            undoes: Some(target.id),
        })?;
        if !does_again && !self.dry {
            // Before anything is taken back, so that a crash cannot leave it to be done again unseen.
            self.in_force(roster, run)?;
        }
        let done = self.transaction(roster, run, mirror, before);
        let applied = done
            .as_ref()
            .is_ok_and(|undoing| undoing.state == RunState::Applied);
        let at = self.now;
        if !applied {
            roster.settle_notice(self.district, UNDONE, &run.to_string(), at)?;
        } else if does_again {
            roster.settle_notice(self.district, UNDONE, &target.id.to_string(), at)?;
        }
        if let Err(error) = &done {
            let text = RunReport {
                error: Some(error.to_string()),
                ..RunReport::default()
            };
            self.finish(roster, run, RunState::Failed, &text)?;
        }
        done
    }

    /// The run, if it can be undone.
    fn target(&self, runs: &[Run]) -> Result<Run, SyncError> {
        let refuse = |why: String| {
            Err(SyncError::CannotUndo {
                run: self.undoes,
                why,
            })
        };
        let Some(run) = runs.iter().find(|run| run.id == self.undoes) else {
            return refuse("this district has no such run".to_owned());
        };
        if run.changes.is_none() {
            return refuse(format!("it changed nothing ({})", run.state.text()));
        }
        if let Some(by) = undone_by(runs).get(&run.id) {
            return refuse(format!(
                "it was undone by run {by}; undo that one to have it back"
            ));
        }
        Ok(run.clone())
    }

    /// The mirror that was applied before the run, if no later run stands and it is still kept.
    fn before(
        &self,
        reading: &dyn Reading,
        runs: &[Run],
        target: &Run,
    ) -> Result<Option<Before>, SyncError> {
        let undone = undone_by(runs);
        let stands = |run: &Run| {
            let undo_of_later = run.undoes.is_some_and(|undoes| undoes > target.id);
            run.id > target.id
                && run.changes.is_some()
                && !undo_of_later
                && !undone.contains_key(&run.id)
        };
        let Some(base) = target.base.filter(|_| !runs.iter().any(stands)) else {
            return Ok(None);
        };
        let Some(row) = reading.mirror(self.district, base)? else {
            return Ok(None);
        };
        Ok(Some((base, About::read(&row.about)?.cursor())))
    }

    fn in_force(&self, roster: &dyn Roster, run: i64) -> Result<(), RosterError> {
        let detail = format!(
            "run {} was undone by {}; while the source still says what it did, such changes are held",
            self.undoes, self.by
        );
        roster
            .raise(&NewNotice {
                district: self.district,
                code: UNDONE,
                subject: &run.to_string(),
                detail: Some(&detail),
                at: self.now,
            })
            .map(drop)
    }

    fn transaction(
        &self,
        roster: &dyn Roster,
        run: i64,
        mirror: Option<i64>,
        before: Option<Before>,
    ) -> Result<Undoing, SyncError> {
        let mut applying = roster.begin(&Begin {
            district: self.district,
            fence: self.fence,
            run,
            mirror,
            actor: &self.by,
            at: self.now,
            on: self.policy.today(self.now),
        })?;
        let mut counted = guard::Counted::read(applying.look(), self.district)?;
        let inverted = invert::run(&mut *applying, (self.undoes, run), &mut counted)?;
        let verdicts = counted.judge(&self.policy, applying.look())?;
        let digest = hex(inverted.digest.as_bytes());
        let is_approved = self.approved.as_deref() == Some(&*digest);
        let waits = (!verdicts.is_empty() || self.approved.is_some()) && !is_approved;
        let state = match inverted.taken_back {
            _ if self.dry => RunState::Planned,
            _ if waits => RunState::Held,
            0 => RunState::NoChange,
            _ => RunState::Applied,
        };
        let undoing = Undoing {
            run,
            undoes: self.undoes,
            state,
            digest,
            taken_back: inverted.taken_back,
            taken: inverted.taken,
            switched_off: inverted.switched_off,
            kept: inverted.kept,
            all_kept: inverted.all_kept,
            verdicts,
        };
        let report = report(&undoing);
        if state == RunState::Applied {
            self.commit(applying, &report, before)?;
        } else {
            drop(applying);
            self.finish(roster, run, state, &report)?;
        }
        Ok(undoing)
    }

    fn commit(
        &self,
        applying: Box<dyn Applying + '_>,
        report: &RunReport,
        before: Option<Before>,
    ) -> Result<(), SyncError> {
        if self.engine.0.settings.verify {
            let broken = applying.broken()?;
            if !broken.is_empty() {
                let broken = broken
                    .iter()
                    .map(|(rule, often)| format!("{rule} ({often})"));
                return Err(SyncError::WouldBreak {
                    broken: broken.collect(),
                });
            }
        }
        let cursor = before.and_then(|(_, cursor)| cursor).map(|cursor| {
            let at = Timestamp::from_millis(i64::from(cursor.seconds()) * 1000);
            (cursor.to_hex(), at)
        });
        applying.commit(&Commit {
            mirror: before.map(|(mirror, _)| mirror),
            cursor: cursor.as_ref().map(|(id, at)| (id.as_str(), *at)),
            report: Some(&report.to_text()),
            ..Commit::APPLIED
        })?;
        Ok(())
    }

    fn finish(
        &self,
        roster: &dyn Roster,
        run: i64,
        state: RunState,
        report: &RunReport,
    ) -> Result<(), RosterError> {
        let text = report.to_text();
        // Nothing of this is a successful sync: a run that found nothing to take back is said to be abandoned.
        let state = match state {
            RunState::NoChange => RunState::Abandoned,
            other => other,
        };
        let end = RunEnd {
            state,
            mirror: None,
            plan: None,
            report: Some(&text),
            at: self.now,
        };
        roster.finish_run(self.district, run, &end, None)
    }
}

fn report(undoing: &Undoing) -> RunReport {
    RunReport {
        stage: "done".to_owned(),
        done: undoing.taken_back,
        set_aside: undoing
            .kept
            .iter()
            .take(1000)
            .map(ToString::to_string)
            .collect(),
        approved: true,
        ..RunReport::default()
    }
}

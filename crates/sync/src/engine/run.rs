//! One run, from the lease to its end.

use std::sync::Arc;

use homeroom_client::{Cancel, ClientError};
use homeroom_model::Timestamp;
use homeroom_plan::{Consent, Plan};
use homeroom_roster::{Connection, District, NewRun, RunEnd, RunState};

use super::apply::Ending;
use super::error::SyncError;
use super::mirrors::{Kept, Standing};
use super::notices::{self, Answered};
use super::order::{Extent, Order, ReadHow, Until};
use super::planning::Made;
use super::read::Read;
use super::report::{Note, RunReport};
use super::watch::{Stage, Watch};
use super::{Engine, Tenant};
use crate::roster::Performed;

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    /// Its number.
    pub run: i64,
    /// How it ended.
    pub state: RunState,
    /// How it read: `full`, `events`, `targeted` or `kept`.
    pub mode: &'static str,
    /// What it did, in numbers.
    pub report: RunReport,
    /// Its plan.
    pub plan: Plan,
    /// The plan's digest, in hexadecimal.
    pub digest: String,
    /// What came of performing it; nothing in dry runs and for what is held.
    pub performed: Performed,
    /// Holds that are open now.
    pub holds: Vec<i64>,
    /// Where the approved plan and the plan of now differ, line by line, if what was approved is stale: `-` and `+`.
    pub difference: Vec<String>,
    /// Whether the mirror that was planned from is the applied one now.
    pub(crate) moved: bool,
    /// Who decided.
    pub(crate) by: String,
}

/// What was approved, for a run that applies it.
#[derive(Clone, Debug)]
pub(crate) struct Approved {
    pub(crate) digest: String,
}

impl Engine {
    /// Runs once: reads what the order asks for, plans, and applies what no guard holds. Waits for a run of the same
    /// district that is going on.
    pub async fn run(
        &self,
        tenant: &Tenant,
        order: &Order,
        cancel: &Cancel,
        watch: &dyn Watch,
    ) -> Result<Ran, SyncError> {
        self.run_approved(tenant, order, None, (cancel, watch))
            .await
    }

    pub(crate) async fn run_approved(
        &self,
        tenant: &Tenant,
        order: &Order,
        approved: Option<Approved>,
        (cancel, watch): (&Cancel, &dyn Watch),
    ) -> Result<Ran, SyncError> {
        let lease = self.lease(tenant.district, watch).await?;
        let one = OneRun {
            engine: self,
            tenant,
            order,
            approved,
            fence: lease.fence,
            cancel,
            watch,
        };
        // Boxed, because a run remembers much, and whoever waits for one would have room for all of it.
        let ran = Box::pin(one.go()).await;
        lease.release().await;
        ran
    }
}

/// One run while it goes on.
struct OneRun<'a> {
    engine: &'a Engine,
    tenant: &'a Tenant,
    order: &'a Order,
    approved: Option<Approved>,
    fence: i64,
    cancel: &'a Cancel,
    watch: &'a dyn Watch,
}

impl OneRun<'_> {
    async fn go(&self) -> Result<Ran, SyncError> {
        let standing = self.engine.standing(self.tenant).await?;
        let mut report = RunReport {
            stage: "reading".to_owned(),
            first: standing.applied.is_nothing(),
            ..RunReport::default()
        };
        if !standing.is_applied() && self.order.read != ReadHow::Kept {
            report.note(Note::TookUp);
        }
        let run = self.start(&report).await?;
        match self.steps(run, standing, &mut report).await {
            Ok(ran) => Ok(ran),
            Err(error) => {
                self.failed(run, report, &error).await?;
                Err(error)
            }
        }
    }

    async fn start(&self, report: &RunReport) -> Result<i64, SyncError> {
        let (district, fence, at) = (self.tenant.district, self.fence, self.now());
        let (trigger, scope) = (self.order.trigger.text(), self.order.scope());
        let mode = match (self.order.extent, self.order.read) {
            (_, ReadHow::Kept) => "replay",
            (Extent::District, ReadHow::Full) => "full",
            (Extent::District, ReadHow::Auto) => "events",
            _ => "targeted",
        };
        let text = report.to_text();
        self.engine
            .with_roster(move |roster| {
                let run = roster.start_run(&NewRun {
                    district,
                    trigger,
                    scope: &scope,
                    mode,
                    fence,
                    at,
                    undoes: None,
                })?;
                roster.note_run(district, run, &text)?;
                Ok(run)
            })
            .await
    }

    async fn steps(
        &self,
        run: i64,
        standing: Standing,
        report: &mut RunReport,
    ) -> Result<Ran, SyncError> {
        let over = self.is_over(&standing.district);
        let mut refused = None;
        let read = match self.latest(&standing, report).await {
            Err(error) if over && is_revoked(&error) => {
                refused = Some(error);
                None
            }
            read => read?,
        };
        let mode = read.as_ref().map_or("kept", |read| read.mode);
        let base = match &read {
            Some(read) if standing.is_applied() => Arc::clone(&read.before),
            _ => self.engine.open(&standing.applied).await?,
        };
        let (latest, mirror) = match read.and_then(|read| read.kept) {
            Some(kept) => kept,
            None if standing.is_applied() => (standing.latest, Arc::clone(&base)),
            None => {
                let mirror = self.engine.open(&standing.latest).await?;
                (standing.latest, mirror)
            }
        };
        if latest.is_nothing() {
            return Err(SyncError::NeverRead);
        }
        self.reached(&latest, mode, report).await?;
        "planning".clone_into(&mut report.stage);
        self.watch.stage(Stage::Planning, 0, None);
        let wanted = Made {
            district: self.tenant.district,
            policy: Arc::clone(&self.tenant.policy),
            base,
            mirror,
            about: latest.about,
            deep: self.order.deep,
            accounts: self.order.accounts.clone(),
            cut_off: over && mode == "kept",
            now: self.now(),
        };
        let ending = Ending {
            engine: self.engine.clone(),
            made: wanted,
            run,
            fence: self.fence,
            applied: (!standing.applied.is_nothing()).then(|| standing.applied.number()),
            order: self.order.clone(),
            approved: self.approved.clone(),
            report: report.clone(),
            mode,
            refused,
        };
        self.watch.stage(Stage::Applying, 0, None);
        let ran = ending.plan_and_apply().await;
        if let Ok(ran) = &ran {
            report.clone_from(&ran.report);
        }
        ran
    }

    /// Reads, unless what was read last is all that is wanted.
    async fn latest(
        &self,
        standing: &Standing,
        report: &mut RunReport,
    ) -> Result<Option<Read>, SyncError> {
        if self.order.read == ReadHow::Kept {
            return Ok(None);
        }
        self.watch.stage(Stage::Reading, 0, None);
        let token = self.tenant.source.token();
        let around = (standing, self.fence);
        let engine = self.engine;
        let read = engine
            .read(
                self.tenant,
                self.order,
                around,
                report,
                (self.cancel, self.watch),
            )
            .await?;
        if self.tenant.source.token().expose() != token.expose() {
            report.note(Note::TokenReplaced);
        }
        Ok(Some(read))
    }

    /// The source answered: it is connected, whatever was before.
    async fn reached(
        &self,
        latest: &Kept,
        mode: &str,
        report: &RunReport,
    ) -> Result<(), SyncError> {
        if mode == "kept" {
            return Ok(());
        }
        let paused = latest.about.paused || report.notes.contains(&Note::SourcePaused);
        let silent = report.notes.contains(&Note::FeedSilent);
        let answered = Answered {
            paused,
            partial: (mode == "full").then_some(latest.about.partial),
            silent: (silent || mode == "events").then_some(silent),
        };
        let (district, at) = (self.tenant.district, self.now());
        self.engine
            .with_roster(move |roster| notices::reached(roster, district, answered, at))
            .await
    }

    /// Ends a run that came to nothing, and tells whom it concerns (integration-side S40).
    async fn failed(
        &self,
        run: i64,
        mut report: RunReport,
        error: &SyncError,
    ) -> Result<(), SyncError> {
        report.error = Some(error.to_string());
        if let SyncError::Source(ClientError::DistrictMismatch { .. }) = error {
            report.note(Note::DistrictMismatch);
        }
        let revoked = is_revoked(error);
        if revoked {
            report.note(Note::TokenRevoked);
        }
        let (district, at) = (self.tenant.district, self.now());
        let keep = self.engine.0.settings.keep_disconnected;
        let until = notices::later(at, keep);
        let until = revoked.then(|| self.tenant.policy.today(until));
        let text = report.to_text();
        let ending = self.engine.with_roster(move |roster| {
            if let Some(until) = until {
                let known = roster.read()?.district(district)?;
                if known.is_some_and(|known| known.state != Connection::Disconnected) {
                    notices::disconnected(roster, district, until, at)?;
                }
            }
            let end = RunEnd {
                state: RunState::Failed,
                mirror: None,
                plan: None,
                report: Some(&text),
                at,
            };
            roster.finish_run(district, run, &end, None)
        });
        match ending.await {
            // The transaction that failed may have ended the run already, or a newer writer did.
            Err(SyncError::Roster(refused)) if refused.refusal().is_some() => Ok(()),
            other => other,
        }
    }

    /// Whether the district was cut off, and the time that its accounts go on is over (integration-side B7).
    fn is_over(&self, district: &District) -> bool {
        let today = self.tenant.policy.today(self.now());
        district.state == Connection::Disconnected
            && district.keep_until.is_some_and(|until| until < today)
    }

    fn now(&self) -> Timestamp {
        self.engine.0.clock.now()
    }
}

fn is_revoked(error: &SyncError) -> bool {
    matches!(error, SyncError::Source(ClientError::TokenRevoked { .. }))
}

/// Whether a run that is told to apply may.
pub(crate) fn stops_at_plan(order: &Order, plan: &Plan, consent: &Consent) -> bool {
    order.until == Until::Plan || (plan.is_held() && *consent == Consent::Unasked)
}

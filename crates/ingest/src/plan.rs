//! From a candidate to a plan, from a plan to a decision, from an approved plan to built parts.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::sync::Arc;

use homeroom_change::{
    Ceiling, Circumstances, Guard, Guards, PartError, Plan, Rejected, Season, Selection, Settings,
    Summary, SummaryLimits,
};
use homeroom_history::Published;
use homeroom_model::{IdRange, ObjectId, Timestamp};
use homeroom_segment::{AttendanceTally, BuiltPart, Candidate, Ledger, build, ledger_parts};
use homeroom_store::{Block, Conflict, HoldMove};

use crate::Ingest;
use crate::attendance::{ATTENDANCE, NewAttendance};
use crate::begun::Begun;
use crate::counts::{ChangeCounts, FileCounts};
use crate::district_settings::Inputs;
use crate::error::IngestError;
use crate::publish::NewSnapshot;
use crate::report::{Outcome, Report, Verdict};
use crate::run::Purpose;

/// A plan that somebody looked at and approved.
#[derive(Clone)]
pub(crate) struct Approval {
    /// The digest of the plan.
    pub(crate) digest: String,
    /// The run whose hold is approved; `None` where only the digest was given.
    pub(crate) run: Option<ObjectId>,
    /// What of it is approved; `None` for everything.
    pub(crate) selection: Option<Selection>,
}

/// What is to be done with a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Publish,
    NoChange,
    Hold,
    Show,
}

/// A plan with what it was made from.
pub(crate) struct Planned {
    pub(crate) old: Published,
    pub(crate) candidate: Candidate,
    pub(crate) plan: Plan,
    pub(crate) settings: Settings,
    /// The plan in numbers, samples and sentences, and what every guard says.
    pub(crate) summary: Summary,
}

impl Planned {
    /// A plan that no guard is asked about, because somebody decided.
    pub(crate) fn without_guards(
        old: Published,
        candidate: Candidate,
        plan: Plan,
        settings: Settings,
    ) -> Self {
        let (guards, circumstances) = (Guards::NONE, Circumstances::default());
        Self::summed_up(old, candidate, plan, settings, &guards, &circumstances)
    }

    fn summed_up(
        old: Published,
        candidate: Candidate,
        plan: Plan,
        settings: Settings,
        guards: &Guards,
        circumstances: &Circumstances<'_>,
    ) -> Self {
        let limits = SummaryLimits::default();
        let summary = plan.summary(&old.snapshot, &candidate, guards, circumstances, &limits);
        Self {
            old,
            candidate,
            plan,
            settings,
            summary,
        }
    }

    /// Decides what becomes of the plan and writes it into the report.
    pub(crate) fn decide(&self, purpose: &Purpose, report: &mut Report) -> Decision {
        self.report(report);
        let said = |held: bool| {
            let verdicts = self.summary.verdicts.iter();
            let of_it = move |verdict: &&homeroom_change::Verdict| {
                let in_report = verdict.guard == Guard::Deletions;
                if held { verdict.held } else { in_report }
            };
            verdicts.filter(of_it).map(verdict).collect()
        };
        (report.guards, report.held) = (said(false), said(true));
        let digest = self.plan.digest().to_string();
        let approved = purpose.approval();
        let is_approved = approved.is_some_and(|approval| approval.digest == digest);
        // Who approves one plan has not looked at another, however harmless that is.
        let is_outdated = approved.is_some_and(|approval| approval.run.is_some()) && !is_approved;
        let must_wait = is_outdated || matches!(purpose, Purpose::HoldRest);
        let (decision, state) = if matches!(purpose, Purpose::Look) {
            (Decision::Show, Outcome::Planned)
        } else if self.plan.is_empty() {
            (Decision::NoChange, Outcome::NoChange)
        } else if is_approved || (report.held.is_empty() && !must_wait) {
            (Decision::Publish, Outcome::Published)
        } else {
            (Decision::Hold, Outcome::Held)
        };
        report.state = state;
        decision
    }
}

impl Planned {
    /// What a report says of the plan, whatever becomes of it.
    pub(crate) fn report(&self, report: &mut Report) {
        report.changes = ChangeCounts::of(&self.plan);
        report.plan = Some(self.plan.digest().to_string());
        let patterns = self.summary.patterns.iter();
        report.patterns = patterns.map(|pattern| pattern.sentence.clone()).collect();
        let ids = &self.summary.id_changes;
        let rekeyed = ids.rekeyed.values().sum();
        let counts = [
            ("merged", ids.merged),
            ("split", ids.split),
            ("rekeyed", rekeyed),
        ];
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        report.id_changes = counts
            .map(|(event, count)| (event.to_owned(), count))
            .collect();
    }
}

/// What a guard says, as reports keep it.
fn verdict(verdict: &homeroom_change::Verdict) -> Verdict {
    Verdict {
        guard: verdict.guard.text().to_owned(),
        kind: verdict.kind.text().to_owned(),
        school: verdict.school.clone(),
        file: verdict.file.clone(),
        part: verdict.measured.part,
        whole: verdict.measured.whole,
        limit_percent: match verdict.limit.percent {
            Ceiling::Percent(percent) => Some(percent),
            Ceiling::None => None,
        },
        limit_floor: verdict.limit.floor,
        held: verdict.held,
        reason: verdict.reason.clone(),
    }
}

/// What has been compared with what is published.
pub(crate) struct Compared<'a> {
    pub(crate) inputs: &'a Inputs,
    /// Rows received and left out, per file.
    pub(crate) counts: &'a BTreeMap<String, FileCounts>,
}

/// What a publish carries beside its parts.
pub(crate) struct Publishing {
    pub(crate) file_set: [u8; 32],
    pub(crate) hold: HoldMove,
    pub(crate) block: Option<Block>,
    pub(crate) attendance: NewAttendance,
    /// Whether attendance that was sent now was read.
    pub(crate) attendance_read: bool,
}

/// What a publish came to.
pub(crate) struct Carried {
    /// The number now served.
    pub(crate) number: u64,
    /// What became of attendance records, where a file told of them.
    pub(crate) attendance: Option<AttendanceTally>,
}

impl Ingest {
    /// Compares a candidate with what is published, and asks the guards.
    pub(crate) async fn plan(
        &self,
        begun: &Begun,
        old: Published,
        candidate: Candidate,
        compared: Compared<'_>,
    ) -> Result<Planned, IngestError> {
        let inputs = compared.inputs;
        let settings =
            Settings::new(begun.now).with_return_days(inputs.settings.identity.return_days);
        let season = Season::of(&inputs.settings.calendar, &old.snapshot, inputs.today);
        let guards: Guards = inputs.settings.guards.clone();
        // Attendance holds nothing.
        let roster = compared.counts.iter();
        let roster = roster.filter(|(file, _)| *file != ATTENDANCE);
        let rejected: Vec<_> = roster.map(rejected).collect();
        let work = move || {
            let (snapshot, departed) = (&old.snapshot, &old.departed);
            let plan = homeroom_change::compare(snapshot, departed, &candidate, &settings);
            let circumstances = Circumstances {
                season: Some(season),
                rejected: &rejected,
            };
            Planned::summed_up(old, candidate, plan, settings, &guards, &circumstances)
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)
    }

    /// The plan that carries out a selected part of one, and the digest of files that only a part of was taken from: no
    /// upload has it, so the same files sent again are planned again.
    pub(crate) async fn select(
        &self,
        planned: Planned,
        selection: Selection,
        file_set: [u8; 32],
    ) -> Result<(Planned, [u8; 32]), IngestError> {
        let spools = Arc::clone(&self.spools);
        let work = move || {
            let Planned {
                old,
                candidate,
                plan,
                settings,
                ..
            } = planned;
            let snapshot = &old.snapshot;
            let mixed = homeroom_change::part(snapshot, &candidate, &plan, &selection, &*spools);
            let mixed = mixed.map_err(|error| match error {
                PartError::Write(cause) => IngestError::io("writing the approved part")(cause),
                error => IngestError::PartRefused(error.to_string()),
            })?;
            let plan = homeroom_change::compare(snapshot, &old.departed, &mixed, &settings);
            if plan.is_empty() {
                let nothing =
                    "nothing of the plan is in what was chosen; look at its schools and types";
                return Err(IngestError::PartRefused(nothing.to_owned()));
            }
            let mut of_part = blake3::Hasher::new();
            of_part
                .update(b"part")
                .update(&file_set)
                .update(plan.digest().bytes());
            let file_set = *of_part.finalize().as_bytes();
            Ok((
                Planned::without_guards(old, mixed, plan, settings),
                file_set,
            ))
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)?
    }

    /// Publishes a plan.
    pub(crate) async fn carry_out(
        &self,
        begun: &Begun,
        planned: Planned,
        publishing: Publishing,
    ) -> Result<Carried, IngestError> {
        self.stage(begun, "building").await?;
        let range = match NonZeroU64::new(planned.plan.ids_needed()) {
            Some(count) => Some(self.reserve(begun.district, count, begun.now).await?),
            None => None,
        };
        let spools = Arc::clone(&self.spools);
        let ledger = self.ledger(&planned.old).await?;
        let work = move || {
            let parts = built(&planned, &ledger, range, &*spools)?;
            Ok::<_, IngestError>((planned.old, parts))
        };
        let (old, parts) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)??;
        self.stage(begun, "publishing").await?;
        let new = NewSnapshot {
            file_set: publishing.file_set,
            parts,
            hold: publishing.hold,
            block: publishing.block,
            attendance: publishing.attendance,
            attendance_read: publishing.attendance_read,
        };
        self.publish(begun, &old, new).await
    }

    /// Reserves ids durably. A fence that was drawn before in the same second is drawn again.
    pub(crate) async fn reserve(
        &self,
        district: ObjectId,
        count: NonZeroU64,
        now: Timestamp,
    ) -> Result<IdRange, IngestError> {
        for _ in 0..8 {
            let fence = self.surroundings.random()?;
            match self
                .store
                .reserve_ids(district, count, now.seconds(), fence)
                .await
            {
                Err(error) if error.refusal() == Some(Conflict::Exists) => {}
                other => return Ok(other?),
            }
        }
        Err(IngestError::NoIds)
    }
}

fn rejected((file, counts): (&String, &FileCounts)) -> Rejected {
    Rejected {
        file: file.clone(),
        rejected: counts.rejected.saturating_sub(counts.repeats),
        received: counts.received,
    }
}

/// The parts of the snapshot that a plan makes.
pub(crate) fn built(
    planned: &Planned,
    ledger: &Ledger,
    range: Option<IdRange>,
    spools: &dyn homeroom_segment::Spools,
) -> Result<Vec<BuiltPart>, IngestError> {
    let (old, candidate) = (&planned.old, &planned.candidate);
    let assignment = homeroom_change::assign(
        &planned.plan,
        &old.snapshot,
        &old.departed,
        candidate,
        range,
        &planned.settings,
    );
    let assignment =
        assignment.map_err(|_| IngestError::Broken("a plan did not fit what it was made from"))?;
    let (snapshot, departed) = (&old.snapshot, &old.departed);
    let mut parts = build(snapshot, departed, candidate, &assignment, spools)?;
    parts.extend(ledger_parts(
        snapshot,
        ledger,
        candidate,
        &assignment,
        spools,
    )?);
    Ok(parts)
}

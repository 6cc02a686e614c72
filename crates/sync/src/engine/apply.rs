//! The end of a run: the plan is made, judged, and applied or held (integration-side A4.3 to A4.7).

use std::collections::BTreeSet;
use std::sync::Arc;

use homeroom_model::Timestamp;
use homeroom_plan::{Consent, Input, Part, Plan, Recent};
use homeroom_roster::{
    Approval, Begin, Commit, Plan as PlanRow, PlanState, Roster, RosterError, RunEnd, RunState,
};

use super::Engine;
use super::accounts;
use super::error::SyncError;
use super::fields;
use super::order::{Order, Until};
use super::planning::Made;
use super::report::{Note, RunReport};
use super::run::{Approved, Ran, stops_at_plan};
use super::undo;
use crate::roster::{Performed, Performer};

/// Everything the end of a run needs.
pub(crate) struct Ending {
    pub(crate) engine: Engine,
    pub(crate) made: Made,
    pub(crate) run: i64,
    pub(crate) fence: i64,
    /// The mirror that is applied now.
    pub(crate) applied: Option<i64>,
    pub(crate) order: Order,
    pub(crate) approved: Option<Approved>,
    pub(crate) report: RunReport,
    pub(crate) mode: &'static str,
    /// Why the district could not be read, where its accounts are planned all the same.
    pub(crate) refused: Option<SyncError>,
}

/// A plan, and what may be done of it.
pub(crate) struct Decided {
    pub(crate) plan: Plan,
    pub(crate) digest: String,
    pub(crate) consent: Consent,
    /// Of that, what people said yes to.
    pub(crate) approved: Consent,
    /// Who decided: `sync`, or those who approved.
    pub(crate) actor: String,
}

impl Ending {
    pub(crate) async fn plan_and_apply(mut self) -> Result<Ran, SyncError> {
        let engine = self.engine.clone();
        let (ending, decided) = engine
            .blocking(move || {
                let decided = self.decide()?;
                Ok((self, decided))
            })
            .await?;
        self = ending;
        if decided.plan.is_empty()
            && let Some(refused) = self.refused.take()
        {
            return Err(refused);
        }
        let object = self.keep_lines(&decided.plan).await?;
        let difference = self.stale(&decided).await?;
        self.remark(&decided);
        let (ending, mut ran) = engine
            .blocking(move || {
                let ran = self.end(decided, &object, difference)?;
                Ok((self, ran))
            })
            .await?;
        self = ending;
        if self.order.until == Until::Apply {
            self.settle(&mut ran).await?;
        }
        Ok(ran)
    }

    fn remark(&mut self, decided: &Decided) {
        if self.is_stale(decided) {
            self.report.note(Note::StaleApproval);
        }
        self.report.approved = decided.consent != Consent::Unasked;
        let unasked = |number: usize| {
            decided.consent.covers(&decided.plan, number)
                && !decided.approved.covers(&decided.plan, number)
        };
        let base = &self.made.base.snapshot;
        self.report.acts(&Recent::of(&decided.plan, base, &unasked));
        self.mode.clone_into(&mut self.report.mode);
    }

    fn is_stale(&self, decided: &Decided) -> bool {
        let approved = self.approved.as_ref();
        approved.is_some_and(|approved| approved.digest != decided.digest)
    }

    pub(crate) fn decide(&self) -> Result<Decided, SyncError> {
        let reading = self.engine.0.roster.read()?;
        let (plan, (digest, (consent, approved), actor)) =
            self.made.plan(&*reading, |plan, input, _| {
                let digest = plan.digest_text();
                let approvals = reading.approvals(self.made.district, &digest)?;
                let (consent, actor) = consent(plan, input, &approvals);
                Ok((
                    digest,
                    consent,
                    actor.unwrap_or_else(|| self.order.actor.clone()),
                ))
            })?;
        Ok(Decided {
            plan,
            digest,
            consent,
            approved,
            actor,
        })
    }

    /// Holds or applies.
    fn end(
        &mut self,
        decided: Decided,
        object: &str,
        difference: Vec<String>,
    ) -> Result<Ran, SyncError> {
        let roster = Arc::clone(&self.engine.0.roster);
        let stops =
            self.is_stale(&decided) || stops_at_plan(&self.order, &decided.plan, &decided.consent);
        if !decided.plan.is_empty() {
            self.keep_plan(&*roster, &decided, object)?;
        }
        // While a part of the plan waits, what it is told by has to stay what it was.
        let moved = !stops && left_is_rosters(&decided.plan, &decided.consent);
        let (state, performed) = if stops {
            (self.stop(&*roster, &decided)?, Performed::default())
        } else {
            let (district, now) = (self.made.district, self.made.now);
            // Known before the mirror moves: the next plan would take what is kept for what is to go blank.
            fields::stopped(&*roster, district, &decided.plan, now)?;
            let done = self.apply(&*roster, &decided, moved)?;
            if moved {
                fields::shared_again(&*roster, district, &decided.plan, now)?;
            }
            let what = (&decided.plan, &decided.consent);
            undo::release(&*roster, district, what, &self.made.about, now)?;
            done
        };
        Ok(Ran {
            run: self.run,
            state,
            mode: self.mode,
            report: self.report.clone(),
            digest: decided.digest,
            plan: decided.plan,
            performed,
            holds: Vec::new(),
            difference,
            moved,
            by: decided.actor,
        })
    }

    pub(crate) fn keep_plan(
        &self,
        roster: &dyn Roster,
        decided: &Decided,
        object: &str,
    ) -> Result<(), RosterError> {
        let plan = &decided.plan;
        let inputs = serde_json::json!({
            "base": self.made.base.manifest.number,
            "mirror": self.made.mirror.manifest.number,
            "policy": hex(&self.made.policy.text_digest),
            "deep": self.made.deep,
            "accounts": accounts::written(&self.made.accounts),
        });
        let waits = plan.is_held() || plan.actions().iter().any(|action| action.held);
        roster.keep_plan(
            self.made.district,
            &PlanRow {
                digest: decided.digest.clone(),
                run: self.run,
                state: if waits {
                    PlanState::Held
                } else {
                    PlanState::Proposed
                },
                object: object.to_owned(),
                actions: i64::try_from(plan.actions().len()).unwrap_or(i64::MAX),
                inputs: inputs.to_string(),
                made: self.made.now,
            },
        )
    }

    /// Ends the run without touching the roster.
    fn stop(&mut self, roster: &dyn Roster, decided: &Decided) -> Result<RunState, RosterError> {
        let dry = self.order.until == Until::Plan;
        let state = if dry {
            RunState::Planned
        } else {
            RunState::Held
        };
        "done".clone_into(&mut self.report.stage);
        let text = self.report.to_text();
        let end = RunEnd {
            state,
            mirror: Some(number(self.made.mirror.manifest.number)),
            plan: (!decided.plan.is_empty()).then_some(&decided.digest),
            report: Some(&text),
            at: self.made.now,
        };
        if state == RunState::Held {
            self.note(roster, decided)?;
        }
        roster.finish_run(self.made.district, self.run, &end, None)?;
        Ok(state)
    }

    /// Keeps the lists of findings and questions up to date although nothing is applied: that is what people decide by.
    fn note(&self, roster: &dyn Roster, decided: &Decided) -> Result<(), RosterError> {
        let begin = self.begin(&decided.actor);
        let mirror = &self.made.mirror.snapshot;
        let applying = roster.begin(&begin)?;
        let mut performer =
            Performer::new(applying, self.made.district, mirror, &self.made.policy)?;
        performer.note(&decided.plan)?;
        let (applying, _) = performer.into_applying();
        applying.commit(&Commit {
            state: RunState::Held,
            ..Commit::APPLIED
        })?;
        Ok(())
    }

    fn begin<'b>(&self, actor: &'b str) -> Begin<'b> {
        Begin {
            district: self.made.district,
            fence: self.fence,
            run: self.run,
            mirror: self.applied,
            actor,
            at: self.made.now,
            on: self.made.today(),
        }
    }

    /// One transaction: effects, cursor, mirror, run and plan (integration-side A4.7).
    fn apply(
        &mut self,
        roster: &dyn Roster,
        decided: &Decided,
        moves: bool,
    ) -> Result<(RunState, Performed), SyncError> {
        let plan = &decided.plan;
        "applying".clone_into(&mut self.report.stage);
        roster.note_run(self.made.district, self.run, &self.report.to_text())?;
        let begin = self.begin(&decided.actor);
        let applying = roster.begin(&begin)?;
        let policy = &self.made.policy;
        let mirror = &self.made.mirror.snapshot;
        let mut performer = Performer::new(applying, self.made.district, mirror, policy)?;
        performer.perform(plan, &decided.consent)?;
        let (applying, came) = performer.into_applying();
        if self.engine.0.settings.verify && came.done > 0 {
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
        self.report.performed(&came);
        "done".clone_into(&mut self.report.stage);
        let state = self.state(plan);
        let text = self.report.to_text();
        let about = &self.made.about;
        let cursor = about.cursor().map(|cursor| {
            let at = Timestamp::from_millis(i64::from(cursor.seconds()) * 1000);
            (cursor.to_hex(), at)
        });
        let policy = hex(&policy.text_digest);
        applying.commit(&Commit {
            state,
            mirror: moves.then(|| number(self.made.mirror.manifest.number)),
            cursor: cursor
                .as_ref()
                .filter(|_| moves)
                .map(|(id, at)| (id.as_str(), *at)),
            source_sync: about.source_sync.map(Timestamp::from_millis),
            last_read: about.last_complete().map(Timestamp::from_millis),
            plan: (!plan.is_empty()).then_some(&decided.digest),
            policy: Some(&policy),
            report: Some(&text),
        })?;
        Ok((state, came))
    }

    fn state(&self, plan: &Plan) -> RunState {
        if self.report.notes.contains(&Note::PartialWalk) && self.mode == "full" {
            RunState::Partial
        } else if plan.is_empty() {
            RunState::NoChange
        } else {
            RunState::Applied
        }
    }
}

/// What is done of a plan and what people said yes to of it, and who did.
fn consent(
    plan: &Plan,
    input: &Input<'_>,
    approvals: &[Approval],
) -> ((Consent, Consent), Option<String>) {
    let unused: Vec<_> = approvals
        .iter()
        .filter(|one| one.used_by.is_none())
        .collect();
    if unused.is_empty() {
        return ((Consent::Unasked, nothing()), None);
    }
    let by: BTreeSet<_> = unused.iter().map(|approval| approval.by.as_str()).collect();
    let by = by.into_iter().collect::<Vec<_>>().join(", ");
    let parts = unused
        .iter()
        .filter_map(|approval| Part::parse(&approval.part));
    let mut approved = BTreeSet::new();
    for part in parts {
        if part == Part::All {
            return ((Consent::All, Consent::All), Some(by));
        }
        approved.extend(plan.part(&part, input));
    }
    // What no guard holds needs nobody's yes.
    let free = (1..=plan.actions().len()).filter(|number| Consent::Unasked.covers(plan, *number));
    let done = free.chain(approved.iter().copied()).collect();
    ((Consent::Only(done), Consent::Only(approved)), Some(by))
}

/// What nobody said anything about.
pub(crate) fn nothing() -> Consent {
    Consent::Only(BTreeSet::new())
}

/// Whether nothing is left of a plan but changes of rosters, which are told without the mirror of before.
fn left_is_rosters(plan: &Plan, consent: &Consent) -> bool {
    let mut left = (1..)
        .zip(plan.actions())
        .filter(|(number, action)| !action.op.is_noop() && !consent.covers(plan, *number));
    left.all(|(_, action)| {
        matches!(
            action.op,
            homeroom_plan::Op::Enrol { .. } | homeroom_plan::Op::Unenrol { .. }
        )
    })
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

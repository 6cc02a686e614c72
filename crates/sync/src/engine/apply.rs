//! The end of a run: the plan is made, judged, and applied or held (integration-side A4.3 to A4.7).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use homeroom_model::{ObjectId, Timestamp};
use homeroom_plan::{Consent, Input, Part, Plan, Verdict};
use homeroom_roster::{
    Approval, Begin, Commit, HoldOutcome, NewHold, Plan as PlanRow, PlanState, Roster, RosterError,
    RunEnd, RunState,
};

use homeroom_segment::{Digest, Located};

use super::Engine;
use super::error::SyncError;
use super::mirrors::Kept;
use super::notices::{self, code};
use super::order::{Order, Until};
use super::planning::Made;
use super::report::{Note, RunReport};
use super::run::{Approved, Ran, stops_at_plan};
use super::undo;
use crate::mirror::KeepError;
use crate::roster::{Performed, Performer};

/// So many lines of a plan are kept for people: nobody reads more, and a first sync of a large district has millions.
const MOST_LINES: usize = 100_000;

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
struct Decided {
    plan: Plan,
    digest: String,
    consent: Consent,
    /// Who decided: `sync`, or those who approved.
    actor: String,
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

    /// Opens holds for what waits after the run, and closes the others. What is left of a plan of which a part was applied is
    /// another plan, with a digest of its own.
    async fn settle(mut self, ran: &mut Ran) -> Result<(), SyncError> {
        let engine = self.engine.clone();
        let waits = ran.state == RunState::Held;
        let rest = if waits {
            Some(Decided {
                plan: std::mem::take(&mut ran.plan),
                digest: ran.digest.clone(),
                consent: Consent::Unasked,
                actor: ran.by.clone(),
            })
        } else if ran.performed.held > 0 {
            if ran.moved {
                let mirror = Kept {
                    manifest: self.made.mirror.manifest.clone(),
                    about: self.made.about.clone(),
                };
                self.made.base = engine.open(&mirror).await?;
            }
            let decided;
            (self, decided) = engine
                .blocking(move || {
                    let decided = self.decide()?;
                    Ok((self, decided))
                })
                .await?;
            Some(decided)
        } else {
            None
        };
        let object = match &rest {
            Some(rest) if !waits => self.keep_lines(&rest.plan).await?,
            _ => String::new(),
        };
        let applied = Applied {
            digest: ran.digest.clone(),
            approved: ran.report.approved && !waits,
            by: ran.by.clone(),
        };
        let (rest, holds) = engine
            .blocking(move || {
                let holds = self.holds(rest.as_ref(), &object, &applied)?;
                Ok((rest, holds))
            })
            .await?;
        ran.holds = holds;
        if let Some(rest) = rest.filter(|_| waits) {
            ran.plan = rest.plan;
        }
        Ok(())
    }

    fn remark(&mut self, decided: &Decided) {
        if self.is_stale(decided) {
            self.report.note(Note::StaleApproval);
        }
        self.report.approved = decided.consent != Consent::Unasked;
        self.report.acts(&decided.plan);
        self.mode.clone_into(&mut self.report.mode);
    }

    fn is_stale(&self, decided: &Decided) -> bool {
        let approved = self.approved.as_ref();
        approved.is_some_and(|approved| approved.digest != decided.digest)
    }

    fn decide(&self) -> Result<Decided, SyncError> {
        let reading = self.engine.0.roster.read()?;
        let (plan, (digest, consent, actor)) = self.made.plan(&*reading, |plan, input, _| {
            let digest = hex(plan.digest());
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
            actor,
        })
    }

    /// Keeps the plan for people, as lines; nothing for a plan that does nothing.
    async fn keep_lines(&self, plan: &Plan) -> Result<String, SyncError> {
        if plan.is_empty() {
            return Ok(String::new());
        }
        let mut text = String::new();
        for line in plan.lines(true).take(MOST_LINES) {
            text.push_str(&line);
            text.push('\n');
        }
        let length = text.len();
        let put = self.engine.0.depot.put(text.into()).await;
        let object = put.map_err(KeepError::from)?;
        Ok(format!("{object}:{length}"))
    }

    /// How the plan differs from the one that was approved, if it does.
    async fn stale(&self, decided: &Decided) -> Result<Vec<String>, SyncError> {
        let Some(approved) = &self.approved else {
            return Ok(Vec::new());
        };
        if approved.digest == decided.digest {
            return Ok(Vec::new());
        }
        let (district, digest) = (self.made.district, approved.digest.clone());
        let known = self
            .engine
            .with_roster(move |roster| roster.read()?.plan(district, &digest))
            .await?;
        let seen = match known {
            Some(plan) => self.engine.lines_of(&plan).await?,
            None => Vec::new(),
        };
        let now: BTreeSet<String> = decided.plan.lines(true).collect();
        let before: BTreeSet<String> = seen.into_iter().collect();
        let gone = before.difference(&now).map(|line| format!("- {line}"));
        let new = now.difference(&before).map(|line| format!("+ {line}"));
        Ok(gone.chain(new).collect())
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
            let done = self.apply(&*roster, &decided, moved)?;
            let what = (&decided.plan, &decided.consent);
            let (district, now) = (self.made.district, self.made.now);
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

    fn keep_plan(
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
        roster.finish_run(self.made.district, self.run, &end, None)?;
        Ok(state)
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
        let begin = Begin {
            district: self.made.district,
            fence: self.fence,
            run: self.run,
            mirror: self.applied,
            actor: &decided.actor,
            at: self.made.now,
            on: self.made.today(),
        };
        let applying = roster.begin(&begin)?;
        let policy = &self.made.policy;
        let mirror = &self.made.mirror.snapshot;
        let mut performer = Performer::new(applying, self.made.district, mirror, policy)?;
        performer.perform(plan, &decided.consent)?;
        let (applying, performed) = performer.into_applying();
        if self.engine.0.settings.verify && performed.done > 0 {
            let broken = applying.look().broken(self.made.district)?;
            if !broken.is_empty() {
                let broken = broken
                    .iter()
                    .map(|(rule, often)| format!("{rule} ({often})"));
                return Err(SyncError::WouldBreak {
                    broken: broken.collect(),
                });
            }
        }
        self.report.performed(&performed);
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
            last_read: about
                .read_whole
                .map(|whole| Timestamp::from_millis(whole.max(about.read))),
            plan: (!plan.is_empty()).then_some(&decided.digest),
            policy: Some(&policy),
            report: Some(&text),
        })?;
        Ok((state, performed))
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

    /// Opens the holds of what waits, renews those that still do, and closes the others. Returns the open ones.
    fn holds(
        &self,
        rest: Option<&Decided>,
        object: &str,
        applied: &Applied,
    ) -> Result<Vec<i64>, RosterError> {
        let roster = &*self.engine.0.roster;
        let district = self.made.district;
        let waiting = rest.map_or_else(BTreeMap::new, |rest| waiting(&rest.plan, &rest.consent));
        // Where nothing of a plan was done, what is left is that plan, which the commit called applied.
        let left = |rest: &&Decided| rest.digest != applied.digest || !object.is_empty();
        if let Some(rest) = rest.filter(left) {
            self.keep_plan(roster, rest, object)?;
        }
        let open = roster.read()?.holds(district, false)?;
        for hold in open {
            if waiting.contains_key(&hold.subject) {
                continue;
            }
            let (outcome, by) = if applied.approved && hold.plan == applied.digest {
                (HoldOutcome::Approved, applied.by.as_str())
            } else {
                (HoldOutcome::NoLongerNeeded, "sync")
            };
            roster.close_hold(district, hold.id, outcome, by, self.made.now)?;
            roster.settle_notice(district, code::HOLD, &hold.subject, self.made.now)?;
        }
        notices::questions(roster, district, self.made.now)?;
        let mut holds = Vec::new();
        let Some(rest) = rest else {
            return Ok(holds);
        };
        for (subject, verdicts) in waiting {
            let text = told(&rest.plan, &verdicts);
            let hold = NewHold {
                district,
                subject: &subject,
                plan: &rest.digest,
                pattern: pattern(&rest.plan, &subject, &verdicts),
                verdicts: &text,
                at: self.made.now,
            };
            holds.push(roster.hold(&hold)?);
            let detail = verdicts.first().map(ToString::to_string);
            let about = (district, code::HOLD, subject.as_str());
            notices::raise(roster, about, &detail.unwrap_or_default(), self.made.now)?;
        }
        Ok(holds)
    }
}

/// What a run applied, for closing its holds.
struct Applied {
    digest: String,
    approved: bool,
    by: String,
}

impl Engine {
    /// The lines of a plan that was kept.
    pub async fn lines_of(&self, plan: &PlanRow) -> Result<Vec<String>, SyncError> {
        let Some(all) = located(&plan.object) else {
            return Ok(Vec::new());
        };
        let bytes = self.0.depot.get(&all).await.map_err(KeepError::from)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.lines().map(ToOwned::to_owned).collect())
    }
}

/// Where the lines of a plan lie: an object and their length.
pub(crate) fn located(object: &str) -> Option<Located> {
    let (object, length) = object.split_once(':')?;
    Some(Located {
        object: Digest::from_hex(object)?,
        offset: 0,
        length: length.parse().ok()?,
    })
}

/// What people said yes to, of a plan, and who did.
fn consent(plan: &Plan, input: &Input<'_>, approvals: &[Approval]) -> (Consent, Option<String>) {
    let unused: Vec<_> = approvals
        .iter()
        .filter(|one| one.used_by.is_none())
        .collect();
    if unused.is_empty() {
        return (Consent::Unasked, None);
    }
    let by: BTreeSet<_> = unused.iter().map(|approval| approval.by.as_str()).collect();
    let by = by.into_iter().collect::<Vec<_>>().join(", ");
    let parts = unused
        .iter()
        .filter_map(|approval| Part::parse(&approval.part));
    let mut numbers = BTreeSet::new();
    for part in parts {
        if part == Part::All {
            return (Consent::All, Some(by));
        }
        numbers.extend(plan.part(&part, input));
    }
    // What no guard holds needs nobody's yes.
    let free = (1..=plan.actions().len()).filter(|number| Consent::Unasked.covers(plan, *number));
    numbers.extend(free);
    (Consent::Only(numbers), Some(by))
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

/// What of a plan waits for somebody, by the subject of its hold: nothing for the whole plan, otherwise the guard and its
/// place.
fn waiting<'p>(plan: &'p Plan, consent: &Consent) -> BTreeMap<String, Vec<&'p Verdict>> {
    let mut waiting: BTreeMap<String, Vec<&Verdict>> = BTreeMap::new();
    let left = (1..)
        .zip(plan.actions())
        .any(|(number, action)| !action.op.is_noop() && !consent.covers(plan, number));
    if !left {
        return waiting;
    }
    for verdict in plan.verdicts() {
        let subject = if plan.is_held() || !verdict.guard.holds_actions() {
            String::new()
        } else {
            match verdict.place {
                Some(place) => format!("{}:{}", verdict.guard.text(), place.to_hex()),
                None => verdict.guard.text().to_owned(),
            }
        };
        let place = verdict.place.filter(|_| !subject.is_empty());
        if place.is_none_or(|place| is_left(plan, consent, place)) {
            waiting.entry(subject).or_default().push(verdict);
        }
    }
    waiting
}

/// Whether anything about a section still waits.
fn is_left(plan: &Plan, consent: &Consent, section: ObjectId) -> bool {
    (1..).zip(plan.actions()).any(|(number, action)| {
        action.held && action.source == Some(section) && !consent.covers(plan, number)
    })
}

/// The name of what a hold is about: the pattern if there is one, otherwise the guard.
fn pattern(plan: &Plan, subject: &str, verdicts: &[&Verdict]) -> &'static str {
    match plan.patterns().first() {
        Some(pattern) if subject.is_empty() => pattern.pattern.text(),
        _ => verdicts
            .first()
            .map_or("held", |verdict| verdict.guard.text()),
    }
}

/// What a hold says, as JSON: numbers against limits, places, what it looks like, and what could be done.
fn told(plan: &Plan, verdicts: &[&Verdict]) -> String {
    let verdicts: Vec<_> = verdicts
        .iter()
        .map(|verdict| {
            serde_json::json!({
                "guard": verdict.guard.text(),
                "kind": verdict.kind.map(homeroom_model::Kind::table),
                "place": verdict.place.map(ObjectId::to_hex),
                "found": verdict.measured.part,
                "of": verdict.measured.whole,
                "allowed": verdict.allowed,
                "says": verdict.to_string(),
            })
        })
        .collect();
    let patterns: Vec<_> = plan
        .patterns()
        .iter()
        .map(|pattern| {
            serde_json::json!({
                "pattern": pattern.pattern.text(),
                "kind": pattern.kind.map(homeroom_model::Kind::table),
                "school": pattern.school.map(ObjectId::to_hex),
                "field": pattern.field,
                "records": pattern.records,
                "remedy": pattern.pattern.remedy(),
            })
        })
        .collect();
    let summary = plan.summary().to_string();
    serde_json::json!({
        "verdicts": verdicts,
        "patterns": patterns,
        "if_approved": summary,
        "if_ignored": "nothing of it is applied; the next run plans anew and closes the hold if it is no longer needed",
    })
    .to_string()
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

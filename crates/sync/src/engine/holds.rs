//! What waits after a run: holds with their plans, and what they tell people (integration-side B9, A4.3).

use std::collections::BTreeMap;

use homeroom_model::ObjectId;
use homeroom_plan::{Consent, Plan, Verdict};
use homeroom_roster::{HoldOutcome, NewHold, RosterError, RunState};

use super::apply::{self, Decided, Ending};
use super::contacts::Contacts;
use super::error::SyncError;
use super::mirrors::Kept;
use super::notices::{self, code};
use super::run::Ran;

impl Ending {
    /// Opens holds for what waits after the run, and closes the others. What is left of a plan of which a part was applied is
    /// another plan, with a digest of its own.
    pub(crate) async fn settle(mut self, ran: &mut Ran) -> Result<(), SyncError> {
        let engine = self.engine.clone();
        let waits = ran.state == RunState::Held;
        let contacts = Contacts::of(&ran.plan);
        let rest = if waits {
            Some(Decided {
                plan: std::mem::take(&mut ran.plan),
                digest: ran.digest.clone(),
                consent: Consent::Unasked,
                approved: apply::nothing(),
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
                let (roster, made) = (&*self.engine.0.roster, &self.made);
                contacts.tell(roster, made.district, &made.policy, made.now)?;
                Ok((rest, holds))
            })
            .await?;
        ran.holds = holds;
        if let Some(rest) = rest.filter(|_| waits) {
            ran.plan = rest.plan;
        }
        Ok(())
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
        "depend": plan.dependants(),
        "if_approved": summary,
        "if_ignored": "nothing of it is applied; the next run plans anew and closes the hold if it is no longer needed",
    })
    .to_string()
}

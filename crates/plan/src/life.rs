//! Records that the app knows and the source no longer shows: who may be called gone, and what that means (integration-side
//! B7, B10).

use homeroom_model::{Kind, ObjectId, Role};

use crate::action::{Action, Op};
use crate::asked::About;
use crate::graduation::is_over;
use crate::identity::is_person;
use crate::known::{Decision, Link};
use crate::planner::{Batch, PlanError, Planner};
use crate::policy::Leaving;
use crate::reason::Reason;
use crate::records;

impl Planner<'_> {
    /// Plans a record that is missing. `left_out` is its row if only the app's own filter leaves it out.
    pub(crate) fn missing_record(
        &mut self,
        batch: &Batch,
        link: Link,
        left_out: Option<u32>,
    ) -> Result<(), PlanError> {
        let kind = batch.kind;
        if left_out.is_some() {
            // Contacts are left out with the last of their students (integration-side A6.12).
            if is_person(kind) {
                return self.leave(batch, &link, Reason::OwnerGone);
            }
            self.act_on(kind, &link, Op::Archive, Reason::Filtered, "filter");
            return Ok(());
        }
        let Some(reason) = self.why_gone(kind, &link) else {
            self.plan.counts.entry(kind).or_default().unjudged += 1;
            if is_person(kind) {
                self.people.insert(link.source, Some(link.local));
            }
            return Ok(());
        };
        if !is_person(kind) {
            match kind {
                Kind::Section => self.archived.push(link),
                Kind::Term => self.gone_terms.push(link),
                _ => {}
            }
            self.act_on(kind, &link, Op::Archive, reason, "removal");
            return Ok(());
        }
        self.leave(batch, &link, reason)
    }

    fn leave(&mut self, batch: &Batch, link: &Link, reason: Reason) -> Result<(), PlanError> {
        let kind = batch.kind;
        let roles = self.roles_before(kind, link)?;
        if link.joined && self.has_other_record(batch, link) {
            // Its roles go with it, once, but not those that another record gives.
            let base = self.input.base;
            let row = base.table(kind).find(&link.source);
            let had = row.map(|row| records::roles(base, kind, row));
            let others = self.roles_of_others(batch, link);
            for role in had.unwrap_or_default() {
                if !others.contains(&role) {
                    self.act_on(kind, link, Op::RevokeRole { role }, reason, "removal");
                }
            }
            return Ok(());
        }
        // Several records of one account that go together are one person who leaves.
        if link.joined && !self.left.insert(link.local) {
            return Ok(());
        }
        let heir = self.merged_into(batch, link);
        let reason = if heir.is_some() {
            Reason::Merged
        } else {
            reason
        };
        match self.policy.removal.of(&roles) {
            Leaving::Deactivate => self.act_on(kind, link, Op::Deactivate, reason, "removal"),
            Leaving::QueueForReview => self.review(kind, link, reason),
            Leaving::Keep => self.plan.counts.entry(kind).or_default().kept += 1,
        }
        let Some((into, evidence)) = heir else {
            return Ok(());
        };
        let said = self
            .answers
            .said(About::Merge, (link.source, into), &evidence);
        if said == Decision::Unasked {
            self.act(Action {
                kind,
                source: Some(link.source),
                local: Some(link.local),
                op: Op::ProposeMerge {
                    into: Some(into),
                    beside: None,
                    joint: false,
                    evidence,
                },
                reason: Reason::Merged,
                line: "matching.merge",
                applied: Default::default(),
                held: false,
            });
        }
        Ok(())
    }

    /// Asks what somebody's going means, and does what was answered (integration-side A6.4b).
    fn review(&mut self, kind: Kind, link: &Link, reason: Reason) {
        let pair = (link.source, link.local);
        match self.answers.said(About::Review, pair, "") {
            Decision::Unasked => self.act_on(kind, link, Op::Review, reason, "removal"),
            Decision::Accepted => {
                self.answers_to(kind, link.source, About::Review);
                self.act_on(kind, link, Op::Deactivate, reason, "removal");
            }
            Decision::Pending => {}
            Decision::Rejected => self.plan.counts.entry(kind).or_default().kept += 1,
        }
    }

    /// The roles somebody had: the mirror that was applied says it, and where they were gone in that one too, the app.
    fn roles_before(&self, kind: Kind, link: &Link) -> Result<Vec<Role>, PlanError> {
        let base = self.input.base;
        if let Some(row) = base.table(kind).find(&link.source) {
            return Ok(records::roles(base, kind, row));
        }
        Ok(match kind {
            Kind::Student => vec![Role::Student],
            Kind::Contact => vec![Role::Contact],
            _ => {
                let entity = self.known.entity(kind, link.local)?;
                let names = entity.value("roles").split('\u{1f}');
                names.filter_map(Role::from_text).collect()
            }
        })
    }

    /// Whether an entity of several active links has one that is still there.
    fn has_other_record(&self, batch: &Batch, link: &Link) -> bool {
        let table = self.input.mirror.table(batch.kind);
        let mut live = batch.live(link.local).into_iter();
        live.any(|(_, other)| other.source != link.source && table.find(&other.source).is_some())
    }

    /// Why a record may be called gone; `None` if nobody can say so.
    pub(crate) fn why_gone(&self, kind: Kind, link: &Link) -> Option<Reason> {
        if let Some(gone) = self.input.gone.get(&link.source) {
            return Some(gone.reason());
        }
        let (base, mirror) = (self.input.base, self.input.mirror);
        let row = base.table(kind).find(&link.source);
        let schools = row
            .map(|row| records::schools(base, kind, row))
            .unwrap_or_default();
        if !self.input.reach.contains(kind, &schools) {
            return None;
        }
        let shared = |school: &ObjectId| mirror.table(Kind::School).find(school).is_some();
        if kind != Kind::School && !schools.is_empty() && !schools.iter().any(shared) {
            return Some(Reason::SchoolUnshared);
        }
        let rollover = self.input.season == homeroom_change::Season::Rollover;
        let year = self.input.school_year;
        let over = |row: u32| kind == Kind::Student && is_over(base, row, year);
        if rollover && row.is_some_and(over) {
            return Some(Reason::Graduated);
        }
        Some(Reason::AbsentInFullRead)
    }
}

//! Holding an undo against the limits of the policy, as every plan is (integration-side B9).

use std::collections::{BTreeMap, HashMap};

use homeroom_change::Share;
use homeroom_model::Kind;
use homeroom_plan::{Bound, Guard, Policy, Verdict};
use homeroom_roster::{self as app, AuditEntry, Reading, RosterError};

use crate::roster::sent_kind;

/// What an undo does to each kind of record.
#[derive(Default)]
pub(super) struct Counted {
    /// Records that are there now.
    present: BTreeMap<Kind, u64>,
    /// What the source calls a person's record.
    people: HashMap<i64, Kind>,
    leave: BTreeMap<Kind, u64>,
    change: BTreeMap<Kind, u64>,
}

impl Counted {
    /// Counts what is there before.
    pub(super) fn read(reading: &dyn Reading, district: i64) -> Result<Self, RosterError> {
        let mut counted = Self::default();
        for stored in app::Kind::ALL {
            reading.links(district, stored, &mut |link| {
                let kind = sent_kind(stored, link.person);
                let Some(kind) = kind.filter(|_| link.state == app::LinkState::Active) else {
                    return Ok(());
                };
                if link.person.is_some() {
                    counted.people.insert(link.entity, kind);
                }
                *counted.present.entry(kind).or_default() += u64::from(link.present);
                Ok(())
            })?;
        }
        Ok(counted)
    }

    /// A row of the run was taken back.
    pub(super) fn taken_back(&mut self, entry: &AuditEntry) {
        let kind = match app::Kind::from_text(&entry.kind) {
            Some(app::Kind::Person) => self.people.get(&entry.subject).copied(),
            Some(stored) => sent_kind(stored, None),
            None => None,
        };
        let Some(kind) = kind else { return };
        let counts = match entry.op.as_str() {
            "create" | "reactivate" | "restore" => &mut self.leave,
            "update" => &mut self.change,
            _ => return,
        };
        *counts.entry(kind).or_default() += 1;
    }

    /// The limits that it passes, kind by kind.
    pub(super) fn judge(&self, policy: &Policy) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        let limits = &policy.guards;
        for kind in Kind::ALL {
            let of = |counts: &BTreeMap<Kind, u64>| counts.get(&kind).copied().unwrap_or(0);
            let (present, leave) = (of(&self.present), of(&self.leave));
            let mut trip = |guard: Guard, part: u64, allowed: String| {
                verdicts.push(Verdict {
                    guard,
                    kind: Some(kind),
                    place: None,
                    measured: Share::new(part, present),
                    allowed,
                });
            };
            let words = |bound: Bound| {
                format!("{} %, and always fewer than {}", bound.percent, bound.floor)
            };
            if leave > 0 && leave >= present {
                trip(Guard::TypeVanished, leave, "none".to_owned());
            } else if limits.removals.is_passed(leave, present) {
                trip(Guard::Removals, leave, words(limits.removals));
            }
            let change = of(&self.change);
            if limits.updates.is_passed(change, present) {
                trip(Guard::Updates, change, words(limits.updates));
            }
        }
        verdicts
    }
}

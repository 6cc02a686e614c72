//! Records that nobody knows: an account that may be theirs is looked for, rung by rung (integration-side A3, B8).

use homeroom_model::{Kind, ObjectId};

use crate::action::{Action, Adjusted, Adjustment, Op};
use crate::identity::is_person;
use crate::known::{Account, Decision, Local};
use crate::planner::{Batch, PlanError, Planner};
use crate::policy::{Act, Key, Undecided, WithoutClass};
use crate::reason::Reason;
use crate::records;

/// What the ladder found for a record.
enum Found {
    Nobody,
    /// An account that a rung links by itself.
    Theirs(Local, Key),
    /// Accounts somebody should look at.
    Perhaps(Vec<Local>, Key),
    /// Accounts that contradict each other.
    Disputed(Vec<Local>, Key),
}

impl Planner<'_> {
    /// Plans a record that nobody knows.
    pub(crate) fn new_record(&mut self, batch: &mut Batch, row: u32) -> Result<(), PlanError> {
        let kind = batch.kind;
        if batch.judged.rejected.contains(row) {
            return Ok(());
        }
        if !self.has_class(kind, row) && self.without_class(kind) == WithoutClass::Skip {
            self.plan.counts.entry(kind).or_default().skipped += 1;
            return Ok(());
        }
        let source = self.input.mirror.table(kind).id(row);
        let adjusted = batch.judged.adjusted(row).to_vec();
        let provisional = match self.climb(batch, row, &adjusted)? {
            Found::Nobody => false,
            Found::Theirs(local, rung) => {
                batch.spoken_for.insert(local);
                self.link(kind, row, local, (rung, adjusted));
                return Ok(());
            }
            Found::Disputed(accounts, rung) => {
                batch.spoken_for.extend(&accounts);
                return self.ask(kind, source, &accounts, rung, Reason::Ambiguous);
            }
            Found::Perhaps(accounts, rung) => {
                let reason = match rung {
                    Key::Email => Reason::SuggestedByEmail,
                    _ => Reason::Suggested,
                };
                self.ask(kind, source, &accounts, rung, reason)?;
                let ladder = &self.policy.ladder;
                let undecided = if self.input.first_sync {
                    ladder.undecided_at_first
                } else {
                    ladder.undecided
                };
                if undecided == Undecided::HoldRecord {
                    return Ok(());
                }
                true
            }
        };
        self.create(kind, row, adjusted, provisional);
        Ok(())
    }

    fn create(&mut self, kind: Kind, row: u32, adjusted: Vec<Adjusted>, provisional: bool) {
        let source = self.input.mirror.table(kind).id(row);
        let applied = self.digest(kind, row, &adjusted);
        if is_person(kind) {
            self.people.insert(source, None);
        }
        self.act(Action {
            kind,
            source: Some(source),
            local: None,
            op: Op::Create {
                row,
                adjusted,
                provisional,
            },
            reason: Reason::New,
            line: "fields",
            applied,
            held: false,
        });
        if kind == Kind::Section {
            self.created_sections.push(row);
            self.new_members(source, row);
        }
    }

    fn link(&mut self, kind: Kind, row: u32, local: Local, (rung, adjusted): (Key, Vec<Adjusted>)) {
        let source = self.input.mirror.table(kind).id(row);
        let applied = self.digest(kind, row, &adjusted);
        self.people.insert(source, Some(local));
        let reason = match rung {
            Key::Email => Reason::LinkedByEmail,
            _ => Reason::LinkedBySisId,
        };
        self.act(Action {
            kind,
            source: Some(source),
            local: Some(local),
            op: Op::Link {
                row,
                rung,
                adjusted,
            },
            reason,
            line: rung.line(),
            applied,
            held: false,
        });
    }

    /// Climbs the ladder. All rungs are looked at: two that point at different accounts are a dispute, whatever the stronger
    /// one would do alone (integration-side A3.3).
    fn climb(&self, batch: &Batch, row: u32, adjusted: &[Adjusted]) -> Result<Found, PlanError> {
        let kind = batch.kind;
        if !is_person(kind) || !self.known.has_unlinked(kind)? {
            return Ok(Found::Nobody);
        }
        let source = self.input.mirror.table(kind).id(row);
        let mut found: Vec<(Key, Act, Vec<Account>)> = Vec::new();
        for key in Key::ALL {
            let act = self.policy.ladder.act(kind, key);
            if act == Act::Off {
                continue;
            }
            let accounts = self.eligible(batch, (source, row), key, adjusted)?;
            if !accounts.is_empty() {
                found.push((key, act, accounts));
            }
        }
        let Some((key, act, accounts)) = found.first() else {
            return Ok(Found::Nobody);
        };
        let mut all: Vec<_> = found
            .iter()
            .flat_map(|(_, _, accounts)| accounts.iter().map(|account| account.local))
            .collect();
        all.sort_unstable();
        all.dedup();
        let (&[account], false) = (&accounts[..], all.len() > 1) else {
            return Ok(Found::Disputed(all, *key));
        };
        // A record's id in the SIS that still belongs to somebody whom this read cannot judge: wait rather than double.
        let taken = account.linked.is_some() || batch.spoken_for.contains(&account.local);
        let trusted = !account.privileged && !account.suspended && !taken;
        let verified = *key != Key::Email || account.verified;
        Ok(if *act == Act::Auto && trusted && verified {
            Found::Theirs(account.local, *key)
        } else {
            Found::Perhaps(vec![account.local], *key)
        })
    }

    /// The accounts that a rung may point at: never those that a record of the mirror has already, nor those a person said no
    /// to.
    fn eligible(
        &self,
        batch: &Batch,
        (source, row): (ObjectId, u32),
        key: Key,
        adjusted: &[Adjusted],
    ) -> Result<Vec<Account>, PlanError> {
        let mirror = self.input.mirror;
        // A value that a rule did not accept, or a stand-in, says nothing about who somebody is.
        let spoilt = adjusted.iter().any(|adjusted| {
            adjusted.how != Adjustment::Truncated && adjusted.field.ends_with(key.text())
        });
        if spoilt {
            return Ok(Vec::new());
        }
        let mut eligible: Vec<Account> = Vec::new();
        for value in records::keys(mirror, batch.kind, row, key) {
            for account in self.known.accounts(batch.kind, key, &value)? {
                let present = account
                    .linked
                    .is_some_and(|id| mirror.table(batch.kind).find(&id).is_some());
                let rejected = self.known.decision(source, account.local)? == Decision::Rejected;
                let again = eligible.iter().any(|other| other.local == account.local);
                if !present && !rejected && !again {
                    eligible.push(account);
                }
            }
        }
        Ok(eligible)
    }
}

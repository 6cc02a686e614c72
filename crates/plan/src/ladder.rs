//! Records that nobody knows: an account that may be theirs is looked for, rung by rung (integration-side A3, B8).

use std::collections::BTreeSet;

use homeroom_model::{Kind, ObjectId};

use crate::action::{Action, Adjusted, Adjustment, Op};
use crate::asked::{About, evidence};
use crate::identity::is_person;
use crate::known::{Account, Decision, Fate, Link, LinkState, Local, Standing};
use crate::plan::Finding;
use crate::planner::{Batch, PlanError, Planner};
use crate::policy::{Act, Key, Undecided, WithoutClass};
use crate::reason::Reason;
use crate::records;

/// What the ladder found for a record.
enum Found {
    Nobody,
    /// An account that a rung links by itself.
    Theirs(Local, Key),
    /// An account somebody should look at.
    Perhaps(Candidate, Key),
    /// Accounts that contradict each other, by the rungs that found them.
    Disputed(Vec<(Key, Vec<Candidate>)>),
}

/// An account that a rung found, and what that rests on.
#[derive(Clone)]
struct Candidate {
    account: Account,
    evidence: String,
}

impl Candidate {
    /// Whether it would be a new account's first record, or somebody's return.
    fn about(&self) -> About {
        if self.account.linked.is_some() || self.account.former.is_some() {
            About::Reconnect
        } else {
            About::Link
        }
    }
}

impl Planner<'_> {
    /// Plans a record that nobody knows.
    pub(crate) fn new_record(&mut self, batch: &mut Batch, row: u32) -> Result<(), PlanError> {
        let kind = batch.kind;
        if batch.judged.rejected.contains(row) {
            return Ok(());
        }
        if self.waits(kind, row) {
            return Ok(());
        }
        let source = self.input.mirror.table(kind).id(row);
        if !self.has_class(kind, row) && !self.without_class_is_fine(kind, source) {
            return Ok(());
        }
        let mut adjusted = batch.judged.adjusted(row).to_vec();
        self.infer(kind, row, &mut adjusted);
        if let Some((local, rung)) = self.accepted_account(batch, source)? {
            batch.spoken_for.insert(local);
            self.link(kind, row, local, (rung, adjusted), Reason::Accepted);
            return Ok(());
        }
        let provisional = match self.climb(batch, row, &adjusted)? {
            Found::Nobody => false,
            Found::Theirs(local, rung) => {
                batch.spoken_for.insert(local);
                let reason = match rung {
                    Key::Email => Reason::LinkedByEmail,
                    _ => Reason::LinkedBySisId,
                };
                self.link(kind, row, local, (rung, adjusted), reason);
                return self.adopted_members(kind, row, local);
            }
            Found::Disputed(found) => {
                self.contradict(batch, source, found);
                return Ok(());
            }
            Found::Perhaps(candidate, rung) => {
                let reason = match rung {
                    Key::Email => Reason::SuggestedByEmail,
                    _ => Reason::Suggested,
                };
                self.suggest(kind, source, vec![candidate], rung, reason);
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

    /// What the policy says of somebody without a class: whether there is to be an account. Whoever gets none is told of as a finding.
    fn without_class_is_fine(&mut self, kind: Kind, source: ObjectId) -> bool {
        // Whoever gets an account is told by a notice of their own, which lasts until there is a class.
        if self.without_class(kind) != WithoutClass::Skip {
            return true;
        }
        self.plan.findings.push(Finding {
            kind,
            source,
            field: "",
            code: "without_class",
            other: None,
            rejected: true,
            reaction: "skip",
        });
        self.plan.counts.entry(kind).or_default().skipped += 1;
        false
    }

    /// The account that somebody said a record belongs to, if it has no other record.
    fn accepted_account(
        &self,
        batch: &Batch,
        source: ObjectId,
    ) -> Result<Option<(Local, Key)>, PlanError> {
        let Some(asked) = self.answers.accepted_for(About::Link, source) else {
            return Ok(None);
        };
        let there = self.known.fate(batch.kind, asked.local)? == Fate::There;
        let free = there && batch.lead(asked.local).is_none();
        let rung = crate::asked::rung(&asked.evidence).unwrap_or(Key::Email);
        let local = asked.local;
        if free && !batch.spoken_for.contains(&local) {
            Ok(Some((local, rung)))
        } else {
            Ok(None)
        }
    }

    /// Rungs that point at several accounts: nothing is written to any of them, and each can be said to be the one
    /// (integration-side A3.3).
    fn contradict(
        &mut self,
        batch: &mut Batch,
        source: ObjectId,
        found: Vec<(Key, Vec<Candidate>)>,
    ) {
        let kind = batch.kind;
        let accounts = found.iter().flat_map(|(_, candidates)| candidates);
        let between: BTreeSet<Local> = accounts.map(|found| found.account.local).collect();
        let rung = found.first().map_or(Key::SisId, |(rung, _)| *rung);
        batch.spoken_for.extend(&between);
        let between: Vec<_> = between.into_iter().collect();
        self.dispute((kind, source), &between, (rung, ""), Reason::Ambiguous);
        let mut told = BTreeSet::new();
        for (rung, mut candidates) in found {
            candidates.retain(|candidate| told.insert(candidate.account.local));
            self.suggest(kind, source, candidates, rung, Reason::Ambiguous);
        }
    }

    /// Asks whether a record belongs to one of some accounts, unless that was asked.
    fn suggest(
        &mut self,
        kind: Kind,
        source: ObjectId,
        mut candidates: Vec<Candidate>,
        rung: Key,
        reason: Reason,
    ) {
        candidates.sort_by_key(|candidate| candidate.account.local);
        for candidate in candidates {
            let (about, local) = (candidate.about(), candidate.account.local);
            let said = self
                .answers
                .said(about, (source, local), &candidate.evidence);
            if said == Decision::Unasked {
                self.act(Action {
                    kind,
                    source: Some(source),
                    local: None,
                    op: Op::Suggest {
                        about,
                        to: vec![local],
                        rung,
                        evidence: candidate.evidence,
                    },
                    reason,
                    line: rung.line(),
                    applied: Default::default(),
                    held: false,
                });
            }
        }
    }

    fn create(&mut self, kind: Kind, row: u32, adjusted: Vec<Adjusted>, provisional: bool) {
        let source = self.input.mirror.table(kind).id(row);
        self.absent.remove(&source);
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
        if kind == Kind::Term {
            self.created_terms.push(row);
        }
    }

    fn link(
        &mut self,
        kind: Kind,
        row: u32,
        local: Local,
        (rung, adjusted): (Key, Vec<Adjusted>),
        reason: Reason,
    ) {
        let source = self.input.mirror.table(kind).id(row);
        self.absent.remove(&source);
        let applied = self.digest(kind, row, &adjusted);
        if is_person(kind) {
            self.people.insert(source, Some(local));
        }
        if reason == Reason::Accepted {
            self.answers_to(kind, source, About::Link);
        }
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

    /// The people of a class that people here made: who they put in stays.
    fn adopted_members(&mut self, kind: Kind, row: u32, local: Local) -> Result<(), PlanError> {
        if kind != Kind::Section {
            return Ok(());
        }
        let link = Link {
            source: self.input.mirror.table(kind).id(row),
            local,
            state: LinkState::Active,
            standing: Standing::Present,
            joined: false,
            touched: true,
            applied: [0; 16],
            members: [0; 16],
        };
        self.members(&link, Some(local), row)
    }

    /// Climbs the ladder. All rungs are looked at: two that point at different accounts are a dispute, whatever the stronger
    /// one would do alone (integration-side A3.3).
    fn climb(&self, batch: &Batch, row: u32, adjusted: &[Adjusted]) -> Result<Found, PlanError> {
        let kind = batch.kind;
        let found = is_person(kind) || kind == Kind::Section;
        if !found || !self.known.has_unlinked(kind)? {
            return Ok(Found::Nobody);
        }
        if kind == Kind::Section {
            return self.own_class(batch, row);
        }
        let source = self.input.mirror.table(kind).id(row);
        let mut found: Vec<(Key, Act, Vec<Candidate>)> = Vec::new();
        for key in Key::ALL {
            let act = self.policy.ladder.act(kind, key);
            if act == Act::Off {
                continue;
            }
            let candidates = self.eligible(batch, (source, row), key, adjusted)?;
            if !candidates.is_empty() {
                found.push((key, act, candidates));
            }
        }
        let Some((key, act, candidates)) = found.first() else {
            return Ok(Found::Nobody);
        };
        let all = found.iter().flat_map(|(_, _, candidates)| candidates);
        let all: BTreeSet<_> = all.map(|found| found.account.local).collect();
        let ([candidate], false) = (&candidates[..], all.len() > 1) else {
            let found = found.into_iter();
            let found = found.map(|(key, _, candidates)| (key, candidates));
            return Ok(Found::Disputed(found.collect()));
        };
        // Somebody whose record was there once, or is and cannot be judged now, is for people to recognise.
        let account = candidate.account;
        let known = account.linked.is_some() || account.former.is_some();
        let taken = known || batch.spoken_for.contains(&account.local);
        let trusted = !account.privileged && !account.suspended && !taken;
        let verified = *key != Key::Email || account.verified;
        Ok(if *act == Act::Auto && trusted && verified {
            Found::Theirs(account.local, *key)
        } else {
            Found::Perhaps(candidate.clone(), *key)
        })
    }

    /// A class that people here made under the id in the SIS that the source's has: it becomes the source's too, with what is
    /// theirs about it (integration-side A3.11). Anything less than one such class is no match.
    fn own_class(&self, batch: &Batch, row: u32) -> Result<Found, PlanError> {
        let rung = Key::SisId;
        if self.policy.ladder.act(batch.kind, rung) != Act::Auto {
            return Ok(Found::Nobody);
        }
        let candidates = self.eligible(
            batch,
            (self.input.mirror.table(batch.kind).id(row), row),
            rung,
            &[],
        )?;
        Ok(match &candidates[..] {
            [one]
                if one.about() == About::Link && !batch.spoken_for.contains(&one.account.local) =>
            {
                Found::Theirs(one.account.local, rung)
            }
            _ => Found::Nobody,
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
    ) -> Result<Vec<Candidate>, PlanError> {
        let mirror = self.input.mirror;
        // A value that a rule did not accept, or a stand-in, says nothing about who somebody is.
        let spoilt = adjusted.iter().any(|adjusted| {
            adjusted.how != Adjustment::Truncated && adjusted.field.ends_with(key.text())
        });
        if spoilt {
            return Ok(Vec::new());
        }
        let mut eligible: Vec<Candidate> = Vec::new();
        for value in records::keys(mirror, batch.kind, row, key) {
            for account in self.known.accounts(batch.kind, key, &value)? {
                let account = Account {
                    local: self.heir(account.local),
                    ..account
                };
                let ids = [account.linked, account.former].into_iter().flatten();
                let present = ids
                    .into_iter()
                    .any(|id| mirror.table(batch.kind).find(&id).is_some());
                let rests_on = evidence(key, &value);
                let pair = (source, account.local);
                let refused = self.answers.are_two(source, account.local)
                    || self.answers.said(About::Link, pair, &rests_on) == Decision::Rejected;
                let again = eligible
                    .iter()
                    .any(|other| other.account.local == account.local);
                if !present && !refused && !again {
                    eligible.push(Candidate {
                        account,
                        evidence: rests_on,
                    });
                }
            }
        }
        Ok(eligible)
    }
}

//! Records that the app knows: what changed about them, and which roles people have now.

use std::collections::BTreeSet;

use homeroom_model::{Kind, Role};
use homeroom_segment::Hash;

use crate::action::{Action, Adjusted, Change, Op};
use crate::asked::{About, evidence};
use crate::identity::is_person;
use crate::known::{Decision, Entity, Link, Origin, Standing};
use crate::planner::{Batch, PlanError, Planner};
use crate::policy::{Key, Owner};
use crate::reason::Reason;
use crate::records;

/// What an entity showed before: the mirror that was applied says it, if nobody touched it since.
enum Before {
    Row(u32),
    Entity(Entity),
}

impl Planner<'_> {
    /// Plans a record whose entity is known.
    pub(crate) fn known_record(
        &mut self,
        batch: &Batch,
        row: u32,
        link: Link,
    ) -> Result<(), PlanError> {
        let kind = batch.kind;
        // After a change of id the link that is kept is that of the new one.
        let link = Link {
            source: self.input.mirror.table(kind).id(row),
            ..link
        };
        if is_person(kind) {
            self.people.insert(link.source, Some(link.local));
        }
        if batch.judged.rejected.contains(row) {
            if link.standing == Standing::Present {
                self.act_on(kind, &link, Op::Quarantine, Reason::Invalid, "requirements");
            }
            return Ok(());
        }
        if link.standing == Standing::Quarantined {
            self.act_on(kind, &link, Op::Release, Reason::Valid, "requirements");
        }
        let again = link.joined && !self.back.insert(link.local);
        if !link.is_present() && !again {
            let op = if is_person(kind) {
                Op::Reactivate
            } else {
                Op::Restore
            };
            self.act_on(kind, &link, op, Reason::Returned, "removal");
        }
        self.fields(batch, row, &link)?;
        if kind == Kind::Section {
            self.members(&link, Some(link.local), row)?;
        }
        Ok(())
    }

    fn fields(&mut self, batch: &Batch, row: u32, link: &Link) -> Result<(), PlanError> {
        let kind = batch.kind;
        let adjusted = batch.judged.adjusted(row);
        let digest = self.digest(kind, row, adjusted);
        let deep = self.input.deep && !shows_all(kind);
        let as_it_was = link.applied == digest && !link.touched && !deep;
        // Whoever lacks a field that came back may still show what was kept of it, and so may whoever was away meanwhile.
        let back = self.fields.is_back(kind) || !link.is_present();
        if as_it_was && !back {
            self.plan.counts.entry(kind).or_default().unchanged += 1;
            return Ok(());
        }
        let before = self.before(kind, link)?;
        let mut changes = self.changes(kind, row, adjusted, &before);
        if link.joined {
            self.keep_to_own(batch, row, link, &mut changes);
        }
        if as_it_was && changes.is_empty() {
            self.plan.counts.entry(kind).or_default().unchanged += 1;
            return Ok(());
        }
        let withheld = kind == Kind::Section && self.keep_own_course(link, row, &mut changes)?;
        let digest = if withheld {
            self.digest_without_course(row, adjusted)
        } else {
            digest
        };
        if withheld && changes.is_empty() && link.applied == digest && !link.touched {
            return Ok(());
        }
        self.islands(kind, row, link, &before);
        let contested = self.contested(kind, link, &mut changes)?;
        if contested && changes.is_empty() {
            return Ok(());
        }
        let reason = why(&changes, &before, link.applied == digest && !back);
        if let Some(at) = changes.iter().position(|change| change.field == "roles") {
            let roles = changes.remove(at);
            let lost = self.roles(kind, link, &roles);
            // What belonged to a role alone goes with it.
            let goes = |change: &Change| lost.iter().any(|role| is_of(*role, change.field));
            changes.retain(|change| !goes(change));
        }
        if !adjusted.is_empty() {
            let record = (kind, link.source);
            self.plan.adjusted.insert(record, adjusted.to_vec());
        }
        let op = if changes.is_empty() {
            Op::Refresh
        } else {
            Op::Update { changes }
        };
        self.act(Action {
            kind,
            source: Some(link.source),
            local: Some(link.local),
            op,
            reason,
            line: "fields",
            // While something of it is in dispute, the record is compared anew each time.
            applied: if contested { Hash::default() } else { digest },
            held: false,
        });
        Ok(())
    }

    fn before(&self, kind: Kind, link: &Link) -> Result<Before, PlanError> {
        let base = self.input.base;
        let looks_up = self.input.deep || self.fields.is_told(kind);
        if !link.touched
            && (shows_all(kind) || !looks_up)
            && link.is_present()
            && let Some(row) = base.table(kind).find(&link.source)
            && self.base_digest(kind, row) == link.applied
        {
            return Ok(Before::Row(row));
        }
        Ok(Before::Entity(self.known.entity(kind, link.local)?))
    }

    /// What the source says now of fields that it only set once.
    fn islands(&mut self, kind: Kind, row: u32, link: &Link, before: &Before) {
        let (base, mirror) = (self.input.base, self.input.mirror);
        let mut changes = Vec::new();
        for field in self.compared(kind) {
            if self.policy.owner(kind, field.name) != Owner::Island {
                continue;
            }
            let was = match before {
                Before::Row(row) => field.text(base, kind, *row).into_owned(),
                Before::Entity(entity) => match entity.cell(field.name) {
                    Some(cell) => cell.base.clone(),
                    None => String::new(),
                },
            };
            let now = field.text(mirror, kind, row);
            if was != now {
                changes.push(Change {
                    field: field.name,
                    before: was,
                    after: now.into_owned(),
                    origin: Origin::Source,
                });
            }
        }
        if !changes.is_empty() {
            self.act_on(
                kind,
                link,
                Op::Islands { changes },
                Reason::Island,
                "owners",
            );
        }
    }

    fn base_digest(&self, kind: Kind, row: u32) -> Hash {
        let base = self.input.base;
        let values = self.compared(kind).map(|field| field.text(base, kind, row));
        crate::values::Digest::of_values(values)
    }

    fn changes(&self, kind: Kind, row: u32, adjusted: &[Adjusted], before: &Before) -> Vec<Change> {
        let mut changes = Vec::new();
        for field in self.followed(kind) {
            let other = adjusted
                .iter()
                .find(|adjusted| adjusted.field == field.name);
            let (after, origin) = match other {
                Some(adjusted) => (adjusted.value.as_str().into(), adjusted.how.origin()),
                None => (self.text(&field, kind, row), Origin::Source),
            };
            let was = match before {
                Before::Row(row) => field.text(self.input.base, kind, *row),
                Before::Entity(entity) => entity.value(field.name).to_owned().into(),
            };
            let went = after.is_empty() && was != after;
            if went && self.fields.keeps(self.input, self.policy, (kind, &field)) {
                continue;
            }
            if was != after {
                changes.push(Change {
                    field: field.name,
                    before: was.into_owned(),
                    after: after.into_owned(),
                    origin,
                });
            }
        }
        changes
    }

    /// An email that the source now shows and another account has: neither is touched, somebody decides (S05). Says whether
    /// there was one.
    fn contested(
        &mut self,
        kind: Kind,
        link: &Link,
        changes: &mut Vec<Change>,
    ) -> Result<bool, PlanError> {
        let of_email = |change: &Change| change.field.ends_with("email");
        // Asking who else is there costs a look at every account: only where an email changed.
        let asks = is_person(kind) && changes.iter().any(of_email);
        if !asks || !self.known.has_unlinked(kind)? {
            return Ok(false);
        }
        let mut contested = Vec::new();
        for change in changes.iter().filter(|change| of_email(change)) {
            let email = Key::Email.normal(&change.after);
            if email.is_empty() {
                continue;
            }
            let owners = self.known.accounts(kind, Key::Email, &email)?;
            // Accounts with records of their own may share an address: the source says so.
            let alone = owners
                .iter()
                .filter(|owner| owner.linked.is_none() && owner.former.is_none());
            let others = alone.map(|owner| owner.local).filter(|other| {
                self.heir(*other) != link.local && !self.answers.are_two(link.source, *other)
            });
            let others: Vec<_> = others.collect();
            if !others.is_empty() {
                contested.push((change.field, others, evidence(Key::Email, &email)));
            }
        }
        let any = !contested.is_empty();
        for (field, others, rests_on) in contested {
            changes.retain(|change| change.field != field);
            let record = (kind, link.source);
            self.dispute(record, &others, (Key::Email, field), Reason::SplitIdentity);
            for other in others {
                let said = self
                    .answers
                    .said(About::Merge, (link.source, other), &rests_on);
                if said == Decision::Unasked {
                    self.act(Action {
                        kind,
                        source: Some(link.source),
                        local: Some(link.local),
                        op: Op::Suggest {
                            about: About::Merge,
                            to: vec![other],
                            rung: Key::Email,
                            evidence: rests_on.clone(),
                        },
                        reason: Reason::SplitIdentity,
                        line: Key::Email.line(),
                        applied: Hash::default(),
                        held: false,
                    });
                }
            }
        }
        Ok(any)
    }

    /// Plans the roles that come and go; returns those that go.
    fn roles(&mut self, kind: Kind, link: &Link, change: &Change) -> BTreeSet<Role> {
        let set = |text: &str| {
            let names = text.split('\u{1f}').filter_map(Role::from_text);
            names.collect::<BTreeSet<_>>()
        };
        let (before, after) = (set(&change.before), set(&change.after));
        for role in after.difference(&before) {
            self.act_on(
                kind,
                link,
                Op::GrantRole { role: *role },
                Reason::Changed,
                "fields",
            );
        }
        for role in before.difference(&after) {
            self.act_on(
                kind,
                link,
                Op::RevokeRole { role: *role },
                Reason::Changed,
                "fields",
            );
        }
        before.difference(&after).copied().collect()
    }

    /// Old-style records of teachers and administrators who share an email and hold different roles: probably one person
    /// (integration-side A3.8). Asked once for each pair.
    pub(crate) fn same_person(&mut self) {
        let mirror = self.input.mirror;
        let mut by_email: std::collections::BTreeMap<String, Vec<u32>> =
            std::collections::BTreeMap::new();
        for row in 0..mirror.table(Kind::Employee).len() {
            for email in records::keys(mirror, Kind::Employee, row, Key::Email) {
                by_email.entry(email).or_default().push(row);
            }
        }
        for (email, rows) in by_email.into_iter().filter(|(_, rows)| rows.len() > 1) {
            let mut held = BTreeSet::new();
            let apart = rows.iter().all(|row| {
                let roles = records::roles(mirror, Kind::Employee, *row);
                roles.into_iter().all(|role| held.insert(role))
            });
            let table = mirror.table(Kind::Employee);
            let known = rows.iter().filter_map(|row| {
                let source = table.id(*row);
                let account = self.people.get(&source).copied()?;
                Some((source, account))
            });
            let known: Vec<_> = known.collect();
            let Some(((first_source, first), others)) = known.split_first().filter(|_| apart)
            else {
                continue;
            };
            let evidence = evidence(Key::Email, &email);
            for (source, local) in others {
                let said = first.map_or(Decision::Unasked, |first| {
                    self.answers.said(About::Join, (*source, first), &evidence)
                });
                let one = local.is_some() && local == first;
                if !one && said == Decision::Unasked {
                    self.act(Action {
                        kind: Kind::Employee,
                        source: Some(*source),
                        local: *local,
                        op: Op::ProposeMerge {
                            into: *first,
                            beside: Some(*first_source),
                            joint: true,
                            evidence: evidence.clone(),
                        },
                        reason: Reason::SamePerson,
                        line: "matching.same_person",
                        applied: Hash::default(),
                        held: false,
                    });
                }
            }
        }
    }
}

/// Why a record is written; `as_told` if the source says what it said when it was applied.
/// Whether the digest of a link is made of what the app shows now, as that of a tie is: there is nothing else to look up.
fn shows_all(kind: Kind) -> bool {
    kind == Kind::ContactLink
}

fn why(changes: &[Change], before: &Before, as_told: bool) -> Reason {
    let filled = |change: &Change| match before {
        Before::Entity(entity) => entity
            .cell(change.field)
            .is_some_and(|cell| cell.origin == Origin::Filler),
        Before::Row(_) => false,
    };
    if changes.iter().any(filled) {
        Reason::FillerReplaced
    } else if as_told {
        Reason::Drifted
    } else {
        Reason::Changed
    }
}

/// Whether a field of an employee is one of a role's own.
fn is_of(role: Role, field: &str) -> bool {
    match role {
        Role::Teacher => field.starts_with("teacher_"),
        Role::Staff => field.starts_with("staff_"),
        Role::DistrictAdmin => field.starts_with("admin_"),
        Role::Student | Role::Contact => false,
    }
}

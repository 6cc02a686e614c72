//! What people decided about accounts becomes actions: accounts that become one, come apart again, or get their record back
//! (integration-side A3.6, A3.8, A3.10).

mod links;

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Hash, Relation};

use crate::action::{Action, Op};
use crate::asked::{About, Asked};
use crate::identity::is_person;
use crate::input::Order;
use crate::known::{Fate, Link, LinkState, Local, Standing};
use crate::planner::{Batch, PlanError, Planner};
use crate::reason::Reason;

impl Planner<'_> {
    /// The account that goes on for one that is merged with this plan; itself for every other.
    pub(crate) fn heir(&self, local: Local) -> Local {
        let mut heir = local;
        while let Some(next) = self.merged.get(&heir) {
            heir = *next;
        }
        heir
    }

    /// Notes that an action on a record carries out an answer.
    pub(crate) fn answers_to(&mut self, kind: Kind, source: ObjectId, about: About) {
        let asked = self.answers.accepted_for(about, source);
        if let Some(number) = asked.map(|asked| asked.number) {
            self.plan.answered.insert((kind, source), number);
        }
    }

    /// Plans what people ordered and accepted about the accounts of a kind.
    pub(crate) fn carry_out(&mut self, batch: &mut Batch) -> Result<(), PlanError> {
        if !is_person(batch.kind) {
            return Ok(());
        }
        for order in self.input.orders {
            match *order {
                Order::Unmerge { kind, from } if kind == batch.kind => {
                    if let Fate::MergedInto(into) = self.known.fate(kind, from)? {
                        self.take_apart(batch, from, into, Reason::Ordered)?;
                    }
                }
                Order::Split { kind, source } if kind == batch.kind => {
                    self.split(batch, source, Reason::Ordered);
                }
                Order::Merge { kind, from, into } if kind == batch.kind => {
                    self.merge_ordered(batch, from, into)?;
                }
                _ => {}
            }
        }
        for asked in self.answers.accepted() {
            if !self.refused.contains(&asked.number) {
                self.decided(batch, &asked)?;
            }
        }
        Ok(())
    }

    fn decided(&mut self, batch: &mut Batch, asked: &Asked) -> Result<(), PlanError> {
        use About::{Join, Link as Linked, Merge, Reconnect};
        if !matches!(asked.about, Join | Linked | Merge | Reconnect) {
            return Ok(());
        }
        let (source, target) = (asked.source, asked.local);
        let row = self.input.mirror.table(batch.kind).find(&source);
        let at = batch.at(&source);
        if (at.is_none() && row.is_none()) || self.fate(batch.kind, target)? != Fate::There {
            return Ok(());
        }
        let Some(link) = at.and_then(|at| batch.links.get(at).copied()) else {
            // Nobody's id so far: it takes the place of the one that the account had. An account without any is linked when
            // the record's turn comes.
            let former = batch
                .lead(target)
                .filter(|(_, link)| !self.is_shared(batch, link));
            let new = row.filter(|row| batch.joined.new.contains(*row));
            if let (Some(row), Some((place, _))) = (new, former) {
                self.plan
                    .answered
                    .insert((batch.kind, source), asked.number);
                batch.spoken_for.insert(target);
                self.rekey(batch, row, place, Reason::Accepted);
            }
            return Ok(());
        };
        let holder = link.local;
        if holder == target || self.fate(batch.kind, holder)? != Fate::There {
            return Ok(());
        }
        let target_shared = batch
            .lead(target)
            .is_some_and(|(_, link)| self.is_shared(batch, &link));
        let (from, into, joint) = match (asked.about, row.is_some()) {
            (Join, true) => (holder, target, target_shared),
            (Merge, true) if !target_shared => (target, holder, false),
            (Linked | Reconnect, true) if !target_shared => (holder, target, false),
            (Merge | Join, false) => (holder, target, false),
            _ => return Ok(()),
        };
        self.plan
            .answered
            .insert((batch.kind, source), asked.number);
        self.merge(batch, (from, into), joint, (source, Reason::Accepted));
        Ok(())
    }

    /// What became of an account, this plan included.
    fn fate(&self, kind: Kind, local: Local) -> Result<Fate, PlanError> {
        match self.merged.get(&local) {
            Some(into) => Ok(Fate::MergedInto(*into)),
            None => Ok(self.known.fate(kind, local)?),
        }
    }

    /// Whether the source shares a link's record now.
    fn is_shared(&self, batch: &Batch, link: &Link) -> bool {
        self.input
            .mirror
            .table(batch.kind)
            .find(&link.source)
            .is_some()
    }

    fn merge_ordered(
        &mut self,
        batch: &mut Batch,
        from: Local,
        into: Local,
    ) -> Result<(), PlanError> {
        let there = |fate: Fate| fate == Fate::There;
        let both = there(self.fate(batch.kind, from)?) && there(self.fate(batch.kind, into)?);
        let leads = (batch.lead(from), batch.lead(into));
        let source = match leads {
            (_, Some((_, link))) | (Some((_, link)), None) => link.source,
            (None, None) => return Ok(()),
        };
        if both && from != into {
            let shared = |lead: Option<(usize, Link)>| {
                lead.is_some_and(|(_, link)| self.is_shared(batch, &link))
            };
            let joint = shared(leads.0) && shared(leads.1);
            self.merge(batch, (from, into), joint, (source, Reason::Ordered));
        }
        Ok(())
    }

    /// Makes two accounts one. Links go over as the roster will have them: the account that goes on keeps the id it is known
    /// by, unless the source shares only the other's.
    fn merge(
        &mut self,
        batch: &mut Batch,
        (from, into): (Local, Local),
        joint: bool,
        (source, reason): (ObjectId, Reason),
    ) {
        self.act(Action {
            kind: batch.kind,
            source: Some(source),
            local: Some(into),
            op: Op::Merge { from, joint },
            reason,
            line: "matching.merge",
            applied: Hash::default(),
            held: false,
        });
        self.merged.insert(from, into);
        batch.spoken_for.extend([from, into]);
        let lead = batch.lead(into);
        for at in batch.give(from, into) {
            batch.set(at, |link| {
                link.local = into;
                if lead.is_none() {
                    link.standing = Standing::Gone;
                } else if link.state.is_live() {
                    link.state = if joint {
                        LinkState::Joint
                    } else {
                        LinkState::Alias
                    };
                }
            });
            let alias = batch
                .links
                .get(at)
                .is_some_and(|link| !link.state.is_live());
            if alias {
                batch.joined.missing.remove(&at);
            }
        }
        self.hand_over(batch, into, lead, reason);
        // Two records of one person each say their own part; otherwise what stands there is somebody else's.
        for (at, _) in batch.live(into) {
            batch.set(at, |link| {
                link.joined |= joint;
                link.touched |= !joint;
            });
        }
    }

    /// Where the source shares only the id that came with a merge, the account is known by that one.
    fn hand_over(
        &mut self,
        batch: &mut Batch,
        into: Local,
        lead: Option<(usize, Link)>,
        reason: Reason,
    ) {
        let Some((lead_at, _)) = lead.filter(|(_, lead)| !self.is_shared(batch, lead)) else {
            return;
        };
        let of = batch.of.get().and_then(|of| of.get(&into));
        let places: Vec<_> = of.into_iter().flatten().copied().collect();
        let linked = batch.joined.linked.iter();
        let shared = linked.copied().find(|(_, at)| places.contains(at));
        if let Some((row, at)) = shared {
            self.rekey(batch, row, lead_at, reason);
            batch.joined.linked.retain(|(_, place)| *place != lead_at);
            batch.set(lead_at, |link| link.state = LinkState::Alias);
            batch.set(at, |link| {
                link.state = LinkState::Active;
                link.standing = Standing::Present;
            });
        }
    }

    /// An id of an account whose newer id is there too: once somebody settled that, the merge that brought it is taken apart,
    /// or it gets an account of its own.
    pub(crate) fn both_at_once(
        &mut self,
        batch: &mut Batch,
        (at, alias): (usize, Link),
    ) -> Result<(), PlanError> {
        let source = alias.source;
        if batch
            .links
            .get(at)
            .is_none_or(|link| link.state != LinkState::Alias)
        {
            return Ok(());
        }
        if !self.answers.are_two(source, alias.local) {
            let record = (batch.kind, source);
            let rung = (crate::policy::Key::SisId, "");
            self.dispute(record, &[alias.local], rung, Reason::SplitIdentity);
            batch.spoken_for.insert(alias.local);
            return Ok(());
        }
        let parts = self.known.brought_into(batch.kind, alias.local)?;
        let part = parts
            .into_iter()
            .find(|(_, links)| links.iter().any(|link| link.source == source));
        if let Some((from, _)) = part {
            return self.take_apart(batch, from, alias.local, Reason::SplitIdentity);
        }
        self.split(batch, source, Reason::SplitIdentity);
        Ok(())
    }

    /// Takes a merge apart: the account stands for itself again with the ids it brought in.
    fn take_apart(
        &mut self,
        batch: &mut Batch,
        from: Local,
        into: Local,
        reason: Reason,
    ) -> Result<(), PlanError> {
        let parts = self.known.brought_into(batch.kind, into)?;
        let Some((_, links)) = parts.into_iter().find(|(account, _)| *account == from) else {
            return Ok(());
        };
        self.act(Action {
            kind: batch.kind,
            source: links.first().map(|link| link.source),
            local: Some(into),
            op: Op::Unmerge { from },
            reason,
            line: "matching.merge",
            applied: Hash::default(),
            held: false,
        });
        batch.spoken_for.extend([from, into]);
        let table = self.input.mirror.table(batch.kind);
        for link in links {
            let (source, row) = (link.source, table.find(&link.source));
            let Some(at) = batch.at(&source) else {
                continue;
            };
            let was_live = batch.links.get(at).is_some_and(|link| link.state.is_live());
            batch.joined.returned.retain(|(_, place)| *place != at);
            if link.state.is_live() && !was_live {
                match row {
                    Some(row) => batch.joined.linked.push((row, at)),
                    None if link.is_present() => {
                        batch.joined.missing.insert(at, None);
                    }
                    None => {}
                }
            }
            batch.set(at, |place| {
                *place = Link {
                    touched: true,
                    ..link
                };
            });
            self.unsettle(batch.kind, row);
            self.take_back(source, from, into);
        }
        batch.of.take();
        batch.stand_alone(into);
        Ok(())
    }

    /// Gives an id an account of its own.
    fn split(&mut self, batch: &mut Batch, source: ObjectId, reason: Reason) {
        let row = self.input.mirror.table(batch.kind).find(&source);
        let found = batch.at(&source).zip(row);
        let Some((at, row)) = found else { return };
        let Some(link) = batch.links.get(at).copied() else {
            return;
        };
        let alone = batch.live(link.local).iter().all(|(place, _)| *place == at);
        if alone || batch.judged.rejected.contains(row) {
            return;
        }
        let adjusted = batch.judged.adjusted(row).to_vec();
        let applied = self.digest(batch.kind, row, &adjusted);
        self.people.insert(source, None);
        self.act(Action {
            kind: batch.kind,
            source: Some(source),
            local: Some(link.local),
            op: Op::Split { row, adjusted },
            reason,
            line: "matching.merge",
            applied,
            held: false,
        });
        batch.joined.returned.retain(|(_, place)| *place != at);
        batch.joined.linked.retain(|(_, place)| *place != at);
        batch.joined.missing.remove(&at);
        // For this plan it is nobody's any more: it is created.
        batch.set(at, |link| {
            link.state = LinkState::Alias;
            link.local = Local(0);
        });
        batch.of.take();
        self.unsettle(batch.kind, Some(row));
        self.take_back(source, link.local, link.local);
        batch.stand_alone(link.local);
    }

    /// The classes of a record are looked at, whatever their digests say: its seats are another account's.
    fn unsettle(&mut self, kind: Kind, row: Option<u32>) {
        let Some(row) = row else { return };
        let relations: &[Relation] = match kind {
            Kind::Student => &[Relation::SectionStudents],
            Kind::Employee => &[Relation::SectionTeachers],
            _ => &[],
        };
        for relation in relations {
            let sections = self.input.mirror.back(*relation).get(row);
            self.unsettled.extend(sections.iter().copied());
        }
    }

    /// Yeses that made accounts one are over when the accounts come apart.
    fn take_back(&mut self, source: ObjectId, from: Local, into: Local) {
        for asked in self.answers.accepted() {
            let about = asked.source == source || asked.local == from;
            let together = [from, into].contains(&asked.local) || asked.source == source;
            if about && together {
                self.refused.insert(asked.number);
            }
        }
    }
}

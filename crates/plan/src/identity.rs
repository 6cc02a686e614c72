//! Who is the same under another id: re-keyed records, contacts that were made anew, crosswalks, merges (integration-side
//! A3.5, A3.6, A3.14, A6.12, B8).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::{Relation, Snapshot};

use crate::action::{Action, Op};
use crate::asked::evidence;
use crate::known::{Link, Local, Standing};
use crate::planner::{Batch, PlanError, Planner};
use crate::policy::Key;
use crate::reason::Reason;
use crate::records;

impl Planner<'_> {
    /// Finds records that only changed their id, moves them from new and missing to known, and notes who is whom.
    pub(crate) fn identify(&mut self, batch: &mut Batch) -> Result<(), PlanError> {
        self.carry_out(batch)?;
        self.take_back_aliases(batch)?;
        let gone = self.gone(batch);
        let mut pairs: Vec<(u32, usize, Reason)> = self.crosswalked(batch, &gone);
        pairs.extend(self.same_sis_id(batch, &gone));
        pairs.extend(self.same_contact(batch, &gone));
        pairs.extend(self.same_tie(batch, &gone));
        for (row, at, reason) in pairs {
            self.rekey(batch, row, at, reason);
        }
        if is_person(batch.kind) {
            self.note_people(batch);
        }
        Ok(())
    }

    fn note_people(&mut self, batch: &Batch) {
        let table = self.input.mirror.table(batch.kind);
        for (row, at) in &batch.joined.linked {
            let local = batch.links.get(*at).map(|link| link.local);
            self.people.insert(table.id(*row), local);
        }
    }

    /// Missing links whose records may be called gone, by source id.
    fn gone(&self, batch: &Batch) -> BTreeMap<ObjectId, usize> {
        let missing = batch.joined.missing.iter();
        let gone = missing.filter_map(|(at, left_out)| {
            let link = batch.links.get(*at)?;
            let judged = left_out.is_none() && self.why_gone(batch.kind, link).is_some();
            judged.then_some((link.source, *at))
        });
        gone.collect()
    }

    /// A record under an id that its account had before: the id is in use again, unless the newer one is there too.
    fn take_back_aliases(&mut self, batch: &mut Batch) -> Result<(), PlanError> {
        let returned = std::mem::take(&mut batch.joined.returned);
        if returned.is_empty() {
            return Ok(());
        }
        for (row, at) in returned {
            let Some(alias) = batch.links.get(at).copied() else {
                continue;
            };
            let newest = batch.lead(alias.local);
            let table = self.input.mirror.table(batch.kind);
            match newest {
                Some((_, link)) if table.find(&link.source).is_some() => {
                    // Both ids at once: one account cannot be both.
                    self.both_at_once(batch, (at, alias))?;
                }
                Some((place, _)) => self.rekey(batch, row, place, Reason::Rekeyed),
                None => {}
            }
        }
        Ok(())
    }

    /// Gives an entity the id of a row that nobody knew.
    pub(crate) fn rekey(&mut self, batch: &mut Batch, row: u32, at: usize, reason: Reason) {
        let Some(link) = batch.links.get(at).copied() else {
            return;
        };
        let source = self.input.mirror.table(batch.kind).id(row);
        batch.joined.new.remove(row);
        batch.joined.missing.remove(&at);
        batch.joined.linked.push((row, at));
        self.rekeyed.insert(link.source, source);
        // Somebody's new id brings them back.
        if is_person(batch.kind)
            && let Some(link) = batch.links.get_mut(at).filter(|link| !link.is_present())
        {
            link.standing = Standing::Present;
        }
        self.act(Action {
            kind: batch.kind,
            source: Some(source),
            local: Some(link.local),
            op: Op::Rekey { from: link.source },
            reason,
            line: "matching.rekey",
            applied: link.applied,
            held: false,
        });
    }

    fn crosswalked(
        &self,
        batch: &Batch,
        gone: &BTreeMap<ObjectId, usize>,
    ) -> Vec<(u32, usize, Reason)> {
        let table = self.input.mirror.table(batch.kind);
        let pairs = self.input.crosswalk.iter().filter_map(|(old, new)| {
            let at = gone.get(old)?;
            let row = table.find(new)?;
            batch
                .joined
                .new
                .contains(row)
                .then_some((row, *at, Reason::Crosswalk))
        });
        pairs.collect()
    }

    /// One id vanished and one appeared with the same id in the SIS, in the same role. Sections are left out: what is the
    /// same class is for a person to say.
    fn same_sis_id(
        &self,
        batch: &Batch,
        gone: &BTreeMap<ObjectId, usize>,
    ) -> Vec<(u32, usize, Reason)> {
        if gone.is_empty() || batch.joined.new.is_empty() || batch.kind == Kind::Section {
            return Vec::new();
        }
        let likeness = |snapshot: &Snapshot, row: u32| {
            let ids = records::sis_ids(snapshot, batch.kind, row).into_iter();
            ids.map(|(role, id)| (role, id.to_owned()))
                .collect::<Vec<_>>()
        };
        pair_up(self, batch, gone, likeness, Reason::Rekeyed)
    }

    fn same_contact(
        &self,
        batch: &Batch,
        gone: &BTreeMap<ObjectId, usize>,
    ) -> Vec<(u32, usize, Reason)> {
        if gone.is_empty() || batch.joined.new.is_empty() || batch.kind != Kind::Contact {
            return Vec::new();
        }
        let likeness = |snapshot: &Snapshot, row: u32| {
            let like = records::contact_likeness(snapshot, row);
            like.map(|like| (None::<Role>, like))
                .into_iter()
                .collect::<Vec<_>>()
        };
        pair_up(self, batch, gone, likeness, Reason::ContactReplaced)
    }

    /// The tie of a contact who has another id to the same student.
    fn same_tie(
        &self,
        batch: &Batch,
        gone: &BTreeMap<ObjectId, usize>,
    ) -> Vec<(u32, usize, Reason)> {
        if gone.is_empty() || batch.joined.new.is_empty() || batch.kind != Kind::ContactLink {
            return Vec::new();
        }
        let ends = |snapshot: &Snapshot, row: u32| {
            let end = |relation: Relation| {
                let target = snapshot.lists(relation).first(row)?;
                let id = snapshot.table(relation.to()).id(target);
                Some(self.rekeyed.get(&id).copied().unwrap_or(id).to_hex())
            };
            let both = end(Relation::LinkContact).zip(end(Relation::LinkStudent));
            let both =
                both.map(|(contact, student)| (None::<Role>, format!("{contact} {student}")));
            both.into_iter().collect::<Vec<_>>()
        };
        pair_up(self, batch, gone, ends, Reason::ContactReplaced)
    }

    /// Says that accounts contradict each other, unless people know that or settled it.
    pub(crate) fn dispute(
        &mut self,
        (kind, source): (Kind, ObjectId),
        between: &[Local],
        (rung, field): (Key, &'static str),
        reason: Reason,
    ) {
        let told = self.answers.dispute(reason, source, field);
        let known = told.is_some_and(|dispute| {
            let covered = between.iter().all(|local| dispute.between.contains(local));
            covered && (dispute.settled || dispute.between.len() == between.len())
        });
        if known {
            return;
        }
        self.act(Action {
            kind,
            source: Some(source),
            local: None,
            op: Op::Conflict {
                between: between.to_vec(),
                rung,
                field,
            },
            reason,
            line: rung.line(),
            applied: Default::default(),
            held: false,
        });
    }

    /// Whether a present record of the source has a role that a vanished one had: two people of the source became one. Says
    /// whose account it is, and what that rests on.
    pub(crate) fn merged_into(&self, batch: &Batch, link: &Link) -> Option<(Local, String)> {
        if batch.kind != Kind::Employee {
            return None;
        }
        let (base, mirror) = (self.input.base, self.input.mirror);
        let row = base.table(Kind::Employee).find(&link.source)?;
        let had = records::sis_ids(base, Kind::Employee, row);
        let holders = batch.holders.get_or_init(|| {
            let rows = 0..mirror.table(Kind::Employee).len();
            let ids = rows.flat_map(|row| {
                let ids = records::sis_ids(mirror, Kind::Employee, row).into_iter();
                ids.map(move |(role, id)| ((role, id.to_owned()), row))
            });
            ids.collect()
        });
        let (heir, id) = had
            .into_iter()
            .find_map(|(role, id)| Some((holders.get(&(role, id.to_owned()))?, id)))?;
        let heir = mirror.table(Kind::Employee).id(*heir);
        let account = self.people.get(&heir).copied().flatten()?;
        (account != link.local).then(|| (account, evidence(Key::SisId, id)))
    }
}

pub(crate) fn is_person(kind: Kind) -> bool {
    matches!(kind, Kind::Student | Kind::Employee | Kind::Contact)
}

/// Pairs rows that nobody knows with links that are gone, where one likeness names exactly one of each.
fn pair_up(
    planner: &Planner<'_>,
    batch: &Batch,
    gone: &BTreeMap<ObjectId, usize>,
    likeness: impl Fn(&Snapshot, u32) -> Vec<(Option<Role>, String)>,
    reason: Reason,
) -> Vec<(u32, usize, Reason)> {
    let (base, mirror) = (planner.input.base, planner.input.mirror);
    let mut old: BTreeMap<(Option<Role>, String), Vec<usize>> = BTreeMap::new();
    for (source, at) in gone {
        let row = base.table(batch.kind).find(source);
        for like in row.map(|row| likeness(base, row)).unwrap_or_default() {
            old.entry(like).or_default().push(*at);
        }
    }
    let mut new: BTreeMap<(Option<Role>, String), Vec<u32>> = BTreeMap::new();
    for row in &batch.joined.new {
        for like in likeness(mirror, row) {
            new.entry(like).or_default().push(row);
        }
    }
    let (mut rows, mut places) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    for (like, candidates) in &old {
        let (&[at], Some(&[row])) = (&candidates[..], new.get(like).map(Vec::as_slice)) else {
            continue;
        };
        // Somebody with two roles may be named twice; the first name decides.
        if rows.insert(row) && places.insert(at) {
            pairs.push((row, at, reason));
        }
    }
    pairs
}

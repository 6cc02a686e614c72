//! The comparison: what becomes of every record.

use homeroom_model::Kind;
use homeroom_segment::{
    Candidate, CandidateTable, Departed, DepartedRecord, Relation, Snapshot, Table,
};

use crate::fate::Fate;
use crate::matches::{Matches, NO_ROW};
use crate::people::{self, Person, RoleFrom};
use crate::plan::{KindPlan, Plan};
use crate::returning::{Returning, Settings};
use crate::{digest, signs, tally};

/// Compares what is published, and the records that departed, with a candidate.
///
/// Records are the same by their natural keys (district-side 5.2), employees by the keys of their roles (5.3). A record is
/// updated when its packed row is another (by keyed hash) or when a relation it owns leads to other records than before:
/// so a student whose only change is the list of schools is updated, because the document shows that list. Two records are
/// updated for what others do, because their documents show it: a contact when one of its links is created, updated or
/// deleted, and a section when one of its teachers has another id as a teacher (versions 1 and 2 show it).
///
/// Memory: about 16 bytes per record of both sides, and 40 per record of the largest table while its keys are looked up.
pub fn compare(
    old: &Snapshot,
    departed: &Departed,
    candidate: &Candidate,
    settings: &Settings,
) -> Plan {
    let returning = Returning { departed, settings };
    let mut returned = Vec::new();
    let (table, rows) = (old.table(Kind::Employee), candidate.table(Kind::Employee));
    let people = people::identify(table, returning, rows, &mut returned);
    let comparison = Comparison::new(old, candidate, people, Matches::by_key);
    let plan =
        comparison.plan(&mut |kind, row| comparison.arrival(kind, row, returning, &mut returned));
    Plan { returned, ..plan }
}

/// Both sides and which record of the one is which of the other.
pub(crate) struct Comparison<'a> {
    pub(crate) old: &'a Snapshot,
    pub(crate) candidate: &'a Candidate,
    pub(crate) people: Vec<Person>,
    matches: Vec<Matches>,
}

impl<'a> Comparison<'a> {
    /// Finds which record is which: people as told, the others by `matches`.
    pub(crate) fn new(
        old: &'a Snapshot,
        candidate: &'a Candidate,
        people: Vec<Person>,
        by: impl Fn(&Table, &CandidateTable) -> Matches,
    ) -> Self {
        let mut matches: Vec<Matches> = Kind::ALL.iter().map(|_| Matches::default()).collect();
        for kind in Kind::ALL {
            let (table, rows) = (old.table(kind), candidate.table(kind));
            let found = if kind == Kind::Employee {
                let mut found = Matches::none(table, rows);
                for (row, person) in (0..).zip(&people) {
                    if let Some(old) = person.old {
                        found.join(row, old);
                    }
                }
                found
            } else {
                by(table, rows)
            };
            if let Some(slot) = matches.get_mut(kind as usize) {
                *slot = found;
            }
        }
        Self {
            old,
            candidate,
            people,
            matches,
        }
    }

    /// The plan, but for the records that come back. `arrival` is asked for the fate of each record that is not published.
    pub(crate) fn plan(&self, arrival: &mut dyn FnMut(Kind, u32) -> Fate) -> Plan {
        let mut kinds: Vec<KindPlan> = Kind::ALL.iter().map(|_| KindPlan::default()).collect();
        for kind in Kind::ALL {
            if let Some(slot) = kinds.get_mut(kind as usize) {
                *slot = self.kind(kind, arrival);
            }
        }
        self.touch_contacts(&mut kinds);
        let (counts, schools) = tally::count(self, &kinds);
        let signs = signs::find(self, &kinds);
        let digest = digest::digest(self.old, self.candidate, &kinds);
        Plan {
            base: self.old.number(),
            kinds,
            people: self.people.clone(),
            returned: Vec::new(),
            counts,
            schools,
            signs,
            digest,
            undo: false,
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "there are matches for every kind, in the order of the enum"
    )]
    pub(crate) fn matches(&self, kind: Kind) -> &Matches {
        &self.matches[kind as usize]
    }

    /// Rows of the old table whose role nobody has any more, ascending.
    pub(crate) fn roles_gone(&self, role: usize) -> impl Iterator<Item = u32> + use<'a> {
        let table = self.old.table(Kind::Employee);
        let mut living = vec![false; table.len() as usize];
        for person in &self.people {
            if let Some(RoleFrom::Old(row)) = person.roles.get(role)
                && let Some(slot) = living.get_mut(*row as usize)
            {
                *slot = true;
            }
        }
        let rows = (0..).zip(living);
        let gone = rows.filter(move |(row, lives)| !lives && table.key(*row, role).is_some());
        gone.map(|(row, _)| row)
    }

    /// What becomes of the records of a kind, contacts' links aside.
    fn kind(&self, kind: Kind, arrival: &mut dyn FnMut(Kind, u32) -> Fate) -> KindPlan {
        let rows = self.candidate.table(kind);
        let mut fates = Vec::with_capacity(rows.len() as usize);
        let mut scratch = Vec::new();
        for row in 0..rows.len() {
            fates.push(match self.matches(kind).old(row) {
                Some(old) if self.differs(kind, row, old, &mut scratch) => Fate::Updated(old),
                Some(old) => Fate::Unchanged(old),
                None => arrival(kind, row),
            });
        }
        KindPlan {
            fates,
            deleted: self.matches(kind).gone(),
        }
    }

    /// The fate of a record that is not published.
    fn arrival(
        &self,
        kind: Kind,
        row: u32,
        returning: Returning<'_>,
        returned: &mut Vec<DepartedRecord>,
    ) -> Fate {
        if kind == Kind::Employee {
            let person = self.people.get(row as usize);
            let back = person.and_then(|person| person.returned);
            return back.map_or(Fate::Created, Fate::Restored);
        }
        let key = self.candidate.table(kind).keys(row).first();
        let record = key.and_then(|key| returning.find(kind, 0, key));
        match record.filter(|record| self.old.table(kind).find(&record.id).is_none()) {
            Some(record) => {
                returned.push(*record);
                Fate::Restored(people::last(returned))
            }
            None => Fate::Created,
        }
    }

    fn differs(&self, kind: Kind, row: u32, old: u32, scratch: &mut Vec<u32>) -> bool {
        let table = self.old.table(kind);
        if self.candidate.table(kind).hash(row) != table.hash(old) {
            return true;
        }
        let person = self.people.get(row as usize);
        if kind == Kind::Employee && person.is_some_and(|person| !person.is_as_before(old)) {
            return true;
        }
        let mut relations = Relation::of(kind);
        relations.any(|relation| !self.same_targets(relation, row, old, scratch))
    }

    /// Whether a relation leads to the same records on both sides.
    pub(crate) fn same_targets(
        &self,
        relation: Relation,
        row: u32,
        old: u32,
        scratch: &mut Vec<u32>,
    ) -> bool {
        self.map_targets(relation, row, scratch);
        scratch.as_slice() == self.old.lists(relation).get(old)
    }

    /// The old rows of the records a candidate's row leads to, in stored order; [`NO_ROW`] (which sorts last) for one that
    /// is not published or whose id changed.
    pub(crate) fn map_targets(&self, relation: Relation, row: u32, out: &mut Vec<u32>) {
        let targets = self.candidate.lists(relation).get(row);
        out.clear();
        out.extend_from_slice(targets);
        if relation.ascends() {
            out.sort_unstable();
            out.dedup();
        }
        for slot in out.iter_mut() {
            *slot = self.target(relation, *slot).unwrap_or(NO_ROW);
        }
        if relation.ascends() {
            out.sort_unstable();
        }
    }

    fn target(&self, relation: Relation, row: u32) -> Option<u32> {
        let old = self.matches(relation.to()).old(row)?;
        if relation == Relation::SectionTeachers {
            let [teacher, ..] = self.people.get(row as usize)?.roles;
            return (teacher == RoleFrom::Old(old)).then_some(old);
        }
        Some(old)
    }

    /// Makes contacts updated whose links are not what they were.
    fn touch_contacts(&self, kinds: &mut [KindPlan]) {
        let mut touched = vec![false; self.old.table(Kind::Contact).len() as usize];
        let mut touch = |contact: Option<u32>| {
            if let Some(slot) = contact.and_then(|row| touched.get_mut(row as usize)) {
                *slot = true;
            }
        };
        let old_contact = |link: u32| self.old.lists(Relation::LinkContact).first(link);
        let new_contact = |link: u32| {
            let contact = self
                .candidate
                .lists(Relation::LinkContact)
                .get(link)
                .first();
            contact.and_then(|row| self.matches(Kind::Contact).old(*row))
        };
        if let Some(links) = kinds.get(Kind::ContactLink as usize) {
            for (row, fate) in (0..).zip(&links.fates) {
                if !fate.is_unchanged() {
                    touch(fate.old().and_then(old_contact));
                    touch(new_contact(row));
                }
            }
            for link in &links.deleted {
                touch(old_contact(*link));
            }
        }
        let Some(contacts) = kinds.get_mut(Kind::Contact as usize) else {
            return;
        };
        for fate in &mut contacts.fates {
            if let Fate::Unchanged(old) = *fate
                && touched.get(old as usize) == Some(&true)
            {
                *fate = Fate::Updated(old);
            }
        }
    }
}

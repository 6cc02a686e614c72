//! The plan of a publish: decided, ordered, and not yet done.

use homeroom_model::Kind;
use homeroom_segment::{DepartedRecord, Digest};

use crate::counts::{Counts, Tally};
use crate::fate::Fate;
use crate::guard::{Guards, Verdict};
use crate::people::Person;
use crate::returning::restores;

/// What a publish would change. It speaks of rows of the two sides it was made from; natural keys and ids only, no content.
pub struct Plan {
    base: u64,
    kinds: Vec<KindPlan>,
    people: Vec<Person>,
    returned: Vec<DepartedRecord>,
    counts: Counts,
    digest: Digest,
}

/// What becomes of the records of one kind.
#[derive(Default)]
pub(crate) struct KindPlan {
    /// Of each row of the candidate.
    pub(crate) fates: Vec<Fate>,
    /// Rows of the old table that go, ascending.
    pub(crate) deleted: Vec<u32>,
}

impl KindPlan {
    pub(crate) fn tally(&self) -> Tally {
        let mut tally = Tally {
            deleted: self.deleted.len() as u64,
            ..Tally::default()
        };
        for fate in &self.fates {
            match fate {
                Fate::Unchanged(_) => tally.unchanged += 1,
                Fate::Updated(_) => tally.updated += 1,
                Fate::Created => tally.created += 1,
                Fate::Restored(_) => {
                    tally.created += 1;
                    tally.restored += 1;
                }
            }
        }
        tally
    }
}

impl Plan {
    pub(crate) fn new(
        base: u64,
        kinds: Vec<KindPlan>,
        people: Vec<Person>,
        returned: Vec<DepartedRecord>,
        counts: Counts,
        digest: Digest,
    ) -> Self {
        Self {
            base,
            kinds,
            people,
            returned,
            counts,
            digest,
        }
    }

    /// Number of the snapshot it was compared with, 0 before a district's first publish.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// Whether publishing would change nothing.
    pub fn is_empty(&self) -> bool {
        let nothing = |kind: &KindPlan| {
            kind.deleted.is_empty() && kind.fates.iter().all(|fate| fate.is_unchanged())
        };
        self.kinds.iter().all(nothing)
    }

    /// What becomes of each row of the candidate.
    pub fn fates(&self, kind: Kind) -> &[Fate] {
        self.kinds
            .get(kind as usize)
            .map_or(&[], |kind| &kind.fates)
    }

    /// The rows of the old table whose records go, ascending.
    pub fn deleted(&self, kind: Kind) -> &[u32] {
        self.kinds
            .get(kind as usize)
            .map_or(&[], |kind| &kind.deleted)
    }

    /// How much changes, in the kinds that reports speak of.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How much changes of one of the kinds that are stored.
    pub fn tally(&self, kind: Kind) -> Tally {
        self.kinds
            .get(kind as usize)
            .map(KindPlan::tally)
            .unwrap_or_default()
    }

    /// What people approve: a digest over the natural keys of all records that change, what becomes of them and what they
    /// become. It does not depend on ids, nor on the order of files and rows; another content is another digest.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How many ids [`crate::assign`] will give.
    pub fn ids_needed(&self) -> u64 {
        let of_kind = |kind: Kind| match kind {
            Kind::Employee => self.people.iter().map(Person::ids_needed).sum(),
            kind => {
                let new = self.fates(kind).iter();
                new.filter(|fate| **fate == Fate::Created).count() as u64 * ids_each(kind)
            }
        };
        Kind::ALL.into_iter().map(of_kind).sum()
    }

    /// What the guards say to the plan, in the order of [`crate::Served::ALL`]; one verdict per kind that has a limit.
    pub fn verdicts(&self, guards: &Guards) -> Vec<Verdict> {
        guards.judge(self.base, &self.counts)
    }

    pub(crate) fn people(&self) -> &[Person] {
        &self.people
    }

    /// Records that come back; [`Fate::Restored`] and roles point into it.
    pub(crate) fn returned(&self) -> &[DepartedRecord] {
        &self.returned
    }
}

/// How many ids a new record of a kind gets; an employee one more per role that is new.
pub(crate) fn ids_each(kind: Kind) -> u64 {
    if kind == Kind::Contact { 2 } else { 1 }
}

/// Whether a record that goes is remembered, so that it may come back.
pub(crate) fn is_remembered(kind: Kind) -> bool {
    restores(kind)
}

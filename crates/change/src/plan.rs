//! The plan of a publish: decided, ordered, and not yet done.

use homeroom_model::Kind;
use homeroom_segment::{DepartedRecord, Digest, Rekeyed};

use crate::counts::{Counts, Tally};
use crate::fate::Fate;
use crate::guard::{Circumstances, Guards, Verdict};
use crate::judge;
use crate::pattern::{self, Pattern};
use crate::people::Person;
use crate::returning::restores;
use crate::schools::SchoolCounts;
use crate::signs::Signs;

/// What a publish would change. It speaks of rows of the two sides it was made from; natural keys and ids only, no content.
pub struct Plan {
    pub(crate) base: u64,
    pub(crate) kinds: Vec<KindPlan>,
    pub(crate) people: Vec<Person>,
    /// Records that come back; [`Fate::Restored`] and roles point into it.
    pub(crate) returned: Vec<DepartedRecord>,
    pub(crate) counts: Counts,
    pub(crate) schools: Vec<SchoolCounts>,
    pub(crate) signs: Signs,
    pub(crate) digest: Digest,
    pub(crate) undo: bool,
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
    /// Whether nothing happens to the kind.
    pub(crate) fn is_quiet(&self) -> bool {
        self.deleted.is_empty() && self.fates.iter().all(|fate| fate.is_unchanged())
    }

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
    /// Number of the snapshot it was compared with, 0 before a district's first publish.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// Whether publishing would change nothing.
    pub fn is_empty(&self) -> bool {
        self.kinds.iter().all(KindPlan::is_quiet)
    }

    /// Whether it publishes an older snapshot again; see [`crate::undo`].
    pub fn is_undo(&self) -> bool {
        self.undo
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

    /// How much changes in each school, by SIS id: those that are published and those that are new.
    pub fn schools(&self) -> &[SchoolCounts] {
        &self.schools
    }

    /// Records that go and records that come which probably are the same under two keys, ascending.
    pub fn rekeyed(&self) -> &[Rekeyed] {
        &self.signs.rekeyed
    }

    /// What the guards say to the plan, in the order of [`crate::Guard::ALL`]. What a guard looks at in the whole district
    /// has a verdict whether or not it holds; of schools and files there are those that hold.
    pub fn verdicts(&self, guards: &Guards, circumstances: &Circumstances<'_>) -> Vec<Verdict> {
        judge::judge(self, guards, circumstances)
    }

    /// What the plan looks like as a whole, in the order of [`crate::PatternKind`].
    pub fn patterns(&self) -> Vec<Pattern> {
        pattern::find(self)
    }

    pub(crate) fn people(&self) -> &[Person] {
        &self.people
    }

    pub(crate) fn returned(&self) -> &[DepartedRecord] {
        &self.returned
    }

    pub(crate) fn signs(&self) -> &Signs {
        &self.signs
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

//! What waits until somebody picks it (integration-side A5.4, A5.6). A record that was picked once follows the source like any
//! other; one that was dropped is left out, not gone.

use std::collections::BTreeSet;

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Relation, Snapshot};
use roaring::RoaringBitmap;

use crate::input::Input;
use crate::known::{Known, KnownError, Link};
use crate::notes::Note;
use crate::planner::{PlanError, Planner};
use crate::policy::{Policy, Untold};

/// The sections that are taken, and those that wait.
pub(crate) struct Sections {
    pub(crate) taken: RoaringBitmap,
    pub(crate) waiting: RoaringBitmap,
}

impl Sections {
    pub(crate) fn of(
        input: &Input<'_>,
        known: &dyn Known,
        policy: &Policy,
    ) -> Result<Self, KnownError> {
        let mirror = input.mirror;
        let table = mirror.table(Kind::Section);
        let mut followed = BTreeSet::new();
        if policy.untold == Untold::Stage {
            let links = known.links(Kind::Section)?.into_iter();
            followed.extend(links.filter(Link::is_present).map(|link| link.source));
        }
        let mut sections = Self {
            taken: RoaringBitmap::new(),
            waiting: RoaringBitmap::new(),
        };
        for row in 0..table.len() {
            let id = table.id(row);
            match input.pick(Kind::Section, id) {
                Some(true) => {
                    sections.taken.insert(row);
                }
                Some(false) => {}
                None if !policy.filter.takes(mirror, row) => {}
                None if policy.untold == Untold::Take || followed.contains(&id) => {
                    sections.taken.insert(row);
                }
                None => {
                    sections.waiting.insert(row);
                }
            }
        }
        Ok(sections)
    }
}

impl Input<'_> {
    /// Whether somebody picked a record, or dropped it.
    pub(crate) fn pick(&self, kind: Kind, source: ObjectId) -> Option<bool> {
        if self.picks.is_empty() {
            return None;
        }
        self.picks.get(&(kind, source)).copied()
    }
}

impl Planner<'_> {
    /// Takes out of some rows what somebody dropped.
    pub(crate) fn leave_dropped(&self, kind: Kind, rows: &mut RoaringBitmap) {
        let table = self.input.mirror.table(kind);
        let dropped = self.input.picks.iter();
        let dropped = dropped.filter(|((of, _), picked)| *of == kind && !**picked);
        for row in dropped.filter_map(|((_, source), _)| table.find(source)) {
            rows.remove(row);
        }
    }

    /// Whether a record that nobody knows waits for a pick: people do, unless a class that is taken brings them along.
    pub(crate) fn waits(&mut self, kind: Kind, row: u32) -> bool {
        let relation = match kind {
            Kind::Student => Relation::SectionStudents,
            Kind::Employee => Relation::SectionTeachers,
            _ => return false,
        };
        let source = self.input.mirror.table(kind).id(row);
        let picked = self.input.pick(kind, source) == Some(true);
        if self.policy.untold == Untold::Take || picked {
            return false;
        }
        let classes = self.input.mirror.back(relation).get(row);
        if classes.iter().any(|class| self.sections.contains(*class)) {
            return false;
        }
        self.staged.insert((kind, source));
        true
    }

    /// What waits now and did not, and what waited and does not.
    pub(crate) fn staged_notes(&self) -> Result<Vec<Note>, PlanError> {
        let before = self.known.staged()?;
        let mirror = self.input.mirror;
        let of = |kind: Kind, source: &ObjectId| mirror.table(kind).find(source).is_some();
        let new = self
            .staged
            .iter()
            .filter(|(_, source)| !before.contains(source));
        let new = new.map(|(kind, source)| Note::Stage(*kind, *source));
        let waiting: BTreeSet<ObjectId> = self.staged.iter().map(|(_, source)| *source).collect();
        let over = before
            .iter()
            .copied()
            .filter(|source| !waiting.contains(source));
        let gone = self.input.picks.keys();
        let gone = gone.filter(|(kind, source)| !of(*kind, source));
        let over: BTreeSet<ObjectId> = over.chain(gone.map(|(_, source)| *source)).collect();
        Ok(new.chain(over.into_iter().map(Note::Unstage)).collect())
    }
}

impl Policy {
    /// How the filter divides the sections of a mirror, picks included: those taken, those left out and those that would wait
    /// for a pick, each with a few of them.
    pub fn preview(
        &self,
        mirror: &Snapshot,
        picks: &crate::input::Picks,
        samples: usize,
    ) -> Preview {
        let table = mirror.table(Kind::Section);
        let mut preview = Preview::default();
        for row in 0..table.len() {
            let id = table.id(row);
            let pick = picks.get(&(Kind::Section, id)).copied();
            let share =
                if pick == Some(false) || (pick.is_none() && !self.filter.takes(mirror, row)) {
                    &mut preview.left_out
                } else if pick.is_none() && self.untold == Untold::Stage {
                    &mut preview.waiting
                } else {
                    &mut preview.taken
                };
            share.sections += 1;
            if share.samples.len() < samples {
                share.samples.push(id);
            }
        }
        preview
    }
}

/// How a filter divides sections.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Preview {
    /// Those that are taken.
    pub taken: Divided,
    /// Those that are left out.
    pub left_out: Divided,
    /// Those that would wait for a pick.
    pub waiting: Divided,
}

/// How many sections, and some of them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Divided {
    /// How many.
    pub sections: u64,
    /// The first of them.
    pub samples: Vec<ObjectId>,
}

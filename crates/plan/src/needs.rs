//! What belongs to a part of a plan: what is picked, and what that cannot be without (integration-side A5.4).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::{Relation, Snapshot};

use crate::action::{Action, Ground, Op};
use crate::input::Input;
use crate::made::copy_of_course;
use crate::part::Part;
use crate::plan::Plan;
use crate::records;
use crate::values::{is_member, leads_to};

impl Plan {
    /// The numbers of the actions in a part, with everything they need: a class brings its school, term, course and the
    /// accounts of its people, a record the change of its id. Picks can be united in any order. `input` is the plan's.
    pub fn part(&self, part: &Part, input: &Input<'_>) -> BTreeSet<usize> {
        let numbered = || (1..).zip(&self.actions);
        let picked = numbered().filter(|(_, action)| is_in(part, action, input));
        let picked: BTreeSet<usize> = picked.map(|(number, _)| number).collect();
        match part {
            // What a guard holds alone is not brought along by what is harmless.
            Part::All | Part::Harmless => picked,
            _ => Needs::of(self, input).close(picked),
        }
    }
}

fn is_in(part: &Part, action: &Action, input: &Input<'_>) -> bool {
    match part {
        Part::All => true,
        Part::Harmless => !action.op.is_destructive() && !action.held,
        Part::Kind(kind) => action.kind == *kind,
        Part::Section(id) => action.kind == Kind::Section && action.source == Some(*id),
        Part::Record(kind, id) => action.kind == *kind && action.source == Some(*id),
        Part::School(school) => action.source.is_some_and(|source| {
            [input.mirror, input.base].into_iter().any(|snapshot| {
                let row = snapshot.table(action.kind).find(&source);
                row.is_some_and(|row| records::schools(snapshot, action.kind, row).contains(school))
            })
        }),
    }
}

/// The actions by which records come to be there, by record.
struct Needs<'p> {
    plan: &'p Plan,
    input: &'p Input<'p>,
    arrivals: BTreeMap<(Kind, ObjectId), Vec<usize>>,
}

impl<'p> Needs<'p> {
    fn of(plan: &'p Plan, input: &'p Input<'p>) -> Self {
        let mut arrivals: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (number, action) in (1..).zip(&plan.actions) {
            if let Some(source) = action.source.filter(|_| arrives(&action.op)) {
                let of = arrivals.entry((action.kind, source)).or_default();
                of.push(number);
            }
        }
        Self {
            plan,
            input,
            arrivals,
        }
    }

    fn close(&self, picked: BTreeSet<usize>) -> BTreeSet<usize> {
        let mut open: Vec<usize> = picked.iter().copied().collect();
        let mut closed = picked;
        while let Some(number) = open.pop() {
            let Some(action) = number
                .checked_sub(1)
                .and_then(|at| self.plan.actions.get(at))
            else {
                continue;
            };
            for needed in self.needed(action) {
                let arrivals = self.arrivals.get(&needed).into_iter().flatten();
                open.extend(arrivals.copied().filter(|number| closed.insert(*number)));
            }
        }
        closed
    }

    /// The records that have to be there for an action; its own first.
    fn needed(&self, action: &Action) -> Vec<(Kind, ObjectId)> {
        let Some(source) = action.source else {
            return Vec::new();
        };
        let mirror = self.input.mirror;
        let mut needed = required(action, mirror);
        if let Op::Enrol { members } = &action.op {
            needed.extend(members.iter().map(|place| {
                let kind = match place.role {
                    Role::Student => Kind::Student,
                    _ => Kind::Employee,
                };
                (kind, place.source)
            }));
        }
        if let Op::ProposeMerge { beside, .. } = &action.op {
            needed.extend(beside.map(|beside| (action.kind, beside)));
        }
        needed.extend(self.copy_for(action));
        let refers = !action.op.is_destructive();
        if let Some(row) = mirror.table(action.kind).find(&source).filter(|_| refers) {
            // That nothing changed about a class's people is true under the ids that they have then.
            let people = matches!(action.op, Op::RefreshMembers);
            let relations =
                Relation::of(action.kind).filter(|relation| people || !is_member(*relation));
            for relation in relations {
                let ids = leads_to(mirror, relation, row);
                needed.extend(ids.map(|id| (relation.to(), id)));
            }
        }
        needed
    }
}

impl Needs<'_> {
    /// The copy of its course that a class of another school has.
    fn copy_for(&self, action: &Action) -> Option<(Kind, ObjectId)> {
        let mirror = self.input.mirror;
        let class = action.kind == Kind::Section && stands_on(&action.op, mirror).is_none();
        let section = action.source.filter(|_| class)?;
        let row = mirror.table(Kind::Section).find(&section)?;
        let course = leads_to(mirror, Relation::SectionCourse, row).next()?;
        let school = leads_to(mirror, Relation::SectionSchool, row).next()?;
        Some((Kind::Course, copy_of_course(&course, &school)))
    }
}

/// The records without which an action cannot be done at all; its own first. What a record only refers to, and who comes into a
/// class, are not among them: such an action is done as far as it can be.
pub(crate) fn required(action: &Action, mirror: &Snapshot) -> Vec<(Kind, ObjectId)> {
    let own = action.source.map(|source| (action.kind, source));
    let mut required = Vec::from_iter(own);
    required.extend(stands_on(&action.op, mirror).into_iter().flatten());
    let tie = action
        .source
        .filter(|_| action.kind == Kind::ContactLink && !action.op.is_destructive());
    if let Some(row) = tie.and_then(|tie| mirror.table(Kind::ContactLink).find(&tie)) {
        for relation in [Relation::LinkContact, Relation::LinkStudent] {
            let ends = leads_to(mirror, relation, row);
            required.extend(ends.map(|end| (relation.to(), end)));
        }
    }
    required
}

/// What things that the source never named stand on: a copy on its course and its school, a profile on its class.
fn stands_on(op: &Op, mirror: &Snapshot) -> Option<Vec<(Kind, ObjectId)>> {
    Some(match op {
        Op::Copy { row, school, .. } => vec![
            (Kind::Course, mirror.table(Kind::Course).id(*row)),
            (Kind::School, *school),
        ],
        Op::MakeClass { school, .. } => vec![(Kind::School, *school)],
        Op::OpenProfile { ground } | Op::ReopenProfile { ground, .. } => match ground {
            Ground::Section(id) => vec![(Kind::Section, *id)],
            Ground::School(id) => vec![(Kind::School, *id)],
            Ground::Role(_) => Vec::new(),
        },
        _ => return None,
    })
}

/// Whether an action makes a record be there, or be what others refer to.
fn arrives(op: &Op) -> bool {
    matches!(
        op,
        Op::Create { .. }
            | Op::Link { .. }
            | Op::Rekey { .. }
            | Op::Merge { .. }
            | Op::Unmerge { .. }
            | Op::Split { .. }
            | Op::Reactivate
            | Op::Restore
            | Op::GrantRole { .. }
            | Op::Copy { .. }
            | Op::MakeClass { .. }
    )
}

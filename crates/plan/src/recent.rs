//! What was done, as guards count it: the same measure for what a plan would do and for what the last 24 hours did
//! (integration-side B9, B11).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::Snapshot;

use crate::action::{Action, Op};
use crate::plan::Plan;
use crate::records;

/// How much was done of late that nobody approved.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Recent {
    /// Removals of a kind.
    pub removed: BTreeMap<Kind, u64>,
    /// Updates of a kind.
    pub updated: BTreeMap<Kind, u64>,
    /// Creations of a kind.
    pub created: BTreeMap<Kind, u64>,
    /// People of a kind who sign in differently.
    pub logins: BTreeMap<Kind, u64>,
    /// Removals of a kind in one school.
    pub schools: BTreeMap<(Kind, ObjectId), u64>,
    /// Students of each class.
    pub rosters: BTreeMap<ObjectId, Moves>,
    /// Places of students in classes, but for those of people who come or leave themselves.
    pub seats: Moves,
}

/// How many students left and came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Moves {
    /// So many left.
    pub left: u64,
    /// So many came.
    pub came: u64,
}

impl Moves {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            left: self.left + other.left,
            came: self.came + other.came,
        }
    }

    /// How many fewer there are.
    pub fn lost(self) -> u64 {
        self.left.saturating_sub(self.came)
    }

    /// How many there were, if there are so many after it.
    pub fn before(self, after: u64) -> u64 {
        (after + self.left).saturating_sub(self.came)
    }
}

impl Recent {
    /// What a plan does by the actions whose numbers are given; the first is 1. `base` is the mirror that was applied before it.
    pub fn of(plan: &Plan, base: &Snapshot, done: &dyn Fn(usize) -> bool) -> Self {
        let numbered = (1..).zip(plan.actions());
        let actions: Vec<&Action> = numbered
            .filter(|(number, action)| done(*number) && !action.is_made())
            .map(|(_, action)| action)
            .collect();
        let mut recent = Self {
            rosters: rosters(actions.iter().copied()),
            seats: seats(plan, actions.iter().copied()),
            ..Self::default()
        };
        for action in &actions {
            let counts = match action.op {
                Op::Create { .. } => &mut recent.created,
                Op::Update { .. } if plan.is_update(action) => &mut recent.updated,
                Op::Deactivate | Op::Archive => &mut recent.removed,
                _ => continue,
            };
            *counts.entry(action.kind).or_default() += 1;
        }
        for action in actions.iter().filter(|action| changes_login(action)) {
            *recent.logins.entry(action.kind).or_default() += 1;
        }
        for kind in JUDGED_PER_SCHOOL {
            let leaving = actions
                .iter()
                .filter(|action| action.kind == kind && goes(&action.op));
            let rows = leaving.filter_map(|action| base.table(kind).find(&action.source?));
            let gone = per_school(base, kind, rows).into_iter();
            recent
                .schools
                .extend(gone.map(|(school, count)| ((kind, school), count)));
        }
        recent
    }
}

/// The kinds of which no school may lose too many at once.
pub(crate) const JUDGED_PER_SCHOOL: [Kind; 3] = [Kind::Student, Kind::Employee, Kind::Section];

fn goes(op: &Op) -> bool {
    matches!(op, Op::Deactivate | Op::Archive)
}

/// Students who leave and who come, by class.
pub(crate) fn rosters<'a>(actions: impl Iterator<Item = &'a Action>) -> BTreeMap<ObjectId, Moves> {
    let mut rosters: BTreeMap<ObjectId, Moves> = BTreeMap::new();
    for action in actions.filter(|action| !action.is_made()) {
        let moves = match &action.op {
            Op::Unenrol { members } => Moves {
                left: students(members.iter().map(|seat| seat.role)),
                came: 0,
            },
            Op::Enrol { members } => Moves {
                left: 0,
                came: students(members.iter().map(|place| place.role)),
            },
            _ => continue,
        };
        if let Some(section) = action.source {
            let all = rosters.entry(section).or_default();
            *all = all.and(moves);
        }
    }
    rosters
}

/// Places of students that go and come without the students. What people lose who leave, and get who come, is told of them.
pub(crate) fn seats<'a>(plan: &Plan, actions: impl Iterator<Item = &'a Action>) -> Moves {
    let mut leave = BTreeSet::new();
    let mut come = BTreeSet::new();
    let people = |action: &&Action| action.kind == Kind::Student;
    for action in plan.actions().iter().filter(people) {
        match &action.op {
            Op::Deactivate | Op::Review => leave.extend(action.local),
            Op::Create { .. } | Op::Link { .. } | Op::Reactivate => come.extend(action.source),
            _ => {}
        }
    }
    let mut seats = Moves::default();
    for action in actions.filter(|action| !action.is_made()) {
        match &action.op {
            Op::Unenrol { members } => {
                let stay = members.iter().filter(|seat| !leave.contains(&seat.person));
                seats.left += students(stay.map(|seat| seat.role));
            }
            Op::Enrol { members } => {
                let known = members.iter().filter(|place| !come.contains(&place.source));
                seats.came += students(known.map(|place| place.role));
            }
            _ => {}
        }
    }
    seats
}

fn students(roles: impl Iterator<Item = Role>) -> u64 {
    roles.filter(|role| *role == Role::Student).count() as u64
}

/// Whether somebody signs in differently after an action.
pub(crate) fn changes_login(action: &Action) -> bool {
    let Op::Update { changes } = &action.op else {
        return false;
    };
    let login = |field: &str| field.ends_with("email") || field.ends_with("username");
    matches!(action.kind, Kind::Student | Kind::Employee)
        && changes
            .iter()
            .any(|change| login(change.field) && !change.before.is_empty())
}

/// How many of some records each school has.
pub(crate) fn per_school(
    base: &Snapshot,
    kind: Kind,
    rows: impl Iterator<Item = u32>,
) -> BTreeMap<ObjectId, u64> {
    let mut counts = BTreeMap::new();
    for row in rows {
        for school in records::schools(base, kind, row) {
            *counts.entry(school).or_default() += 1;
        }
    }
    counts
}

//! Fields that stop coming for a whole district (integration-side A2.8): one notice, not thousands of values that go blank.
//!
//! Where a school was read by itself and a field is blank for all of it, that may be the school's or the district's: its values
//! are kept under the same notice, whatever the order of schools, until the district is read.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Snapshot;

use crate::action::{Action, Op};
use crate::input::{Came, Input};
use crate::plan::Plan;
use crate::planner::followed;
use crate::policy::{Policy, Unshared};
use crate::records;
use crate::values::Field;

/// A field that fewer records had is not missed as a whole: it goes blank record by record.
const FEW: u64 = 20;

/// A field that came for many records and comes for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stopped {
    /// The kind of record.
    pub kind: Kind,
    /// The field.
    pub field: &'static str,
    /// How many records had it.
    pub records: u64,
    /// Whether the policy keeps what is known of it.
    pub kept: bool,
}

impl Plan {
    /// Whether an action updates a record otherwise than by fields that nobody shares any more: those are one change of the
    /// district's, and told as such.
    pub fn is_update(&self, action: &Action) -> bool {
        let stopped = |field: &str| {
            let mut all = self.stopped.iter();
            all.any(|stopped| stopped.kind == action.kind && stopped.field == field)
        };
        match &action.op {
            Op::Update { changes } => !changes.iter().all(|change| stopped(change.field)),
            _ => false,
        }
    }
}

/// What a plan leaves alone, or looks at more closely, because its field stopped coming or came back. A field is only looked at as a
/// whole where it was told of, or where it goes blank for somebody: what did not change costs nothing.
#[derive(Default)]
pub(crate) struct Fields {
    /// Fields that are told of already, and of which nothing comes.
    known: BTreeSet<(Kind, &'static str)>,
    /// Fields that are told of already and came back: the mirror of before does not say what the app shows.
    back: BTreeSet<(Kind, &'static str)>,
    /// Fields that went blank for somebody: with how many records had them if none has them now and many had.
    blanked: RefCell<BTreeMap<(Kind, &'static str), Option<Stopped>>>,
}

impl Fields {
    pub(crate) fn of(input: &Input<'_>, policy: &Policy) -> Self {
        let mut fields = Self::default();
        for (kind, name) in input.unshared {
            let followed = followed(policy, *kind).find(|field| field.name == name);
            let Some(field) = followed.filter(|field| !leads(field.name)) else {
                continue;
            };
            if input.mirror.table(*kind).is_empty() {
                continue;
            }
            let of = if has_come_back(input, *kind, &field) {
                &mut fields.back
            } else {
                &mut fields.known
            };
            of.insert((*kind, field.name));
        }
        fields
    }

    /// Whether a field's value in the app stays although nothing of it comes for a record that had it.
    pub(crate) fn keeps(
        &self,
        input: &Input<'_>,
        policy: &Policy,
        (kind, field): (Kind, &Field),
    ) -> bool {
        if leads(field.name) {
            return false;
        }
        let stopped = {
            let mut blanked = self.blanked.borrow_mut();
            let look = || stopped(input, policy, (kind, field));
            *blanked.entry((kind, field.name)).or_insert_with(look)
        };
        let known = self.known.contains(&(kind, field.name));
        (known || stopped.is_some()) && policy.unshared(kind, field.name) == Unshared::Keep
    }

    /// Whether a field of the kind came back.
    pub(crate) fn is_back(&self, kind: Kind) -> bool {
        self.back.iter().any(|(back, _)| *back == kind)
    }

    /// Whether a field of the kind is told of: the app may show what was kept of it, whatever the mirror of before says.
    pub(crate) fn is_told(&self, kind: Kind) -> bool {
        self.is_back(kind) || self.known.iter().any(|(known, _)| *known == kind)
    }

    /// Fields that came back with this mirror, in their order.
    pub(crate) fn back(&self) -> Vec<(Kind, &'static str)> {
        self.back.iter().copied().collect()
    }

    /// Fields that stopped with this mirror, kinds as they are ordered.
    pub(crate) fn stopped(&self) -> Vec<Stopped> {
        self.blanked.borrow().values().flatten().copied().collect()
    }
}

/// Whether a field that nobody shared is shared again. While schools are read one after the other some of them still have
/// what was shared before, so only what came for the district tells.
fn has_come_back(input: &Input<'_>, kind: Kind, field: &Field) -> bool {
    let is_there = !is_blank(input.mirror, kind, field);
    match input.came {
        Came::Whole => is_there,
        Came::Events => is_there && is_blank(input.base, kind, field),
        Came::Schools(_) => false,
    }
}

/// A field that stopped with this mirror; nothing if it did not.
fn stopped(input: &Input<'_>, policy: &Policy, (kind, field): (Kind, &Field)) -> Option<Stopped> {
    let records = match input.came {
        // Whether only its own records lost the field, however few they are, the next read of the district will show.
        Came::Schools(schools) if kind != Kind::School => lost_by(schools, input, kind, field),
        _ if !is_blank(input.mirror, kind, field) => 0,
        _ => Some(count(input.base, kind, field))
            .filter(|had| *had >= FEW)
            .unwrap_or(0),
    };
    (records > 0).then(|| Stopped {
        kind,
        field: field.name,
        records,
        kept: policy.unshared(kind, field.name) == Unshared::Keep,
    })
}

/// Whether a field says what a record belongs to: that is never unshared, it is so or not.
fn leads(field: &str) -> bool {
    let name = field.rsplit('_').next().unwrap_or(field);
    [
        "roles", "school", "schools", "course", "term", "contact", "student",
    ]
    .contains(&name)
}

fn is_blank(mirror: &Snapshot, kind: Kind, field: &Field) -> bool {
    let mut rows = 0..mirror.table(kind).len();
    rows.all(|row| field.text(mirror, kind, row).is_empty())
}

/// How many records of some schools had a value, if none of these schools' records has one now.
fn lost_by(schools: &BTreeSet<ObjectId>, input: &Input<'_>, kind: Kind, field: &Field) -> u64 {
    let (mirror, base) = (input.mirror, input.base);
    let mut lost = 0;
    for row in 0..mirror.table(kind).len() {
        let own = records::schools(mirror, kind, row);
        if !own.iter().any(|school| schools.contains(school)) {
            continue;
        }
        if !field.text(mirror, kind, row).is_empty() {
            return 0;
        }
        let before = base.table(kind).find(&mirror.table(kind).id(row));
        lost += u64::from(before.is_some_and(|row| !field.text(base, kind, row).is_empty()));
    }
    lost
}

fn count(mirror: &Snapshot, kind: Kind, field: &Field) -> u64 {
    let rows = 0..mirror.table(kind).len();
    rows.filter(|row| !field.text(mirror, kind, *row).is_empty())
        .count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values;

    #[test]
    fn what_describes_a_child_is_cleared_and_a_school_keeps_its_address() {
        let policy = Policy::read(Policy::SIS_LOCKDOWN).unwrap();
        let cleared = |kind: Kind| {
            let all = values::all(kind).into_iter().map(|field| field.name);
            let cleared = all.filter(|field| policy.unshared(kind, field) == Unshared::Clear);
            cleared.collect::<BTreeSet<_>>()
        };
        let described = [
            "address",
            "city",
            "disability_status",
            "disability_type",
            "dob",
            "ell_status",
            "frl_status",
            "gender",
            "gifted_status",
            "hispanic_ethnicity",
            "home_language",
            "iep_status",
            "race",
            "section_504_status",
            "state",
            "zip",
        ];
        for kind in Kind::ALL {
            let wanted = described.iter().filter(|_| kind == Kind::Student);
            assert_eq!(cleared(kind), wanted.copied().collect(), "{kind}");
        }
    }
}

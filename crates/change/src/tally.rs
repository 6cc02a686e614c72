//! Counting what a plan changes: per kind of record, per role of employees, per enrollment.

use homeroom_model::{Kind, Role};
use homeroom_segment::{Hash, Relation};

use crate::compare::Comparison;
use crate::counts::{Counts, Served, Tally};
use crate::fate::Fate;
use crate::people::{ROLES, RoleFrom, fields_of};
use crate::plan::KindPlan;

/// Counts everything.
pub(crate) fn count(comparison: &Comparison<'_>, kinds: &[KindPlan]) -> Counts {
    let of = |kind: Kind| {
        let plan = kinds.get(kind as usize);
        plan.map(KindPlan::tally).unwrap_or_default()
    };
    let mut counts = Counts::default();
    let (students, contacts) = (of(Kind::Student), of(Kind::Contact));
    counts.set(Served::Schools, of(Kind::School));
    counts.set(Served::Users, students + of(Kind::Employee) + contacts);
    counts.set(Served::Students, students);
    counts.set(Served::Contacts, contacts);
    counts.set(Served::Sections, of(Kind::Section));
    counts.set(Served::Courses, of(Kind::Course));
    counts.set(Served::Terms, of(Kind::Term));
    if let Some(plan) = kinds.get(Kind::Employee as usize) {
        for (role, place) in ROLES.into_iter().zip(0..) {
            counts.set(served(role), roles(comparison, plan, role, place));
        }
    }
    if let Some(plan) = kinds.get(Kind::Section as usize) {
        counts.set(Served::Enrollments, enrollments(comparison, plan));
    }
    counts
}

fn served(role: Role) -> Served {
    match role {
        Role::Teacher => Served::Teachers,
        Role::Staff => Served::Staff,
        Role::DistrictAdmin => Served::DistrictAdmins,
        Role::Student => Served::Students,
        Role::Contact => Served::Contacts,
    }
}

/// The relations that belong to a role of an employee.
fn relations_of(role: Role) -> impl Iterator<Item = Relation> {
    let belongs = move |relation: &Relation| match relation {
        Relation::TeacherSchool | Relation::TeacherSchools => role == Role::Teacher,
        Relation::StaffSchools => role == Role::Staff,
        _ => false,
    };
    Relation::of(Kind::Employee).filter(belongs)
}

/// People in a role: who gains it is created in it, who loses it deleted from it.
fn roles(comparison: &Comparison<'_>, plan: &KindPlan, role: Role, place: usize) -> Tally {
    let (old, rows) = (
        comparison.old.table(Kind::Employee),
        comparison.candidate.table(Kind::Employee),
    );
    let mut tally = Tally::default();
    for ((row, fate), person) in (0..).zip(&plan.fates).zip(&comparison.people) {
        let has = rows
            .keys(row)
            .get(place)
            .is_some_and(|key| *key != Hash::default());
        let had = fate
            .old()
            .filter(|old_row| old.key(*old_row, place).is_some());
        let from = person.roles.get(place).copied().unwrap_or_default();
        match (had, has) {
            (None, false) => {}
            (Some(_), false) => tally.deleted += 1,
            (None, true) => {
                tally.created += 1;
                tally.restored += u64::from(matches!(from, RoleFrom::Returned(_)));
            }
            (Some(old_row), true) => {
                let same = matches!(fate, Fate::Unchanged(_))
                    || (from == RoleFrom::Old(old_row)
                        && same_role(comparison, role, row, old_row));
                if same {
                    tally.unchanged += 1;
                } else {
                    tally.updated += 1;
                }
            }
        }
    }
    let deleted = plan.deleted.iter();
    tally.deleted += deleted
        .filter(|row| old.key(**row, place).is_some())
        .count() as u64;
    tally
}

fn same_role(comparison: &Comparison<'_>, role: Role, row: u32, old: u32) -> bool {
    let new_row = comparison.candidate.table(Kind::Employee).row(row);
    let old_row = comparison.old.table(Kind::Employee).row(old);
    let mut scratch = Vec::new();
    fields_of(role).all(|field| new_row.bytes(field) == old_row.bytes(field))
        && relations_of(role)
            .all(|relation| comparison.same_targets(relation, row, old, &mut scratch))
}

fn enrollments(comparison: &Comparison<'_>, plan: &KindPlan) -> Tally {
    let relation = Relation::SectionStudents;
    let lists = comparison.old.lists(relation);
    let mut tally = Tally::default();
    let mut mapped = Vec::new();
    for (row, fate) in (0..).zip(&plan.fates) {
        if let Fate::Unchanged(old) = fate {
            tally.unchanged += lists.get(*old).len() as u64;
            continue;
        }
        comparison.map_targets(relation, row, &mut mapped);
        let before = fate.old().map_or(&[][..], |old| lists.get(old));
        let stay = common(&mapped, before);
        tally.unchanged += stay;
        tally.created += mapped.len() as u64 - stay;
        tally.deleted += before.len() as u64 - stay;
    }
    let gone = plan.deleted.iter();
    tally.deleted += gone.map(|old| lists.get(*old).len() as u64).sum::<u64>();
    tally
}

/// How many numbers two ascending lists have in common.
fn common(mut some: &[u32], mut others: &[u32]) -> u64 {
    let mut count = 0;
    while let ([first, rest @ ..], [other, after @ ..]) = (some, others) {
        match first.cmp(other) {
            std::cmp::Ordering::Less => some = rest,
            std::cmp::Ordering::Greater => others = after,
            std::cmp::Ordering::Equal => {
                (some, others) = (rest, after);
                count += 1;
            }
        }
    }
    count
}

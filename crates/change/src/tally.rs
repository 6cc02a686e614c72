//! Counting what a plan changes: per kind of record, per role of employees, per enrollment.

use homeroom_model::{Kind, Role};
use homeroom_segment::Relation;

use crate::compare::Comparison;
use crate::counts::{Counts, Served, Tally};
use crate::fate::Fate;
use crate::people::{ROLES, RoleFrom, fields_of};
use crate::plan::KindPlan;
use crate::schools::{BySchool, SchoolCounts};

/// Counts everything, in the whole district and per school.
pub(crate) fn count(
    comparison: &Comparison<'_>,
    kinds: &[KindPlan],
) -> (Counts, Vec<SchoolCounts>) {
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
    let mut schools = BySchool::new(comparison, kinds);
    schools.count(kinds);
    if let Some(plan) = kinds.get(Kind::Section as usize) {
        let tally = enrollments(comparison, plan, &mut schools);
        counts.set(Served::Enrollments, tally);
    }
    (counts, schools.finish())
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

/// People in a role: who gains it is created in it, who loses it deleted from it. A role that moves to another person
/// with its record, as it does when people merge and split, has changed and is neither.
fn roles(comparison: &Comparison<'_>, plan: &KindPlan, role: Role, place: usize) -> Tally {
    let mut tally = Tally::default();
    for ((row, fate), person) in (0..).zip(&plan.fates).zip(&comparison.people) {
        match person.roles.get(place).copied().unwrap_or_default() {
            RoleFrom::Nowhere => {}
            RoleFrom::New => tally.created += 1,
            RoleFrom::Returned(_) => {
                tally.created += 1;
                tally.restored += 1;
            }
            RoleFrom::Old(old) => {
                let same = matches!(fate, Fate::Unchanged(_))
                    || (fate.old() == Some(old) && same_role(comparison, role, row, old));
                if same {
                    tally.unchanged += 1;
                } else {
                    tally.updated += 1;
                }
            }
        }
    }
    tally.deleted += comparison.roles_gone(place).count() as u64;
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

fn enrollments(comparison: &Comparison<'_>, plan: &KindPlan, schools: &mut BySchool<'_>) -> Tally {
    let relation = Relation::SectionStudents;
    let lists = comparison.old.lists(relation);
    let before_school = |old| comparison.old.lists(Relation::SectionSchool).first(old);
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
        let (created, deleted) = (mapped.len() as u64 - stay, before.len() as u64 - stay);
        tally.unchanged += stay;
        tally.created += created;
        tally.deleted += deleted;
        let school = fate.old().and_then(before_school);
        schools.add(school, Served::Enrollments, |tally| {
            tally.deleted += deleted;
        });
        let targets = comparison.candidate.lists(Relation::SectionSchool).get(row);
        let school = targets.first().and_then(|school| schools.place(*school));
        schools.add(school, Served::Enrollments, |tally| {
            tally.created += created;
        });
    }
    for old in &plan.deleted {
        let deleted = lists.get(*old).len() as u64;
        tally.deleted += deleted;
        schools.add(before_school(*old), Served::Enrollments, |tally| {
            tally.deleted += deleted;
        });
    }
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

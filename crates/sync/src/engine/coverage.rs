//! Which kinds of records a reading can speak of.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_client::{Reading, Report, Scope};
use homeroom_model::{Kind, Role};
use homeroom_plan::Policy;
use homeroom_segment::fields;
use homeroom_wire::{Object, Version};

use super::about::About;
use crate::mirror::Mirror;

/// What to ask for: what the policy wants, no more (integration-side B15).
pub(crate) fn reading(
    policy: &Policy,
    scope: Scope,
    (about, before): (&About, &Mirror),
) -> Reading {
    let mut reading = Reading::of(scope);
    if policy.wants(Kind::Contact) {
        reading.roles = Role::ALL.to_vec();
    }
    reading.resources = policy.wants(Kind::Resource);
    if scope == Scope::District {
        let earlier = Object::ALL.into_iter().filter_map(|object| {
            let count = about.collected.get(object.collection())?;
            Some((object, *count))
        });
        reading.earlier = earlier.collect();
        reading.earlier_in_role = in_roles(before);
    }
    reading
}

/// How many people a mirror has in each role.
fn in_roles(mirror: &Mirror) -> BTreeMap<Role, u64> {
    let employees = mirror.snapshot.table(Kind::Employee);
    let mut counts = BTreeMap::new();
    for row in 0..employees.len() {
        let held = employees.row(row).code(fields::employee::ROLES);
        for (role, bit) in [Role::Teacher, Role::Staff, Role::DistrictAdmin]
            .into_iter()
            .zip(0..8)
        {
            *counts.entry(role).or_default() += u64::from(held >> bit & 1);
        }
    }
    for (role, kind) in [
        (Role::Student, Kind::Student),
        (Role::Contact, Kind::Contact),
    ] {
        counts.insert(role, u64::from(mirror.snapshot.table(kind).len()));
    }
    counts
}

/// The wanted kinds whose records stand in a collection.
pub(crate) fn kinds_in(object: Object, version: &Version, policy: &Policy) -> Vec<Kind> {
    let kinds = Kind::ALL.into_iter().filter(|kind| policy.wants(*kind));
    kinds
        .filter(|kind| objects_of(*kind, version).contains(&object))
        .collect()
}

/// The wanted kinds of which a reading of the district brought everything: all collections that hold them were read to
/// their ends.
pub(crate) fn complete(report: &Report, version: &Version, policy: &Policy) -> BTreeSet<Kind> {
    let done = |object: &Object| {
        report
            .collection(*object)
            .is_some_and(homeroom_client::Collected::is_complete)
    };
    let kinds = Kind::ALL.into_iter().filter(|kind| policy.wants(*kind));
    kinds
        .filter(|kind| {
            let objects = objects_of(*kind, version);
            !objects.is_empty() && objects.iter().all(done)
        })
        .collect()
}

/// Records per collection that was read to its end, over those of before.
pub(crate) fn collected(report: &Report, before: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut counts = before.clone();
    let complete = report
        .collections
        .iter()
        .filter(|found| found.is_complete() && found.scope == Scope::District);
    counts.extend(complete.map(|found| (found.object.collection().to_owned(), found.records)));
    counts
}

/// The collections of a version that hold records of a kind. Courses and terms stand inside sections where they have none
/// of their own.
fn objects_of(kind: Kind, version: &Version) -> Vec<Object> {
    let candidates: &[Object] = match kind {
        Kind::School => &[Object::School],
        Kind::Term => &[Object::Term],
        Kind::Course => &[Object::Course],
        Kind::Section => &[Object::Section],
        Kind::Student => &[Object::User, Object::Student],
        Kind::Employee => &[
            Object::User,
            Object::Teacher,
            Object::SchoolAdmin,
            Object::DistrictAdmin,
        ],
        Kind::Contact | Kind::ContactLink => {
            &[Object::User, Object::Contact, Object::StudentContact]
        }
        Kind::Resource => &[Object::Resource],
    };
    let there = |object: &&Object| object.span().contains(version);
    let objects: Vec<_> = candidates.iter().filter(there).copied().collect();
    if objects.is_empty() && matches!(kind, Kind::Term | Kind::Course) {
        return vec![Object::Section];
    }
    objects
}

/// Whether courses and terms of a version stand inside its sections.
pub(crate) fn has_inline(version: &Version) -> bool {
    !Object::Course.span().contains(version)
}

/// The object to ask a source for, given what a relation or a table says of an id.
pub(crate) fn object_of(kind: Kind, version: &Version) -> Option<Object> {
    let people = matches!(kind, Kind::Student | Kind::Employee | Kind::Contact);
    if people && Object::User.span().contains(version) {
        return Some(Object::User);
    }
    objects_of(kind, version)
        .into_iter()
        .find(|object| kind == Kind::Section || *object != Object::Section)
}

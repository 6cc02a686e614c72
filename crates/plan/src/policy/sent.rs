//! A policy as it is written.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    ContactLimits, Courses, GuardLimits, Ladder, LoginNames, ManyClasses, ManyRoles, ManySchools,
    Owner, Removal, Unshared, Untold, WithoutClasses, calendar, requirement,
};

/// A policy as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    pub(super) format: u32,
    pub(super) name: String,
    pub(super) fields: BTreeMap<String, BTreeSet<String>>,
    #[serde(default)]
    pub(super) owners: BTreeMap<String, BTreeMap<String, Owner>>,
    #[serde(default)]
    pub(super) unshared: BTreeMap<String, BTreeMap<String, Unshared>>,
    #[serde(default)]
    pub(super) matching: Ladder,
    #[serde(default)]
    pub(super) requirements: Vec<requirement::Sent>,
    #[serde(default)]
    pub(super) removal: Removal,
    #[serde(default)]
    pub(super) without_classes: WithoutClasses,
    #[serde(default)]
    pub(super) filter: Vec<crate::filter::Sent>,
    #[serde(default)]
    pub(super) staging: Staging,
    #[serde(default)]
    pub(super) guards: GuardLimits,
    #[serde(default)]
    pub(super) calendar: calendar::Sent,
    #[serde(default)]
    pub(super) courses: Courses,
    #[serde(default)]
    pub(super) many_classes: ManyClasses,
    #[serde(default)]
    pub(super) many_schools: ManySchools,
    #[serde(default)]
    pub(super) many_roles: ManyRoles,
    #[serde(default)]
    pub(super) contacts: ContactLimits,
    #[serde(default)]
    pub(super) login_names: LoginNames,
    #[serde(default)]
    pub(super) inference: Inference,
}

/// What is worked out where the source does not say it.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Inference {
    pub(super) graduation_year: bool,
}

/// What happens to what nobody picked.
#[derive(Clone, Copy, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Staging {
    pub(super) default: Untold,
}

//! Paths that lead to events (clever-api 6.2).

use super::Object::{Event, School, SchoolAdmin, Section, Student, Teacher};
use super::{Route, all, list, one};
use crate::version::{Edition, Span, Version};

const SINCE_2_0: Span = Span {
    since: Edition::V2_0,
    until: None,
};

/// Whether the parts of a path are another address of `/events`, which an old client of version 1.1 has (clever-api 12,
/// item 29).
pub(super) fn is_alias(version: &Version, push: &str, rest: &[&str]) -> bool {
    version.edition == Edition::V1_1
        && push.eq_ignore_ascii_case("push")
        && matches!(rest, [events] if events.eq_ignore_ascii_case("events"))
}

pub(super) const ROUTES: &[Route] = &[
    all("/events", Event).counted().spanning(Span::FAMILY_1),
    all("/events", Event)
        .with_event_filters()
        .spanning(SINCE_2_0),
    one("/events/{id}", Event),
    list("/schools/{id}/events", School, Event)
        .counted()
        .spanning(Span::FAMILY_1),
    list("/school_admins/{id}/events", SchoolAdmin, Event)
        .counted()
        .spanning(Span::FAMILY_1),
    list("/sections/{id}/events", Section, Event)
        .counted()
        .spanning(Span::FAMILY_1),
    list("/students/{id}/events", Student, Event)
        .counted()
        .spanning(Span::FAMILY_1),
    list("/teachers/{id}/events", Teacher, Event)
        .counted()
        .spanning(Span::FAMILY_1),
];

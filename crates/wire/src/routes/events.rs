//! Paths that lead to events (clever-api 6.2).

use super::Object::{Event, School, SchoolAdmin, Section, Student, Teacher};
use super::{Route, all, list, one};
use crate::version::{Edition, Span};

const SINCE_2_0: Span = Span {
    since: Edition::V2_0,
    until: None,
};

pub(super) const ROUTES: &[Route] = &[
    all("/events", Event).spanning(Span::FAMILY_1),
    all("/events", Event)
        .with_event_filters()
        .spanning(SINCE_2_0),
    one("/events/{id}", Event),
    list("/schools/{id}/events", School, Event).spanning(Span::FAMILY_1),
    list("/school_admins/{id}/events", SchoolAdmin, Event).spanning(Span::FAMILY_1),
    list("/sections/{id}/events", Section, Event).spanning(Span::FAMILY_1),
    list("/students/{id}/events", Student, Event).spanning(Span::FAMILY_1),
    list("/teachers/{id}/events", Teacher, Event).spanning(Span::FAMILY_1),
];

//! Paths of versions 2.x (clever-api 4.1). Collections count since 2.1.

use super::Object::{
    Contact, Course, District, DistrictAdmin, School, SchoolAdmin, Section, Student, Teacher, Term,
};
use super::{Route, all, list, one, through};
use crate::version::{Edition, Span};

const FIRST: Span = Span {
    since: Edition::V2_0,
    until: Some(Edition::V2_0),
};
const SECOND: Span = Span {
    since: Edition::V2_1,
    until: Some(Edition::V2_1),
};

pub(super) const ROUTES: &[Route] = &[
    all("/contacts", Contact).spanning(FIRST),
    all("/contacts", Contact).counted().spanning(SECOND),
    one("/contacts/{id}", Contact),
    through("/contacts/{id}/district", Contact, District),
    list("/contacts/{id}/students", Contact, Student),
    all("/courses", Course).spanning(FIRST),
    all("/courses", Course).counted().spanning(SECOND),
    one("/courses/{id}", Course),
    through("/courses/{id}/district", Course, District),
    list("/courses/{id}/sections", Course, Section),
    all("/district_admins", DistrictAdmin).spanning(FIRST),
    all("/district_admins", DistrictAdmin)
        .counted()
        .spanning(SECOND),
    one("/district_admins/{id}", DistrictAdmin),
    through("/district_admins/{id}/district", DistrictAdmin, District),
    all("/districts", District).spanning(FIRST),
    all("/districts", District).counted().spanning(SECOND),
    one("/districts/{id}", District),
    all("/school_admins", SchoolAdmin).spanning(FIRST),
    all("/school_admins", SchoolAdmin)
        .counted()
        .spanning(SECOND),
    one("/school_admins/{id}", SchoolAdmin),
    through("/school_admins/{id}/district", SchoolAdmin, District),
    list("/school_admins/{id}/schools", SchoolAdmin, School),
    all("/schools", School).spanning(FIRST),
    all("/schools", School).counted().spanning(SECOND),
    one("/schools/{id}", School),
    through("/schools/{id}/district", School, District),
    list("/schools/{id}/sections", School, Section),
    list("/schools/{id}/students", School, Student),
    list("/schools/{id}/teachers", School, Teacher),
    all("/sections", Section).spanning(FIRST),
    all("/sections", Section).counted().spanning(SECOND),
    one("/sections/{id}", Section),
    through("/sections/{id}/course", Section, Course),
    through("/sections/{id}/district", Section, District),
    through("/sections/{id}/school", Section, School),
    list("/sections/{id}/students", Section, Student),
    through("/sections/{id}/teacher", Section, Teacher),
    list("/sections/{id}/teachers", Section, Teacher),
    through("/sections/{id}/term", Section, Term),
    all("/students", Student).spanning(FIRST),
    all("/students", Student).counted().spanning(SECOND),
    one("/students/{id}", Student),
    list("/students/{id}/contacts", Student, Contact),
    through("/students/{id}/district", Student, District),
    through("/students/{id}/school", Student, School),
    list("/students/{id}/schools", Student, School),
    list("/students/{id}/sections", Student, Section),
    list("/students/{id}/teachers", Student, Teacher),
    all("/teachers", Teacher).spanning(FIRST),
    all("/teachers", Teacher).counted().spanning(SECOND),
    one("/teachers/{id}", Teacher),
    through("/teachers/{id}/district", Teacher, District),
    through("/teachers/{id}/school", Teacher, School),
    list("/teachers/{id}/schools", Teacher, School),
    list("/teachers/{id}/sections", Teacher, Section),
    list("/teachers/{id}/students", Teacher, Student),
    all("/terms", Term).spanning(FIRST),
    all("/terms", Term).counted().spanning(SECOND),
    one("/terms/{id}", Term),
    through("/terms/{id}/district", Term, District),
    list("/terms/{id}/sections", Term, Section),
];

//! Paths of versions 1.x (clever-api 4.1). Every list of records counts (clever-api 5).

use super::Items::{Grades, Plain};
use super::Object::{
    District, DistrictAdmin, School, SchoolAdmin, Section, Status, Student, StudentContact, Teacher,
};
use super::{Route, all, list, one, through};

pub(super) const ROUTES: &[Route] = &[
    all("/contacts", StudentContact).counted(),
    one("/contacts/{id}", StudentContact),
    through("/contacts/{id}/district", StudentContact, District),
    through("/contacts/{id}/student", StudentContact, Student),
    all("/district_admins", DistrictAdmin)
        .counted()
        .of_items(Plain)
        .showing_links(),
    one("/district_admins/{id}", DistrictAdmin),
    all("/districts", District).counted(),
    one("/districts/{id}", District).including(),
    list("/districts/{id}/admins", District, DistrictAdmin)
        .counted()
        .of_items(Plain),
    list("/districts/{id}/schools", District, School)
        .counted()
        .filtered(),
    list("/districts/{id}/sections", District, Section)
        .counted()
        .filtered(),
    list("/districts/{id}/status", District, Status),
    list("/districts/{id}/students", District, Student)
        .counted()
        .filtered(),
    list("/districts/{id}/teachers", District, Teacher)
        .counted()
        .filtered(),
    all("/school_admins", SchoolAdmin).counted().filtered(),
    one("/school_admins/{id}", SchoolAdmin).including(),
    list("/school_admins/{id}/schools", SchoolAdmin, School).counted(),
    all("/schools", School).counted().filtered(),
    one("/schools/{id}", School),
    through("/schools/{id}/district", School, District),
    list("/schools/{id}/sections", School, Section)
        .counted()
        .filtered(),
    list("/schools/{id}/students", School, Student)
        .counted()
        .filtered(),
    list("/schools/{id}/teachers", School, Teacher)
        .counted()
        .filtered(),
    all("/sections", Section).counted().filtered(),
    one("/sections/{id}", Section),
    through("/sections/{id}/district", Section, District),
    through("/sections/{id}/school", Section, School),
    list("/sections/{id}/students", Section, Student).counted(),
    through("/sections/{id}/teacher", Section, Teacher),
    list("/sections/{id}/teachers", Section, Teacher).counted(),
    all("/students", Student).counted().filtered(),
    one("/students/{id}", Student).including(),
    list("/students/{id}/contacts", Student, StudentContact)
        .counted()
        .of_items(Plain),
    through("/students/{id}/district", Student, District),
    through("/students/{id}/school", Student, School),
    list("/students/{id}/sections", Student, Section).counted(),
    list("/students/{id}/teachers", Student, Teacher).counted(),
    all("/teachers", Teacher).counted().filtered(),
    one("/teachers/{id}", Teacher).including(),
    through("/teachers/{id}/district", Teacher, District),
    list("/teachers/{id}/grade_levels", Teacher, Section).of_items(Grades),
    through("/teachers/{id}/school", Teacher, School),
    list("/teachers/{id}/sections", Teacher, Section).counted(),
    list("/teachers/{id}/students", Teacher, Student).counted(),
];

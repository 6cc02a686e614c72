//! Paths of versions 3.x (clever-api 4.2).

use homeroom_model::Role;

use super::Object::{Course, District, Resource, School, Section, Term, User};
use super::{Route, all, list, one, through};

const AT_SCHOOL: &[Role] = &[Role::Staff, Role::Student, Role::Teacher];
const IN_CLASS: &[Role] = &[Role::Student, Role::Teacher];

pub(super) const ROUTES: &[Route] = &[
    all("/courses", Course).counted(),
    one("/courses/{id}", Course),
    through("/courses/{id}/district", Course, District),
    list("/courses/{id}/resources", Course, Resource),
    list("/courses/{id}/schools", Course, School),
    list("/courses/{id}/sections", Course, Section),
    all("/districts", District).counted(),
    one("/districts/{id}", District),
    all("/resources", Resource),
    one("/resources/{id}", Resource),
    list("/resources/{id}/courses", Resource, Course),
    list("/resources/{id}/sections", Resource, Section),
    list("/resources/{id}/users", Resource, User).with_roles(IN_CLASS),
    all("/schools", School).counted(),
    one("/schools/{id}", School),
    list("/schools/{id}/courses", School, Course),
    through("/schools/{id}/district", School, District),
    list("/schools/{id}/sections", School, Section),
    list("/schools/{id}/terms", School, Term),
    list("/schools/{id}/users", School, User)
        .with_roles(AT_SCHOOL)
        .with_primary(),
    all("/sections", Section).counted(),
    one("/sections/{id}", Section),
    through("/sections/{id}/course", Section, Course),
    through("/sections/{id}/district", Section, District),
    list("/sections/{id}/resources", Section, Resource),
    through("/sections/{id}/school", Section, School),
    through("/sections/{id}/term", Section, Term),
    list("/sections/{id}/users", Section, User).with_roles(IN_CLASS),
    all("/terms", Term).counted(),
    one("/terms/{id}", Term),
    through("/terms/{id}/district", Term, District),
    list("/terms/{id}/schools", Term, School),
    list("/terms/{id}/sections", Term, Section),
    all("/users", User).counted().with_roles(&Role::ALL),
    one("/users/{id}", User),
    through("/users/{id}/district", User, District),
    list("/users/{id}/mycontacts", User, User).only(Role::Contact),
    list("/users/{id}/mystudents", User, User).only(Role::Student),
    list("/users/{id}/myteachers", User, User).only(Role::Teacher),
    list("/users/{id}/resources", User, Resource),
    list("/users/{id}/schools", User, School).with_primary(),
    list("/users/{id}/sections", User, Section),
];

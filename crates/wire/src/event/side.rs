//! What a version knows a moved record as.

use homeroom_model::{Kind, Role};
use homeroom_segment::{MovedPlace, View};

use super::near::Near;
use crate::people::{EMPLOYEE_ROLES, role_id, shows_link, shows_person, shows_role};
use crate::routes::Object;
use crate::select::Place;
use crate::version::{Family, Version};

/// A record as a version has it.
#[derive(Clone, Copy)]
pub(super) struct Side {
    pub(super) object: Object,
    pub(super) place: Place,
}

/// The record at a place of a move, if the view shows it in this version.
pub(super) fn side(
    version: &Version,
    view: View<'_>,
    at: &MovedPlace,
    near: &Near,
) -> Option<Side> {
    let Some((kind, id)) = at.record else {
        return Some(Side {
            object: Object::District,
            place: Place::District,
        });
    };
    let row = near.find(view.snapshot.table(kind), kind, &id)?;
    let as_row = |object| Side {
        object,
        place: Place::Row(kind, row),
    };
    let as_role = |object, role| Side {
        object,
        place: Place::Role(role, row),
    };
    let (side, shown) = match (kind, version.family) {
        (Kind::School, _) => (as_row(Object::School), view.shows(kind, row)),
        (Kind::Section, _) => (as_row(Object::Section), view.shows(kind, row)),
        (Kind::Course, Family::Two | Family::Three) => {
            (as_row(Object::Course), view.shows(kind, row))
        }
        (Kind::Term, Family::Two | Family::Three) => (as_row(Object::Term), view.shows(kind, row)),
        (Kind::Resource, Family::Three) => (as_row(Object::Resource), view.shows(kind, row)),
        (Kind::Student | Kind::Employee | Kind::Contact, Family::Three) => (
            as_row(Object::User),
            at.slot == 0 && shows_person(view, kind, row),
        ),
        (Kind::Student, _) => (
            as_row(Object::Student),
            shows_role(view, Role::Student, row),
        ),
        (Kind::Employee, _) => {
            let role = *EMPLOYEE_ROLES.get(at.slot)?;
            let object = match role {
                Role::Teacher => Object::Teacher,
                Role::Staff => Object::SchoolAdmin,
                _ => Object::DistrictAdmin,
            };
            let there = role_id(view, role, row).is_some();
            (as_role(object, role), there && shows_role(view, role, row))
        }
        (Kind::Contact, Family::Two) => {
            let there = role_id(view, Role::Contact, row).is_some();
            let shown = there && shows_role(view, Role::Contact, row);
            (as_role(Object::Contact, Role::Contact), shown)
        }
        (Kind::ContactLink, Family::One) => (as_row(Object::StudentContact), shows_link(view, row)),
        (Kind::Course | Kind::Term | Kind::Contact, Family::One)
        | (Kind::Resource, Family::One | Family::Two)
        | (Kind::ContactLink, Family::Two | Family::Three) => return None,
    };
    shown.then_some(side)
}

//! Which records a path means: the object it names, and what stands in relation to it. Every step goes through the view,
//! so nothing outside its scope is even passed through.

mod records;
mod users;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::{Relation, View};

use crate::family3;
use crate::page::Run;
use crate::people::{shows_link, shows_person, shows_role};
use crate::request::Request;
use crate::routes::Object;
use crate::version::{Family, Version};

pub(crate) use records::grades;

/// A record of the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The district itself.
    District,
    /// How the district's data is doing: a record of its own in versions 1.x.
    Status,
    /// A row of a table.
    Row(Kind, u32),
    /// One role of a person, by its own id: a record of versions before 3. Students have one id for both and are rows.
    Role(Role, u32),
}

/// The tables of an object's records.
pub(crate) fn kinds(object: Object) -> &'static [Kind] {
    match object {
        Object::District | Object::Status | Object::Event => &[],
        Object::School => &[Kind::School],
        Object::Section => &[Kind::Section],
        Object::Course => &[Kind::Course],
        Object::Term => &[Kind::Term],
        Object::User => &[Kind::Student, Kind::Employee, Kind::Contact],
        Object::Student => &[Kind::Student],
        Object::Teacher | Object::SchoolAdmin | Object::DistrictAdmin => &[Kind::Employee],
        Object::Contact => &[Kind::Contact],
        Object::StudentContact => &[Kind::ContactLink],
        Object::Resource => &[Kind::Resource],
    }
}

/// The role whose records an object is, before version 3.
pub(crate) fn role_of(object: Object) -> Option<Role> {
    match object {
        Object::Student => Some(Role::Student),
        Object::Teacher => Some(Role::Teacher),
        Object::SchoolAdmin => Some(Role::Staff),
        Object::DistrictAdmin => Some(Role::DistrictAdmin),
        Object::Contact | Object::StudentContact => Some(Role::Contact),
        _ => None,
    }
}

/// The record with an id, if the view shows it.
pub(crate) fn locate(view: View<'_>, object: Object, id: &ObjectId) -> Option<Place> {
    match object {
        Object::District => return (view.district.id == *id).then_some(Place::District),
        Object::Teacher | Object::SchoolAdmin | Object::DistrictAdmin | Object::Contact => {
            return records::locate(view, role_of(object)?, id);
        }
        _ => {}
    }
    let (kind, row) = kinds(object)
        .iter()
        .find_map(|kind| Some((*kind, view.snapshot.table(*kind).find(id)?)))?;
    let shown = match object {
        Object::User => shows_person(view, kind, row),
        Object::Student => shows_role(view, Role::Student, row),
        Object::StudentContact => shows_link(view, row),
        _ => view.shows(kind, row),
    };
    shown.then_some(Place::Row(kind, row))
}

/// The one record at the other end of a relation.
pub(crate) fn through(
    view: View<'_>,
    version: &Version,
    from: Place,
    gives: Object,
) -> Option<Place> {
    if version.family != Family::Three && gives != Object::District {
        return records::through(view, from, gives);
    }
    let (relation, kind) = match gives {
        Object::District => return Some(Place::District),
        Object::School => (Relation::SectionSchool, Kind::School),
        Object::Course => (Relation::SectionCourse, Kind::Course),
        Object::Term => (Relation::SectionTerm, Kind::Term),
        _ => return None,
    };
    let Place::Row(Kind::Section, section) = from else {
        return None;
    };
    let row = view.snapshot.lists(relation).first(section)?;
    view.shows(kind, row).then_some(Place::Row(kind, row))
}

/// The records of a collection; of users those with a role, where one is asked for.
pub(crate) fn collection(view: View<'_>, object: Object, role: Option<Role>) -> Vec<Run<'_>> {
    if object == Object::User {
        return users::people(view, role);
    }
    if role_of(object).is_some() {
        return vec![records::collection(view, object)];
    }
    kinds(object)
        .iter()
        .map(|kind| Run::table(view, *kind))
        .collect()
}

/// The records in relation to one, before version 3, where what is given says what the relation is.
pub(crate) fn related_to<'a>(
    view: View<'a>,
    version: &Version,
    from: Place,
    gives: Object,
) -> Vec<Run<'a>> {
    records::related(view, version, from, gives)
}

/// What a record's own address links to beside itself, as the last parts of the addresses.
pub(crate) fn relations(
    version: &Version,
    view: View<'_>,
    of: Object,
    place: Place,
) -> Vec<&'static str> {
    if version.family == Family::Three {
        family3::relations(view, place)
    } else {
        records::relations(version, view, of, place)
    }
}

/// The records in relation to one.
pub(crate) fn related<'a>(view: View<'a>, request: &Request, from: Place) -> Vec<Run<'a>> {
    if request.version.family != Family::Three {
        return related_to(view, request.version, from, request.route.gives);
    }
    users::related(view, request, from)
}

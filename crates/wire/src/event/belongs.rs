//! Whether a record belongs to a school: what `school` asks of events (clever-api 6.2).

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::{Relation, View};

use crate::select::Place;

/// Whether a record is a school, one of its sections, or somebody who has to do with it, as far as the view shows.
pub(super) fn to_school(view: View<'_>, place: Place, school: &ObjectId) -> bool {
    let Some(school) = view.snapshot.table(Kind::School).find(school) else {
        return false;
    };
    if !view.shows(Kind::School, school) {
        return false;
    }
    let leads = |relation: Relation, row| view.snapshot.lists(relation).get(row).contains(&school);
    let (row, roles): (u32, &[Role]) = match place {
        Place::Row(Kind::School, row) => return row == school,
        Place::Row(Kind::Section, row) => return leads(Relation::SectionSchool, row),
        Place::Row(Kind::Student, row) => return leads(Relation::StudentSchools, row),
        Place::Row(Kind::Employee, row) => (row, &[Role::Teacher, Role::Staff]),
        Place::Role(Role::Teacher, row) => (row, &[Role::Teacher]),
        Place::Role(Role::Staff, row) => (row, &[Role::Staff]),
        _ => return false,
    };
    let shown = roles.iter().filter(|role| view.mask.shows_role(**role));
    shown.into_iter().any(|role| match role {
        Role::Teacher => leads(Relation::TeacherSchools, row),
        _ => leads(Relation::StaffSchools, row),
    })
}

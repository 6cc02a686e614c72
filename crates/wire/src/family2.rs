//! Documents of versions 2.x: one record per role, under the role's own id; courses and terms of their own; contacts with
//! all their students. What differs between the members of the family is asked from [`crate::Rules`].

mod contact;
mod district;
mod section;

use homeroom_model::{Kind, Role};

use crate::select::Place;
use crate::writer::Writer;

/// The document of a record.
pub(crate) fn document(writer: &mut Writer<'_, '_>, place: Place) {
    match place {
        Place::District => writer.district(district::contact),
        Place::Row(Kind::School, row) => writer.school(row),
        Place::Row(Kind::Section, row) => section::section(writer, row),
        Place::Row(Kind::Course, row) => writer.course(row),
        Place::Row(Kind::Term, row) => writer.term(row),
        Place::Row(Kind::Student, row) => writer.student_record(row),
        Place::Role(Role::Teacher, row) => writer.teacher_record(row),
        Place::Role(Role::Staff, row) => writer.school_admin_record(row, false),
        Place::Role(Role::DistrictAdmin, row) => writer.district_admin_record(row, false),
        Place::Role(Role::Contact, row) => contact::contact(writer, row),
        // Records of other families.
        Place::Row(Kind::Employee | Kind::Contact | Kind::ContactLink | Kind::Resource, _)
        | Place::Role(Role::Student, _)
        | Place::Status => writer.raw(b"{}"),
    }
}

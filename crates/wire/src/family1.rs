//! Documents of versions 1.x: one record per role, under the role's own id; one contact for each of a contact's students;
//! course and term inside the section; the district's status apart. What differs between the members of the family is
//! asked from [`crate::Rules`].

mod contact;
mod district;
mod section;

use homeroom_model::{Kind, Role};

use crate::select::Place;
use crate::writer::Writer;

pub(crate) use section::{InlineTerm, course_of, term_of};

/// The document of a record.
pub(crate) fn document(writer: &mut Writer<'_, '_>, place: Place) {
    match place {
        Place::District => district::district(writer),
        Place::Status => district::status(writer),
        Place::Row(Kind::School, row) => writer.school(row),
        Place::Row(Kind::Section, row) => section::section(writer, row),
        Place::Row(Kind::Student, row) => writer.student_record(row),
        Place::Role(Role::Teacher, row) => writer.teacher_record(row),
        Place::Role(Role::Staff, row) => writer.school_admin_record(row, true),
        Place::Role(Role::DistrictAdmin, row) => writer.district_admin_record(row, true),
        Place::Row(Kind::ContactLink, row) => contact::contact(writer, row),
        // Records of other families.
        Place::Row(
            Kind::Employee | Kind::Contact | Kind::Course | Kind::Term | Kind::Resource,
            _,
        )
        | Place::Role(Role::Student | Role::Contact, _) => writer.raw(b"{}"),
    }
}

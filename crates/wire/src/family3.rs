//! Documents of versions 3.x: people are users with roles. One file per kind; what differs between the members of the
//! family is asked from [`crate::Rules`].

mod contact;
mod district;
mod employee;
mod links;
mod resource;
mod section;
mod student;

use homeroom_model::Kind;

use crate::select::Place;
use crate::writer::Writer;

pub(crate) use links::relations;

/// The document of a record.
pub(crate) fn document(writer: &mut Writer<'_, '_>, place: Place) {
    match place {
        Place::District => writer.district(Writer::district_contact),
        Place::Row(Kind::School, row) => writer.school(row),
        Place::Row(Kind::Student, row) => writer.student(row),
        Place::Row(Kind::Employee, row) => writer.employee(row),
        Place::Row(Kind::Contact, row) => writer.contact(row),
        Place::Row(Kind::Section, row) => writer.section(row),
        Place::Row(Kind::Course, row) => writer.course(row),
        Place::Row(Kind::Term, row) => writer.term(row),
        Place::Row(Kind::Resource, row) => writer.resource(row),
        // Links between contacts and students have no documents in this family; they stand in their contact's. Nor do
        // roles, which stand in their user's, nor the status, which stands in the district.
        Place::Row(Kind::ContactLink, _) | Place::Role(..) | Place::Status => writer.raw(b"{}"),
    }
}

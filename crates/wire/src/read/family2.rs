//! Documents of versions 2.x: one record per role.

use homeroom_model::ContactLink;

use super::object::Read;
use super::{Person, ReadError, Tie, person};
use crate::routes::Object;

/// A record of one role.
pub(super) fn person(object: Object, read: Read<'_>) -> Result<Person, ReadError> {
    let id = read.id("id")?;
    let mut found = Person::default();
    match object {
        Object::Student => found.student = Some(person::student(read, read, id)?),
        Object::Teacher => found.teacher = Some(person::teacher(read, read, id)?),
        Object::SchoolAdmin => found.staff = Some(person::staff(read, read, id)?),
        Object::DistrictAdmin => found.admin = Some(person::district_admin(read, read, id)?),
        Object::Contact => {
            let link = ContactLink {
                relationship: read.listed("relationship")?,
                kind: read.listed("type")?,
            };
            let students = read.ids("students")?.into_iter();
            let ties = students.map(|student| Tie {
                student,
                link: link.clone(),
            });
            let contact = person::contact(read, read, id, read.text("name")?)?;
            found.contact = Some((contact, ties.collect()));
        }
        // Not people of this family: there is nothing to read.
        _ => return Err(ReadError::NotAnObject("a person")),
    }
    Ok(found)
}

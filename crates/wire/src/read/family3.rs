//! Documents of versions 3.x: users with roles.

use homeroom_model::{ContactLink, ObjectId};

use super::object::Read;
use super::{InRole, Person, ReadError, Tie, person};

/// A user. A role without `legacy_id` has the user's own: live traffic of students lacked it (clever-api 12, item 14).
pub(super) fn person(read: Read<'_>) -> Result<Person, ReadError> {
    let own_id = read.id("id")?;
    let Some(roles) = read.object("roles")? else {
        return Err(ReadError::Missing("roles"));
    };
    let id = |role: Read<'_>| -> Result<ObjectId, ReadError> {
        Ok(role.maybe_id("legacy_id")?.unwrap_or(own_id))
    };
    let mut found = Person::default();
    if let Some(role) = roles.object("student")? {
        found.student = Some(person::student(read, role, id(role)?)?);
    }
    if let Some(role) = roles.object("teacher")? {
        found.teacher = Some(person::teacher(read, role, id(role)?)?);
    }
    if let Some(role) = roles.object("staff")? {
        found.staff = Some(person::staff(read, role, id(role)?)?);
    }
    if let Some(role) = roles.object("district_admin")? {
        found.admin = Some(person::district_admin(read, role, id(role)?)?);
    }
    if let Some(role) = roles.object("contact")? {
        let name = read.inside("name", |name| name.text("last"))?;
        let contact: InRole<_> = person::contact(read, role, id(role)?, name)?;
        found.contact = Some((contact, ties(role)?));
    }
    Ok(found)
}

fn ties(role: Read<'_>) -> Result<Vec<Tie>, ReadError> {
    let ties = role.items("student_relationships")?.iter().map(|value| {
        let read = role.beside(value)?;
        Ok(Tie {
            student: read.id("student")?,
            link: ContactLink {
                relationship: read.listed("relationship")?,
                kind: read.listed("type")?,
            },
        })
    });
    ties.collect()
}

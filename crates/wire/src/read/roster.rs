use homeroom_model::{
    ClosedList, Course, Location, Name, Resource, ResourceRole, School, Section, Term,
};

use super::object::Read;
use super::{Head, ReadError, SectionRead};

/// What every record has.
pub(super) fn head(read: Read<'_>) -> Result<Head, ReadError> {
    Ok(Head {
        id: read.id("id")?,
        district: read.maybe_id("district")?,
        created: read.instant("created")?,
        modified: read.instant("last_modified")?,
    })
}

/// Resources say `updated`.
pub(super) fn resource_head(read: Read<'_>) -> Result<Head, ReadError> {
    Ok(Head {
        modified: read.instant("updated")?,
        ..head(read)?
    })
}

pub(super) fn location(read: Read<'_>) -> Result<Location<'static>, ReadError> {
    Ok(Location {
        address: read.text("address")?,
        city: read.text("city")?,
        state: read.text("state")?,
        zip: read.text("zip")?,
    })
}

pub(super) fn name(read: Read<'_>) -> Result<Name<'static>, ReadError> {
    Ok(Name {
        first: read.text("first")?,
        middle: read.text("middle")?,
        last: read.text("last")?,
    })
}

pub(super) fn school(read: Read<'_>) -> Result<School<'static>, ReadError> {
    let principal = read.object("principal")?;
    let principal = |name| principal.map_or_else(|| Ok("".into()), |read| read.text(name));
    Ok(School {
        sis_id: read.text("sis_id")?,
        name: read.text("name")?,
        number: read.text("school_number")?,
        state_id: read.text("state_id")?,
        nces_id: read.text("nces_id")?,
        mdr_number: read.text("mdr_number")?,
        low_grade: read.listed("low_grade")?,
        high_grade: read.listed("high_grade")?,
        principal: principal("name")?,
        principal_email: principal("email")?,
        phone: read.text("phone")?,
        location: read.inside("location", location)?,
        ext: read.ext()?,
        custom: false,
    })
}

/// A section that points at its course and term.
pub(super) fn section(read: Read<'_>) -> Result<SectionRead, ReadError> {
    Ok(SectionRead {
        section: Section {
            sis_id: read.text("sis_id")?,
            name: read.text("name")?,
            number: read.text("section_number")?,
            period: read.text("period")?,
            grade: read.listed("grade")?,
            subject: read.listed("subject")?,
            ext: read.ext()?,
            ..Section::default()
        },
        school: read.maybe_id("school")?,
        course: read.maybe_id("course")?,
        term: read.maybe_id("term_id")?,
        teachers: read.ids("teachers")?,
        students: read.ids("students")?,
        ..SectionRead::default()
    })
}

pub(super) fn course(read: Read<'_>) -> Result<Course<'static>, ReadError> {
    Ok(Course {
        name: read.text("name")?,
        number: read.text("number")?,
    })
}

pub(super) fn term(read: Read<'_>) -> Result<Term<'static>, ReadError> {
    Ok(Term {
        name: read.text("name")?,
        start: read.day("start_date")?,
        end: read.day("end_date")?,
    })
}

pub(super) fn resource(read: Read<'_>) -> Result<Resource<'static>, ReadError> {
    let roles = read.texts("roles")?.into_iter();
    // Roles of a newer server say nothing to us.
    let mut roles: Vec<_> = roles.filter_map(ResourceRole::from_text).collect();
    roles.sort_unstable_by_key(|role| role.code());
    roles.dedup();
    Ok(Resource {
        resource_id: read.text("resource_id")?,
        title: read.text("title")?,
        roles,
    })
}

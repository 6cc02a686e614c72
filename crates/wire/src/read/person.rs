//! The fields of roles, wherever they stand: `own` is the role's object, `whole` that of the person, which in versions before
//! 3 is the same.

use homeroom_model::{
    Contact, DistrictAdmin, Language, Listed, ObjectId, Staff, Student, Teacher, Text,
};

use super::InRole;
use super::object::{Read, ReadError};
use super::roster::{location, name};

fn in_role<T>(own: Read<'_>, id: ObjectId, value: T) -> Result<InRole<T>, ReadError> {
    Ok(InRole {
        id,
        value,
        school: own.maybe_id("school")?,
        schools: own.ids("schools")?,
    })
}

fn username(own: Read<'_>) -> Result<Text<'static>, ReadError> {
    own.inside("credentials", |read| read.text("district_username"))
}

pub(super) fn student(
    whole: Read<'_>,
    own: Read<'_>,
    id: ObjectId,
) -> Result<InRole<Student<'static>>, ReadError> {
    let disability = own.object("disability")?;
    let value = Student {
        sis_id: own.text("sis_id")?,
        school_sis_id: "".into(),
        number: own.text("student_number")?,
        state_id: own.text("state_id")?,
        name: whole.inside("name", name)?,
        preferred_name: own.inside("preferred_name", name)?,
        grade: own.listed("grade")?,
        gender: own.listed("gender")?,
        graduation_year: own.text("graduation_year")?,
        dob: own.day("dob")?,
        race: own.listed("race")?,
        hispanic: own.listed("hispanic_ethnicity")?,
        home_language: home_language(own)?,
        ell: own.listed("ell_status")?,
        iep: own.listed("iep_status")?,
        frl: own.listed("frl_status")?,
        section_504: own.listed("section_504_status")?,
        gifted: own.listed("gifted_status")?,
        disability_status: disability.map_or_else(
            || Ok(Listed::Blank),
            |read| read.listed("disability_status"),
        )?,
        disability: disability
            .map_or_else(|| Ok(Listed::Blank), |read| read.listed("disability_type"))?,
        location: own.inside("location", location)?,
        email: whole.text("email")?,
        username: username(own)?,
        ext: own.ext()?,
        custom: false,
    };
    in_role(own, id, value)
}

/// By name; where a server sends the code only, by that.
fn home_language(own: Read<'_>) -> Result<Listed<'static, Language>, ReadError> {
    let named = own.listed("home_language")?;
    let code = own.maybe("home_language_code")?;
    Ok(match (named, code) {
        (Listed::Blank, Some(code)) if !code.is_empty() => {
            let known = <Language as homeroom_model::ClosedList>::ALL.iter();
            let known = known.copied().find(|language| language.code_text() == code);
            known.map_or_else(|| Listed::AsSent(code.to_owned().into()), Listed::Known)
        }
        (named, _) => named,
    })
}

pub(super) fn teacher(
    whole: Read<'_>,
    own: Read<'_>,
    id: ObjectId,
) -> Result<InRole<Teacher<'static>>, ReadError> {
    let value = Teacher {
        sis_id: own.text("sis_id")?,
        school_sis_id: "".into(),
        number: own.text("teacher_number")?,
        state_id: own.text("state_id")?,
        email: whole.text("email")?,
        name: whole.inside("name", name)?,
        title: own.text("title")?,
        username: username(own)?,
        ext: own.ext()?,
        custom: false,
    };
    in_role(own, id, value)
}

pub(super) fn staff(
    whole: Read<'_>,
    own: Read<'_>,
    id: ObjectId,
) -> Result<InRole<Staff<'static>>, ReadError> {
    let roles = own.texts("roles")?.into_iter();
    let value = Staff {
        staff_id: own.text("staff_id")?,
        email: whole.text("email")?,
        name: whole.inside("name", name)?,
        department: own.text("department")?,
        title: own.text("title")?,
        username: username(own)?,
        roles: roles.map(|role| role.to_owned().into()).collect(),
        ext: own.ext()?,
        kept_by_hand: false,
        custom: false,
    };
    in_role(own, id, value)
}

pub(super) fn district_admin(
    whole: Read<'_>,
    own: Read<'_>,
    id: ObjectId,
) -> Result<InRole<DistrictAdmin<'static>>, ReadError> {
    let value = DistrictAdmin {
        key: "".into(),
        email: whole.text("email")?,
        name: whole.inside("name", name)?,
        title: own.text("title")?,
    };
    in_role(own, id, value)
}

/// A contact, whose whole name the families keep in different places.
pub(super) fn contact(
    whole: Read<'_>,
    own: Read<'_>,
    id: ObjectId,
    name: Text<'static>,
) -> Result<InRole<Contact<'static>>, ReadError> {
    let value = Contact {
        sis_id: own.text("sis_id")?,
        name,
        email: whole.text("email")?,
        phone: own.text("phone")?,
        phone_type: own.listed("phone_type")?,
    };
    in_role(own, id, value)
}

//! Reading documents back into model values: what a client of any server of any version needs. One file per family says
//! how its documents are composed; what is in them is read in one place.
//!
//! Reading is lenient where servers differ and strict where a value would be wrong: fields that are not there are blank,
//! names that are not known are passed over, values outside a closed list are kept as sent
//! ([`homeroom_model::Listed::AsSent`]); an id that is none, a list or an object of another kind, or a document without an id
//! is an error that names the field and never the value. Texts, dates and instants that cannot be read are errors for
//! [`document`] and are left out, and named, by [`tolerant`]; the dates of terms in versions 1.x stand as sent.

mod district;
mod family1;
mod family2;
mod family3;
mod object;
mod page;
mod person;
mod roster;

use homeroom_model::{
    Contact, ContactLink, Course, Date, DistrictAdmin, ObjectId, Resource, School, Section, Staff,
    Student, Teacher, Term, Timestamp,
};
use serde_json::Value;

use crate::routes::Object;
use crate::version::{Family, Version};

pub use object::ReadError;
pub use page::{Links, Page, count, page, single};

/// What every record has around its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The record's id in the version it was read in.
    pub id: ObjectId,
    /// The district's id, where the document names it.
    pub district: Option<ObjectId>,
    /// When it was first published, where the document says so.
    pub created: Option<Timestamp>,
    /// When it last changed, where the document says so.
    pub modified: Option<Timestamp>,
}

/// A document as values.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    /// The district; of versions 1.x also its status, whose fields are the rest of it.
    District(Box<DistrictRead>),
    /// A school.
    School(Head, Box<School<'static>>),
    /// A section.
    Section(Head, Box<SectionRead>),
    /// A course.
    Course(Head, Course<'static>),
    /// A term.
    Term(Head, Term<'static>),
    /// A resource. Its head says when it was last updated.
    Resource(Head, Resource<'static>),
    /// A person: with all roles in versions 3.x, with one before.
    Person(Head, Box<Person>),
}

/// The district, as far as a document tells; `None` and empty where it does not.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct DistrictRead {
    /// Its id.
    pub id: ObjectId,
    /// Its name; a status has none.
    pub name: String,
    /// Id given by Market Data Retrieval.
    pub mdr_number: String,
    /// Id given by the National Center for Education Statistics.
    pub nces_id: String,
    /// The day the district went live.
    pub launch_date: Option<Date>,
    /// Address of its portal.
    pub portal_url: String,
    /// Kind of its SIS.
    pub sis_type: Option<String>,
    /// How its people sign in.
    pub login_methods: Vec<String>,
    /// What is wrong, in words for people.
    pub error: Option<String>,
    /// State of its data, as sent.
    pub state: Option<String>,
    /// When its last run finished.
    pub last_sync: Option<Timestamp>,
    /// When attendance was last read.
    pub last_attendance_sync: Option<Timestamp>,
    /// First day of a pause.
    pub pause_start: Option<Date>,
    /// Last day of a pause.
    pub pause_end: Option<Date>,
    /// Id of the person to ask.
    pub contact: Option<ObjectId>,
}

/// A section and what it points at. Ids of people are those of the version.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SectionRead {
    /// Its own fields.
    pub section: Section<'static>,
    /// Its school.
    pub school: Option<ObjectId>,
    /// Its course, since version 2.0.
    pub course: Option<ObjectId>,
    /// Its term, since version 2.0.
    pub term: Option<ObjectId>,
    /// Its course as it stands inside it, versions 1.x.
    pub inline_course: Option<Course<'static>>,
    /// Its term as it stands inside it, versions 1.x; a date that cannot be read is missing here and stands as sent in the
    /// section.
    pub inline_term: Option<Term<'static>>,
    /// Its teachers, the primary teacher first.
    pub teachers: Vec<ObjectId>,
    /// Its students.
    pub students: Vec<ObjectId>,
}

/// A person in one role or more.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Person {
    /// The student role.
    pub student: Option<InRole<Student<'static>>>,
    /// The teacher role.
    pub teacher: Option<InRole<Teacher<'static>>>,
    /// The staff role.
    pub staff: Option<InRole<Staff<'static>>>,
    /// The district admin role. Its key is empty: no version shows it.
    pub admin: Option<InRole<DistrictAdmin<'static>>>,
    /// The contact role, with its ties to students.
    pub contact: Option<(InRole<Contact<'static>>, Vec<Tie>)>,
}

/// A role of a person.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct InRole<T> {
    /// The id of the role's record before version 3, which 3.x calls `legacy_id`. A contact of versions 1.x has that of one
    /// tie only.
    pub id: ObjectId,
    /// The role's fields. Name and email, which a user of versions 3.x has once, stand in each of them.
    pub value: T,
    /// The primary school.
    pub school: Option<ObjectId>,
    /// All schools.
    pub schools: Vec<ObjectId>,
}

/// What ties a contact to a student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The student.
    pub student: ObjectId,
    /// What is known of the tie. Versions 2.x have one for all of a contact's students.
    pub link: ContactLink<'static>,
}

/// Reads a document of an object in a version.
pub fn document(version: &Version, object: Object, value: &Value) -> Result<Document, ReadError> {
    composed(version, object, object::Read::new(value)?)
}

/// The same, but a text, date or instant that cannot be read is left out instead of the whole document (integration-side A2.5);
/// the names of the fields come with it, ascending. A number where a text is expected stands for its digits.
pub fn tolerant(
    version: &Version,
    object: Object,
    value: &Value,
) -> Result<(Document, Vec<&'static str>), ReadError> {
    let left_out = object::LeftOut::default();
    let read = object::Read::tolerant(value, &left_out)?;
    let document = composed(version, object, read)?;
    Ok((document, left_out.take().into_iter().collect()))
}

fn composed(
    version: &Version,
    object: Object,
    read: object::Read<'_>,
) -> Result<Document, ReadError> {
    match object {
        Object::District | Object::Status => {
            let district = district::district(read)?;
            Ok(Document::District(Box::new(district)))
        }
        Object::School => Ok(Document::School(
            roster::head(read)?,
            Box::new(roster::school(read)?),
        )),
        Object::Course => Ok(Document::Course(roster::head(read)?, roster::course(read)?)),
        Object::Term => Ok(Document::Term(roster::head(read)?, roster::term(read)?)),
        Object::Resource => Ok(Document::Resource(
            roster::resource_head(read)?,
            roster::resource(read)?,
        )),
        Object::Section => {
            let section = if version.family == Family::One {
                family1::section(read)?
            } else {
                roster::section(read)?
            };
            Ok(Document::Section(roster::head(read)?, Box::new(section)))
        }
        _ => {
            let person = match version.family {
                Family::One => family1::person(object, read)?,
                Family::Two => family2::person(object, read)?,
                Family::Three => family3::person(read)?,
            };
            Ok(Document::Person(roster::head(read)?, Box::new(person)))
        }
    }
}

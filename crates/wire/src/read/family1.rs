//! Documents of versions 1.x: course and term inside the section, one contact for each student.

use homeroom_model::{ContactLink, Course, Term};

use super::object::{self, Read};
use super::{Person, ReadError, SectionRead, Tie, family2, person, roster};
use crate::routes::Object;

pub(super) fn section(read: Read<'_>) -> Result<SectionRead, ReadError> {
    let mut found = roster::section(read)?;
    found.section.course_description = read.text("course_description")?;
    let course = Course {
        name: read.text("course_name")?,
        number: read.text("course_number")?,
    };
    found.inline_course = (course != Course::default()).then_some(course);
    if let Some(term) = read.object("term")? {
        found.section.term_start_as_sent = term.text("start_date")?;
        found.section.term_end_as_sent = term.text("end_date")?;
        found.inline_term = Some(Term {
            name: term.text("name")?,
            start: object::day(&found.section.term_start_as_sent),
            end: object::day(&found.section.term_end_as_sent),
        });
    }
    Ok(found)
}

/// A record of one role.
pub(super) fn person(object: Object, read: Read<'_>) -> Result<Person, ReadError> {
    if object != Object::StudentContact {
        return family2::person(object, read);
    }
    let contact = person::contact(read, read, read.id("id")?, read.text("name")?)?;
    let tie = Tie {
        student: read.id("student")?,
        link: ContactLink {
            relationship: read.listed("relationship")?,
            kind: read.listed("type")?,
        },
    };
    Ok(Person {
        contact: Some((contact, vec![tie])),
        ..Person::default()
    })
}

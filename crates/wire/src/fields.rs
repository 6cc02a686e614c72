//! Every field of every document with its form, its marks and the versions that have it (clever-api 3, with the settled
//! exceptions). The OpenAPI documents and the contract test read this one table; the writers are held to it by tests.

mod district;
mod event;
mod person;
mod record;
mod roster;
mod student;

pub use district::{DISTRICT, DISTRICT_CONTACT, DISTRICT_STATUS};
pub use event::EVENT;
pub use person::{CONTACT, DISTRICT_ADMIN, ROLES, STAFF, STUDENT_RELATIONSHIP, TEACHER, USER};
pub use record::{SCHOOL_ADMIN, STUDENT_CONTACT};
pub use roster::{COURSE, INLINE_TERM, RESOURCE, SCHOOL, SECTION, TERM};
pub use student::STUDENT;

use homeroom_model::{ClosedList, Grade};

use crate::older;
use crate::routes::Object;
use crate::version::{Edition, Span, Version};

/// A promise about a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Every document has it; an object or list may be empty.
    Guaranteed,
    /// Its value always has the stated form.
    Validated,
    /// Its value is rewritten or derived from what the district sent.
    Normalised,
    /// Sensitive: it appears only where both the district and the application switched it on.
    OptIn,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 4] = [
        Self::Guaranteed,
        Self::Validated,
        Self::Normalised,
        Self::OptIn,
    ];

    /// The mark as the API documents write it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Guaranteed => "guaranteed",
            Self::Validated => "validated",
            Self::Normalised => "normalised",
            Self::OptIn => "opt-in",
        }
    }
}

/// A set of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Marks(u8);

impl Marks {
    const fn with(self, mark: Mark) -> Self {
        Self(self.0 | 1 << mark as u8)
    }

    /// Whether the mark is set.
    pub const fn contains(self, mark: Mark) -> bool {
        self.0 & 1 << mark as u8 != 0
    }

    /// The marks that are set.
    pub fn iter(self) -> impl Iterator<Item = Mark> {
        Mark::ALL
            .into_iter()
            .filter(move |mark| self.contains(*mark))
    }
}

/// The form of a value.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Text without a form of its own.
    Text,
    /// 24 lower-case hexadecimal digits.
    Id,
    /// `YYYY-MM-DDTHH:MM:SS.sssZ`.
    Instant,
    /// `YYYY-MM-DD`.
    Day,
    /// `M/D/YYYY`, not padded.
    BirthDay,
    /// A JSON boolean.
    Flag,
    /// One of a list.
    OneOf(Values),
    /// An object with fields of its own.
    Object(&'static ObjectFields),
    /// An object whose names the district chose; values are texts.
    Map,
    /// A list.
    List(&'static Form),
}

/// The values of a closed list.
#[derive(Clone, Copy, Debug)]
pub struct Values {
    texts: fn() -> Vec<&'static str>,
    blank: bool,
}

impl Values {
    /// Every value, in the order of the list; the empty one last where there is one.
    pub fn all(&self) -> Vec<&'static str> {
        let mut texts = (self.texts)();
        if self.blank {
            texts.push("");
        }
        texts
    }
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// Its name in the document.
    pub name: &'static str,
    /// The form of its value.
    pub form: Form,
    /// What is promised about it.
    pub marks: Marks,
    /// The versions that have it.
    pub span: Span,
    /// What it means, for the API's documentation.
    pub meaning: &'static str,
}

/// The fields of one object.
#[derive(Debug)]
pub struct ObjectFields {
    /// The name of its schema.
    pub name: &'static str,
    /// What it is, for the API's documentation.
    pub meaning: &'static str,
    /// Its fields, in the order in which they are documented.
    pub fields: &'static [FieldSpec],
}

impl ObjectFields {
    /// The fields that a version has.
    pub fn of(&self, version: &Version) -> impl Iterator<Item = &'static FieldSpec> {
        let version = *version;
        self.fields
            .iter()
            .filter(move |field| field.span.contains(&version))
    }
}

/// The fields of an object's documents.
pub fn object_fields(object: Object) -> &'static ObjectFields {
    match object {
        Object::District => &DISTRICT,
        Object::Status => &DISTRICT_STATUS,
        Object::School => &SCHOOL,
        Object::Section => &SECTION,
        Object::Course => &COURSE,
        Object::Term => &TERM,
        Object::User => &USER,
        Object::Student => &STUDENT,
        Object::Teacher => &TEACHER,
        Object::SchoolAdmin => &SCHOOL_ADMIN,
        Object::DistrictAdmin => &DISTRICT_ADMIN,
        Object::Contact => &CONTACT,
        Object::StudentContact => &STUDENT_CONTACT,
        Object::Resource => &RESOURCE,
        Object::Event => &EVENT,
    }
}

impl FieldSpec {
    const fn new(name: &'static str, form: Form, meaning: &'static str) -> Self {
        Self {
            name,
            form,
            marks: Marks(0),
            span: Span::ALL,
            meaning,
        }
    }

    const fn mark(self, mark: Mark) -> Self {
        Self {
            marks: self.marks.with(mark),
            ..self
        }
    }

    const fn guaranteed(self) -> Self {
        self.mark(Mark::Guaranteed)
    }

    const fn validated(self) -> Self {
        self.mark(Mark::Validated)
    }

    const fn normalised(self) -> Self {
        self.mark(Mark::Normalised)
    }

    const fn opt_in(self) -> Self {
        self.mark(Mark::OptIn)
    }

    const fn since(self, since: Edition) -> Self {
        Self {
            span: Span {
                since,
                until: self.span.until,
            },
            ..self
        }
    }

    const fn until(self, until: Edition) -> Self {
        Self {
            span: Span {
                since: self.span.since,
                until: Some(until),
            },
            ..self
        }
    }
}

const fn text(name: &'static str, meaning: &'static str) -> FieldSpec {
    FieldSpec::new(name, Form::Text, meaning)
}

const fn id(name: &'static str, meaning: &'static str) -> FieldSpec {
    FieldSpec::new(name, Form::Id, meaning).validated()
}

const fn ids(name: &'static str, meaning: &'static str) -> FieldSpec {
    FieldSpec::new(name, Form::List(&Form::Id), meaning)
        .guaranteed()
        .validated()
}

const fn instant(name: &'static str, meaning: &'static str) -> FieldSpec {
    FieldSpec::new(name, Form::Instant, meaning).validated()
}

const fn day(name: &'static str, meaning: &'static str) -> FieldSpec {
    FieldSpec::new(name, Form::Day, meaning).validated()
}

const fn object(
    name: &'static str,
    fields: &'static ObjectFields,
    meaning: &'static str,
) -> FieldSpec {
    FieldSpec::new(name, Form::Object(fields), meaning)
}

const fn one_of(name: &'static str, values: Values, meaning: &'static str) -> FieldSpec {
    FieldSpec::new(name, Form::OneOf(values), meaning).validated()
}

/// The values of a closed list of the model, and the empty one.
const fn listed<L: ClosedList>() -> Values {
    Values {
        texts: texts::<L>,
        blank: true,
    }
}

fn texts<L: ClosedList>() -> Vec<&'static str> {
    L::ALL.iter().map(|value| value.text()).collect()
}

const ID: FieldSpec = id(
    "id",
    "The record's id: lasting, and unique over districts and kinds of records.",
)
.guaranteed();
const OF_DISTRICT: FieldSpec = id("district", "The district's id.").guaranteed();
const CREATED: FieldSpec = instant("created", "When the record was first published.").guaranteed();
const MODIFIED: FieldSpec =
    instant("last_modified", "When the record's content last changed.").guaranteed();
const EXT: FieldSpec = FieldSpec::new(
    "ext",
    Form::Map,
    "Extension fields: columns the district added under ext., with texts as values. Empty if there are none.",
)
.guaranteed()
.since(Edition::V2_1);

/// GRADE16: the grades before version 2.1.
const OLDER_GRADES: Values = Values {
    texts: || {
        let grades = Grade::ALL.iter().copied();
        let known = grades.filter(|grade| older::grade(*grade) == *grade);
        known.map(Grade::text).collect()
    },
    blank: false,
};

/// A grade: GRADE16 before version 2.1, GRADE22 since; two fields of one name.
const fn grade(name: &'static str, meaning: &'static str) -> [FieldSpec; 2] {
    [
        one_of(name, OLDER_GRADES, meaning)
            .normalised()
            .until(Edition::V2_0),
        one_of(name, listed::<Grade>(), meaning)
            .normalised()
            .since(Edition::V2_1),
    ]
}

/// A person's name.
pub const NAME: ObjectFields = ObjectFields {
    name: "Name",
    meaning: "A person's name.",
    fields: &[
        text("first", "Given name."),
        text("middle", "Middle name or names."),
        text(
            "last",
            "Family name. A contact's whole name stands here, alone.",
        ),
    ],
};

/// An address.
pub const LOCATION: ObjectFields = ObjectFields {
    name: "Location",
    meaning: "A postal address; parts that are not known are left out.",
    fields: &[
        text("address", "Street and number."),
        text("city", "City."),
        text("state", "State, usually two letters."),
        text("zip", "Postal code."),
        text("lat", "Latitude."),
        text("lon", "Longitude."),
    ],
};

/// The name of an administrator, versions 2.x.
const ADMIN_NAME: ObjectFields = ObjectFields {
    name: "AdminName",
    meaning: "The name of an administrator.",
    fields: &[text("first", "Given name."), text("last", "Family name.")],
};

/// Sign-in data.
pub const CREDENTIALS: ObjectFields = ObjectFields {
    name: "Credentials",
    meaning: "What a person signs in with. Passwords are never shown.",
    fields: &[text("district_username", "User name in the district.")],
};

/// State of the connection to a learning management system.
pub const LMS_STATUS: ObjectFields = ObjectFields {
    name: "LmsStatus",
    meaning: "State of the connection to a learning management system.",
    fields: &[FieldSpec::new(
        "synced_in_lms",
        Form::Flag,
        "Whether the record is matched there.",
    )],
};

#[cfg(test)]
mod tests;

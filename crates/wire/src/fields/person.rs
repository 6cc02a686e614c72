use homeroom_model::{ContactType, PhoneType, Relationship};

use super::{
    ADMIN_NAME, CREATED, CREDENTIALS, EXT, FieldSpec, Form, ID, LMS_STATUS, MODIFIED, NAME,
};
use super::{OF_DISTRICT, ObjectFields, STUDENT, id, ids, listed, object, one_of, text};
use crate::version::Edition;

/// A person.
pub const USER: ObjectFields = ObjectFields {
    name: "User",
    meaning: "A person with one role or more. Employees with the same email are one person; students and contacts never merge.",
    fields: &[
        ID,
        OF_DISTRICT,
        CREATED,
        EMAIL,
        MODIFIED,
        object(
            "lms_status",
            &LMS_STATUS,
            "State in a learning management system.",
        )
        .since(Edition::V3_1),
        object("name", &NAME, "Name.").guaranteed(),
        object(
            "roles",
            &ROLES,
            "The person's roles; a role that the person does not have is left out.",
        )
        .guaranteed(),
    ],
};

/// The roles of a person.
pub const ROLES: ObjectFields = ObjectFields {
    name: "Roles",
    meaning: "The roles of a person, each at most once.",
    fields: &[
        object("contact", &CONTACT, "A contact of students."),
        object(
            "district_admin",
            &DISTRICT_ADMIN,
            "An administrator of the district.",
        ),
        object("staff", &STAFF, "A member of staff."),
        object("student", &STUDENT, "A student."),
        object("teacher", &TEACHER, "A teacher."),
    ],
};

const LEGACY_ID: FieldSpec = id("legacy_id", "The id of the role's record before version 3.")
    .guaranteed()
    .since(Edition::V3_0);
const EMAIL: FieldSpec = text(
    "email",
    "Email, as sent: neither unique nor always an address.",
);
const CONTACT_TYPE: &str = "What the contact is to be called for, for the first of the students.";

/// A teacher: a record of its own before version 3, since then the teacher role of a person, whose name, district and dates
/// stand on the user only (settled).
pub const TEACHER: ObjectFields = ObjectFields {
    name: "Teacher",
    meaning: "A teacher.",
    fields: &[
        ID.until(Edition::V2_1),
        OF_DISTRICT.until(Edition::V2_1),
        CREATED.until(Edition::V2_1),
        object(
            "credentials",
            &CREDENTIALS,
            "What the teacher signs in with.",
        ),
        EMAIL.until(Edition::V2_1),
        EXT,
        MODIFIED.until(Edition::V2_1),
        LEGACY_ID,
        object("name", &NAME, "Name.")
            .guaranteed()
            .until(Edition::V2_1),
        id(
            "school",
            "The primary school: the one with most of the teacher's sections.",
        )
        .guaranteed()
        .normalised(),
        ids("schools", "All schools the teacher belongs to.")
            .normalised()
            .since(Edition::V1_2),
        text(
            "sis_id",
            "The teacher's id in the student information system.",
        )
        .guaranteed(),
        text("state_id", "Id given by the state."),
        text("teacher_number", "Local number."),
        text("title", "Title."),
    ],
};

/// The staff role.
pub const STAFF: ObjectFields = ObjectFields {
    name: "Staff",
    meaning: "The staff role of a person. Staff have no primary school and no sections.",
    fields: &[
        object(
            "credentials",
            &CREDENTIALS,
            "What the person signs in with.",
        )
        .guaranteed(),
        text("department", "Department."),
        EXT,
        LEGACY_ID,
        FieldSpec::new(
            "roles",
            Form::List(&Form::Text),
            "Names of permissions in the district's dashboard.",
        )
        .guaranteed()
        .validated(),
        ids("schools", "The schools the person works at."),
        text("staff_id", "The person's staff id.").guaranteed(),
        text("title", "Title."),
    ],
};

/// A district admin: a record of its own before version 3, since then the district admin role of a person.
pub const DISTRICT_ADMIN: ObjectFields = ObjectFields {
    name: "DistrictAdmin",
    meaning: "An administrator of the district.",
    fields: &[
        ID.until(Edition::V2_1),
        OF_DISTRICT.until(Edition::V2_1),
        EMAIL.guaranteed().until(Edition::V2_1),
        LEGACY_ID,
        object("name", &NAME, "Name.").until(Edition::V1_2),
        object("name", &ADMIN_NAME, "Name.")
            .since(Edition::V2_0)
            .until(Edition::V2_1),
        text("title", "Title."),
    ],
};

/// A contact with all its students: a record of its own in versions 2.x, since then the contact role of a person.
pub const CONTACT: ObjectFields = ObjectFields {
    name: "Contact",
    meaning: "A contact of students: a guardian or someone else to be called.",
    fields: &[
        ID.until(Edition::V2_1),
        OF_DISTRICT.until(Edition::V2_1),
        EMAIL.until(Edition::V2_1),
        LEGACY_ID,
        text("name", "Whole name.")
            .guaranteed()
            .until(Edition::V2_1),
        text("phone", "Telephone, digits only.").normalised(),
        one_of(
            "phone_type",
            listed::<PhoneType>(),
            "Kind of the telephone.",
        )
        .normalised(),
        text(
            "sis_id",
            "The contact's id in the student information system.",
        ),
        one_of(
            "relationship",
            listed::<Relationship>(),
            "How the contact is related to the first of the students.",
        )
        .normalised()
        .until(Edition::V2_1),
        ids("students", "The students the contact is tied to.").until(Edition::V2_1),
        FieldSpec::new(
            "student_relationships",
            Form::List(&Form::Object(&STUDENT_RELATIONSHIP)),
            "The students the contact is tied to.",
        )
        .guaranteed()
        .validated()
        .since(Edition::V3_0),
        one_of("type", listed::<ContactType>(), CONTACT_TYPE)
            .guaranteed()
            .normalised()
            .until(Edition::V2_0),
        one_of("type", listed::<ContactType>(), CONTACT_TYPE)
            .normalised()
            .since(Edition::V2_1)
            .until(Edition::V2_1),
    ],
};

/// A contact's tie to one student.
pub const STUDENT_RELATIONSHIP: ObjectFields = ObjectFields {
    name: "StudentRelationship",
    meaning: "What ties a contact to one student.",
    fields: &[
        one_of(
            "relationship",
            listed::<Relationship>(),
            "How the two are related.",
        )
        .normalised(),
        id("student", "The student's id.").guaranteed(),
        one_of(
            "type",
            listed::<ContactType>(),
            "What the contact is to be called for.",
        )
        .normalised(),
    ],
};

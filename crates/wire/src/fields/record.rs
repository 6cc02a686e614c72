use super::{ADMIN_NAME, CREDENTIALS, EXT, ID, NAME, OF_DISTRICT, ObjectFields};
use super::{id, ids, object, text};
use crate::version::Edition;

const MEANING: &str = "A member of staff: the staff role of a person since version 3.";

/// The staff role of a person, as a record of its own before version 3.
pub const SCHOOL_ADMIN: ObjectFields = ObjectFields {
    name: "SchoolAdmin",
    meaning: MEANING,
    fields: &[
        ID,
        OF_DISTRICT,
        object(
            "credentials",
            &CREDENTIALS,
            "What the person signs in with.",
        )
        .guaranteed(),
        text("department", "Department.").since(Edition::V2_1),
        text("email", "Email, as sent.").guaranteed(),
        EXT,
        object("name", &NAME, "Name.")
            .guaranteed()
            .until(Edition::V1_2),
        object("name", &ADMIN_NAME, "Name.")
            .guaranteed()
            .since(Edition::V2_0),
        ids("schools", "The schools the person works at."),
        text("staff_id", "The person's staff id.").guaranteed(),
        text("title", "Title."),
    ],
};

/// A contact of one student, versions 1.x. None of its values is from a closed list.
pub const STUDENT_CONTACT: ObjectFields = ObjectFields {
    name: "StudentContact",
    meaning: "A contact of one student: one record for each of a contact's students.",
    fields: &[
        ID,
        OF_DISTRICT,
        text("email", "Email, as sent."),
        text("name", "Whole name.").guaranteed(),
        text("phone", "Telephone, digits only."),
        text("phone_type", "Kind of the telephone."),
        text("relationship", "How the two are related."),
        text(
            "sis_id",
            "The contact's id in the student information system.",
        )
        .since(Edition::V1_2),
        id("student", "The student's id.").guaranteed(),
        text(
            "type",
            "What the contact is to be called for; may be empty.",
        )
        .guaranteed(),
    ],
};

use homeroom_model::{ResourceRole, Subject};

use super::{CREATED, EXT, FieldSpec, Form, ID, LMS_STATUS, LOCATION, MODIFIED, OF_DISTRICT};
use super::{
    ObjectFields, Values, day, grade, id, ids, instant, listed, object, one_of, text, texts,
};
use crate::version::Edition;

/// A school.
pub const SCHOOL: ObjectFields = ObjectFields {
    name: "School",
    meaning: "A school of the district.",
    fields: &[
        ID,
        OF_DISTRICT,
        CREATED,
        EXT,
        HIGH_GRADE[0],
        HIGH_GRADE[1],
        MODIFIED,
        object("location", &LOCATION, "Address."),
        LOW_GRADE[0],
        LOW_GRADE[1],
        text("mdr_number", "Id given by Market Data Retrieval."),
        text("name", "Name.").guaranteed(),
        text(
            "nces_id",
            "Id given by the National Center for Education Statistics.",
        ),
        text("phone", "Telephone, as sent."),
        object(
            "principal",
            &PRINCIPAL,
            "The principal; empty if not known.",
        )
        .guaranteed(),
        text("school_number", "Local number.").guaranteed(),
        text(
            "sis_id",
            "The school's id in the student information system.",
        )
        .guaranteed(),
        text("state_id", "Id given by the state."),
    ],
};

const PRINCIPAL: ObjectFields = ObjectFields {
    name: "Principal",
    meaning: "The head of a school.",
    fields: &[
        text("name", "Whole name."),
        text("email", "Email, as sent."),
    ],
};

/// A section.
pub const SECTION: ObjectFields = ObjectFields {
    name: "Section",
    meaning: "A class as it meets. It belongs to one school; its students and teachers may come from any.",
    fields: &[
        ID,
        OF_DISTRICT,
        id("course", "Its course, if any.")
            .normalised()
            .since(Edition::V2_0),
        text("course_description", "What its course is about.").until(Edition::V1_2),
        text("course_name", "Name of its course.").until(Edition::V1_2),
        text("course_number", "Number of its course.").until(Edition::V1_2),
        CREATED,
        EXT,
        SECTION_GRADE[0],
        SECTION_GRADE[1],
        MODIFIED,
        object(
            "lms_status",
            &LMS_STATUS,
            "State in a learning management system.",
        )
        .since(Edition::V3_1),
        text(
            "name",
            "Name: as sent, or built from course, teacher and period. Not unique.",
        )
        .guaranteed()
        .normalised(),
        text("period", "Period, free text."),
        id("school", "Its school.").guaranteed(),
        text("section_number", "Section number."),
        text(
            "sis_id",
            "The section's id in the student information system.",
        )
        .guaranteed(),
        ids("students", "Its students that the application may see."),
        one_of("subject", OLDER_SUBJECTS, SUBJECT)
            .guaranteed()
            .normalised()
            .until(Edition::V2_0),
        one_of("subject", listed::<Subject>(), SUBJECT)
            .normalised()
            .since(Edition::V2_1),
        id(
            "teacher",
            "The primary teacher; left out where there is none.",
        )
        .normalised(),
        ids(
            "teachers",
            "All teachers, the primary teacher first; at most ten.",
        )
        .normalised(),
        object("term", &INLINE_TERM, "Its term, if any.").until(Edition::V1_2),
        id("term_id", "Its term, if any.")
            .normalised()
            .since(Edition::V2_0),
    ],
};

const SUBJECT: &str =
    "Subject: from the subject sent, else guessed from the names of course and section.";

const OLDER_SUBJECTS: Values = Values {
    texts: texts::<Subject>,
    blank: false,
};

const HIGH_GRADE: [FieldSpec; 2] = grade("high_grade", "Highest grade taught.");
const LOW_GRADE: [FieldSpec; 2] = grade("low_grade", "Lowest grade taught.");
const SECTION_GRADE: [FieldSpec; 2] = grade(
    "grade",
    "Grade: as sent, or the most common one among its students where the district sends none.",
);

/// The term inside a section, versions 1.x.
pub const INLINE_TERM: ObjectFields = ObjectFields {
    name: "Term",
    meaning: "The term of a section.",
    fields: &[
        text("end_date", "Last day, as the district spelt it."),
        text("name", "Name."),
        text("start_date", "First day, as the district spelt it."),
    ],
};

/// A course.
pub const COURSE: ObjectFields = ObjectFields {
    name: "Course",
    meaning: "A course, built from the sections that name it.",
    fields: &[
        ID,
        OF_DISTRICT,
        text("name", "Name."),
        text(
            "number",
            "Number; what identifies the course where there is one.",
        ),
    ],
};

/// A term.
pub const TERM: ObjectFields = ObjectFields {
    name: "Term",
    meaning: "A term, built from the sections that name it. At least one of name, start and end is known.",
    fields: &[
        ID,
        OF_DISTRICT,
        day("end_date", "Last day.").normalised(),
        text("name", "Name."),
        day("start_date", "First day.").normalised(),
    ],
};

/// A resource.
pub const RESOURCE: ObjectFields = ObjectFields {
    name: "Resource",
    meaning: "Learning material attached to courses.",
    fields: &[
        ID,
        OF_DISTRICT,
        instant("created", "When the record was first published.").guaranteed(),
        text("resource_id", "The district's id of the resource.").guaranteed(),
        FieldSpec::new(
            "roles",
            Form::List(&Form::OneOf(RESOURCE_ROLES)),
            "Whom it is for; everybody in class if empty.",
        )
        .guaranteed()
        .validated(),
        text("title", "Title.").guaranteed(),
        instant("updated", "When the record's content last changed.").guaranteed(),
    ],
};

const RESOURCE_ROLES: Values = Values {
    texts: texts::<ResourceRole>,
    blank: false,
};

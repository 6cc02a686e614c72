use homeroom_model::DistrictState;

use super::{DISTRICT_ADMIN, FieldSpec, Form, ID, NAME, OF_DISTRICT, ObjectFields, Values};
use super::{day, instant, listed, object, one_of, text, texts};
use crate::version::Edition;

/// The district.
pub const DISTRICT: ObjectFields = ObjectFields {
    name: "District",
    meaning: "The district: the owner of everything, there even for a single school.",
    fields: &[
        ID,
        text("name", "Name.").guaranteed(),
        object(
            "district_contact",
            &DISTRICT_CONTACT,
            "Whom to write to: the first district admin. Left out while there is none.",
        )
        .since(Edition::V3_0),
        object(
            "district_contact",
            &DISTRICT_ADMIN,
            "Whom to write to: the first district admin. Left out while there is none.",
        )
        .validated()
        .since(Edition::V2_1)
        .until(Edition::V2_1),
        text(
            "error",
            "What is wrong, in words for people; empty while all is well.",
        )
        .guaranteed()
        .since(Edition::V2_0),
        instant("last_attendance_sync", "When attendance was last read.").since(Edition::V3_1),
        instant("last_sync", "When the last run finished.").since(Edition::V2_0),
        day("launch_date", "The day the district went live.")
            .guaranteed()
            .since(Edition::V2_0),
        one_of(
            "lms_state",
            LMS_STATE,
            "State of the learning management system.",
        )
        .since(Edition::V3_1),
        one_of(
            "lms_type",
            LMS_TYPE,
            "Kind of the learning management system.",
        )
        .since(Edition::V3_1),
        FieldSpec::new(
            "login_methods",
            Form::List(&Form::Text),
            "How people of the district sign in.",
        )
        .guaranteed()
        .validated()
        .since(Edition::V2_1),
        text("mdr_number", "Id given by Market Data Retrieval."),
        text(
            "nces_id",
            "Id given by the National Center for Education Statistics.",
        )
        .since(Edition::V2_0),
        day("pause_end", "Last day of a pause.").since(Edition::V2_0),
        day(
            "pause_start",
            "First day of a pause: data stays as it is until it ends.",
        )
        .since(Edition::V2_0),
        text(
            "portal_url",
            "Address of the district's portal; may be empty.",
        )
        .guaranteed()
        .since(Edition::V2_1),
        text(
            "sis_type",
            "Kind of the student information system; sftp for files.",
        )
        .guaranteed()
        .validated()
        .since(Edition::V2_0),
        one_of("state", STATES_BEFORE_2_1, STATE)
            .guaranteed()
            .since(Edition::V2_0)
            .until(Edition::V2_0),
        one_of("state", listed::<DistrictState>(), STATE).since(Edition::V2_1),
    ],
};

/// The person applications may write to.
pub const DISTRICT_CONTACT: ObjectFields = ObjectFields {
    name: "DistrictContact",
    meaning: "The person applications may write to.",
    fields: &[
        ID,
        OF_DISTRICT,
        object("name", &NAME, "The person's name.").guaranteed(),
        text("title", "Title; may be empty.")
            .guaranteed()
            .validated(),
        text("email", "Email, as entered."),
    ],
};

const LMS_TYPE: Values = Values {
    texts: || vec!["canvas", "schoology", "google_classroom"],
    blank: true,
};

const LMS_STATE: Values = Values {
    texts: || {
        vec![
            "initial_sync_processing",
            "pending_authorization",
            "matching_in_progress",
            "error",
            "disconnected",
            "success",
        ]
    },
    blank: true,
};

const STATE: &str = "State of the district's data.";

/// How the district's data is doing, versions 1.x.
pub const DISTRICT_STATUS: ObjectFields = ObjectFields {
    name: "DistrictStatus",
    meaning: "How the district's data is doing.",
    fields: &[
        ID,
        text(
            "error",
            "What is wrong, in words for people; empty while all is well.",
        )
        .guaranteed(),
        FieldSpec::new(
            "instant_login",
            Form::Flag,
            "Whether people of the district can sign in.",
        )
        .guaranteed(),
        instant("last_sync", "When the last run finished."),
        day("launch_date", "The day the district went live.")
            .guaranteed()
            .since(Edition::V1_2),
        day("pause_end", "Last day of a pause.").since(Edition::V1_2),
        day(
            "pause_start",
            "First day of a pause: data stays as it is until it ends.",
        )
        .since(Edition::V1_2),
        text(
            "sis_type",
            "Kind of the student information system; sftp for files.",
        )
        .guaranteed()
        .validated(),
        one_of("state", STATES_OF_1_1, STATE)
            .guaranteed()
            .until(Edition::V1_1),
        one_of("state", STATES_OF_1_2, STATE)
            .guaranteed()
            .since(Edition::V1_2),
    ],
};

const STATES_OF_1_1: Values = Values {
    texts: || vec!["running", "pending", "error"],
    blank: false,
};

const STATES_OF_1_2: Values = Values {
    texts: || vec!["running", "pending", "error", "paused"],
    blank: false,
};

const STATES_BEFORE_2_1: Values = Values {
    texts: texts::<DistrictState>,
    blank: false,
};

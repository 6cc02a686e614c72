use homeroom_model::{ClosedList, Disability, Gender, Language, Lunch, Race, YesNo};

use super::{
    CREATED, CREDENTIALS, EXT, FieldSpec, Form, ID, LOCATION, MODIFIED, NAME, OF_DISTRICT,
};
use super::{ObjectFields, Values, day, grade, id, ids, listed, object, one_of, text, texts};
use crate::older;
use crate::version::Edition;

/// A student: a record of its own before version 3, since then the student role of a person.
pub const STUDENT: ObjectFields = ObjectFields {
    name: "Student",
    meaning: "A student.",
    fields: &[
        ID.until(Edition::V2_1),
        OF_DISTRICT.until(Edition::V2_1),
        CREATED,
        object(
            "credentials",
            &CREDENTIALS,
            "What the student signs in with.",
        )
        .guaranteed(),
        object(
            "disability",
            &DISABILITY,
            "Disability; empty if nothing is known.",
        )
        .guaranteed()
        .since(Edition::V3_1),
        FieldSpec::new("dob", Form::BirthDay, "Date of birth.")
            .validated()
            .normalised(),
        one_of("ell_status", listed::<YesNo>(), "English language learner.")
            .normalised()
            .opt_in(),
        text(
            "email",
            "Email, as sent: neither unique nor always an address.",
        )
        .until(Edition::V2_1),
        FieldSpec::new(
            "enrollments",
            Form::List(&Form::Object(&SCHOOL_ENROLLMENT)),
            "Enrollments at schools whose first and last day are known.",
        )
        .guaranteed()
        .validated()
        .since(Edition::V2_1),
        EXT,
        one_of("frl_status", SHORT_LUNCH, "Free or reduced lunch.")
            .normalised()
            .opt_in()
            .until(Edition::V3_0),
        one_of("frl_status", listed::<Lunch>(), "Free or reduced lunch.")
            .normalised()
            .opt_in()
            .since(Edition::V3_1),
        one_of("gender", OLDER_GENDERS, "Gender.")
            .normalised()
            .until(Edition::V2_0),
        one_of("gender", listed::<Gender>(), "Gender.")
            .normalised()
            .since(Edition::V2_1),
        one_of("gifted_status", listed::<YesNo>(), "In a gifted programme.")
            .normalised()
            .since(Edition::V3_1),
        GRADE[0],
        GRADE[1],
        text("graduation_year", "Year of graduation, four digits.")
            .validated()
            .since(Edition::V1_2),
        one_of(
            "hispanic_ethnicity",
            listed::<YesNo>(),
            "Hispanic or Latino.",
        )
        .normalised(),
        one_of(
            "home_language",
            SHORT_LANGUAGES_KNOWN,
            "Language spoken at home.",
        )
        .normalised()
        .opt_in()
        .until(Edition::V2_0),
        one_of("home_language", SHORT_LANGUAGES, "Language spoken at home.")
            .normalised()
            .opt_in()
            .since(Edition::V2_1)
            .until(Edition::V3_0),
        one_of("home_language", LANGUAGES, "Language spoken at home.")
            .normalised()
            .opt_in()
            .since(Edition::V3_1),
        one_of(
            "home_language_code",
            LANGUAGE_CODES,
            "The language's ISO 639-3 code, or other.",
        )
        .normalised()
        .opt_in()
        .since(Edition::V3_1),
        text(
            "iep_status",
            "Has an individualised education programme: Y or N.",
        )
        .normalised()
        .opt_in(),
        MODIFIED,
        id(
            "legacy_id",
            "The id of the student's record before version 3: the same as the user's.",
        )
        .guaranteed()
        .since(Edition::V3_0),
        object("location", &LOCATION, "Home address."),
        object("name", &NAME, "Name.")
            .guaranteed()
            .until(Edition::V2_1),
        object(
            "preferred_name",
            &PREFERRED_NAME,
            "The name the student goes by; empty if not known.",
        )
        .guaranteed()
        .since(Edition::V3_1),
        one_of("race", listed::<Race>(), "Race.").normalised(),
        id(
            "school",
            "The primary school: the one with most of the student's sections.",
        )
        .guaranteed()
        .normalised(),
        ids("schools", "All schools the student belongs to.")
            .normalised()
            .since(Edition::V1_2),
        one_of(
            "section_504_status",
            listed::<YesNo>(),
            "Has a section 504 plan.",
        )
        .normalised()
        .since(Edition::V3_1),
        text(
            "sis_id",
            "The student's id in the student information system.",
        )
        .guaranteed(),
        text("state_id", "Id given by the state."),
        text("student_number", "Local student number."),
    ],
};

const DISABILITY: ObjectFields = ObjectFields {
    name: "Disability",
    meaning: "A student's disability; parts that are not known are left out.",
    fields: &[
        one_of("disability_code", DISABILITY_CODES, "Code of the type.").normalised(),
        one_of("disability_status", listed::<YesNo>(), "Has a disability.").normalised(),
        one_of("disability_type", DISABILITY_TYPES, "Which disability.").normalised(),
    ],
};

const PREFERRED_NAME: ObjectFields = ObjectFields {
    name: "PreferredName",
    meaning: "The name a student goes by; parts that are not known are left out.",
    fields: &[
        text("first", "Given name."),
        text("middle", "Middle name or names."),
        text("last", "Family name."),
    ],
};

const SCHOOL_ENROLLMENT: ObjectFields = ObjectFields {
    name: "SchoolEnrollment",
    meaning: "A student's time at one school.",
    fields: &[
        day("end_date", "Last day.").guaranteed(),
        id("school", "The school's id.").guaranteed(),
        day("start_date", "First day.").guaranteed(),
    ],
};

const SHORT_LUNCH: Values = Values {
    texts: || {
        let known = Lunch::ALL.iter().filter(|lunch| **lunch != Lunch::Other);
        known.map(|lunch| lunch.text()).collect()
    },
    blank: true,
};

fn short_languages() -> Vec<&'static str> {
    let known = Language::ALL
        .iter()
        .filter(|language| language.in_short_list());
    known.map(|language| language.text()).collect()
}

const SHORT_LANGUAGES: Values = Values {
    texts: short_languages,
    blank: true,
};

const SHORT_LANGUAGES_KNOWN: Values = Values {
    texts: short_languages,
    blank: false,
};

const GRADE: [FieldSpec; 2] = grade("grade", "Grade level.");

const OLDER_GENDERS: Values = Values {
    texts: || {
        let genders = Gender::ALL.iter().copied();
        let known = genders.filter(|gender| older::has_gender(*gender));
        known.map(Gender::text).collect()
    },
    blank: true,
};

const LANGUAGES: Values = Values {
    texts: texts::<Language>,
    blank: false,
};

const LANGUAGE_CODES: Values = Values {
    texts: || {
        Language::ALL
            .iter()
            .map(|language| language.code_text())
            .collect()
    },
    blank: false,
};

const DISABILITY_CODES: Values = Values {
    texts: || {
        Disability::ALL
            .iter()
            .map(|disability| disability.code_text())
            .collect()
    },
    blank: false,
};

const DISABILITY_TYPES: Values = Values {
    texts: texts::<Disability>,
    blank: false,
};

//! The fields of each kind's rows, in stored order. New fields go at the end: an older row simply lacks them.

use homeroom_model::ClosedList;

/// How the bytes of a field are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    Text,
    /// A closed list: one byte, or 255 and a text.
    Listed,
    /// Days since 1970 as four bytes.
    Date,
    /// One byte.
    Byte,
    /// Texts.
    List,
    /// Names with values.
    Pairs,
}

/// A field of a row.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Column name for other tools.
    pub name: &'static str,
    /// How to read it.
    pub kind: FieldKind,
    /// The text of a code of the field's closed list; `None` for a code it does not have, and for other kinds of field.
    pub text_of: fn(u8) -> Option<&'static str>,
    /// For a byte that is a set: the names of its bits, lowest first. Any other byte is a flag, 0 or 1.
    pub members: &'static [&'static str],
}

fn text_of<L: ClosedList>(code: u8) -> Option<&'static str> {
    L::from_code(code).map(L::text)
}

fn no_text(_: u8) -> Option<&'static str> {
    None
}

macro_rules! text_of {
    () => {
        super::no_text
    };
    ($list:ident) => {
        super::text_of::<homeroom_model::$list>
    };
}

/// Declares a module of field numbers with the list that describes them.
macro_rules! fields {
    ($(#[$doc:meta])* $module:ident {
        $($field:ident: $kind:ident $(<$list:ident>)? $([$($member:literal),+])? = $name:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        pub mod $module {
            use super::{FieldInfo, FieldKind};

            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "only numbers the constants below")]
            enum Number { $($field),+ }

            $(#[doc = concat!("`", $name, "`.")] pub const $field: usize = Number::$field as usize;)+

            /// The fields in stored order.
            pub const ALL: &[FieldInfo] = &[$(FieldInfo {
                name: $name,
                kind: FieldKind::$kind,
                text_of: text_of!($($list)?),
                members: &[$($($member),+)?],
            }),+];
        }
    };
}

fields! {
    /// Rows of schools.
    school {
        SIS_ID: Text = "sis_id", NAME: Text = "name", NUMBER: Text = "school_number", STATE_ID: Text = "state_id",
        NCES_ID: Text = "nces_id", MDR_NUMBER: Text = "mdr_number", LOW_GRADE: Listed<Grade> = "low_grade",
        HIGH_GRADE: Listed<Grade> = "high_grade", PRINCIPAL: Text = "principal_name",
        PRINCIPAL_EMAIL: Text = "principal_email", PHONE: Text = "phone", ADDRESS: Text = "address", CITY: Text = "city",
        STATE: Text = "state", ZIP: Text = "zip", EXT: Pairs = "ext", CUSTOM: Byte = "custom",
    }
}

fields! {
    /// Rows of students.
    student {
        SIS_ID: Text = "sis_id", SCHOOL_SIS_ID: Text = "school_sis_id", NUMBER: Text = "student_number",
        STATE_ID: Text = "state_id", FIRST: Text = "first_name", MIDDLE: Text = "middle_name", LAST: Text = "last_name",
        PREFERRED_FIRST: Text = "preferred_first_name", PREFERRED_MIDDLE: Text = "preferred_middle_name",
        PREFERRED_LAST: Text = "preferred_last_name", GRADE: Listed<Grade> = "grade",
        GENDER: Listed<Gender> = "gender", GRADUATION_YEAR: Text = "graduation_year", DOB: Date = "dob",
        RACE: Listed<Race> = "race", HISPANIC: Listed<YesNo> = "hispanic_ethnicity",
        HOME_LANGUAGE: Listed<Language> = "home_language", ELL: Listed<YesNo> = "ell_status",
        IEP: Listed<YesNo> = "iep_status", FRL: Listed<Lunch> = "frl_status",
        SECTION_504: Listed<YesNo> = "section_504_status", GIFTED: Listed<YesNo> = "gifted_status",
        DISABILITY_STATUS: Listed<YesNo> = "disability_status", DISABILITY: Listed<Disability> = "disability_type",
        ADDRESS: Text = "address", CITY: Text = "city", STATE: Text = "state",
        ZIP: Text = "zip", EMAIL: Text = "email", USERNAME: Text = "username", EXT: Pairs = "ext",
        CUSTOM: Byte = "custom",
    }
}

fields! {
    /// Rows of employees: `ROLES` says which roles are there; the fields of a role that is not are empty.
    employee {
        ROLES: Byte["teacher", "staff", "district_admin"] = "roles", TEACHER_SIS_ID: Text = "teacher_sis_id",
        TEACHER_SCHOOL_SIS_ID: Text = "teacher_school_sis_id",
        TEACHER_NUMBER: Text = "teacher_number", TEACHER_STATE_ID: Text = "teacher_state_id",
        TEACHER_EMAIL: Text = "teacher_email", TEACHER_FIRST: Text = "teacher_first_name",
        TEACHER_MIDDLE: Text = "teacher_middle_name", TEACHER_LAST: Text = "teacher_last_name",
        TEACHER_TITLE: Text = "teacher_title", TEACHER_USERNAME: Text = "teacher_username",
        TEACHER_EXT: Pairs = "teacher_ext", TEACHER_CUSTOM: Byte = "teacher_custom", STAFF_ID: Text = "staff_sis_id", STAFF_EMAIL: Text = "staff_email",
        STAFF_FIRST: Text = "staff_first_name", STAFF_MIDDLE: Text = "staff_middle_name", STAFF_LAST: Text = "staff_last_name",
        STAFF_DEPARTMENT: Text = "staff_department", STAFF_TITLE: Text = "staff_title", STAFF_USERNAME: Text = "staff_username",
        STAFF_ROLES: List = "staff_roles", STAFF_EXT: Pairs = "staff_ext", STAFF_BY_HAND: Byte = "staff_kept_by_hand", STAFF_CUSTOM: Byte = "staff_custom",
        ADMIN_KEY: Text = "admin_key", ADMIN_EMAIL: Text = "admin_email", ADMIN_FIRST: Text = "admin_first_name",
        ADMIN_MIDDLE: Text = "admin_middle_name", ADMIN_LAST: Text = "admin_last_name", ADMIN_TITLE: Text = "admin_title",
    }
}

fields! {
    /// Rows of contacts.
    contact {
        SIS_ID: Text = "sis_id", NAME: Text = "name", EMAIL: Text = "email", PHONE: Text = "phone",
        PHONE_TYPE: Listed<PhoneType> = "phone_type",
    }
}

fields! {
    /// Rows of contact links.
    link { RELATIONSHIP: Listed<Relationship> = "relationship", KIND: Listed<ContactType> = "type" }
}

fields! {
    /// Rows of sections.
    section {
        SIS_ID: Text = "sis_id", NAME: Text = "name", NUMBER: Text = "section_number", PERIOD: Text = "period",
        GRADE: Listed<Grade> = "grade", SUBJECT: Listed<Subject> = "subject",
        COURSE_DESCRIPTION: Text = "course_description",
        TERM_START_AS_SENT: Text = "term_start_as_sent", TERM_END_AS_SENT: Text = "term_end_as_sent", EXT: Pairs = "ext",
        CUSTOM: Byte = "custom",
    }
}

fields! {
    /// Rows of courses.
    course { NAME: Text = "name", NUMBER: Text = "number" }
}

fields! {
    /// Rows of terms.
    term { NAME: Text = "name", START: Date = "start_date", END: Date = "end_date" }
}

fields! {
    /// Rows of resources. `ROLES` is a set.
    resource { RESOURCE_ID: Text = "resource_id", TITLE: Text = "title", ROLES: Byte["teacher", "student"] = "roles" }
}

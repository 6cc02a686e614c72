//! What differs between versions where a family alone does not say it: one named flag per difference, each with one
//! sentence. Writers ask flags, never versions, so that a new version is one more constant (layout idea 5).

/// The flags of a version. Each constant is the version before it plus its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each flag is an independent difference between published versions"
)]
pub struct Rules {
    /// Lists carry `paging`, take `page`, and their items carry `links` (clever-api 4.3 and 5).
    pub numbered_pages: bool,
    /// Errors say `error` beside `message` (clever-api 9.1 and 12, item 3).
    pub error_twice: bool,
    /// Students and teachers carry `schools` (clever-api 1.3).
    pub schools_of_people: bool,
    /// Students carry `graduation_year` (clever-api 1.3).
    pub graduation_year: bool,
    /// Contacts carry `sis_id` (clever-api 3.8).
    pub contact_sis_id: bool,
    /// The district's status carries `launch_date`, `pause_start` and `pause_end` (clever-api 3.1).
    pub status_dates: bool,
    /// `state` may be `paused`; before that it is written `pending` (clever-api 12, item 9).
    pub state_paused: bool,
    /// `state` may be `success`; before that it is written `running` (clever-api 12, item 9).
    pub state_success: bool,
    /// `state` may be empty; before that a state that is not known is written `running` (our choice).
    pub state_blank: bool,
    /// The teachers of a student include co-teachers, ten at most; before that they are the primary teachers of the
    /// student's sections, four at most (clever-api 4.1).
    pub co_teachers: bool,
    /// Schools, sections, students, teachers and staff carry `ext` (clever-api 3.11).
    pub ext: bool,
    /// Grades are those of GRADE22, blank where not known; before that GRADE16, newer grades mapped and blank ones left
    /// out (clever-api 2.2 and 12, item 9).
    pub long_grades: bool,
    /// `gender` may be `X`; before that it is written blank (clever-api 12, item 9).
    pub gender_x: bool,
    /// School admins carry `department` (clever-api 3.7).
    pub department: bool,
    /// Students carry `enrollments` (clever-api 3.5).
    pub enrollments: bool,
    /// The district carries `portal_url`, `login_methods` and `district_contact` (clever-api 3.1).
    pub portal: bool,
    /// `home_language` is blank where not known; elsewhere it is then left out (clever-api 2.2, LANG47).
    pub language_blank: bool,
    /// Student roles carry `gifted_status`, `section_504_status` and `disability` (clever-api 3.9).
    pub student_programmes: bool,
    /// Student roles carry `preferred_name` (clever-api 3.9).
    pub preferred_name: bool,
    /// `frl_status`, `iep_status` and `home_language` belong to the schema; before that they appear only where both
    /// sides switched them on (clever-api 3.9).
    pub sensitive_in_schema: bool,
    /// `frl_status` may be `Other`; before that it is written blank (clever-api 12, item 9).
    pub lunch_other: bool,
    /// `home_language` is one of 152 names and has a code beside it; before that one of 47, and languages outside those
    /// are omitted (clever-api 2.2 and 12, item 9).
    pub long_language_list: bool,
    /// There is attendance (clever-api 10.1).
    pub attendance: bool,
}

/// Version 1.1.
pub const RULES_1_1: Rules = Rules {
    numbered_pages: true,
    error_twice: true,
    schools_of_people: false,
    graduation_year: false,
    contact_sis_id: false,
    status_dates: false,
    state_paused: false,
    state_success: false,
    state_blank: false,
    co_teachers: false,
    ext: false,
    long_grades: false,
    gender_x: false,
    department: false,
    enrollments: false,
    portal: false,
    language_blank: false,
    student_programmes: false,
    preferred_name: false,
    sensitive_in_schema: false,
    lunch_other: false,
    long_language_list: false,
    attendance: false,
};

/// Version 1.2.
pub const RULES_1_2: Rules = Rules {
    schools_of_people: true,
    graduation_year: true,
    contact_sis_id: true,
    status_dates: true,
    state_paused: true,
    ..RULES_1_1
};

/// Version 2.0.
pub const RULES_2_0: Rules = Rules {
    numbered_pages: false,
    error_twice: false,
    state_success: true,
    co_teachers: true,
    ..RULES_1_2
};

/// Version 2.1.
pub const RULES_2_1: Rules = Rules {
    state_blank: true,
    ext: true,
    long_grades: true,
    gender_x: true,
    department: true,
    enrollments: true,
    portal: true,
    language_blank: true,
    ..RULES_2_0
};

/// Version 3.0. What it brought is the family's, not a flag's.
pub const RULES_3_0: Rules = RULES_2_1;

/// Version 3.1: purely additive (clever-api 1.3).
pub const RULES_3_1: Rules = Rules {
    language_blank: false,
    student_programmes: true,
    preferred_name: true,
    sensitive_in_schema: true,
    lunch_other: true,
    long_language_list: true,
    attendance: true,
    ..RULES_3_0
};

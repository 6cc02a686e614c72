//! What differs between the members of a family: one named flag per difference, each with one sentence. Writers ask
//! flags, never versions, so that a new version is one more constant (layout idea 5).

/// The flags of a version. Each constant is the version before it plus its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each flag is an independent difference between published versions"
)]
pub struct Rules {
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
}

/// Version 3.0.
pub const RULES_3_0: Rules = Rules {
    student_programmes: false,
    preferred_name: false,
    sensitive_in_schema: false,
    lunch_other: false,
    long_language_list: false,
};

/// Version 3.1: purely additive (clever-api 1.3). So far every flag is one of its additions; the next version is written
/// as this one plus its changes.
pub const RULES_3_1: Rules = Rules {
    student_programmes: true,
    preferred_name: true,
    sensitive_in_schema: true,
    lunch_other: true,
    long_language_list: true,
};

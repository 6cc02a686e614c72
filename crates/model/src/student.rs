//! Students.

use crate::{
    Date, Disability, Ext, Gender, Grade, Language, Listed, Location, Lunch, Name, Race, Text,
    YesNo,
};

/// A student (clever-api 3.5 and 3.9, district-side 2.2). Key: `sis_id`. Students never merge with anybody.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Student<'a> {
    /// The student's id in the SIS.
    pub sis_id: Text<'a>,
    /// School the SIS names; the primary school served may be another one (district-side 6.1).
    pub school_sis_id: Text<'a>,
    /// Local student number.
    pub number: Text<'a>,
    /// Id given by the state.
    pub state_id: Text<'a>,
    /// Name.
    pub name: Name<'a>,
    /// Preferred name, since version 3.1.
    pub preferred_name: Name<'a>,
    /// Grade level.
    pub grade: Listed<'a, Grade>,
    /// Gender.
    pub gender: Listed<'a, Gender>,
    /// Year of graduation, four digits.
    pub graduation_year: Text<'a>,
    /// Date of birth.
    pub dob: Option<Date>,
    /// Race.
    pub race: Listed<'a, Race>,
    /// Hispanic or Latino.
    pub hispanic: Listed<'a, YesNo>,
    /// Language spoken at home.
    pub home_language: Listed<'a, Language>,
    /// English language learner; sensitive.
    pub ell: Listed<'a, YesNo>,
    /// Individualised education programme; sensitive.
    pub iep: Listed<'a, YesNo>,
    /// Free or reduced lunch; sensitive.
    pub frl: Listed<'a, Lunch>,
    /// Section 504 plan; sensitive.
    pub section_504: Listed<'a, YesNo>,
    /// Gifted programme; sensitive.
    pub gifted: Listed<'a, YesNo>,
    /// Has a disability; sensitive.
    pub disability_status: Listed<'a, YesNo>,
    /// Which disability; sensitive.
    pub disability: Listed<'a, Disability>,
    /// Home address.
    pub location: Location<'a>,
    /// Email, as sent: neither normalised nor enforced (district-side 3.8).
    pub email: Text<'a>,
    /// User name in the district.
    pub username: Text<'a>,
    /// Extension fields.
    pub ext: Ext<'a>,
    /// Kept by a person beside the files; a record of the files with the same key takes its place (district-side 9.6).
    pub custom: bool,
}

crate::name::redacted!(Student<'_>);

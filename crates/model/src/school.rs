//! Schools.

use crate::{Ext, Grade, Listed, Location, Text};

/// A school of a district (clever-api 3.2, district-side 2.1). Key: `sis_id`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct School<'a> {
    /// The school's id in the SIS.
    pub sis_id: Text<'a>,
    /// Name.
    pub name: Text<'a>,
    /// Local number; the API guarantees it, so intake fills it from `sis_id` where the district sends none.
    pub number: Text<'a>,
    /// Id given by the state.
    pub state_id: Text<'a>,
    /// Id given by the National Center for Education Statistics, usually twelve digits.
    pub nces_id: Text<'a>,
    /// Id given by Market Data Retrieval.
    pub mdr_number: Text<'a>,
    /// Lowest grade taught.
    pub low_grade: Listed<'a, Grade>,
    /// Highest grade taught.
    pub high_grade: Listed<'a, Grade>,
    /// The principal's whole name.
    pub principal: Text<'a>,
    /// The principal's email, as sent.
    pub principal_email: Text<'a>,
    /// Telephone, free text.
    pub phone: Text<'a>,
    /// Address.
    pub location: Location<'a>,
    /// Extension fields.
    pub ext: Ext<'a>,
    /// Kept by a person beside the files; a record of the files with the same key takes its place (district-side 9.6).
    pub custom: bool,
}

crate::name::redacted!(School<'_>);

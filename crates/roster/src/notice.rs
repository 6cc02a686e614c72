//! Notices: what the app's people are told, once for as long as it lasts (integration-side A4.13).

use homeroom_model::Timestamp;

use crate::RosterError;

/// Something to tell.
#[derive(Clone, Copy, Debug)]
pub struct NewNotice<'a> {
    /// The district.
    pub district: i64,
    /// Its code, in a word: `held`, `stale`, `token_revoked` …
    pub code: &'a str,
    /// What it is about, empty for the whole district. No personal data.
    pub subject: &'a str,
    /// A sentence for people. No personal data.
    pub detail: Option<&'a str>,
    /// Now.
    pub at: Timestamp,
}

/// A notice as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub id: i64,
    /// Its code.
    pub code: String,
    /// What it is about.
    pub subject: String,
    /// A sentence for people.
    pub detail: Option<String>,
    /// Since when.
    pub raised: Timestamp,
    /// When it was over.
    pub settled: Option<Timestamp>,
}

/// Notices.
pub trait Notices {
    /// Raises a notice. `false` if it was raised already and is not over; its sentence is then the newer one.
    fn raise(&self, notice: &NewNotice<'_>) -> Result<bool, RosterError>;

    /// Says that what a notice told is over; if it comes again, that is a new notice. `false` if none is open.
    fn settle_notice(
        &self,
        district: i64,
        code: &str,
        subject: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError>;
}

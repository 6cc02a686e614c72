//! Whose fields are, and what becomes of those that nobody shares any more.

use serde::Deserialize;

/// Who owns a field (integration-side B4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The source: the app always shows what the source says.
    #[default]
    Source,
    /// Set once from the source, then the app's (integration-side A5.8).
    Island,
    /// The app alone.
    App,
}

/// What happens to the values of a field that stops coming for a whole district (integration-side A2.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unshared {
    /// What is known stays.
    Keep,
    /// It goes.
    Clear,
}

/// Fields that say of a child more than a roster needs (integration-side B15): hidden where they need not be seen, and of students cleared
/// once nobody shares them, unless the policy says otherwise.
pub const SENSITIVE: [&str; 13] = [
    "dob",
    "gender",
    "race",
    "hispanic_ethnicity",
    "home_language",
    "ell_status",
    "iep_status",
    "frl_status",
    "section_504_status",
    "gifted_status",
    "disability_status",
    "disability_type",
    "address",
];

/// Where a student lives: cleared with the address.
pub(super) const ADDRESS: [&str; 3] = ["city", "state", "zip"];

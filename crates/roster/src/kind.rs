//! What the app's database holds records of.

use serde::{Deserialize, Serialize};

/// A kind of record with a local id of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Schools.
    School,
    /// Terms.
    Term,
    /// Courses.
    Course,
    /// Sections: classes.
    Section,
    /// People, whatever their roles.
    Person,
    /// Profiles of people: what somebody is in one class or school, where the app wants that apart (integration-side A6.1).
    Profile,
}

impl Kind {
    /// Every kind, in the order in which records are created (integration-side B3); removals go the other way.
    pub const ALL: [Self; 6] = [
        Self::School,
        Self::Term,
        Self::Course,
        Self::Section,
        Self::Person,
        Self::Profile,
    ];

    /// The name of the kind and of its table.
    pub fn text(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Term => "term",
            Self::Course => "course",
            Self::Section => "section",
            Self::Person => "person",
            Self::Profile => "profile",
        }
    }

    /// The kind of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.text() == text)
    }
}

/// Ids of a district are its number times this, plus a running number: the district of any id is a division.
pub const IDS_PER_DISTRICT: i64 = 1_000_000_000;

/// The district an id belongs to.
pub fn district_of(id: i64) -> i64 {
    id / IDS_PER_DISTRICT
}

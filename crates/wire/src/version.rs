//! The published versions. Nothing outside this room compares them.

use crate::rules::{RULES_3_0, RULES_3_1, Rules};

/// Position of a version in the order of publication; route and field tables say "since" and "until" with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// 3.0, published 2020.
    V3_0,
    /// 3.1, published 2024.
    V3_1,
}

/// A published version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its place in the order of publication.
    pub edition: Edition,
    /// Its name as the first part of every path, lower case: `v3.1`.
    pub name: &'static str,
    /// What sets it apart from its relatives.
    pub rules: Rules,
}

/// Version 3.0.
pub const V3_0: Version = Version {
    edition: Edition::V3_0,
    name: "v3.0",
    rules: RULES_3_0,
};

/// Version 3.1.
pub const V3_1: Version = Version {
    edition: Edition::V3_1,
    name: "v3.1",
    rules: RULES_3_1,
};

/// Every version that is served, oldest first.
pub const VERSIONS: &[&Version] = &[&V3_0, &V3_1];

impl Version {
    /// The version of that name, in either case (clever-api 4: paths match case-insensitively).
    pub fn from_name(name: &str) -> Option<&'static Self> {
        VERSIONS
            .iter()
            .find(|version| version.name.eq_ignore_ascii_case(name))
            .copied()
    }
}

/// The versions that have a route, a field or a value: from `since` on, up to and including `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First version.
    pub since: Edition,
    /// Last version; `None` while it goes on.
    pub until: Option<Edition>,
}

impl Span {
    /// Every version of the third family so far.
    pub const FAMILY_3: Self = Self {
        since: Edition::V3_0,
        until: None,
    };

    /// Whether the version lies inside.
    pub fn contains(self, version: &Version) -> bool {
        self.since <= version.edition && self.until.is_none_or(|until| version.edition <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_in_either_case_and_spans_have_two_ends() {
        assert_eq!(Version::from_name("V3.1"), Some(&V3_1));
        assert_eq!(Version::from_name("v3.2"), None);
        assert!(VERSIONS.is_sorted_by(|a, b| a.edition < b.edition));
        let first_only = Span {
            since: Edition::V3_0,
            until: Some(Edition::V3_0),
        };
        assert!(first_only.contains(&V3_0) && !first_only.contains(&V3_1));
        assert!(
            VERSIONS
                .iter()
                .all(|version| Span::FAMILY_3.contains(version))
        );
    }
}

//! The published versions. Nothing outside this room compares them.

use crate::rules::{RULES_1_1, RULES_1_2, RULES_2_0, RULES_2_1, RULES_3_0, RULES_3_1, Rules};

/// Position of a version in the order of publication; route and field tables say "since" and "until" with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// 1.1, published 2012.
    V1_1,
    /// 1.2, published March 2017.
    V1_2,
    /// 2.0, published November 2017.
    V2_0,
    /// 2.1, published 2019.
    V2_1,
    /// 3.0, published 2020.
    V3_0,
    /// 3.1, published 2024.
    V3_1,
}

/// Versions that share one way of writing documents (layout idea 5). Writers exist per family; what differs inside one is
/// asked from [`Rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// 1.x: one record per role, one contact per student, course and term inside the section.
    One,
    /// 2.x: one record per role, courses and terms of their own, contacts with several students.
    Two,
    /// 3.x: people are users with roles.
    Three,
}

/// A published version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its place in the order of publication.
    pub edition: Edition,
    /// How its documents are written.
    pub family: Family,
    /// Its name as the first part of every path, lower case: `v3.1`.
    pub name: &'static str,
    /// What sets it apart from its relatives.
    pub rules: Rules,
}

/// Version 1.1.
pub const V1_1: Version = Version {
    edition: Edition::V1_1,
    family: Family::One,
    name: "v1.1",
    rules: RULES_1_1,
};

/// Version 1.2.
pub const V1_2: Version = Version {
    edition: Edition::V1_2,
    family: Family::One,
    name: "v1.2",
    rules: RULES_1_2,
};

/// Version 2.0.
pub const V2_0: Version = Version {
    edition: Edition::V2_0,
    family: Family::Two,
    name: "v2.0",
    rules: RULES_2_0,
};

/// Version 2.1.
pub const V2_1: Version = Version {
    edition: Edition::V2_1,
    family: Family::Two,
    name: "v2.1",
    rules: RULES_2_1,
};

/// Version 3.0.
pub const V3_0: Version = Version {
    edition: Edition::V3_0,
    family: Family::Three,
    name: "v3.0",
    rules: RULES_3_0,
};

/// Version 3.1.
pub const V3_1: Version = Version {
    edition: Edition::V3_1,
    family: Family::Three,
    name: "v3.1",
    rules: RULES_3_1,
};

/// Every version that is served, oldest first.
pub const VERSIONS: &[&Version] = &[&V1_1, &V1_2, &V2_0, &V2_1, &V3_0, &V3_1];

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
    /// Every version there is.
    pub const ALL: Self = Self {
        since: Edition::V1_1,
        until: None,
    };

    /// Both versions of the first family.
    pub const FAMILY_1: Self = Self {
        since: Edition::V1_1,
        until: Some(Edition::V1_2),
    };

    /// Both versions of the second family.
    pub const FAMILY_2: Self = Self {
        since: Edition::V2_0,
        until: Some(Edition::V2_1),
    };

    /// Every version of the third family so far.
    pub const FAMILY_3: Self = Self {
        since: Edition::V3_0,
        until: None,
    };

    /// Whether it is every version there is.
    pub(crate) const fn is_all(self) -> bool {
        matches!(self.since, Edition::V1_1) && self.until.is_none()
    }

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
        for version in VERSIONS {
            let families = [
                (Family::One, Span::FAMILY_1),
                (Family::Two, Span::FAMILY_2),
                (Family::Three, Span::FAMILY_3),
            ];
            for (family, span) in families {
                assert_eq!(span.contains(version), version.family == family);
            }
            assert!(Span::ALL.contains(version));
        }
    }
}

//! How much is too much (integration-side B9).

use serde::Deserialize;

use crate::guard::Guard;
use crate::recent::Moves;

/// A share and a number; both must be passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Percent that are still allowed, 0 to 100.
    pub percent: u8,
    /// Fewer than this are always allowed.
    pub floor: u64,
}

impl Bound {
    const fn new(percent: u8, floor: u64) -> Self {
        Self { percent, floor }
    }

    /// Whether so many of so many are too many.
    pub fn is_passed(self, part: u64, whole: u64) -> bool {
        let (share, limit) = (
            u128::from(part) * 100,
            u128::from(whole) * u128::from(self.percent),
        );
        share > limit && part >= self.floor
    }

    /// The guard that a class of a size trips by losing its students, if this is the limit of rosters: it shrinks by most of
    /// them, or most of them leave and others come. The floor is the size from which classes are looked at.
    pub fn of_roster(self, moves: Moves, size: u64) -> Option<Guard> {
        let most = |part: u64| u128::from(part) * 100 > u128::from(size) * u128::from(self.percent);
        if size < self.floor {
            None
        } else if most(moves.lost()) {
            Some(Guard::RosterShrink)
        } else if most(moves.left) {
            Some(Guard::RosterReplaced)
        } else {
            None
        }
    }
}

/// What a guard that trips holds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum HoldScope {
    /// The whole plan.
    #[default]
    All,
    /// What takes something from somebody, and changes that are too many; the rest goes on.
    DestructiveOnly,
}

/// The limits of an app for a district; what a policy leaves out keeps its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuardLimits {
    /// Removals of a kind in the district.
    pub removals: Bound,
    /// Updates of a kind in the district.
    pub updates: Bound,
    /// Creations of a kind in the district, not in the first sync.
    pub creations: Bound,
    /// Removals of a kind in one school.
    pub school_removals: Bound,
    /// Places in classes that students of the district lose, all classes together; outside the rollover window.
    pub enrolments: Bound,
    /// Net loss of one roster; holds that section only. The floor is the size from which rosters are looked at.
    pub roster_shrink: Bound,
    /// Grants of roles with power over others that are always allowed.
    pub role_grants: u64,
    /// Emails and sign-in names that change.
    pub logins: Bound,
    /// In the rollover window, the percent of sections and ties that may go.
    pub rollover_sections: u8,
    /// What a guard that trips holds back.
    pub hold: HoldScope,
}

impl Default for GuardLimits {
    fn default() -> Self {
        Self {
            removals: Bound::new(10, 25),
            updates: Bound::new(75, 50),
            creations: Bound::new(50, 100),
            school_removals: Bound::new(30, 20),
            enrolments: Bound::new(10, 25),
            roster_shrink: Bound::new(50, 5),
            role_grants: 3,
            logins: Bound::new(20, 5),
            rollover_sections: 100,
            hold: HoldScope::All,
        }
    }
}

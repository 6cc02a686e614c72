//! How much is too much: shares, limits, and limits that follow the season.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::season::Season;

/// The share that is still allowed, in percent; or any share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceiling {
    /// Any share is allowed. Written `"none"`.
    None,
    /// So many percent, from 1 to 100 (district-side 7.3). Written as a number.
    Percent(u8),
}

/// A share that cannot be a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a limit is a share from 1 to 100 percent or \"none\", not {0}")]
pub struct LimitError(u64);

impl Ceiling {
    /// So many percent, from 1 to 100.
    pub const fn percent(percent: u8) -> Result<Self, LimitError> {
        if percent == 0 || percent > 100 {
            return Err(LimitError(percent as u64));
        }
        Ok(Self::Percent(percent))
    }

    /// The one that allows more.
    fn higher(self, other: Self) -> Self {
        match (self, other) {
            (Self::Percent(some), Self::Percent(more)) => Self::Percent(some.max(more)),
            _ => Self::None,
        }
    }
}

impl fmt::Display for Ceiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no limit"),
            Self::Percent(percent) => write!(f, "{percent} %"),
        }
    }
}

impl Serialize for Ceiling {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Percent(percent) => serializer.serialize_u8(*percent),
        }
    }
}

impl<'de> Deserialize<'de> for Ceiling {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Ceiling;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a share from 1 to 100 percent or \"none\"")
            }

            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Ceiling, E> {
                let percent = u8::try_from(value).map_err(|_| E::custom(LimitError(value)))?;
                Ceiling::percent(percent).map_err(E::custom)
            }

            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Ceiling, E> {
                let value = u64::try_from(value)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(value), &self))?;
                self.visit_u64(value)
            }

            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Ceiling, E> {
                if value == "none" {
                    return Ok(Ceiling::None);
                }
                Err(E::invalid_value(serde::de::Unexpected::Str(value), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A limit as it holds on one day. Both must be passed: the share and the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// The share that is still allowed.
    pub percent: Ceiling,
    /// Fewer records than this are always allowed.
    pub floor: u64,
}

impl Limit {
    /// A limit. `percent` is from 1 to 100 (district-side 7.3).
    pub const fn new(percent: u8, floor: u64) -> Result<Self, LimitError> {
        match Ceiling::percent(percent) {
            Ok(percent) => Ok(Self { percent, floor }),
            Err(error) => Err(error),
        }
    }

    /// Whether so large a share is more than the limit allows; a limit of 100 percent is never passed.
    pub fn is_passed(self, share: Share) -> bool {
        self.compare(share).is_some_and(std::cmp::Ordering::is_gt) && share.part >= self.floor
    }

    /// Whether so large a share is at the limit or past it.
    pub fn is_reached(self, share: Share) -> bool {
        let there = self.compare(share).is_some_and(std::cmp::Ordering::is_ge);
        there && share.part > 0 && share.part >= self.floor
    }

    fn compare(self, share: Share) -> Option<std::cmp::Ordering> {
        let Ceiling::Percent(percent) = self.percent else {
            return None;
        };
        let (part, whole) = (u128::from(share.part), u128::from(share.whole));
        Some((part * 100).cmp(&(whole * u128::from(percent))))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.percent {
            Ceiling::None => f.write_str("no limit"),
            Ceiling::Percent(percent) => write!(f, "{percent} %, and at least {}", self.floor),
        }
    }
}

/// Some of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Share {
    /// How many.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
}

impl Share {
    /// Some of all.
    pub const fn new(part: u64, whole: u64) -> Self {
        Self { part, whole }
    }

    /// The share in tenths of a percent, rounded down; 0 of nothing.
    pub fn per_mille(self) -> u64 {
        let tenths = (u128::from(self.part) * 1000).checked_div(u128::from(self.whole));
        tenths.map_or(0, |tenths| u64::try_from(tenths).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.part, self.whole)?;
        if self.whole == 0 {
            return Ok(());
        }
        let tenths = self.per_mille();
        write!(f, " ({}.{} %)", tenths / 10, tenths % 10)
    }
}

/// A limit for each season (district-side 7.3).
///
/// As settings a table: `{ percent = 10, rollover = 35, term_boundary = 10, floor = 10 }`; what is left out keeps its
/// default, but a season that is not named never allows less than `percent` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// During the school year.
    pub percent: Ceiling,
    /// During the rollover window.
    pub rollover: Ceiling,
    /// Around the boundary of a term.
    pub term_boundary: Ceiling,
    /// Fewer records than this are always allowed.
    pub floor: u64,
}

impl Rule {
    /// A rule that allows everything.
    pub const OFF: Self = Self {
        percent: Ceiling::None,
        rollover: Ceiling::None,
        term_boundary: Ceiling::None,
        floor: 0,
    };

    /// The limit of a season.
    pub fn limit(&self, season: Season) -> Limit {
        let percent = match season {
            Season::SchoolYear => self.percent,
            Season::Rollover => self.rollover,
            Season::TermBoundary => self.term_boundary,
        };
        Limit {
            percent,
            floor: self.floor,
        }
    }

    /// Whether it allows everything all year round.
    pub fn is_off(&self) -> bool {
        [self.percent, self.rollover, self.term_boundary] == [Ceiling::None; 3]
    }

    pub(crate) const fn all_year(percent: u8, floor: u64) -> Self {
        Self::seasons(percent, Some(percent), Some(percent), floor)
    }

    /// `None` stands for no limit.
    pub(crate) const fn seasons(
        percent: u8,
        rollover: Option<u8>,
        term_boundary: Option<u8>,
        floor: u64,
    ) -> Self {
        const fn ceiling(percent: Option<u8>) -> Ceiling {
            match percent {
                None => Ceiling::None,
                Some(percent) => Ceiling::Percent(percent),
            }
        }
        Self {
            percent: ceiling(Some(percent)),
            rollover: ceiling(rollover),
            term_boundary: ceiling(term_boundary),
            floor,
        }
    }
}

/// What a district says of a rule: the rest stays as it is.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RuleEdit {
    percent: Option<Ceiling>,
    rollover: Option<Ceiling>,
    term_boundary: Option<Ceiling>,
    floor: Option<u64>,
}

impl RuleEdit {
    /// The rule with this edit.
    pub(crate) fn on(self, rule: Rule) -> Rule {
        let percent = self.percent.unwrap_or(rule.percent);
        let season = |edit: Option<Ceiling>, old: Ceiling| {
            let follows = self.percent.map_or(old, |percent| old.higher(percent));
            edit.unwrap_or(follows)
        };
        Rule {
            percent,
            rollover: season(self.rollover, rule.rollover),
            term_boundary: season(self.term_boundary, rule.term_boundary),
            floor: self.floor.unwrap_or(rule.floor),
        }
    }
}

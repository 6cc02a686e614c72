//! Numbers of heartbeats and rules as JSON: whoever sends another thing is told which field it is and what belongs there.

use std::fmt;

use homeroom_model::Timestamp;
use serde::de::{Deserializer, Error, Visitor};

/// A whole number, and what it is of which field.
struct Whole(&'static str);

impl Visitor<'_> for Whole {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number)
            .map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(number), &self))
    }
}

fn moment<'de, D: Deserializer<'de>>(json: D, says: &'static str) -> Result<Timestamp, D::Error> {
    let number = json.deserialize_any(Whole(says))?;
    Ok(Timestamp::from_millis(number))
}

fn seconds<'de, D: Deserializer<'de>>(json: D, says: &'static str) -> Result<u32, D::Error> {
    let number = json.deserialize_any(Whole(says))?;
    let wrong = || D::Error::invalid_value(serde::de::Unexpected::Signed(number), &says);
    u32::try_from(number).map_err(|_| wrong())
}

/// `at` of a heartbeat.
pub(super) fn at<'de, D: Deserializer<'de>>(json: D) -> Result<Timestamp, D::Error> {
    moment(json, "`at` in whole milliseconds since 1970")
}

/// `last_input` of a heartbeat.
pub(super) fn last_input<'de, D: Deserializer<'de>>(json: D) -> Result<Timestamp, D::Error> {
    moment(json, "`last_input` in whole milliseconds since 1970")
}

/// `idle_seconds` of rules.
pub(super) fn idle_seconds<'de, D: Deserializer<'de>>(json: D) -> Result<u32, D::Error> {
    seconds(json, "`idle_seconds` as a whole number")
}

/// `longest_gap` of rules.
pub(super) fn longest_gap<'de, D: Deserializer<'de>>(json: D) -> Result<u32, D::Error> {
    seconds(json, "`longest_gap` in whole seconds")
}

/// `idle_seconds` of a kind of page, or `null`.
pub(super) fn idle_seconds_if_any<'de, D: Deserializer<'de>>(
    json: D,
) -> Result<Option<u32>, D::Error> {
    struct IfAny;

    impl<'de> Visitor<'de> for IfAny {
        type Value = Option<u32>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("`idle_seconds` as a whole number, or null")
        }

        fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
            idle_seconds(json).map(Some)
        }
    }
    json.deserialize_option(IfAny)
}

/// `from` of what is asked for, or `null`.
pub fn from<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Timestamp>, D::Error> {
    bound(json, "`from` in whole milliseconds since 1970, or null")
}

/// `to` of what is asked for, or `null`.
pub fn to<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Timestamp>, D::Error> {
    bound(json, "`to` in whole milliseconds since 1970, or null")
}

fn bound<'de, D: Deserializer<'de>>(
    json: D,
    says: &'static str,
) -> Result<Option<Timestamp>, D::Error> {
    struct Bound(&'static str);

    impl<'de> Visitor<'de> for Bound {
        type Value = Option<Timestamp>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
            moment(json, self.0).map(Some)
        }
    }
    json.deserialize_option(Bound(says))
}

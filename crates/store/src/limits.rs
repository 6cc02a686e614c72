//! What the control store accepts. Every adapter applies the same limits through the functions here, so that none of
//! them can be surprised by a value another one took.

use crate::{Conflict, StoreError};

/// Longest short text (names, addresses, keys, titles, holders), in bytes.
pub const TEXT: usize = 4 * 1024;
/// Longest value of a setting, in bytes.
pub const SETTING: usize = 64 * 1024;
/// Longest word (an actor, a stage, an action, the name of a token), in bytes.
pub const WORD: usize = 256;
/// Longest account of the triggers of a hold, in bytes.
pub const TRIGGERS: usize = 1024 * 1024;
/// Longest settings of a district, in bytes.
pub const DISTRICT_SETTINGS: usize = 1024 * 1024;
/// Longest detail of an audit entry, in bytes.
pub const AUDIT_DETAIL: usize = 64 * 1024;
/// Longest cells of a custom record, in bytes.
pub const CELLS: usize = 256 * 1024;
/// Most custom records of a district.
pub const CUSTOM_RECORDS: usize = 50_000;
/// Most artifacts of a run.
pub const ARTIFACTS: usize = 10_000;
/// Longest sealed token, in bytes.
pub const SEALED: usize = 4 * 1024;
/// Most entries of a short list (scopes, schools of a person, roles, login methods).
pub const LIST: usize = 10_000;
/// Longest document: a manifest or a report, in bytes.
pub const DOCUMENT: usize = 64 * 1024 * 1024;
/// Most objects one snapshot may name.
pub const OBJECTS: usize = 100_000;
/// Longest settings of a Goals feed, in bytes.
pub const FEED_SETTINGS: usize = 256 * 1024;
/// Longest half of a student year, in bytes: many times what a year of reports every day takes.
pub const STUDENT_YEAR: usize = 64 * 1024;
/// Longest report about a delivery, in bytes.
pub const DELIVERY_REPORT: usize = 64 * 1024;
/// How many accepted deliveries of a feed stay in the log.
pub const GOALS_DELIVERIES: u64 = 1000;
/// How many refused deliveries of a feed stay in the log.
pub const GOALS_REFUSALS: u64 = 200;
/// Most targets of a feed.
pub const GOALS_TARGETS: u64 = 1_000_000;
/// Largest number (of a snapshot, a generation, a fence): every database stores it as a signed 64-bit integer.
pub const NUMBER: u64 = i64::MAX as u64;

/// Refuses a short text that is too long or holds U+0000, which not every database can store.
pub fn text(what: &str, value: &str) -> Result<(), StoreError> {
    bounded(what, value, TEXT)
}

/// Refuses a word that is longer than [`WORD`] or holds U+0000.
pub fn word(what: &str, value: &str) -> Result<(), StoreError> {
    bounded(what, value, WORD)
}

/// Refuses the name of an actor that is longer than [`WORD`] or holds U+0000.
pub fn actor(value: &str) -> Result<(), StoreError> {
    word("the actor", value)
}

/// Refuses triggers of a hold longer than [`TRIGGERS`] or with U+0000 in them.
pub fn triggers(value: &str) -> Result<(), StoreError> {
    bounded("the triggers of a hold", value, TRIGGERS)
}

/// Refuses settings of a district longer than [`DISTRICT_SETTINGS`] or with U+0000 in them.
pub fn district_settings(value: &str) -> Result<(), StoreError> {
    bounded("the settings of a district", value, DISTRICT_SETTINGS)
}

/// Refuses a detail of an audit entry longer than [`AUDIT_DETAIL`] or with U+0000 in it.
pub fn audit_detail(value: &str) -> Result<(), StoreError> {
    bounded("the detail of an audit entry", value, AUDIT_DETAIL)
}

/// Refuses cells of a custom record longer than [`CELLS`] or with U+0000 in them.
pub fn cells(value: &str) -> Result<(), StoreError> {
    bounded("the cells of a custom record", value, CELLS)
}

/// Refuses settings of a feed longer than [`FEED_SETTINGS`] or with U+0000 in them.
pub fn feed_settings(value: &str) -> Result<(), StoreError> {
    bounded("the settings of a feed", value, FEED_SETTINGS)
}

/// Refuses a report about a delivery longer than [`DELIVERY_REPORT`] or with U+0000 in it.
pub fn delivery_report(value: &str) -> Result<(), StoreError> {
    bounded("the report about a delivery", value, DELIVERY_REPORT)
}

/// Refuses a student year without a total, or with a half longer than [`STUDENT_YEAR`].
pub fn student_year(recent: &[u8], earlier: &[u8]) -> Result<(), StoreError> {
    if recent.is_empty() {
        return Err(invalid("a student year", "is empty"));
    }
    bytes(
        "a student year",
        recent.len().max(earlier.len()),
        STUDENT_YEAR,
    )
}

/// Refuses standings whose text is longer than [`TEXT`] or whose bytes are more than [`DOCUMENT`].
pub fn standings(made_of: &str, length: usize) -> Result<(), StoreError> {
    text("what standings are made of", made_of)?;
    bytes("the standings of a feed", length, DOCUMENT)
}

/// Refuses a list that is too long or whose entries [`text`] refuses.
pub fn list(what: &str, values: &[String]) -> Result<(), StoreError> {
    if values.len() > LIST {
        return Err(invalid(what, &format!("has more than {LIST} entries")));
    }
    values.iter().try_for_each(|value| text(what, value))
}

/// Refuses a setting whose key is longer than [`TEXT`] or whose value is longer than [`SETTING`].
pub fn setting(key: &str, value: &str) -> Result<(), StoreError> {
    text("the key of a setting", key)?;
    bounded("the value of a setting", value, SETTING)
}

/// Refuses a document that is too long or holds U+0000.
pub fn document(what: &str, value: &str) -> Result<(), StoreError> {
    bounded(what, value, DOCUMENT)
}

/// Refuses a number above [`NUMBER`].
pub fn number(what: &str, value: u64) -> Result<(), StoreError> {
    if value > NUMBER {
        return Err(invalid(what, &format!("is above {NUMBER}")));
    }
    Ok(())
}

fn bytes(what: &str, length: usize, limit: usize) -> Result<(), StoreError> {
    if length > limit {
        return Err(invalid(what, &format!("is longer than {limit} bytes")));
    }
    Ok(())
}

/// Refuses a text longer than `limit` bytes or with U+0000 in it.
fn bounded(what: &str, value: &str, limit: usize) -> Result<(), StoreError> {
    if value.len() > limit {
        return Err(invalid(what, &format!("is longer than {limit} bytes")));
    }
    if value.contains('\0') {
        return Err(invalid(what, "holds the character U+0000"));
    }
    Ok(())
}

/// A refusal of a value that names the field and not the value, which may be personal.
pub(crate) fn invalid(what: &str, why: &str) -> StoreError {
    StoreError::conflict(Conflict::Invalid, format!("{what} {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_inclusive() {
        assert!(text("name", &"x".repeat(TEXT)).is_ok());
        assert!(text("name", &"x".repeat(TEXT + 1)).is_err());
        assert!(text("name", "a\0b").is_err());
        assert!(list("roles", &vec![String::new(); LIST]).is_ok());
        assert!(list("roles", &vec![String::new(); LIST + 1]).is_err());
        assert!(list("roles", &["\0".to_owned()]).is_err());
        assert!(number("number", NUMBER).is_ok());
        assert!(number("number", NUMBER + 1).is_err());
    }

    #[test]
    fn a_refusal_does_not_repeat_the_value() {
        let error = text("email", "somebody@example.org\0").unwrap_err();
        assert!(!error.to_string().contains("somebody"));
        assert_eq!(error.refusal(), Some(Conflict::Invalid));
    }
}

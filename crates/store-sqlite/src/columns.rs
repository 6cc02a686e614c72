//! Values of the port in columns and back. Each reads the column at an index, from 0.

use homeroom_model::{Date, District, ObjectId, Timestamp};
use homeroom_store::{Digest, StoreError};
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::{Answer, Fault};

/// An id.
pub(crate) fn id(row: &Row<'_>, column: usize) -> Answer<ObjectId> {
    Ok(ObjectId::new(row.get(column)?))
}

/// An id that may be missing.
pub(crate) fn id_if_any(row: &Row<'_>, column: usize) -> Answer<Option<ObjectId>> {
    let bytes: Option<[u8; 12]> = row.get(column)?;
    Ok(bytes.map(ObjectId::new))
}

/// A date.
pub(crate) fn date(row: &Row<'_>, column: usize) -> Answer<Date> {
    Date::from_days(row.get(column)?).ok_or(Fault::unreadable("a date"))
}

/// A date that may be missing.
pub(crate) fn date_if_any(row: &Row<'_>, column: usize) -> Answer<Option<Date>> {
    let days: Option<i32> = row.get(column)?;
    let date = days.map(|days| Date::from_days(days).ok_or(Fault::unreadable("a date")));
    date.transpose()
}

/// A digest.
pub(crate) fn digest(row: &Row<'_>, column: usize) -> Answer<Digest> {
    Ok(row.get(column)?)
}

/// A moment.
pub(crate) fn moment(row: &Row<'_>, column: usize) -> Answer<Timestamp> {
    Ok(Timestamp::from_millis(row.get(column)?))
}

/// A moment that may be missing.
pub(crate) fn moment_if_any(row: &Row<'_>, column: usize) -> Answer<Option<Timestamp>> {
    let millis: Option<i64> = row.get(column)?;
    Ok(millis.map(Timestamp::from_millis))
}

/// A number that is never negative.
pub(crate) fn number(row: &Row<'_>, column: usize) -> Answer<u64> {
    unsigned(row.get(column)?)
}

/// A number that may be missing.
pub(crate) fn number_if_any(row: &Row<'_>, column: usize) -> Answer<Option<u64>> {
    let value: Option<i64> = row.get(column)?;
    value.map(unsigned).transpose()
}

/// A list of texts.
pub(crate) fn list(row: &Row<'_>, column: usize) -> Answer<Vec<String>> {
    json(row, column, "a list")
}

/// A district document.
pub(crate) fn document(row: &Row<'_>, column: usize) -> Answer<District> {
    json(row, column, "a district document")
}

/// A list or a document as it is stored.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Answer<String> {
    serde_json::to_string(value)
        .map_err(|_| StoreError::unavailable("a document cannot be written as JSON").into())
}

/// A number as it is stored. Larger ones are refused before they get here; as a key to look up, the largest stands for
/// them and finds nothing.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> Answer<u64> {
    u64::try_from(value).map_err(|_| Fault::unreadable("a number"))
}

// The parser's own message would quote what it found, so it is dropped.
fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize, what: &'static str) -> Answer<T> {
    let text = row.get_ref(column)?.as_str();
    let text = text.map_err(|_| Fault::unreadable(what))?;
    serde_json::from_str(text).map_err(|_| Fault::unreadable(what))
}

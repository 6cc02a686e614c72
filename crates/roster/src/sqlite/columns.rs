//! Values of the port in columns and back. Each reads the column at an index, from 0.

use std::borrow::Cow;

use homeroom_model::{Date, Role, Timestamp};
use rusqlite::Row;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::field::Table;
use crate::sqlite::fault::{Answer, Fault};
use crate::{Hash, Kind, Record, RosterError, Value};

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// A value of a field.
pub(crate) fn value<'r>(row: &'r Row<'_>, column: usize) -> Answer<Value<'r>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Integer(number)),
        ValueRef::Text(text) => Ok(Value::Text(Cow::Borrowed(utf8(text)?))),
        ValueRef::Real(_) | ValueRef::Blob(_) => Err(Fault::unreadable("a field")),
    }
}

/// The fields of a record, from a column on.
pub(crate) fn record<'r>(
    row: &'r Row<'_>,
    first: usize,
    table: &'static Table,
) -> Answer<Record<'r>> {
    let mut record = Record::empty(table);
    for (place, at) in record.values.iter_mut().zip(first..) {
        *place = value(row, at)?;
    }
    Ok(record)
}

fn utf8(text: &[u8]) -> Answer<&str> {
    std::str::from_utf8(text).map_err(|_| Fault::unreadable("a text"))
}

/// A text, borrowed.
pub(crate) fn text<'r>(row: &'r Row<'_>, column: usize) -> Answer<&'r str> {
    let text = row.get_ref(column)?.as_str();
    text.map_err(|_| Fault::unreadable("a text"))
}

/// A text that may be missing, borrowed.
pub(crate) fn text_if_any<'r>(row: &'r Row<'_>, column: usize) -> Answer<Option<&'r str>> {
    let text = row.get_ref(column)?.as_str_or_null();
    text.map_err(|_| Fault::unreadable("a text"))
}

/// A hash that may be missing.
pub(crate) fn hash_if_any(row: &Row<'_>, column: usize) -> Answer<Option<Hash>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        ValueRef::Blob(bytes) => {
            let hash = bytes.try_into().map_err(|_| Fault::unreadable("a hash"))?;
            Ok(Some(hash))
        }
        _ => Err(Fault::unreadable("a hash")),
    }
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

/// A date that may be missing.
pub(crate) fn date_if_any(row: &Row<'_>, column: usize) -> Answer<Option<Date>> {
    let text = text_if_any(row, column)?;
    text.map(|text| Date::parse_iso(text).ok_or(Fault::unreadable("a date")))
        .transpose()
}

/// A word of a closed list.
pub(crate) fn word<T>(
    row: &Row<'_>,
    column: usize,
    from_text: impl Fn(&str) -> Option<T>,
) -> Answer<T> {
    from_text(text(row, column)?).ok_or(Fault::unreadable("a state"))
}

/// A kind.
pub(crate) fn kind(row: &Row<'_>, column: usize) -> Answer<Kind> {
    word(row, column, Kind::from_text)
}

/// A role.
pub(crate) fn role(row: &Row<'_>, column: usize) -> Answer<Role> {
    word(row, column, Role::from_text)
}

/// A document as it is stored.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Answer<String> {
    serde_json::to_string(value)
        .map_err(|_| RosterError::unavailable("a document cannot be written as JSON").into())
}

/// A document that may be missing. The parser's own message would quote what it found, so it is dropped.
pub(crate) fn json_if_any<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
    what: &'static str,
) -> Answer<Option<T>> {
    let text = text_if_any(row, column)?;
    text.map(|text| serde_json::from_str(text).map_err(|_| Fault::unreadable(what)))
        .transpose()
}

/// A document.
pub(crate) fn json<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
    what: &'static str,
) -> Answer<T> {
    json_if_any(row, column, what)?.ok_or(Fault::unreadable(what))
}

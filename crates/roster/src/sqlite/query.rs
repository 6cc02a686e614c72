//! The four shapes of statement. All are prepared once per connection.

use rusqlite::{Connection, Params, Row};

use crate::sqlite::fault::Answer;

/// The first row, if there is one.
pub(crate) fn first<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Answer<T>,
) -> Answer<Option<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?.map(read).transpose()
}

/// Whether there is a row.
pub(crate) fn any(connection: &Connection, sql: &str, params: impl Params) -> Answer<bool> {
    Ok(connection.prepare_cached(sql)?.exists(params)?)
}

/// All rows.
pub(crate) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Answer<T>,
) -> Answer<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        values.push(read(row)?);
    }
    Ok(values)
}

/// Changes rows and says how many.
pub(crate) fn change(connection: &Connection, sql: &str, params: impl Params) -> Answer<usize> {
    Ok(connection.prepare_cached(sql)?.execute(params)?)
}

/// Does something that leaves the database as it was unless it is done whole.
pub(crate) fn whole<T>(connection: &Connection, job: impl FnOnce() -> Answer<T>) -> Answer<T> {
    change(connection, "SAVEPOINT action", [])?;
    let done = job();
    if done.is_err() {
        change(connection, "ROLLBACK TO action", [])?;
    }
    change(connection, "RELEASE action", [])?;
    done
}

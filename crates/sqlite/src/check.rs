//! Whether a file is whole.

use rusqlite::Connection;

use crate::{Fault, Kind};

/// Looks through the whole file and lists what is wrong with it, nothing if it is sound. However deep the damage, it is
/// listed; the error is for what has nothing to do with it.
pub fn check(connection: &Connection) -> Result<Vec<String>, Fault> {
    let mut problems = Vec::new();
    for step in [pages, references] {
        match step(connection) {
            Ok(found) => problems.extend(found),
            // The check itself cannot go on.
            Err(Fault::Sqlite(cause)) if cause.kind() == Kind::Corrupt => {
                problems.push(cause.to_string());
            }
            Err(other) => return Err(other),
        }
    }
    Ok(problems)
}

fn pages(connection: &Connection) -> Result<Vec<String>, Fault> {
    let mut problems = Vec::new();
    connection.pragma_query(None, "integrity_check", |row| {
        problems.push(row.get::<_, String>(0)?);
        Ok(())
    })?;
    problems.retain(|line| line != "ok");
    Ok(problems)
}

fn references(connection: &Connection) -> Result<Vec<String>, Fault> {
    let mut problems = Vec::new();
    connection.pragma_query(None, "foreign_key_check", |row| {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        problems.push(format!(
            "a row of {table} names one of {parent} that is not there"
        ));
        Ok(())
    })?;
    Ok(problems)
}

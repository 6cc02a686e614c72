//! The stored form: which one a file has, and bringing it to the newest.

use crate::RosterError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Number of the stored form this program writes; it reads every lower one and migrates it.
pub const FORMAT: u32 = 6;

/// Tells an app roster from any other SQLite file; the first migration sets it.
const APPLICATION: i64 = 0x486d_4172;

/// Processes that open a new file at the same moment migrate it one after the other; those that find the work done by
/// another look again, at most this often.
const ATTEMPTS: usize = 5;

/// Refuses a file that is not an app roster or that a newer program made, without changing anything in it.
pub(crate) fn check(connection: &Connection) -> Answer<()> {
    form(connection).map(drop)
}

/// Brings the file to the newest form, all of it or nothing.
pub(crate) fn migrate(connection: &mut Connection) -> Answer<()> {
    for _ in 0..ATTEMPTS {
        if form(connection)? == FORMAT {
            return Ok(());
        }
        // One of the migrations edits the text of the schema.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
        let done = embedded::migrations::runner()
            .set_grouped(true)
            .run(connection);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        if let Err(error) = done
            && form(connection)? != FORMAT
        {
            let error = RosterError::unavailable(
                "the app roster could not be brought to the newest form; free some space or restore the newest \
                 backup, then try again",
            )
            .because(error);
            return Err(error.into());
        }
    }
    Err(RosterError::unavailable("the app roster is being changed by another program").into())
}

/// Number of the form the file has; 0 if it is empty.
pub(crate) fn form(connection: &Connection) -> Answer<u32> {
    // At one moment: another process may be making the file just now.
    let connection = &Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name <> 'refinery_schema_history' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let tables = query::first(connection, sql, [], |row| Ok(row.get::<_, i64>(0)?))?;
    match (application, tables) {
        (APPLICATION, _) => history(connection),
        (0, Some(0)) => Ok(0),
        _ => Err(RosterError::corrupt(
            "the file is not an app roster but another SQLite database; check the folder that was named",
        )
        .into()),
    }
}

/// Number of the newest migration applied, once all of them are known to be ours. Read by hand, because the library
/// takes what it finds there on trust.
fn history(connection: &Connection) -> Answer<u32> {
    let sql = "SELECT version, name, checksum, datetime(applied_on) IS NOT NULL \
               FROM refinery_schema_history ORDER BY version";
    let applied = query::all(connection, sql, [], |row| {
        let (version, name): (i64, String) = (row.get(0)?, row.get(1)?);
        let (checksum, dated): (String, bool) = (row.get(2)?, row.get(3)?);
        Ok((version, name, checksum, dated))
    })?;
    let runner = embedded::migrations::runner();
    let mut known: Vec<_> = runner.get_migrations().iter().collect();
    known.sort();
    let newest = applied.last().map_or(0, |(version, ..)| *version);
    if newest > i64::from(FORMAT) {
        return Err(RosterError::unavailable(format!(
            "the app roster was made by a newer Homeroom (form {newest}, this one knows up to {FORMAT}); run the \
             newer program, or restore a backup made before the update"
        ))
        .into());
    }
    let mut known = known.into_iter();
    for (version, name, checksum, dated) in &applied {
        let ours = known.next().is_some_and(|migration| {
            i64::from(migration.version()) == *version
                && migration.name() == name
                && migration.checksum().to_string() == *checksum
        });
        if !ours || !dated {
            return Err(RosterError::corrupt(
                "the app roster was made by a program that is not a released Homeroom; restore a backup",
            )
            .into());
        }
    }
    u32::try_from(newest).map_err(|_| Fault::Unreadable("the number of the form"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_the_newest_migration() {
        let runner = embedded::migrations::runner();
        let versions = runner.get_migrations().iter();
        let mut versions: Vec<_> = versions.map(refinery::Migration::version).collect();
        versions.sort_unstable();
        let expected: Vec<_> = (1..=i32::try_from(FORMAT).unwrap()).collect();
        assert_eq!(versions, expected);
    }
}

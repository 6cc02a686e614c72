//! The stored form: which one a file has, and bringing it to the newest.

use refinery::Migration;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::{Database, Fault, Kind, Told};

/// Programs that open a new file at the same moment migrate it one after the other; those that find the work done by
/// another look again, at most this often.
const ATTEMPTS: usize = 5;

/// Tables of somebody, if there are any: not SQLite's own and not the one the migrations are written down in.
const TABLES: &str = "SELECT count(*) FROM sqlite_schema \
                      WHERE name <> 'refinery_schema_history' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

impl Database {
    /// Number of the form a file has; 0 if it is empty. Refuses one that is not this database, or that a newer program made.
    pub fn form(&self, connection: &Connection) -> Result<u32, Fault> {
        // At one moment: another program may be making the file just now.
        let connection = &Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
        let application: i64 =
            connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let tables: i64 = connection.query_row(TABLES, [], |row| row.get(0))?;
        if application == self.application {
            self.applied(connection)
        } else if (application, tables) == (0, 0) {
            Ok(0)
        } else {
            Err(Fault::corrupt(format!(
                "it is not {} but another SQLite database; check the folder that was named",
                self.name
            )))
        }
    }

    /// Brings a file to the newest form, all of it or nothing.
    pub(crate) fn migrate(&self, connection: &mut Connection) -> Result<(), Fault> {
        let newest = self.newest();
        for _ in 0..ATTEMPTS {
            if self.form(connection)? == newest {
                return Ok(());
            }
            // A migration may edit the text of the schema.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
            let done = (self.migrations)().set_grouped(true).run(connection);
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            if let Err(error) = done
                && self.form(connection)? != newest
            {
                let why = format!(
                    "{} could not be brought to the newest form; free some space or restore the newest backup, then try \
                     again",
                    self.name
                );
                return Err(Told::new(Kind::Unavailable, why).because(error).into());
            }
        }
        Err(Fault::unavailable(format!(
            "{} is being changed by another program",
            self.name
        )))
    }

    /// Number of the newest migration applied, once all of them are known to be ours. Read by hand, because the library
    /// takes what it finds there on trust.
    fn applied(&self, connection: &Connection) -> Result<u32, Fault> {
        let sql = "SELECT version, name, checksum, datetime(applied_on) IS NOT NULL \
                   FROM refinery_schema_history ORDER BY version";
        let mut statement = connection.prepare(sql)?;
        let applied = statement.query_map([], |row| {
            let (version, name): (i64, String) = (row.get(0)?, row.get(1)?);
            let (checksum, dated): (String, bool) = (row.get(2)?, row.get(3)?);
            Ok((version, name, checksum, dated))
        })?;
        let applied = applied.collect::<Result<Vec<_>, _>>()?;
        let found = applied.last().map_or(0, |(version, ..)| *version);
        let newest = self.newest();
        if found > i64::from(newest) {
            return Err(Fault::unavailable(format!(
                "{} was made by a newer Homeroom (form {found}, this one knows up to {newest}); run the newer program, or \
                 restore a backup made before the update",
                self.name
            )));
        }
        let mut known = self.known().into_iter();
        for (version, name, checksum, dated) in &applied {
            let ours = known.next().is_some_and(|migration| {
                i64::from(migration.version()) == *version
                    && migration.name() == name
                    && migration.checksum().to_string() == *checksum
            });
            if !ours || !dated {
                return Err(Fault::corrupt(format!(
                    "{} was made by a program that is not a released Homeroom; restore a backup",
                    self.name
                )));
            }
        }
        u32::try_from(found).map_err(|_| Fault::Unreadable("the number of the form"))
    }

    /// Number of the form this program writes.
    fn newest(&self) -> u32 {
        let newest = self.known().last().map_or(0, Migration::version);
        u32::try_from(newest).unwrap_or_default()
    }

    /// The migrations in the order they are applied.
    fn known(&self) -> Vec<Migration> {
        let mut known = (self.migrations)().get_migrations().clone();
        known.sort();
        known
    }
}

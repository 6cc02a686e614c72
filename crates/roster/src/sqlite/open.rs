//! The roster itself: opening, the writer, and views of one moment.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::RosterError;
use crate::roster::{Applying, Begin, Reading, Roster};
use crate::sqlite::apply::SqliteApplying;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::options::{Options, set_any, set_reader, set_writer};
use crate::sqlite::read::View;
use crate::sqlite::schema;

/// An app's roster in one SQLite file, which belongs on a local disk. Several programs of one machine may have it open; they
/// write one after the other.
pub struct SqliteRoster {
    path: PathBuf,
    options: Options,
    writer: Mutex<View>,
}

impl std::fmt::Debug for SqliteRoster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteRoster")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl SqliteRoster {
    /// Opens the file with default [`Options`]; see [`SqliteRoster::open_with`].
    pub fn open(path: &Path) -> Result<Self, RosterError> {
        Self::open_with(path, Options::default())
    }

    /// Opens the file, which is made if it is not there (readable for its owner only), and brings it to the newest form.
    ///
    /// Fails, without touching the file, as `Unavailable` if it was made by a newer program, and as `Corrupt` if it is
    /// something else than an app roster.
    pub fn open_with(path: &Path, options: Options) -> Result<Self, RosterError> {
        let writer = open_writer(path, &options)
            .map_err(|fault| fault.into_error(&format!("opening {}", path.display())))?;
        Ok(Self {
            path: path.to_path_buf(),
            options,
            writer: Mutex::new(View::new(writer)),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of the stored form.
    pub fn format(&self) -> Result<u32, RosterError> {
        let writer = self.writer();
        schema::form(writer.connection()).map_err(|fault| fault.into_error("reading the form"))
    }

    /// What SQLite finds wrong with the file itself; empty is well. Reads all of it.
    pub fn check(&self) -> Result<Vec<String>, RosterError> {
        let check = |connection: &Connection| -> Answer<Vec<String>> {
            let mut found = Vec::new();
            connection.pragma_query(None, "integrity_check", |row| {
                found.push(row.get::<_, String>(0)?);
                Ok(())
            })?;
            found.retain(|line| line != "ok");
            connection.pragma_query(None, "foreign_key_check", |row| {
                found.push(format!(
                    "a row of {} refers to nothing",
                    row.get::<_, String>(0)?
                ));
                Ok(())
            })?;
            Ok(found)
        };
        check(self.writer().connection()).map_err(|fault| fault.into_error("checking the file"))
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, View> {
        // Whoever panicked left a transaction that the next one finds rolled back.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One write transaction: committed and durable if it answers, undone if it refuses.
    pub(crate) fn write<T>(
        &self,
        what: &'static str,
        job: impl FnOnce(&Connection) -> Answer<T>,
    ) -> Result<T, RosterError> {
        let writer = self.writer();
        let done = || -> Answer<T> {
            let transaction =
                Transaction::new_unchecked(writer.connection(), TransactionBehavior::Immediate)?;
            let answer = job(&transaction)?;
            transaction.commit()?;
            Ok(answer)
        };
        done().map_err(|fault| fault.into_error(what))
    }
}

impl Roster for SqliteRoster {
    fn read(&self) -> Result<Box<dyn Reading>, RosterError> {
        let open = || -> Answer<View> {
            let connection = open_reader(&self.path, &self.options)?;
            // The moment that is seen is that of the first read.
            connection.execute_batch("BEGIN; SELECT 1 FROM district LIMIT 1")?;
            Ok(View::new(connection))
        };
        let view = open().map_err(|fault| fault.into_error("reading the app roster"))?;
        Ok(Box::new(view))
    }

    fn begin<'r>(&'r self, begin: &Begin<'_>) -> Result<Box<dyn Applying + 'r>, RosterError> {
        Ok(Box::new(SqliteApplying::begin(self.writer(), begin)?))
    }
}

fn open_writer(path: &Path, options: &Options) -> Answer<Connection> {
    let new = !path.exists();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    if new {
        // By name and before anything is in it: opening the file here would drop SQLite's locks when it is closed.
        keep_private(path).map_err(|error| {
            Fault::from(
                RosterError::unavailable("the app roster cannot be made private to its owner")
                    .because(error),
            )
        })?;
    }
    set_any(&connection, options)?;
    schema::check(&connection)?;
    set_writer(&connection, options)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

fn open_reader(path: &Path, options: &Options) -> Answer<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    set_any(&connection, options)?;
    set_reader(&connection, options)?;
    Ok(connection)
}

/// Lets only the owner read and write the file: it holds people. An administrator may give it to the app's group afterwards.
fn keep_private(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

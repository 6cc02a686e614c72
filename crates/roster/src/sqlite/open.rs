//! The roster itself: opening, the writer, and views of one moment.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::RosterError;
use crate::roster::{Applying, Begin, Reading, Roster};
use crate::sqlite::apply::SqliteApplying;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::options::Options;
use crate::sqlite::read::View;
use crate::sqlite::schema::DATABASE;

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
    /// Fails, without touching the file, as `Unavailable` if it lies on a network file system or was made by a newer program,
    /// and as `Corrupt` if it is something else than an app roster.
    pub fn open_with(path: &Path, options: Options) -> Result<Self, RosterError> {
        let open = || -> Answer<Connection> {
            let connection = DATABASE.open(path, &options.writer())?;
            // What a savepoint may have to give back stays in memory.
            connection.pragma_update(None, "temp_store", "MEMORY")?;
            Ok(connection)
        };
        let writer =
            open().map_err(|fault| fault.into_error(&format!("opening {}", path.display())))?;
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
        let form = DATABASE.form(writer.connection());
        form.map_err(|fault| Fault::from(fault).into_error("reading the form"))
    }

    /// Looks through the whole file and lists what is wrong with it, nothing if it is sound.
    pub fn check(&self) -> Result<Vec<String>, RosterError> {
        let writer = self.writer();
        let found = homeroom_sqlite::check(writer.connection());
        found.map_err(|fault| Fault::from(fault).into_error("checking the file"))
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
            let connection = DATABASE.open_reader(&self.path, &self.options.reader())?;
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

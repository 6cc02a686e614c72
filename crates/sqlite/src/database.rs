//! A kind of database, and opening one.

use std::path::Path;

use refinery::Runner;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::place;
use crate::{Fault, Kind, Settings, Told};

/// A kind of database: what tells it from others, and which forms it has had.
pub struct Database {
    /// What it is called in the middle of a sentence: "the control store".
    pub name: &'static str,
    /// Its `application_id`, which the first migration sets.
    pub application: i64,
    /// Bytes of a page in new files, a power of two from 512 to 65536; a file that is there keeps what it has. Larger ones are
    /// quicker where much is written at once, smaller ones where little is.
    pub page_size: u32,
    /// Its migrations, numbered from 1 without a gap. The number of the newest is that of the form this program writes.
    pub migrations: fn() -> Runner,
}

impl Database {
    /// Opens a file for writing, which is made if it is not there (readable for its owner only), and brings it to the newest
    /// form. Waits for the disk, and for other programs that are doing the same.
    ///
    /// Fails, without touching the file, as [`Kind::Unavailable`] if it lies on a network file system or was made by a newer
    /// program, and as [`Kind::Corrupt`] if it is something else than this database.
    pub fn open(&self, path: &Path, settings: &Settings) -> Result<Connection, Fault> {
        if !settings.allow_network_file_system {
            self.refuse_network(path)?;
        }
        let new = !path.exists();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        if new {
            // By name and before anything is in it: opening the file here would drop SQLite's locks when it is closed.
            place::keep_private(path).map_err(|error| {
                let why = format!("{} cannot be made private to its owner", self.name);
                Fault::from(Told::new(Kind::Unavailable, why).because(error))
            })?;
        }
        settings.set_any(&connection)?;
        // Before anything is changed: whether it is ours.
        self.form(&connection)?;
        connection.pragma_update(None, "page_size", self.page_size)?;
        settings.set_writer(&connection)?;
        connection.set_transaction_behavior(TransactionBehavior::Immediate);
        self.migrate(&mut connection)?;
        Ok(connection)
    }

    /// Opens a file that has been opened for writing before, and cannot write.
    pub fn open_reader(&self, path: &Path, settings: &Settings) -> Result<Connection, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        settings.set_any(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    fn refuse_network(&self, path: &Path) -> Result<(), Fault> {
        match place::network_file_system(path) {
            None => Ok(()),
            Some(kind) => Err(Fault::unavailable(format!(
                "{} would lie on a network file system ({kind}), where SQLite cannot lock it; put the folder on a local disk",
                self.name
            ))),
        }
    }
}

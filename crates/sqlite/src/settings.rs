//! What every connection is set to.

use std::thread;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

use crate::Fault;

/// What differs between databases and connections.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long to wait for another program that is writing.
    pub busy_timeout: Duration,
    /// Memory the connection may keep pages in, in mebibytes; at least one.
    pub cache: u32,
    /// Statements the connection keeps prepared. More than there are is right.
    pub statements: usize,
    /// Opens the file even where the file system belongs to another machine. SQLite's locks and shared memory do not work
    /// there, and two writers would destroy the file.
    pub allow_network_file_system: bool,
}

/// The log is cut back to this many bytes when it has been merged into the file.
const KEPT_LOG: i64 = 64 << 20;

/// Between two attempts to switch a file to the write-ahead log.
const PAUSE: Duration = Duration::from_millis(5);

impl Settings {
    /// Sets what concerns every connection, before anything is read.
    pub(crate) fn set_any(&self, connection: &Connection) -> Result<(), Fault> {
        connection.busy_timeout(self.busy_timeout)?;
        connection.set_prepared_statement_cache_capacity(self.statements);
        // A damaged or hostile file must not make SQLite run what it contains.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Negative numbers are kibibytes.
        let kibibytes = i64::from(self.cache.max(1)) << 10;
        connection.pragma_update(None, "cache_size", -kibibytes)?;
        Ok(())
    }

    /// Sets what concerns the writing connection: durability above all.
    pub(crate) fn set_writer(&self, connection: &Connection) -> Result<(), Fault> {
        self.write_ahead(connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // Where the system's ordinary flush does not reach the disk (macOS); elsewhere these do nothing.
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "checkpoint_fullfsync", true)?;
        // Revoked tokens and removed people are overwritten, not left behind in free pages.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "journal_size_limit", KEPT_LOG)?;
        Ok(())
    }

    /// Switches a new file to the write-ahead log. Of several programs that do so at once SQLite lets one through and sends
    /// the others away without waiting, whatever the timeout says; so the waiting is done here.
    fn write_ahead(&self, connection: &Connection) -> Result<(), Fault> {
        connection.busy_timeout(Duration::ZERO)?;
        let mut waited = Duration::ZERO;
        let mode = loop {
            let mode =
                connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0));
            match mode {
                Err(error) if is_busy(&error) && waited < self.busy_timeout => {
                    thread::sleep(PAUSE);
                    waited += PAUSE;
                }
                mode => break mode,
            }
        };
        connection.busy_timeout(self.busy_timeout)?;
        let mode: String = mode?;
        if mode == "wal" {
            return Ok(());
        }
        Err(Fault::unavailable(
            "the file system cannot keep a write-ahead log; put the folder on a local disk",
        ))
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

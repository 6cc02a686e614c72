//! What can be set when a store is opened, and what every connection is set to.

use std::thread;
use std::time::Duration;

use homeroom_store::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

use crate::fault::{Answer, Fault};

/// Settings of an open store.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many reads may go on at once; at least one. Default 4.
    pub readers: usize,
    /// How long to wait for another process that is writing. Default 10 seconds.
    pub busy_timeout: Duration,
    /// How many writes may wait for the writer before callers wait too; at least one. Default 256.
    pub queue: usize,
    /// Opens the file even where the file system belongs to another machine. Default off: SQLite's locks and shared
    /// memory do not work there, and two writers would destroy the file.
    pub allow_network_file_system: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            busy_timeout: Duration::from_secs(10),
            queue: 256,
            allow_network_file_system: false,
        }
    }
}

/// Statements a connection keeps prepared; more than there are.
const STATEMENTS: usize = 128;

/// Between two attempts to switch a file to the write-ahead log.
const PAUSE: Duration = Duration::from_millis(5);

/// Sets what concerns every connection, before anything is read.
pub(crate) fn set_any(connection: &Connection, options: &Options) -> Answer<()> {
    connection.busy_timeout(options.busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A damaged or hostile file must not make SQLite run what it contains.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

/// Sets what concerns the writing connection: durability above all.
pub(crate) fn set_writer(connection: &Connection, options: &Options) -> Answer<()> {
    write_ahead(connection, options)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Where the system's ordinary flush does not reach the disk (macOS); elsewhere these do nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // Revoked tokens and removed people are overwritten, not left behind in free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(())
}

/// Switches a new file to the write-ahead log. Of several processes that do so at once SQLite lets one through and
/// sends the others away without waiting, whatever the timeout says; so the waiting is done here.
fn write_ahead(connection: &Connection, options: &Options) -> Answer<()> {
    connection.busy_timeout(Duration::ZERO)?;
    let mut waited = Duration::ZERO;
    let mode = loop {
        let mode =
            connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0));
        match mode {
            Err(error) if is_busy(&error) && waited < options.busy_timeout => {
                thread::sleep(PAUSE);
                waited += PAUSE;
            }
            mode => break mode,
        }
    };
    connection.busy_timeout(options.busy_timeout)?;
    let mode: String = mode?;
    if mode == "wal" {
        return Ok(());
    }
    Err(Fault::from(StoreError::unavailable(
        "the file system cannot keep a write-ahead log; put the folder on a local disk",
    )))
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

/// Sets what concerns a reading connection.
pub(crate) fn set_reader(connection: &Connection) -> Answer<()> {
    connection.pragma_update(None, "query_only", true)?;
    Ok(())
}

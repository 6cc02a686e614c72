//! What can be set when a roster is opened, and what every connection is set to.

use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::RosterError;
use crate::sqlite::fault::{Answer, Fault};

/// Settings of an open roster.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for another program that is writing. Default 30 seconds.
    pub busy_timeout: Duration,
    /// Memory the writing connection may keep pages in, in mebibytes. Default 256: what a first load of a very large district
    /// touches again and again fits. Smaller is slower, never wrong.
    pub write_cache: u32,
    /// Memory a reading connection may keep pages in, in mebibytes. Default 16.
    pub read_cache: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(30),
            write_cache: 256,
            read_cache: 16,
        }
    }
}

/// Statements a connection keeps prepared; more than there are.
const STATEMENTS: usize = 256;

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
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Fault::from(RosterError::unavailable(
            "the file system cannot keep a write-ahead log; put the app roster on a local disk",
        )));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Where the system's ordinary flush does not reach the disk (macOS); elsewhere these do nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // What is purged is overwritten, not left behind in free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    // What a savepoint may have to give back stays in memory.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    set_cache(connection, options.write_cache)
}

/// Sets what concerns a reading connection.
pub(crate) fn set_reader(connection: &Connection, options: &Options) -> Answer<()> {
    connection.pragma_update(None, "query_only", true)?;
    set_cache(connection, options.read_cache)
}

/// Negative numbers are kibibytes.
fn set_cache(connection: &Connection, mebibytes: u32) -> Answer<()> {
    connection.pragma_update(None, "cache_size", -(i64::from(mebibytes.max(1)) << 10))?;
    Ok(())
}

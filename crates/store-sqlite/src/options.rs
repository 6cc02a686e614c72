//! What can be set when a store is opened, and what every connection is set to.

use std::time::Duration;

use homeroom_sqlite::Settings;

/// Settings of an open store.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many reads may go on at once; at least one. Default 4.
    pub readers: usize,
    /// How long to wait for another program that is writing. Default 10 seconds.
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

/// Memory each connection may keep pages in, in mebibytes: the store is small, and the system keeps its pages too.
const CACHE: u32 = 2;

impl Options {
    /// What every connection is set to.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            busy_timeout: self.busy_timeout,
            cache: CACHE,
            statements: STATEMENTS,
            allow_network_file_system: self.allow_network_file_system,
        }
    }
}

//! What can be set when a roster is opened, and what every connection is set to.

use std::time::Duration;

use homeroom_sqlite::Settings;

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
    /// Opens the file even where the file system belongs to another machine. Default off: SQLite's locks and shared
    /// memory do not work there, and two writers would destroy the file.
    pub allow_network_file_system: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(30),
            write_cache: 256,
            read_cache: 16,
            allow_network_file_system: false,
        }
    }
}

/// Statements a connection keeps prepared; more than there are.
const STATEMENTS: usize = 256;

impl Options {
    /// What the writing connection is set to.
    pub(crate) fn writer(&self) -> Settings {
        Settings {
            busy_timeout: self.busy_timeout,
            cache: self.write_cache,
            statements: STATEMENTS,
            allow_network_file_system: self.allow_network_file_system,
        }
    }

    /// What a reading connection is set to.
    pub(crate) fn reader(&self) -> Settings {
        Settings {
            cache: self.read_cache,
            ..self.writer()
        }
    }
}

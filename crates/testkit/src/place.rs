//! Folders of tests.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";

/// A folder for a test of the built binary, gone when it is dropped: on a real disk in a soak, else in memory where the
/// system offers that. A test spends most of its time waiting for the disk otherwise, and learns nothing from it: what a
/// disk keeps is the shim's matter, not the disk's.
pub fn folder() -> TempDir {
    let in_memory = (!crate::soak())
        .then(|| tempfile::tempdir_in(MEMORY).ok())
        .flatten();
    in_memory.unwrap_or_else(|| tempfile::tempdir().expect("a folder for temporary files"))
}

/// The path without symbolic links, as the kernel names it.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    path.canonicalize()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

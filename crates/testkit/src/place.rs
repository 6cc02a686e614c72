//! Folders of tests.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";

/// A folder for a test of the built binary, gone when it is dropped: in memory where the system offers that. A test spends
/// most of its time waiting for the disk otherwise, and learns little from it: what a disk keeps is the shim's matter.
pub fn folder() -> TempDir {
    tempfile::tempdir_in(MEMORY).unwrap_or_else(|_| folder_on_disk())
}

/// A folder on a real disk, for tests in which its pace matters.
pub fn folder_on_disk() -> TempDir {
    tempfile::tempdir().expect("a folder for temporary files")
}

/// The path without symbolic links, as the kernel names it.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    path.canonicalize()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

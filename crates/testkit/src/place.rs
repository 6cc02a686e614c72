//! Folders of tests.

use std::path::{Path, PathBuf};

/// The path without symbolic links, as the kernel names it.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    path.canonicalize()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

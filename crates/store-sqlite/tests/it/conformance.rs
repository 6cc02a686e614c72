//! The port's suite.

use homeroom_store::Store;
use tempfile::TempDir;

async fn empty() -> (TempDir, Box<dyn Store>) {
    let (folder, store) = super::empty();
    (folder, Box::new(store))
}

homeroom_store::conformance!(empty);

//! Published contracts and samples that are not ours to distribute.

use std::path::{Path, PathBuf};

/// The folder `shared` beside the checkout, or `None`, said aloud, where it is absent; with `CI=true` that is a failure.
pub fn shared() -> Option<PathBuf> {
    let found = beside_the_checkout();
    if found.is_none() {
        let ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(
            !ci,
            "the folder `shared` beside the checkout is missing, and CI must not skip what needs it"
        );
        eprintln!("SKIPPED: the folder `shared` beside the checkout is missing");
    }
    found
}

fn beside_the_checkout() -> Option<PathBuf> {
    // As cargo says it when the test runs, so that a moved checkout still works.
    let own = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let own = own.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).to_owned());
    let checkout = own
        .ancestors()
        .find(|folder| folder.join("ARCHITECTURE.md").exists())?;
    let shared = checkout.parent()?.join("shared");
    shared.is_dir().then_some(shared)
}

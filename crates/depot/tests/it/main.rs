//! The depot on real folders, on stores that fail, and killed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod cache;
mod damage;
mod disk_full;
mod faults;
mod faulty;
mod kill;
mod put_get;
mod sample;
mod spools;
mod sweep;

use std::path::PathBuf;

use bytes::Bytes;
use homeroom_depot::{Depot, Settings};
use homeroom_segment::{Digest, Located};
use tempfile::TempDir;

/// A depot in a folder that goes when the first of the pair is dropped.
fn depot() -> (TempDir, Depot) {
    depot_with(Settings::default())
}

/// The same with other limits.
fn depot_with(settings: Settings) -> (TempDir, Depot) {
    let folder = tempfile::tempdir().unwrap();
    let depot = Depot::folder(folder.path(), settings).unwrap();
    (folder, depot)
}

/// Limits that keep nothing open, so that every get reads and checks.
const NOTHING_KEPT: Settings = Settings {
    cache_bytes: 0,
    open_objects: 1,
};

/// Bytes that look random, the same for the same seed.
fn payload(seed: u64, length: usize) -> Bytes {
    let mut bytes = vec![0; length];
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(&seed.to_le_bytes())
        .finalize_xof()
        .fill(&mut bytes);
    Bytes::from(bytes)
}

/// The whole of an object.
fn whole(payload: &Bytes) -> Located {
    Located {
        object: Digest::of(payload),
        offset: 0,
        length: payload.len() as u64,
    }
}

/// The file an object lies in.
fn file_of(folder: &TempDir, object: &Digest) -> PathBuf {
    let name = object.to_string();
    folder
        .path()
        .join("objects")
        .join(&name[..2])
        .join(&name[2..])
}

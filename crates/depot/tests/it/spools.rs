//! Files without a name.

use std::fs;
use std::io::Write;

use homeroom_depot::{FileSpools, frame, warm};
use homeroom_segment::{Digest, Spool, Spools};
use tempfile::TempDir;

use crate::{depot, payload, whole};

fn spools() -> (TempDir, FileSpools) {
    let folder = tempfile::tempdir().unwrap();
    let spools = FileSpools::new(&folder.path().join("spool")).unwrap();
    (folder, spools)
}

fn files_in(folder: &TempDir) -> usize {
    fs::read_dir(folder.path().join("spool")).unwrap().count()
}

#[test]
fn what_is_written_is_there_when_sealed_and_no_file_is_seen() {
    let (folder, spools) = spools();
    for length in [0, 1, 4096, 131_072, 1_000_000] {
        let bytes = payload(1, length);
        let mut spool = spools.file_spool().unwrap();
        for piece in bytes.chunks(777) {
            spool.write_all(piece).unwrap();
        }
        assert_eq!(files_in(&folder), 0);
        let sealed = spool.seal().unwrap();
        warm(&sealed);
        assert_eq!(sealed, bytes);
        assert!(sealed.is_empty() || sealed.as_ptr().align_offset(frame::ALIGNMENT) == 0);
        assert_eq!(files_in(&folder), 0);
    }
}

#[test]
fn a_spool_given_up_leaves_nothing() {
    let (folder, spools) = spools();
    let mut spool = spools.file_spool().unwrap();
    spool.write_all(&payload(1, 500_000)).unwrap();
    assert_eq!(format!("{spool:?}"), "FileSpool(500000 bytes)");
    drop(spool);
    assert_eq!(files_in(&folder), 0);
    FileSpools::new(&folder.path().join("spool")).expect("the folder may be there");
}

#[tokio::test]
async fn a_sealed_spool_can_be_put_after_its_folder_is_gone() {
    let (folder, spools) = spools();
    let bytes = payload(1, 700_000);
    let spools: &dyn Spools = &spools;
    let mut spool: Box<dyn Spool> = spools.spool().unwrap();
    spool.write_all(&bytes).unwrap();
    let sealed = spool.seal().unwrap();
    drop(folder);
    let (_folder, depot) = depot();
    assert_eq!(depot.put(sealed).await, Ok(Digest::of(&bytes)));
    assert_eq!(depot.get(&whole(&bytes)).await, Ok(bytes));
}

//! A full disk: said clearly, and nothing is lost.

use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use homeroom_depot::{Depot, DepotError, FileSpools, Settings};
use object_store::local::LocalFileSystem;
use tempfile::TempDir;

use crate::faulty::{Fault, Faulty};
use crate::{depot, payload, whole};

#[tokio::test]
async fn a_full_disk_is_said_so_and_loses_nothing() {
    let (folder, clean) = depot();
    let (old, new) = (payload(1, 1000), payload(2, 1000));
    clean.put(old.clone()).await.unwrap();
    let store = Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap());
    // The first operation looks whether the object is there, the second writes it.
    let depot = Depot::on(Faulty::new(store, Fault::Full, 2), Settings::default());
    assert_full(&depot.put(new.clone()).await.unwrap_err());
    assert_eq!(depot.get(&whole(&old)).await, Ok(old));
    depot.put(new.clone()).await.unwrap();
    assert_eq!(depot.get(&whole(&new)).await, Ok(new));
}

fn assert_full(error: &DepotError) {
    let text = error.to_string();
    assert!(matches!(error, DepotError::Full { .. }), "{text}");
    assert!(
        text.contains("disk is full") && text.contains("free some space"),
        "{text}"
    );
}

/// A disk of two megabytes, where this user may mount one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

#[tokio::test]
async fn on_a_small_disk_of_its_own() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!(
            "not run on a small disk of its own: mounting one is not permitted here (injected instead, above)"
        );
        return;
    };
    let depot = Depot::folder(disk.0.path(), Settings::default()).unwrap();
    let old = payload(1, 500_000);
    depot.put(old.clone()).await.unwrap();

    assert_full(&depot.put(payload(2, 4_000_000)).await.unwrap_err());
    let spools = FileSpools::new(&disk.0.path().join("spool")).unwrap();
    let mut spool = spools.file_spool().unwrap();
    let error = spool.write_all(&payload(3, 4_000_000)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    assert!(error.to_string().contains("free some space"), "{error}");
    drop(spool);

    assert_eq!(depot.get(&whole(&old)).await, Ok(old));
    // What did not fit has left nothing behind that takes the room of what does.
    let fits = payload(4, 1_200_000);
    depot.put(fits.clone()).await.unwrap();
    assert_eq!(depot.get(&whole(&fits)).await, Ok(fits));
    assert_eq!(depot.list().await.unwrap().len(), 2);
}

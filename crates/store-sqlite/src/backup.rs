//! Copies of a store in use, and whether a store is whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use homeroom_sqlite::{check, folder_of, keep_private};
use homeroom_store::{Conflict, StoreError};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::SqliteStore;
use crate::fault::{Answer, Fault};

impl SqliteStore {
    /// Copies the store as it is at one moment to a file that is not there yet, while reads and writes go on. The copy
    /// is durable, readable for its owner only, and a store like this one. No key is in it: sealed tokens stay sealed.
    ///
    /// Refused as `Exists` if the file is there; a copy that was cut short leaves only a file ending in `.part`.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let to = to.to_path_buf();
        self.read_many("making a backup", move |connection| copy(connection, &to))
            .await
    }

    /// Looks through the whole file and lists what is wrong with it, nothing if it is sound.
    pub async fn check(&self) -> Result<Vec<String>, StoreError> {
        self.read_many("checking the control store", |connection| {
            Ok(check(connection)?)
        })
        .await
    }
}

fn copy(from: &Connection, to: &Path) -> Answer<()> {
    if to.exists() {
        return Err(Fault::refused(
            Conflict::Exists,
            "the backup's file is there already; name another one",
        ));
    }
    let part = part_of(to);
    written(remove_leftover(&part))?;
    let mut copy = Connection::open(&part)?;
    written(keep_private(&part))?;
    // All pages in one step: a copy that let writers in between would have to begin again after each of them.
    let done = Backup::new(from, &mut copy)?.step(-1)?;
    if done != StepResult::Done {
        return Err(StoreError::unavailable("the backup met a lock; try again").into());
    }
    copy.close().map_err(|(_, error)| error)?;
    written(File::open(&part).and_then(|file| file.sync_all()))?;
    written(fs::rename(&part, to))?;
    written(sync_folder(&folder_of(to)))
}

fn part_of(to: &Path) -> PathBuf {
    let mut name = OsString::from(to);
    name.push(".part");
    PathBuf::from(name)
}

fn remove_leftover(part: &Path) -> io::Result<()> {
    match fs::remove_file(part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes the new name durable, where folders can be opened.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn written<T>(done: io::Result<T>) -> Answer<T> {
    done.map_err(|error| {
        StoreError::unavailable(
            "the backup cannot be written; check that its folder is there and has space",
        )
        .because(error)
        .into()
    })
}

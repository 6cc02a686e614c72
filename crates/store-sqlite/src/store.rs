//! The store itself: opening, closing, and the two ways to its connections.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use homeroom_store::StoreError;
use rusqlite::{Connection, Transaction};

use crate::fault::{Answer, Fault};
use crate::options::Options;
use crate::readers::Readers;
use crate::schema::DATABASE;
use crate::writer::Writer;

/// A control store in one SQLite file. Needs a tokio runtime. Dropping it closes it in the background; nothing that was
/// answered is lost by that, nor by killing the process.
pub struct SqliteStore {
    path: PathBuf,
    writer: Writer,
    readers: Arc<Readers>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the file with default [`Options`]; see [`SqliteStore::open_with`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, &Options::default())
    }

    /// Opens the file, which is made if it is not there (readable for its owner only), and brings it to the newest
    /// form. Waits for the disk, and for other processes that are doing the same.
    ///
    /// Fails, without touching the file, as `Unavailable` if it lies on a network file system or was made by a newer
    /// program, and as `Corrupt` if it is something else than a control store.
    pub fn open_with(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let settings = options.settings();
        let at = |fault| Fault::from(fault).into_error(&format!("opening {}", path.display()));
        let writer = DATABASE.open(path, &settings).map_err(at)?;
        let readers = (0..options.readers.max(1)).map(|_| DATABASE.open_reader(path, &settings));
        let readers: Vec<_> = readers.collect::<Result<_, _>>().map_err(at)?;
        Ok(Self {
            path: path.to_path_buf(),
            writer: Writer::start(writer, options.queue)?,
            readers: Arc::new(Readers::new(readers)),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Finishes what is going on, tidies the file up (the log is merged into it) and closes it. Later calls answer
    /// `Unavailable`. Closing twice is no error.
    pub async fn close(&self) {
        // Readers first: only the last connection to close can remove the log.
        self.readers.close().await;
        self.writer.close().await;
    }

    /// One write transaction.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        what: &'static str,
        job: impl FnOnce(&Transaction<'_>) -> Answer<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.write(what, job).await
    }

    /// A read of a row or a few.
    pub(crate) async fn read<T>(
        &self,
        what: &'static str,
        job: impl FnOnce(&Connection) -> Answer<T>,
    ) -> Result<T, StoreError> {
        self.readers.read(what, job).await
    }

    /// A read of many rows or large ones.
    pub(crate) async fn read_many<T: Send + 'static>(
        &self,
        what: &'static str,
        job: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.read_many(what, job).await
    }
}

#[cfg(test)]
mod tests {
    use homeroom_store::{ErrorKind, Settings};

    use super::*;
    use crate::query;

    fn empty() -> (tempfile::TempDir, SqliteStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("control.sqlite")).unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn a_step_that_panics_is_undone_and_harms_no_other() {
        let (_folder, store) = empty();
        let panicking = store.write("panicking", |tx| -> Answer<()> {
            query::change(tx, "INSERT INTO settings VALUES ('a', 'b')", [])?;
            panic!("on purpose");
        });
        let error = panicking.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(store.setting("a").await.unwrap(), None);
        store.set_setting("a", "c").await.unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_is_named_and_nothing_is_lost() {
        let (_folder, store) = empty();
        store.set_setting("before", "kept").await.unwrap();
        let fill = |pages: i64| {
            store.write("filling the disk", move |tx| {
                Ok(tx.pragma_update(None, "max_page_count", pages)?)
            })
        };
        fill(1).await.unwrap(); // Never below what is there.
        let long = "x".repeat(60_000);
        let error = store.set_setting("after", &long).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.to_string().contains("disk is full"), "{error}");
        assert_eq!(store.setting("before").await.unwrap().unwrap(), "kept");
        fill(1 << 20).await.unwrap();
        store.set_setting("after", &long).await.unwrap();
    }
}

//! Garbage: objects that no root names, and files that a crash left behind.

use std::collections::HashSet;
use std::fs;
use std::hash::BuildHasher;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use futures::{StreamExt, TryStreamExt};
use homeroom_segment::Digest;
use object_store::path::Path as Location;

use crate::depot::Depot;
use crate::error::DepotError;
use crate::layout;
use crate::opened::off_thread;

/// An object as the store lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its name.
    pub object: Digest,
    /// Bytes it takes, header included.
    pub bytes: u64,
    /// When it was written last, by the clock of the store.
    pub modified: SystemTime,
}

/// What a crash left behind and a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// Files.
    pub files: u64,
    /// Bytes of them all.
    pub bytes: u64,
}

impl Depot {
    /// All objects, names ascending. Anything else that lies in the folder is passed over, and never deleted.
    pub async fn list(&self) -> Result<Vec<Stored>, DepotError> {
        let listing = self.store.list(Some(&Location::from(layout::OBJECTS)));
        let stored = listing.try_filter_map(|found| {
            let stored = layout::object_at(&found.location).map(|object| Stored {
                object,
                bytes: found.size,
                modified: found.last_modified.into(),
            });
            std::future::ready(Ok(stored))
        });
        let listed: Result<Vec<_>, _> = stored.try_collect().await;
        let mut listed = listed.map_err(|error| DepotError::of("listing the objects", &error))?;
        listed.sort_unstable_by_key(|stored| stored.object);
        Ok(listed)
    }

    /// The objects that no root names, ascending: what may be condemned, and deleted a day later if still no root names
    /// it. The roots must include what running jobs have put and not yet published.
    pub async fn orphans<S: BuildHasher + Sync>(
        &self,
        roots: &HashSet<Digest, S>,
    ) -> Result<Vec<Digest>, DepotError> {
        let listed = self.list().await?.into_iter().map(|stored| stored.object);
        Ok(listed.filter(|object| !roots.contains(object)).collect())
    }

    /// Deletes objects and returns how many of them were there. Readers that have them open keep them until they are
    /// done. An object that cannot be deleted does not keep the others; the first such error is returned at the end.
    ///
    /// A deletion is not forced to disk: after a crash the object may be back, an orphan as before.
    pub async fn delete(&self, objects: &[Digest]) -> Result<u64, DepotError> {
        let locations: Vec<_> = objects
            .iter()
            .map(|object| Ok(layout::location(object)))
            .collect();
        let mut deleted = 0;
        let mut first_error = None;
        let mut results = self
            .store
            .delete_stream(futures::stream::iter(locations).boxed());
        while let Some(result) = results.next().await {
            match result {
                Ok(_) => deleted += 1,
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => {
                    first_error.get_or_insert_with(|| DepotError::of("deleting objects", &error));
                }
            }
        }
        for object in objects {
            self.opened.invalidate(object).await;
        }
        first_error.map_or(Ok(deleted), Err)
    }

    /// Removes files that writes were cut short in, if they have not been written to since `older_than`; choose that so
    /// that no write can still be going on, a day ago for example. Object stores other than folders have none (the
    /// unfinished uploads of S3 are a matter of its bucket's lifecycle rules).
    pub async fn collect_leftovers(&self, older_than: SystemTime) -> Result<Leftovers, DepotError> {
        let Some(folder) = self.folder.clone() else {
            return Ok(Leftovers::default());
        };
        let collected = off_thread(move || collect(&folder, older_than)).await?;
        collected
            .map_err(|error| DepotError::of("removing leftovers of interrupted writes", &error))
    }
}

fn collect(folder: &Path, older_than: SystemTime) -> io::Result<Leftovers> {
    let mut leftovers = Leftovers::default();
    for shard in layout::shards() {
        for file in fs::read_dir(folder.join(layout::OBJECTS).join(&shard))? {
            let file = file?;
            let name = file.file_name();
            if !name
                .to_str()
                .is_some_and(|name| layout::is_leftover(&shard, name))
            {
                continue;
            }
            if let Some(bytes) = gone(remove_if_older(&file, older_than))?.flatten() {
                leftovers.files += 1;
                leftovers.bytes += bytes;
            }
        }
    }
    Ok(leftovers)
}

/// Bytes of the file if it was old enough to be removed.
fn remove_if_older(file: &fs::DirEntry, older_than: SystemTime) -> io::Result<Option<u64>> {
    let found = file.metadata()?;
    if found.modified()? >= older_than {
        return Ok(None);
    }
    fs::remove_file(file.path())?;
    Ok(Some(found.len()))
}

/// A file that somebody else has renamed or removed in the meantime is none of ours any more.
fn gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

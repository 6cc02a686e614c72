//! The readers: a few connections that only read, taken and given back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use homeroom_store::StoreError;
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task;

use crate::fault::Answer;
use crate::writer::closed;

/// Connections that only read.
pub(crate) struct Readers {
    free: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    count: u32,
}

impl Readers {
    /// A pool of these connections.
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(connections.len())),
            count: u32::try_from(connections.len()).unwrap_or(u32::MAX),
            free: Mutex::new(connections),
        }
    }

    /// Reads a row or a few on the spot: microseconds, less than it takes to hand the work to another thread
    /// (performance.md, section 2).
    pub(crate) async fn read<T>(
        self: &Arc<Self>,
        what: &'static str,
        job: impl FnOnce(&Connection) -> Answer<T>,
    ) -> Result<T, StoreError> {
        let taken = self.take(what).await?;
        taken.run(job).map_err(|fault| fault.into_error(what))
    }

    /// Reads many rows, or large ones, away from the threads that serve requests.
    pub(crate) async fn read_many<T: Send + 'static>(
        self: &Arc<Self>,
        what: &'static str,
        job: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let taken = self.take(what).await?;
        let done = task::spawn_blocking(move || taken.run(job)).await;
        done.map_err(|_| closed().during(what))?
            .map_err(|fault| fault.into_error(what))
    }

    /// Waits for the reads that are going on, then closes all connections. Later reads are refused.
    pub(crate) async fn close(&self) {
        let all = self.permits.acquire_many(self.count).await;
        self.permits.close();
        if all.is_ok() {
            self.free().clear();
        }
    }

    async fn take(self: &Arc<Self>, what: &str) -> Result<Taken, StoreError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        Ok(Taken {
            _permit: permit.map_err(|_| closed().during(what))?,
            connection: self.free().pop(),
            readers: Arc::clone(self),
        })
    }

    fn free(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use; it goes back when it is dropped, even after a panic.
struct Taken {
    readers: Arc<Readers>,
    connection: Option<Connection>,
    _permit: OwnedSemaphorePermit,
}

impl Taken {
    fn run<T>(&self, job: impl FnOnce(&Connection) -> Answer<T>) -> Answer<T> {
        match &self.connection {
            Some(connection) => job(connection),
            None => Err(closed().into()),
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        // Before the permit, which is a later field and so dropped later.
        if let Some(connection) = self.connection.take() {
            self.readers.free().push(connection);
        }
    }
}

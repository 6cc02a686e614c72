//! An object store that fails once.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// A store whose `at`-th operation fails, before or after it was done; 0 for none.
#[derive(Debug)]
pub(crate) struct FaultyObjects {
    store: Arc<dyn ObjectStore>,
    at: u64,
    done: bool,
    seen: AtomicU64,
}

impl FaultyObjects {
    pub(crate) fn new(store: &Arc<dyn ObjectStore>, at: u64, done: bool) -> Arc<Self> {
        Arc::new(Self {
            store: Arc::clone(store),
            at,
            done,
            seen: AtomicU64::new(0),
        })
    }

    /// Whether the operation that fails was reached.
    pub(crate) fn has_failed(&self) -> bool {
        self.seen.load(Ordering::SeqCst) >= self.at
    }

    /// Whether the operation that begins now fails: `Err` before it is done, `Ok(true)` after.
    fn fails(&self) -> Result<bool> {
        let now = self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.at;
        if now && !self.done {
            return Err(failure());
        }
        Ok(now)
    }
}

fn failure() -> Error {
    Error::Generic {
        store: "faulty",
        source: crate::faults::ON_PURPOSE.into(),
    }
}

fn unless<T>(fails: bool, done: T) -> Result<T> {
    if fails { Err(failure()) } else { Ok(done) }
}

impl fmt::Display for FaultyObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "faulty {}", self.store)
    }
}

#[async_trait]
impl ObjectStore for FaultyObjects {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let fails = self.fails()?;
        unless(
            fails,
            self.store.put_opts(location, payload, options).await?,
        )
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let fails = self.fails()?;
        unless(fails, self.store.get_opts(location, options).await?)
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        match self.fails() {
            Err(error) => stream::iter([Err(error)]).boxed(),
            Ok(false) => self.store.delete_stream(locations),
            Ok(true) => {
                let deleted = self.store.delete_stream(locations);
                deleted.chain(stream::iter([Err(failure())])).boxed()
            }
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let listed = self.store.list(prefix);
        if let Ok(false) = self.fails() {
            return listed;
        }
        let cut_off = listed.take(1).chain(stream::iter([Err(failure())]));
        cut_off.boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}

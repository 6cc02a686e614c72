//! An object store that misbehaves once, at a chosen operation.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// How an operation goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing is done.
    Refuse,
    /// Nothing is done because the disk is full.
    Full,
    /// All is done, but an error is reported.
    DoneButRefuse,
    /// Half is done, and an error is reported.
    Tear,
    /// Half is done, and reported as done.
    TearSilently,
}

pub(crate) const FAULTS: [Fault; 5] = [
    Fault::Refuse,
    Fault::Full,
    Fault::DoneButRefuse,
    Fault::Tear,
    Fault::TearSilently,
];

/// A store whose `at`-th operation goes wrong; 0 for none.
#[derive(Debug)]
pub(crate) struct Faulty {
    store: Arc<dyn ObjectStore>,
    fault: Fault,
    at: u64,
    seen: AtomicU64,
    puts: AtomicU64,
    gets: AtomicU64,
}

impl Faulty {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, fault: Fault, at: u64) -> Arc<Self> {
        Arc::new(Self {
            store,
            fault,
            at,
            seen: AtomicU64::new(0),
            puts: AtomicU64::new(0),
            gets: AtomicU64::new(0),
        })
    }

    /// A store that only counts.
    pub(crate) fn counting(store: Arc<dyn ObjectStore>) -> Arc<Self> {
        Self::new(store, Fault::Refuse, 0)
    }

    pub(crate) fn seen(&self) -> u64 {
        self.seen.load(Ordering::SeqCst)
    }

    pub(crate) fn puts(&self) -> u64 {
        self.puts.load(Ordering::SeqCst)
    }

    pub(crate) fn gets(&self) -> u64 {
        self.gets.load(Ordering::SeqCst)
    }

    /// How the operation that begins now goes wrong, if it does.
    fn next(&self) -> Option<Fault> {
        (self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.at).then_some(self.fault)
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Faulty({})", self.store)
    }
}

fn error(fault: Fault) -> object_store::Error {
    let kind = match fault {
        Fault::Full => io::ErrorKind::StorageFull,
        _ => io::ErrorKind::ConnectionReset,
    };
    object_store::Error::Generic {
        store: "Faulty",
        source: Box::new(io::Error::from(kind)),
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.puts.fetch_add(1, Ordering::SeqCst);
        let fault = self.next();
        match fault {
            Some(fault @ (Fault::Refuse | Fault::Full)) => return Err(error(fault)),
            Some(fault @ (Fault::Tear | Fault::TearSilently)) => {
                let bytes: Vec<u8> = payload.iter().flatten().copied().collect();
                let half = Bytes::copy_from_slice(&bytes[..bytes.len() / 2]);
                let written = self.store.put_opts(location, half.into(), options).await?;
                return if fault == Fault::Tear {
                    Err(error(fault))
                } else {
                    Ok(written)
                };
            }
            _ => {}
        }
        let written = self.store.put_opts(location, payload, options).await?;
        fault.map_or(Ok(written), |fault| Err(error(fault)))
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.gets.fetch_add(1, Ordering::SeqCst);
        let fault = self.next();
        if let Some(fault @ (Fault::Refuse | Fault::Full | Fault::DoneButRefuse)) = fault {
            return Err(error(fault));
        }
        let found = self.store.get_opts(location, options).await?;
        let Some(fault) = fault else { return Ok(found) };
        let (meta, range, attributes) = (
            found.meta.clone(),
            found.range.clone(),
            found.attributes.clone(),
        );
        let extensions = found.extensions.clone();
        let half = (meta.size / 2) as usize;
        let bytes = found.bytes().await?.slice(..half);
        let mut pieces = vec![Ok(bytes)];
        if fault == Fault::Tear {
            pieces.push(Err(error(fault)));
        }
        Ok(GetResult {
            payload: GetResultPayload::Stream(futures::stream::iter(pieces).boxed()),
            meta,
            range,
            attributes,
            extensions,
        })
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let fault = self.next();
        let store = Arc::clone(&self.store);
        locations
            .enumerate()
            .then(move |(number, location)| {
                let store = Arc::clone(&store);
                async move {
                    let location = location?;
                    match fault {
                        Some(fault @ (Fault::Refuse | Fault::Full)) => return Err(error(fault)),
                        Some(Fault::TearSilently) => return Ok(location),
                        Some(fault @ Fault::Tear) if number > 0 => return Err(error(fault)),
                        _ => store.delete(&location).await?,
                    }
                    match fault {
                        Some(fault @ Fault::DoneButRefuse) => Err(error(fault)),
                        _ => Ok(location),
                    }
                }
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let fault = self.next();
        let listing = self.store.list(prefix);
        match fault {
            None => listing,
            Some(Fault::TearSilently) => listing.take(1).boxed(),
            Some(fault) => {
                let broken = futures::stream::iter([Err(error(fault))]);
                listing.take(1).chain(broken).into_stream().boxed()
            }
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}

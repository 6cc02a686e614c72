//! Objects that have been opened: checked once, then kept.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;
use futures::TryStreamExt;
use homeroom_segment::{Digest, Located};
use object_store::{GetResult, GetResultPayload};

use crate::error::{Damage, DepotError};
use crate::frame::{ALIGNMENT, Checker, HEADER};
use crate::layout;
use crate::mapping::Mapping;

/// Bytes read at once while checking.
const CHUNK: usize = 256 * 1024;

/// A checked object's payload, mapped or in memory.
#[derive(Clone)]
pub(crate) struct Opened {
    payload: Bytes,
    mapping: Option<Mapping>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({} bytes)", self.payload.len())
    }
}

impl Opened {
    /// Bytes of memory or of address space that it takes.
    pub(crate) fn weight(&self) -> u64 {
        (HEADER + self.payload.len()) as u64
    }

    /// A part of the payload, not copied.
    pub(crate) fn part(&self, part: &Located) -> Result<Bytes, DepotError> {
        let range = || {
            let start = usize::try_from(part.offset).ok()?;
            let end = start.checked_add(usize::try_from(part.length).ok()?)?;
            (end <= self.payload.len()).then_some(start..end)
        };
        let damage = || Damage::Part {
            offset: part.offset,
            length: part.length,
            payload: self.payload.len() as u64,
        };
        let range = range().ok_or_else(|| DepotError::damaged(&part.object, damage()))?;
        Ok(self.payload.slice(range))
    }

    /// Asks the system to read a part soon; the part lies inside.
    pub(crate) fn will_need(&self, part: &Located) {
        let ends = (usize::try_from(part.offset), usize::try_from(part.length));
        if let (Some(mapping), (Ok(offset), Ok(length))) = (&self.mapping, ends) {
            mapping.will_need(HEADER + offset, length);
        }
    }
}

/// Opens what a store gave for an object and checks all of it: files are mapped, anything else is read into memory.
pub(crate) async fn open(object: Digest, found: GetResult) -> Result<Opened, DepotError> {
    let size = found.meta.size;
    match found.payload {
        GetResultPayload::File(file, _) => off_thread(move || map_checked(&object, file)).await?,
        payload @ GetResultPayload::Stream(_) => {
            let stream = GetResult { payload, ..found }.into_stream();
            let framed = gather(&object, size, stream).await?;
            off_thread(move || {
                let mut checker = Checker::new();
                checker.push(&framed);
                finish(&object, &checker)?;
                Ok(Opened {
                    payload: framed.slice(HEADER..),
                    mapping: None,
                })
            })
            .await?
        }
    }
}

/// Checks all of what a store gave for an object without keeping any of it, and makes a file durable: it may have been
/// written by a process that died before it could.
pub(crate) async fn verify(object: Digest, found: GetResult) -> Result<(), DepotError> {
    match found.payload {
        GetResultPayload::File(file, path) => {
            off_thread(move || {
                let mut file = file;
                check_file(&object, &mut file)?;
                make_durable(&file, &path).map_err(|error| doing("making durable", &object, &error))
            })
            .await?
        }
        payload @ GetResultPayload::Stream(_) => {
            let mut stream = GetResult { payload, ..found }.into_stream();
            let mut checker = Checker::new();
            while let Some(chunk) = next(&object, &mut stream).await? {
                checker.push(&chunk);
            }
            finish(&object, &checker).map(drop)
        }
    }
}

/// Runs what takes the processor or the disk for long where it holds up nobody.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DepotError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| DepotError::of("work on an object", &error))
}

fn map_checked(object: &Digest, mut file: File) -> Result<Opened, DepotError> {
    // Checked through `read`, not through the mapping: there a bad sector is an error and not a signal.
    let length = check_file(object, &mut file)?;
    let length = usize::try_from(length)
        .ok()
        .and_then(|length| length.checked_add(HEADER))
        .ok_or_else(|| doing("mapping", object, &io::ErrorKind::FileTooLarge.into()))?;
    let mapping = Mapping::of(&file, length).map_err(|error| doing("mapping", object, &error))?;
    Ok(Opened {
        payload: mapping.bytes().slice(HEADER..),
        mapping: Some(mapping),
    })
}

/// Length of the payload of a file that is the object.
fn check_file(object: &Digest, file: &mut File) -> Result<u64, DepotError> {
    let mut checker = Checker::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return finish(object, &checker),
            Ok(bytes) => checker.push(buffer.get(..bytes).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(doing("reading", object, &error)),
        }
    }
}

fn finish(object: &Digest, checker: &Checker) -> Result<u64, DepotError> {
    let whole = checker.finish();
    let (found, length) = whole.map_err(|error| DepotError::damaged(object, error))?;
    if found != *object {
        return Err(DepotError::damaged(object, Damage::Misplaced { found }));
    }
    Ok(length)
}

fn make_durable(file: &File, path: &Path) -> io::Result<()> {
    file.sync_all()?;
    path.parent().map_or(Ok(()), layout::sync)
}

type Chunks = futures::stream::BoxStream<'static, object_store::Result<Bytes>>;

async fn next(object: &Digest, stream: &mut Chunks) -> Result<Option<Bytes>, DepotError> {
    let chunk = stream.try_next().await;
    chunk.map_err(|error| DepotError::of_store("reading", object, &error))
}

/// A whole object in memory, aligned as a mapping would be.
async fn gather(object: &Digest, size: u64, mut stream: Chunks) -> Result<Bytes, DepotError> {
    let mut buffer: Vec<u8> = Vec::new();
    let room = usize::try_from(size)
        .ok()
        .and_then(|size| size.checked_add(ALIGNMENT));
    room.and_then(|room| buffer.try_reserve_exact(room).ok())
        .ok_or_else(|| doing("reading", object, &io::ErrorKind::OutOfMemory.into()))?;
    let skipped = buffer.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT);
    buffer.resize(skipped, 0);
    let mut taken = 0;
    while let Some(chunk) = next(object, &mut stream).await? {
        taken += chunk.len() as u64;
        if taken > size {
            let error = io::Error::new(
                io::ErrorKind::InvalidData,
                "the store sends more than it announced",
            );
            return Err(doing("reading", object, &error));
        }
        buffer.extend_from_slice(&chunk);
    }
    Ok(Bytes::from(buffer).slice(skipped..))
}

fn doing(doing: &str, object: &Digest, error: &io::Error) -> DepotError {
    DepotError::of(format!("{doing} object {object}"), error)
}

//! Copying the files of an upload before anything of them is read: what an import does rests on the copy, so nobody can
//! change a file meanwhile, and a held, rehearsed or interrupted import can be run again (district-side 1.1).
//!
//! A copy is an LZ4 frame, which the `lz4` tool unpacks. Cells of password columns are blank in it (district-side 2); lines
//! and columns keep their numbers.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use homeroom_intake::{FileInfo, FileSet, Limits, Source, Stem};
use homeroom_segment::{Digest, Spool, Spools};
use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};

use crate::cancel::Cancel;

/// Files copied at the same time.
const AT_ONCE: usize = 2;

/// A file, copied.
pub(crate) struct Copied {
    pub(crate) stem: Stem,
    /// The packed bytes.
    pub(crate) packed: Bytes,
    /// blake3 of what is packed.
    pub(crate) content: Digest,
    /// Bytes of what is packed.
    pub(crate) length: u64,
    /// Bytes that were read.
    pub(crate) read: u64,
}

/// What copying needs.
pub(crate) struct Copying<'a> {
    pub(crate) source: &'a (dyn Source + Send + Sync),
    pub(crate) set: &'a FileSet,
    /// Bytes of a file over its limit are not copied, and reading the copy tells that it is too large.
    pub(crate) limits: &'a Limits,
    pub(crate) spools: &'a dyn Spools,
    pub(crate) cancel: &'a Cancel,
}

/// Copies every file of the set, several at a time, in the order of stems.
pub(crate) fn copy_all(copying: &Copying<'_>) -> io::Result<Vec<Copied>> {
    let named = |stem: &Stem| copying.set.name(*stem).is_some();
    let queue: Mutex<VecDeque<Stem>> = Mutex::new(Stem::ALL.into_iter().filter(named).collect());
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    };
    let work = || {
        let mut copied = Vec::new();
        while let Some(stem) = next() {
            copied.push(copy(copying, stem)?);
        }
        Ok(copied)
    };
    let copied: io::Result<Vec<Vec<Copied>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(|thread| {
            let died = |_| Err(io::Error::other("copying a file was cut off"));
            thread.join().unwrap_or_else(died)
        });
        joined.collect()
    });
    let mut copied: Vec<_> = copied?.into_iter().flatten().collect();
    copied.sort_by_key(|copied| copied.stem);
    Ok(copied)
}

fn copy(copying: &Copying<'_>, stem: Stem) -> io::Result<Copied> {
    let name = copying.set.name(stem).unwrap_or_default();
    let file = copying
        .source
        .open(name)?
        .take(copying.limits.file_bytes + 1);
    let mut file = Counting {
        reader: copying.cancel.reader(file),
        bytes: 0,
    };
    let mut packing = Packing::new(copying.spools)?;
    homeroom_intake::keep(&mut file, stem, copying.limits, &mut packing)?;
    let read = file.bytes;
    let packed = packing.seal()?;
    Ok(Copied {
        stem,
        packed: packed.bytes,
        content: packed.content,
        length: packed.length,
        read,
    })
}

/// Counts what is read.
struct Counting<R> {
    reader: R,
    bytes: u64,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Whether the files of a set are as long as they were listed, and still listed so: nobody wrote to them meanwhile.
pub(crate) fn unchanged(
    set: &FileSet,
    copied: &[Copied],
    before: &[FileInfo],
    after: &[FileInfo],
) -> bool {
    let of = |files: &[FileInfo], name: &str| files.iter().find(|file| file.name == name).cloned();
    copied.iter().all(|copied| {
        let name = set.name(copied.stem).unwrap_or_default();
        let listed = of(before, name);
        let bytes = listed.as_ref().map(|file| file.bytes);
        bytes == Some(copied.read) && listed == of(after, name)
    })
}

/// Writes LZ4 frames into a spool and hashes what goes in. The frames are made in memory and handed on block by block:
/// the encoder panics at errors of a writer that are not its own.
pub(crate) struct Packing {
    frames: FrameEncoder<Vec<u8>>,
    spool: Box<dyn Spool>,
    hasher: blake3::Hasher,
    length: u64,
}

/// What was packed.
pub(crate) struct Packed {
    pub(crate) bytes: Bytes,
    pub(crate) content: Digest,
    /// Bytes before packing.
    pub(crate) length: u64,
}

impl Packing {
    pub(crate) fn new(spools: &dyn Spools) -> io::Result<Self> {
        let info = FrameInfo::new()
            .block_size(BlockSize::Max256KB)
            .block_mode(BlockMode::Independent);
        Ok(Self {
            frames: FrameEncoder::with_frame_info(info, Vec::new()),
            spool: spools.spool()?,
            hasher: blake3::Hasher::new(),
            length: 0,
        })
    }

    pub(crate) fn seal(mut self) -> io::Result<Packed> {
        self.spool.write_all(&self.frames.finish()?)?;
        Ok(Packed {
            bytes: self.spool.seal()?,
            content: Digest::new(*self.hasher.finalize().as_bytes()),
            length: self.length,
        })
    }
}

impl Write for Packing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.frames.write(bytes)?;
        let made = self.frames.get_mut();
        self.spool.write_all(made)?;
        made.clear();
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! Files as memory, without copying: the only `unsafe` of the house.

use std::fs::File;
use std::hint::black_box;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use memmap2::{Mmap, MmapOptions};

/// Bytes between two touched ones: no system that Homeroom runs on has smaller pages.
const PAGE: usize = 4096;

/// A whole file mapped for reading. Clones share the mapping, which ends with the last of them.
#[derive(Clone, Debug)]
pub(crate) struct Mapping(Arc<Mmap>);

impl Mapping {
    /// Maps the first `length` bytes, which must be there. `length` is not 0.
    #[expect(unsafe_code, reason = "mapping a file is what this module is for")]
    pub(crate) fn of(file: &File, length: usize) -> io::Result<Self> {
        if file.metadata()?.len() < length as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // SAFETY: the bytes must not change and the file must not shrink while they are mapped. Both kinds of files
        // mapped here keep to that: an object is complete before it gets its name, is never written again and is only
        // ever replaced by renaming or unlinked, which leaves the mapped file as it is; a spool has no name, so nobody
        // else can open it, and its only handle for writing is given up before it is mapped. The folder belongs to the
        // installation (mode 0700); who edits its files in place by hand can make a reader see other bytes or, by
        // truncating, kill the process with SIGBUS, but cannot make it write anywhere.
        let map = unsafe { MmapOptions::new().len(length).map(file) }?;
        Ok(Self(Arc::new(map)))
    }

    /// The mapped bytes; they keep the mapping alive.
    pub(crate) fn bytes(&self) -> Bytes {
        Bytes::from_owner(self.clone())
    }

    /// Asks the system to read a range soon. A system that cannot is no reason to fail.
    pub(crate) fn will_need(&self, offset: usize, length: usize) {
        #[cfg(unix)]
        drop(
            self.0
                .advise_range(memmap2::Advice::WillNeed, offset, length),
        );
    }
}

impl AsRef<[u8]> for Mapping {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Touches every page of some bytes, so that the first reader does not wait for the disk. Blocks for as long as the
/// disk takes: about a second per gigabyte where nothing is cached.
pub fn warm(bytes: &Bytes) {
    let sum = bytes
        .iter()
        .step_by(PAGE)
        .chain(bytes.last())
        .fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    black_box(sum);
}

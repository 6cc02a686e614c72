//! The 64 bytes in front of every stored object. What they say can be read for ever.
//!
//! | bytes | meaning, numbers little-endian |
//! |---|---|
//! | 0–7 | `HOMEROOM` |
//! | 8–9 | format of the frame: 0 |
//! | 10–11 | cipher of the payload: 0, none |
//! | 12–15 | zero |
//! | 16–23 | length of the payload in bytes |
//! | 24–31 | zero |
//! | 32–63 | blake3-256 of the plain payload: the object's name |
//!
//! The payload follows and ends the object, so in a mapped file it is aligned at 64 bytes, as Arrow wants its buffers.
//! Without Homeroom: `tail -c +65 OBJECT` is the payload and its `b3sum` the name.

use std::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use homeroom_segment::Digest;

/// Length of the header in bytes.
pub const HEADER: usize = 64;
/// Parts of an object begin at multiples of this many bytes.
pub const ALIGNMENT: usize = 64;
/// The format written now, and the only one so far.
pub const FORMAT: u16 = 0;

const MAGIC: [u8; 8] = *b"HOMEROOM";
const CIPHER_NONE: u16 = 0;

/// What is wrong with a frame. The texts follow "it" for the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// There are fewer bytes than a header has.
    #[error("it ends after {found} bytes, inside its header of 64")]
    Header {
        /// Bytes there are.
        found: u64,
    },
    /// The first eight bytes are others.
    #[error("it does not begin as objects of Homeroom do")]
    Magic,
    /// A format that this version does not know.
    #[error(
        "its header says format {found} and this Homeroom reads format 0; if a newer one wrote it, use that"
    )]
    Format {
        /// The format it claims.
        found: u16,
    },
    /// A cipher that this version does not know.
    #[error(
        "its header says cipher {found} and this Homeroom reads cipher 0 (none); if a newer one wrote it, use that"
    )]
    Cipher {
        /// The cipher it claims.
        found: u16,
    },
    /// Bytes of the header that mean nothing are not zero.
    #[error("bytes of its header that should be zero are not")]
    Reserved,
    /// There are fewer or more bytes than the header says.
    #[error("its header promises {promised} bytes and {found} follow")]
    Length {
        /// Bytes of payload that the header promises.
        promised: u64,
        /// Bytes that follow the header.
        found: u64,
    },
    /// The payload is not the one that was written.
    #[error("its bytes do not have the checksum that its header promises")]
    Checksum,
}

/// A framed object, ready to be written: the header and the pieces of the payload, none of them copied.
#[derive(Clone)]
pub struct Sealed {
    name: Digest,
    chunks: Vec<Bytes>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.name)
    }
}

impl Sealed {
    /// The object's name: blake3 of its payload.
    pub fn name(&self) -> Digest {
        self.name
    }

    /// What to write, one piece after the other.
    pub fn into_chunks(self) -> Vec<Bytes> {
        self.chunks
    }
}

/// Frames one payload.
pub fn seal(payload: Bytes) -> Sealed {
    seal_parts([payload]).0
}

/// Frames several parts as one payload, each aligned. Also tells where in the payload each part begins.
pub fn seal_parts(parts: impl IntoIterator<Item = Bytes>) -> (Sealed, Vec<u64>) {
    let mut hasher = blake3::Hasher::new();
    let mut payload = Vec::new();
    let mut offsets = Vec::new();
    let mut length = 0_u64;
    for part in parts {
        let padding = padding_after(length);
        offsets.push(length + padding.len() as u64);
        for chunk in [padding, part] {
            hasher.update(&chunk);
            length += chunk.len() as u64;
            payload.push(chunk);
        }
    }
    let name = Digest::new(*hasher.finalize().as_bytes());
    let header = Header {
        length,
        checksum: name,
    };
    let chunks = std::iter::once(header.to_bytes())
        .chain(payload)
        .filter(|chunk| !chunk.is_empty())
        .collect();
    (Sealed { name, chunks }, offsets)
}

/// The zeros that bring a length up to the next multiple of [`ALIGNMENT`].
fn padding_after(length: u64) -> Bytes {
    static ZEROS: [u8; ALIGNMENT] = [0; ALIGNMENT];
    let missing = length.next_multiple_of(ALIGNMENT as u64) - length;
    let missing = usize::try_from(missing).unwrap_or(0);
    Bytes::from_static(ZEROS.get(..missing).unwrap_or(&[]))
}

/// The payload of a framed object, after every check. Nothing is copied.
pub fn open(object: &Bytes) -> Result<Bytes, FrameError> {
    let mut checker = Checker::new();
    checker.push(object);
    checker.finish()?;
    Ok(object.slice(HEADER.min(object.len())..))
}

/// What a header says.
#[derive(Clone, Copy)]
struct Header {
    length: u64,
    checksum: Digest,
}

impl Header {
    fn to_bytes(self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(HEADER);
        bytes.put_slice(&MAGIC);
        bytes.put_u16_le(FORMAT);
        bytes.put_u16_le(CIPHER_NONE);
        bytes.put_u32_le(0);
        bytes.put_u64_le(self.length);
        bytes.put_u64_le(0);
        bytes.put_slice(self.checksum.bytes());
        bytes.freeze()
    }

    fn parse(bytes: &[u8; HEADER]) -> Result<Self, FrameError> {
        let mut rest = bytes.as_slice();
        let mut magic = [0; MAGIC.len()];
        rest.copy_to_slice(&mut magic);
        let (format, cipher) = (rest.get_u16_le(), rest.get_u16_le());
        let (zero, length, zeros) = (rest.get_u32_le(), rest.get_u64_le(), rest.get_u64_le());
        let mut checksum = [0; 32];
        rest.copy_to_slice(&mut checksum);
        match (format, cipher) {
            _ if magic != MAGIC => Err(FrameError::Magic),
            (FORMAT, CIPHER_NONE) if zero != 0 || zeros != 0 => Err(FrameError::Reserved),
            (FORMAT, CIPHER_NONE) => Ok(Self {
                length,
                checksum: Digest::new(checksum),
            }),
            (FORMAT, found) => Err(FrameError::Cipher { found }),
            (found, _) => Err(FrameError::Format { found }),
        }
    }
}

/// Checks an object piece by piece, so that it need not be in memory.
pub(crate) struct Checker {
    header: [u8; HEADER],
    header_bytes: usize,
    payload_bytes: u64,
    hasher: blake3::Hasher,
}

impl Checker {
    pub(crate) fn new() -> Self {
        Self {
            header: [0; HEADER],
            header_bytes: 0,
            payload_bytes: 0,
            hasher: blake3::Hasher::new(),
        }
    }

    /// The object's next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let free = self.header.get_mut(self.header_bytes..).unwrap_or_default();
        let (head, payload) = bytes.split_at(free.len().min(bytes.len()));
        for (to, from) in free.iter_mut().zip(head) {
            *to = *from;
        }
        self.header_bytes += head.len();
        self.payload_bytes += payload.len() as u64;
        self.hasher.update(payload);
    }

    /// After the last byte: the object's name and the length of its payload, or what is wrong.
    pub(crate) fn finish(&self) -> Result<(Digest, u64), FrameError> {
        if self.header_bytes < HEADER {
            return Err(FrameError::Header {
                found: self.header_bytes as u64,
            });
        }
        let header = Header::parse(&self.header)?;
        if header.length != self.payload_bytes {
            return Err(FrameError::Length {
                promised: header.length,
                found: self.payload_bytes,
            });
        }
        if header.checksum.bytes() != self.hasher.finalize().as_bytes() {
            return Err(FrameError::Checksum);
        }
        Ok((header.checksum, header.length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(payload: &'static [u8]) -> Vec<u8> {
        seal(Bytes::from_static(payload)).into_chunks().concat()
    }

    #[test]
    fn each_fault_of_a_frame_has_its_own_name() {
        let whole = framed(b"roster");
        let with = |at: usize, byte: u8| {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            open(&Bytes::from(bytes)).unwrap_err()
        };
        let long = [whole.as_slice(), b"x"].concat();
        let cases = [
            (with(0, b'h'), FrameError::Magic),
            (with(8, 1), FrameError::Format { found: 1 }),
            (with(11, 2), FrameError::Cipher { found: 0x200 }),
            (with(12, 1), FrameError::Reserved),
            (with(31, 1), FrameError::Reserved),
            (
                with(16, 7),
                FrameError::Length {
                    promised: 7,
                    found: 6,
                },
            ),
            (with(32, whole[32] ^ 1), FrameError::Checksum),
            (with(64, b'R'), FrameError::Checksum),
            (
                open(&Bytes::from(long)).unwrap_err(),
                FrameError::Length {
                    promised: 6,
                    found: 7,
                },
            ),
            (
                open(&Bytes::copy_from_slice(&whole[..63])).unwrap_err(),
                FrameError::Header { found: 63 },
            ),
            (
                open(&Bytes::new()).unwrap_err(),
                FrameError::Header { found: 0 },
            ),
        ];
        for (found, wanted) in cases {
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let whole = framed(b"sections and enrollments");
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                assert!(open(&Bytes::from(bytes)).is_err(), "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn a_payload_in_pieces_is_checked_like_one_in_one_piece() {
        let whole = framed(b"0123456789");
        for size in [1, 7, 63, 64, 65, 100] {
            let mut checker = Checker::new();
            whole.chunks(size).for_each(|piece| checker.push(piece));
            assert_eq!(checker.finish(), Ok((Digest::of(b"0123456789"), 10)));
        }
    }
}

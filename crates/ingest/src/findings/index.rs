//! What is in which frame.

use std::io;

use serde::{Deserialize, Serialize};

use super::kept::Tally;
use super::values::Values;

/// Begins a frame that readers of LZ4 pass over.
const SKIPPED: u32 = 0x184d_2a50;

/// Ends the index, behind the length of its text.
const MARK: [u8; 4] = *b"HRF0";

/// Bytes behind the text: its length and the mark.
const END: usize = 8;

/// Bytes before the text: the magic number and the length of what follows.
const BEGINNING: usize = 8;

/// Every frame of the findings.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Index {
    pub(super) frames: Vec<Frame>,
    /// What they are about.
    #[serde(default)]
    pub(super) values: Values,
}

/// A frame of lines.
#[derive(Serialize, Deserialize)]
pub(super) struct Frame {
    pub(super) offset: u64,
    pub(super) length: u64,
    /// Bytes of its lines.
    pub(super) plain: u64,
    /// What is in it.
    pub(super) tally: Tally,
}

impl Index {
    /// How many findings there are in all frames.
    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for frame in &self.frames {
            tally.add(&frame.tally);
        }
        tally
    }

    /// The index as a skippable frame.
    pub(super) fn frame(&self) -> io::Result<Vec<u8>> {
        let text = serde_json::to_vec(self)?;
        let too_many = |_| io::Error::other("too many findings for one index");
        let length = u32::try_from(text.len()).map_err(too_many)?;
        let whole = u32::try_from(text.len() + END).map_err(too_many)?;
        let mut frame = Vec::with_capacity(text.len() + BEGINNING + END);
        frame.extend_from_slice(&SKIPPED.to_le_bytes());
        frame.extend_from_slice(&whole.to_le_bytes());
        frame.extend_from_slice(&text);
        frame.extend_from_slice(&length.to_le_bytes());
        frame.extend_from_slice(&MARK);
        Ok(frame)
    }

    /// The index at the end of findings.
    pub(super) fn read(bytes: &[u8]) -> io::Result<Self> {
        Self::find(bytes).ok_or_else(damaged)
    }

    fn find(bytes: &[u8]) -> Option<Self> {
        let (rest, mark) = bytes.split_last_chunk::<4>()?;
        let (rest, length) = rest.split_last_chunk::<4>()?;
        if *mark != MARK {
            return None;
        }
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let text = rest.get(rest.len().checked_sub(length)?..)?;
        serde_json::from_slice(text).ok()
    }
}

/// The findings are not what was written.
pub(super) fn damaged() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the kept findings are damaged; check the files again",
    )
}

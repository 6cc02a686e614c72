//! What a run left in the depot beside a snapshot: its findings, its plan, changed fields, the files it was given.

use std::io::{self, Read};

use bytes::Bytes;
use bytes::buf::{Buf as _, Reader};
use homeroom_model::ObjectId;
use homeroom_segment::{Digest, Located};
use lz4_flex::frame::FrameDecoder;

use crate::History;
use crate::error::HistoryError;

/// The first magic number of frames that readers of LZ4 pass over; fifteen more follow it.
const SKIPPED: u32 = 0x184d_2a50;

/// The magic number of frames.
const FRAME: u32 = 0x184d_2204;

impl History {
    /// What a run left under a name (`findings`: JSON lines; `plan`: JSON; `changes`: CSV), unpacked while it is read.
    /// `None` if there is none, or it is past its retention.
    pub async fn artifact(
        &self,
        district: ObjectId,
        run: ObjectId,
        name: &str,
    ) -> Result<Option<Artifact>, HistoryError> {
        let packed = self.packed_artifact(district, run, name).await?;
        Ok(packed.map(Artifact::open))
    }

    /// The same as it lies in the depot.
    pub async fn packed_artifact(
        &self,
        district: ObjectId,
        run: ObjectId,
        name: &str,
    ) -> Result<Option<Bytes>, HistoryError> {
        let left = self.store.artifacts(district, run).await?;
        let Some(artifact) = left.iter().find(|artifact| artifact.name == name) else {
            return Ok(None);
        };
        let place = Located {
            object: Digest::new(artifact.object),
            offset: artifact.offset,
            length: artifact.length,
        };
        Ok(Some(self.depot.get(&place).await?))
    }
}

/// An artifact being read: LZ4 frames one after the other, unpacked block by block.
pub struct Artifact {
    /// What lies behind the frame that is being read.
    rest: Bytes,
    frame: Option<Box<FrameDecoder<Reader<Bytes>>>>,
}

impl Artifact {
    /// An artifact from its packed bytes. What is not LZ4 frames is an error when it is read.
    pub fn open(packed: Bytes) -> Self {
        Self {
            rest: packed,
            frame: None,
        }
    }

    /// Begins with the next frame; `false` at the end.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.rest.is_empty() {
                return Ok(false);
            }
            let number = |at: usize| {
                let bytes = self.rest.get(at..)?.first_chunk::<4>()?;
                Some(u32::from_le_bytes(*bytes))
            };
            let (magic, length) = (number(0), number(4));
            if magic == Some(FRAME) {
                let frame = FrameDecoder::new(self.rest.clone().reader());
                self.frame = Some(Box::new(frame));
                return Ok(true);
            }
            if magic.is_none_or(|magic| magic & !0xf != SKIPPED) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let end = length.and_then(|length| usize::try_from(length).ok()?.checked_add(8));
            let end = end.filter(|end| *end <= self.rest.len());
            self.rest.advance(end.ok_or(io::ErrorKind::UnexpectedEof)?);
        }
    }
}

impl Read for Artifact {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if self.frame.is_none() && !self.begin()? {
                return Ok(0);
            }
            if let Some(mut frame) = self.frame.take() {
                let read = frame.read(out)?;
                if read > 0 {
                    self.frame = Some(frame);
                    return Ok(read);
                }
                self.rest = frame.into_inner().into_inner();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use lz4_flex::frame::FrameEncoder;

    use super::*;

    fn frame(text: &[u8]) -> Vec<u8> {
        let mut encoder = FrameEncoder::new(Vec::new());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn skipped(text: &[u8]) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap();
        [&0x184d_2a53_u32.to_le_bytes(), &length.to_le_bytes(), text].concat()
    }

    fn unpacked(packed: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        Artifact::open(packed.into()).read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn frames_follow_each_other_and_some_are_passed_over() {
        let long = b"a line\n".repeat(100_000);
        let packed = [
            frame(&long),
            frame(b""),
            skipped(b"{}"),
            frame(b"end"),
            skipped(b""),
        ];
        assert_eq!(
            unpacked(packed.concat()).unwrap(),
            [&long[..], b"end"].concat()
        );
        assert_eq!(unpacked(Vec::new()).unwrap(), b"");
    }

    #[test]
    fn what_is_cut_off_or_something_else_is_an_error() {
        let whole = frame(&b"a line\n".repeat(1000));
        for damaged in [
            whole[..whole.len() - 5].to_vec(),
            [whole.clone(), b"text".to_vec()].concat(),
            [whole.clone(), skipped(b"text")[..10].to_vec()].concat(),
        ] {
            assert!(unpacked(damaged).is_err());
        }
    }
}

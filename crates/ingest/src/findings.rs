//! Every problem of a run: counted, and kept.
//!
//! [`Findings`] takes problems as they are found and writes each as a line of JSON into a spool, so that memory does not
//! grow with their number; [`KeptFindings`] reads them again by code, by file and page by page.
//!
//! The form: LZ4 frames, each with some thousand whole lines, so `lz4 -dc` reads all of it; behind them one skippable frame
//! with an index, which says what is in which frame and how many there are of each kind.

mod index;
mod kept;
mod values;

use std::collections::BTreeMap;
use std::io::{self, Write};

use bytes::Bytes;
use homeroom_model::{Code, Problem, Problems, Severity};
use homeroom_segment::{Spool, Spools};
use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};

use index::{Frame, Index};
pub use kept::{Filter, KeptFindings, Page, Tally};
pub use values::Values;

/// How many problems of one code are at hand without reading them again.
const AT_HAND: usize = 100;

/// Lines gathered before they are compressed.
const LINES: usize = 256 << 10;

/// Takes problems as they are found.
pub struct Findings {
    spool: Box<dyn Spool>,
    /// Bytes in the spool.
    written: u64,
    lines: Vec<u8>,
    compressed: Vec<u8>,
    /// What is in `lines`, by code and file.
    gathered: Tally,
    index: Index,
    first: BTreeMap<Code, Vec<Problem>>,
    fatal: bool,
    failed: Option<io::Error>,
}

impl Findings {
    /// No findings yet. They are written to one spool, which is held until the end.
    ///
    /// # Errors
    /// If there is no room for a spool.
    pub fn new(spools: &dyn Spools) -> io::Result<Self> {
        Ok(Self {
            spool: spools.spool()?,
            written: 0,
            lines: Vec::with_capacity(LINES + (LINES >> 2)),
            compressed: Vec::new(),
            gathered: Tally::default(),
            index: Index::default(),
            first: BTreeMap::new(),
            fatal: false,
            failed: None,
        })
    }

    /// Whether something makes publishing impossible.
    pub fn fatal(&self) -> bool {
        self.fatal
    }

    /// How many there are of each code.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut tally = self.index.tally();
        tally.add(&self.gathered);
        tally.by_code()
    }

    /// The first of each code, at most a hundred: the worst codes first, then as the codes are listed; those of one code in
    /// the order in which they were found.
    pub fn first_of_each(&self) -> Vec<Problem> {
        let mut codes: Vec<_> = self.first.iter().collect();
        codes.sort_by_key(|(code, _)| std::cmp::Reverse(code.severity()));
        let of_it = codes.into_iter().flat_map(|(_, problems)| problems);
        of_it.cloned().collect()
    }

    /// How many bytes their lines have, before they are compressed.
    pub fn plain_bytes(&self) -> u64 {
        let passed_on = self.index.frames.iter().map(|frame| frame.plain);
        passed_on.sum::<u64>() + self.lines.len() as u64
    }

    /// Everything, as bytes to be stored and read by [`KeptFindings::open`].
    ///
    /// # Errors
    /// If something could not be written to the spool, then or earlier.
    pub fn into_bytes(mut self) -> io::Result<Bytes> {
        self.pass_on();
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.spool.write_all(&self.index.frame()?)?;
        self.spool.seal()
    }

    /// Compresses the lines gathered so far.
    fn pass_on(&mut self) {
        if self.lines.is_empty() || self.failed.is_some() {
            return;
        }
        self.failed = self.write_frame().err();
        self.lines.clear();
    }

    fn write_frame(&mut self) -> io::Result<()> {
        self.compressed.clear();
        let info = FrameInfo::new()
            .block_size(BlockSize::Max256KB)
            .content_size(Some(self.lines.len() as u64));
        let mut encoder = FrameEncoder::with_frame_info(info, &mut self.compressed);
        encoder.write_all(&self.lines)?;
        encoder.finish().map_err(io::Error::other)?;
        self.spool.write_all(&self.compressed)?;
        let length = self.compressed.len() as u64;
        self.index.frames.push(Frame {
            offset: self.written,
            length,
            plain: self.lines.len() as u64,
            tally: std::mem::take(&mut self.gathered),
        });
        self.written += length;
        Ok(())
    }
}

impl Problems for Findings {
    fn report(&mut self, problem: Problem) {
        self.fatal |= problem.code.severity() == Severity::Fatal;
        self.gathered.count(problem.code.text(), problem.place.file);
        self.index.values.count(&problem);
        // Writing to a vector cannot fail, and a problem is nothing but texts and numbers.
        let _ = serde_json::to_writer(&mut self.lines, &problem);
        self.lines.push(b'\n');
        if self.lines.len() >= LINES {
            self.pass_on();
        }
        let first = self.first.entry(problem.code).or_default();
        if first.len() < AT_HAND {
            first.push(problem);
        }
    }
}

//! Findings that were kept, read again.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::{fmt, io};

use bytes::Bytes;
use homeroom_model::{Code, Problem};
use lz4_flex::frame::FrameDecoder;
use serde::{Deserialize, Serialize};

use super::index::{Frame, Index, damaged};
use super::values::Values;

/// Which findings are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of these codes; of all if there is none.
    pub codes: Vec<Code>,
    /// Of the file with this stem.
    pub file: Option<String>,
}

impl Filter {
    /// Those of one code.
    pub fn code(code: Code) -> Self {
        Self {
            codes: vec![code],
            file: None,
        }
    }

    fn takes(&self, code: &str, file: &str) -> bool {
        let code = self.codes.is_empty() || self.codes.iter().any(|wanted| wanted.text() == code);
        code && self.file.as_ref().is_none_or(|wanted| wanted == file)
    }
}

/// Some findings, and where those after them begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The findings, in the order in which they were found.
    pub findings: Vec<Problem>,
    /// What to ask for the next page with; `None` if there are no more.
    pub next: Option<u64>,
}

/// How many findings there are of each code, by file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally(BTreeMap<Cow<'static, str>, BTreeMap<Cow<'static, str>, u64>>);

impl Tally {
    /// How many findings of each code there are.
    pub fn by_code(&self) -> BTreeMap<String, u64> {
        let sum = |files: &BTreeMap<_, u64>| files.values().sum();
        let codes = self.0.iter();
        codes
            .map(|(code, files)| (code.to_string(), sum(files)))
            .collect()
    }

    /// The files of a code and how many findings each has; what concerns no file stands under an empty name.
    pub fn files(&self, code: &str) -> impl Iterator<Item = (&str, u64)> {
        let files = self.0.get(code).into_iter().flatten();
        files.map(|(file, count)| (file.as_ref(), *count))
    }

    /// How many findings of a code there are.
    pub fn of(&self, code: &str) -> u64 {
        self.files(code).map(|(_, count)| count).sum()
    }

    /// How many findings there are.
    pub fn total(&self) -> u64 {
        self.0.values().flat_map(BTreeMap::values).sum()
    }

    pub(super) fn count(&mut self, code: &'static str, file: &'static str) {
        let files = self.0.entry(Cow::Borrowed(code)).or_default();
        *files.entry(Cow::Borrowed(file)).or_default() += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (code, counts) in &other.0 {
            let files = self.0.entry(code.clone()).or_default();
            for (file, count) in counts {
                *files.entry(file.clone()).or_default() += count;
            }
        }
    }

    /// How many findings a filter takes.
    fn taken_by(&self, filter: &Filter) -> u64 {
        let mut taken = 0;
        for (code, files) in &self.0 {
            let files = files.iter();
            let of_it = files.filter(|(file, _)| filter.takes(code, file));
            taken += of_it.map(|(_, count)| count).sum::<u64>();
        }
        taken
    }
}

/// Findings that were kept.
#[derive(Clone)]
pub struct KeptFindings {
    bytes: Bytes,
    index: std::sync::Arc<Index>,
}

impl fmt::Debug for KeptFindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeptFindings({} bytes)", self.bytes.len())
    }
}

impl KeptFindings {
    /// Findings from the bytes that [`super::Findings::into_bytes`] gave.
    ///
    /// # Errors
    /// If they are not what was written.
    pub fn open(bytes: Bytes) -> io::Result<Self> {
        let index = std::sync::Arc::new(Index::read(&bytes)?);
        Ok(Self { bytes, index })
    }

    /// How many there are of each code and file.
    pub fn tally(&self) -> Tally {
        self.index.tally()
    }

    /// Which values they are about, and how often.
    pub fn values(&self) -> &Values {
        &self.index.values
    }

    /// Hands on the findings that a filter takes, in the order in which they were found, until the consumer says `false`.
    /// At most a quarter of a megabyte of lines is in memory.
    ///
    /// # Errors
    /// If they are not what was written, or what the consumer says.
    pub fn each(
        &self,
        filter: &Filter,
        mut take: impl FnMut(Problem) -> io::Result<bool>,
    ) -> io::Result<()> {
        for frame in &self.index.frames {
            if frame.tally.taken_by(filter) > 0 && !self.each_of(frame, filter, &mut take)? {
                break;
            }
        }
        Ok(())
    }

    /// At most `limit` findings that a filter takes, after the first `after` of them.
    ///
    /// # Errors
    /// If they are not what was written.
    pub fn page(&self, filter: &Filter, after: u64, limit: usize) -> io::Result<Page> {
        let mut findings = Vec::new();
        let mut passed = 0;
        let mut more = false;
        for frame in &self.index.frames {
            let there = frame.tally.taken_by(filter);
            if there == 0 || passed + there <= after {
                passed += there;
                continue;
            }
            self.each_of(frame, filter, &mut |finding| {
                if passed >= after {
                    more = findings.len() == limit;
                    if more {
                        return Ok(false);
                    }
                    findings.push(finding);
                }
                passed += 1;
                Ok(true)
            })?;
            if more {
                break;
            }
        }
        let next = more.then_some(after + findings.len() as u64);
        Ok(Page { findings, next })
    }

    /// `false` if the consumer has enough.
    fn each_of(
        &self,
        frame: &Frame,
        filter: &Filter,
        take: &mut dyn FnMut(Problem) -> io::Result<bool>,
    ) -> io::Result<bool> {
        let lines = self.lines(frame)?;
        for line in lines.split(|byte| *byte == b'\n') {
            if line.is_empty() {
                continue;
            }
            let finding: Problem = serde_json::from_slice(line).map_err(|_| damaged())?;
            if filter.takes(finding.code.text(), finding.place.file) && !take(finding)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn lines(&self, frame: &Frame) -> io::Result<Vec<u8>> {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let end = frame.offset.saturating_add(frame.length);
        let bytes = self.bytes.get(place(frame.offset)..place(end));
        let bytes = bytes.ok_or_else(damaged)?;
        let mut lines = Vec::new();
        // What is longer than it was would be damage too, and must not fill the memory.
        let mut decoder = FrameDecoder::new(bytes).take(frame.plain.saturating_add(1));
        decoder.read_to_end(&mut lines).map_err(|_| damaged())?;
        if lines.len() as u64 != frame.plain {
            return Err(damaged());
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests;

//! Writing what a publish adds to the ledger.

use std::io::Write;

use bytes::Bytes;

use super::entries::Entries;
use super::{Ledger, MAGIC, SIZE, part_name};
use crate::assignment::Assignment;
use crate::candidate::Candidate;
use crate::error::SegmentError;
use crate::parts::{BuildError, BuiltPart, PartContent};
use crate::snapshot::Snapshot;
use crate::spool::{Spool, Spools};

/// The parts of the ledger after the publish of `assignment` on `old`, whose ledger is `ledger`: the parts that
/// [`crate::build`] gives and these are the new manifest. A part that stands is [`PartContent::Reused`].
///
/// Memory: 40 bytes per record that leaves, comes back or changes its person; new ids are written as they come.
pub fn ledger_parts(
    old: &Snapshot,
    ledger: &Ledger,
    candidate: &Candidate,
    assignment: &Assignment,
    spools: &dyn Spools,
) -> Result<Vec<BuiltPart>, BuildError> {
    let entries = Entries::new(old, candidate, assignment);
    let (mut count, mut others, mut last) = (0_usize, Vec::new(), None);
    entries.each(&mut |entry, fresh| {
        count += 1;
        if fresh && last < Some(entry.id) {
            last = Some(entry.id);
        } else {
            others.push(entry.to_bytes());
        }
        Ok(())
    })?;
    others.sort_unstable();
    let mut keep = ledger.parts.len();
    let mut bytes = if count > 0 { count * SIZE } else { 0 };
    while count > 0
        && let Some(before) = keep.checked_sub(1).and_then(|at| ledger.parts.get(at))
        && before.len() <= 2 * bytes
    {
        bytes += before.len();
        keep -= 1;
    }
    let mut parts: Vec<_> = (0..keep)
        .map(|number| BuiltPart {
            name: part_name(number),
            content: PartContent::Reused,
        })
        .collect();
    if count > 0 {
        let merged = ledger.parts.get(keep..).unwrap_or(&[]);
        let mut merge = Merge::new(spools.spool()?, &others, merged)?;
        let mut last = None;
        entries.each(&mut |entry, fresh| {
            if fresh && last < Some(entry.id) {
                last = Some(entry.id);
                return merge.push(&entry.to_bytes());
            }
            Ok(())
        })?;
        parts.push(BuiltPart {
            name: part_name(keep),
            content: PartContent::Built(merge.finish()?),
        });
    }
    Ok(parts)
}

/// Entries from several ascending sources, written in one ascending order.
struct Merge<'a> {
    spool: Box<dyn Spool>,
    sources: Vec<&'a [[u8; SIZE]]>,
    last: Option<[u8; SIZE]>,
}

impl<'a> Merge<'a> {
    fn new(
        mut spool: Box<dyn Spool>,
        others: &'a [[u8; SIZE]],
        parts: &'a [Bytes],
    ) -> Result<Self, BuildError> {
        spool.write_all(MAGIC)?;
        let mut sources = vec![others];
        sources.extend(parts.iter().map(|part| part.as_chunks().0));
        Ok(Self {
            spool,
            sources,
            last: None,
        })
    }

    /// Writes an entry, and before it what is smaller in the sources.
    fn push(&mut self, entry: &[u8; SIZE]) -> Result<(), BuildError> {
        self.drain(Some(entry))?;
        self.write(entry)
    }

    fn finish(mut self) -> Result<Bytes, BuildError> {
        self.drain(None)?;
        Ok(self.spool.seal()?)
    }

    /// Writes what the sources hold below an entry, all of it if there is none.
    fn drain(&mut self, below: Option<&[u8; SIZE]>) -> Result<(), BuildError> {
        loop {
            let heads = self.sources.iter_mut().filter(|source| !source.is_empty());
            let next = heads.min_by_key(|source| source.first().copied());
            let Some(source) = next else { return Ok(()) };
            let Some((head, rest)) = source.split_first() else {
                return Ok(());
            };
            if below.is_some_and(|below| head >= below) {
                return Ok(());
            }
            *source = rest;
            self.write(head)?;
        }
    }

    fn write(&mut self, entry: &[u8; SIZE]) -> Result<(), BuildError> {
        if self.last.as_ref() == Some(entry) {
            return Ok(());
        }
        if self.last.as_ref() > Some(entry) {
            return Err(SegmentError::damaged("ledger", "its entries do not ascend").into());
        }
        self.spool.write_all(entry)?;
        self.last = Some(*entry);
        Ok(())
    }
}

//! Packs rows, one after the other, without allocating for each.

use homeroom_segment::{Noun, RowBuilder};

/// A packed row that is reused.
#[derive(Default)]
pub(crate) struct Pack {
    row: RowBuilder,
    bytes: Vec<u8>,
}

impl Pack {
    /// Packs a record.
    pub(crate) fn noun<'a>(&mut self, noun: &impl Noun<'a>) -> &[u8] {
        self.with(|row| noun.write(row))
    }

    /// Packs what the caller writes.
    pub(crate) fn with(&mut self, write: impl FnOnce(&mut RowBuilder)) -> &[u8] {
        write(&mut self.row);
        self.bytes.clear();
        self.row.finish(&mut self.bytes);
        &self.bytes
    }
}

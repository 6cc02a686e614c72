//! Writing one record's cells: what is true, as an untidy SIS spells it.

use crate::census::Census;
use crate::draw::Draw;
use crate::placed::Placed;
use crate::quirk::Quirk;
use crate::table::Cells;

/// Writes the cells of one record and marks the quirks it meets.
pub(crate) struct Pen<'a> {
    pub(crate) placed: &'a Placed,
    /// The record's number among those of its kind.
    pub(crate) record: u64,
    pub(crate) cells: &'a mut Cells,
    pub(crate) census: &'a mut Census,
    /// The record's own way of spelling, the same on every day.
    pub(crate) style: Draw,
}

impl Pen<'_> {
    /// Whether the record has a quirk, which is then counted.
    pub(crate) fn has(&mut self, quirk: Quirk) -> bool {
        let has = self.placed.has(quirk, self.record);
        self.census.mark_if(quirk, has);
        has
    }

    pub(crate) fn mark(&mut self, quirk: Quirk) {
        self.census.mark(quirk);
    }

    pub(crate) fn mark_if(&mut self, quirk: Quirk, holds: bool) {
        self.census.mark_if(quirk, holds);
    }

    pub(crate) fn text(&mut self, value: &str) {
        self.cells.text(value);
    }

    /// A way of spelling, `0..ways`.
    pub(crate) fn way(&mut self, ways: u64) -> u64 {
        self.style.below(ways)
    }

    /// Marks what is worth counting about a name.
    pub(crate) fn mark_name(&mut self, first: &str, last: &str) {
        let any = |letter: fn(char) -> bool| first.contains(letter) || last.contains(letter);
        self.mark_if(Quirk::NameHyphen, any(|letter| letter == '-'));
        self.mark_if(Quirk::NameApostrophe, any(|letter| letter == '\''));
        self.mark_if(
            Quirk::NameAccent,
            any(|letter| letter.is_alphabetic() && !letter.is_ascii()),
        );
    }
}

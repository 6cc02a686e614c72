//! Rows asked for by ids that lie close to each other.

use std::cell::Cell;

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Table;

/// Where the last id of each kind was found. What moves changed is told in the order of ids, so that the next one is mostly
/// right behind it, and a search through a million ids would cost more than writing the document.
#[derive(Default)]
pub(super) struct Near([Cell<u32>; Kind::ALL.len()]);

impl Near {
    /// The row of an id.
    pub(super) fn find(&self, table: &Table, kind: Kind, id: &ObjectId) -> Option<u32> {
        let last = self.0.get(kind as usize)?;
        let row = lower_bound(table, id, last.get());
        last.set(row);
        (row < table.len() && table.id(row) == *id).then_some(row)
    }
}

/// The first row whose id is not below an id: looked for in steps that double, from a row on.
fn lower_bound(table: &Table, id: &ObjectId, from: u32) -> u32 {
    let below = |row: u32| table.id(row) < *id;
    let mut step = 1;
    // Rows before `low` have lower ids, rows from `high` on do not.
    let (mut low, mut high) = if from < table.len() && below(from) {
        let (mut low, mut high) = (from + 1, from + 1);
        while high < table.len() && below(high) {
            low = high + 1;
            high = low.saturating_add(step);
            step = step.saturating_mul(2);
        }
        (low, high.min(table.len()))
    } else {
        let (mut low, mut high) = (from.min(table.len()), from.min(table.len()));
        while low > 0 {
            low = high.saturating_sub(step);
            if below(low) {
                low += 1;
                break;
            }
            high = low;
            step = step.saturating_mul(2);
        }
        (low, high)
    };
    while low < high {
        let middle = low + (high - low) / 2;
        if below(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

//! Files that end too early.

use super::{Finder, place};
use crate::counts::Served;
use crate::limit::Share;

impl Finder<'_> {
    /// Whether what goes is the end of what was there, in the order of the file it first came in or by key: then the file
    /// was probably cut off. At least a twentieth and ten records, of which nine in ten stand together at the end.
    pub(super) fn cut(&mut self, served: Served) {
        let Some(place) = place(served) else { return };
        let gone = self.gone(place);
        let table = self.comparison.old.table(place.kind);
        if gone.len() < 10 || gone.len() * 20 < table.len() as usize {
            return;
        }
        let mut by_key: Vec<u32> = (0..table.len())
            .filter(|row| table.key(*row, place.role).is_some())
            .collect();
        let is_gone: roaring::RoaringBitmap = gone.iter().copied().collect();
        let by_id = end_of(&by_key, &is_gone);
        let key = |row: &u32| table.row(*row).text(place.key);
        let cut = by_id.or_else(|| {
            by_key.sort_by(|a, b| key(a).cmp(key(b)));
            end_of(&by_key, &is_gone)
        });
        self.signs.of_mut(served).cut = cut;
    }
}

/// How much of the end of some rows is gone, if nine in ten from some row on are and hardly any before it.
fn end_of(rows: &[u32], gone: &roaring::RoaringBitmap) -> Option<Share> {
    let all = gone.len();
    let mut best = None;
    let mut after = 0;
    for (length, row) in (1..).zip(rows.iter().rev()) {
        if gone.contains(*row) {
            after += 1;
            if after * 10 >= length * 9 && after * 10 >= all * 9 {
                best = Some(Share::new(after, length));
            }
        } else if length - after > all / 9 + 1 {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(rows: u32, gone: impl IntoIterator<Item = u32>) -> Option<(u64, u64)> {
        let rows: Vec<_> = (0..rows).collect();
        let share = end_of(&rows, &gone.into_iter().collect())?;
        Some((share.part, share.whole))
    }

    #[test]
    fn an_end_is_nine_in_ten_of_the_last_and_of_all_that_are_gone() {
        assert_eq!(end(100, 60..100), Some((40, 40)));
        assert_eq!(end(100, (60..100).chain([3])), Some((40, 40)));
        assert_eq!(end(100, (60..100).filter(|row| *row != 99)), Some((39, 40)));
        assert_eq!(end(100, 20..60), None, "a gap in the middle is no end");
        assert_eq!(end(100, (0..100).step_by(3)), None);
        assert_eq!(end(100, (80..100).chain(0..20)), None);
    }
}

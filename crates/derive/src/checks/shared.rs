//! Values that several records have although each should have its own.

use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::keys::shown;

/// The groups of records that have an equal value, ascending by their first records, records ascending in each. Twelve
/// bytes of memory for each record with a value.
pub(crate) fn groups<V: Hash + Eq>(count: u32, value: impl Fn(u32) -> Option<V>) -> Vec<Vec<u32>> {
    let mut hashed: Vec<(u64, u32)> = (0..count)
        .filter_map(|record| {
            let mut hasher = DefaultHasher::new();
            value(record)?.hash(&mut hasher);
            Some((hasher.finish(), record))
        })
        .collect();
    hashed.sort_unstable();
    let mut groups = Vec::new();
    for alike in hashed.chunk_by(|(one, _), (other, _)| one == other) {
        let mut rest: Vec<u32> = alike.iter().map(|(_, record)| *record).collect();
        // Values of one hash are equal but for a rare accident.
        while let [first, _, ..] = rest.as_slice() {
            let first = value(*first);
            let (same, others) = rest.iter().partition(|record| value(**record) == first);
            rest = others;
            let same: Vec<u32> = same;
            if same.len() > 1 {
                groups.push(same);
            }
        }
    }
    groups.sort_unstable();
    groups
}

/// The ids of a group: the first five, and how many there are.
pub(crate) fn listed<'a>(group: &[u32], id: impl Fn(u32) -> &'a str) -> String {
    const LISTED: usize = 5;
    let mut text = String::new();
    for (at, record) in group.iter().take(LISTED).enumerate() {
        text.push_str(if at == 0 { "" } else { ", " });
        text.push_str(shown(id(*record)));
    }
    if group.len() > LISTED {
        let _ = write!(text, " and {} more", group.len() - LISTED);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_make_groups() {
        let values = [
            Some("b"),
            None,
            Some("a"),
            Some("b"),
            Some("c"),
            Some("a"),
            Some("b"),
            None,
        ];
        let all = u32::try_from(values.len()).unwrap();
        let found = groups(all, |record| values[record as usize]);
        assert_eq!(found, [vec![0, 3, 6], vec![2, 5]]);
        let ids = ["x", "", "", "y", "", "", "z"];
        assert_eq!(listed(&found[0], |record| ids[record as usize]), "x, y, z");
        assert_eq!(listed(&[0; 7], |_| "x"), "x, x, x, x, x and 2 more");
    }
}

//! Numbers of snapshots as people write them.

/// Ascending numbers as people write them: `1 to 3, 7`.
pub(crate) fn ranges(numbers: impl Iterator<Item = u64>) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let texts: Vec<_> = ranges
        .into_iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first} to {last}")
            }
        })
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_ranges() {
        assert_eq!(
            ranges([1, 2, 3, 7, 9, 10].into_iter()),
            "1 to 3, 7, 9 to 10"
        );
        assert_eq!(ranges([].into_iter()), "");
    }
}

//! Which snapshots a district keeps, as people read it.

use homeroom_store::SnapshotEntry;

/// Which snapshots there are, as the second half of a sentence about a district; `entries` newest first.
pub(crate) fn kept(entries: &[SnapshotEntry]) -> String {
    if entries.is_empty() {
        return "it has published nothing yet".to_owned();
    }
    let mut ranges: Vec<(SnapshotEntry, SnapshotEntry)> = Vec::new();
    for entry in entries.iter().rev() {
        match ranges.last_mut() {
            Some((_, last)) if last.number + 1 == entry.number => *last = *entry,
            _ => ranges.push((*entry, *entry)),
        }
    }
    let texts: Vec<_> = ranges.iter().map(range).collect();
    format!("it keeps {}", texts.join(", "))
}

/// `4 to 9 (2026-03-01 to 2026-03-06)`; days are those of UTC, as retention counts them.
fn range((first, last): &(SnapshotEntry, SnapshotEntry)) -> String {
    let (from, to) = (first.published_at.date(), last.published_at.date());
    let days = if from == to {
        from.to_string()
    } else {
        format!("{from} to {to}")
    };
    if first.number == last.number {
        format!("{} ({days})", first.number)
    } else {
        format!("{} to {} ({days})", first.number, last.number)
    }
}

#[cfg(test)]
mod tests {
    use homeroom_model::{ObjectId, Timestamp};

    use super::*;

    #[test]
    fn numbers_are_shown_as_ranges_with_their_days() {
        let entry = |number: u64| SnapshotEntry {
            number,
            file_set: [0; 32],
            run: ObjectId::default(),
            published_at: Timestamp::from_millis(i64::try_from(number).unwrap() * 86_400_000),
        };
        let entries = [10, 9, 7, 3, 2, 1].map(entry);
        assert_eq!(
            kept(&entries),
            "it keeps 1 to 3 (1970-01-02 to 1970-01-04), 7 (1970-01-08), 9 to 10 (1970-01-10 to 1970-01-11)"
        );
        assert_eq!(kept(&[]), "it has published nothing yet");
    }
}

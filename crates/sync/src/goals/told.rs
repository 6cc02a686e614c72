//! What a receipt says about the rows that were sent.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_client::{MetricsReceipt, MetricsRow};
use homeroom_goals::certification::left_out;
use homeroom_goals::outgoing::Outgoing;
use homeroom_roster::GoalCounts;
use serde::Serialize;

/// Set aside by the district until its people, or the app's owner, confirm it.
pub(super) const IMPLAUSIBLE: &str = "implausible";
/// Lower than what the district knows.
pub(super) const REGRESSION: &str = "regression";

/// Why those wait of whom minutes follow.
pub(super) const LATER: &str = "later";

/// So many rows that were rejected or warned about are kept with a delivery.
const REPORTED: usize = 100;

/// A receipt, row by row.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// The rows that the district has.
    pub(super) taken: Vec<Outgoing>,
    /// The others, and those that it has with a word to be told, with why.
    pub(super) named: Vec<(Outgoing, String)>,
    /// That it does not have their progress, and what to do about it.
    pub(super) left_out: Option<String>,
    pub(super) counts: GoalCounts,
    /// The first of the named, as JSON.
    pub(super) report: String,
}

#[derive(Serialize)]
struct Reported<'a> {
    index: u32,
    student: String,
    reason: &'a str,
}

/// Reads a receipt for the rows that were sent, with progress under a key; `None` if it names students at places where others stood: it is no receipt
/// for these rows, and nothing of it is relied upon.
pub(super) fn read(receipt: &MetricsReceipt, rows: &[Outgoing], key: &str) -> Option<Read> {
    let rejected = named(&receipt.rejected, rows)?;
    let warned = named(&receipt.warnings, rows)?;
    let is = |index: u32, reason: &str| warned.contains(&(index, reason));
    let refused: BTreeSet<u32> = rejected.iter().map(|(index, _)| *index).collect();
    let mut read = Read::default();
    for (index, row) in (0_u32..).zip(rows) {
        if !refused.contains(&index) && !is(index, IMPLAUSIBLE) {
            read.taken.push(*row);
        }
    }
    read.left_out = receipt.left_out(key).then(|| {
        let taken = receipt.progress_metric.as_deref();
        left_out(key, taken.or(receipt.expected_metric.as_deref()))
    });
    let told = |reason: &str| matches!(reason, IMPLAUSIBLE | REGRESSION);
    let kept = warned
        .iter()
        .filter(|(index, reason)| told(reason) && !refused.contains(index));
    let mut by_row: BTreeMap<u32, &str> = kept.copied().collect();
    by_row.extend(rejected.iter().copied());
    for (index, reason) in by_row {
        let row = usize::try_from(index)
            .ok()
            .and_then(|place| rows.get(place));
        read.named.extend(row.map(|row| (*row, reason.to_owned())));
    }
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let regressed = warned.iter().filter(|(_, reason)| *reason == REGRESSION);
    read.counts = GoalCounts {
        updated: receipt.updated,
        unchanged: receipt.unchanged,
        rejected: count(refused.len()),
        warned: count(warned.len()),
        regressed: count(regressed.count()),
    };
    let shown = rejected.iter().chain(&warned).take(REPORTED);
    let shown: Vec<Reported<'_>> = shown
        .filter_map(|(index, reason)| {
            let row = rows.get(usize::try_from(*index).ok()?)?;
            Some(Reported {
                index: *index,
                student: row.student.to_hex(),
                reason,
            })
        })
        .collect();
    read.report = serde_json::to_string(&shown).unwrap_or_else(|_| "[]".to_owned());
    Some(read)
}

/// Place and reason of the rows that a list names, ascending; `None` if one of them is not the student who stood there.
fn named<'r>(list: &'r [MetricsRow], rows: &[Outgoing]) -> Option<BTreeSet<(u32, &'r str)>> {
    let one = |named: &'r MetricsRow| {
        let row = rows.get(usize::try_from(named.index).ok()?)?;
        let is_same = named.clever_id.is_empty()
            || named.clever_id.eq_ignore_ascii_case(&row.student.to_hex());
        is_same.then_some((named.index, named.reason.as_str()))
    };
    list.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use homeroom_goals::ledger::{Account, Sum};
    use homeroom_model::ObjectId;

    use super::*;

    fn rows() -> Vec<Outgoing> {
        (1_u8..=4)
            .map(|byte| Outgoing {
                student: ObjectId::new([byte; 12]),
                account: Account(i64::from(byte)),
                sum: Sum::default(),
            })
            .collect()
    }

    fn row(index: u32, student: u8, reason: &str) -> MetricsRow {
        MetricsRow {
            index,
            clever_id: ObjectId::new([student; 12]).to_hex().to_uppercase(),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn what_the_district_has_is_what_was_neither_rejected_nor_set_aside() {
        let receipt = MetricsReceipt {
            received: 4,
            updated: 2,
            unchanged: 1,
            rejected: vec![row(1, 2, "unknown_student")],
            warnings: vec![
                row(0, 1, "regression"),
                row(2, 3, "implausible"),
                row(3, 4, "no_minutes"),
                row(1, 2, "regression"),
            ],
            ..MetricsReceipt::default()
        };
        let read = read(&receipt, &rows(), "books_read").unwrap();
        assert_eq!(read.left_out, None, "a server that says nothing of keys");
        let taken: Vec<i64> = read.taken.iter().map(|row| row.account.0).collect();
        assert_eq!(taken, [1, 4]);
        let named: Vec<_> = read
            .named
            .iter()
            .map(|(row, why)| (row.account.0, why.as_str()))
            .collect();
        assert_eq!(
            named,
            [
                (1, "regression"),
                (2, "unknown_student"),
                (3, "implausible")
            ]
        );
        let counts = read.counts;
        assert_eq!(
            (counts.rejected, counts.warned, counts.regressed),
            (1, 4, 2)
        );
        assert!(
            read.report.starts_with(r#"[{"index":1,"student":"0202"#),
            "{}",
            read.report
        );
    }

    #[test]
    fn a_receipt_for_other_rows_is_none() {
        for receipt in [
            MetricsReceipt {
                rejected: vec![row(1, 3, "unknown_student")],
                ..MetricsReceipt::default()
            },
            MetricsReceipt {
                warnings: vec![row(4, 4, "regression")],
                ..MetricsReceipt::default()
            },
        ] {
            assert!(read(&receipt, &rows(), "books_read").is_none());
        }
    }

    #[test]
    fn progress_that_was_left_out_is_said_with_the_key_that_is_taken() {
        let left_out = |taken: Option<&str>, expected: Option<&str>, ignored: &[&str]| {
            let receipt = MetricsReceipt {
                received: 4,
                updated: 4,
                progress_metric: taken.map(str::to_owned),
                expected_metric: expected.map(str::to_owned),
                ignored_metrics: ignored.iter().map(|key| (*key).to_owned()).collect(),
                ..MetricsReceipt::default()
            };
            let read = read(&receipt, &rows(), "books_read").unwrap();
            assert_eq!(read.taken.len(), 4, "the minutes are taken all the same");
            read.left_out
        };
        assert_eq!(left_out(Some("books_read"), None, &["stars"]), None);
        for says in [
            left_out(None, Some("lessons_completed"), &["books_read"]),
            left_out(Some("lessons_completed"), None, &[]),
        ] {
            let says = says.unwrap();
            assert!(says.contains("books_read") && says.contains("takes lessons_completed"));
        }
        assert!(left_out(None, None, &["books_read"]).is_some());
    }
}

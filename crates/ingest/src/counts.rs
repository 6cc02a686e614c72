//! Counts of a report: rows per file, changes per kind of record.

use std::collections::BTreeMap;

use homeroom_change::{Plan, Served, Tally};
use homeroom_derive::{Count, Counts, File};
use serde::{Deserialize, Serialize};

/// Rows of one file. Received rows are counted, kept, rejected and passed over add up to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCounts {
    /// Rows received; students by distinct id.
    pub received: u64,
    /// Rows kept.
    pub kept: u64,
    /// Rows left out.
    pub rejected: u64,
    /// Rows that are left out by choice of the district: sections of terms that have not begun.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub passed_over: u64,
    /// Of the rejected rows those that only repeat a kept one, which does no harm.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeats: u64,
    /// Rows of the file, where several rows may stand for one record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl From<Count> for FileCounts {
    fn from(count: Count) -> Self {
        Self {
            received: count.received,
            kept: count.kept,
            rejected: count.rejected,
            passed_over: count.passed_over,
            repeats: count.repeats,
            rows: None,
        }
    }
}

/// What happened to the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeCounts {
    /// Published as they are.
    pub unchanged: u64,
    /// New, or back again.
    pub created: u64,
    /// Changed in what apps can see of it.
    pub updated: u64,
    /// Gone.
    pub deleted: u64,
    /// Those of the created ones that came back under the id they had.
    pub restored: u64,
    /// How many there are after.
    pub after: u64,
}

impl ChangeCounts {
    /// Nothing happened to anything.
    pub(crate) fn none() -> BTreeMap<String, Self> {
        let kinds = Served::ALL.into_iter();
        kinds
            .map(|kind| (kind.text().to_owned(), Self::default()))
            .collect()
    }

    /// What a plan does.
    pub(crate) fn of(plan: &Plan) -> BTreeMap<String, Self> {
        let kinds = plan.counts().iter();
        kinds
            .map(|(kind, tally)| (kind.text().to_owned(), tally.into()))
            .collect()
    }

    /// How many there were before.
    pub fn before(&self) -> u64 {
        self.unchanged + self.updated + self.deleted
    }
}

impl From<Tally> for ChangeCounts {
    fn from(tally: Tally) -> Self {
        Self {
            unchanged: tally.unchanged,
            created: tally.created,
            updated: tally.updated,
            deleted: tally.deleted,
            restored: tally.restored,
            after: tally.after(),
        }
    }
}

/// Under what records are counted that the district keeps beside its files.
pub(crate) const CUSTOM: &str = "custom records";

/// Counts by file stem, of the files that were sent.
pub(crate) fn by_file(
    counts: &Counts,
    sent: impl Fn(File) -> bool,
) -> BTreeMap<String, FileCounts> {
    let line = |file: File| {
        let rows = (file == File::Students).then_some(counts.student_rows);
        let counts = FileCounts {
            rows,
            ..counts.of(file).into()
        };
        (file.stem().to_owned(), counts)
    };
    let files = File::ALL.into_iter().filter(|file| sent(*file));
    let mut by_file: BTreeMap<_, _> = files.map(line).collect();
    if counts.custom.received > 0 {
        by_file.insert(CUSTOM.to_owned(), counts.custom.into());
    }
    by_file
}

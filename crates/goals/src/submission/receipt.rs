//! The answer to a submission (clever-api 8.3, integration-side D3).

use homeroom_model::ObjectId;
use serde::{Deserialize, Serialize, Serializer};

use super::{Batch, Notice, OtherMetric, Rejected, Row, is_key};

/// What the sender is told: `{"data": {"received", "updated", "rejected", …}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    data: Told,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Told {
    received: u32,
    updated: u32,
    unchanged: u32,
    warnings: Vec<Warning>,
    rejected: Vec<Rejected>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress_metric: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_metric: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored_metrics: Vec<OtherMetric>,
}

/// Something noticed about a row that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Warning {
    /// The row's place in the body.
    pub index: u32,
    /// Whose it is.
    #[serde(rename = "clever_id", serialize_with = "hex")]
    pub student: ObjectId,
    /// What.
    pub reason: Notice,
}

fn hex<S: Serializer>(id: &ObjectId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

impl Receipt {
    /// An answer to a batch of which the rows `applied` (with whether each changed a figure) were applied, with what was
    /// noticed; rows that are in the batch and not among them are rejected as of an unknown student.
    pub fn new(batch: Batch, applied: &[(Row, bool)], mut warnings: Vec<Warning>) -> Self {
        let mut rejected = batch.rejected;
        let mut known = applied.iter().map(|(row, _)| row.index).peekable();
        for row in &batch.rows {
            if known.next_if_eq(&row.index).is_some() {
                if batch.repeated.binary_search(&row.index).is_ok() {
                    warnings.push(Warning {
                        index: row.index,
                        student: row.student,
                        reason: Notice::RepeatedStudent,
                    });
                }
            } else {
                rejected.push(Rejected::unknown(row));
            }
        }
        rejected.sort_by_key(|row| row.index);
        warnings.sort_unstable();
        let count = |wanted: bool| {
            let count = applied
                .iter()
                .filter(|(_, updated)| *updated == wanted)
                .count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        Self {
            data: Told {
                received: batch.received,
                updated: count(true),
                unchanged: count(false),
                warnings,
                rejected,
                progress_metric: batch.progress_key,
                expected_metric: batch.missed_key.filter(|key| is_key(key)),
                ignored_metrics: batch.others,
            },
        }
    }
}

/// What an answer says, for the log.
impl Receipt {
    /// How many rows the body had.
    pub fn received(&self) -> u32 {
        self.data.received
    }

    /// How many rows changed a figure.
    pub fn updated(&self) -> u32 {
        self.data.updated
    }

    /// How many rows were taken and changed none.
    pub fn unchanged(&self) -> u32 {
        self.data.unchanged
    }

    /// The rows that were not taken, in the order of the body.
    pub fn rejected(&self) -> &[Rejected] {
        &self.data.rejected
    }

    /// What was noticed about the others, in the order of the body.
    pub fn warnings(&self) -> &[Warning] {
        &self.data.warnings
    }

    /// The key that was taken as the progress metric.
    pub fn progress_metric(&self) -> Option<&str> {
        self.data.progress_metric.as_deref()
    }

    /// The key that would have been, where others came in its place.
    pub fn expected_metric(&self) -> Option<&str> {
        self.data.expected_metric.as_deref()
    }

    /// Keys that were not used.
    pub fn ignored_metrics(&self) -> &[OtherMetric] {
        &self.data.ignored_metrics
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::{Form, Limits, read_csv};

    #[test]
    fn every_row_is_accounted_for_in_order() {
        let id = |last: u8| ObjectId::new([last; 12]);
        let table = format!(
            "clever_id,minutes,books_read,stars\n{},1,1,5\nAnna,1,1,\n{},2,2,\n{},3,3,\n{},x,1,\n",
            id(1),
            id(2),
            id(1),
            id(3)
        );
        let form = Form {
            progress: None,
            limits: &Limits::default(),
        };
        let batch = read_csv(table.as_bytes(), &form).unwrap();
        // The second of three good rows is of a student whom the receiver does not know.
        let applied: Vec<_> = batch
            .rows
            .iter()
            .filter(|row| row.student == id(1))
            .map(|row| (*row, row.index == 0))
            .collect();
        let regression = Warning {
            index: 0,
            student: id(1),
            reason: Notice::Regression,
        };
        let receipt = Receipt::new(batch, &applied, vec![regression]);
        let expected = concat!(
            r#"{"data":{"received":5,"updated":1,"unchanged":1,"warnings":["#,
            r#"{"index":0,"clever_id":"010101010101010101010101","reason":"regression"},"#,
            r#"{"index":3,"clever_id":"010101010101010101010101","reason":"repeated_student"}],"rejected":["#,
            r#"{"index":1,"clever_id":"not an id","reason":"unknown_student"},"#,
            r#"{"index":2,"clever_id":"020202020202020202020202","reason":"unknown_student"},"#,
            r#"{"index":4,"clever_id":"030303030303030303030303","reason":"bad_value"}],"#,
            r#""progress_metric":"books_read","ignored_metrics":[{"key":"stars","rows":1}]}}"#,
        );
        assert_eq!(serde_json::to_string(&receipt).unwrap(), expected);
    }

    #[test]
    fn a_key_that_is_not_the_apps_is_told_which_one_is() {
        let students = format!("clever_id,minutes,stars\n{},1,5\n", ObjectId::new([1; 12]));
        let minutes = format!("clever_id,minutes\n{},1\n", ObjectId::new([1; 12]));
        for (table, progress, expected) in [
            (&students, Some("books_read"), Some("books_read")),
            (&students, Some("stars"), None),
            (&students, None, None),
            // Progress that is taken under no key at all.
            (&students, Some("\u{0}"), None),
            (&minutes, Some("books_read"), None),
        ] {
            let limits = &Limits::default();
            let batch = read_csv(table.as_bytes(), &Form { progress, limits }).unwrap();
            let rows: Vec<_> = batch.rows.iter().map(|row| (*row, true)).collect();
            let receipt = Receipt::new(batch, &rows, Vec::new());
            assert_eq!(receipt.expected_metric(), expected, "{progress:?}");
            let text = serde_json::to_string(&receipt).unwrap();
            assert_eq!(text.contains("expected_metric"), expected.is_some());
        }
    }
}

//! What an app sends: a body of totals, read row by row (clever-api 8.1, 8.3; integration-side D3).
//!
//! A body becomes a [`Batch`]: rows that can be applied, rows that cannot and why, and what was noticed. Only a body that is
//! no submission at all is [`Refused`] whole. Whether a student exists and is shared with the app is for the caller to say,
//! who turns such rows into [`Reason::UnknownStudent`] as well: an id that is malformed, unknown, not a student's, or not
//! shared gets one and the same answer, so nothing can be probed.

mod csv;
mod json;
mod keys;
mod receipt;
mod refused;
#[cfg(test)]
mod tests;

use homeroom_model::ObjectId;
use serde::{Deserialize, Serialize};

use crate::Amount;
pub use keys::{Doubt, KEY_CHARACTERS, KEY_RULE, doubt, is_key, is_line};
pub use receipt::{Receipt, Warning};
pub use refused::{HeaderFault, Refused};

pub use csv::read as read_csv;
pub use json::read as read_json;

/// The key under which minutes are sent, in both forms (clever-api 8.1).
pub const MINUTES: &str = "minutes";

/// The key under which the student's id is sent, in both forms (clever-api 8.1).
pub const STUDENT: &str = "clever_id";

/// What stands in place of a row's id that is none, in answers and in the log.
pub const NOT_AN_ID: &str = "not an id";

/// How much one body may hold.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Rows of a body.
    pub rows: usize,
    /// Metrics that are not used and are named in the answer; what comes after them is only left out.
    pub other_metrics: usize,
}

impl Default for Limits {
    /// 128 MiB, a million rows, twenty names.
    fn default() -> Self {
        Self {
            body_bytes: 128 << 20,
            rows: 1_000_000,
            other_metrics: 20,
        }
    }
}

/// What a body is read for.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// The key of the app's one progress metric as it declared it. Without a declaration the first key of the body that is
    /// not `minutes` is taken, and [`Batch::progress_key`] says which it was.
    pub progress: Option<&'a str>,
    /// How much it may hold.
    pub limits: &'a Limits,
}

/// A row that can be applied: what one student has reached in this school year. At least one of the two is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place in the body, from 0, blank lines of CSV not counted.
    pub index: u32,
    /// Whose it is.
    pub student: ObjectId,
    /// Active minutes since the school year began. Without them the row passes, with [`Notice::NoMinutes`].
    pub minutes: Option<Amount>,
    /// Units of progress since the school year began.
    pub progress: Option<Amount>,
}

/// Why a row is not applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No student of this district that is shared with the app has this id, or there is none.
    UnknownStudent,
    /// Minutes or progress is not a number, less than nothing, or more than [`Amount::MOST`].
    BadValue,
    /// Neither minutes nor the app's progress metric.
    NoMetrics,
    /// No object of the form asked for (JSON), or more cells than the header, or a quote that does not close (CSV).
    NotARow,
}

/// What is worth saying about a row that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Progress without minutes.
    NoMinutes,
    /// The student was in this body before; both rows are taken (issue 6, "Settled").
    RepeatedStudent,
    /// A total lower than the one known: kept beside it, and changing nothing until a correction is confirmed.
    Regression,
    /// Minutes rose by more than time has passed: set aside until it is confirmed, and nothing else of the row is taken.
    Implausible,
    /// The app's progress metric is another than before: its series begins anew.
    NewSeries,
}

/// A row that is not applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Its place in the body, from 0.
    pub index: u32,
    /// The id that was sent; [`NOT_AN_ID`] in its place where something else was, which may be anything, a name too, and is
    /// neither repeated nor kept.
    #[serde(rename = "clever_id", with = "sent")]
    pub student: Option<ObjectId>,
    /// Why.
    pub reason: Reason,
}

impl Rejected {
    /// A row that could be read and is rejected all the same: its student is unknown to the caller.
    pub fn unknown(row: &Row) -> Self {
        Self {
            index: row.index,
            student: Some(row.student),
            reason: Reason::UnknownStudent,
        }
    }
}

/// The id of a rejected row as text.
mod sent {
    use super::{Deserialize, NOT_AN_ID, ObjectId};
    use serde::{Deserializer, Serializer};

    #[allow(clippy::ref_option, reason = "the shape that serde asks for")]
    pub(super) fn serialize<S: Serializer>(
        id: &Option<ObjectId>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => serializer.collect_str(id),
            None => serializer.serialize_str(NOT_AN_ID),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<ObjectId>, D::Error> {
        Ok(ObjectId::from_hex(&Box::<str>::deserialize(deserializer)?))
    }
}

/// A metric that is not used, and in how many rows it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherMetric {
    /// Its key, cut at 64 characters.
    pub key: String,
    /// In how many rows; of CSV, in how many rows with a value.
    pub rows: u32,
}

/// A body, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// How many rows it had.
    pub received: u32,
    /// Those that can be applied, in the order of the body.
    pub rows: Vec<Row>,
    /// Those that cannot, in the order of the body.
    pub rejected: Vec<Rejected>,
    /// The indexes of rows whose student came before, ascending.
    pub repeated: Vec<u32>,
    /// The key that was taken as the progress metric, if any row had it.
    pub progress_key: Option<String>,
    /// The key of the app's progress metric, if no row had it and others came.
    pub missed_key: Option<String>,
    /// Keys that are neither.
    pub others: Vec<OtherMetric>,
}

impl Batch {
    /// The key that took the place of the app's progress metric, if that came in no row and exactly one other metric came.
    /// Of an app that declared its key by sending it, this is a change of the metric (integration-side D3): the body is read
    /// again for this key, as the next series.
    pub fn changed_key(&self) -> Option<&str> {
        match (&self.progress_key, self.others.as_slice()) {
            (None, [other]) if other.rows > 0 => Some(&other.key),
            _ => None,
        }
    }
}

/// What one field of a row holds.
#[derive(Clone, Copy, Default)]
enum Value {
    #[default]
    Absent,
    Good(Amount),
    Bad,
}

impl Value {
    fn read(text: &[u8]) -> Self {
        Amount::parse(text).map_or(Self::Bad, Self::Good)
    }

    fn good(self) -> Option<Amount> {
        match self {
            Self::Good(amount) => Some(amount),
            Self::Absent | Self::Bad => None,
        }
    }
}

/// A row as far as it was read.
#[derive(Clone, Copy, Default)]
struct Draft {
    student: Option<ObjectId>,
    minutes: Value,
    progress: Value,
    broken: bool,
}

impl Draft {
    fn broken() -> Self {
        Self {
            broken: true,
            ..Self::default()
        }
    }

    fn student(&mut self, text: &str) {
        self.student = ObjectId::from_hex(text);
    }

    fn reason(&self) -> Option<Reason> {
        match (self.minutes, self.progress) {
            _ if self.broken => Some(Reason::NotARow),
            _ if self.student.is_none() => Some(Reason::UnknownStudent),
            (Value::Bad, _) | (_, Value::Bad) => Some(Reason::BadValue),
            (Value::Absent, Value::Absent) => Some(Reason::NoMetrics),
            _ => None,
        }
    }
}

/// Which metric a key is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Metric {
    Minutes,
    Progress,
    Other(usize),
    /// One more than are named.
    Unnamed,
}

/// The batch in the making.
struct Reading<'f> {
    form: &'f Form<'f>,
    batch: Batch,
    full: bool,
}

impl<'f> Reading<'f> {
    fn new(form: &'f Form<'f>, bytes: usize) -> Result<Self, Refused> {
        let most = form.limits.body_bytes;
        if bytes > most {
            return Err(Refused::TooLarge { bytes, most });
        }
        Ok(Self {
            form,
            batch: Batch::default(),
            full: false,
        })
    }

    /// Which metric a key is; the first that is none becomes the progress metric where the app declared none.
    fn metric(&mut self, key: &str) -> Metric {
        if key == MINUTES {
            return Metric::Minutes;
        }
        match (&self.batch.progress_key, self.form.progress) {
            (Some(known), _) if known == key => return Metric::Progress,
            (None, declared) if declared.is_none_or(|declared| declared == key) => {
                self.batch.progress_key = Some(key.to_owned());
                return Metric::Progress;
            }
            _ => {}
        }
        let key = cut(key);
        let others = &mut self.batch.others;
        if let Some(found) = others.iter().position(|other| other.key == key) {
            return Metric::Other(found);
        }
        if others.len() >= self.form.limits.other_metrics {
            return Metric::Unnamed;
        }
        others.push(OtherMetric {
            key: key.to_owned(),
            rows: 0,
        });
        Metric::Other(others.len() - 1)
    }

    fn count_other(&mut self, metric: Metric) {
        if let Metric::Other(place) = metric
            && let Some(other) = self.batch.others.get_mut(place)
        {
            other.rows += 1;
        }
    }

    /// Takes a row; `false` where there are too many.
    fn take(&mut self, draft: Draft) -> bool {
        let batch = &mut self.batch;
        let index = batch.received;
        if usize::try_from(index).is_ok_and(|count| count >= self.form.limits.rows) {
            self.full = true;
            return false;
        }
        batch.received += 1;
        match (draft.reason(), draft.student) {
            (None, Some(student)) => batch.rows.push(Row {
                index,
                student,
                minutes: draft.minutes.good(),
                progress: draft.progress.good(),
            }),
            (reason, student) => batch.rejected.push(Rejected {
                index,
                student,
                reason: reason.unwrap_or(Reason::NotARow),
            }),
        }
        true
    }

    fn finish(mut self) -> Result<Batch, Refused> {
        if self.full {
            let most = self.form.limits.rows;
            return Err(Refused::TooManyRows { most });
        }
        let batch = &mut self.batch;
        if batch.progress_key.is_none() && !batch.others.is_empty() {
            batch.missed_key = self.form.progress.map(str::to_owned);
        }
        // An id that is no id counts as an unknown one, which is no fault of form (nothing can be probed).
        let malformed = |row: &Rejected| row.reason != Reason::UnknownStudent;
        if batch.received > 0 && batch.rows.is_empty() && batch.rejected.iter().all(malformed) {
            return Err(Refused::Nothing {
                rows: batch.received,
            });
        }
        batch.repeated = repeated(&batch.rows);
        Ok(self.batch)
    }
}

/// The indexes of rows whose student came before. Most senders send students in the order of their ids.
fn repeated(rows: &[Row]) -> Vec<u32> {
    if rows.is_sorted_by(|a, b| a.student < b.student) {
        return Vec::new();
    }
    let mut order: Vec<(ObjectId, u32)> = rows.iter().map(|row| (row.student, row.index)).collect();
    order.sort_unstable();
    let mut found: Vec<u32> = order
        .array_windows()
        .filter(|[one, next]| one.0 == next.0)
        .map(|[_, next]| next.1)
        .collect();
    found.sort_unstable();
    found
}

/// At most 64 characters of what was sent, for an answer to the one who sent it.
fn cut(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(64)
        .map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or_default()
}

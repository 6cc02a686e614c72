//! What the log of a feed says about a request.

use homeroom_goals::Moment;
use homeroom_goals::submission::{Notice, OtherMetric, Receipt, Refused, Rejected, Warning};
use homeroom_model::Timestamp;
use homeroom_store::{DeliveryRows, Digest, GoalsDelivery, limits};
use serde::{Deserialize, Serialize};

use super::{Request, blank};
use crate::calendar::Rules;

/// Rows of each kind that a report names; the counts count all of them.
const NAMED: usize = 100;

/// Of those, how many are named where a hundred would be too long.
const FEW: usize = 10;

/// What the log says beside the counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeliveryReport {
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The first hundred rows that were not taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<Rejected>,
    /// The first hundred warnings about others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// How many rows were lower than what was known, whether or not they are among those warnings.
    #[serde(skip_serializing_if = "is_zero")]
    pub regressions: u32,
    /// The key that was taken as the progress metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress_metric: Option<String>,
    /// The key that would have been, where others came in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_metric: Option<String>,
    /// Keys that were not used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored_metrics: Vec<OtherMetric>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What the log says about a delivery; nothing where it cannot be read.
pub fn report_of(delivery: &GoalsDelivery) -> DeliveryReport {
    serde_json::from_str(&delivery.report).unwrap_or_default()
}

/// A request that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// When.
    pub at: Timestamp,
    /// The status of the answer.
    pub status: u16,
    /// What the answer says.
    pub message: String,
    /// Bytes of the body, as far as they were read or announced.
    pub bytes: u64,
    /// The body, if it was read.
    pub body: Option<Digest>,
}

impl Refusal {
    /// A body that is no submission.
    pub(super) fn of(refused: &Refused, request: &Request) -> Self {
        Self {
            at: request.now,
            status: if refused.is_too_large() { 413 } else { 400 },
            message: refused.to_string(),
            bytes: request.body.len() as u64,
            body: Some(digest(&request.body)),
        }
    }

    pub(super) fn delivery(&self, rules: &Rules) -> GoalsDelivery {
        let report = DeliveryReport {
            message: Some(self.message.chars().take(1000).collect()),
            ..DeliveryReport::default()
        };
        GoalsDelivery {
            body: self.body.unwrap_or_default(),
            bytes: self.bytes.min(limits::NUMBER),
            status: self.status,
            accepted: false,
            report: serde_json::to_string(&report).unwrap_or_default(),
            ..blank(self.at, rules.years.moment(self.at))
        }
    }
}

/// A request that was taken.
pub(super) fn accepted(
    request: &Request,
    moment: Moment,
    (receipt, body): (&Receipt, Digest),
) -> GoalsDelivery {
    let count = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
    let mut report = told(receipt, NAMED);
    if report.len() > limits::DELIVERY_REPORT {
        report = told(receipt, FEW);
    }
    GoalsDelivery {
        body,
        bytes: request.body.len() as u64,
        rows: DeliveryRows {
            received: receipt.received(),
            updated: receipt.updated(),
            unchanged: receipt.unchanged(),
            rejected: count(receipt.rejected().len()),
            warnings: count(receipt.warnings().len()),
        },
        report,
        ..blank(request.now, moment)
    }
}

fn told(receipt: &Receipt, most: usize) -> String {
    let fell = |warning: &&Warning| warning.reason == Notice::Regression;
    let regressions = receipt.warnings().iter().filter(fell).count();
    let report = DeliveryReport {
        message: None,
        rejected: receipt.rejected().iter().take(most).cloned().collect(),
        warnings: receipt.warnings().iter().take(most).copied().collect(),
        regressions: u32::try_from(regressions).unwrap_or(u32::MAX),
        progress_metric: receipt.progress_metric().map(cut),
        expected_metric: receipt.expected_metric().map(str::to_owned),
        ignored_metrics: receipt.ignored_metrics().to_vec(),
    };
    serde_json::to_string(&report).unwrap_or_default()
}

fn cut(key: &str) -> String {
    key.chars().take(64).collect()
}

pub(super) fn digest(body: &[u8]) -> Digest {
    *blake3::hash(body).as_bytes()
}

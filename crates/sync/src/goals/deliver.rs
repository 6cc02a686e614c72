//! One body, sent until a receipt accounts for it or sending it again is of no use (integration-side D2.9).
//!
//! The log has the request before it is made. A receipt is written down, with everything it acknowledges, before anybody hears
//! of success; whoever dies between the two sends again, and the district counts the same totals once.

use std::collections::BTreeSet;
use std::time::Duration;

use homeroom_client::{Cancel, Content, Fault, Metrics, Source, Told};
use homeroom_goals::outgoing::Outgoing;
use homeroom_model::Timestamp;
use homeroom_roster::{
    GoalCounts, GoalDelivery, GoalDeliveryEnd, GoalDeliveryState, GoalTrigger, NewGoalDelivery,
};

use super::Sender;
use super::error::GoalsError;
use super::lease::Lease;
use super::look::Look;
use super::reporting::{Reporting, later};
use super::told::{self, Read};

/// What delivering needs to know.
pub(super) struct Delivering<'a> {
    pub(super) sender: &'a Sender,
    pub(super) source: &'a Source,
    pub(super) district: i64,
    pub(super) reporting: &'a Reporting,
    pub(super) trigger: GoalTrigger,
    pub(super) look: &'a Look,
    pub(super) lease: &'a Lease,
    pub(super) cancel: &'a Cancel,
}

/// What came of a body.
pub(super) enum Came {
    /// The district has what the receipt says.
    Acknowledged(Read),
    /// It is too large.
    TooLarge,
    /// The server will not have it. `every` if it will have no other either.
    Refused { fault: Fault, every: bool },
    /// Nothing of use came back. The next push tries again, at this moment or later.
    Failed { fault: Fault, not_before: Timestamp },
    /// A school year turned, or somebody else sends by now: these totals are not to be sent any more.
    NotNow,
}

/// The tries of one body.
struct Trying {
    delivery: i64,
    tries: u32,
    windows: u32,
    status: Option<u16>,
    /// Ids that were noted as sent with it.
    sent: BTreeSet<String>,
}

/// What follows from one answer.
enum Verdict {
    Receipt(Box<Read>),
    Again(Fault, Option<Duration>),
    End(GoalDeliveryState, Came, Fault),
}

/// What the log says of a delivery that was refused because the district had Goals switched off. It is known by these words for
/// as long as logs are kept that have them: they are never worded anew.
const OFF: &str = "Goals are not switched on for this app at the district";

/// What it says of one that was refused where nobody said whether Goals were off or the token of another kind; these words stay
/// too.
const OFF_OR_TOKEN: &str = "the server has no place for the metrics: Goals may be off, or the token of another kind; it did not say which";

/// Whether a delivery was refused, and it is not known whether for its token.
pub(super) fn is_undecided(delivery: &GoalDelivery) -> bool {
    delivery.state == GoalDeliveryState::Refused && delivery.detail.as_deref() == Some(OFF_OR_TOKEN)
}

/// Whether a delivery was refused because the district had Goals switched off.
pub(super) fn is_off(delivery: &GoalDelivery) -> bool {
    delivery.state == GoalDeliveryState::Refused && delivery.detail.as_deref() == Some(OFF)
}

/// What the log says of a fault.
fn logged(fault: Fault) -> String {
    match fault {
        Fault::GoalsOff => OFF.to_owned(),
        Fault::GoalsOffOrToken => OFF_OR_TOKEN.to_owned(),
        fault => fault.to_string(),
    }
}

impl Delivering<'_> {
    /// Sends some rows.
    pub(super) async fn deliver(&self, rows: &[Outgoing], part: u32) -> Result<Came, GoalsError> {
        let content = self.reporting.content(rows);
        let mut trying = self.begin(rows, &content, part, self.trigger).await?;
        let metrics = Metrics {
            content,
            rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        };
        loop {
            if self.is_over() {
                let says = "not sent any more: a school year turns, or another push goes on";
                self.end(&trying, GoalDeliveryState::Failed, says, None)
                    .await?;
                return Ok(Came::NotNow);
            }
            let verdict = self.try_once(&mut trying, &metrics, rows).await?;
            let (fault, after) = match verdict {
                Verdict::Receipt(read) => {
                    self.acknowledge(&trying, &read).await?;
                    return Ok(Came::Acknowledged(*read));
                }
                Verdict::End(state, came, fault) => {
                    self.end(&trying, state, &logged(fault), None).await?;
                    return Ok(came);
                }
                Verdict::Again(fault, after) => (fault, after),
            };
            trying.windows += u32::from(fault == Fault::Throttled);
            let Some(wait) = self.wait(&trying, fault, after) else {
                let now = self.sender.clock().now();
                let again = after.unwrap_or_default().max(self.reporting.limits.again);
                let not_before = later(now, again);
                let state = GoalDeliveryState::Failed;
                self.end(&trying, state, &logged(fault), Some(not_before))
                    .await?;
                return Ok(Came::Failed { fault, not_before });
            };
            self.pause(wait).await;
        }
    }

    /// Sends the same bytes once more, and says how many rows that changed; `None` if nobody said.
    pub(super) async fn deliver_again(
        &self,
        rows: &[Outgoing],
        part: u32,
    ) -> Result<Option<u32>, GoalsError> {
        let content = self.reporting.content(rows);
        let mut trying = self
            .begin(rows, &content, part, GoalTrigger::Resend)
            .await?;
        let metrics = Metrics {
            content,
            rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        };
        match self.try_once(&mut trying, &metrics, rows).await? {
            Verdict::Receipt(read) => {
                self.acknowledge(&trying, &read).await?;
                Ok(Some(read.counts.updated))
            }
            Verdict::Again(fault, _) | Verdict::End(_, _, fault) => {
                let state = GoalDeliveryState::Failed;
                self.end(&trying, state, &logged(fault), None).await?;
                Ok(None)
            }
        }
    }

    async fn begin(
        &self,
        rows: &[Outgoing],
        content: &Content,
        part: u32,
        trigger: GoalTrigger,
    ) -> Result<Trying, GoalsError> {
        let digest = blake3::hash(&content.body).to_hex().to_string();
        let (district, at) = (self.district, self.sender.clock().now());
        let (year, day) = (self.look.moment.year.0, self.look.moment.day);
        let (students, bytes) = (rows.len(), content.body.len() as u64);
        let metric = self.reporting.metric.clone();
        let sending = self.look.sending(rows);
        let sent = sending.iter().map(|(student, _)| student.clone()).collect();
        let delivery = self.sender.with_roster(move |roster| {
            roster.begin_delivery(&NewGoalDelivery {
                district,
                trigger,
                at,
                year,
                day,
                part,
                metric: &metric,
                students: u32::try_from(students).unwrap_or(u32::MAX),
                bytes,
                digest: &digest,
                sent: &sending,
            })
        });
        Ok(Trying {
            delivery: delivery.await?,
            tries: 0,
            windows: 0,
            status: None,
            sent,
        })
    }

    /// Whether these totals are not to be sent any more.
    fn is_over(&self) -> bool {
        let now = self.reporting.moment(self.sender.clock().now());
        let same = now.is_some_and(|now| now.year == self.look.moment.year);
        !same || self.lease.is_lost()
    }

    async fn try_once(
        &self,
        trying: &mut Trying,
        metrics: &Metrics,
        rows: &[Outgoing],
    ) -> Result<Verdict, GoalsError> {
        trying.tries += 1;
        let sent = match self.source.send_metrics(metrics, self.cancel).await {
            Ok(sent) => sent,
            Err(stopped) => {
                let state = GoalDeliveryState::Failed;
                self.end(trying, state, "sending was stopped", None).await?;
                return Err(GoalsError::Stopped(stopped));
            }
        };
        trying.status = sent.status.or(trying.status);
        Ok(match sent.told {
            Told::Receipt(receipt) => match told::read(&receipt, rows, &self.reporting.metric) {
                Some(read) => Verdict::Receipt(Box::new(read)),
                None => Verdict::Again(
                    Fault::NoEnvelope("receipt for the rows that were sent"),
                    None,
                ),
            },
            Told::Unreadable(_) if self.reporting.limits.plain_answers => {
                Verdict::Receipt(Box::new(Read {
                    taken: rows.to_vec(),
                    report: "[]".to_owned(),
                    ..Read::default()
                }))
            }
            Told::Unreadable(fault) => Verdict::Again(fault, None),
            Told::TryAgain { fault, after } => Verdict::Again(fault, after),
            Told::TooLarge => Verdict::End(
                GoalDeliveryState::TooLarge,
                Came::TooLarge,
                Fault::Status(413),
            ),
            Told::Refused(fault) => {
                let every = !matches!(fault, Fault::Status(400 | 409 | 422));
                let came = Came::Refused { fault, every };
                Verdict::End(GoalDeliveryState::Refused, came, fault)
            }
        })
    }

    /// How long to wait before the same body goes again; nothing if this push gives it up.
    fn wait(&self, trying: &Trying, fault: Fault, after: Option<Duration>) -> Option<Duration> {
        let limits = &self.reporting.limits;
        if after.is_some_and(|after| after > limits.longest_window) {
            return None;
        }
        // Tries that a rate window turned away say nothing about the body.
        let (tries, windows) = (trying.tries - trying.windows, trying.windows);
        if fault == Fault::Throttled {
            if windows >= limits.most_windows {
                return None;
            }
        } else if tries >= limits.tries {
            return None;
        }
        let doubled = 1_u32
            .checked_shl(tries.saturating_sub(1))
            .unwrap_or(u32::MAX);
        let most = limits
            .first_wait
            .saturating_mul(doubled)
            .min(limits.longest_wait);
        let chance = f64::from(self.sender.clock().chance()) / f64::from(u32::MAX);
        let spread = most / 2 + (most / 2).mul_f64(chance);
        Some(after.map_or(spread, |after| after + spread))
    }

    /// Waits, in steps, so that whoever asks to stop does not wait too.
    async fn pause(&self, time: Duration) {
        const STEP: Duration = Duration::from_secs(1);
        let clock = self.sender.clock();
        let until = clock.elapsed() + time;
        loop {
            let left = until.saturating_sub(clock.elapsed());
            if left.is_zero() || self.cancel.is_set() {
                return;
            }
            clock.sleep(left.min(STEP)).await;
        }
    }

    async fn acknowledge(&self, trying: &Trying, read: &Read) -> Result<(), GoalsError> {
        let at = self.sender.clock().now();
        let metric = &self.reporting.metric;
        let left_out = read.left_out.clone();
        let with_progress = left_out.is_none();
        let (rows, told) = self
            .look
            .acknowledging(&read.taken, metric, with_progress, at);
        let (district, delivery) = (self.district, trying.delivery);
        let (tries, status) = (trying.tries, trying.status);
        let (counts, report): (GoalCounts, String) = (read.counts, read.report.clone());
        let taken = read.taken.iter().map(|row| row.student.to_hex());
        let taken: Vec<String> = taken.filter(|id| trying.sent.contains(id)).collect();
        let ending = self.sender.with_roster(move |roster| {
            let end = GoalDeliveryEnd {
                state: GoalDeliveryState::Acknowledged,
                at,
                tries,
                status,
                counts: Some(counts),
                detail: left_out.as_deref(),
                report: (report != "[]").then_some(&*report),
                next_try: None,
                taken: &taken,
            };
            roster.end_delivery(district, delivery, &end, &rows, &told)
        });
        ending.await
    }

    async fn end(
        &self,
        trying: &Trying,
        state: GoalDeliveryState,
        detail: &str,
        next_try: Option<Timestamp>,
    ) -> Result<(), GoalsError> {
        let (district, delivery) = (self.district, trying.delivery);
        let (tries, status) = (trying.tries, trying.status);
        let (at, detail) = (self.sender.clock().now(), detail.to_owned());
        let ending = self.sender.with_roster(move |roster| {
            let end = GoalDeliveryEnd {
                state,
                at,
                tries,
                status,
                counts: None,
                detail: Some(&detail),
                report: None,
                next_try,
                taken: &[],
            };
            roster.end_delivery(district, delivery, &end, &[], &[])
        });
        ending.await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_that_were_off_are_logged_in_words_that_stay() {
        assert_eq!(
            logged(Fault::GoalsOff),
            "Goals are not switched on for this app at the district",
            "logs have it"
        );
        assert_eq!(
            logged(Fault::GoalsOffOrToken),
            "the server has no place for the metrics: Goals may be off, or the token of another kind; it did not say which"
        );
        assert_eq!(logged(Fault::Status(404)), Fault::Status(404).to_string());
    }
}

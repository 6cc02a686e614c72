//! How a district is reported: its school years, the progress metric, and the limits of sending.

use std::time::Duration;

use homeroom_client::Content;
use homeroom_goals::outgoing::{self, Outgoing};
use homeroom_goals::submission::is_key;
use homeroom_goals::{Moment, SchoolYears};
use homeroom_model::Timestamp;
use homeroom_plan::Policy;

use super::error::GoalsError;

/// How a district is reported.
#[derive(Clone, Debug)]
pub struct Reporting {
    /// Its school years; the receiver has the same settings.
    pub years: SchoolYears,
    /// The key of the app's one progress metric.
    pub metric: String,
    /// In which form.
    pub form: Form,
    /// Whether the app's owner declared that the metric counts finished work, if that was declared.
    pub counts_finished_work: Option<bool>,
    /// Limits.
    pub limits: Limits,
}

/// The form of a body (clever-api 8.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// JSON, which is preferred.
    #[default]
    Json,
    /// CSV.
    Csv,
}

/// Limits of sending.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Students in one request; a district of more goes in parts. Default 100,000.
    pub rows: usize,
    /// Bytes of one request's body; likewise. Default 16 MiB.
    pub bytes: usize,
    /// How often a body is sent in all, if what fails may pass. Default 6.
    pub tries: u32,
    /// The first wait before it is sent again; each next one is twice as long. Default 500 ms.
    pub first_wait: Duration,
    /// No such wait is longer. Default 30 s.
    pub longest_wait: Duration,
    /// How often a push waits for the server's rate window. Default 20.
    pub most_windows: u32,
    /// A server that wants to be left alone for longer than this is tried again by the next push, no sooner than it said.
    /// Default 5 min.
    pub longest_window: Duration,
    /// How long after a failure a push is tried again. Default 5 min.
    pub again: Duration,
    /// How long after a push the next one is due: 1 h (recommended) to 24 h. Default 1 h.
    pub every: Duration,
    /// After how long without everything acknowledged the alarm is raised. Default 24 h.
    pub alarm_after: Duration,
    /// Before and after a school year begins nothing is sent for so long: totals of the old year must not arrive in the new one,
    /// whatever the clocks of the two sides say. Default 10 min, which is more than a request and its wait may take.
    pub year_margin: Duration,
    /// How long a push need not give a sign of life. Default 60 s.
    pub lease: Duration,
    /// How long a push waits for another one of the same district. Default 2 min.
    pub lease_wait: Duration,
    /// Whether any answer with a status of the 200s says that all rows were taken. The published API does not say how an answer
    /// looks; servers other than Homeroom may answer something else than a receipt. Default no: what cannot be read as a receipt is
    /// not relied upon.
    pub plain_answers: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 100_000,
            bytes: 16 << 20,
            tries: 6,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            most_windows: 20,
            longest_window: Duration::from_mins(5),
            again: Duration::from_mins(5),
            every: Duration::from_hours(1),
            alarm_after: Duration::from_hours(24),
            year_margin: Duration::from_mins(10),
            lease: Duration::from_mins(1),
            lease_wait: Duration::from_mins(2),
            plain_answers: false,
        }
    }
}

impl Reporting {
    /// The policy's school years and time zone, JSON, usual limits. Refused where the key can be none.
    pub fn new(policy: &Policy, metric: &str) -> Result<Self, GoalsError> {
        let years = SchoolYears::new(policy.time_zone(), &policy.school_year_starts())?;
        Self::of(years, metric)
    }

    /// The same with school years from elsewhere.
    pub fn of(years: SchoolYears, metric: &str) -> Result<Self, GoalsError> {
        if !is_key(metric) {
            return Err(GoalsError::Metric(metric.to_owned()));
        }
        Ok(Self {
            years,
            metric: metric.to_owned(),
            form: Form::default(),
            counts_finished_work: None,
            limits: Limits::default(),
        })
    }

    /// What a moment is for the district; nothing where a school year is just turning.
    pub(super) fn moment(&self, at: Timestamp) -> Option<Moment> {
        let moment = self.years.moment(at);
        (self.quiet_until(at).is_none()).then_some(moment)
    }

    /// Until when nothing is sent, if a school year is just turning.
    pub(super) fn quiet_until(&self, at: Timestamp) -> Option<Timestamp> {
        let margin = millis(self.limits.year_margin);
        let moment = self.years.moment(at);
        let next = homeroom_goals::SchoolYear(moment.year.0.saturating_add(1));
        [moment.began, self.years.begins(next)]
            .into_iter()
            .find(|begins| (begins.millis() - at.millis()).abs() < margin)
            .map(|begins| Timestamp::from_millis(begins.millis().saturating_add(margin)))
    }

    /// The body of some rows. Equal rows give equal bytes.
    pub(super) fn content(&self, rows: &[Outgoing]) -> Content {
        let (kind, body) = match self.form {
            Form::Json => ("application/json", outgoing::json(rows, &self.metric)),
            Form::Csv => ("text/csv", outgoing::csv(rows, &self.metric)),
        };
        Content {
            kind,
            body: body.into(),
        }
    }
}

/// A time in milliseconds.
pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// A moment so much later.
pub(super) fn later(at: Timestamp, by: Duration) -> Timestamp {
    Timestamp::from_millis(at.millis().saturating_add(millis(by)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_no_district_takes_is_refused_before_anything_is_sent() {
        let of = |key: &str| Reporting::of(SchoolYears::default(), key);
        assert!(of("lessons_completed").is_ok() && of(&"é".repeat(64)).is_ok());
        for key in ["minutes", "clever_id", &"k".repeat(65), "", "books read "] {
            let error = of(key).unwrap_err().to_string();
            assert!(error.contains("one to 64 characters"), "{error}");
        }
    }
}

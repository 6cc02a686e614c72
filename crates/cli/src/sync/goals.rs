//! `[goals]` of `sync.toml`: what districts are told about their students.

use std::time::Duration;

use anyhow::Context as _;
use homeroom_goals::SchoolYears;
use homeroom_plan::Policy;
use homeroom_sync::goals::{Form, Limits, Reporting};
use serde::Deserialize;

/// What districts are told about their students (docs/sending-goals.md). The school year and the time zone are those of the policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct GoalsSettings {
    /// The key of the app's one progress metric; without one nothing is sent.
    pub(crate) progress: Option<String>,
    /// Hours from one push of a district to the next, 1 to 24.
    pub(crate) every_hours: u32,
    /// Hours without everything acknowledged after which an alarm is raised.
    pub(crate) alarm_hours: u32,
    /// The form of a body.
    pub(crate) form: BodyForm,
    /// Students in one request.
    pub(crate) students_per_request: usize,
    /// Bytes of one request's body.
    pub(crate) bytes_per_request: usize,
    /// Whether the metric counts finished work, if the app's owner declared it.
    pub(crate) counts_finished_work: Option<bool>,
    /// Whether any answer with a status of the 200s is relied upon.
    pub(crate) plain_answers: bool,
}

/// The form of a body of metrics.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BodyForm {
    #[default]
    Json,
    Csv,
}

impl Default for GoalsSettings {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            progress: None,
            every_hours: 1,
            alarm_hours: 24,
            form: BodyForm::Json,
            students_per_request: limits.rows,
            bytes_per_request: limits.bytes,
            counts_finished_work: None,
            plain_answers: false,
        }
    }
}

impl GoalsSettings {
    /// How a district of this policy is reported; nothing if it is not.
    pub(crate) fn reporting(&self, policy: &Policy) -> anyhow::Result<Option<Reporting>> {
        let Some(metric) = &self.progress else {
            return Ok(None);
        };
        let mut reporting = Reporting::new(policy, metric).context("goals")?;
        reporting.form = match self.form {
            BodyForm::Json => Form::Json,
            BodyForm::Csv => Form::Csv,
        };
        reporting.counts_finished_work = self.counts_finished_work;
        reporting.limits = Limits {
            rows: self.students_per_request,
            bytes: self.bytes_per_request,
            every: Duration::from_hours(u64::from(self.every_hours)),
            alarm_after: Duration::from_hours(u64::from(self.alarm_hours)),
            plain_answers: self.plain_answers,
            ..Limits::default()
        };
        Ok(Some(reporting))
    }

    /// Refuses what cannot be meant.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            (1..=24).contains(&self.every_hours),
            "goals.every_hours is 1 to 24: a district is told at least daily"
        );
        anyhow::ensure!(
            self.alarm_hours >= self.every_hours,
            "goals.alarm_hours is not less than goals.every_hours"
        );
        anyhow::ensure!(
            self.students_per_request >= 1 && self.bytes_per_request >= 1,
            "goals.students_per_request and goals.bytes_per_request are at least 1"
        );
        if let Some(metric) = &self.progress {
            Reporting::of(SchoolYears::default(), metric).context("goals.progress")?;
        }
        Ok(())
    }
}

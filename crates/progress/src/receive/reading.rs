//! A body, read for a feed: which of its rows are of students the app may report about, and which metric is its progress.

use std::sync::Arc;

use homeroom_goals::submission::{self, Batch, Limits, Refused, Row, is_key};
use homeroom_model::ObjectId;
use homeroom_store::Digest;

use super::log::digest;
use super::{Form, Known, Request};
use crate::feed::FeedSettings;

/// No key of a body is this one: none has a control character that was taken for a key before.
const NO_KEY: &str = "\u{0}";

/// A body, read.
pub(super) struct Reading {
    pub(super) batch: Batch,
    /// Digest of the body.
    pub(super) digest: Digest,
    /// The rows of students the app may report about, in the order of the body.
    pub(super) rows: Vec<Row>,
    /// Those students, ascending.
    pub(super) students: Arc<[ObjectId]>,
    /// The settings of the feed after this body.
    pub(super) settings: FeedSettings,
    /// Whether the body declared the app's progress metric, or another one.
    pub(super) declares: bool,
}

impl Reading {
    pub(super) fn of(
        request: &Request,
        settings: FeedSettings,
        limits: &Limits,
        known: &dyn Known,
    ) -> Result<Self, Refused> {
        let read = |progress: Option<&str>| {
            let form = submission::Form { progress, limits };
            match request.form {
                Form::Json => submission::read_json(&request.body, &form),
                Form::Csv => submission::read_csv(&request.body, &form),
            }
        };
        let mut batch = read(settings.progress_key())?;
        let mut next = None;
        if settings.series.is_empty() {
            next.clone_from(&batch.progress_key);
            if next.as_deref().is_some_and(|key| !is_key(key)) {
                // A key that is a page long is no metric; the minutes beside it are.
                next = None;
                batch = read(Some(NO_KEY))?;
            }
        } else if settings.series.last().is_some_and(|last| !last.declared)
            && let Some(other) = batch.changed_key().filter(|key| is_key(key))
        {
            let other = other.to_owned();
            batch = read(Some(&other))?;
            next = batch.progress_key.is_some().then_some(other);
        }
        Ok(Self::sorted(batch, next, request, settings, known))
    }

    fn sorted(
        batch: Batch,
        next: Option<String>,
        request: &Request,
        mut settings: FeedSettings,
        known: &dyn Known,
    ) -> Self {
        let rows = batch.rows.iter().copied();
        let rows: Vec<Row> = rows
            .filter(|row| known.knows(&row.student, &settings))
            .collect();
        // A trial with students that nobody knows declares nothing.
        let counts = rows.iter().any(|row| row.progress.is_some());
        let declares = next
            .filter(|_| counts)
            .is_some_and(|key| settings.begin(&key, false, request.now));
        let mut students: Vec<ObjectId> = rows.iter().map(|row| row.student).collect();
        if !students.is_sorted_by(|a, b| a < b) {
            students.sort_unstable();
            students.dedup();
        }
        Self {
            batch,
            digest: digest(&request.body),
            rows,
            students: students.into(),
            settings,
            declares,
        }
    }
}

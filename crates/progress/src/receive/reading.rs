//! A body, read for a feed: which of its rows are of students the app may report about, and which metric is its progress.

use std::sync::Arc;

use homeroom_goals::submission::{self, Batch, HeaderFault, Limits, Refused, Row, is_key};
use homeroom_model::ObjectId;
use homeroom_store::Digest;

use super::log::digest;
use super::{Form, Known, Request};
use crate::feed::{FeedSettings, Turn};

/// No key of a body is this one: none has a control character that was taken for a key before.
const NO_KEY: &str = "\u{0}";

/// A body, read for a progress metric.
pub(super) struct Parsed {
    pub(super) batch: Batch,
    /// Digest of the body.
    pub(super) digest: Digest,
    /// The key of the app's metric and whether it was declared, as they were then.
    metric: Option<(String, bool)>,
    /// The key that becomes the app's metric, or takes its place.
    next: Option<String>,
}

/// A body, and what it is to a feed.
pub(super) struct Reading {
    pub(super) parsed: Arc<Parsed>,
    /// The rows of students the app may report about, in the order of the body.
    pub(super) rows: Vec<Row>,
    /// Those students, ascending.
    pub(super) students: Arc<[ObjectId]>,
    /// The settings of the feed after this body.
    pub(super) settings: FeedSettings,
    /// What the body makes of the app's progress metric, where it is the first one or another.
    pub(super) turned: Option<Turned>,
}

/// Another metric of a feed.
#[derive(Clone)]
pub(super) struct Turned {
    /// The settings after it, as the store keeps them.
    pub(super) text: String,
    /// What the audit says of it.
    pub(super) says: String,
}

impl Turned {
    /// Another metric, if the settings have one after a turn; `before` counted before it.
    fn of(settings: &FeedSettings, turn: Turn, before: Option<u32>) -> Option<Self> {
        let becomes = match turn {
            Turn::Stays | Turn::Declared => return None,
            Turn::Begins => "begins",
            Turn::Returns => "goes on",
        };
        let series = settings.metrics().series;
        let before = before.map(|before| format!(" in place of series {before}"));
        let before = before.unwrap_or_default();
        Some(Self {
            text: settings.to_text(),
            says: format!("series {series} {becomes}{before}"),
        })
    }
}

impl Parsed {
    /// Reads a body. Of an app that declared nothing, the only metric of a body beside minutes is its progress metric,
    /// whether there are minutes or not.
    fn of(request: &Request, settings: &FeedSettings, limits: &Limits) -> Result<Self, Refused> {
        let read = |progress: Option<&str>| {
            let form = submission::Form { progress, limits };
            match request.form {
                Form::Json => submission::read_json(&request.body, &form),
                Form::Csv => submission::read_csv(&request.body, &form),
            }
        };
        let metric = metric(settings);
        let (batch, next) = match &metric {
            None => first(read)?,
            Some((key, true)) => (read(Some(key))?, None),
            Some((key, false)) => same_or_next(key, read)?,
        };
        Ok(Self {
            batch,
            digest: digest(&request.body),
            metric,
            next,
        })
    }
}

fn metric(settings: &FeedSettings) -> Option<(String, bool)> {
    let last = settings.series.last();
    last.map(|last| (last.key.clone(), last.declared))
}

/// A body of an app that has no metric yet.
fn first(
    read: impl Fn(Option<&str>) -> Result<Batch, Refused>,
) -> Result<(Batch, Option<String>), Refused> {
    let batch = read(None)?;
    match batch.progress_key.clone() {
        // A key that is a page long is no metric; the minutes beside it are.
        Some(key) if !is_key(&key) => Ok((read(Some(NO_KEY))?, None)),
        next => Ok((batch, next)),
    }
}

/// A body of an app whose metric is the one that it sent before.
fn same_or_next(
    key: &str,
    read: impl Fn(Option<&str>) -> Result<Batch, Refused>,
) -> Result<(Batch, Option<String>), Refused> {
    let same = read(Some(key));
    let other = match &same {
        Ok(batch) => batch.changed_key().map(str::to_owned),
        // Nothing that counts in it, as far as that key is asked for: there may be progress in the next metric alone.
        Err(Refused::Nothing { .. } | Refused::Header(HeaderFault::NoMetric)) => {
            let alone = read(None).ok().filter(|batch| batch.others.is_empty());
            alone.and_then(|batch| batch.progress_key)
        }
        Err(_) => None,
    };
    if let Some(other) = other.filter(|other| is_key(other)) {
        let batch = read(Some(&other))?;
        if batch.progress_key.is_some() {
            return Ok((batch, Some(other)));
        }
    }
    Ok((same?, None))
}

impl Reading {
    /// Reads a body, unless it was `parsed` before for the same metric.
    pub(super) fn of(
        request: &Request,
        parsed: Option<Arc<Parsed>>,
        settings: FeedSettings,
        limits: &Limits,
        known: &dyn Known,
    ) -> Result<Self, Refused> {
        let parsed = match parsed.filter(|parsed| parsed.metric == metric(&settings)) {
            Some(parsed) => parsed,
            None => Arc::new(Parsed::of(request, &settings, limits)?),
        };
        Ok(Self::sorted(parsed, request, settings, known))
    }

    fn sorted(
        parsed: Arc<Parsed>,
        request: &Request,
        mut settings: FeedSettings,
        known: &dyn Known,
    ) -> Self {
        let rows = parsed.batch.rows.iter().copied();
        let rows: Vec<Row> = rows
            .filter(|row| known.knows(&row.student, &settings))
            .collect();
        // A trial with students that nobody knows declares nothing.
        let counts = rows.iter().any(|row| row.progress.is_some());
        let next = parsed.next.as_deref().filter(|_| counts);
        let before = settings.series.last().map(|series| series.number);
        let turned = next.and_then(|key| {
            let turn = settings.count(key, false, request.now);
            Turned::of(&settings, turn, before)
        });
        let mut students: Vec<ObjectId> = rows.iter().map(|row| row.student).collect();
        if !students.is_sorted_by(|a, b| a < b) {
            students.sort_unstable();
            students.dedup();
        }
        Self {
            parsed,
            rows,
            students: students.into(),
            settings,
            turned,
        }
    }
}

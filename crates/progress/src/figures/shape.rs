//! What figures of several audiences share.

use homeroom_goals::figures::Week;
use homeroom_goals::report_link::Subject;
use homeroom_goals::state::{Episode, State, Verdict};
use homeroom_goals::target::{Stretch, Target};
use homeroom_goals::{Amount, Pace};
use homeroom_model::{Date, ObjectId, Timestamp};
use serde::{Serialize, Serializer};

use super::csv::Csv;
use crate::book::{Book, FeedBook};
use crate::judging::Aims;
use crate::targets::level_id;

/// Whom a figure is for, and as of when.
#[derive(Clone, Debug, Serialize)]
pub struct Head {
    /// `student`, `contact`, `teacher`, `school`, `district` or `app`.
    pub audience: &'static str,
    /// The district.
    pub district: ObjectId,
    /// As of when.
    pub as_of: As,
}

/// As of when a figure is.
#[derive(Clone, Debug, Serialize)]
pub struct As {
    /// The moment.
    #[serde(serialize_with = "iso")]
    pub at: Timestamp,
    /// The district's day.
    pub day: Date,
    /// The school year, by the calendar year in which it ends.
    pub school_year: i16,
    /// The published roster.
    pub snapshot: u64,
}

impl Head {
    pub(crate) fn new(audience: &'static str, book: &Book) -> Self {
        Self {
            audience,
            district: book.district,
            as_of: As {
                at: book.moment.at,
                day: book.moment.day,
                school_year: book.year(),
                snapshot: book.roster.number(),
            },
        }
    }
}

/// Which app a figure is from, and how fresh it is.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
    /// The app.
    pub id: ObjectId,
    /// Its name.
    pub name: String,
    /// The key of its progress metric, once it is known.
    pub progress_key: Option<String>,
    /// What it calls its progress metric.
    pub progress_label: String,
    /// When it last sent anything about the district's students.
    #[serde(serialize_with = "iso_or_null")]
    pub last_received: Option<Timestamp>,
    /// Whether that is too long ago, or never was. Nothing can be said then of what anybody did since: states are
    /// `feed_stale`, and what is not known is absent (targets met, recent minutes, weeks that were not told whole).
    pub stale: bool,
}

impl Source {
    pub(crate) fn of(book: &Book, feed: &FeedBook) -> Self {
        Self {
            id: feed.key.app,
            name: feed.name.clone(),
            progress_key: feed.settings.progress_key().map(str::to_owned),
            progress_label: feed.settings.progress_label().to_owned(),
            last_received: feed.kept.last,
            stale: feed.is_stale(book.moment.at),
        }
    }
}

/// A target that counts, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetTarget {
    /// How much in an ordinary week of school.
    pub per_week: Amount,
    /// Which level set it: `app`, `district`, `school`, `section` or `student`.
    pub level: &'static str,
    /// Which school, section or student.
    pub id: Option<ObjectId>,
    /// For whom at that level: `everyone`, `elementary`, `grade 5`.
    pub for_whom: String,
    /// The first day it is for.
    pub from: Date,
    /// Who set it; empty for the app.
    pub by: String,
    /// When it was set.
    #[serde(serialize_with = "iso")]
    pub set_at: Timestamp,
}

impl SetTarget {
    pub(crate) fn of(target: &Target) -> Option<Self> {
        Some(Self {
            per_week: target.per_week?,
            level: target.level.name(),
            id: level_id(target.level),
            for_whom: target.audience.name(),
            from: target.from,
            by: target.by.to_string(),
            set_at: target.at,
        })
    }
}

/// The targets that count for somebody on the day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SetTargets {
    /// For minutes.
    pub minutes: Option<SetTarget>,
    /// For progress.
    pub progress: Option<SetTarget>,
}

impl SetTargets {
    /// Four cells: how much of minutes and of progress, each with the level that says so.
    pub(crate) fn cells(&self, csv: &mut Csv) {
        for target in [&self.minutes, &self.progress] {
            csv.maybe(target.as_ref().map(|target| target.per_week));
            csv.maybe(target.as_ref().map(|target| target.level));
        }
    }

    pub(crate) fn of(aims: &Aims<'_>, day: Date) -> Self {
        let on = |stretches: &[Stretch<'_>]| Aims::on(stretches, day).and_then(SetTarget::of);
        Self {
            minutes: on(&aims.minutes),
            progress: on(&aims.progress),
        }
    }
}

/// How somebody stands against the targets to date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paces {
    /// In minutes.
    pub minutes: Option<Pace>,
    /// In progress.
    pub progress: Option<Pace>,
    /// Whether all was done that should have been by now; `None` without a target, and where it is not known.
    pub met: Option<bool>,
}

impl Paces {
    /// Three cells: whether all is met, and the percent of each target to date.
    pub(crate) fn cells(&self, csv: &mut Csv) {
        csv.maybe(self.met);
        for pace in [&self.minutes, &self.progress] {
            let percent = pace.as_ref().map(|pace| pace.done.percent_of(pace.target));
            csv.maybe(percent.flatten());
        }
    }

    pub(crate) fn of(verdict: &Verdict) -> Self {
        Self {
            minutes: verdict.minutes,
            progress: verdict.progress,
            met: verdict.met(),
        }
    }
}

/// The time of being stuck that is open. Whether it still is cannot be said while the feed is stale.
pub(crate) fn open_episode(verdict: &Verdict) -> Option<Episode> {
    let last = verdict.stuck.last();
    let last = last.filter(|_| verdict.state != State::FeedStale);
    last.filter(|episode| episode.to.is_none()).cloned()
}

/// One week of a student, for a sparkline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StudentWeek {
    /// Its Monday.
    pub monday: Date,
    /// Active minutes.
    pub minutes: Amount,
    /// Progress.
    pub progress: Amount,
    /// Minutes that should have been.
    pub target_minutes: Amount,
    /// Progress that should have been.
    pub target_progress: Amount,
}

impl StudentWeek {
    pub(crate) fn of(week: &Week) -> Self {
        Self {
            monday: week.monday,
            minutes: week.minutes,
            progress: week.progress,
            target_minutes: week.target_minutes,
            target_progress: week.target_progress,
        }
    }
}

/// The app's report about somebody or something.
pub(crate) fn link(feed: &FeedBook, subject: Subject, id: ObjectId) -> Option<String> {
    feed.settings.report_link(subject).map(|link| link.of(id))
}

/// A moment as `2026-11-22T09:30:00.000Z`.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape that serde asks for"
)]
pub(crate) fn iso<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_iso())
}

#[allow(clippy::ref_option, reason = "the shape that serde asks for")]
pub(crate) fn iso_or_null<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => iso(at, serializer),
        None => serializer.serialize_none(),
    }
}

//! What figures of several audiences share.

use homeroom_goals::figures::{Group, Week, hidden};
use homeroom_goals::report_link::Subject;
use homeroom_goals::state::{Episode, State, Verdict};
use homeroom_goals::target::{Stretch, Target};
use homeroom_goals::{Amount, Pace};
use homeroom_model::{Date, ObjectId, Timestamp};
use serde::{Serialize, Serializer};

use super::csv::Csv;
use crate::book::{Book, FeedBook};
use crate::judging::Aims;
use crate::standings::Standing;
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
    /// Whether that is too long ago, or never was: nothing can be said of anybody then.
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
    /// Whether all was done that should have been by now.
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

/// The time of being stuck that is open.
pub(crate) fn open_episode(verdict: &Verdict) -> Option<Episode> {
    let last = verdict.stuck.last();
    last.filter(|episode| episode.to.is_none()).cloned()
}

/// Counts of a group of students in one app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Students, those reported, states, targets met, minutes and progress of the school year.
    #[serde(flatten)]
    pub group: Group,
    /// On track or ahead.
    pub on_track: u32,
    /// Percent of those with a target who met it.
    pub met_percent: Option<u32>,
    /// Percent of those enrolled whom the app reported this school year.
    pub coverage_percent: Option<u32>,
    /// Minutes of the last school days, as many as the window of "has not used it" has.
    pub recent_minutes: Amount,
    /// Minutes of as many school days before those.
    pub earlier_minutes: Amount,
}

/// A group being counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) group: Group,
    pub(crate) recent: Amount,
    before: Amount,
}

impl Tally {
    /// Counts a student who is in the feed.
    pub(crate) fn add(&mut self, standing: &Standing, stale: bool) {
        let Some(counted) = standing.counted(stale) else {
            return;
        };
        self.group.count(&counted);
        self.recent = self.recent + standing.recent;
        self.before = self.before + standing.before;
    }

    /// Counts the students of another group, which has none of this one's.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.group.merge(&other.group);
        self.recent = self.recent + other.recent;
        self.before = self.before + other.before;
    }

    pub(crate) fn counts(self) -> Counts {
        Counts {
            on_track: self.group.on_track(),
            met_percent: self.group.met_percent(),
            coverage_percent: self.group.coverage_percent(),
            recent_minutes: self.recent,
            earlier_minutes: self.before,
            group: self.group,
        }
    }
}

/// One of several groups. Above teacher level those with few students are hidden, and what they could be worked out from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupRow {
    /// The school or the teacher.
    pub id: Option<ObjectId>,
    /// What it is called: a school, a teacher, a grade, a value of a field.
    pub name: String,
    /// Where its students are in the app.
    pub link: Option<String>,
    /// Whether it is too small to be shown, or would tell of one that is.
    pub hidden: bool,
    /// The counts, unless it is hidden.
    pub counts: Option<Counts>,
}

impl GroupRow {
    /// The row of all of it.
    pub(crate) fn whole(
        id: ObjectId,
        name: &str,
        counts: Option<Counts>,
        link: Option<&str>,
    ) -> Self {
        Self {
            id: Some(id),
            name: name.to_owned(),
            link: link.map(str::to_owned),
            hidden: counts.is_none(),
            counts,
        }
    }

    /// A row of a table with [`count_columns`].
    pub(crate) fn cells(&self, csv: &mut Csv, day: Date, app: &str, kind: &str) {
        csv.plain(day).text(app).plain(kind).maybe(self.id);
        csv.text(&self.name).plain(self.hidden);
        if let Some(counts) = &self.counts {
            let group = &counts.group;
            csv.plain(group.students).plain(group.reported);
            csv.maybe(counts.coverage_percent);
            for state in State::ALL {
                csv.plain(group.states.of(state));
            }
            csv.plain(group.with_target)
                .plain(group.met)
                .maybe(counts.met_percent);
            csv.plain(group.minutes).plain(group.progress);
            csv.plain(counts.recent_minutes)
                .plain(counts.earlier_minutes);
        }
        csv.end();
    }
}

/// The columns of a table of groups. Rows of hidden groups end early.
pub(crate) fn count_columns() -> Vec<&'static str> {
    let before = [
        "as_of",
        "app",
        "group",
        "id",
        "name",
        "hidden",
        "students",
        "reported",
        "coverage_percent",
    ];
    let after = [
        "with_target",
        "met",
        "met_percent",
        "minutes",
        "progress",
        "recent_minutes",
        "earlier_minutes",
    ];
    let states = State::ALL.map(State::name);
    before.into_iter().chain(states).chain(after).collect()
}

/// The columns of a table of weeks.
pub(crate) const WEEK_COLUMNS: [&str; 8] = [
    "app",
    "monday",
    "school_days",
    "students",
    "minutes",
    "target_minutes",
    "progress",
    "target_progress",
];

/// Rows of a table with [`WEEK_COLUMNS`].
pub(crate) fn week_rows(csv: &mut Csv, app: &str, weeks: &[Week]) {
    for week in weeks {
        csv.text(app)
            .plain(week.monday)
            .plain(week.school_days)
            .plain(week.students);
        csv.plain(week.minutes).plain(week.target_minutes);
        csv.plain(week.progress).plain(week.target_progress);
        csv.end();
    }
}

/// A group before it is known whether it may be shown.
pub(crate) struct Candidate {
    pub(crate) id: Option<ObjectId>,
    pub(crate) name: String,
    pub(crate) link: Option<String>,
    pub(crate) tally: Tally,
}

impl Candidate {
    fn shown(self, hidden: bool) -> GroupRow {
        GroupRow {
            id: self.id,
            name: self.name,
            link: self.link,
            hidden,
            counts: (!hidden).then(|| self.tally.counts()),
        }
    }

    fn size(&self) -> u32 {
        self.tally.group.students
    }
}

/// Groups that together are a whole which is shown: small ones are hidden, and the next smallest if only one would be.
pub(crate) fn parts_of_whole(groups: Vec<Candidate>, least: u32) -> Vec<GroupRow> {
    let sizes: Vec<u32> = groups.iter().map(Candidate::size).collect();
    let hidden = hidden(&sizes, least);
    let groups = groups.into_iter().zip(hidden);
    groups.map(|(group, hidden)| group.shown(hidden)).collect()
}

/// Groups that overlap, such as the students of teachers: those are hidden that are small, and those that leave few of the
/// whole.
pub(crate) fn overlapping(groups: Vec<Candidate>, whole: u32, least: u32) -> Vec<GroupRow> {
    let small = |size: u32| (1..least).contains(&size);
    let groups = groups.into_iter().map(|group| {
        let hidden = small(group.size()) || small(whole.saturating_sub(group.size()));
        group.shown(hidden)
    });
    groups.collect()
}

/// The counts of a whole, `None` where it is too small to be shown.
pub(crate) fn whole(tally: Tally, least: u32) -> Option<Counts> {
    let small = (1..least).contains(&tally.group.students);
    (!small).then(|| tally.counts())
}

/// Weeks of a group, none where it is too small to be shown.
pub(crate) fn weeks_of_whole(weeks: Vec<Week>, students: u32, least: u32) -> Vec<Week> {
    if (1..least).contains(&students) {
        Vec::new()
    } else {
        weeks
    }
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

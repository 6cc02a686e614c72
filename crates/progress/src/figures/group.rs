//! Counts of groups, and which of them are hidden.

use homeroom_goals::Amount;
use homeroom_goals::figures::{Group, Week, hidden};
use homeroom_goals::state::State;
use homeroom_model::{Date, ObjectId};
use serde::Serialize;

use super::csv::Csv;
use crate::standings::Standing;

/// Counts of a group of students in one app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Students, those reported, states, targets met.
    #[serde(flatten)]
    pub group: Group,
    /// Minutes of the school year; `None` above teacher level where they are of few, or would tell of few.
    pub minutes: Option<Amount>,
    /// Progress of the school year, likewise.
    pub progress: Option<Amount>,
    /// On track or ahead.
    pub on_track: u32,
    /// Percent of those with a target who met it.
    pub met_percent: Option<u32>,
    /// Percent of those enrolled whom the app reported this school year.
    pub coverage_percent: Option<u32>,
    /// Minutes of the last school days, as many as the window of "has not used it" has, of those of whom something is known;
    /// `None` where that is nobody, because the feed is stale, and above teacher level where it is few, or would tell of few.
    pub recent_minutes: Option<Amount>,
    /// Minutes of as many school days before those.
    pub earlier_minutes: Option<Amount>,
}

/// A group being counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) group: Group,
    pub(crate) recent: Amount,
    before: Amount,
    /// Of how many those are.
    with_recent: u32,
}

/// Of how many students all of a group is, and each of its sums: minutes of the year, progress of the year, minutes of the last
/// school days.
const SIZES: [fn(&Tally) -> u32; 4] = [
    |tally| tally.group.students,
    |tally| tally.group.with_minutes,
    |tally| tally.group.with_progress,
    |tally| tally.with_recent,
];

impl Tally {
    /// Counts a student who is in the feed.
    pub(crate) fn add(&mut self, standing: &Standing, stale: bool) {
        let Some(counted) = standing.counted(stale) else {
            return;
        };
        self.group.count(&counted);
        if counted.state == State::FeedStale {
            return;
        }
        self.recent = self.recent + standing.recent;
        self.before = self.before + standing.before;
        self.with_recent += u32::from(standing.minutes.is_some());
    }

    /// Counts the students of another group, which has none of this one's.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.group.merge(&other.group);
        self.recent = self.recent + other.recent;
        self.before = self.before + other.before;
        self.with_recent += other.with_recent;
    }

    pub(crate) fn counts(self) -> Counts {
        let (students, unknown) = (self.group.students, self.group.states.of(State::FeedStale));
        let known = students > unknown || students == 0;
        Counts {
            minutes: Some(self.group.minutes),
            progress: Some(self.group.progress),
            on_track: self.group.on_track(),
            met_percent: self.group.met_percent(),
            coverage_percent: self.group.coverage_percent(),
            recent_minutes: known.then_some(self.recent),
            earlier_minutes: known.then_some(self.before),
            group: self.group,
        }
    }

    /// The counts without what is hidden; `None` where all of it is.
    fn shown(self, hidden: Hidden) -> Option<Counts> {
        let [all, minutes, progress, recent] = hidden;
        if all {
            return None;
        }
        let counts = self.counts();
        Some(Counts {
            minutes: counts.minutes.filter(|_| !minutes),
            progress: counts.progress.filter(|_| !progress),
            recent_minutes: counts.recent_minutes.filter(|_| !recent),
            earlier_minutes: counts.earlier_minutes.filter(|_| !recent),
            ..counts
        })
    }
}

/// What of a group is not shown above teacher level, in the order of [`SIZES`]: it is of few students, or would tell of few.
type Hidden = [bool; SIZES.len()];

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
        csv.text(self.link.as_deref().unwrap_or_default());
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
            csv.maybe(counts.minutes).maybe(counts.progress);
            csv.maybe(counts.recent_minutes)
                .maybe(counts.earlier_minutes);
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
        "link",
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

/// One week of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct GroupWeek {
    /// Its Monday.
    pub monday: Date,
    /// How many of its days had school, and are over.
    pub school_days: u32,
    /// Students who worked at least a minute.
    pub students: u32,
    /// Active minutes.
    pub minutes: Amount,
    /// Progress; `None` where it is known of few.
    pub progress: Option<Amount>,
    /// Minutes that should have been.
    pub target_minutes: Amount,
    /// Progress that should have been.
    pub target_progress: Amount,
}

/// Rows of a table with [`WEEK_COLUMNS`].
pub(crate) fn week_rows(csv: &mut Csv, app: &str, weeks: &[GroupWeek]) {
    for week in weeks {
        csv.text(app)
            .plain(week.monday)
            .plain(week.school_days)
            .plain(week.students);
        csv.plain(week.minutes).plain(week.target_minutes);
        csv.maybe(week.progress).plain(week.target_progress);
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
    fn shown(self, hidden: Hidden) -> GroupRow {
        GroupRow {
            id: self.id,
            name: self.name,
            link: self.link,
            hidden: hidden[0],
            counts: self.tally.shown(hidden),
        }
    }
}

/// Groups that together are a whole which is shown: small ones are hidden, and the next smallest if only one would be. So are
/// sums of few.
pub(crate) fn parts_of_whole(groups: Vec<Candidate>, least: u32) -> Vec<GroupRow> {
    let by_size = SIZES.map(|size| {
        let sizes: Vec<u32> = groups.iter().map(|group| size(&group.tally)).collect();
        hidden(&sizes, least)
    });
    let groups = groups.into_iter().enumerate().map(|(place, group)| {
        let hidden = by_size.each_ref();
        group.shown(hidden.map(|hidden| hidden.get(place) == Some(&true)))
    });
    groups.collect()
}

/// Groups that overlap, such as the students of teachers: those are hidden that are small, and those that leave few of the
/// whole. So are sums of few, and those that leave a sum of few.
pub(crate) fn overlapping(groups: Vec<Candidate>, whole: &Tally, least: u32) -> Vec<GroupRow> {
    let groups = groups.into_iter().map(|group| {
        let hidden = SIZES.map(|size| {
            let (part, whole) = (size(&group.tally), size(whole));
            is_small(part, least) || is_small(whole.saturating_sub(part), least)
        });
        group.shown(hidden)
    });
    groups.collect()
}

/// The counts of a whole, `None` where it is too small to be shown.
pub(crate) fn whole(tally: Tally, least: u32) -> Option<Counts> {
    let hidden = SIZES.map(|size| is_small(size(&tally), least));
    tally.shown(hidden)
}

/// Weeks of a group: none where it is too small to be shown, and none that are known of few.
pub(crate) fn weeks_of_whole(weeks: &[Week], students: u32, least: u32) -> Vec<GroupWeek> {
    if is_small(students, least) {
        return Vec::new();
    }
    let shown = weeks
        .iter()
        .filter(|week| !is_small(week.with_minutes, least));
    let shown = shown.map(|week| GroupWeek {
        monday: week.monday,
        school_days: week.school_days,
        students: week.students,
        minutes: week.minutes,
        progress: Some(week.progress).filter(|_| !is_small(week.with_progress, least)),
        target_minutes: week.target_minutes,
        target_progress: week.target_progress,
    });
    shown.collect()
}

/// Few, but not nobody.
fn is_small(size: u32, least: u32) -> bool {
    (1..least).contains(&size)
}

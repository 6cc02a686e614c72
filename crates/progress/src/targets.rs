//! Targets: what was said about them, what is in force, and who may say what (integration-side D4).

mod kept;
mod wish;

use std::collections::{BTreeMap, BTreeSet};

use homeroom_goals::Amount;
use homeroom_goals::target::{Audience, Level, Metric, SchoolType, Target, Targets};
use homeroom_model::{Date, Kind, ObjectId, Timestamp};
use homeroom_store::{Conflict, ErrorKind, FeedKey, GoalsTarget, StoreError};
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use crate::calendar::{Rules, RulesError};
use crate::feed::{By, FeedSettings};
use crate::figures::{FigureError, Figures, SetTarget, iso};
use kept::{holds, target, told};
use wish::Known;

pub(crate) use kept::{level_id, read};

/// How often setting targets is tried again when somebody else was quicker.
const TRIES: usize = 5;
/// Targets that one wish list may hold: what an app recommends for every grade, many times over.
const AT_ONCE: usize = 200;

/// Who sets targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setter {
    /// The district's people: for the district, a school, a section or a student.
    District,
    /// The app: what it recommends.
    App,
}

/// A target that somebody wishes to set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetWish {
    /// For whom: `app`, `district`, `school`, `section` or `student`.
    pub level: LevelWord,
    /// Which school, section or student.
    #[serde(default)]
    pub id: Option<ObjectId>,
    /// Only students in this grade.
    #[serde(default)]
    pub grade: Option<String>,
    /// Only students in schools of this type.
    #[serde(default)]
    pub school_type: Option<SchoolType>,
    /// Of what.
    pub metric: Metric,
    /// How much in an ordinary week of school; 0 says that there is no target, `null` that the next level out decides again.
    #[serde(deserialize_with = "said")]
    pub per_week: Option<Amount>,
    /// The first day it is for; today if it is left out.
    #[serde(default)]
    pub from: Option<Date>,
}

/// Reads how much a target is: `null` is an answer, and leaving it out is none.
pub fn said<'de, D: Deserializer<'de>>(amount: D) -> Result<Option<Amount>, D::Error> {
    Option::deserialize(amount)
}

/// A level as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelWord {
    /// The app recommends.
    App,
    /// The district.
    District,
    /// A school.
    School,
    /// A section.
    Section,
    /// A student.
    Student,
}

/// Why targets are not set. Nothing of the list is.
#[derive(Debug, Error)]
pub enum TargetError {
    /// A wish is wrong; the number counts from 1.
    #[error("target {0}: {1}")]
    Wish(usize, Fault),
    /// Too many, or none.
    #[error("targets are set 1 to {AT_ONCE} at a time")]
    Many,
    /// Goals are not on for this app and district.
    #[error("Goals were never switched on for this app and district")]
    NoFeed,
    /// The store does not answer or refuses, or the district cannot be read.
    #[error(transparent)]
    Figure(#[from] FigureError),
}

impl From<RulesError> for TargetError {
    fn from(error: RulesError) -> Self {
        Self::Figure(error.into())
    }
}

impl From<StoreError> for TargetError {
    fn from(error: StoreError) -> Self {
        Self::Figure(error.into())
    }
}

/// What is wrong with a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// An app sets nobody else's level, and nobody sets an app's.
    #[error("an app sets level app, a district sets district, school, section and student")]
    Level,
    /// The level needs an id, or does not take one.
    #[error("school, section and student take an id; app and district take none")]
    Id,
    /// Nothing that is published has the id.
    #[error("this district has published no such school, section or student")]
    Unknown,
    /// Both, or one where the level does not take it.
    #[error(
        "grade or school_type narrows app and district, grade alone narrows school; one of them at a time"
    )]
    Narrow,
    /// Not on the list.
    #[error("there is no such grade; grades are written like \"5\" or \"Kindergarten\"")]
    Grade,
    /// More than there is time.
    #[error("a week has 10080 minutes, and no target is above 1000000000")]
    TooMuch,
    /// A day of another year.
    #[error("from is a day of this school year or of the next one")]
    Day,
}

/// A statement about a target, in force or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Counts the statements of the feed.
    pub number: u64,
    /// The level that says it.
    pub level: &'static str,
    /// Which school, section or student.
    pub id: Option<ObjectId>,
    /// For whom at that level: `everyone`, `elementary`, `grade 5`.
    pub for_whom: String,
    /// Of what.
    pub metric: Metric,
    /// The key of the app's progress metric that it is of; `null` of minutes, and while no metric came.
    pub progress_key: Option<String>,
    /// Whether it is of a progress metric that does not count now: it rests until that one returns.
    pub rests: bool,
    /// How much in an ordinary week of school; `null` takes back what was said before, 0 says that there is no target.
    pub per_week: Option<Amount>,
    /// The first day it is for.
    pub from: Date,
    /// Who said it; empty for the app.
    pub by: String,
    /// When.
    #[serde(serialize_with = "iso")]
    pub set_at: Timestamp,
}

impl Figures {
    /// Sets targets of a feed, all or none, and returns the number of the newest. Those for progress are of the metric that counts
    /// now. What holds already is not said again, so an app may repeat its recommendations every day. Noted in the audit where
    /// it changed anything.
    pub async fn set_targets(
        &self,
        key: FeedKey,
        wishes: &[TargetWish],
        setter: Setter,
        by: By<'_>,
    ) -> Result<u64, TargetError> {
        if wishes.is_empty() || wishes.len() > AT_ONCE {
            return Err(TargetError::Many);
        }
        let record = self.store.district(key.district).await?;
        let record = record.ok_or(TargetError::NoFeed)?;
        let rules = Rules::of(&*self.store, key.district).await?;
        let roster = self.roster(key.district, record.snapshot).await?;
        let settings = self.settings_of(key).await?;
        let known = Known {
            roster: &roster,
            years: &rules.years,
            series: settings.metrics().series,
        };
        let mut targets = Vec::with_capacity(wishes.len());
        for (place, wish) in wishes.iter().enumerate() {
            let kept = wish.kept(setter, by, &known);
            targets.push(kept.map_err(|fault| TargetError::Wish(place + 1, fault))?);
        }
        self.add_targets(key, &targets, by).await
    }

    async fn add_targets(
        &self,
        key: FeedKey,
        targets: &[GoalsTarget],
        by: By<'_>,
    ) -> Result<u64, TargetError> {
        let mut tries = TRIES;
        loop {
            let kept = self.store.goals_targets(key).await?;
            let last = kept.last().map_or(0, |target| target.number);
            tries -= 1;
            let new = targets.iter().filter(|new| !holds(&kept, new)).cloned();
            let new: Vec<_> = new.collect();
            if new.is_empty() {
                return Ok(last);
            }
            let told = told(key, &kept, &new);
            let entry = by.entry(key.district, "goals targets set", told);
            let added = self.store.add_goals_targets(key, last, new, Some(entry));
            match added.await {
                Ok(number) => return Ok(number),
                Err(error) => match error.kind() {
                    ErrorKind::Conflict(Conflict::Moved) if tries > 0 => {}
                    ErrorKind::Conflict(Conflict::Gone) => return Err(TargetError::NoFeed),
                    _ => return Err(error.into()),
                },
            }
        }
    }

    /// Every statement about the targets of a feed, newest first.
    pub async fn targets(&self, key: FeedKey) -> Result<Vec<Statement>, FigureError> {
        let settings = self.settings_of(key).await?;
        let kept = self.store.goals_targets(key).await?;
        let statements = kept.iter().rev();
        let statements = statements.filter_map(|kept| statement(kept, &settings));
        Ok(statements.collect())
    }

    /// The targets of a feed in force on the day of a moment, from afar to near.
    pub async fn targets_in_force(
        &self,
        key: FeedKey,
        now: Timestamp,
    ) -> Result<Vec<NamedTarget>, FigureError> {
        let rules = Rules::of(&*self.store, key.district).await?;
        let series = self.settings_of(key).await?.metrics().series;
        let kept = self.store.goals_targets(key).await?;
        Ok(in_force(&read(&kept, series), rules.years.day_of(now)))
    }

    /// What is settled about a feed; nothing where there is none.
    async fn settings_of(&self, key: FeedKey) -> Result<FeedSettings, FigureError> {
        let feed = self.store.goals_feed(key).await?;
        let read = feed.as_ref().map(FeedSettings::read).transpose()?;
        Ok(read.unwrap_or_default())
    }
}

fn statement(kept: &GoalsTarget, settings: &FeedSettings) -> Option<Statement> {
    let (target, series) = target(kept)?;
    let mut known = settings.series.iter();
    let of = series.and_then(|series| known.find(|known| known.number == series));
    Some(Statement {
        progress_key: of.map(|of| of.key.clone()),
        rests: series.is_some_and(|series| series != settings.metrics().series),
        number: kept.number,
        level: target.level.name(),
        id: level_id(target.level),
        for_whom: target.audience.name(),
        metric: target.metric,
        per_week: target.per_week,
        from: target.from,
        by: kept.by.clone(),
        set_at: kept.at,
    })
}

/// A target that is in force, with whom it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedTarget {
    /// `minutes` or `progress`.
    pub metric: Metric,
    /// The target.
    #[serde(flatten)]
    pub target: SetTarget,
}

impl NamedTarget {
    /// The school, section or student that it was set for; `None` where it is for the whole district.
    pub fn whose(&self) -> Option<(Kind, ObjectId)> {
        let kind = match self.target.level {
            "school" => Kind::School,
            "section" => Kind::Section,
            _ => Kind::Student,
        };
        Some((kind, self.target.id?))
    }
}

/// Where targets were set below the district.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Adjusted {
    /// Schools.
    pub schools: u32,
    /// Sections.
    pub sections: u32,
    /// Students.
    pub students: u32,
}

/// The targets in force on a day, from afar to near: the last statement of each level, audience and metric that says how
/// much.
pub(crate) fn in_force(targets: &Targets, day: Date) -> Vec<NamedTarget> {
    let mut last: BTreeMap<(Level, Audience, bool), &Target> = BTreeMap::new();
    // In order of time within a level, so later ones take the place of earlier ones.
    for target in targets.all().iter().filter(|target| target.from <= day) {
        let progress = target.metric == Metric::Progress;
        last.insert((target.level, target.audience, progress), target);
    }
    let named = last.into_values().filter_map(|target| {
        Some(NamedTarget {
            metric: target.metric,
            target: SetTarget::of(target)?,
        })
    });
    named.collect()
}

/// How many schools, sections and students have targets of their own on a day.
pub(crate) fn adjusted(in_force: &[NamedTarget]) -> Adjusted {
    let ids: BTreeSet<_> = in_force
        .iter()
        .filter_map(|named| Some((named.target.level, named.target.id?)))
        .collect();
    let count = |level: &str| {
        let count = ids.iter().filter(|(other, _)| *other == level).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    Adjusted {
        schools: count("school"),
        sections: count("section"),
        students: count("student"),
    }
}

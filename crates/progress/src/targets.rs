//! Targets as the store keeps them, and who may set which (integration-side D4).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_goals::target::{Audience, Level, Metric, SchoolType, Target, Targets};
use homeroom_goals::{Amount, SchoolYears};
use homeroom_model::{ClosedList, Date, Grade, Kind, ObjectId, Timestamp};
use homeroom_store::{Conflict, ErrorKind, FeedKey, GoalsTarget, StoreError};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::{Rules, RulesError};
use crate::feed::By;
use crate::figures::{FigureError, Figures, SetTarget, iso};
use crate::roster::Roster;

/// How often setting targets is tried again when somebody else was quicker.
const TRIES: usize = 5;
/// Targets that one wish list may hold: what an app recommends for every grade, many times over.
const AT_ONCE: usize = 200;
/// Minutes of a week.
const WEEK: Amount = Amount::whole(7 * 24 * 60);

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
    pub per_week: Option<Amount>,
    /// The first day it is for; today if it is left out.
    #[serde(default)]
    pub from: Option<Date>,
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

impl TargetWish {
    fn level(&self, setter: Setter, roster: &Roster) -> Result<Level, Fault> {
        let by_app = self.level == LevelWord::App;
        if by_app != (setter == Setter::App) {
            return Err(Fault::Level);
        }
        let published = |kind: Kind| {
            let id = self.id.ok_or(Fault::Id)?;
            roster.find(kind, &id).ok_or(Fault::Unknown)?;
            Ok(id)
        };
        Ok(match self.level {
            LevelWord::App | LevelWord::District if self.id.is_some() => return Err(Fault::Id),
            LevelWord::App => Level::App,
            LevelWord::District => Level::District,
            LevelWord::School => Level::School(published(Kind::School)?),
            LevelWord::Section => Level::Section(published(Kind::Section)?),
            LevelWord::Student => Level::Student(published(Kind::Student)?),
        })
    }

    fn audience(&self, level: Level) -> Result<Audience, Fault> {
        let audience = match (&self.grade, self.school_type) {
            (None, None) => Audience::Everyone,
            (Some(grade), None) => Audience::Grade(Grade::from_text(grade).ok_or(Fault::Grade)?),
            (None, Some(kind)) => Audience::Type(kind),
            (Some(_), Some(_)) => return Err(Fault::Narrow),
        };
        let fits = match level {
            Level::App | Level::District => true,
            Level::School(_) => !matches!(audience, Audience::Type(_)),
            Level::Section(_) | Level::Student(_) => audience == Audience::Everyone,
        };
        if fits {
            Ok(audience)
        } else {
            Err(Fault::Narrow)
        }
    }

    /// The target as it is kept.
    fn kept(&self, setter: Setter, by: By<'_>, known: &Known<'_>) -> Result<GoalsTarget, Fault> {
        let level = self.level(setter, known.roster)?;
        let audience = self.audience(level)?;
        let most = match self.metric {
            Metric::Minutes => WEEK,
            Metric::Progress => Amount::MOST,
        };
        if self.per_week.is_some_and(|amount| amount > most) {
            return Err(Fault::TooMuch);
        }
        let today = known.years.day_of(by.now);
        let from = self.from.unwrap_or(today);
        let (year, this) = (known.years.year_of(from), known.years.year_of(today));
        if year != this && year.0 != this.0 + 1 {
            return Err(Fault::Day);
        }
        Ok(GoalsTarget {
            number: 0,
            audience: for_whom(level, audience),
            metric: metric_word(self.metric).to_owned(),
            per_week: self.per_week.map(Amount::micros),
            from,
            by: match setter {
                Setter::District => by.actor.to_owned(),
                Setter::App => String::new(),
            },
            at: by.now,
        })
    }
}

/// What a wish is compared with.
struct Known<'a> {
    roster: &'a Roster,
    years: &'a SchoolYears,
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
    /// Sets targets of a feed, all or none, and returns the number of the newest. Noted in the audit.
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
        let known = Known {
            roster: &roster,
            years: &rules.years,
        };
        let mut targets = Vec::with_capacity(wishes.len());
        for (place, wish) in wishes.iter().enumerate() {
            let kept = wish.kept(setter, by, &known);
            targets.push(kept.map_err(|fault| TargetError::Wish(place + 1, fault))?);
        }
        let number = self.add_targets(key, targets).await?;
        let detail = format!("app {}: {} up to number {number}", key.app, wishes.len());
        by.note(&*self.store, key.district, "goals targets set", detail)
            .await?;
        Ok(number)
    }

    async fn add_targets(
        &self,
        key: FeedKey,
        targets: Vec<GoalsTarget>,
    ) -> Result<u64, TargetError> {
        let mut tries = TRIES;
        loop {
            let kept = self.store.goals_targets(key).await?;
            let last = kept.last().map_or(0, |target| target.number);
            tries -= 1;
            let added = self.store.add_goals_targets(key, last, targets.clone());
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
        let kept = self.store.goals_targets(key).await?;
        Ok(kept.iter().rev().filter_map(statement).collect())
    }

    /// The targets of a feed in force on the day of a moment, from afar to near.
    pub async fn targets_in_force(
        &self,
        key: FeedKey,
        now: Timestamp,
    ) -> Result<Vec<NamedTarget>, FigureError> {
        let rules = Rules::of(&*self.store, key.district).await?;
        let kept = self.store.goals_targets(key).await?;
        Ok(in_force(&read(&kept), rules.years.day_of(now)))
    }
}

fn statement(kept: &GoalsTarget) -> Option<Statement> {
    let target = target(kept)?;
    Some(Statement {
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

/// Targets from what the store keeps, in the order of their numbers. What no version of this program ever wrote is left out;
/// of statements of one kind that were made in the same moment the last one counts.
pub(crate) fn read(kept: &[GoalsTarget]) -> Targets {
    let mut last = BTreeMap::new();
    for target in kept.iter().filter_map(target) {
        let progress = target.metric == Metric::Progress;
        let kind = (target.level, target.audience, progress);
        last.insert((kind, target.from, target.at), target);
    }
    Targets::new(last.into_values().collect())
}

fn target(kept: &GoalsTarget) -> Option<Target> {
    let (level, audience) = whom(&kept.audience)?;
    let metric = [Metric::Minutes, Metric::Progress]
        .into_iter()
        .find(|metric| metric_word(*metric) == kept.metric)?;
    Some(Target {
        level,
        audience,
        metric,
        per_week: kept.per_week.map(Amount::from_micros),
        from: kept.from,
        by: kept.by.as_str().into(),
        at: kept.at,
    })
}

/// The word of a metric.
pub(crate) fn metric_word(metric: Metric) -> &'static str {
    match metric {
        Metric::Minutes => "minutes",
        Metric::Progress => "progress",
    }
}

/// The id of a level that has one.
pub(crate) fn level_id(level: Level) -> Option<ObjectId> {
    match level {
        Level::App | Level::District => None,
        Level::School(id) | Level::Section(id) | Level::Student(id) => Some(id),
    }
}

/// `district everyone`, `school:5f… grade:5`: level and audience as the store keeps them.
fn for_whom(level: Level, audience: Audience) -> String {
    let level = match level_id(level) {
        Some(id) => format!("{}:{id}", level.name()),
        None => level.name().to_owned(),
    };
    let audience = match audience {
        Audience::Everyone => "everyone".to_owned(),
        Audience::Type(_) => format!("type:{}", audience.name()),
        Audience::Grade(grade) => format!("grade:{}", grade.text()),
    };
    format!("{level} {audience}")
}

fn whom(text: &str) -> Option<(Level, Audience)> {
    let (level, audience) = text.split_once(' ')?;
    let level = match level.split_once(':') {
        None if level == "app" => Level::App,
        None if level == "district" => Level::District,
        None => return None,
        Some((word, id)) => {
            let id = ObjectId::from_hex(id)?;
            match word {
                "school" => Level::School(id),
                "section" => Level::Section(id),
                "student" => Level::Student(id),
                _ => return None,
            }
        }
    };
    let audience = match audience.split_once(':') {
        None if audience == "everyone" => Audience::Everyone,
        Some(("grade", grade)) => Audience::Grade(Grade::from_text(grade)?),
        Some(("type", kind)) => {
            let types = [SchoolType::Elementary, SchoolType::Middle, SchoolType::High];
            Audience::Type(
                types
                    .into_iter()
                    .find(|other| Audience::Type(*other).name() == kind)?,
            )
        }
        _ => return None,
    };
    Some((level, audience))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_target_reads_back() {
        let id = ObjectId::new([0x5f; 12]);
        let levels = [
            Level::App,
            Level::District,
            Level::School(id),
            Level::Section(id),
            Level::Student(id),
        ];
        let audiences = [
            Audience::Everyone,
            Audience::Type(SchoolType::Elementary),
            Audience::Type(SchoolType::Middle),
            Audience::Type(SchoolType::High),
        ];
        let grades = Grade::ALL.iter().map(|grade| Audience::Grade(*grade));
        let audiences: Vec<_> = audiences.into_iter().chain(grades).collect();
        for level in levels {
            for audience in &audiences {
                let text = for_whom(level, *audience);
                assert_eq!(whom(&text), Some((level, *audience)), "{text}");
            }
        }
        // A stored form: it is read for ever.
        let frozen = "school:5f5f5f5f5f5f5f5f5f5f5f5f grade:5";
        assert_eq!(
            for_whom(Level::School(id), Audience::Grade(Grade::Fifth)),
            frozen
        );
        for text in [
            "",
            "app",
            "class everyone",
            "school everyone",
            "app:1 everyone",
            "app some",
            "app type:big",
        ] {
            assert_eq!(whom(text), None, "{text}");
        }
    }
}

//! Targets: what an app recommends for a week, and who adjusted it (integration-side D4).

#[cfg(test)]
mod tests;

use homeroom_model::{ClosedList, Date, Grade, ObjectId, School, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Amount;

/// What kind of school it is (issue 6, "Settled"): from low and high grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchoolType {
    /// Up to fifth or sixth grade, or all of primary school up to eighth.
    Elementary,
    /// From fourth grade or later, up to ninth.
    Middle,
    /// From seventh grade or later, beyond ninth; or ninth alone.
    High,
}

impl SchoolType {
    /// The type of a school, `None` where it has no grades or spans all of them.
    pub fn of(school: &School<'_>) -> Option<Self> {
        Self::spanning(school.low_grade.known()?, school.high_grade.known()?)
    }

    /// The type of a school from one grade to another.
    pub fn spanning(low: Grade, high: Grade) -> Option<Self> {
        let grade = |grade: Grade| grade.rank().map(|rank| rank.div_euclid(2));
        match (grade(low)?, grade(high)?) {
            (low, high) if low > high => None,
            (_, ..=5) | (..=5, 6) | (..=3, 7..=8) => Some(Self::Elementary),
            (9.., _) | (7.., 10..) => Some(Self::High),
            (4.., ..=9) => Some(Self::Middle),
            _ => None,
        }
    }

    /// The type of school in which a grade usually is taught: for students of schools that span several.
    pub fn teaching(grade: Grade) -> Option<Self> {
        Some(match grade.rank()?.div_euclid(2) {
            ..=5 => Self::Elementary,
            6..=8 => Self::Middle,
            _ => Self::High,
        })
    }
}

/// Who set a target, from afar to near: the nearest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The app recommends it.
    App,
    /// The district.
    District,
    /// A school, for its students.
    School(ObjectId),
    /// A section, for its students.
    Section(ObjectId),
    /// For one student.
    Student(ObjectId),
}

impl Level {
    /// Its distance from the app, and its word in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::District => "district",
            Self::School(_) => "school",
            Self::Section(_) => "section",
            Self::Student(_) => "student",
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::App => 0,
            Self::District => 1,
            Self::School(_) => 2,
            Self::Section(_) => 3,
            Self::Student(_) => 4,
        }
    }
}

/// For which students of its level a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// All of them.
    Everyone,
    /// Those in schools of a type.
    Type(SchoolType),
    /// Those in a grade.
    Grade(Grade),
}

/// Which figure a target is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Active minutes.
    Minutes,
    /// The app's progress metric.
    Progress,
}

/// One statement about a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Who states it.
    pub level: Level,
    /// For whom.
    pub audience: Audience,
    /// Of what.
    pub metric: Metric,
    /// How much in an ordinary week of school. Nothing ends the statement: from then on the next level out decides. Zero is a
    /// statement: there is no target for these students.
    pub per_week: Option<Amount>,
    /// The first day it is for. Earlier days keep the target they had.
    pub from: Date,
    /// Who set it: a name to show, empty for the app itself.
    pub by: Box<str>,
    /// When it was set; of two statements of the same kind for the same day the later counts.
    pub at: Timestamp,
}

/// A student as targets see one.
#[derive(Clone, Copy, Debug)]
pub struct Learner<'a> {
    /// The student.
    pub student: ObjectId,
    /// Grade, if known.
    pub grade: Option<Grade>,
    /// Primary school.
    pub school: Option<ObjectId>,
    /// The type of that school, where it has one.
    pub school_type: Option<SchoolType>,
    /// Sections.
    pub sections: &'a [ObjectId],
}

/// A stretch of days with one target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch<'t> {
    /// Its first day; it lasts until the next stretch, or on.
    pub from: Date,
    /// The statement that decides, `None` where there is no target.
    pub target: Option<&'t Target>,
}

impl Stretch<'_> {
    /// How much per week; nothing where there is no target.
    pub fn per_week(&self) -> Amount {
        self.target
            .and_then(|target| target.per_week)
            .unwrap_or_default()
    }
}

/// All statements about one app in one district, ready to be asked about students.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// By level, so that one student's are a few short runs.
    sorted: Vec<Target>,
}

impl Targets {
    /// From statements in any order.
    pub fn new(mut targets: Vec<Target>) -> Self {
        targets.sort_by(|a, b| {
            let key = |target: &Target| {
                (
                    target.level,
                    target.from,
                    target.at,
                    target.audience,
                    target.metric,
                )
            };
            key(a).cmp(&key(b))
        });
        Self { sorted: targets }
    }

    /// Every statement, by level from afar to near, then in order of time.
    pub fn all(&self) -> &[Target] {
        &self.sorted
    }

    /// A student's targets over time, in order of days.
    pub fn of(&self, learner: &Learner<'_>, metric: Metric) -> Vec<Stretch<'_>> {
        let applying = self.applying(learner, metric);
        let mut days: Vec<Date> = applying.iter().map(|target| target.from).collect();
        days.sort_unstable();
        days.dedup();
        let mut stretches: Vec<Stretch<'_>> = Vec::with_capacity(days.len());
        for from in days {
            let target = decides(&applying, from);
            if stretches.last().is_none_or(|last| last.target != target) {
                stretches.push(Stretch { from, target });
            }
        }
        stretches
    }

    fn applying(&self, learner: &Learner<'_>, metric: Metric) -> Vec<&Target> {
        let levels = [Level::App, Level::District]
            .into_iter()
            .chain(learner.school.map(Level::School))
            .chain(learner.sections.iter().copied().map(Level::Section))
            .chain([Level::Student(learner.student)]);
        let mut found = Vec::new();
        for level in levels {
            let first = self.sorted.partition_point(|target| target.level < level);
            let run = self
                .sorted
                .iter()
                .skip(first)
                .take_while(|target| target.level == level);
            found.extend(run.filter(|target| target.metric == metric && target.is_for(learner)));
        }
        found
    }
}

/// The statement that decides on a day. Per level and audience the last one stands; of those the nearest level wins, then
/// the narrower audience; between sections, the one set last, then the one with the higher id.
fn decides<'t>(applying: &[&'t Target], day: Date) -> Option<&'t Target> {
    let begun = applying.iter().copied().filter(|target| target.from <= day);
    let latest = begun.clone().filter(|target| {
        target.per_week.is_some()
            && !begun.clone().any(|other| {
                (other.level, other.audience) == (target.level, target.audience)
                    && (other.from, other.at) > (target.from, target.at)
            })
    });
    latest
        .max_by_key(|target| {
            let audience = match target.audience {
                Audience::Everyone => 0,
                Audience::Type(_) => 1,
                Audience::Grade(_) => 2,
            };
            (target.level.rank(), audience, target.at, target.level)
        })
        .filter(|target| target.per_week != Some(Amount::ZERO))
}

impl Target {
    fn is_for(&self, learner: &Learner<'_>) -> bool {
        match self.audience {
            Audience::Everyone => true,
            Audience::Grade(grade) => learner.grade == Some(grade),
            Audience::Type(kind) => {
                let by_grade = || learner.grade.and_then(SchoolType::teaching);
                learner.school_type.or_else(by_grade) == Some(kind)
            }
        }
    }
}

impl Audience {
    /// Its words in answers: `everyone`, `elementary`, `grade 5`.
    pub fn name(self) -> String {
        match self {
            Self::Everyone => "everyone".to_owned(),
            Self::Type(SchoolType::Elementary) => "elementary".to_owned(),
            Self::Type(SchoolType::Middle) => "middle".to_owned(),
            Self::Type(SchoolType::High) => "high".to_owned(),
            Self::Grade(grade) => format!("grade {}", grade.text()),
        }
    }
}

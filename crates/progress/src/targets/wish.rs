//! What a wish becomes, or what is wrong with it.

use homeroom_goals::target::{Audience, Level, Metric};
use homeroom_goals::{Amount, SchoolYears};
use homeroom_model::{ClosedList, Grade, Kind};
use homeroom_store::GoalsTarget;

use super::kept::{for_whom, metric_word};
use super::{Fault, LevelWord, Setter, TargetWish};
use crate::feed::By;
use crate::roster::Roster;

/// Minutes of a week.
const WEEK: Amount = Amount::whole(7 * 24 * 60);

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
    pub(super) fn kept(
        &self,
        setter: Setter,
        by: By<'_>,
        known: &Known<'_>,
    ) -> Result<GoalsTarget, Fault> {
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
            metric: metric_word(self.metric, known.series),
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
pub(super) struct Known<'a> {
    pub(super) roster: &'a Roster,
    pub(super) years: &'a SchoolYears,
    /// The number of the progress metric that counts.
    pub(super) series: u32,
}

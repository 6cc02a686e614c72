//! `homeroom goals target`.

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use homeroom_goals::Amount;
use homeroom_goals::target::{Metric, SchoolType};
use homeroom_history::Keyed;
use homeroom_model::{Date, ObjectId};
use homeroom_progress::targets::{LevelWord, Setter, TargetWish};
use serde::Serialize;

use super::of_feed::OfFeed;
use super::{by, figures, who};
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::{actor, clock};

/// Set how much students should do in an ordinary week of school; for the district, or nearer to them
///
/// The nearest target wins: student, section, school, district, app. Weeks without school have none. Earlier weeks keep the
/// target that they had.
#[derive(Args)]
pub(super) struct Target {
    #[command(flatten)]
    feed: OfFeed,
    /// Of what
    #[arg(value_enum)]
    metric: Of,
    /// How much a week; 0 says that there is no target
    #[arg(value_name = "PER_WEEK", value_parser = amount, required_unless_present = "take_back")]
    per_week: Option<Amount>,
    /// Take back what was said here before: the next level out decides again
    #[arg(long, conflicts_with = "per_week")]
    take_back: bool,
    /// For students of this school, by name, SIS id or Clever id
    #[arg(long, value_name = "SCHOOL", group = "level")]
    school: Option<String>,
    /// For students of this section
    #[arg(long, value_name = "SECTION", group = "level")]
    section: Option<String>,
    /// For this student
    #[arg(long, value_name = "STUDENT", group = "level")]
    student: Option<String>,
    /// Only for students of this grade, such as 5 or Kindergarten
    #[arg(long, value_name = "GRADE", conflicts_with_all = ["section", "student"])]
    grade: Option<String>,
    /// Only for students of schools of this type
    #[arg(long = "type", value_enum, value_name = "TYPE", conflicts_with_all = ["level", "grade"])]
    school_type: Option<Type>,
    /// The first day it is for [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<Date>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Of {
    /// Active minutes
    Minutes,
    /// The app's progress metric
    Progress,
}

#[derive(Clone, Copy, ValueEnum)]
enum Type {
    /// Elementary schools
    Elementary,
    /// Middle schools
    Middle,
    /// High schools
    High,
}

fn amount(text: &str) -> Result<Amount, String> {
    Amount::parse(text.as_bytes()).ok_or_else(|| {
        "a target is a number that is not less than nothing, such as 60 or 2.5".to_owned()
    })
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse_iso(text).ok_or_else(|| "a day is written YYYY-MM-DD".to_owned())
}

#[derive(Serialize)]
struct Set {
    /// The number of the statement.
    number: u64,
}

impl Target {
    /// Sets it.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let number = block_on(async {
            let (_, key) = self.feed.key(&installation).await?;
            let wish = self.wish(&installation, key.district).await?;
            let (figures, actor) = (figures(&installation), actor::name());
            let by = by(&actor, clock::now())?;
            let wishes = [wish];
            let set = figures.set_targets(key, &wishes, Setter::District, by);
            anyhow::Ok(set.await?)
        })??;
        context.output.result(&Set { number }, |set| {
            format!(
                "The target is set (statement {}). What counts now: homeroom {}goals targets APP",
                set.number,
                context.data_flag()
            )
        })?;
        Ok(Exit::Done)
    }

    async fn wish(
        &self,
        installation: &Installation,
        district: ObjectId,
    ) -> anyhow::Result<TargetWish> {
        let levels = [
            (&self.school, Keyed::Schools, LevelWord::School),
            (&self.section, Keyed::Sections, LevelWord::Section),
            (&self.student, Keyed::Students, LevelWord::Student),
        ];
        let mut found = (LevelWord::District, None);
        for (named, keyed, level) in levels {
            if let Some(named) = named {
                let id = who::record(installation, district, keyed, named).await;
                found = (level, Some(id.context("the target is not set")?));
            }
        }
        let (level, id) = found;
        Ok(TargetWish {
            level,
            id,
            grade: self.grade.clone(),
            school_type: self.school_type.map(|kind| match kind {
                Type::Elementary => SchoolType::Elementary,
                Type::Middle => SchoolType::Middle,
                Type::High => SchoolType::High,
            }),
            metric: match self.metric {
                Of::Minutes => Metric::Minutes,
                Of::Progress => Metric::Progress,
            },
            per_week: self.per_week,
            from: self.from,
        })
    }
}

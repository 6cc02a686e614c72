//! `homeroom goals targets`.

use clap::Args;
use homeroom_goals::Amount;
use homeroom_goals::target::Metric;
use homeroom_model::{Date, ObjectId};
use homeroom_progress::targets::{NamedTarget, Statement};
use homeroom_store::Goals as _;
use serde::Serialize;

use super::draw::{Column, Look};
use super::of_feed::{OfFeed, not_on};
use super::{figures, noted_reading};
use crate::clock;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// List the targets of an app that count today, from those of the app to those of single students: the nearest wins
#[derive(Args)]
pub(super) struct Targets {
    #[command(flatten)]
    feed: OfFeed,
    /// Everything that was ever said about them, newest first
    #[arg(long)]
    all: bool,
}

#[derive(Serialize)]
struct InForce {
    targets: Vec<NamedTarget>,
}

#[derive(Serialize)]
struct Said {
    statements: Vec<Statement>,
}

impl Targets {
    /// Lists them.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let (now, said) = block_on(async {
            let (app, key) = self.feed.key(&installation).await?;
            let feed = installation.store.goals_feed(key).await?;
            anyhow::ensure!(feed.is_some(), not_on(&app));
            let figures = figures(&installation);
            let targets = figures.targets_in_force(key, clock::now()).await?;
            let statements = if self.all {
                figures.targets(key).await?
            } else {
                Vec::new()
            };
            let mut levels = statements.iter().map(|said| said.level);
            let mut now = targets.iter().map(|named| named.target.level);
            if levels.any(|level| level == "student") || now.any(|level| level == "student") {
                let what = format!("targets of app {}", key.app);
                noted_reading(&installation, key.district, what).await?;
            }
            anyhow::Ok((InForce { targets }, Said { statements }))
        })??;
        if self.all {
            let output = context.output;
            output.result(&said, |said| {
                table(said.statements.iter().map(Line::of_statement))
            })?;
        } else {
            let output = context.output;
            output.result(&now, |now| table(now.targets.iter().map(Line::of_target)))?;
        }
        Ok(Exit::Done)
    }
}

/// What a line of the table says.
struct Line<'a> {
    level: &'a str,
    id: String,
    for_whom: &'a str,
    metric: Metric,
    per_week: Option<Amount>,
    from: Date,
    by: &'a str,
}

impl<'a> Line<'a> {
    fn of_target(named: &'a NamedTarget) -> Self {
        let target = &named.target;
        Self {
            level: target.level,
            id: target.id.map(ObjectId::to_hex).unwrap_or_default(),
            for_whom: &target.for_whom,
            metric: named.metric,
            per_week: Some(target.per_week),
            from: target.from,
            by: &target.by,
        }
    }

    fn of_statement(said: &'a Statement) -> Self {
        Self {
            level: said.level,
            id: said.id.map(ObjectId::to_hex).unwrap_or_default(),
            for_whom: &said.for_whom,
            metric: said.metric,
            per_week: said.per_week,
            from: said.from,
            by: &said.by,
        }
    }
}

fn table<'a>(lines: impl Iterator<Item = Line<'a>>) -> String {
    let columns = [
        Column::words("level"),
        Column::words("id"),
        Column::words("for whom"),
        Column::words("metric"),
        Column::number("a week"),
        Column::words("from"),
        Column::name("by", 8),
    ];
    let rows: Vec<Vec<String>> = lines
        .map(|line| {
            let metric = match line.metric {
                Metric::Minutes => "minutes",
                Metric::Progress => "progress",
            };
            let per_week = match line.per_week {
                None => "taken back".to_owned(),
                Some(Amount::ZERO) => "none".to_owned(),
                Some(amount) => amount.to_string(),
            };
            vec![
                line.level.to_owned(),
                line.id,
                line.for_whom.to_owned(),
                metric.to_owned(),
                per_week,
                line.from.to_string(),
                line.by.to_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no targets: the app recommends none, and `homeroom goals target` sets some"
            .to_owned();
    }
    Look::of_output().table(&columns, &rows)
}

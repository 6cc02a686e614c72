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
    /// Whether others rest, because they are of a progress metric that does not count now.
    #[serde(skip)]
    rest: bool,
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
            let mut statements = figures.targets(key).await?;
            let rest = statements.iter().any(|said| said.rests);
            if !self.all {
                statements.clear();
            }
            let mut levels = statements.iter().map(|said| said.level);
            let mut now = targets.iter().map(|named| named.target.level);
            if levels.any(|level| level == "student") || now.any(|level| level == "student") {
                let what = format!("targets of app {}", key.app);
                noted_reading(&installation, key.district, what).await?;
            }
            anyhow::Ok((InForce { targets, rest }, Said { statements }))
        })??;
        if self.all {
            let output = context.output;
            output.result(&said, |said| {
                table(said.statements.iter().map(Line::of_statement))
            })?;
        } else {
            let output = context.output;
            output.result(&now, |now| {
                let table = table(now.targets.iter().map(Line::of_target));
                let rest = if now.rest { REST } else { "" };
                format!("{}{rest}", table.trim_end())
            })?;
        }
        Ok(Exit::Done)
    }
}

/// What is told where targets rest.
const REST: &str = "\nTargets for progress that were set for another metric of the app rest until it returns; --all lists them.";

/// What a line of the table says.
struct Line<'a> {
    level: &'a str,
    id: String,
    for_whom: &'a str,
    metric: String,
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
            metric: word(named.metric).to_owned(),
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
            metric: match &said.progress_key {
                Some(key) if said.rests => format!("{key}, rests"),
                _ => word(said.metric).to_owned(),
            },
            per_week: said.per_week,
            from: said.from,
            by: &said.by,
        }
    }
}

fn word(metric: Metric) -> &'static str {
    match metric {
        Metric::Minutes => "minutes",
        Metric::Progress => "progress",
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
            let per_week = match line.per_week {
                None => "taken back".to_owned(),
                Some(Amount::ZERO) => "none".to_owned(),
                Some(amount) => amount.to_string(),
            };
            vec![
                line.level.to_owned(),
                line.id,
                line.for_whom.to_owned(),
                line.metric,
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

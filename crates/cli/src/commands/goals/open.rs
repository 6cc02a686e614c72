//! `homeroom goals open`, `confirm` and `dismiss`: values that change nothing until somebody says that they are right.

use clap::Args;
use homeroom_goals::Amount;
use homeroom_history::Keyed;
use homeroom_progress::corrections::{Decision, Open as Waits, Waiting, Whose, decide, open};
use homeroom_store::{Apps as _, FeedKey, Goals as _};
use serde::Serialize;

use super::draw::{Column, Look};
use super::of_feed::{OfFeed, app, not_on};
use super::report::parts::moment;
use super::{by, who};
use crate::commands::of_district::OfDistrict;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::{actor, clock};

/// List what waits for somebody: totals that fell, and minutes that rose by more than time has passed
///
/// What is shown stays until `goals confirm` puts the new value in its place, or `goals dismiss` forgets it.
#[derive(Args)]
pub(super) struct Open {
    /// The app's id, client id or name [default: every app that reports to the district]
    app: Option<String>,
    #[command(flatten)]
    district: OfDistrict,
}

/// Confirm what waits: the value that was reported is right, and takes the place of the one that is shown
#[derive(Args)]
pub(super) struct Confirm {
    #[command(flatten)]
    decide: Decide,
}

/// Dismiss what waits: it was a mistake of the app, and is forgotten
#[derive(Args)]
pub(super) struct Dismiss {
    #[command(flatten)]
    decide: Decide,
}

/// Whose.
#[derive(Args)]
struct Decide {
    #[command(flatten)]
    feed: OfFeed,
    /// The student, by Clever id, SIS id or name; may be given several times
    #[arg(value_name = "STUDENT", required_unless_present = "all")]
    students: Vec<String>,
    /// Everything that waits in this app
    #[arg(long, conflicts_with = "students")]
    all: bool,
}

#[derive(Serialize)]
struct Listed {
    open: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    app: String,
    name: String,
    #[serde(flatten)]
    waits: Waits,
}

#[derive(Serialize)]
struct Decided {
    /// The students of whom anything was decided.
    students: Vec<String>,
}

impl Open {
    /// Lists what waits.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let open = block_on(self.rows(&installation))??;
        context.output.result(&Listed { open }, |listed| {
            text(&listed.open, &context.data_flag())
        })?;
        Ok(Exit::Done)
    }

    async fn rows(&self, installation: &Installation) -> anyhow::Result<Vec<Row>> {
        let district = self.district.id(installation).await?;
        let feeds = installation.store.goals_feeds(district).await?;
        let mut keys: Vec<FeedKey> = feeds.iter().map(|feed| feed.key).collect();
        if let Some(named) = &self.app {
            let app = app(installation, named).await?;
            keys.retain(|key| key.app == app.id);
            anyhow::ensure!(!keys.is_empty(), not_on(&app));
        }
        let mut rows = Vec::new();
        for key in keys {
            let name = installation.store.app(key.app).await?.map(|app| app.name);
            let name = name.unwrap_or_default();
            let waiting = open(&*installation.store_dyn(), key, clock::now()).await?;
            rows.extend(waiting.into_iter().map(|waits| Row {
                app: key.app.to_hex(),
                name: name.clone(),
                waits,
            }));
        }
        Ok(rows)
    }
}

impl Confirm {
    /// Confirms.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        self.decide.run(context, Decision::Confirm)
    }
}

impl Dismiss {
    /// Dismisses.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        self.decide.run(context, Decision::Dismiss)
    }
}

impl Decide {
    fn run(&self, context: &Context, decision: Decision) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let students = block_on(async {
            let (app, key) = self.feed.key(&installation).await?;
            let feed = installation.store.goals_feed(key).await?;
            anyhow::ensure!(feed.is_some(), not_on(&app));
            let mut named = Vec::with_capacity(self.students.len());
            for student in &self.students {
                named.push(
                    who::record(&installation, key.district, Keyed::Students, student).await?,
                );
            }
            let whose = if self.all {
                Whose::Everyone
            } else {
                Whose::These(&named)
            };
            let actor = actor::name();
            let by = by(&actor, clock::now())?;
            let decided = decide(&*installation.store_dyn(), key, whose, decision, by).await?;
            anyhow::ensure!(
                self.all || !decided.is_empty(),
                "nothing of these students waits; `homeroom goals open` lists what does"
            );
            anyhow::Ok(decided)
        })??;
        let students = students.iter().map(|id| id.to_hex()).collect();
        context.output.result(&Decided { students }, |decided| {
            let what = match decision {
                Decision::Confirm => "Confirmed",
                Decision::Dismiss => "Dismissed",
            };
            match decided.students.len() {
                1 => format!("{what}: what was reported of 1 student."),
                count => format!("{what}: what was reported of {count} students."),
            }
        })?;
        Ok(Exit::Done)
    }
}

fn text(rows: &[Row], flag: &str) -> String {
    if rows.is_empty() {
        return "nothing waits".to_owned();
    }
    let columns = [
        Column::name("app", 8),
        Column::words("student"),
        Column::words("what"),
        Column::number("shown"),
        Column::number("reported"),
        Column::words("since"),
    ];
    let mut lines = Vec::new();
    for row in rows {
        let waits = &row.waits;
        let each: [(&str, Option<Amount>, Option<Waiting>); 3] = [
            ("minutes fell", waits.minutes, waits.lower_minutes),
            ("progress fell", waits.progress, waits.lower_progress),
            ("more than time", waits.minutes, waits.implausible_minutes),
        ];
        for (what, shown, waiting) in each {
            if let Some(waiting) = waiting {
                lines.push(vec![
                    row.name.clone(),
                    waits.student.to_hex(),
                    what.to_owned(),
                    shown.map(|shown| shown.to_string()).unwrap_or_default(),
                    waiting.value.to_string(),
                    moment(waiting.since),
                ]);
            }
        }
    }
    format!(
        "{}\nTo put it in place: homeroom {flag}goals confirm APP STUDENT\nTo forget it:       homeroom {flag}goals dismiss APP STUDENT",
        Look::of_output().table(&columns, &lines)
    )
}

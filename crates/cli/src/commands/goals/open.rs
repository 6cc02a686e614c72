//! `homeroom goals open`: values that change nothing until somebody says that they are right.

use std::fmt::Write as _;

use clap::Args;
use homeroom_progress::corrections::{Open as Waits, digest, open};
use homeroom_store::{Apps as _, FeedKey, Goals as _};
use serde::Serialize;

use super::decide::contradicting;
use super::draw::{Column, Look};
use super::noted_reading;
use super::of_feed::not_on;
use super::report::parts::moment;
use crate::clock;
use crate::commands::app::find;
use crate::commands::of_district::OfDistrict;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;

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

#[derive(Serialize)]
struct Listed {
    open: Vec<Row>,
    apps: Vec<All>,
}

#[derive(Serialize)]
struct Row {
    app: String,
    name: String,
    #[serde(flatten)]
    waits: Waits,
}

/// All that waits in an app.
#[derive(Serialize)]
struct All {
    app: String,
    name: String,
    /// How many values.
    values: usize,
    /// What `--seen` takes, to decide all of them at once.
    seen: String,
    /// Whether all of them can be right.
    #[serde(skip)]
    can_be: bool,
}

impl Open {
    /// Lists what waits.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let listed = block_on(self.listed(&installation))??;
        context
            .output
            .result(&listed, |listed| self.text(listed, &context.data_flag()))?;
        Ok(Exit::Done)
    }

    async fn listed(&self, installation: &Installation) -> anyhow::Result<Listed> {
        let district = self.district.id(installation).await?;
        let feeds = installation.store.goals_feeds(district).await?;
        let mut keys: Vec<FeedKey> = feeds.iter().map(|feed| feed.key).collect();
        if let Some(named) = &self.app {
            let app = find(installation, named).await?;
            keys.retain(|key| key.app == app.id);
            anyhow::ensure!(!keys.is_empty(), not_on(&app));
        }
        let (mut rows, mut apps) = (Vec::new(), Vec::new());
        for key in keys {
            let waiting = waiting(installation, key).await?;
            if waiting.is_empty() {
                continue;
            }
            let (id, app) = (key.app.to_hex(), installation.store.app(key.app).await?);
            let name = app.map(|app| app.name).unwrap_or_default();
            noted_reading(installation, district, format!("open of app {id}")).await?;
            apps.push(All {
                app: id.clone(),
                name: name.clone(),
                values: waiting.iter().flat_map(Waits::seen).count(),
                seen: digest(&waiting),
                can_be: contradicting(&waiting).is_empty(),
            });
            rows.extend(waiting.into_iter().map(|waits| Row {
                app: id.clone(),
                name: name.clone(),
                waits,
            }));
        }
        Ok(Listed { open: rows, apps })
    }

    fn text(&self, listed: &Listed, flag: &str) -> String {
        if listed.open.is_empty() {
            return "nothing waits".to_owned();
        }
        let district = self.district.flag();
        let mut text = format!(
            "{}\nTo put it in place: homeroom {flag}goals confirm APP STUDENT{district}\n\
             To forget it:       homeroom {flag}goals dismiss APP STUDENT{district}\n\
             Where several values of a student wait, each is decided by itself: add --what with the word of the list.\n\
             All that waits of an app, as it is listed here:",
            table(&listed.open)
        );
        for all in &listed.apps {
            let (word, or) = if all.can_be {
                ("confirm", "; or dismiss")
            } else {
                // Lower and implausible minutes of the same student: all of them can only be wrong.
                ("dismiss", "")
            };
            // The id, for a shell may read a name as something else. Writing to a string cannot fail.
            let _ = write!(
                text,
                "\n  homeroom {flag}goals {word} {} --all --seen {}{district}    ({}, {}{or})",
                all.app,
                all.seen,
                all.name,
                counted(all.values)
            );
        }
        text
    }
}

/// All that waits in a feed, ascending by student.
pub(super) async fn waiting(
    installation: &Installation,
    key: FeedKey,
) -> anyhow::Result<Vec<Waits>> {
    let (store, all) = (installation.store_dyn(), (None, usize::MAX));
    Ok(open(&*store, key, all, clock::now()).await?)
}

fn table(rows: &[Row]) -> String {
    let columns = [
        Column::name("app", 8),
        Column::words("student"),
        Column::words("what"),
        Column::number("shown"),
        Column::number("reported"),
        Column::words("since"),
    ];
    let mut lines = Vec::new();
    for Row { name, waits, .. } in rows {
        for seen in waits.seen() {
            let since = waits.waiting(seen.what).map(|waiting| waiting.since);
            lines.push(vec![
                name.clone(),
                seen.student.to_hex(),
                seen.what.word().to_owned(),
                seen.shown
                    .map(|shown| shown.to_string())
                    .unwrap_or_default(),
                seen.value.to_string(),
                since.map(moment).unwrap_or_default(),
            ]);
        }
    }
    Look::of_output().table(&columns, &lines)
}

/// `1 value`, `3 values`.
pub(super) fn counted(values: usize) -> String {
    match values {
        1 => "1 value".to_owned(),
        values => format!("{values} values"),
    }
}

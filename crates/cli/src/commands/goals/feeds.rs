//! `homeroom goals feeds`.

use clap::Args;
use homeroom_model::Timestamp;
use homeroom_progress::feed::FeedSettings;
use homeroom_store::{Apps as _, Goals as _};
use serde::Serialize;

use super::draw::{Column, Look};
use super::report::parts::{ago, is_stale};
use crate::clock;
use crate::commands::of_district::OfDistrict;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;

/// List the apps that report to a district, what they count, and when they were last heard of
#[derive(Args)]
pub(super) struct Feeds {
    #[command(flatten)]
    district: OfDistrict,
}

#[derive(Serialize)]
struct Listed {
    feeds: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    app: String,
    name: String,
    on: bool,
    /// How many schools; `null` for all.
    schools: Option<usize>,
    app_sees_targets: bool,
    progress_key: Option<String>,
    progress_label: Option<String>,
    ceiling: Option<homeroom_goals::Amount>,
    /// When it last reported about any student.
    last_received: Option<String>,
    stale: bool,
    #[serde(skip)]
    heard: String,
}

impl Feeds {
    /// Lists the feeds.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let feeds = block_on(self.rows(&installation))??;
        context
            .output
            .result(&Listed { feeds }, |listed| text(&listed.feeds))?;
        Ok(Exit::Done)
    }

    async fn rows(&self, installation: &Installation) -> anyhow::Result<Vec<Row>> {
        let district = self.district.id(installation).await?;
        let now = clock::now();
        let rules =
            homeroom_progress::calendar::Rules::of(&*installation.store_dyn(), district).await?;
        let mut rows = Vec::new();
        for feed in installation.store.goals_feeds(district).await? {
            let settings = FeedSettings::read(&feed)?;
            let app = installation.store.app(feed.key.app).await?;
            let stale = is_stale(feed.last, rules.states(), now);
            rows.push(Row {
                app: feed.key.app.to_hex(),
                name: app.map(|app| app.name).unwrap_or_default(),
                on: feed.on,
                schools: settings.schools.as_ref().map(Vec::len),
                app_sees_targets: settings.apps_see_targets,
                progress_key: settings.progress_key().map(str::to_owned),
                progress_label: settings.label.clone(),
                ceiling: settings.ceiling,
                last_received: feed.last.map(Timestamp::to_iso),
                stale,
                heard: ago(feed.last, stale, now),
            });
        }
        Ok(rows)
    }
}

fn text(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "no app reports to this district; `homeroom goals on APP DISTRICT` lets one"
            .to_owned();
    }
    let columns = [
        Column::name("app", 8),
        Column::words("goals"),
        Column::words("schools"),
        Column::name("progress", 10),
        Column::words("sees targets"),
        Column::words("last heard of"),
    ];
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let yes = |yes: bool, word: &str, other: &str| {
                if yes {
                    word.to_owned()
                } else {
                    other.to_owned()
                }
            };
            vec![
                row.name.clone(),
                yes(row.on, "on", "off"),
                row.schools
                    .map_or_else(|| "all".to_owned(), |count| count.to_string()),
                row.progress_key.clone().unwrap_or_default(),
                yes(row.app_sees_targets, "yes", "no"),
                row.heard.clone(),
            ]
        })
        .collect();
    Look::of_output().table(&columns, &rows)
}

//! `homeroom app`.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use homeroom_model::ObjectId;
use homeroom_store::{App as Record, Apps as _, Connections as _};
use serde::Serialize;

use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::output;
use crate::{clock, random};

/// Add apps and look at them
#[derive(Args)]
pub(crate) struct App {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Add an app; its secret is shown once and kept only as a digest
    Add {
        /// Name, as districts see it
        name: String,
    },
    /// List the apps, the districts they are connected to and whether they get events of them
    List,
    /// Remove an app; it must not be connected to any district
    Remove {
        /// The app's id, client id or name
        app: String,
    },
}

/// A new app with its credentials.
#[derive(Serialize)]
pub(crate) struct Added {
    /// Id of the app.
    pub(crate) app: String,
    /// The name it authenticates with.
    pub(crate) client_id: String,
    /// The secret it authenticates with.
    pub(crate) client_secret: String,
}

#[derive(Serialize)]
struct Listed {
    apps: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    app: String,
    name: String,
    client_id: String,
    districts: Vec<String>,
    connections: Vec<Connected>,
}

/// A connection to a district.
#[derive(Serialize)]
struct Connected {
    district: String,
    /// Whether what changes there makes events.
    events: bool,
}

#[derive(Serialize)]
struct Removed {
    removed: String,
}

impl App {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self.action {
            Action::Add { name } => {
                let installation = context.open_or_make()?;
                let added = block_on(add(&installation, &name))??;
                context.output.result(&added, |added| {
                    format!(
                        "app           {}\nclient id     {}\nclient secret {}\nThe secret is not shown again. Next: homeroom {}connect {} DISTRICT",
                        added.app,
                        added.client_id,
                        added.client_secret,
                        context.data_flag(),
                        added.app
                    )
                })?;
            }
            Action::List => {
                let installation = context.open()?;
                let apps = block_on(list(&installation))??;
                let listed = Listed { apps };
                context
                    .output
                    .result(&listed, |listed| table(&listed.apps))?;
            }
            Action::Remove { app } => {
                let installation = context.open()?;
                let removed = block_on(async {
                    let app = find(&installation, &app).await?;
                    let connected = installation.store.connections_of_app(app.id).await?;
                    if let Some(connection) = connected.first() {
                        anyhow::bail!(
                            "the app is connected to a district; first run: homeroom {}disconnect {} {}",
                            context.data_flag(),
                            app.id.to_hex(),
                            connection.district.to_hex()
                        );
                    }
                    installation
                        .store
                        .remove_app(app.id)
                        .await
                        .context("the app cannot be removed")?;
                    anyhow::Ok(Removed {
                        removed: app.id.to_hex(),
                    })
                })??;
                context.output.result(&removed, |removed| {
                    format!("app {} removed", removed.removed)
                })?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn list(installation: &Installation) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for app in installation.store.apps().await? {
        let connections = installation.store.connections_of_app(app.id).await?;
        let districts = connections.iter().map(|each| each.district.to_hex());
        let connected = connections.iter().map(|each| Connected {
            district: each.district.to_hex(),
            events: each.events,
        });
        rows.push(Row {
            app: app.id.to_hex(),
            name: app.name,
            client_id: app.client_id,
            districts: districts.collect(),
            connections: connected.collect(),
        });
    }
    Ok(rows)
}

/// Adds an app with fresh credentials.
pub(crate) async fn add(installation: &Installation, name: &str) -> anyhow::Result<Added> {
    anyhow::ensure!(
        !name.trim().is_empty(),
        "the name of an app must not be empty"
    );
    let now = clock::now();
    let secret = random::hex::<20>()?;
    let app = Record {
        id: random::object_id(now)?,
        name: name.trim().to_owned(),
        client_id: random::hex::<10>()?,
        secret: homeroom_api::client_secret_digest(&secret),
        created: now,
    };
    let added = Added {
        app: app.id.to_hex(),
        client_id: app.client_id.clone(),
        client_secret: secret,
    };
    installation
        .store
        .add_app(app)
        .await
        .context("the app cannot be added")?;
    Ok(added)
}

/// The app of an id or client id, or of a name that only one has.
pub(crate) async fn find(installation: &Installation, named: &str) -> anyhow::Result<Record> {
    let by_id = match ObjectId::from_hex(named) {
        Some(id) => installation.store.app(id).await?,
        None => None,
    };
    let by_id = match by_id {
        Some(app) => Some(app),
        None => installation.store.app_by_client(named).await?,
    };
    if let Some(app) = by_id {
        return Ok(app);
    }
    let name = named.trim().to_lowercase();
    let apps = installation.store.apps().await?.into_iter();
    let mut called = apps.filter(|app| app.name.to_lowercase() == name);
    let app = called
        .next()
        .with_context(|| format!("there is no app {named}; `homeroom app list` shows them"))?;
    anyhow::ensure!(
        called.next().is_none(),
        "several apps are called {named}; name the one that is meant by its id (`homeroom app list` shows them)"
    );
    Ok(app)
}

fn table(rows: &[Row]) -> String {
    let column = |row: &Row, line: fn(&Connected) -> &str| {
        let lines: Vec<_> = row.connections.iter().map(line).collect();
        lines.join("\n")
    };
    let lines: Vec<_> = rows
        .iter()
        .map(|row| {
            let events = column(row, |each| if each.events { "on" } else { "off" });
            (row, column(row, |each| &each.district), events)
        })
        .collect();
    let lines: Vec<_> = lines
        .iter()
        .map(|(row, districts, events)| {
            [
                row.app.as_str(),
                &row.name,
                &row.client_id,
                districts,
                events,
            ]
        })
        .collect();
    output::table(
        ["app", "name", "client id", "districts", "events"],
        &lines,
        "no apps yet; `homeroom app add NAME` adds one",
    )
}

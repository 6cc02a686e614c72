//! `homeroom connect` and `homeroom disconnect`.

use anyhow::Context as _;
use clap::Args;
use homeroom_model::ObjectId;
use homeroom_store::{Connections as _, Events as _, NewConnection};
use serde::Serialize;

use super::app::find;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::{clock, random};

/// What a district-app token reaches: everything the district publishes, for now (clever-api 4.6).
const SCOPES: &[&str] = &[
    "read:user_id",
    "read:students_limited",
    "read:teachers_limited",
    "read:school_admins_limited",
    "read:district_admins_limited",
    "read:sections_limited",
    "read:student_contacts",
];

/// Connect an app to a district: the token it prints reads the district's data
#[derive(Args)]
pub(crate) struct Connect {
    /// The app's id, client id or name
    app: String,
    /// The district's id or name
    district: String,
    /// Make events of what changes, for the app to follow (GET /events)
    #[arg(long)]
    events: bool,
}

/// Disconnect an app from a district: its token stops working within a second
#[derive(Args)]
pub(crate) struct Disconnect {
    /// The app's id, client id or name
    app: String,
    /// The district's id or name
    district: String,
}

#[derive(Serialize)]
struct Connected {
    token: String,
}

#[derive(Serialize)]
struct Disconnected {
    disconnected: bool,
}

impl Connect {
    /// Connects and shows the token.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let token = block_on(async {
            let app = find(&installation, &self.app).await?;
            let district = installation.district(&self.district).await?;
            connect(&installation, app.id, district.document.id, self.events).await
        })??;
        context.output.result(&Connected { token }, |connected| {
            format!(
                "token {}\nThe app also finds it at GET /oauth/tokens?owner_type=district",
                connected.token
            )
        })?;
        Ok(Exit::Done)
    }
}

impl Disconnect {
    /// Revokes the token.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let disconnected = block_on(async {
            let app = find(&installation, &self.app).await?;
            let district = installation.district(&self.district).await?.document.id;
            let connections = installation.store.connections_of_app(app.id).await?;
            let connection = connections
                .into_iter()
                .find(|connection| connection.district == district);
            let connection = connection.context("the app is not connected to that district")?;
            anyhow::Ok(installation.store.revoke(district, connection.id).await?)
        })??;
        context.output.result(&Disconnected { disconnected }, |_| {
            "disconnected; the token does not work any more".to_owned()
        })?;
        Ok(Exit::Done)
    }
}

/// Connects an app to a district and shows it what is published; the token is returned.
pub(crate) async fn connect(
    installation: &Installation,
    app: ObjectId,
    district: ObjectId,
    events: bool,
) -> anyhow::Result<String> {
    let connected = installation.store.connections_of_app(app).await?;
    anyhow::ensure!(
        connected.iter().all(|each| each.district != district),
        "the app is connected to this district already: it finds its token at GET /oauth/tokens?owner_type=district; for a new token disconnect it first"
    );
    let now = clock::now();
    let id = random::object_id(now)?;
    let token = random::hex::<20>()?;
    let connection = NewConnection {
        id,
        app,
        district,
        token: homeroom_api::token_digest(&token),
        sealed: installation.master_key()?.seal(id, &token)?,
        scopes: SCOPES.iter().map(|&scope| scope.to_owned()).collect(),
        created: now,
    };
    installation
        .store
        .connect(connection)
        .await
        .context("the app cannot be connected")?;
    if events {
        installation.store.switch_events(district, id, true).await?;
    }
    installation.ingest().move_views(district).await?;
    Ok(token)
}

//! `homeroom events`.

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use homeroom_store::{Connections as _, Events as _};
use serde::Serialize;

use super::app::find;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Switch the events of a connected app on or off
///
/// Events tell an app what changed in a district since it looked last (GET /events). What was made before stays as long as
/// events are kept; while they are off none are made, and the app is told that some are missing.
#[derive(Args)]
pub(crate) struct Events {
    /// The app's id or client id
    app: String,
    /// The district's id
    district: String,
    /// Whether changes make events from now on
    switch: Switch,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

#[derive(Serialize)]
struct Switched {
    events: bool,
}

impl Events {
    /// Switches.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let events = self.switch == Switch::On;
        block_on(async {
            let app = find(&installation, &self.app).await?;
            let district = installation.district(&self.district).await?.document.id;
            let connections = installation.store.connections_of_app(app.id).await?;
            let connection = connections
                .into_iter()
                .find(|connection| connection.district == district);
            let connection = connection.context("the app is not connected to that district")?;
            let switched = installation
                .store
                .switch_events(district, connection.id, events)
                .await?;
            anyhow::ensure!(switched, "the app was disconnected in this moment");
            anyhow::Ok(())
        })??;
        context.output.result(&Switched { events }, |_| {
            let text = if events {
                "events are on: what changes from now on can be read at GET /events"
            } else {
                "events are off: what changes from now on makes none"
            };
            text.to_owned()
        })?;
        Ok(Exit::Done)
    }
}

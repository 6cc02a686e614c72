//! Which app a command is about, and in which district.

use anyhow::Context as _;
use clap::Args;
use homeroom_model::ObjectId;
use homeroom_store::{App, Connections as _, FeedKey};

use crate::commands::app::find;
use crate::commands::of_district::OfDistrict;
use crate::context::Installation;

/// The feed of a command.
#[derive(Args, Clone, Debug)]
pub(super) struct OfFeed {
    /// The app's id, client id or name
    app: String,
    #[command(flatten)]
    district: OfDistrict,
}

impl OfFeed {
    /// The app and the key of its feed.
    pub(super) async fn key(&self, installation: &Installation) -> anyhow::Result<(App, FeedKey)> {
        let district = self.district.id(installation).await?;
        let app = find(installation, &self.app).await?;
        let key = FeedKey {
            district,
            app: app.id,
        };
        Ok((app, key))
    }
}

/// Makes sure that the app is connected to the district.
pub(super) async fn connected(
    installation: &Installation,
    app: &App,
    district: ObjectId,
) -> anyhow::Result<()> {
    let connections = installation.store.connections_of_app(app.id).await?;
    let there = connections.iter().any(|each| each.district == district);
    there.then_some(()).with_context(|| {
        format!(
            "{} is not connected to the district, so it has no token to report with; first run: homeroom connect {} {district}",
            app.name, app.id
        )
    })
}

/// What to do where an app reports nothing to the district.
pub(super) fn not_on(app: &App) -> String {
    format!(
        "Goals are not on for {} in this district; `homeroom goals on {} DISTRICT` switches them on",
        app.name, app.id
    )
}

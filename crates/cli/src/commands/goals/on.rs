//! `homeroom goals on` and `homeroom goals off`.

use clap::Args;
use homeroom_history::Keyed;
use homeroom_progress::feed::{FeedSettings, Switch, switch};
use homeroom_store::{App, FeedKey};
use serde::Serialize;

use super::of_feed::connected;
use super::{by, who};
use crate::commands::app::find;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::{actor, clock};

/// Take what an app reports about students of a district, of all its schools or of some
///
/// The app reports with its district token (POST /v2.0/metrics). Repeating the command changes what is named and leaves the
/// rest as it is.
#[derive(Args)]
pub(super) struct On {
    /// The app's id, client id or name; it must be connected to the district
    app: String,
    /// The district's id or name
    district: String,
    /// Only students of this school, by name, SIS id or Clever id; may be given several times
    #[arg(long = "school", value_name = "SCHOOL", conflicts_with = "all_schools")]
    schools: Vec<String>,
    /// Students of all schools again
    #[arg(long)]
    all_schools: bool,
    /// Let the app see the targets that are set for it
    #[arg(long)]
    show_targets: bool,
    /// Do not let the app see them any more
    #[arg(long, conflicts_with = "show_targets")]
    hide_targets: bool,
}

/// Take nothing more of what an app reports; what was taken stays, and comes back with `on`
#[derive(Args)]
pub(super) struct Off {
    /// The app's id, client id or name
    app: String,
    /// The district's id or name
    district: String,
}

#[derive(Serialize)]
struct Switched {
    app: String,
    district: String,
    on: bool,
    /// `null` for all schools.
    schools: Option<Vec<String>>,
    app_sees_targets: bool,
}

impl On {
    /// Switches on.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let switched = block_on(async {
            let app = find(&installation, &self.app).await?;
            let district = installation.district(&self.district).await?.document.id;
            connected(&installation, &app, district).await?;
            let mut chosen = Vec::with_capacity(self.schools.len());
            for named in &self.schools {
                chosen.push(who::record(&installation, district, Keyed::Schools, named).await?);
            }
            let schools = match (self.all_schools, chosen.is_empty()) {
                (true, _) => Some(None),
                (false, true) => None,
                (false, false) => Some(Some(chosen)),
            };
            let shown = self.show_targets.then_some(true);
            let wish = Switch {
                on: Some(true),
                schools,
                apps_see_targets: shown.or(self.hide_targets.then_some(false)),
            };
            let key = FeedKey {
                district,
                app: app.id,
            };
            switched(&installation, key, &wish).await
        })??;
        context.output.result(&switched, |switched| {
            let schools = switched.schools.as_ref().map_or_else(
                || "all schools".to_owned(),
                |schools| match schools.len() {
                    1 => "1 school".to_owned(),
                    count => format!("{count} schools"),
                },
            );
            let sees = if switched.app_sees_targets { "sees" } else { "does not see" };
            format!(
                "Goals are on: students of {schools}; the app {sees} the targets set for it.\n\
                 It reports with its district token to POST /v2.0/metrics; see what came with: homeroom {}goals deliveries {}",
                context.data_flag(),
                switched.app
            )
        })?;
        Ok(Exit::Done)
    }
}

impl Off {
    /// Switches off.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let switched = block_on(async {
            let app: App = find(&installation, &self.app).await?;
            let district = installation.district(&self.district).await?.document.id;
            let key = FeedKey {
                district,
                app: app.id,
            };
            let wish = Switch {
                on: Some(false),
                ..Switch::default()
            };
            anyhow::ensure!(
                installation.store_dyn().goals_feed(key).await?.is_some(),
                "Goals were never on for {} in this district",
                app.name
            );
            switched(&installation, key, &wish).await
        })??;
        context.output.result(&switched, |_| {
            "Goals are off: nothing more is taken. What was taken is kept.".to_owned()
        })?;
        Ok(Exit::Done)
    }
}

async fn switched(
    installation: &Installation,
    key: FeedKey,
    wish: &Switch,
) -> anyhow::Result<Switched> {
    let actor = actor::name();
    let by = by(&actor, clock::now())?;
    let feed = switch(&*installation.store_dyn(), key, wish, by).await?;
    let settings = FeedSettings::read(&feed)?;
    let schools = settings
        .schools
        .map(|schools| schools.iter().map(|id| id.to_hex()).collect());
    Ok(Switched {
        app: key.app.to_hex(),
        district: key.district.to_hex(),
        on: feed.on,
        schools,
        app_sees_targets: settings.apps_see_targets,
    })
}

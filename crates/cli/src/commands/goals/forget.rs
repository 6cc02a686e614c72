//! `homeroom goals forget`.

use clap::Args;
use homeroom_progress::feed::forget;
use homeroom_store::FeedKey;
use serde::Serialize;

use super::by;
use crate::commands::app::find;
use crate::context::{Context, block_on};
use crate::exit::Exit;
use crate::{actor, clock};

/// Forget everything an app ever reported about a district: totals, days, targets, the log of its requests
///
/// It cannot be taken back. Goals have to be off for the app first; an app with totals is not removed before.
#[derive(Args)]
pub(super) struct Forget {
    /// The app's id, client id or name
    app: String,
    /// The district's id or name
    district: String,
}

#[derive(Serialize)]
struct Outcome {
    app: String,
    district: String,
    forgotten: bool,
}

impl Forget {
    /// Forgets.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let forgotten = block_on(async {
            let app = find(&installation, &self.app).await?;
            let district = installation.district(&self.district).await?.document.id;
            let key = FeedKey {
                district,
                app: app.id,
            };
            let actor = actor::name();
            let by = by(&actor, clock::now())?;
            anyhow::Ok(Outcome {
                app: app.id.to_hex(),
                district: district.to_hex(),
                forgotten: forget(&*installation.store_dyn(), key, by).await?,
            })
        })??;
        context.output.result(&forgotten, |forgotten| {
            if forgotten.forgotten {
                "Everything that the app reported about the district is forgotten.".to_owned()
            } else {
                "Nothing was ever reported by the app about the district.".to_owned()
            }
        })?;
        Ok(Exit::Done)
    }
}

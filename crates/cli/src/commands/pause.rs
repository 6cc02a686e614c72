//! `homeroom pause`.

use clap::Args;
use homeroom_ingest::Pause as Days;
use homeroom_model::Date;
use serde::Serialize;

use super::district::date;
use super::of_district::OfDistrict;
use crate::actor;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Pause a district over the summer, end its pause, or show it
///
/// In a pause nothing is imported and apps keep reading what was published last; the newest upload is kept and imported when
/// the pause is over. Without --from, --until or --end the pause that holds or comes next is shown.
#[derive(Args)]
pub(crate) struct Pause {
    #[command(flatten)]
    district: OfDistrict,
    /// The first day of the pause, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", value_parser = date, requires = "until")]
    from: Option<Date>,
    /// The last day of the pause, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Option<Date>,
    /// End the pause, or take back one that is to come
    #[arg(long, conflicts_with_all = ["from", "until"])]
    end: bool,
}

#[derive(Serialize)]
struct Shown {
    pause: Option<Days>,
    ended: bool,
}

impl Pause {
    /// Pauses, ends or shows.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let shown = block_on(async {
            let district = self.district.id(&installation).await?;
            let ingest = installation.ingest();
            let mut ended = false;
            if let Some(end) = self.until {
                let start = self.from.unwrap_or_else(|| crate::clock::now().date());
                let days = Days { start, end };
                ingest.pause(district, days, &actor::name()).await?;
            } else if self.end {
                ended = ingest.end_pause(district, &actor::name()).await?;
                anyhow::ensure!(ended, "the district is not paused, and no pause is to come");
            }
            let pause = ingest.pause_of(district).await?;
            anyhow::Ok(Shown { pause, ended })
        })??;
        context.output.result(&shown, Shown::text)?;
        Ok(Exit::Done)
    }
}

impl Shown {
    fn text(&self) -> String {
        let ended = if self.ended {
            "The pause is ended.\n"
        } else {
            ""
        };
        let next = self.pause.map_or_else(
            || "No pause holds or is to come.".to_owned(),
            |pause| {
                format!(
                    "Nothing is imported from {} to {}, both included; apps keep reading what was published last.",
                    pause.start, pause.end
                )
            },
        );
        format!("{ended}{next}")
    }
}

//! `homeroom undo`.

use clap::Args;
use homeroom_ingest::UndoRequest;

use super::of_district::OfDistrict;
use crate::actor;
use crate::commands::import::exit;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Undo the last publish, or go back to an older snapshot
///
/// What was published then is published again, with the same ids, and apps are told what changed as after any import. The
/// files that are undone are not imported again until they change. What is shared with apps stays as it is.
#[derive(Args)]
pub(crate) struct Undo {
    #[command(flatten)]
    district: OfDistrict,
    /// The number of the snapshot to go back to [default: the one before the newest]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    to: Option<u64>,
    /// Show what would change, publish nothing
    #[arg(long)]
    dry_run: bool,
}

impl Undo {
    /// Undoes and reports.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let progress = context.output.progress("undoing");
        let steps = progress.clone();
        let report = block_on(async {
            let request = UndoRequest {
                district: self.district.id(&installation).await?,
                to: self.to,
                dry_run: self.dry_run,
                actor: actor::name(),
                progress: Box::new(move |step| steps.step(step)),
            };
            anyhow::Ok(installation.ingest().undo(request).await?)
        });
        progress.finish();
        let report = report??;
        context.output.result(&report, |report| report.text(0))?;
        Ok(exit(&report))
    }
}

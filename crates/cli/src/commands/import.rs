//! `homeroom import`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use homeroom_ingest::{Folder, ImportRequest, IngestError, Outcome, Report};

use super::of_district::OfDistrict;
use crate::actor;
use crate::context::{Context, block_on};
use crate::exit::Exit;
use crate::holder;

/// Import a district's files and publish what changed
///
/// Every import is the whole district: a record that the files do not hold any more has left. Exit codes: 0 published,
/// planned or nothing new; 1 something has to be repaired first; 2 the command line is wrong; 3 held, because much would be
/// deleted.
#[derive(Args)]
pub(crate) struct Import {
    /// The folder with the district's CSV files
    folder: PathBuf,
    #[command(flatten)]
    district: OfDistrict,
    /// Show what would change, publish nothing
    #[arg(long)]
    dry_run: bool,
    /// Publish a held import: the digest of the plan, as the held import printed it
    #[arg(long, value_name = "DIGEST")]
    approve: Option<String>,
    /// How many problems of each kind to list with their places; all are counted
    #[arg(long, default_value_t = 3, value_name = "N")]
    show_problems: usize,
}

impl Import {
    /// Imports and reports.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        anyhow::ensure!(
            self.folder.is_dir(),
            "{} is not a folder; name the folder that holds the CSV files",
            self.folder.display()
        );
        let progress = context.output.progress("reading the files");
        let steps = progress.clone();
        let approved = self.approve.clone();
        let report = block_on(async {
            let district = self.district.id(&installation).await?;
            let request = ImportRequest {
                district,
                source: Box::new(progress.watch(Folder::new(&self.folder)).with_context(|| {
                    format!("the folder {} cannot be read", self.folder.display())
                })?),
                dry_run: self.dry_run,
                approved: self.approve,
                actor: actor::name(),
                progress: Box::new(move |step| steps.step(step)),
            };
            let imported = installation.ingest().import(request).await;
            imported.map_err(running)
        });
        progress.finish();
        let report = report??;
        context.output.result(&report, |report| {
            let mut text = report.text(self.show_problems);
            let approved = approved.as_ref().filter(|_| report.state == Outcome::Held);
            if let Some(approved) = approved {
                // Writing to a string cannot fail.
                let _ = writeln!(
                    text,
                    "The approval {approved} is for another plan: the files or the published data changed since, or it was copied wrongly."
                );
            }
            text
        })?;
        Ok(exit(&report))
    }
}

/// Says in words which process runs the other import.
fn running(error: IngestError) -> anyhow::Error {
    match error {
        IngestError::Busy { holder } => anyhow::anyhow!(
            "another import of this district is running ({}); wait until it ends",
            holder::describe(&holder)
        ),
        other => other.into(),
    }
}

/// The exit code of an import.
pub(crate) fn exit(report: &Report) -> Exit {
    match report.state {
        Outcome::Published | Outcome::NoChange | Outcome::Planned | Outcome::Paused => Exit::Done,
        Outcome::Held => Exit::Held,
        Outcome::Error | Outcome::Blocked => Exit::Error,
    }
}

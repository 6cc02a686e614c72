//! `homeroom import`.

use std::path::PathBuf;

use clap::Args;
use homeroom_ingest::{Folder, ImportRequest, Outcome, Report};

use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Import a district's files and publish what changed
#[derive(Args)]
pub(crate) struct Import {
    /// The folder with the district's CSV files
    folder: PathBuf,
    /// The district's id
    #[arg(long)]
    district: String,
    /// Show what would change, publish nothing
    #[arg(long)]
    dry_run: bool,
    /// Publish a held import: the digest of the plan, as the held import printed it
    #[arg(long, value_name = "DIGEST")]
    approve: Option<String>,
    /// How many problems to print one by one; all are counted
    #[arg(long, default_value_t = 20, value_name = "N")]
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
        let spinner = context.output.spinner("reading the files");
        let watched = spinner.clone();
        let report = block_on(async {
            let district = installation.district(&self.district).await?.document.id;
            let request = ImportRequest {
                district,
                source: Box::new(Folder::new(self.folder)),
                dry_run: self.dry_run,
                approved: self.approve,
                progress: Box::new(move |step| watched.set_message(step.to_owned())),
            };
            anyhow::Ok(installation.ingest().import(request).await?)
        });
        spinner.finish_and_clear();
        let report = report??;
        context
            .output
            .result(&report, |report| report.text(self.show_problems))?;
        Ok(exit(&report))
    }
}

fn exit(report: &Report) -> Exit {
    match report.state {
        Outcome::Published | Outcome::NoChange | Outcome::Planned => Exit::Done,
        Outcome::Held => Exit::Held,
        Outcome::Error => Exit::Error,
    }
}

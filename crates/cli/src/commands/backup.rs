//! `homeroom backup`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Copy the control store into a file while everything keeps running
///
/// Copy the installation's `depot` folder after it: objects never change, so any copy made later holds what the backup
/// names. The master key is never part of a backup; keep it elsewhere.
#[derive(Args)]
pub(crate) struct Backup {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

#[derive(Serialize)]
struct Done {
    backup: String,
}

impl Backup {
    /// Writes the backup.
    pub(crate) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        anyhow::ensure!(
            !self.file.exists(),
            "{} is there already; name a new file",
            self.file.display()
        );
        block_on(installation.store.backup(&self.file))??;
        let done = Done {
            backup: self.file.display().to_string(),
        };
        context.output.result(&done, |done| {
            format!(
                "{} written; now copy the depot folder beside it",
                done.backup
            )
        })?;
        Ok(Exit::Done)
    }
}

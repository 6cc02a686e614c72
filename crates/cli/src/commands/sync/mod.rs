//! `homeroom sync`: the consumer's half, in the manner of infrastructure tools.

mod ask;
mod init;
mod policy_text;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::exit::Exit;

/// Keep an app's own database in step with districts of any Clever-compatible server
///
/// `sync init` makes a folder with settings, policy and database; `sync plan` shows what a sync would do, `sync apply` does it.
#[derive(Args)]
pub(crate) struct Sync {
    /// The folder that `sync init` made [default: the current one if it has a sync.toml, else homeroom-sync]
    #[arg(long, global = true, value_name = "FOLDER", env = "HOMEROOM_SYNC")]
    folder: Option<PathBuf>,
    /// Only this district, by id or name; may be given several times [default: all of the folder]
    #[arg(long = "district", global = true, value_name = "DISTRICT")]
    districts: Vec<String>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Init(init::Init),
}

impl Sync {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self.action {
            Action::Init(command) => command.run(context, self.folder, &self.districts),
        }
    }
}

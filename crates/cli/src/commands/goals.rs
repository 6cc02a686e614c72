//! `homeroom goals`: what apps report about students, on both sides (docs/goals.md).

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::exit::Exit;

/// See what apps report about students: minutes, progress, targets and who is stuck
#[derive(Args)]
pub(crate) struct Goals {
    #[command(subcommand)]
    action: Action,
}

// Those of a district's installation first, in the order in which one needs them; then those of an app's sync folder.
#[derive(Subcommand)]
enum Action {}

impl Goals {
    /// Runs the subcommand.
    pub(crate) fn run(self, _context: &Context) -> anyhow::Result<Exit> {
        match self.action {}
    }
}

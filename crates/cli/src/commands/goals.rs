//! `homeroom goals`: what apps report about students, on both sides (docs/goals.md).

mod allow;
mod app_side;
mod check;
mod push;
mod record;
mod status;

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
enum Action {
    Record(record::Record),
    Push(push::Push),
    Status(status::Status),
    Check(check::Check),
    Allow(allow::Allow),
}

impl Goals {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self.action {
            Action::Record(command) => command.run(context),
            Action::Push(command) => command.run(context),
            Action::Status(command) => command.run(context),
            Action::Check(command) => command.run(context),
            Action::Allow(command) => command.run(context),
        }
    }
}

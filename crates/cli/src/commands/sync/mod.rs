//! `homeroom sync`: the consumer's half, in the manner of infrastructure tools.

mod accounts;
mod apply;
mod ask;
mod crosswalk;
mod detail;
mod filter;
mod find;
mod findings;
mod happened;
mod held;
mod holds;
pub(crate) mod init;
mod names;
mod now;
mod plan;
mod policy_text;
mod questions;
mod rehearse;
mod render;
mod running;
mod runs;
mod scorecard;
pub(crate) mod serve;
mod shown;
mod stage;
mod status;
mod sweep;
mod timeline;
mod token;
mod undo;
mod verify;
mod why;
mod writing;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use self::running::{Call, exit_of_error};
use crate::context::{Context, block_on};
use crate::exit::Exit;
use crate::sync::folder::{self, Folder};
use crate::sync::opened::Opened;

/// Keep an app's own database in step with districts of any Clever-compatible server
///
/// `sync init` makes a folder with settings, policy and database; `sync plan` shows what a sync would do, `sync apply` does it.
/// Exit codes: 0 done, 1 it could not be done, 3 held, 4 there is something to do (plan --exit-code), 5 what was approved is
/// stale, 6 not everything could be read, 7 the server cannot be reached or refuses the token, 8 something is overdue.
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
    Init(Box<init::Init>),
    Plan(plan::Plan),
    Apply(apply::Apply),
    Now(now::Now),
    /// Say how fresh everything is, and who has to do something
    Status,
    Why(why::Why),
    Timeline(timeline::Timeline),
    Holds(holds::Holds),
    Rehearse(rehearse::Rehearse),
    Suggestions(questions::Suggestions),
    Conflicts(questions::Conflicts),
    Stage(stage::Stage),
    /// Take records that wait: the next sync does with them what it proposed
    Pick(stage::Choice),
    /// Leave records that wait as they are, and do not ask again
    Drop(stage::Choice),
    Filter(filter::Filter),
    Crosswalk(crosswalk::Crosswalk),
    Findings(findings::Findings),
    Runs(runs::Runs),
    Undo(undo::Undo),
    Accounts(accounts::Accounts),
    Verify(verify::Verify),
    Token(token::Token),
    /// Let go of what nobody needs any more: old mirrors and lines of old plans; `sync serve` does it daily
    Sweep,
    /// Sync every district at least daily until interrupted; `homeroom serve --sync` does it beside the provider
    Serve,
}

impl Sync {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let done = self.act(context);
        done.or_else(|error| match exit_of_error(&error) {
            Exit::Error => Err(error),
            other => {
                context.output.failed(&error);
                Ok(other)
            }
        })
    }

    fn act(self, context: &Context) -> anyhow::Result<Exit> {
        let action = match self.action {
            Action::Init(command) => return command.run(context, self.folder, &self.districts),
            Action::Token(command) => {
                let folder = Folder::open(folder::meant(self.folder))?;
                return command.run(context, &folder, &self.districts);
            }
            other => other,
        };
        let flags = self.folder.as_ref().map_or_else(String::new, |folder| {
            format!("--folder {} ", folder.display())
        });
        block_on(async {
            let opened = Opened::open(context, self.folder, &self.districts)?;
            if let Action::Serve = action {
                return serve::run(context, opened).await;
            }
            let call = Call {
                context,
                opened,
                flags,
            };
            run(action, &call).await
        })?
    }
}

async fn run(action: Action, call: &Call<'_>) -> anyhow::Result<Exit> {
    match action {
        Action::Plan(command) => command.run(call).await,
        Action::Apply(command) => command.run(call).await,
        Action::Now(command) => command.run(call).await,
        Action::Status => status::run(call).await,
        Action::Why(command) => command.run(call).await,
        Action::Timeline(command) => command.run(call).await,
        Action::Holds(command) => command.run(call).await,
        Action::Rehearse(command) => command.run(call).await,
        Action::Suggestions(command) => command.run(call),
        Action::Conflicts(command) => command.run(call),
        Action::Stage(command) => command.run(call).await,
        Action::Pick(command) => command.run(call, true).await,
        Action::Drop(command) => command.run(call, false).await,
        Action::Filter(command) => command.run(call).await,
        Action::Crosswalk(command) => command.run(call).await,
        Action::Findings(command) => command.run(call).await,
        Action::Runs(command) => command.run(call),
        Action::Undo(command) => command.run(call).await,
        Action::Accounts(command) => command.run(call).await,
        Action::Verify(command) => command.run(call).await,
        Action::Sweep => sweep::run(call).await,
        Action::Init(_) | Action::Token(_) | Action::Serve => Ok(Exit::Done),
    }
}

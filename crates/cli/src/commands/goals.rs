//! `homeroom goals`: what apps report about students, on both sides (docs/goals.md).

mod allow;
mod app_side;
mod check;
mod criteria;
mod decide;
mod deliveries;
mod draw;
mod feeds;
mod forget;
mod of_feed;
mod on;
mod open;
mod push;
mod record;
mod report;
mod status;
mod target;
mod targets;
mod who;

use clap::{Args, Subcommand};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_progress::feed::By;
use homeroom_progress::figures::{Figures, Settings};

use crate::context::{Context, Installation};
use crate::exit::Exit;
use crate::{actor, clock, random};

/// What apps report about students: minutes, progress, targets and who is stuck; and an app that reports
///
/// A district's commands work in an installation (--data); those of an app's side in a folder of `homeroom sync` (--folder).
#[derive(Args)]
pub(crate) struct Goals {
    #[command(subcommand)]
    action: Action,
}

// Those of a district's installation first, in the order in which one needs them; then those of an app's sync folder.
#[derive(Subcommand)]
enum Action {
    On(on::On),
    Off(on::Off),
    Feeds(feeds::Feeds),
    Deliveries(deliveries::Deliveries),
    Target(target::Target),
    Targets(targets::Targets),
    Open(open::Open),
    Confirm(decide::Confirm),
    Dismiss(decide::Dismiss),
    Report(report::Report),
    Forget(forget::Forget),
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
            Action::On(command) => command.run(context),
            Action::Off(command) => command.run(context),
            Action::Feeds(command) => command.run(context),
            Action::Deliveries(command) => command.run(context),
            Action::Target(command) => command.run(context),
            Action::Targets(command) => command.run(context),
            Action::Open(command) => command.run(context),
            Action::Confirm(command) => command.run(context),
            Action::Dismiss(command) => command.run(context),
            Action::Report(command) => command.run(context),
            Action::Forget(command) => command.run(context),
            Action::Record(command) => command.run(context),
            Action::Push(command) => command.run(context),
            Action::Status(command) => command.run(context),
            Action::Check(command) => command.run(context),
            Action::Allow(command) => command.run(context),
        }
    }
}

/// What works figures out for this installation.
fn figures(installation: &Installation) -> Figures {
    let ingest = installation.ingest();
    Figures::new(
        installation.store_dyn(),
        ingest.history().clone(),
        Settings::default(),
    )
}

/// Who decides something now, for the audit.
fn by(actor: &str, now: Timestamp) -> anyhow::Result<By<'_>> {
    Ok(By {
        actor,
        now,
        audit: random::object_id(now)?,
    })
}

/// Notes in the audit who read what is about single students (integration-side B15, D6).
async fn noted_reading(
    installation: &Installation,
    district: ObjectId,
    what: String,
) -> anyhow::Result<()> {
    let actor = actor::name();
    let by = by(&actor, clock::now())?;
    let store = installation.store_dyn();
    let noted = by.note(&*store, district, "goals read", what);
    Ok(noted.await?)
}

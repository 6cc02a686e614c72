//! `homeroom sync plan`: what a sync would do, without doing it.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use homeroom_sync::{Order, Ran, ReadHow, Trigger, Until};

use super::render;
use super::running::{Call, Outcome, Outcomes, Seen, stopped_by_hand};
use crate::actor;
use crate::exit::Exit;
use crate::sync::opened::Followed;

/// Show what a sync would do, and do nothing
///
/// `+` comes, `~` changes, `-` goes, `?` is asked, `!` is held. The plan is kept: `sync apply DIGEST` does what was seen, and
/// nothing else. Names and values are shown, since somebody has to judge them; values of sensitive fields never are.
#[derive(Args)]
pub(super) struct Plan {
    #[command(flatten)]
    read: Read,
    #[command(flatten)]
    show: Show,
    /// Keep the plan as JSON in a file, for a review elsewhere
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// End with code 4 if there is something to do
    #[arg(long)]
    exit_code: bool,
}

/// How a plan reads.
#[derive(Args, Clone, Copy)]
pub(super) struct Read {
    /// Read everything, even where events say what changed
    #[arg(long, conflicts_with = "kept")]
    full: bool,
    /// Ask the server nothing: plan again from what was read last, as after a change of the policy
    #[arg(long)]
    kept: bool,
    /// Compare every record value by value, so that what somebody changed in the app's database by hand is found
    #[arg(long)]
    deep: bool,
}

/// How a plan is shown.
#[derive(Args, Clone, Copy)]
pub(super) struct Show {
    /// Every line, not only the first of each sort
    #[arg(long)]
    all: bool,
    /// Neither names nor values, only ids and the names of fields
    #[arg(long)]
    no_values: bool,
}

impl Read {
    /// Nothing is asked of the server.
    pub(super) const KEPT: Self = Self {
        full: false,
        kept: true,
        deep: false,
    };

    /// The order.
    pub(super) fn order(self, until: Until) -> Order {
        let read = match (self.full, self.kept) {
            (true, _) => ReadHow::Full,
            (_, true) => ReadHow::Kept,
            _ => ReadHow::Auto,
        };
        Order {
            read,
            until,
            deep: self.deep,
            actor: actor::name(),
            ..Order::new(Trigger::Demand)
        }
    }
}

impl Show {
    /// Whether names and values are shown.
    pub(super) fn values(self) -> bool {
        !self.no_values
    }

    /// Whether every line is.
    pub(super) fn all(self) -> bool {
        self.all
    }
}

impl Plan {
    /// Plans.
    pub(super) async fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let mut districts = Vec::new();
        for district in &call.opened.districts {
            let outcome = match once(call, district, &self.read.order(Until::Plan)).await {
                Ok(ran) => Outcome::of(call, district, &ran, self.show.values()).await?,
                Err(error) => Outcome::failed(district, &error),
            };
            districts.push(outcome);
        }
        for outcome in &mut districts {
            let sums = outcome.plan.as_ref().map(|plan| plan.actions.is_empty());
            if self.exit_code && sums == Some(false) && outcome.exit == Exit::Done {
                outcome.exit = Exit::Changes;
            }
        }
        let outcomes = Outcomes { districts };
        if let Some(path) = &self.out {
            keep(path, &outcomes)?;
        }
        call.context.output.result(&outcomes, |outcomes| {
            let texts = outcomes
                .districts
                .iter()
                .map(|outcome| self.text(call, outcome));
            texts.collect::<Vec<_>>().join("\n")
        })?;
        Ok(outcomes.exit())
    }

    fn text(&self, call: &Call<'_>, outcome: &Outcome) -> String {
        let Some(plan) = &outcome.plan else {
            return outcome.heading();
        };
        let told = render::text(plan, self.show.all());
        let next = if plan.actions.is_empty() {
            String::new()
        } else {
            let approve = match (plan.held, plan.summary.held) {
                (true, _) => " --approve",
                (false, 1..) => "              # --approve: what is held, too",
                (false, 0) => "",
            };
            let short = plan.plan.get(..12).unwrap_or(&plan.plan);
            format!(
                "Nothing was changed. To do exactly this:\n  homeroom sync {}apply {short}{approve}\n",
                call.flags
            )
        };
        format!("{}\n{told}{next}", outcome.heading())
    }
}

/// Runs an order for a district and keeps its token if it was replaced.
pub(super) async fn once(
    call: &Call<'_>,
    district: &Followed,
    order: &Order,
) -> anyhow::Result<Ran> {
    if order.read != ReadHow::Kept {
        call.opened.server_answers(district).await?;
    }
    let seen = Seen::start(call.context, district);
    let cancel = stopped_by_hand();
    let running = call
        .opened
        .engine
        .run(&district.tenant, order, &cancel, &seen);
    // What a run holds on to is large.
    let ran = Box::pin(running).await;
    seen.finish();
    call.opened.keep_token(district)?;
    Ok(ran?)
}

fn keep(path: &PathBuf, outcomes: &Outcomes) -> anyhow::Result<()> {
    let write = || -> anyhow::Result<()> {
        let mut file = BufWriter::new(private(path)?);
        serde_json::to_writer_pretty(&mut file, outcomes)?;
        writeln!(file)?;
        file.flush()?;
        Ok(())
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

/// A new file that only its owner may read: it holds names.
fn private(path: &PathBuf) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

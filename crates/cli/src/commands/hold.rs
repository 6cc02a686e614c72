//! `homeroom hold`: imports that wait for somebody to look.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use homeroom_change::{Part, Selection};
use homeroom_ingest::{ApproveRequest, Ingest};
use homeroom_model::ObjectId;
use homeroom_store::{Hold as Record, Holds as _, Runs as _};
use serde::Serialize;

use super::of_district::OfDistrict;
use crate::actor;
use crate::commands::import::exit;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::output;

/// Look at an import that is held, and approve or discard it
///
/// An import that would change suspiciously much is held: apps keep what was published before until a person has decided.
/// A newer upload takes the place of a held one.
#[derive(Args)]
pub(crate) struct Hold {
    #[command(flatten)]
    district: OfDistrict,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show what is held, why, and what it would change
    Show,
    /// List the holds of a district and what became of them, newest first
    List {
        /// At most so many
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: u32,
    },
    /// Publish what is held, or only some schools or kinds of records of it
    Approve(Approve),
    /// Drop what is held; the same files are not imported again until they change
    Discard {
        /// Why, for the record
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
    },
    /// Let files be imported again that were discarded or undone
    Unblock {
        /// The run that was discarded or undone, as `hold list` or `run list` shows it
        run: String,
    },
}

/// What to approve.
#[derive(Args)]
struct Approve {
    /// The digest of the plan that was looked at, as `hold show` prints it
    #[arg(long, value_name = "DIGEST")]
    plan: String,
    /// Only changes at this school, by SIS id; may be given several times
    #[arg(long = "school", value_name = "SCHOOL_ID")]
    schools: Vec<String>,
    /// Only changes of this kind: schools, students (with contacts), staff (with teachers), sections (with enrollments,
    /// courses and terms) or resources; may be given several times
    #[arg(long = "type", value_name = "TYPE", value_parser = part)]
    types: Vec<Part>,
}

fn part(text: &str) -> Result<Part, String> {
    Part::from_text(text).ok_or_else(|| {
        let known: Vec<_> = Part::ALL.iter().map(|known| known.text()).collect();
        format!("a type is one of {}", known.join(", "))
    })
}

#[derive(Serialize)]
struct Listed {
    holds: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    run: String,
    opened: String,
    state: &'static str,
    closed: Option<String>,
    actor: String,
    note: String,
    plan: String,
}

#[derive(Serialize)]
struct Shown {
    hold: Option<Row>,
    plan: Option<serde_json::Value>,
}

impl Hold {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        block_on(async {
            let district = self.district.id(&installation).await?;
            let ingest = installation.ingest();
            match self.action {
                Action::Show => show(context, &ingest, district).await?,
                Action::List { limit } => {
                    let holds = installation.store.holds(district, None, limit).await?;
                    let holds = holds.into_iter().map(row).collect();
                    context
                        .output
                        .result(&Listed { holds }, |listed| table(&listed.holds))?;
                }
                Action::Approve(approve) => {
                    return approve.run(context, &ingest, district).await;
                }
                Action::Discard { note } => {
                    let hold = waiting(&ingest, district).await?;
                    let hold = ingest
                        .discard(district, hold.run, &actor::name(), &note)
                        .await?;
                    context.output.result(&row(hold), |hold| {
                        format!(
                            "Discarded: what was published before stays. The same files are not imported again; to allow it: homeroom {}hold unblock {}",
                            context.data_flag(),
                            hold.run
                        )
                    })?;
                }
                Action::Unblock { run } => unblock(context, &installation, district, &run).await?,
            }
            anyhow::Ok(Exit::Done)
        })?
    }
}

impl Approve {
    async fn run(
        self,
        context: &Context,
        ingest: &Ingest,
        district: ObjectId,
    ) -> anyhow::Result<Exit> {
        let hold = waiting(ingest, district).await?;
        let selection = self.selection();
        let progress = context.output.progress("approving");
        let steps = progress.clone();
        let approved = ingest
            .approve(ApproveRequest {
                district,
                run: hold.run,
                digest: self.plan,
                selection,
                actor: actor::name(),
                progress: Box::new(move |step| steps.step(step)),
            })
            .await;
        progress.finish();
        let report = approved?;
        context.output.result(&report, |report| report.text(0))?;
        Ok(exit(&report))
    }
}

impl Approve {
    /// What is chosen; `None` for everything.
    fn selection(&self) -> Option<Selection> {
        let some = !self.schools.is_empty() || !self.types.is_empty();
        some.then(|| Selection {
            schools: (!self.schools.is_empty()).then(|| self.schools.iter().cloned().collect()),
            types: (!self.types.is_empty()).then(|| self.types.iter().copied().collect()),
        })
    }
}

async fn waiting(ingest: &Ingest, district: ObjectId) -> anyhow::Result<Record> {
    let hold = ingest.waiting_hold(district).await?;
    hold.context("nothing is held in this district")
}

async fn show(context: &Context, ingest: &Ingest, district: ObjectId) -> anyhow::Result<()> {
    let hold = ingest.waiting_hold(district).await?;
    let mut plan = None;
    if let Some(hold) = &hold
        && let Some(left) = ingest.read_artifact(district, hold.run, "plan").await?
    {
        plan = Some(serde_json::from_reader(left).context("the plan cannot be read")?);
    }
    let shown = Shown {
        hold: hold.map(row),
        plan,
    };
    context.output.result(&shown, |shown| {
        let Some(hold) = &shown.hold else {
            return "Nothing is held.".to_owned();
        };
        let plan = shown
            .plan
            .as_ref()
            .map_or_else(|| "Its plan is not kept any more.".to_owned(), super::plan::text);
        let flag = context.data_flag();
        format!(
            "Held since {} (run {}).\n\n{plan}\n\nTo publish it: homeroom {flag}hold approve --plan {}\nTo drop it:    homeroom {flag}hold discard",
            hold.opened, hold.run, hold.plan
        )
    })
}

async fn unblock(
    context: &Context,
    installation: &Installation,
    district: ObjectId,
    run: &str,
) -> anyhow::Result<()> {
    let id = ObjectId::from_hex(run).context("a run is named by its id of 24 digits")?;
    let there = installation.store.run(district, id).await?;
    there.with_context(|| format!("there is no run {run}"))?;
    let unblocked = installation
        .ingest()
        .unblock(district, id, &actor::name())
        .await?;
    context
        .output
        .result(&serde_json::json!({ "unblocked": unblocked }), |_| {
            if unblocked {
                format!("The files of run {run} may be imported again.")
            } else {
                format!("The files of run {run} are not blocked.")
            }
        })
}

fn row(hold: Record) -> Row {
    Row {
        run: hold.run.to_hex(),
        opened: hold.opened.to_iso(),
        state: hold.state.as_str(),
        closed: hold.closed.map(homeroom_model::Timestamp::to_iso),
        actor: hold.actor,
        note: hold.note,
        plan: hold.digest,
    }
}

fn table(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let closed = row.closed.as_deref().unwrap_or_default();
            [
                row.run.as_str(),
                &row.opened,
                row.state,
                closed,
                &row.actor,
                &row.note,
            ]
        })
        .collect();
    output::table(
        ["run", "held since", "state", "decided", "by", "note"],
        &rows,
        "nothing was ever held",
    )
}

//! `homeroom run`: what runs did, and stopping or repeating one.

mod findings;
mod list;
mod show;

use std::io::{self, Read};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use homeroom_ingest::Ingest;
use homeroom_model::ObjectId;
use homeroom_store::{Run as Record, RunState, Runs as _};
use serde::Serialize;

use super::of_district::OfDistrict;
use crate::actor;
use crate::commands::import::exit;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;

/// Look at what imports did; stop one, or go on with one that was cut short
#[derive(Args)]
pub(crate) struct Run {
    #[command(flatten)]
    district: OfDistrict,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the runs of a district, newest first
    List {
        /// At most so many
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: u32,
    },
    /// Show the report of a run: files, rows, changes, guards, problems
    Show {
        #[command(flatten)]
        which: Which,
        /// How many problems of each kind to list with their places; all are counted
        #[arg(long, default_value_t = 3, value_name = "N")]
        show_problems: usize,
    },
    /// Show the plan of a run: what it would change in which school, with samples
    Plan {
        #[command(flatten)]
        which: Which,
    },
    /// List everything a run found wrong, one line each, nothing left out
    Findings {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        wanted: findings::Wanted,
    },
    /// Print the changed fields of a run as CSV; it holds values of people's records
    Changes {
        #[command(flatten)]
        which: Which,
    },
    /// Ask a running import to stop; it publishes nothing
    Cancel {
        #[command(flatten)]
        which: Which,
    },
    /// Go on with an import that was cut short, from the files it kept; a server does so by itself
    Resume,
}

/// Which run a command is about.
#[derive(Args)]
pub(crate) struct Which {
    /// The run's id, or its beginning [default: the newest run]
    run: Option<String>,
}

#[derive(Serialize)]
struct Cancelled {
    cancelled: bool,
}

impl Run {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        block_on(async {
            let district = self.district.id(&installation).await?;
            let ingest = installation.ingest();
            match self.action {
                Action::List { limit } => {
                    let runs = installation.store.runs(district, None, limit).await?;
                    list::print(context, runs)?;
                }
                Action::Show {
                    which,
                    show_problems,
                } => {
                    let run = which.find(&installation, district).await?;
                    show::report(context, &installation, &run, show_problems).await?;
                }
                Action::Plan { which } => {
                    let run = which.find(&installation, district).await?;
                    show::plan(context, &ingest, &run).await?;
                }
                Action::Findings { which, wanted } => {
                    let run = which.find(&installation, district).await?;
                    findings::print(context, &ingest, &run, &wanted).await?;
                }
                Action::Changes { which } => {
                    let run = which.find(&installation, district).await?;
                    pass_on(&ingest, &run, "changes").await?;
                }
                Action::Cancel { which } => {
                    let run = which.find(&installation, district).await?;
                    let cancelled = ingest.cancel(district, run.id, &actor::name()).await?;
                    context.output.result(&Cancelled { cancelled }, |done| {
                        if done.cancelled {
                            format!("Run {} is asked to stop; once it publishes, it is carried through.", run.id)
                        } else {
                            format!("Run {} does not run.", run.id)
                        }
                    })?;
                }
                Action::Resume => {
                    let report = ingest.resume(district).await?;
                    let report = report.context("no import of this district was cut short")?;
                    context.output.result(&report, |report| report.text(3))?;
                    return Ok(exit(&report));
                }
            }
            anyhow::Ok(Exit::Done)
        })?
    }
}

impl Which {
    /// The run of an id or the beginning of one.
    pub(crate) fn named(run: &str) -> Self {
        Self {
            run: Some(run.to_owned()),
        }
    }

    /// The run that was named, or the newest.
    pub(crate) async fn find(
        &self,
        installation: &Installation,
        district: ObjectId,
    ) -> anyhow::Result<Record> {
        /// Runs that are looked through for the beginning of an id.
        const RECENT: u32 = 1000;
        let store = &installation.store;
        let Some(named) = &self.run else {
            let newest = store.runs(district, None, 1).await?.into_iter().next();
            return newest.context("there has been no run yet");
        };
        if let Some(id) = ObjectId::from_hex(named) {
            let found = store.run(district, id).await?;
            return found.with_context(|| format!("there is no run {named}"));
        }
        let recent = store.runs(district, None, RECENT).await?;
        let mut matching = recent
            .into_iter()
            .filter(|run| run.id.to_hex().starts_with(&named.to_lowercase()));
        let found = matching
            .next()
            .with_context(|| format!("there is no run {named}; `run list` shows them"))?;
        anyhow::ensure!(
            matching.next().is_none(),
            "several runs begin with {named}; write more of the id"
        );
        Ok(found)
    }
}

/// Opens what a run left, or says that it is not kept.
async fn left(ingest: &Ingest, run: &Record, name: &str) -> anyhow::Result<Box<dyn Read + Send>> {
    let left = ingest.read_artifact(run.district, run.id, name).await?;
    left.with_context(|| {
        let why = match run.state {
            RunState::NoChange => "it brought nothing new",
            RunState::Running => "it still runs",
            _ => "it ended too early, or that was let go of",
        };
        format!("run {} has no {name}: {why}", run.id)
    })
}

/// Copies what a run left to standard output.
async fn pass_on(ingest: &Ingest, run: &Record, name: &str) -> anyhow::Result<()> {
    let mut left = left(ingest, run, name).await?;
    match io::copy(&mut left, &mut io::stdout().lock()) {
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => {
            done.with_context(|| format!("the {name} of the run could not be printed"))?;
            Ok(())
        }
    }
}

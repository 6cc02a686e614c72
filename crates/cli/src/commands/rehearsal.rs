//! `homeroom rehearsal`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use homeroom_ingest::{Folder, Report};
use serde::Serialize;

use super::of_district::OfDistrict;
use crate::actor;
use crate::commands::import::exit;
use crate::context::{Context, block_on};
use crate::exit::Exit;
use crate::output;

/// Hold next year's export beside the live roster and see what the switch would do; apps see nothing of it
#[derive(Args)]
pub(crate) struct Rehearsal {
    #[command(flatten)]
    district: OfDistrict,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Keep an export under a name and show what publishing it would do
    Add {
        /// The folder with the CSV files
        folder: PathBuf,
        /// A name for it; an earlier rehearsal of that name is replaced
        #[arg(long, default_value = "next-year", value_name = "NAME")]
        name: String,
    },
    /// List the rehearsals of a district
    List,
    /// Plan a rehearsal again, against the roster of today
    Again {
        /// Its name
        #[arg(default_value = "next-year")]
        name: String,
    },
    /// Import the files of a rehearsal now, as if they were uploaded; guards may hold them
    Switch {
        /// Its name
        #[arg(default_value = "next-year")]
        name: String,
    },
    /// Let go of a rehearsal and its files
    Drop {
        /// Its name
        #[arg(default_value = "next-year")]
        name: String,
    },
}

#[derive(Serialize)]
struct Listed {
    rehearsals: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    planned: String,
    run: String,
}

impl Rehearsal {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let progress = context.output.progress("rehearsing");
        let steps = progress.clone();
        let told: homeroom_ingest::Progress = Box::new(move |step| steps.step(step));
        block_on(async {
            let district = self.district.id(&installation).await?;
            let ingest = installation.ingest();
            let actor = actor::name();
            let report = match self.action {
                Action::Add { folder, name } => {
                    anyhow::ensure!(
                        folder.is_dir(),
                        "{} is not a folder; name the folder that holds the CSV files",
                        folder.display()
                    );
                    let source = Folder::new(&folder);
                    ingest
                        .rehearse(district, &name, Box::new(source), &actor, told)
                        .await?
                }
                Action::Again { name } => {
                    ingest.rehearse_again(district, &name, &actor, told).await?
                }
                Action::Switch { name } => ingest.switch(district, &name, &actor, told).await?,
                Action::List => {
                    let rehearsals = ingest.rehearsals(district).await?;
                    let rehearsals = rehearsals.into_iter().map(|rehearsal| Row {
                        name: rehearsal.name,
                        planned: rehearsal.set_at.to_iso(),
                        run: rehearsal.run.to_hex(),
                    });
                    let listed = Listed {
                        rehearsals: rehearsals.collect(),
                    };
                    context
                        .output
                        .result(&listed, |listed| table(&listed.rehearsals))?;
                    return Ok(Exit::Done);
                }
                Action::Drop { name } => {
                    let dropped = ingest.drop_rehearsal(district, &name, &actor).await?;
                    anyhow::ensure!(dropped, "there is no rehearsal {name}");
                    context
                        .output
                        .result(&serde_json::json!({ "dropped": name }), |_| {
                            format!("Rehearsal {name} is let go of.")
                        })?;
                    return Ok(Exit::Done);
                }
            };
            progress.finish();
            tell(context, &report)?;
            anyhow::Ok(exit(&report))
        })?
    }
}

fn tell(context: &Context, report: &Report) -> anyhow::Result<()> {
    context.output.result(report, |report| {
        let flag = context.data_flag();
        format!(
            "{}\nSee everything: homeroom {flag}run plan {}, homeroom {flag}run findings {}",
            report.text(3),
            report.run,
            report.run
        )
    })
}

fn table(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| [row.name.as_str(), &row.planned, &row.run])
        .collect();
    output::table(
        ["rehearsal", "planned", "run"],
        &rows,
        "no rehearsals; `homeroom rehearsal add FOLDER` makes one",
    )
}

//! `homeroom record`.

use std::fmt::Write as _;

use anyhow::Context as _;
use clap::Args;
use homeroom_ingest::AsSent;
use homeroom_intake::{Exposure, Stem};
use serde::Serialize;

use super::of_district::OfDistrict;
use super::run::Which;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Look a record up as the district sent it, cell by cell, before anything was normalised
///
/// Values of people are shown as dots unless --show-values is given.
#[derive(Args)]
pub(crate) struct Record {
    /// The file: schools, students, teachers, staff, sections, enrollments, resources or attendance
    #[arg(value_name = "TYPE", value_parser = stem)]
    file: Stem,
    /// The record's id in it; of enrollments the student's
    #[arg(value_name = "SIS_ID")]
    id: String,
    #[command(flatten)]
    district: OfDistrict,
    /// Look into the files of this run, for example one that is held [default: the run that is published]
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Show names, dates of birth and whatever else stands there
    #[arg(long)]
    show_values: bool,
}

fn stem(text: &str) -> Result<Stem, String> {
    Stem::from_text(text.trim_end_matches(".csv"))
        .ok_or_else(|| "there is no such file among a district's".to_owned())
}

#[derive(Serialize)]
struct Shown {
    run: String,
    file: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    line: u64,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    column: String,
    value: String,
}

impl Record {
    /// Looks up and prints.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let sent = block_on(async {
            let district = self.district.id(&installation).await?;
            let run = match &self.run {
                Some(run) => Some(Which::named(run).find(&installation, district).await?.id),
                None => None,
            };
            let sent = installation
                .ingest()
                .as_sent(district, run, self.file, &self.id)
                .await?;
            sent.context("these files are not kept any more, or there was no such file")
        })??;
        anyhow::ensure!(
            !sent.rows.is_empty(),
            "no row of {} has the {} {}",
            sent.file,
            self.file.key_column(),
            self.id
        );
        let shown = self.shown(sent);
        context.output.result(&shown, Shown::text)?;
        Ok(Exit::Done)
    }

    fn shown(&self, sent: AsSent) -> Shown {
        let value = |value: String, exposure: Exposure| {
            if self.show_values || exposure == Exposure::Shown || value.is_empty() {
                value
            } else {
                "···".to_owned()
            }
        };
        let rows = sent.rows.into_iter().map(|row| Row {
            line: row.line,
            cells: row
                .cells
                .into_iter()
                .map(|cell| Cell {
                    column: cell
                        .column
                        .unwrap_or_else(|| "(a column that is not read)".to_owned()),
                    value: value(cell.value, cell.exposure),
                })
                .collect(),
        });
        Shown {
            run: sent.run.to_hex(),
            file: sent.file,
            rows: rows.collect(),
        }
    }
}

impl Shown {
    fn text(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{}, line {}, as sent to run {}:",
                self.file, row.line, self.run
            );
            for cell in row.cells.iter().filter(|cell| !cell.value.is_empty()) {
                let _ = writeln!(text, "  {:<24}{}", cell.column, cell.value);
            }
        }
        text
    }
}

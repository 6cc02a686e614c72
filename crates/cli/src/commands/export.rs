//! `homeroom export`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use homeroom_history::AsOf;
use homeroom_segment::{BuildError, ExportTable, Snapshot};
use serde::Serialize;
use tempfile::NamedTempFile;

use super::of_district::OfDistrict;
use crate::clock;
use crate::context::{Context, block_on, make_private};
use crate::exit::Exit;

/// Write what a district has published as tables for other tools
///
/// One file per table of records, and one each for who is in a section and who teaches it; docs/export.md explains the
/// columns and shows Polars and DuckDB reading them. The files hold personal data of children, so only their owner may
/// read them.
#[derive(Args)]
pub(crate) struct Export {
    /// The folder to write to, made if it is not there
    out: PathBuf,
    #[command(flatten)]
    district: OfDistrict,
    /// How the files are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// An older snapshot by its number [default: the one that is served]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    snapshot: Option<u64>,
    /// What stood at a day (its end, in the district's time zone) or a moment: YYYY-MM-DD or RFC 3339
    #[arg(long, value_name = "WHEN", value_parser = as_of, conflicts_with = "snapshot")]
    as_of: Option<AsOf>,
    /// Replace files of an earlier export
    #[arg(long)]
    force: bool,
}

fn as_of(text: &str) -> Result<AsOf, String> {
    AsOf::parse(text)
        .ok_or_else(|| "a day is written YYYY-MM-DD, a moment 2026-11-22T08:00:00Z".to_owned())
}

/// How files are written.
#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// Arrow IPC files, which keep every type
    #[default]
    Arrow,
    /// CSV, with `;` between the values of a list
    Csv,
}

#[derive(Serialize)]
struct Exported {
    exported: BTreeMap<&'static str, u64>,
    snapshot: u64,
}

/// A table that is written but does not have its name yet.
struct Written {
    table: ExportTable,
    rows: u64,
    file: NamedTempFile,
    path: PathBuf,
}

impl Export {
    /// Writes the tables and says how many rows each has.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let progress = context.output.progress("opening the snapshot");
        let snapshot = block_on(async {
            let district = self.district.id(&installation).await?;
            let ingest = installation.ingest();
            let history = ingest.history();
            let number = match self.as_of {
                Some(as_of) => {
                    let zone = history.zone(district).await?;
                    let entry = history.at(district, as_of, None, &zone, clock::now());
                    Some(entry.await?.number)
                }
                None => self.snapshot,
            };
            let snapshot = match number {
                Some(number) => Arc::clone(&history.snapshot(district, number).await?.snapshot),
                None => Arc::new(ingest.published(district).await?.snapshot),
            };
            anyhow::Ok(snapshot)
        })??;
        anyhow::ensure!(
            snapshot.number() > 0,
            "the district has published nothing yet; `homeroom import FOLDER` publishes its files"
        );
        progress.step("writing the tables");
        let exported = self.export(&snapshot);
        progress.finish();
        let exported = exported?;
        let out = self.out.display();
        context
            .output
            .result(&exported, |exported| exported.text(&out.to_string()))?;
        Ok(Exit::Done)
    }

    /// Writes every table beside its place first, so that a full disk leaves no half of an export.
    fn export(&self, snapshot: &Snapshot) -> anyhow::Result<Exported> {
        make_private(&self.out)?;
        if !self.force {
            self.refuse_to_overwrite()?;
        }
        let tables = ExportTable::ALL.into_iter();
        let written: Vec<_> = tables
            .map(|table| self.write(table, snapshot))
            .collect::<Result<_, _>>()?;
        let mut exported = BTreeMap::new();
        for written in written {
            exported.insert(written.table.name(), written.rows);
            written.put(self.force)?;
        }
        Ok(Exported {
            exported,
            snapshot: snapshot.number(),
        })
    }

    fn refuse_to_overwrite(&self) -> anyhow::Result<()> {
        for table in ExportTable::ALL {
            let path = self.path(table);
            anyhow::ensure!(
                !path.exists(),
                "{} is there already; name another folder, or replace the files with --force",
                path.display()
            );
        }
        Ok(())
    }

    fn path(&self, table: ExportTable) -> PathBuf {
        let extension = match self.format {
            Format::Arrow => "arrow",
            Format::Csv => "csv",
        };
        self.out.join(format!("{}.{extension}", table.name()))
    }

    fn write(&self, table: ExportTable, snapshot: &Snapshot) -> anyhow::Result<Written> {
        let path = self.path(table);
        let doing = || format!("{} cannot be written", path.display());
        // Such a file can be read by its owner only, and goes away by itself if this ends early.
        let temporary = tempfile::Builder::new()
            .prefix(".homeroom-export-")
            .tempfile_in(&self.out);
        let file = temporary.with_context(doing)?;
        let (file, rows) = self.fill(table, snapshot, file).with_context(doing)?;
        Ok(Written {
            table,
            rows,
            file,
            path,
        })
    }

    fn fill(
        &self,
        table: ExportTable,
        snapshot: &Snapshot,
        file: NamedTempFile,
    ) -> Result<(NamedTempFile, u64), BuildError> {
        let sink = BufWriter::with_capacity(1 << 20, file);
        let (mut sink, rows) = match self.format {
            Format::Arrow => table.write_arrow(snapshot, sink)?,
            Format::Csv => table.write_csv(snapshot, sink)?,
        };
        sink.flush()?;
        let file = sink
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        Ok((file, rows))
    }
}

impl Written {
    /// Gives the file its name, in one step.
    fn put(self, replace: bool) -> anyhow::Result<()> {
        let put = if replace {
            self.file.persist(&self.path)
        } else {
            self.file.persist_noclobber(&self.path)
        };
        put.map_err(|error| error.error)
            .with_context(|| format!("{} cannot be written", self.path.display()))?;
        Ok(())
    }
}

impl Exported {
    fn text(&self, out: &str) -> String {
        let mut text = format!("snapshot {} written to {out}\n", self.snapshot);
        for (table, rows) in &self.exported {
            let _ = writeln!(text, "{table:<18}{rows:>10} rows");
        }
        text
    }
}

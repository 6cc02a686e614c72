//! `homeroom export`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use homeroom_history::AsOf;
use homeroom_segment::{Attendance, BuildError, ExportTable, Snapshot};
use serde::Serialize;
use tempfile::NamedTempFile;

use super::of_district::OfDistrict;
use crate::clock;
use crate::context::{Context, block_on, make_private};
use crate::exit::Exit;

/// Write what a district has published as tables for other tools
///
/// One file per table of records, one each for who is in a section and who teaches it, and one of attendance if there is
/// any; docs/export.md explains the
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

/// The table of attendance, which is there only if there is some.
const ATTENDANCE: &str = "attendance";

#[derive(Serialize)]
struct Exported {
    exported: BTreeMap<&'static str, u64>,
    snapshot: u64,
}

/// A table that is written but does not have its name yet.
struct Written {
    name: &'static str,
    rows: u64,
    file: NamedTempFile,
    path: PathBuf,
}

impl Export {
    /// Writes the tables and says how many rows each has.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let progress = context.output.progress("opening the snapshot");
        let (snapshot, attendance) = block_on(async {
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
            let attendance = match snapshot.number() {
                0 => Arc::default(),
                number => history.attendance(district, number).await?,
            };
            anyhow::Ok((snapshot, attendance))
        })??;
        anyhow::ensure!(
            snapshot.number() > 0,
            "the district has published nothing yet; `homeroom import FOLDER` publishes its files"
        );
        progress.step("writing the tables");
        let exported = self.export(&snapshot, &attendance);
        progress.finish();
        let exported = exported?;
        let out = self.out.display();
        context
            .output
            .result(&exported, |exported| exported.text(&out.to_string()))?;
        Ok(Exit::Done)
    }

    /// Writes every table beside its place first, so that a full disk leaves no half of an export.
    fn export(&self, snapshot: &Snapshot, attendance: &Attendance) -> anyhow::Result<Exported> {
        make_private(&self.out)?;
        if !self.force {
            self.refuse_to_overwrite()?;
        }
        let tables = ExportTable::ALL.into_iter();
        let mut written: Vec<_> = tables
            .map(|table| {
                self.write(table.name(), |sink| match self.format {
                    Format::Arrow => table.write_arrow(snapshot, sink),
                    Format::Csv => table.write_csv(snapshot, sink),
                })
            })
            .collect::<Result<_, _>>()?;
        if !attendance.is_empty() {
            written.push(self.write(ATTENDANCE, |sink| match self.format {
                Format::Arrow => attendance.write_arrow(sink),
                Format::Csv => attendance.write_csv(sink),
            })?);
        }
        let mut exported = BTreeMap::new();
        for written in written {
            exported.insert(written.name, written.rows);
            written.put(self.force)?;
        }
        Ok(Exported {
            exported,
            snapshot: snapshot.number(),
        })
    }

    fn refuse_to_overwrite(&self) -> anyhow::Result<()> {
        let tables = ExportTable::ALL.into_iter().map(ExportTable::name);
        for name in tables.chain([ATTENDANCE]) {
            let path = self.path(name);
            anyhow::ensure!(
                !path.exists(),
                "{} is there already; name another folder, or replace the files with --force",
                path.display()
            );
        }
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        let extension = match self.format {
            Format::Arrow => "arrow",
            Format::Csv => "csv",
        };
        self.out.join(format!("{name}.{extension}"))
    }

    fn write(
        &self,
        name: &'static str,
        write: impl FnOnce(Sink) -> Result<(Sink, u64), BuildError>,
    ) -> anyhow::Result<Written> {
        let path = self.path(name);
        let doing = || format!("{} cannot be written", path.display());
        // Such a file can be read by its owner only, and goes away by itself if this ends early.
        let temporary = tempfile::Builder::new()
            .prefix(".homeroom-export-")
            .tempfile_in(&self.out);
        let file = temporary.with_context(doing)?;
        let (file, rows) = filled(file, write).with_context(doing)?;
        Ok(Written {
            name,
            rows,
            file,
            path,
        })
    }
}

/// What tables are written to.
type Sink = BufWriter<NamedTempFile>;

fn filled(
    file: NamedTempFile,
    write: impl FnOnce(Sink) -> Result<(Sink, u64), BuildError>,
) -> Result<(NamedTempFile, u64), BuildError> {
    let (mut sink, rows) = write(BufWriter::with_capacity(1 << 20, file))?;
    sink.flush()?;
    let file = sink
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    Ok((file, rows))
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

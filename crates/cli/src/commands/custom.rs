//! `homeroom custom`: records kept by hand beside the district's files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use homeroom_ingest::Report;
use homeroom_intake::{Settings, Stem, check_custom, is_password};
use homeroom_model::{Date, ObjectId, Severity};
use homeroom_store::{CustomRecord, CustomRecords as _};
use serde::Serialize;

use super::district::date;
use super::of_district::OfDistrict;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::output;
use crate::{actor, clock};

/// Records that the student information system does not have: a club as a section, a student teacher, a guest student
///
/// They are read after the district's files, in the same columns; no upload removes them, and a record of the files with the
/// same id wins.
#[derive(Args)]
pub(crate) struct Custom {
    #[command(flatten)]
    district: OfDistrict,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Add the rows of a CSV file, or replace those with the same id
    Put {
        /// A file with the columns of the district's files, named like one: students.csv, sections.csv, enrollments.csv …
        file: PathBuf,
        /// The last day on which they are published, YYYY-MM-DD [default: until they are removed]
        #[arg(long, value_name = "DATE", value_parser = date)]
        until: Option<Date>,
    },
    /// List the records; only their ids are shown
    List,
    /// Remove a record
    Remove {
        /// The file it would stand in, for example students
        file: String,
        /// Its id there; of an enrollment the section's and the student's, with a blank between
        id: String,
    },
}

#[derive(Serialize)]
struct Listed {
    records: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    file: String,
    id: String,
    until: Option<String>,
    since: String,
    actor: String,
}

#[derive(Serialize)]
struct Done {
    records: usize,
    /// The run that publishes them; `None` when the next import does.
    run: Option<Report>,
}

impl Custom {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        block_on(async {
            let district = self.district.id(&installation).await?;
            match self.action {
                Action::Put { file, until } => {
                    let records = read(&file, district, until)?;
                    let number = records.len();
                    let name = records.first().map_or("", |record| &record.stem).to_owned();
                    for record in records {
                        installation.store.put_custom_record(record).await?;
                    }
                    let detail = format!("{number} of {name}");
                    noted(&installation, district, "custom records put", detail).await?;
                    tell(context, &installation, district, number).await
                }
                Action::List => {
                    let records = installation.store.custom_records(district).await?;
                    let records = records.into_iter().map(row).collect();
                    context
                        .output
                        .result(&Listed { records }, |listed| table(&listed.records))
                }
                Action::Remove { file, id } => {
                    let stem = stem(&file)?;
                    let removed =
                        installation
                            .store
                            .remove_custom_record(district, stem.text(), &id);
                    anyhow::ensure!(
                        removed.await?,
                        "there is no custom record {id} in {}; `custom list` shows them",
                        stem.text()
                    );
                    let detail = format!("{} {id}", stem.text());
                    noted(&installation, district, "custom record removed", detail).await?;
                    tell(context, &installation, district, 1).await
                }
            }
        })??;
        Ok(Exit::Done)
    }
}

async fn noted(
    installation: &Installation,
    district: ObjectId,
    action: &str,
    detail: String,
) -> anyhow::Result<()> {
    let ingest = installation.ingest();
    Ok(ingest
        .decided(Some(district), &actor::name(), action, detail)
        .await?)
}

/// Publishes the change from the files that are kept, and says what that did.
async fn tell(
    context: &Context,
    installation: &Installation,
    district: ObjectId,
    records: usize,
) -> anyhow::Result<()> {
    let run = installation
        .ingest()
        .refresh(district, &actor::name())
        .await?;
    context
        .output
        .result(&Done { records, run }, |done| match &done.run {
            Some(report) => report.text(3),
            None => format!("{records} custom records changed; the next import publishes them."),
        })
}

/// The files custom records stand in, and the columns of their ids.
const FILES: [(Stem, &[&str]); 6] = [
    (Stem::Schools, &["school_id"]),
    (Stem::Students, &["student_id"]),
    (Stem::Teachers, &["teacher_id"]),
    (Stem::Staff, &["staff_id"]),
    (Stem::Sections, &["section_id"]),
    (Stem::Enrollments, &["section_id", "student_id"]),
];

fn stem(name: &str) -> anyhow::Result<Stem> {
    let name = name.trim_end_matches(".csv").to_lowercase();
    let found = FILES.iter().find(|(stem, _)| stem.text() == name);
    found.map(|(stem, _)| *stem).with_context(|| {
        let known: Vec<_> = FILES.iter().map(|(stem, _)| stem.text()).collect();
        format!("custom records are {}, not {name}", known.join(", "))
    })
}

fn read(file: &Path, district: ObjectId, until: Option<Date>) -> anyhow::Result<Vec<CustomRecord>> {
    let name = file.file_name().and_then(|name| name.to_str());
    let stem = stem(name.unwrap_or_default())?;
    let mut reader = csv::Reader::from_path(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let columns = reader.headers()?.clone();
    let (now, settings) = (clock::now(), Settings::new(clock::now().date()));
    let mut records = Vec::new();
    for (row, cells) in reader.records().enumerate() {
        let line = row + 2;
        let cells = cells.with_context(|| format!("{}, line {line}", file.display()))?;
        let cells: BTreeMap<String, String> = columns
            .iter()
            .zip(&cells)
            .filter(|(column, value)| !value.trim().is_empty() && !is_password(column))
            .map(|(column, value)| (column.trim().to_owned(), value.trim().to_owned()))
            .collect();
        let wrong = check_custom(stem, &cells, &settings);
        let wrong = wrong
            .iter()
            .find(|problem| problem.code.severity() >= Severity::Error);
        if let Some(problem) = wrong {
            anyhow::bail!(
                "{}, line {line}: {} [{}] {} {}",
                file.display(),
                problem.code.text(),
                problem.column,
                problem.code.meaning(),
                problem.code.repair()
            );
        }
        records.push(CustomRecord {
            district,
            stem: stem.text().to_owned(),
            key: key(stem, &cells).with_context(|| format!("{}, line {line}", file.display()))?,
            cells: serde_json::to_string(&cells)?,
            expires: until,
            created: now,
            actor: actor::name(),
        });
    }
    anyhow::ensure!(!records.is_empty(), "{} holds no rows", file.display());
    Ok(records)
}

/// The id of a record in its file.
fn key(stem: Stem, cells: &BTreeMap<String, String>) -> anyhow::Result<String> {
    let of = |wanted: &str| {
        let plain = |name: &str| name.to_lowercase().replace([' ', '-'], "_");
        let found = cells.iter().find(|(name, _)| plain(name) == wanted);
        found
            .map(|(_, value)| value.as_str())
            .with_context(|| format!("the column {wanted} is missing or empty"))
    };
    let columns = FILES.iter().find(|(known, _)| *known == stem);
    let parts: anyhow::Result<Vec<_>> = columns
        .map_or(&[][..], |(_, columns)| columns)
        .iter()
        .map(|column| of(column))
        .collect();
    Ok(parts?.join(" "))
}

fn row(record: CustomRecord) -> Row {
    Row {
        file: record.stem,
        id: record.key,
        until: record.expires.map(|day| day.to_string()),
        since: record.created.to_iso(),
        actor: record.actor,
    }
}

fn table(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let until = row.until.as_deref().unwrap_or("removed");
            [row.file.as_str(), &row.id, until, &row.since, &row.actor]
        })
        .collect();
    output::table(
        ["file", "id", "until", "since", "who"],
        &rows,
        "no custom records; `homeroom custom put FILE` adds some",
    )
}

//! `homeroom sync crosswalk`: a table of old and new ids.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use homeroom_model::{Kind as Sent, ObjectId};
use homeroom_plan::sis_ids;
use homeroom_roster::{CrosswalkRow, Kind, Reading};
use homeroom_segment::Snapshot;
use serde::{Deserialize, Serialize};

use super::running::Call;
use crate::exit::Exit;
use crate::sync::opened::Followed;
use crate::{actor, clock};

/// Rows that fit nothing and are named.
const NAMED: usize = 20;

/// Tell the sync which ids were replaced, as after a district renumbered its students
///
/// The file is CSV with the columns kind, old and new; kind is person, school, section, course or term. Ids of 24 hexadecimal
/// digits are the source's, others are SIS ids. What fits becomes changes of ids in the next plan, which shows them first.
#[derive(Args)]
pub(super) struct Crosswalk {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only say what fits and what does not
    #[arg(long)]
    dry_run: bool,
}

#[derive(Deserialize)]
struct Line {
    kind: String,
    old: String,
    new: String,
}

#[derive(Serialize, Default)]
struct Report {
    rows: usize,
    fit: usize,
    /// The old id is known, the new one did not come yet.
    wait: usize,
    /// Nobody has the old id: these rows are not kept.
    unknown: Vec<String>,
    kept: bool,
}

impl Crosswalk {
    /// Reads the file, and keeps what fits.
    pub(super) async fn run(&self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let district = call.opened.only()?;
        let rows = self.rows()?;
        let applied = call.opened.applied(district).await?;
        let mirror = call.opened.mirror(district).await?;
        let (report, keep) = {
            let reading = call.opened.read()?;
            let ids = Ids {
                reading: &*reading,
                district,
                old: SisIds::of(&applied.snapshot),
                new: SisIds::of(&mirror.snapshot),
                mirror: &mirror.snapshot,
            };
            ids.sorted(rows)?
        };
        let report = if self.dry_run || keep.is_empty() {
            report
        } else {
            call.opened.roster.add_crosswalk(
                district.number,
                &keep,
                &actor::name(),
                clock::now(),
            )?;
            Report {
                kept: true,
                ..report
            }
        };
        call.context
            .output
            .result(&report, |report| report.text(call))?;
        Ok(Exit::Done)
    }

    fn rows(&self) -> anyhow::Result<Vec<CrosswalkRow>> {
        let name = self.file.display();
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_path(&self.file)
            .with_context(|| format!("{name} cannot be read"))?;
        let mut rows = Vec::new();
        for line in reader.deserialize() {
            let line: Line =
                line.with_context(|| format!("{name}: the columns are kind, old and new"))?;
            let number = rows.len() + 2;
            let kind = kind(&line.kind)
                .with_context(|| format!("{name}, line {number}: {} is no kind; there are person, school, section, course and term", line.kind))?;
            anyhow::ensure!(
                !line.old.is_empty() && !line.new.is_empty(),
                "{name}, line {number}: a row needs an old and a new id"
            );
            let source_ids = ObjectId::from_hex(&line.old).is_some();
            anyhow::ensure!(
                source_ids == ObjectId::from_hex(&line.new).is_some(),
                "{name}, line {number}: both are ids of the source (24 hexadecimal digits), or both SIS ids"
            );
            rows.push(CrosswalkRow {
                kind,
                source_ids,
                old: line.old,
                new: line.new,
                used_by: None,
            });
        }
        Ok(rows)
    }
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word.to_lowercase().as_str() {
        "person" | "people" | "student" | "students" | "teacher" | "teachers" | "staff"
        | "contact" | "contacts" => Kind::Person,
        "school" | "schools" => Kind::School,
        "section" | "sections" => Kind::Section,
        "course" | "courses" => Kind::Course,
        "term" | "terms" => Kind::Term,
        _ => return None,
    })
}

/// SIS ids of a mirror, by kind of the app.
struct SisIds<'a>(HashSet<(Kind, &'a str)>);

impl<'a> SisIds<'a> {
    fn of(mirror: &'a Snapshot) -> Self {
        let mut ids = HashSet::new();
        for (kind, stored) in KINDS {
            let table = mirror.table(kind);
            for row in 0..table.len() {
                ids.extend(
                    sis_ids(mirror, kind, row)
                        .into_iter()
                        .map(|(_, id)| (stored, id)),
                );
            }
        }
        Self(ids)
    }
}

/// Kinds that have ids in the SIS, and what the app calls them.
const KINDS: [(Sent, Kind); 6] = [
    (Sent::School, Kind::School),
    (Sent::Section, Kind::Section),
    (Sent::Course, Kind::Course),
    (Sent::Student, Kind::Person),
    (Sent::Employee, Kind::Person),
    (Sent::Contact, Kind::Person),
];

/// Where ids are looked for.
struct Ids<'a> {
    reading: &'a dyn Reading,
    district: &'a Followed,
    old: SisIds<'a>,
    new: SisIds<'a>,
    mirror: &'a Snapshot,
}

impl Ids<'_> {
    /// What fits, and the rows to keep.
    fn sorted(&self, rows: Vec<CrosswalkRow>) -> anyhow::Result<(Report, Vec<CrosswalkRow>)> {
        let mut report = Report {
            rows: rows.len(),
            ..Report::default()
        };
        let mut keep = Vec::new();
        for row in rows {
            let (old, new) = if row.source_ids {
                self.by_source(&row)?
            } else {
                (
                    self.old.0.contains(&(row.kind, row.old.as_str())),
                    self.new.0.contains(&(row.kind, row.new.as_str())),
                )
            };
            match (old, new) {
                (false, _) => {
                    report
                        .unknown
                        .push(format!("{} {}", row.kind.text(), row.old));
                    continue;
                }
                (true, true) => report.fit += 1,
                (true, false) => report.wait += 1,
            }
            keep.push(row);
        }
        Ok((report, keep))
    }

    fn by_source(&self, row: &CrosswalkRow) -> anyhow::Result<(bool, bool)> {
        let known = self
            .reading
            .linked(self.district.number, row.kind, &row.old)?
            .is_some();
        let new = ObjectId::from_hex(&row.new);
        let sent = new.is_some_and(|id| {
            Sent::ALL
                .into_iter()
                .any(|kind| self.mirror.table(kind).find(&id).is_some())
        });
        Ok((known, sent))
    }
}

impl Report {
    fn text(&self, call: &Call<'_>) -> String {
        let mut text = format!(
            "{} rows: {} fit, {} wait for the new id to come, {} fit nothing",
            self.rows,
            self.fit,
            self.wait,
            self.unknown.len()
        );
        for unknown in self.unknown.iter().take(NAMED) {
            text = format!("{text}\n  nobody has {unknown}");
        }
        if self.unknown.len() > NAMED {
            text = format!(
                "{text}\n  … and {} more; --json names all",
                self.unknown.len() - NAMED
            );
        }
        let end = if self.kept {
            format!(
                "Kept. To see what they do: homeroom sync {}plan --kept",
                call.flags
            )
        } else {
            "Nothing was kept.".to_owned()
        };
        format!("{text}\n{end}")
    }
}

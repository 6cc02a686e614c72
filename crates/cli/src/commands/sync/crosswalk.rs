//! `homeroom sync crosswalk`: a table of old and new ids.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use homeroom_model::{Kind as Sent, ObjectId};
use homeroom_plan::{Crossing, Misfit, misfits};
use homeroom_roster::{CrosswalkRow, Kind};
use homeroom_sync::Known;
use serde::{Deserialize, Serialize};

use super::names::Names;
use super::running::Call;
use crate::exit::Exit;
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

#[derive(Serialize)]
struct Report {
    rows: usize,
    fit: usize,
    /// The old id is known, the new one did not come yet.
    wait: usize,
    /// Rows that do nothing, and why: `no_id`, `same`, `old_unknown`, `old_still_there`, `new_taken`. They are not kept.
    misfits: Vec<Unfit>,
    kept: bool,
}

#[derive(Serialize)]
struct Unfit {
    line: usize,
    old: String,
    new: String,
    why: &'static str,
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
            let policy = &district.tenant.policy;
            let known = Known::read(&*reading, district.number, policy)?;
            let crossings: Vec<_> = rows.iter().map(crossing).collect();
            let snapshots = (&applied.snapshot, &mirror.snapshot);
            let misfits = misfits(&crossings, snapshots.0, snapshots.1, &known)?;
            sorted(rows, &misfits.into_iter().collect())
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

/// A row as planning looks at it.
fn crossing(row: &CrosswalkRow) -> Crossing {
    let kinds = Sent::ALL.into_iter();
    Crossing {
        kinds: kinds
            .filter(|sent| Names::stored(*sent) == Some(row.kind))
            .collect(),
        source_ids: row.source_ids,
        old: row.old.clone(),
        new: row.new.clone(),
    }
}

/// What fits and what does not, and the rows to keep: those that fit, and those whose new id may still come.
fn sorted(
    rows: Vec<CrosswalkRow>,
    misfits: &BTreeMap<usize, Misfit>,
) -> (Report, Vec<CrosswalkRow>) {
    let mut report = Report {
        rows: rows.len(),
        fit: 0,
        wait: 0,
        misfits: Vec::new(),
        kept: false,
    };
    let mut keep = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        match misfits.get(&place) {
            None => report.fit += 1,
            Some(Misfit::NewUnknown | Misfit::OldStillThere) => report.wait += 1,
            Some(why) => {
                report.misfits.push(Unfit {
                    line: place + 2,
                    old: row.old,
                    new: row.new,
                    why: why.text(),
                });
                continue;
            }
        }
        keep.push(row);
    }
    (report, keep)
}

impl Report {
    fn text(&self, call: &Call<'_>) -> String {
        let mut text = format!(
            "{} rows: {} fit, {} wait for the district to change its ids, {} fit nothing",
            self.rows,
            self.fit,
            self.wait,
            self.misfits.len()
        );
        for unfit in self.misfits.iter().take(NAMED) {
            text = format!(
                "{text}\n  line {}: {} -> {}, {}",
                unfit.line,
                unfit.old,
                unfit.new,
                told(unfit.why)
            );
        }
        if self.misfits.len() > NAMED {
            text = format!(
                "{text}\n  … and {} more; --json names all",
                self.misfits.len() - NAMED
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

/// Why a row does nothing, for people.
fn told(why: &str) -> &'static str {
    match why {
        "no_id" => "an id is not written as the source's are",
        "same" => "both ids are the same",
        "old_unknown" => "the app knows nobody by the old id",
        _ => "the new id has an account of its own",
    }
}

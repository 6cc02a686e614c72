//! `homeroom goals record`: activities of a file into the app's ledger.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use homeroom_sync::goals::{Recorded, read_csv, read_json_lines};
use serde::Serialize;

use super::app_side::AppSide;
use crate::actor;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// So many lines that need somebody are printed.
const SHOWN: usize = 20;

/// Write activities of students into the app's ledger, each once (an app's side)
///
/// CSV has a header with activity, student, start and minutes, and if need be units, undone and reason; JSON has the same keys, one
/// object on each line. `activity` is the app's own id, by which an activity counts once however often it is recorded; `student` is
/// the id at the source or the local number of the account; `start` is written with its zone. An activity that is recorded again with
/// other content stays as it was first, and is reported. Apps may as well write the table `goal_activity` themselves (docs/sending-goals.md).
#[derive(Args)]
pub(crate) struct Record {
    /// The file; - is standard input
    file: PathBuf,
    /// Its form [default: CSV if its name ends in .csv, else lines of JSON]
    #[arg(long, value_enum)]
    format: Option<Format>,
    #[command(flatten)]
    app: AppSide,
}

/// The form of a file of activities.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Json,
}

#[derive(Serialize)]
struct Shown {
    district: String,
    /// Activities that count now.
    counted: u64,
    /// Those that were in the ledger already.
    repeated: u64,
    /// Those that count no more.
    undone: u64,
    /// Those that are in the ledger with other content.
    conflicting: Vec<Line>,
    /// Lines that are not in the ledger.
    wrong: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    line: u64,
    says: String,
}

impl Record {
    /// Records.
    pub(crate) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let text = read(&self.file)?;
        let is_csv = match self.format {
            Some(format) => matches!(format, Format::Csv),
            None => self
                .file
                .extension()
                .is_some_and(|ending| ending.eq_ignore_ascii_case("csv")),
        };
        let activities = if is_csv {
            read_csv(&text)
        } else {
            read_json_lines(&text)
        };
        block_on(async {
            let opened = self.app.open(context)?;
            let district = opened.only()?;
            let by = actor::name();
            let recorded = opened
                .sender
                .record(district.number, activities, &by)
                .await?;
            let shown = Shown::of(district.name.clone(), recorded);
            context.output.result(&shown, Shown::text)?;
            let good = shown.conflicting.is_empty() && shown.wrong.is_empty();
            Ok(if good { Exit::Done } else { Exit::Error })
        })?
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut text = Vec::new();
        std::io::stdin().lock().read_to_end(&mut text)?;
        return Ok(text);
    }
    fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

impl Shown {
    fn of(district: String, recorded: Recorded) -> Self {
        let conflicting = recorded.conflicting.into_iter().map(|told| Line {
            line: told.line,
            says: format!(
                "activity {:?} is in the ledger with other content, which stays",
                told.activity
            ),
        });
        let wrong = recorded.wrong.into_iter().map(|wrong| Line {
            line: wrong.line,
            says: wrong.says,
        });
        Self {
            district,
            counted: recorded.counted,
            repeated: recorded.repeated,
            undone: recorded.undone,
            conflicting: conflicting.collect(),
            wrong: wrong.collect(),
        }
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{}: {} counted, {} recorded before, {} undone, {} conflicting, {} left out",
            self.district,
            self.counted,
            self.repeated,
            self.undone,
            self.conflicting.len(),
            self.wrong.len()
        );
        for lines in [&self.wrong, &self.conflicting] {
            for line in lines.iter().take(SHOWN) {
                text = format!("{text}\n  line {}: {}", line.line, line.says);
            }
            if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                text = format!("{text}\n  and {more} more (--json lists all)");
            }
        }
        text
    }
}

//! A check: what an import would find in some files, without an installation.

mod consequences;
mod watched;

use std::collections::BTreeMap;
use std::io;

use homeroom_change::{Ceiling, Season, Share};
use homeroom_derive::File;
use homeroom_intake::{FileSet, Source};
use homeroom_model::{Code, Date, Place, Problem, Problems};
use homeroom_segment::{HashKey, Spools};

use crate::counts::{FileCounts, by_file};
use crate::district_settings::DistrictSettings;
use crate::findings::{Findings, KeptFindings};
use crate::import::Progress;
use crate::read::{self, Reading};
use consequences::Causes;
use watched::Watched;

/// Any key will do: nothing of a check is kept, and with the same one the same files give the same findings in the same order.
const KEY: HashKey = HashKey::new([0x5a; 32]);

/// What to check.
pub struct CheckRequest<'a> {
    /// The files.
    pub source: &'a dyn Source,
    /// The district's settings; the shipped ones if it has none.
    pub settings: &'a DistrictSettings,
    /// The day on which they would be imported: ages and terms depend on it.
    pub today: Date,
    /// Where the candidate and the findings are put while they are made.
    pub spools: &'a dyn Spools,
    /// Told of each step.
    pub progress: Progress,
}

/// What was found.
pub struct Checked {
    /// Which file stands for what.
    pub files: FileSet,
    /// Per file that is there, by its stem: rows received, kept, rejected. Where a file could not be read as a whole, rows
    /// that refer to it are counted as rejected.
    pub counts: BTreeMap<String, FileCounts>,
    /// Every problem.
    pub findings: KeptFindings,
    /// Stems of files that are missing or could not be read as a whole: problems that only follow from that are not among
    /// the findings.
    pub causes: Vec<&'static str>,
    /// What an import would do.
    pub foreseen: Foreseen,
}

/// What an import of the files would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreseen {
    /// It would publish nothing: something fatal is among the findings.
    Refused,
    /// It would wait for somebody to look, because so many rows are left out (district-side 4.2): the reasons.
    Held(Vec<ManyRejected>),
    /// Nothing about the files alone stands against it.
    Fine,
}

/// A file of which more rows are left out than is usual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManyRejected {
    /// Stem of the file.
    pub file: &'static str,
    /// Rows left out.
    pub rejected: u64,
    /// Rows received.
    pub received: u64,
    /// Percentage over which somebody has to look.
    pub limit: u8,
}

/// Reads files as an import does and gives everything that is wrong with them. Files that are missing do not keep the others
/// from being read, so that all of it can be repaired at once.
///
/// # Errors
/// If a file cannot be read or a spool cannot be written.
pub fn check(request: &CheckRequest<'_>) -> io::Result<Checked> {
    let source = Watched::new(request.source);
    let mut causes = Causes::new(Findings::new(request.spools)?);
    let settings = request.settings.reading.clone().on(request.today);
    let derived = homeroom_derive::Settings {
        today: Some(request.today),
        ..request.settings.derived.clone()
    };
    let files = FileSet::find(&source, &settings.limits, &mut causes)?;
    let reading = Reading {
        source: &source,
        set: &files,
        settings: &settings,
        derived: &derived,
        people: &[],
        custom: &[],
        has_attendance: false,
        published: None,
        key: KEY.clone(),
        spools: request.spools,
        progress: &request.progress,
    };
    let rows = match read::rows(&reading, &mut causes) {
        Ok(rows) => rows,
        Err(error) => {
            let problem = source.unreadable(&files).ok_or(error)?;
            causes.report(problem);
            return checked(files, BTreeMap::new(), causes, Vec::new());
        }
    };
    let sent = |file: File| read::is_sent(&files, file);
    let counts = if rows.fatal {
        let files = File::ALL.into_iter().filter(|file| sent(*file));
        let count = |file: File| (file.stem().to_owned(), rows.derive.counted(file).into());
        files.map(count).collect()
    } else {
        (request.progress)("working out courses, terms and schools");
        by_file(&rows.derive.finish(&mut causes)?.counts, sent)
    };
    let many = if causes.none() {
        many_rejected(request, &counts)
    } else {
        Vec::new()
    };
    for file in &many {
        causes.report(file.problem());
    }
    if causes.none() {
        empty_files(&counts, &mut causes);
    }
    checked(files, counts, causes, many)
}

fn checked(
    files: FileSet,
    counts: BTreeMap<String, FileCounts>,
    causes: Causes,
    many: Vec<ManyRejected>,
) -> io::Result<Checked> {
    let (findings, causes) = causes.into_parts();
    let foreseen = match many.as_slice() {
        _ if findings.fatal() => Foreseen::Refused,
        [] => Foreseen::Fine,
        _ => Foreseen::Held(many),
    };
    Ok(Checked {
        findings: KeptFindings::open(findings.into_bytes()?)?,
        files,
        counts,
        causes,
        foreseen,
    })
}

/// Required files with a header and no rows. What was published a check does not know; whoever has records of that type
/// there would lose all of them (district-side 4.1).
fn empty_files(counts: &BTreeMap<String, FileCounts>, problems: &mut dyn Problems) {
    let required = File::ALL.into_iter().filter(|file| file.required());
    for file in required.map(File::stem) {
        if counts.get(file).is_some_and(|count| count.received == 0) {
            let place = Place { file, line: 0 };
            let detail = "an import waits for somebody to look if records of it are published";
            problems.report(Problem::new(Code::TypeVanished, place).detail(detail));
        }
    }
}

/// The files of which so many rows are left out that an import waits for somebody to look (district-side 4.2). Of a file
/// of which nothing is left that is not said once more.
fn many_rejected(
    request: &CheckRequest<'_>,
    counts: &BTreeMap<String, FileCounts>,
) -> Vec<ManyRejected> {
    let (guards, calendar) = (&request.settings.guards, &request.settings.calendar);
    let season = if calendar.is_rollover(request.today) {
        Season::Rollover
    } else {
        Season::SchoolYear
    };
    let many = |file: File| {
        let count = counts.get(file.stem())?;
        let rule = match file {
            File::Enrollments => &guards.many_enrollments_rejected,
            _ => &guards.many_rejected,
        };
        let rejected = count.rejected.saturating_sub(count.repeats);
        let limit = rule.limit(season);
        let Ceiling::Percent(percent) = limit.percent else {
            return None;
        };
        let many = ManyRejected {
            file: file.stem(),
            rejected,
            received: count.received,
            limit: percent,
        };
        let passed = limit.is_passed(Share::new(rejected, count.received));
        (passed && (count.kept > 0 || !file.required())).then_some(many)
    };
    let roster = File::ALL.into_iter();
    let roster = roster.filter(|file| *file != File::Attendance);
    roster.filter_map(many).collect()
}

impl ManyRejected {
    fn problem(&self) -> Problem {
        let place = Place {
            file: self.file,
            line: 0,
        };
        Problem::new(Code::ManyRejected, place).detail(format!(
            "{} of {} rows, more than {} %",
            self.rejected, self.received, self.limit
        ))
    }
}

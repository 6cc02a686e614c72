//! `homeroom generate`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use homeroom_simulator::{Census, District, FileCount, Folder, Profile, SchoolYear, Sink};
use serde::Serialize;

use crate::clock;
use crate::context::Context;
use crate::exit::Exit;

/// Write a believable district's files: same seed, same bytes
#[derive(Args)]
#[command(group = clap::ArgGroup::new("size").required(true).args(["profile", "students", "over"]).multiple(true))]
pub(crate) struct Generate {
    /// The folder to write to, made if it is not there
    out: PathBuf,
    /// Size: S (5,000 students), C (56,635) or XL (1,000,000)
    #[arg(long, value_parser = profile, conflicts_with = "students")]
    profile: Option<Profile>,
    /// Size: so many students
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=2_000_000))]
    students: Option<u64>,
    /// What decides everything that is random
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// The day of the school year: day N is day N-1 with a day's ordinary changes
    #[arg(long, default_value_t = 0, value_name = "N")]
    day: u32,
    /// Write attendance.csv too: so many school days, and one more for each --day
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=200), conflicts_with_all = ["over", "census"])]
    attendance: Option<u32>,
    /// First year of the school year [default: the current one]
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(u16).range(1950..=2150))]
    school_year: Option<u16>,
    /// Print how often each quirk of real data occurs, and write nothing
    #[arg(long, conflicts_with = "over")]
    census: bool,
    /// Fill in the files that this folder lacks, over the ids it has; its own files are copied
    #[arg(long, value_name = "FOLDER")]
    over: Option<PathBuf>,
}

fn profile(name: &str) -> Result<Profile, String> {
    Profile::named(name).ok_or_else(|| "the profiles are S, C and XL".to_owned())
}

#[derive(Serialize)]
struct Counted {
    files: BTreeMap<&'static str, Count>,
    quirks: BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct Written {
    files: BTreeMap<String, Count>,
}

#[derive(Serialize)]
struct Count {
    rows: u64,
    kept: u64,
    rejected: u64,
}

impl From<FileCount> for Count {
    fn from(count: FileCount) -> Self {
        Self {
            rows: count.rows,
            kept: count.kept,
            rejected: count.rejected,
        }
    }
}

impl Generate {
    /// Generates.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let year = SchoolYear {
            start: self.school_year.unwrap_or_else(this_school_year),
        };
        if let Some(over) = &self.over {
            return self.fill_in(over, year, context);
        }
        let size = self
            .profile
            .or(self.students.map(Profile::students))
            .unwrap_or(Profile::S);
        let district = District::new(size, self.seed, year);
        if self.census {
            let census = district.census(self.day);
            context
                .output
                .result(&counted(&census), |counted| census_text(&census, counted))?;
            return Ok(Exit::Done);
        }
        let progress = context.output.progress("writing files");
        let census = write(&district, self.day, &self.out);
        let attendance = match self.attendance {
            Some(days) => Some(write_attendance(&district, self.day, days, &self.out)),
            None => None,
        };
        progress.finish();
        let census = census?;
        let files = census.files().into_iter();
        let mut files: BTreeMap<_, _> = files
            .map(|(name, count)| (name.to_owned(), count.into()))
            .collect();
        if let Some(count) = attendance.transpose()? {
            files.insert("attendance.csv".to_owned(), count.into());
        }
        self.report(context, files)
    }

    fn fill_in(&self, over: &Path, year: SchoolYear, context: &Context) -> anyhow::Result<Exit> {
        let present = csv_files(over)?;
        let open = |stem: &str| -> anyhow::Result<Option<Box<dyn Read>>> {
            let wanted = format!("{stem}.csv");
            let Some(path) = present
                .iter()
                .find(|path| file_name(path).eq_ignore_ascii_case(&wanted))
            else {
                return Ok(None);
            };
            let file =
                File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
            Ok(Some(Box::new(file)))
        };
        let folder = Folder {
            schools: open("schools")?,
            students: open("students")?,
            teachers: open("teachers")?,
            sections: open("sections")?,
            enrollments: open("enrollments")?,
        };
        let mut sink = FolderSink::new(&self.out)?;
        let filled = homeroom_simulator::over(folder, self.seed, year, &mut sink);
        let filled = filled
            .with_context(|| format!("the files of {} cannot be filled in", over.display()))?;
        if fs::canonicalize(over).ok() != fs::canonicalize(&self.out).ok() {
            for path in &present {
                let name = file_name(path);
                fs::copy(path, self.out.join(name))
                    .with_context(|| format!("{name} cannot be copied"))?;
            }
        }
        let count = |rows| Count {
            rows,
            kept: rows,
            rejected: 0,
        };
        self.report(
            context,
            filled
                .files
                .into_iter()
                .map(|(name, rows)| (name.to_owned(), count(rows)))
                .collect(),
        )
    }

    fn report(&self, context: &Context, files: BTreeMap<String, Count>) -> anyhow::Result<Exit> {
        let out = self.out.display().to_string();
        context.output.result(&Written { files }, |written| {
            if written.files.is_empty() {
                return format!("no file was lacking; copied to {out}");
            }
            let line =
                |(name, count): (&String, &Count)| format!("{name:<18}{:>10} rows\n", count.rows);
            let lines: String = written.files.iter().map(line).collect();
            format!("{lines}written to {out}")
        })?;
        Ok(Exit::Done)
    }
}

/// Writes a day of a district into a folder.
pub(crate) fn write(district: &District, day: u32, folder: &Path) -> anyhow::Result<Census> {
    let mut sink = FolderSink::new(folder)?;
    district
        .write_day(day, &mut sink)
        .with_context(|| format!("the files cannot be written to {}", folder.display()))
}

/// Writes the attendance of a day of a district into a folder.
pub(crate) fn write_attendance(
    district: &District,
    day: u32,
    school_days: u32,
    folder: &Path,
) -> anyhow::Result<FileCount> {
    let mut sink = FolderSink::new(folder)?;
    district
        .write_attendance(day, school_days, &mut sink)
        .with_context(|| format!("attendance cannot be written to {}", folder.display()))
}

/// The school year it is: from July on the one that begins this year.
pub(crate) fn this_school_year() -> u16 {
    let today = clock::now().date();
    let year = u16::try_from(today.year()).unwrap_or(2000);
    if today.month() >= 7 { year } else { year - 1 }
}

/// The CSV files of a folder, by name.
fn csv_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("the folder {} cannot be read", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_file() && file_name(&path).to_ascii_lowercase().ends_with(".csv") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn file_name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

/// Writes files into a folder.
struct FolderSink {
    folder: PathBuf,
}

impl FolderSink {
    fn new(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }
}

impl Sink for FolderSink {
    fn begin(&mut self, file: &str) -> io::Result<Box<dyn Write + '_>> {
        Ok(Box::new(BufWriter::with_capacity(
            1 << 18,
            File::create(self.folder.join(file))?,
        )))
    }
}

fn counted(census: &Census) -> Counted {
    Counted {
        files: census
            .files()
            .into_iter()
            .map(|(name, count)| (name, count.into()))
            .collect(),
        quirks: census
            .quirks()
            .map(|(quirk, count)| (quirk.name().to_owned(), count))
            .collect(),
    }
}

fn census_text(census: &Census, counted: &Counted) -> String {
    let mut text = String::new();
    for (name, count) in &counted.files {
        let Count {
            rows,
            kept,
            rejected,
        } = count;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{name:<18}{rows:>10} rows {kept:>10} kept {rejected:>8} rejected"
        );
    }
    text.push('\n');
    for (quirk, count) in census.quirks() {
        let _ = writeln!(text, "{:<36}{count:>10}  {}", quirk.name(), quirk.meaning());
    }
    text
}

//! `homeroom generate`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use homeroom_simulator::{Census, District, FileCount, Profile, SchoolYear, Sink};
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
    /// First year of the school year [default: the current one]
    #[arg(long, value_name = "YEAR")]
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
        Self { rows: count.rows, kept: count.kept, rejected: count.rejected }
    }
}

impl Generate {
    /// Generates.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let year = SchoolYear { start: self.school_year.unwrap_or_else(this_school_year) };
        if let Some(over) = &self.over {
            return self.fill_in(over, year, context);
        }
        let size = self.profile.or(self.students.map(Profile::students)).unwrap_or(Profile::S);
        let district = District::new(size, self.seed, year);
        if self.census {
            let census = district.census(self.day);
            context.output.result(&counted(&census), |counted| census_text(&census, counted))?;
            return Ok(Exit::Done);
        }
        let spinner = context.output.spinner("writing files");
        let census = write(&district, self.day, &self.out)?;
        spinner.finish_and_clear();
        let files = census.files().into_iter().map(|(name, count)| (name.to_owned(), count.into())).collect();
        self.report(context, files)
    }

    fn fill_in(&self, over: &Path, year: SchoolYear, context: &Context) -> anyhow::Result<Exit> {
        let inputs = inputs(over)?;
        let mut sink = FolderSink::new(&self.out)?;
        let made = homeroom_simulator::over(&inputs, self.seed, year, &mut sink);
        let made = made.with_context(|| format!("the files of {} cannot be filled in", over.display()))?;
        let mut files: BTreeMap<String, Count> = BTreeMap::new();
        for (name, count) in made {
            files.insert(name.to_owned(), count.into());
        }
        if fs::canonicalize(over).ok() != fs::canonicalize(&self.out).ok() {
            for name in inputs.keys() {
                fs::copy(over.join(name), self.out.join(name)).with_context(|| format!("{name} cannot be copied"))?;
            }
        }
        self.report(context, files)
    }

    fn report(&self, context: &Context, files: BTreeMap<String, Count>) -> anyhow::Result<Exit> {
        let out = self.out.display().to_string();
        context.output.result(&Written { files }, |written| {
            let line = |(name, count): (&String, &Count)| format!("{name:<18}{:>10} rows\n", count.rows);
            let lines: String = written.files.iter().map(line).collect();
            format!("{lines}written to {out}")
        })?;
        Ok(Exit::Done)
    }
}

/// Writes a day of a district into a folder.
pub(crate) fn write(district: &District, day: u32, folder: &Path) -> anyhow::Result<Census> {
    let mut sink = FolderSink::new(folder)?;
    district.write_day(day, &mut sink).with_context(|| format!("the files cannot be written to {}", folder.display()))
}

/// The school year it is: from July on the one that begins this year.
pub(crate) fn this_school_year() -> u16 {
    let today = clock::now().date();
    let year = u16::try_from(today.year()).unwrap_or(2000);
    if today.month() >= 7 { year } else { year - 1 }
}

/// The files of a folder by name.
fn inputs(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let entries = fs::read_dir(folder).with_context(|| format!("the folder {} cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.is_file() && name.to_ascii_lowercase().ends_with(".csv") {
            let mut bytes = Vec::new();
            File::open(&path)?.read_to_end(&mut bytes).with_context(|| format!("{name} cannot be read"))?;
            files.insert(name, bytes);
        }
    }
    Ok(files)
}

/// Writes files into a folder.
struct FolderSink {
    folder: PathBuf,
}

impl FolderSink {
    fn new(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        Ok(Self { folder: folder.to_owned() })
    }
}

impl Sink for FolderSink {
    fn begin(&mut self, file: &str) -> io::Result<Box<dyn Write + '_>> {
        Ok(Box::new(BufWriter::with_capacity(1 << 18, File::create(self.folder.join(file))?)))
    }
}

fn counted(census: &Census) -> Counted {
    Counted {
        files: census.files().into_iter().map(|(name, count)| (name, count.into())).collect(),
        quirks: census.quirks().map(|(quirk, count)| (quirk.name().to_owned(), count)).collect(),
    }
}

fn census_text(census: &Census, counted: &Counted) -> String {
    let files: String = counted
        .files
        .iter()
        .map(|(name, count)| format!("{name:<18}{:>10} rows {:>10} kept {:>8} rejected\n", count.rows, count.kept, count.rejected))
        .collect();
    let quirks: String =
        census.quirks().map(|(quirk, count)| format!("{:<36}{count:>10}  {}\n", quirk.name(), quirk.meaning())).collect();
    format!("{files}\n{quirks}")
}

//! The benches as a table, and what they need: a folder, a generated district, a running server.

mod district;
mod importing;
mod reading;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::homeroom::{self, Homeroom};
use crate::machine;
use crate::options::Options;
use crate::pairs::Spread;

/// What a bench is held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Aim {
    /// The median of the ratios is at least this.
    AtLeast(f64),
    /// The median of the ratios is at most this.
    AtMost(f64),
    /// It is only shown.
    Shown,
}

/// A bench's name, what it does, and its aim (issue "Homeroom stands up", last point).
pub(crate) struct Bench {
    /// Name on the command line and in the results.
    pub(crate) name: &'static str,
    /// One line about it.
    pub(crate) about: &'static str,
    /// What the ratio should be.
    pub(crate) aim: Aim,
}

const fn bench(name: &'static str, about: &'static str, aim: Aim) -> Bench {
    Bench { name, about, aim }
}

/// Benches of a running server.
pub(crate) const READING: [Bench; 9] = [
    bench(
        "page100-users",
        "pages of 100 users from random places, 16 connections, to nginx",
        Aim::AtLeast(0.6),
    ),
    bench(
        "page10k-users",
        "pages of 10,000 users from random places, 8 connections, to nginx",
        Aim::AtLeast(0.5),
    ),
    bench(
        "page100-sections",
        "pages of 100 sections from random places, 16 connections, to nginx",
        Aim::AtLeast(0.6),
    ),
    bench(
        "page10k-sections",
        "pages of 10,000 sections from random places, 8 connections, to nginx",
        Aim::AtLeast(0.5),
    ),
    bench(
        "by-id",
        "one user at random, 16 connections, to nginx",
        Aim::AtLeast(0.6),
    ),
    bench(
        "roster",
        "users of a random section, 16 connections, to our own by-id",
        Aim::AtLeast(0.4),
    ),
    bench(
        "mystudents",
        "students of a random teacher, 16 connections, to our own by-id",
        Aim::AtLeast(0.15),
    ),
    bench(
        "full-walk",
        "all users in pages of 10,000, one after another, one connection, to nginx",
        Aim::Shown,
    ),
    bench(
        "flatness",
        "median time of the last page of 100 students to that of the first, one connection",
        Aim::AtMost(1.1),
    ),
];

/// Benches of imports; they share their runs.
pub(crate) const IMPORTING: [Bench; 3] = [
    bench(
        "import",
        "first import until a page is served, to DuckDB only loading the files",
        Aim::AtMost(4.0),
    ),
    bench(
        "import-unchanged",
        "second import of the same files, to DuckDB only loading the files",
        Aim::Shown,
    ),
    bench(
        "import-day1",
        "import of the next day's files, to DuckDB only loading the files",
        Aim::Shown,
    ),
];

/// Benches of the district side (issue "The district side", last point); their results stand in a table of their own.
pub(crate) const DISTRICT: [Bench; 8] = [
    bench(
        "first-import",
        "first import with all checks, to DuckDB only loading the files",
        Aim::AtMost(3.0),
    ),
    bench(
        "delta-1",
        "import with 1 % of all rows changed, to DuckDB loading and comparing in SQL",
        Aim::AtMost(1.5),
    ),
    bench("delta-5", "the same with 5 %", Aim::Shown),
    bench("delta-100", "the same with every row changed", Aim::Shown),
    bench(
        "check",
        "homeroom check, to DuckDB only loading the files",
        Aim::AtMost(1.5),
    ),
    bench(
        "check-frictionless",
        "how many times as long the validation library frictionless takes as homeroom check",
        Aim::AtLeast(20.0),
    ),
    bench(
        "check-pandera",
        "how many times as long pandera over pandas takes as homeroom check",
        Aim::Shown,
    ),
    bench(
        "doubling",
        "first import and 1 % changed at 62,500 to 1,000,000 students, each to half its size",
        Aim::Shown,
    ),
];

/// What one bench showed.
pub(crate) struct Outcome {
    /// Name of the bench.
    pub(crate) name: &'static str,
    /// Its aim.
    pub(crate) aim: Aim,
    /// Figures, or the reason why there are none.
    pub(crate) shown: Shown,
}

/// Figures or a reason.
pub(crate) enum Shown {
    /// Measured.
    Figures(Figures),
    /// Not measured, because something is missing here.
    Skipped(String),
}

/// Figures of a bench.
pub(crate) struct Figures {
    /// What we did, with its unit.
    pub(crate) ours: String,
    /// What it is compared with, with its unit.
    pub(crate) theirs: String,
    /// Ours to theirs, pair by pair.
    pub(crate) ratio: Spread,
    /// What else is worth knowing.
    pub(crate) beside: String,
}

/// Everything one run showed.
pub(crate) struct Results {
    /// Bench by bench.
    pub(crate) outcomes: Vec<Outcome>,
    /// What the served district holds, in a few words.
    pub(crate) counts: String,
    /// Versions of who was compared with.
    pub(crate) peers: Vec<String>,
    /// Load average before and after.
    pub(crate) load: (f64, f64),
}

/// What the benches stand on.
pub(crate) struct Ground<'o> {
    /// The program.
    pub(crate) homeroom: Homeroom,
    /// How to measure.
    pub(crate) options: &'o Options,
    work: Work,
}

impl Ground<'_> {
    /// A path in the working folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.work.folder.join(name)
    }

    /// The files of the district on `day`, generated unless an earlier run left them.
    pub(crate) fn files(&self, day: u32) -> Result<PathBuf> {
        self.files_of(&self.options.size, day)
    }

    /// The same of another size: a profile or a number of students.
    pub(crate) fn files_of(&self, size: &str, day: u32) -> Result<PathBuf> {
        let seed = self.options.seed;
        let folder = self.path(&format!("files-{size}-{seed}-{day}"));
        if !folder.exists() {
            eprintln!("generating {size}, day {day}");
            let partial = self.path("files-partial");
            homeroom::clear(&partial)?;
            self.homeroom.generate(&partial, size, seed, day)?;
            fs::rename(&partial, &folder)?;
        }
        Ok(folder)
    }
}

struct Work {
    folder: PathBuf,
    keep: bool,
}

impl Work {
    fn open(given: Option<&Path>) -> Result<Self> {
        let temporary =
            || std::env::temp_dir().join(format!("homeroom-benches-{}", std::process::id()));
        let folder = given.map_or_else(temporary, Path::to_owned);
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        // Other programs are started with it: what they are told must not depend on where they stand.
        let folder = folder.canonicalize()?;
        Ok(Self {
            folder,
            keep: given.is_some(),
        })
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if !self.keep {
            // A temporary folder that stays is no reason to fail.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Whether there is a bench of this name.
pub(crate) fn exists(name: &str) -> bool {
    all().any(|bench| bench.name == name)
}

/// Names and lines of all benches.
pub(crate) fn list() -> String {
    let line = |bench: &Bench| format!("{:18} {}\n", bench.name, bench.about);
    all().map(line).collect()
}

fn all() -> impl Iterator<Item = &'static Bench> {
    READING.iter().chain(&IMPORTING).chain(&DISTRICT)
}

/// Whether a bench belongs to the district side, which has a table of its own.
pub(crate) fn is_of_the_district(name: &str) -> bool {
    DISTRICT.iter().any(|bench| bench.name == name)
}

/// Runs what was asked for, in the order of the table.
pub(crate) fn run(options: &Options) -> Result<Results> {
    let homeroom = Homeroom::find(options.homeroom.as_deref())?;
    let ground = Ground {
        homeroom,
        options,
        work: Work::open(options.work.as_deref())?,
    };
    let before = machine::load_average();
    let mut results = Results {
        outcomes: Vec::new(),
        counts: String::new(),
        peers: Vec::new(),
        load: (before, before),
    };
    if READING.iter().any(|bench| options.wants(bench.name)) {
        reading::run(&ground, &mut results)?;
    }
    if IMPORTING.iter().any(|bench| options.wants(bench.name)) {
        importing::run(&ground, &mut results)?;
    }
    // They take long at size XL and are only run when named.
    if options.only.iter().any(|name| is_of_the_district(name)) {
        district::run(&ground, &mut results)?;
    }
    results.load.1 = machine::load_average();
    Ok(results)
}

impl Results {
    fn add(&mut self, bench: &Bench, shown: Shown) {
        match &shown {
            Shown::Figures(figures) => {
                let Spread { median, low, high } = figures.ratio;
                eprintln!(
                    "{:18} {median:.2} ({low:.2} to {high:.2}): {}, {}",
                    bench.name, figures.ours, figures.theirs
                );
            }
            Shown::Skipped(reason) => eprintln!("{:18} skipped: {reason}", bench.name),
        }
        self.outcomes.push(Outcome {
            name: bench.name,
            aim: bench.aim,
            shown,
        });
    }
}

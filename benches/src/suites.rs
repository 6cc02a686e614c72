//! Runs benches with what they need: a folder, a generated district, a running server.

mod district;
mod feeds;
mod goals;
mod importing;
mod large;
mod listed;
mod reading;
mod scans;
mod syncing;
mod versions;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::homeroom::{self, Homeroom};
use crate::machine;
use crate::options::Options;
use crate::pairs::Spread;
use crate::report::Table;

pub(crate) use listed::{
    Aim, Bench, DISTRICT, GOALS, IMPORTING, READING, SYNC, VERSIONS, list, named, table_of,
};

/// What one bench showed.
pub(crate) struct Outcome {
    /// Name of the bench.
    pub(crate) name: &'static str,
    /// What of it, if it shows several things.
    pub(crate) part: String,
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
    /// How many of ours a second, or how many seconds, where that is what the bench is held to.
    pub(crate) rate: f64,
    /// What else is worth knowing.
    pub(crate) beside: String,
}

/// Everything one run showed.
pub(crate) struct Results {
    /// Bench by bench.
    pub(crate) outcomes: Vec<Outcome>,
    /// What the served district holds, in a few words.
    pub(crate) counts: String,
    /// What the large district is, where it was needed.
    pub(crate) large: String,
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
        large: String::new(),
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
    let names = |table| options.only.iter().any(|name| table_of(name) == table);
    if names(Table::District) {
        district::run(&ground, &mut results)?;
    }
    if names(Table::Versions) {
        versions::run(&ground, &mut results)?;
        large::run(&ground, &mut results)?;
        feeds::run(&ground, &mut results)?;
    }
    if names(Table::Sync) {
        syncing::run(&ground, &mut results)?;
    }
    if names(Table::Goals) {
        goals::run(&ground, &mut results)?;
    }
    results.load.1 = machine::load_average();
    Ok(results)
}

impl Results {
    fn add(&mut self, bench: &Bench, shown: Shown) {
        self.add_part(bench, String::new(), shown);
    }

    /// Adds one of several things that a bench shows.
    fn add_part(&mut self, bench: &Bench, part: String, shown: Shown) {
        let name = bench.name;
        match &shown {
            Shown::Figures(figures) => {
                let Spread { median, low, high } = figures.ratio;
                eprintln!(
                    "{name:18} {part} {median:.2} ({low:.2} to {high:.2}): {}, {}; {}",
                    figures.ours, figures.theirs, figures.beside
                );
            }
            Shown::Skipped(reason) => eprintln!("{name:18} {part} skipped: {reason}"),
        }
        self.outcomes.push(Outcome {
            name,
            part,
            aim: bench.aim,
            shown,
        });
    }
}

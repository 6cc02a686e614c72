//! Benches of the district side: first import and changed deltas beside DuckDB, `check` beside DuckDB and validation
//! libraries, and what it costs when a district doubles.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{DISTRICT, Figures, Ground, Results, Shown};
use crate::delta;
use crate::duckdb::{self, Loaded};
use crate::homeroom::{self, Imported};
use crate::pairs::Spread;
use crate::validation::{FRICTIONLESS, Library, PANDERA};

/// Guards of which there is one for each of `TYPES`.
const BY_TYPE: [&str; 2] = ["deletions", "school_deletions"];

/// Types of records that guards count.
const TYPES: [&str; 7] = [
    "schools",
    "teachers",
    "staff",
    "students",
    "sections",
    "enrollments",
    "contacts",
];

/// The other guards.
const GUARDS: [&str; 10] = [
    "keys_changed",
    "key_case_changed",
    "leading_zeros_lost",
    "email_mass_change",
    "names_changed",
    "school_mass_move",
    "school_vanished",
    "type_vanished",
    "many_rejected",
    "many_enrollments_rejected",
];

/// Sizes of the doubling, in students.
const SIZES: [&str; 5] = ["62500", "125000", "250000", "500000", "1000000"];

/// Ours beside theirs.
struct Pair {
    ours: Imported,
    theirs: Loaded,
}

/// Runs the benches that were asked for.
pub(super) fn run(ground: &Ground<'_>, results: &mut Results) -> Result<()> {
    for bench in DISTRICT
        .iter()
        .filter(|bench| ground.options.wants(bench.name))
    {
        let shown = match bench.name {
            "first-import" => deltas(ground, None)?,
            "delta-1" => deltas(ground, Some(1))?,
            "delta-5" => deltas(ground, Some(5))?,
            "delta-100" => deltas(ground, Some(100))?,
            "check" => check(ground)?,
            "check-frictionless" => library(ground, &FRICTIONLESS)?,
            "check-pandera" => library(ground, &PANDERA)?,
            _ => doubling(ground)?,
        };
        results.add(bench, shown);
    }
    Ok(())
}

fn without(package: &str) -> Shown {
    Shown::Skipped(format!("{package} is not installed"))
}

/// A first import beside a load, or the import of changed files beside a load with a comparison.
fn deltas(ground: &Ground<'_>, percent: Option<u64>) -> Result<Shown> {
    if !duckdb::is_installed() {
        return Ok(without(duckdb::PACKAGE));
    }
    let first = ground.files(0)?;
    let changed = percent
        .map(|percent| changed(ground, &first, percent))
        .transpose()?;
    let mut pairs = Vec::new();
    for number in 0..ground.options.pairs {
        let data = ground.path("district");
        homeroom::clear(&data)?;
        let district = prepared(ground, &data)?;
        let database = ground.path("bench.duckdb");
        let pair = if let Some(changed) = &changed {
            ground.homeroom.import(&data, &first, &district)?;
            in_turn(
                number,
                || ground.homeroom.import(&data, changed, &district),
                || duckdb::load_and_compare(&first, changed, &database),
            )?
        } else {
            in_turn(
                number,
                || ground.homeroom.import(&data, &first, &district),
                || duckdb::load(&first, &database),
            )?
        };
        pairs.push(pair);
        homeroom::clear(&data)?;
    }
    Ok(Shown::Figures(figures(&pairs)))
}

fn check(ground: &Ground<'_>) -> Result<Shown> {
    if !duckdb::is_installed() {
        return Ok(without(duckdb::PACKAGE));
    }
    let files = ground.files(0)?;
    let database = ground.path("bench.duckdb");
    let pairs: Result<Vec<_>> = (0..ground.options.pairs)
        .map(|number| {
            in_turn(
                number,
                || ground.homeroom.check(&files),
                || duckdb::load(&files, &database),
            )
        })
        .collect();
    Ok(Shown::Figures(figures(&pairs?)))
}

/// How many times as long a validation library takes as `check`; one pair, because a library may take minutes.
fn library(ground: &Ground<'_>, library: &Library) -> Result<Shown> {
    if !library.is_installed() {
        return Ok(Shown::Skipped(format!(
            "the pip package {} is not installed",
            library.name
        )));
    }
    let files = ground.files(0)?;
    let ours = ground.homeroom.check(&files)?;
    let theirs = library.check(&files)?;
    Ok(Shown::Figures(Figures {
        ours: format!("{:.2} s", ours.seconds),
        theirs: format!("{} {:.1} s", library.name, theirs.seconds),
        ratio: Spread::of([theirs.seconds / ours.seconds]),
        rate: 0.0,
        beside: format!(
            "{} {}, which names {} failures; one pair",
            library.name, theirs.version, theirs.findings
        ),
    }))
}

/// First import and a changed percent, each size to the one half as large.
fn doubling(ground: &Ground<'_>) -> Result<Shown> {
    let mut lines = Vec::new();
    let mut ratios = Vec::new();
    let mut before: Option<(f64, f64)> = None;
    for size in SIZES {
        let first = ground.files_of(size, 0)?;
        let next = ground.path(&format!("delta-{size}-1"));
        if !next.exists() {
            delta::write(&first, &next, 1)?;
        }
        let data = ground.path("district");
        homeroom::clear(&data)?;
        let district = prepared(ground, &data)?;
        let imported = ground.homeroom.import(&data, &first, &district)?;
        let changed = ground.homeroom.import(&data, &next, &district)?;
        homeroom::clear(&data)?;
        if let Some((import, delta)) = before {
            ratios.push(imported.seconds / import);
            ratios.push(changed.seconds / delta);
        }
        before = Some((imported.seconds, changed.seconds));
        lines.push(format!(
            "{size}: {:.1} s, {:.1} s, {:.0} MB",
            imported.seconds,
            changed.seconds,
            imported.anonymous.max(changed.anonymous)
        ));
    }
    Ok(Shown::Figures(Figures {
        ours: "seconds of each size".to_owned(),
        theirs: "half its size".to_owned(),
        ratio: Spread::of(ratios),
        rate: 0.0,
        beside: format!(
            "students: first import, 1 % changed, anonymous memory: {}",
            lines.join("; ")
        ),
    }))
}

/// Settings without a limit: a delta that changes everything is to be published, not held.
fn without_guards() -> String {
    let by_type = BY_TYPE.iter().flat_map(|guard| {
        let types = TYPES.iter();
        types.map(move |of| format!("{guard}.{of}"))
    });
    let others = GUARDS.iter().map(|guard| (*guard).to_owned());
    let tables = by_type.chain(others);
    let tables = tables.map(|guard| format!("[guards.{guard}]\npercent = \"none\"\n"));
    tables.collect()
}

/// An installation with a district whose guards hold nothing.
pub(super) fn prepared(ground: &Ground<'_>, data: &Path) -> Result<String> {
    let district = ground.homeroom.district(data)?;
    let settings = ground.path("district-settings.toml");
    std::fs::write(&settings, without_guards())?;
    ground.homeroom.settings(data, &district, &settings)?;
    Ok(district)
}

fn changed(ground: &Ground<'_>, first: &Path, percent: u64) -> Result<PathBuf> {
    let folder = ground.path(&format!("delta-{}-{percent}", ground.options.size));
    if !folder.exists() {
        delta::write(first, &folder, percent)?;
    }
    Ok(folder)
}

fn in_turn(
    number: usize,
    ours: impl FnOnce() -> Result<Imported>,
    theirs: impl FnOnce() -> Result<Loaded>,
) -> Result<Pair> {
    let (ours, theirs) = if number.is_multiple_of(2) {
        let ours = ours()?;
        (ours, theirs()?)
    } else {
        let theirs = theirs()?;
        (ours()?, theirs)
    };
    Ok(Pair { ours, theirs })
}

fn figures(pairs: &[Pair]) -> Figures {
    let median = |of: fn(&Pair) -> f64| Spread::of(pairs.iter().map(of)).median;
    Figures {
        ours: format!("{:.2} s", median(|pair| pair.ours.seconds)),
        theirs: format!("DuckDB {:.2} s", median(|pair| pair.theirs.inner)),
        ratio: Spread::of(
            pairs
                .iter()
                .map(|pair| pair.ours.seconds / pair.theirs.inner),
        ),
        rate: 0.0,
        beside: format!(
            "at most {:.0} MB anonymous, {:.0} MB resident with mapped files",
            median(|pair| pair.ours.anonymous),
            median(|pair| pair.ours.memory)
        ),
    }
}

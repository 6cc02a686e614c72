//! Benches of imports: an empty installation, the same files again, and the next day's, each beside DuckDB.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Figures, Ground, IMPORTING, Results, Shown};
use crate::duckdb::{self, Loaded};
use crate::homeroom::{self, Imported};
use crate::http::Connection;
use crate::pairs::Spread;

/// One of ours beside one of DuckDB's.
struct Pair {
    seconds: f64,
    memory: f64,
    duckdb: Loaded,
}

/// Imports of one kind, pair by pair.
type Kind = Vec<Pair>;

/// Runs the imports, if they can be run; they share their rounds, so asking for one costs as much as for all.
pub(super) fn run(ground: &Ground<'_>, results: &mut Results) -> Result<()> {
    let reason = if ground.options.demo.is_some() {
        Some("--demo brings no files to import".to_owned())
    } else if duckdb::is_installed() {
        None
    } else {
        Some(format!("{} is not installed", duckdb::PACKAGE))
    };
    let wanted = IMPORTING
        .iter()
        .filter(|bench| ground.options.wants(bench.name));
    if let Some(reason) = reason {
        wanted.for_each(|bench| results.add(bench, Shown::Skipped(reason.clone())));
        return Ok(());
    }
    let (today, tomorrow) = (ground.files(0)?, ground.files(1)?);
    let mut kinds: [Kind; 3] = Default::default();
    for number in 0..ground.options.pairs {
        eprintln!("imports, pair {} of {}", number + 1, ground.options.pairs);
        let pairs = round(ground, &today, &tomorrow, number % 2 == 0)?;
        for (kind, pair) in kinds.iter_mut().zip(pairs) {
            kind.push(pair);
        }
    }
    if let Some(pair) = kinds.iter().flatten().next() {
        results
            .peers
            .push(format!("DuckDB {}", pair.duckdb.version));
    }
    for (bench, kind) in IMPORTING.iter().zip(&kinds) {
        if ground.options.wants(bench.name) {
            results.add(bench, Shown::Figures(figures(kind)));
        }
    }
    Ok(())
}

/// Cold, unchanged, next day, in a new installation.
fn round(
    ground: &Ground<'_>,
    today: &Path,
    tomorrow: &Path,
    ours_first: bool,
) -> Result<[Pair; 3]> {
    let data = ground.path("imported");
    homeroom::clear(&data)?;
    let district = ground.homeroom.district(&data)?;
    let cold = pair(ground, today, ours_first, || {
        let mut imported = ground.homeroom.import(&data, today, &district)?;
        imported.seconds += until_served(ground, &data, &district)?;
        Ok(imported)
    })?;
    let unchanged = pair(ground, today, !ours_first, || {
        let imported = ground.homeroom.import(&data, today, &district)?;
        expect_state(&imported, "no_change")?;
        Ok(imported)
    })?;
    let next_day = pair(ground, tomorrow, ours_first, || {
        let imported = ground.homeroom.import(&data, tomorrow, &district)?;
        expect_state(&imported, "published")?;
        Ok(imported)
    })?;
    homeroom::clear(&data)?;
    Ok([cold, unchanged, next_day])
}

fn pair(
    ground: &Ground<'_>,
    files: &Path,
    ours_first: bool,
    import: impl FnOnce() -> Result<Imported>,
) -> Result<Pair> {
    let load = || duckdb::load(files, &ground.path("bench.duckdb"));
    let (imported, duckdb) = if ours_first {
        let imported = import()?;
        (imported, load()?)
    } else {
        let duckdb = load()?;
        (import()?, duckdb)
    };
    Ok(Pair {
        seconds: imported.seconds,
        memory: imported.memory,
        duckdb,
    })
}

/// Seconds from starting the server over what was imported to the end of its first page.
fn until_served(ground: &Ground<'_>, data: &Path, district: &str) -> Result<f64> {
    let token = ground.homeroom.connect(data, district)?;
    let begun = Instant::now();
    let served = ground.homeroom.serve(data, token)?;
    let mut connection = Connection::open(served.target)?;
    served
        .get(&mut connection, "/v3.1/users?limit=100")
        .context("asking for the first page")?;
    Ok(begun.elapsed().as_secs_f64())
}

fn expect_state(imported: &Imported, state: &str) -> Result<()> {
    let found = imported
        .report
        .get("state")
        .and_then(Value::as_str)
        .unwrap_or_default();
    ensure!(
        found == state,
        "the import ended in the state {found}, not {state}"
    );
    Ok(())
}

fn figures(kind: &Kind) -> Figures {
    let median = |of: fn(&Pair) -> f64| Spread::of(kind.iter().map(of)).median;
    Figures {
        ours: format!("{:.2} s", median(|pair| pair.seconds)),
        theirs: format!("DuckDB {:.2} s", median(|pair| pair.duckdb.inner)),
        ratio: Spread::of(kind.iter().map(|pair| pair.seconds / pair.duckdb.inner)),
        rate: 0.0,
        beside: format!(
            "at most {:.0} MB resident; DuckDB's whole process {:.2} s",
            median(|pair| pair.memory),
            median(|pair| pair.duckdb.process)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_to_the_load_alone() {
        let pair = |seconds| Pair {
            seconds,
            memory: 100.0,
            duckdb: Loaded {
                inner: 2.0,
                process: 4.0,
                version: "2".to_owned(),
            },
        };
        let figures = figures(&vec![pair(4.0), pair(8.0), pair(2.0)]);
        assert_eq!(
            figures.ratio,
            Spread {
                median: 2.0,
                low: 1.0,
                high: 4.0
            }
        );
        assert_eq!(
            (figures.ours.as_str(), figures.theirs.as_str()),
            ("4.00 s", "DuckDB 2.00 s")
        );
    }
}

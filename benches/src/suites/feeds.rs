//! Catching up with many days of ordinary changes, of which most snapshots are kept as changes only.

use std::fs;

use anyhow::{Context, Result};

use super::district::prepared;
use super::large::caught_up;
use super::{Ground, Results, Shown, VERSIONS};
use crate::follow::follow;
use crate::homeroom;

/// Snapshots are thinned every so many days, as the server does once a day: whole ones would fill the disk.
const SWEEP: u32 = 20;

/// Imports day after day and reads the feed of all of it, if that was asked for.
pub(super) fn run(ground: &Ground<'_>, results: &mut Results) -> Result<()> {
    let bench = VERSIONS.iter().find(|bench| bench.name == "catch-up-days");
    let Some(bench) = bench.filter(|bench| ground.options.wants(bench.name)) else {
        return Ok(());
    };
    let (size, days) = (&ground.options.size, ground.options.days);
    let data = ground.path(&format!("days-{size}-{days}"));
    let kept = data.with_extension("token");
    if !kept.exists() {
        homeroom::clear(&data)?;
        let district = prepared(ground, &data)?;
        let files = ground.files(0)?;
        ground.homeroom.import(&data, &files, &district)?;
        let token = ground.homeroom.connect_with_events(&data, &district)?;
        // A new connection is told of every record first: what comes after that is the days.
        let served = ground.homeroom.serve(&data, token)?;
        let begun = follow(&served, &served.token, "/v3.1/events?limit=10000")?;
        let token = served.token.clone();
        drop(served);
        let folder = ground.path("files-of-a-day");
        for day in 1..=days {
            homeroom::clear(&folder)?;
            ground
                .homeroom
                .generate(&folder, size, ground.options.seed, day)?;
            ground.homeroom.import(&data, &folder, &district)?;
            if day % SWEEP == 0 || day == days {
                eprintln!("{day} of {days} days imported");
                ground.homeroom.sweep(&data)?;
            }
        }
        homeroom::clear(&folder)?;
        fs::write(&kept, format!("{token} {}", begun.last))?;
    }
    let kept = fs::read_to_string(kept)?;
    let (token, after) = kept.split_once(' ').context("no token is kept")?;
    for (version, list) in [("v3.1", "users"), ("v1.1", "students")] {
        let served = ground.homeroom.serve(&data, token.to_owned())?;
        let events = format!("/{version}/events?limit=10000&starting_after={after}");
        let list = format!("/{version}/{list}?limit=10000");
        let cold = follow(&served, &served.token, &events)?;
        let records = follow(&served, &served.token, &list)?;
        let figures = caught_up(&cold, &records, &list);
        let part = format!("{version}, {days} days");
        results.add_part(bench, part.clone(), Shown::Figures(figures));
        let warm = follow(&served, &served.token, &events)?;
        let figures = caught_up(&warm, &records, &list);
        results.add_part(bench, format!("{part}, again"), Shown::Figures(figures));
    }
    Ok(())
}

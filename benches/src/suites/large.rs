//! Benches over the large district: filters, pages of events, and catching up with every event.

use anyhow::Result;

use super::district::prepared;
use super::reading::load;
use super::{Bench, Figures, Ground, Results, Shown, VERSIONS, scans};
use crate::delta;
use crate::follow::{Followed, follow};
use crate::homeroom::{self, Served};
use crate::load::{Load, Order};
use crate::pairs::{Spread, interleave};
use crate::report::thousands;

/// The versions whose events are read, each with a list of records to compare with.
const FEEDS: [(&str, &str); 2] = [("v3.1", "users"), ("v1.1", "students")];

/// Imports the large district and runs the benches that were asked for.
pub(super) fn run(ground: &Ground<'_>, results: &mut Results) -> Result<()> {
    let wanted = |name: &str| {
        VERSIONS
            .iter()
            .find(|bench| bench.name == name && ground.options.wants(name))
    };
    let [filters, page, catch_up] = ["where", "events-page", "catch-up"].map(wanted);
    if [filters, page, catch_up].iter().all(Option::is_none) {
        return Ok(());
    }
    let data = ground.path("large");
    homeroom::clear(&data)?;
    let district = prepared(ground, &data)?;
    let size = &ground.options.large;
    let first = ground.files_of(size, 0)?;
    let token = ground.homeroom.connect_with_events(&data, &district)?;
    eprintln!("importing {size}");
    ground.homeroom.import(&data, &first, &district)?;
    let served = ground.homeroom.serve(&data, token)?;
    results.large = format!("Large district of size {size}");
    if let Some(bench) = filters {
        scans::run(ground, bench, &served, results)?;
    }
    if page.is_none() && catch_up.is_none() {
        return Ok(());
    }
    let created = feed(ground, results, &served, ("created", ""), (page, catch_up))?;
    let token = served.token.clone();
    drop(served);
    let changed = ground.path(&format!("delta-{size}-100"));
    if !changed.exists() {
        delta::write(&first, &changed, 100)?;
    }
    eprintln!("importing {size} with every row changed");
    ground.homeroom.import(&data, &changed, &district)?;
    let served = ground.homeroom.serve(&data, token)?;
    let after = format!("&starting_after={created}");
    feed(
        ground,
        results,
        &served,
        ("updated", &after),
        (page, catch_up),
    )?;
    drop(served);
    homeroom::clear(&data)
}

/// Reads the feed of the server's token, from a place on, in some versions; returns the id of the last event.
fn feed(
    ground: &Ground<'_>,
    results: &mut Results,
    served: &Served,
    (what, after): (&str, &str),
    (page, catch_up): (Option<&Bench>, Option<&Bench>),
) -> Result<String> {
    let mut last = String::new();
    for (version, collection) in FEEDS {
        let events = format!("/{version}/events?limit=10000{after}");
        let collection = format!("/{version}/{collection}?limit=10000");
        let events = follow(served, &served.token, &events)?;
        let records = follow(served, &served.token, &collection)?;
        if let Some(bench) = catch_up {
            let figures = caught_up(&events, &records, &collection);
            results.add_part(bench, format!("{version} {what}"), Shown::Figures(figures));
        }
        if let Some(bench) = page {
            let load = |followed: &Followed| {
                // The last page is not full.
                let pages = followed
                    .pages
                    .split_last()
                    .map_or(&[][..], |(_, full)| full);
                let paths = if pages.is_empty() {
                    &followed.pages
                } else {
                    pages
                };
                load(ground, served, paths.to_vec(), 8, Order::Random)
            };
            let figures = pages(ground, &load(&events), &load(&records), (&events, &records))?;
            results.add_part(bench, format!("{version} {what}"), Shown::Figures(figures));
        }
        last = last.max(events.last);
    }
    Ok(last)
}

/// A feed that was followed, beside a list of the same version.
pub(super) fn caught_up(events: &Followed, records: &Followed, list: &str) -> Figures {
    let list = list.split('?').next().unwrap_or(list);
    Figures {
        ours: format!("{} events/s", thousands(events.rate())),
        theirs: format!("{list} {} records/s", thousands(records.rate())),
        ratio: Spread::of([events.rate() / records.rate()]),
        rate: events.rate(),
        beside: format!(
            "{} events in {:.1} s, {} pages, {} bytes an event ({} a record); {:.0} MB/s; first page {:.2} s, slowest {:.2} s",
            thousands(count(events)),
            events.time.as_secs_f64(),
            events.pages.len(),
            events.record_bytes(),
            records.record_bytes(),
            events.megabytes(),
            events.first.as_secs_f64(),
            events.slowest.as_secs_f64(),
        ),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(followed: &Followed) -> f64 {
    followed.records as f64
}

fn pages(
    ground: &Ground<'_>,
    ours: &Load,
    theirs: &Load,
    (events, records): (&Followed, &Followed),
) -> Result<Figures> {
    let pairs = interleave(ours, theirs, ground.options.pairs)?;
    let figures = super::reading::rates(&pairs, "records");
    Ok(Figures {
        beside: format!(
            "{} bytes an event ({} a record); {}",
            events.record_bytes(),
            records.record_bytes(),
            figures.beside
        ),
        ..figures
    })
}

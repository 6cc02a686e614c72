//! Pages of every version beside the same page of version 3.1: the same records, in each version's documents.

use anyhow::Result;

use super::reading::{LARGE_PAGES, list_pages, load, rates, served};
use super::{Figures, Ground, Results, Shown, VERSIONS};
use crate::gather::{Walk, walk};
use crate::homeroom::Served;
use crate::http::Connection;
use crate::load::Order;
use crate::pairs::interleave;

/// The versions that are compared with the newest.
const OLDER: [&str; 5] = ["v1.1", "v1.2", "v2.0", "v2.1", "v3.0"];

/// Lists of the same records: what they are called, before version 3, in version 3.
const LISTS: [(&str, &str, &str); 3] = [
    ("students", "students", "users?role=student"),
    ("sections", "sections", "sections"),
    ("teachers", "teachers", "users?role=teacher"),
];

/// A list of one version.
struct List {
    /// Path and parameters, ready for one more parameter.
    path: String,
    walk: Walk,
    /// Bytes a record on a full walk.
    bytes: usize,
}

/// Serves a district and runs the benches that were asked for.
pub(super) fn run(ground: &Ground<'_>, results: &mut Results) -> Result<()> {
    let wanted = |name: &str| ground.options.wants(name);
    let benches = VERSIONS.iter().take(2).filter(|bench| wanted(bench.name));
    let benches: Vec<_> = benches.collect();
    if benches.is_empty() {
        return Ok(());
    }
    let served = served(ground)?;
    for (name, older, newer) in LISTS {
        let newest = list(&served, "v3.1", newer)?;
        results.counts = counted(&results.counts, newest.walk.ids.len(), name);
        for version in OLDER {
            let path = if version == "v3.0" { newer } else { older };
            let list = list(&served, version, path)?;
            for bench in &benches {
                let (limit, pages, connections) = if bench.name == "versions-page100" {
                    (100, ground.options.pages, 16)
                } else {
                    (10_000, LARGE_PAGES, 8)
                };
                let loads = [&list, &newest].map(|list| {
                    let paths = list_pages(&list.path, &list.walk.ids, limit, pages);
                    let mut load = load(ground, &served, paths, connections, Order::Random);
                    // There are many of these.
                    load.time /= 2;
                    load
                });
                let [ours, theirs] = loads;
                let pairs = interleave(&ours, &theirs, ground.options.pairs)?;
                let figures = rates(&pairs, "v3.1");
                let megabytes = pairs.iter().map(|(_, theirs)| theirs.megabytes);
                let megabytes = crate::pairs::Spread::of(megabytes).median;
                let figures = Figures {
                    beside: format!(
                        "{} and {} bytes a record; v3.1 {megabytes:.0} MB/s, this {}",
                        list.bytes, newest.bytes, figures.beside
                    ),
                    ..figures
                };
                let part = format!("{version} {name}");
                results.add_part(bench, part, Shown::Figures(figures));
            }
        }
    }
    Ok(())
}

fn counted(before: &str, number: usize, name: &str) -> String {
    let comma = if before.is_empty() { "" } else { ", " };
    format!("{before}{comma}{number} {name}")
}

fn list(served: &Served, version: &str, path: &str) -> Result<List> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let path = format!("/{version}/{path}");
    let first = format!("{path}{separator}limit=10000");
    let walk = walk(served, &first)?;
    let body = served.get(&mut Connection::open(served.target)?, &first)?;
    let bytes = body.len() / walk.ids.len().clamp(1, 10_000);
    Ok(List { path, walk, bytes })
}

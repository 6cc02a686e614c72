//! Benches of a running server.

use std::sync::Arc;

use anyhow::{Context, Result};

use super::{Bench, Figures, Ground, READING, Results, Shown};
use crate::gather::{Walk, walk};
use crate::homeroom::{self, Served};
use crate::http::Connection;
use crate::load::{Load, Order, Random, Window};
use crate::nginx::{self, Nginx};
use crate::pairs::{Pairs, Spread, interleave};
use crate::report::thousands;

/// Pages of 10,000 are several megabytes each; so many distinct ones are enough to leave every cache.
pub(super) const LARGE_PAGES: usize = 48;
/// A connection stops after so many requests, whatever the time.
const MOST_REQUESTS: u64 = 10_000_000;

/// The server and what its district holds.
struct Subject {
    served: Served,
    users: Walk,
    sections: Walk,
    teachers: Walk,
    students: Walk,
}

/// Serves a district and runs the benches that were asked for.
pub(super) fn run(ground: &Ground<'_>, results: &mut Results) -> Result<()> {
    let subject = subject(ground)?;
    results.counts = format!(
        "{} users ({} students, {} teachers), {} sections",
        subject.users.ids.len(),
        subject.students.ids.len(),
        subject.teachers.ids.len(),
        subject.sections.ids.len()
    );
    results.peers.extend(Nginx::version());
    for bench in READING
        .iter()
        .filter(|bench| ground.options.wants(bench.name))
    {
        let shown = measure(ground, &subject, bench)
            .with_context(|| format!("in the bench {}", bench.name))?;
        results.add(bench, shown);
    }
    Ok(())
}

fn subject(ground: &Ground<'_>) -> Result<Subject> {
    let served = served(ground)?;
    eprintln!("walking the lists");
    Ok(Subject {
        users: walk(&served, "/v3.1/users?limit=10000")?,
        sections: walk(&served, "/v3.1/sections?limit=10000")?,
        teachers: walk(&served, "/v3.1/users?limit=10000&role=teacher")?,
        students: walk(&served, "/v3.1/users?limit=10000&role=student")?,
        served,
    })
}

/// A running server over the district of the run's size.
pub(super) fn served(ground: &Ground<'_>) -> Result<Served> {
    let options = ground.options;
    if let Some(students) = options.demo {
        return ground.homeroom.demo(students, options.seed);
    }
    let files = ground.files(0)?;
    let data = ground.path("served");
    homeroom::clear(&data)?;
    let district = ground.homeroom.district(&data)?;
    eprintln!("importing {}", options.district());
    ground.homeroom.import(&data, &files, &district)?;
    let token = ground.homeroom.connect(&data, &district)?;
    ground.homeroom.serve(&data, token)
}

fn measure(ground: &Ground<'_>, subject: &Subject, bench: &Bench) -> Result<Shown> {
    let pages = ground.options.pages;
    let users = |limit, count| list_pages("/v3.1/users", &subject.users.ids, limit, count);
    let sections = |limit, count| list_pages("/v3.1/sections", &subject.sections.ids, limit, count);
    let by_id = || items("/v3.1/users/", &subject.users.ids, "", pages);
    let beside_nginx = |paths, connections, order| {
        against_nginx(ground, &subject.served, paths, connections, order)
    };
    match bench.name {
        "page100-users" => beside_nginx(users(100, pages), 16, Order::Random),
        "page10k-users" => beside_nginx(users(10_000, LARGE_PAGES), 8, Order::Random),
        "page100-sections" => beside_nginx(sections(100, pages), 16, Order::Random),
        "page10k-sections" => beside_nginx(sections(10_000, LARGE_PAGES), 8, Order::Random),
        "by-id" => beside_nginx(by_id(), 16, Order::Random),
        "full-walk" => beside_nginx(subject.users.paths.clone(), 1, Order::InTurn),
        "roster" => {
            let rosters = items("/v3.1/sections/", &subject.sections.ids, "/users", pages);
            against_by_id(ground, subject, rosters, by_id())
        }
        "mystudents" => {
            let lists = items("/v3.1/users/", &subject.teachers.ids, "/mystudents", pages);
            against_by_id(ground, subject, lists, by_id())
        }
        _ => last_against_first(ground, subject),
    }
}

/// Paths of `count` pages of `limit` from random places of a list, all of them full where the list is long enough.
pub(super) fn list_pages(list: &str, ids: &[String], limit: usize, count: usize) -> Vec<String> {
    let mut random = Random::new(count as u64 + limit as u64);
    let places = ids.len().saturating_sub(limit);
    let list = format!("{list}{}", if list.contains('?') { '&' } else { '?' });
    let path = |_| match ids.get(random.below(places)) {
        Some(id) if places > 0 => format!("{list}limit={limit}&starting_after={id}"),
        _ => format!("{list}limit={limit}"),
    };
    (0..count).map(path).collect()
}

/// Paths of `count` records chosen at random.
fn items(before: &str, ids: &[String], after: &str, count: usize) -> Vec<String> {
    let mut random = Random::new(count as u64);
    let choose = |_| {
        ids.get(random.below(ids.len()))
            .map(|id| format!("{before}{id}{after}"))
    };
    (0..count).filter_map(choose).collect()
}

pub(super) fn load(
    ground: &Ground<'_>,
    served: &Served,
    paths: Vec<String>,
    connections: usize,
    order: Order,
) -> Load {
    Load {
        target: served.target,
        pid: served.pid(),
        bearer: served.token.clone(),
        paths: Arc::new(paths),
        order,
        connections,
        time: ground.options.window,
        count: MOST_REQUESTS,
        seed: 1,
    }
}

fn against_nginx(
    ground: &Ground<'_>,
    served: &Served,
    paths: Vec<String>,
    connections: usize,
    order: Order,
) -> Result<Shown> {
    let Some(nginx) = Nginx::start(&ground.path("nginx"))? else {
        return Ok(Shown::Skipped(format!(
            "the Debian package {} is not installed",
            nginx::PACKAGE
        )));
    };
    let mut connection = Connection::open(served.target)?;
    let mut files = Vec::with_capacity(paths.len());
    for (number, path) in paths.iter().enumerate() {
        files.push(nginx.store(number, &served.get(&mut connection, path)?)?);
    }
    let ours = load(ground, served, paths, connections, order);
    let theirs = Load {
        target: nginx.target(),
        pid: nginx.pid(),
        paths: Arc::new(files),
        ..ours.clone()
    };
    let pairs = interleave(&ours, &theirs, ground.options.pairs)?;
    Ok(Shown::Figures(rates(&pairs, "nginx")))
}

fn against_by_id(
    ground: &Ground<'_>,
    subject: &Subject,
    paths: Vec<String>,
    by_id: Vec<String>,
) -> Result<Shown> {
    let ours = load(ground, &subject.served, paths, 16, Order::Random);
    let theirs = load(ground, &subject.served, by_id, 16, Order::Random);
    let pairs = interleave(&ours, &theirs, ground.options.pairs)?;
    Ok(Shown::Figures(rates(&pairs, "by id")))
}

fn last_against_first(ground: &Ground<'_>, subject: &Subject) -> Result<Shown> {
    let first_page = "/v3.1/users?limit=100&role=student";
    let ids = &subject.students.ids;
    let Some(before_last) = ids.len().checked_sub(101).and_then(|at| ids.get(at)) else {
        return Ok(Shown::Skipped(
            "the district has fewer than two pages of students".to_owned(),
        ));
    };
    let last = load(
        ground,
        &subject.served,
        vec![format!("{first_page}&starting_after={before_last}")],
        1,
        Order::InTurn,
    );
    let first = load(
        ground,
        &subject.served,
        vec![first_page.to_owned()],
        1,
        Order::InTurn,
    );
    // One connection waits for wake-ups more than for work: more pairs, or chance decides.
    let pairs = interleave(&last, &first, ground.options.pairs * 3)?;
    let median = |of: fn(&(Window, Window)) -> f64| Spread::of(pairs.iter().map(of)).median;
    Ok(Shown::Figures(Figures {
        ours: format!("last {:.3} ms", median(|pair| pair.0.p50)),
        theirs: format!("first {:.3} ms", median(|pair| pair.1.p50)),
        ratio: Spread::of(pairs.iter().map(|(last, first)| last.p50 / first.p50)),
        rate: 0.0,
        beside: format!(
            "p99 {:.2} and {:.2} ms",
            median(|pair| pair.0.p99),
            median(|pair| pair.1.p99)
        ),
    }))
}

pub(super) fn rates(pairs: &Pairs, peer: &str) -> Figures {
    let median = |of: fn(&(Window, Window)) -> f64| Spread::of(pairs.iter().map(of)).median;
    Figures {
        rate: median(|pair| pair.0.rate),
        ours: format!("{} req/s", thousands(median(|pair| pair.0.rate))),
        theirs: format!("{peer} {} req/s", thousands(median(|pair| pair.1.rate))),
        ratio: Spread::of(pairs.iter().map(|(ours, theirs)| ours.rate / theirs.rate)),
        beside: format!(
            "{:.0} MB/s; p50 {:.2}, p99 {:.2} ms; CPU {:.0} µs a request ({peer} {:.0})",
            median(|pair| pair.0.megabytes),
            median(|pair| pair.0.p50),
            median(|pair| pair.0.p99),
            median(|pair| pair.0.cpu),
            median(|pair| pair.1.cpu),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{number:03}")).collect()
    }

    #[test]
    fn pages_start_where_a_full_one_follows() {
        let ids = ids(250);
        let paths = list_pages("/v3.1/users", &ids, 100, 500);
        assert_eq!(paths.len(), 500);
        for path in &paths {
            let id = path
                .strip_prefix("/v3.1/users?limit=100&starting_after=")
                .unwrap();
            assert!(id < "150", "{path} is not full");
        }
        assert_eq!(list_pages("/l", &ids, 1000, 1), ["/l?limit=1000"]);
    }

    #[test]
    fn records_are_chosen_among_those_there() {
        let paths = items("/v3.1/sections/", &ids(3), "/users", 50);
        assert_eq!(paths.len(), 50);
        assert!(paths.iter().all(|path| {
            ids(3)
                .iter()
                .any(|id| *path == format!("/v3.1/sections/{id}/users"))
        }));
        assert!(items("/x/", &[], "", 5).is_empty());
    }

    #[test]
    fn a_ratio_is_taken_pair_by_pair() {
        let window = |rate| Window {
            rate,
            ..Window::default()
        };
        let pairs = vec![
            (window(50.0), window(100.0)),
            (window(10.0), window(10.0)),
            (window(80.0), window(100.0)),
        ];
        let figures = rates(&pairs, "nginx");
        assert_eq!(
            figures.ratio,
            Spread {
                median: 0.8,
                low: 0.5,
                high: 1.0
            }
        );
        assert_eq!(figures.theirs, "nginx 100 req/s");
    }
}

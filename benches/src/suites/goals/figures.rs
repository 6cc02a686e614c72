//! The figures of a teacher and of the district: asked for again and again, by a new process, and as the first thing after a
//! request that changed every value.

use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::bodies::Form;
use super::{Place, Results};
use crate::gather;
use crate::homeroom::Served;
use crate::http::Connection;
use crate::pairs::Spread;
use crate::suites::{Bench, Figures};

/// Teachers whose figures are asked for.
const TEACHERS: usize = 40;
/// What the figures are compared with.
const PAGE: &str = "/v3.1/users?limit=100";

/// One answer.
struct Answered {
    seconds: f64,
    bytes: usize,
}

/// Runs the benches that were asked for.
pub(super) fn run<'b>(
    place: &mut Place<'_>,
    wanted: impl Fn(&str) -> Option<&'b Bench>,
    results: &mut Results,
) -> Result<()> {
    let names = [
        ("goals-teacher", "goals-teacher-new"),
        ("goals-district", "goals-district-new"),
    ];
    for (name, after) in names {
        let (bench, after) = (wanted(name), wanted(after));
        if bench.is_none() && after.is_none() {
            continue;
        }
        let paths = paths(place, name == "goals-teacher")?;
        if let Some(bench) = bench {
            results.add_to(bench, "warm", warm(place, &paths)?);
            results.add_to(bench, "cold", cold(place, &paths)?);
        }
        if let Some(bench) = after {
            results.add_to(bench, "", new(place, &paths)?);
        }
    }
    Ok(())
}

fn paths(place: &Place<'_>, of_teachers: bool) -> Result<Vec<String>> {
    let base = format!("/management/v1/districts/{}/goals", place.district);
    if !of_teachers {
        return Ok(vec![format!("{base}/district")]);
    }
    let served = place.serve()?;
    let ids = gather::walk(&served, "/v3.1/users?role=teacher&limit=10000")?.ids;
    let step = (ids.len() / TEACHERS).max(1);
    let some = ids.iter().step_by(step).take(TEACHERS);
    Ok(some.map(|id| format!("{base}/teachers/{id}")).collect())
}

/// Every path once, after each was asked for once before.
fn warm(place: &Place<'_>, paths: &[String]) -> Result<Figures> {
    let served = place.serve()?;
    let rounds = place.ground.options.pairs.max(TEACHERS / paths.len());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        for path in paths {
            let answered = (ask(place, &served, path)?, page(place, &served)?);
            if round > 0 {
                ours.push(answered.0);
                theirs.push(answered.1);
            }
        }
    }
    let what = format!("{} answers", ours.len());
    figures(&ours, &theirs, &what)
}

/// The first answer of a new process; what the figures are made from was worked out before and is kept in the store.
fn cold(place: &Place<'_>, paths: &[String]) -> Result<Figures> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for path in paths
        .iter()
        .cycle()
        .take(place.ground.options.pairs.max(10))
    {
        let served = place.serve()?;
        ours.push(ask(place, &served, path)?);
        drop(served);
        let served = place.serve()?;
        theirs.push(page(place, &served)?);
    }
    let what = format!("{} new processes, the files in the page cache", ours.len());
    figures(&ours, &theirs, &what)
}

/// The first answer after a request that changed every value: everything is worked out anew.
fn new(place: &mut Place<'_>, paths: &[String]) -> Result<Figures> {
    let served = place.serve()?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for path in paths.iter().cycle().take(place.ground.options.pairs) {
        ask(place, &served, path)?;
        place.deliver(&served, Form::Json)?;
        ours.push(ask(place, &served, path)?);
        theirs.push(page(place, &served)?);
    }
    let what = format!("{} students", place.students.len());
    figures(&ours, &theirs, &what)
}

fn ask(place: &Place<'_>, served: &Served, path: &str) -> Result<Answered> {
    get(served, path, &place.management)
}

fn page(place: &Place<'_>, served: &Served) -> Result<Answered> {
    get(served, PAGE, &place.token)
}

fn get(served: &Served, path: &str, token: &str) -> Result<Answered> {
    let mut connection = Connection::open(served.target)?;
    let begun = Instant::now();
    let (status, body) = connection.get(path, token)?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(status == 200, "{path} was answered with status {status}");
    Ok(Answered {
        seconds,
        bytes: body.len(),
    })
}

fn figures(ours: &[Answered], theirs: &[Answered], what: &str) -> Result<Figures> {
    let seconds = |all: &[Answered]| Spread::of(all.iter().map(|one| one.seconds));
    let (mine, page) = (seconds(ours), seconds(theirs));
    let largest = ours.iter().map(|one| one.bytes).max();
    Ok(Figures {
        ours: format!("{:.2} ms", mine.median * 1e3),
        theirs: format!("page {:.2} ms", page.median * 1e3),
        ratio: Spread::of(ours.iter().zip(theirs).map(|(a, b)| a.seconds / b.seconds)),
        rate: mine.median,
        beside: format!(
            "{what}; slowest {:.2} ms; at most {} bytes",
            mine.high * 1e3,
            largest.context("nothing was asked")?
        ),
    })
}

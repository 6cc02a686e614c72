//! Requests with every student.

use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::bodies::Form;
use super::script::{Kept, Script};
use super::{METRICS, Place};
use crate::homeroom::Served;
use crate::http::{Connection, post_request};
use crate::pairs::Spread;
use crate::process::{Peak, anonymous_mebibytes, cpu_seconds};
use crate::report::thousands;
use crate::suites::{Bench, Figures, Results, Shown};

/// One request.
struct Sent {
    /// From the first byte to the end of the answer.
    seconds: f64,
    /// CPU of the server.
    cpu: f64,
    /// Most anonymous memory of the server in it, and before it.
    memory: (f64, f64),
    /// Of the body.
    bytes: usize,
}

/// Requests with every value changed, each sent once more at once, in turn with the script.
pub(super) fn run(
    place: &mut Place<'_>,
    benches: [Option<&Bench>; 2],
    results: &mut Results,
) -> Result<()> {
    if benches.iter().all(Option::is_none) {
        return Ok(());
    }
    let mut script = Script::start(place)?;
    let served = place.serve()?;
    let mut pairs: [Vec<(Sent, Kept)>; 2] = Default::default();
    // The first is for warming up: of both.
    for number in 0..=place.ground.options.pairs {
        let body = place.body(Form::Json);
        for (which, updated) in [place.students.len(), 0].into_iter().enumerate() {
            let Some(script) = &mut script else {
                continue;
            };
            let pair = if number.is_multiple_of(2) {
                let ours = send(place, &served, Form::Json, &body, updated)?;
                (ours, script.keep(&place.data, Form::Json, &body)?)
            } else {
                let theirs = script.keep(&place.data, Form::Json, &body)?;
                (send(place, &served, Form::Json, &body, updated)?, theirs)
            };
            ensure!(pair.1.rows == place.students.len(), "the script lost rows");
            if let (true, Some(pairs)) = (number > 0, pairs.get_mut(which)) {
                pairs.push(pair);
            }
        }
    }
    for (bench, pairs) in benches.into_iter().zip(&pairs) {
        let Some(bench) = bench else { continue };
        match beside_script(place, pairs) {
            Some(figures) => results.add_to(bench, "", figures),
            None => results.add(bench, Shown::Skipped("Python is not installed".to_owned())),
        }
    }
    Ok(())
}

fn beside_script(place: &Place<'_>, pairs: &[(Sent, Kept)]) -> Option<Figures> {
    let (last, _) = pairs.last()?;
    let rows = count(place.students.len());
    let ours = |of: fn(&Sent) -> f64| Spread::of(pairs.iter().map(|(ours, _)| of(ours))).median;
    let theirs =
        |of: fn(&Kept) -> f64| Spread::of(pairs.iter().map(|(_, theirs)| of(theirs))).median;
    let rate = rows / ours(|ours| ours.seconds);
    Some(Figures {
        ours: format!("{} rows/s", thousands(rate)),
        theirs: format!(
            "script {} rows/s",
            thousands(rows / theirs(|kept| kept.seconds))
        ),
        ratio: Spread::of(
            pairs
                .iter()
                .map(|(ours, theirs)| theirs.seconds / ours.seconds),
        ),
        rate,
        beside: format!(
            "{} rows in {:.3} s, {:.1} MB; CPU of the server {:.2} s (script {:.2}); {}",
            thousands(rows),
            ours(|ours| ours.seconds),
            megabytes(last.bytes),
            ours(|ours| ours.cpu),
            theirs(|kept| kept.cpu),
            memory(pairs.iter().map(|(ours, _)| ours)),
        ),
    })
}

/// One request with very many students as CSV, in turn with the same as JSON.
pub(super) fn large(place: &mut Place<'_>, bench: &Bench, results: &mut Results) -> Result<()> {
    let mut sent: [Vec<Sent>; 2] = Default::default();
    let forms = [Form::Csv, Form::Json];
    for _ in 0..place.ground.options.pairs {
        for (form, sent) in forms.into_iter().zip(&mut sent) {
            // A server of its own for each, so that memory is that of one request.
            let served = place.serve()?;
            let body = place.body(form);
            sent.push(send(place, &served, form, &body, place.students.len())?);
        }
    }
    let [csv, json] = &sent;
    let last = csv.last().context("nothing was measured")?;
    let rows = count(place.students.len());
    let seconds = |sent: &[Sent]| Spread::of(sent.iter().map(|sent| sent.seconds)).median;
    let figures = Figures {
        ours: format!("{} rows/s", thousands(rows / seconds(csv))),
        theirs: format!("JSON {} rows/s", thousands(rows / seconds(json))),
        ratio: Spread::of(
            csv.iter()
                .zip(json)
                .map(|(csv, json)| json.seconds / csv.seconds),
        ),
        rate: rows / seconds(csv),
        beside: format!(
            "{} rows in {:.2} s, {:.1} MB; CPU {:.2} s; {} (JSON: {})",
            thousands(rows),
            seconds(csv),
            megabytes(last.bytes),
            Spread::of(csv.iter().map(|sent| sent.cpu)).median,
            memory(csv.iter()),
            memory(json.iter()),
        ),
    };
    results.add_to(bench, "", figures);
    Ok(())
}

fn send(
    place: &Place<'_>,
    served: &Served,
    form: Form,
    body: &[u8],
    updated: usize,
) -> Result<Sent> {
    let request = post_request(METRICS, &place.token, form.media(), body);
    let mut connection = Connection::open(served.target)?;
    let before = cpu_seconds(served.pid());
    let idle = anonymous_mebibytes(served.pid()).unwrap_or(0.0);
    let peak = Peak::watch(served.pid());
    let begun = Instant::now();
    let answered = connection.send(&request);
    let seconds = begun.elapsed().as_secs_f64();
    let (_, anonymous) = peak.stop();
    let (status, answer) = answered?;
    place.expect(status, &answer, updated)?;
    Ok(Sent {
        seconds,
        cpu: cpu_seconds(served.pid()) - before,
        memory: (anonymous, idle),
        bytes: body.len(),
    })
}

fn memory<'s>(sent: impl Iterator<Item = &'s Sent> + Clone) -> String {
    let most = Spread::of(sent.clone().map(|sent| sent.memory.0)).high;
    let before = Spread::of(sent.map(|sent| sent.memory.1)).median;
    format!("at most {most:.0} MB anonymous, {before:.0} before")
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(rows: usize) -> f64 {
    rows as f64
}

fn megabytes(bytes: usize) -> f64 {
    count(bytes) / 1e6
}

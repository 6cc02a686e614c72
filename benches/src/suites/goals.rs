//! What apps report: a request with every student, changed and repeated, beside a script that only upserts; one with half a
//! million students; and the figures of a teacher and of the district.

mod bodies;
mod figures;
mod past;
mod receiving;
mod script;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::district::prepared;
use super::{Bench, GOALS, Ground, Results};
use crate::gather;
use crate::homeroom::{self, Served};
use crate::http::Connection;
use bodies::{Form, Reached, body};

/// Students of the large request, unless `--large` is a number.
const LARGE: &str = "500000";
/// School days behind the usual installation: about as many as there are from August to November.
const PAST: u32 = 60;
/// Where totals go.
const METRICS: &str = "/v2.0/metrics";

/// Runs the benches that were asked for. Those of one size share their installation.
pub(super) fn run(ground: &Ground<'_>, results: &mut Results) -> Result<()> {
    let options = ground.options;
    let wanted = |name: &str| {
        GOALS
            .iter()
            .find(|bench| bench.name == name && options.wants(name))
    };
    let usual = |bench: &Bench| bench.name != "goals-csv" && options.wants(bench.name);
    if GOALS.iter().any(usual) {
        let mut place = Place::prepared(ground, &options.size, PAST)?;
        receiving::run(
            &mut place,
            ["goals-hourly", "goals-resent"].map(wanted),
            results,
        )?;
        figures::run(&mut place, wanted, results)?;
        place.leave()?;
    }
    if let Some(bench) = wanted("goals-csv") {
        let size = match options.large.parse::<u64>() {
            Ok(_) => &options.large,
            Err(_) => LARGE,
        };
        let mut place = Place::prepared(ground, size, 0)?;
        receiving::large(&mut place, bench, results)?;
        place.leave()?;
        results.large = format!("Large district of {size} students");
    }
    Ok(())
}

/// An installation to which an app reports.
struct Place<'g> {
    ground: &'g Ground<'g>,
    data: PathBuf,
    district: String,
    app: String,
    token: String,
    management: String,
    /// Every student that the app sees, ascending.
    students: Vec<String>,
    reached: Reached,
}

impl<'g> Place<'g> {
    /// The installation that an earlier run left, or a new one, with so many days behind it.
    fn prepared(ground: &'g Ground<'g>, size: &str, past: u32) -> Result<Self> {
        let data = ground.path(&format!("goals-{size}"));
        let kept = data.with_extension("kept");
        let mut place = if kept.exists() {
            let text = fs::read_to_string(&kept)?;
            // A run that does not end leaves nothing that the next one could go on with.
            fs::remove_file(&kept)?;
            Self::left(ground, data, &text).context("an earlier run left something else")?
        } else {
            Self::new(ground, data, size)?
        };
        let served = place.serve()?;
        let list = "/v3.1/users?role=student&limit=10000";
        place.students = gather::walk(&served, list)?.ids;
        drop(served);
        if past > 0 && place.reached == Reached::default() {
            eprintln!("{past} days of {} students", place.students.len());
            place.reached = past::live(&place, past)?;
        }
        let served = place.serve()?;
        place.deliver(&served, Form::Json)?;
        Ok(place)
    }

    fn new(ground: &'g Ground<'g>, data: PathBuf, size: &str) -> Result<Self> {
        homeroom::clear(&data)?;
        let district = prepared(ground, &data)?;
        let files = ground.files_of(size, 0)?;
        eprintln!("importing {size}");
        ground.homeroom.import(&data, &files, &district)?;
        let (app, token) = ground.homeroom.report_goals(&data, &district)?;
        Ok(Self {
            management: ground.homeroom.management(&data)?,
            ground,
            district,
            app,
            token,
            students: Vec::new(),
            reached: Reached::default(),
            data,
        })
    }

    fn left(ground: &'g Ground<'g>, data: PathBuf, text: &str) -> Result<Self> {
        let mut words = text.split(' ').map(str::to_owned);
        let mut word = || words.next().context("it ends too early");
        Ok(Self {
            ground,
            data,
            district: word()?,
            app: word()?,
            token: word()?,
            management: word()?,
            students: Vec::new(),
            reached: Reached {
                minutes: word()?.parse()?,
                lessons: word()?.parse()?,
            },
        })
    }

    /// Keeps the installation for the next run.
    fn leave(&self) -> Result<()> {
        let Self {
            district,
            app,
            token,
            management,
            reached: Reached { minutes, lessons },
            ..
        } = self;
        let text = format!("{district} {app} {token} {management} {minutes} {lessons}");
        fs::write(self.data.with_extension("kept"), text)?;
        Ok(())
    }

    fn serve(&self) -> Result<Served> {
        self.ground.homeroom.serve(&self.data, self.token.clone())
    }

    /// A body in which everything is higher than in the one before.
    fn body(&mut self, form: Form) -> Vec<u8> {
        self.reached.moment();
        body(&self.students, self.reached, form)
    }

    /// Sends a new body.
    fn deliver(&mut self, served: &Served, form: Form) -> Result<()> {
        let body = self.body(form);
        let mut connection = Connection::open(served.target)?;
        let request = crate::http::post_request(METRICS, &self.token, form.media(), &body);
        let (status, answer) = connection.send(&request)?;
        self.expect(status, &answer, self.students.len())
    }

    /// An answer that took everything, and changed so many students.
    fn expect(&self, status: u16, answer: &[u8], updated: usize) -> Result<()> {
        let text = || String::from_utf8_lossy(answer.get(..300).unwrap_or(answer)).into_owned();
        ensure!(status == 200, "answered with {status}: {}", text());
        let answer: Value = serde_json::from_slice(answer)?;
        let told = |key: &str| answer.get("data").and_then(|data| data.get(key));
        let empty = |key: &str| {
            told(key)
                .and_then(Value::as_array)
                .is_some_and(Vec::is_empty)
        };
        let count = |key: &str| told(key).and_then(Value::as_u64).map(usize::try_from);
        let all = self.students.len();
        ensure!(
            count("received") == Some(Ok(all))
                && count("updated") == Some(Ok(updated))
                && empty("rejected")
                && empty("warnings"),
            "of {all} students {updated} should have changed: {}",
            text()
        );
        Ok(())
    }
}

impl Results {
    fn add_to(&mut self, bench: &Bench, part: &str, figures: super::Figures) {
        self.add_part(bench, part.to_owned(), super::Shown::Figures(figures));
    }
}

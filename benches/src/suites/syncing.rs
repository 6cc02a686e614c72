//! An app that syncs a district into SQLite: first sync, a plan of nothing changed, and days on which 1 % of all rows changed, by
//! events and in full; beside a script that only upserts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::district::prepared;
use super::{Bench, Figures, Ground, Results, SYNC, Shown};
use crate::app::{Ask, Task, Told};
use crate::delta;
use crate::homeroom::{self, Imported, Served, expect_success, last_line, watched};
use crate::pairs::Spread;
use crate::process::cpu_seconds;

/// What an app does that only upserts.
const SCRIPT: &str = include_str!("../upsert.py");

/// The roles that both read; the preset keeps no contacts.
const ROLES: &str = "student,teacher,staff,district_admin";

/// The installation that is synced from.
struct Provider<'g> {
    ground: &'g Ground<'g>,
    size: &'g str,
    data: PathBuf,
    district: String,
    token: String,
}

/// The app.
struct App {
    folder: PathBuf,
    script: PathBuf,
    /// Days that passed since the first sync.
    day: u64,
}

/// One sync.
struct Synced {
    told: Told,
    watched: Imported,
    /// CPU of the server.
    server: f64,
}

/// One run of the script.
#[derive(Deserialize)]
struct Upserted {
    seconds: f64,
    cpu: f64,
    requests: u64,
}

/// Syncs in pairs with runs of the script.
#[derive(Default)]
struct Days {
    first: Vec<(Synced, Option<Upserted>)>,
    plan: Vec<Synced>,
    events: Vec<(Synced, Option<Upserted>)>,
    full: Vec<(Synced, Option<Upserted>)>,
}

/// Runs the benches that were asked for. Those of one size share their runs.
pub(super) fn run(ground: &Ground<'_>, results: &mut Results) -> Result<()> {
    let (usual, large) = SYNC.split_at(4);
    let options = ground.options;
    let sizes = [
        (usual, options.size.as_str(), options.pairs),
        (large, options.large.as_str(), 1),
    ];
    for (benches, size, pairs) in sizes {
        if !benches.iter().any(|bench| options.wants(bench.name)) {
            continue;
        }
        let provider = Provider::prepared(ground, size)?;
        let days = provider.days(pairs)?;
        for (bench, shown) in benches.iter().zip(days.shown()) {
            if options.wants(bench.name) {
                results.add_part(bench, size.to_owned(), shown);
            }
        }
        if bench_is_large(benches) {
            results.large = format!("Large district of size {size}");
        }
    }
    Ok(())
}

fn bench_is_large(benches: &[Bench]) -> bool {
    benches.iter().all(|bench| bench.name.ends_with("-large"))
}

impl<'g> Provider<'g> {
    /// The installation that an earlier run left, or a new one.
    fn prepared(ground: &'g Ground<'g>, size: &'g str) -> Result<Self> {
        let data = ground.path(&format!("synced-{size}"));
        let kept = data.with_extension("token");
        if !kept.exists() {
            homeroom::clear(&data)?;
            let district = prepared(ground, &data)?;
            let files = ground.files_of(size, 0)?;
            let token = ground.homeroom.connect_with_events(&data, &district)?;
            eprintln!("importing {size}");
            ground.homeroom.import(&data, &files, &district)?;
            fs::write(&kept, format!("{district} {token}"))?;
        }
        let key = fs::read_to_string(&kept)?;
        let (district, token) = key.split_once(' ').context("no token is kept")?;
        Ok(Self {
            ground,
            size,
            district: district.to_owned(),
            token: token.to_owned(),
            data,
        })
    }

    fn days(&self, pairs: usize) -> Result<Days> {
        let mut days = Days::default();
        let changed = self.changed()?;
        let unchanged = self.ground.files_of(self.size, 0)?;
        let mut app = App {
            folder: self.ground.path("app"),
            script: self.ground.path("upserted.sqlite"),
            day: 0,
        };
        let served = self.serve()?;
        for number in 0..pairs {
            app.clear()?;
            let pair = in_turn(
                number,
                || self.sync(&served, &app, Task::Full),
                || self.upsert(&served, &app),
            )?;
            days.first.push(pair);
        }
        for _ in 0..pairs {
            days.plan.push(self.sync(&served, &app, Task::Plan)?);
        }
        drop(served);
        // Until the files are what they were, nobody should begin with this installation.
        let kept = self.data.with_extension("token");
        let key = fs::read(&kept)?;
        fs::remove_file(&kept)?;
        for number in 0..pairs {
            for (files, task) in [(&changed, Task::Events), (&unchanged, Task::Full)] {
                app.day += 1;
                self.ground
                    .homeroom
                    .import(&self.data, files, &self.district)?;
                let served = self.serve()?;
                let pair = in_turn(
                    number,
                    || self.sync(&served, &app, task),
                    || self.upsert(&served, &app),
                )?;
                let place = match task {
                    Task::Events => &mut days.events,
                    Task::Full | Task::Plan => &mut days.full,
                };
                place.push(pair);
                drop(served);
                self.ground.homeroom.sweep(&self.data)?;
            }
        }
        fs::write(&kept, key)?;
        app.clear()?;
        Ok(days)
    }

    /// The files with 1 % of all rows changed.
    fn changed(&self) -> Result<PathBuf> {
        let seed = self.ground.options.seed;
        let folder = self.ground.path(&format!("people-{}-{seed}-1", self.size));
        if !folder.exists() {
            let partial = self.ground.path("people-partial");
            homeroom::clear(&partial)?;
            let first = self.ground.files_of(self.size, 0)?;
            delta::write_as(&first, &partial, 1, &delta::PEOPLE)?;
            fs::rename(partial, &folder)?;
        }
        Ok(folder)
    }

    /// Serves the installation, its largest list opened once.
    fn serve(&self) -> Result<Served> {
        let served = self.ground.homeroom.serve(&self.data, self.token.clone())?;
        let mut connection = crate::http::Connection::open(served.target)?;
        for list in ["users", "sections"] {
            served.get(&mut connection, &format!("/v3.1/{list}?limit=1"))?;
        }
        Ok(served)
    }

    fn sync(&self, served: &Served, app: &App, task: Task) -> Result<Synced> {
        let ask = Ask {
            folder: app.folder.clone(),
            server: format!("http://{}", served.target.address),
            district: self.district.clone(),
            token: self.token.clone(),
            task,
            day: app.day,
            contacts: false,
            verify: true,
        };
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("app").arg(serde_json::to_string(&ask)?);
        let before = cpu_seconds(served.pid());
        let (output, watched) = watched(&mut command)?;
        expect_success(&command, &output)?;
        let told = serde_json::from_value(last_line(&output.stdout)?)?;
        let synced = Synced {
            told,
            watched,
            server: cpu_seconds(served.pid()) - before,
        };
        eprintln!("{} {task:?}: {}", self.size, synced.stages());
        Ok(synced)
    }

    /// Runs the script; `None` without Python.
    fn upsert(&self, served: &Served, app: &App) -> Result<Option<Upserted>> {
        let program = self.ground.path("upsert.py");
        fs::write(&program, SCRIPT)?;
        let mut command = Command::new("python3");
        command
            .arg(program)
            .arg(format!("http://{}", served.target.address))
            .arg(&self.token)
            .arg(&app.script)
            .arg(ROLES);
        let Ok((output, _)) = watched(&mut command) else {
            return Ok(None);
        };
        expect_success(&command, &output)?;
        Ok(Some(serde_json::from_value(last_line(&output.stdout)?)?))
    }
}

impl App {
    /// As before the first sync.
    fn clear(&self) -> Result<()> {
        homeroom::clear(&self.folder)?;
        for end in ["", "-wal", "-shm"] {
            let mut file = self.script.clone().into_os_string();
            file.push(end);
            remove(Path::new(&file))?;
        }
        Ok(())
    }
}

fn remove(file: &Path) -> Result<()> {
    if file.exists() {
        fs::remove_file(file).with_context(|| format!("removing {}", file.display()))?;
    }
    Ok(())
}

impl Days {
    /// First sync, plan, events, full.
    fn shown(&self) -> [Shown; 4] {
        let first = Spread::of(self.first.iter().map(|(ours, _)| ours.told.seconds)).median;
        [
            beside_script(&self.first),
            Shown::Figures(planned(&self.plan, first)),
            beside_script(&self.events),
            beside_script(&self.full),
        ]
    }
}

impl Synced {
    /// Wall clock and CPU of each stage.
    fn stages(&self) -> String {
        let stages = self.told.stages.iter().filter(|(_, wall, _)| *wall >= 0.05);
        let stages = stages.map(|(stage, wall, cpu)| format!("{stage} {wall:.1} s (CPU {cpu:.1})"));
        stages.collect::<Vec<_>>().join(", ")
    }
}

fn planned(plans: &[Synced], first: f64) -> Figures {
    let median = |of: fn(&Synced) -> f64| Spread::of(plans.iter().map(of)).median;
    Figures {
        ours: format!("{:.2} s", median(|plan| plan.told.seconds)),
        theirs: format!("first sync {first:.1} s"),
        ratio: Spread::of(plans.iter().map(|plan| first / plan.told.seconds)),
        rate: median(|plan| plan.told.seconds),
        beside: format!(
            "CPU {:.2} s; {}",
            median(|plan| plan.told.cpu),
            memory(plans.iter())
        ),
    }
}

fn beside_script(pairs: &[(Synced, Option<Upserted>)]) -> Shown {
    let whole: Option<Vec<_>> = pairs
        .iter()
        .map(|(ours, theirs)| Some((ours, theirs.as_ref()?)))
        .collect();
    let Some(pairs) = whole.filter(|pairs| !pairs.is_empty()) else {
        return Shown::Skipped("Python is not installed".to_owned());
    };
    let ours = |of: fn(&Synced) -> f64| Spread::of(pairs.iter().map(|(ours, _)| of(ours))).median;
    let theirs =
        |of: fn(&Upserted) -> f64| Spread::of(pairs.iter().map(|(_, theirs)| of(theirs))).median;
    let Some((last, script)) = pairs.last() else {
        return Shown::Skipped("nothing was measured".to_owned());
    };
    let told = &last.told;
    let ratio = Spread::of(
        pairs
            .iter()
            .map(|(ours, theirs)| theirs.seconds / ours.told.seconds),
    );
    Shown::Figures(Figures {
        ours: format!("{:.2} s", ours(|ours| ours.told.seconds)),
        theirs: format!("script {:.2} s", theirs(|theirs| theirs.seconds)),
        ratio,
        rate: ours(|ours| ours.told.seconds),
        beside: format!(
            "{} requests, {} MB, {} events (script {} requests); CPU {:.2} s (script {:.2}), of the server {:.2}; {}; {} actions: {}; {}",
            told.requests,
            told.bytes / 1_000_000,
            told.events,
            script.requests,
            ours(|ours| ours.told.cpu),
            theirs(|theirs| theirs.cpu),
            ours(|ours| ours.server),
            memory(pairs.iter().map(|(ours, _)| *ours)),
            told.done,
            told.summary,
            last.stages()
        ),
    })
}

fn memory<'s>(synced: impl Iterator<Item = &'s Synced> + Clone) -> String {
    let anonymous = Spread::of(synced.clone().map(|synced| synced.watched.anonymous)).median;
    let memory = Spread::of(synced.map(|synced| synced.watched.memory)).median;
    format!("at most {anonymous:.0} MB anonymous, {memory:.0} MB resident with mapped files")
}

fn in_turn(
    number: usize,
    ours: impl FnOnce() -> Result<Synced>,
    theirs: impl FnOnce() -> Result<Option<Upserted>>,
) -> Result<(Synced, Option<Upserted>)> {
    Ok(if number.is_multiple_of(2) {
        let ours = ours()?;
        (ours, theirs()?)
    } else {
        let theirs = theirs()?;
        (ours()?, theirs)
    })
}

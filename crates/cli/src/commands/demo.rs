//! `homeroom demo`.

mod apps;
mod under_way;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use homeroom_client::Secret;
use homeroom_ingest::{Folder, ImportRequest, Outcome};
use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::{Relation, Snapshot};
use homeroom_simulator::{District, Profile, SchoolYear};
use homeroom_store::{Apps as _, DistrictRecord, Districts as _};
use serde::Serialize;

use self::apps::{Goals, Reported};
use super::faults::spoilt;
use super::generate::{this_school_year, write, write_attendance};
use super::serve::{Listen, interrupted, serve, url};
use super::sync::init::offer;
use super::{app, connect, district};
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::progress::Progress;
use crate::sync::discover::Found;
use crate::{actor, clock};

/// What a shell reports of a program that was interrupted.
const INTERRUPTED: i32 = 130;
/// The last of the days that the district goes through before it is served.
const TODAY: u32 = 3;
/// What the district is called.
const DISTRICT: &str = "Demo District";
/// School days whose attendance there is on the first of them.
const SCHOOL_DAYS: u32 = 20;

/// Serve a generated district, ready to try the API with
///
/// The district is imported as it was on several days, so that there are events of what changed. Without --data everything
/// lies in a temporary folder that goes when the demo ends. With it the district stays: the same command serves it again,
/// with another app and token. Beside it lies a folder that follows the district: `homeroom sync` can be tried at once.
#[derive(Args)]
pub(crate) struct Demo {
    /// What decides everything that is random in the district
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// How many students the district has
    #[arg(long, default_value_t = 2000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=2_000_000))]
    students: u64,
    /// Year in which the district's school year begins [default: the current one]
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(u16).range(2000..=2100))]
    school_year: Option<u16>,
    #[command(flatten)]
    listen: Listen,
    /// Misbehave on purpose: `all` faults, or those named, as `homeroom faults --list` has them
    #[arg(long, value_name = "NAMES", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    faults: Option<String>,
}

/// What a script needs to know.
#[derive(Serialize)]
struct Ready {
    url: String,
    district: String,
    client_id: String,
    client_secret: String,
    token: String,
    /// A folder that follows the district, for `homeroom sync`.
    sync_folder: String,
    counts: BTreeMap<&'static str, u64>,
    /// The apps that report minutes and progress.
    goals: Goals,
    /// The flag that names the installation.
    #[serde(skip)]
    data: String,
}

impl Demo {
    /// Makes the district and serves it until interrupted.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let faults = self.faults.as_deref().map(|names| self.settings(names));
        let faults = faults.transpose()?;
        let temporary = match context.named_folder() {
            Some(_) => None,
            None => Some(
                tempfile::Builder::new()
                    .prefix("homeroom-demo-")
                    .tempdir()?,
            ),
        };
        let folder = match (&temporary, context.named_folder()) {
            (Some(temporary), _) => temporary.path().join("data"),
            (None, named) => named.map(PathBuf::from).unwrap_or_default(),
        };
        let installation = Arc::new(context.open_at(folder)?);
        let files = tempfile::Builder::new()
            .prefix("homeroom-files-")
            .tempdir()?;
        block_on(async {
            let listener = self.listen.bind(context).await?;
            let router = self.listen.router(context, &installation).await?;
            let router = match faults {
                Some(settings) => spoilt(router, settings),
                None => router,
            };
            let progress = context.output.progress("making a district");
            let folders = temporary.iter().chain([&files]);
            let folders = folders.map(|folder| folder.path().to_owned()).collect();
            let leaving = tokio::spawn(leave_nothing(folders));
            let made = self.make(&installation, files.path(), &progress).await;
            leaving.abort();
            progress.finish();
            let mut ready = made?;
            ready.url = url(&listener)?;
            let app = app_folder(&installation.folder);
            offer(context, &app, &ready.url, ready.followed()?)?;
            ready.sync_folder = app.display().to_string();
            context.output.result(&ready, text)?;
            serve(context, installation, router, listener).await
        })??;
        Ok(Exit::Done)
    }

    fn settings(&self, names: &str) -> anyhow::Result<homeroom_faults::Settings> {
        let settings = homeroom_faults::Settings {
            seed: self.seed,
            ..homeroom_faults::Settings::default()
        };
        Ok(settings.with(names)?)
    }

    /// Generates the files, connects an app, and imports the days: the app is there first, so that it has events of each.
    async fn make(
        &self,
        installation: &Installation,
        files: &Path,
        progress: &Progress,
    ) -> anyhow::Result<Ready> {
        let generated = District::new(
            Profile::students(self.students),
            self.seed,
            SchoolYear {
                start: self.school_year.unwrap_or_else(this_school_year),
            },
        );
        let record = demo_district(installation).await?;
        let district = record.document.id;
        let now = clock::now();
        let calendar = under_way::calendar(this_school_year(), now.date());
        // A district that is there from an earlier demo has its days behind it.
        let (early, days) = match record.snapshot {
            None => (Some(self.connect(installation, district).await?), 0..=TODAY),
            Some(_) => (None, TODAY..=TODAY),
        };
        let ingest = installation.ingest();
        settle(installation, district, &under_way::settings(&calendar)).await?;
        for day in days {
            write(&generated, day, files)?;
            write_attendance(&generated, day, SCHOOL_DAYS, files)?;
            let steps = progress.clone();
            let request = ImportRequest {
                district,
                source: Box::new(progress.watch(Folder::new(files))?),
                dry_run: false,
                approved: None,
                actor: "cli".to_owned(),
                progress: Box::new(move |step| steps.step(step)),
            };
            let report = ingest.import(request).await?;
            anyhow::ensure!(
                matches!(report.state, Outcome::Published | Outcome::NoChange),
                "this folder holds a demo of another size or seed; repeat its --students and --seed, or name another folder with --data"
            );
        }
        let mut ready = match early {
            Some(ready) => ready,
            None => self.connect(installation, district).await?,
        };
        let published = ingest.published(district).await?;
        ready.counts = counts(&published.snapshot);
        progress.step("letting apps report");
        let reported = Reported {
            installation,
            district,
            snapshot: Arc::new(published.snapshot),
            calendar: &calendar,
            seed: self.seed,
            now,
        };
        ready.goals = reported.bring().await?;
        Ok(ready)
    }

    async fn connect(
        &self,
        installation: &Installation,
        district: ObjectId,
    ) -> anyhow::Result<Ready> {
        let number = installation.store.apps().await?.len() + 1;
        let app = app::add(installation, &format!("Demo App {number}")).await?;
        let id = ObjectId::from_hex(&app.app).unwrap_or_default();
        let token = connect::connect(installation, id, district, true).await?;
        Ok(Ready {
            url: String::new(),
            district: district.to_hex(),
            client_id: app.client_id,
            client_secret: app.client_secret,
            token,
            sync_folder: String::new(),
            counts: BTreeMap::new(),
            goals: Goals::default(),
            data: format!("--data {} ", installation.folder.display()),
        })
    }
}

impl Ready {
    /// The district, as a consumer follows it.
    fn followed(&self) -> anyhow::Result<Found> {
        Ok(Found {
            id: ObjectId::from_hex(&self.district).context("a district without an id")?,
            name: DISTRICT.to_owned(),
            token: Secret::new(&self.token),
        })
    }
}

/// Beside the provider's folder: what the consumer keeps is no part of it.
fn app_folder(data: &Path) -> PathBuf {
    let mut name = data.file_name().unwrap_or_default().to_owned();
    name.push("-app");
    data.with_file_name(name)
}

/// The demo's district, added if it is not there.
async fn demo_district(installation: &Installation) -> anyhow::Result<DistrictRecord> {
    let add = district::Add {
        name: DISTRICT.to_owned(),
        launch_date: None,
        portal_url: String::new(),
        sis_type: "sftp".to_owned(),
        nces_id: String::new(),
        mdr_number: String::new(),
        login_methods: Vec::new(),
        contact: Some("data.office@demo.example".to_owned()),
        contact_first: "Dana".to_owned(),
        contact_last: "Office".to_owned(),
        contact_title: "Data Manager".to_owned(),
    };
    let mut existing = installation.store.all_districts().await?.into_iter();
    match existing.find(|record| record.document.name == add.name) {
        Some(record) => Ok(record),
        None => add.add(installation).await,
    }
}

/// Gives the district its calendar; settings that somebody else made stay.
async fn settle(
    installation: &Installation,
    district: ObjectId,
    settings: &str,
) -> anyhow::Result<()> {
    let kept = installation.store_dyn().district_settings(district).await?;
    let kept = kept.as_ref();
    let ours = kept.is_none_or(|kept| kept.text.starts_with(under_way::OURS));
    if !ours || kept.is_some_and(|kept| kept.text == settings) {
        return Ok(());
    }
    let (ingest, number) = (installation.ingest(), kept.map(|kept| kept.number));
    let actor = actor::name();
    ingest
        .set_settings(district, number, settings, &actor)
        .await?;
    Ok(())
}

/// Interrupted while the district is made, the demo ends at once and takes its temporary folders away.
async fn leave_nothing(folders: Vec<PathBuf>) {
    interrupted().await;
    for folder in folders {
        drop(fs::remove_dir_all(folder));
    }
    std::process::exit(INTERRUPTED);
}

/// How many records of each kind the API serves: sections without students are not among them.
fn counts(snapshot: &Snapshot) -> BTreeMap<&'static str, u64> {
    let rows = |kind| u64::from(snapshot.table(kind).len());
    let with = |role| snapshot.employees_with(role).len();
    let students = snapshot.lists(Relation::SectionStudents);
    let sections = (0..students.len())
        .filter(|section| !students.get(*section).is_empty())
        .count() as u64;
    BTreeMap::from([
        ("schools", rows(Kind::School)),
        (
            "users",
            rows(Kind::Student) + rows(Kind::Employee) + rows(Kind::Contact),
        ),
        ("students", rows(Kind::Student)),
        ("teachers", with(Role::Teacher)),
        ("staff", with(Role::Staff)),
        ("district_admins", with(Role::DistrictAdmin)),
        ("contacts", rows(Kind::Contact)),
        ("sections", sections),
        ("courses", rows(Kind::Course)),
        ("terms", rows(Kind::Term)),
    ])
}

fn text(ready: &Ready) -> String {
    let count = |kind: &str| {
        let count = ready.counts.get(kind).copied().unwrap_or_default();
        match (count, kind.strip_suffix('s')) {
            (1, Some(one)) => format!("1 {one}"),
            _ => format!("{count} {kind}"),
        }
    };
    format!(
        "Demo district with {}, {}, {}, {} in {}.\n\n\
         API           {}\n\
         documentation {}/docs\n\
         token         {}\n\
         client id     {}\n\
         client secret {}\n\n\
         Try:\n  curl -H 'Authorization: Bearer {}' '{}/v3.1/users?limit=2'\n  \
         curl -H 'Authorization: Bearer {}' '{}/v3.1/events?ending_before=last&limit=2'\n\n\
         {}\
         Or follow the district with a database of your own:\n  homeroom sync --folder {} plan\n\n\
         Stop with Ctrl-C.",
        count("students"),
        count("teachers"),
        count("contacts"),
        count("sections"),
        count("schools"),
        ready.url,
        ready.url,
        ready.token,
        ready.client_id,
        ready.client_secret,
        ready.token,
        ready.url,
        ready.token,
        ready.url,
        goals(ready),
        ready.sync_folder
    )
}

/// What the apps reported, and how to be one of them.
fn goals(ready: &Ready) -> String {
    let apps = &ready.goals.apps;
    let names: Vec<_> = apps.iter().map(|app| app.name.as_str()).collect();
    let mut text = format!(
        "Apps report what students do ({}). Who is on track, and who is stuck:\n  homeroom {}goals report district\n",
        names.join(", "),
        ready.data
    );
    if let Some(teacher) = &ready.goals.teacher {
        let _ = writeln!(
            text,
            "  homeroom {}goals report teacher {teacher}",
            ready.data
        );
    }
    if let (Some(app), Some(next)) = (apps.first(), &ready.goals.next) {
        let _ = writeln!(
            text,
            "  curl -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' {}/v2.0/metrics \\\n    -d '{next}'",
            app.token, ready.url
        );
    }
    text.push('\n');
    text
}

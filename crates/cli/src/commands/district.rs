//! `homeroom district`.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use homeroom_model::{Date, District as Document};
use homeroom_store::{DistrictRecord, Districts as _};
use serde::Serialize;

use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::output;
use crate::{clock, random};

/// Add districts and look at them
#[derive(Args)]
pub(crate) struct District {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Add a district; its id is what the other commands take
    Add(Box<Add>),
    /// List the districts
    List,
    Settings(Box<super::settings::Settings>),
}

/// What `district add` takes.
#[derive(Args)]
pub(crate) struct Add {
    /// Name, as apps see it
    pub(crate) name: String,
    /// The day the district goes live, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) launch_date: Option<Date>,
    /// Address of the district's portal
    #[arg(
        long,
        value_name = "URL",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) portal_url: String,
    /// Kind of the student information system
    #[arg(long, value_name = "TYPE", default_value = "sftp")]
    pub(crate) sis_type: String,
    /// Id given by the National Center for Education Statistics
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub(crate) nces_id: String,
    /// Id given by Market Data Retrieval
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub(crate) mdr_number: String,
    /// How people sign in; may be given several times
    #[arg(long = "login-method", value_name = "METHOD")]
    pub(crate) login_methods: Vec<String>,
    /// Email of the person apps may write to: adds that person as a district admin
    #[arg(long, value_name = "EMAIL", value_parser = super::people::email)]
    pub(crate) contact: Option<String>,
    /// Given name of that person
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true,
        requires = "contact"
    )]
    pub(crate) contact_first: String,
    /// Family name of that person
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true,
        requires = "contact"
    )]
    pub(crate) contact_last: String,
    /// Title of that person
    #[arg(
        long,
        value_name = "TITLE",
        default_value = "",
        hide_default_value = true,
        requires = "contact"
    )]
    pub(crate) contact_title: String,
}

/// A date as people write it on the command line.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    Date::parse_iso(text).ok_or_else(|| "a date is written YYYY-MM-DD".to_owned())
}

#[derive(Serialize)]
struct Added {
    district: String,
}

#[derive(Serialize)]
struct Listed {
    districts: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    district: String,
    name: String,
    state: String,
    snapshot: Option<u64>,
    last_sync: Option<String>,
}

impl District {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self.action {
            Action::Add(add) => {
                let installation = context.open_or_make()?;
                let record = block_on(add.add(&installation))??;
                let added = Added {
                    district: record.document.id.to_hex(),
                };
                context.output.result(&added, |added| {
                    format!(
                        "district {} added; next: homeroom {}import FOLDER --district {}",
                        added.district,
                        context.data_flag(),
                        added.district
                    )
                })?;
            }
            Action::List => {
                let installation = context.open()?;
                let records = block_on(installation.store.all_districts())??;
                let listed = Listed {
                    districts: records.into_iter().map(row).collect(),
                };
                context
                    .output
                    .result(&listed, |listed| table(&listed.districts))?;
            }
            Action::Settings(settings) => return settings.run(context),
        }
        Ok(Exit::Done)
    }
}

impl Add {
    /// Adds the district, and its contact as a district admin.
    pub(crate) async fn add(&self, installation: &Installation) -> anyhow::Result<DistrictRecord> {
        anyhow::ensure!(
            !self.name.trim().is_empty(),
            "the name of a district must not be empty"
        );
        let now = clock::now();
        let document = Document {
            id: random::object_id(now)?,
            name: self.name.trim().to_owned(),
            mdr_number: self.mdr_number.clone(),
            nces_id: self.nces_id.clone(),
            launch_date: self.launch_date.unwrap_or_else(|| now.date()),
            portal_url: self.portal_url.clone(),
            sis_type: self.sis_type.clone(),
            login_methods: self.login_methods.clone(),
            error: String::new(),
            state: "pending".to_owned(),
            last_sync: None,
            last_attendance_sync: None,
            pause_start: None,
            pause_end: None,
            contact: None,
        };
        let record = installation
            .store
            .add_district(document, now)
            .await
            .context("the district cannot be added")?;
        if let Some(email) = &self.contact {
            let person = super::people::NewPerson {
                email: email.clone(),
                first: self.contact_first.clone(),
                last: self.contact_last.clone(),
                title: self.contact_title.clone(),
            };
            super::people::add_admin(installation, record.document.id, person).await?;
        }
        Ok(record)
    }
}

fn row(record: DistrictRecord) -> Row {
    Row {
        district: record.document.id.to_hex(),
        name: record.document.name,
        state: record.document.state,
        snapshot: record.snapshot,
        last_sync: record
            .document
            .last_sync
            .map(homeroom_model::Timestamp::to_iso),
    }
}

fn table(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let snapshot = row
            .snapshot
            .map_or_else(String::new, |number| number.to_string());
        let last_sync = row.last_sync.clone().unwrap_or_default();
        [
            row.district.clone(),
            row.name.clone(),
            row.state.clone(),
            snapshot,
            last_sync,
        ]
    };
    let lines: Vec<_> = rows.iter().map(line).collect();
    let lines: Vec<_> = lines
        .iter()
        .map(|line| line.each_ref().map(String::as_str))
        .collect();
    output::table(
        ["district", "name", "state", "snapshot", "last sync"],
        &lines,
        "no districts yet; `homeroom district add NAME` adds one",
    )
}

//! A folder with everything open: database, mirrors, engine, and the districts that are meant.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use homeroom_client::Transport;
use homeroom_depot::Depot;
use homeroom_model::ObjectId;
use homeroom_plan::Policy;
use homeroom_roster::{MirrorRow, NewDistrict, Reading, Roster};
use homeroom_segment::Manifest;
use homeroom_sync::goals::{Reporting, Sender};
use homeroom_sync::{Engine, EngineParts, EngineSettings, Keep, Mirror, Tenant};

use super::discover::Server;
use super::folder::{self, Folder};
use super::settings::DistrictSettings;
use super::vault::Vault;
use crate::clock::{self, SystemClock};
use crate::context::Context;
use crate::holder;

/// An opened folder.
pub(crate) struct Opened {
    /// The folder.
    pub(crate) folder: Folder,
    /// What reads, plans and applies.
    pub(crate) engine: Engine,
    /// The app's database.
    pub(crate) roster: Arc<dyn Roster>,
    /// What sends Goals.
    pub(crate) sender: Sender,
    /// The districts that are meant, in the order of `sync.toml`.
    pub(crate) districts: Vec<Followed>,
    depot: Depot,
    vault: Mutex<Vault>,
    transport: Arc<dyn Transport>,
}

/// A district that is followed.
#[derive(Clone)]
pub(crate) struct Followed {
    /// The source's id.
    pub(crate) id: ObjectId,
    /// The database's number.
    pub(crate) number: i64,
    /// Its name in `sync.toml`.
    pub(crate) name: String,
    /// It, as the engine wants it.
    pub(crate) tenant: Tenant,
}

/// A district whose settings cannot be read.
pub(crate) struct Unreadable {
    /// Its id in `sync.toml`.
    pub(crate) id: String,
    /// Its name there.
    pub(crate) name: String,
    /// Why.
    pub(crate) error: anyhow::Error,
}

impl Opened {
    /// Opens a folder for some of its districts, by id or name; for all if none is named.
    pub(crate) fn open(
        context: &Context,
        named: Option<PathBuf>,
        wanted: &[String],
    ) -> anyhow::Result<Self> {
        let (opened, unreadable) = Self::open_each(context, named, wanted)?;
        match unreadable.into_iter().next() {
            None => Ok(opened),
            Some(first) => Err(first.error),
        }
    }

    /// The same for commands in which one district's trouble is no other's: those whose settings cannot be read are told apart.
    pub(crate) fn open_each(
        context: &Context,
        named: Option<PathBuf>,
        wanted: &[String],
    ) -> anyhow::Result<(Self, Vec<Unreadable>)> {
        let folder = Folder::open(folder::meant(named))?;
        let vault = folder.vault(&context.settings.master_key)?;
        let roster: Arc<dyn Roster> = Arc::new(folder.roster()?);
        let depot = folder.depot()?;
        let transport = folder::transport()?;
        let follow = |settings: &DistrictSettings| -> anyhow::Result<Followed> {
            let id = settings.id()?;
            let number = roster.connect(&NewDistrict {
                source_id: &id.to_hex(),
                name: &settings.name,
                at: clock::now(),
            })?;
            Ok(Followed {
                id,
                number,
                name: settings.name.clone(),
                tenant: Tenant {
                    district: number,
                    source: folder.source(settings, &vault, &transport)?,
                    policy: Arc::new(folder.policy(settings)?),
                },
            })
        };
        let (mut districts, mut unreadable) = (Vec::new(), Vec::new());
        for settings in folder.meant_districts(wanted)? {
            match follow(settings) {
                Ok(district) => districts.push(district),
                Err(error) => unreadable.push(Unreadable {
                    id: settings.id.clone(),
                    name: settings.name.clone(),
                    error,
                }),
            }
        }
        anyhow::ensure!(
            !districts.is_empty() || !unreadable.is_empty(),
            "{} follows no district; `homeroom sync init {}` adds one",
            folder.path().display(),
            folder.path().display()
        );
        let engine = Engine::new(EngineParts {
            roster: Arc::clone(&roster),
            depot: depot.clone(),
            clock: Arc::new(SystemClock::start()),
            spools: Arc::new(folder.spools()?),
            holder: holder::this_process(),
            settings: engine_settings(&folder),
        });
        let clock = Arc::new(SystemClock::start());
        let sender = Sender::new(Arc::clone(&roster), clock, holder::this_process());
        let opened = Self {
            folder,
            engine,
            sender,
            roster,
            districts,
            depot,
            vault: Mutex::new(vault),
            transport,
        };
        Ok((opened, unreadable))
    }

    /// The one district that is meant.
    pub(crate) fn only(&self) -> anyhow::Result<&Followed> {
        match self.districts.as_slice() {
            [one] => Ok(one),
            several => {
                let names: Vec<_> = several
                    .iter()
                    .map(|district| district.name.as_str())
                    .collect();
                anyhow::bail!(
                    "this is about one district; name it with --district: {}",
                    names.join(", ")
                )
            }
        }
    }

    /// How a district is reported; nothing if `sync.toml` names no progress metric.
    pub(crate) fn reporting(&self, district: &Followed) -> anyhow::Result<Option<Reporting>> {
        self.folder
            .settings
            .goals
            .reporting(&district.tenant.policy)
    }

    /// A look at the database.
    pub(crate) fn read(&self) -> anyhow::Result<Box<dyn Reading>> {
        Ok(self.roster.read()?)
    }

    /// What was read last of a district; the mirror of nothing if nothing was.
    pub(crate) async fn mirror(&self, district: &Followed) -> anyhow::Result<Mirror> {
        let rows = self.read()?.mirrors(district.number)?;
        self.opened(rows.into_iter().max_by_key(|row| row.number))
            .await
    }

    /// What is applied of a district.
    pub(crate) async fn applied(&self, district: &Followed) -> anyhow::Result<Mirror> {
        let row = {
            let reading = self.read()?;
            let applied = reading
                .district(district.number)?
                .and_then(|district| district.mirror);
            applied
                .map(|number| reading.mirror(district.number, number))
                .transpose()?
                .flatten()
        };
        self.opened(row).await
    }

    async fn opened(&self, row: Option<MirrorRow>) -> anyhow::Result<Mirror> {
        let Some(row) = row else {
            return Ok(Mirror::empty());
        };
        let manifest = Manifest::from_text(&row.manifest).context("a mirror cannot be read")?;
        Ok(Keep::new(self.depot.clone()).open(manifest).await?)
    }

    /// Whether the server answers at all.
    pub(crate) async fn server_answers(&self, district: &Followed) -> anyhow::Result<()> {
        let api = self.folder.settings.server_text().to_owned();
        let server = Server {
            oauth: api.clone(),
            api,
            version: self.folder.settings.version()?.name,
            transport: Arc::clone(&self.transport),
        };
        server.answers(&district.tenant.source.token()).await
    }

    /// Keeps the token of a district if it was replaced and found again.
    pub(crate) fn keep_token(&self, district: &Followed) -> anyhow::Result<()> {
        let token = district.tenant.source.token();
        let mut vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
        if vault.token(district.id)?.as_ref() != Some(&token) {
            vault.keep_token(district.id, &token)?;
        }
        Ok(())
    }

    /// The same district under another policy, to see what that would do.
    pub(crate) fn under(district: &Followed, policy: Policy) -> Tenant {
        Tenant {
            policy: Arc::new(policy),
            ..district.tenant.clone()
        }
    }
}

fn engine_settings(folder: &Folder) -> EngineSettings {
    let schedule = folder.settings.schedule;
    EngineSettings {
        full_every: Duration::from_hours(24 * u64::from(schedule.full_days)),
        alarm_after: Duration::from_hours(u64::from(schedule.alarm_hours)),
        approvers: folder.settings.approvers.clone(),
        ..EngineSettings::default()
    }
}

//! The folder itself: settings, policies, database, mirrors.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use homeroom_client::{Http, HttpSettings, Parts, Source, Transport};
use homeroom_depot::{Depot, FileSpools};
use homeroom_plan::Policy;
use homeroom_roster::SqliteRoster;

use super::settings::{DistrictSettings, SyncSettings};
use super::vault::{Vault, write_whole};
use crate::clock::SystemClock;
use crate::context::make_private;

/// The file of settings.
pub(crate) const SETTINGS: &str = "sync.toml";
/// The usual file of the policy.
pub(crate) const POLICY: &str = "policy.toml";
/// The usual folder, if the current one has no `sync.toml`.
const USUAL: &str = "homeroom-sync";

/// A folder of an app's sync that is there.
pub(crate) struct Folder {
    path: PathBuf,
    /// What `sync.toml` says.
    pub(crate) settings: SyncSettings,
}

/// The folder that is meant: the one that was named, the current one if it is one, else the usual one.
pub(crate) fn meant(named: Option<PathBuf>) -> PathBuf {
    named.unwrap_or_else(|| {
        if Path::new(SETTINGS).is_file() {
            PathBuf::from(".")
        } else {
            PathBuf::from(USUAL)
        }
    })
}

impl Folder {
    /// Opens a folder that is there.
    pub(crate) fn open(path: PathBuf) -> anyhow::Result<Self> {
        let file = path.join(SETTINGS);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                anyhow::bail!(
                    "there is no {}; `homeroom sync init {}` makes one, or name another folder with --folder",
                    file.display(),
                    path.display()
                )
            }
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", file.display()));
            }
        };
        let settings = SyncSettings::read(&text).with_context(|| file.display().to_string())?;
        Ok(Self { path, settings })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The settings as they are written.
    pub(crate) fn settings_text(&self) -> anyhow::Result<String> {
        read(&self.path.join(SETTINGS))
    }

    /// Writes the settings, if they can be read.
    pub(crate) fn write_settings(&mut self, text: &str) -> anyhow::Result<()> {
        self.settings = SyncSettings::read(text)?;
        write_whole(&self.path.join(SETTINGS), text.as_bytes())
    }

    /// The districts of these ids or names; all if none is named.
    pub(crate) fn meant_districts(
        &self,
        wanted: &[String],
    ) -> anyhow::Result<Vec<&DistrictSettings>> {
        let districts = &self.settings.districts;
        let is = |district: &DistrictSettings, word: &String| {
            district.id.eq_ignore_ascii_case(word) || district.name.eq_ignore_ascii_case(word)
        };
        for word in wanted {
            let found = districts
                .iter()
                .filter(|district| is(district, word))
                .count();
            let names: Vec<_> = districts
                .iter()
                .map(|district| district.name.as_str())
                .collect();
            anyhow::ensure!(
                found > 0,
                "{} follows no district {word}; it follows: {}",
                self.path.display(),
                names.join(", ")
            );
            anyhow::ensure!(
                found == 1,
                "several districts are called {word}; name the one that is meant by its id"
            );
        }
        let meant = districts.iter();
        let meant = meant
            .filter(|district| wanted.is_empty() || wanted.iter().any(|word| is(district, word)));
        Ok(meant.collect())
    }

    /// The file of a district's policy.
    pub(crate) fn policy_file(&self, district: &DistrictSettings) -> PathBuf {
        self.path
            .join(district.policy.as_ref().unwrap_or(&self.settings.policy))
    }

    /// A district's policy.
    pub(crate) fn policy(&self, district: &DistrictSettings) -> anyhow::Result<Policy> {
        let file = self.policy_file(district);
        let policy = Policy::read(&read(&file)?);
        policy.with_context(|| file.display().to_string())
    }

    /// The app's database, made if it is not there.
    pub(crate) fn roster(&self) -> anyhow::Result<SqliteRoster> {
        let path = self.path.join(&self.settings.database);
        SqliteRoster::open(&path)
            .with_context(|| format!("the app's database {} cannot be opened", path.display()))
    }

    /// Where mirrors are kept, made if it is not there.
    pub(crate) fn depot(&self) -> anyhow::Result<Depot> {
        let path = self.path.join("mirrors");
        make_private(&path)?;
        Depot::folder(&path, homeroom_depot::Settings::default())
            .with_context(|| format!("the mirrors in {} cannot be opened", path.display()))
    }

    /// Where mirrors are built.
    pub(crate) fn spools(&self) -> anyhow::Result<FileSpools> {
        let path = self.path.join("spool");
        FileSpools::new(&path)
            .with_context(|| format!("the folder {} cannot be made", path.display()))
    }

    /// The secrets; `set` is the key of the program's settings, or empty.
    pub(crate) fn vault(&self, set: &str) -> anyhow::Result<Vault> {
        Vault::open(&self.path, set)
    }

    /// A district of the server, as it is read.
    pub(crate) fn source(
        &self,
        district: &DistrictSettings,
        vault: &Vault,
        transport: &Arc<dyn Transport>,
    ) -> anyhow::Result<Source> {
        let id = district.id()?;
        let token = vault.token(id)?.with_context(|| {
            format!(
                "there is no token for {}; `homeroom sync token` keeps one",
                district.name
            )
        })?;
        let settings = homeroom_client::Settings {
            page_size: self.settings.page_size,
            event_page_size: self.settings.page_size,
            ..homeroom_client::Settings::default()
        };
        Ok(Source::new(Parts {
            api: self.settings.server()?,
            oauth: self.settings.oauth()?,
            version: self.settings.version()?,
            district: id,
            token,
            credentials: vault.app()?,
            transport: Arc::clone(transport),
            clock: Arc::new(SystemClock::start()),
            settings,
        }))
    }
}

/// What sends requests.
pub(crate) fn transport() -> anyhow::Result<Arc<dyn Transport>> {
    Ok(Arc::new(Http::new(&HttpSettings::default())?))
}

fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

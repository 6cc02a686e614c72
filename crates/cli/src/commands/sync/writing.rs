//! What `sync init` writes.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use homeroom_client::AppCredentials;
use homeroom_plan::Policy;
use homeroom_roster::{Districts as _, NewDistrict};
use serde::Serialize;

use crate::clock;
use crate::context::{Context, make_private};
use crate::key::key_path;
use crate::sync::discover::Found;
use crate::sync::edit;
use crate::sync::folder::{Folder, POLICY, SETTINGS};
use crate::sync::settings::{self, NewSettings};
use crate::sync::vault::write_whole;

/// What was made.
#[derive(Serialize)]
pub(super) struct Made {
    folder: String,
    key: String,
    database: String,
    policy: String,
    districts: Vec<MadeDistrict>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct MadeDistrict {
    district: String,
    number: i64,
    name: String,
}

/// How the server is reached, and what may be read there.
pub(super) struct Reached {
    pub(super) server: String,
    pub(super) oauth: Option<String>,
    pub(super) api: &'static str,
    pub(super) app: Option<AppCredentials>,
    pub(super) districts: Vec<Found>,
}

/// A new folder may be one that is there, but nothing of it is overwritten.
pub(super) fn ensure_free(path: &Path) -> anyhow::Result<()> {
    let policy = path.join(POLICY);
    anyhow::ensure!(
        !policy.exists(),
        "{} is there already, without a {SETTINGS}; move it away, or name another folder",
        policy.display()
    );
    Ok(())
}

/// Writes a new folder. Its settings come last: a folder that has them is whole.
pub(super) fn make(
    context: &Context,
    path: &Path,
    reached: &Reached,
    policy: &str,
) -> anyhow::Result<Made> {
    make_private(path)?;
    let new = NewSettings {
        server: &reached.server,
        oauth: reached.oauth.as_deref(),
        api: reached.api,
    };
    write_whole(&path.join(POLICY), policy.as_bytes())?;
    write_whole(&path.join(SETTINGS), settings::text(&new).as_bytes())?;
    add(context, Folder::open(path.to_owned())?, reached)
}

/// Adds districts to a folder.
pub(super) fn add(
    context: &Context,
    mut folder: Folder,
    reached: &Reached,
) -> anyhow::Result<Made> {
    let mut vault = folder.vault(&context.settings.master_key)?;
    if let Some(app) = &reached.app {
        vault.keep_app(app)?;
    }
    let roster = folder.roster()?;
    folder.depot()?;
    let mut text = folder.settings_text()?;
    let mut districts = Vec::new();
    for found in &reached.districts {
        vault.keep_token(found.id, &found.token)?;
        let number = roster.connect(&NewDistrict {
            source_id: &found.id.to_hex(),
            name: &found.name,
            at: clock::now(),
        })?;
        let known = folder
            .settings
            .districts
            .iter()
            .any(|district| district.id().is_ok_and(|id| id == found.id));
        if !known {
            let table = settings::district_table(found.id, &found.name);
            text = edit::append_table(&text, "[[district]]", &table);
        }
        districts.push(MadeDistrict {
            district: found.id.to_hex(),
            number,
            name: found.name.clone(),
        });
    }
    folder.write_settings(&text)?;
    let policy = folder.path().join(&folder.settings.policy);
    let read = fs::read_to_string(&policy).with_context(|| policy.display().to_string())?;
    Ok(Made {
        folder: folder.path().display().to_string(),
        key: key_path(folder.path()).display().to_string(),
        database: folder
            .path()
            .join(&folder.settings.database)
            .display()
            .to_string(),
        policy: policy.display().to_string(),
        districts,
        warnings: Policy::read(&read)?.warnings(),
    })
}

impl Made {
    /// What was made, for people.
    pub(super) fn text(&self) -> String {
        let districts: Vec<_> = self
            .districts
            .iter()
            .map(|district| {
                format!(
                    "{} (district {} of the database)",
                    district.name, district.number
                )
            })
            .collect();
        let warnings = self.warnings.iter().fold(String::new(), |told, warning| {
            [&told, "Mind: ", warning, ".\n"].concat()
        });
        format!(
            "{} follows {}.\n\n\
             settings  {}/{SETTINGS}\n\
             policy    {}\n\
             database  {}\n\
             key       {} (keep it apart from copies of the folder)\n\n\
             {warnings}Nothing is synced yet. See what the first sync would do:\n  \
             homeroom sync --folder {} plan",
            self.folder,
            districts.join(", "),
            self.folder,
            self.policy,
            self.database,
            self.key,
            self.folder
        )
    }
}

//! What every command works with: the installation's folder, its settings, how to print.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use homeroom_api::MasterKey;
use homeroom_depot::{Depot, FileSpools};
use homeroom_ingest::{Ingest, Surroundings};
use homeroom_model::ObjectId;
use homeroom_store::{DistrictRecord, Districts as _, Store};
use homeroom_store_sqlite::SqliteStore;

use crate::config::Settings;
use crate::output::Output;
use crate::{clock, holder, key};

/// The default installation's folder.
const DATA: &str = "homeroom-data";

/// A word of a command to be copied, as a shell takes it for what it is.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "_-./:\\".contains(char);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A command's surroundings.
pub(crate) struct Context {
    data: Option<PathBuf>,
    /// Settings from file and environment; flags of a command win over them.
    pub(crate) settings: Settings,
    /// How to print.
    pub(crate) output: Output,
}

/// An opened installation.
pub(crate) struct Installation {
    /// The installation's folder.
    pub(crate) folder: PathBuf,
    /// The control store.
    pub(crate) store: Arc<SqliteStore>,
    /// Where segments live.
    pub(crate) depot: Arc<Depot>,
    /// Where large things are built.
    pub(crate) spools: Arc<FileSpools>,
    /// From the settings; empty if there is none.
    master_key: String,
    /// Days that events are kept, from the settings.
    event_days: u32,
}

impl Context {
    /// The context of one run of the program.
    pub(crate) fn new(data: Option<PathBuf>, settings: Settings, output: Output) -> Self {
        Self {
            data,
            settings,
            output,
        }
    }

    /// The installation's folder, if one was named.
    pub(crate) fn named_folder(&self) -> Option<&Path> {
        self.data.as_deref()
    }

    /// The flag that names this installation in a command to be copied, with a blank behind it; nothing for the default.
    pub(crate) fn data_flag(&self) -> String {
        self.named_folder().map_or_else(String::new, |folder| {
            format!("--data {} ", quoted(&folder.display().to_string()))
        })
    }

    fn folder(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| PathBuf::from(DATA))
    }

    /// Opens an installation that is there.
    pub(crate) fn open(&self) -> anyhow::Result<Installation> {
        let folder = self.folder();
        let control = folder.join("control.db");
        let there = match control.try_exists() {
            // A part of the way there is a file.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => false,
            there => there.with_context(|| format!("{} cannot be looked at", control.display()))?,
        };
        anyhow::ensure!(
            there || has_objects(&folder),
            "there is no installation at {}; `homeroom {}district add NAME` makes one, or name another folder with --data",
            folder.display(),
            self.data_flag()
        );
        self.open_at(folder)
    }

    /// Opens the installation, making one if there is none.
    pub(crate) fn open_or_make(&self) -> anyhow::Result<Installation> {
        self.open_at(self.folder())
    }

    /// Opens or makes the installation in a folder.
    pub(crate) fn open_at(&self, folder: PathBuf) -> anyhow::Result<Installation> {
        make_private(&folder)?;
        make_durable(&folder)?;
        let control = folder.join("control.db");
        anyhow::ensure!(
            control.exists() || !has_objects(&folder),
            "{} is not there, but {} holds rosters; {RESTORE}",
            control.display(),
            folder.join("depot").display()
        );
        let store = SqliteStore::open(&control).context("the control store cannot be opened")?;
        refuse_to_begin_anew(&store, &folder)?;
        // Private by itself too: the installation's folder may be one that somebody made for it.
        make_private(&folder.join("depot"))?;
        let depot = Depot::folder(&folder.join("depot"), homeroom_depot::Settings::default());
        let depot = depot.context("the depot cannot be opened")?;
        let spools = FileSpools::new(&folder.join("spool"))
            .context("the folder for building cannot be opened")?;
        Ok(Installation {
            store: Arc::new(store),
            depot: Arc::new(depot),
            spools: Arc::new(spools),
            master_key: self.settings.master_key.clone(),
            event_days: self.settings.event_days,
            folder,
        })
    }
}

impl Installation {
    /// What performs imports and moves views.
    pub(crate) fn ingest(&self) -> Ingest {
        let surroundings = Surroundings {
            now: Arc::new(clock::now),
            random: Arc::new(|bytes| {
                let random = aws_lc_rs::rand::fill(bytes);
                random
                    .map_err(|_| std::io::Error::other("the operating system gives no randomness"))
            }),
            holder: holder::this_process(),
            is_gone: Arc::new(holder::is_gone),
        };
        let store: Arc<dyn Store> = Arc::clone(&self.store) as _;
        Ingest::new(
            store,
            Arc::clone(&self.depot),
            Arc::clone(&self.spools) as _,
            surroundings,
        )
        .keeping_events(self.event_days)
    }

    /// The district of an id, or of a name that only one district has.
    pub(crate) async fn district(&self, named: &str) -> anyhow::Result<DistrictRecord> {
        if let Some(id) = ObjectId::from_hex(named)
            && let Some(record) = self.store_dyn().district(id).await?
        {
            return Ok(record);
        }
        let name = named.trim().to_lowercase();
        let records = self.store.all_districts().await?;
        let mut found = records
            .into_iter()
            .filter(|record| record.document.name.to_lowercase() == name);
        let district = found.next().with_context(|| {
            format!("there is no district {named}; `homeroom district list` shows them")
        })?;
        anyhow::ensure!(
            found.next().is_none(),
            "several districts are called {named}; name the one that is meant by its id (`homeroom district list` shows them)"
        );
        Ok(district)
    }

    /// The control store as its port.
    pub(crate) fn store_dyn(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as _
    }

    /// The master key: from the settings, else from the file beside the folder, which is made when it is not there.
    pub(crate) fn master_key(&self) -> anyhow::Result<MasterKey> {
        key::of_folder(&self.folder, &self.master_key)
    }
}

/// What to do when the control store is lost.
const RESTORE: &str = "put the newest backup of the control store in its place (docs/operating.md says how), or name another folder with --data";

/// Whether the depot of an installation's folder holds anything.
fn has_objects(folder: &Path) -> bool {
    // The shards are there from the start; what counts is whether anything lies in them.
    let shards = fs::read_dir(folder.join("depot/objects"));
    shards
        .into_iter()
        .flatten()
        .flatten()
        .any(|shard| fs::read_dir(shard.path()).is_ok_and(|mut objects| objects.next().is_some()))
}

/// Refuses a control store that knows no district beside a depot that holds rosters: the real one is lost, and sweeping
/// would take all of them for leftovers. A roster has a district first, so an installation never looks like that by itself.
fn refuse_to_begin_anew(store: &SqliteStore, folder: &Path) -> anyhow::Result<()> {
    if !block_on(store.districts(None, 1))??.is_empty() || !has_objects(folder) {
        return Ok(());
    }
    // No log may be left beside it: SQLite would play it over the backup that is put there next.
    block_on(store.close())?;
    anyhow::bail!(
        "{} knows no district, but {} holds rosters; {RESTORE}",
        folder.join("control.db").display(),
        folder.join("depot").display()
    )
}

/// Closes the control store, so that it is one file again while nobody uses it.
impl Drop for Installation {
    fn drop(&mut self) {
        let store = Arc::clone(&self.store);
        // A thread of its own, because this may happen inside a runtime. Nothing that was answered depends on it.
        let closing = std::thread::spawn(move || block_on(async move { store.close().await }));
        drop(closing.join());
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere folders cannot be opened as files, and their entries are as durable as the system makes them.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Makes the name of a folder durable, and of those above it: they may be as new. One that may not be read is not ours,
/// and older.
fn make_durable(folder: &Path) -> anyhow::Result<()> {
    for above in fs::canonicalize(folder)?.ancestors().skip(1) {
        drop(sync_folder(above));
    }
    Ok(())
}

/// Makes a folder that only its owner may read: it holds children's data.
pub(crate) fn make_private(folder: &Path) -> anyhow::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    anyhow::ensure!(
        !folder.is_file(),
        "{} is a file; name a folder",
        folder.display()
    );
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))
}

/// Runs a command's asynchronous part on all cores.
pub(crate) fn block_on<F: Future>(future: F) -> anyhow::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    Ok(runtime.block_on(future))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_a_shell_would_change_is_quoted() {
        for (word, says) in [
            ("/var/lib/homeroom", "/var/lib/homeroom"),
            ("6b02aa", "6b02aa"),
            ("River Town", "'River Town'"),
            ("Math $tar `id`", "'Math $tar `id`'"),
            ("Anne's", r"'Anne'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), says);
        }
    }
}

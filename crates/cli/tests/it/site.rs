//! A district that is imported and read, as every test here needs one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use homeroom_store::Objects;
use homeroom_store_sqlite::SqliteStore;
use homeroom_testkit::{Binary, Files, IdBook, Installation, Ran, Server, Walk};
use serde_json::Value;
use tempfile::TempDir;

/// What an app reads of some files, whatever the past of the installation; see [`Walk::content`].
pub(crate) type Content = BTreeMap<String, Value>;

/// The built binary.
pub(crate) fn binary() -> Binary {
    Binary::new(env!("CARGO_BIN_EXE_homeroom"))
}

/// A folder of a test, and in it an installation with one district and one app that reads it.
pub(crate) struct Site {
    pub(crate) installation: Installation,
    pub(crate) district: String,
    pub(crate) token: String,
    folder: PathBuf,
    /// Of the first site; copies lie in the same folder.
    _temporary: Option<TempDir>,
}

/// Which of two states a crash left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    Old,
    New,
}

impl Site {
    /// A new site, nothing imported.
    pub(crate) fn new() -> Self {
        Self::in_folder(homeroom_testkit::folder())
    }

    /// A new site in a folder.
    pub(crate) fn in_folder(temporary: TempDir) -> Self {
        let folder = temporary.path().canonicalize().unwrap();
        let installation = Installation::new(&binary(), &folder.join("site"));
        let district = installation.add_district("Elm County");
        let app = installation.add_app("Reader");
        let token = installation.connect(&app, &district);
        Self {
            installation,
            district,
            token,
            folder,
            _temporary: Some(temporary),
        }
    }

    /// A new site with files imported.
    pub(crate) fn with(files: &Files) -> Self {
        let site = Self::new();
        let imported = site.import(files).ok();
        assert_eq!(imported["state"], "published", "{imported}");
        site
    }

    /// The folder of the test: the site lies in it, and so may other things.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The site as it is on the disk now, once more; any copy made before is gone.
    pub(crate) fn copy(&self) -> Self {
        Self {
            installation: self.installation.copy(&self.folder.join("copy")),
            district: self.district.clone(),
            token: self.token.clone(),
            folder: self.folder.clone(),
            _temporary: None,
        }
    }

    /// A folder that holds these files.
    pub(crate) fn upload(&self, files: &Files) -> PathBuf {
        let upload = self.folder.join("upload");
        files.write_to(&upload);
        upload
    }

    /// Imports files, however that ends.
    pub(crate) fn import(&self, files: &Files) -> Ran {
        self.installation
            .import(&self.upload(files), &self.district)
    }

    /// Imports files, which must work; the report.
    pub(crate) fn import_ok(&self, files: &Files) -> Value {
        self.installation
            .import_ok(&self.upload(files), &self.district)
    }

    /// Starts the server.
    pub(crate) fn serve(&self) -> Server {
        self.installation.serve()
    }

    /// Everything the app reads, from a server of its own.
    pub(crate) fn walk(&self) -> Walk {
        Walk::of(&self.serve(), &self.token)
    }

    /// Checks that exactly the old or exactly the new state is served, and that no id stands for anything else than before.
    pub(crate) fn left(&self, old: &Walk, new: &Content, book: &mut IdBook) -> Left {
        let walk = self.walk();
        book.enter(&walk).unwrap_or_else(|error| panic!("{error}"));
        let Err(not_old) = walk.same(old) else {
            return Left::Old;
        };
        let Err(not_new) = walk.same_content(new) else {
            return Left::New;
        };
        panic!("neither the old state ({not_old}) nor the new one ({not_new}) is served");
    }

    /// Sweeps, and checks that what lies in the depot is what manifests name, to the last file.
    pub(crate) fn sweep(&self) {
        self.installation.sweep();
        let data = self.installation.data();
        assert_eq!(
            self.installation.objects(),
            named_objects(&data),
            "orphans, or objects lost"
        );
        let spools: Vec<_> = fs::read_dir(data.join("spool")).unwrap().collect();
        assert!(spools.is_empty(), "left behind while building: {spools:?}");
    }
}

/// What an app reads of files that are imported into an empty site.
pub(crate) fn content_of(files: &Files) -> Content {
    Site::with(files).walk().content().unwrap()
}

/// The objects that kept snapshots name, ascending.
fn named_objects(data: &Path) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let named = runtime.block_on(async {
        let store = SqliteStore::open(&data.join("control.db")).unwrap();
        let named = store.named_objects(None, 10_000).await.unwrap();
        store.close().await;
        named
    });
    let digits = |object: [u8; 32]| homeroom_segment::Digest::new(object).to_string();
    named.into_iter().map(digits).collect()
}

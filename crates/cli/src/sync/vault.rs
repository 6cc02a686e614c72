//! Tokens at rest: sealed with the key that lies beside the folder, never inside it (integration-side B15).

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use homeroom_api::MasterKey;
use homeroom_client::{AppCredentials, Secret};
use homeroom_model::ObjectId;
use serde::{Deserialize, Serialize};

use crate::random::digits;
use crate::{context, key};

/// The file of sealed tokens in a folder.
const FILE: &str = "secrets.json";
/// What the app's secret is sealed for; no district has this id.
const APP: ObjectId = ObjectId::new([0; ObjectId::LEN]);

/// The sealed secrets of a folder.
pub(crate) struct Vault {
    path: PathBuf,
    key: MasterKey,
    sealed: Sealed,
}

/// The file.
#[derive(Serialize, Deserialize, Default, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Sealed {
    /// Tokens by district, sealed, as hexadecimal digits.
    tokens: BTreeMap<String, String>,
    app: Option<SealedApp>,
}

#[derive(Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct SealedApp {
    client_id: String,
    client_secret: String,
}

impl Vault {
    /// The secrets of a folder; none, if there are none yet. `set` is the key of the settings, or empty.
    pub(crate) fn open(folder: &Path, set: &str) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        let key = key::of_folder(folder, set)?;
        let sealed = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| {
                format!(
                    "{} is damaged; `homeroom sync token` writes it anew",
                    path.display()
                )
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Sealed::default(),
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", path.display()));
            }
        };
        Ok(Self { path, key, sealed })
    }

    /// The token of a district.
    pub(crate) fn token(&self, district: ObjectId) -> anyhow::Result<Option<Secret>> {
        let sealed = self.sealed.tokens.get(&district.to_hex());
        sealed
            .map(|sealed| self.opened(district, sealed))
            .transpose()
    }

    /// What the app signs in with, to find tokens.
    pub(crate) fn app(&self) -> anyhow::Result<Option<AppCredentials>> {
        let Some(app) = &self.sealed.app else {
            return Ok(None);
        };
        Ok(Some(AppCredentials {
            client_id: app.client_id.clone(),
            client_secret: self.opened(APP, &app.client_secret)?,
        }))
    }

    /// Keeps the token of a district.
    pub(crate) fn keep_token(&mut self, district: ObjectId, token: &Secret) -> anyhow::Result<()> {
        let sealed = digits(&self.key.seal(district, token.expose())?);
        self.sealed.tokens.insert(district.to_hex(), sealed);
        self.write()
    }

    /// Keeps what the app signs in with.
    pub(crate) fn keep_app(&mut self, app: &AppCredentials) -> anyhow::Result<()> {
        let client_secret = digits(&self.key.seal(APP, app.client_secret.expose())?);
        self.sealed.app = Some(SealedApp {
            client_id: app.client_id.clone(),
            client_secret,
        });
        self.write()
    }

    fn opened(&self, of: ObjectId, sealed: &str) -> anyhow::Result<Secret> {
        let bytes = bytes(sealed).with_context(|| {
            format!(
                "{} is damaged; `homeroom sync token` writes it anew",
                self.path.display()
            )
        })?;
        let opened = self.key.open(of, &bytes).with_context(|| {
            "put the key file that was beside the folder into its place, or give the token again: homeroom sync token"
        })?;
        Ok(Secret::new(opened))
    }

    fn write(&self) -> anyhow::Result<()> {
        let bytes = serde_json::to_vec_pretty(&self.sealed)?;
        write_whole(&self.path, &bytes)
    }
}

/// Writes a file that is there whole or as it was, readable for its owner only.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new()
            .prefix(".homeroom-")
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        context::sync_folder(folder)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_again_and_stands_nowhere() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("app");
        fs::create_dir(&folder).unwrap();
        let (one, two) = (ObjectId::new([1; 12]), ObjectId::new([2; 12]));
        let mut vault = Vault::open(&folder, "").unwrap();
        vault.keep_token(one, &Secret::new("token-one")).unwrap();
        let credentials = AppCredentials {
            client_id: "client".to_owned(),
            client_secret: Secret::new("hidden"),
        };
        vault.keep_app(&credentials).unwrap();
        let again = Vault::open(&folder, "").unwrap();
        assert_eq!(again.token(one).unwrap().unwrap().expose(), "token-one");
        assert_eq!(again.token(two).unwrap(), None);
        let app = again.app().unwrap().unwrap();
        assert_eq!(
            (app.client_id.as_str(), app.client_secret.expose()),
            ("client", "hidden")
        );
        let text = fs::read_to_string(folder.join(FILE)).unwrap();
        assert!(
            !text.contains("token-one") && !text.contains("hidden"),
            "{text}"
        );
        assert!(!folder.join("app.key").exists() && place.path().join("app.key").exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            for path in [folder.join(FILE), place.path().join("app.key")] {
                let mode = fs::metadata(path).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600);
            }
        }
    }

    #[test]
    fn another_key_and_damage_are_told_with_the_remedy() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("app");
        fs::create_dir(&folder).unwrap();
        let one = ObjectId::new([1; 12]);
        Vault::open(&folder, "")
            .unwrap()
            .keep_token(one, &Secret::new("t"))
            .unwrap();
        let other = Vault::open(&folder, &"ab".repeat(32)).unwrap();
        let error = format!("{:#}", other.token(one).unwrap_err());
        assert!(error.contains("homeroom sync token"), "{error}");
        fs::write(folder.join(FILE), "{").unwrap();
        let error = format!("{:#}", Vault::open(&folder, "").err().unwrap());
        assert!(error.contains("is damaged"), "{error}");
    }
}

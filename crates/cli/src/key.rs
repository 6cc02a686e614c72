//! Master keys: each lies in a file beside the folder whose secrets it seals, so that a copy of the folder never holds it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use homeroom_api::MasterKey;

use crate::{context, random};

/// The key of a folder: `set` by the settings, else from the file beside the folder, which is made when it is not there.
pub(crate) fn of_folder(folder: &Path, set: &str) -> anyhow::Result<MasterKey> {
    let path = key_path(folder);
    let set = set.trim();
    let text = if !set.is_empty() {
        set.to_owned()
    } else if path.exists() {
        read_key(&path)?
    } else {
        make_key(&path)?
    };
    let bytes = parse_key(text.trim()).with_context(|| {
        let place = if set.is_empty() {
            path.display().to_string()
        } else {
            "the setting `master_key` (HOMEROOM_MASTER_KEY)".to_owned()
        };
        format!("the master key must be 64 hexadecimal digits; {place} has something else")
    })?;
    Ok(MasterKey::new(&bytes)?)
}

/// The key file of a folder: the folder's name with `.key`, so that a copy of the folder never holds it.
pub(crate) fn key_path(folder: &Path) -> PathBuf {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let mut name = folder.into_os_string();
    name.push(".key");
    name.into()
}

fn parse_key(text: &str) -> Option<[u8; MasterKey::LEN]> {
    let mut key = [0; MasterKey::LEN];
    if text.len() != 2 * key.len() {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(key)
}

fn read_key(path: &Path) -> anyhow::Result<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)?.permissions().mode();
        anyhow::ensure!(
            (mode & 0o070, mode & 0o007) == (0, 0),
            "the master key {} can be read by others; run: chmod 600 {}",
            path.display(),
            path.display()
        );
    }
    fs::read_to_string(path)
        .with_context(|| format!("the master key {} cannot be read", path.display()))
}

/// Draws a key and keeps it. The file gets its name when it is whole and on the disk, so that no crash leaves half a key,
/// and no token is ever sealed under one that is lost with the power.
fn make_key(path: &Path) -> anyhow::Result<String> {
    let key = random::hex::<{ MasterKey::LEN }>()?;
    let kept = keep_key(path, &key);
    match kept {
        Ok(()) => Ok(key),
        // Another process made it in this moment.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read_key(path),
        Err(error) => Err(error)
            .with_context(|| format!("the master key {} cannot be written", path.display())),
    }
}

fn keep_key(path: &Path, key: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // Readable for its owner only, and gone when this is done.
    let mut file = tempfile::Builder::new()
        .prefix(".homeroom-key-")
        .tempfile_in(folder)?;
    writeln!(file, "{key}")?;
    file.as_file().sync_all()?;
    fs::hard_link(file.path(), path)?;
    context::sync_folder(folder)
}

//! A folder as a source of files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use homeroom_intake::{FileInfo, Source};
use homeroom_model::Timestamp;

/// The files of a folder, without its subfolders.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The files of a folder.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

impl Source for Folder {
    fn files(&self) -> io::Result<Vec<FileInfo>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            // Follows links: districts point one name at the newest export.
            let Ok(data) = fs::metadata(entry.path()) else {
                continue;
            };
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if data.is_file() {
                let since = data
                    .modified()
                    .ok()
                    .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
                    .unwrap_or_default();
                let modified =
                    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
                files.push(FileInfo {
                    name,
                    bytes: data.len(),
                    modified,
                });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(Box::new(File::open(self.0.join(name))?))
    }
}

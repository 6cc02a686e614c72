//! The list of an upload: which files there were, and which of them are kept.

use homeroom_intake::Stem;
use homeroom_model::Timestamp;
use homeroom_segment::Digest;
use serde::{Deserialize, Serialize};

/// Number of the rules that turn files into records. It is part of the digest, so a Homeroom whose rules changed reads
/// files again that it has seen; raise it with any change of what intake or derive make of the same files.
const RULES: u32 = 2;

/// Everything that lay in the folder, in the order of names. Files that are not read are named only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The files.
    pub files: Vec<UploadFile>,
}

/// A file of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadFile {
    /// Its name, as the district spelt it.
    pub name: String,
    /// Its length in bytes, as it was sent.
    pub bytes: u64,
    /// When it was written, in milliseconds since 1970.
    pub modified: i64,
    /// The stem it stands for, if it is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stem: Option<String>,
    /// What it holds: blake3 of the file as it is kept, unpacked, if it is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Digest>,
    /// Whether it was not sent this time, and is the one of the upload before (`OPTIONAL_FILE_VANISHED`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carried_over: bool,
}

impl UploadFile {
    /// When it was written.
    pub fn modified(&self) -> Timestamp {
        Timestamp::from_millis(self.modified)
    }
}

impl Upload {
    /// The file that stands for a stem.
    pub fn of(&self, stem: Stem) -> Option<&UploadFile> {
        let stem = stem.text();
        let mut files = self.files.iter();
        files.find(|file| file.stem.as_deref() == Some(stem))
    }

    /// The digest of the files that are read: the same set again is no change.
    pub(crate) fn file_set(&self) -> [u8; 32] {
        let mut whole = blake3::Hasher::new();
        whole.update(&RULES.to_le_bytes());
        for stem in Stem::ALL {
            if let Some(content) = self.of(stem).and_then(|file| file.content) {
                whole.update(stem.text().as_bytes());
                whole.update(content.bytes());
            }
        }
        *whole.finalize().as_bytes()
    }

    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

//! What a snapshot is made of: the names of its parts and the objects that hold them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::SegmentError;

/// Name of an object: blake3 of its payload.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// A digest from its bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        blake3::Hash::from_hex(text)
            .ok()
            .map(|hash| Self(*hash.as_bytes()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text)
            .ok_or_else(|| serde::de::Error::custom("an object's name has 64 hexadecimal digits"))
    }
}

/// Where a part lies: an object, or a piece of one that holds several (small districts are one object).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located {
    /// The object.
    pub object: Digest,
    /// Where the part begins in the object's payload, in bytes; a multiple of 64.
    pub offset: u64,
    /// Length of the part in bytes.
    pub length: u64,
}

/// The parts of one snapshot.
///
/// Names: a table's is [`homeroom_model::Kind::table`]; a relation's two directions are its name and its name with
/// `.back`; `departed` holds the records that left and may still come back; `changes` what changed against the snapshot
/// before, absent in a district's first; `ledger.0`, `ledger.1` … what happened to every id ever given; `attendance.2026-03`
/// the attendance of a month, for each month that has some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the parts.
    pub format: u32,
    /// Number of the snapshot, from 1.
    pub number: u64,
    /// Where each part lies.
    pub parts: BTreeMap<String, Located>,
}

impl Manifest {
    /// The format written now.
    pub const FORMAT: u32 = 0;

    /// The manifest as stored text; equal manifests give equal text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a stored manifest.
    pub fn from_text(text: &str) -> Result<Self, SegmentError> {
        let manifest: Self =
            serde_json::from_str(text).map_err(|error| SegmentError::damaged("manifest", error))?;
        if manifest.format > Self::FORMAT {
            return Err(SegmentError::Newer {
                what: "manifest".to_owned(),
                found: manifest.format,
                known: Self::FORMAT,
            });
        }
        Ok(manifest)
    }

    /// The objects the snapshot needs, ascending, each once.
    pub fn objects(&self) -> Vec<Digest> {
        let mut objects: Vec<_> = self.parts.values().map(|part| part.object).collect();
        objects.sort_unstable();
        objects.dedup();
        objects
    }
}

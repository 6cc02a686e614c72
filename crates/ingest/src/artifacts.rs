//! What a run leaves in the depot beside a snapshot: the files it was given, what was found in them, its plan. The store
//! knows where each lies and what it belongs to; retention lets go of them (`retention.rs`).

use std::collections::BTreeMap;
use std::io::Read;

use bytes::Bytes;
use homeroom_model::ObjectId;
use homeroom_segment::{Digest, Located};
use homeroom_store::{Artifact, Conflict};

use crate::Ingest;
use crate::begun::{Begun, taken_over};
use crate::cancel::Cancel;
use crate::copying::Packed;
use crate::error::IngestError;
use crate::findings::KeptFindings;
use crate::kept::unpack;

/// Name of the list of an upload; its files are named so too, with a slash and the stem behind.
pub(crate) const UPLOAD: &str = "upload";
/// Every problem that was found, as JSON lines.
pub(crate) const FINDINGS: &str = "findings";
/// The plan, as JSON.
pub(crate) const PLAN: &str = "plan";
/// Changed fields, as CSV.
pub(crate) const CHANGES: &str = "changes";

/// Artifacts up to this length share one object.
const PACK_BELOW: usize = 1 << 20;

/// An artifact that is about to be put.
pub(crate) struct NewArtifact {
    pub(crate) name: String,
    pub(crate) packed: Bytes,
    /// Bytes before packing.
    pub(crate) length: u64,
}

impl NewArtifact {
    pub(crate) fn new(name: impl Into<String>, packed: Packed) -> Self {
        Self {
            name: name.into(),
            packed: packed.bytes,
            length: packed.length,
        }
    }
}

/// Whether an artifact belongs to an upload.
pub(crate) fn is_of_upload(name: &str) -> bool {
    name.strip_prefix(UPLOAD)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Ingest {
    /// Puts artifacts into the depot and notes them at the run, in one step: small ones share one object.
    pub(crate) async fn leave(
        &self,
        begun: &Begun,
        artifacts: Vec<NewArtifact>,
    ) -> Result<(), IngestError> {
        let mut places: BTreeMap<String, Located> = BTreeMap::new();
        let mut small = Vec::new();
        let mut plain = BTreeMap::new();
        for artifact in artifacts {
            plain.insert(artifact.name.clone(), artifact.length);
            if artifact.packed.len() <= PACK_BELOW {
                small.push((artifact.name, artifact.packed));
                continue;
            }
            let length = artifact.packed.len() as u64;
            let object = self.depot.put(artifact.packed).await?;
            let whole = Located {
                object,
                offset: 0,
                length,
            };
            places.insert(artifact.name, whole);
        }
        places.extend(self.depot.put_pack(small).await?);
        let noted = places.into_iter().map(|(name, at)| Artifact {
            plain_length: plain.get(&name).copied().unwrap_or_default(),
            name,
            object: *at.object.bytes(),
            offset: at.offset,
            length: at.length,
        });
        self.note(begun, noted.collect()).await
    }

    /// Notes artifacts that lie in the depot at a run. An object that was there already may be on its way out: it is
    /// pardoned and looked at again, and after that nothing deletes it for a day.
    pub(crate) async fn note(
        &self,
        begun: &Begun,
        artifacts: Vec<Artifact>,
    ) -> Result<(), IngestError> {
        if artifacts.is_empty() {
            return Ok(());
        }
        let mut objects: Vec<_> = artifacts.iter().map(|artifact| artifact.object).collect();
        objects.sort_unstable();
        objects.dedup();
        let add = || {
            let (district, run, fence) = (begun.district, begun.run, begun.fence);
            self.store
                .add_artifacts(district, run, fence, artifacts.clone())
        };
        match add().await {
            Err(error) if error.refusal() == Some(Conflict::Condemned) => {
                self.pardon(&objects).await?;
                add().await.map_err(taken_over)?;
            }
            other => {
                other.map_err(taken_over)?;
            }
        }
        Ok(())
    }

    /// Notes what another run left at this one too: it rests on the same files.
    pub(crate) async fn inherit(&self, begun: &Begun, from: ObjectId) -> Result<(), IngestError> {
        let left = self.store.artifacts(begun.district, from).await?;
        let of_upload = left.into_iter();
        let of_upload = of_upload.filter(|artifact| is_of_upload(&artifact.name));
        self.note(begun, of_upload.collect()).await
    }

    /// The packed bytes of an artifact of a run; `None` if it left none of that name, or retention let go of it.
    pub(crate) async fn artifact(
        &self,
        district: ObjectId,
        run: ObjectId,
        name: &str,
    ) -> Result<Option<Bytes>, IngestError> {
        Ok(self.history.packed_artifact(district, run, name).await?)
    }

    /// What a run left under a name, unpacked while it is read: `findings` (JSON lines), `plan` (JSON), `changes` (CSV),
    /// `upload` (JSON) or `upload/` and the stem of a file. `None` if there is none, or it is past its retention.
    ///
    /// Values of people's records stand in `changes` and in the files, nowhere else.
    pub async fn read_artifact(
        &self,
        district: ObjectId,
        run: ObjectId,
        name: &str,
    ) -> Result<Option<Box<dyn Read + Send>>, IngestError> {
        let packed = self.artifact(district, run, name).await?;
        Ok(packed.map(|packed| unpack(packed, &Cancel::default())))
    }

    /// Everything a run found wrong. `None` if it read no files, or the findings are past their retention.
    pub async fn findings(
        &self,
        district: ObjectId,
        run: ObjectId,
    ) -> Result<Option<KeptFindings>, IngestError> {
        let packed = self.artifact(district, run, FINDINGS).await?;
        let opened = packed.map(KeptFindings::open).transpose();
        opened.map_err(IngestError::io("reading the findings of a run"))
    }

    /// An artifact as text.
    pub(crate) async fn artifact_text(
        &self,
        district: ObjectId,
        run: ObjectId,
        name: &str,
    ) -> Result<Option<String>, IngestError> {
        let Some(mut reader) = self.read_artifact(district, run, name).await? else {
            return Ok(None);
        };
        let mut text = String::new();
        let read = reader.read_to_string(&mut text);
        read.map_err(IngestError::io("reading what a run left"))?;
        Ok(Some(text))
    }
}

/// Where an artifact lies.
pub(crate) fn located(artifact: &Artifact) -> Located {
    Located {
        object: Digest::new(artifact.object),
        offset: artifact.offset,
        length: artifact.length,
    }
}

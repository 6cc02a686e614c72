//! Artifacts: what a run leaves in the depot besides a snapshot: kept files, findings, plan, changed fields.
//!
//! They belong to the run, whatever became of it: a run that was cut short keeps them, because the one that resumes it
//! reads them. Their objects are roots of garbage collection until retention drops them.

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::limits::invalid;
use crate::{Digest, StoreError, limits};

/// A part of an object, by a name that is unique in its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// What it is: `upload/students`, `findings`, `plan` …
    pub name: String,
    /// The object it lies in.
    pub object: Digest,
    /// Where in the object it begins, in bytes.
    pub offset: u64,
    /// How long it is there, in bytes.
    pub length: u64,
    /// How long it is unpacked, in bytes.
    pub plain_length: u64,
}

impl Artifact {
    /// Checks that every adapter makes before it adds artifacts: limits, and that no name comes twice.
    pub fn check_all(artifacts: &[Self]) -> Result<(), StoreError> {
        if artifacts.len() > limits::ARTIFACTS {
            return Err(invalid("the list of artifacts", "is too long"));
        }
        for artifact in artifacts {
            limits::text("the name of an artifact", &artifact.name)?;
            limits::number("the offset of an artifact", artifact.offset)?;
            limits::number("the length of an artifact", artifact.length)?;
            limits::number("the plain length of an artifact", artifact.plain_length)?;
        }
        let mut names: Vec<_> = artifacts.iter().map(|artifact| &artifact.name).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(invalid("the list of artifacts", "has a name twice"));
        }
        Ok(())
    }
}

/// A run that has artifacts, for retention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunArtifacts {
    /// The run.
    pub run: ObjectId,
    /// When it started.
    pub started: Timestamp,
    /// Names of its artifacts, ascending.
    pub names: Vec<String>,
}

/// Artifacts of runs.
#[async_trait]
pub trait Artifacts: Send + Sync {
    /// Adds artifacts to a run, all or none. Their objects are durable before it is called. Idempotent: an artifact the
    /// run has already, alike in everything, is not added again.
    ///
    /// Refused: `Invalid` over the limits or if a name comes twice, `Fenced` unless `fence` is that of the district's
    /// newest lease, `Gone` unless the run is running under that fence, `Exists` if the run has another artifact of one
    /// of the names, `Invalid` if the run would have too many, `Condemned` if a named object is condemned.
    async fn add_artifacts(
        &self,
        district: ObjectId,
        run: ObjectId,
        fence: u64,
        artifacts: Vec<Artifact>,
    ) -> Result<(), StoreError>;

    /// The artifacts of a run, ascending by name.
    async fn artifacts(
        &self,
        district: ObjectId,
        run: ObjectId,
    ) -> Result<Vec<Artifact>, StoreError>;

    /// Takes the named artifacts off a run, so that their objects may be collected; those it does not have are ignored.
    /// Returns how many there were.
    async fn drop_artifacts(
        &self,
        district: ObjectId,
        run: ObjectId,
        names: &[String],
    ) -> Result<u64, StoreError>;

    /// The runs of a district that have artifacts, oldest first (`started`, then id).
    async fn runs_with_artifacts(
        &self,
        district: ObjectId,
    ) -> Result<Vec<RunArtifacts>, StoreError>;
}

//! Keeping mirrors in a depot, and opening them again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use homeroom_depot::{Depot, DepotError};
use homeroom_model::Kind;
use homeroom_segment::{Located, Manifest, SegmentError, Snapshot, Spools, Table};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::build::{self, Before, BuildError, Part};
use super::gather::Gathered;
use super::unresolved;
use super::{Mirror, documents_name, newer_name};

/// Parts smaller than this share an object: a small district is one.
const PACK_BELOW: usize = 1 << 16;

/// A mirror could not be kept or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The depot failed.
    #[error(transparent)]
    Depot(#[from] DepotError),
    /// A part is damaged: read the district again in full.
    #[error(transparent)]
    Damaged(#[from] SegmentError),
    /// A part is not what it should be: read the district again in full.
    #[error("the part {part} of the mirror cannot be read")]
    Unreadable {
        /// The part.
        part: &'static str,
    },
    /// Building was cut short.
    #[error("building the mirror was interrupted")]
    Interrupted,
}

/// Keeps mirrors in a depot.
#[derive(Clone, Debug)]
pub struct Keep {
    depot: Depot,
}

impl Keep {
    /// Mirrors in a depot, whose objects the caller collects: roots are the manifests of the mirrors that are still wanted.
    pub fn new(depot: Depot) -> Self {
        Self { depot }
    }

    /// Builds the mirror that follows `before` and makes it durable. Of kinds in `whole` everything was gathered; of the
    /// others what came replaces what was there. Does nothing that anybody sees before somebody keeps its manifest.
    ///
    /// Documents that came since the last complete read are kept beside the others, until there are half as many: a day's
    /// events do not write all documents again.
    pub async fn build(
        &self,
        before: impl Into<Arc<Mirror>>,
        gathered: Gathered,
        whole: BTreeSet<Kind>,
        spools: impl Spools + 'static,
    ) -> Result<Mirror, KeepError> {
        let before = before.into();
        let mut documents = BTreeMap::new();
        for kind in Kind::ALL {
            let table = before.snapshot.table(kind).len();
            let newer = before.newer.get(&kind).map_or(0, Table::len);
            let came = gathered.count(kind).saturating_add(u64::from(newer));
            if whole.contains(&kind) || came.saturating_mul(2) > u64::from(table) {
                let opened = self.documents(&before.manifest, kind).await?;
                documents.insert(kind, opened);
            }
        }
        let number = before.manifest.number + 1;
        let old = before.manifest.parts.clone();
        let (made, mut built) = mpsc::unbounded_channel();
        let building = tokio::task::spawn_blocking(move || {
            // Nobody takes them any more once one of them could not be kept.
            let hand_on = |part: Part| made.send(part).unwrap_or_default();
            let before = Before {
                mirror: &before,
                documents: &documents,
            };
            build::build(before, gathered, &whole, &spools, &hand_on)
        });
        let mut parts: BTreeMap<String, Located> = BTreeMap::new();
        let mut small = BTreeMap::new();
        let mut fresh: BTreeMap<String, Bytes> = BTreeMap::new();
        // What is there is hashed and written while the rest is built.
        let mut puts = JoinSet::new();
        while let Some((name, bytes)) = built.recv().await {
            let Some(bytes) = bytes else {
                parts.extend(old.get(&name).map(|located| (name, *located)));
                continue;
            };
            fresh.insert(name.clone(), bytes.clone());
            if bytes.len() < PACK_BELOW {
                small.insert(name, bytes);
                continue;
            }
            puts.spawn(put(self.depot.clone(), name, bytes));
        }
        building.await.map_err(|_| KeepError::Interrupted)??;
        while let Some(put) = puts.join_next().await {
            let (name, located) = put.map_err(|_| KeepError::Interrupted)??;
            parts.insert(name, located);
        }
        let small = small.into_iter().collect();
        parts.extend(self.depot.put_pack(small).await?);
        let manifest = Manifest {
            format: Manifest::FORMAT,
            number,
            parts,
        };
        self.open_with(manifest, fresh).await
    }

    /// Opens a kept mirror with its documents.
    pub async fn open(&self, manifest: Manifest) -> Result<Mirror, KeepError> {
        let mut mirror = self.open_records(manifest).await?;
        for kind in Kind::ALL {
            let documents = self.documents(&mirror.manifest, kind).await?;
            mirror.documents.insert(kind, documents);
        }
        Ok(mirror)
    }

    /// Opens a kept mirror without its documents, which are the greater part of it.
    pub async fn open_records(&self, manifest: Manifest) -> Result<Mirror, KeepError> {
        self.open_with(manifest, BTreeMap::new()).await
    }

    /// The documents of a kind, without those that came since.
    async fn documents(&self, manifest: &Manifest, kind: Kind) -> Result<Table, KeepError> {
        Ok(match manifest.parts.get(&documents_name(kind)) {
            Some(located) => Table::open(kind, self.depot.get(located).await?)?,
            None => Table::empty(kind),
        })
    }

    async fn open_with(
        &self,
        manifest: Manifest,
        mut bytes: BTreeMap<String, Bytes>,
    ) -> Result<Mirror, KeepError> {
        let documents: BTreeSet<_> = Kind::ALL.into_iter().map(documents_name).collect();
        for (name, located) in &manifest.parts {
            if !bytes.contains_key(name) && !documents.contains(name) {
                bytes.insert(name.clone(), self.depot.get(located).await?);
            }
        }
        let opening = tokio::task::spawn_blocking(move || assemble(manifest, &bytes));
        opening.await.map_err(|_| KeepError::Interrupted)?
    }
}

/// Keeps a part as an object of its own.
async fn put(depot: Depot, name: String, bytes: Bytes) -> Result<(String, Located), DepotError> {
    let length = bytes.len() as u64;
    let object = depot.put(bytes).await?;
    let located = Located {
        object,
        offset: 0,
        length,
    };
    Ok((name, located))
}

fn assemble(manifest: Manifest, bytes: &BTreeMap<String, Bytes>) -> Result<Mirror, KeepError> {
    let part = |name: &str| bytes.get(name).cloned().unwrap_or_default();
    let snapshot = Snapshot::open(&manifest, |name, _| Ok(part(name)))?;
    let (mut documents, mut newer) = (BTreeMap::new(), BTreeMap::new());
    for kind in Kind::ALL {
        if let Some(bytes) = bytes.get(&documents_name(kind)) {
            documents.insert(kind, Table::open(kind, bytes.clone())?);
        }
        if let Some(bytes) = bytes.get(&newer_name(kind)) {
            newer.insert(kind, Table::open(kind, bytes.clone())?);
        }
    }
    let unresolved = unresolved::read(&part(unresolved::NAME));
    let unresolved = unresolved.ok_or(KeepError::Unreadable {
        part: unresolved::NAME,
    })?;
    Ok(Mirror {
        snapshot,
        manifest,
        documents,
        newer,
        unresolved,
    })
}

//! Receiving an upload: copied into the depot and noted at the run before anything of it is read.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use homeroom_intake::{FileInfo, FileSet, Limits, Source, Stem};
use homeroom_model::ObjectId;
use homeroom_segment::Digest;
use homeroom_store::Artifact;

use crate::Ingest;
use crate::artifacts::{NewArtifact, UPLOAD, is_of_upload, located};
use crate::begun::Begun;
use crate::cancel::Cancel;
use crate::copying::{Copied, Copying, Packing, copy_all, unchanged};
use crate::error::IngestError;
use crate::kept::KeptFiles;
use crate::problems::Fatal;
use crate::upload::{Upload, UploadFile};

/// Where the files of a run come from.
pub(crate) enum Files {
    /// They are sent now.
    Sent(Box<dyn Source + Send + Sync>),
    /// They were kept by a run before.
    Kept(ObjectId),
}

impl Ingest {
    /// The files of a run, kept and noted at it, opened for reading.
    pub(crate) async fn receive(
        &self,
        begun: &Begun,
        files: Files,
        limits: Limits,
    ) -> Result<KeptFiles, IngestError> {
        match files {
            Files::Sent(source) => self.keep(begun, source, limits).await?,
            Files::Kept(run) => self.inherit(begun, run).await?,
        }
        let kept = self.kept_files(begun, begun.run).await?;
        kept.ok_or(IngestError::FilesNotKept(begun.run))
    }

    /// The files that a run kept; `None` if it kept none, or retention let go of them.
    pub(crate) async fn kept_files(
        &self,
        begun: &Begun,
        run: ObjectId,
    ) -> Result<Option<KeptFiles>, IngestError> {
        self.files_of(begun.district, run, begun.cancel.clone())
            .await
    }

    /// The same for whoever only looks.
    pub(crate) async fn files_of(
        &self,
        district: ObjectId,
        run: ObjectId,
        cancel: Cancel,
    ) -> Result<Option<KeptFiles>, IngestError> {
        let Some(upload) = self.upload(district, run).await? else {
            return Ok(None);
        };
        let mut packed = BTreeMap::new();
        for artifact in self.store.artifacts(district, run).await? {
            let stem = artifact.name.strip_prefix(UPLOAD);
            if let Some(stem) = stem.and_then(|stem| stem.strip_prefix('/')) {
                let bytes = self.depot.get(&located(&artifact)).await?;
                packed.insert(stem.to_owned(), bytes);
            }
        }
        Ok(Some(KeptFiles {
            upload,
            packed,
            cancel,
        }))
    }

    /// The list of the files that a run was given; `None` if none are kept any more.
    pub async fn upload(
        &self,
        district: ObjectId,
        run: ObjectId,
    ) -> Result<Option<Upload>, IngestError> {
        let text = self.artifact_text(district, run, UPLOAD).await?;
        let damaged = |_| IngestError::Broken("the list of an upload cannot be read");
        let upload = text.map(|text| serde_json::from_str(&text).map_err(damaged));
        upload.transpose()
    }

    /// Copies what is sent. Optional files that were sent before and are not there now are those of the upload before.
    async fn keep(
        &self,
        begun: &Begun,
        source: Box<dyn Source + Send + Sync>,
        limits: Limits,
    ) -> Result<(), IngestError> {
        let before = match self.store.current(begun.district).await? {
            Some(current) => self.upload(begun.district, current.run).await?,
            None => None,
        };
        let spools = Arc::clone(&self.spools);
        let cancel = begun.cancel.clone();
        let work = move || {
            let listed = source.files()?;
            let mut found = Fatal::default();
            let set = FileSet::find(&*source, &limits, &mut found)?;
            // Nothing is kept of files that cannot be imported anyway: reading tells what is wrong.
            if found.is_there() {
                let upload = list(listed, &set, &[], None);
                return Ok(Ok((artifacts(&upload, Vec::new(), &*spools)?, upload)));
            }
            let copied = copy_all(&Copying {
                source: &*source,
                set: &set,
                limits: &limits,
                spools: &*spools,
                cancel: &cancel,
            })?;
            if !unchanged(&set, &copied, &listed, &source.files()?) {
                return Ok(Err(IngestError::FilesChanged));
            }
            let upload = list(listed, &set, &copied, before.as_ref());
            Ok(Ok((artifacts(&upload, copied, &*spools)?, upload)))
        };
        let done: io::Result<_> = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)?;
        let (new, upload) = done.map_err(IngestError::io("reading the district's files"))??;
        self.carry_over(begun, &upload).await?;
        self.leave(begun, new).await
    }

    /// Notes the files of the upload before that stand for those that were not sent.
    async fn carry_over(&self, begun: &Begun, upload: &Upload) -> Result<(), IngestError> {
        let carried = upload.files.iter().filter(|file| file.carried_over);
        let stems: Vec<_> = carried.filter_map(|file| file.stem.as_ref()).collect();
        let Some(current) = self.store.current(begun.district).await? else {
            return Ok(());
        };
        if stems.is_empty() {
            return Ok(());
        }
        let left = self.store.artifacts(begun.district, current.run).await?;
        let wanted = |artifact: &Artifact| {
            is_of_upload(&artifact.name)
                && stems
                    .iter()
                    .any(|stem| artifact.name == format!("{UPLOAD}/{stem}"))
        };
        self.note(begun, left.into_iter().filter(wanted).collect())
            .await
    }
}

/// The list of an upload.
fn list(
    listed: Vec<FileInfo>,
    set: &FileSet,
    copied: &[Copied],
    before: Option<&Upload>,
) -> Upload {
    let stem = |name: &str| {
        let mut stems = Stem::ALL.into_iter();
        stems.find(|stem| set.name(*stem) == Some(name))
    };
    let content = |stem: Stem| -> Option<Digest> {
        let copied = copied.iter().find(|copied| copied.stem == stem)?;
        Some(copied.content)
    };
    let mut files: Vec<_> = listed
        .into_iter()
        .map(|file| {
            let stem = stem(&file.name);
            UploadFile {
                name: file.name,
                bytes: file.bytes,
                modified: file.modified.millis(),
                stem: stem.map(|stem| stem.text().to_owned()),
                content: stem.and_then(content),
                carried_over: false,
            }
        })
        .collect();
    let vanished = before.into_iter().flat_map(|before| vanished(before, set));
    files.extend(vanished);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Upload { files }
}

/// Optional files that were there before and are missing now (district-side 1.2). One of staff.csv and its old name stands
/// for the other.
fn vanished(before: &Upload, set: &FileSet) -> Vec<UploadFile> {
    let people = [Stem::Staff, Stem::Admins];
    let is_there = |stem: Stem| {
        set.name(stem).is_some()
            || (people.contains(&stem) && people.iter().any(|stem| set.name(*stem).is_some()))
    };
    let missing = Stem::ALL
        .into_iter()
        .filter(|stem| !stem.required() && !is_there(*stem));
    missing
        .filter_map(|stem| before.of(stem))
        .map(|file| UploadFile {
            carried_over: true,
            ..file.clone()
        })
        .collect()
}

/// What is left of an upload: its list and its files.
fn artifacts(
    upload: &Upload,
    copied: Vec<Copied>,
    spools: &dyn homeroom_segment::Spools,
) -> io::Result<Vec<NewArtifact>> {
    let mut list = Packing::new(spools)?;
    io::Write::write_all(&mut list, upload.to_text().as_bytes())?;
    let mut artifacts = vec![NewArtifact::new(UPLOAD, list.seal()?)];
    for file in copied {
        artifacts.push(NewArtifact {
            name: format!("{UPLOAD}/{}", file.stem.text()),
            packed: file.packed,
            length: file.length,
        });
    }
    Ok(artifacts)
}

//! From built parts to a moved district pointer: objects durable first, then one small transaction.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use homeroom_history::{CHANGES, Published, open};
use homeroom_model::{DistrictContact, Employee, Kind, Role};
use homeroom_segment::{
    Attendance, BuiltPart, Digest, Ledger, Located, Manifest, Noun as _, PartContent, Snapshot,
};
use homeroom_store::{Block, Conflict, DistrictChange, Edit, HoldMove, Publish};

use crate::Ingest;
use crate::attendance::NewAttendance;
use crate::begun::{Begun, taken_over};
use crate::ending::synced;
use crate::error::IngestError;
use crate::plan::Carried;

/// Parts up to this length share one object: the tables and relations of a small district are a single file.
const PACK_BELOW: usize = 1 << 20;

/// A publish that is about to happen.
pub(crate) struct NewSnapshot {
    /// Digest of the files it was made from.
    pub(crate) file_set: [u8; 32],
    pub(crate) parts: Vec<BuiltPart>,
    /// What becomes of the district's holds with it.
    pub(crate) hold: HoldMove,
    /// Files that are not to be imported again.
    pub(crate) block: Option<Block>,
    pub(crate) attendance: NewAttendance,
    pub(crate) attendance_read: bool,
}

impl Ingest {
    /// Puts the parts where they live, checks that they make a snapshot, and moves the district's pointer.
    pub(crate) async fn publish(
        &self,
        begun: &Begun,
        old: &Published,
        new: NewSnapshot,
    ) -> Result<Carried, IngestError> {
        let number = old.snapshot.number() + 1;
        let (mut manifest, mut bytes) = self.put(old, number, &new.parts).await?;
        for (name, located) in &manifest.parts {
            if !bytes.contains_key(name) && is_opened(name) {
                bytes.insert(name.clone(), self.depot.get(located).await?);
            }
        }
        // Opening checks order, lengths and references of everything that is about to be served.
        let checked = manifest.clone();
        let opened = tokio::task::spawn_blocking(move || open(&checked, &bytes));
        let (snapshot, _) = opened.await.map_err(|_| IngestError::Interrupted)??;
        let snapshot = Arc::new(snapshot);
        let attendance = self.put_attendance(begun, old, Arc::clone(&snapshot), new.attendance);
        let (parts, attendance) = attendance.await?;
        manifest.parts.extend(parts);
        begun.cancel.check()?;
        let objects = manifest.objects();
        let publish = Publish {
            district: begun.district,
            fence: begun.fence,
            expected: (number > 1).then_some(number - 1),
            number,
            manifest: manifest.to_text(),
            objects: objects.iter().map(|object| *object.bytes()).collect(),
            file_set: new.file_set,
            run: begun.run,
            published_at: begun.now,
            change: DistrictChange {
                contact: Edit::To(contact(&snapshot)),
                last_attendance_sync: synced(new.attendance_read, begun.now),
                ..self.told_of_a_publish(begun, &new.hold).await?
            },
            hold: new.hold,
            block: new.block,
        };
        self.commit(publish).await?;
        Ok(Carried { number, attendance })
    }

    /// Moves the pointer. An object that was there already may be on its way out: it is pardoned and looked at again,
    /// and after that nothing deletes it for a day.
    async fn commit(&self, publish: Publish) -> Result<(), IngestError> {
        self.pardon(&publish.objects).await?;
        match self.store.publish(publish.clone()).await {
            Err(error) if error.refusal() == Some(Conflict::Condemned) => {
                self.pardon(&publish.objects).await?;
                self.store.publish(publish).await.map_err(taken_over)?;
            }
            other => {
                other.map_err(taken_over)?;
            }
        }
        Ok(())
    }

    /// Takes back that objects are to be deleted, and looks whether they are still whole.
    pub(crate) async fn pardon(&self, objects: &[[u8; 32]]) -> Result<(), IngestError> {
        self.store.pardon(objects).await?;
        for object in objects {
            self.depot.verify(&Digest::new(*object)).await?;
        }
        Ok(())
    }

    /// Puts what was built: small parts together in one object, large ones each in their own. So is what the publish
    /// changed, because it is kept for longer than the tables are.
    async fn put(
        &self,
        old: &Published,
        number: u64,
        parts: &[BuiltPart],
    ) -> Result<(Manifest, HashMap<String, Bytes>), IngestError> {
        let mut places: BTreeMap<String, Located> = BTreeMap::new();
        let (mut small, mut built) = (Vec::new(), HashMap::new());
        for part in parts {
            match &part.content {
                PartContent::Reused => {
                    let kept = old
                        .manifest
                        .as_ref()
                        .and_then(|manifest| manifest.parts.get(&part.name));
                    let kept = kept.ok_or(IngestError::Broken(
                        "a part was to be reused that is not there",
                    ))?;
                    places.insert(part.name.clone(), *kept);
                }
                PartContent::Built(bytes) => {
                    built.insert(part.name.clone(), bytes.clone());
                    if bytes.len() <= PACK_BELOW && part.name != CHANGES {
                        small.push((part.name.clone(), bytes.clone()));
                    } else {
                        let object = self.depot.put(bytes.clone()).await?;
                        places.insert(
                            part.name.clone(),
                            Located {
                                object,
                                offset: 0,
                                length: bytes.len() as u64,
                            },
                        );
                    }
                }
            }
        }
        places.extend(self.depot.put_pack(small).await?);
        Ok((
            Manifest {
                format: Manifest::FORMAT,
                number,
                parts: places,
            },
            built,
        ))
    }
}

/// Whether a snapshot is opened from a part; what its publish changed, the ledger and attendance lie beside it.
fn is_opened(part: &str) -> bool {
    part != CHANGES && !Ledger::is_part(part) && !Attendance::is_part(part)
}

/// Whom apps may write to: the district admin with the smallest id (settled).
fn contact(snapshot: &Snapshot) -> Option<DistrictContact> {
    let row = snapshot.employees_with(Role::DistrictAdmin).min()?;
    let table = snapshot.table(Kind::Employee);
    let admin = Employee::read(table.row(row)).admin?;
    Some(DistrictContact {
        id: table.id(row),
        first: admin.name.first.into_owned(),
        last: admin.name.last.into_owned(),
        email: admin.email.into_owned(),
        title: admin.title.into_owned(),
    })
}

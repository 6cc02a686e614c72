//! The one small transaction in which everything about a publish becomes true.

use homeroom_model::ObjectId;
use homeroom_store::{Conflict, Digest, DistrictRecord, Publish, Run, Snapshot};
use rusqlite::{Connection, Transaction, params};

use crate::columns::signed;
use crate::fault::{Answer, Fault};
use crate::{blocks, districts, holds, leases, query, runs};

/// Checks in the order the port documents, then writes.
pub(super) fn publish(tx: &Transaction<'_>, publish: Publish) -> Answer<DistrictRecord> {
    let mut record = districts::required(tx, publish.district)?;
    leases::check_fence(tx, publish.district, publish.fence)?;
    if record.snapshot != publish.expected {
        return Err(Fault::refused(
            Conflict::Moved,
            "the district has a newer snapshot than the plan was made against; run again",
        ));
    }
    let run = publishing_run(tx, &publish)?;
    let moved = holds::moved(tx, publish.hold.clone(), &run, publish.published_at)?;
    check_not_condemned(tx, &publish.objects)?;
    let snapshot = publish.snapshot();
    record.change(publish.change)?;
    record.snapshot = Some(snapshot.number);

    insert(tx, &snapshot)?;
    insert_objects(tx, snapshot.district, snapshot.number, &snapshot.objects)?;
    districts::update(tx, &record)?;
    let sql = "UPDATE runs SET snapshot = ?3 WHERE district = ?1 AND id = ?2";
    let row = params![
        snapshot.district.bytes(),
        snapshot.run.bytes(),
        signed(snapshot.number),
    ];
    query::change(tx, sql, row)?;
    holds::keep(tx, moved)?;
    if let Some(block) = &publish.block {
        blocks::block(tx, block)?;
    }
    Ok(record)
}

/// Refuses if one of the objects is condemned.
pub(crate) fn check_not_condemned(connection: &Connection, objects: &[Digest]) -> Answer<()> {
    for object in objects {
        if query::any(
            connection,
            "SELECT 1 FROM condemned WHERE object = ?1",
            [object],
        )? {
            return Err(Fault::refused(
                Conflict::Condemned,
                "an object it names is on its way out; pardon and verify the objects, then try again",
            ));
        }
    }
    Ok(())
}

/// Records what a snapshot names.
pub(super) fn insert_objects(
    tx: &Transaction<'_>,
    district: ObjectId,
    number: u64,
    objects: &[Digest],
) -> Answer<()> {
    let sql = "INSERT INTO snapshot_objects (district, number, object) VALUES (?1, ?2, ?3)";
    for object in objects {
        query::change(tx, sql, params![district.bytes(), signed(number), object])?;
    }
    Ok(())
}

fn publishing_run(tx: &Transaction<'_>, publish: &Publish) -> Answer<Run> {
    let run = runs::running(tx, publish.district, publish.run, publish.fence)?;
    if run.snapshot.is_some() {
        return Err(Fault::refused(
            Conflict::Exists,
            "the run has published already",
        ));
    }
    Ok(run)
}

fn insert(tx: &Transaction<'_>, snapshot: &Snapshot) -> Answer<()> {
    let sql = "INSERT INTO snapshots (district, number, run, file_set, published_at, manifest) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![
        snapshot.district.bytes(),
        signed(snapshot.number),
        snapshot.run.bytes(),
        snapshot.file_set,
        snapshot.published_at.millis(),
        snapshot.manifest,
    ];
    query::change(tx, sql, row).map(drop)
}

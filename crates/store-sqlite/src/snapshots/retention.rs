//! What becomes of old snapshots: thinned, pinned, forgotten.

use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{Conflict, NewManifest, sorted_digests};
use rusqlite::{Transaction, params};

use super::publish::{check_not_condemned, insert_objects};
use super::{find, is_kept};
use crate::columns::signed;
use crate::fault::{Answer, Fault};
use crate::query;

pub(super) fn replace_manifest(tx: &Transaction<'_>, new: &NewManifest) -> Answer<()> {
    let Some(kept) = find(tx, new.district, new.number)? else {
        return Err(not_kept());
    };
    let objects = sorted_digests(&new.objects);
    if kept.manifest == new.manifest && kept.objects == objects {
        return Ok(());
    }
    if kept.manifest != new.replaces {
        return Err(Fault::refused(
            Conflict::Moved,
            "the snapshot has another manifest meanwhile; read it again",
        ));
    }
    check_not_condemned(tx, &objects)?;
    let sql = "UPDATE snapshots SET manifest = ?3 WHERE district = ?1 AND number = ?2";
    let row = params![new.district.bytes(), signed(new.number), new.manifest];
    query::change(tx, sql, row)?;
    delete_objects(tx, new.district, new.number)?;
    insert_objects(tx, new.district, new.number, &objects)
}

pub(super) fn forget(tx: &Transaction<'_>, district: ObjectId, number: u64) -> Answer<bool> {
    if !is_kept(tx, district, number)? {
        return Ok(false);
    }
    let sql = "SELECT 1 FROM districts WHERE id = ?1 AND snapshot = ?2 \
               UNION ALL SELECT 1 FROM connections WHERE district = ?1 AND view_snapshot = ?2 \
               UNION ALL SELECT 1 FROM pins WHERE district = ?1 AND number = ?2";
    let key = params![district.bytes(), signed(number)];
    if query::any(tx, sql, key)? {
        return Err(Fault::refused(
            Conflict::InUse,
            "the snapshot is the newest one, an app sees it, or it is pinned",
        ));
    }
    delete_objects(tx, district, number)?;
    let sql = "DELETE FROM snapshots WHERE district = ?1 AND number = ?2";
    query::change(tx, sql, key)?;
    Ok(true)
}

pub(super) fn pin(
    tx: &Transaction<'_>,
    district: ObjectId,
    number: u64,
    name: &str,
    now: Timestamp,
) -> Answer<()> {
    if !is_kept(tx, district, number)? {
        return Err(not_kept());
    }
    let sql = "INSERT INTO pins (district, number, name, pinned_at) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT DO NOTHING";
    let row = params![district.bytes(), signed(number), name, now.millis()];
    query::change(tx, sql, row).map(drop)
}

fn delete_objects(tx: &Transaction<'_>, district: ObjectId, number: u64) -> Answer<()> {
    let sql = "DELETE FROM snapshot_objects WHERE district = ?1 AND number = ?2";
    query::change(tx, sql, params![district.bytes(), signed(number)]).map(drop)
}

fn not_kept() -> Fault {
    Fault::refused(Conflict::Gone, "the snapshot is not kept any more")
}

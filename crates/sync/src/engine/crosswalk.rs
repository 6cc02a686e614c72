//! Tables of old and new ids that people uploaded, as source ids (integration-side A3.14).

use std::collections::{BTreeMap, HashMap};

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::sis_ids;
use homeroom_roster::{CrosswalkRow, Reading, RosterError};
use homeroom_segment::Snapshot;

/// Rows of the crosswalk that have not done their work, as old and new source ids. SIS ids are looked for among who was
/// there and who is there now.
pub(crate) fn crosswalk(
    reading: &dyn Reading,
    district: i64,
    base: &Snapshot,
    mirror: &Snapshot,
) -> Result<BTreeMap<ObjectId, ObjectId>, RosterError> {
    let rows = reading.crosswalk(district)?.into_iter();
    let open: Vec<CrosswalkRow> = rows.filter(|row| row.used_by.is_none()).collect();
    let mut found = BTreeMap::new();
    for row in open.iter().filter(|row| row.source_ids) {
        let ids = (ObjectId::from_hex(&row.old), ObjectId::from_hex(&row.new));
        if let (Some(old), Some(new)) = ids {
            found.insert(old, new);
        }
    }
    let of_sis_ids: Vec<_> = open.iter().filter(|row| !row.source_ids).collect();
    for kind in Kind::ALL {
        let stored = crate::roster::roster_kind(kind);
        let rows: Vec<_> = of_sis_ids
            .iter()
            .filter(|row| Some(row.kind) == stored)
            .collect();
        if rows.is_empty() {
            continue;
        }
        let (before, now) = (by_sis_id(base, kind), by_sis_id(mirror, kind));
        for row in rows {
            let ids = (before.get(&*row.old), now.get(&*row.new));
            if let (Some(old), Some(new)) = ids
                && old != new
            {
                found.insert(*old, *new);
            }
        }
    }
    Ok(found)
}

/// Who has an id in the SIS.
fn by_sis_id(snapshot: &Snapshot, kind: Kind) -> HashMap<&str, ObjectId> {
    let table = snapshot.table(kind);
    let rows = (0..table.len()).flat_map(|row| {
        let ids = sis_ids(snapshot, kind, row).into_iter();
        ids.map(move |(_, id)| (id, table.id(row)))
    });
    rows.collect()
}

//! Leases of districts.

use homeroom_model::Timestamp;
use rusqlite::{Connection, params};

use crate::lease::{Lease, LeaseRow};
use crate::sqlite::columns;
use crate::sqlite::districts::claim;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Refusal, RosterError};

/// Takes or renews a lease.
pub(crate) fn lease(
    tx: &Connection,
    district: i64,
    holder: &str,
    at: Timestamp,
    until: Timestamp,
) -> Answer<Lease> {
    if until <= at {
        return Err(Fault::Roster(RosterError::refused(
            Refusal::Invalid,
            "a lease has to end after it begins",
        )));
    }
    let sql = "SELECT fence FROM district WHERE id = ?1";
    let newest: Option<i64> = query::first(tx, sql, [district], |row| Ok(row.get(0)?))?;
    let newest = newest.ok_or(Fault::Refused(Refusal::Gone))?;
    let standing = read(tx, district)?;
    let fence = match standing {
        // Nobody else came between, so that a late renewal endangers nobody.
        Some(row) if row.holder == holder && row.fence == newest => newest,
        Some(row) if row.holder != holder && row.until > at => {
            let (holder, until) = (row.holder, row.until);
            return Ok(Lease::Taken { holder, until });
        }
        _ => newest + 1,
    };
    claim(tx, district, fence)?;
    let sql = "INSERT INTO lease (district, holder, fence, since, until) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT (district) DO UPDATE SET holder = excluded.holder, fence = excluded.fence, \
               since = excluded.since, until = excluded.until";
    let row = params![district, holder, fence, at.millis(), until.millis()];
    query::change(tx, sql, row)?;
    Ok(Lease::Yours { fence })
}

/// Gives a lease back.
pub(crate) fn release(tx: &Connection, district: i64, holder: &str) -> Answer<bool> {
    let sql = "DELETE FROM lease WHERE district = ?1 AND holder = ?2";
    Ok(query::change(tx, sql, params![district, holder])? > 0)
}

/// Who has it, lapsed or not.
pub(crate) fn read(at: &Connection, district: i64) -> Answer<Option<LeaseRow>> {
    let sql = "SELECT holder, fence, since, until FROM lease WHERE district = ?1";
    query::first(at, sql, [district], |row| {
        Ok(LeaseRow {
            holder: row.get(0)?,
            fence: row.get(1)?,
            since: columns::moment(row, 2)?,
            until: columns::moment(row, 3)?,
        })
    })
}

use homeroom_model::{Date, Timestamp};
use rusqlite::params;

use crate::district::{Connection, Districts, NewDistrict};
use crate::kind::IDS_PER_DISTRICT;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::{leases, query};
use crate::{Lease, Refusal, RosterError, SqliteRoster};

impl Districts for SqliteRoster {
    fn connect(&self, district: &NewDistrict<'_>) -> Result<i64, RosterError> {
        self.write("connecting a district", |tx| {
            let sql = "SELECT id FROM district WHERE source_id = ?1";
            let found = query::first(tx, sql, [district.source_id], |row| Ok(row.get(0)?))?;
            if let Some(id) = found {
                return Ok(id);
            }
            let sql = "SELECT ifnull(max(id), 0) + 1 FROM district";
            let id: i64 = query::first(tx, sql, [], |row| Ok(row.get(0)?))?.unwrap_or(1);
            let sql = "INSERT INTO district (id, source_id, name, state_since, next_id) VALUES (?1, ?2, ?3, ?4, ?5)";
            let next = id * IDS_PER_DISTRICT + 1;
            let row = params![id, district.source_id, district.name, district.at.millis(), next];
            query::change(tx, sql, row)?;
            Ok(id)
        })
    }

    fn set_connection(
        &self,
        district: i64,
        state: Connection,
        reason: Option<&str>,
        keep_until: Option<Date>,
        at: Timestamp,
    ) -> Result<bool, RosterError> {
        self.write("saying how a district is connected", |tx| {
            let sql = "UPDATE district SET state_since = iif(state = ?2, state_since, ?5), state = ?2, state_reason = ?3, \
                       keep_until = ?4 WHERE id = ?1";
            let until = keep_until.map(|date| date.to_string());
            let row = params![district, state.text(), reason, until, at.millis()];
            Ok(query::change(tx, sql, row)? > 0)
        })
    }

    fn claim(&self, district: i64, fence: i64) -> Result<(), RosterError> {
        self.write("announcing a writer", |tx| claim(tx, district, fence))
    }

    fn lease(
        &self,
        district: i64,
        holder: &str,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, RosterError> {
        self.write("leasing a district", |tx| {
            leases::lease(tx, district, holder, at, until)
        })
    }

    fn release(&self, district: i64, holder: &str) -> Result<bool, RosterError> {
        self.write("giving a lease back", |tx| {
            leases::release(tx, district, holder)
        })
    }
}

/// Takes note of a writer's number; refuses an old one.
pub(crate) fn claim(tx: &rusqlite::Connection, district: i64, fence: i64) -> Answer<()> {
    let sql = "SELECT fence FROM district WHERE id = ?1";
    let known: Option<i64> = query::first(tx, sql, [district], |row| Ok(row.get(0)?))?;
    let known = known.ok_or(Fault::Roster(RosterError::refused(
        Refusal::Gone,
        "there is no such district",
    )))?;
    if fence < known {
        return Err(Fault::Roster(RosterError::refused(
            Refusal::Fenced,
            "a newer writer of the district exists; stop, it goes on",
        )));
    }
    if fence > known {
        let sql = "UPDATE district SET fence = ?2 WHERE id = ?1";
        query::change(tx, sql, [district, fence])?;
    }
    Ok(())
}

use std::time::Duration;

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{Conflict, Lease, LeaseAnswer, LeaseRequest, Leases, StoreError};
use rusqlite::{Connection, Row, Transaction, params};

use crate::columns::{moment, number, signed};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, districts, query};

#[async_trait]
impl Leases for SqliteStore {
    async fn lease(&self, request: LeaseRequest) -> Result<LeaseAnswer, StoreError> {
        request.check()?;
        self.write("asking for a lease", move |tx| lease(tx, &request))
            .await
    }

    async fn renew_lease(
        &self,
        district: ObjectId,
        fence: u64,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        self.write("renewing a lease", move |tx| {
            let sql = "UPDATE leases SET until = ?3 \
                       WHERE district = ?1 AND fence = ?2 AND holder IS NOT NULL";
            let until = Lease::end(now, ttl).millis();
            let renewed =
                query::change(tx, sql, params![district.bytes(), signed(fence), until])? > 0;
            if renewed {
                held(tx, district)
            } else {
                Ok(None)
            }
        })
        .await
    }

    async fn release_lease(&self, district: ObjectId, fence: u64) -> Result<bool, StoreError> {
        self.write("releasing a lease", move |tx| {
            let sql = "UPDATE leases SET holder = NULL \
                       WHERE district = ?1 AND fence = ?2 AND holder IS NOT NULL";
            Ok(query::change(tx, sql, params![district.bytes(), signed(fence)])? > 0)
        })
        .await
    }

    async fn lease_of(&self, district: ObjectId) -> Result<Option<Lease>, StoreError> {
        self.read("reading a lease", |connection| held(connection, district))
            .await
    }
}

/// Refuses unless `fence` is that of the district's newest lease.
pub(crate) fn check_fence(connection: &Connection, district: ObjectId, fence: u64) -> Answer<()> {
    if newest_fence(connection, district)? == Some(fence) {
        return Ok(());
    }
    Err(Fault::refused(
        Conflict::Fenced,
        "another run of this district has taken over; let it finish, then run again",
    ))
}

/// The lease of a district, unless it was released.
pub(crate) fn held(connection: &Connection, district: ObjectId) -> Answer<Option<Lease>> {
    let sql = "SELECT holder, fence, until FROM leases WHERE district = ?1 AND holder IS NOT NULL";
    let read = |row: &Row<'_>| {
        Ok(Lease {
            district,
            holder: row.get(0)?,
            fence: number(row, 1)?,
            until: moment(row, 2)?,
        })
    };
    query::first(connection, sql, [district.bytes()], read)
}

fn newest_fence(connection: &Connection, district: ObjectId) -> Answer<Option<u64>> {
    let sql = "SELECT fence FROM leases WHERE district = ?1";
    query::first(connection, sql, [district.bytes()], |row| number(row, 0))
}

fn lease(tx: &Transaction<'_>, request: &LeaseRequest) -> Answer<LeaseAnswer> {
    districts::required(tx, request.district)?;
    if let Some(held) = held(tx, request.district)?
        && !request.overtakes(held.fence, held.until)
    {
        return Ok(LeaseAnswer::Held(held));
    }
    let last = newest_fence(tx, request.district)?;
    let lease = request.grant(last.unwrap_or(0))?;
    let sql = "INSERT INTO leases (district, fence, holder, until) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT DO UPDATE SET fence = excluded.fence, holder = excluded.holder, \
               until = excluded.until";
    let row = params![
        lease.district.bytes(),
        signed(lease.fence),
        lease.holder,
        lease.until.millis(),
    ];
    query::change(tx, sql, row)?;
    Ok(LeaseAnswer::Granted(lease))
}

use std::num::NonZeroU64;

use async_trait::async_trait;
use homeroom_model::{IdRange, ObjectId};
use homeroom_store::{Conflict, Ids, StoreError, next_range};
use rusqlite::{Transaction, params};

use crate::columns::signed;
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, districts, query};

#[async_trait]
impl Ids for SqliteStore {
    async fn reserve_ids(
        &self,
        district: ObjectId,
        count: NonZeroU64,
        now_seconds: u32,
        fence: [u8; 5],
    ) -> Result<IdRange, StoreError> {
        self.write("reserving ids", move |tx| {
            districts::required(tx, district)?;
            let high_water = high_water(tx, district)?;
            let range = next_range(high_water, count, now_seconds, fence)?;
            record(tx, district, &range)?;
            Ok(range)
        })
        .await
    }
}

fn high_water(tx: &Transaction<'_>, district: ObjectId) -> Answer<Option<u32>> {
    let sql = "SELECT last_second FROM id_ranges WHERE district = ?1 ORDER BY seconds DESC LIMIT 1";
    query::first(tx, sql, [district.bytes()], |row| Ok(row.get(0)?))
}

fn record(tx: &Transaction<'_>, district: ObjectId, range: &IdRange) -> Answer<()> {
    let sql = "SELECT 1 FROM id_ranges WHERE fence = ?1 AND seconds <= ?3 AND last_second >= ?2";
    let span = params![range.fence, range.seconds, range.last_second()];
    if query::any(tx, sql, span)? {
        return Err(Fault::refused(
            Conflict::Exists,
            "the fence is taken in this second; draw another one",
        ));
    }
    let sql = "INSERT INTO id_ranges (district, seconds, last_second, fence, count) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = params![
        district.bytes(),
        range.seconds,
        range.last_second(),
        range.fence,
        signed(range.count),
    ];
    query::change(tx, sql, row).map(drop)
}

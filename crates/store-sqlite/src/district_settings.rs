use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{DistrictSettings, DistrictSettingsText, StoreError};
use rusqlite::{Connection, Row, params};

use crate::columns::{moment, number, signed};
use crate::fault::Answer;
use crate::{SqliteStore, districts, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, text, set_at, actor FROM district_settings ",
            $rest
        )
    };
}

#[async_trait]
impl DistrictSettings for SqliteStore {
    async fn district_settings(
        &self,
        district: ObjectId,
    ) -> Result<Option<DistrictSettingsText>, StoreError> {
        self.read("reading settings of a district", |connection| {
            newest(connection, district)
        })
        .await
    }

    async fn numbered_district_settings(
        &self,
        district: ObjectId,
        number: u64,
    ) -> Result<Option<DistrictSettingsText>, StoreError> {
        self.read("reading earlier settings of a district", |connection| {
            let sql = select!("WHERE district = ?1 AND number = ?2");
            let key = params![district.bytes(), signed(number)];
            query::first(connection, sql, key, read)
        })
        .await
    }

    async fn set_district_settings(
        &self,
        district: ObjectId,
        expected: Option<u64>,
        text: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        DistrictSettingsText::check(expected, text, actor)?;
        let (text, actor) = (text.to_owned(), actor.to_owned());
        self.write("changing settings of a district", move |tx| {
            districts::required(tx, district)?;
            let kept = newest(tx, district)?;
            let (after, changed) = DistrictSettingsText::after(kept, expected, &text, &actor, now)?;
            if changed {
                let sql = "INSERT INTO district_settings (district, number, text, set_at, actor) \
                           VALUES (?1, ?2, ?3, ?4, ?5)";
                let row = params![
                    district.bytes(),
                    signed(after.number),
                    after.text,
                    after.set_at.millis(),
                    after.actor,
                ];
                query::change(tx, sql, row)?;
            }
            Ok(after.number)
        })
        .await
    }
}

fn newest(connection: &Connection, district: ObjectId) -> Answer<Option<DistrictSettingsText>> {
    let sql = select!("WHERE district = ?1 ORDER BY number DESC LIMIT 1");
    query::first(connection, sql, [district.bytes()], read)
}

fn read(row: &Row<'_>) -> Answer<DistrictSettingsText> {
    Ok(DistrictSettingsText {
        number: number(row, 0)?,
        text: row.get(1)?,
        set_at: moment(row, 2)?,
        actor: row.get(3)?,
    })
}

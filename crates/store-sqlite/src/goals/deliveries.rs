//! The log of deliveries.

use homeroom_store::{DeliveryRows, FeedKey, GoalsDelivery};
use rusqlite::{Connection, Row, Transaction, params};

use crate::columns::{date, digest, moment, number, signed};
use crate::fault::Answer;
use crate::query;

/// Adds a delivery; of those alike in whether they were accepted the newest `most` stay.
pub(super) fn log(
    tx: &Transaction<'_>,
    key: FeedKey,
    delivery: &GoalsDelivery,
    most: u64,
) -> Answer<()> {
    let (district, app) = (key.district.bytes(), key.app.bytes());
    // The newest of all stays, so the next number is never one that was given before.
    let sql = "INSERT INTO goals_deliveries (district, app, number, at, day, body, bytes, status, accepted, \
               received, updated, unchanged, rejected, warnings, report) \
               VALUES (?1, ?2, (SELECT coalesce(max(number), 0) + 1 FROM goals_deliveries \
               WHERE district = ?1 AND app = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    let row = params![
        district,
        app,
        delivery.at.millis(),
        delivery.day.days(),
        delivery.body,
        signed(delivery.bytes),
        delivery.status,
        delivery.accepted,
        delivery.rows.received,
        delivery.rows.updated,
        delivery.rows.unchanged,
        delivery.rows.rejected,
        delivery.rows.warnings,
        delivery.report,
    ];
    query::change(tx, sql, row)?;
    let sql = "DELETE FROM goals_deliveries WHERE district = ?1 AND app = ?2 AND number = \
               (SELECT number FROM goals_deliveries WHERE district = ?1 AND app = ?2 AND accepted = ?3 \
               ORDER BY number DESC LIMIT 1 OFFSET ?4)";
    let over = params![district, app, delivery.accepted, signed(most)];
    query::change(tx, sql, over)?;
    if delivery.reports() {
        let sql = "INSERT INTO goals_delivery_days (district, app, day) VALUES (?1, ?2, ?3) \
                   ON CONFLICT DO NOTHING";
        query::change(tx, sql, params![district, app, delivery.day.days()])?;
    }
    Ok(())
}

pub(super) fn list(
    connection: &Connection,
    key: FeedKey,
    before: Option<u64>,
    limit: u32,
) -> Answer<Vec<GoalsDelivery>> {
    let sql = "SELECT number, at, day, body, bytes, status, accepted, \
               received, updated, unchanged, rejected, warnings, report FROM goals_deliveries \
               WHERE district = ?1 AND app = ?2 AND number < ?3 ORDER BY number DESC LIMIT ?4";
    let before = before.map_or(i64::MAX, signed);
    let of = params![key.district.bytes(), key.app.bytes(), before, limit];
    query::all(connection, sql, of, read)
}

fn read(row: &Row<'_>) -> Answer<GoalsDelivery> {
    Ok(GoalsDelivery {
        number: number(row, 0)?,
        at: moment(row, 1)?,
        day: date(row, 2)?,
        body: digest(row, 3)?,
        bytes: number(row, 4)?,
        status: row.get(5)?,
        accepted: row.get(6)?,
        rows: DeliveryRows {
            received: row.get(7)?,
            updated: row.get(8)?,
            unchanged: row.get(9)?,
            rejected: row.get(10)?,
            warnings: row.get(11)?,
        },
        report: row.get(12)?,
    })
}

//! Feeds: switched, changed, forgotten.

use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{AuditEntry, Conflict, FeedKey, GoalsFeed, SetGoalsFeed};
use rusqlite::{Connection, Row, Transaction, params};

use crate::columns::{id, moment, moment_if_any, number, signed};
use crate::fault::{Answer, Fault};
use crate::{audit, districts, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT district, app, is_on, revision, text, set_at, actor, generation, year, last FROM goals_feeds ",
            $rest
        )
    };
}

pub(super) fn find(connection: &Connection, key: FeedKey) -> Answer<Option<GoalsFeed>> {
    let sql = select!("WHERE district = ?1 AND app = ?2");
    let of = params![key.district.bytes(), key.app.bytes()];
    query::first(connection, sql, of, read)
}

pub(super) fn required(connection: &Connection, key: FeedKey) -> Answer<GoalsFeed> {
    find(connection, key)?.ok_or_else(|| Fault::refused(Conflict::Gone, "there is no such feed"))
}

pub(super) fn of_district(connection: &Connection, district: ObjectId) -> Answer<Vec<GoalsFeed>> {
    let sql = select!("WHERE district = ?1 ORDER BY app");
    query::all(connection, sql, [district.bytes()], read)
}

pub(super) fn set(tx: &Transaction<'_>, wish: &SetGoalsFeed) -> Answer<u64> {
    districts::required(tx, wish.key.district)?;
    let sql = "SELECT 1 FROM apps WHERE id = ?1";
    if !query::any(tx, sql, [wish.key.app.bytes()])? {
        return Err(Fault::refused(Conflict::Gone, "there is no such app"));
    }
    let (feed, changed) = GoalsFeed::after(find(tx, wish.key)?, wish)?;
    if changed {
        write(tx, &feed)?;
        if let Some(entry) = &wish.audit {
            audit::add(tx, entry)?;
        }
    }
    Ok(feed.revision)
}

/// Writes a feed, there or not.
pub(super) fn write(tx: &Transaction<'_>, feed: &GoalsFeed) -> Answer<()> {
    let sql = "INSERT INTO goals_feeds \
               (district, app, is_on, revision, text, set_at, actor, generation, year, last) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
               ON CONFLICT DO UPDATE SET is_on = excluded.is_on, revision = excluded.revision, \
               text = excluded.text, set_at = excluded.set_at, actor = excluded.actor, \
               generation = excluded.generation, year = excluded.year, last = excluded.last";
    let row = params![
        feed.key.district.bytes(),
        feed.key.app.bytes(),
        feed.on,
        signed(feed.revision),
        feed.text,
        feed.set_at.millis(),
        feed.actor,
        signed(feed.generation),
        feed.year,
        feed.last.map(Timestamp::millis),
    ];
    query::change(tx, sql, row).map(drop)
}

pub(super) fn forget(
    tx: &Transaction<'_>,
    key: FeedKey,
    noted: Option<&AuditEntry>,
) -> Answer<bool> {
    if find(tx, key)?.is_none() {
        return Ok(false);
    }
    if let Some(entry) = noted {
        audit::add(tx, entry)?;
    }
    let of = params![key.district.bytes(), key.app.bytes()];
    for sql in [
        "DELETE FROM goals_student_years WHERE district = ?1 AND app = ?2",
        "DELETE FROM goals_earlier_days WHERE district = ?1 AND app = ?2",
        "DELETE FROM goals_deliveries WHERE district = ?1 AND app = ?2",
        "DELETE FROM goals_delivery_days WHERE district = ?1 AND app = ?2",
        "DELETE FROM goals_targets WHERE district = ?1 AND app = ?2",
        "DELETE FROM goals_standings WHERE district = ?1 AND app = ?2",
        "DELETE FROM goals_feeds WHERE district = ?1 AND app = ?2",
    ] {
        query::change(tx, sql, of)?;
    }
    Ok(true)
}

fn read(row: &Row<'_>) -> Answer<GoalsFeed> {
    Ok(GoalsFeed {
        key: FeedKey {
            district: id(row, 0)?,
            app: id(row, 1)?,
        },
        on: row.get(2)?,
        revision: number(row, 3)?,
        text: row.get(4)?,
        set_at: moment(row, 5)?,
        actor: row.get(6)?,
        generation: number(row, 7)?,
        year: row.get(8)?,
        last: moment_if_any(row, 9)?,
    })
}

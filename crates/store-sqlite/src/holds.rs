use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{
    Block, CloseHold, Conflict, Hold, HoldMove, HoldState, Holds, MovedHolds, Run, StoreError,
};
use rusqlite::{Connection, Row, Transaction, params};

use crate::columns::{digest, id, moment, moment_if_any, number_if_any, signed};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, blocks, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT district, run, base, digest, file_set, triggers, opened, state, closed, actor, note \
             FROM holds ",
            $rest
        )
    };
}

#[async_trait]
impl Holds for SqliteStore {
    async fn waiting_hold(&self, district: ObjectId) -> Result<Option<Hold>, StoreError> {
        self.read("reading the waiting hold", |connection| {
            waiting(connection, district)
        })
        .await
    }

    async fn hold(&self, district: ObjectId, run: ObjectId) -> Result<Option<Hold>, StoreError> {
        self.read("reading a hold", |connection| {
            find(connection, district, run)
        })
        .await
    }

    async fn holds(
        &self,
        district: ObjectId,
        before: Option<(Timestamp, ObjectId)>,
        limit: u32,
    ) -> Result<Vec<Hold>, StoreError> {
        self.read_many("listing holds", move |connection| {
            let district = district.bytes();
            if let Some((opened, run)) = before {
                let sql = select!(
                    "WHERE district = ?1 AND (opened, run) < (?2, ?3) \
                     ORDER BY opened DESC, run DESC LIMIT ?4"
                );
                let key = params![district, opened.millis(), run.bytes(), limit];
                query::all(connection, sql, key, read)
            } else {
                let sql = select!("WHERE district = ?1 ORDER BY opened DESC, run DESC LIMIT ?2");
                query::all(connection, sql, params![district, limit], read)
            }
        })
        .await
    }

    async fn close_hold(&self, close: CloseHold) -> Result<Hold, StoreError> {
        close.check()?;
        self.write("closing a hold", move |tx| close_one(tx, close))
            .await
    }
}

/// What a move by `run` makes of the holds of its district; nothing is changed yet.
pub(crate) fn moved(
    tx: &Transaction<'_>,
    hold: HoldMove,
    run: &Run,
    now: Timestamp,
) -> Answer<MovedHolds> {
    if hold == HoldMove::Keep {
        return Ok(MovedHolds::default());
    }
    let moved = hold.apply(waiting(tx, run.district)?, run, now)?;
    if moved.opened.is_some() && find(tx, run.district, run.id)?.is_some() {
        return Err(Fault::refused(
            Conflict::Exists,
            "the run has a hold already",
        ));
    }
    Ok(moved)
}

/// Makes it so.
pub(crate) fn keep(tx: &Transaction<'_>, moved: MovedHolds) -> Answer<()> {
    if let Some(hold) = moved.closed {
        update(tx, &hold)?;
    }
    match moved.opened {
        Some(hold) => insert(tx, &hold),
        None => Ok(()),
    }
}

fn close_one(tx: &Transaction<'_>, close: CloseHold) -> Answer<Hold> {
    let Some(hold) = find(tx, close.district, close.run)? else {
        return Err(Fault::refused(Conflict::Gone, "the run has no hold"));
    };
    let (hold, changed) = close.apply(hold)?;
    if changed {
        update(tx, &hold)?;
        if close.block {
            let block = Block {
                district: close.district,
                file_set: hold.file_set,
                reason: close.state.as_str().to_owned(),
                run: close.run,
                actor: close.actor,
                at: close.now,
            };
            blocks::block(tx, &block)?;
        }
    }
    Ok(hold)
}

fn waiting(connection: &Connection, district: ObjectId) -> Answer<Option<Hold>> {
    let sql = select!("WHERE district = ?1 AND state = 'waiting'");
    query::first(connection, sql, [district.bytes()], read)
}

fn find(connection: &Connection, district: ObjectId, run: ObjectId) -> Answer<Option<Hold>> {
    let sql = select!("WHERE district = ?1 AND run = ?2");
    query::first(connection, sql, [district.bytes(), run.bytes()], read)
}

fn update(tx: &Transaction<'_>, hold: &Hold) -> Answer<()> {
    let sql = "UPDATE holds SET state = ?3, closed = ?4, actor = ?5, note = ?6 \
               WHERE district = ?1 AND run = ?2";
    let row = params![
        hold.district.bytes(),
        hold.run.bytes(),
        hold.state.as_str(),
        hold.closed.map(Timestamp::millis),
        hold.actor,
        hold.note,
    ];
    query::change(tx, sql, row).map(drop)
}

fn insert(tx: &Transaction<'_>, hold: &Hold) -> Answer<()> {
    let sql = "INSERT INTO holds (district, run, base, digest, file_set, triggers, opened, state, \
               closed, actor, note) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let row = params![
        hold.district.bytes(),
        hold.run.bytes(),
        hold.base.map(signed),
        hold.digest,
        hold.file_set,
        hold.triggers,
        hold.opened.millis(),
        hold.state.as_str(),
        hold.closed.map(Timestamp::millis),
        hold.actor,
        hold.note,
    ];
    query::change(tx, sql, row).map(drop)
}

fn read(row: &Row<'_>) -> Answer<Hold> {
    let state: String = row.get(7)?;
    Ok(Hold {
        district: id(row, 0)?,
        run: id(row, 1)?,
        base: number_if_any(row, 2)?,
        digest: row.get(3)?,
        file_set: digest(row, 4)?,
        triggers: row.get(5)?,
        opened: moment(row, 6)?,
        state: HoldState::from_name(&state).ok_or(Fault::unreadable("a hold's state"))?,
        closed: moment_if_any(row, 8)?,
        actor: row.get(9)?,
        note: row.get(10)?,
    })
}

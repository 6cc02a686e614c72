use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{Conflict, NewRun, Run, RunEnd, RunState, Runs, StoreError};
use rusqlite::{Connection, Row, Transaction, params};

use crate::columns::{id, moment, moment_if_any, number, number_if_any, signed};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, districts, leases, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, district, fence, started, source, state, snapshot, finished FROM runs ",
            $rest
        )
    };
}

#[async_trait]
impl Runs for SqliteStore {
    async fn start_run(&self, run: NewRun) -> Result<Run, StoreError> {
        run.check()?;
        self.write("starting a run", move |tx| start(tx, run)).await
    }

    async fn finish_run(&self, end: RunEnd) -> Result<Run, StoreError> {
        end.check()?;
        self.write("ending a run", move |tx| finish(tx, &end)).await
    }

    async fn run(&self, district: ObjectId, run: ObjectId) -> Result<Option<Run>, StoreError> {
        self.read("reading a run", |connection| {
            find(connection, district, run)
        })
        .await
    }

    async fn report(
        &self,
        district: ObjectId,
        run: ObjectId,
    ) -> Result<Option<String>, StoreError> {
        self.read_many("reading a report", move |connection| {
            report(connection, district, run)
        })
        .await
    }

    async fn runs(
        &self,
        district: ObjectId,
        before: Option<(Timestamp, ObjectId)>,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError> {
        self.read_many("listing runs", move |connection| {
            let district = district.bytes();
            if let Some((started, run)) = before {
                let sql = select!(
                    "WHERE district = ?1 AND (started, id) < (?2, ?3) \
                     ORDER BY started DESC, id DESC LIMIT ?4"
                );
                let key = params![district, started.millis(), run.bytes(), limit];
                query::all(connection, sql, key, read)
            } else {
                let sql = select!("WHERE district = ?1 ORDER BY started DESC, id DESC LIMIT ?2");
                query::all(connection, sql, params![district, limit], read)
            }
        })
        .await
    }

    async fn close_abandoned(
        &self,
        district: ObjectId,
        now: Timestamp,
    ) -> Result<Vec<Run>, StoreError> {
        self.write("closing abandoned runs", move |tx| {
            close_abandoned(tx, district, now)
        })
        .await
    }
}

/// A run of a district.
pub(crate) fn find(
    connection: &Connection,
    district: ObjectId,
    run: ObjectId,
) -> Answer<Option<Run>> {
    let sql = select!("WHERE district = ?1 AND id = ?2");
    query::first(connection, sql, [district.bytes(), run.bytes()], read)
}

fn report(connection: &Connection, district: ObjectId, run: ObjectId) -> Answer<Option<String>> {
    let sql = "SELECT report FROM runs WHERE district = ?1 AND id = ?2";
    let key = [district.bytes(), run.bytes()];
    Ok(query::first(connection, sql, key, |row| Ok(row.get(0)?))?.flatten())
}

fn start(tx: &Transaction<'_>, new: NewRun) -> Answer<Run> {
    districts::required(tx, new.district)?;
    leases::check_fence(tx, new.district, new.fence)?;
    if find(tx, new.district, new.id)?.is_some() {
        return Err(Fault::refused(
            Conflict::Exists,
            "there is a run with this id already",
        ));
    }
    let run = new.begin();
    let sql = "INSERT INTO runs (district, id, fence, started, source, state) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![
        run.district.bytes(),
        run.id.bytes(),
        signed(run.fence),
        run.started.millis(),
        run.source,
        run.state.as_str(),
    ];
    query::change(tx, sql, row)?;
    Ok(run)
}

fn finish(tx: &Transaction<'_>, end: &RunEnd) -> Answer<Run> {
    let Some(mut run) = find(tx, end.district, end.run)? else {
        return Err(Fault::refused(Conflict::Gone, "there is no such run"));
    };
    if run.state != RunState::Running {
        let kept = report(tx, end.district, end.run)?;
        if run.state == end.state && kept.as_ref() == Some(&end.report) {
            return Ok(run);
        }
        return Err(Fault::refused(
            Conflict::Moved,
            "the run has ended already, or another run has closed it",
        ));
    }
    end.check_against(&run)?;
    run.state = end.state;
    run.finished = Some(end.finished);
    let sql = "UPDATE runs SET state = ?3, finished = ?4, report = ?5 \
               WHERE district = ?1 AND id = ?2";
    let row = params![
        end.district.bytes(),
        end.run.bytes(),
        end.state.as_str(),
        end.finished.millis(),
        end.report,
    ];
    query::change(tx, sql, row)?;
    Ok(run)
}

fn close_abandoned(tx: &Transaction<'_>, district: ObjectId, now: Timestamp) -> Answer<Vec<Run>> {
    let live = leases::held(tx, district)?.filter(|lease| lease.until > now);
    let live = live.map(|lease| lease.fence);
    let sql = select!("WHERE district = ?1 AND state = 'running' ORDER BY started, id");
    let mut open = query::all(tx, sql, [district.bytes()], read)?;
    open.retain(|run| Some(run.fence) != live);
    for run in &mut open {
        run.state = run.closing_state();
        run.finished = Some(now);
        let sql = "UPDATE runs SET state = ?3, finished = ?4 WHERE district = ?1 AND id = ?2";
        let row = params![
            district.bytes(),
            run.id.bytes(),
            run.state.as_str(),
            now.millis(),
        ];
        query::change(tx, sql, row)?;
    }
    Ok(open)
}

fn read(row: &Row<'_>) -> Answer<Run> {
    let state: String = row.get(5)?;
    Ok(Run {
        id: id(row, 0)?,
        district: id(row, 1)?,
        fence: number(row, 2)?,
        started: moment(row, 3)?,
        source: row.get(4)?,
        state: RunState::from_name(&state).ok_or(Fault::Unreadable("a run's state"))?,
        snapshot: number_if_any(row, 6)?,
        finished: moment_if_any(row, 7)?,
    })
}

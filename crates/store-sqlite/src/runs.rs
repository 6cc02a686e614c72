use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{
    CancelRequest, Conflict, NewRun, Run, RunEnd, RunState, Runs, StoreError, limits,
};
use rusqlite::{Connection, Row, Transaction, params};

use crate::columns::{id, id_if_any, moment, moment_if_any, number, number_if_any, signed};
use crate::fault::{Answer, Fault};
use crate::{SqliteStore, districts, holds, leases, query};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, district, fence, started, source, state, snapshot, finished, actor, repeats, stage, \
             cancel_at, cancel_actor FROM runs ",
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

    async fn set_run_stage(
        &self,
        district: ObjectId,
        run: ObjectId,
        fence: u64,
        stage: &str,
    ) -> Result<Run, StoreError> {
        limits::word("the stage of a run", stage)?;
        let stage = stage.to_owned();
        self.write("noting the stage of a run", move |tx| {
            leases::check_fence(tx, district, fence)?;
            let mut run = running(tx, district, run, fence)?;
            run.stage = stage;
            let sql = "UPDATE runs SET stage = ?3 WHERE district = ?1 AND id = ?2";
            query::change(
                tx,
                sql,
                params![district.bytes(), run.id.bytes(), run.stage],
            )?;
            Ok(run)
        })
        .await
    }

    async fn request_cancel(
        &self,
        district: ObjectId,
        run: ObjectId,
        now: Timestamp,
        actor: &str,
    ) -> Result<bool, StoreError> {
        limits::actor(actor)?;
        let actor = actor.to_owned();
        self.write("asking a run to stop", move |tx| {
            let run = find(tx, district, run)?;
            let Some(run) = run.filter(|run| run.state == RunState::Running) else {
                return Ok(false);
            };
            if run.cancel_requested.is_none() {
                let sql = "UPDATE runs SET cancel_at = ?3, cancel_actor = ?4 \
                           WHERE district = ?1 AND id = ?2";
                let row = params![district.bytes(), run.id.bytes(), now.millis(), actor];
                query::change(tx, sql, row)?;
            }
            Ok(true)
        })
        .await
    }

    async fn finish_run(&self, end: RunEnd) -> Result<Run, StoreError> {
        end.check()?;
        self.write("ending a run", move |tx| finish(tx, end)).await
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

/// The run, if it is running under that fence.
pub(crate) fn running(
    connection: &Connection,
    district: ObjectId,
    run: ObjectId,
    fence: u64,
) -> Answer<Run> {
    find(connection, district, run)?
        .filter(|run| run.state == RunState::Running && run.fence == fence)
        .ok_or_else(|| Fault::refused(Conflict::Gone, "the run is not running any more; run again"))
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
    let sql = "INSERT INTO runs (district, id, fence, started, source, state, actor, repeats, stage) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let row = params![
        run.district.bytes(),
        run.id.bytes(),
        signed(run.fence),
        run.started.millis(),
        run.source,
        run.state.as_str(),
        run.actor,
        run.of.map(|of| *of.bytes()),
        run.stage,
    ];
    query::change(tx, sql, row)?;
    Ok(run)
}

fn finish(tx: &Transaction<'_>, end: RunEnd) -> Answer<Run> {
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
    if end.needs_fence() {
        leases::check_fence(tx, end.district, run.fence)?;
    }
    let moved = holds::moved(tx, end.hold, &run, end.finished)?;
    if let Some(change) = end.change {
        let mut record = districts::required(tx, end.district)?;
        record.change(change)?;
        districts::update(tx, &record)?;
    }
    holds::keep(tx, moved)?;
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
    let cancel_requested = match moment_if_any(row, 11)? {
        Some(at) => Some(CancelRequest {
            at,
            actor: row.get(12)?,
        }),
        None => None,
    };
    Ok(Run {
        id: id(row, 0)?,
        district: id(row, 1)?,
        fence: number(row, 2)?,
        started: moment(row, 3)?,
        source: row.get(4)?,
        state: RunState::from_name(&state).ok_or(Fault::unreadable("a run's state"))?,
        snapshot: number_if_any(row, 6)?,
        finished: moment_if_any(row, 7)?,
        actor: row.get(8)?,
        of: id_if_any(row, 9)?,
        stage: row.get(10)?,
        cancel_requested,
    })
}

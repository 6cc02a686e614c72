use homeroom_model::Timestamp;
use rusqlite::params;

use crate::kind::IDS_PER_DISTRICT;
use crate::run::{NewRun, Plan, PlanState, RunEnd, RunState, Runs};
use crate::sqlite::districts::claim;
use crate::sqlite::fault::Fault;
use crate::sqlite::{query, waits};
use crate::{Refusal, RosterError, SqliteRoster};

impl Runs for SqliteRoster {
    fn start_run(&self, run: &NewRun<'_>) -> Result<i64, RosterError> {
        self.write("starting a run", |tx| {
            claim(tx, run.district, run.fence)?;
            let sql = "UPDATE run SET state = 'abandoned', finished = ?2 \
                       WHERE district = ?1 AND state = 'running'";
            query::change(tx, sql, params![run.district, run.at.millis()])?;
            let sql = "SELECT ifnull(max(id), ?1 * ?2) + 1 FROM run WHERE district = ?1";
            let next = query::first(tx, sql, [run.district, IDS_PER_DISTRICT], |row| Ok(row.get(0)?))?;
            let id: i64 = next.ok_or(Fault::unreadable("the number of a run"))?;
            let sql = "INSERT INTO run (id, district, trigger, scope, mode, state, fence, started, undoes) \
                       VALUES (?1, ?2, ?3, ?4, ?5, 'running', ?6, ?7, ?8)";
            let row = params![
                id,
                run.district,
                run.trigger,
                run.scope,
                run.mode,
                run.fence,
                run.at.millis(),
                run.undoes
            ];
            query::change(tx, sql, row)?;
            Ok(id)
        })
    }

    fn note_run(&self, district: i64, run: i64, report: &str) -> Result<(), RosterError> {
        self.write("noting how far a run is", |tx| {
            let sql =
                "UPDATE run SET report = ?3 WHERE district = ?1 AND id = ?2 AND state = 'running'";
            match query::change(tx, sql, params![district, run, report])? {
                0 => Err(Fault::Refused(Refusal::Gone)),
                _ => Ok(()),
            }
        })
    }

    fn finish_run(
        &self,
        district: i64,
        run: i64,
        end: &RunEnd<'_>,
        cursor: Option<(&str, Timestamp)>,
    ) -> Result<(), RosterError> {
        self.write("ending a run", |tx| {
            let sql = "UPDATE run SET state = ?3, mirror = ?4, plan = ?5, report = ?6, finished = ?7 \
                       WHERE district = ?1 AND id = ?2 AND state IN ('running', 'held', 'planned')";
            let row = params![
                district,
                run,
                end.state.text(),
                end.mirror,
                end.plan,
                end.report,
                end.at.millis()
            ];
            if query::change(tx, sql, row)? == 0 {
                return Err(Fault::Refused(Refusal::Gone));
            }
            let looked = matches!(end.state, RunState::Held | RunState::Planned);
            if end.plan.is_none() && looked && waits::is_of_source(tx, run)? {
                waits::only(tx, district, None)?;
            }
            if end.state == RunState::NoChange {
                let sql = "UPDATE district SET last_apply = ?2, last_read = ?2, mirror = ifnull(?3, mirror), \
                           cursor = ifnull(?4, cursor), cursor_at = ifnull(?5, cursor_at) WHERE id = ?1";
                let (id, at) = cursor.unzip();
                let at = at.map(Timestamp::millis);
                query::change(tx, sql, params![district, end.at.millis(), end.mirror, id, at])?;
            }
            Ok(())
        })
    }

    fn keep_plan(&self, district: i64, plan: &Plan) -> Result<(), RosterError> {
        self.write("keeping a plan", |tx| {
            waits::only(tx, district, Some(&plan.digest))?;
            let sql = "INSERT INTO plan (district, digest, run, state, object, actions, inputs, made) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (district, digest) \
                       DO UPDATE SET run = excluded.run, state = excluded.state, object = excluded.object";
            let row = params![
                district,
                plan.digest,
                plan.run,
                plan.state.text(),
                plan.object,
                plan.actions,
                plan.inputs,
                plan.made.millis()
            ];
            query::change(tx, sql, row).map(drop)
        })
    }

    fn forget_lines(&self, district: i64, before: Timestamp) -> Result<u64, RosterError> {
        self.write("forgetting the lines of old plans", |tx| {
            let sql = "UPDATE plan SET object = '' WHERE district = ?1 AND made < ?2 AND object <> '' \
                       AND state NOT IN ('proposed', 'held')";
            Ok(query::change(tx, sql, [district, before.millis()])? as u64)
        })
    }

    fn set_plan(&self, district: i64, digest: &str, state: PlanState) -> Result<bool, RosterError> {
        self.write("saying where a plan stands", |tx| {
            if state == PlanState::Discarded {
                waits::withdraw(tx, district, Some(digest))?;
            }
            let sql = "UPDATE plan SET state = ?3 WHERE district = ?1 AND digest = ?2";
            Ok(query::change(tx, sql, params![district, digest, state.text()])? > 0)
        })
    }
}

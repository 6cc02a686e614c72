//! The end of a transaction: effects, cursor, run and plan become true together.

use homeroom_model::Timestamp;
use rusqlite::{Connection, params};

use super::Applied;
use crate::roster::Commit;
use crate::run::RunState;
use crate::sqlite::fault::Answer;
use crate::sqlite::{query, waits};

/// What is true once the plan is applied.
pub(crate) fn finish(tx: &Connection, at: &Applied, commit: &Commit<'_>) -> Answer<()> {
    let sql = "UPDATE side_data SET person = (SELECT v.person FROM side_values AS v WHERE v.district = side_data.district \
               AND v.key_kind = side_data.key_kind AND v.key = side_data.key AND v.name = side_data.name) \
               WHERE district = ?1 AND person IS NULL";
    query::change(tx, sql, [at.district])?;
    let changed = (at.next_seq > at.first_seq).then_some((at.first_seq, at.next_seq - 1));
    let (first, last) = changed.unzip();
    let sql = "UPDATE run SET state = ?2, finished = ?3, mirror = ifnull(?4, mirror), plan = ifnull(?5, plan), \
               report = ?6, first_change = ?7, last_change = ?8, base = (SELECT d.mirror FROM district AS d WHERE d.id = run.district) \
               WHERE id = ?1";
    let row = params![
        at.run,
        commit.state.text(),
        at.at.millis(),
        commit.mirror,
        commit.plan,
        commit.report,
        first,
        last
    ];
    query::change(tx, sql, row)?;
    if let Some(digest) = commit.plan {
        let sql = "UPDATE plan SET state = 'applied' WHERE district = ?1 AND digest = ?2";
        query::change(tx, sql, params![at.district, digest])?;
        let sql = "UPDATE approval SET used_by = ?3 WHERE district = ?1 AND digest = ?2 AND used_by IS NULL";
        query::change(tx, sql, params![at.district, digest, at.run])?;
    }
    // Whoever said yes before somebody took a run back said it of another roster.
    if query::any(
        tx,
        "SELECT 1 FROM run WHERE id = ?1 AND undoes IS NOT NULL",
        [at.run],
    )? {
        waits::withdraw(tx, at.district, None)?;
    }
    if commit.mirror.is_some() {
        // What is wrong still was met again.
        let sql = "UPDATE finding SET last_seen = ?2 WHERE district = ?1 AND closed IS NULL AND last_seen < ?2";
        query::change(tx, sql, [at.district, at.at.millis()])?;
    }
    // Half a read is no good sync, nor is what waits for people; an undo, or what people here did, is none at all.
    let of_source = waits::is_of_source(tx, at.run)?;
    let through = matches!(commit.state, RunState::Applied | RunState::NoChange);
    let good = through && of_source;
    let nothing = matches!(commit.state, RunState::NoChange | RunState::Partial);
    if commit.plan.is_none() && nothing && of_source {
        waits::only(tx, at.district, None)?;
    }
    let (cursor, cursor_at) = commit.cursor.unzip();
    let sql = "UPDATE district SET next_id = ?2, last_apply = ifnull(?3, last_apply), mirror = ifnull(?4, mirror), cursor = ifnull(?5, cursor), \
               cursor_at = ifnull(?6, cursor_at), source_sync = ifnull(?7, source_sync), last_read = ifnull(?8, last_read), \
               policy = ifnull(?9, policy) WHERE id = ?1";
    let millis = |moment: Option<Timestamp>| moment.map(Timestamp::millis);
    let row = params![
        at.district,
        at.next_id,
        good.then_some(at.at.millis()),
        commit.mirror,
        cursor,
        millis(cursor_at),
        millis(commit.source_sync),
        millis(commit.last_read),
        commit.policy
    ];
    query::change(tx, sql, row).map(drop)
}

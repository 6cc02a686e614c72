//! Which plans wait for somebody's yes, and which yes still counts (integration-side A4.5).

use rusqlite::{Connection, params};

use super::fault::Answer;
use super::query;

/// Says that nothing waits any more but this plan, or nothing at all. Whoever said yes to another one and was not heard has to
/// look again.
pub(crate) fn only(tx: &Connection, district: i64, digest: Option<&str>) -> Answer<()> {
    let sql = "UPDATE plan SET state = 'stale' \
               WHERE district = ?1 AND digest IS NOT ?2 AND state IN ('proposed', 'held')";
    query::change(tx, sql, params![district, digest])?;
    let sql = "UPDATE approval SET withdrawn = 1 \
               WHERE district = ?1 AND digest IS NOT ?2 AND used_by IS NULL AND NOT withdrawn";
    query::change(tx, sql, params![district, digest]).map(drop)
}

/// Withdraws the approvals of a plan that nothing used yet, or those of all plans.
pub(crate) fn withdraw(tx: &Connection, district: i64, digest: Option<&str>) -> Answer<()> {
    let sql = "UPDATE approval SET withdrawn = 1 \
               WHERE district = ?1 AND digest = ifnull(?2, digest) AND used_by IS NULL AND NOT withdrawn";
    query::change(tx, sql, params![district, digest]).map(drop)
}

/// Whether a run looked at the source, or at what was read of it, and not back at an earlier run or at what people here did.
pub(crate) fn is_of_source(tx: &Connection, run: i64) -> Answer<bool> {
    let sql = "SELECT 1 FROM run WHERE id = ?1 AND undoes IS NULL AND mode <> 'local'";
    query::any(tx, sql, [run])
}

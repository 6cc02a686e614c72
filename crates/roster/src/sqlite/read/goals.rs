//! The ledger added up, who is to be reported, and the log.

use std::collections::BTreeMap;

use homeroom_model::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::RosterError;
use crate::delivery::{GoalCounts, GoalDelivery, GoalDeliveryState, GoalTrigger};
use crate::goals::{
    GoalAcknowledged, GoalCorrection, GoalFeedRow, GoalProfile, GoalSent, GoalSum, GoalUndone,
    GoalWaiting, GoalsReading,
};
use crate::kind::IDS_PER_DISTRICT;
use crate::sqlite::columns;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::sqlite::read::View;

type Visited = Result<(), RosterError>;

impl GoalsReading for View {
    fn goal_sums(
        &self,
        district: i64,
        from: Timestamp,
        to: Timestamp,
        visit: &mut dyn FnMut(GoalSum) -> Visited,
    ) -> Visited {
        self.ask("adding up the ledger", |at| {
            sums(at, district, (from, to), visit)
        })
    }

    fn goal_undone(
        &self,
        person: i64,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<GoalUndone>, RosterError> {
        let sql = "SELECT a.activity, a.person, a.at, a.minute_millionths, a.progress_millionths, u.at, u.by, u.reason \
                   FROM goal_activity AS a JOIN goal_undone AS u ON u.district = a.district AND u.activity = a.activity \
                   WHERE a.person = ?1 AND a.at >= ?2 AND a.at < ?3 ORDER BY a.activity";
        self.ask("reading what was undone", |at| {
            let key = params![person, from.millis(), to.millis()];
            query::all(at, sql, key, |row| {
                Ok(GoalUndone {
                    activity: row.get(0)?,
                    person: row.get(1)?,
                    at: columns::moment(row, 2)?,
                    minutes: row.get(3)?,
                    progress: row.get(4)?,
                    undone: columns::moment(row, 5)?,
                    by: row.get(6)?,
                    reason: row.get(7)?,
                })
            })
        })
    }

    fn goal_profiles(
        &self,
        district: i64,
        visit: &mut dyn FnMut(GoalProfile<'_>) -> Visited,
    ) -> Visited {
        self.ask("reading who is to be reported", |at| {
            profiles(at, district, visit)
        })
    }

    fn goal_acknowledged(
        &self,
        district: i64,
        year: i16,
    ) -> Result<Vec<GoalAcknowledged>, RosterError> {
        let sql = "SELECT person, metric, minute_millionths, progress_millionths, at, first_minute_millionths, first_at \
                   FROM goal_acknowledged WHERE district = ?1 AND year = ?2 ORDER BY person";
        self.ask("reading what was acknowledged", |at| {
            query::all(at, sql, params![district, year], |row| {
                Ok(GoalAcknowledged {
                    person: row.get(0)?,
                    metric: row.get(1)?,
                    minutes: row.get(2)?,
                    progress: row.get(3)?,
                    at: columns::moment(row, 4)?,
                    first_minutes: row.get(5)?,
                    first_at: columns::moment(row, 6)?,
                })
            })
        })
    }

    fn goal_sent(&self, district: i64, year: i16) -> Result<Vec<GoalSent>, RosterError> {
        let sql = "SELECT s.source_id, s.minute_millionths, s.taken, d.finished FROM goal_sent AS s \
                   LEFT JOIN goal_delivery AS d ON d.id = s.delivery \
                   WHERE s.district = ?1 AND s.year = ?2 ORDER BY s.source_id";
        self.ask("reading what was sent", |at| {
            query::all(at, sql, params![district, year], |row| {
                Ok(GoalSent {
                    source_id: row.get(0)?,
                    minutes: row.get(1)?,
                    taken: row.get(2)?,
                    until: columns::moment_if_any(row, 3)?,
                })
            })
        })
    }

    fn goal_corrections(
        &self,
        district: i64,
        year: i16,
    ) -> Result<Vec<GoalCorrection>, RosterError> {
        let sql = "SELECT id, year, person, minute_millionths, progress_millionths, from_minute_millionths, \
                   from_progress_millionths, by, at, note, delivery FROM goal_correction \
                   WHERE district = ?1 AND year = ?2 ORDER BY id";
        self.ask("reading corrections", |at| {
            query::all(at, sql, params![district, year], |row| {
                Ok(GoalCorrection {
                    id: row.get(0)?,
                    year: row.get(1)?,
                    person: row.get(2)?,
                    minutes: row.get(3)?,
                    progress: row.get(4)?,
                    from_minutes: row.get(5)?,
                    from_progress: row.get(6)?,
                    by: row.get(7)?,
                    at: columns::moment(row, 8)?,
                    note: row.get(9)?,
                    delivery: row.get(10)?,
                })
            })
        })
    }

    fn goal_deliveries(
        &self,
        district: i64,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<GoalDelivery>, RosterError> {
        let sql = "SELECT id, trigger, begun, finished, year, day, part, metric, students, bytes, digest, state, tries, status, \
                   updated, unchanged, rejected, warned, regressed, detail, report, next_try FROM goal_delivery \
                   WHERE district = ?1 AND begun >= ?2 ORDER BY id DESC LIMIT ?3";
        self.ask("reading deliveries", |at| {
            query::all(at, sql, params![district, since.millis(), limit], delivery)
        })
    }

    fn goal_waiting(&self, district: i64) -> Result<Vec<GoalWaiting>, RosterError> {
        let sql = "SELECT person, reason, source_id, detail, since FROM goal_waiting WHERE district = ?1 ORDER BY person, reason";
        self.ask("reading who waits", |at| {
            query::all(at, sql, [district], |row| {
                Ok(GoalWaiting {
                    person: row.get(0)?,
                    reason: row.get(1)?,
                    source_id: row.get(2)?,
                    detail: row.get(3)?,
                    since: columns::moment(row, 4)?,
                })
            })
        })
    }

    fn goal_feed(&self, district: i64) -> Result<Option<GoalFeedRow>, RosterError> {
        let sql = "SELECT since, holder, until, last_try, last_good, next_try FROM goal_feed WHERE district = ?1";
        self.ask("reading how metrics stand", |at| {
            query::first(at, sql, [district], |row| {
                let holder: Option<String> = row.get(1)?;
                Ok(GoalFeedRow {
                    since: columns::moment(row, 0)?,
                    sending: holder.zip(columns::moment_if_any(row, 2)?),
                    last_try: columns::moment_if_any(row, 3)?,
                    last_good: columns::moment_if_any(row, 4)?,
                    next_try: columns::moment_if_any(row, 5)?,
                })
            })
        })
    }
}

fn sums(
    at: &Connection,
    district: i64,
    (from, to): (Timestamp, Timestamp),
    visit: &mut dyn FnMut(GoalSum) -> Visited,
) -> Answer<()> {
    let sql = "SELECT a.person, sum(a.minute_millionths), sum(a.progress_millionths) \
               FROM goal_undone AS u JOIN goal_activity AS a ON a.district = u.district AND a.activity = u.activity \
               WHERE u.district = ?1 AND a.at >= ?2 AND a.at < ?3 GROUP BY a.person";
    let key = params![district, from.millis(), to.millis()];
    let undone = query::all(at, sql, key, |row| {
        Ok((row.get::<_, i64>(0)?, (row.get(1)?, row.get(2)?)))
    })?;
    let undone: BTreeMap<i64, (i64, i64)> = undone.into_iter().collect();
    // Persons of a district stand together, so that their part of the index is read and nothing else.
    let sql = "SELECT person, sum(minute_millionths), sum(progress_millionths) FROM goal_activity \
               WHERE person >= ?1 AND person < ?2 AND at >= ?3 AND at < ?4 GROUP BY person ORDER BY person";
    let first = district.saturating_mul(IDS_PER_DISTRICT);
    let key = params![
        first,
        first.saturating_add(IDS_PER_DISTRICT),
        from.millis(),
        to.millis()
    ];
    let mut statement = at.prepare_cached(sql)?;
    let mut rows = statement.query(key)?;
    while let Some(row) = rows.next()? {
        let (person, minutes, progress): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (less_minutes, less_progress) = undone.get(&person).copied().unwrap_or_default();
        visit(GoalSum {
            person,
            minutes: minutes - less_minutes,
            progress: progress - less_progress,
        })?;
    }
    Ok(())
}

fn profiles(
    at: &Connection,
    district: i64,
    visit: &mut dyn FnMut(GoalProfile<'_>) -> Visited,
) -> Answer<()> {
    let sql = "SELECT p.id, iif(p.source_state = 'present', l.source_id, NULL), p.merged_into, \
               p.usable AND r.person IS NOT NULL \
               FROM person AS p LEFT JOIN role AS r ON r.person = p.id AND r.role = 'student' \
               LEFT JOIN link AS l ON l.entity = p.id AND l.state = 'active' \
               WHERE p.id >= ?1 AND p.id < ?2 AND (r.person IS NOT NULL OR p.merged_into IS NOT NULL) ORDER BY p.id";
    let first = district.saturating_mul(IDS_PER_DISTRICT);
    let mut statement = at.prepare_cached(sql)?;
    let mut rows = statement.query([first, first.saturating_add(IDS_PER_DISTRICT)])?;
    while let Some(row) = rows.next()? {
        visit(GoalProfile {
            person: row.get(0)?,
            source_id: columns::text_if_any(row, 1)?,
            merged_into: row.get(2)?,
            active: row.get(3)?,
        })?;
    }
    Ok(())
}

fn delivery(row: &Row<'_>) -> Answer<GoalDelivery> {
    let updated: Option<u32> = row.get(14)?;
    let counts = match updated {
        None => None,
        Some(updated) => Some(GoalCounts {
            updated,
            unchanged: row.get(15)?,
            rejected: row.get(16)?,
            warned: row.get(17)?,
            regressed: row.get(18)?,
        }),
    };
    let bytes: i64 = row.get(9)?;
    Ok(GoalDelivery {
        id: row.get(0)?,
        trigger: columns::word(row, 1, GoalTrigger::from_text)?,
        begun: columns::moment(row, 2)?,
        finished: columns::moment_if_any(row, 3)?,
        year: row.get(4)?,
        day: columns::date_if_any(row, 5)?.ok_or(Fault::unreadable("a date"))?,
        part: row.get(6)?,
        metric: row.get(7)?,
        students: row.get(8)?,
        bytes: bytes.unsigned_abs(),
        digest: row.get(10)?,
        state: columns::word(row, 11, GoalDeliveryState::from_text)?,
        tries: row.get(12)?,
        status: row.get(13)?,
        counts,
        detail: row.get(19)?,
        report: row.get(20)?,
        next_try: columns::moment_if_any(row, 21)?,
    })
}

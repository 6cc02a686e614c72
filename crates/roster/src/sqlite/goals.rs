//! The ledger and the log of what districts were told.

use homeroom_model::Timestamp;
use rusqlite::{Connection, params};

use crate::delivery::{GoalDeliveryEnd, NewGoalDelivery};
use crate::goals::{
    GoalAcknowledged, GoalActivity, GoalCorrection, GoalEntry, GoalPush, GoalPushEnd, GoalTaken,
    GoalWaiting, Goals, LONGEST_ACTIVITY, MOST_OF_AN_ACTIVITY,
};
use crate::kind::district_of;
use crate::sqlite::columns;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Refusal, RosterError, SqliteRoster};

/// Of so many deliveries the rows that were rejected are kept.
const REPORTS: i64 = 1000;

impl Goals for SqliteRoster {
    fn record_activities(
        &self,
        district: i64,
        entries: &[GoalEntry<'_>],
        by: &str,
        at: Timestamp,
    ) -> Result<Vec<GoalTaken>, RosterError> {
        self.write("writing the ledger", |tx| {
            let book = Book {
                tx,
                district,
                by,
                at,
            };
            begin_feed(tx, district, at)?;
            entries.iter().map(|entry| book.take(entry)).collect()
        })
    }

    fn begin_push(
        &self,
        district: i64,
        holder: &str,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<GoalPush, RosterError> {
        self.write("beginning to send metrics", |tx| {
            begin_feed(tx, district, at)?;
            let sql = "SELECT holder, until FROM goal_feed WHERE district = ?1 AND holder IS NOT NULL";
            let standing = query::first(tx, sql, [district], |row| {
                Ok((row.get::<_, String>(0)?, columns::moment(row, 1)?))
            })?;
            let is_ours = standing.as_ref().is_some_and(|(other, _)| other == holder);
            match standing {
                Some((other, known)) if !is_ours && known > at => {
                    return Ok(GoalPush::Taken {
                        holder: other,
                        until: known,
                    });
                }
                _ => {}
            }
            if !is_ours {
                let sql = "UPDATE goal_delivery SET state = 'cut_off', finished = ?2 WHERE district = ?1 AND state = 'sending'";
                query::change(tx, sql, params![district, at.millis()])?;
            }
            let sql = "UPDATE goal_feed SET holder = ?2, until = ?3, last_try = ?4 WHERE district = ?1";
            query::change(tx, sql, params![district, holder, until.millis(), at.millis()])?;
            Ok(GoalPush::Yours)
        })
    }

    fn begin_delivery(&self, delivery: &NewGoalDelivery<'_>) -> Result<i64, RosterError> {
        self.write("noting a delivery", |tx| {
            let sql = "INSERT INTO goal_delivery (district, trigger, begun, year, day, part, metric, students, bytes, digest, state) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'sending')";
            let bytes = i64::try_from(delivery.bytes).unwrap_or(i64::MAX);
            let row = params![
                delivery.district,
                delivery.trigger.text(),
                delivery.at.millis(),
                delivery.year,
                delivery.day.to_string(),
                delivery.part,
                delivery.metric,
                delivery.students,
                bytes,
                delivery.digest
            ];
            query::change(tx, sql, row)?;
            let number = tx.last_insert_rowid();
            let sql = "INSERT INTO goal_sent (district, year, source_id, minute_millionths, delivery, taken) \
                       VALUES (?1, ?2, ?3, ?4, ?5, 0) ON CONFLICT (district, year, source_id) DO UPDATE SET \
                       minute_millionths = excluded.minute_millionths, delivery = excluded.delivery, taken = 0";
            for (student, minutes) in delivery.sent {
                let row = params![delivery.district, delivery.year, student, minutes, number];
                query::change(tx, sql, row)?;
            }
            Ok(number)
        })
    }

    fn end_delivery(
        &self,
        district: i64,
        delivery: i64,
        end: &GoalDeliveryEnd<'_>,
        acknowledged: &[GoalAcknowledged],
        told: &[i64],
    ) -> Result<(), RosterError> {
        self.write("noting how a delivery ended", |tx| {
            let year = ended(tx, (district, delivery), end)?;
            acknowledge(tx, (district, delivery, year), acknowledged)?;
            let sql = "UPDATE goal_sent SET taken = 1 WHERE district = ?1 AND year = ?2 AND source_id = ?3 AND delivery = ?4";
            for student in end.taken {
                query::change(tx, sql, params![district, year, student, delivery])?;
            }
            let sql =
                "UPDATE goal_correction SET delivery = ?3 WHERE district = ?1 AND id = ?2 AND delivery IS NULL";
            for correction in told {
                query::change(tx, sql, [district, *correction, delivery])?;
            }
            let sql = "UPDATE goal_delivery SET report = NULL WHERE report IS NOT NULL AND district = ?1 AND id <= \
                       (SELECT id FROM goal_delivery WHERE district = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
            query::change(tx, sql, [district, REPORTS]).map(drop)
        })
    }

    fn end_push(&self, district: i64, end: &GoalPushEnd<'_>) -> Result<bool, RosterError> {
        self.write("ending the sending of metrics", |tx| {
            let sql = "UPDATE goal_feed SET holder = NULL, until = NULL, next_try = ?3, \
                       last_good = iif(?4, ?5, last_good) WHERE district = ?1 AND holder = ?2";
            let row = params![
                district,
                end.holder,
                end.next_try.map(Timestamp::millis),
                end.good,
                end.at.millis()
            ];
            if query::change(tx, sql, row)? == 0 {
                return Ok(false);
            }
            if let Some(waiting) = end.waiting {
                wait(tx, district, waiting, end.at)?;
            }
            Ok(true)
        })
    }

    fn allow_correction(
        &self,
        district: i64,
        correction: &GoalCorrection,
    ) -> Result<i64, RosterError> {
        self.write("allowing a correction", |tx| {
            if district_of(correction.person) != district {
                return Err(Fault::Refused(Refusal::Gone));
            }
            let sql = "DELETE FROM goal_correction WHERE district = ?1 AND year = ?2 AND person = ?3 AND delivery IS NULL";
            query::change(tx, sql, params![district, correction.year, correction.person])?;
            let sql = "INSERT INTO goal_correction (district, year, person, minute_millionths, progress_millionths, \
                       from_minute_millionths, from_progress_millionths, by, at, note) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
            let row = params![
                district,
                correction.year,
                correction.person,
                correction.minutes,
                correction.progress,
                correction.from_minutes,
                correction.from_progress,
                correction.by,
                correction.at.millis(),
                correction.note
            ];
            query::change(tx, sql, row)?;
            Ok(tx.last_insert_rowid())
        })
    }
}

/// The ledger while it is written.
struct Book<'t> {
    tx: &'t Connection,
    district: i64,
    by: &'t str,
    at: Timestamp,
}

impl Book<'_> {
    fn take(&self, entry: &GoalEntry<'_>) -> Answer<GoalTaken> {
        match entry {
            GoalEntry::Done(done) => self.done(done),
            GoalEntry::Undone { activity, reason } => {
                if !is_id(activity) {
                    return Ok(GoalTaken::Refused(Refusal::Invalid));
                }
                let sql = "INSERT OR IGNORE INTO goal_undone (district, activity, at, by, reason) VALUES (?1, ?2, ?3, ?4, ?5)";
                let row = params![self.district, activity, self.at.millis(), self.by, reason];
                query::change(self.tx, sql, row)?;
                Ok(GoalTaken::Undone)
            }
        }
    }

    fn done(&self, done: &GoalActivity<'_>) -> Answer<GoalTaken> {
        let possible = 0..=MOST_OF_AN_ACTIVITY;
        if !is_id(done.activity)
            || !possible.contains(&done.minutes)
            || !possible.contains(&done.progress)
        {
            return Ok(GoalTaken::Refused(Refusal::Invalid));
        }
        let sql = "SELECT person, at, minute_millionths, progress_millionths FROM goal_activity WHERE district = ?1 AND activity = ?2";
        let key = params![self.district, done.activity];
        let known: Option<(i64, i64, i64, i64)> = query::first(self.tx, sql, key, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
        let content = (done.person, done.at.millis(), done.minutes, done.progress);
        match known {
            Some(known) if known == content => return Ok(GoalTaken::Repeated),
            Some(_) => return Ok(GoalTaken::Conflicting),
            None => {}
        }
        let sql = "SELECT 1 FROM person WHERE id = ?1";
        if district_of(done.person) != self.district || !query::any(self.tx, sql, [done.person])? {
            return Ok(GoalTaken::Refused(Refusal::Gone));
        }
        let sql = "INSERT INTO goal_activity (activity, person, at, minute_millionths, progress_millionths, recorded, recorded_by) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let row = params![
            done.activity,
            done.person,
            done.at.millis(),
            done.minutes,
            done.progress,
            self.at.millis(),
            self.by
        ];
        query::change(self.tx, sql, row)?;
        let sql = "SELECT 1 FROM goal_undone WHERE district = ?1 AND activity = ?2";
        let is_undone = query::any(self.tx, sql, params![self.district, done.activity])?;
        Ok(if is_undone {
            GoalTaken::Undone
        } else {
            GoalTaken::Counted
        })
    }
}

fn is_id(activity: &str) -> bool {
    (1..=LONGEST_ACTIVITY).contains(&activity.chars().count()) && !activity.contains('\0')
}

/// A district begins to be reported when its app first records or sends anything.
fn begin_feed(tx: &Connection, district: i64, at: Timestamp) -> Answer<()> {
    if !query::any(tx, "SELECT 1 FROM district WHERE id = ?1", [district])? {
        return Err(Fault::Refused(Refusal::Gone));
    }
    let sql = "INSERT OR IGNORE INTO goal_feed (district, since) VALUES (?1, ?2)";
    query::change(tx, sql, params![district, at.millis()]).map(drop)
}

/// Ends a delivery; returns its school year.
fn ended(
    tx: &Connection,
    (district, delivery): (i64, i64),
    end: &GoalDeliveryEnd<'_>,
) -> Answer<i64> {
    // One that another sender found cut off was not lost after all.
    let sql = "UPDATE goal_delivery SET state = ?3, finished = ?4, tries = ?5, status = ?6, updated = ?7, unchanged = ?8, \
               rejected = ?9, warned = ?10, regressed = ?11, detail = ?12, report = ?13, next_try = ?14 \
               WHERE district = ?1 AND id = ?2 AND state IN ('sending', 'cut_off')";
    let counts = end.counts;
    let row = params![
        district,
        delivery,
        end.state.text(),
        end.at.millis(),
        end.tries,
        end.status,
        counts.map(|counts| counts.updated),
        counts.map(|counts| counts.unchanged),
        counts.map(|counts| counts.rejected),
        counts.map(|counts| counts.warned),
        counts.map(|counts| counts.regressed),
        end.detail,
        end.report,
        end.next_try.map(Timestamp::millis)
    ];
    if query::change(tx, sql, row)? == 0 {
        return Err(Fault::Refused(Refusal::Gone));
    }
    let sql = "SELECT year FROM goal_delivery WHERE id = ?1";
    let year = query::first(tx, sql, [delivery], |row| Ok(row.get(0)?))?;
    year.ok_or(Fault::unreadable("the year of a delivery"))
}

fn acknowledge(
    tx: &Connection,
    (district, delivery, year): (i64, i64, i64),
    rows: &[GoalAcknowledged],
) -> Answer<()> {
    // What is as it was is not written: most hours change few students.
    let sql = "INSERT INTO goal_acknowledged (district, year, person, metric, minute_millionths, progress_millionths, at, delivery, \
               first_minute_millionths, first_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?5, ?7) \
               ON CONFLICT (district, year, person) DO UPDATE SET metric = excluded.metric, \
               minute_millionths = excluded.minute_millionths, progress_millionths = excluded.progress_millionths, \
               at = excluded.at, delivery = excluded.delivery \
               WHERE metric <> excluded.metric OR minute_millionths <> excluded.minute_millionths \
               OR progress_millionths <> excluded.progress_millionths";
    for row in rows {
        let values = params![
            district,
            year,
            row.person,
            row.metric,
            row.minutes,
            row.progress,
            row.at.millis(),
            delivery
        ];
        query::change(tx, sql, values)?;
    }
    Ok(())
}

/// Puts those who wait now in the place of those who did.
fn wait(tx: &Connection, district: i64, waiting: &[GoalWaiting], at: Timestamp) -> Answer<()> {
    // Marked by a moment that never is; those who are not met again lose nothing but their row.
    let sql = "UPDATE goal_waiting SET since = -since - 1 WHERE district = ?1 AND since >= 0";
    query::change(tx, sql, [district])?;
    let sql = "INSERT INTO goal_waiting (district, person, reason, source_id, detail, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
               ON CONFLICT (district, person, reason) DO UPDATE SET source_id = excluded.source_id, \
               detail = excluded.detail, since = iif(since < 0, -since - 1, since)";
    for row in waiting {
        let values = params![
            district,
            row.person,
            row.reason,
            row.source_id,
            row.detail,
            at.millis().max(0)
        ];
        query::change(tx, sql, values)?;
    }
    let sql = "DELETE FROM goal_waiting WHERE district = ?1 AND since < 0";
    query::change(tx, sql, [district]).map(drop)
}

use homeroom_model::Timestamp;
use rusqlite::params;

use crate::hold::{Approval, HoldOutcome, Holds, NewHold};
use crate::sqlite::fault::Fault;
use crate::sqlite::query;
use crate::{Refusal, RosterError, SqliteRoster};

impl Holds for SqliteRoster {
    fn hold(&self, hold: &NewHold<'_>) -> Result<i64, RosterError> {
        self.write("opening a hold", |tx| {
            let sql = "INSERT INTO hold (district, subject, plan, pattern, verdicts, opened, renewed) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) \
                       ON CONFLICT (district, subject) WHERE closed IS NULL DO UPDATE SET plan = excluded.plan, \
                       pattern = excluded.pattern, verdicts = excluded.verdicts, renewed = excluded.renewed RETURNING id";
            let row = params![
                hold.district,
                hold.subject,
                hold.plan,
                hold.pattern,
                hold.verdicts,
                hold.at.millis()
            ];
            let id = query::first(tx, sql, row, |row| Ok(row.get(0)?))?;
            id.ok_or(Fault::unreadable("the number of a hold"))
        })
    }

    fn discuss(
        &self,
        district: i64,
        hold: i64,
        by: &str,
        words: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError> {
        self.write("discussing a hold", |tx| {
            let sql = "UPDATE hold SET discussion = \
                       json_insert(discussion, '$[#]', json_object('by', ?3, 'at', ?5, 'words', ?4)) \
                       WHERE district = ?1 AND id = ?2 AND closed IS NULL";
            Ok(query::change(tx, sql, params![district, hold, by, words, at.millis()])? > 0)
        })
    }

    fn close_hold(
        &self,
        district: i64,
        hold: i64,
        outcome: HoldOutcome,
        by: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError> {
        self.write("closing a hold", |tx| {
            let sql = "UPDATE hold SET closed = ?5, outcome = ?3, closed_by = ?4 \
                       WHERE district = ?1 AND id = ?2 AND closed IS NULL";
            let row = params![district, hold, outcome.text(), by, at.millis()];
            Ok(query::change(tx, sql, row)? > 0)
        })
    }

    fn approve(&self, district: i64, approval: &Approval) -> Result<(), RosterError> {
        self.write("approving a plan", |tx| {
            let sql = "SELECT 1 FROM plan WHERE district = ?1 AND digest = ?2 AND state IN ('proposed', 'held')";
            if !query::any(tx, sql, params![district, approval.digest])? {
                return Err(Fault::Roster(RosterError::refused(
                    Refusal::Moved,
                    "that plan no longer waits; look at the newest one",
                )));
            }
            let sql = "INSERT INTO approval (district, digest, part, by, at, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                       ON CONFLICT (district, digest, part) WHERE used_by IS NULL AND NOT withdrawn DO NOTHING";
            let row = params![
                district,
                approval.digest,
                approval.part,
                approval.by,
                approval.at.millis(),
                approval.note
            ];
            query::change(tx, sql, row).map(drop)
        })
    }
}

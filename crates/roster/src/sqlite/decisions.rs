use homeroom_model::Timestamp;
use rusqlite::params;

use crate::decisions::Decisions;
use crate::notes::{CrosswalkRow, Decision};
use crate::sqlite::query;
use crate::{Kind, RosterError, SqliteRoster};

impl Decisions for SqliteRoster {
    fn decide(
        &self,
        district: i64,
        suggestion: i64,
        decision: Decision,
        by: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError> {
        self.write("deciding a suggestion", |tx| {
            let sql = "UPDATE suggestion SET state = ?3, decided_by = ?4, decided_at = ?5 \
                       WHERE district = ?1 AND id = ?2 AND state = 'open'";
            let row = params![district, suggestion, decision.text(), by, at.millis()];
            Ok(query::change(tx, sql, row)? > 0)
        })
    }

    fn settle(
        &self,
        district: i64,
        conflict: i64,
        by: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError> {
        self.write("settling a conflict", |tx| {
            let sql = "UPDATE conflict SET state = 'settled', decided_by = ?3, decided_at = ?4 \
                       WHERE district = ?1 AND id = ?2 AND state = 'open'";
            Ok(query::change(tx, sql, params![district, conflict, by, at.millis()])? > 0)
        })
    }

    fn pick(
        &self,
        district: i64,
        (kind, source_id): (Kind, &str),
        picked: Option<bool>,
        by: &str,
    ) -> Result<bool, RosterError> {
        self.write("picking a staged record", |tx| {
            let verdict = match picked {
                None => "pending",
                Some(true) => "picked",
                Some(false) => "dropped",
            };
            let sql = "UPDATE staged SET verdict = ?4, by = ?5 \
                       WHERE district = ?1 AND kind = ?2 AND source_id = ?3";
            let row = params![district, kind.text(), source_id, verdict, by];
            Ok(query::change(tx, sql, row)? > 0)
        })
    }

    fn add_crosswalk(
        &self,
        district: i64,
        rows: &[CrosswalkRow],
        by: &str,
        at: Timestamp,
    ) -> Result<(), RosterError> {
        self.write("adding to the crosswalk", |tx| {
            let sql = "INSERT INTO crosswalk (district, kind, key_kind, old, new, by, at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            for row in rows {
                let key = if row.source_ids {
                    "source_id"
                } else {
                    "sis_id"
                };
                let values = params![
                    district,
                    row.kind.text(),
                    key,
                    row.old,
                    row.new,
                    by,
                    at.millis()
                ];
                query::change(tx, sql, values)?;
            }
            Ok(())
        })
    }
}

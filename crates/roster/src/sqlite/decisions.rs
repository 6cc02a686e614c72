use homeroom_model::Timestamp;
use rusqlite::{Connection, params};

use crate::decisions::Decisions;
use crate::notes::{CrosswalkRow, Decision, Fits, SideRow};
use crate::sqlite::fault::Answer;
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
        at: Timestamp,
    ) -> Result<bool, RosterError> {
        self.write("picking a record", |tx| {
            let Some(picked) = picked else {
                let sql = "UPDATE staged SET verdict = 'pending', by = ?4 \
                           WHERE district = ?1 AND kind = ?2 AND source_id = ?3 AND verdict <> 'pending'";
                let row = params![district, kind.text(), source_id, by];
                return Ok(query::change(tx, sql, row)? > 0);
            };
            let sql = "INSERT INTO staged (district, kind, source_id, verdict, by, first_seen, last_seen) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT (district, kind, source_id) \
                       DO UPDATE SET verdict = excluded.verdict, by = excluded.by";
            let verdict = if picked { "picked" } else { "dropped" };
            let row = params![district, kind.text(), source_id, verdict, by, at.millis()];
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

    fn put_side_data(&self, district: i64, rows: &[SideRow<'_>]) -> Result<Vec<Fits>, RosterError> {
        self.write("keeping side data", |tx| {
            rows.iter().map(|row| side_row(tx, district, row)).collect()
        })
    }
}

fn side_row(tx: &Connection, district: i64, row: &SideRow<'_>) -> Answer<Fits> {
    let kind = if row.source_id { "source_id" } else { "sis_id" };
    // Whoever has the value keeps it, even if another account shows the id now.
    let sql = "SELECT person FROM side_data WHERE district = ?1 AND key_kind = ?2 AND key = ?3 AND person IS NOT NULL";
    let known = query::first(tx, sql, params![district, kind, row.key], |row| {
        Ok(row.get(0)?)
    })?;
    let fits = match known {
        Some(person) => Fits::Person(person),
        None => fits(tx, district, row)?,
    };
    let Some(value) = row.value else {
        let sql = "DELETE FROM side_data WHERE district = ?1 AND key_kind = ?2 AND key = ?3 AND name = ?4";
        query::change(tx, sql, params![district, kind, row.key, row.name])?;
        return Ok(fits);
    };
    let person = match fits {
        Fits::Person(person) => Some(person),
        Fits::Nobody | Fits::Several => None,
    };
    let sql = "INSERT INTO side_data (district, key_kind, key, name, value, person) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
               ON CONFLICT (district, key_kind, key, name) DO UPDATE SET value = excluded.value, \
               person = ifnull(person, excluded.person)";
    let values = params![district, kind, row.key, row.name, value, person];
    query::change(tx, sql, values)?;
    Ok(fits)
}

fn fits(tx: &Connection, district: i64, row: &SideRow<'_>) -> Answer<Fits> {
    let sql = if row.source_id {
        "SELECT entity FROM link WHERE district = ?1 AND kind = 'person' AND source_id = ?2"
    } else {
        "SELECT DISTINCT person FROM role WHERE sis_id = ?2 AND person / 1000000000 = ?1 LIMIT 2"
    };
    let people = query::all(tx, sql, params![district, row.key], |row| {
        Ok(row.get::<_, i64>(0)?)
    })?;
    Ok(match people[..] {
        [] => Fits::Nobody,
        [person] => Fits::Person(person),
        _ => Fits::Several,
    })
}

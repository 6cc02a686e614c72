use rusqlite::{Connection, params};

use crate::mirror::{MirrorRow, Mirrors};
use crate::sqlite::districts::claim;
use crate::sqlite::fault::{Answer, Fault};
use crate::sqlite::query;
use crate::{Refusal, RosterError, SqliteRoster};

impl Mirrors for SqliteRoster {
    fn keep_mirror(
        &self,
        district: i64,
        fence: i64,
        mirror: &MirrorRow,
    ) -> Result<(), RosterError> {
        self.write("keeping a mirror", |tx| {
            claim(tx, district, fence)?;
            let (newest, _) = standing(tx, district)?;
            if mirror.number != newest + 1 {
                return Err(Fault::Roster(RosterError::refused(
                    Refusal::Moved,
                    "another mirror of the district was kept meanwhile; read again, on top of that one",
                )));
            }
            let sql = "INSERT INTO mirror (district, number, manifest, about, made) VALUES (?1, ?2, ?3, ?4, ?5)";
            let row = params![
                district,
                mirror.number,
                mirror.manifest,
                mirror.about,
                mirror.made.millis()
            ];
            query::change(tx, sql, row).map(drop)
        })
    }

    fn drop_mirrors(&self, district: i64, numbers: &[i64]) -> Result<(), RosterError> {
        self.write("dropping mirrors", |tx| {
            let (newest, applied) = standing(tx, district)?;
            if numbers.contains(&newest) || applied.is_some_and(|one| numbers.contains(&one)) {
                return Err(Fault::Roster(RosterError::refused(
                    Refusal::InUse,
                    "the newest mirror and the applied one are needed by the next run",
                )));
            }
            let sql = "DELETE FROM mirror WHERE district = ?1 AND number = ?2";
            for number in numbers {
                query::change(tx, sql, [district, *number])?;
            }
            Ok(())
        })
    }
}

/// The newest number given to a mirror of the district, 0 if none, and the applied one.
fn standing(tx: &Connection, district: i64) -> Answer<(i64, Option<i64>)> {
    let sql = "SELECT max(ifnull(mirror, 0), ifnull((SELECT max(number) FROM mirror WHERE district = ?1), 0)), mirror \
               FROM district WHERE id = ?1";
    let found = query::first(tx, sql, [district], |row| Ok((row.get(0)?, row.get(1)?)))?;
    found.ok_or(Fault::Refused(Refusal::Gone))
}

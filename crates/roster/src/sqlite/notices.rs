use homeroom_model::Timestamp;
use rusqlite::params;

use crate::notice::{NewNotice, Notices};
use crate::sqlite::query;
use crate::{RosterError, SqliteRoster};

impl Notices for SqliteRoster {
    fn raise(&self, notice: &NewNotice<'_>) -> Result<bool, RosterError> {
        self.write("raising a notice", |tx| {
            let sql = "UPDATE notice SET detail = ?4 WHERE district = ?1 AND code = ?2 AND subject = ?3 AND settled IS NULL";
            let row = params![notice.district, notice.code, notice.subject, notice.detail];
            if query::change(tx, sql, row)? > 0 {
                return Ok(false);
            }
            let sql = "INSERT INTO notice (district, code, subject, detail, raised) VALUES (?1, ?2, ?3, ?4, ?5)";
            let row = params![
                notice.district,
                notice.code,
                notice.subject,
                notice.detail,
                notice.at.millis()
            ];
            query::change(tx, sql, row)?;
            Ok(true)
        })
    }

    fn settle_notice(
        &self,
        district: i64,
        code: &str,
        subject: &str,
        at: Timestamp,
    ) -> Result<bool, RosterError> {
        self.write("settling a notice", |tx| {
            let sql = "UPDATE notice SET settled = ?4 WHERE district = ?1 AND code = ?2 AND subject = ?3 AND settled IS NULL";
            Ok(query::change(tx, sql, params![district, code, subject, at.millis()])? > 0)
        })
    }
}

use homeroom_model::Timestamp;
use rusqlite::params;

use crate::sqlite::query;
use crate::timeline::TimelineReads;
use crate::{RosterError, SqliteRoster};

impl TimelineReads for SqliteRoster {
    fn note_timeline_read(
        &self,
        district: i64,
        subjects: &[Option<i64>],
        by: &str,
        at: Timestamp,
    ) -> Result<(), RosterError> {
        self.write("noting who reads a timeline", |tx| {
            let sql =
                "INSERT INTO timeline_read (district, subject, actor, at) VALUES (?1, ?2, ?3, ?4)";
            for subject in subjects {
                query::change(tx, sql, params![district, subject, by, at.millis()])?;
            }
            Ok(())
        })
    }
}

//! Student years: few by their keys, many in the order of the table.

use homeroom_model::ObjectId;
use homeroom_store::{FeedKey, StudentYear, Which};
use rusqlite::{Connection, Row, Transaction, params};

use crate::columns::id;
use crate::fault::Answer;
use crate::query;

/// From so many students on, the part of the table between the first and the last is read instead of each by its key: a
/// row in passing costs about a tenth of one that is looked up.
const MANY: usize = 2_000;

/// Which students, owned and in their order.
pub(super) enum Wanted {
    All,
    These(Vec<ObjectId>),
    /// Those of whom something is open, behind a student, so many.
    Open(Option<ObjectId>, Option<u32>),
}

impl Wanted {
    pub(super) fn new(which: Which<'_>) -> Self {
        match which {
            Which::All => Self::All,
            Which::Open => Self::Open(None, None),
            Which::NextOpen(after, most) => Self::Open(after, Some(most)),
            Which::These(students) => {
                let mut students = students.to_vec();
                students.sort_unstable();
                students.dedup();
                Self::These(students)
            }
        }
    }
}

macro_rules! select {
    ($earlier:literal, $join:literal, $rest:literal, $limit:literal) => {
        concat!(
            "SELECT s.student, s.is_open, s.recent, ",
            $earlier,
            " FROM goals_student_years s ",
            $join,
            " WHERE s.district = ?1 AND s.app = ?2 AND s.year = ?3 ",
            $rest,
            " ORDER BY s.student",
            $limit
        )
    };
}

/// The same question with and without the earlier days.
macro_rules! question {
    ($earlier:expr, $rest:literal) => {
        question!($earlier, $rest, "")
    };
    ($earlier:expr, $rest:literal, $limit:literal) => {
        if $earlier {
            select!(
                "e.days",
                "LEFT JOIN goals_earlier_days e USING (district, app, year, student)",
                $rest,
                $limit
            )
        } else {
            select!("NULL", "", $rest, $limit)
        }
    };
}

pub(super) fn read(
    connection: &Connection,
    key: FeedKey,
    year: i16,
    wanted: &Wanted,
    earlier: bool,
) -> Answer<Vec<StudentYear>> {
    let (district, app) = (key.district.bytes(), key.app.bytes());
    match wanted {
        Wanted::All => {
            let sql = question!(earlier, "");
            query::all(connection, sql, params![district, app, year], take)
        }
        Wanted::Open(after, most) => {
            let sql = question!(earlier, "AND s.is_open = 1 AND s.student > ?4", " LIMIT ?5");
            // Every id is behind no bytes at all, and a negative limit is none.
            let after = after.as_ref().map_or(&[][..], |after| &after.bytes()[..]);
            let most = most.map_or(-1, i64::from);
            let next = params![district, app, year, after, most];
            query::all(connection, sql, next, take)
        }
        Wanted::These(students) if students.len() < MANY => {
            let sql = question!(earlier, "AND s.student = ?4");
            let mut statement = connection.prepare_cached(sql)?;
            let mut found = Vec::with_capacity(students.len());
            for student in students {
                let mut rows = statement.query(params![district, app, year, student.bytes()])?;
                if let Some(row) = rows.next()? {
                    found.push(take(row)?);
                }
            }
            Ok(found)
        }
        Wanted::These(students) => {
            let (Some(first), Some(last)) = (students.first(), students.last()) else {
                return Ok(Vec::new());
            };
            let sql = question!(earlier, "AND s.student BETWEEN ?4 AND ?5");
            let mut statement = connection.prepare_cached(sql)?;
            let between = params![district, app, year, first.bytes(), last.bytes()];
            let mut rows = statement.query(between)?;
            let (mut found, mut wanted) = (Vec::with_capacity(students.len()), students.iter());
            let mut next = wanted.next();
            while let Some(row) = rows.next()? {
                let student = id(row, 0)?;
                while next.is_some_and(|next| *next < student) {
                    next = wanted.next();
                }
                if next == Some(&student) {
                    found.push(take(row)?);
                }
            }
            Ok(found)
        }
    }
}

fn take(row: &Row<'_>) -> Answer<StudentYear> {
    Ok(StudentYear {
        student: id(row, 0)?,
        open: row.get(1)?,
        recent: row.get(2)?,
        earlier: row.get::<_, Option<Vec<u8>>>(3)?.unwrap_or_default(),
    })
}

pub(super) fn write(
    tx: &Transaction<'_>,
    key: FeedKey,
    year: i16,
    changed: &[StudentYear],
) -> Answer<()> {
    let (district, app) = (key.district.bytes(), key.app.bytes());
    let mut recent = tx.prepare_cached(
        "INSERT INTO goals_student_years (district, app, year, student, is_open, recent) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT DO UPDATE SET is_open = excluded.is_open, recent = excluded.recent",
    )?;
    let mut earlier = tx.prepare_cached(
        "INSERT INTO goals_earlier_days (district, app, year, student, days) \
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET days = excluded.days",
    )?;
    for kept in changed {
        let student = kept.student.bytes();
        recent.execute(params![
            district,
            app,
            year,
            student,
            kept.open,
            kept.recent.as_slice()
        ])?;
        if !kept.earlier.is_empty() {
            earlier.execute(params![
                district,
                app,
                year,
                student,
                kept.earlier.as_slice()
            ])?;
        }
    }
    Ok(())
}

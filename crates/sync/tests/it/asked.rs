//! What an app sees in its database, and what it writes there.

use homeroom_client::Clock as _;
use homeroom_model::ObjectId;
use rusqlite::types::Value;

use crate::world::World;

impl World {
    /// Rows of a query as the app asks it: columns with blanks between, `-` for nothing.
    pub(crate) fn sql(&self, sql: &str) -> Vec<String> {
        let connection = self.connection();
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let texts = (0..columns).map(|at| {
                Ok(match row.get::<_, Value>(at)? {
                    Value::Null => "-".to_owned(),
                    Value::Integer(number) => number.to_string(),
                    Value::Text(text) => text,
                    other => format!("{other:?}"),
                })
            });
            Ok(texts
                .collect::<Result<Vec<_>, rusqlite::Error>>()?
                .join(" "))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// The one row of a query.
    pub(crate) fn one(&self, sql: &str) -> String {
        let mut rows = self.sql(sql);
        assert_eq!(rows.len(), 1, "{sql}: {rows:?}");
        rows.remove(0)
    }

    /// The one number a query answers with.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.one(sql).parse().unwrap()
    }

    /// What the app itself writes.
    pub(crate) fn write(&self, sql: &str) {
        self.connection().execute_batch(sql).unwrap();
    }

    fn connection(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.roster.path()).unwrap();
        connection
            .execute_batch("PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 60000")
            .unwrap();
        connection
    }

    /// What happens when somebody signs in with an id: `yes` and their roles, or `no` and why.
    pub(crate) fn sign_in(&self, id: ObjectId) -> String {
        let sql = format!(
            "SELECT iif(usable, 'yes ' || ifnull(roles, ''), 'no ' || why_not || ifnull(' ' || source_reason, ''))
             FROM may_sign_in WHERE source_id = '{}'",
            id.to_hex()
        );
        let mut rows = self.sql(&sql);
        match rows.pop() {
            Some(row) if rows.is_empty() => row,
            None => "nobody".to_owned(),
            Some(_) => panic!("{id:?} is several"),
        }
    }

    /// The account that an id signs in to.
    pub(crate) fn account(&self, id: ObjectId) -> i64 {
        self.number(&format!(
            "SELECT person FROM may_sign_in WHERE source_id = '{}'",
            id.to_hex()
        ))
    }

    /// The class that goes by an id now.
    pub(crate) fn class(&self, id: ObjectId) -> i64 {
        self.number(&format!(
            "SELECT id FROM classes WHERE source_id = '{}'",
            id.to_hex()
        ))
    }

    /// Last names of a class's people, teachers first.
    pub(crate) fn people_of(&self, section: ObjectId) -> Vec<String> {
        self.sql(&format!(
            "SELECT p.last_name FROM rosters AS r JOIN people AS p ON p.id = r.person WHERE r.section = {}
             ORDER BY r.role DESC, p.last_name",
            self.class(section)
        ))
    }

    /// What an action of a run was, with its reason, by kind and op, and how often.
    pub(crate) fn audit(&self, run: i64) -> Vec<String> {
        self.sql(&format!(
            "SELECT op, kind, reason, count(*) FROM changes WHERE run = {run} GROUP BY op, kind, reason ORDER BY op, kind, reason"
        ))
    }

    /// The last row of the audit.
    pub(crate) fn last_change(&self) -> i64 {
        self.number("SELECT ifnull(max(seq), 0) FROM changes")
    }

    /// Holds that are open: what they hold and what it looks like.
    pub(crate) fn holds(&self) -> Vec<String> {
        self.sql("SELECT subject, pattern FROM hold WHERE closed IS NULL ORDER BY subject")
    }

    /// Makes an account of the app's own, of which the source knows nothing.
    pub(crate) fn own_student(&self, id: i64, last: &str, sis_id: &str, email: &str) {
        self.write(&format!(
            "INSERT INTO person (id, origin, source_state, first_name, last_name, email)
             VALUES ({id}, 'manual', 'never', 'First', '{last}', nullif('{email}', ''));
             INSERT INTO role (person, role, sis_id) VALUES ({id}, 'student', nullif('{sis_id}', ''));"
        ));
    }

    /// Something was done in the app.
    pub(crate) fn work(&self, person: i64, source: ObjectId, section: i64, what: &str) {
        self.write(&format!(
            "INSERT INTO work (person, source_id, section, section_label, what, at)
             VALUES ({person}, '{}', {section}, (SELECT name FROM classes WHERE id = {section}), '{what}', {})",
            source.to_hex(),
            self.toy.clock().now().millis(),
        ));
    }

    /// Today, as dates of the app's database.
    pub(crate) fn today(&self) -> String {
        self.toy.clock().now().date().to_string()
    }
}

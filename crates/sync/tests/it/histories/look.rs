//! An app's database at one moment, as its own programs see it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value as Sql;
use serde_json::Value;

/// A reader of an app's database.
pub(crate) struct Look {
    connection: Connection,
    pub(crate) district: i64,
}

/// Tables that hold the roster: whose record each row is about, and its columns but for what is noted without an audit.
const ROSTER: &[(&str, &str, &str)] = &[
    (
        "school",
        "id",
        "origin, state, reason, name, sis_id, number, state_id, low_grade, high_grade, ext",
    ),
    (
        "term",
        "id",
        "origin, state, reason, name, start_date, end_date, successor, ext",
    ),
    (
        "course",
        "id",
        "origin, state, reason, name, number, school, copy_of, ext",
    ),
    (
        "section",
        "id",
        "origin, state, reason, name, school, course, term, sis_id, number, period, subject, grade, carried_from, ext",
    ),
    (
        "person",
        "id",
        "origin, source_state, source_reason, app_state, app_reason, merged_into, first_name, middle_name, last_name, email, login_name",
    ),
    (
        "role",
        "person",
        "role, sis_id, number, state_id, grade, graduation_year, birth_date, title, ext",
    ),
    ("role_school", "person", "role, school, is_primary"),
    (
        "profile",
        "id",
        "state, reason, person, section, school, label, is_default",
    ),
    (
        "membership",
        "section",
        "person, is_teacher, source, intent, position, profile, opened",
    ),
    (
        "membership_past",
        "section",
        "person, is_teacher, opened, closed, position",
    ),
    (
        "relationship",
        "contact",
        "student, type, label, opened, closed",
    ),
    ("association", "teacher", "student, opened, closed"),
    (
        "link",
        "entity",
        "kind, source_id, person_kind, state, rung, evidence",
    ),
];

/// Rows by table and by the record they are about.
pub(crate) type Rows = BTreeMap<(&'static str, i64), BTreeSet<String>>;

impl Look {
    pub(crate) fn at(path: &Path, district: i64) -> Self {
        let connection = Connection::open(path).unwrap();
        connection
            .execute_batch("PRAGMA query_only = ON; PRAGMA busy_timeout = 60000")
            .unwrap();
        Self {
            connection,
            district,
        }
    }

    /// Rows of a query, columns with blanks between, `-` for nothing.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let mut statement = self
            .connection
            .prepare_cached(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let texts = (0..columns).map(|at| Ok(shown(row.get::<_, Sql>(at)?)));
            Ok(texts
                .collect::<Result<Vec<_>, rusqlite::Error>>()?
                .join(" "))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    pub(crate) fn number(&self, sql: &str) -> i64 {
        let rows = self.rows(sql);
        rows.first()
            .and_then(|row| row.parse().ok())
            .unwrap_or_else(|| panic!("{sql}: {rows:?}"))
    }

    pub(crate) fn last_change(&self) -> i64 {
        self.number("SELECT ifnull(max(seq), 0) FROM audit")
    }

    /// The roster, by whom each row is about.
    pub(crate) fn roster(&self) -> Rows {
        let mut all = Rows::new();
        for (table, key, columns) in ROSTER {
            let sql = format!(
                "SELECT {key}, {columns} FROM {table} WHERE {key} / 1000000000 = {}",
                self.district
            );
            for row in self.rows(&sql) {
                let (key, rest) = row.split_once(' ').unwrap();
                let entity = key.parse().unwrap();
                // Ties that ended are what was, as seats that ended are, which have a table of their own.
                let ended = *table == "relationship" && !rest.ends_with(" -");
                let table = if ended { "relationship_past" } else { table };
                all.entry((table, entity))
                    .or_default()
                    .insert(rest.to_owned());
            }
        }
        all
    }

    /// What belongs to the app, row by row. Members of groups have theirs by themselves.
    pub(crate) fn own(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (table, columns) in [
            (
                "work",
                "id, person, source_id, section, section_label, what, detail, at",
            ),
            (
                "person_own",
                "person, nickname, settings, changed_by, privileged, verified_email",
            ),
            ("section_own", "section, display_name, settings, changed_by"),
            (
                "custom_group",
                "id, owner, section, name, settings, closed, changed_by",
            ),
            ("side_data", "district, key_kind, key, name, value"),
        ] {
            let rows = self.rows(&format!("SELECT {columns} FROM {table} ORDER BY 1, 2, 3"));
            all.extend(rows.into_iter().map(|row| format!("{table} {row}")));
        }
        all
    }

    /// Years of graduation, which are set once.
    pub(crate) fn years(&self) -> BTreeMap<String, String> {
        let rows =
            self.rows("SELECT person, graduation_year FROM role WHERE graduation_year IS NOT NULL");
        let pairs = rows.iter().filter_map(|row| row.split_once(' '));
        pairs
            .map(|(person, year)| (person.to_owned(), year.to_owned()))
            .collect()
    }

    /// Members of groups: who, since when, until when, whether the sync closed it.
    pub(crate) fn members(&self) -> BTreeSet<String> {
        let sql = "SELECT custom_group, person, opened, closed, closed_by_sync FROM group_member";
        self.rows(sql).into_iter().collect()
    }

    /// Second ids of accounts, each with the first.
    pub(crate) fn joint(&self) -> BTreeMap<String, String> {
        let rows = self.rows(
            "SELECT j.source_id, a.source_id FROM link AS j JOIN link AS a ON a.entity = j.entity AND a.state = 'active'
             WHERE j.state = 'joint'",
        );
        let pairs = rows.iter().filter_map(|row| row.split_once(' '));
        pairs
            .map(|(second, first)| (second.to_owned(), first.to_owned()))
            .collect()
    }

    /// The digest of what waits for a yes: after a part of a plan was applied, what is left waits under its own.
    pub(crate) fn waiting(&self) -> Option<String> {
        let sql = format!(
            "SELECT plan FROM hold WHERE closed IS NULL AND district = {} ORDER BY renewed DESC, id DESC LIMIT 1",
            self.district
        );
        self.rows(&sql).pop()
    }

    /// Source ids that wait for an answer of people.
    pub(crate) fn undecided(&self) -> BTreeSet<String> {
        let sql = format!(
            "SELECT source_id FROM suggestion WHERE state = 'open' AND about IN ('link', 'join', 'merge') AND district = {0}
             UNION SELECT source_id FROM conflict WHERE state = 'open' AND district = {0}
             UNION SELECT l.source_id FROM person AS p JOIN link AS l ON l.entity = p.merged_into WHERE l.district = {0}",
            self.district
        );
        self.rows(&sql).into_iter().collect()
    }
}

fn shown(value: Sql) -> String {
    match value {
        Sql::Null => "-".to_owned(),
        Sql::Integer(number) => number.to_string(),
        Sql::Real(number) => number.to_string(),
        Sql::Text(text) if text.is_empty() => "-".to_owned(),
        Sql::Text(text) => text,
        Sql::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// A value of a document as a line shows it: empty and absent alike.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

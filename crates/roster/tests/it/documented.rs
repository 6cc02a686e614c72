//! docs/app-database.md is the schema: every table and view, every column, no other; and its queries run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use homeroom_model::Role;
use homeroom_roster::suite::sample::{Subject, Town, Work, apply, comes};
use homeroom_roster::{Op, Seat};

use crate::empty;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/app-database.md");
    fs::read_to_string(path).unwrap()
}

/// Tables and views of a page: a heading of the third level with the name, then rows that begin with a column's name.
fn documented(page: &str) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::new();
    let mut name = String::new();
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("### `") {
            heading.trim_end_matches('`').clone_into(&mut name);
            tables.insert(name.clone(), Vec::new());
        } else if line.starts_with('#') {
            name.clear();
        } else if let (Some(row), Some(columns)) = (line.strip_prefix("| `"), tables.get_mut(&name))
        {
            let (column, meaning) = row.split_once("` | ").unwrap();
            assert!(meaning.len() > 4, "{name}.{column} says something");
            columns.push(column.to_owned());
        }
    }
    tables
}

fn real(subject: &Subject) -> BTreeMap<String, Vec<String>> {
    let names = subject.rows(
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' \
         AND name <> 'refinery_schema_history'",
    );
    let columns = |name: &String| {
        let rows = subject.rows(&format!(
            "SELECT name FROM pragma_table_xinfo('{name}') ORDER BY cid"
        ));
        (name.clone(), rows.into_iter().flatten().collect())
    };
    names.iter().flatten().map(columns).collect()
}

#[test]
fn the_page_has_every_table_and_column() {
    let (_folder, subject) = empty();
    let (documented, real) = (documented(&page()), real(&subject));
    let names =
        |tables: &BTreeMap<String, Vec<String>>| tables.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&documented), names(&real));
    for (table, columns) in real {
        assert_eq!(documented[&table], columns, "{table}");
    }
}

#[test]
fn its_queries_run() {
    let (_folder, subject) = empty();
    // Ids as on the page: section 2, teacher 4, the first student 5 with source id 40, which is 28 in hexadecimal, a principal 8.
    let town = Town::build(&subject, 1);
    let mut work = Work::begin(&subject, &town, 2);
    work.person(Role::Staff, town.school, 31);
    work.commit();
    let seats = [
        comes(town.students[0], Seat::STUDENT),
        comes(town.teacher, Seat::teacher(0)),
    ];
    let enrol = Op::Seats {
        section: town.sections[0],
        changes: &seats,
    };
    let person = town.students[0];
    let gone = Op::Deactivate {
        person,
        disconnected: false,
    };
    let told = Op::Notice {
        person,
        code: "without_class",
        detail: Some("not yet"),
    };
    apply(
        &subject,
        &town,
        3,
        &[enrol, gone, Op::Reactivate { person }, told],
    );
    let page = page();
    let blocks = page
        .split("```sql\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    let mut answers = Vec::new();
    for statement in blocks.flat_map(|block| block.split(';')).map(str::trim) {
        if !statement.is_empty() {
            answers.push(subject.rows(statement).len());
        }
    }
    // Statements that write answer nothing.
    assert_eq!(answers, [1, 1, 1, 1, 1, 2, 2, 0, 0, 0, 12, 6, 2, 0]);
}

//! Opening, settings of the connections, what is refused.

use homeroom_roster::suite::sample::Town;
use homeroom_roster::{ErrorKind, FORMAT, SqliteRoster};
use rusqlite::Connection;

use crate::{empty, frozen, place, subject};

#[test]
fn all_tables_are_strict() {
    let (_folder, subject) = empty();
    let loose = subject.value(
        "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict \
         AND name NOT LIKE 'sqlite%' AND name <> 'refinery_schema_history'",
    );
    assert_eq!(loose, "0");
}

/// A longer list after IN is made into a tree by every statement that writes the column.
#[test]
fn no_check_of_a_large_table_builds_a_tree() {
    let (_folder, subject) = empty();
    let tables = "'school', 'term', 'course', 'section', 'person', 'role', 'role_school', 'profile', 'membership', \
                  'membership_past', 'relationship', 'association', 'link', 'cell', 'audit'";
    let schema = subject.rows(&format!(
        "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name IN ({tables})"
    ));
    assert_eq!(schema.len(), 15);
    for sql in schema.iter().flatten() {
        let lists = sql.split(" IN (").skip(1);
        let lists = lists.map(|list| list.split(')').next().unwrap());
        for list in lists {
            assert!(list.split(',').count() < 3, "{list}");
        }
    }
}

#[test]
fn a_roster_is_there_again_after_closing() {
    let (_folder, path) = place();
    let first = subject(&path);
    let town = Town::build(&first, 1);
    drop(first);
    let roster = SqliteRoster::open(&path).unwrap();
    assert_eq!(roster.format().unwrap(), FORMAT);
    assert!(roster.check().unwrap().is_empty());
    let again = subject(&path);
    assert_eq!(
        again.read().district(town.district).unwrap().unwrap().id,
        town.district
    );
}

/// One of the migrations edits the text of the schema, which others have read.
#[test]
fn several_bring_an_old_roster_to_the_newest_form_at_once() {
    let (_folder, path) = place();
    std::fs::copy(frozen::frozen(1, "sqlite"), &path).unwrap();
    std::thread::scope(|scope| {
        let open = || SqliteRoster::open(&path).map(drop);
        let openers: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
        for opener in openers {
            opener.join().unwrap().unwrap();
        }
    });
    let roster = SqliteRoster::open(&path).unwrap();
    assert_eq!(roster.format().unwrap(), FORMAT);
    assert!(roster.check().unwrap().is_empty());
}

#[test]
fn another_database_is_refused() {
    let (_folder, path) = place();
    let connection = Connection::open(&path).unwrap();
    connection.execute("CREATE TABLE notes (text)", []).unwrap();
    drop(connection);
    let error = SqliteRoster::open(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(
        error.to_string().contains("another SQLite database"),
        "{error}"
    );
}

#[test]
fn a_value_of_the_wrong_form_is_corrupt_and_not_quoted() {
    let (_folder, subject) = empty();
    let town = Town::build(&subject, 1);
    subject.rows("UPDATE suggestion SET rung = 'x'");
    subject.rows(
        "INSERT INTO cell (entity, field, value, origin, since) VALUES (1, 'x', '1', 'user', 0)",
    );
    subject.rows(&format!(
        "INSERT INTO cell (entity, field, value, origin, since) VALUES ({}, 'x', '[\"Secret\"]', 'user', 0)",
        town.teacher
    ));
    let error = subject
        .read()
        .cells(town.district, &mut |_, _, _| Ok(()))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(!format!("{error:?}").contains("Secret"), "{error:?}");
}

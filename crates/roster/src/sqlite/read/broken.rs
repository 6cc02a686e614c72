//! Invariants as questions (integration-side B16, A4.12). Most are constraints of the schema as well; a database that was edited by
//! hand, or with foreign keys off, may break them all the same.

use rusqlite::Connection;

use super::scans::ids_of;
use crate::sqlite::fault::Answer;
use crate::sqlite::query;

/// Name of the rule, a query for how often it is broken between two ids, and whether the schema has it as a constraint, which
/// SQLite looks after at every statement.
const RULES: [(&str, &str, bool); 10] = [
    (
        "work without a person",
        "SELECT count(*) FROM work AS w WHERE w.person BETWEEN ?1 AND ?2 \
         AND NOT EXISTS (SELECT 1 FROM person AS p WHERE p.id = w.person)",
        true,
    ),
    (
        "two present source ids of one account without a decision",
        "SELECT count(*) FROM (SELECT entity FROM link WHERE entity BETWEEN ?1 AND ?2 AND (state = 'active' \
         OR (state = 'joint' AND evidence IS NULL)) GROUP BY entity HAVING count(*) > 1)",
        true,
    ),
    (
        "a source id of nothing",
        "SELECT count(*) FROM link AS l WHERE l.entity BETWEEN ?1 AND ?2 AND NOT EXISTS (SELECT 1 FROM person WHERE id = l.entity) \
         AND NOT EXISTS (SELECT 1 FROM section WHERE id = l.entity) AND NOT EXISTS (SELECT 1 FROM school WHERE id = l.entity) \
         AND NOT EXISTS (SELECT 1 FROM course WHERE id = l.entity) AND NOT EXISTS (SELECT 1 FROM term WHERE id = l.entity)",
        false,
    ),
    (
        "a membership across districts, or of nobody",
        // Who is named is looked for once, however many classes name them.
        "SELECT (SELECT count(*) FROM membership WHERE section BETWEEN ?1 AND ?2 AND person NOT BETWEEN ?1 AND ?2) \
         + (SELECT count(*) FROM (SELECT DISTINCT person FROM membership WHERE person BETWEEN ?1 AND ?2) AS m \
         WHERE NOT EXISTS (SELECT 1 FROM person WHERE id = m.person)) \
         + (SELECT count(*) FROM (SELECT DISTINCT section FROM membership WHERE section BETWEEN ?1 AND ?2) AS m \
         WHERE NOT EXISTS (SELECT 1 FROM section WHERE id = m.section))",
        true,
    ),
    (
        "a membership that does not follow from fact and wish",
        "SELECT count(*) FROM membership WHERE section BETWEEN ?1 AND ?2 AND ((opened IS NOT NULL) <> \
         (CASE intent WHEN 'added' THEN 1 WHEN 'removed' THEN 0 ELSE source END) OR (source = 0 AND intent IS NOT 'added'))",
        true,
    ),
    (
        "two periods of one membership at once",
        "SELECT count(*) FROM membership_past AS a WHERE a.section BETWEEN ?1 AND ?2 AND (EXISTS (SELECT 1 FROM membership AS m \
         WHERE m.section = a.section AND m.person = a.person AND m.is_teacher = a.is_teacher AND m.opened < a.closed) \
         OR EXISTS (SELECT 1 FROM membership_past AS b WHERE b.section = a.section AND b.person = a.person \
         AND b.is_teacher = a.is_teacher AND b.opened > a.opened AND b.opened < a.closed))",
        false,
    ),
    (
        "a role's school of another district",
        "SELECT count(*) FROM role_school WHERE person BETWEEN ?1 AND ?2 AND school NOT BETWEEN ?1 AND ?2",
        true,
    ),
    (
        "somebody in a group that divides a class they are not in",
        "SELECT count(*) FROM group_member AS g JOIN custom_group AS c ON c.id = g.custom_group \
         WHERE g.person BETWEEN ?1 AND ?2 AND g.closed IS NULL AND c.section IS NOT NULL AND NOT EXISTS (SELECT 1 FROM membership AS m \
         WHERE m.section = c.section AND m.person = g.person AND m.opened IS NOT NULL)",
        false,
    ),
    (
        "a person without a row in the audit",
        "SELECT count(*) FROM person AS p WHERE p.id BETWEEN ?1 AND ?2 AND p.origin = 'source' \
         AND NOT EXISTS (SELECT 1 FROM audit WHERE subject = p.id)",
        false,
    ),
    (
        "a roster without a row in the audit",
        "SELECT count(*) FROM (SELECT DISTINCT section FROM membership WHERE section BETWEEN ?1 AND ?2) AS m \
         WHERE NOT EXISTS (SELECT 1 FROM audit WHERE subject = m.section)",
        false,
    ),
];

/// The records that rows of the audit from a number on are about: the first three parameters are those of [`RULES`] and that
/// number.
const TOUCHED: &str = "WITH touched (id) AS MATERIALIZED \
                       (SELECT DISTINCT subject FROM audit WHERE seq >= ?3 AND subject BETWEEN ?1 AND ?2)";

/// The rules that are no constraints, about those records.
const OF_TOUCHED: [(&str, &str); 3] = [
    (
        "a source id of nothing",
        "SELECT count(*) FROM touched AS t WHERE NOT EXISTS (SELECT 1 FROM person WHERE id = t.id) \
         AND NOT EXISTS (SELECT 1 FROM section WHERE id = t.id) AND NOT EXISTS (SELECT 1 FROM school WHERE id = t.id) \
         AND NOT EXISTS (SELECT 1 FROM course WHERE id = t.id) AND NOT EXISTS (SELECT 1 FROM term WHERE id = t.id) \
         AND (EXISTS (SELECT 1 FROM link WHERE entity = t.id AND state = 'active') \
         OR EXISTS (SELECT 1 FROM link WHERE entity = t.id AND state <> 'active'))",
    ),
    (
        "two periods of one membership at once",
        "SELECT count(*) FROM touched AS t JOIN membership_past AS a ON a.section = t.id WHERE EXISTS (SELECT 1 FROM membership AS m \
         WHERE m.section = a.section AND m.person = a.person AND m.is_teacher = a.is_teacher AND m.opened < a.closed) \
         OR EXISTS (SELECT 1 FROM membership_past AS b WHERE b.section = a.section AND b.person = a.person \
         AND b.is_teacher = a.is_teacher AND b.opened > a.opened AND b.opened < a.closed)",
    ),
    (
        "somebody in a group that divides a class they are not in",
        "SELECT count(*) FROM touched AS t JOIN custom_group AS c ON c.section = t.id JOIN group_member AS g ON g.custom_group = c.id \
         WHERE g.closed IS NULL AND NOT EXISTS (SELECT 1 FROM membership AS m \
         WHERE m.section = c.section AND m.person = g.person AND m.opened IS NOT NULL)",
    ),
];

/// Whether a new account has a row in the audit.
const OF_NEW: (&str, &str) = (
    "a person without a row in the audit",
    "SELECT count(*) FROM person AS p WHERE p.id BETWEEN ?1 AND ?2 AND p.origin = 'source' \
     AND NOT EXISTS (SELECT 1 FROM audit WHERE subject = p.id)",
);

/// The rules that are no constraints and are broken about what rows of the audit from `first_seq` on are about, and about
/// accounts from `first_id` on.
pub(crate) fn broken_since(
    at: &Connection,
    district: i64,
    (first_seq, first_id): (i64, i64),
) -> Answer<Vec<(&'static str, i64)>> {
    let [first, last] = ids_of(district);
    let mut broken = Vec::new();
    // In one statement, so that what was touched is looked for once.
    let counts = OF_TOUCHED.map(|(_, sql)| format!("({sql})")).join(", ");
    let sql = format!("{TOUCHED} SELECT {counts}");
    let counted = query::first(at, &sql, [first, last, first_seq], |row| {
        Ok([row.get(0)?, row.get(1)?, row.get(2)?])
    })?;
    let rules = OF_TOUCHED.map(|(rule, _)| rule);
    broken.extend(rules.into_iter().zip(counted.into_iter().flatten()));
    let (rule, sql) = OF_NEW;
    let found = query::first(at, sql, [first_id, last], |row| Ok(row.get(0)?))?;
    broken.extend(found.map(|found| (rule, found)));
    broken.retain(|(_, count)| *count > 0);
    Ok(broken)
}

/// The rules that are no constraints and are broken anywhere in a district.
pub(crate) fn broken_beside_constraints(
    at: &Connection,
    district: i64,
) -> Answer<Vec<(&'static str, i64)>> {
    let rules = RULES.iter().filter(|(.., constraint)| !constraint);
    ask(at, district, rules)
}

/// The rules that are broken in a district.
pub(crate) fn broken(at: &Connection, district: i64) -> Answer<Vec<(&'static str, i64)>> {
    ask(at, district, RULES.iter())
}

fn ask(
    at: &Connection,
    district: i64,
    rules: impl Iterator<Item = &'static (&'static str, &'static str, bool)>,
) -> Answer<Vec<(&'static str, i64)>> {
    let mut broken = Vec::new();
    for (rule, sql, _) in rules {
        let count = query::first(at, sql, ids_of(district), |row| Ok(row.get::<_, i64>(0)?))?;
        if let Some(count) = count.filter(|count| *count > 0) {
            broken.push((*rule, count));
        }
    }
    Ok(broken)
}

//! Invariants as questions (integration-side B16, A4.12). Most are constraints of the schema as well; a database that was edited by
//! hand, or with foreign keys off, may break them all the same.

use rusqlite::Connection;

use super::scans::ids_of;
use crate::sqlite::fault::Answer;
use crate::sqlite::query;

/// Name of the rule, and a query for how often it is broken between two ids.
const RULES: [(&str, &str); 10] = [
    (
        "work without a person",
        "SELECT count(*) FROM work AS w WHERE w.person BETWEEN ?1 AND ?2 \
         AND NOT EXISTS (SELECT 1 FROM person AS p WHERE p.id = w.person)",
    ),
    (
        "two present source ids of one account without a decision",
        "SELECT count(*) FROM (SELECT entity FROM link WHERE entity BETWEEN ?1 AND ?2 AND (state = 'active' \
         OR (state = 'joint' AND evidence IS NULL)) GROUP BY entity HAVING count(*) > 1)",
    ),
    (
        "a source id of nothing",
        "SELECT count(*) FROM link AS l WHERE l.entity BETWEEN ?1 AND ?2 AND NOT EXISTS (SELECT 1 FROM person WHERE id = l.entity) \
         AND NOT EXISTS (SELECT 1 FROM section WHERE id = l.entity) AND NOT EXISTS (SELECT 1 FROM school WHERE id = l.entity) \
         AND NOT EXISTS (SELECT 1 FROM course WHERE id = l.entity) AND NOT EXISTS (SELECT 1 FROM term WHERE id = l.entity)",
    ),
    (
        "a membership across districts, or of nobody",
        // Who is named is looked for once, however many classes name them.
        "SELECT (SELECT count(*) FROM membership WHERE section BETWEEN ?1 AND ?2 AND person NOT BETWEEN ?1 AND ?2) \
         + (SELECT count(*) FROM (SELECT DISTINCT person FROM membership WHERE person BETWEEN ?1 AND ?2) AS m \
         WHERE NOT EXISTS (SELECT 1 FROM person WHERE id = m.person)) \
         + (SELECT count(*) FROM (SELECT DISTINCT section FROM membership WHERE section BETWEEN ?1 AND ?2) AS m \
         WHERE NOT EXISTS (SELECT 1 FROM section WHERE id = m.section))",
    ),
    (
        "a membership that does not follow from fact and wish",
        "SELECT count(*) FROM membership WHERE section BETWEEN ?1 AND ?2 AND ((opened IS NOT NULL) <> \
         (CASE intent WHEN 'added' THEN 1 WHEN 'removed' THEN 0 ELSE source END) OR (source = 0 AND intent IS NOT 'added'))",
    ),
    (
        "two periods of one membership at once",
        "SELECT count(*) FROM membership_past AS a WHERE a.section BETWEEN ?1 AND ?2 AND (EXISTS (SELECT 1 FROM membership AS m \
         WHERE m.section = a.section AND m.person = a.person AND m.is_teacher = a.is_teacher AND m.opened < a.closed) \
         OR EXISTS (SELECT 1 FROM membership_past AS b WHERE b.section = a.section AND b.person = a.person \
         AND b.is_teacher = a.is_teacher AND b.opened > a.opened AND b.opened < a.closed))",
    ),
    (
        "a role's school of another district",
        "SELECT count(*) FROM role_school WHERE person BETWEEN ?1 AND ?2 AND school NOT BETWEEN ?1 AND ?2",
    ),
    (
        "somebody in a group that divides a class they are not in",
        "SELECT count(*) FROM group_member AS g JOIN custom_group AS c ON c.id = g.custom_group \
         WHERE g.person BETWEEN ?1 AND ?2 AND g.closed IS NULL AND c.section IS NOT NULL AND NOT EXISTS (SELECT 1 FROM membership AS m \
         WHERE m.section = c.section AND m.person = g.person AND m.opened IS NOT NULL)",
    ),
    (
        "a person without a row in the audit",
        "SELECT count(*) FROM person AS p WHERE p.id BETWEEN ?1 AND ?2 AND p.origin = 'source' \
         AND NOT EXISTS (SELECT 1 FROM audit WHERE subject = p.id)",
    ),
    (
        "a roster without a row in the audit",
        "SELECT count(*) FROM (SELECT DISTINCT section FROM membership WHERE section BETWEEN ?1 AND ?2) AS m \
         WHERE NOT EXISTS (SELECT 1 FROM audit WHERE subject = m.section)",
    ),
];

pub(crate) fn broken(at: &Connection, district: i64) -> Answer<Vec<(&'static str, i64)>> {
    let mut broken = Vec::new();
    for (rule, sql) in RULES {
        let count = query::first(at, sql, ids_of(district), |row| Ok(row.get::<_, i64>(0)?))?;
        if let Some(count) = count.filter(|count| *count > 0) {
            broken.push((rule, count));
        }
    }
    Ok(broken)
}

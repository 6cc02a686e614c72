//! Documents as they were sent, without the members that the app does not use. Of those only names and numbers are kept
//! (integration-side B15).

use std::borrow::Cow;
use std::collections::BTreeMap;

use homeroom_model::Kind;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::used::Used;

/// How often each member was dropped, by name.
pub type Dropped = BTreeMap<String, u64>;

/// Members that say what a record is and whom it names. They hold nothing about anybody.
const STRUCTURE: [&str; 26] = [
    "id",
    "district",
    "created",
    "last_modified",
    "updated",
    "legacy_id",
    "roles",
    "school",
    "schools",
    "student",
    "students",
    "teacher",
    "teachers",
    "course",
    "courses",
    "term",
    "term_id",
    "course_name",
    "course_number",
    "course_description",
    "student_relationships",
    "relationship",
    "type",
    "start_date",
    "end_date",
    "resource_id",
];

/// Appends a document without what is not used. What is no object is left out as a whole.
pub(super) fn trim(
    kinds: &[Kind],
    raw: &[u8],
    used: &Used,
    dropped: &mut Dropped,
    out: &mut Vec<u8>,
) {
    let begun = out.len();
    let mut reader = serde_json::Deserializer::from_slice(raw);
    let mut trimmer = Trimmer {
        kinds,
        prefixes: &["", "teacher_", "staff_", "admin_"],
        used,
        dropped,
        out,
    };
    if reader.deserialize_map(&mut trimmer).is_err() {
        out.truncate(begun);
    }
}

/// Writes the members of one object that are used.
struct Trimmer<'a> {
    kinds: &'a [Kind],
    /// What may stand before a member's name in the stored field's: that of its role.
    prefixes: &'a [&'a str],
    used: &'a Used,
    dropped: &'a mut Dropped,
    out: &'a mut Vec<u8>,
}

impl<'de> Visitor<'de> for &mut Trimmer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        self.out.push(b'{');
        let mut first = true;
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            let value: &RawValue = members.next_value()?;
            if !self.keeps(&name) {
                *self.dropped.entry(name.into_owned()).or_default() += 1;
                continue;
            }
            if !first {
                self.out.push(b',');
            }
            first = false;
            // Names that are kept need no escaping.
            self.out.push(b'"');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"\":");
            self.value(&name, value);
        }
        self.out.push(b'}');
        Ok(())
    }
}

impl Trimmer<'_> {
    /// A value as it was sent; of roles, each with what is used of it.
    fn value(&mut self, name: &str, value: &RawValue) {
        let roles = (name == "roles").then(|| Roles::read(value)).flatten();
        let Some(roles) = roles else {
            self.out.extend_from_slice(value.get().as_bytes());
            return;
        };
        self.out.push(b'{');
        for (place, (role, value)) in roles.iter().enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            self.out.push(b'"');
            self.out.extend_from_slice(role.as_bytes());
            self.out.extend_from_slice(b"\":");
            let (kind, prefix) = role_of(role);
            let mut inner = Trimmer {
                kinds: &[kind],
                prefixes: &[prefix],
                used: self.used,
                dropped: self.dropped,
                out: self.out,
            };
            let mut reader = serde_json::Deserializer::from_str(value.get());
            if reader.deserialize_map(&mut inner).is_err() {
                self.out.extend_from_slice(b"{}");
            }
        }
        self.out.push(b'}');
    }

    fn keeps(&self, member: &str) -> bool {
        let stored = |name: &str| {
            let kept = |prefix: &&str| {
                let field = format!("{prefix}{name}");
                self.kinds.iter().any(|kind| self.used.keeps(*kind, &field))
            };
            self.prefixes.iter().any(kept)
        };
        STRUCTURE.contains(&member) || fields_of(member).iter().any(|name| stored(name))
    }
}

/// The roles of a person's document, as far as their names need no escaping.
struct Roles;

impl Roles {
    fn read(value: &RawValue) -> Option<Vec<(String, &RawValue)>> {
        let roles: BTreeMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
        let plain = |role: &str| {
            role.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        Some(roles.into_iter().filter(|(role, _)| plain(role)).collect())
    }
}

fn role_of(role: &str) -> (Kind, &'static str) {
    match role {
        "student" => (Kind::Student, ""),
        "teacher" => (Kind::Employee, "teacher_"),
        "staff" => (Kind::Employee, "staff_"),
        "district_admin" => (Kind::Employee, "admin_"),
        _ => (Kind::Contact, ""),
    }
}

/// The stored fields that a member of a document holds: mostly one of the same name.
fn fields_of(member: &str) -> Vec<&str> {
    match member {
        "name" => vec!["first_name", "last_name", "name"],
        "preferred_name" => vec!["preferred_first_name", "preferred_last_name"],
        "credentials" => vec!["username"],
        "location" => vec!["address", "city", "state", "zip"],
        "principal" => vec!["principal_name", "principal_email"],
        "disability" => vec!["disability_type", "disability_status"],
        "home_language_code" => vec!["home_language"],
        "staff_id" => vec!["sis_id"],
        "teacher_number" => vec!["number"],
        same => vec![same],
    }
}

//! Fields with their values, as far as they are told.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::Timestamp;
use homeroom_roster::field::{self, Form};
use homeroom_roster::{AuditEntry, Kind, Value};

use super::super::shown::{HIDDEN, is_sensitive};
use super::{Happened, Teller};

/// Fields that only say since when and why a switch stands as it does: the entry says both.
const SILENT: [&str; 6] = [
    "source_reason",
    "source_since",
    "app_reason",
    "app_since",
    "reason",
    "since",
];

/// Fields without a column of their own, by name.
type Document = serde_json::Map<String, serde_json::Value>;
/// Before and after.
type Documents = (Document, Document);

impl Teller<'_> {
    /// Fields of a record or of roles that changed.
    pub(super) fn fields(
        &self,
        fields: &BTreeMap<String, (Value<'static>, Value<'static>)>,
        kind: Kind,
        of: &str,
    ) -> Vec<Happened> {
        let into = fields.get("merged_into");
        let mut told = Vec::new();
        for (name, (before, after)) in fields {
            if SILENT.contains(&name.as_str()) || (name == "merged_into" && fields.len() > 1) {
                continue;
            }
            if let Some(says) = self.switch(name, before, after, into) {
                told.push(format!("{of}{says}").into());
                continue;
            }
            if let Some(documents) = documents(name, before, after) {
                told.extend(self.document(of, name, &documents));
                continue;
            }
            let (before, after) = (
                self.value(kind, name, before),
                self.value(kind, name, after),
            );
            told.push(self.field(of, name, before, after));
        }
        told
    }

    /// A switch that was turned.
    fn switch(
        &self,
        name: &str,
        before: &Value<'_>,
        after: &Value<'_>,
        into: Option<&(Value<'_>, Value<'_>)>,
    ) -> Option<String> {
        let account = |value: &Value<'_>| {
            let id = value.integer();
            id.map_or_else(String::new, |id| self.record(Kind::Person, id))
        };
        let says = match (name, after.text()?) {
            ("source_state", "present") => "became active",
            ("source_state", "missing") => "became inactive",
            ("source_state", "disconnected") => "became inactive with the district",
            ("app_state", "suspended") => "was suspended",
            ("app_state", "purged") => "was purged",
            ("app_state", "merged_into") => {
                let into = into.map(|(_, into)| account(into)).unwrap_or_default();
                return Some(format!("was merged into {into}"));
            }
            ("app_state", "ok") if before.text() == Some("merged_into") => {
                let from = into.map(|(from, _)| account(from)).unwrap_or_default();
                return Some(format!("came apart from {from} again"));
            }
            ("app_state", "ok") => "is no longer suspended",
            ("state", "archived") => "was archived",
            ("state", "active") => "was restored",
            _ => return None,
        };
        Some(says.to_owned())
    }

    /// A field with its values, as far as they are told.
    fn field(&self, of: &str, name: &str, before: String, after: String) -> Happened {
        let bare = name.rsplit('.').next().unwrap_or(name);
        let hidden = is_sensitive(bare) || bare == "settings";
        let told = |value: String| {
            let value = if hidden && !value.is_empty() {
                HIDDEN.to_owned()
            } else {
                value
            };
            self.values.then_some(value)
        };
        let (before, after) = (told(before), told(after));
        let says = match (&before, &after) {
            (Some(before), Some(after)) => {
                format!("{of}{name}: {} -> {}", quoted(before), quoted(after))
            }
            _ => format!("{of}{name}"),
        };
        Happened {
            says,
            field: Some(name.to_owned()),
            before,
            after,
        }
    }

    /// A value as people read it: what it refers to by its name.
    fn value(&self, kind: Kind, name: &str, value: &Value<'_>) -> String {
        let field = match name.split_once('.') {
            Some((_, name)) => field::role::TABLE.field(name),
            None => field::table(kind).field(name),
        };
        match (value, field.map(|field| field.form())) {
            (Value::Null, _) => String::new(),
            (Value::Integer(id), Some(Form::Reference(kind))) => self.record(kind, *id),
            (Value::Integer(at), Some(Form::Moment)) => Timestamp::from_millis(*at).to_iso(),
            (Value::Integer(number), _) => number.to_string(),
            (Value::Text(text), _) => text.clone().into_owned(),
        }
    }

    /// Fields without a column of their own.
    fn document(&self, of: &str, name: &str, (before, after): &Documents) -> Vec<Happened> {
        let role = name.strip_suffix("ext").unwrap_or_default();
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let changed = keys
            .into_iter()
            .filter(|key| before.get(*key) != after.get(*key));
        let text = |document: &Document, key| document.get(key).map_or_else(String::new, plain);
        changed
            .map(|key| {
                self.field(
                    of,
                    &format!("{role}{key}"),
                    text(before, key),
                    text(after, key),
                )
            })
            .collect()
    }

    /// What the app's people did in the tables that are theirs.
    pub(super) fn own(
        &self,
        entry: &AuditEntry,
        fields: &BTreeMap<String, (serde_json::Value, serde_json::Value)>,
    ) -> Vec<Happened> {
        let group = entry.kind == "custom_group";
        let member = fields.get("person").and_then(|(_, person)| person.as_i64());
        if let Some(person) = member.filter(|_| group) {
            let is_in = fields
                .get("closed")
                .is_none_or(|(_, closed)| closed.is_null());
            let who = if self.about == Some(person) {
                String::new()
            } else {
                format!("{} ", self.record(Kind::Person, person))
            };
            let verb = if is_in { "joined" } else { "left" };
            return vec![format!("{who}{verb} group {}", entry.subject).into()];
        }
        let of = if group {
            format!("group {}: ", entry.subject)
        } else {
            String::new()
        };
        let text = |name: &str, value: &serde_json::Value| match (name, value) {
            ("owner", value) => value
                .as_i64()
                .map_or_else(String::new, |id| self.record(Kind::Person, id)),
            ("section", value) => value
                .as_i64()
                .map_or_else(String::new, |id| self.record(Kind::Section, id)),
            (_, value) => plain(value),
        };
        let changed = fields.iter().filter(|(_, (before, after))| before != after);
        changed
            .map(|(name, (before, after))| {
                self.field(&of, name, text(name, before), text(name, after))
            })
            .collect()
    }
}

/// The documents of a field that is one; nothing for any other.
fn documents(name: &str, before: &Value<'_>, after: &Value<'_>) -> Option<Documents> {
    let document = |value: &Value<'_>| match value {
        Value::Null => Some(Document::new()),
        Value::Text(text) => serde_json::from_str(text).ok(),
        Value::Integer(_) => None,
    };
    if name.rsplit('.').next() != Some("ext") {
        return None;
    }
    document(before).zip(document(after))
}

/// A value between quotes, as it is written: only signs that do something to a screen are told by their numbers.
fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for sign in value.chars() {
        if sign.is_control() {
            text.extend(sign.escape_default());
        } else {
            text.push(sign);
        }
    }
    text + "\""
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_stand_as_they_are_written() {
        for value in ["", "Zoe\u{301}", "🦉", "Bo \"Bobby\" Li", "C:\\Bo", "it's"] {
            assert_eq!(quoted(value), format!("\"{value}\""));
        }
        assert_eq!(
            quoted("a\nb\t\u{1b}[31m\u{85}"),
            "\"a\\nb\\t\\u{1b}[31m\\u{85}\""
        );
    }
}

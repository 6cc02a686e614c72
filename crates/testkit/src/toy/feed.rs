//! What happened, as events (clever-api 6).

use std::time::Duration;

use homeroom_model::{ObjectId, Timestamp};
use homeroom_wire::{Object, Version};
use serde_json::{Map, Value, json};

use super::Holding;

/// How long events are kept.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// An event.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    pub(crate) object: Object,
    verb: &'static str,
    /// The record: after it, or as it was when it left.
    document: Value,
    previous: Option<Value>,
}

impl Told {
    /// The event of a record that was one thing and is another; none where nothing happened.
    pub(crate) fn of(
        (id, at): (ObjectId, Timestamp),
        object: Object,
        was: Option<&Value>,
        is: Option<&Value>,
    ) -> Option<Self> {
        let (verb, document, previous) = match (was, is) {
            (None, Some(is)) => ("created", is, None),
            (Some(was), None) => ("deleted", was, None),
            (Some(was), Some(is)) => ("updated", is, Some(previous(was, is)?)),
            (None, None) => return None,
        };
        Some(Self {
            id: id.to_hex(),
            at,
            object,
            verb,
            document: document.clone(),
            previous,
        })
    }

    /// The event as it is sent.
    pub(crate) fn document(&self, version: &Version) -> Option<Value> {
        let prefix = self.object.event_prefix(version)?;
        let mut data = json!({ "object": self.document });
        if let Some(previous) = &self.previous {
            data["previous_attributes"] = previous.clone();
        }
        Some(json!({
            "id": self.id, "type": format!("{prefix}.{}", self.verb), "created": self.at.to_iso(), "data": data,
        }))
    }

    /// Whether it is about what belongs to a school.
    pub(crate) fn concerns(&self, school: &str) -> bool {
        self.document["id"] == school || names_school(&self.document, school)
    }
}

/// Whether a document names a school as its own.
fn names_school(document: &Value, school: &str) -> bool {
    let own = |place: &Value| {
        let listed = place["schools"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == school));
        listed || place["school"] == school
    };
    let roles = document["roles"].as_object();
    own(document) || roles.is_some_and(|roles| roles.values().any(own))
}

/// The smallest tree that holds the old values; none where nothing differs.
fn previous(was: &Value, is: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (was, is) else {
        return (was != is).then(|| was.clone());
    };
    let mut tree = Map::new();
    let added = new.keys().filter(|name| !old.contains_key(*name));
    for name in old.keys().chain(added) {
        let null = Value::Null;
        let (was, is) = (
            old.get(name).unwrap_or(&null),
            new.get(name).unwrap_or(&null),
        );
        if let Some(differs) = previous(was, is) {
            tree.insert(name.clone(), differs);
        }
    }
    (!tree.is_empty()).then_some(Value::Object(tree))
}

impl Holding {
    /// Events that are still kept.
    pub(crate) fn feed(&self, now: Timestamp) -> impl Iterator<Item = &Told> {
        let oldest = now.millis() - i64::try_from(KEPT.as_millis()).unwrap();
        self.events
            .iter()
            .filter(move |told| told.at.millis() >= oldest)
    }
}

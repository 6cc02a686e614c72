//! What documents hold that no document announced, or that belongs to others.

use std::collections::BTreeSet;

use homeroom_model::{Date, ObjectId, Timestamp};
use homeroom_wire::Object;
use serde_json::{Value, json};

use crate::draw::Draw;
use crate::fault::Fault;
use crate::names::text;
use crate::settings::Settings;

/// Values outside the closed lists, by field.
const STRANGE: [(&str, &str); 5] = [
    ("grade", "Year 14"),
    ("subject", "esports"),
    ("gender", "U"),
    ("relationship", "Mentor"),
    ("state", "hibernating"),
];

/// What documents are changed with.
pub(crate) struct Content<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) draw: &'a Draw,
    pub(crate) now: Timestamp,
    /// How often this request has come.
    pub(crate) nth: u64,
}

impl Content<'_> {
    fn has(&self, fault: Fault) -> bool {
        self.settings.faults.contains_key(&fault)
    }

    /// Whether a record is one of those that a fault happens to.
    fn meets(&self, fault: Fault, document: &Value) -> bool {
        let dose = self.settings.faults.get(&fault);
        let about = [text(document, "id").as_bytes()];
        dose.is_some_and(|dose| self.draw.happens(dose.rate, fault.name(), &about))
    }

    /// Changes a document, and notes what did.
    pub(crate) fn apply(&self, object: Object, document: &mut Value, did: &mut BTreeSet<Fault>) {
        if self.has(Fault::DateSpellings) && self.spell_dates(document) {
            did.insert(Fault::DateSpellings);
        }
        let is_district = matches!(object, Object::District | Object::Status);
        if is_district && self.has(Fault::SilentFeed) && self.move_last_sync(document) {
            did.insert(Fault::SilentFeed);
        }
        if self.meets(Fault::UnknownValues, document) && strange_values(document) {
            did.insert(Fault::UnknownValues);
        }
        if self.meets(Fault::UnknownRoles, document)
            && let Some(roles) = document.get_mut("roles").and_then(Value::as_object_mut)
        {
            roles.insert("volunteer".to_owned(), json!({ "since": "2026-09-01" }));
            did.insert(Fault::UnknownRoles);
        }
        if self.has(Fault::UnknownFields)
            && let Some(fields) = document.as_object_mut()
        {
            fields.insert(
                "x_future".to_owned(),
                json!({ "kind": 7, "values": [true, "…"] }),
            );
            did.insert(Fault::UnknownFields);
        }
    }

    /// The three spellings of one day (clever-api 2.1), another one each time.
    fn spell_dates(&self, document: &mut Value) -> bool {
        let id = text(document, "id").to_owned();
        let Some(term) = document.get_mut("term").and_then(Value::as_object_mut) else {
            return false;
        };
        let mut spelt = false;
        for field in ["start_date", "end_date"] {
            let Some(value) = term.get_mut(field) else {
                continue;
            };
            let day = value.as_str().and_then(|text| text.get(..10));
            let Some(day) = day
                .filter(|day| Date::parse_iso(day).is_some())
                .map(str::to_owned)
            else {
                continue;
            };
            let about = [id.as_bytes(), field.as_bytes()];
            let drawn = self.draw.number("date-spellings", &about);
            *value = Value::String(match drawn.wrapping_add(self.nth) % 3 {
                0 => day,
                1 => format!("{day}T00:00:00.000Z"),
                _ => format!("{day} 00:00:00.000000"),
            });
            spelt = true;
        }
        spelt
    }

    /// The last of the syncs that happen every so many seconds, whatever the source says.
    fn move_last_sync(&self, document: &mut Value) -> bool {
        let every = self.settings.faults.get(&Fault::SilentFeed);
        let every = i64::try_from(every.map_or(1, |dose| dose.number.max(1))).unwrap_or(i64::MAX);
        let seconds = i64::from(self.now.seconds());
        let last = Timestamp::from_millis(seconds / every * every * 1000).to_iso();
        let Some(fields) = document.as_object_mut() else {
            return false;
        };
        let later = fields
            .get("last_sync")
            .and_then(Value::as_str)
            .is_none_or(|told| *told < *last);
        if later {
            fields.insert("last_sync".to_owned(), Value::String(last));
        }
        later
    }

    /// Makes a document one of another district.
    pub(crate) fn estrange(&self, object: Object, document: &mut Value) {
        let field = match object {
            Object::District | Object::Status => "id",
            _ => "district",
        };
        let Some(fields) = document.as_object_mut() else {
            return;
        };
        let own = fields
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default();
        let other: ObjectId = self.draw.foreign(own);
        fields.insert(field.to_owned(), Value::String(other.to_hex()));
    }
}

/// Replaces the values of closed lists, wherever the document has them; whether it has any.
fn strange_values(document: &mut Value) -> bool {
    let mut replaced = false;
    if let Some(fields) = document.as_object_mut() {
        for (name, value) in fields.iter_mut() {
            let strange = STRANGE.iter().find(|(field, _)| field == name);
            if let (Some((_, strange)), true) = (strange, value.is_string()) {
                *value = Value::String((*strange).to_owned());
                replaced = true;
            }
        }
        if let Some(roles) = fields.get_mut("roles").and_then(Value::as_object_mut) {
            for role in roles.values_mut() {
                replaced |= strange_values(role);
            }
        }
        if let Some(Value::Array(ties)) = fields.get_mut("student_relationships") {
            for tie in ties {
                replaced |= strange_values(tie);
            }
        }
    }
    replaced
}

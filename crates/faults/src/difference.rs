//! Two states of a document, and what an event says of them (clever-api 6.3).

use serde_json::{Map, Value};

/// The state before: the one after with the old values put back. `null` stands for what was not there.
pub(crate) fn before(after: &Value, previous: &Value) -> Value {
    let (Value::Object(after), Value::Object(previous)) = (after, previous) else {
        return previous.clone();
    };
    let mut fields = after.clone();
    for (name, old) in previous {
        match (fields.get(name), old) {
            (_, Value::Null) => {
                fields.remove(name);
            }
            (Some(new @ Value::Object(_)), Value::Object(_)) => {
                let restored = before(new, old);
                fields.insert(name.clone(), restored);
            }
            _ => {
                fields.insert(name.clone(), old.clone());
            }
        }
    }
    Value::Object(fields)
}

/// The smallest tree of old values, `None` where nothing that shows has changed.
pub(crate) fn previous(before: &Value, after: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return None;
    };
    let mut tree = Map::new();
    for (name, old) in old {
        match new.get(name) {
            _ if name == "last_modified" => {}
            Some(new) if new == old => {}
            Some(new @ Value::Object(_)) if old.is_object() => {
                if let Some(inner) = previous(old, new) {
                    tree.insert(name.clone(), inner);
                }
            }
            _ => {
                tree.insert(name.clone(), old.clone());
            }
        }
    }
    for name in new.keys().filter(|name| !old.contains_key(*name)) {
        tree.insert(name.clone(), Value::Null);
    }
    (!tree.is_empty()).then_some(Value::Object(tree))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_is_told_and_put_back() {
        let old = json!({ "id": "1", "name": {"first": "A", "last": "B"}, "email": "x", "students": ["1"], "last_modified": "1" });
        let new = json!({ "id": "1", "name": {"first": "C", "last": "B"}, "students": ["1", "2"], "title": "T", "last_modified": "2" });
        let told = previous(&old, &new).unwrap();
        assert_eq!(
            told,
            json!({ "name": {"first": "A"}, "email": "x", "students": ["1"], "title": null })
        );
        let mut restored = before(&new, &told);
        restored["last_modified"] = json!("1");
        assert_eq!(restored, old);
        assert_eq!(previous(&old, &old), None);
        let later = json!({ "id": "1", "name": {"first": "A", "last": "B"}, "email": "x", "students": ["1"], "last_modified": "9" });
        assert_eq!(previous(&old, &later), None);
    }
}

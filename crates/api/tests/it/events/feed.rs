//! What holds of every feed: its order, and that every way to ask for a part of it gives that part.

use std::collections::{BTreeSet, HashSet};

use homeroom_testkit::Dice;
use homeroom_wire::{Object, Route, Shape, Version, event_answer_schema};
use serde_json::{Value, json};

use super::raw::{Event, Reader, What, events, newest, subjects, with};

/// Ids ascend strictly, and the events of one move stand in the order of clever-api 6.4, where resources come last.
pub(crate) fn check_order(of_one_move: &[Event]) {
    let rank = |event: &Event| {
        let kind = match event.key.0 {
            "districts" => 0,
            "schools" => 1,
            "terms" => 2,
            "courses" => 3,
            "sections" => 5,
            "resources" => 6,
            // Users, and what versions before 3 know of them.
            _ => 4,
        };
        match event.what {
            What::Deleted => 100 - kind,
            _ => kind,
        }
    };
    assert!(of_one_move.is_sorted_by(|a, b| a.id < b.id));
    for pair in of_one_move.windows(2) {
        let [a, b] = [&pair[0], &pair[1]];
        assert!(rank(a) <= rank(b), "{}\n{}", a.raw, b.raw);
    }
}

/// Part of a feed: all events after a cursor, or all.
pub(crate) struct Part<'a, R> {
    pub(crate) reader: &'a R,
    pub(crate) version: &'static Version,
    pub(crate) since: Option<&'a str>,
    pub(crate) events: &'a [Event],
}

impl<R: Reader> Part<'_, R> {
    fn address(&self, path: &str) -> String {
        let address = format!("/{}{path}", self.version.name);
        match self.since {
            Some(since) => with(&address, &format!("starting_after={since}")),
            None => address,
        }
    }

    async fn read(&self, address: &str, limit: usize) -> Vec<Event> {
        events(self.reader, self.version, address, limit).await
    }

    /// Pages of some sizes, in both directions, filters, single events, and lists of single objects.
    pub(crate) async fn check(&self, dice: &mut Dice) {
        self.check_pages(dice).await;
        self.check_filters(dice).await;
        self.check_objects(dice).await;
        for event in some(self.events, 3, dice) {
            let address = format!("/{}/events/{}", self.version.name, event.id);
            let one: Value =
                serde_json::from_slice(&self.reader.body(&address).await).expect("JSON");
            let told: Value = serde_json::from_str(&event.raw).unwrap();
            assert_eq!(one["data"], told);
        }
    }

    async fn check_pages(&self, dice: &mut Dice) {
        let number = self.events.len();
        let few = usize::try_from(dice.below(7)).unwrap() + number / 12 + 1;
        for limit in [
            few,
            number.clamp(1, 10_000),
            number.saturating_sub(1).max(1),
        ] {
            let limit = limit.min(10_000);
            let all = self.read(&self.address("/events"), limit).await;
            assert_eq!(all, self.events, "{} by {limit}", self.version.name);
            let feed = format!("/{}/events", self.version.name);
            let back = newest(self.reader, self.version, &feed, limit, number).await;
            assert_eq!(back, self.events, "{} back by {limit}", self.version.name);
        }
    }

    async fn check_filters(&self, dice: &mut Dice) {
        if self.version.rules.numbered_pages {
            return;
        }
        let limit = 1 + self.events.len() / 3;
        let limit = limit.min(10_000);
        let prefixes: Vec<_> = subjects(self.version).map(|(_, prefix)| prefix).collect();
        let bits = dice.any();
        let wanted: Vec<_> = (0..)
            .zip(&prefixes)
            .filter(|(bit, _)| bits >> bit & 1 == 1)
            .map(|(_, prefix)| *prefix)
            .collect();
        if !wanted.is_empty() {
            let types = wanted.iter().map(|prefix| format!("record_type={prefix}"));
            let types = types.collect::<Vec<_>>().join("&");
            let address = with(&self.address("/events"), &types);
            let found = self.read(&address, limit).await;
            let expected = self.those(|event| wanted.contains(&event.key.0));
            assert_eq!(found, expected, "{address}");
        }
        for school in self.schools(dice) {
            let address = with(&self.address("/events"), &format!("school={school}"));
            let found = self.read(&address, limit).await;
            let expected = self.those(|event| {
                let is = Some(event.value()).filter(|_| event.what != What::Deleted);
                let documents = is.into_iter().chain(event.value_before());
                documents
                    .into_iter()
                    .any(|document| belongs(event.key.0, &document, &school))
            });
            assert_eq!(found, expected, "{address}");
        }
    }

    fn those(&self, which: impl Fn(&Event) -> bool) -> Vec<Event> {
        let events = self.events.iter().filter(|event| which(event));
        events.cloned().collect()
    }

    /// Some schools that the events mention.
    fn schools(&self, dice: &mut Dice) -> Vec<String> {
        let mut schools = BTreeSet::new();
        for event in self.events {
            if event.key.0 == "schools" {
                schools.insert(event.key.1.clone());
            }
            if event.key.0 == "sections" {
                schools.extend(event.value()["school"].as_str().map(str::to_owned));
            }
        }
        let schools: Vec<_> = schools.into_iter().collect();
        some(&schools, 2, dice).cloned().collect()
    }

    /// The lists of single objects, which versions 1.x have.
    async fn check_objects(&self, dice: &mut Dice) {
        for route in Route::of_events(self.version) {
            if route.shape != Shape::List || route.of == Object::Event {
                continue;
            }
            let prefix = route.of.event_prefix(self.version).unwrap();
            let about = self.those(|event| event.key.0 == prefix);
            for event in some(&about, 3, dice) {
                let path = route.path.replace("{id}", &event.key.1);
                let found = self.read(&self.address(&path), 2).await;
                let expected = self.those(|other| other.key == event.key);
                assert_eq!(found, expected, "{path}");
            }
        }
    }
}

/// Some of many.
fn some<'a, T>(of: &'a [T], number: usize, dice: &mut Dice) -> impl Iterator<Item = &'a T> {
    let step = of.len().div_ceil(number).max(1);
    let first = usize::try_from(dice.below(step as u64)).unwrap();
    of.iter().skip(first).step_by(step)
}

/// Whether a document says that it belongs to a school (clever-api 6.2).
fn belongs(prefix: &str, document: &Value, school: &str) -> bool {
    let listed = |schools: &Value| {
        let schools = schools.as_array().into_iter().flatten();
        schools.into_iter().any(|other| other == school)
    };
    match prefix {
        "schools" => document["id"] == school,
        "sections" => document["school"] == school,
        "students" | "teachers" | "schooladmins" => listed(&document["schools"]),
        "users" => ["student", "teacher", "staff"]
            .iter()
            .any(|role| listed(&document["roles"][role]["schools"])),
        _ => false,
    }
}

/// Looks at every form of events that comes: nothing is in a feed that its version does not have.
pub(crate) struct Forms {
    version: &'static Version,
    validator: jsonschema::Validator,
    met: HashSet<String>,
}

impl Forms {
    /// Of a view that shows every field, or of one that `masks` some, guaranteed ones too.
    pub(crate) fn new(version: &'static Version, masks: bool) -> Self {
        let one = |route: &&Route| route.shape != Shape::List;
        let route = Route::of_events(version).find(one).unwrap();
        let mut schema = event_answer_schema(version, route);
        if masks {
            demand_nothing(&mut schema);
        }
        Self {
            version,
            validator: jsonschema::validator_for(&schema).unwrap(),
            met: HashSet::new(),
        }
    }

    /// Checks events that have other members than all before.
    pub(crate) fn check(&mut self, events: &[Event]) {
        for event in events {
            let told: Value = serde_json::from_str(&event.raw).unwrap();
            let mut form = format!("{} {:?}", event.key.0, event.what);
            names(&told["data"]["object"], &mut form);
            if !self.met.insert(form) {
                continue;
            }
            let uri = format!("/{}/events/{}", self.version.name, event.id);
            let answer = json!({ "data": told, "links": [{ "rel": "self", "uri": uri }] });
            let errors = self.validator.iter_errors(&answer);
            let errors: Vec<_> = errors.map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}: {}", event.raw);
        }
    }
}

/// Takes what is required out of a schema.
fn demand_nothing(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|name, value| name != "required" || !value.is_array());
            members.values_mut().for_each(demand_nothing);
        }
        Value::Array(items) => items.iter_mut().for_each(demand_nothing),
        _ => {}
    }
}

fn names(value: &Value, form: &mut String) {
    match value {
        Value::Object(members) => {
            form.push('{');
            for (name, value) in members {
                form.push_str(name);
                // What is in there has names that the district chose.
                if name != "ext" {
                    names(value, form);
                }
                form.push(',');
            }
            form.push('}');
        }
        Value::Array(items) => items.iter().take(1).for_each(|item| names(item, form)),
        _ => {}
    }
}

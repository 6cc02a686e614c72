//! Documents and events as the bytes that came: what is compared here is never parsed and written again.

use std::collections::BTreeMap;

use homeroom_wire::{Object, Version};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::client::Client;

/// A document by the beginning of its events' types, and its id.
pub(crate) type Key = (&'static str, String);

/// Full reads of everything that has events in a version, each document as it was written.
pub(crate) type Documents = BTreeMap<Key, Box<str>>;

/// Whoever answers requests.
pub(crate) trait Reader {
    /// The body of an answer, which must be good.
    async fn body(&self, address: &str) -> Vec<u8>;
}

impl Reader for Client {
    async fn body(&self, address: &str) -> Vec<u8> {
        let answer = self.get(address).await;
        assert_eq!(answer.status, 200, "{address}: {}", answer.text());
        answer.body.to_vec()
    }
}

/// What an event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Created,
    Updated,
    Deleted,
}

/// An event: what it says, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) raw: Box<str>,
    pub(crate) id: String,
    pub(crate) what: What,
    /// What it is about.
    pub(crate) key: Key,
    pub(crate) object: Box<str>,
    pub(crate) previous: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    rel: String,
    uri: String,
}

#[derive(Deserialize)]
struct Item<'a> {
    /// The bare lists of versions 1.x have no wrapper.
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created: String,
    #[serde(borrow)]
    data: Inner<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
    #[serde(borrow)]
    previous_attributes: Option<&'a RawValue>,
}

/// What a version's events may be about.
pub(crate) fn subjects(version: &Version) -> impl Iterator<Item = (Object, &'static str)> {
    Object::of(version).filter_map(|object| Some((object, object.event_prefix(version)?)))
}

impl Event {
    fn read(version: &Version, raw: &RawValue) -> Self {
        let told: Envelope<'_> = serde_json::from_str(raw.get()).unwrap();
        let (prefix, what) = told.kind.split_once('.').unwrap();
        let what = match what {
            "created" => What::Created,
            "updated" => What::Updated,
            "deleted" => What::Deleted,
            other => panic!("{other}"),
        };
        let known = subjects(version).find(|(_, known)| *known == prefix);
        let (_, prefix) = known.unwrap_or_else(|| panic!("{} has no {prefix}", version.name));
        // Whole seconds (clever-api 6.3).
        let seconds = told.created.strip_suffix(".000Z");
        assert!(seconds.is_some(), "{}", told.created);
        let named: Named = serde_json::from_str(told.data.object.get()).unwrap();
        Self {
            raw: raw.get().into(),
            id: told.id,
            what,
            key: (prefix, named.id),
            object: told.data.object.get().into(),
            previous: told.data.previous_attributes.map(|raw| raw.get().into()),
        }
    }

    /// Its object as a value.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.object).unwrap()
    }

    /// What the object was before, by `previous_attributes`; `None` for what did not exist.
    pub(crate) fn value_before(&self) -> Option<Value> {
        match self.what {
            What::Created => None,
            What::Deleted => Some(self.value()),
            What::Updated => {
                let previous = self.previous.as_ref().unwrap();
                let previous = serde_json::from_str(previous).unwrap();
                Some(taken_back(&self.value(), &previous))
            }
        }
    }
}

/// What a document was, from what it became and `previous_attributes`.
fn taken_back(after: &Value, previous: &Value) -> Value {
    let (Value::Object(after), Value::Object(previous)) = (after, previous) else {
        return previous.clone();
    };
    let mut before = after.clone();
    for (name, was) in previous {
        if was.is_null() {
            before.remove(name);
        } else {
            let now = after.get(name).unwrap_or(&Value::Null);
            before.insert(name.clone(), taken_back(now, was));
        }
    }
    Value::Object(before)
}

/// An address with one more parameter.
pub(crate) fn with(address: &str, parameter: &str) -> String {
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{parameter}")
}

/// Calls with every item of a list, page by page.
async fn each(reader: &impl Reader, address: &str, limit: usize, mut call: impl FnMut(&RawValue)) {
    let mut address = with(address, &format!("limit={limit}"));
    loop {
        let body = reader.body(&address).await;
        let page: Page<'_> = serde_json::from_slice(&body).unwrap();
        assert!(page.data.len() <= limit);
        page.data.iter().for_each(|item| call(item));
        match page.links.into_iter().find(|link| link.rel == "next") {
            Some(next) => address = next.uri,
            None => return,
        }
    }
}

/// A full read of everything that has events in a version.
pub(crate) async fn documents(reader: &impl Reader, version: &Version) -> Documents {
    let mut found = Documents::new();
    for (object, prefix) in subjects(version) {
        let address = format!("/{}/{}", version.name, object.collection());
        let mut last = String::new();
        each(reader, &address, 10_000, |item| {
            let wrapped: Item<'_> = serde_json::from_str(item.get()).unwrap();
            let document = wrapped.data.unwrap_or(item);
            let named: Named = serde_json::from_str(document.get()).unwrap();
            assert!(named.id > last || prefix == "users", "{address}");
            last.clone_from(&named.id);
            found.insert((prefix, named.id), document.get().into());
        })
        .await;
    }
    found
}

/// Every event of a list, oldest first, in pages of a size.
pub(crate) async fn events(
    reader: &impl Reader,
    version: &Version,
    address: &str,
    limit: usize,
) -> Vec<Event> {
    let mut found = Vec::new();
    each(reader, address, limit, |item| {
        let wrapped: Item<'_> = serde_json::from_str(item.get()).unwrap();
        found.push(Event::read(version, wrapped.data.unwrap()));
    })
    .await;
    found
}

/// The newest `most` events of a list, oldest first, read from its end back in pages of a size.
pub(crate) async fn newest(
    reader: &impl Reader,
    version: &Version,
    address: &str,
    limit: usize,
    most: usize,
) -> Vec<Event> {
    let mut found = std::collections::VecDeque::new();
    let mut before = "last".to_owned();
    while found.len() < most {
        let address = with(address, &format!("limit={limit}&ending_before={before}"));
        let body = reader.body(&address).await;
        let page: Page<'_> = serde_json::from_slice(&body).unwrap();
        assert!(page.data.len() <= limit);
        for item in page.data.iter().rev() {
            let wrapped: Item<'_> = serde_json::from_str(item.get()).unwrap();
            found.push_front(Event::read(version, wrapped.data.unwrap()));
        }
        match found.front() {
            Some(first) if !page.data.is_empty() => before.clone_from(&first.id),
            _ => break,
        }
    }
    found.drain(..found.len().saturating_sub(most));
    found.into()
}

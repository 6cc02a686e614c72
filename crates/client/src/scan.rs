//! Answers taken apart without reading what is in their documents: where each document stands, and where to go on.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::Fault;

/// A page of a list.
pub(crate) struct List {
    /// The documents exactly as sent, in their order.
    pub(crate) documents: Vec<Bytes>,
    /// Where the next page is, as sent.
    pub(crate) next: Option<String>,
}

#[derive(Deserialize)]
struct Envelope<'a, T> {
    #[serde(borrow)]
    links: Option<Vec<Link<'a>>>,
    data: Option<T>,
    /// What one server says in the place of `data` where there are no resources (clever-api 12, item 22).
    resources: Option<T>,
}

#[derive(Deserialize)]
struct Link<'a> {
    #[serde(borrow)]
    rel: Option<Cow<'a, str>>,
    #[serde(borrow)]
    uri: Option<Cow<'a, str>>,
}

/// An item of a list: wrapped, or whatever else.
enum Item<'a> {
    Wrapped(&'a RawValue),
    Other,
}

impl<'de: 'a, 'a> Deserialize<'de> for Item<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ItemVisitor)
    }
}

/// The members of an item; read without allocating.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Name {
    Data,
    #[serde(other)]
    Other,
}

struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut item = Item::Other;
        while let Some(name) = map.next_key()? {
            match name {
                Name::Data => item = Item::Wrapped(map.next_value()?),
                Name::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(item)
    }
}

/// Takes a list apart.
pub(crate) fn list(body: &Bytes) -> Result<List, Fault> {
    let text = text(body)?;
    // As good as always every item is wrapped, and one pass is enough.
    if let Ok(envelope) = serde_json::from_str::<Envelope<'_, Vec<Item<'_>>>>(text) {
        let items = envelope.data.or(envelope.resources);
        let items = items.ok_or(Fault::NoEnvelope("data"))?;
        let mut documents = Vec::with_capacity(items.len());
        for item in &items {
            match item {
                Item::Wrapped(document) => documents.push(part(body, document)),
                Item::Other => break,
            }
        }
        if documents.len() == items.len() {
            let next = next(envelope.links);
            return Ok(List { documents, next });
        }
    }
    bare_list(body, text)
}

/// A list whose items are not all wrapped: versions 1.x have such, and anything may be broken.
fn bare_list(body: &Bytes, text: &str) -> Result<List, Fault> {
    let envelope: Envelope<'_, Vec<&RawValue>> =
        serde_json::from_str(text).map_err(|_| fault_of::<Vec<IgnoredAny>>(text))?;
    let items = envelope.data.or(envelope.resources);
    let items = items.ok_or(Fault::NoEnvelope("data"))?;
    let documents = items
        .into_iter()
        .map(|item| match serde_json::from_str(item.get()) {
            Ok(Item::Wrapped(document)) => part(body, document),
            _ => part(body, item),
        });
    Ok(List {
        documents: documents.collect(),
        next: next(envelope.links),
    })
}

/// The document of an answer with one, and whether there is one at all.
pub(crate) fn one(body: &Bytes) -> Result<Bytes, Fault> {
    let text = text(body)?;
    let envelope: Envelope<'_, &RawValue> =
        serde_json::from_str(text).map_err(|_| fault_of::<IgnoredAny>(text))?;
    let data = envelope.data.filter(|data| data.get().starts_with('{'));
    data.map(|data| part(body, data))
        .ok_or(Fault::NoEnvelope("data"))
}

/// Why an answer could not be taken apart: no JSON, or JSON of another shape.
fn fault_of<'a, T: Deserialize<'a>>(text: &'a str) -> Fault {
    #[derive(Deserialize)]
    struct Outer<T> {
        #[serde(rename = "data")]
        _data: Option<T>,
    }
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        Fault::NotJson
    } else if serde_json::from_str::<Outer<T>>(text).is_err() {
        Fault::NoEnvelope("data")
    } else {
        Fault::NoEnvelope("links")
    }
}

fn text(body: &Bytes) -> Result<&str, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::NotJson)?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn part(body: &Bytes, part: &RawValue) -> Bytes {
    body.slice_ref(part.get().as_bytes())
}

fn next(links: Option<Vec<Link<'_>>>) -> Option<String> {
    let mut links = links.unwrap_or_default().into_iter();
    let next = links.find(|link| link.rel.as_deref() == Some("next"))?;
    // A link that does not apply is left out; some servers write it empty or null instead.
    next.uri.map(Cow::into_owned).filter(|uri| !uri.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Result<(Vec<String>, Option<String>), Fault> {
        let list = list(&Bytes::copy_from_slice(text.as_bytes()))?;
        let texts = list
            .documents
            .iter()
            .map(|one| String::from_utf8(one.to_vec()).unwrap());
        Ok((texts.collect(), list.next))
    }

    #[test]
    fn documents_are_kept_as_sent_wrapped_or_bare() {
        let wrapped = r#"{"links":[{"rel":"self","uri":"/a"},{"rel":"next","uri":"/b\u002f"}],"data":[{"uri":"/x","data":{"id" : "1"}},{"data":[2]}]}"#;
        let expected = (
            vec![r#"{"id" : "1"}"#.to_owned(), "[2]".to_owned()],
            Some("/b/".to_owned()),
        );
        assert_eq!(listed(wrapped), Ok(expected));
        let bare = r#"{"data":[{"id":"1"}, {"data":{"id":"2"}}, 3], "paging": {"current": 1}}"#;
        let texts = ["{\"id\":\"1\"}", "{\"id\":\"2\"}", "3"].map(str::to_owned);
        assert_eq!(listed(bare), Ok((texts.to_vec(), None)));
        assert_eq!(listed("\u{feff}{\"data\":[]}"), Ok((vec![], None)));
        assert_eq!(listed(r#"{"resources":[]}"#), Ok((vec![], None)));
        assert_eq!(
            listed(r#"{"data":[],"links":[{"rel":"next","uri":null}]}"#),
            Ok((vec![], None))
        );
    }

    #[test]
    fn what_is_no_page_says_why() {
        for (text, fault) in [
            ("", Fault::NotJson),
            ("<html>", Fault::NotJson),
            (r#"{"data":[{"data":{"id":"1"}}"#, Fault::NotJson),
            ("{}", Fault::NoEnvelope("data")),
            ("[]", Fault::NoEnvelope("data")),
            (r#"{"data":null}"#, Fault::NoEnvelope("data")),
            (r#"{"data":{}}"#, Fault::NoEnvelope("data")),
            (r#"{"data":[],"links":{}}"#, Fault::NoEnvelope("links")),
            (r#"{"data":[],"links":[3]}"#, Fault::NoEnvelope("links")),
        ] {
            assert_eq!(listed(text), Err(fault), "{text}");
        }
        let one = |text: &'static str| one(&Bytes::from_static(text.as_bytes()));
        assert_eq!(one(r#"{"data":{"id":1}}"#).unwrap(), &br#"{"id":1}"#[..]);
        assert_eq!(one(r#"{"data":[]}"#), Err(Fault::NoEnvelope("data")));
        assert_eq!(one("{"), Err(Fault::NotJson));
    }
}

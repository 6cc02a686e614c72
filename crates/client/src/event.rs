//! One event as it came (clever-api 6.3).

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use homeroom_model::ObjectId;
use homeroom_wire::{Object, Version};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::known::{Known, Strange};
use crate::record::{Record, Whose, parse};

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// It came, or came to be shared.
    Created,
    /// It changed.
    Updated,
    /// It left, or is no longer shared.
    Deleted,
}

impl Verb {
    /// The verb of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        match text {
            "created" => Some(Self::Created),
            "updated" => Some(Self::Updated),
            "deleted" => Some(Self::Deleted),
            _ => None,
        }
    }
}

/// An event. Its `Debug` shows nothing of the record.
#[derive(Clone, PartialEq)]
pub struct Event {
    /// Its own id, by which events are in order.
    pub id: ObjectId,
    /// Its type as sent: `users.updated`.
    pub kind: String,
    /// What kind of record it is about; `None` if the version has no such kind.
    pub object: Option<Object>,
    /// What happened; `None` if it is nothing known.
    pub verb: Option<Verb>,
    /// When it was made, as sent: for people, not for ordering.
    pub created: Option<String>,
    /// The whole event exactly as sent.
    pub raw: Bytes,
    /// The record: after the event, or as it was when it left. `None` if it is of no known kind.
    pub record: Option<Record>,
    /// The record's document exactly as sent, of whatever kind.
    pub document: Bytes,
    /// The old values of what changed, exactly as sent.
    pub previous: Option<Bytes>,
}

impl Event {
    /// The id of the record it is about.
    pub fn about(&self) -> Option<ObjectId> {
        self.record.as_ref()?.id
    }

    /// Whether it says what happened to what. Any other is kept and counted, and asks for nothing.
    pub fn is_known(&self) -> bool {
        self.record.is_some() && self.verb.is_some()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Told<'a> {
    id: Cow<'a, str>,
    #[serde(rename = "type")]
    kind: Cow<'a, str>,
    created: Option<Cow<'a, str>>,
    #[serde(borrow)]
    data: Inside<'a>,
    /// Where the published drawings have it; traffic has it inside (clever-api 12, item 2).
    #[serde(borrow)]
    previous_attributes: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Inside<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
    #[serde(borrow)]
    previous_attributes: Option<&'a RawValue>,
}

/// Reads an event; `None` if it is none.
pub(crate) fn event(
    ours: (&Version, ObjectId),
    raw: &Bytes,
    known: &Known,
    strange: &mut Strange,
) -> Option<(Event, Whose)> {
    let told: Told<'_> = serde_json::from_slice(raw).ok()?;
    let part = |part: &RawValue| raw.slice_ref(part.get().as_bytes());
    let (object, verb) = kind_of(ours.0, &told.kind);
    let previous = told.data.previous_attributes.or(told.previous_attributes);
    let mut event = Event {
        id: ObjectId::from_hex(&told.id)?,
        object,
        verb,
        created: told.created.map(Cow::into_owned),
        raw: raw.clone(),
        record: None,
        document: part(told.data.object),
        previous: previous.filter(|value| value.get() != "null").map(part),
        kind: told.kind.into_owned(),
    };
    let mut district = Whose::NotSaid;
    if let Some(object) = object {
        let parsed = parse(ours, object, event.document.clone(), known, strange);
        district = parsed.district;
        event.record = Some(parsed.record);
    }
    if !event.is_known() {
        strange.event_type(&event.kind);
    }
    Some((event, district))
}

/// `users.updated` taken apart.
fn kind_of(version: &Version, kind: &str) -> (Option<Object>, Option<Verb>) {
    let Some((prefix, verb)) = kind.rsplit_once('.') else {
        return (None, None);
    };
    let mut objects = Object::of(version);
    let object = objects.find(|object| object.event_prefix(version) == Some(prefix));
    (object, Verb::from_text(verb))
}

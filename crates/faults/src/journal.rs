//! The feed of events where records are shown otherwise than the source has them: the source's own events as they look
//! through the lens, and those that the faults themselves cause.

use axum::http::HeaderMap;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_wire::{Cursor, Object, Request, Route};
use serde_json::{Value, json};

use crate::difference::{before, previous};
use crate::index::Index;
use crate::lens::{Lens, Otherwise, Shown, moment};
use crate::names::{Names, text};
use crate::source::{Source, Unreadable, next_of};

/// Events to a page when the source's feed is read.
const PAGE: usize = 1000;

/// The feed so far, of one version under one token.
#[derive(Default)]
pub(crate) struct Journal {
    /// The source's own id of its newest event that stands here.
    newest: Option<ObjectId>,
    /// Events in the order of their ids, each as its document is shown.
    events: Vec<(ObjectId, Value)>,
    /// Requests for data whose moves are told.
    told: u64,
    /// The newest event when the feed was first asked for.
    horizon: Option<ObjectId>,
}

/// What a journal is written with.
pub(crate) struct Writing<'a> {
    pub(crate) names: Names<'a>,
    pub(crate) source: &'a Source<'a>,
    pub(crate) asked: &'a Request,
    pub(crate) read: u64,
    pub(crate) now: Timestamp,
}

/// A change of one record, by the prefix of its type.
struct Change<'a> {
    prefix: &'a str,
    before: Vec<Shown>,
    after: Vec<Shown>,
}

/// Events to be: type and data of each.
type Events = Vec<(String, Value)>;

/// What the types of events are called, by object.
const PREFIXES: [(&str, Object); 13] = [
    ("districts", Object::District),
    ("schools", Object::School),
    ("terms", Object::Term),
    ("courses", Object::Course),
    ("users", Object::User),
    ("students", Object::Student),
    ("teachers", Object::Teacher),
    ("schooladmins", Object::SchoolAdmin),
    ("districtadmins", Object::DistrictAdmin),
    ("contacts", Object::Contact),
    ("studentcontacts", Object::StudentContact),
    ("sections", Object::Section),
    ("resources", Object::Resource),
];

/// The lists below a person, a course or a term whose records name it.
const NAMING: [&str; 3] = ["sections", "contacts", "mycontacts"];

pub(crate) fn object_of(prefix: &str) -> Option<Object> {
    let found = PREFIXES.iter().find(|(name, _)| *name == prefix);
    found.map(|(_, object)| *object)
}

fn prefix_of(object: Object) -> &'static str {
    let found = PREFIXES.iter().find(|(_, known)| *known == object);
    found.map_or("", |(name, _)| name)
}

impl Journal {
    /// Takes in what happened since the last time; the headers of the source's answer.
    pub(crate) async fn catch_up(
        &mut self,
        writing: &Writing<'_>,
        index: &mut Index,
    ) -> Result<HeaderMap, Unreadable> {
        let mut headers = None;
        loop {
            let version = writing.asked.version.name;
            let after = self.newest.map(|id| format!("&starting_after={id}"));
            let address = format!(
                "/{version}/events?limit={PAGE}{}",
                after.unwrap_or_default()
            );
            let fetched = writing.source.get(&address).await?;
            let (page, from) = fetched.data()?;
            headers.get_or_insert(from);
            let items = page.get("data").and_then(Value::as_array);
            let items = items.map(Vec::as_slice).unwrap_or_default();
            for item in items {
                let event = item.get("data").unwrap_or(item);
                self.take(writing, index, event).await?;
            }
            if next_of(&page).is_none() || items.is_empty() {
                break;
            }
        }
        self.tell_of_students(writing, index).await?;
        let newest = self.events.last().map(|(id, _)| *id);
        self.horizon.get_or_insert(newest.unwrap_or_default());
        Ok(headers.unwrap_or_default())
    }

    /// Takes in an event of the source.
    async fn take(
        &mut self,
        writing: &Writing<'_>,
        index: &mut Index,
        event: &Value,
    ) -> Result<(), Unreadable> {
        let Some(id) = ObjectId::from_hex(text(event, "id")) else {
            return Ok(());
        };
        self.newest = Some(id);
        let (prefix, verb) = text(event, "type").split_once('.').unwrap_or_default();
        let now = event.pointer("/data/object");
        let (Some(object), Some(now)) = (object_of(prefix), now) else {
            self.events.push((self.following(id), event.clone()));
            return Ok(());
        };
        let was = match event.pointer("/data/previous_attributes") {
            Some(old) => before(now, old),
            None => now.clone(),
        };
        let [was_named, named] = [&was, now].map(|state| writing.names.of(object, state));
        for named in [&was_named, &named].into_iter().flatten() {
            index.remember(named);
        }
        let lens = writing.lens(index, None);
        let change = Change {
            prefix,
            before: if verb == "created" {
                Vec::new()
            } else {
                lens.show(object, &was)
            },
            after: if verb == "deleted" {
                Vec::new()
            } else {
                lens.show(object, now)
            },
        };
        let created = text(event, "created");
        let goes_on = !change.before.is_empty() && !change.after.is_empty();
        let renamed = was_named
            .zip(named)
            .filter(|(was, named)| goes_on && was.shown != named.shown)
            .map(|(was, _)| (was.real, was.shown));
        let (arrivals, departures) = change.told();
        self.push_all(Some(id), created, arrivals);
        if let Some((real, old)) = renamed {
            let otherwise = Otherwise::Named(real, old);
            self.tell_of_naming(writing, index, object, (real, otherwise), created)
                .await?;
        }
        self.push_all(Some(id), created, departures);
        Ok(())
    }

    /// What names a record has changed with its id, or with its being there, though the source does not see it so.
    async fn tell_of_naming(
        &mut self,
        writing: &Writing<'_>,
        index: &Index,
        object: Object,
        (real, otherwise): (ObjectId, Otherwise),
        created: &str,
    ) -> Result<(), Unreadable> {
        let routes = Route::of_version(writing.asked.version);
        let id = real.to_hex();
        let naming = writing.source.below(routes, object, &id, &NAMING).await?;
        for (object, document) in naming {
            let change = Change {
                prefix: prefix_of(object),
                before: writing.lens(index, Some(otherwise)).show(object, &document),
                after: writing.lens(index, None).show(object, &document),
            };
            let (arrivals, departures) = change.told();
            self.push_all(None, created, arrivals);
            self.push_all(None, created, departures);
        }
        Ok(())
    }

    /// Students who came or went during the read.
    async fn tell_of_students(
        &mut self,
        writing: &Writing<'_>,
        index: &Index,
    ) -> Result<(), Unreadable> {
        let since = std::mem::replace(&mut self.told, writing.read);
        let mut moved: Vec<_> = index
            .students
            .iter()
            .filter_map(|id| {
                Some((
                    moment(writing.names.settings, writing.names.draw, *id)?,
                    *id,
                ))
            })
            .filter(|(moment, _)| (since + 1..=writing.read).contains(&moment.at))
            .collect();
        moved.sort_by_key(|(moment, id)| (moment.at, *id));
        let created = Timestamp::from_millis(writing.now.millis().div_euclid(1000) * 1000).to_iso();
        for (moment, id) in moved {
            for object in [Object::User, Object::Student] {
                let exists =
                    Route::of_version(writing.asked.version).any(|route| route.gives == object);
                let document = if exists {
                    writing.source.one(object, &id.to_hex()).await?
                } else {
                    None
                };
                let Some(document) = document else { continue };
                let otherwise = Otherwise::There(id, !moment.comes);
                let change = Change {
                    prefix: prefix_of(object),
                    before: writing.lens(index, Some(otherwise)).show(object, &document),
                    after: writing.lens(index, None).show(object, &document),
                };
                let (arrivals, departures) = change.told();
                self.push_all(None, &created, arrivals);
                self.tell_of_naming(writing, index, object, (id, otherwise), &created)
                    .await?;
                self.push_all(None, &created, departures);
            }
        }
        Ok(())
    }

    /// The id of the next event: the source's own, or the first after the newest where that is past already.
    fn following(&self, own: ObjectId) -> ObjectId {
        match self.events.last() {
            Some((last, _)) if *last >= own => next_id(*last),
            _ => own,
        }
    }

    fn push_all(&mut self, own: Option<ObjectId>, created: &str, events: Events) {
        for (kind, data) in events {
            let first = || {
                // A feed that has nothing yet begins with the second it is told in.
                let [a, b, c, d] = self.newest.map_or(0, |id| id.seconds()).to_be_bytes();
                next_id(ObjectId::new([a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0]))
            };
            let own = own.or_else(|| self.events.last().map(|(last, _)| *last));
            let id = self.following(own.unwrap_or_else(first));
            let event =
                json!({ "id": id.to_hex(), "type": kind, "created": created, "data": data });
            self.events.push((id, event));
        }
    }

    /// An event by its id.
    pub(crate) fn event(&self, id: ObjectId) -> Option<&Value> {
        let at = self.events.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.events.get(at).map(|(_, event)| event)
    }

    /// The events a request asks for, whether there are more in its direction, and how many there are in all. An aged feed
    /// has forgotten what was there when it was first asked.
    pub(crate) fn page(&self, asked: &Request, aged: bool) -> (Vec<&Value>, bool, usize) {
        let kept = |id: ObjectId| !aged || self.horizon.is_none_or(|horizon| id > horizon);
        let wanted = |event: &&(ObjectId, Value)| kept(event.0) && wants(asked, &event.1);
        let all: Vec<_> = self.events.iter().filter(wanted).collect();
        let count = all.len();
        let from = |cursor: ObjectId| all.partition_point(|(id, _)| *id <= cursor);
        let until = |cursor: ObjectId| all.partition_point(|(id, _)| *id < cursor);
        let (start, end, more) = match asked.cursor {
            Cursor::Before(_) | Cursor::Last => {
                let end = match asked.cursor {
                    Cursor::Before(id) => until(id),
                    _ => count,
                };
                let start = end.saturating_sub(asked.limit);
                (start, end, start > 0)
            }
            cursor => {
                let skip = (asked.page.unwrap_or(1) - 1).saturating_mul(asked.limit);
                let start = match cursor {
                    Cursor::After(id) => from(id),
                    _ => skip.min(count),
                };
                let end = start.saturating_add(asked.limit).min(count);
                (start, end, end < count)
            }
        };
        let page = all.get(start..end).unwrap_or_default();
        (page.iter().map(|(_, event)| event).collect(), more, count)
    }
}

impl Writing<'_> {
    fn lens<'a>(&'a self, index: &'a Index, otherwise: Option<Otherwise>) -> Lens<'a> {
        Lens {
            names: Names {
                settings: self.names.settings,
                draw: self.names.draw,
            },
            index,
            read: self.read,
            otherwise,
        }
    }
}

impl Change<'_> {
    /// Its events: what came and changed, and what went; type and data of each.
    fn told(self) -> (Events, Events) {
        let kind = |verb| format!("{}.{verb}", self.prefix);
        let mut arrivals = Vec::new();
        for now in &self.after {
            match self.before.iter().find(|was| was.id == now.id) {
                None => arrivals.push((kind("created"), json!({ "object": now.document }))),
                Some(was) => {
                    if let Some(old) = previous(&was.document, &now.document) {
                        let data = json!({ "object": now.document, "previous_attributes": old });
                        arrivals.push((kind("updated"), data));
                    }
                }
            }
        }
        let gone = |was: &&Shown| !self.after.iter().any(|now| now.id == was.id);
        let departures = self.before.iter().filter(gone);
        let departures = departures
            .map(|was| (kind("deleted"), json!({ "object": was.document })))
            .collect();
        (arrivals, departures)
    }
}

/// Whether a feed that is restricted shows an event.
fn wants(asked: &Request, event: &Value) -> bool {
    let (prefix, _) = text(event, "type").split_once('.').unwrap_or_default();
    let of_type = asked.record_types.is_empty()
        || object_of(prefix).is_some_and(|object| asked.record_types.contains(&object));
    let object = event.pointer("/data/object").unwrap_or(&Value::Null);
    let of_school = asked
        .school
        .is_none_or(|school| belongs(object, &school.to_hex()));
    let of_object = asked.route.of == Object::Event
        || asked.id.is_some_and(|id| {
            let id = id.to_hex();
            text(object, "id") == id || (asked.route.of == Object::School && belongs(object, &id))
        });
    of_type && of_school && of_object
}

/// Whether a document is a school's, or the school itself.
fn belongs(document: &Value, school: &str) -> bool {
    let names = |value: &Value| {
        text(value, "school") == school
            || value
                .get("schools")
                .and_then(Value::as_array)
                .is_some_and(|schools| schools.iter().any(|id| id == school))
    };
    let roles = document.get("roles").and_then(Value::as_object);
    text(document, "id") == school
        || names(document)
        || roles.is_some_and(|roles| roles.values().any(names))
}

/// The id right after another.
pub(crate) fn next_id(id: ObjectId) -> ObjectId {
    let mut bytes = *id.bytes();
    for byte in bytes.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    ObjectId::new(bytes)
}

/// The id right before another.
pub(crate) fn previous_id(id: ObjectId) -> ObjectId {
    let mut bytes = *id.bytes();
    for byte in bytes.iter_mut().rev() {
        *byte = byte.wrapping_sub(1);
        if *byte != 0xff {
            break;
        }
    }
    ObjectId::new(bytes)
}

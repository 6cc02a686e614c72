//! A page of records or events made awkward.

use std::collections::BTreeSet;

use homeroom_model::ObjectId;
use homeroom_wire::{Cursor, Object, Shape};
use serde_json::{Value, json};

use crate::address::{as_sent, link, moved, set_link};
use crate::content::Content;
use crate::fault::Fault;
use crate::journal::{next_id, object_of};
use crate::names::{id_of, text};
use crate::telling::{Telling, document_of};

impl Telling<'_> {
    /// Spoils what was told.
    pub(crate) fn spoil(&self, body: &mut Value, did: &mut BTreeSet<Fault>) {
        let route = self.asked.route;
        let events = route.gives == Object::Event;
        if route.shape == Shape::List && !self.asked.count {
            // The links of a page are those of its records; what is put between them later has none.
            self.spoil_links(body, did);
        }
        if events {
            self.invent_events(body, did);
        }
        self.spoil_documents(body, did);
        if events {
            self.disorder(body, did);
        }
        self.estrange(body, did);
        if did.contains(&Fault::UnknownFields)
            && let Some(fields) = body.as_object_mut()
        {
            fields.insert("x_meta".to_owned(), json!({ "generation": 4 }));
            set_link(body, "x_future", as_sent(self.asked));
        }
    }

    fn content(&self) -> Content<'_> {
        Content {
            settings: self.settings,
            draw: self.draw,
            now: self.now,
            nth: self.happening.nth,
        }
    }

    fn spoil_links(&self, body: &mut Value, did: &mut BTreeSet<Fault>) {
        let items = body.get("data").and_then(Value::as_array);
        let items = items.map(Vec::as_slice).unwrap_or_default();
        let last = items.last().and_then(|item| id_of(document_of(item)));
        let upward = matches!(self.asked.cursor, Cursor::Start | Cursor::After(_));
        let Some(last) = last else { return };
        if self.happening.has(Fault::Collapse) && self.asked.cursor == Cursor::Start {
            if let Some(fields) = body.as_object_mut() {
                fields.insert("data".to_owned(), json!([]));
                let own = json!([{ "rel": "self", "uri": as_sent(self.asked) }]);
                fields.insert("links".to_owned(), own);
            }
            did.insert(Fault::Collapse);
            return;
        }
        if let Some(next) = link(body, "next") {
            if self.happening.has(Fault::RepeatedPage) {
                *next = Value::String(as_sent(self.asked));
                did.insert(Fault::RepeatedPage);
            }
        } else if upward && self.happening.has(Fault::EmptyLastPage) {
            set_link(body, "next", moved(self.asked, "starting_after", last));
            did.insert(Fault::EmptyLastPage);
        }
    }

    /// Changes every document of the answer.
    fn spoil_documents(&self, body: &mut Value, did: &mut BTreeSet<Fault>) {
        let gives = self.asked.route.gives;
        let content = self.content();
        let mut spoil = |document: &mut Value| {
            if gives != Object::Event {
                content.apply(gives, document, did);
                return;
            }
            let prefix = text(document, "type").split('.').next().unwrap_or_default();
            if let Some(object) = object_of(prefix)
                && let Some(of) = document.pointer_mut("/data/object")
            {
                content.apply(object, of, did);
            }
        };
        each_document(body, &mut spoil);
    }

    /// Puts events of unknown types behind some, where there is room for an id.
    fn invent_events(&self, body: &mut Value, did: &mut BTreeSet<Fault>) {
        if !self.has(Fault::UnknownEvents) {
            return;
        }
        let goes_on = link(body, "next").is_some();
        let Some(items) = body.get_mut("data").and_then(Value::as_array_mut) else {
            return;
        };
        let told = std::mem::take(items);
        let ids: Vec<_> = told.iter().map(|item| id_of(document_of(item))).collect();
        for (at, item) in told.into_iter().enumerate() {
            let following = ids.get(at + 1).copied().flatten();
            let invented = self.invented(document_of(&item), following, goes_on);
            items.push(item);
            if let Some(event) = invented {
                let uri = format!("/{}/events/{}", self.asked.version.name, text(&event, "id"));
                items.push(json!({ "data": event, "uri": uri }));
                did.insert(Fault::UnknownEvents);
            }
        }
    }

    /// The event of an unknown type that comes after another, if one does.
    pub(crate) fn invented(
        &self,
        event: &Value,
        following: Option<ObjectId>,
        goes_on: bool,
    ) -> Option<Value> {
        let dose = self.settings.faults.get(&Fault::UnknownEvents)?;
        let id = id_of(event)?;
        let next = next_id(id);
        let room = match following {
            Some(following) => next < following,
            None => !goes_on,
        };
        let happens = self
            .draw
            .happens(dose.rate, "unknown-events", &[id.bytes()]);
        (room && happens).then(|| {
            let object = json!({ "id": self.draw.foreign(&id.to_hex()).to_hex(), "label": "Reader of the week" });
            json!({
                "id": next.to_hex(),
                "type": "badges.granted",
                "created": text(event, "created"),
                "data": { "object": object },
            })
        })
    }

    /// Repeats and shuffles the events of a page.
    fn disorder(&self, body: &mut Value, did: &mut BTreeSet<Fault>) {
        let Some(items) = body.get_mut("data").and_then(Value::as_array_mut) else {
            return;
        };
        if items.is_empty() {
            return;
        }
        if self.happening.has(Fault::RepeatedEvents) {
            *items = items
                .drain(..)
                .flat_map(|item| [item.clone(), item])
                .collect();
            did.insert(Fault::RepeatedEvents);
        }
        if self.happening.has(Fault::ShuffledEvents) && items.len() > 1 {
            let nth = self.happening.nth.to_be_bytes();
            let mut drawn: Vec<_> = items.drain(..).enumerate().collect();
            drawn.sort_by_key(|(at, _)| {
                let place = (*at as u64).to_be_bytes();
                self.draw
                    .number("shuffled", &[self.asked.path.as_bytes(), &nth, &place])
            });
            items.extend(drawn.into_iter().map(|(_, item)| item));
            did.insert(Fault::ShuffledEvents);
        }
    }

    /// Makes the answer, or one record of it, another district's.
    fn estrange(&self, body: &mut Value, did: &mut BTreeSet<Fault>) {
        let Some((fault @ (Fault::WrongToken | Fault::OtherDistrict), _)) = self.happening.kept
        else {
            return;
        };
        let mut count = 0_u64;
        each_document(body, &mut |_| count += 1);
        if count == 0 {
            return;
        }
        let about = [self.asked.path.as_bytes(), self.asked.query.as_bytes()];
        let chosen = self.draw.number("stranger", &about) % count;
        let gives = self.asked.route.gives;
        let content = self.content();
        let mut at = 0;
        each_document(body, &mut |document| {
            if fault == Fault::WrongToken || at == chosen {
                let prefix = text(document, "type").split('.').next().unwrap_or_default();
                let object = object_of(prefix).unwrap_or(gives);
                match document.pointer_mut("/data/object") {
                    Some(of) if gives == Object::Event => content.estrange(object, of),
                    _ => content.estrange(gives, document),
                }
                did.insert(fault);
            }
            at += 1;
        });
    }
}

/// Every document of an answer, in order.
fn each_document(body: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    match body.get_mut("data") {
        Some(Value::Array(items)) => {
            for item in items {
                if item.get("data").is_some_and(Value::is_object) {
                    if let Some(document) = item.get_mut("data") {
                        change(document);
                    }
                } else if item.is_object() {
                    change(item);
                }
            }
        }
        Some(document @ Value::Object(_)) => change(document),
        _ => {}
    }
}

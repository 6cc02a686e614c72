//! An answer of data as this source gives it, before it is spoilt on its way.

mod events;
mod number;

use std::collections::BTreeSet;

use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_wire::{Cursor, Items, Object, Request, Shape};
use serde_json::{Value, json};

use crate::address::{as_sent, at_source, link, moved, set_link, with_asked_limit};
use crate::draw::Draw;
use crate::fault::Fault;
use crate::lens::{Lens, Shown};
use crate::moments::Happening;
use crate::names::{Names, id_of};
use crate::settings::Settings;
use crate::source::{Fetched, Source, Unreadable};
use crate::world::World;

/// What an answer is told with.
pub(crate) struct Telling<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) draw: &'a Draw,
    pub(crate) source: &'a Source<'a>,
    pub(crate) asked: &'a Request,
    pub(crate) happening: &'a Happening,
    pub(crate) now: Timestamp,
}

/// An answer.
pub(crate) struct Told {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    /// What was done to it.
    pub(crate) did: BTreeSet<Fault>,
}

impl Telling<'_> {
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.settings.faults.contains_key(&fault)
    }

    pub(crate) fn names(&self) -> Names<'_> {
        Names {
            settings: self.settings,
            draw: self.draw,
        }
    }

    fn lens<'a>(&'a self, world: &'a World) -> Lens<'a> {
        Lens {
            names: self.names(),
            index: &world.index,
            read: world.read,
            otherwise: None,
        }
    }

    /// Tells the answer; `Err` where the source gave none that could be told otherwise.
    pub(crate) async fn tell(&self, world: &mut World) -> Result<Told, Unreadable> {
        let events = self.asked.route.gives == Object::Event;
        if !events {
            world.read += 1;
        }
        world
            .refresh(&self.names(), self.source, self.asked)
            .await?;
        let mut did = self.renaming();
        let told = if events {
            return self.tell_events(world).await;
        } else if self.asked.count {
            self.tell_count(world).await?
        } else if self.asked.route.shape == Shape::List {
            self.tell_list(world, &mut did).await?
        } else {
            self.tell_one(world, &mut did).await?
        };
        let (body, headers) = told;
        Ok(Told { headers, body, did })
    }

    /// Faults that give the documents of this answer other ids.
    fn renaming(&self) -> BTreeSet<Fault> {
        let gives = self.asked.route.gives;
        let on = self.settings.faults.keys().copied();
        on.filter(|fault| *fault != Fault::EmailSplit && Names::renames(*fault, gives))
            .collect()
    }

    /// The source's own id of the record a path names. Nobody's id where there is none to be seen.
    async fn real_id(&self, world: &World) -> Result<Option<ObjectId>, Unreadable> {
        let Some(shown) = self.asked.id else {
            return Ok(None);
        };
        let object = self.asked.route.of;
        let nobody = self.draw.foreign("nobody");
        let Some(real) = world.index.real(&self.names(), object, shown) else {
            return Ok(Some(nobody));
        };
        let lens = self.lens(world);
        let people = matches!(object, Object::User | Object::Student);
        if !people || !(lens.is_away(real) || lens.is_unshared(real)) {
            return Ok(Some(real));
        }
        let document = self.source.one(object, &real.to_hex()).await?;
        let hidden = document.is_some_and(|document| lens.show(object, &document).is_empty());
        if !hidden {
            return Ok(Some(real));
        }
        // The source's own words for a record that is not there.
        let address = at_source(self.asked, Some(nobody), Cursor::Start, None);
        let mut refused = self.source.get(&address).await?;
        refused.did.extend(self.hiding());
        Err(Unreadable(Some(Box::new(refused))))
    }

    /// A page of records.
    async fn tell_list(
        &self,
        world: &mut World,
        did: &mut BTreeSet<Fault>,
    ) -> Result<(Value, HeaderMap), Unreadable> {
        let (mut body, headers) = self.page(world, self.asked.cursor, None, did).await?;
        if self.happening.has(Fault::DuplicateBorder)
            && let Some(last) = last_id(&body).filter(|_| link(&mut body, "next").is_some())
        {
            let after = Cursor::After(last);
            let mut ignored = BTreeSet::new();
            let (mut next, _) = self.page(world, after, Some(1), &mut ignored).await?;
            let first = next
                .get_mut("data")
                .and_then(|data| data.get_mut(0))
                .map(Value::take);
            if let (Some(first), Some(items)) = (first, items_mut(&mut body)) {
                items.push(first);
                did.insert(Fault::DuplicateBorder);
            }
        }
        Ok((body, headers))
    }

    /// A page of the source, as it is shown.
    async fn page(
        &self,
        world: &mut World,
        cursor: Cursor,
        limit: Option<usize>,
        did: &mut BTreeSet<Fault>,
    ) -> Result<(Value, HeaderMap), Unreadable> {
        let gives = self.asked.route.gives;
        let limit = limit.or_else(|| self.short_limit());
        let id = self.real_id(world).await?;
        let at = world.index.cursor(&self.names(), gives, cursor);
        let address = at_source(self.asked, id, at, limit);
        let (mut body, headers) = self.source.get(&address).await?.data()?;
        let mut cut = None;
        if self.asked.route.items != Items::Grades
            && let Some(items) = items_mut(&mut body)
        {
            let told = items.len();
            let mut shown = Vec::with_capacity(told);
            for item in items.drain(..) {
                if self.names().touches(gives) {
                    let document = document_of(&item);
                    world.index.learn_again(&self.names(), gives, document);
                }
                shown.push(self.show(&self.lens(world), item, did));
            }
            let upward = matches!(cursor, Cursor::Start | Cursor::After(_));
            cut = trim(&mut shown, self.asked.limit, upward);
            items.extend(shown.into_iter().flatten());
            if self.apart_below(world) {
                items.clear();
            }
        }
        self.turn_links(world, &mut body, limit.is_some(), did);
        if let Some(cut) = cut {
            let next = moved(self.asked, "starting_after", cut);
            set_link(&mut body, "next", next);
        }
        Ok((body, headers))
    }

    /// How many records a page has where it is short.
    pub(crate) fn short_limit(&self) -> Option<usize> {
        let limit = self.asked.limit;
        if limit < 2 || !self.happening.has(Fault::ShortPages) {
            return None;
        }
        let about = [self.asked.path.as_bytes(), self.asked.query.as_bytes()];
        let drawn = self.draw.number("short", &about) % (limit as u64);
        Some(
            usize::try_from(drawn)
                .unwrap_or(1)
                .clamp(limit.div_ceil(4), limit - 1),
        )
    }

    /// An item of a list as those that are shown for it.
    fn show(&self, lens: &Lens<'_>, item: Value, did: &mut BTreeSet<Fault>) -> Vec<Value> {
        let document = document_of(&item);
        if id_of(document).is_none() {
            return vec![item];
        }
        let route = self.asked.route;
        let shown = lens.show(route.gives, document);
        if shown.is_empty() {
            did.extend(self.hiding());
        }
        if shown.len() > 1 {
            did.insert(Fault::EmailSplit);
        }
        let wanted = shown
            .into_iter()
            .filter(|shown| self.wants(&shown.document));
        wanted
            .map(|shown| {
                let mut item = item.clone();
                let Shown { id, real, document } = shown;
                lens.rename(&[(real, id)], None, &mut item);
                match item.get_mut("data").filter(|data| data.is_object()) {
                    Some(data) => *data = document,
                    None => item = document,
                }
                item
            })
            .collect()
    }

    fn hiding(&self) -> impl Iterator<Item = Fault> {
        [
            Fault::UnsharedIds,
            Fault::DeletedMidRead,
            Fault::AddedMidRead,
        ]
        .into_iter()
        .filter(|fault| self.has(*fault))
    }

    /// Whether one of two users that were one belongs in this list.
    fn wants(&self, document: &Value) -> bool {
        let Some(roles) = document.get("roles").and_then(Value::as_object) else {
            return true;
        };
        let route = self.asked.route;
        if let Some(role) = self.asked.role.or(route.only) {
            return roles.contains_key(role.text());
        }
        let of_class = matches!(route.of, Object::Section | Object::Resource);
        !of_class || roles.contains_key("student") || roles.contains_key("teacher")
    }

    /// Whether this lists the classes of somebody who is the second of two users, and so has none.
    fn apart_below(&self, world: &World) -> bool {
        let relation = self.asked.route.relation().unwrap_or_default();
        matches!(relation, "sections" | "mystudents" | "resources")
            && self.asked.id.is_some_and(|id| world.index.is_apart(id))
    }

    fn turn_links(
        &self,
        world: &World,
        body: &mut Value,
        shortened: bool,
        did: &mut BTreeSet<Fault>,
    ) {
        let lens = self.lens(world);
        for rel in ["next", "prev"] {
            if let Some(uri) = link(body, rel) {
                let renamed = lens.rename_uri(&[], uri.as_str().unwrap_or_default());
                let renamed = match (self.asked.id, shortened) {
                    (_, true) => with_asked_limit(self.asked, &renamed),
                    _ => renamed,
                };
                *uri = Value::String(renamed);
                if shortened && rel == "next" {
                    did.insert(Fault::ShortPages);
                }
            }
        }
        set_link(body, "self", as_sent(self.asked));
        let pages = body.pointer("/paging/count").and_then(Value::as_u64);
        if let (true, Some(count), Some(total)) =
            (shortened, pages, body.pointer_mut("/paging/total"))
        {
            *total = json!(count.div_ceil(self.asked.limit as u64).max(1));
        }
    }

    /// One record, by its own id or through another.
    async fn tell_one(
        &self,
        world: &mut World,
        did: &mut BTreeSet<Fault>,
    ) -> Result<(Value, HeaderMap), Unreadable> {
        let gives = self.asked.route.gives;
        let id = self.real_id(world).await?;
        let address = at_source(self.asked, id, Cursor::Start, None);
        let (mut body, headers) = self.source.get(&address).await?.data()?;
        let Some(document) = body.get("data").filter(|data| id_of(data).is_some()) else {
            return Ok((body, headers));
        };
        if self.names().touches(gives) {
            world.index.learn_again(&self.names(), gives, document);
        }
        let lens = self.lens(world);
        let mut shown = lens.show(gives, document);
        if shown.len() > 1 {
            did.insert(Fault::EmailSplit);
        }
        let own = (self.asked.route.shape == Shape::One)
            .then_some(self.asked.id)
            .flatten();
        shown.retain(|shown| own.is_none_or(|id| shown.id == id) && self.wants(&shown.document));
        let Some(Shown { id, real, document }) = shown.into_iter().next() else {
            let mut refused = not_found(self.asked, &headers);
            refused.did.extend(self.hiding());
            return Err(Unreadable(Some(Box::new(refused))));
        };
        lens.rename(&[(real, id)], None, &mut body);
        if let Some(fields) = body.as_object_mut() {
            fields.insert("data".to_owned(), document);
        }
        Ok((body, headers))
    }
}

fn items_mut(body: &mut Value) -> Option<&mut Vec<Value>> {
    body.get_mut("data")?.as_array_mut()
}

/// The document of an item, wrapped or bare.
pub(crate) fn document_of(item: &Value) -> &Value {
    item.get("data")
        .filter(|data| data.is_object())
        .unwrap_or(item)
}

fn last_id(body: &Value) -> Option<ObjectId> {
    id_of(document_of(body.get("data")?.as_array()?.last()?))
}

/// Cuts a page that splitting made longer than it may be, at the border of a record; the id to go on after.
fn trim(shown: &mut Vec<Vec<Value>>, limit: usize, upward: bool) -> Option<ObjectId> {
    let mut seen = 0;
    let fits = |parts: &&Vec<Value>| {
        seen += parts.len();
        seen <= limit
    };
    let keep = shown.iter().take_while(fits).count().max(1);
    if !upward || keep >= shown.len() {
        return None;
    }
    shown.truncate(keep);
    let last = shown.iter().rev().find_map(|parts| parts.last());
    last.and_then(|item| id_of(document_of(item)))
}

pub(crate) fn json_headers() -> HeaderMap {
    let json = header::HeaderValue::from_static("application/json; charset=utf-8");
    HeaderMap::from_iter([(header::CONTENT_TYPE, json)])
}

/// The answer for a record that is not to be seen, with what else the source said.
pub(crate) fn not_found(asked: &Request, headers: &HeaderMap) -> Fetched {
    let mut headers = headers.clone();
    headers.extend(json_headers());
    Fetched {
        status: StatusCode::NOT_FOUND,
        headers,
        body: Bytes::from(homeroom_wire::Refusal::NotFound.body_at(&asked.path)),
        did: Vec::new(),
    }
}

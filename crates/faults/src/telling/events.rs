//! Answers of events.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use homeroom_wire::{Cursor, Shape, error_body_at};
use serde_json::{Value, json};

use super::{Telling, Told, json_headers, not_found};
use crate::address::{as_sent, at_source, page_links};
use crate::fault::Fault;
use crate::journal::{Writing, previous_id};
use crate::names::{id_of, text};
use crate::source::{Fetched, Unreadable};
use crate::world::World;

impl Telling<'_> {
    /// Events, by the journal where records are shown otherwise than they are.
    pub(super) async fn tell_events(&self, world: &mut World) -> Result<Told, Unreadable> {
        let list = self.asked.route.shape == Shape::List;
        let mut did = BTreeSet::new();
        if let Some(refused) = self.refuse_cursor(world) {
            return Err(Unreadable(Some(Box::new(refused))));
        }
        let (body, headers) = if list && self.has(Fault::SilentFeed) {
            did.insert(Fault::SilentFeed);
            let address = format!("/{}/districts", self.asked.version.name);
            let (_, headers) = self.source.get(&address).await?.data()?;
            (self.event_page(&[], false, 0), headers)
        } else if self.keeps_journal() {
            self.journalled(world, &mut did).await?
        } else if list {
            self.page(world, self.asked.cursor, None, &mut did).await?
        } else {
            self.source_event().await?
        };
        Ok(Told { headers, body, did })
    }

    fn keeps_journal(&self) -> bool {
        let hides = [
            Fault::UnsharedIds,
            Fault::DeletedMidRead,
            Fault::AddedMidRead,
            Fault::AgedFeed,
        ];
        self.names().any() || hides.iter().any(|fault| self.has(*fault))
    }

    fn refuse_cursor(&self, world: &mut World) -> Option<Fetched> {
        let dose = self.settings.faults.get(&Fault::RefusedCursor)?;
        let Cursor::After(id) = self.asked.cursor else {
            return None;
        };
        let room = (world.refused.len() as u64) < dose.number;
        if !world.refused.contains(&id) && !room {
            return None;
        }
        world.refused.insert(id);
        let said = "starting_after is no event of this feed.";
        Some(Fetched {
            status: StatusCode::BAD_REQUEST,
            headers: json_headers(),
            body: Bytes::from(error_body_at(&self.asked.path, said)),
            did: vec![Fault::RefusedCursor],
        })
    }

    async fn journalled(
        &self,
        world: &mut World,
        did: &mut BTreeSet<Fault>,
    ) -> Result<(Value, HeaderMap), Unreadable> {
        let writing = Writing {
            names: self.names(),
            source: self.source,
            asked: self.asked,
            read: world.read,
            now: self.now,
        };
        let World { journal, index, .. } = world;
        let headers = journal.catch_up(&writing, index).await?;
        if self.asked.route.shape != Shape::List {
            let event = self.asked.id.and_then(|id| {
                let invented = |id| self.invented(journal.event(previous_id(id))?, None, false);
                journal.event(id).cloned().or_else(|| invented(id))
            });
            let Some(event) = event else {
                let refused = not_found(self.asked, &headers);
                return Err(Unreadable(Some(Box::new(refused))));
            };
            let links = json!([{ "rel": "self", "uri": as_sent(self.asked) }]);
            return Ok((json!({ "data": event, "links": links }), headers));
        }
        let mut asked = self.asked.clone();
        if let Some(short) = self.short_limit() {
            asked.limit = short;
        }
        let aged = self.has(Fault::AgedFeed);
        let (page, more, count) = journal.page(&asked, aged);
        if aged {
            did.insert(Fault::AgedFeed);
        }
        if more && asked.limit < self.asked.limit {
            did.insert(Fault::ShortPages);
        }
        Ok((self.event_page(&page, more, count), headers))
    }

    fn event_page(&self, events: &[&Value], more: bool, count: usize) -> Value {
        let asked = self.asked;
        let numbered = asked.version.rules.numbered_pages;
        let item = |event: &&Value| {
            let uri = format!("/{}/events/{}", asked.version.name, text(event, "id"));
            let mut item = json!({ "data": event, "uri": uri });
            if let Some(fields) = item.as_object_mut().filter(|_| numbered) {
                fields.insert("links".to_owned(), json!([{ "rel": "self", "uri": uri }]));
            }
            item
        };
        let id = |event: Option<&&Value>| event.and_then(|event| id_of(event));
        let links = page_links(asked, id(events.first()), id(events.last()), more);
        let data: Vec<_> = events.iter().map(item).collect();
        let mut body = json!({ "data": data, "links": links });
        if let Some(fields) = body.as_object_mut().filter(|_| numbered) {
            let total = count.div_ceil(asked.limit.max(1)).max(1);
            let current = asked.page.unwrap_or(1);
            let paging = json!({ "current": current, "total": total, "count": count });
            fields.insert("paging".to_owned(), paging);
        }
        body
    }

    /// One event of the source, or the one of an unknown type behind it.
    async fn source_event(&self) -> Result<(Value, HeaderMap), Unreadable> {
        let fetched = self.source.get(&as_sent(self.asked)).await?;
        let Some(id) = self
            .asked
            .id
            .filter(|_| fetched.status == StatusCode::NOT_FOUND)
        else {
            return fetched.data();
        };
        let before = at_source(self.asked, Some(previous_id(id)), Cursor::Start, None);
        let found = self.source.get(&before).await?.data();
        let invented = found.ok().and_then(|(body, headers)| {
            let event = self.invented(body.get("data")?, None, false)?;
            let links = json!([{ "rel": "self", "uri": as_sent(self.asked) }]);
            Some((json!({ "data": event, "links": links }), headers))
        });
        invented.map_or_else(|| fetched.data(), Ok)
    }
}

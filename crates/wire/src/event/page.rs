//! Pages of events (clever-api 5 and 6.2).

use std::ops::Range;

use homeroom_model::ObjectId;

use super::{Move, Teller, push_address};
use crate::envelope::{Numbers, push_numbers};
use crate::links::{PageEnds, push_page_links};
use crate::request::{Cursor, Request};
use crate::version::Version;

/// About how many bytes a part of a body has.
const PART: usize = 192 << 10;
/// How far the event that fills a part may reach beyond it without the buffer growing, in bytes.
const SLACK: usize = 8 << 10;

/// A page of events that is filled move by move: from the oldest on, or from the newest back where the cursor says so
/// ([`EventPage::is_downward`]).
pub struct EventPage {
    /// What is written: the body as far as it goes, or, from the newest back, events one after the other.
    parts: Vec<Vec<u8>>,
    part: Vec<u8>,
    /// From the newest back: where each event stands.
    found: Vec<(usize, Range<usize>)>,
    number: usize,
    first: Option<ObjectId>,
    last: Option<ObjectId>,
    skip: usize,
    more: bool,
}

impl EventPage {
    /// An empty page for a request.
    pub fn new(request: &Request) -> Self {
        let before = request.page.unwrap_or(1) - 1;
        let head: &[u8] = if Self::is_downward(request) {
            b""
        } else {
            b"{\"data\":["
        };
        Self {
            parts: Vec::new(),
            part: head.to_vec(),
            found: Vec::new(),
            number: 0,
            first: None,
            last: None,
            skip: before.saturating_mul(request.limit),
            more: false,
        }
    }

    /// Whether moves are to be added from the newest back.
    pub fn is_downward(request: &Request) -> bool {
        matches!(request.cursor, Cursor::Before(_) | Cursor::Last)
    }

    /// Whether a move whose ids begin and end so can have something for the page.
    pub fn wants(request: &Request, first: &ObjectId, last: &ObjectId) -> bool {
        match request.cursor {
            Cursor::Start | Cursor::Last => true,
            Cursor::After(id) => *last > id,
            Cursor::Before(id) => *first < id,
        }
    }

    /// Whether there are no events on the page.
    pub fn is_empty(&self) -> bool {
        self.number == 0
    }

    /// Adds the events of the next move. Returns whether the page has room for more; it looks one event further than it
    /// needs to, so that a full last page is known to be the last.
    pub fn add(&mut self, request: &Request, of: &Move<'_>) -> bool {
        let places = of.places();
        let (from, to) = match request.cursor {
            Cursor::Start | Cursor::Last => (0, places),
            Cursor::After(id) => (of.first_place(&id, true), places),
            Cursor::Before(id) => (0, of.first_place(&id, false)),
        };
        let mut teller = Teller::new(request, *of);
        if Self::is_downward(request) {
            (from..to).rev().all(|place| self.take(&mut teller, place))
        } else {
            (from..to).all(|place| self.take(&mut teller, place))
        }
    }

    /// Takes what happened at a place; whether there is room for more.
    fn take(&mut self, teller: &mut Teller<'_>, place: u64) -> bool {
        let Some((told, id)) = teller.told(place).zip(teller.of.ids.get(place)) else {
            return true;
        };
        let downward = Self::is_downward(teller.request);
        let start = self.part.len();
        if self.number > 0 && !downward {
            self.part.push(b',');
        }
        self.part.extend_from_slice(b"{\"data\":");
        if !teller.write(told, &id, &mut self.part) {
            self.part.truncate(start);
            return true;
        }
        if self.skip > 0 {
            self.skip -= 1;
            self.part.truncate(start);
            return true;
        }
        if self.number == teller.request.limit {
            self.part.truncate(start);
            self.more = true;
            return false;
        }
        push_links(&mut self.part, teller.request.version, &id);
        if downward {
            self.found.push((self.parts.len(), start..self.part.len()));
            self.first = Some(id);
            self.last.get_or_insert(id);
        } else {
            self.first.get_or_insert(id);
            self.last = Some(id);
        }
        self.number += 1;
        if self.part.len() >= PART {
            let next = Vec::with_capacity(PART + SLACK);
            self.parts.push(std::mem::replace(&mut self.part, next));
        }
        true
    }

    /// Appends the whole body of the answer ([`EventPage::into_parts`]).
    pub fn finish(self, request: &Request, count: Option<u64>, out: &mut Vec<u8>) {
        for part in self.into_parts(request, count) {
            out.extend_from_slice(&part);
        }
    }

    /// The body of the answer, in parts that follow each other. `count` is how many events there are in all, where the version
    /// tells ([`crate::Rules::numbered_pages`]).
    pub fn into_parts(mut self, request: &Request, count: Option<u64>) -> Vec<Vec<u8>> {
        self.parts.push(self.part);
        let mut parts = if Self::is_downward(request) {
            turned(&self.parts, &self.found)
        } else {
            self.parts
        };
        let mut end = b"],".to_vec();
        if let Some(count) = count {
            push_numbers(&mut end, &Numbers::new(request, count));
        }
        let ends = PageEnds {
            first: self.first,
            last: self.last,
            more: self.more,
        };
        push_page_links(&mut end, request, &ends);
        end.push(b'}');
        match parts.last_mut() {
            Some(last) => last.extend_from_slice(&end),
            None => parts.push(end),
        }
        parts
    }
}

/// What stands behind an event on a page: its address and, where pages are numbered, a link to it.
fn push_links(out: &mut Vec<u8>, version: &Version, id: &ObjectId) {
    out.extend_from_slice(b",\"uri\":\"");
    push_address(out, version, id);
    if version.rules.numbered_pages {
        out.extend_from_slice(b"\",\"links\":[{\"rel\":\"self\",\"uri\":\"");
        push_address(out, version, id);
        out.extend_from_slice(b"\"}]}");
    } else {
        out.extend_from_slice(b"\"}");
    }
}

/// A body of events that were found from the newest back: they are told from the oldest on.
fn turned(events: &[Vec<u8>], found: &[(usize, Range<usize>)]) -> Vec<Vec<u8>> {
    let mut parts = Vec::with_capacity(events.len());
    let mut part = b"{\"data\":[".to_vec();
    for (at, (of, range)) in found.iter().rev().enumerate() {
        if at > 0 {
            part.push(b',');
        }
        let event = events.get(*of).and_then(|part| part.get(range.clone()));
        part.extend_from_slice(event.unwrap_or_default());
        if part.len() >= PART {
            parts.push(std::mem::replace(
                &mut part,
                Vec::with_capacity(PART + SLACK),
            ));
        }
    }
    parts.push(part);
    parts
}

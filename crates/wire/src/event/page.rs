//! Pages of events (clever-api 5 and 6.2).

use std::ops::Range;

use homeroom_model::ObjectId;

use super::{Move, push_address, told};
use crate::envelope::{Numbers, push_numbers};
use crate::links::{PageEnds, push_page_links};
use crate::request::{Cursor, Request};

/// A page of events that is filled move by move: from the oldest on, or from the newest back where the cursor says so
/// ([`EventPage::is_downward`]).
pub struct EventPage {
    events: Vec<u8>,
    found: Vec<(ObjectId, Range<usize>)>,
    skip: usize,
    more: bool,
    scratch: Vec<u8>,
}

impl EventPage {
    /// An empty page for a request.
    pub fn new(request: &Request) -> Self {
        let before = request.page.unwrap_or(1) - 1;
        Self {
            events: Vec::new(),
            found: Vec::new(),
            skip: before.saturating_mul(request.limit),
            more: false,
            scratch: Vec::new(),
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
        self.found.is_empty()
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
        if Self::is_downward(request) {
            (from..to).rev().all(|place| self.take(request, of, place))
        } else {
            (from..to).all(|place| self.take(request, of, place))
        }
    }

    /// Takes what happened at a place; whether there is room for more.
    fn take(&mut self, request: &Request, of: &Move<'_>, place: u64) -> bool {
        let Some((told, id)) = told(request, of, place).zip(of.ids.get(place)) else {
            return true;
        };
        let start = self.events.len();
        let version = request.version;
        if !told.write(version, of, &id, &mut self.events, &mut self.scratch) {
            return true;
        }
        if self.skip > 0 {
            self.skip -= 1;
            self.events.truncate(start);
            return true;
        }
        if self.found.len() == request.limit {
            self.events.truncate(start);
            self.more = true;
            return false;
        }
        self.found.push((id, start..self.events.len()));
        true
    }

    /// Appends the body of the answer. `count` is how many events there are in all, where the version tells
    /// ([`crate::Rules::numbered_pages`]).
    pub fn finish(mut self, request: &Request, count: Option<u64>, out: &mut Vec<u8>) {
        if Self::is_downward(request) {
            self.found.reverse();
        }
        let numbered = request.version.rules.numbered_pages;
        out.reserve(self.events.len() + 128 * self.found.len() + 512);
        out.extend_from_slice(b"{\"data\":[");
        for (at, (id, range)) in self.found.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(b"{\"data\":");
            out.extend_from_slice(self.events.get(range.clone()).unwrap_or_default());
            out.extend_from_slice(b",\"uri\":\"");
            push_address(out, request.version, id);
            if numbered {
                out.extend_from_slice(b"\",\"links\":[{\"rel\":\"self\",\"uri\":\"");
                push_address(out, request.version, id);
                out.extend_from_slice(b"\"}]}");
            } else {
                out.extend_from_slice(b"\"}");
            }
        }
        out.extend_from_slice(b"],");
        if let Some(count) = count {
            push_numbers(out, &Numbers::new(request, count));
        }
        let ends = PageEnds {
            first: self.found.first().map(|(id, _)| *id),
            last: self.found.last().map(|(id, _)| *id),
            more: self.more,
        };
        push_page_links(out, request, &ends);
        out.push(b'}');
    }
}

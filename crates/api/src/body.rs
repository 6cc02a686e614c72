//! Bodies of answers: short ones whole, long ones part by part as they are sent.

use std::convert::Infallible;
use std::iter::once;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use futures::stream;
use homeroom_store::Connection;
use homeroom_wire::{Answer, Refusal, Request};

use crate::views::Opened;

/// About how many bytes a part has. One takes well under a millisecond to write, so it is written on the thread that serves
/// other requests too, and it is still in the processor's cache when it is sent: a page of 10,000 goes out about a fifth
/// faster in parts of this size than whole.
const PART: usize = 192 << 10;
/// How far the record that fills a part may reach beyond it without the buffer growing, in bytes.
const SLACK: usize = 8 << 10;

/// An answer whose records are chosen, with what it is written from. Whatever refuses a request does so before this.
pub(crate) struct Chosen {
    asked: Request,
    opened: Arc<Opened>,
    connection: Arc<Connection>,
    answer: Answer,
}

impl Chosen {
    /// Chooses the records of a request without a filter, which costs what is on the page.
    pub(crate) fn new(
        asked: Request,
        opened: Arc<Opened>,
        connection: Arc<Connection>,
    ) -> Result<Self, Refusal> {
        Self::within(asked, opened, connection, 0)
    }

    /// Chooses the records, where a filter may look at so many.
    pub(crate) fn within(
        asked: Request,
        opened: Arc<Opened>,
        connection: Arc<Connection>,
        filter_rows: u64,
    ) -> Result<Self, Refusal> {
        let view = opened.view(&connection.view.document);
        let answer = Answer::within(&asked, &view, filter_rows)?;
        Ok(Self {
            asked,
            opened,
            connection,
            answer,
        })
    }

    /// The body.
    pub(crate) fn into_body(self) -> Body {
        let mut parts = Parts {
            chosen: self,
            more: true,
        };
        let first = parts.next().unwrap_or_default();
        if !parts.more {
            return Body::from(first);
        }
        let parts = once(first).chain(parts).map(Ok::<_, Infallible>);
        Body::from_stream(stream::iter(parts))
    }
}

/// A body whose parts are written already.
pub(crate) fn parts(mut parts: Vec<Vec<u8>>) -> Body {
    if parts.len() <= 1 {
        return Body::from(parts.pop().unwrap_or_default());
    }
    let parts = parts.into_iter().map(Bytes::from).map(Ok::<_, Infallible>);
    Body::from_stream(stream::iter(parts))
}

/// The parts of a body, each written when it is asked for.
struct Parts {
    chosen: Chosen,
    more: bool,
}

impl Iterator for Parts {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if !self.more {
            return None;
        }
        let chosen = &mut self.chosen;
        let view = chosen.opened.view(&chosen.connection.view.document);
        let mut part = Vec::with_capacity(chosen.answer.size_hint().min(PART + SLACK));
        self.more = chosen.answer.write(&chosen.asked, &view, &mut part, PART);
        Some(part.into())
    }
}

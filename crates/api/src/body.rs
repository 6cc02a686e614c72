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

/// The body of an answer. Whatever refuses a request does so before the first byte.
pub(crate) fn body(
    asked: Request,
    opened: Arc<Opened>,
    connection: Arc<Connection>,
) -> Result<Body, Refusal> {
    let view = opened.view(&connection.view.document);
    let answer = Answer::new(&asked, &view)?;
    let mut parts = Parts {
        asked,
        opened,
        connection,
        answer,
        more: true,
    };
    let first = parts.next().unwrap_or_default();
    if !parts.more {
        return Ok(Body::from(first));
    }
    let parts = once(first).chain(parts).map(Ok::<_, Infallible>);
    Ok(Body::from_stream(stream::iter(parts)))
}

/// The parts of a body, each written when it is asked for.
struct Parts {
    asked: Request,
    opened: Arc<Opened>,
    connection: Arc<Connection>,
    answer: Answer,
    more: bool,
}

impl Iterator for Parts {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if !self.more {
            return None;
        }
        let view = self.opened.view(&self.connection.view.document);
        let mut part = Vec::with_capacity(self.answer.size_hint().min(PART + SLACK));
        self.more = self.answer.write(&self.asked, &view, &mut part, PART);
        Some(part.into())
    }
}

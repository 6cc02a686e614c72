//! The one handler of every events path of every version (clever-api 6).

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use homeroom_store::{Connection, EventMove};
use homeroom_wire::{
    Cursor, EventPage, Move, Object, Refusal, Request, Shape, count_events, counted_events, event,
    shows_object,
};

use crate::Api;
use crate::body::parts;
use crate::caller::Caller;
use crate::error::{ApiError, JSON};
use crate::etag;
use crate::exchange::Exchange;

/// Says that events are missing between the cursor and now, and from which id on none is (our choice).
pub(crate) const GAP: HeaderName = HeaderName::from_static("homeroom-events-gap");

/// Answers a request for events.
pub(crate) async fn answer(
    api: &Api,
    request: &Parts,
    asked: Request,
    caller: &Caller,
    exchange: &mut Exchange<'_>,
) -> Result<Response, ApiError> {
    let connection = &*caller.connection;
    exchange.snapshot = Some(connection.view.snapshot.unwrap_or(0));
    let asked = Arc::new(asked);
    let moves = api.feeds.moves(api, connection).await?;
    match told(api, request, &asked, connection, &moves).await {
        // What retention let go since the moves were read is told no more.
        Err(ApiError::Past(_)) => {}
        other => return other,
    }
    let moves = api.feeds.moves_anew(api, connection).await?;
    let told = told(api, request, &asked, connection, &moves).await;
    told.map_err(|error| match error {
        ApiError::Past(cause) => ApiError::unavailable(cause),
        other => other,
    })
}

/// The answer that moves give; [`ApiError::Past`] if what one is told from is not kept any more.
async fn told(
    api: &Api,
    request: &Parts,
    asked: &Arc<Request>,
    connection: &Connection,
    moves: &[EventMove],
) -> Result<Response, ApiError> {
    let oldest = moves.first().map_or(0, |kept| kept.generation);
    let tag = etag::of(connection, oldest, &request.uri);
    let list = asked.route.shape == Shape::List;
    let mut response = if etag::is_known(&request.headers, &tag) {
        (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response()
    } else {
        let reading = Reading {
            api,
            connection,
            moves,
            asked: Arc::clone(asked),
        };
        let body = if asked.count {
            Body::from(reading.counted().await?)
        } else if list {
            parts(reading.page().await?)
        } else {
            Body::from(reading.one().await?)
        };
        let headers = [(header::CONTENT_TYPE, JSON), (header::ETAG, tag)];
        (headers, body).into_response()
    };
    let gap = gap(connection, moves, asked.cursor);
    if let Some(gap) = gap.filter(|_| list) {
        response.headers_mut().insert(GAP, gap);
    }
    Ok(response)
}

/// What is missing between a cursor and now: the id from which on nothing is; `none` while moves make no events.
fn gap(connection: &Connection, moves: &[EventMove], cursor: Cursor) -> Option<HeaderValue> {
    let current = connection.view.generation;
    let newest = moves.last().map_or(0, |kept| kept.generation);
    if newest != current {
        return Some(HeaderValue::from_static("none"));
    }
    let follows = |at: usize| {
        let pair = moves.get(at.wrapping_sub(1)).zip(moves.get(at));
        pair.is_some_and(|(before, kept)| before.generation + 1 == kept.generation)
    };
    let start = (0..moves.len()).rev().find(|at| !follows(*at))?;
    let whole_from = moves.get(start)?;
    let first = whole_from.events.ids.get(0)?;
    let older = matches!(cursor, Cursor::After(id) if id < first);
    if !older || whole_from.generation <= 1 {
        return None;
    }
    HeaderValue::try_from(first.to_hex()).ok()
}

/// A request for events that is being answered.
struct Reading<'a> {
    api: &'a Api,
    connection: &'a Connection,
    moves: &'a [EventMove],
    asked: Arc<Request>,
}

impl Reading<'_> {
    /// A page of events. Moves are opened one after the other until the page is full.
    async fn page(&self) -> Result<Vec<Vec<u8>>, ApiError> {
        let mut page = EventPage::new(&self.asked);
        let mut moves: Vec<_> = self.moves.iter().collect();
        if EventPage::is_downward(&self.asked) {
            moves.reverse();
        }
        for kept in moves {
            let ids = &kept.events.ids;
            let ends = ids.get(0).zip(ids.get(ids.count.saturating_sub(1)));
            if !ends.is_some_and(|(first, last)| EventPage::wants(&self.asked, &first, &last)) {
                continue;
            }
            let adding = move |asked: &Request, of: &Move<'_>| {
                let more = page.add(asked, of);
                (page, more)
            };
            let (filled, more) = self.read(kept, adding).await?;
            page = filled;
            if !more {
                break;
            }
        }
        let numbered = self.asked.version.rules.numbered_pages;
        let count = if numbered {
            Some(self.count().await?)
        } else {
            None
        };
        // What has events is there, whichever of them the page begins after: of a deleted record they are what is left.
        if page.is_empty() && count.is_none_or(|count| count == 0) {
            self.check_object().await?;
        }
        Ok(page.into_parts(&self.asked, count))
    }

    /// How many there are, instead of them.
    async fn counted(&self) -> Result<Vec<u8>, ApiError> {
        let count = self.count().await?;
        if count == 0 {
            self.check_object().await?;
        }
        Ok(counted_events(&self.asked, count))
    }

    /// One event by its id.
    async fn one(&self) -> Result<Vec<u8>, ApiError> {
        let id = self.asked.id.ok_or(Refusal::NotFound)?;
        let holds = |kept: &&EventMove| {
            let ids = &kept.events.ids;
            let ends = ids.get(0).zip(ids.get(ids.count.saturating_sub(1)));
            ends.is_some_and(|(first, last)| (first..=last).contains(&id))
        };
        let kept = self.moves.iter().find(holds).ok_or(Refusal::NotFound)?;
        let body = self.read(kept, event).await?;
        Ok(body.ok_or(Refusal::NotFound)?)
    }

    /// Refuses a path that lists the events of an object which the view does not show.
    async fn check_object(&self) -> Result<(), ApiError> {
        if self.asked.route.of == Object::Event {
            return Ok(());
        }
        let opened = self.api.views.of(self.connection).await;
        let opened = opened.map_err(ApiError::unavailable)?;
        let view = opened.view(&self.connection.view.document);
        if shows_object(&self.asked, view) {
            Ok(())
        } else {
            Err(Refusal::NotFound.into())
        }
    }

    /// How many events there are in all, for versions that number their pages. Those of whole feeds are remembered.
    async fn count(&self) -> Result<u64, ApiError> {
        let (feeds, version) = (&self.api.feeds, self.asked.version.name);
        let whole = self.asked.route.of == Object::Event;
        let mut number = 0;
        for kept in self.moves {
            let known = if whole {
                feeds.counted(self.connection, kept, version).await
            } else {
                None
            };
            if let Some(known) = known {
                number += known;
                continue;
            }
            let counted = self.read(kept, count_events).await?;
            if whole {
                feeds.count(self.connection, kept, version, counted).await;
            }
            number += counted;
        }
        Ok(number)
    }

    /// Reads a move on a thread that may be busy.
    async fn read<T: Send + 'static>(
        &self,
        kept: &EventMove,
        read: impl FnOnce(&Request, &Move<'_>) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let opening = self
            .api
            .feeds
            .open(self.api, self.connection.district, kept);
        let (opening, asked) = (opening.await?, Arc::clone(&self.asked));
        let reading = tokio::task::spawn_blocking(move || opening.read(|of| read(&asked, of)));
        reading
            .await
            .map_err(|_| ApiError::Broken("reading events"))
    }
}

//! How much of bodies may be in memory at once, of all apps together.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{HeaderMap, header};
use futures::StreamExt;
use futures::stream::poll_fn;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::arrival::announced;
use crate::error::ApiError;
use crate::settings::Settings;

/// What places are counted in.
const UNIT: usize = 64 << 10;

/// Room for bodies.
pub(crate) struct Bodies {
    room: Arc<Semaphore>,
    units: usize,
    patience: Duration,
    arrival: Duration,
}

/// A body that was read, and the room it takes until it is done with.
pub(super) struct Held {
    pub(super) bytes: Bytes,
    _room: OwnedSemaphorePermit,
}

/// Why a body was not read.
pub(super) enum NotRead {
    /// It is longer than may be.
    TooLong { at_least: u64, most: usize },
    /// It broke off, or took too long.
    Broken,
    /// There is no room for it now.
    Full,
}

impl From<NotRead> for ApiError {
    fn from(why: NotRead) -> Self {
        match why {
            NotRead::TooLong { at_least, most } => Self::TooLarge(format!(
                "The body has at least {at_least} bytes and may have {most}."
            )),
            NotRead::Broken => Self::BadRequest("The body broke off, or took too long to arrive."),
            NotRead::Full => Self::Full,
        }
    }
}

impl Bodies {
    pub(crate) fn new(settings: &Settings) -> Self {
        // One body of the greatest length always has room.
        let most = settings.submissions.body_bytes;
        let bytes = settings.submission_bytes_at_once.max(most);
        let units = units(bytes).min(Semaphore::MAX_PERMITS);
        Self {
            room: Arc::new(Semaphore::new(units)),
            units,
            patience: settings.store_patience,
            arrival: settings.submission_patience,
        }
    }

    /// Reads a body of at most so many bytes; `announced` is what its header says.
    pub(super) async fn read(
        &self,
        body: Body,
        announced: Option<u64>,
        most: usize,
    ) -> Result<Held, NotRead> {
        if let Some(at_least) = announced.filter(|length| *length > most as u64) {
            return Err(NotRead::TooLong { at_least, most });
        }
        let length = announced.and_then(|length| usize::try_from(length).ok());
        let wanted = units(length.unwrap_or(most)).min(self.units);
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(wanted);
        let room = tokio::time::timeout(self.patience, room).await;
        let room = room.ok().and_then(Result::ok).ok_or(NotRead::Full)?;
        let reading = collect(body, length.unwrap_or(0), most);
        let bytes = tokio::time::timeout(self.arrival, reading).await;
        Ok(Held {
            bytes: bytes.unwrap_or(Err(NotRead::Broken))?.into(),
            _room: room,
        })
    }
}

/// A body of which what nobody reads is read in the end: a server that answers before and closes the connection resets it, and
/// then the answer may be lost, or the client's next request on it.
pub(super) struct Rest(Arc<Mutex<BodyDataStream>>);

/// No more than this is read for nothing, nor for longer.
const MOST_FOR_NOTHING: u64 = 16 << 20;
const LONGEST_FOR_NOTHING: Duration = Duration::from_secs(5);

impl Rest {
    pub(super) fn of(body: Body) -> Self {
        Self(Arc::new(Mutex::new(body.into_data_stream())))
    }

    /// The body, for whoever reads it.
    pub(super) fn body(&self) -> Body {
        let rest = Arc::clone(&self.0);
        Body::from_stream(poll_fn(move |context| {
            let mut rest = rest.lock().unwrap_or_else(PoisonError::into_inner);
            rest.poll_next_unpin(context)
        }))
    }

    /// Reads what is left, if the client is sending it already and it is not too much.
    pub(super) async fn drain(self, headers: &HeaderMap) {
        let waits = headers.contains_key(header::EXPECT);
        if waits || announced(headers).is_some_and(|length| length > MOST_FOR_NOTHING) {
            return;
        }
        let mut parts = self.body().into_data_stream();
        let reading = async {
            let mut read = 0;
            while let Some(Ok(part)) = parts.next().await {
                read += part.len() as u64;
                if read > MOST_FOR_NOTHING {
                    return;
                }
            }
        };
        // What takes longer is cut off.
        let _ = tokio::time::timeout(LONGEST_FOR_NOTHING, reading).await;
    }
}

/// How many units of room so many bytes take; at least one.
fn units(bytes: usize) -> usize {
    bytes.div_ceil(UNIT).max(1)
}

async fn collect(body: Body, expected: usize, most: usize) -> Result<Vec<u8>, NotRead> {
    let mut bytes = Vec::with_capacity(expected);
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| NotRead::Broken)?;
        if bytes.len() + part.len() > most {
            let at_least = (bytes.len() + part.len()) as u64;
            return Err(NotRead::TooLong { at_least, most });
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies() -> Bodies {
        let mut settings = Settings {
            store_patience: Duration::from_millis(50),
            submission_bytes_at_once: 0,
            ..Settings::default()
        };
        settings.submissions.body_bytes = 2 * UNIT;
        Bodies::new(&settings)
    }

    #[tokio::test(start_paused = true)]
    async fn bodies_wait_for_room_and_give_it_back() {
        let bodies = bodies();
        let body = |length: usize| Body::from(vec![b'x'; length]);
        let one = bodies
            .read(body(UNIT + 1), Some(UNIT as u64 + 1), 2 * UNIT)
            .await;
        let one = one.ok().unwrap();
        assert_eq!(one.bytes.len(), UNIT + 1);
        let full = bodies.read(body(1), Some(1), 2 * UNIT).await;
        assert!(matches!(full, Err(NotRead::Full)));
        drop(one);
        assert!(bodies.read(body(1), None, 2 * UNIT).await.is_ok());
    }

    #[tokio::test]
    async fn bodies_that_are_too_long_are_not_read_to_their_end() {
        let bodies = bodies();
        let long = Body::from(vec![b'x'; 11]);
        let refused = bodies.read(long, None, 10).await;
        assert!(matches!(
            refused,
            Err(NotRead::TooLong {
                at_least: 11,
                most: 10
            })
        ));
        let announced = bodies.read(Body::empty(), Some(1 << 40), 10).await;
        assert!(matches!(announced, Err(NotRead::TooLong { .. })));
        let exact = bodies.read(Body::from(vec![b'x'; 10]), None, 10).await;
        assert_eq!(exact.ok().unwrap().bytes.len(), 10);
    }
}

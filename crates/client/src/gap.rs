//! Events that are missing between a cursor and now (integration-side A1.6 and B11).

use bytes::Bytes;
use homeroom_model::ObjectId;
use http::HeaderMap;

use crate::cancel::{Cancel, Run};
use crate::effort::Effort;
use crate::error::{ClientError, Failure, Fault};
use crate::known::Strange;
use crate::mark::{Head, Mark, id_of};
use crate::report::Freshness;
use crate::scan;
use crate::source::{Inner, Source};

/// What a server of ours says when events are missing: the id from which on none is, or `none`.
const HEADER: &str = "homeroom-events-gap";

/// Why events cannot be relied upon. Any of them asks for a full reading (`gap_full_resync`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Gap {
    /// The cursor is older than the oldest event kept.
    #[error("events after the cursor are no longer kept")]
    TooOld {
        /// The oldest that is, if there is any.
        oldest: Option<ObjectId>,
    },
    /// The server does not know the cursor, and keeps older events.
    #[error("the server does not know the cursor")]
    UnknownCursor,
    /// The source was synced and made no event of it.
    #[error("the source was synced, and its events are silent about it")]
    Silent,
    /// The server makes no events, or lets nobody read them.
    #[error("there are no events")]
    Off,
    /// The server says so.
    #[error("the server says that events are missing")]
    Told {
        /// From here on none is.
        whole_from: ObjectId,
    },
}

/// What the headers of an answer with events say.
pub(crate) fn told(headers: &HeaderMap) -> Option<Gap> {
    let text = headers.get(HEADER)?.to_str().ok()?;
    match ObjectId::from_hex(text) {
        Some(whole_from) => Some(Gap::Told { whole_from }),
        None => Some(Gap::Off),
    }
}

/// Where a source stands, seen from a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// Why the events in between cannot be relied upon, if they cannot.
    pub gap: Option<Gap>,
    /// Where it stands.
    pub mark: Mark,
    /// How fresh it is.
    pub freshness: Freshness,
    /// What asking cost.
    pub effort: Effort,
}

impl Source {
    /// Whether the events after a mark are all there. Ask before following them: two to four requests.
    pub async fn gap_since(
        &self,
        mark: &Mark,
        cancel: &Cancel,
    ) -> Result<Option<Gap>, ClientError> {
        Ok(self.since(mark, cancel).await?.gap)
    }

    /// Where the source stands now, seen from a mark: whether the events in between are all there, and how fresh it is. The
    /// mark to keep once they are followed is the new one.
    pub async fn since(&self, mark: &Mark, cancel: &Cancel) -> Result<Since, ClientError> {
        let source = &self.0;
        let run = source.begin(cancel);
        let mut effort = Effort::default();
        let (now, own) = source
            .mark(&run, &mut effort, &mut Strange::default())
            .await?;
        if let Some(failure) = own.failure {
            return Err(failure.into());
        }
        let synced = mark.last_sync.is_some() && now.last_sync > mark.last_sync;
        let gap = match mark.head {
            _ if [mark.head, now.head].contains(&Head::Unavailable) => Some(Gap::Off),
            _ if synced && now.head == mark.head => Some(Gap::Silent),
            Head::At(cursor) if now.head != mark.head => {
                source.lost(&run, &mut effort, cursor).await?
            }
            _ => None,
        };
        Ok(Since {
            gap,
            mark: now,
            freshness: own.freshness(),
            effort,
        })
    }
}

impl Inner {
    /// Whether a cursor that is not the newest event has events after it that are lost.
    async fn lost(
        &self,
        run: &Run,
        effort: &mut Effort,
        cursor: ObjectId,
    ) -> Result<Option<Gap>, Failure> {
        let target = self.target(&format!("/events/{}", cursor.to_hex()));
        match self.fetch(run, &target, effort, scan::one).await {
            Ok(_) => return Ok(None),
            Err(failure) if failure.fault == Fault::Status(404) => {}
            Err(failure) => return Err(failure),
        }
        let first = self.target("/events?limit=1");
        let oldest = |body: &Bytes| Ok(scan::list(body)?.documents.first().and_then(id_of));
        let page = self.fetch(run, &first, effort, oldest).await?;
        Ok(Some(match page.found {
            Some(oldest) if oldest <= cursor => Gap::UnknownCursor,
            oldest => Gap::TooOld { oldest },
        }))
    }
}

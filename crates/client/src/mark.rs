//! Where a source stands: its newest event and its last sync (integration-side A1.4, B11).

use bytes::Bytes;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_wire::read::Document;
use homeroom_wire::{Object, Route, Shape};
use http::HeaderMap;
use serde::Deserialize;

use crate::cancel::Run;
use crate::effort::Effort;
use crate::error::{ClientError, Failure, Fault};
use crate::gap::{self, Gap};
use crate::known::Strange;
use crate::record::{Record, Whose, parse};
use crate::report::Freshness;
use crate::scan::{self, List};
use crate::source::Inner;

/// The newest event of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Head {
    /// Its id: the cursor to go on from.
    At(ObjectId),
    /// There are events, but none so far.
    Empty,
    /// There are no events: not switched on, or not to be had.
    Unavailable,
}

/// Where a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Its newest event.
    pub head: Head,
    /// When its data last came, where it says so.
    pub last_sync: Option<Timestamp>,
}

impl Mark {
    /// The cursor that follows all events up to here; `None` if there was no event.
    pub fn cursor(&self) -> Option<ObjectId> {
        match self.head {
            Head::At(id) => Some(id),
            Head::Empty | Head::Unavailable => None,
        }
    }

    /// Whether a movement would show in it.
    pub(crate) fn says_something(&self) -> bool {
        self.head != Head::Unavailable || self.last_sync.is_some()
    }
}

/// The district's own documents: itself, and in versions that have one its status.
pub(crate) struct OwnDocuments {
    pub(crate) records: Vec<Record>,
    pub(crate) failure: Option<Failure>,
}

impl OwnDocuments {
    /// What they say of how fresh the data are.
    pub(crate) fn freshness(&self) -> Freshness {
        let mut freshness = Freshness::default();
        for record in &self.records {
            if let Ok(Document::District(district)) = &record.read {
                freshness.last_sync = freshness.last_sync.or(district.last_sync);
                freshness.state = freshness.state.or_else(|| district.state.clone());
            }
        }
        freshness
    }
}

#[derive(Deserialize)]
struct HasId {
    id: String,
}

/// The id of a document.
pub(crate) fn id_of(document: &Bytes) -> Option<ObjectId> {
    let read: HasId = serde_json::from_slice(document).ok()?;
    ObjectId::from_hex(&read.id)
}

impl Inner {
    /// Where the source stands now.
    pub(crate) async fn mark(
        &self,
        run: &Run,
        effort: &mut Effort,
        strange: &mut Strange,
    ) -> Result<(Mark, OwnDocuments), ClientError> {
        let head = match self.head(run, effort).await {
            Ok(head) => head,
            Err(failure) if failure.fault.is_of_token() => return Err(failure.into()),
            Err(_) => Head::Unavailable,
        };
        let own = self.own_documents(run, effort, strange).await?;
        let mark = Mark {
            head,
            last_sync: own.freshness().last_sync,
        };
        Ok((mark, own))
    }

    /// The newest event.
    pub(crate) async fn head(&self, run: &Run, effort: &mut Effort) -> Result<Head, Failure> {
        let target = self.target("/events?ending_before=last&limit=1");
        let newest = |list: &List| list.documents.last().and_then(id_of);
        match self.fetch(run, &target, effort, scan::list).await {
            Ok(page) => Ok(head_of(&page.headers, newest(&page.found))),
            // It does not know `last`, which only the oldest version's clients used: then the long way (clever-api 6.5).
            Err(failure) if failure.fault == Fault::Status(400) => {
                self.last_of_all(run, effort).await
            }
            Err(failure) => Err(failure),
        }
    }

    /// The newest event by way of all others.
    async fn last_of_all(&self, run: &Run, effort: &mut Effort) -> Result<Head, Failure> {
        let mut target = self.target("/events?limit=10000");
        let mut newest = None;
        for _ in 0..self.settings.most_pages {
            let page = self.fetch(run, &target, effort, scan::list).await?;
            newest = page
                .found
                .documents
                .iter()
                .filter_map(id_of)
                .max()
                .max(newest);
            let next = page
                .found
                .next
                .and_then(|next| self.api.follow(&page.target, &next));
            match next {
                Some(next) if next != target => target = next,
                _ => return Ok(head_of(&page.headers, newest)),
            }
        }
        Ok(newest.map_or(Head::Empty, Head::At))
    }

    /// The district's own documents. What could not be had is said, not fatal; another district is.
    pub(crate) async fn own_documents(
        &self,
        run: &Run,
        effort: &mut Effort,
        strange: &mut Strange,
    ) -> Result<OwnDocuments, ClientError> {
        let mut own = OwnDocuments {
            records: Vec::new(),
            failure: None,
        };
        for route in Route::of_version(self.version) {
            let wanted = (route.gives == Object::District && route.shape == Shape::One)
                || route.gives == Object::Status;
            if !wanted {
                continue;
            }
            let path = route.path.replace("{id}", &self.district.to_hex());
            let target = self.target(&path);
            let read = |body: &Bytes| match route.shape {
                Shape::List => scan::list(body).map(|list| list.documents),
                _ => scan::one(body).map(|document| vec![document]),
            };
            let documents = match self.fetch(run, &target, effort, read).await {
                Ok(fetched) => fetched.found,
                Err(failure) if failure.fault.is_of_token() => return Err(failure.into()),
                Err(failure) => {
                    own.failure = own.failure.or(Some(failure));
                    continue;
                }
            };
            for raw in documents {
                let ours = (self.version, self.district);
                let parsed = parse(ours, route.gives, raw, &self.known, strange);
                if parsed.district == Whose::Another {
                    return Err(ClientError::DistrictMismatch {
                        path: target,
                        collection: Object::District.collection(),
                    });
                }
                own.records.push(parsed.record);
            }
        }
        Ok(own)
    }
}

fn head_of(headers: &HeaderMap, newest: Option<ObjectId>) -> Head {
    match newest {
        _ if gap::told(headers) == Some(Gap::Off) => Head::Unavailable,
        Some(id) => Head::At(id),
        None => Head::Empty,
    }
}

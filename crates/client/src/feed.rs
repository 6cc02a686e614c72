//! Following the events of a source from a cursor on (integration-side A1.5 and B11).

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use homeroom_model::ObjectId;
use homeroom_wire::{Object, Route};

use crate::address::path_of;
use crate::cancel::{Cancel, Run};
use crate::effort::Effort;
use crate::error::{ClientError, Failure};
use crate::event::{Event, event};
use crate::fetch::Fetched;
use crate::gap::{self, Gap};
use crate::known::Strange;
use crate::record::Whose;
use crate::scan::List;
use crate::settings::Settings;
use crate::source::{Inner, Source};
use crate::walk::{Ahead, Trail};

/// Which events are wanted. Without any of these, all.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Events about these kinds of records.
    pub objects: Vec<Object>,
    /// Events about what belongs to this school. Versions 1.x cannot choose: all come.
    pub school: Option<ObjectId>,
}

/// Events on their way, batch after batch. It ends for good where the feed ends; what happens later is another feed's.
pub struct Feed {
    source: Arc<Inner>,
    run: Run,
    /// Kinds of records that the server was not able to choose.
    chosen: Vec<Object>,
    trail: Trail,
    ahead: Option<Ahead>,
    cursor: Option<ObjectId>,
    /// Where it began.
    after: Option<ObjectId>,
    /// The events of the batch before, which pages that overlap bring again.
    before: HashSet<ObjectId>,
    effort: Effort,
    strange: Strange,
}

/// What one page of events holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The events in their order, each once. An event that comes after a later one of an earlier batch is among them.
    pub events: Vec<Event>,
    /// The cursor once these are dealt with: to be kept together with their effects.
    pub cursor: Option<ObjectId>,
    /// What the server says is missing before them.
    pub gap: Option<Gap>,
    /// Events that had come before and are left out.
    pub repeated: u64,
    /// Events that came after a later one.
    pub disordered: u64,
    /// Events that cannot be read at all. What they were about is not known: a reason for a full reading.
    pub unreadable: u64,
}

impl Source {
    /// The events after a cursor, oldest first; from the oldest that is kept without one. Runs inside a tokio runtime.
    pub fn events(&self, after: Option<ObjectId>, filter: &EventFilter, cancel: &Cancel) -> Feed {
        let source = Arc::clone(&self.0);
        let run = source.begin(cancel);
        let (query, chosen) = source.event_query(after, filter);
        let first = source.target(&format!("/events?{query}"));
        Feed {
            trail: Trail::from(&first),
            ahead: Some(Ahead::of(&source, &run, first, false)),
            source,
            run,
            chosen,
            cursor: after,
            before: HashSet::new(),
            after,
            effort: Effort::default(),
            strange: Strange::default(),
        }
    }
}

impl Inner {
    /// The query of a feed, and the kinds that it could not choose.
    fn event_query(&self, after: Option<ObjectId>, filter: &EventFilter) -> (String, Vec<Object>) {
        let mut parts = vec![format!(
            "limit={}",
            Settings::page(self.settings.event_page_size)
        )];
        let mut routes = Route::of_events(self.version);
        let chooses = routes.any(|route| route.event_filters);
        if chooses {
            let prefixes = filter
                .objects
                .iter()
                .filter_map(|object| object.event_prefix(self.version));
            parts.extend(prefixes.map(|prefix| format!("record_type={prefix}")));
            parts.extend(
                filter
                    .school
                    .map(|school| format!("school={}", school.to_hex())),
            );
        }
        parts.extend(after.map(|after| format!("starting_after={}", after.to_hex())));
        (parts.join("&"), filter.objects.clone())
    }
}

impl Feed {
    /// The next batch; `None` at the end. After an error the feed has ended, and the cursor of the last batch holds.
    pub async fn next(&mut self) -> Result<Option<Batch>, ClientError> {
        let Some(ahead) = self.ahead.take() else {
            return Ok(None);
        };
        let page = ahead.done(&mut self.effort).await?;
        let failed = |fault| Failure {
            path: path_of(&page.target).to_owned(),
            fault,
        };
        let next = self.trail.next(&self.source, &page).map_err(failed)?;
        let fetch = |next| Ahead::of(&self.source, &self.run, next, false);
        let ahead = next.map(fetch);
        let documents = page.found.documents.len();
        let (batch, new) = self.batch(&page)?;
        if ahead.is_some() {
            let advanced = self.trail.advanced(&self.source.settings, documents, new);
            advanced.map_err(failed)?;
        }
        self.ahead = ahead;
        Ok(Some(batch))
    }

    /// What it cost so far.
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// What was not known so far.
    pub fn strange(&self) -> &Strange {
        &self.strange
    }

    /// The events of a page in order, and how many of them are new.
    fn batch(&mut self, page: &Fetched<List>) -> Result<(Batch, usize), ClientError> {
        let mut batch = Batch {
            events: Vec::new(),
            cursor: None,
            gap: gap::told(&page.headers),
            repeated: 0,
            disordered: 0,
            unreadable: 0,
        };
        let mut events = BTreeMap::new();
        let mut latest = self.cursor;
        for raw in &page.found.documents {
            let ours = (self.source.version, self.source.district);
            let Some((event, district)) = event(ours, raw, &self.source.known, &mut self.strange)
            else {
                batch.unreadable += 1;
                continue;
            };
            if district == Whose::Another {
                return Err(ClientError::DistrictMismatch {
                    path: path_of(&page.target).to_owned(),
                    collection: event.object.map_or("events", Object::collection),
                });
            }
            let again = events.contains_key(&event.id) || self.before.contains(&event.id);
            if again || Some(event.id) <= self.after {
                batch.repeated += 1;
                continue;
            }
            batch.disordered += u64::from(latest.is_some_and(|latest| event.id < latest));
            latest = latest.max(Some(event.id));
            events.insert(event.id, event);
        }
        self.cursor = latest;
        batch.cursor = latest;
        self.before = events.keys().copied().collect();
        let new = events.len();
        let wanted = |event: &Event| {
            let object = event.object.filter(|_| !self.chosen.is_empty());
            object.is_none_or(|object| self.chosen.contains(&object))
        };
        batch.events = events.into_values().filter(wanted).collect();
        Ok((batch, new))
    }
}

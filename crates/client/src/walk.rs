//! Walking a collection: page after page by the links of the server, each record handed over once.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::panic;
use std::sync::Arc;

use bytes::Bytes;
use homeroom_model::ObjectId;
use tokio::task::JoinHandle;

use crate::address::path_of;
use crate::cancel::Run;
use crate::effort::Effort;
use crate::error::{ClientError, Failure, Fault};
use crate::fetch::Fetched;
use crate::known::Strange;
use crate::reading::Collection;
use crate::record::{Sink, Whose, parse};
use crate::report::{Collected, Why};
use crate::scan::{self, List};
use crate::settings::Settings;
use crate::source::Inner;

/// An answer that is being fetched while the one before it is read. Dropped, it is given up.
pub(crate) struct Ahead(JoinHandle<(Effort, Result<Fetched<List>, Failure>)>);

impl Drop for Ahead {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Ahead {
    /// Begins to fetch a list, or a single document as a list of one.
    pub(crate) fn of(source: &Arc<Inner>, run: &Run, target: String, single: bool) -> Self {
        let (source, run) = (Arc::clone(source), run.clone());
        Self(tokio::spawn(async move {
            let mut effort = Effort::default();
            let read = |body: &Bytes| {
                if single {
                    let documents = vec![scan::one(body)?];
                    let next = None;
                    return Ok(List { documents, next });
                }
                scan::list(body)
            };
            let fetched = source.fetch(&run, &target, &mut effort, read).await;
            (effort, fetched)
        }))
    }

    /// Waits for it.
    pub(crate) async fn done(mut self, effort: &mut Effort) -> Result<Fetched<List>, Failure> {
        match (&mut self.0).await {
            Ok((spent, fetched)) => {
                *effort += spent;
                fetched
            }
            Err(error) => match error.try_into_panic() {
                Ok(cause) => panic::resume_unwind(cause),
                // The runtime is being shut down: nobody waits for this any more.
                Err(_) => Err(Failure {
                    path: String::new(),
                    fault: Fault::Cancelled,
                }),
            },
        }
    }
}

/// Where the links of a list have led.
pub(crate) struct Trail {
    visited: HashSet<String>,
    bytes: u64,
    empty: u64,
}

impl Trail {
    pub(crate) fn from(first: &str) -> Self {
        Self {
            visited: HashSet::from([first.to_owned()]),
            bytes: 0,
            empty: 0,
        }
    }

    /// Where a page leads on to, if that is somewhere it may lead.
    pub(crate) fn next(
        &mut self,
        source: &Inner,
        page: &Fetched<List>,
    ) -> Result<Option<String>, Fault> {
        self.bytes += page.bytes;
        let Some(link) = &page.found.next else {
            return Ok(None);
        };
        if self.bytes > source.settings.most_bytes {
            return Err(Fault::TooManyBytes);
        }
        if self.visited.len() as u64 >= source.settings.most_pages {
            return Err(Fault::TooManyPages);
        }
        let next = source
            .api
            .follow(&page.target, link)
            .ok_or(Fault::ForeignLink)?;
        if !self.visited.insert(next.clone()) {
            return Err(Fault::LinkRepeats);
        }
        Ok(Some(next))
    }

    /// Whether a page that leads on was worth reading: one may be empty, a few in a row, but not bring only what came before.
    pub(crate) fn advanced(
        &mut self,
        settings: &Settings,
        documents: usize,
        new: usize,
    ) -> Result<(), Fault> {
        self.empty = if documents == 0 { self.empty + 1 } else { 0 };
        if self.empty > settings.most_empty_pages || (documents > 0 && new == 0) {
            return Err(Fault::NoProgress);
        }
        Ok(())
    }
}

/// A collection that is being walked.
pub(crate) struct Walk<'a> {
    source: &'a Arc<Inner>,
    run: &'a Run,
    sink: &'a mut dyn Sink,
    strange: &'a mut Strange,
    collected: Collected,
    /// The last of the collection's lists that held the record.
    seen: HashMap<ObjectId, u32>,
    without_id: u64,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        source: &'a Arc<Inner>,
        run: &'a Run,
        sink: &'a mut dyn Sink,
        strange: &'a mut Strange,
        collection: &Collection,
    ) -> Self {
        Self {
            source,
            run,
            sink,
            strange,
            collected: Collected::new(collection.object, collection.scope),
            seen: HashMap::new(),
            without_id: 0,
        }
    }

    /// Walks all lists of the collection; the number of its records as the server counts them, where it can.
    pub(crate) async fn all(
        mut self,
        collection: &Collection,
    ) -> Result<(Collected, Option<u64>), ClientError> {
        let size = Settings::page(self.source.settings.page_size);
        for (number, (query, earlier)) in (0..).zip(&collection.queries) {
            let first = self.source.target(&collection.first(query, size));
            let before = self.given();
            match self.list(number, first, collection.single).await? {
                Ok(()) => {
                    let earlier = earlier.filter(|earlier| *earlier > 0);
                    if let Some(earlier) = earlier.filter(|_| self.given() == before) {
                        self.collected.fail(Why::Collapsed { earlier });
                    }
                }
                // First-hand evidence: the one document is not there (integration-side B10).
                Err(failure) if collection.single && failure.fault == Fault::Status(404) => {}
                Err(failure) => self.collected.fail(failure.into()),
            }
        }
        if self.without_id > 0 {
            let number = self.without_id;
            self.collected.fail(Why::WithoutId { number });
        }
        let earlier = collection
            .earlier
            .filter(|earlier| *earlier > 0 && !collection.single);
        if let Some(earlier) = earlier.filter(|_| self.collected.records == 0) {
            self.collected.fail(Why::Collapsed { earlier });
        }
        let counted = match &collection.counted {
            Some(path) if self.collected.is_complete() => self.count(path).await,
            _ => None,
        };
        Ok((self.collected, counted))
    }

    /// How many documents came, those included that came before.
    fn given(&self) -> u64 {
        self.collected.records + self.collected.repeated + self.without_id
    }

    /// Walks a list to its end. What ends it before is no error.
    async fn list(
        &mut self,
        number: u32,
        first: String,
        single: bool,
    ) -> Result<Result<(), Failure>, ClientError> {
        let mut trail = Trail::from(&first);
        let mut ahead = Some(Ahead::of(self.source, self.run, first, single));
        while let Some(fetching) = ahead.take() {
            let page = match fetching.done(&mut self.collected.effort).await {
                Ok(page) => page,
                Err(failure) if failure.fault.is_of_token() => return Err(failure.into()),
                Err(failure) => return Ok(Err(failure)),
            };
            self.collected.pages += 1;
            let failed = |fault| Failure {
                path: path_of(&page.target).to_owned(),
                fault,
            };
            let mut end = Ok(());
            match trail.next(self.source, &page) {
                Ok(next) => {
                    let fetch = |next| Ahead::of(self.source, self.run, next, false);
                    ahead = next.map(fetch);
                }
                Err(fault) => end = Err(failed(fault)),
            }
            let documents = page.found.documents.len();
            let new = self.hand_over(number, &page)?;
            if let Err(failure) = end {
                return Ok(Err(failure));
            }
            if ahead.is_some()
                && let Err(fault) = trail.advanced(&self.source.settings, documents, new)
            {
                return Ok(Err(failed(fault)));
            }
        }
        Ok(Ok(()))
    }

    /// Hands over the records of a page; how many of them this list had not brought before.
    fn hand_over(&mut self, list: u32, page: &Fetched<List>) -> Result<usize, ClientError> {
        let object = self.collected.object;
        let ours = (self.source.version, self.source.district);
        let mut new = 0;
        for raw in &page.found.documents {
            let parsed = parse(ours, object, raw.clone(), &self.source.known, self.strange);
            match parsed.district {
                Whose::Ours => {}
                Whose::NotSaid => self.collected.of_no_district += 1,
                Whose::Another => {
                    return Err(ClientError::DistrictMismatch {
                        path: path_of(&page.target).to_owned(),
                        collection: object.collection(),
                    });
                }
            }
            match parsed.record.id {
                None => self.without_id += 1,
                Some(id) => {
                    let before = self.seen.insert(id, list);
                    new += usize::from(before != Some(list));
                    if before.is_some() {
                        self.collected.repeated += 1;
                        continue;
                    }
                }
            }
            self.collected.records += 1;
            self.collected.unreadable += u64::from(parsed.record.read.is_err());
            if let ControlFlow::Break(()) = self.sink.take(parsed.record) {
                return Err(ClientError::Stopped);
            }
        }
        Ok(new)
    }

    /// How many records the server counts; nothing if it does not say.
    async fn count(&mut self, path: &str) -> Option<u64> {
        if !self.source.settings.check_counts {
            return None;
        }
        let target = self.source.target(&format!("{path}?count=true"));
        let read = |body: &Bytes| Ok(homeroom_wire::read::count(body).ok());
        let effort = &mut self.collected.effort;
        let counted = self.source.fetch(self.run, &target, effort, read).await;
        counted.ok()?.found
    }
}

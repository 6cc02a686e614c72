//! An import, step by step.

use std::collections::BTreeMap;
use std::sync::Arc;

use homeroom_change::Served;
use homeroom_derive::Counts;
use homeroom_intake::{FileSet, Source};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_segment::Candidate;
use homeroom_store::{
    Conflict, DistrictChange, Edit, HoldMove, NewHold, NewRun, Person, RunEnd, RunState, StoreError,
};

use crate::Ingest;
use crate::counts::{ChangeCounts, by_file};
use crate::error::IngestError;
use crate::files::file_set;
use crate::people;
use crate::problems::Collected;
use crate::read::{self, Reading};
use crate::report::{Earlier, Outcome, Report};

/// Is told which step an import is at, for a progress display.
pub type Progress = Box<dyn Fn(&str) + Send + Sync>;

/// What to import.
pub struct ImportRequest {
    /// The district.
    pub district: ObjectId,
    /// Its files.
    pub source: Box<dyn Source + Send + Sync>,
    /// Only plan.
    pub dry_run: bool,
    /// Digest of a plan that somebody looked at and approved.
    pub approved: Option<String>,
    /// Told of each step.
    pub progress: Progress,
}

/// What a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The district's files.
    Files,
    /// People kept by hand. The state of the district is that of its files and stays as it is.
    People,
}

/// A run that has begun.
pub(crate) struct Begun {
    /// What it is about.
    pub(crate) cause: Cause,
    /// The district.
    pub(crate) district: ObjectId,
    /// The run's id.
    pub(crate) run: ObjectId,
    /// What its publish carries.
    pub(crate) fence: u64,
    /// When it began, and not before the snapshot it follows: the time that everything it publishes carries.
    pub(crate) now: Timestamp,
}

/// What was read.
struct Read {
    candidate: Option<Candidate>,
    counts: Counts,
    set: FileSet,
    file_set: [u8; 32],
    problems: Collected,
}

impl Ingest {
    /// Imports a district's files. Problems of the data stand in the report; an error means that a step failed, and then
    /// what was published before is still served.
    pub async fn import(&self, request: ImportRequest) -> Result<Report, IngestError> {
        let district = request.district;
        if self.store.district(district).await?.is_none() {
            return Err(IngestError::NoDistrict(district));
        }
        let held = self.hold(district).await?;
        let outcome = self.import_held(request, held.fence).await;
        held.release().await;
        let report = outcome?;
        self.move_views(district).await?;
        Ok(report)
    }

    async fn import_held(&self, request: ImportRequest, fence: u64) -> Result<Report, IngestError> {
        let district = request.district;
        let dry_run = request.dry_run;
        self.close_abandoned(district).await?;
        let begun = self.begin(district, fence, Cause::Files).await?;
        let outcome = self.run(&begun, request).await;
        match outcome {
            Ok((report, file_set)) => {
                self.end(&begun, &report, file_set, dry_run).await?;
                Ok(report)
            }
            Err(error) => {
                self.fail(&begun).await;
                Err(error)
            }
        }
    }

    /// Closes the runs of a district that were cut short; whoever holds its lease may.
    pub(crate) async fn close_abandoned(&self, district: ObjectId) -> Result<(), IngestError> {
        let now = self.surroundings.now();
        self.store.close_abandoned(district, now).await?;
        Ok(())
    }

    /// Notes that a run has begun.
    pub(crate) async fn begin(
        &self,
        district: ObjectId,
        fence: u64,
        cause: Cause,
    ) -> Result<Begun, IngestError> {
        let run = self.surroundings.run_id()?;
        let published = self.store.current(district).await?;
        // A clock that stepped back must not make a record older than it was.
        let now = published.map_or(self.surroundings.now(), |published| {
            published.published_at.max(self.surroundings.now())
        });
        let new = NewRun {
            id: run,
            district,
            fence,
            started: now,
            source: match cause {
                Cause::Files => "import".to_owned(),
                Cause::People => "people kept by hand".to_owned(),
            },
            actor: String::new(),
            of: None,
        };
        self.store.start_run(new).await.map_err(taken_over)?;
        Ok(Begun {
            cause,
            district,
            run,
            fence,
            now,
        })
    }

    async fn run(
        &self,
        begun: &Begun,
        request: ImportRequest,
    ) -> Result<(Report, [u8; 32]), IngestError> {
        let district = begun.district;
        let current = self.store.current(district).await?;
        let people = self.store.people(district).await?;
        let digest = people::digest(&people);
        let earlier = match &current {
            Some(current) => self.store.report(district, current.run).await?,
            None => None,
        };
        let earlier: Option<Earlier> = earlier.and_then(|text| serde_json::from_str(&text).ok());
        // Without the report of what is published the same files are read again, because theirs is wanted too.
        let published = current
            .as_ref()
            .map(|current| current.file_set)
            .filter(|_| earlier.is_some());
        let read = self
            .read(begun, request.source, published, people, request.progress)
            .await?;
        let file_set = read.file_set;
        let mut report = read.report(current.map(|current| current.number));
        if report.state == Outcome::Error {
            return Ok((report, file_set));
        }
        let Some(candidate) = read.candidate else {
            if let Some(earlier) = earlier {
                earlier.complete(&mut report);
            }
            if request.dry_run {
                report.state = Outcome::Planned;
            } else if let Some(number) = self.publish_people(district, begun.fence).await? {
                report.snapshot = Some(number);
            }
            return Ok((report, file_set));
        };
        let planned = self
            .plan(self.published(district).await?, candidate, begun.now)
            .await?;
        let decision = planned.decide(request.dry_run, request.approved.as_deref(), &mut report);
        if let Some(number) = self.carry_out(begun, planned, decision, file_set).await? {
            report.snapshot = Some(number);
            self.people_published(district, &digest).await?;
        }
        Ok((report, file_set))
    }

    /// Reads the files, unless they are those that are published: then there is no candidate.
    async fn read(
        &self,
        begun: &Begun,
        source: Box<dyn Source + Send + Sync>,
        published: Option<[u8; 32]>,
        people: Vec<Person>,
        progress: Progress,
    ) -> Result<Read, IngestError> {
        let (key, spools) = (
            self.hash_key(begun.district).await?,
            Arc::clone(&self.spools),
        );
        let today = begun.now.date();
        let work = move || {
            let mut problems = Collected::default();
            let limits = homeroom_intake::Limits::default();
            let set = FileSet::find(&*source, &limits, &mut problems)?;
            progress("looking at the files");
            let before = file_set(&*source, &set)?;
            let mut read = Read {
                candidate: None,
                counts: Counts::default(),
                set,
                file_set: before,
                problems,
            };
            if read.problems.fatal() || published == Some(before) {
                return Ok(Ok(read));
            }
            let reading = Reading {
                source: &*source,
                set: &read.set,
                people: &people,
                key,
                spools: &*spools,
                today,
                progress: &progress,
            };
            if let Some(derived) = read::read(&reading, &mut read.problems)? {
                read.candidate = Some(derived.candidate);
                read.counts = derived.counts;
            }
            if file_set(&*source, &read.set)? != before {
                return Ok(Err(IngestError::FilesChanged));
            }
            Ok(Ok(read))
        };
        let done: std::io::Result<_> = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| IngestError::Interrupted)?;
        done.map_err(IngestError::io("reading the district's files"))?
    }

    /// Notes how an import ended, at its run and in the district's document, in one step: `last_sync` moves with every
    /// run that finished, whether or not it published.
    async fn end(
        &self,
        begun: &Begun,
        report: &Report,
        file_set: [u8; 32],
        dry_run: bool,
    ) -> Result<(), IngestError> {
        let state = match report.state {
            Outcome::Published => RunState::Published,
            Outcome::NoChange => RunState::NoChange,
            Outcome::Planned => RunState::Planned,
            Outcome::Held => RunState::Held,
            Outcome::Error => RunState::Error,
        };
        let hold = match report.state {
            Outcome::Held => HoldMove::Open(NewHold {
                base: report.snapshot,
                digest: report.plan.clone().unwrap_or_default(),
                file_set,
                triggers: serde_json::to_string(&report.held).unwrap_or_default(),
            }),
            _ => HoldMove::Keep,
        };
        let text = serde_json::to_string(report).unwrap_or_default();
        let end = RunEnd {
            change: if dry_run { None } else { told(begun, report) },
            hold,
            ..self.ended(begun, state, &text)
        };
        match self.store.finish_run(end).await.map_err(taken_over) {
            // Overtaken after its publish: that stands, only the report is not kept.
            Err(IngestError::TakenOver) if report.state == Outcome::Published => Ok(()),
            other => other.map(drop),
        }
    }

    /// Ends a run.
    pub(crate) async fn finish(
        &self,
        begun: &Begun,
        state: RunState,
        report: &str,
    ) -> Result<(), IngestError> {
        let end = self.ended(begun, state, report);
        self.store.finish_run(end).await.map_err(taken_over)?;
        Ok(())
    }

    fn ended(&self, begun: &Begun, state: RunState, report: &str) -> RunEnd {
        let finished = self.surroundings.now();
        RunEnd::new(
            begun.district,
            begun.run,
            state,
            report.to_owned(),
            finished,
        )
    }

    /// Ends a run in which a step failed. That may fail too, or be refused because the run published before or was
    /// overtaken; why the step failed matters more, and a run that is left open is closed by the next one.
    pub(crate) async fn fail(&self, begun: &Begun) {
        if let Err(error) = self.finish(begun, RunState::Error, "{}").await {
            tracing::warn!(district = %begun.district, %error, "a run that failed could not be closed");
        }
    }
}

/// What the district's document says of a run, unless its publish wrote that together with the pointer.
fn told(begun: &Begun, report: &Report) -> Option<DistrictChange> {
    let (word, error) = match report.state {
        Outcome::Published | Outcome::Planned => return None,
        Outcome::NoChange => ("success", ""),
        Outcome::Held => ("pending", ""),
        Outcome::Error => ("error", "The last upload has errors and was not processed."),
    };
    let last_sync = if report.state == Outcome::NoChange {
        Edit::To(Some(begun.now))
    } else {
        Edit::Keep
    };
    Some(DistrictChange {
        state: Edit::To(word.to_owned()),
        error: Edit::To(error.to_owned()),
        last_sync,
        ..DistrictChange::default()
    })
}

/// Says of refusals that another run caused that it did.
pub(crate) fn taken_over(error: StoreError) -> IngestError {
    match error.refusal() {
        Some(Conflict::Fenced | Conflict::Moved) => IngestError::TakenOver,
        _ => error.into(),
    }
}

impl Read {
    /// The report as far as reading got.
    fn report(&self, served: Option<u64>) -> Report {
        // Files that could not be read as a whole have no counts, and neither do the others then.
        let counts = if self.candidate.is_some() {
            by_file(&self.counts, |file| {
                self.set.name(read::stem(file)).is_some()
            })
        } else {
            BTreeMap::new()
        };
        Report {
            state: if self.problems.fatal() {
                Outcome::Error
            } else {
                Outcome::NoChange
            },
            snapshot: served,
            counts,
            changes: Served::ALL
                .into_iter()
                .map(|kind| (kind.text(), ChangeCounts::default()))
                .collect(),
            problems: self.problems.counts(),
            held: Vec::new(),
            plan: None,
            shown: self.problems.shown(),
        }
    }
}

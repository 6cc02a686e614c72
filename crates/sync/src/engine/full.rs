//! Reading everything (integration-side A1.2 to A1.4).

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use homeroom_client::{Head, Movement, Record, Report, Scope, Sink};
use homeroom_model::Kind;

use super::coverage;
use super::error::SyncError;
use super::read::{Reader, Taken};
use super::report::Note;
use super::watch::{Stage, Watch};
use crate::mirror::Gathered;

impl Reader<'_> {
    /// Reads the district in full. A source that moves meanwhile is followed by its events, or read again where it tells
    /// none, before anything is called gone.
    pub(crate) async fn full(&mut self) -> Result<Taken, SyncError> {
        let mut again = 0;
        loop {
            let mut gathered = self.gathered()?;
            let report = self.walk(&mut gathered).await?;
            let complete =
                coverage::complete(&report, self.tenant.source.version(), &self.tenant.policy);
            let moved = report.movement != Movement::Quiet;
            if let Movement::Moved { .. } = report.movement {
                self.report.note(Note::SourceMoved);
            }
            let tells = report.mark.head != Head::Unavailable;
            if moved
                && !tells
                && again < self.engine.0.settings.most_rereads
                && report.movement != Movement::Unknown
            {
                again += 1;
                continue;
            }
            self.about.stand_at(&report.mark);
            let mut whole = complete.clone();
            if moved && tells {
                whole = self.replay(&report, &mut gathered, complete).await?;
            } else if moved {
                self.ask_for_missing(&complete, &mut gathered).await?;
            }
            self.noted(&report, &whole);
            return Ok(Taken {
                mode: "full",
                gathered,
                whole,
            });
        }
    }

    async fn walk(&mut self, gathered: &mut Gathered) -> Result<Report, SyncError> {
        let reading = coverage::reading(&self.tenant.policy, Scope::District, &self.about);
        let mut sink = Watched {
            gathered,
            watch: self.watch,
            taken: 0,
        };
        let source = &self.tenant.source;
        let report = source.read(&reading, &mut sink, self.cancel).await?;
        self.report.read(&report);
        Ok(report)
    }

    /// What happened while the walk went on, put upon it. Kinds are whole only if all of it could be had.
    async fn replay(
        &mut self,
        report: &Report,
        gathered: &mut Gathered,
        complete: BTreeSet<Kind>,
    ) -> Result<BTreeSet<Kind>, SyncError> {
        let all = self.follow(report.mark.cursor(), gathered).await?;
        if let Movement::Moved { to, .. } = &report.movement {
            self.about.source_sync = to
                .last_sync
                .map(homeroom_model::Timestamp::millis)
                .or(self.about.source_sync);
        }
        Ok(if all { complete } else { BTreeSet::new() })
    }

    /// Nobody can tell whether the source stood still: whoever is missing is asked for one by one. Those of whom nobody knows
    /// stay.
    async fn ask_for_missing(
        &mut self,
        complete: &BTreeSet<Kind>,
        gathered: &mut Gathered,
    ) -> Result<(), SyncError> {
        let mut missing = BTreeSet::new();
        for kind in complete.iter().filter(|kind| has_own_id(**kind, self)) {
            let came = gathered.ids(*kind);
            let ids = self.before.snapshot.table(*kind).ids();
            let absent = ids.filter(|id| came.binary_search(id).is_err());
            missing.extend(absent.map(|id| (*kind, id)));
        }
        let unknown = self.look_up(missing, gathered).await?;
        gathered.stay(unknown);
        Ok(())
    }

    fn noted(&mut self, report: &Report, whole: &BTreeSet<Kind>) {
        let now = self.engine.0.clock.now().millis();
        self.about.collected = coverage::collected(report, &self.about.collected);
        self.about.add_whole(whole);
        self.about.paused = report.freshness.is_paused();
        if report.is_complete() && !whole.is_empty() {
            self.about.partial = 0;
            self.about.read_whole = Some(now);
            self.trimmed();
        } else {
            self.about.partial += 1;
        }
    }
}

/// Whether records of a kind can be asked for by their ids: ties, and courses and terms inside sections, cannot.
fn has_own_id(kind: Kind, reader: &Reader<'_>) -> bool {
    kind != Kind::ContactLink && coverage::object_of(kind, reader.tenant.source.version()).is_some()
}

/// Takes records and tells how many.
pub(crate) struct Watched<'a> {
    pub(crate) gathered: &'a mut Gathered,
    pub(crate) watch: &'a dyn Watch,
    pub(crate) taken: u64,
}

/// How often progress is told, in records.
const OFTEN: u64 = 256;

impl Sink for Watched<'_> {
    fn take(&mut self, record: Record) -> ControlFlow<()> {
        self.taken += 1;
        if self.taken.is_multiple_of(OFTEN) {
            self.watch.stage(Stage::Reading, self.taken, None);
        }
        self.gathered.take(record)
    }
}

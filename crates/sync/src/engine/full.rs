//! Reading everything (integration-side A1.2 to A1.4).

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use homeroom_client::{Head, Movement, Outcome, Record, Report, Scope, Sink, Why};
use homeroom_model::{Kind, ObjectId};

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
            // A feed that says nothing although the source was brought up to date tells nothing.
            let tells = match &report.movement {
                Movement::Moved { from, to } => {
                    from.head != Head::Unavailable && from.head != to.head
                }
                _ => report.mark.head != Head::Unavailable,
            };
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
        let around = (&self.about, &**self.before);
        let reading = coverage::reading(&self.tenant.policy, Scope::District, around);
        let mut sink = Watched {
            gathered,
            watch: self.watch,
            taken: 0,
        };
        let source = &self.tenant.source;
        let mut report = source.read(&reading, &mut sink, self.cancel).await?;
        self.confirm_empty(&mut report, gathered).await?;
        self.report.read(&report);
        Ok(report)
    }

    /// A list that had records and is empty is not believed (integration-side A1.3), unless each of them, asked for by itself,
    /// is not there either.
    async fn confirm_empty(
        &mut self,
        report: &mut Report,
        gathered: &mut Gathered,
    ) -> Result<(), SyncError> {
        let version = self.tenant.source.version();
        let collapsed = report.collections.iter_mut().filter(|found| {
            let why = &found.outcome;
            matches!(
                why,
                Outcome::Partial {
                    why: Why::Collapsed { .. }
                }
            )
        });
        for found in collapsed {
            let kinds = coverage::kinds_in(found.object, version, &self.tenant.policy);
            let kinds = kinds.into_iter().filter(|kind| has_own_id(*kind, self));
            let missing = self.absent(kinds.collect(), gathered);
            if missing.len() > self.engine.0.settings.most_look_ups {
                continue;
            }
            // Nobody is left to be asked for where somebody had said of each that it is gone.
            let unknown = self.look_up(missing.clone(), gathered).await?;
            let gone = self.about.gone();
            if unknown.is_empty() && missing.iter().all(|(_, id)| gone.contains_key(id)) {
                found.outcome = Outcome::Complete;
            }
        }
        Ok(())
    }

    /// Records of the mirror before that did not come.
    fn absent(&self, kinds: Vec<Kind>, gathered: &Gathered) -> BTreeSet<(Kind, ObjectId)> {
        let mut missing = BTreeSet::new();
        for kind in kinds {
            let came = gathered.ids(kind);
            let ids = self.before.snapshot.table(kind).ids();
            let absent = ids.filter(|id| came.binary_search(id).is_err());
            missing.extend(absent.map(|id| (kind, id)));
        }
        missing
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
        let kinds = complete.iter().copied();
        let kinds = kinds.filter(|kind| has_own_id(*kind, self)).collect();
        let missing = self.absent(kinds, gathered);
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
            self.about.read_all(now);
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

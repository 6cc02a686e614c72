//! Reading into a new mirror: in full, by events, or what somebody asked for.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use homeroom_client::{Cancel, Lookup};
use homeroom_model::{Kind, ObjectId};
use homeroom_roster::MirrorRow;
use homeroom_segment::Relation;

use super::about::{About, uses};
use super::coverage;
use super::error::SyncError;
use super::mirrors::{Kept, Standing};
use super::order::{Extent, Order, ReadHow};
use super::report::{Note, RunReport};
use super::watch::{Stage, Watch};
use super::{Engine, Tenant};
use crate::mirror::{Gathered, KeepError, Mirror, Unresolved};

/// What reading works with.
pub(crate) struct Reader<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) tenant: &'a Tenant,
    pub(crate) cancel: &'a Cancel,
    pub(crate) watch: &'a dyn Watch,
    pub(crate) report: &'a mut RunReport,
    /// The mirror that is read onto.
    pub(crate) before: &'a Arc<Mirror>,
    /// What will be known of the new one.
    pub(crate) about: About,
}

/// What was read.
pub(crate) struct Taken {
    /// How: `full`, `events` or `targeted`.
    pub(crate) mode: &'static str,
    pub(crate) gathered: Gathered,
    /// Kinds of which everything came, with nothing moving meanwhile.
    pub(crate) whole: BTreeSet<Kind>,
}

/// What was read, and kept.
pub(crate) struct Read {
    /// How: `full`, `events` or `targeted`.
    pub(crate) mode: &'static str,
    /// The mirror that was read onto.
    pub(crate) before: Arc<Mirror>,
    /// The new one; nothing where nothing happened.
    pub(crate) kept: Option<(Kept, Arc<Mirror>)>,
}

impl Engine {
    /// Reads what an order asks for, and keeps it.
    pub(crate) async fn read(
        &self,
        tenant: &Tenant,
        order: &Order,
        (standing, fence): (&Standing, i64),
        report: &mut RunReport,
        (cancel, watch): (&Cancel, &dyn Watch),
    ) -> Result<Read, SyncError> {
        let full =
            order.extent == Extent::District && self.needs_full(tenant, order, standing, report);
        let before = self.open(&standing.latest).await?;
        let mut about = standing.latest.about.clone();
        if standing.is_applied() {
            about.was_applied();
        }
        about.reads(order.extent);
        let mut reader = Reader {
            engine: self,
            tenant,
            cancel,
            watch,
            report,
            before: &before,
            about,
        };
        let taken = match order.extent {
            Extent::District if full => Some(reader.full().await?),
            Extent::District => reader.events().await?,
            extent => Some(reader.demanded(extent).await?),
        };
        let (mode, kept) = match taken {
            Some(taken) => (taken.mode, Some(reader.keep(taken, fence).await?)),
            None => ("events", None),
        };
        Ok(Read { mode, before, kept })
    }

    /// Whether a district has to be read in full although nobody asked for it.
    fn needs_full(
        &self,
        tenant: &Tenant,
        order: &Order,
        standing: &Standing,
        report: &mut RunReport,
    ) -> bool {
        let about = &standing.latest.about;
        if order.read == ReadHow::Full || standing.latest.is_nothing() || !about.events {
            return true;
        }
        if !about.serves(&tenant.policy) {
            report.note(Note::PolicyNeedsRead);
            return true;
        }
        let now = self.0.clock.now().millis();
        let is_older = |since: i64, than: Duration| {
            let than = i64::try_from(than.as_millis()).unwrap_or(i64::MAX);
            now.saturating_sub(since) > than
        };
        if let Some(cursor) = about.cursor()
            && is_older(
                i64::from(cursor.seconds()) * 1000,
                self.0.settings.oldest_cursor,
            )
        {
            report.note(Note::GapFullResync);
            return true;
        }
        let whole = about.read_whole;
        about.partial > 0 || whole.is_none_or(|at| is_older(at, self.0.settings.full_every))
    }
}

impl Reader<'_> {
    pub(crate) fn gathered(&self) -> Result<Gathered, SyncError> {
        let gathered = Gathered::new(&self.tenant.policy, &self.engine.0.spools);
        gathered.map_err(|error| KeepError::Build(error.into()).into())
    }

    /// Builds the mirror, asks for what its records name and nobody has, and keeps it.
    async fn keep(mut self, taken: Taken, fence: i64) -> Result<(Kept, Arc<Mirror>), SyncError> {
        self.watch.stage(Stage::Keeping, 0, None);
        let is_full = taken.mode == "full";
        self.dropped(&taken.gathered);
        let before = Arc::clone(self.before);
        let mut mirror = self.build(before, taken.gathered, taken.whole).await?;
        if let Some(more) = self.look_up_named(&mirror, is_full).await? {
            mirror = self.build(mirror, more, BTreeSet::new()).await?;
        }
        if let Some(more) = self.look_up_earlier(&mirror, taken.mode).await? {
            mirror = self.build(mirror, more, BTreeSet::new()).await?;
        }
        if !is_full
            && coverage::has_inline(self.tenant.source.version())
            && let Some(less) = self.without_orphans(&mirror)?
        {
            mirror = self.build(mirror, less, BTreeSet::new()).await?;
        }
        // However often it was built, it is the one after the latest.
        mirror.manifest.number = self.before.manifest.number + 1;
        // Whom nobody knew is only counted; who was known and is gone is another matter (integration-side S15).
        let unknown = mirror.unresolved().iter().filter(|one| {
            let known = self.before.snapshot.table(one.relation.to());
            known.find(&one.id).is_none()
        });
        let unknown: BTreeSet<_> = unknown.map(|one| one.id).collect();
        self.report.ignored = unknown.len() as u64;
        let now = self.engine.0.clock.now();
        self.about.read = now.millis();
        let row = MirrorRow {
            number: i64::try_from(mirror.manifest.number).unwrap_or(i64::MAX),
            manifest: mirror.manifest.to_text(),
            about: self.about.to_text(),
            made: now,
        };
        let kept = Kept::of(&row)?;
        let district = self.tenant.district;
        self.engine
            .with_roster(move |roster| roster.keep_mirror(district, fence, &row))
            .await?;
        Ok((kept, Arc::new(mirror.without_documents())))
    }

    async fn build(
        &self,
        before: impl Into<Arc<Mirror>>,
        gathered: Gathered,
        whole: BTreeSet<Kind>,
    ) -> Result<Mirror, SyncError> {
        let spools = self.engine.0.spools.clone();
        Ok(self
            .engine
            .0
            .keep
            .build(before, gathered, whole, spools)
            .await?)
    }

    fn dropped(&mut self, gathered: &Gathered) {
        for (name, count) in gathered.dropped() {
            *self.report.dropped.entry(name.clone()).or_default() += count;
        }
        let misread = gathered.misread();
        self.report.misread(&misread.first);
        for (name, count) in [
            ("control characters", gathered.cleaned()),
            ("values that cannot be read", misread.values),
            ("records that cannot be read", misread.records),
        ] {
            if count > 0 {
                *self.report.strange.entry(name.to_owned()).or_default() += count;
            }
        }
    }

    /// Asks one by one for ids that records name and nobody has: in full reads for those that were known before, otherwise
    /// for all that are new (integration-side A1.8, B11).
    async fn look_up_named(
        &mut self,
        mirror: &Mirror,
        is_full: bool,
    ) -> Result<Option<Gathered>, SyncError> {
        let known = |one: &Unresolved| {
            let kind = one.relation.to();
            self.before.snapshot.table(kind).find(&one.id).is_some()
        };
        let whom = |one: &Unresolved| (one.relation, one.by, one.id);
        let earlier: BTreeSet<_> = self.before.unresolved().iter().map(whom).collect();
        let wanted = |one: &&Unresolved| {
            let kind = one.relation.to();
            let new = if is_full {
                known(one)
            } else {
                !earlier.contains(&whom(one))
            };
            new && self.tenant.policy.wants(kind)
        };
        let named = mirror.unresolved().iter().filter(wanted);
        let ids: BTreeSet<_> = named.map(|one| (one.relation.to(), one.id)).collect();
        if ids.is_empty() {
            return Ok(None);
        }
        let mut more = self.gathered()?;
        self.look_up(ids, &mut more).await?;
        Ok(Some(more))
    }

    /// Asks for ids one by one; whoever is there is taken, whoever is not is gone. Returns those of whom nobody knows.
    pub(crate) async fn look_up(
        &mut self,
        ids: BTreeSet<(Kind, ObjectId)>,
        gathered: &mut Gathered,
    ) -> Result<BTreeSet<ObjectId>, SyncError> {
        let most = self.engine.0.settings.most_look_ups;
        let all = ids.len();
        let mut unknown = BTreeSet::new();
        for (number, (kind, id)) in ids.into_iter().enumerate() {
            if number >= most {
                self.report.note(Note::LookUpsCut);
                unknown.insert(id);
                continue;
            }
            self.watch
                .stage(Stage::LookingUp, number as u64, Some(all as u64));
            let source = &self.tenant.source;
            let found = match coverage::object_of(kind, source.version()) {
                _ if is_person(kind) => source.person(id, self.cancel).await?,
                Some(object) => source.look_up(object, id, self.cancel).await?,
                None => continue,
            };
            self.report.requests += 1;
            match found {
                Lookup::Found(record) => {
                    self.about.is_back(id);
                    let _ = gathered.follow(*record, self.before);
                }
                Lookup::Missing => {
                    if self.before.snapshot.table(kind).find(&id).is_some() {
                        self.about.is_gone(id, None);
                    }
                    self.remove(gathered, kind, id);
                }
                Lookup::Unknown(_) => {
                    unknown.insert(id);
                }
            }
        }
        Ok(unknown)
    }

    pub(crate) fn remove(&self, gathered: &mut Gathered, kind: Kind, id: ObjectId) {
        if is_person(kind) {
            gathered.remove_person(id, self.before);
        } else {
            gathered.remove(kind, id);
        }
    }

    /// Courses and terms that stood inside sections, and stand in none any more: a full read would not bring them.
    fn without_orphans(&self, mirror: &Mirror) -> Result<Option<Gathered>, SyncError> {
        let mut less = self.gathered()?;
        let mut any = false;
        for (kind, relation) in [
            (Kind::Course, Relation::SectionCourse),
            (Kind::Term, Relation::SectionTerm),
        ] {
            let table = mirror.snapshot.table(kind);
            let back = mirror.snapshot.back(relation);
            for row in (0..table.len()).filter(|row| back.get(*row).is_empty()) {
                less.remove(kind, table.id(row));
                any = true;
            }
        }
        Ok(any.then_some(less))
    }

    /// Takes note of what the mirror holds and for which fields.
    pub(crate) fn trimmed(&mut self) {
        self.about.uses = uses(&self.tenant.policy);
    }
}

fn is_person(kind: Kind) -> bool {
    matches!(kind, Kind::Student | Kind::Employee | Kind::Contact)
}

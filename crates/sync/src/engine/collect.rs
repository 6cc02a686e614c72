//! Letting go of what nobody needs any more: mirrors that were read and are past, the lines of old plans, and the objects that held
//! them.
//!
//! Objects are durable before a row names them, so an object that no row names may belong to a read that is going on. Nothing is
//! deleted, therefore, unless no district is being written: the engine takes the lease of every district, and deletes what
//! nothing names and what is older than a while of grace. A writer that was overtaken meanwhile is refused when it wants to keep
//! what it read. The depot has to be the engine's own.

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use homeroom_model::Timestamp;
use homeroom_roster::{Reading, Roster, RosterError};
use homeroom_segment::{Digest, Manifest};
use serde::Deserialize;

use super::Engine;
use super::error::SyncError;
use super::lease::Held;
use super::lines::located;
use super::undo::undone_by;
use crate::mirror::KeepError;

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Mirrors of each district, besides those that are needed: the applied one, the latest, those of plans that wait. Default 5.
    pub mirrors: usize,
    /// Runs of each district that can be undone back to the very mirror that stood before them. Default 10.
    pub undoable: usize,
    /// The lines of plans that do not wait. Default 90 days.
    pub plans: Duration,
    /// Objects that nothing names, since they were written. Default 1 hour.
    pub grace: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            mirrors: 5,
            undoable: 10,
            plans: Duration::from_hours(90 * 24),
            grace: Duration::from_hours(1),
        }
    }
}

/// What was let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Mirrors.
    pub mirrors: u64,
    /// Plans whose lines are gone.
    pub plans: u64,
    /// Objects that were deleted.
    pub objects: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Files that writers left behind when they died.
    pub leftovers: u64,
    /// Districts that were being written: their mirrors were left alone, and no object was deleted.
    pub busy: u64,
}

impl Engine {
    /// Lets go of what is past its time. Stopping at any point is safe; the next call goes on.
    pub async fn collect(&self, retention: &Retention) -> Result<Collected, SyncError> {
        let districts = self
            .with_roster(|roster| roster.read()?.districts())
            .await?;
        let mut collected = Collected::default();
        let mut leases: Vec<Held> = Vec::new();
        let mut done = Ok(());
        for district in &districts {
            match self.try_lease(district.id).await {
                Ok(Some(lease)) => leases.push(lease),
                Ok(None) => {
                    collected.busy += 1;
                    continue;
                }
                Err(error) => {
                    done = Err(error);
                    break;
                }
            }
            let let_go = self.let_go(district.id, retention).await;
            match let_go {
                Ok((mirrors, plans)) => {
                    collected.mirrors += mirrors;
                    collected.plans += plans;
                }
                Err(error) => {
                    done = Err(error);
                    break;
                }
            }
        }
        if done.is_ok() && collected.busy == 0 {
            done = self.sweep(retention, &mut collected).await;
        }
        for lease in leases {
            lease.release().await;
        }
        done.map(|()| collected)
    }

    /// Drops mirrors and lines of one district.
    async fn let_go(&self, district: i64, retention: &Retention) -> Result<(u64, u64), SyncError> {
        let retention = *retention;
        let before = earlier(self.0.clock.now(), retention.plans);
        self.with_roster(move |roster| {
            let reading = roster.read()?;
            let needed = needed(&*reading, district, &retention)?;
            let past: Vec<i64> = reading
                .mirrors(district)?
                .iter()
                .map(|row| row.number)
                .filter(|number| !needed.contains(number))
                .collect();
            drop(reading);
            roster.drop_mirrors(district, &past)?;
            let plans = roster.forget_lines(district, before)?;
            Ok((past.len() as u64, plans))
        })
        .await
    }

    /// Deletes objects that nothing names.
    async fn sweep(
        &self,
        retention: &Retention,
        collected: &mut Collected,
    ) -> Result<(), SyncError> {
        let roots = self.with_roster(roots).await?;
        let roots = roots.ok_or(SyncError::Unreadable {
            what: "the list of a mirror's parts",
        })?;
        let before = system_time(earlier(self.0.clock.now(), retention.grace));
        let listed = self.0.depot.list().await.map_err(KeepError::from)?;
        let past: Vec<_> = listed
            .into_iter()
            .filter(|stored| !roots.contains(&stored.object) && stored.modified < before)
            .collect();
        let objects: Vec<_> = past.iter().map(|stored| stored.object).collect();
        let deleted = self.0.depot.delete(&objects).await;
        collected.objects = deleted.map_err(KeepError::from)?;
        collected.bytes = past.iter().map(|stored| stored.bytes).sum();
        let leftovers = self.0.depot.collect_leftovers(before).await;
        collected.leftovers = leftovers.map_err(KeepError::from)?.files;
        Ok(())
    }
}

/// The inputs of a plan, as they are kept with it.
#[derive(Deserialize)]
struct Inputs {
    base: i64,
    mirror: i64,
}

/// The mirrors of a district that are kept.
fn needed(
    reading: &dyn Reading,
    district: i64,
    retention: &Retention,
) -> Result<BTreeSet<i64>, RosterError> {
    let rows = reading.mirrors(district)?;
    // Newest first; the latest is always among them.
    let last = rows.iter().map(|row| row.number);
    let mut needed: BTreeSet<i64> = last.take(retention.mirrors.max(1)).collect();
    needed.extend(
        reading
            .district(district)?
            .and_then(|district| district.mirror),
    );
    for hold in reading.holds(district, false)? {
        let plan = reading.plan(district, &hold.plan)?;
        let inputs = plan.and_then(|plan| serde_json::from_str::<Inputs>(&plan.inputs).ok());
        needed.extend(
            inputs
                .into_iter()
                .flat_map(|inputs| [inputs.base, inputs.mirror]),
        );
    }
    let runs = reading.runs(district, u32::MAX)?;
    let undone = undone_by(&runs);
    let undoable = runs
        .iter()
        .filter(|run| run.changes.is_some() && !undone.contains_key(&run.id));
    needed.extend(undoable.take(retention.undoable).filter_map(|run| run.base));
    Ok(needed)
}

/// Every object that a row names; `None` if a row cannot be read: nothing may be deleted then.
fn roots(roster: &dyn Roster) -> Result<Option<HashSet<Digest>>, RosterError> {
    let reading = roster.read()?;
    let mut roots = HashSet::new();
    for district in reading.districts()? {
        for row in reading.mirrors(district.id)? {
            let Ok(manifest) = Manifest::from_text(&row.manifest) else {
                return Ok(None);
            };
            roots.extend(manifest.parts.values().map(|part| part.object));
        }
        for object in reading.plan_objects(district.id)? {
            let Some(lines) = located(&object) else {
                return Ok(None);
            };
            roots.insert(lines.object);
        }
    }
    Ok(Some(roots))
}

fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(at.millis().saturating_sub(by))
}

fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at.millis()).unwrap_or(0))
}

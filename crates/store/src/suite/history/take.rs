//! Taking one step on one store.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::time::Duration;

use homeroom_model::{IdRange, ObjectId, Timestamp};

use super::Step;
use super::district_side::{self, hold_move};
use super::goals;
use crate::suite::sample;
use crate::{
    Block, Connection, Digest, DistrictChange, DistrictRecord, Edit, Hold, Lease, LeaseAnswer,
    NewEvents, NewManifest, Run, RunEnd, RunState, Store, StoreError, ViewMove, ViewPointer,
};

/// What a step answered. Values, not texts: their `Debug` hides what is personal.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    Nothing,
    Flag(bool),
    Count(u64),
    Text(String),
    District(Option<DistrictRecord>),
    Connection(Connection),
    View(ViewPointer),
    Range(IdRange),
    Lease(Option<Lease>),
    Answer(LeaseAnswer),
    Runs(Vec<Run>),
    Digests(Vec<Digest>),
    Hold(Hold),
    Block(Block),
}

/// What later steps need to know about earlier ones.
#[derive(Default)]
pub(super) struct Known {
    fences: BTreeMap<u8, u64>,
    runs: BTreeMap<u8, u8>,
}

impl Known {
    /// The newest run that was started in a district.
    pub(super) fn run(&self, district: u8) -> u8 {
        self.runs.get(&district).copied().unwrap_or(0)
    }

    /// The newest fence of a district, or the one before.
    pub(super) fn fence(&self, district: u8, stale: bool) -> u64 {
        let fence = self.fences.get(&district).copied().unwrap_or(1);
        fence.saturating_sub(u64::from(stale))
    }
}

/// An id made of one byte.
pub(super) fn id(byte: u8) -> ObjectId {
    sample::id(byte)
}

fn digests(bytes: &[u8]) -> Vec<Digest> {
    bytes.iter().copied().map(sample::digest).collect()
}

/// A moment, in seconds since a fixed one.
pub(super) fn at(byte: u8) -> Timestamp {
    sample::at(i64::from(byte))
}

/// Takes the step and answers what the store answered.
pub(super) async fn take(
    store: &dyn Store,
    step: &Step,
    known: &mut Known,
) -> Result<Outcome, StoreError> {
    match step.clone() {
        Step::Setting { .. }
        | Step::AddDistrict(_)
        | Step::ChangeDistrict { .. }
        | Step::AddPerson { .. }
        | Step::RemovePerson { .. }
        | Step::ReserveIds { .. } => take_district(store, step.clone()).await,
        Step::AddApp { .. }
        | Step::RemoveApp(_)
        | Step::Connect { .. }
        | Step::MoveView { .. }
        | Step::SwitchEvents { .. }
        | Step::ForgetEvents { .. }
        | Step::Revoke { .. } => take_connection(store, step.clone()).await,
        Step::Lease { .. }
        | Step::RenewLease { .. }
        | Step::ReleaseLease { .. }
        | Step::StartRun { .. }
        | Step::FinishRun { .. }
        | Step::CloseAbandoned { .. } => take_run(store, step.clone(), known).await,
        Step::Publish { .. }
        | Step::ReplaceManifest { .. }
        | Step::ForgetSnapshot { .. }
        | Step::Pin { .. }
        | Step::Unpin { .. } => take_snapshot(store, step.clone(), known).await,
        Step::District(step) => district_side::take(store, step, known).await,
        Step::Goals(step) => goals::take(store, step).await,
        Step::Condemn { .. } | Step::Pardon(_) | Step::Seize { .. } | Step::ForgetCondemned(_) => {
            take_objects(store, step.clone()).await
        }
    }
}

async fn take_district(store: &dyn Store, step: Step) -> Result<Outcome, StoreError> {
    match step {
        Step::Setting {
            key,
            value,
            replace,
        } => {
            let (key, value) = (format!("key {key}"), format!("value {value}"));
            if replace {
                store.set_setting(&key, &value).await?;
                Ok(Outcome::Nothing)
            } else {
                store.setting_or(&key, &value).await.map(Outcome::Text)
            }
        }
        Step::AddDistrict(byte) => {
            let added = store.add_district(sample::district(byte), at(byte));
            added.await.map(Some).map(Outcome::District)
        }
        Step::ChangeDistrict {
            district,
            name,
            contact,
        } => {
            let change = DistrictChange {
                name: Edit::To(format!("Name {name}")),
                contact: if contact { Edit::To(None) } else { Edit::Keep },
                ..DistrictChange::default()
            };
            let changed = store.change_district(id(district), change);
            changed.await.map(Outcome::District)
        }
        Step::AddPerson {
            person,
            district,
            created,
        } => {
            let person = sample::person(person, district, i64::from(created));
            store.add_person(person).await.map(|()| Outcome::Nothing)
        }
        Step::RemovePerson { person, district } => {
            let removed = store.remove_person(id(district), id(person));
            removed.await.map(Outcome::Flag)
        }
        Step::ReserveIds {
            district,
            count,
            now,
            fence,
        } => {
            let count = NonZeroU64::new(count).unwrap();
            let range = store.reserve_ids(id(district), count, now, [fence; 5]);
            range.await.map(Outcome::Range)
        }
        other => panic!("not a step of districts: {other:?}"),
    }
}

async fn take_connection(store: &dyn Store, step: Step) -> Result<Outcome, StoreError> {
    match step {
        Step::AddApp { app, client } => {
            let mut app = sample::app(app);
            app.client_id = format!("client {client}");
            store.add_app(app).await.map(|()| Outcome::Nothing)
        }
        Step::RemoveApp(app) => store.remove_app(id(app)).await.map(Outcome::Flag),
        Step::Connect {
            connection,
            app,
            district,
            token,
        } => {
            let mut connection = sample::connection(connection, app, district);
            connection.token = sample::digest(token);
            store.connect(connection).await.map(Outcome::Connection)
        }
        Step::MoveView {
            connection,
            district,
            snapshot,
            stale,
            name,
        } => {
            let kept = store.connection(id(district), id(connection)).await?;
            let generation = kept.as_ref().map_or(0, |kept| kept.view.generation);
            let mut document = sample::district(district);
            document.name = format!("Name {name}");
            let to = ViewMove {
                snapshot: (snapshot > 0).then_some(u64::from(snapshot)),
                document,
                moved_at: at(name),
                events: kept.filter(|kept| kept.events).map(|_| NewEvents {
                    ids: IdRange {
                        seconds: u32::from(name) + 1,
                        fence: [1; 5],
                        count: 2,
                    },
                    layout: 0,
                    whole: name.is_multiple_of(2),
                }),
            };
            let expected = generation.saturating_sub(u64::from(stale));
            let moved = store.move_view(id(district), id(connection), expected, to);
            moved.await.map(Outcome::View)
        }
        Step::SwitchEvents {
            connection,
            district,
            on,
        } => {
            let switched = store.switch_events(id(district), id(connection), on);
            switched.await.map(Outcome::Flag)
        }
        Step::ForgetEvents { district, before } => {
            let forgotten = store.forget_events(id(district), at(before));
            forgotten.await.map(Outcome::Count)
        }
        Step::Revoke {
            connection,
            district,
        } => {
            let revoked = store.revoke(id(district), id(connection));
            revoked.await.map(Outcome::Flag)
        }
        other => panic!("not a step of connections: {other:?}"),
    }
}

async fn take_run(store: &dyn Store, step: Step, known: &mut Known) -> Result<Outcome, StoreError> {
    match step {
        Step::Lease {
            district,
            now,
            over,
        } => {
            let mut request = sample::lease(district, "history", i64::from(now));
            request.over = over.then(|| known.fence(district, false));
            let answer = store.lease(request).await?;
            if let LeaseAnswer::Granted(lease) = &answer {
                known.fences.insert(district, lease.fence);
            }
            Ok(Outcome::Answer(answer))
        }
        Step::RenewLease {
            district,
            now,
            stale,
        } => {
            let fence = known.fence(district, stale);
            let ttl = Duration::from_secs(u64::from(now));
            let renewed = store.renew_lease(id(district), fence, at(now), ttl);
            renewed.await.map(Outcome::Lease)
        }
        Step::ReleaseLease { district, stale } => {
            let fence = known.fence(district, stale);
            let released = store.release_lease(id(district), fence);
            released.await.map(Outcome::Flag)
        }
        Step::StartRun {
            run,
            district,
            started,
            stale,
        } => {
            let fence = known.fence(district, stale);
            let new = sample::run(run, district, fence, i64::from(started));
            let begun = store.start_run(new).await?;
            known.runs.insert(district, run);
            Ok(Outcome::Runs(vec![begun]))
        }
        Step::FinishRun {
            run,
            district,
            state,
            report,
            hold,
            tells,
        } => {
            // Mostly the run that is running.
            let run = if run > 0 { known.run(district) } else { run };
            let states = [
                RunState::Held,
                RunState::Published,
                RunState::NoChange,
                RunState::Error,
                RunState::Planned,
                RunState::Cancelled,
                RunState::Abandoned,
            ];
            let state = states[usize::from(state) % states.len()];
            let report = format!("{{\"report\":{report}}}");
            let mut end = RunEnd {
                district: id(district),
                ..sample::end(run, state, &report)
            };
            // Mostly what fits the state.
            if hold > 0 && state != RunState::Held {
                end.hold = hold_move(store, district, run, hold).await?;
            }
            end.change = tells.then(|| DistrictChange {
                state: Edit::To(format!("state {hold}")),
                ..DistrictChange::default()
            });
            let ended = store.finish_run(end).await?;
            Ok(Outcome::Runs(vec![ended]))
        }
        Step::CloseAbandoned { district, now } => {
            let closed = store.close_abandoned(id(district), at(now));
            closed.await.map(Outcome::Runs)
        }
        other => panic!("not a step of runs: {other:?}"),
    }
}

async fn take_snapshot(
    store: &dyn Store,
    step: Step,
    known: &Known,
) -> Result<Outcome, StoreError> {
    match step {
        Step::Publish {
            district,
            run,
            objects,
            stale,
            overtaken,
            name,
            hold,
            block,
        } => {
            let fence = known.fence(district, stale);
            let newest = known.runs.get(&district).copied();
            let run = newest.filter(|_| !stale).unwrap_or(run);
            let record = store.district(id(district)).await?;
            let mut expected = record.and_then(|record| record.snapshot);
            if overtaken {
                expected = expected.and_then(|number| (number > 1).then(|| number - 1));
            }
            let mut publish = sample::publish(district, fence, run, expected, &objects);
            publish.change.name = Edit::To(format!("Name {name}"));
            publish.hold = hold_move(store, district, run, hold).await?;
            publish.block = block.then(|| sample::block(name, district, i64::from(name)));
            let published = store.publish(publish).await?;
            Ok(Outcome::District(Some(published)))
        }
        Step::ReplaceManifest {
            district,
            number,
            objects,
            stale,
        } => {
            let number = u64::from(number);
            let kept = store.snapshot(id(district), number).await?;
            let manifest = NewManifest {
                district: id(district),
                number,
                replaces: kept
                    .filter(|_| !stale)
                    .map_or_else(String::new, |kept| kept.manifest),
                manifest: format!("{{\"kept\":{objects:?}}}"),
                objects: digests(&objects),
            };
            let replaced = store.replace_manifest(manifest).await;
            replaced.map(|()| Outcome::Nothing)
        }
        Step::ForgetSnapshot { district, number } => {
            let forgotten = store.forget_snapshot(id(district), u64::from(number));
            forgotten.await.map(Outcome::Flag)
        }
        Step::Pin {
            district,
            number,
            name,
            now,
        } => {
            let name = format!("pin {name}");
            let pinned = store
                .pin(id(district), u64::from(number), &name, at(now))
                .await;
            pinned.map(|()| Outcome::Nothing)
        }
        Step::Unpin {
            district,
            number,
            name,
        } => {
            let name = format!("pin {name}");
            let unpinned = store.unpin(id(district), u64::from(number), &name).await;
            unpinned.map(Outcome::Flag)
        }
        other => panic!("not a step of snapshots: {other:?}"),
    }
}

async fn take_objects(store: &dyn Store, step: Step) -> Result<Outcome, StoreError> {
    match step {
        Step::Condemn { objects, now } => {
            let condemned = store.condemn(&digests(&objects), at(now)).await;
            condemned.map(Outcome::Digests)
        }
        Step::Pardon(objects) => {
            let pardoned = store.pardon(&digests(&objects)).await;
            pardoned.map(|()| Outcome::Nothing)
        }
        Step::Seize { before, limit } => {
            let seized = store.seize(at(before), u32::from(limit)).await;
            seized.map(Outcome::Digests)
        }
        Step::ForgetCondemned(objects) => {
            let forgotten = store.forget_condemned(&digests(&objects)).await;
            forgotten.map(Outcome::Count)
        }
        other => panic!("not a step of objects: {other:?}"),
    }
}

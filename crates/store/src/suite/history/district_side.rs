//! The steps about what runs leave behind and what people decide: how they are drawn and taken.

use proptest::prelude::*;

use super::take::{Known, Outcome, at, id};
use crate::suite::sample;
use crate::{Artifact, CloseHold, HoldMove, HoldState, Store, StoreError};

/// One step; see [`super::Step`].
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "named after the methods and their arguments")]
pub enum DistrictStep {
    SetStage {
        district: u8,
        stage: u8,
        stale: bool,
    },
    RequestCancel {
        district: u8,
        run: u8,
        now: u8,
    },
    AddArtifacts {
        district: u8,
        artifacts: Vec<(u8, u8)>,
        stale: bool,
    },
    DropArtifacts {
        district: u8,
        run: u8,
        names: Vec<u8>,
    },
    CloseHold {
        district: u8,
        run: u8,
        state: u8,
        now: u8,
        block: bool,
    },
    Block {
        district: u8,
        file_set: u8,
        now: u8,
    },
    Unblock {
        district: u8,
        file_set: u8,
    },
    SetRehearsal {
        district: u8,
        name: u8,
        run: u8,
        now: u8,
    },
    DropRehearsal {
        district: u8,
        name: u8,
    },
    SetSettings {
        district: u8,
        text: u8,
        stale: bool,
        now: u8,
    },
    PutCustomRecord {
        district: u8,
        stem: u8,
        key: u8,
        cells: u8,
    },
    RemoveCustomRecord {
        district: u8,
        stem: u8,
        key: u8,
    },
    AddToken {
        token: u8,
        digest: u8,
        name: u8,
        district: Option<u8>,
    },
    RevokeToken {
        token: u8,
        now: u8,
    },
    AddAudit {
        entry: u8,
        district: Option<u8>,
        now: u8,
    },
}

/// One step, drawn; `d` draws a district.
pub(super) fn step(d: &BoxedStrategy<u8>) -> BoxedStrategy<DistrictStep> {
    let (few, some, time) = (0..3u8, 0..8u8, 0..250u8);
    let rare = prop::bool::weighted(0.15);
    let whose = prop_oneof![1 => Just(None), 2 => d.clone().prop_map(Some)];
    let runs = prop_oneof![
        2 => (d.clone(), few.clone(), rare)
            .prop_map(|(district, stage, stale)| DistrictStep::SetStage { district, stage, stale }),
        1 => (d.clone(), some.clone(), time.clone())
            .prop_map(|(district, run, now)| DistrictStep::RequestCancel { district, run, now }),
        4 => (d.clone(), prop::collection::vec((few.clone(), 0..6u8), 0..3), rare).prop_map(
            |(district, artifacts, stale)| DistrictStep::AddArtifacts { district, artifacts, stale }
        ),
        2 => (d.clone(), some.clone(), prop::collection::vec(few.clone(), 0..3)).prop_map(
            |(district, run, names)| DistrictStep::DropArtifacts { district, run, names }
        ),
        6 => (d.clone(), 0..4u8, 0..3u8, time.clone(), any::<bool>()).prop_map(
            |(district, run, state, now, block)| {
                DistrictStep::CloseHold { district, run, state, now, block }
            }
        ),
        4 => (d.clone(), few.clone(), some.clone(), time.clone()).prop_map(
            |(district, name, run, now)| DistrictStep::SetRehearsal { district, name, run, now }
        ),
        1 => (d.clone(), few.clone())
            .prop_map(|(district, name)| DistrictStep::DropRehearsal { district, name }),
    ];
    let districts = prop_oneof![
        1 => (d.clone(), some.clone(), time.clone())
            .prop_map(|(district, file_set, now)| DistrictStep::Block { district, file_set, now }),
        1 => (d.clone(), some)
            .prop_map(|(district, file_set)| DistrictStep::Unblock { district, file_set }),
        2 => (d.clone(), few.clone(), rare, time.clone()).prop_map(
            |(district, text, stale, now)| DistrictStep::SetSettings { district, text, stale, now }
        ),
        2 => (d.clone(), few.clone(), few.clone(), few.clone()).prop_map(
            |(district, stem, key, cells)| {
                DistrictStep::PutCustomRecord { district, stem, key, cells }
            }
        ),
        1 => (d.clone(), few.clone(), few.clone()).prop_map(|(district, stem, key)| {
            DistrictStep::RemoveCustomRecord { district, stem, key }
        }),
        2 => (few.clone(), 0..4u8, few.clone(), whose.clone()).prop_map(
            |(token, digest, name, district)| {
                DistrictStep::AddToken { token, digest, name, district }
            }
        ),
        1 => (few, time.clone())
            .prop_map(|(token, now)| DistrictStep::RevokeToken { token, now }),
        2 => (0..5u8, whose, time)
            .prop_map(|(entry, district, now)| DistrictStep::AddAudit { entry, district, now }),
    ];
    prop_oneof![3 => runs, 2 => districts].boxed()
}

/// What a run does to the holds of its district, chosen by a small number.
pub(super) async fn hold_move(
    store: &dyn Store,
    district: u8,
    run: u8,
    choice: u8,
) -> Result<HoldMove, StoreError> {
    let waiting = store.waiting_hold(id(district)).await?;
    let named = waiting.map_or(id(9), |hold| hold.run);
    let actor = "cli:history".to_owned();
    Ok(match choice {
        1 => HoldMove::Open(sample::new_hold(run, Some(1))),
        2 => HoldMove::Close {
            run: None,
            as_state: HoldState::Superseded,
            actor,
        },
        3 => HoldMove::Close {
            run: Some(named),
            as_state: HoldState::Approved,
            actor,
        },
        _ => HoldMove::Keep,
    })
}

/// Takes the step and answers what the store answered.
pub(super) async fn take(
    store: &dyn Store,
    step: DistrictStep,
    known: &Known,
) -> Result<Outcome, StoreError> {
    match step {
        DistrictStep::SetStage { .. }
        | DistrictStep::RequestCancel { .. }
        | DistrictStep::AddArtifacts { .. }
        | DistrictStep::DropArtifacts { .. }
        | DistrictStep::CloseHold { .. }
        | DistrictStep::SetRehearsal { .. }
        | DistrictStep::DropRehearsal { .. } => take_run(store, step, known).await,
        DistrictStep::Block { .. }
        | DistrictStep::Unblock { .. }
        | DistrictStep::SetSettings { .. }
        | DistrictStep::PutCustomRecord { .. }
        | DistrictStep::RemoveCustomRecord { .. } => take_district(store, step).await,
        DistrictStep::AddToken { .. }
        | DistrictStep::RevokeToken { .. }
        | DistrictStep::AddAudit { .. } => take_installation(store, step).await,
    }
}

fn name(number: u8) -> String {
    format!("artifact {number}")
}

fn artifact((number, object): (u8, u8)) -> Artifact {
    sample::artifact(&name(number), object)
}

async fn take_run(
    store: &dyn Store,
    step: DistrictStep,
    known: &Known,
) -> Result<Outcome, StoreError> {
    match step {
        DistrictStep::SetStage {
            district,
            stage,
            stale,
        } => {
            let (fence, run) = (known.fence(district, stale), known.run(district));
            let stage = format!("stage {stage}");
            let staged = store.set_run_stage(id(district), id(run), fence, &stage);
            Ok(Outcome::Runs(vec![staged.await?]))
        }
        DistrictStep::RequestCancel { district, run, now } => {
            let asked = store.request_cancel(id(district), id(run), at(now), "cli:history");
            asked.await.map(Outcome::Flag)
        }
        DistrictStep::AddArtifacts {
            district,
            artifacts,
            stale,
        } => {
            let (fence, run) = (known.fence(district, stale), known.run(district));
            let artifacts = artifacts.into_iter().map(artifact).collect();
            let added = store.add_artifacts(id(district), id(run), fence, artifacts);
            added.await.map(|()| Outcome::Nothing)
        }
        DistrictStep::DropArtifacts {
            district,
            run,
            names,
        } => {
            let names: Vec<_> = names.into_iter().map(name).collect();
            let dropped = store.drop_artifacts(id(district), id(run), &names);
            dropped.await.map(Outcome::Count)
        }
        DistrictStep::CloseHold {
            district,
            run,
            state,
            now,
            block,
        } => {
            let waiting = store.waiting_hold(id(district)).await?;
            let waiting = waiting.filter(|_| run > 0);
            let states = [
                HoldState::Discarded,
                HoldState::Approved,
                HoldState::Superseded,
            ];
            let close = CloseHold {
                district: id(district),
                run: waiting.map_or(id(run), |hold| hold.run),
                state: states[usize::from(state) % states.len()],
                actor: "cli:history".into(),
                note: format!("note {now}"),
                now: at(now),
                block,
            };
            let closed = store.close_hold(close);
            closed.await.map(Outcome::Hold)
        }
        DistrictStep::SetRehearsal {
            district,
            name,
            run,
            now,
        } => {
            let name = format!("rehearsal {name}");
            let set = store.set_rehearsal(id(district), &name, id(run), at(now));
            set.await.map(|()| Outcome::Nothing)
        }
        DistrictStep::DropRehearsal { district, name } => {
            let name = format!("rehearsal {name}");
            let dropped = store.drop_rehearsal(id(district), &name);
            dropped.await.map(Outcome::Flag)
        }
        other => panic!("not a step of runs: {other:?}"),
    }
}

async fn take_district(store: &dyn Store, step: DistrictStep) -> Result<Outcome, StoreError> {
    match step {
        DistrictStep::Block {
            district,
            file_set,
            now,
        } => {
            let block = sample::block(file_set, district, i64::from(now));
            let blocked = store.block_file_set(block);
            blocked.await.map(Outcome::Block)
        }
        DistrictStep::Unblock { district, file_set } => {
            let unblocked = store.unblock(id(district), &sample::digest(file_set)).await;
            unblocked.map(Outcome::Flag)
        }
        DistrictStep::SetSettings {
            district,
            text,
            stale,
            now,
        } => {
            let newest = store.district_settings(id(district)).await?;
            let mut expected = newest.map(|newest| newest.number);
            if stale {
                expected = expected.map(|number| number - 1);
            }
            let text = format!("text = {text}");
            let set =
                store.set_district_settings(id(district), expected, &text, "cli:history", at(now));
            set.await.map(Outcome::Count)
        }
        DistrictStep::PutCustomRecord {
            district,
            stem,
            key,
            cells,
        } => {
            let (file, key) = (format!("stem {stem}"), format!("key {key}"));
            let mut record = sample::custom_record(district, &file, &key);
            record.cells = format!("{{\"cell\":{cells}}}");
            record.expires = record.expires.filter(|_| cells > 0);
            let put = store.put_custom_record(record);
            put.await.map(|()| Outcome::Nothing)
        }
        DistrictStep::RemoveCustomRecord {
            district,
            stem,
            key,
        } => {
            let (file, key) = (format!("stem {stem}"), format!("key {key}"));
            let removed = store.remove_custom_record(id(district), &file, &key).await;
            removed.map(Outcome::Flag)
        }
        other => panic!("not a step of districts: {other:?}"),
    }
}

async fn take_installation(store: &dyn Store, step: DistrictStep) -> Result<Outcome, StoreError> {
    match step {
        DistrictStep::AddToken {
            token,
            digest,
            name,
            district,
        } => {
            let mut new = sample::management_token(token);
            new.digest = sample::digest(digest);
            new.name = format!("token {name}");
            new.district = district.map(id);
            let added = store.add_management_token(new);
            added.await.map(|()| Outcome::Nothing)
        }
        DistrictStep::RevokeToken { token, now } => {
            let revoked = store.revoke_management_token(id(token), at(now));
            revoked.await.map(Outcome::Flag)
        }
        DistrictStep::AddAudit {
            entry,
            district,
            now,
        } => {
            let entry = sample::audit_entry(entry, district, i64::from(now));
            store.add_audit(entry).await.map(|()| Outcome::Nothing)
        }
        other => panic!("not a step of the installation: {other:?}"),
    }
}

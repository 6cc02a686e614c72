//! Cases of [`Artifacts`](crate::Artifacts).

use super::sample::{add_district, artifact, at, digest, end, id, published, refused, started};
use crate::{Artifact, Conflict, RunArtifacts, RunState, Store, limits};

async fn add(store: &dyn Store, run: u8, fence: u64, new: &[Artifact]) {
    store
        .add_artifacts(id(1), id(run), fence, new.to_vec())
        .await
        .unwrap();
}

async fn names(store: &dyn Store, run: u8) -> Vec<String> {
    let kept = store.artifacts(id(1), id(run)).await.unwrap();
    kept.into_iter().map(|kept| kept.name).collect()
}

/// By name, and twice the same is once.
pub async fn a_run_keeps_what_it_left(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = started(store, 1, 5).await;
    assert_eq!(store.artifacts(id(1), id(5)).await.unwrap(), []);
    let first = [artifact("upload/students", 3), artifact("plan", 1)];
    add(store, 5, fence, &first).await;
    add(store, 5, fence, &[]).await;
    let second = [artifact("upload/students", 3), artifact("findings", 1)];
    add(store, 5, fence, &second).await;
    let expected = [
        artifact("findings", 1),
        artifact("plan", 1),
        artifact("upload/students", 3),
    ];
    assert_eq!(store.artifacts(id(1), id(5)).await.unwrap(), expected);
    assert_eq!(store.artifacts(id(2), id(5)).await.unwrap(), []);
    store.finish_run(end(5, RunState::Error, "")).await.unwrap();
    assert_eq!(store.artifacts(id(1), id(5)).await.unwrap(), expected);
}

/// All or none.
pub async fn artifacts_that_contradict_are_refused(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = started(store, 1, 5).await;
    add(store, 5, fence, &[artifact("plan", 1)]).await;
    let refuse = async |artifacts: Vec<Artifact>, conflict| {
        let answer = store.add_artifacts(id(1), id(5), fence, artifacts).await;
        refused(answer, conflict);
    };
    let other = artifact("plan", 2);
    refuse(vec![artifact("findings", 2), other], Conflict::Exists).await;
    let mut shifted = artifact("plan", 1);
    shifted.offset += 1;
    refuse(vec![shifted], Conflict::Exists).await;
    let twice = vec![artifact("changes", 3), artifact("changes", 3)];
    refuse(twice, Conflict::Invalid).await;
    let long = artifact(&"x".repeat(limits::TEXT + 1), 3);
    refuse(vec![long], Conflict::Invalid).await;
    let mut large = artifact("changes", 3);
    large.length = u64::MAX;
    refuse(vec![large], Conflict::Invalid).await;
    let many = |count: usize| -> Vec<Artifact> {
        let names = (0..count).map(|number| format!("upload/{number}"));
        names.map(|name| artifact(&name, 3)).collect()
    };
    refuse(many(limits::ARTIFACTS + 1), Conflict::Invalid).await;
    refuse(many(limits::ARTIFACTS), Conflict::Invalid).await;
    assert_eq!(names(store, 5).await, ["plan"]);
}

/// Only the run that holds the lease and runs.
pub async fn artifacts_are_fenced(store: &dyn Store) {
    add_district(store, 1).await;
    let old = started(store, 1, 5).await;
    let new = started(store, 1, 6).await;
    let refuse = async |run: u8, fence, conflict| {
        let wish = vec![artifact("plan", 1)];
        let answer = store.add_artifacts(id(1), id(run), fence, wish).await;
        refused(answer, conflict);
    };
    refuse(5, old, Conflict::Fenced).await;
    refuse(5, new, Conflict::Gone).await;
    refuse(9, new, Conflict::Gone).await;
    store
        .finish_run(end(6, RunState::NoChange, ""))
        .await
        .unwrap();
    refuse(6, new, Conflict::Gone).await;
    assert!(store.named_objects(None, 10).await.unwrap().is_empty());
}

/// Garbage collection and a run cannot both win.
pub async fn what_an_artifact_names_is_kept(store: &dyn Store) {
    add_district(store, 1).await;
    published(store, 1, 4, &[2, 7]).await;
    let fence = started(store, 1, 5).await;
    store.condemn(&[digest(3)], at(0)).await.unwrap();
    let wish = vec![artifact("plan", 1), artifact("findings", 3)];
    let answer = store.add_artifacts(id(1), id(5), fence, wish.clone()).await;
    refused(answer, Conflict::Condemned);
    assert_eq!(store.artifacts(id(1), id(5)).await.unwrap(), []);
    store.pardon(&[digest(3)]).await.unwrap();
    add(store, 5, fence, &wish).await;
    add(store, 5, fence, &[artifact("changes", 7)]).await;

    let named = store.named_objects(None, 10).await.unwrap();
    assert_eq!(named, [digest(1), digest(2), digest(3), digest(7)]);
    let page = store.named_objects(Some(digest(1)), 2).await.unwrap();
    assert_eq!(page, [digest(2), digest(3)]);
    let doomed = [digest(1), digest(3), digest(4)];
    let done = store.condemn(&doomed, at(5)).await.unwrap();
    assert_eq!(done, [digest(4)]);
    let gone = ["findings".to_owned(), "nothing".to_owned()];
    let dropped = store.drop_artifacts(id(1), id(5), &gone).await.unwrap();
    assert_eq!(dropped, 1);
    let done = store.condemn(&doomed, at(5)).await.unwrap();
    assert_eq!(done, [digest(3), digest(4)]);
    assert_eq!(names(store, 5).await, ["changes", "plan"]);
}

/// A run that was cut short keeps what the next one resumes from.
pub async fn runs_cut_short_keep_their_artifacts(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = started(store, 1, 9).await;
    add(store, 9, fence, &[artifact("upload/students", 1)]).await;
    let fence = started(store, 1, 5).await;
    let two = [artifact("plan", 2), artifact("findings", 2)];
    add(store, 5, fence, &two).await;
    started(store, 1, 7).await;
    let closed = store.close_abandoned(id(1), at(8)).await.unwrap();
    assert_eq!(closed.len(), 2);
    assert_eq!(names(store, 9).await, ["upload/students"]);
    let listed = |run: u8, names: &[&str]| RunArtifacts {
        run: id(run),
        started: at(i64::from(run)),
        names: names.iter().map(|&name| name.to_owned()).collect(),
    };
    let five = listed(5, &["findings", "plan"]);
    let expected = [five.clone(), listed(9, &["upload/students"])];
    assert_eq!(store.runs_with_artifacts(id(1)).await.unwrap(), expected);
    assert_eq!(store.runs_with_artifacts(id(2)).await.unwrap(), []);
    let all = ["upload/students".to_owned()];
    assert_eq!(store.drop_artifacts(id(2), id(9), &all).await.unwrap(), 0);
    assert_eq!(store.drop_artifacts(id(1), id(9), &all).await.unwrap(), 1);
    assert_eq!(store.drop_artifacts(id(1), id(9), &all).await.unwrap(), 0);
    assert_eq!(store.runs_with_artifacts(id(1)).await.unwrap(), [five]);
}

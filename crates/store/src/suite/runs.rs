//! Cases of [`Runs`](crate::Runs).

use super::sample::{self, add_district, at, end, id, leased, published, refused, run, started};
use crate::{CancelRequest, Conflict, DistrictChange, Edit, Run, RunEnd, RunState, Store, limits};

fn ids(runs: &[Run]) -> Vec<u8> {
    runs.iter().map(|run| run.id.bytes()[0]).collect()
}

/// Only under the newest lease.
pub async fn a_run_starts_under_the_newest_lease(store: &dyn Store) {
    add_district(store, 1).await;
    refused(store.start_run(run(5, 1, 1, 0)).await, Conflict::Fenced);
    refused(store.start_run(run(5, 2, 1, 0)).await, Conflict::Gone);
    let fence = leased(store, 1, 0).await;
    let begun = store.start_run(run(5, 1, fence, 7)).await.unwrap();
    let expected = Run {
        id: id(5),
        district: id(1),
        fence,
        started: at(7),
        source: "folder".into(),
        actor: "cli:tests".into(),
        of: None,
        state: RunState::Running,
        stage: String::new(),
        cancel_requested: None,
        snapshot: None,
        finished: None,
    };
    assert_eq!(begun, expected);
    assert_eq!(store.run(id(1), id(5)).await.unwrap(), Some(expected));
    assert_eq!(store.run(id(2), id(5)).await.unwrap(), None);
    assert_eq!(store.report(id(1), id(5)).await.unwrap(), None);
    let twice = store.start_run(run(5, 1, fence, 8)).await;
    refused(twice, Conflict::Exists);
    refused(
        store.start_run(run(6, 1, fence + 1, 8)).await,
        Conflict::Fenced,
    );
    let mut long = run(6, 1, fence, 8);
    long.source = "x".repeat(limits::TEXT + 1);
    refused(store.start_run(long).await, Conflict::Invalid);
}

/// The first end counts; the same end again is no conflict.
pub async fn a_run_ends_once(store: &dyn Store) {
    add_district(store, 1).await;
    started(store, 1, 5).await;
    let held = end(5, RunState::Held, "{\"x\":1}");
    let ended = store.finish_run(held.clone()).await.unwrap();
    assert_eq!(
        (ended.state, ended.finished),
        (RunState::Held, Some(at(1000)))
    );
    let report = store.report(id(1), id(5)).await.unwrap();
    assert_eq!(report.as_deref(), Some("{\"x\":1}"));
    let mut again = held;
    again.finished = at(2000);
    assert_eq!(store.finish_run(again).await.unwrap(), ended);
    for other in [
        end(5, RunState::Error, "{\"x\":1}"),
        end(5, RunState::Held, ""),
    ] {
        refused(store.finish_run(other).await, Conflict::Moved);
    }
    let nobody = end(6, RunState::Held, "");
    refused(store.finish_run(nobody).await, Conflict::Gone);
}

/// Published exactly if it published.
pub async fn the_end_must_say_whether_it_published(store: &dyn Store) {
    add_district(store, 1).await;
    started(store, 1, 5).await;
    for state in [RunState::Published, RunState::Running] {
        refused(store.finish_run(end(5, state, "")).await, Conflict::Invalid);
    }
    let ended = store.finish_run(end(5, RunState::NoChange, "")).await;
    assert_eq!(ended.unwrap().snapshot, None);
    let number = published(store, 1, 6, &[1]).await;
    let wrong = store.finish_run(end(6, RunState::Error, "")).await;
    refused(wrong, Conflict::Invalid);
    let ended = store.finish_run(end(6, RunState::Published, "")).await;
    assert_eq!(ended.unwrap().snapshot, Some(number));
}

/// What a run is doing is said by the run itself.
pub async fn the_stage_of_a_run_is_fenced(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = started(store, 1, 5).await;
    let staged = store.set_run_stage(id(1), id(5), fence, "reading").await;
    assert_eq!(staged.unwrap().stage, "reading");
    let long = "x".repeat(limits::WORD + 1);
    let long = store.set_run_stage(id(1), id(5), fence, &long).await;
    refused(long, Conflict::Invalid);
    let nobody = store.set_run_stage(id(1), id(6), fence, "reading").await;
    refused(nobody, Conflict::Gone);
    let newer = started(store, 1, 6).await;
    let late = store.set_run_stage(id(1), id(5), fence, "comparing").await;
    refused(late, Conflict::Fenced);
    let other = store.set_run_stage(id(1), id(5), newer, "comparing").await;
    refused(other, Conflict::Gone);
    store
        .set_run_stage(id(1), id(6), newer, "publishing")
        .await
        .unwrap();
    let ended = store.finish_run(end(6, RunState::Error, "")).await.unwrap();
    assert_eq!(ended.stage, "publishing", "where it failed");
    let ended = store.set_run_stage(id(1), id(6), newer, "resting").await;
    refused(ended, Conflict::Gone);
    let run = store.run(id(1), id(5)).await.unwrap().unwrap();
    assert_eq!(run.stage, "reading");
}

/// A wish that the run sees with its next stage.
pub async fn a_run_is_asked_to_stop(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = started(store, 1, 5).await;
    let ask = async |run: u8, seconds, actor: &str| {
        let asked = store.request_cancel(id(1), id(run), at(seconds), actor);
        asked.await
    };
    assert!(!ask(6, 10, "cli:ada").await.unwrap());
    let long = "x".repeat(limits::WORD + 1);
    refused(ask(5, 10, &long).await, Conflict::Invalid);
    assert!(ask(5, 10, "cli:ada").await.unwrap());
    assert!(ask(5, 20, "cli:bob").await.unwrap());
    let staged = store.set_run_stage(id(1), id(5), fence, "deriving").await;
    let wish = CancelRequest {
        at: at(10),
        actor: "cli:ada".into(),
    };
    assert_eq!(staged.unwrap().cancel_requested, Some(wish));
    let ended = store.finish_run(end(5, RunState::Cancelled, "")).await;
    assert_eq!(ended.unwrap().state, RunState::Cancelled);
    assert!(!ask(5, 30, "cli:ada").await.unwrap());
}

/// What somebody wanted stopped is not taken up again, unless it had published.
pub async fn a_run_asked_to_stop_and_cut_short_was_cancelled(store: &dyn Store) {
    add_district(store, 1).await;
    started(store, 1, 5).await;
    published(store, 1, 6, &[1]).await;
    started(store, 1, 7).await;
    for run in [5, 6] {
        let asked = store.request_cancel(id(1), id(run), at(9), "cli:ada");
        assert!(asked.await.unwrap());
    }
    let closed = store.close_abandoned(id(1), at(1000)).await.unwrap();
    let states: Vec<_> = closed.iter().map(|run| run.state).collect();
    let expected = [
        RunState::Cancelled,
        RunState::Published,
        RunState::Abandoned,
    ];
    assert_eq!(states, expected);
}

/// Who started it, and which run it repeats.
pub async fn a_run_knows_what_it_repeats(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = started(store, 1, 5).await;
    let mut again = run(6, 1, fence, 9);
    again.of = Some(id(5));
    again.actor = "token:night".into();
    let begun = store.start_run(again).await.unwrap();
    assert_eq!(
        (begun.of, begun.actor.as_str()),
        (Some(id(5)), "token:night")
    );
    let found = store.run(id(1), id(6)).await.unwrap();
    assert_eq!(found, Some(begun));
    let mut long = run(7, 1, fence, 9);
    long.actor = "x".repeat(limits::WORD + 1);
    refused(store.start_run(long).await, Conflict::Invalid);
    let ended = store.finish_run(end(6, RunState::Planned, "{}")).await;
    assert_eq!(ended.unwrap().state, RunState::Planned);
}

/// A run that ends says in the document what it brought, once.
pub async fn the_end_of_a_run_changes_the_document(store: &dyn Store) {
    add_district(store, 1).await;
    started(store, 1, 5).await;
    let change = DistrictChange {
        state: Edit::To("success".into()),
        last_sync: Edit::To(Some(at(5))),
        ..DistrictChange::default()
    };
    let telling = RunEnd {
        change: Some(change.clone()),
        ..end(5, RunState::NoChange, "{}")
    };
    store.finish_run(telling.clone()).await.unwrap();
    let record = store.district(id(1)).await.unwrap().unwrap();
    assert_eq!(record.document, change.apply(&sample::district(1)));
    assert_eq!(record.revision, 1);
    let later = DistrictChange {
        state: Edit::To("paused".into()),
        ..DistrictChange::default()
    };
    store.change_district(id(1), later).await.unwrap();
    store.finish_run(telling).await.unwrap();
    let record = store.district(id(1)).await.unwrap().unwrap();
    assert_eq!(
        (record.document.state.as_str(), record.revision),
        ("paused", 2),
        "what came after stays"
    );
}

/// Order and pages.
pub async fn lists_are_newest_first_and_paged(store: &dyn Store) {
    add_district(store, 1).await;
    let fence = leased(store, 1, 0).await;
    for (byte, seconds) in [(1, 10), (9, 10), (2, 30), (3, 20)] {
        store.start_run(run(byte, 1, fence, seconds)).await.unwrap();
    }
    let all = store.runs(id(1), None, 10).await.unwrap();
    assert_eq!(ids(&all), [2, 3, 9, 1]);
    let page = store.runs(id(1), None, 2).await.unwrap();
    assert_eq!(ids(&page), [2, 3]);
    let page = store.runs(id(1), Some((at(20), id(3))), 2).await.unwrap();
    assert_eq!(ids(&page), [9, 1]);
    let page = store.runs(id(1), Some((at(10), id(9))), 2).await.unwrap();
    assert_eq!(ids(&page), [1]);
    assert!(store.runs(id(2), None, 10).await.unwrap().is_empty());
}

/// Whose lease is not live any more will not end by itself.
pub async fn runs_cut_short_are_closed(store: &dyn Store) {
    add_district(store, 1).await;
    started(store, 1, 5).await;
    started(store, 1, 4).await;
    let fence = started(store, 1, 6).await;
    let closed = store.close_abandoned(id(1), at(7)).await.unwrap();
    assert_eq!(ids(&closed), [4, 5], "6 holds the lease");
    assert!(closed.iter().all(|run| run.state == RunState::Abandoned));
    assert_eq!(closed[0].finished, Some(at(7)));
    assert!(
        store
            .close_abandoned(id(1), at(7))
            .await
            .unwrap()
            .is_empty()
    );
    refused(
        store.finish_run(end(5, RunState::NoChange, "")).await,
        Conflict::Moved,
    );
    assert!(store.release_lease(id(1), fence).await.unwrap());
    let closed = store.close_abandoned(id(1), at(8)).await.unwrap();
    assert_eq!(ids(&closed), [6], "released");
    started(store, 1, 7).await;
    let early = store.close_abandoned(id(1), at(66)).await.unwrap();
    assert!(early.is_empty());
    let closed = store.close_abandoned(id(1), at(67)).await.unwrap();
    assert_eq!(ids(&closed), [7], "ran out");
}

/// What was published stays published, although nobody reported it.
pub async fn a_run_cut_short_after_its_publish_was_published(store: &dyn Store) {
    add_district(store, 1).await;
    published(store, 1, 5, &[1]).await;
    let closed = store.close_abandoned(id(1), at(1000)).await.unwrap();
    assert_eq!(closed[0].state, RunState::Published);
    assert_eq!(closed[0].snapshot, Some(1));
    assert_eq!(store.report(id(1), id(5)).await.unwrap(), None);
}

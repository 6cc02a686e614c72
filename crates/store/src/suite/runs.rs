//! Cases of [`Runs`](crate::Runs).

use super::sample::{add_district, at, end, id, leased, published, refused, run, started};
use crate::{Conflict, Run, RunState, Store, limits};

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

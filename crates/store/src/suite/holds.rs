//! Cases of [`Holds`](crate::Holds), and of the runs that open and close them.

use super::sample::{
    add_district, at, block, digest, end, id, new_hold, publish, published, refused, started,
};
use crate::{
    CloseHold, Conflict, DistrictChange, Edit, Hold, HoldMove, HoldState, RunEnd, RunState, Store,
    limits,
};

fn close(run: u8, state: HoldState, block: bool) -> CloseHold {
    CloseHold {
        district: id(1),
        run: id(run),
        state,
        actor: "cli:ada".into(),
        note: "looked at it".into(),
        now: at(2000),
        block,
    }
}

/// A move that closes the hold of `run`, or whichever waits.
fn closing(run: Option<u8>, as_state: HoldState) -> HoldMove {
    HoldMove::Close {
        run: run.map(id),
        as_state,
        actor: "token:night".into(),
    }
}

/// Ends the run made of `byte` as held, in a run of its own.
async fn held(store: &dyn Store, byte: u8) -> Hold {
    started(store, 1, byte).await;
    let held = end(byte, RunState::Held, "");
    store.finish_run(held).await.unwrap();
    store.waiting_hold(id(1)).await.unwrap().unwrap()
}

async fn state_of(store: &dyn Store, run: u8) -> Option<HoldState> {
    let hold = store.hold(id(1), id(run)).await.unwrap();
    hold.map(|hold| hold.state)
}

/// Run and hold in one step.
pub async fn a_run_that_is_held_opens_a_hold(store: &dyn Store) {
    add_district(store, 1).await;
    assert_eq!(store.waiting_hold(id(1)).await.unwrap(), None);
    let hold = held(store, 5).await;
    let expected = Hold {
        district: id(1),
        run: id(5),
        base: None,
        digest: "plan-5".into(),
        file_set: digest(5),
        triggers: new_hold(5, None).triggers,
        opened: at(1000),
        state: HoldState::Waiting,
        closed: None,
        actor: String::new(),
        note: String::new(),
    };
    assert_eq!(hold, expected);
    assert_eq!(store.hold(id(1), id(5)).await.unwrap(), Some(expected));
    assert_eq!(store.hold(id(2), id(5)).await.unwrap(), None);
    assert_eq!(store.waiting_hold(id(2)).await.unwrap(), None);
    store.finish_run(end(5, RunState::Held, "")).await.unwrap();
    assert_eq!(store.holds(id(1), None, 10).await.unwrap(), [hold]);
}

/// Nobody would see a held run without one; and a run without reason to wait opens none.
pub async fn the_end_and_the_hold_must_agree(store: &dyn Store) {
    add_district(store, 1).await;
    started(store, 1, 5).await;
    let mut without = end(5, RunState::Held, "");
    without.hold = HoldMove::Keep;
    refused(store.finish_run(without.clone()).await, Conflict::Invalid);
    without.hold = closing(None, HoldState::Superseded);
    refused(store.finish_run(without).await, Conflict::Invalid);
    for state in [RunState::NoChange, RunState::Error, RunState::Planned] {
        let mut opening = end(5, state, "");
        opening.hold = HoldMove::Open(new_hold(5, None));
        refused(store.finish_run(opening).await, Conflict::Invalid);
    }
    let mut waiting = end(5, RunState::NoChange, "");
    waiting.hold = closing(None, HoldState::Waiting);
    refused(store.finish_run(waiting).await, Conflict::Invalid);
    let mut long = end(5, RunState::Held, "");
    let mut hold = new_hold(5, None);
    hold.triggers = "x".repeat(limits::TRIGGERS + 1);
    long.hold = HoldMove::Open(hold);
    refused(store.finish_run(long).await, Conflict::Invalid);
    let run = store.run(id(1), id(5)).await.unwrap().unwrap();
    assert_eq!(run.state, RunState::Running);
    assert_eq!(store.holds(id(1), None, 10).await.unwrap(), []);
}

/// One waits at a time.
pub async fn a_newer_hold_supersedes_the_one_that_waits(store: &dyn Store) {
    add_district(store, 1).await;
    let first = held(store, 5).await;
    let second = held(store, 6).await;
    let superseded = first.close(
        HoldState::Superseded,
        "cli:tests".into(),
        String::new(),
        at(1000),
    );
    let found = store.hold(id(1), id(5)).await.unwrap();
    assert_eq!(found, Some(superseded), "by the actor of the newer run");
    assert_eq!(second.run, id(6));
    started(store, 1, 7).await;
    let mut harmless = end(7, RunState::NoChange, "");
    harmless.hold = closing(None, HoldState::Superseded);
    store.finish_run(harmless).await.unwrap();
    assert_eq!(state_of(store, 6).await, Some(HoldState::Superseded));
    assert_eq!(store.waiting_hold(id(1)).await.unwrap(), None);
}

/// Closing whichever waits is no error if none does.
pub async fn a_publish_closes_the_hold_it_makes_needless(store: &dyn Store) {
    add_district(store, 1).await;
    held(store, 5).await;
    let fence = started(store, 1, 6).await;
    let mut harmless = publish(1, fence, 6, None, &[1]);
    harmless.hold = closing(None, HoldState::Superseded);
    store.publish(harmless).await.unwrap();
    let closed = store.hold(id(1), id(5)).await.unwrap().unwrap();
    assert_eq!(
        (closed.state, closed.closed, closed.actor.as_str()),
        (HoldState::Superseded, Some(at(6)), "token:night")
    );
    let fence = started(store, 1, 7).await;
    let mut again = publish(1, fence, 7, Some(1), &[2]);
    again.hold = closing(None, HoldState::Superseded);
    store.publish(again).await.unwrap();
}

/// What was discarded or overtaken meanwhile is not published.
pub async fn an_approval_needs_its_hold(store: &dyn Store) {
    add_district(store, 1).await;
    held(store, 5).await;
    held(store, 6).await;
    let fence = started(store, 1, 7).await;
    let mut approving = publish(1, fence, 7, None, &[1]);
    approving.change.name = Edit::To("Late".into());
    approving.hold = closing(Some(5), HoldState::Approved);
    refused(store.publish(approving.clone()).await, Conflict::Moved);
    assert_eq!(store.current(id(1)).await.unwrap(), None);
    let record = store.district(id(1)).await.unwrap().unwrap();
    assert_eq!(record.revision, 0);
    approving.hold = closing(Some(6), HoldState::Approved);
    store.publish(approving).await.unwrap();
    assert_eq!(state_of(store, 5).await, Some(HoldState::Superseded));
    assert_eq!(state_of(store, 6).await, Some(HoldState::Approved));
    started(store, 1, 8).await;
    let mut late = end(8, RunState::NoChange, "");
    late.hold = closing(Some(6), HoldState::Approved);
    refused(store.finish_run(late).await, Conflict::Moved);
}

/// Opened with its publish, and not a second time with its end.
pub async fn a_run_has_one_hold(store: &dyn Store) {
    add_district(store, 1).await;
    held(store, 5).await;
    let fence = started(store, 1, 6).await;
    let mut opening = publish(1, fence, 6, None, &[1]);
    opening.hold = HoldMove::Open(new_hold(6, Some(1)));
    store.publish(opening).await.unwrap();
    assert_eq!(state_of(store, 5).await, Some(HoldState::Superseded));
    let opened = store.waiting_hold(id(1)).await.unwrap().unwrap();
    assert_eq!(
        (opened.run, opened.base, opened.opened),
        (id(6), Some(1), at(6))
    );
    let mut twice = end(6, RunState::Published, "");
    twice.hold = HoldMove::Open(new_hold(6, Some(1)));
    refused(store.finish_run(twice).await, Conflict::Exists);
    let published = end(6, RunState::Published, "");
    store.finish_run(published).await.unwrap();
    assert_eq!(state_of(store, 6).await, Some(HoldState::Waiting));
}

/// Whoever lost the lease says nothing of holds and nothing in the document.
pub async fn a_fenced_end_changes_nothing(store: &dyn Store) {
    add_district(store, 1).await;
    held(store, 4).await;
    started(store, 1, 5).await;
    started(store, 1, 6).await;
    let late = end(5, RunState::Held, "");
    refused(store.finish_run(late).await, Conflict::Fenced);
    let change = DistrictChange {
        state: Edit::To("pending".into()),
        ..DistrictChange::default()
    };
    let telling = RunEnd {
        change: Some(change.clone()),
        ..end(5, RunState::Error, "")
    };
    refused(store.finish_run(telling).await, Conflict::Fenced);
    let record = store.district(id(1)).await.unwrap().unwrap();
    assert_eq!(record.revision, 0);
    assert_eq!(state_of(store, 4).await, Some(HoldState::Waiting));
    assert_eq!(state_of(store, 5).await, None);
    let silent = end(5, RunState::Error, "");
    store.finish_run(silent).await.unwrap();
    let mut long = RunEnd {
        change: Some(change),
        ..end(6, RunState::Held, "")
    };
    if let Some(change) = &mut long.change {
        change.error = Edit::To("x".repeat(limits::TEXT + 1));
    }
    refused(store.finish_run(long.clone()).await, Conflict::Invalid);
    assert_eq!(state_of(store, 4).await, Some(HoldState::Waiting));
    if let Some(change) = &mut long.change {
        change.error = Edit::Keep;
    }
    store.finish_run(long).await.unwrap();
    let record = store.district(id(1)).await.unwrap().unwrap();
    assert_eq!(
        (record.revision, record.document.state.as_str()),
        (0, "pending")
    );
    assert_eq!(state_of(store, 6).await, Some(HoldState::Waiting));
}

/// A decision is made once; the same again is no conflict.
pub async fn a_hold_is_closed_once(store: &dyn Store) {
    add_district(store, 1).await;
    held(store, 5).await;
    let waiting = close(5, HoldState::Waiting, false);
    refused(store.close_hold(waiting).await, Conflict::Invalid);
    let mut long = close(5, HoldState::Discarded, false);
    long.note = "x".repeat(limits::TEXT + 1);
    refused(store.close_hold(long).await, Conflict::Invalid);
    let nobody = close(6, HoldState::Discarded, false);
    refused(store.close_hold(nobody).await, Conflict::Gone);
    let closed = store.close_hold(close(5, HoldState::Discarded, false));
    let closed = closed.await.unwrap();
    assert_eq!(
        (closed.state, closed.closed, closed.actor.as_str()),
        (HoldState::Discarded, Some(at(2000)), "cli:ada")
    );
    assert_eq!(closed.note, "looked at it");
    let mut again = close(5, HoldState::Discarded, true);
    again.now = at(3000);
    assert_eq!(store.close_hold(again).await.unwrap(), closed);
    assert_eq!(store.blocks(id(1)).await.unwrap(), []);
    let other = close(5, HoldState::Approved, false);
    refused(store.close_hold(other).await, Conflict::Moved);
    assert_eq!(store.hold(id(1), id(5)).await.unwrap(), Some(closed));
    assert_eq!(store.waiting_hold(id(1)).await.unwrap(), None);
}

/// Discarding blocks the files in the same step.
pub async fn a_discarded_file_set_is_blocked_with_its_hold(store: &dyn Store) {
    add_district(store, 1).await;
    held(store, 5).await;
    let discard = close(5, HoldState::Discarded, true);
    store.close_hold(discard).await.unwrap();
    let mut expected = block(5, 1, 2000);
    expected.reason = "discarded".into();
    expected.actor = "cli:ada".into();
    let found = store.blocked(id(1), &digest(5)).await.unwrap();
    assert_eq!(found, Some(expected));
}

/// Order and pages.
pub async fn holds_are_listed_newest_first(store: &dyn Store) {
    add_district(store, 1).await;
    add_district(store, 2).await;
    published(store, 2, 40, &[]).await;
    for (byte, finished) in [(1, 10), (9, 10), (2, 30), (3, 20)] {
        started(store, 1, byte).await;
        let mut held = end(byte, RunState::Held, "");
        held.finished = at(finished);
        store.finish_run(held).await.unwrap();
    }
    let runs = |holds: Vec<Hold>| -> Vec<u8> {
        let runs = holds.iter().map(|hold| hold.run.bytes()[0]);
        runs.collect()
    };
    let all = store.holds(id(1), None, 10).await.unwrap();
    assert_eq!(runs(all), [2, 3, 9, 1]);
    let page = store.holds(id(1), None, 2).await.unwrap();
    assert_eq!(runs(page), [2, 3]);
    let page = store.holds(id(1), Some((at(20), id(3))), 2).await.unwrap();
    assert_eq!(runs(page), [9, 1]);
    let page = store.holds(id(1), Some((at(10), id(9))), 2).await.unwrap();
    assert_eq!(runs(page), [1]);
    assert_eq!(store.holds(id(2), None, 10).await.unwrap(), []);
    let waiting = store.waiting_hold(id(1)).await.unwrap().unwrap();
    assert_eq!(waiting.run, id(3), "the one opened last");
}

//! What form 2 added: all of it in a district that form 1 left empty.

use homeroom_store::suite::sample::{self, at, digest, id};
use homeroom_store::{
    CancelRequest, CloseHold, DistrictChange, Edit, HoldMove, HoldState, NewRun, RunEnd, RunState,
    Store,
};

const DISTRICT: u8 = 9;

/// The end of a run of the district.
fn end(run: u8, state: RunState) -> RunEnd {
    RunEnd {
        district: id(DISTRICT),
        ..sample::end(run, state, "{}")
    }
}

/// One of everything that form 2 can store and form 1 cannot.
pub(super) async fn fill(store: &dyn Store) {
    let district = id(DISTRICT);
    let fence = sample::started(store, DISTRICT, 20).await;
    let left = vec![
        sample::artifact("plan", 30),
        sample::artifact("upload/Ærø", 31),
    ];
    store
        .add_artifacts(district, id(20), fence, left)
        .await
        .unwrap();
    store.finish_run(end(20, RunState::Held)).await.unwrap();
    sample::started(store, DISTRICT, 21).await;
    store.finish_run(end(21, RunState::Held)).await.unwrap();
    let discard = CloseHold {
        district,
        run: id(21),
        state: HoldState::Discarded,
        actor: "cli:ada".into(),
        note: "Wrong year".into(),
        now: at(2000),
        block: true,
    };
    store.close_hold(discard).await.unwrap();

    let fence = sample::started(store, DISTRICT, 22).await;
    store
        .set_run_stage(district, id(22), fence, "reading")
        .await
        .unwrap();
    store
        .request_cancel(district, id(22), at(2100), "token:night")
        .await
        .unwrap();
    store
        .finish_run(end(22, RunState::Cancelled))
        .await
        .unwrap();
    let rehearsal = NewRun {
        of: Some(id(20)),
        ..sample::run(23, DISTRICT, fence, 23)
    };
    store.start_run(rehearsal).await.unwrap();
    store.finish_run(end(23, RunState::Planned)).await.unwrap();
    store
        .set_rehearsal(district, "next year", id(23), at(2200))
        .await
        .unwrap();
    let fence = sample::started(store, DISTRICT, 24).await;
    assert_eq!(fence, 4);
    let held = RunEnd {
        change: Some(DistrictChange {
            state: Edit::To("pending".into()),
            ..DistrictChange::default()
        }),
        hold: HoldMove::Open(sample::new_hold(24, Some(7))),
        ..end(24, RunState::Held)
    };
    store.finish_run(held).await.unwrap();
    fill_by_hand(store).await;
}

async fn fill_by_hand(store: &dyn Store) {
    let district = id(DISTRICT);
    for (expected, text) in [(None, "# first"), (Some(1), "# second")] {
        store
            .set_district_settings(district, expected, text, "cli:ada", at(2300))
            .await
            .unwrap();
    }
    let mut lasting = sample::custom_record(DISTRICT, "students", "9");
    lasting.expires = None;
    store.put_custom_record(lasting).await.unwrap();
    let expiring = sample::custom_record(DISTRICT, "sections", "7");
    store.put_custom_record(expiring).await.unwrap();
    let mut token = sample::management_token(40);
    token.district = Some(district);
    token.expires = Some(at(5000));
    store.add_management_token(token).await.unwrap();
    let revoked = sample::management_token(41);
    store.add_management_token(revoked).await.unwrap();
    store.revoke_management_token(id(41), at(60)).await.unwrap();
    for entry in [
        sample::audit_entry(50, None, 1),
        sample::audit_entry(51, Some(DISTRICT), 2),
    ] {
        store.add_audit(entry).await.unwrap();
    }
}

/// Finds what [`fill`] stored.
pub(super) async fn read(store: &dyn Store) {
    let district = id(DISTRICT);
    let runs = store.runs(district, None, 10).await.unwrap();
    let states: Vec<_> = runs.iter().map(|run| run.state).collect();
    let expected = [
        RunState::Held,
        RunState::Planned,
        RunState::Cancelled,
        RunState::Held,
        RunState::Held,
    ];
    assert_eq!(states, expected);
    assert_eq!(
        (runs[1].of, runs[1].actor.as_str()),
        (Some(id(20)), "cli:tests")
    );
    let wish = CancelRequest {
        at: at(2100),
        actor: "token:night".into(),
    };
    assert_eq!(runs[2].cancel_requested, Some(wish));
    assert_eq!(runs[2].stage, "reading");
    let left = [
        sample::artifact("plan", 30),
        sample::artifact("upload/Ærø", 31),
    ];
    assert_eq!(store.artifacts(district, id(20)).await.unwrap(), left);
    let named = store.named_objects(Some(digest(29)), 10).await.unwrap();
    assert_eq!(named, [digest(30), digest(31)]);

    let holds = store.holds(district, None, 10).await.unwrap();
    let holds: Vec<_> = holds
        .iter()
        .map(|hold| {
            (
                hold.run,
                hold.state,
                hold.actor.as_str(),
                hold.note.as_str(),
            )
        })
        .collect();
    let expected = [
        (id(24), HoldState::Waiting, "", ""),
        (id(21), HoldState::Discarded, "cli:ada", "Wrong year"),
        (id(20), HoldState::Superseded, "cli:tests", ""),
    ];
    assert_eq!(holds, expected);
    let waiting = store.waiting_hold(district).await.unwrap().unwrap();
    assert_eq!((waiting.base, waiting.opened), (Some(7), at(1000)));
    assert_eq!(waiting.triggers, sample::new_hold(24, None).triggers);
    let record = store.district(district).await.unwrap().unwrap();
    assert_eq!(record.document.state, "pending");
    let block = store.blocked(district, &digest(21)).await.unwrap().unwrap();
    assert_eq!((block.reason.as_str(), block.run), ("discarded", id(21)));
    let rehearsals = store.rehearsals(district).await.unwrap();
    assert_eq!(
        (rehearsals[0].name.as_str(), rehearsals[0].run),
        ("next year", id(23))
    );
    read_by_hand(store).await;
}

async fn read_by_hand(store: &dyn Store) {
    let district = id(DISTRICT);
    let newest = store.district_settings(district).await.unwrap().unwrap();
    assert_eq!((newest.number, newest.text.as_str()), (2, "# second"));
    let first = store.numbered_district_settings(district, 1).await.unwrap();
    assert_eq!(first.unwrap().text, "# first");
    let mut lasting = sample::custom_record(DISTRICT, "students", "9");
    lasting.expires = None;
    let expected = [sample::custom_record(DISTRICT, "sections", "7"), lasting];
    assert_eq!(store.custom_records(district).await.unwrap(), expected);
    let tokens = store.management_tokens().await.unwrap();
    let tokens: Vec<_> = tokens
        .iter()
        .map(|token| (token.id, token.district, token.expires, token.revoked))
        .collect();
    let expected = [
        (id(40), Some(district), Some(at(5000)), None),
        (id(41), None, None, Some(at(60))),
    ];
    assert_eq!(tokens, expected);
    let good = store.management_token_by_digest(&digest(40), at(0)).await;
    assert!(good.unwrap().is_some());
    let entries = store.audit(None, None, 10).await.unwrap();
    let expected = [
        sample::audit_entry(51, Some(DISTRICT), 2),
        sample::audit_entry(50, None, 1),
    ];
    assert_eq!(entries, expected);
}

//! Parts of a held upload: published one by one, undone, and cut short between what is published and what stays held.

use std::collections::BTreeSet;

use homeroom_change::{Part, Selection};
use homeroom_ingest::{ApproveRequest, Outcome, Report};
use homeroom_store::{Artifacts as _, HoldState, Holds as _, Snapshots as _};

use crate::carried_through::VIEWS;
use crate::decisions::{cut_off, edition, held, undo};
use crate::faults::refusing::Refusing;
use crate::site::{DAY, MINUTE, Site, run_of};
use crate::watched::Watched;

/// The approval of the staff of a held upload.
pub(crate) fn only_staff(site: &Site, report: &Report) -> ApproveRequest {
    ApproveRequest {
        district: site.district,
        run: run_of(report),
        digest: report.plan.clone().unwrap(),
        selection: Some(Selection {
            schools: None,
            types: Some(BTreeSet::from([Part::Staff])),
        }),
        actor: "test".to_owned(),
        progress: Box::new(|_| ()),
    }
}

#[tokio::test]
async fn an_undone_part_blocks_the_files_it_was_taken_from_and_nothing_of_them_waits() {
    for is_kept in [true, false] {
        let site = Site::new().await;
        let district = site.district;
        site.publish(&edition(0)).await;
        site.clock.pass(DAY);
        let cut = cut_off(&edition(1), 60);
        let report = held(&site, &cut).await;
        let part = site.ingest.approve(only_staff(&site, &report)).await;
        assert_eq!(part.unwrap().snapshot, Some(2));
        let rest = site.ingest.waiting_hold(district).await.unwrap().unwrap();
        if !is_kept {
            // The part's files are past their retention.
            let run = site.current().await.unwrap().run;
            let names = site.store.artifacts(district, run).await.unwrap();
            let names: Vec<_> = names.into_iter().map(|artifact| artifact.name).collect();
            let dropped = site.store.drop_artifacts(district, run, &names).await;
            assert!(dropped.unwrap() > 0);
        }

        site.clock.pass(DAY);
        let back = site.ingest.undo(undo(&site, None)).await.unwrap();
        assert_eq!(back.snapshot, Some(3));
        assert!(site.ingest.waiting_hold(district).await.unwrap().is_none());
        let rest = site.store.hold(district, rest.run).await.unwrap().unwrap();
        assert_eq!(
            (rest.state, rest.actor.as_str()),
            (HoldState::Discarded, "test")
        );
        assert_eq!(site.document().await.state, "success");
        let again = site.import(&cut).await.unwrap();
        assert_eq!(again.state, Outcome::Blocked, "kept: {is_kept}");

        // Undoing that lets them in again.
        site.clock.pass(DAY);
        let back = site.ingest.undo(undo(&site, None)).await.unwrap();
        assert_eq!(back.snapshot, Some(4));
        held(&site, &cut).await;
    }
}

#[tokio::test]
async fn an_undo_leaves_a_hold_of_other_files_waiting_and_the_document_says_so() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    site.publish(&edition(1)).await;
    let report = held(&site, &cut_off(&edition(0), 60)).await;
    site.clock.pass(DAY);
    site.ingest.undo(undo(&site, None)).await.unwrap();
    let waiting = site.ingest.waiting_hold(site.district).await.unwrap();
    assert_eq!(waiting.unwrap().run, run_of(&report));
    assert_eq!(site.document().await.state, "pending");
    // So does it after files that are not imported.
    let blocked = site.import(&edition(1)).await.unwrap();
    assert_eq!(blocked.state, Outcome::Blocked);
    assert_eq!(site.document().await.state, "pending");
}

#[tokio::test]
async fn a_part_is_published_whatever_becomes_of_the_rest_and_the_rest_is_held_in_the_end() {
    let mut published = 0;
    for at in 1..500 {
        let site = Site::new().await;
        site.publish(&edition(0)).await;
        site.clock.pass(DAY);
        let report = held(&site, &cut_off(&edition(1), 60)).await;
        let (refusing, failed) = Refusing::new(at, false);
        let process = site.process_over("unlucky", Watched::new(&site.store, refusing));
        let outcome = process.approve(only_staff(&site, &report)).await;
        let Some(call) = failed.call() else {
            assert!(published > 5, "{published}");
            return;
        };
        let at = format!("call {at}, {call}");
        assert_eq!(site.document().await.state, "pending", "{at}");
        if site.number().await == 1 {
            assert!(outcome.is_err(), "{at}");
            continue;
        }
        published += 1;
        match outcome {
            Ok(report) => assert_eq!(
                (report.state, report.snapshot),
                (Outcome::Published, Some(2))
            ),
            // Only who could not move the views may say so.
            Err(error) => {
                assert!(VIEWS.contains(&call), "{at}: {error}");
                assert_ne!(site.view().await.snapshot, Some(2), "{at}: {error}");
            }
        }
        site.clock.pass(6 * MINUTE);
        site.ingest.catch_up().await.unwrap();
        assert_eq!(site.view().await.snapshot, Some(2), "{at}");
        let hold = site.ingest.waiting_hold(site.district).await.unwrap();
        let hold = hold.unwrap();
        assert_eq!(hold.base, Some(2), "{at}");
        assert_ne!(hold.run, run_of(&report), "{at}");
        assert_eq!(site.document().await.state, "pending", "{at}");
        let rest = Report {
            run: hold.run.to_hex(),
            plan: Some(hold.digest),
            ..report
        };
        let done = site.approve(&rest).await.unwrap();
        assert_eq!(done.snapshot, Some(3), "{at}");
        assert_eq!(site.store.snapshots(site.district).await.unwrap().len(), 3);
    }
}

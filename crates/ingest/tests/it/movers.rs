//! Several processes that move one connection's view at once: it ends where the district is, no move is told twice, and none
//! leads back.

use std::sync::Arc;

use homeroom_ingest::IngestError;
use homeroom_testkit::{Edition, Files, district_of};

use crate::faults::ON_PURPOSE;
use crate::faults::refusing::Refusing;
use crate::lifecycle::cut_short;
use crate::site::{DAY, Site, request};
use crate::watched::{Before, Watched};

/// What a mover asks of the control store, in its order.
const CALLS: [&str; 4] = [
    "connections_of_district",
    "district",
    "reserve_ids",
    "move_view",
];

fn edition(number: u64) -> Files {
    district_of(30, Edition(number))
}

/// An installation with a publish that no view has come to.
async fn behind() -> Arc<Site> {
    let site = Site::with_events().await;
    site.publish(&edition(0)).await;
    site.clock.pass(DAY);
    cut_short(&site, "gone", "move_view", &edition(1)).await;
    let seen = site.view().await.snapshot;
    assert_eq!((site.number().await, seen), (2, Some(1)));
    Arc::new(site)
}

/// A process that moves the views of the district and lets others do something before a call of its own.
async fn moving<F: Future<Output = ()> + Send + 'static>(
    site: &Arc<Site>,
    call: &'static str,
    meanwhile: impl FnOnce(Arc<Site>) -> F + Send + 'static,
) -> Result<(), IngestError> {
    let here = Arc::clone(site);
    let act = move || meanwhile(here);
    let store = Watched::new(&site.store, Before::new(call, act));
    let slow = site.process_over("slow", store);
    slow.move_views(site.district).await
}

#[tokio::test]
async fn two_movers_at_once_make_one_move() {
    for call in CALLS {
        let site = behind().await;
        let number = site.moves().await.len();
        let other = |here: Arc<Site>| async move {
            let other = here.process("other");
            other.move_views(here.district).await.unwrap();
        };
        moving(&site, call, other).await.unwrap();
        assert_eq!(site.view().await.snapshot, Some(2), "{call}");
        assert_eq!(site.moves().await.len(), number + 1, "{call}");
    }
}

#[tokio::test]
async fn a_mover_that_was_overtaken_by_a_publish_does_not_lead_back() {
    for call in CALLS {
        let site = behind().await;
        let other = |here: Arc<Site>| async move {
            let files = edition(2);
            let other = here.process("other");
            let report = other.import(request(here.district, &files)).await;
            assert_eq!(report.unwrap().snapshot, Some(3));
        };
        moving(&site, call, other).await.unwrap();
        assert_eq!(site.view().await.snapshot, Some(3), "{call}");
        site.moves().await;
    }
}

#[tokio::test]
async fn a_mover_that_was_overtaken_by_one_that_knew_less_goes_on() {
    for call in CALLS {
        let site = behind().await;
        let number = site.moves().await.len();
        // Somebody who looked before the publish, and moves for the sake of the document alone.
        let other = |here: Arc<Site>| async move {
            let mut view = here.view().await;
            view.document.error = "It is late.".to_owned();
            here.move_to(view).await;
        };
        moving(&site, call, other).await.unwrap();
        assert_eq!(site.view().await.snapshot, Some(2), "{call}");
        assert_eq!(site.moves().await.len(), number + 2, "{call}");
    }
}

#[tokio::test]
async fn a_mover_that_dies_at_any_call_leaves_the_move_whole_or_unmade() {
    for done in [false, true] {
        let mut failures = 0;
        for at in 1.. {
            let site = behind().await;
            let before = site.moves().await;
            let (refusing, failed) = Refusing::new(at, done);
            let process = site.process_over("unlucky", Watched::new(&site.store, refusing));
            let outcome = process.move_views(site.district).await;
            let Some(call) = failed.call() else { break };
            let error = outcome.expect_err(call);
            assert!(error.to_string().contains(ON_PURPOSE), "{error}");
            let made = site.moves().await;
            assert!(made.starts_with(&before), "{call}");
            let moved = made.len() > before.len();
            assert_eq!(moved, done && call == "move_view", "{call}");
            site.ingest.move_views(site.district).await.unwrap();
            let after = site.moves().await;
            assert!(after.starts_with(&made), "{call}: its ids are those it had");
            assert_eq!(after.len(), before.len() + 1, "{call}");
            failures += 1;
        }
        assert!(failures > CALLS.len(), "{failures}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn movers_beside_imports_end_where_the_district_is() {
    let site = Arc::new(Site::with_events().await);
    let movers = (0..3).map(|number| {
        let here = Arc::clone(&site);
        tokio::spawn(async move {
            let process = here.process(&format!("mover{number}"));
            for _ in 0..60 {
                process.move_views(here.district).await.unwrap();
                tokio::task::yield_now().await;
            }
        })
    });
    let movers: Vec<_> = movers.collect();
    for number in 0..6 {
        site.clock.pass(DAY);
        site.publish(&edition(number % 3)).await;
    }
    for mover in movers {
        mover.await.unwrap();
    }
    let seen = site.view().await.snapshot;
    assert_eq!(seen, Some(site.number().await));
    assert!(site.moves().await.len() >= 6);
}

//! Several processes at once: one imports at a time, who is gone is overtaken, and who was overtaken publishes nothing.

use std::sync::Arc;
use std::time::Duration;

use homeroom_ingest::{IngestError, Outcome};
use homeroom_model::{District, Kind, ObjectId};
use homeroom_store::{
    Districts as _, LeaseAnswer, LeaseRequest, Leases as _, NewRun, Objects as _, RunState,
    Runs as _, Snapshots as _,
};
use homeroom_testkit::{Edition, Files, district_of, small_district};

use crate::contents::contents;
use crate::site::{DAY, MAIN, MINUTE, Site, request};
use crate::watched::{Before, Watched};

fn edition(number: u64) -> Files {
    district_of(40, Edition(number))
}

/// Begins a run and a lease, as a process does that then dies.
async fn begin(site: &Site, holder: &str) -> ObjectId {
    let request = LeaseRequest {
        district: site.district,
        holder: holder.to_owned(),
        now: site.clock.now(),
        ttl: Duration::from_mins(5),
        over: None,
    };
    let LeaseAnswer::Granted(lease) = site.store.lease(request).await.unwrap() else {
        panic!("the lease is held");
    };
    let id = ObjectId::new([3; 12]);
    let run = NewRun {
        id,
        district: site.district,
        fence: lease.fence,
        started: site.clock.now(),
        source: "import".to_owned(),
        actor: "tests".to_owned(),
        of: None,
    };
    site.store.start_run(run).await.unwrap();
    id
}

fn is_busy_with(error: &IngestError, process: &str) -> bool {
    matches!(error, IngestError::Busy { holder } if holder == process)
}

#[tokio::test]
async fn of_two_imports_at_once_one_is_told_to_wait() {
    let site = Arc::new(Site::new().await);
    site.publish(&edition(0)).await;
    for call in ["reserve_ids", "pardon", "publish"] {
        let before = site.number().await;
        let here = Arc::clone(&site);
        let meanwhile = move || async move {
            let other = here.process("other");
            let refused = other.import(request(here.district, &edition(9))).await;
            let error = refused.expect_err("somebody else imports");
            assert!(is_busy_with(&error, MAIN), "{error}");
            assert!(error.to_string().contains("wait until it ends"), "{error}");
        };
        let store = Watched::new(&site.store, Before::new(call, meanwhile));
        let first = site.process_over(MAIN, store);
        let files = edition(before);
        let report = first.import(request(site.district, &files)).await.unwrap();
        assert_eq!(
            (report.state, report.snapshot),
            (Outcome::Published, Some(before + 1))
        );
    }
    // Then it is the other's turn.
    let number = site.number().await;
    let other = site.process("other");
    let report = other.import(request(site.district, &edition(9))).await;
    assert_eq!(report.unwrap().snapshot, Some(number + 1));
}

#[tokio::test]
async fn a_holder_that_is_gone_is_overtaken_at_once_and_its_run_is_closed() {
    let site = Site::new().await;
    let run = begin(&site, "gone").await;
    let error = site
        .import(&edition(0))
        .await
        .expect_err("it may still run");
    assert!(is_busy_with(&error, "gone"), "{error}");
    site.dies("gone");
    site.publish(&edition(0)).await;
    let run = site.store.run(site.district, run).await.unwrap().unwrap();
    assert_eq!(run.state, RunState::Abandoned);
    assert_eq!(site.store.lease_of(site.district).await.unwrap(), None);
}

#[tokio::test]
async fn a_holder_of_whom_nothing_is_known_is_overtaken_when_its_lease_has_run_out() {
    let site = Site::new().await;
    begin(&site, "far away").await;
    site.clock.pass(4 * MINUTE);
    let error = site
        .import(&edition(0))
        .await
        .expect_err("it may still run");
    assert!(is_busy_with(&error, "far away"), "{error}");
    site.clock.pass(MINUTE);
    site.publish(&edition(0)).await;
}

/// An import by the main process, overtaken before a call of its own by another one that imports, six minutes later,
/// what an edition holds.
async fn overtaken(site: &Arc<Site>, call: &'static str, files: &Files, by: u64) -> IngestError {
    let here = Arc::clone(site);
    let meanwhile = move || async move {
        here.clock.pass(6 * MINUTE);
        let other = here.process("other");
        let report = other
            .import(request(here.district, &edition(by)))
            .await
            .unwrap();
        assert_eq!(report.state, Outcome::Published);
    };
    let store = Watched::new(&site.store, Before::new(call, meanwhile));
    let slow = site.process_over("slow", store);
    let report = slow.import(request(site.district, files)).await;
    report.expect_err("it was overtaken")
}

#[tokio::test]
async fn who_was_overtaken_publishes_nothing() {
    for call in ["start_run", "people", "reserve_ids", "pardon", "publish"] {
        let site = Arc::new(Site::new().await);
        site.publish(&edition(0)).await;
        let error = overtaken(&site, call, &edition(1), 2).await;
        assert!(matches!(error, IngestError::TakenOver), "{call}: {error}");
        assert_eq!(site.number().await, 2);
        let document = site.document().await;
        assert_eq!(document.last_sync, Some(site.clock.now()), "{call}");
        assert_eq!(
            (document.state.as_str(), document.error.as_str()),
            ("success", "")
        );
        assert_eq!(site.view().await.snapshot, Some(2));
        let runs = site.store.runs(site.district, None, 10).await.unwrap();
        let states: Vec<_> = runs.iter().map(|run| run.state).collect();
        let mut expected = vec![
            RunState::Published,
            RunState::Abandoned,
            RunState::Published,
        ];
        if call == "start_run" {
            expected.remove(1);
        }
        assert_eq!(states, expected, "{call}");

        let fresh = Site::new().await;
        fresh.publish(&edition(0)).await;
        fresh.publish(&edition(2)).await;
        let (found, expected) = (site.published().await, fresh.published().await);
        assert!(contents(&found) == contents(&expected), "{call}");
        // What it had written already is garbage.
        site.clock.pass(DAY);
        site.ingest.sweep(0).await.unwrap();
        assert_eq!(site.stored_objects().await, site.named_objects().await);
    }
}

#[tokio::test]
async fn who_was_overtaken_says_nothing_in_the_district_s_document() {
    let base = edition(0);
    // The same records in other bytes, files that cannot be read, and files that would be held.
    let same = base.clone().appending("schools.csv", "\n");
    let broken = base.clone().with("students.csv", "nothing\n");
    let few = small_district();
    for files in [same, broken, few] {
        let site = Arc::new(Site::new().await);
        site.publish(&base).await;
        let error = overtaken(&site, "finish_run", &files, 1).await;
        assert!(matches!(error, IngestError::TakenOver), "{error}");
        let document = site.document().await;
        assert_eq!(
            (document.state.as_str(), document.error.as_str()),
            ("success", "")
        );
        assert_eq!(document.last_sync, Some(site.clock.now()));
    }
}

#[tokio::test]
async fn what_was_published_before_it_was_overtaken_stands() {
    let site = Arc::new(Site::new().await);
    site.publish(&edition(0)).await;
    let here = Arc::clone(&site);
    let meanwhile = move || async move {
        here.clock.pass(6 * MINUTE);
        let other = here.process("other");
        let report = other.import(request(here.district, &edition(2))).await;
        assert_eq!(report.unwrap().snapshot, Some(3));
    };
    let store = Watched::new(&site.store, Before::new("finish_run", meanwhile));
    let slow = site.process_over("slow", store);
    let report = slow
        .import(request(site.district, &edition(1)))
        .await
        .unwrap();
    assert_eq!(
        (report.state, report.snapshot),
        (Outcome::Published, Some(2))
    );
    assert_eq!(
        (site.number().await, site.view().await.snapshot),
        (3, Some(3))
    );
    let runs = site.store.runs(site.district, None, 10).await.unwrap();
    assert!(runs.iter().all(|run| run.state == RunState::Published));
}

#[tokio::test]
async fn a_sweep_in_the_middle_of_an_import_takes_nothing_away_from_it() {
    for call in ["reserve_ids", "pardon", "publish"] {
        let site = Arc::new(Site::new().await);
        site.publish(&edition(0)).await;
        let here = Arc::clone(&site);
        let meanwhile = move || async move {
            here.process("sweeper").sweep(24).await.unwrap();
        };
        let store = Watched::new(&site.store, Before::new(call, meanwhile));
        let slow = site.process_over("slow", store);
        let report = slow.import(request(site.district, &edition(1))).await;
        assert_eq!(report.unwrap().snapshot, Some(2), "{call}");
        let condemned = site.store.condemned(None, 10).await.unwrap();
        assert!(condemned.is_empty(), "{call}: {condemned:?}");
        site.clock.pass(2 * DAY);
        site.ingest.sweep(24).await.unwrap();
        assert_eq!(site.stored_objects().await, site.named_objects().await);
        site.published().await;
    }
}

#[tokio::test]
async fn a_sweep_without_grace_costs_a_running_import_its_work_and_nothing_else() {
    let site = Arc::new(Site::new().await);
    site.publish(&edition(0)).await;
    let here = Arc::clone(&site);
    let meanwhile = move || async move {
        let swept = here.process("sweeper").sweep(0).await.unwrap();
        assert!(swept.deleted > 0);
    };
    let store = Watched::new(&site.store, Before::new("pardon", meanwhile));
    let slow = site.process_over("slow", store);
    let report = slow.import(request(site.district, &edition(1))).await;
    assert!(report.is_err());
    assert_eq!(site.number().await, 1);
    site.published().await;
    site.publish(&edition(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_leave_one_true_ledger() {
    let site = Arc::new(Site::new().await);
    let imports = (0..12).map(|number| {
        let here = Arc::clone(&site);
        tokio::spawn(async move {
            let process = here.process(&format!("process {number}"));
            process
                .import(request(here.district, &edition(number % 4)))
                .await
        })
    });
    let imports: Vec<_> = imports.collect();
    let mut published = Vec::new();
    for import in imports {
        match import.await.unwrap() {
            Ok(report) if report.state == Outcome::Published => published.extend(report.snapshot),
            Ok(report) => assert_eq!(report.state, Outcome::NoChange),
            Err(error) => assert!(matches!(error, IngestError::Busy { .. }), "{error}"),
        }
    }
    published.sort_unstable();
    let count = site.number().await;
    assert_eq!(published, (1..=count).collect::<Vec<_>>());
    let entries = site.store.snapshots(site.district).await.unwrap();
    assert_eq!(entries.len() as u64, count);
    assert_eq!(site.view().await.snapshot, Some(count));
    assert_eq!(site.store.lease_of(site.district).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn districts_do_not_wait_for_each_other_and_share_no_id() {
    let site = Site::new().await;
    let other = ObjectId::new([6; 12]);
    let document = District {
        id: other,
        ..site.document().await
    };
    let now = site.clock.now();
    site.store.add_district(document, now).await.unwrap();
    for number in 0..4 {
        site.clock.pass(DAY);
        // The very same files, at the very same time, by one process.
        let files = edition(number);
        let (here, there) = tokio::join!(
            site.ingest.import(request(site.district, &files)),
            site.ingest.import(request(other, &files)),
        );
        let [here, there] = [here, there].map(|report| report.unwrap().snapshot);
        assert_eq!((here, there), (Some(number + 1), Some(number + 1)));
    }
    let here = site.published().await;
    let there = site.ingest.published(other).await.unwrap().snapshot;
    for kind in Kind::ALL {
        let (here, there) = (here.table(kind), there.table(kind));
        assert_eq!(here.len(), there.len());
        assert!(here.ids().all(|id| there.find(&id).is_none()), "{kind}");
    }
    site.ingest.sweep(0).await.unwrap();
    assert_eq!(site.stored_objects().await, site.named_objects().await);
    site.published().await;
    site.ingest.published(other).await.unwrap();
}

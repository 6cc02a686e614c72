//! What is published is not said to have failed, and what waits is not forgotten.

use homeroom_ingest::{Outcome, Pause};
use homeroom_model::Timestamp;
use homeroom_store::{RunState, Runs as _};
use homeroom_testkit::{Edition, Files, district_of};

use crate::faults::refusing::Refusing;
use crate::lifecycle::cut_short;
use crate::site::{DAY, MINUTE, Site, request};
use crate::watched::Watched;

/// The calls that move the views.
pub(crate) const VIEWS: [&str; 3] = ["district", "connections_of_district", "move_view"];

fn edition(number: u64) -> Files {
    district_of(10, Edition(number))
}

#[tokio::test]
async fn an_import_that_published_does_not_say_that_it_failed() {
    let mut published = 0;
    for at in 1..500 {
        let site = Site::new().await;
        site.publish(&edition(0)).await;
        site.clock.pass(DAY);
        let (refusing, failed) = Refusing::new(at, false);
        let process = site.process_over("unlucky", Watched::new(&site.store, refusing));
        let outcome = process.import(request(site.district, &edition(1))).await;
        let Some(call) = failed.call() else { break };
        let at = format!("call {at}, {call}");
        if site.number().await == 2 {
            published += 1;
            match outcome {
                Ok(report) => assert_eq!(report.state, Outcome::Published, "{at}"),
                Err(error) => {
                    assert!(VIEWS.contains(&call), "{at}: {error}");
                    assert_ne!(site.view().await.snapshot, Some(2), "{at}: {error}");
                }
            }
            site.clock.pass(6 * MINUTE);
            site.ingest.catch_up().await.unwrap();
            let again = site.import(&edition(1)).await.unwrap();
            assert_eq!(again.state, Outcome::NoChange, "{at}");
            let runs = site.store.runs(site.district, None, 9).await.unwrap();
            assert!(runs.iter().all(|run| run.state != RunState::Running));
            assert!(runs.iter().all(|run| run.state != RunState::Error), "{at}");
        }
    }
    assert!(published > 3, "{published}");
}

#[tokio::test]
async fn an_upload_of_a_pause_waits_although_whoever_received_it_died() {
    for call in ["set_setting", "finish_run"] {
        let site = Site::new().await;
        site.publish(&edition(0)).await;
        let today = Timestamp::from_millis(site.clock.now().millis()).date();
        let pause = Pause {
            start: today,
            end: today,
        };
        let paused = site.ingest.pause(site.district, pause, "test").await;
        paused.unwrap();
        site.clock.pass(MINUTE);
        cut_short(&site, "unlucky", call, &edition(1)).await;
        site.clock.pass(MINUTE);
        site.ingest.catch_up().await.unwrap();
        assert_eq!(site.number().await, 1, "{call}");
        site.clock.pass(2 * DAY);
        site.ingest.catch_up().await.unwrap();
        assert_eq!(site.number().await, 2, "{call}");
        let again = site.import(&edition(1)).await.unwrap();
        assert_eq!(again.state, Outcome::NoChange, "{call}");
    }
}

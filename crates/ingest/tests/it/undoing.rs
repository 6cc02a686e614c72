//! An undo with everything that belongs to it: the blocks of what is undone, and the note of who did it.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use homeroom_ingest::Outcome;
use homeroom_store::{Audit as _, Blocks as _, StoreError};
use homeroom_testkit::{Edition, Files, district_of};

use crate::decisions::undo;
use crate::faults::refusing::Refusing;
use crate::site::{DAY, MINUTE, Site};
use crate::watched::{Watch, Watched};

const MANY: u64 = 500;

fn edition(number: u64) -> Files {
    district_of(10, Edition(number))
}

/// A process that dies right before a call.
struct Dying {
    at: u64,
    seen: AtomicU64,
    died: tokio::sync::mpsc::Sender<()>,
}

#[async_trait]
impl Watch for Dying {
    async fn before(&self, _call: &'static str) -> Result<(), StoreError> {
        if self.seen.fetch_add(1, Ordering::SeqCst) + 1 >= self.at {
            let _ = self.died.send(()).await;
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

async fn three_editions() -> Site {
    let site = Site::new().await;
    for number in 0..3 {
        site.publish(&edition(number)).await;
        site.clock.pass(DAY);
    }
    site
}

/// Everything of the undo back to the first snapshot is done, or nothing of it.
async fn is_done_or_not(site: &Site, at: &str) -> bool {
    site.clock.pass(6 * MINUTE);
    site.ingest.catch_up().await.unwrap();
    let blocks = site.store.blocks(site.district).await.unwrap().len();
    let audit = site.store.audit(Some(site.district), None, 99).await;
    let audit = audit.unwrap();
    let noted = audit
        .iter()
        .filter(|entry| entry.action == "publish undone");
    let noted = noted.count();
    let is_done = site.number().await == 4;
    if is_done {
        assert_eq!((blocks, noted), (2, 1), "{at}");
        for number in [1, 2] {
            let again = site.import(&edition(number)).await.unwrap();
            assert_eq!(again.state, Outcome::Blocked, "{at}");
        }
    } else {
        assert_eq!((blocks, noted, site.number().await), (0, 0, 3), "{at}");
    }
    is_done
}

#[tokio::test]
async fn an_undo_in_which_a_call_fails_is_done_with_everything_or_not_at_all() {
    for done in [false, true] {
        let mut undone = 0;
        for at in 1..MANY {
            let site = three_editions().await;
            let (refusing, failed) = Refusing::new(at, done);
            let process = site.process_over("unlucky", Watched::new(&site.store, refusing));
            let outcome = process.undo(undo(&site, Some(1))).await;
            let Some(call) = failed.call() else { break };
            let at = format!("call {at}, {call}, done: {done}");
            if outcome.is_err() && site.number().await == 4 {
                // Only who did not hear the answer, or could not show it, may say that it failed.
                let is_seen = site.view().await.snapshot == Some(4);
                assert!(done || !is_seen, "{at}");
            }
            undone += u64::from(is_done_or_not(&site, &at).await);
        }
        assert!((4..MANY - 1).contains(&undone), "{undone}");
    }
}

#[tokio::test]
async fn an_undo_whose_process_dies_is_done_with_everything_or_not_at_all() {
    let mut undone = 0;
    for at in 1..MANY {
        let site = three_editions().await;
        let (died, mut is_dead) = tokio::sync::mpsc::channel(1);
        let dying = Dying {
            at,
            seen: AtomicU64::new(0),
            died,
        };
        let process = site.process_over("unlucky", Watched::new(&site.store, dying));
        let request = undo(&site, Some(1));
        let mut running = tokio::spawn(async move { process.undo(request).await.map(drop) });
        let is_over = tokio::select! {
            biased;
            _ = &mut running => true,
            Some(()) = is_dead.recv() => false,
        };
        if is_over {
            assert!((4..MANY).contains(&undone), "{undone}");
            return;
        }
        running.abort();
        let _ = running.await;
        site.dies("unlucky");
        undone += u64::from(is_done_or_not(&site, &format!("call {at}")).await);
    }
    panic!("it never ends");
}

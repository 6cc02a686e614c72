//! Whatever fails underneath, once, at every moment: the old snapshot or the new one is served, the error says what
//! happened, the next attempt succeeds, no id is given twice, what events were told from stands, and nothing is left lying
//! around.

mod faulty_files;
mod faulty_spools;
pub(crate) mod refusing;

use std::collections::BTreeMap;
use std::sync::Arc;

use homeroom_depot::{self as depot, Depot};
use homeroom_ingest::{ApproveRequest, Ingest, IngestError, Outcome, Swept, UndoRequest};
use homeroom_model::Kind;
use homeroom_segment::{Digest, MemorySpools};
use homeroom_store::{Leases as _, RunState, Runs as _, Settings as _};
use homeroom_testkit::{Edition, Files, district_of};

use crate::contents::{Content, Name, contents};
use crate::faulty_objects::FaultyObjects;
use crate::id_book::IdBook;
use crate::lifecycle::cut_short;
use crate::site::{DAY, IntoSource as _, MINUTE, Site, request};
use crate::watched::Watched;
use faulty_files::FaultyFiles;
use faulty_spools::FaultySpools;
use refusing::Refusing;

type Contents = BTreeMap<(Kind, Name), Content>;

/// What every failure on purpose says.
pub(crate) const ON_PURPOSE: &str = "it fails on purpose";

/// A process that died before.
const GONE: &str = "gone";

/// More operations than anything here takes.
const MANY: u64 = 500;

fn edition(number: u64) -> Files {
    district_of(30, Edition(number))
}

/// What is done while something fails.
#[derive(Clone, Copy, Debug)]
enum Work {
    FirstImport,
    NextImport,
    /// People kept by hand, without any file.
    People,
    /// The approval of a hold.
    Approval,
    /// An older snapshot, published again.
    Undo,
    /// The switch to a rehearsal.
    Switch,
    /// An import that was cut short, run again.
    Resumed,
}

impl Work {
    const IMPORTS: [Self; 3] = [Self::FirstImport, Self::NextImport, Self::People];
    const DECISIONS: [Self; 4] = [Self::Approval, Self::Undo, Self::Switch, Self::Resumed];

    async fn prepare(self, site: &Site) {
        // One key for hashes, so that the contents of all installations can be compared.
        let key = format!("hash_key/{}", site.district);
        let secret = Digest::of(b"secret").to_string();
        site.store.set_setting(&key, &secret).await.unwrap();
        if !matches!(self, Self::FirstImport) {
            site.publish(&edition(0)).await;
            site.clock.pass(DAY);
        }
        match self {
            Self::FirstImport | Self::NextImport => {}
            Self::People => site.add_admin("t1@elm.example").await,
            Self::Approval => {
                let report = site.import(&halved()).await.unwrap();
                assert_eq!(report.state, Outcome::Held, "{}", report.text(5));
            }
            Self::Undo => drop(site.publish(&edition(1)).await),
            Self::Switch => {
                let (source, quiet) = ((&edition(1)).into_source(), Box::new(|_: &str| ()));
                let rehearsal = site
                    .ingest
                    .rehearse(site.district, "next", source, "test", quiet);
                rehearsal.await.unwrap();
            }
            Self::Resumed => cut_short(site, GONE, "reserve_ids", &edition(1)).await,
        }
        site.clock.pass(DAY);
    }

    async fn attempt(self, site: &Site, process: &Ingest) -> Result<(), IngestError> {
        let (district, actor) = (site.district, "test");
        let files = match self {
            Self::FirstImport => edition(0),
            Self::NextImport => edition(1),
            Self::People | Self::Resumed => return process.catch_up().await,
            Self::Approval => {
                let Some(hold) = process.waiting_hold(district).await? else {
                    return process.catch_up().await;
                };
                let request = ApproveRequest {
                    district,
                    run: hold.run,
                    digest: hold.digest,
                    selection: None,
                    actor: actor.to_owned(),
                    progress: Box::new(|_| ()),
                };
                return process.approve(request).await.map(drop);
            }
            Self::Undo if site.number().await > 2 => return process.catch_up().await,
            Self::Undo => {
                let request = UndoRequest {
                    district,
                    to: Some(1),
                    dry_run: false,
                    actor: actor.to_owned(),
                    progress: Box::new(|_| ()),
                };
                return process.undo(request).await.map(drop);
            }
            Self::Switch => {
                let quiet = Box::new(|_: &str| ());
                return match process.switch(district, "next", actor, quiet).await {
                    Err(IngestError::NoRehearsal) => process.catch_up().await,
                    other => other.map(drop),
                };
            }
        };
        let report = process.import(request(district, &files)).await?;
        let done = [Outcome::Published, Outcome::NoChange];
        assert!(done.contains(&report.state), "{}", report.text(5));
        Ok(())
    }
}

/// The district with half of its students: more than any guard lets pass.
fn halved() -> Files {
    let files = edition(0);
    let lines = files.text("students.csv").lines().count() / 2;
    let students = files.text("students.csv").lines().take(lines);
    let students = students.fold(String::new(), |text, line| text + line + "\n");
    files.with("students.csv", students)
}

/// An installation before and after some work, without any failure.
struct Good {
    before: Contents,
    after: Contents,
    /// Number of the snapshot before.
    number: u64,
}

impl Good {
    async fn of(work: Work) -> Self {
        let site = Site::with_events().await;
        work.prepare(&site).await;
        let (before, number) = (contents(&site.published().await), site.number().await);
        work.attempt(&site, &site.ingest).await.unwrap();
        let after = contents(&site.published().await);
        assert!(before != after);
        assert_eq!(site.number().await, number + 1);
        Self {
            before,
            after,
            number,
        }
    }

    /// Checks what a failed attempt left, then attempts again with everything in order.
    async fn check(&self, work: Work, site: &Site, failed: &Result<(), IngestError>, at: &str) {
        if let Err(error) = failed {
            assert!(error.to_string().contains(ON_PURPOSE), "{at}: {error}");
        }
        let mut ids = IdBook::default();
        let snapshot = site.published().await;
        let found = contents(&snapshot);
        let number = site.number().await;
        let state = if number == self.number {
            // Who cannot give the lease back finds the district busy, and whoever looks next goes on.
            let busy = at.contains("Resumed") && at.contains("release_lease");
            assert!(failed.is_err() || busy, "{at}: done and nothing published");
            &self.before
        } else {
            assert_eq!(number, self.number + 1, "{at}");
            &self.after
        };
        assert!(found == *state, "{at}: neither old nor new");
        let seen = site.view().await.snapshot.unwrap_or(0);
        assert!(
            seen == number || (failed.is_err() && seen == self.number),
            "{at}"
        );
        ids.enter(&snapshot);
        let moves = site.moves().await;

        // A lease that could not be given back runs out; any other failure leaves none behind.
        let lease = site.store.lease_of(site.district).await.unwrap();
        let lease = lease.filter(|lease| lease.holder != GONE);
        assert!(lease.is_none() || at.contains("lease"), "{at}: {lease:?}");
        site.clock.pass(6 * MINUTE);
        work.attempt(site, &site.ingest).await.unwrap();
        assert_eq!(site.number().await, self.number + 1, "{at}");
        assert_eq!(site.view().await.snapshot, Some(self.number + 1), "{at}");
        let snapshot = site.published().await;
        assert!(contents(&snapshot) == self.after, "{at}");
        ids.enter(&snapshot);
        let told = site.moves().await;
        assert!(told.starts_with(&moves), "{at}: what was told is told");
        let runs = site.store.runs(site.district, None, 50).await.unwrap();
        let open = runs
            .iter()
            .filter(|run| run.state == RunState::Running)
            .count();
        assert_eq!(open, 0, "{at}");
        site.ingest.sweep(0).await.unwrap();
        assert_eq!(
            site.stored_objects().await,
            site.named_objects().await,
            "{at}"
        );
    }
}

#[tokio::test]
async fn a_control_store_that_fails_at_any_call_of_an_import() {
    store_fails(&Work::IMPORTS).await;
}

#[tokio::test]
async fn a_control_store_that_fails_at_any_call_of_a_decision() {
    store_fails(&Work::DECISIONS).await;
}

async fn store_fails(works: &[Work]) {
    for &work in works {
        let good = Good::of(work).await;
        for done in [false, true] {
            let mut failures = 0;
            for at in 1..MANY {
                let site = Site::with_events().await;
                work.prepare(&site).await;
                let (refusing, failed) = Refusing::new(at, done);
                let store = Watched::new(&site.store, refusing);
                let process = site.process_over("unlucky", store);
                let outcome = work.attempt(&site, &process).await;
                let Some(call) = failed.call() else { break };
                let at = format!("{work:?}, call {at}, {call}, done: {done}");
                good.check(work, &site, &outcome, &at).await;
                failures += 1;
            }
            assert!((10..MANY - 1).contains(&failures), "{work:?}: {failures}");
        }
    }
}

#[tokio::test]
async fn a_control_store_that_fails_while_a_hold_is_discarded() {
    for done in [false, true] {
        let mut failures = 0;
        for at in 1..MANY {
            let site = Site::with_events().await;
            Work::Approval.prepare(&site).await;
            let run = site
                .ingest
                .waiting_hold(site.district)
                .await
                .unwrap()
                .unwrap()
                .run;
            let (refusing, failed) = Refusing::new(at, done);
            let process = site.process_over("unlucky", Watched::new(&site.store, refusing));
            let outcome = process.discard(site.district, run, "test", "").await;
            let Some(call) = failed.call() else { break };
            let at = format!("call {at}, {call}, done: {done}");
            site.clock.pass(6 * MINUTE);
            match site.ingest.discard(site.district, run, "test", "").await {
                Ok(_) => assert!(outcome.is_err(), "{at}"),
                Err(error) => assert!(matches!(error, IngestError::NotWaiting { .. }), "{at}"),
            }
            site.ingest.catch_up().await.unwrap();
            assert_eq!(site.document().await.state, "success", "{at}");
            assert_eq!(site.view().await.document.state, "success", "{at}");
            site.moves().await;
            let again = site.import(&halved()).await.unwrap();
            assert_eq!(
                (again.state, site.number().await),
                (Outcome::Blocked, 1),
                "{at}"
            );
            failures += 1;
        }
        assert!((5..MANY - 1).contains(&failures), "{failures}");
    }
}

#[tokio::test]
async fn a_depot_that_fails_at_any_operation() {
    for work in Work::IMPORTS.into_iter().chain(Work::DECISIONS) {
        let good = Good::of(work).await;
        for done in [false, true] {
            let mut failures = 0;
            for at in 1..MANY {
                let site = Site::with_events().await;
                work.prepare(&site).await;
                let objects = FaultyObjects::new(&site.objects, at, done);
                let depot = Depot::on(Arc::clone(&objects) as _, depot::Settings::default());
                let (store, spools) = (Arc::clone(&site.store) as _, Arc::new(MemorySpools));
                let process = site.process_on("unlucky", store, depot, spools);
                let outcome = work.attempt(&site, &process).await;
                if !objects.has_failed() {
                    break;
                }
                let at = format!("{work:?}, operation {at}, done: {done}");
                good.check(work, &site, &outcome, &at).await;
                failures += 1;
            }
            assert!((3..MANY - 1).contains(&failures), "{work:?}: {failures}");
        }
    }
}

#[tokio::test]
async fn a_disk_that_is_full_at_any_write_of_a_spool() {
    for work in Work::IMPORTS.into_iter().chain(Work::DECISIONS) {
        let good = Good::of(work).await;
        let mut failures = 0;
        // Spools are written to often, so not every write is tried.
        for at in (1..).map(|step| step * step) {
            let site = Site::with_events().await;
            work.prepare(&site).await;
            let spools = FaultySpools::new(at);
            let (store, depot) = (Arc::clone(&site.store) as _, site.depot.clone());
            let process = site.process_on("unlucky", store, depot, Arc::clone(&spools) as _);
            let outcome = work.attempt(&site, &process).await;
            if !spools.has_failed() {
                break;
            }
            assert!(outcome.is_err(), "{work:?}: write {at} failed unnoticed");
            let at = format!("{work:?}, write {at}");
            good.check(work, &site, &outcome, &at).await;
            failures += 1;
        }
        assert!(failures > 5, "{work:?}: {failures}");
    }
}

#[tokio::test]
async fn files_that_cannot_be_read_to_their_end_or_change_meanwhile() {
    let good = Good::of(Work::NextImport).await;
    let mut failures = 0;
    for at in 1..MANY {
        let site = Site::with_events().await;
        Work::NextImport.prepare(&site).await;
        let (files, failed) = FaultyFiles::new(&edition(1), at);
        let request = homeroom_ingest::ImportRequest {
            source: Box::new(files),
            ..request(site.district, &edition(1))
        };
        let outcome = site.process("unlucky").import(request).await.map(drop);
        if !failed.has_failed() {
            break;
        }
        assert!(outcome.is_err(), "read {at} failed unnoticed");
        let at = format!("read {at}");
        good.check(Work::NextImport, &site, &outcome, &at).await;
        failures += 1;
    }
    assert!(failures > 10, "{failures}");

    let site = Site::new().await;
    Work::NextImport.prepare(&site).await;
    let request = homeroom_ingest::ImportRequest {
        source: Box::new(FaultyFiles::growing(&edition(1))),
        ..request(site.district, &edition(1))
    };
    let error = site.ingest.import(request).await.expect_err("they change");
    assert!(matches!(error, IngestError::FilesChanged), "{error}");
    assert_eq!(site.number().await, 1);
    site.publish(&edition(1)).await;
}

/// An installation with something to thin, to forget, to condemn and to delete.
async fn littered() -> Site {
    let site = Site::new().await;
    for number in 0..5 {
        site.publish(&edition(number)).await;
        site.clock.pass(DAY);
    }
    site.depot.put(vec![7; 100].into()).await.unwrap();
    site.ingest.sweep(24).await.unwrap();
    site.depot.put(vec![8; 100].into()).await.unwrap();
    site.clock.pass(36 * DAY);
    site.publish(&edition(5)).await;
    site.clock.pass(MINUTE);
    site
}

#[tokio::test]
async fn a_sweep_that_fails_anywhere_is_gone_on_with_by_the_next() {
    let tidy = littered().await;
    let whole = tidy.ingest.sweep(24).await.unwrap();
    let none = Swept {
        leftovers: 0,
        ..whole
    };
    assert!(
        none.forgotten > 0 && none.condemned > 0 && none.deleted > 0,
        "{none:?}"
    );
    let expected = tidy.stored_objects().await.len();
    for in_the_store in [true, false] {
        for done in [false, true] {
            let mut failures = 0;
            for at in 1..MANY {
                let site = littered().await;
                let published = contents(&site.published().await);
                let (refusing, refused) = Refusing::new(if in_the_store { at } else { MANY }, done);
                let store = Watched::new(&site.store, refusing);
                let at = if in_the_store { MANY } else { at };
                let objects = FaultyObjects::new(&site.objects, at, done);
                let depot = Depot::on(Arc::clone(&objects) as _, depot::Settings::default());
                let process = site.process_on("unlucky", store, depot, Arc::new(MemorySpools));
                let outcome = process.sweep(24).await;
                if refused.call().is_none() && !objects.has_failed() {
                    outcome.unwrap();
                    break;
                }
                let error = outcome.expect_err("it failed").to_string();
                assert!(error.contains(ON_PURPOSE), "{error}");
                site.ingest.sweep(24).await.unwrap();
                assert_eq!(site.stored_objects().await.len(), expected, "{error}");
                assert!(contents(&site.published().await) == published, "{error}");
                failures += 1;
            }
            assert!((2..MANY - 1).contains(&failures), "{failures}");
        }
    }
}

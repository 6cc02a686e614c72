//! Runs from beginning to end: kept files, pauses, rehearsals, what is cut short and what is cancelled.

use homeroom_ingest::{ImportRequest, Ingest, IngestError, Outcome, Pause, PauseRule};
use homeroom_intake::InMemory;
use homeroom_model::{Date, Kind, Timestamp};
use homeroom_segment::Digest;
use homeroom_store::{
    Artifacts as _, CustomRecord, CustomRecords as _, DistrictSettings as _, Districts as _,
    RunState, Runs as _,
};
use homeroom_testkit::{Edition, Files, district_of, small_district};
use object_store::ObjectStoreExt as _;
use object_store::path::Path;

use crate::contents::contents;
use crate::site::{DAY, IntoSource as _, Site, request, run_of};
use crate::watched::{Before, Watched};

fn edition(number: u64) -> Files {
    district_of(40, Edition(number))
}

fn quiet() -> homeroom_ingest::Progress {
    Box::new(|_| ())
}

/// The day so many days after a site's today.
fn in_days(site: &Site, days: i64) -> Date {
    Timestamp::from_millis(site.clock.now().millis() + days * DAY).date()
}

async fn newest_run(site: &Site) -> homeroom_store::Run {
    site.store
        .runs(site.district, None, 1)
        .await
        .unwrap()
        .remove(0)
}

#[tokio::test]
async fn files_are_kept_as_they_came_but_for_passwords() {
    let site = Site::new().await;
    let students = small_district().text("students.csv").to_owned();
    let mut lines = students.lines();
    let with_password = std::iter::once(format!("{},Password", lines.next().unwrap()))
        .chain(lines.map(|line| format!("{line},hunter2")))
        .collect::<Vec<_>>()
        .join("\n");
    let files = small_district().with("students.csv", with_password.clone());
    let report = site.publish(&files).await;
    let kept = site.artifact(&report, "upload/students").await;
    assert_eq!(kept, with_password.replace("hunter2", ""));
    assert_eq!(
        site.artifact(&report, "upload/schools").await,
        files.text("schools.csv")
    );
    for object in site.stored_objects().await {
        let name = object.to_string();
        let path = Path::from(format!("objects/{}/{name}", &name[..2]));
        if let Ok(found) = site.objects.get(&path).await {
            let bytes = found.bytes().await.unwrap();
            assert!(!bytes.windows(7).any(|window| window == b"hunter2"));
        }
    }
    // Another password is no change.
    let other = small_district().with("students.csv", with_password.replace("hunter2", "x"));
    assert_eq!(site.import(&other).await.unwrap().state, Outcome::NoChange);
    let said: Vec<_> = report
        .files
        .iter()
        .map(|file| (&*file.name, file.bytes))
        .collect();
    assert!(
        said.contains(&("students.csv", with_password.len() as u64)),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_damaged_snapshot_is_not_told_to_be_up_to_date() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    let current = site.current().await.unwrap();
    assert_eq!(
        site.import(&edition(0)).await.unwrap().state,
        Outcome::NoChange
    );
    let object = Digest::new(current.objects[0]).to_string();
    let listed = site.objects.list(None);
    let listed: Vec<_> = futures::TryStreamExt::try_collect(listed).await.unwrap();
    let place = listed
        .iter()
        .map(|meta| meta.location.clone())
        .find(|place| place.as_ref().replace('/', "").contains(&object))
        .unwrap();
    site.objects.delete(&place).await.unwrap();
    site.clock.pass(DAY);
    let error = site
        .process("fresh")
        .import(request(site.district, &edition(0)))
        .await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains(&object), "{error}");
    assert_eq!(newest_run(&site).await.state, RunState::Error);
}

#[tokio::test]
async fn an_optional_file_that_vanishes_keeps_its_records() {
    let site = Site::new().await;
    let whole = small_district();
    site.publish(&whole).await;
    let before = contents(&site.published().await);
    for name in ["staff.csv", "resources.csv"] {
        let without = whole.clone().without(name).appending("schools.csv", "\n");
        let report = site.import(&without).await.unwrap();
        assert_eq!(report.state, Outcome::NoChange, "{}", report.text(9));
        assert_eq!(report.problems["OPTIONAL_FILE_VANISHED"], 1, "{name}");
        assert!(
            report
                .files
                .iter()
                .any(|file| file.name == name && file.carried_over)
        );
    }
    // Also when the files before are not kept any more.
    let run = site.current().await.unwrap().run;
    let left = site.store.artifacts(site.district, run).await.unwrap();
    let names: Vec<_> = left.into_iter().map(|artifact| artifact.name).collect();
    site.store
        .drop_artifacts(site.district, run, &names)
        .await
        .unwrap();
    let without = whole.clone().without("staff.csv").without("resources.csv");
    let report = site.import(&without).await.unwrap();
    assert_eq!(report.problems["OPTIONAL_FILE_VANISHED"], 2);
    assert!(contents(&site.published().await) == before);
    // A header alone says that there are none.
    let header = whole
        .text("resources.csv")
        .lines()
        .next()
        .unwrap()
        .to_owned();
    site.publish(&whole.clone().with("resources.csv", header))
        .await;
    assert!(site.published().await.table(Kind::Resource).is_empty());
}

#[tokio::test]
async fn in_a_pause_nothing_is_published_and_the_newest_upload_is_imported_after_it() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    let synced = site.document().await.last_sync;
    let pause = Pause {
        start: in_days(&site, 0),
        end: in_days(&site, 9),
    };
    site.ingest
        .pause(site.district, pause, "test")
        .await
        .unwrap();
    let document = site.document().await;
    assert_eq!(document.state, "paused");
    assert_eq!(
        (document.pause_start, document.pause_end),
        (Some(pause.start), Some(pause.end))
    );
    assert_eq!(site.view().await.document, document, "apps see it");
    for number in [1, 2] {
        site.clock.pass(DAY);
        let report = site.import(&edition(number)).await.unwrap();
        assert_eq!(report.state, Outcome::Paused);
        assert!(
            report.text(3).contains(&pause.end.to_string()),
            "{}",
            report.text(3)
        );
        site.ingest.catch_up().await.unwrap();
    }
    assert_eq!(
        (site.number().await, site.document().await.last_sync),
        (1, synced)
    );
    assert_eq!(site.document().await.state, "paused");

    // People kept by hand are published all the same, and looking is allowed.
    site.add_admin("ada.quill@elm.example").await;
    site.ingest.catch_up().await.unwrap();
    assert_eq!(
        (site.number().await, site.document().await.state.as_str()),
        (2, "paused")
    );
    let look = ImportRequest {
        dry_run: true,
        ..request(site.district, &edition(2))
    };
    let looked = site.ingest.import(look).await.unwrap();
    assert_eq!(looked.state, Outcome::Planned);

    // Uploads are kept for longer than a week if they wait.
    site.clock.pass(8 * DAY);
    site.ingest.sweep(24).await.unwrap();
    assert_eq!(site.document().await.state, "paused");
    site.ingest.catch_up().await.unwrap();
    assert_eq!(site.document().await.state, "success");
    assert_eq!(site.number().await, 3);
    assert_eq!(
        site.import(&edition(2)).await.unwrap().state,
        Outcome::NoChange
    );
    assert_eq!(site.document().await.pause_start, None);
    let runs = site
        .store
        .runs(site.district, None, 50)
        .await
        .unwrap()
        .len();
    site.ingest.catch_up().await.unwrap();
    let again = site
        .store
        .runs(site.district, None, 50)
        .await
        .unwrap()
        .len();
    assert_eq!(again, runs, "it is imported once");
}

#[tokio::test]
async fn the_calendar_pauses_where_the_district_wants_it_and_a_person_ends_it() {
    let site = Site::new().await;
    site.publish(&small_district()).await;
    let next = small_district().replacing("students.csv", "Nia", "Ngozi");
    let rule = PauseRule::default();
    let (last, first) = (
        in_days(&site, i64::from(rule.days_before_last_day)),
        in_days(&site, i64::from(rule.days_before_first_day) + 30),
    );
    let text = format!(
        "[calendar]\nlast_day = \"{last}\"\nfirst_day = \"{first}\"\n[pause]\nautomatic = true\n"
    );
    let set = site
        .ingest
        .set_settings(site.district, None, &text, "test")
        .await;
    assert_eq!(set.unwrap(), 1);
    site.clock.pass(1_000);
    assert_eq!(site.import(&next).await.unwrap().state, Outcome::Paused);
    site.ingest.catch_up().await.unwrap();
    assert_eq!(site.document().await.state, "paused");
    assert!(site.ingest.end_pause(site.district, "test").await.unwrap());
    assert_eq!(site.document().await.state, "success");
    site.ingest.catch_up().await.unwrap();
    assert_eq!(site.number().await, 2);
    assert_eq!(site.import(&next).await.unwrap().state, Outcome::NoChange);
}

#[tokio::test]
async fn a_rehearsal_publishes_nothing_until_it_is_switched_to() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    let document = site.document().await;
    let name = "next year";
    let rehearse = || {
        let source = (&edition(5)).into_source();
        site.ingest
            .rehearse(site.district, name, source, "test", quiet())
    };
    let planned = rehearse().await.unwrap();
    assert_eq!((planned.state, site.number().await), (Outcome::Planned, 1));
    assert_eq!(site.document().await, document);
    assert!(site.artifact(&planned, "plan").await.contains("\"digest\""));
    let kept = site.ingest.rehearsals(site.district).await.unwrap();
    assert_eq!((kept.len(), kept[0].run), (1, run_of(&planned)));

    // The live roster goes on, the rehearsal is planned anew, and kept for as long as it is there.
    site.publish(&edition(1)).await;
    site.clock.pass(30 * DAY);
    site.ingest.sweep(24).await.unwrap();
    let again = site
        .ingest
        .rehearse_again(site.district, name, "test", quiet())
        .await
        .unwrap();
    assert_ne!(again.plan, planned.plan);
    site.clock.pass(30 * DAY);
    site.ingest.sweep(24).await.unwrap();
    let mut report = site
        .ingest
        .switch(site.district, name, "test", quiet())
        .await
        .unwrap();
    assert_eq!(report.plan, again.plan);
    if report.state == Outcome::Held {
        report = site.approve(&report).await.unwrap();
    }
    assert_eq!(report.snapshot, Some(3));
    assert_eq!(
        site.import(&edition(5)).await.unwrap().state,
        Outcome::NoChange
    );
    let dropped = site
        .ingest
        .drop_rehearsal(site.district, name, "test")
        .await;
    let _ = dropped.unwrap();
    let gone = site
        .ingest
        .rehearse_again(site.district, name, "test", quiet())
        .await;
    assert!(matches!(gone, Err(IngestError::NoRehearsal)));
    let unnamed = site.ingest.rehearse(
        site.district,
        "",
        (&edition(5)).into_source(),
        "test",
        quiet(),
    );
    assert!(matches!(unnamed.await, Err(IngestError::RehearsalName)));
}

/// Imports with a process that is cut short right before a call of the control store.
pub(crate) async fn cut_short(site: &Site, process: &str, call: &'static str, files: &Files) {
    let (sender, mut died) = tokio::sync::mpsc::channel::<()>(1);
    let store = Watched::new(
        &site.store,
        Before::new(call, move || async move {
            let _ = sender.send(()).await;
            std::future::pending::<()>().await;
        }),
    );
    let ingest: Ingest = site.process_over(process, store);
    let request = request(site.district, files);
    let running = tokio::spawn(async move { ingest.import(request).await });
    died.recv().await;
    running.abort();
    let _ = running.await;
    site.dies(process);
}

#[tokio::test]
async fn an_import_that_was_cut_short_is_run_again_over_the_files_it_kept() {
    for call in [
        "people",
        "add_artifacts",
        "setting_or",
        "reserve_ids",
        "publish",
    ] {
        let site = Site::new().await;
        site.publish(&edition(0)).await;
        site.clock.pass(DAY);
        cut_short(&site, "unlucky", call, &edition(1)).await;
        assert_eq!(site.number().await, 1, "{call}");
        let kept = {
            let run = newest_run(&site).await;
            !site
                .store
                .artifacts(site.district, run.id)
                .await
                .unwrap()
                .is_empty()
        };
        site.clock.pass(DAY);
        site.ingest.catch_up().await.unwrap();
        let run = newest_run(&site).await;
        if kept {
            assert_eq!(
                (run.state, run.snapshot),
                (RunState::Published, Some(2)),
                "{call}"
            );
            assert!(run.of.is_some());
            assert_eq!(
                site.import(&edition(1)).await.unwrap().state,
                Outcome::NoChange
            );
        } else {
            assert_eq!(
                site.number().await,
                1,
                "{call}: the files were not there yet"
            );
        }
    }
}

#[tokio::test]
async fn what_makes_the_process_die_is_not_tried_for_ever() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    cut_short(&site, "first", "reserve_ids", &edition(1)).await;
    for number in 0..9 {
        let process = format!("process {number}");
        site.clock.pass(DAY);
        let (sender, mut died) = tokio::sync::mpsc::channel::<()>(1);
        let store = Watched::new(
            &site.store,
            Before::new("reserve_ids", move || async move {
                let _ = sender.send(()).await;
                std::future::pending::<()>().await;
            }),
        );
        let ingest = site.process_over(&process, store);
        let mut running = tokio::spawn(async move { ingest.catch_up().await });
        let ended = tokio::select! {
            Some(()) = died.recv() => false,
            _ = &mut running => true,
        };
        running.abort();
        site.dies(&process);
        if ended {
            assert_eq!(number, 3, "three more attempts");
            assert_eq!(newest_run(&site).await.state, RunState::Abandoned);
            // A new upload is a new beginning.
            site.publish(&edition(1)).await;
            return;
        }
    }
    panic!("it is tried again and again");
}

#[tokio::test]
async fn a_run_that_is_cancelled_publishes_nothing_and_is_not_taken_up_again() {
    for call in ["people", "add_artifacts", "reserve_ids"] {
        let site = Site::new().await;
        site.publish(&edition(0)).await;
        let document = site.document().await;
        let (canceller, district, inner) =
            (site.process("canceller"), site.district, site.store.clone());
        let store = Watched::new(
            &site.store,
            Before::new(call, move || async move {
                let run = inner.runs(district, None, 1).await.unwrap().remove(0);
                assert!(canceller.cancel(district, run.id, "test").await.unwrap());
            }),
        );
        let ingest = site.process_over("worker", store);
        let error = ingest
            .import(request(site.district, &edition(1)))
            .await
            .unwrap_err();
        assert!(matches!(error, IngestError::Cancelled), "{call}: {error}");
        let run = newest_run(&site).await;
        assert_eq!(run.state, RunState::Cancelled, "{call}");
        assert_eq!((site.number().await, site.document().await), (1, document));
        site.ingest.catch_up().await.unwrap();
        assert_eq!(newest_run(&site).await.id, run.id, "nothing was run again");
        assert!(
            !site
                .ingest
                .cancel(site.district, run.id, "test")
                .await
                .unwrap()
        );
        site.publish(&edition(1)).await;
    }
}

#[tokio::test]
async fn settings_and_custom_records_change_what_the_same_files_give() {
    let site = Site::new().await;
    let files = small_district();
    site.publish(&files).await;
    let before = contents(&site.published().await);
    site.ingest.catch_up().await.unwrap();
    assert_eq!(site.number().await, 1, "nothing to do");

    let text = "[derived]\nsection_name_source = \"generated\"\n";
    site.ingest
        .set_settings(site.district, None, text, "test")
        .await
        .unwrap();
    site.ingest.catch_up().await.unwrap();
    assert_eq!(site.number().await, 2);
    assert!(contents(&site.published().await) != before);
    assert_eq!(site.import(&files).await.unwrap().state, Outcome::NoChange);
    let wrong = site
        .ingest
        .set_settings(site.district, Some(1), "[derived]\nx = 1\n", "test")
        .await;
    assert!(matches!(wrong, Err(IngestError::Settings(_))));
    site.ingest
        .set_settings(site.district, Some(1), "", "test")
        .await
        .unwrap();
    site.ingest.catch_up().await.unwrap();
    assert!(contents(&site.published().await) == before);

    let cells =
        r#"{"Student_id":"X1","School_id":"SCHOOL","First_name":"Ivy","Last_name":"Quill"}"#;
    let school = files.text("schools.csv").lines().nth(1).unwrap().to_owned();
    let school = school.split(',').next().unwrap().to_owned();
    site.store
        .put_custom_record(CustomRecord {
            district: site.district,
            stem: "students".to_owned(),
            key: "X1".to_owned(),
            cells: cells.replace("SCHOOL", &school),
            expires: Some(in_days(&site, 3)),
            created: site.clock.now(),
            actor: "test".to_owned(),
        })
        .await
        .unwrap();
    let students = async || site.published().await.table(Kind::Student).len();
    let without = students().await;
    site.ingest.catch_up().await.unwrap();
    assert_eq!(students().await, without + 1);
    // No upload removes it; its last day does.
    let other_bytes = files.clone().appending("schools.csv", "\n");
    assert_eq!(
        site.import(&other_bytes).await.unwrap().state,
        Outcome::NoChange
    );
    assert_eq!(students().await, without + 1);
    site.clock.pass(3 * DAY);
    site.ingest.catch_up().await.unwrap();
    assert_eq!(students().await, without);
    assert!(contents(&site.published().await) == before);
    let kept = site
        .store
        .district_settings(site.district)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.number, 2);
}

#[tokio::test]
async fn every_finished_run_changes_the_document_once() {
    let site = Site::new().await;
    let revision = async || {
        site.store
            .district(site.district)
            .await
            .unwrap()
            .unwrap()
            .revision
    };
    let mut before = revision().await;
    let bad = InMemory::default().with("schools.csv", "School_id\n");
    let bad = ImportRequest {
        source: Box::new(bad),
        ..request(site.district, &edition(0))
    };
    site.clock.pass(DAY);
    assert_eq!(site.ingest.import(bad).await.unwrap().state, Outcome::Error);
    for files in [edition(0), edition(0), edition(1)] {
        let now = revision().await;
        assert_eq!(now, before + 1);
        assert_eq!(site.document().await.last_sync, Some(site.clock.now()));
        before = now;
        site.clock.pass(DAY);
        site.import(&files).await.unwrap();
    }
}

#[tokio::test]
async fn settings_of_the_moment_in_which_an_import_runs_are_not_forgotten() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    site.clock.pass(DAY);
    let (ingest, district) = (site.ingest.clone(), site.district);
    let set_meanwhile = move |step: &str| {
        if step == "reading students" {
            let text = "[reading]\nday_first = true\n";
            let set = ingest.set_settings(district, None, text, "test");
            tokio::runtime::Handle::current().block_on(set).unwrap();
        }
    };
    let meanwhile = ImportRequest {
        progress: Box::new(set_meanwhile),
        ..request(site.district, &edition(1))
    };
    let done = site.ingest.import(meanwhile).await.unwrap();
    assert_eq!(done.state, Outcome::Published);
    let before = newest_run(&site).await;
    site.clock.pass(1000);
    site.ingest.catch_up().await.unwrap();
    let run = newest_run(&site).await;
    assert_eq!(run.of, Some(before.id), "{}", run.source);
    site.clock.pass(1000);
    site.ingest.catch_up().await.unwrap();
    assert_eq!(newest_run(&site).await.id, run.id, "and once");
}

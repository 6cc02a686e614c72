//! What people decide: approving a hold, all of it or a part, discarding it, undoing what was published.

use std::collections::BTreeSet;

use homeroom_change::{Part, Selection};
use homeroom_ingest::{ApproveRequest, IngestError, Outcome, Pause, Report, UndoRequest};
use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_store::{
    Audit as _, Blocks as _, HoldState, Holds as _, RunState, Runs as _, Settings as _,
};
use homeroom_testkit::{Edition, Files, district_of};

use crate::contents::{contents, seen};
use crate::site::{DAY, Site, run_of};

pub(crate) fn edition(number: u64) -> Files {
    district_of(100, Edition(number))
}

/// The district without most of its students: a file that was cut off.
pub(crate) fn cut_off(files: &Files, lines: usize) -> Files {
    let cut = |name: &str, lines: usize| {
        let kept = files.text(name).lines().take(lines);
        kept.fold(String::new(), |text, line| text + line + "\n")
    };
    let students = cut("students.csv", lines);
    let is_there = |line: &&str| {
        let id = line.split(',').nth(2).unwrap_or_default();
        id == "Student_id" || students.contains(&format!(",{id},"))
    };
    let enrolled = files.text("enrollments.csv").lines().filter(is_there);
    let enrolled = enrolled.fold(String::new(), |text, line| text + line + "\n");
    files
        .clone()
        .with("students.csv", students.clone())
        .with("enrollments.csv", enrolled)
}

pub(crate) async fn held(site: &Site, files: &Files) -> Report {
    let report = site.import(files).await.unwrap();
    assert_eq!(report.state, Outcome::Held, "{}", report.text(5));
    report
}

pub(crate) fn undo(site: &Site, to: Option<u64>) -> UndoRequest {
    UndoRequest {
        district: site.district,
        to,
        dry_run: false,
        actor: "test".to_owned(),
        progress: Box::new(|_| ()),
    }
}

#[tokio::test]
async fn a_hold_waits_with_its_plan_and_is_approved_without_the_files() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    site.clock.pass(DAY);
    let report = held(&site, &cut_off(&edition(0), 60)).await;
    let hold = site
        .ingest
        .waiting_hold(site.district)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((hold.run, hold.base), (run_of(&report), Some(1)));
    assert_eq!(Some(hold.digest), report.plan);
    assert!(hold.triggers.contains("DELETIONS"), "{}", hold.triggers);
    for (name, holds) in [
        ("plan", "\"verdicts\""),
        ("findings", ""),
        ("changes", "students,delete,"),
    ] {
        let text = site.artifact(&report, name).await;
        assert!(text.contains(holds), "{name}: {text}");
    }

    // Somebody else's run, another digest, and a hold that is decided approve nothing.
    let first = site
        .store
        .runs(site.district, None, 9)
        .await
        .unwrap()
        .pop()
        .unwrap();
    let wrong_run = Report {
        run: first.id.to_hex(),
        ..report.clone()
    };
    let error = site.approve(&wrong_run).await.unwrap_err();
    assert!(matches!(error, IngestError::NoHold(_)), "{error}");
    let wrong_plan = Report {
        plan: Some("0".repeat(64)),
        ..report.clone()
    };
    let error = site.approve(&wrong_plan).await.unwrap_err();
    assert!(
        matches!(error, IngestError::ApprovalOutdated { .. }),
        "{error}"
    );
    assert_eq!(site.number().await, 1);

    site.clock.pass(DAY);
    let done = site.approve(&report).await.unwrap();
    assert_eq!((done.state, done.snapshot), (Outcome::Published, Some(2)));
    assert_eq!(done.plan, report.plan);
    assert!(
        site.ingest
            .waiting_hold(site.district)
            .await
            .unwrap()
            .is_none()
    );
    let hold = site
        .store
        .hold(site.district, run_of(&report))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (hold.state, hold.actor.as_str()),
        (HoldState::Approved, "test")
    );
    let error = site.approve(&report).await.unwrap_err();
    assert!(
        matches!(
            error,
            IngestError::NotWaiting {
                state: "approved",
                ..
            }
        ),
        "{error}"
    );
    let audit = site
        .store
        .audit(Some(site.district), None, 9)
        .await
        .unwrap();
    assert!(
        audit.iter().any(|entry| entry.action == "hold approved"),
        "{audit:?}"
    );
}

#[tokio::test]
async fn an_approval_of_yesterday_s_plan_is_refused_and_today_s_is_held() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    let report = held(&site, &cut_off(&edition(0), 60)).await;
    // Somebody is added by hand meanwhile, who is in the plan of today.
    site.add_admin("ada.quill@elm.example").await;
    site.clock.pass(DAY);
    let error = site.approve(&report).await.unwrap_err();
    let IngestError::ApprovalOutdated { plan, run } = error else {
        panic!("{error}")
    };
    assert_eq!(site.number().await, 1);
    let hold = site
        .ingest
        .waiting_hold(site.district)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((hold.run, &hold.digest), (run, &plan));
    let before = site
        .store
        .hold(site.district, run_of(&report))
        .await
        .unwrap();
    assert_eq!(before.unwrap().state, HoldState::Superseded);
    let request = ApproveRequest {
        district: site.district,
        run,
        digest: plan,
        selection: None,
        actor: "test".to_owned(),
        progress: Box::new(|_| ()),
    };
    assert_eq!(
        site.ingest.approve(request).await.unwrap().snapshot,
        Some(2)
    );
}

#[tokio::test]
async fn discarded_files_are_not_tried_again_until_they_change() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    let before = contents(&site.published().await);
    let cut = cut_off(&edition(0), 60);
    let report = held(&site, &cut).await;
    assert_eq!(site.document().await.state, "pending");
    let discard = || {
        site.ingest
            .discard(site.district, run_of(&report), "test", "half a file")
    };
    let hold = discard().await.unwrap();
    assert_eq!(
        (hold.state, hold.note.as_str()),
        (HoldState::Discarded, "half a file")
    );
    assert!(matches!(
        discard().await,
        Err(IngestError::NotWaiting { .. })
    ));
    assert_eq!(
        site.document().await.state,
        "success",
        "nothing waits any more"
    );

    site.clock.pass(DAY);
    let again = site.import(&cut).await.unwrap();
    assert_eq!(again.state, Outcome::Blocked);
    assert!(again.text(3).contains("discarded"), "{}", again.text(3));
    assert_eq!(site.document().await.last_sync, Some(site.clock.now()));
    // Other files are.
    site.publish(&edition(1)).await;
    assert!(
        site.ingest
            .unblock(site.district, run_of(&report), "test")
            .await
            .unwrap()
    );
    held(&site, &cut).await;
    assert!(contents(&site.published().await) != before);
}

#[tokio::test]
async fn a_newer_upload_takes_the_place_of_a_hold() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    let first = held(&site, &cut_off(&edition(0), 60)).await;
    let second = held(&site, &cut_off(&edition(0), 50)).await;
    let state = async |report: &Report| {
        let hold = site
            .store
            .hold(site.district, run_of(report))
            .await
            .unwrap();
        hold.unwrap().state
    };
    assert_eq!(state(&first).await, HoldState::Superseded);
    assert_eq!(state(&second).await, HoldState::Waiting);
    // The whole file comes after all, and it is the one that is published.
    let whole = site.import(&edition(0)).await.unwrap();
    assert_eq!(whole.state, Outcome::NoChange);
    assert_eq!(state(&second).await, HoldState::Superseded);
    assert_eq!(site.document().await.state, "success");
}

#[tokio::test]
async fn a_part_is_published_and_the_rest_stays_held() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    site.clock.pass(DAY);
    let cut = cut_off(&edition(1), 60);
    let report = held(&site, &cut).await;
    let request = |types: &[Part]| ApproveRequest {
        district: site.district,
        run: run_of(&report),
        digest: report.plan.clone().unwrap(),
        selection: Some(Selection {
            schools: None,
            types: Some(types.iter().copied().collect::<BTreeSet<_>>()),
        }),
        actor: "test".to_owned(),
        progress: Box::new(|_| ()),
    };
    let done = site.ingest.approve(request(&[Part::Staff])).await.unwrap();
    assert_eq!((done.state, done.snapshot), (Outcome::Published, Some(2)));
    assert_eq!(done.changes["students"].deleted, 0);
    let hold = site
        .ingest
        .waiting_hold(site.district)
        .await
        .unwrap()
        .unwrap();
    assert_ne!(hold.run, run_of(&report));
    let first = site.store.hold(site.district, run_of(&report)).await;
    assert_eq!(first.unwrap().unwrap().state, HoldState::Superseded);
    assert_eq!(hold.base, Some(2));
    assert_eq!(site.document().await.state, "pending");

    // The rest, and then it is what all of it at once would have been.
    let rest = Report {
        run: hold.run.to_hex(),
        plan: Some(hold.digest),
        ..report.clone()
    };
    site.clock.pass(DAY);
    let done = site.approve(&rest).await.unwrap();
    assert_eq!((done.state, done.snapshot), (Outcome::Published, Some(3)));
    assert!(
        site.ingest
            .waiting_hold(site.district)
            .await
            .unwrap()
            .is_none()
    );
    let at_once = Site::new().await;
    at_once.same_key_as(&site).await;
    at_once.publish(&edition(0)).await;
    at_once.publish(&cut).await;
    assert!(contents(&site.published().await) == contents(&at_once.published().await));
}

#[tokio::test]
async fn an_undo_brings_every_record_back_under_its_id_and_can_be_undone() {
    let site = Site::new().await;
    for number in 0..3 {
        site.publish(&edition(number)).await;
        site.clock.pass(DAY);
    }
    let as_seen =
        |snapshot: &homeroom_segment::Snapshot| Kind::ALL.map(|kind| seen(snapshot, kind));
    let newest = as_seen(&site.published().await);
    let older = site.ingest.snapshot_at(site.district, 1).await.unwrap();
    let older = as_seen(&older.snapshot);

    let look = UndoRequest {
        dry_run: true,
        ..undo(&site, Some(1))
    };
    let looked = site.ingest.undo(look).await.unwrap();
    assert_eq!((looked.state, site.number().await), (Outcome::Planned, 3));
    let report = site.ingest.undo(undo(&site, Some(1))).await.unwrap();
    assert_eq!(
        (report.state, report.snapshot),
        (Outcome::Published, Some(4))
    );
    assert_eq!((report.changes, report.plan), (looked.changes, looked.plan));
    let same = |now: &[std::collections::BTreeMap<ObjectId, _>], then: &[_]| {
        now.iter().zip(then).all(
            |(now, then): (
                &_,
                &std::collections::BTreeMap<ObjectId, crate::contents::Seen>,
            )| {
                now.len() == then.len()
                    && now.iter().zip(then).all(
                        |((id, now), (other, then)): ((_, &crate::contents::Seen), _)| {
                            id == other && now.shows_the_same(then) && now.created == then.created
                        },
                    )
            },
        )
    };
    assert!(same(&as_seen(&site.published().await), &older));
    assert_eq!(site.view().await.snapshot, Some(4));

    // What was undone is not imported again until it changes; what was gone back to is what is published.
    for number in [1, 2] {
        let again = site.import(&edition(number)).await.unwrap();
        assert_eq!(again.state, Outcome::Blocked, "{number}");
    }
    assert_eq!(
        site.import(&edition(0)).await.unwrap().state,
        Outcome::NoChange
    );

    site.clock.pass(DAY);
    let back = site.ingest.undo(undo(&site, None)).await.unwrap();
    assert_eq!(back.snapshot, Some(5));
    assert!(same(&as_seen(&site.published().await), &newest));
    assert_eq!(
        site.import(&edition(2)).await.unwrap().state,
        Outcome::NoChange
    );
    assert_eq!(
        site.import(&edition(0)).await.unwrap().state,
        Outcome::Blocked
    );
    assert_eq!(site.store.blocks(site.district).await.unwrap().len(), 2);
    let runs = site.store.runs(site.district, None, 50).await.unwrap();
    assert!(runs.iter().all(|run| run.state != RunState::Running));
}

#[tokio::test]
async fn there_is_not_always_something_to_undo() {
    let site = Site::new().await;
    let refused = async |to| {
        site.ingest
            .undo(undo(&site, to))
            .await
            .unwrap_err()
            .to_string()
    };
    assert!(refused(None).await.contains("nothing is published"));
    site.publish(&edition(0)).await;
    assert!(refused(None).await.contains("first snapshot"));
    assert!(refused(Some(1)).await.contains("newest"));
    site.publish(&edition(1)).await;
    assert!(refused(Some(7)).await.contains("newest"));
    assert_eq!(site.number().await, 2);
}

#[tokio::test]
async fn an_upload_of_a_pause_does_not_follow_a_newer_one() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    let today = Timestamp::from_millis(site.clock.now().millis()).date();
    let (start, end) = (today, today);
    let pause = site
        .ingest
        .pause(site.district, Pause { start, end }, "test");
    pause.await.unwrap();
    site.clock.pass(1000);
    let waiting = site.import(&edition(1)).await.unwrap();
    assert_eq!(waiting.state, Outcome::Paused);
    site.clock.pass(2 * DAY);
    let newer = site.import(&edition(2)).await.unwrap();
    assert_eq!(newer.state, Outcome::Published);

    // Whoever imported it died before noting that the older one waits no more.
    let key = format!("waiting_upload/{}", site.district);
    let run = run_of(&waiting).to_hex();
    site.store.set_setting(&key, &run).await.unwrap();
    site.ingest.catch_up().await.unwrap();
    assert_eq!(site.number().await, 2);
    let again = site.import(&edition(2)).await.unwrap();
    assert_eq!(again.state, Outcome::NoChange);
}

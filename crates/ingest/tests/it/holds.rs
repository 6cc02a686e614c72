//! Plans that somebody has to look at first, and plans that are only looked at.

use homeroom_ingest::{ChangeCounts, ImportRequest, Outcome, Report};
use homeroom_model::ObjectId;
use homeroom_store::{People as _, Person, PersonKind, RunState, Runs as _};
use homeroom_testkit::{Edition, Files, district_of};

use crate::site::{DAY, Site, request};
use crate::watched::{Before, Watched};

const STUDENTS: u64 = 100;

/// The district of an edition without the students whose number ends in one of these digits, and without their
/// enrollments.
fn without(edition: u64, digits: &str) -> Files {
    let files = district_of(STUDENTS, Edition(edition));
    let goes = |line: &str, column: usize| {
        let id = line.split(',').nth(column).unwrap_or_default();
        id.starts_with('P') && id.ends_with(|digit| digits.contains(digit))
    };
    let kept = |name: &str, column: usize| {
        let mut kept = String::new();
        for line in files.text(name).lines().filter(|line| !goes(line, column)) {
            kept.push_str(line);
            kept.push('\n');
        }
        kept
    };
    let (students, enrollments) = (kept("students.csv", 1), kept("enrollments.csv", 2));
    files
        .with("students.csv", students)
        .with("enrollments.csv", enrollments)
}

fn approved(district: ObjectId, files: &Files, digest: &str) -> ImportRequest {
    ImportRequest {
        approved: Some(digest.to_owned()),
        ..request(district, files)
    }
}

fn planned(district: ObjectId, files: &Files) -> ImportRequest {
    ImportRequest {
        dry_run: true,
        ..request(district, files)
    }
}

async fn held(site: &Site, request: ImportRequest, number: u64) -> Report {
    let parts = site.parts().await;
    let report = site.ingest.import(request).await.unwrap();
    assert_eq!(report.state, Outcome::Held, "{}", report.text(5));
    assert_eq!(report.snapshot, Some(number));
    assert_eq!(site.number().await, number, "nothing is published");
    assert_eq!(site.view().await.snapshot, Some(number));
    assert_eq!(site.parts().await, parts, "no part is written");
    report
}

#[tokio::test]
async fn a_plan_that_deletes_too_much_is_held_until_that_very_plan_is_approved() {
    let site = Site::new().await;
    let all = district_of(STUDENTS, Edition(0));
    site.publish(&all).await;
    let synced = site.document().await.last_sync;
    site.clock.pass(DAY);

    // Ten of a hundred are a tenth and not more; twenty are more.
    let tenth = without(0, "3");
    assert_eq!(site.publish(&tenth).await.changes["students"].deleted, 10);
    site.publish(&all).await;
    let number = site.number().await;
    site.clock.pass(DAY);
    let fifth = without(0, "34");
    let report = held(&site, request(site.district, &fifth), number).await;
    assert_eq!(report.changes["students"].deleted, 20);
    let kinds: Vec<_> = report.held.iter().map(|held| held.kind.as_str()).collect();
    assert!(kinds.contains(&"students"), "{kinds:?}");
    let reason = &report.held[kinds.iter().position(|kind| *kind == "students").unwrap()].reason;
    assert!(reason.contains("20 of 100 (20.0 %) students"), "{reason}");
    let digest = report.plan.clone().unwrap();
    let text = report.text(0);
    assert!(text.contains(&format!("--approve {digest}")), "{text}");
    let document = site.document().await;
    assert_eq!(
        (document.state.as_str(), document.error.as_str()),
        ("pending", "")
    );
    assert!(
        document.last_sync > synced,
        "the publishes before it moved that"
    );
    let runs = site.store.runs(site.district, None, 1).await.unwrap();
    assert_eq!(runs[0].state, RunState::Held);

    // The same again has the same digest, another digest approves nothing.
    site.clock.pass(DAY);
    let again = held(&site, request(site.district, &fifth), number).await;
    assert_eq!(again.plan, Some(digest.clone()));
    let (other, _) = digest.split_at(digest.len() - 1);
    held(&site, approved(site.district, &fifth, other), number).await;

    let report = site.ingest.import(approved(site.district, &fifth, &digest));
    let report = report.await.unwrap();
    assert_eq!(
        (report.state, report.snapshot),
        (Outcome::Published, Some(number + 1))
    );
    assert_eq!(site.document().await.state, "success");
    assert_eq!(site.view().await.snapshot, Some(number + 1));
}

#[tokio::test]
async fn an_approval_is_for_one_plan_only() {
    let site = Site::new().await;
    site.publish(&district_of(STUDENTS, Edition(0))).await;
    let (odd, even) = (without(1, "1"), without(1, "2"));
    let of_odd = held(&site, request(site.district, &odd), 1).await;
    let of_even = held(&site, request(site.district, &even), 1).await;
    let digest = of_odd.plan.unwrap();
    assert_ne!(Some(&digest), of_even.plan.as_ref());
    // Other files under the approval.
    held(&site, approved(site.district, &even, &digest), 1).await;
    // Other published data under the approval.
    site.publish(&district_of(STUDENTS, Edition(2))).await;
    let report = held(&site, approved(site.district, &odd, &digest), 2).await;
    assert_ne!(report.plan, Some(digest));

    // Who sends what is published again has nothing left that is held.
    let report = site
        .import(&district_of(STUDENTS, Edition(2)))
        .await
        .unwrap();
    assert_eq!(report.state, Outcome::NoChange);
    assert_eq!(site.document().await.state, "success");
}

#[tokio::test]
async fn the_first_import_is_never_held_and_neither_are_additions() {
    let site = Site::new().await;
    site.publish(&without(0, "5")).await;
    let report = site.publish(&district_of(STUDENTS * 3, Edition(0))).await;
    assert!(report.changes["students"].created > STUDENTS);
    assert!(report.held.is_empty());
}

#[tokio::test]
async fn a_plan_that_is_only_looked_at_leaves_everything_as_it_was() {
    let site = Site::new().await;
    let (first, second) = (district_of(60, Edition(0)), district_of(60, Edition(1)));
    // Before anything is published, and after.
    for number in [0, 1] {
        let (document, parts) = (site.document().await, site.parts().await);
        let store = Watched::new(
            &site.store,
            Before::new("reserve_ids", || async {
                panic!("an id is reserved for a plan")
            }),
        );
        let looker = site.process_over("looker", store);
        let files = if number == 0 { &first } else { &second };
        site.clock.pass(DAY);
        let report = looker.import(planned(site.district, files)).await.unwrap();
        assert_eq!(report.state, Outcome::Planned);
        assert_eq!(report.snapshot, (number > 0).then_some(number));
        let digest = report.plan.clone().unwrap();
        assert_ne!(report.changes["students"], ChangeCounts::default());
        assert_eq!(site.number().await, number);
        assert_eq!(site.document().await, document);
        assert_eq!(site.parts().await, parts);
        // What is planned is what an import then does.
        let done = site.publish(files).await;
        assert_eq!(done.changes, report.changes);
        assert_eq!(done.plan, Some(digest));
        assert_eq!(
            (done.counts, done.problems),
            (report.counts, report.problems)
        );
    }
    // Of files that are published there is nothing to plan, and a look at them does not publish people kept by hand.
    let person = Person {
        id: ObjectId::new([1; 12]),
        district: site.district,
        kind: PersonKind::DistrictAdmin,
        email: "ada.quill@elm.example".to_owned(),
        first: "Ada".to_owned(),
        last: "Quill".to_owned(),
        title: String::new(),
        department: String::new(),
        schools: Vec::new(),
        roles: Vec::new(),
        staff_id: String::new(),
        created: site.clock.now(),
    };
    site.store.add_person(person).await.unwrap();
    let document = site.document().await;
    let report = site.ingest.import(planned(site.district, &second)).await;
    let report = report.unwrap();
    assert_eq!((report.state, report.snapshot), (Outcome::Planned, Some(2)));
    let mut changes = report.changes.values();
    assert!(changes.all(|change| *change == ChangeCounts::default()));
    assert_eq!(report.counts["students"].rejected, 0);
    assert_eq!((site.number().await, site.document().await), (2, document));
}

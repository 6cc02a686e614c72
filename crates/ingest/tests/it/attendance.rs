//! Attendance through the river: it never stops or holds an import, and lives as long as the snapshots that show it.

use homeroom_ingest::Outcome;
use homeroom_segment::{AttendanceOf, Manifest};
use homeroom_store::Snapshots as _;
use homeroom_testkit::{Files, small_district};

use crate::decisions::undo;
use crate::site::{DAY, Site};

const HEADER: &str = "Attendance_id,School_id,Student_id,Section_id,Attendance_date,Attendance_status,Attendance_type,Excuse_code\n";

fn with(rows: &str) -> Files {
    small_district().with("attendance.csv", format!("{HEADER}{rows}"))
}

/// What a snapshot says: id in the SIS, day and status.
async fn said(site: &Site, number: u64) -> Vec<String> {
    let attendance = site
        .ingest
        .history()
        .attendance(site.district, number)
        .await
        .unwrap();
    let record = |record: homeroom_segment::AttendanceRecord<'_>| {
        format!("{} {} {:?}", record.sis_id, record.date, record.status)
    };
    attendance.records().map(record).collect()
}

/// A row on one of the months of the school year.
fn month(month: u32) -> String {
    format!("M{month},S1,P1,,2026-{month:02}-02,absent,daily,\n")
}

#[tokio::test]
async fn a_bad_file_stops_nothing_and_leaves_what_was() {
    let site = Site::new().await;
    site.publish(&with("A1,S1,P1,,2026-09-01,absent,daily,\n"))
        .await;
    let synced = site.document().await.last_attendance_sync;
    assert!(synced.is_some());
    site.clock.pass(DAY);
    for bad in ["", "Student_id\nP1\n", "\"never closed"] {
        let files = small_district().with("attendance.csv", bad).replacing(
            "schools.csv",
            "Elm Street Elementary",
            format!("Elm {}", bad.len()),
        );
        let report = site.publish(&files).await;
        assert!(
            report.problems.contains_key("ATTENDANCE_NOT_READ"),
            "{bad:?}"
        );
        assert_eq!(report.changes["schools"].updated, 1);
        assert_eq!(
            said(&site, site.number().await).await,
            ["A1 2026-09-01 Absent"]
        );
        assert_eq!(site.document().await.last_attendance_sync, synced);
    }
    // Nor do rows, however many of them are bad.
    let rows = "B1,S9,P9,,x,y,z,\n".repeat(500);
    let report = site
        .import(&with(&format!("{rows}{}", month(9))))
        .await
        .unwrap();
    assert_eq!(report.state, Outcome::Published);
    assert_eq!(
        (report.counts["attendance"].rejected, report.held.len()),
        (500, 0)
    );
    assert_eq!(
        said(&site, site.number().await).await,
        ["M9 2026-09-02 Absent"]
    );
}

#[tokio::test]
async fn only_what_changed_is_written_and_what_says_the_same_is_no_change() {
    let site = Site::new().await;
    let all: String = (9..12).map(month).collect();
    site.publish(&with(&all)).await;
    let parts = |manifest: &str| Manifest::from_text(manifest).unwrap().parts;
    let first = parts(&site.current().await.unwrap().manifest);
    // Rows in another order, and a word that means the same.
    let turned: String = (9..12).rev().map(month).collect();
    let turned = turned.replace("absent", "Unexcused");
    let report = site.import(&with(&turned)).await.unwrap();
    assert_eq!(report.state, Outcome::NoChange);
    assert_eq!(report.changes["attendance"].unchanged, 3);
    assert_eq!(
        site.document().await.last_attendance_sync,
        Some(site.clock.now())
    );
    site.clock.pass(DAY);
    let late = all.replace("2026-11-02,absent", "2026-11-02,tardy");
    let report = site.import(&with(&late)).await.unwrap();
    assert_eq!(
        (report.state, report.changes["attendance"].updated),
        (Outcome::Published, 1)
    );
    let second = parts(&site.current().await.unwrap().manifest);
    for (name, located) in &first {
        let same = second.get(name) == Some(located);
        assert_eq!(same, name != "attendance.2026-11", "{name}");
    }
}

#[tokio::test]
async fn thinned_snapshots_keep_theirs_and_an_undo_brings_it_back() {
    let site = Site::new().await;
    for day in 1..6 {
        let rows: String = (9..12).map(month).collect();
        let files = with(&rows.replace("-02,absent", &format!("-{:02},absent", day + 1)));
        let files = files.replacing("schools.csv", "Elm Street", format!("Elm Street {day}"));
        site.publish(&files).await;
        site.clock.pass(DAY);
    }
    site.ingest.sweep(24).await.unwrap();
    site.clock.pass(2 * DAY);
    site.ingest.sweep(24).await.unwrap();
    for number in 1..6 {
        let kept = site
            .store
            .snapshot(site.district, number)
            .await
            .unwrap()
            .unwrap();
        let manifest = Manifest::from_text(&kept.manifest).unwrap();
        assert_eq!(manifest.parts.contains_key("schools"), number > 3);
        let day = |month: u32| format!("M{month} 2026-{month:02}-{:02} Absent", number + 1);
        // Opened by whoever has not opened it before.
        let fresh = site.process("another");
        let attendance = fresh
            .history()
            .attendance(site.district, number)
            .await
            .unwrap();
        assert_eq!(attendance.len(), 3);
        assert_eq!(said(&site, number).await, [day(9), day(10), day(11)]);
    }
    let report = Box::pin(site.ingest.undo(undo(&site, Some(2))))
        .await
        .unwrap();
    assert_eq!(report.snapshot, Some(6));
    assert_eq!(said(&site, 6).await, said(&site, 2).await);
    let published = site.published().await;
    let school = published.table(homeroom_model::Kind::School).id(0);
    let attendance = site
        .ingest
        .history()
        .attendance(site.district, 6)
        .await
        .unwrap();
    let all = (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded);
    assert_eq!(
        attendance.list(AttendanceOf::School(school), all).count(),
        3
    );
}

#[tokio::test]
async fn what_is_held_holds_its_attendance_too() {
    let site = Site::new().await;
    site.publish(&with(&month(9))).await;
    let few = with(&month(10)).replacing("schools.csv", "S2,Harbor", "S7,Harbor");
    let report = site.import(&few).await.unwrap();
    assert_eq!(report.state, Outcome::Held, "{}", report.text(5));
    assert_eq!(
        said(&site, site.number().await).await,
        ["M9 2026-09-02 Absent"]
    );
    let report = site.approve(&report).await.unwrap();
    assert_eq!(report.changes["attendance"].created, 1);
    assert_eq!(
        said(&site, site.number().await).await,
        ["M10 2026-10-02 Absent"]
    );
}

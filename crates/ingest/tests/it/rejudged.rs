//! Held uploads are judged again when what judges them changes.

use homeroom_ingest::Pause;
use homeroom_store::{HoldState, Holds as _, RunState, Runs as _};

use crate::decisions::{cut_off, edition, held};
use crate::parts::only_staff;
use crate::site::{DAY, MINUTE, Site, run_of};

async fn set(site: &Site, expected: Option<u64>, text: &str) {
    let set = site
        .ingest
        .set_settings(site.district, expected, text, "test");
    set.await.unwrap();
    site.clock.pass(MINUTE);
    site.ingest.catch_up().await.unwrap();
}

async fn runs(site: &Site) -> usize {
    let runs = site.store.runs(site.district, None, 99).await;
    runs.unwrap().len()
}

/// No limit for deletions of anything.
fn without_limits() -> String {
    let mut text = String::new();
    for guard in ["deletions", "school_deletions"] {
        for kind in [
            "students",
            "sections",
            "enrollments",
            "contacts",
            "teachers",
            "staff",
        ] {
            text += "[guards.";
            text += guard;
            text += ".";
            text += kind;
            text += "]\npercent = \"none\"\n";
        }
    }
    text
}

#[tokio::test]
async fn a_held_upload_is_judged_again_when_limits_or_the_calendar_change() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    let before = runs(&site).await;
    set(&site, None, "[guards.deletions.students]\npercent = 11\n").await;
    assert_eq!(
        runs(&site).await,
        before,
        "published files are not read again for a limit"
    );

    let report = held(&site, &cut_off(&edition(0), 60)).await;
    let before = runs(&site).await;
    site.clock.pass(DAY);
    for (number, text) in [
        (1, "[guards.deletions.students]\npercent = 12\n"),
        (
            2,
            "[calendar]\nfirst_day = \"2026-01-17\"\nlast_day = \"2026-12-28\"\n",
        ),
        (3, "[identity]\nreturn_days = 30\n"),
    ] {
        set(&site, Some(number), text).await;
        let now = before + usize::try_from(number).unwrap();
        assert_eq!(runs(&site).await, now, "{text}");
        site.ingest.catch_up().await.unwrap();
        assert_eq!(runs(&site).await, now, "{text}, and once");
        let newest = site.store.runs(site.district, None, 1).await.unwrap();
        assert_eq!(newest[0].state, RunState::Held, "{text}");
    }

    set(&site, Some(4), &without_limits()).await;
    assert_eq!(site.number().await, 2);
    assert!(
        site.ingest
            .waiting_hold(site.district)
            .await
            .unwrap()
            .is_none()
    );
    let hold = site.store.hold(site.district, run_of(&report)).await;
    assert_eq!(hold.unwrap().unwrap().state, HoldState::Superseded);
    assert_eq!(site.document().await.state, "success");
}

#[tokio::test]
async fn what_somebody_left_out_waits_whatever_the_limits_are_and_in_a_pause_so_does_everything() {
    let site = Site::new().await;
    site.publish(&edition(0)).await;
    site.clock.pass(DAY);
    let report = held(&site, &cut_off(&edition(1), 60)).await;
    let part = site.ingest.approve(only_staff(&site, &report)).await;
    assert_eq!(part.unwrap().snapshot, Some(2));
    set(&site, None, &without_limits()).await;
    assert_eq!(site.number().await, 2);
    let rest = site.ingest.waiting_hold(site.district).await.unwrap();
    assert_eq!(rest.unwrap().base, Some(2));
    assert_eq!(site.document().await.state, "pending");

    set(&site, Some(1), "").await;
    held(&site, &cut_off(&edition(1), 50)).await;
    let today = site.clock.now().date();
    let (start, end) = (today, today);
    let pause = Pause { start, end };
    let paused = site.ingest.pause(site.district, pause, "test").await;
    paused.unwrap();
    set(&site, Some(2), &without_limits()).await;
    assert_eq!(site.number().await, 2);
    site.clock.pass(2 * DAY);
    site.ingest.catch_up().await.unwrap();
    assert_eq!(site.number().await, 3);
    assert_eq!(site.document().await.state, "success");
}

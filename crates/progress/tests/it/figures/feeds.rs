//! How fresh a feed is, and what its app is told.

use std::collections::BTreeMap;

use homeroom_model::Kind;
use homeroom_progress::figures::Language;
use serde_json::json;

use super::{LAST, SETTINGS, begun, played, states};
use crate::world::at;

#[tokio::test]
async fn a_stale_feed_blames_nobody() {
    let played = played(SETTINGS).await;
    let world = &played.world;
    // Kept standings tell the same after hours have passed.
    played.district().await;
    let ask = world.ask(at("2026-09-25", 23));
    let fresh = serde_json::to_value(world.figures.district(&ask).await.unwrap()).unwrap();
    assert_eq!(fresh["apps"][0]["total"]["states"]["stuck"], 1);
    let ask = world.ask(at("2026-09-27", 20));
    let stale = serde_json::to_value(world.figures.district(&ask).await.unwrap()).unwrap();
    assert_eq!(
        states(&stale["apps"][0]["total"]),
        [("feed_stale".to_owned(), 6)].into()
    );
    assert_eq!(stale["apps"][0]["app"]["stale"], true);
    let teacher = world.ids(Kind::Employee).await["T1"];
    let figure = world
        .figures
        .teacher(&ask, teacher, None)
        .await
        .unwrap()
        .unwrap();
    assert!(
        figure.apps[0]
            .students
            .iter()
            .all(|row| row.state == "feed_stale")
    );
    assert_eq!(
        figure.apps[0]
            .total
            .group
            .states
            .of(homeroom_goals::state::State::FeedStale),
        3
    );
    assert!(
        figure.apps[0].students[0]
            .why
            .contains("sent nothing for 48 hours")
    );
}

#[tokio::test]
async fn an_app_sees_its_requests_and_what_certification_says() {
    let played = played(SETTINGS).await;
    let figure = played.app().await;
    let table = figure.csv();
    let figure = serde_json::to_value(figure).unwrap();
    assert_eq!(
        (
            &figure["students"],
            &figure["reported"],
            &figure["reported_lately"]
        ),
        (&json!(6), &json!(5), &json!(5))
    );
    assert_eq!(figure["requests"].as_array().unwrap().len(), 20);
    assert_eq!(figure["requests"][0]["received"], 5);
    assert_eq!(table.lines().count(), 21);
    let findings: BTreeMap<_, _> = figure["certification"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            (
                finding["criterion"].as_str().unwrap(),
                finding["outcome"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        // Nothing came on the weekend.
        ("counts_finished_work", "pass"),
        ("daily_delivery", "fail"),
        ("every_student_covered", "fail"),
        ("key_name", "pass"),
        // P1, P2, P4 and P6 worked half an hour in the last whole week, P2 without progress.
        ("moves_weekly", "pass"),
        ("resend_harmless", "unknown"),
        ("right_token", "pass"),
        ("totals_never_fall", "pass"),
        ("zero_at_year_start", "pass"),
    ];
    assert_eq!(findings, expected.into());
    // The same again, and then one total lower than before.
    let rows = [(played.student("P1"), "300".to_owned(), "20".to_owned())];
    for hour in [20, 21] {
        played.world.report(played.app, &rows, at(LAST, hour)).await;
    }
    let lower = [(played.student("P1"), "290".to_owned(), "20".to_owned())];
    played.world.report(played.app, &lower, at(LAST, 21)).await;
    let figure = serde_json::to_value(played.app().await).unwrap();
    assert_eq!(
        figure["open"],
        json!({ "regressions": 1, "implausible": 0 })
    );
    assert_eq!(figure["requests"][0]["warnings"], 1);
    let outcome = |criterion: &str| {
        let findings = figure["certification"].as_array().unwrap().iter();
        let mut found = findings.filter(|finding| finding["criterion"] == criterion);
        found.next().unwrap()["outcome"].clone()
    };
    assert_eq!(
        (outcome("resend_harmless"), outcome("totals_never_fall")),
        (json!("pass"), json!("fail"))
    );
}

#[tokio::test]
async fn what_was_done_before_a_feed_began_is_in_the_year_and_in_no_week() {
    let minutes = async |from: u32| {
        let played = begun(SETTINGS, from, 10).await;
        let ask = played.world.ask(at("2026-09-11", 21));
        let own = played
            .world
            .figures
            .student(&ask, played.student("P1"), Language::English);
        let own = own.await.unwrap().unwrap();
        let weeks: Vec<_> = own.apps[0]
            .weeks
            .iter()
            .map(|week| json!(week.minutes))
            .collect();
        (json!(own.apps[0].minutes), weeks)
    };
    // Of a feed that began in the first days it is known that everybody began at nothing.
    assert_eq!(minutes(1).await, (json!(150), vec![json!(75), json!(75)]));
    assert_eq!(minutes(5).await, (json!(150), vec![json!(75), json!(75)]));
    // Fifteen minutes of each day but the first that was reported.
    assert_eq!(minutes(8).await, (json!(150), vec![json!(0), json!(30)]));
}

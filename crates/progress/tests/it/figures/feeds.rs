//! How fresh a feed is, and what its app is told.

use std::collections::BTreeMap;

use homeroom_model::Kind;
use homeroom_progress::figures::{Language, Mood};
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

/// The Wednesday after the feed broke off.
const SILENT: &str = "2026-09-30";

#[tokio::test]
async fn what_a_stale_feed_did_not_tell_is_not_known_to_leaders() {
    let played = played(SETTINGS).await;
    let world = &played.world;
    let ask = world.ask(at(SILENT, 20));
    let figure = world.figures.district(&ask).await.unwrap();
    let table = figure.csv();
    let figure = serde_json::to_value(figure).unwrap();
    let app = &figure["apps"][0];
    let school = world.ids(Kind::School).await["S1"];
    let school = world.figures.school(&ask, school).await.unwrap().unwrap();
    let school = serde_json::to_value(school).unwrap();
    let school = &school["apps"][0];
    for counts in [
        &app["total"],
        &app["by_school"][0]["counts"],
        &app["by_grade"][0]["counts"],
        &school["total"],
        &school["by_teacher"][0]["counts"],
    ] {
        assert_eq!(
            (&counts["with_target"], &counts["met"]),
            (&json!(0), &json!(0))
        );
        for unknown in ["met_percent", "recent_minutes", "earlier_minutes"] {
            assert_eq!(counts[unknown], json!(null), "{unknown} of {counts}");
        }
    }
    // What was told stays.
    assert_eq!(app["total"]["minutes"], 300 + 240 + 4 + 400 + 120);
    assert_eq!(app["total"]["coverage_percent"], 83);
    // The newest week was not over when the app sent last, and of this one nothing is known.
    for app in [app, school] {
        let weeks = app["weeks"].as_array().unwrap();
        assert_eq!(weeks.len(), 3, "{weeks:?}");
    }
    assert_eq!(
        (&school["unused_classes"], &school["small_unused_classes"]),
        (&json!(null), &json!(null))
    );
    let total = table.lines().nth(1).unwrap();
    assert!(total.ends_with(",0,0,,1064,86,,"), "{total}");
}

#[tokio::test]
async fn a_stale_feed_tells_people_kindly_that_it_tells_nothing() {
    let played = played(SETTINGS).await;
    let world = &played.world;
    let figures = &world.figures;
    let ask = world.ask(at(SILENT, 20));
    let teacher = world.ids(Kind::Employee).await["T1"];
    let figure = figures.teacher(&ask, teacher, None).await.unwrap().unwrap();
    let figure = serde_json::to_value(figure).unwrap();
    let rows = figure["apps"][0]["students"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let nothing = json!({ "minutes": null, "progress": null, "met": null });
        assert_eq!((&row["pace"], &row["stuck"]), (&nothing, &json!(null)));
        assert_eq!(row["weeks"].as_array().unwrap().len(), 3, "{row}");
    }
    let own = figures.student(&ask, played.student("P1"), Language::English);
    let own = own.await.unwrap().unwrap();
    let own = &own.apps[0];
    assert_eq!(own.mood, Mood::NoNews);
    assert_eq!(own.says, "There is no news from the app at the moment.");
    assert!(own.week.is_none() && own.weeks.len() == 3);
    // Days that were not told of break no row.
    assert_eq!((own.streak, json!(own.minutes)), (20, json!(300)));
    let contact = world.ids(Kind::Contact).await["C1"];
    for (language, expected) in [
        (
            Language::English,
            "There is no news from the app about this week at the moment.",
        ),
        (
            Language::Spanish,
            "Por ahora no hay noticias de la aplicación sobre esta semana.",
        ),
    ] {
        let figure = figures.contact(&ask, contact, language).await;
        let figure = figure.unwrap().unwrap();
        for child in &figure.children {
            assert_eq!(child.summary, expected);
            assert!(child.week.is_none());
        }
    }
    // It is heard again, and everything is as it was.
    played.report(21, 23).await;
    let own = figures.student(&ask, played.student("P1"), Language::English);
    let own = own.await.unwrap().unwrap();
    let own = &own.apps[0];
    assert_eq!((own.streak, own.weeks.len()), (23, 5));
    assert_eq!(json!(own.week.as_ref().unwrap().minutes), json!(45));
}

#[tokio::test]
async fn a_day_without_a_delivery_breaks_no_row() {
    let played = begun(SETTINGS, 1, 18).await;
    // On Thursday evening nothing has come since Wednesday's, which is not long enough to be stale.
    let ask = played.world.ask(at(LAST, 19));
    let own = played
        .world
        .figures
        .student(&ask, played.student("P1"), Language::English);
    let own = own.await.unwrap().unwrap();
    assert!(!own.apps[0].app.stale);
    assert_eq!(own.apps[0].streak, 18);
}

#[tokio::test]
async fn minutes_that_wait_to_be_confirmed_are_no_beginning_and_no_idle_week() {
    let played = played(SETTINGS).await;
    let world = &played.world;
    let rows = [(played.student("P1"), "9000".to_owned(), "21".to_owned())];
    world.report(played.app, &rows, at("2026-09-28", 20)).await;
    let ask = world.ask(at("2026-09-28", 21));
    let own = world
        .figures
        .student(&ask, played.student("P1"), Language::English);
    let own = own.await.unwrap().unwrap();
    let own = &own.apps[0];
    assert_eq!(own.mood, Mood::BeingChecked);
    assert!(own.says.contains("being checked"), "{}", own.says);
    assert!(own.week.is_none() && own.weeks.len() == 4);
    assert_eq!(own.streak, 20);
    let contact = world.ids(Kind::Contact).await["C1"];
    let figure = world
        .figures
        .contact(&ask, contact, Language::English)
        .await;
    let summaries: Vec<_> = figure
        .unwrap()
        .unwrap()
        .children
        .into_iter()
        .map(|child| child.summary)
        .collect();
    assert_eq!(
        summaries,
        [
            "The newest minutes from the app are being checked.",
            // Of the sister nothing was ever told.
            "The app has not told anything yet."
        ]
    );
    let teacher = world.ids(Kind::Employee).await["T1"];
    let figure = world.figures.teacher(&ask, teacher, None).await;
    let figure = figure.unwrap().unwrap();
    let waits: Vec<_> = figure.apps[0]
        .students
        .iter()
        .filter(|row| row.waits)
        .collect();
    let [row] = waits.as_slice() else {
        panic!("one waits")
    };
    assert_eq!((row.id, row.state), (played.student("P1"), "no_data"));
    assert!(row.pace.minutes.is_none());
}

#[tokio::test]
async fn nobody_is_idle_on_days_before_a_feed_began() {
    // It begins on the Wednesday of the second week, when all but one have worked for long.
    let played = begun(SETTINGS, 8, 8).await;
    let world = &played.world;
    let school = world.ids(Kind::School).await["S1"];
    let unused = async |day: &str| {
        let ask = world.ask(at(day, 21));
        let figure = world.figures.school(&ask, school).await.unwrap().unwrap();
        let app = &figure.apps[0];
        let total = serde_json::to_value(&app.total).unwrap();
        let named = app.unused_classes.as_ref().map(Vec::len);
        (named, total["states"]["inactive"].clone())
    };
    assert_eq!(unused("2026-09-09").await, (None, json!(0)));
    played.report(9, 12).await;
    // P3 has done nothing since, in a class of its own; that of the first day nobody knows.
    assert_eq!(unused("2026-09-15").await, (None, json!(0)));
    played.report(13, 13).await;
    assert_eq!(unused("2026-09-16").await, (Some(1), json!(1)));
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
    // Fifteen minutes of each day but the first that was reported, and no week of which nothing is known.
    assert_eq!(minutes(8).await, (json!(150), vec![json!(30)]));
}

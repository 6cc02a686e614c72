//! Totals that fell are held with what explains them; a correction needs a person (integration-side D2.7).

use homeroom_sync::goals::GoalsError;

use super::identity::merge;
use super::place::{App, District, id};

async fn allow(app: &App, river: &District, student: &str) -> Result<i64, GoalsError> {
    let number = river.town.district;
    let allowing = app
        .sender
        .allow(number, &app.reporting, student, "Ms Orr", Some("a clock"));
    allowing.await.map(|correction| correction.id)
}

#[tokio::test(start_paused = true)]
async fn a_total_that_fell_waits_for_a_person_and_others_go() {
    let app = App::new();
    let river = app.district(1);
    let [ana, bo, _] = river.town.students;
    app.works(&river, "a", ana, 10);
    app.works(&river, "b", ana, 20);
    app.push_done(&river).await;
    app.hours(1);
    app.undo(&river, "b");
    app.works(&river, "c", bo, 5);
    let pushed = app.push_done(&river).await;
    assert_eq!((pushed.students, pushed.acknowledged), (3, 2));
    let fallen = &pushed.fallen[0];
    let why: Vec<&str> = fallen
        .undone
        .iter()
        .map(|one| one.activity.as_str())
        .collect();
    assert_eq!((fallen.source, why), (id(40), vec!["b"]));
    assert_eq!(
        fallen.says(),
        "the total is 10 minutes and 1, 30 and 2 were acknowledged: 1 activity was undone"
    );
    assert_eq!(app.shown(&river, 40), Some((30, 2)));
    assert_eq!(app.shown(&river, 41), Some((5, 1)));
    assert_eq!(app.notices(&river), ["goals_held"]);
    // Nobody else can be allowed anything.
    for student in [bo.to_string(), id(42).to_hex()] {
        let refused = allow(&app, &river, &student).await;
        assert!(matches!(refused, Err(GoalsError::NotHeld)), "{refused:?}");
    }
    for student in ["Ana", "77", "ffffffffffffffffffffffff"] {
        let refused = allow(&app, &river, student).await;
        assert!(
            matches!(refused, Err(GoalsError::NoStudent(_))),
            "{refused:?}"
        );
    }
    allow(&app, &river, &id(40).to_hex()).await.unwrap();
    app.hours(1);
    let pushed = app.push_done(&river).await;
    assert!(pushed.fallen.is_empty());
    assert_eq!(
        pushed.not_taken[0].reason, "regression",
        "the district keeps the higher value"
    );
    assert_eq!(app.shown(&river, 40), Some((30, 2)));
    assert_eq!(app.acknowledged(&river)[&ana], 10);
    assert!(app.notices(&river).is_empty());
    app.receiver.confirm(&river.token, id(40));
    assert_eq!(app.shown(&river, 40), Some((10, 1)));
    // Told once: what falls again is held again.
    app.hours(1);
    app.undo(&river, "a");
    let pushed = app.push(&river).await;
    assert_eq!(pushed.fallen.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_allowed_is_what_was_seen() {
    let app = App::new();
    let river = app.district(1);
    let [ana, bo, _] = river.town.students;
    app.works(&river, "a", ana, 10);
    app.works(&river, "b", ana, 20);
    app.push_done(&river).await;
    app.undo(&river, "b");
    allow(&app, &river, &ana.to_string()).await.unwrap();
    app.hours(1);
    app.undo(&river, "a");
    assert_eq!(
        app.push(&river).await.fallen.len(),
        1,
        "it fell further than was seen"
    );
    // Higher than what was seen goes out.
    app.works(&river, "c", ana, 15);
    app.push_done(&river).await;
    assert_eq!(app.acknowledged(&river)[&ana], 15);
    let _ = bo;
}

#[tokio::test(start_paused = true)]
async fn a_correction_is_about_all_accounts_of_the_student() {
    let app = App::new();
    let river = app.district(1);
    let [ana, bo, _] = river.town.students;
    app.works(&river, "a", ana, 10);
    app.works(&river, "b", bo, 50);
    app.push_done(&river).await;
    app.hours(2);
    merge(&app, &river, bo, ana);
    app.push_done(&river).await;
    app.undo(&river, "b");
    app.hours(1);
    assert_eq!(app.push(&river).await.fallen.len(), 1);
    allow(&app, &river, &bo.to_string()).await.unwrap();
    app.push_done(&river).await;
    // What the merged account was once acknowledged with holds nothing back.
    app.hours(1);
    let pushed = app.push_done(&river).await;
    assert!(pushed.fallen.is_empty(), "{:?}", pushed.fallen);
    let known = app.acknowledged(&river);
    assert_eq!((known[&ana], known[&bo]), (10, 10));
}

#[tokio::test(start_paused = true)]
async fn another_metric_is_another_series() {
    let mut app = App::new();
    let river = app.district(1);
    let [ana, ..] = river.town.students;
    app.works(&river, "a", ana, 10);
    app.push_done(&river).await;
    app.reporting.metric = "books_read".to_owned();
    app.hours(1);
    let pushed = app.push_done(&river).await;
    assert!(pushed.fallen.is_empty());
    let body = app.receiver.log()[1].body.clone();
    assert!(String::from_utf8_lossy(&body).contains("books_read"));
}

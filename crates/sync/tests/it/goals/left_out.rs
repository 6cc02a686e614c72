//! Progress under a key that the district does not take: left out there, so not acknowledged here, told, and sent until it is.

use homeroom_goals::certification::{Criterion, Finding, Outcome};
use homeroom_sync::goals::PushState;

use super::place::{App, District};

/// Key, minutes and progress that are acknowledged of a student, in whole ones.
fn known(app: &App, river: &District, person: i64) -> (String, i64, i64) {
    let row = app
        .known(river)
        .into_iter()
        .find(|row| row.person == person);
    let row = row.unwrap();
    (
        row.metric,
        row.minutes / 1_000_000,
        row.progress / 1_000_000,
    )
}

async fn key_name(app: &App, river: &District) -> Finding {
    let found = app.sender.check(river.town.district, &app.reporting).await;
    let mut found = found.unwrap().into_iter();
    found
        .find(|one| one.criterion == Criterion::KeyName)
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn progress_that_was_left_out_waits_and_arrives_once_the_key_is_declared() {
    let app = App::new();
    let river = app.district(1);
    let [ana, ..] = river.town.students;
    app.works(&river, "a", ana, 12);
    app.receiver.declare("books_read");
    let now = homeroom_client::Clock::now(&*app.clock);
    let pushed = app.push(&river).await;
    assert_eq!(pushed.state, PushState::Partly);
    let says = pushed.left_out.unwrap();
    assert_eq!(pushed.says.as_ref(), Some(&says));
    assert!(says.contains("takes books_read") && says.contains("declare lessons_completed"));
    // The minutes arrived.
    assert_eq!((pushed.acknowledged, pushed.not_taken.len()), (3, 0));
    let key = "lessons_completed".to_owned();
    assert_eq!(known(&app, &river, ana), (key.clone(), 12, 0));
    // One request, and the next when it is due as ever: the same rows would say the same.
    assert_eq!(app.receiver.log().len(), 1);
    assert!(pushed.next_try.millis() - now.millis() >= 3_600_000);
    assert_eq!(app.notices(&river), ["goals_left_out"]);
    let standing = app.sender.standing(river.town.district, &app.reporting);
    let standing = standing.await.unwrap();
    assert_eq!(standing.notices[0].detail.as_ref(), Some(&says));
    assert_eq!(standing.deliveries[0].detail.as_ref(), Some(&says));
    assert!(standing.feed.unwrap().last_good.is_none());
    let finding = key_name(&app, &river).await;
    assert_eq!(finding.outcome, Outcome::Fail);
    assert!(finding.says.contains(&says), "{}", finding.says);
    // It lasts: told once, and late after a day.
    app.hours(25);
    app.push(&river).await;
    assert_eq!(app.notices(&river), ["goals_left_out", "goals_late"]);
    app.receiver.declare("lessons_completed");
    app.hours(1);
    let pushed = app.push_done(&river).await;
    assert_eq!((pushed.updated, pushed.left_out), (3, None));
    assert_eq!(app.shown(&river, 40), Some((12, 1)));
    assert_eq!(known(&app, &river, ana), (key, 12, 1));
    assert!(app.notices(&river).is_empty());
    assert_eq!(key_name(&app, &river).await.outcome, Outcome::Pass);
}

#[tokio::test(start_paused = true)]
async fn what_was_known_of_progress_stays_known_while_it_is_left_out() {
    let app = App::new();
    let river = app.district(1);
    let [ana, ..] = river.town.students;
    app.works(&river, "a", ana, 10);
    app.works(&river, "b", ana, 0);
    app.push_done(&river).await;
    let key = "lessons_completed".to_owned();
    assert_eq!(known(&app, &river, ana), (key.clone(), 10, 2));
    app.receiver.declare("books_read");
    app.hours(1);
    app.works(&river, "c", ana, 5);
    app.push(&river).await;
    assert_eq!(known(&app, &river, ana), (key.clone(), 15, 2));
    // What falls below it is held, whatever the district takes now, and may fall once it takes it.
    app.hours(1);
    app.undo(&river, "b");
    app.undo(&river, "c");
    app.undo(&river, "a");
    assert_eq!(app.push(&river).await.fallen.len(), 1);
    let person = ana.to_string();
    let allowing = app
        .sender
        .allow(river.town.district, &app.reporting, &person, "Ms Orr", None);
    allowing.await.unwrap();
    let pushed = app.push(&river).await;
    assert!(pushed.fallen.is_empty() && pushed.left_out.is_some());
    assert_eq!(known(&app, &river, ana), (key.clone(), 0, 2));
    app.receiver.declare("lessons_completed");
    app.hours(1);
    let pushed = app.push_done(&river).await;
    assert!(pushed.fallen.is_empty(), "it was allowed");
    assert_eq!(known(&app, &river, ana), (key, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn another_key_here_is_another_series_and_repairs_it_too() {
    let mut app = App::new();
    let river = app.district(1);
    let [ana, ..] = river.town.students;
    app.receiver.declare("books_read");
    app.works(&river, "a", ana, 12);
    app.push(&river).await;
    app.reporting.metric = "books_read".to_owned();
    // Said of the other key.
    assert_eq!(key_name(&app, &river).await.outcome, Outcome::Pass);
    app.hours(1);
    app.push_done(&river).await;
    assert_eq!(app.shown(&river, 40), Some((12, 1)));
    assert_eq!(known(&app, &river, ana), ("books_read".to_owned(), 12, 1));
    assert!(app.notices(&river).is_empty());
}

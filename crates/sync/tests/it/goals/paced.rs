//! Minutes go out no faster than time goes, so that no district sets honest ones aside (integration-side D3).

use std::time::Duration;

use homeroom_sync::goals::PushState;

use super::place::{App, District};
use super::receiver::Act;

fn later(pushed: &homeroom_sync::goals::Pushed) -> Vec<(i64, String)> {
    let later = pushed.later.iter();
    later
        .map(|one| (one.account.0, one.minutes.to_string()))
        .collect()
}

fn nothing_set_aside(app: &App, river: &District) {
    for student in [40, 41, 42] {
        let id = super::place::id(student);
        assert!(!app.receiver.waits(&river.token, id), "{student}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_activity_recorded_late_follows_as_time_goes() {
    let mut app = App::new();
    app.reporting.limits.every = Duration::from_hours(24);
    let river = app.district(1);
    let ana = river.town.students[0];
    app.push_done(&river).await;
    assert_eq!(app.shown(&river, 40), Some((0, 0)));
    app.minutes(10);
    app.works(&river, "friday", ana, 45);
    let pushed = app.push_done(&river).await;
    assert_eq!(app.shown(&river, 40), Some((9, 1)));
    assert_eq!(later(&pushed), [(ana, "36".to_owned())]);
    assert_eq!(app.waiting(&river), [(ana, "later".to_owned())]);
    let hour = pushed.next_try.millis() - homeroom_client::Clock::now(&*app.clock).millis();
    assert!(hour <= 3_600_000, "the rest goes with the next hour");
    app.until(pushed.next_try);
    let pushed = app.push_done(&river).await;
    assert_eq!((later(&pushed), app.waiting(&river)), (vec![], vec![]));
    assert_eq!(app.shown(&river, 40), Some((45, 1)));
    nothing_set_aside(&app, &river);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_leaves_open_what_arrived() {
    for act in [Act::LostBefore, Act::LostAfter, Act::HangAfter] {
        let mut app = App::new();
        let river = app.district(1);
        let ana = river.town.students[0];
        app.push_done(&river).await;
        app.hours(2);
        app.works(&river, "a", ana, 45);
        app.receiver.always(act);
        assert_eq!(app.push(&river).await.state, PushState::Unreachable);
        app.receiver.always(Act::Well);
        app.minutes(5);
        app.works(&river, "b", ana, 60);
        let pushed = app.push_done(&river).await;
        assert_eq!(later(&pushed), [(ana, "56".to_owned())], "{act:?}");
        nothing_set_aside(&app, &river);
        app.restart();
        app.hours(1);
        app.push_done(&river).await;
        assert_eq!(app.shown(&river, 40), Some((105, 2)));
        nothing_set_aside(&app, &river);
    }
}

/// What was sent before the form of the database that keeps it counts as acknowledged when it last changed.
#[tokio::test(start_paused = true)]
async fn a_database_that_does_not_say_what_was_sent_goes_by_what_was_acknowledged() {
    let app = App::new();
    let river = app.district(1);
    let ana = river.town.students[0];
    app.works(&river, "a", ana, 5);
    app.push_done(&river).await;
    let path = app.folder.path().join("app.sqlite");
    let old = rusqlite::Connection::open(path).unwrap();
    old.execute("DELETE FROM goal_sent", []).unwrap();
    app.minutes(10);
    app.works(&river, "b", ana, 20);
    app.push_done(&river).await;
    assert_eq!(app.shown(&river, 40), Some((14, 2)));
    app.hours(1);
    app.push_done(&river).await;
    assert_eq!(app.shown(&river, 40), Some((25, 2)));
    nothing_set_aside(&app, &river);
}

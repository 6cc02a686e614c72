//! When something is sent: the schedule, the alarm, the turn of a school year, one push at a time (integration-side D2.5, D2.8).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use homeroom_client::{Cancel, Clock as _};
use homeroom_goals::SchoolYear;
use homeroom_model::Timestamp;
use homeroom_roster::Roster as _;
use homeroom_sync::goals::{Due, GoalsError, PushState, Sender};

use super::place::{App, District, years};
use super::receiver::Act;

/// Hours since the test began at which something arrived, while the schedule runs for so many hours.
async fn scheduled(app: &App, river: &District, hours: u64) -> (Vec<f64>, Vec<&'static str>) {
    let begun = app.clock.now();
    let cancel = Cancel::default();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&heard);
    let due = Due::default();
    let keeping = due.keep(
        &app.sender,
        (&river.source, river.town.district),
        &app.reporting,
        &cancel,
        move |heard| {
            let state = heard.as_ref().map_or("error", |pushed| pushed.state.text());
            told.lock().unwrap().push(state);
        },
    );
    let before = app.receiver.log().len();
    let stop = async {
        tokio::time::sleep(Duration::from_hours(hours)).await;
        cancel.set();
    };
    tokio::join!(keeping, stop);
    let log = app.receiver.log();
    let at = log[before..].iter().map(|one| {
        let millis = u32::try_from(one.at.millis() - begun.millis()).unwrap();
        f64::from(millis) / 3_600_000.0
    });
    let heard = heard.lock().unwrap().clone();
    (at.collect(), heard)
}

#[tokio::test(start_paused = true)]
async fn hourly_and_daily_mean_what_they_say() {
    for (every, hours, fewest, most) in [(1, 8, 7, 8), (24, 24 * 4, 4, 5)] {
        let mut app = App::new();
        app.reporting.limits.every = Duration::from_hours(every);
        let river = app.district(1);
        let (at, heard) = scheduled(&app, &river, hours).await;
        assert!((fewest..=most).contains(&at.len()), "{at:?}");
        assert!(at[0] < 0.2, "the first soon: {at:?}");
        let limit = f64::from(u32::try_from(every).unwrap()) + 0.2;
        for pair in at.windows(2) {
            assert!(pair[1] - pair[0] <= limit.min(24.0), "{at:?}");
        }
        assert!(heard.iter().all(|state| *state == "done"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_restart_goes_on_where_the_log_ends_and_a_failure_is_tried_soon() {
    let mut app = App::new();
    app.reporting.limits.every = Duration::from_hours(24);
    let river = app.district(1);
    app.push_done(&river).await;
    app.restart();
    let (at, _) = scheduled(&app, &river, 30).await;
    assert_eq!(at.len(), 1, "not at once: {at:?}");
    assert!(at[0] > 23.0, "{at:?}");
    app.hours(23);
    app.receiver.script(&[Act::Status(500); 6]);
    let (at, heard) = scheduled(&app, &river, 2).await;
    assert_eq!(
        (at.len(), &heard[..]),
        (7, &["unreachable", "done"][..]),
        "{at:?}"
    );
    assert!(at[6] - at[5] < 0.3, "five minutes later: {at:?}");
}

#[tokio::test(start_paused = true)]
async fn a_late_district_raises_an_alarm_until_it_is_late_no_more() {
    let app = App::new();
    let (river, lake) = (app.district(1), app.district(2));
    app.push_done(&river).await;
    app.works(&lake, "a", lake.town.students[0], 1);
    let number = river.town.district;
    app.hours(23);
    let is_late = |number| app.sender.alarm(number, &app.reporting);
    assert!(!is_late(number).await.unwrap());
    app.hours(2);
    assert!(is_late(number).await.unwrap());
    assert!(
        is_late(lake.town.district).await.unwrap(),
        "recorded and never sent"
    );
    assert_eq!(app.notices(&river), ["goals_late"]);
    app.receiver.always(Act::Status(503));
    app.push(&river).await;
    let standing = app.sender.standing(number, &app.reporting).await.unwrap();
    assert!(
        standing.late && standing.sentence.starts_with("Late: "),
        "{}",
        standing.sentence
    );
    assert!(
        standing.sentence.contains("status 503"),
        "{}",
        standing.sentence
    );
    // Raised once, however often it is looked at.
    let notices = app.roster.read().unwrap().notices(number, true).unwrap();
    assert_eq!(
        notices
            .iter()
            .filter(|one| one.code == "goals_late")
            .count(),
        1
    );
    app.receiver.always(Act::Well);
    app.push_done(&river).await;
    assert!(app.notices(&river).is_empty());
    let standing = app.sender.standing(number, &app.reporting).await.unwrap();
    assert!(!standing.late && standing.waits.is_empty());
    assert_eq!(standing.deliveries.len(), 3);
    // A district of which nothing was ever recorded is not late.
    let dry = app.district(3);
    assert!(
        !app.sender
            .alarm(dry.town.district, &app.reporting)
            .await
            .unwrap()
    );
}

#[tokio::test(start_paused = true)]
async fn totals_begin_at_zero_and_never_cross_into_another_year() {
    let app = App::new();
    let river = app.district(1);
    let [ana, ..] = river.town.students;
    app.works(&river, "a", ana, 50);
    app.push_done(&river).await;
    let next = years().begins(SchoolYear(2028));
    let minute = 60_000;
    let nine_before = Timestamp::from_millis(next.millis() - 9 * minute);
    app.until(nine_before);
    app.works(&river, "b", ana, 3);
    let pushed = app.push(&river).await;
    assert_eq!(
        (pushed.state, pushed.year),
        (PushState::NotNow, SchoolYear(2027))
    );
    assert_eq!(
        pushed.next_try,
        Timestamp::from_millis(next.millis() + 10 * minute)
    );
    assert_eq!(app.receiver.log().len(), 1);
    app.until(Timestamp::from_millis(next.millis() + 9 * minute));
    assert_eq!(app.push(&river).await.state, PushState::NotNow);
    app.until(Timestamp::from_millis(next.millis() + 11 * minute));
    app.works(&river, "c", ana, 4);
    let pushed = app.push_done(&river).await;
    assert_eq!((pushed.year, pushed.fallen.len()), (SchoolYear(2028), 0));
    assert_eq!(app.shown(&river, 40), Some((4, 1)), "from zero");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_waits_for_its_retry_is_dropped_when_the_year_turns() {
    let app = App::new();
    let river = app.district(1);
    app.works(&river, "a", river.town.students[0], 50);
    let next = years().begins(SchoolYear(2028));
    app.until(Timestamp::from_millis(next.millis() - 10 * 60_000 - 30_000));
    // The first try hangs into the time when nothing is sent.
    app.receiver.script(&[Act::HangAfter]);
    let pushed = app.push(&river).await;
    assert_eq!(pushed.state, PushState::NotNow);
    assert_eq!(app.receiver.log().len(), 1);
    assert_eq!(app.states(&river), ["failed"]);
}

#[tokio::test(start_paused = true)]
async fn one_push_of_a_district_at_a_time() {
    let app = App::new();
    let river = app.district(1);
    let other = Sender::new(
        Arc::clone(&app.roster) as _,
        Arc::clone(&app.clock) as _,
        "another",
    );
    app.receiver
        .script(&[Act::HangBefore, Act::Well, Act::Well]);
    let (number, cancel) = (river.town.district, Cancel::default());
    let push = homeroom_sync::goals::Push::DEMAND;
    let second = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        other
            .push(&river.source, number, &app.reporting, &push, &cancel)
            .await
    };
    let (first, second) = tokio::join!(app.push(&river), second);
    assert_eq!(
        (first.state, second.unwrap().state),
        (PushState::Done, PushState::Done)
    );
    let acts: Vec<Act> = app.receiver.log().into_iter().map(|one| one.act).collect();
    assert_eq!(acts, [Act::HangBefore, Act::Well, Act::Well]);
    assert_eq!(
        app.states(&river),
        ["acknowledged", "acknowledged"],
        "nothing was cut off"
    );
    // One that does not end is named.
    app.receiver.always(Act::HangBefore);
    let second = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        other
            .push(&river.source, number, &app.reporting, &push, &cancel)
            .await
    };
    let (_, second) = tokio::join!(app.push(&river), second);
    assert!(
        matches!(&second, Err(GoalsError::Busy { holder, .. }) if holder == "process 0"),
        "{second:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_to_stop_is_heard_while_it_waits() {
    let app = App::new();
    let river = app.district(1);
    app.receiver.always(Act::HangBefore);
    let cancel = Cancel::default();
    let flag = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(5)).await;
        flag.set();
    });
    let number = river.town.district;
    let push = homeroom_sync::goals::Push::DEMAND;
    let pushed = app
        .sender
        .push(&river.source, number, &app.reporting, &push, &cancel)
        .await;
    assert!(matches!(pushed, Err(GoalsError::Stopped(_))), "{pushed:?}");
    assert_eq!(app.states(&river), ["failed"]);
    app.receiver.always(Act::Well);
    app.push_done(&river).await;
}

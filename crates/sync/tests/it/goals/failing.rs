//! Every way in which a server can fail, one by one (integration-side D2.4, D2.9).

use std::time::Duration;

use homeroom_roster::suite::sample::source;
use homeroom_sync::goals::{Form, PushState};

use super::place::App;
use super::receiver::{Act, GARBAGE};

#[tokio::test(start_paused = true)]
async fn totals_arrive_and_everybody_else_is_reported_with_nothing() {
    let app = App::new();
    let river = app.district(1);
    let [ana, ..] = river.town.students;
    app.works(&river, "a", ana, 12);
    app.works(&river, "b", ana, 30);
    let pushed = app.push_done(&river).await;
    assert_eq!(
        (pushed.students, pushed.acknowledged, pushed.requests),
        (3, 3, 1)
    );
    assert_eq!(app.shown(&river, 40), Some((42, 2)));
    assert_eq!(app.shown(&river, 41), Some((0, 0)));
    let body = app.receiver.log()[0].body.clone();
    let expected = format!(
        r#"{{"data":{{"students":[{{"clever_id":"{}","metrics":{{"minutes":42,"lessons_completed":2}}}},"#,
        source(40)
    );
    assert!(body.starts_with(expected.as_bytes()), "{body:?}");
    // Nothing new: the same bytes again, and nothing changes.
    app.hours(1);
    let again = app.push_done(&river).await;
    assert_eq!((again.updated, again.acknowledged), (0, 3));
    assert_eq!(app.receiver.log()[1].body, body);
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_sent_again_with_the_same_bytes() {
    let mut acts = vec![
        Act::LostBefore,
        Act::LostAfter,
        Act::CutAfter,
        Act::HangBefore,
        Act::HangAfter,
        Act::Window(7),
        Act::StatusAfter(502),
    ];
    acts.extend([408, 500, 501, 502, 503, 504].map(Act::Status));
    acts.extend((0..GARBAGE).map(Act::Garbage));
    acts.extend((0..GARBAGE).map(Act::GarbageBefore));
    for act in acts {
        for form in [Form::Json, Form::Csv] {
            let mut app = App::new();
            app.reporting.form = form;
            let river = app.district(1);
            app.works(&river, "a", river.town.students[0], 12);
            app.receiver.script(&[act, act, Act::Well]);
            let pushed = app.push_done(&river).await;
            assert_eq!(pushed.acknowledged, 3, "{act:?}");
            let log = app.receiver.log();
            assert_eq!(log.len(), 3, "{act:?}");
            assert!(log.iter().all(|one| one.body == log[0].body), "{act:?}");
            assert_eq!(app.shown(&river, 40), Some((12, 1)), "{act:?}");
            assert_eq!(app.states(&river), ["acknowledged"]);
            let waited = log[1].at.millis() - log[0].at.millis();
            let least = match act {
                Act::Window(seconds) => i64::from(seconds) * 1000,
                Act::HangBefore | Act::HangAfter => 60_000,
                _ => 250,
            };
            assert!(waited >= least, "{act:?}: {waited} ms");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_never_sent_again() {
    for (status, state) in [
        (400, PushState::Partly),
        (422, PushState::Partly),
        (401, PushState::Refused),
        (403, PushState::Refused),
        (404, PushState::Refused),
        (405, PushState::Refused),
        (415, PushState::Refused),
        (301, PushState::Refused),
    ] {
        let app = App::new();
        let river = app.district(1);
        app.receiver.script(&[Act::Status(status)]);
        let pushed = app.push(&river).await;
        assert_eq!(pushed.state, state, "{status}");
        assert_eq!(app.receiver.log().len(), 1, "{status}");
        assert_eq!(app.states(&river), ["refused"]);
        assert_eq!(app.waiting(&river).len(), 3);
        assert!(app.acknowledged(&river).is_empty());
        assert_eq!(
            app.notices(&river).contains(&"goals_refused".to_owned()),
            state == PushState::Refused
        );
        // The next push adds up anew, and gets through.
        app.push_done(&river).await;
        assert!(app.waiting(&river).is_empty() && app.notices(&river).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_come_back_is_given_up_for_now() {
    let app = App::new();
    let river = app.district(1);
    app.receiver.always(Act::Status(503));
    let pushed = app.push(&river).await;
    assert_eq!(pushed.state, PushState::Unreachable);
    assert_eq!(app.receiver.log().len(), 6);
    assert_eq!(app.states(&river), ["failed"]);
    let last = app.receiver.log()[5].at;
    assert!(
        pushed.next_try.millis() - last.millis() >= 300_000,
        "five minutes at least"
    );
    app.receiver.always(Act::Window(3));
    let pushed = app.push(&river).await;
    assert_eq!(pushed.state, PushState::Unreachable);
    assert_eq!(
        app.receiver.log().len(),
        6 + 20,
        "windows are waited for, up to a limit"
    );
    // Who wants to be left alone for an hour is.
    app.receiver.always(Act::Window(3600));
    let before = app.receiver.log().len();
    app.clock.pass(Duration::from_mins(5));
    let pushed = app.push(&river).await;
    assert_eq!(app.receiver.log().len(), before + 1);
    let wait = pushed.next_try.millis() - app.receiver.log()[before].at.millis();
    assert!(wait >= 3_600_000, "{wait}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_too_large_is_halved_until_it_fits() {
    let app = App::new();
    let river = app.district(1);
    let people = app.enrol(&river, 8);
    for (place, person) in people.iter().enumerate() {
        app.works(&river, &format!("a{place}"), *person, 3);
    }
    app.receiver.always(Act::Most(3));
    let pushed = app.push_done(&river).await;
    assert_eq!((pushed.students, pushed.acknowledged), (11, 11));
    let sent: Vec<usize> = rows_of(&app);
    assert_eq!(sent, [11, 6, 3, 3, 5, 3, 2]);
    let states = app.states(&river);
    assert_eq!(
        states.iter().filter(|state| **state == "too_large").count(),
        3
    );
    assert_eq!(app.shown(&river, 107), Some((3, 1)));
    // One row that is too large is told, and stops nobody.
    app.receiver.always(Act::Most(0));
    let pushed = app.push(&river).await;
    assert_eq!((pushed.state, pushed.acknowledged), (PushState::Partly, 0));
    assert!(pushed.not_taken.iter().all(|one| one.reason == "too_large"));
}

fn rows_of(app: &App) -> Vec<usize> {
    let count = |body: &[u8]| body.windows(9).filter(|part| part == b"clever_id").count();
    app.receiver
        .log()
        .iter()
        .map(|one| count(&one.body))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn parts_stand_alone() {
    let mut app = App::new();
    app.reporting.limits.rows = 4;
    let river = app.district(1);
    app.enrol(&river, 9);
    // The second of three is refused for its content: the others arrive.
    app.receiver
        .script(&[Act::Well, Act::Status(400), Act::Well]);
    let pushed = app.push(&river).await;
    assert_eq!(rows_of(&app), [4, 4, 4]);
    assert_eq!(
        (pushed.state, pushed.acknowledged, pushed.requests),
        (PushState::Partly, 8, 2)
    );
    assert_eq!(app.waiting(&river).len(), 4);
    // The server goes away after the first: what was acknowledged stays so, the rest waits.
    app.receiver.script(&[Act::Well]);
    app.receiver.always(Act::LostBefore);
    let pushed = app.push(&river).await;
    assert_eq!(
        (pushed.state, pushed.acknowledged),
        (PushState::Unreachable, 4)
    );
    assert!(
        app.waiting(&river)
            .iter()
            .all(|(_, reason)| reason == "unsent")
    );
    assert_eq!(app.waiting(&river).len(), 8);
    app.receiver.always(Act::Well);
    app.push_done(&river).await;
    assert_eq!(app.states(&river).last(), Some(&"acknowledged"));
    assert!(app.waiting(&river).is_empty());
}

#[tokio::test(start_paused = true)]
async fn each_district_has_its_own_token_and_delays_no_other() {
    let app = App::new();
    let (river, lake) = (app.district(1), app.district(2));
    app.works(&lake, "a", lake.town.students[0], 5);
    app.receiver.script(&[Act::HangBefore]);
    let (first, second) = tokio::join!(app.push(&river), async {
        // Begun while the other one waits.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let pushed = app.push(&lake).await;
        (pushed, homeroom_client::Clock::elapsed(&*app.clock))
    });
    assert_eq!(first.state, PushState::Done);
    let (second, when) = second;
    assert_eq!(second.state, PushState::Done);
    assert!(when < Duration::from_secs(20), "{when:?}");
    let tokens: Vec<String> = app
        .receiver
        .log()
        .into_iter()
        .map(|one| one.token)
        .collect();
    assert_eq!(tokens, ["token of 1", "token of 2", "token of 1"]);
    assert_eq!(app.shown(&lake, 40), Some((5, 1)));
    assert_eq!(app.shown(&river, 40), Some((0, 0)));
}

//! Who is reported, and under which id, whatever the sync does (integration-side D2.3, D2.10): no change of identity counts
//! anything twice or loses it.

use homeroom_roster::suite::sample::{created, source};
use homeroom_roster::{GoalTaken, Kind, Op, Refusal};

use super::place::{App, District, id};

/// Whose rows the last request had, by the last two digits of the id.
fn last(app: &App) -> Vec<String> {
    let body = app.receiver.log().last().unwrap().body.clone();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let ids = text.split("clever_id\":\"").skip(1);
    ids.map(|rest| rest[22..24].to_owned()).collect()
}

pub(super) fn merge(app: &App, river: &District, from: i64, into: i64) {
    app.sync(
        river,
        &[Op::Merge {
            from,
            into,
            joint: false,
        }],
    );
}

#[tokio::test(start_paused = true)]
async fn a_merge_adds_without_counting_twice() {
    let app = App::new();
    let river = app.district(1);
    let [ana, bo, _] = river.town.students;
    app.works(&river, "a", ana, 100);
    app.works(&river, "b", bo, 50);
    app.push_done(&river).await;
    app.hours(3);
    // The earlier account goes into the later one: who is kept is the later one's id.
    merge(&app, &river, ana, bo);
    let pushed = app.push_done(&river).await;
    assert_eq!((pushed.students, pushed.fallen.len()), (2, 0));
    assert_eq!(last(&app), ["29", "2a"]);
    assert_eq!(app.shown(&river, 41), Some((150, 2)));
    // Both go on working, under whatever account the app has in its hands.
    app.hours(3);
    app.works(&river, "c", ana, 5);
    app.works(&river, "d", bo, 6);
    app.push_done(&river).await;
    assert_eq!(app.shown(&river, 41), Some((161, 4)));
}

#[tokio::test(start_paused = true)]
async fn a_merge_that_is_taken_back_is_held_until_somebody_looks() {
    let app = App::new();
    let river = app.district(1);
    let [ana, bo, _] = river.town.students;
    app.works(&river, "a", ana, 100);
    app.works(&river, "b", bo, 50);
    app.push_done(&river).await;
    app.hours(3);
    merge(&app, &river, bo, ana);
    app.push_done(&river).await;
    assert_eq!(app.shown(&river, 40), Some((150, 2)));
    app.hours(3);
    app.sync(&river, &[Op::Unmerge { from: bo }]);
    let pushed = app.push(&river).await;
    let fallen = &pushed.fallen[0];
    assert_eq!(
        (pushed.fallen.len(), fallen.source, &fallen.accounts),
        (1, id(40), &vec![ana])
    );
    assert!(
        fallen.says().contains("an account that counted before"),
        "{}",
        fallen.says()
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_id_takes_the_whole_total_along() {
    let app = App::new();
    let river = app.district(1);
    let [ana, ..] = river.town.students;
    app.works(&river, "a", ana, 100);
    app.push_done(&river).await;
    let (old, new) = (source(40), source(90));
    let rekey = Op::Rekey {
        kind: Kind::Person,
        old: &old,
        new: created(&new),
    };
    app.sync(&river, &[rekey]);
    app.receiver.share(&river.token, id(40), false);
    app.receiver.share(&river.token, id(90), true);
    app.hours(1);
    app.works(&river, "b", ana, 10);
    app.push_done(&river).await;
    assert_eq!(last(&app), ["29", "2a", "5a"]);
    assert_eq!(app.shown(&river, 90), Some((110, 2)));
    assert_eq!(
        app.shown(&river, 40),
        Some((100, 1)),
        "nothing is added to the old id"
    );
}

#[tokio::test(start_paused = true)]
async fn who_is_not_shared_is_told_and_comes_back_with_the_whole_total() {
    let app = App::new();
    let river = app.district(1);
    let [ana, bo, _] = river.town.students;
    app.works(&river, "a", ana, 10);
    app.push_done(&river).await;
    // The district knows first: its students are rejected one by one, the others go.
    app.receiver.share(&river.token, id(40), false);
    app.hours(1);
    app.works(&river, "b", ana, 20);
    app.works(&river, "c", bo, 5);
    let pushed = app.push_done(&river).await;
    assert_eq!((pushed.acknowledged, pushed.not_taken.len()), (2, 1));
    assert_eq!(pushed.not_taken[0].reason, "unknown_student");
    assert_eq!(app.waiting(&river), [(ana, "unknown_student".to_owned())]);
    assert_eq!(app.notices(&river), ["goals_rejected"]);
    assert_eq!(
        app.acknowledged(&river)[&ana],
        10,
        "what was rejected is not acknowledged"
    );
    // The app knows too: nothing is sent, nothing waits.
    let gone = Op::Deactivate {
        person: ana,
        disconnected: false,
    };
    app.sync(&river, &[gone]);
    app.hours(1);
    app.push_done(&river).await;
    assert_eq!(last(&app), ["29", "2a"]);
    assert!(app.waiting(&river).is_empty() && app.notices(&river).is_empty());
    // Back again.
    app.sync(&river, &[Op::Reactivate { person: ana }]);
    app.receiver.share(&river.token, id(40), true);
    app.hours(1);
    app.push_done(&river).await;
    assert_eq!(app.shown(&river, 40), Some((30, 2)));
}

#[tokio::test(start_paused = true)]
async fn suspended_accounts_are_not_sent_and_those_without_an_id_are_counted() {
    let app = App::new();
    let river = app.district(1);
    let [ana, bo, _] = river.town.students;
    app.works(&river, "a", ana, 10);
    let sql = rusqlite::Connection::open(app.folder.path().join("app.sqlite")).unwrap();
    sql.execute(
        "UPDATE person SET app_state = 'suspended' WHERE id = ?1",
        [ana],
    )
    .unwrap();
    // Somebody whom a person made in the app.
    let by_hand = river.town.district * 1_000_000_000 + 900_000;
    sql.execute(
        "INSERT INTO person (id, origin, source_state) VALUES (?1, 'manual', 'never')",
        [by_hand],
    )
    .unwrap();
    sql.execute(
        "INSERT INTO role (person, role) VALUES (?1, 'student')",
        [by_hand],
    )
    .unwrap();
    app.works(&river, "b", by_hand, 10);
    let pushed = app.push_done(&river).await;
    assert_eq!(last(&app), ["29", "2a"]);
    assert_eq!(pushed.not_sendable, [by_hand]);
    assert_eq!(app.waiting(&river), [(by_hand, "not_sendable".to_owned())]);
    assert!(app.notices(&river).is_empty(), "that is no fault");
    let _ = bo;
}

#[tokio::test(start_paused = true)]
async fn who_changes_district_reports_what_was_done_under_each() {
    let app = App::new();
    let (river, lake) = (app.district(1), app.district(2));
    let (here, there) = (river.town.students[0], lake.town.students[0]);
    app.works(&river, "a", here, 10);
    app.works(&lake, "a", there, 3);
    let wrong = app.record(&lake, &[app.done("b", here, 5)]);
    assert_eq!(wrong, [GoalTaken::Refused(Refusal::Gone)]);
    app.push_done(&river).await;
    app.push_done(&lake).await;
    assert_eq!(app.shown(&river, 40), Some((10, 1)));
    assert_eq!(app.shown(&lake, 40), Some((3, 1)));
}

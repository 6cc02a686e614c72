use std::sync::Arc;

use bytes::Bytes;
use homeroom_goals::submission::Limits;
use homeroom_model::Timestamp;
use homeroom_store::suite::sample::{add_district, app, feed_key, id};
use homeroom_store::{Goals as _, MemoryStore};

use super::*;
use crate::feed::{Switch, switch};
use crate::receive::{Answer, Form, Reception, Request};

/// Minutes after the first of September 2026, 08:00 UTC.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(1_788_249_600_000 + minutes * 60_000)
}

fn by(number: u8) -> By<'static> {
    By {
        actor: "token:night",
        now: at(i64::from(number)),
        audit: id(number),
    }
}

async fn desk() -> (Arc<MemoryStore>, Reception) {
    let store = Arc::new(MemoryStore::new());
    add_district(&*store, 1).await;
    homeroom_store::Apps::add_app(&*store, app(2))
        .await
        .unwrap();
    let on = Switch {
        on: Some(true),
        ..Switch::default()
    };
    switch(&*store, feed_key(1, 2), &on, by(250)).await.unwrap();
    let reception = Reception::new(Arc::clone(&store) as _, Limits::default());
    (store, reception)
}

async fn send(reception: &Reception, minutes: i64, rows: &str) {
    let request = Request {
        key: feed_key(1, 2),
        form: Form::Csv,
        body: Bytes::from(format!("clever_id,minutes,books_read\n{rows}")),
        now: at(minutes),
    };
    let everybody = Arc::new(|_: &ObjectId| true);
    let answer = reception.take(&request, everybody).await.unwrap();
    assert!(matches!(answer, Answer::Taken(_)));
}

/// Student 1 fell, student 2 jumped, student 3 is in order.
async fn waiting() -> (Arc<MemoryStore>, Reception) {
    let (store, reception) = desk().await;
    let row =
        |student: u8, minutes: u32, books: u32| format!("{},{minutes},{books}\n", id(student));
    let first = [row(1, 300, 20), row(2, 100, 5), row(3, 50, 1)].concat();
    send(&reception, 0, &first).await;
    let second = [row(1, 250, 18), row(2, 900, 6), row(3, 55, 2)].concat();
    send(&reception, 10, &second).await;
    (store, reception)
}

async fn shown(store: &MemoryStore, student: u8) -> [Option<Amount>; 2] {
    let kept = store
        .student_years(feed_key(1, 2), 2027, Which::These(&[id(student)]), true)
        .await
        .unwrap();
    let mut record = Record::default();
    record.read(&kept[0]).unwrap();
    record.total.shown()
}

fn whole(minutes: u32, progress: u32) -> [Option<Amount>; 2] {
    [minutes, progress].map(|value| Some(Amount::whole(value)))
}

#[tokio::test]
async fn what_waits_is_listed_with_what_is_shown() {
    let (store, _) = waiting().await;
    let waiting = open(&*store, feed_key(1, 2), at(20)).await.unwrap();
    let [fell, jumped] = waiting.as_slice() else {
        panic!("{waiting:?}")
    };
    assert_eq!((fell.student, jumped.student), (id(1), id(2)));
    let value = |waiting: Option<Waiting>| waiting.map(|waiting| waiting.value);
    assert_eq!([fell.minutes, fell.progress], whole(300, 20));
    assert_eq!(
        [value(fell.lower_minutes), value(fell.lower_progress)],
        whole(250, 18)
    );
    assert_eq!(
        jumped.implausible_minutes,
        Some(Waiting {
            value: Amount::whole(900),
            since: at(10)
        })
    );
    assert_eq!(value(jumped.lower_minutes), None);
}

#[tokio::test]
async fn what_is_confirmed_takes_its_place_and_what_is_dismissed_is_forgotten() {
    let (store, reception) = waiting().await;
    let key = feed_key(1, 2);
    let only = [id(1), id(3), id(99)];
    let confirmed = decide(&*store, key, Whose::These(&only), Decision::Confirm, by(20)).await;
    assert_eq!(confirmed.unwrap(), [id(1)]);
    assert_eq!(shown(&store, 1).await, whole(250, 18));
    let dismissed = decide(&*store, key, Whose::Everyone, Decision::Dismiss, by(21)).await;
    assert_eq!(dismissed.unwrap(), [id(2)]);
    assert_eq!(shown(&store, 2).await, whole(100, 6));
    assert_eq!(open(&*store, key, at(30)).await.unwrap(), []);
    let nothing = decide(&*store, key, Whose::Everyone, Decision::Confirm, by(22)).await;
    assert_eq!(nothing.unwrap(), []);
    let audit = homeroom_store::Audit::audit(&*store, Some(id(1)), None, 9)
        .await
        .unwrap();
    let noted: Vec<_> = audit.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(
        noted,
        ["goals feed set", "goals dismissed", "goals confirmed"]
    );
    assert!(audit[2].detail.contains(&id(1).to_hex()));
    // From the corrected value on, time counts anew.
    send(&reception, 40, &format!("{},260,18\n", id(1))).await;
    assert_eq!(shown(&store, 1).await, whole(260, 18));
}

#[tokio::test]
async fn what_jumped_is_confirmed_when_it_is_right() {
    let (store, _) = waiting().await;
    let key = feed_key(1, 2);
    let confirmed = decide(
        &*store,
        key,
        Whose::These(&[id(2)]),
        Decision::Confirm,
        by(20),
    )
    .await;
    assert_eq!(confirmed.unwrap(), [id(2)]);
    assert_eq!(shown(&store, 2).await, whole(900, 6));
    let kept = store.student_years(key, 2027, Which::All, true);
    let mut record = Record::default();
    record.read(&kept.await.unwrap()[1]).unwrap();
    assert!(
        record.days[0].minutes.unwrap().corrected,
        "it is no work of one day"
    );
}

#[tokio::test]
async fn there_is_nothing_to_decide_where_goals_were_never_on() {
    let (store, _) = desk().await;
    let nowhere = decide(
        &*store,
        feed_key(1, 9),
        Whose::Everyone,
        Decision::Confirm,
        by(1),
    )
    .await;
    assert!(matches!(nowhere, Err(CorrectionError::NoFeed)));
    assert_eq!(open(&*store, feed_key(1, 9), at(0)).await.unwrap(), []);
}

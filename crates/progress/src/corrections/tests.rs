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
    send_as(reception, "books_read", minutes, rows).await;
}

async fn send_as(reception: &Reception, key: &str, minutes: i64, rows: &str) {
    let request = Request {
        key: feed_key(1, 2),
        form: Form::Csv,
        body: Bytes::from(format!("clever_id,minutes,{key}\n{rows}")),
        now: at(minutes),
        audit: ObjectId::new(
            *blake3::hash(&at(minutes).millis().to_be_bytes())
                .as_bytes()
                .first_chunk()
                .unwrap(),
        ),
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

/// What waits of a student, as somebody sees it now.
async fn seen(store: &MemoryStore, student: u8) -> Vec<Seen> {
    let all = (None, usize::MAX);
    let open = open(store, feed_key(1, 2), all, at(20)).await.unwrap();
    let of_student = open.iter().filter(|open| open.student == id(student));
    of_student.flat_map(Open::seen).collect()
}

async fn decided(
    store: &MemoryStore,
    seen: &[Seen],
    decision: Decision,
    number: u8,
) -> Result<(), CorrectionError> {
    decide(store, feed_key(1, 2), seen, decision, by(number)).await
}

/// What the audit says of decisions, newest first.
async fn audited(store: &MemoryStore) -> Vec<String> {
    let entries = homeroom_store::Audit::audit(store, Some(id(1)), None, 99).await;
    let entries = entries.unwrap().into_iter();
    entries
        .filter(|entry| ["goals confirmed", "goals dismissed"].contains(&entry.action.as_str()))
        .map(|entry| format!("{} {}: {}", entry.actor, entry.action, entry.detail))
        .collect()
}

#[tokio::test]
async fn what_waits_is_listed_with_what_is_shown() {
    let (store, _) = waiting().await;
    let list = async |after, most| {
        let page = (after, most);
        open(&*store, feed_key(1, 2), page, at(20)).await.unwrap()
    };
    let waiting = list(None, usize::MAX).await;
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
    // Page by page.
    assert_eq!(list(None, 1).await, waiting[..1]);
    assert_eq!(list(Some(id(1)), 9).await, waiting[1..]);
    assert_eq!(list(Some(id(2)), 9).await, []);
}

#[tokio::test]
async fn what_is_confirmed_takes_its_place_and_what_is_dismissed_is_forgotten() {
    let (store, reception) = waiting().await;
    let fell = seen(&store, 1).await;
    decided(&store, &fell, Decision::Confirm, 20).await.unwrap();
    assert_eq!(shown(&store, 1).await, whole(250, 18));
    let jumped = seen(&store, 2).await;
    let dismissed = decided(&store, &jumped, Decision::Dismiss, 21).await;
    dismissed.unwrap();
    assert_eq!(shown(&store, 2).await, whole(100, 5));
    assert_eq!(
        (seen(&store, 1).await, seen(&store, 2).await),
        (vec![], vec![])
    );
    let (app, one, two) = (id(2), id(1), id(2));
    assert_eq!(
        audited(&store).await,
        [
            format!(
                "token:night goals dismissed: app {app}; student {two}: implausible_minutes 100 stays, not 900"
            ),
            format!(
                "token:night goals confirmed: app {app}; student {one}: lower_minutes 300 -> 250; \
                 student {one}: lower_progress 20 -> 18"
            ),
        ]
    );
    decided(&store, &[], Decision::Confirm, 22).await.unwrap();
    assert_eq!(audited(&store).await.len(), 2, "nothing was decided");
    // From the corrected value on, time counts anew.
    send(&reception, 40, &format!("{},260,18\n", id(1))).await;
    assert_eq!(shown(&store, 1).await, whole(260, 18));
}

#[tokio::test]
async fn what_jumped_is_confirmed_when_it_is_right() {
    let (store, reception) = waiting().await;
    let jumped = seen(&store, 2).await;
    let confirmed = decided(&store, &jumped, Decision::Confirm, 20).await;
    confirmed.unwrap();
    assert_eq!(shown(&store, 2).await, whole(900, 5));
    let kept = store.student_years(feed_key(1, 2), 2027, Which::All, true);
    let mut record = Record::default();
    record.read(&kept.await.unwrap()[1]).unwrap();
    assert_eq!(
        record.days[0].minutes.unwrap().corrected,
        Some(Amount::whole(900)),
        "it is no work of one day"
    );
    // What was reported beside it comes with the next report.
    send(&reception, 30, &format!("{},900,6\n", id(2))).await;
    assert_eq!(shown(&store, 2).await, whole(900, 6));
}

#[tokio::test]
async fn nobody_decides_about_what_came_after_they_looked() {
    let (store, reception) = waiting().await;
    let fell = seen(&store, 1).await;
    // The app sends still less, and what was looked at is gone.
    send(&reception, 15, &format!("{},10,18\n", id(1))).await;
    for decision in [Decision::Confirm, Decision::Dismiss] {
        let late = decided(&store, &fell, decision, 20).await;
        let Err(CorrectionError::Changed(now)) = late else {
            panic!("{late:?}")
        };
        let now: Vec<_> = now.iter().flat_map(Open::seen).collect();
        assert_eq!(now, seen(&store, 1).await);
        assert_eq!(now[0].value, Amount::whole(10));
    }
    assert_eq!(shown(&store, 1).await, whole(300, 20), "nor was progress");
    // What waits still may be decided by itself.
    let progress = &fell[1..];
    let confirmed = decided(&store, progress, Decision::Confirm, 21).await;
    confirmed.unwrap();
    assert_eq!(shown(&store, 1).await, whole(300, 18));
    // The same value below another one that is shown is not what was seen.
    send(&reception, 50, &format!("{},320,18\n", id(1))).await;
    send(&reception, 60, &format!("{},250,18\n", id(1))).await;
    let late = decided(&store, &fell[..1], Decision::Confirm, 22).await;
    assert!(matches!(late, Err(CorrectionError::Changed(_))), "{late:?}");
    // Nothing waits of others, or of nobody.
    for student in [3, 99] {
        let student = id(student);
        let nothing = Seen { student, ..fell[0] };
        let refused = decided(&store, &[nothing], Decision::Dismiss, 23).await;
        let Err(CorrectionError::Changed(now)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(now, []);
    }
    assert_eq!(audited(&store).await.len(), 1);
}

#[tokio::test]
async fn two_values_of_the_same_minutes_are_decided_one_by_one() {
    let (store, reception) = waiting().await;
    send(&reception, 20, &format!("{},900,18\n", id(1))).await;
    let both = seen(&store, 1).await;
    let what: Vec<_> = both.iter().map(|seen| seen.what).collect();
    assert_eq!(what, Correction::ALL);
    let refused = decided(&store, &both, Decision::Confirm, 20).await;
    assert!(matches!(refused, Err(CorrectionError::Changed(_))));
    let dismissed = decided(&store, &both[2..], Decision::Dismiss, 21).await;
    dismissed.unwrap();
    assert_eq!(seen(&store, 1).await, both[..2], "the others wait");
    assert_eq!(shown(&store, 1).await, whole(300, 20));
    let confirmed = decided(&store, &both[..1], Decision::Confirm, 22).await;
    confirmed.unwrap();
    assert_eq!(shown(&store, 1).await, whole(250, 20));
    assert_eq!(seen(&store, 1).await, both[1..2]);
}

#[tokio::test]
async fn progress_of_an_earlier_metric_does_not_wait_any_more() {
    let (store, _) = waiting().await;
    let fell = seen(&store, 1).await;
    let said = crate::feed::Declaration {
        progress_key: Some("lessons".into()),
        ..Default::default()
    };
    let declared = crate::feed::declare(&*store, feed_key(1, 2), &said, by(30)).await;
    declared.unwrap();
    assert_eq!(seen(&store, 1).await, fell[..1]);
    let late = decided(&store, &fell[1..], Decision::Confirm, 31).await;
    assert!(matches!(late, Err(CorrectionError::Changed(_))), "{late:?}");
}

#[tokio::test]
async fn what_waits_is_read_page_by_page_past_what_does_not_count() {
    let (store, reception) = desk().await;
    // So many fell in progress that nobody waits for, and the last one in minutes.
    let student = |number: u16| {
        let mut bytes = [5; 12];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        ObjectId::new(bytes)
    };
    let many = u16::try_from(AT_ONCE).unwrap() * 2 + 3;
    let table = |minutes: u32, books: u32| {
        let rows = (0..many).map(|number| format!("{},{minutes},{books}\n", student(number)));
        rows.collect::<String>()
    };
    send(&reception, 0, &table(60, 20)).await;
    send(&reception, 10, &table(60, 10)).await;
    let two = format!("{},50,1\n{},50,1\n", student(many - 2), student(many - 1));
    send_as(&reception, "pages_read", 20, &two).await;
    let page = async |after, most| {
        let open = open(&*store, feed_key(1, 2), (after, most), at(30)).await;
        let open = open.unwrap().into_iter();
        open.map(|open| open.student).collect::<Vec<_>>()
    };
    let both = [student(many - 2), student(many - 1)];
    assert_eq!(page(None, usize::MAX).await, both);
    assert_eq!(page(None, 1).await, both[..1]);
    assert_eq!(page(Some(both[0]), 1).await, both[1..]);
    assert_eq!(page(Some(both[1]), 1).await, []);
    assert_eq!(page(None, 0).await, []);
    // The metric returns, and what waited of those who were not in its place waits again.
    send(&reception, 40, &format!("{},60,20\n", student(0))).await;
    assert_eq!(page(None, 2).await, [student(1), student(2)]);
    assert_eq!(page(None, usize::MAX).await.len(), usize::from(many) - 1);
}

#[test]
fn a_digest_is_of_what_was_seen() {
    let seen = Open {
        student: id(1),
        minutes: Some(Amount::whole(300)),
        progress: None,
        lower_minutes: Some(Waiting {
            value: Amount::whole(250),
            since: at(1),
        }),
        lower_progress: None,
        implausible_minutes: None,
    };
    let of = |open: &Open| digest(std::slice::from_ref(open));
    assert_eq!(of(&seen).len(), DIGITS);
    let mut same = seen.clone();
    same.progress = Some(Amount::whole(1));
    assert_eq!(of(&same), of(&seen), "progress does not wait");
    let mut others = vec![digest(&[seen.clone(), seen.clone()]), digest(&[])];
    for change in [
        |open: &mut Open| open.student = id(2),
        |open: &mut Open| open.minutes = Some(Amount::whole(301)),
        |open: &mut Open| open.lower_minutes.as_mut().unwrap().value = Amount::whole(251),
        |open: &mut Open| open.implausible_minutes = open.lower_minutes.take(),
    ] {
        let mut other = seen.clone();
        change(&mut other);
        others.push(of(&other));
    }
    others.push(of(&seen));
    others.sort_unstable();
    let all = others.len();
    others.dedup();
    assert_eq!(others.len(), all);
}

#[tokio::test]
async fn there_is_nothing_to_decide_where_goals_were_never_on() {
    let (store, _) = waiting().await;
    let fell = seen(&store, 1).await;
    let nowhere = decide(&*store, feed_key(1, 9), &fell, Decision::Confirm, by(1)).await;
    assert!(matches!(nowhere, Err(CorrectionError::NoFeed)));
    let all = (None, usize::MAX);
    let open = open(&*store, feed_key(1, 9), all, at(0)).await;
    assert_eq!(open.unwrap(), []);
    let many = vec![fell[0]; AT_ONCE + 1];
    let many = decided(&store, &many, Decision::Dismiss, 2).await;
    assert!(matches!(many, Err(CorrectionError::Many)));
}

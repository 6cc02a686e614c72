//! Which metric is an app's progress, and what begins when it becomes another.

use super::*;
use crate::feed::Declaration;

#[tokio::test]
async fn another_key_that_comes_in_its_place_begins_a_series() {
    let desk = Desk::new().await;
    desk.send(&[(1, Some(30), Some(20)), (2, Some(30), Some(20))], at(0))
        .await;
    let minutes_only = desk.answer(&body("x", &[(1, Some(31), None)]), at(5)).await;
    assert!(matches!(minutes_only, Answer::Taken(_)));
    assert_eq!(desk.settings().await.metrics().series, 1);
    let Answer::Taken(receipt) = desk
        .answer(&body("books_read", &[(1, Some(32), Some(3))]), at(10))
        .await
    else {
        panic!()
    };
    assert_eq!(receipt.warnings()[0].reason, Notice::NewSeries);
    assert_eq!(receipt.progress_metric(), Some("books_read"));
    let records = desk.records(2027).await;
    assert_eq!(shown(&records[0].1), whole(32, 3));
    assert_eq!(records[0].1.closed[0].progress.value, Amount::whole(20));
    assert_eq!(shown(&records[1].1), whole(30, 20), "not in the request");
    let [_, unknown] = records[1].1.total.in_series(2).shown();
    assert_eq!(unknown, None, "nothing of the new metric");
    let settings = desk.settings().await;
    let keys: Vec<_> = settings
        .series
        .iter()
        .map(|series| series.key.as_str())
        .collect();
    assert_eq!(keys, ["lessons_completed", "books_read"]);
}

#[tokio::test]
async fn another_key_without_minutes_begins_a_series_too() {
    for form in [Form::Json, Form::Csv] {
        let desk = Desk::new().await;
        desk.send(&[(1, Some(30), Some(20))], at(0)).await;
        let taken = async |key: &str, minutes: i64| {
            let text = match form {
                Form::Json => body(key, &[(1, None, Some(3))]),
                Form::Csv => format!("clever_id,{key}\n{},3\n", id(1)),
            };
            let request = Request {
                form,
                ..desk.request(&text, at(minutes))
            };
            desk.reception.take(&request, few()).await.unwrap()
        };
        let Answer::Taken(receipt) = taken("books_read", 10).await else {
            panic!("{form:?}")
        };
        let reasons = receipt.warnings().iter().map(|warning| warning.reason);
        assert_eq!(
            reasons.collect::<Vec<_>>(),
            [Notice::NoMinutes, Notice::NewSeries]
        );
        assert_eq!(receipt.progress_metric(), Some("books_read"));
        let records = desk.records(2027).await;
        assert_eq!(shown(&records[0].1), whole(30, 3));
        assert_eq!(desk.settings().await.metrics().series, 2);
        // What cannot be a key is none without minutes either, and a declared key is the only one.
        let refused = taken(&"k".repeat(65), 20).await;
        assert!(matches!(refused, Answer::Refused(_)), "{form:?}");
        let said = Declaration {
            progress_key: Some("books_read".into()),
            ..Declaration::default()
        };
        let declared = declare(&*desk.store, desk.key, &said, by(at(30)));
        declared.await.unwrap();
        let refused = taken("pages_read", 40).await;
        assert!(matches!(refused, Answer::Refused(_)), "{form:?}");
        assert_eq!(desk.settings().await.metrics().series, 2);
    }
}

#[tokio::test]
async fn what_was_said_of_a_metric_is_not_said_of_the_next() {
    let desk = Desk::new().await;
    let said = Declaration {
        label: Some("Lessons".into()),
        ceiling: Some(Amount::whole(20)),
        may_fall: true,
        counts_finished_work: Some(true),
        ..Declaration::default()
    };
    let declared = declare(&*desk.store, desk.key, &said, by(at(0)));
    declared.await.unwrap();
    desk.send(&[(1, Some(30), Some(20))], at(1)).await;
    let settings = desk.settings().await;
    assert_eq!(
        (settings.progress_label(), settings.may_fall),
        ("Lessons", true)
    );
    let next = body("books_read", &[(1, Some(31), Some(40))]);
    assert!(matches!(desk.answer(&next, at(2)).await, Answer::Taken(_)));
    let settings = desk.settings().await;
    assert_eq!(settings.progress_label(), "books_read");
    assert_eq!((settings.ceiling, settings.may_fall), (None, false));
    assert_eq!(settings.counts_finished_work, None);
}

#[tokio::test]
async fn a_body_is_parsed_once_for_a_metric() {
    let desk = Desk::new().await;
    let request = desk.request(&body("books_read", &[(1, Some(5), Some(6))]), at(0));
    let read = |parsed, settings: &FeedSettings| {
        let (limits, known) = (Limits::default(), few());
        Reading::of(&request, parsed, settings.clone(), &limits, &*known).unwrap()
    };
    let mut settings = desk.settings().await;
    let first = read(None, &settings);
    settings.schools = Some(vec![id(9)]);
    let again = read(Some(Arc::clone(&first.parsed)), &settings);
    assert!(Arc::ptr_eq(&first.parsed, &again.parsed));
    assert_eq!(again.settings.progress_key(), Some("books_read"));
    settings.begin("lessons_completed", true, at(0));
    let other = read(Some(Arc::clone(&first.parsed)), &settings);
    assert!(!Arc::ptr_eq(&first.parsed, &other.parsed));
    assert_eq!(other.rows[0].progress, None, "another metric was declared");
}

#[tokio::test]
async fn a_declared_key_stays_whatever_else_comes() {
    let desk = Desk::new().await;
    let said = Declaration {
        progress_key: Some("books_read".into()),
        ..Declaration::default()
    };
    declare(&*desk.store, desk.key, &said, by(at(0)))
        .await
        .unwrap();
    let receipt = desk.send(&[(1, Some(30), Some(20))], at(1)).await;
    assert_eq!(receipt.ignored_metrics()[0].key, "lessons_completed");
    assert_eq!(receipt.progress_metric(), None);
    let records = desk.records(2027).await;
    assert_eq!(shown(&records[0].1), (Some(Amount::whole(30)), None));
    assert_eq!(desk.settings().await.series.len(), 1);
}

#[tokio::test]
async fn a_trial_with_unknown_students_or_an_odd_key_declares_nothing() {
    let desk = Desk::new().await;
    let trial = desk.send(&[(201, Some(30), Some(20))], at(0)).await;
    assert_eq!(trial.rejected().len(), 1);
    assert_eq!(desk.settings().await.series, []);
    let long = body(&"k".repeat(5_000), &[(1, Some(30), Some(20))]);
    let Answer::Taken(receipt) = desk.answer(&long, at(1)).await else {
        panic!()
    };
    assert_eq!(receipt.progress_metric(), None);
    assert_eq!(receipt.ignored_metrics()[0].key, "k".repeat(64));
    assert_eq!(desk.settings().await.series, []);
    let records = desk.records(2027).await;
    assert_eq!(shown(&records[0].1), (Some(Amount::whole(30)), None));
}

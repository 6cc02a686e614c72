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
    let [_, unknown] = records[1].1.in_series(2).shown();
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
    settings.count("lessons_completed", true, at(0));
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

fn said() -> Declaration {
    Declaration {
        label: Some("Lessons".into()),
        ceiling: Some(Amount::whole(120)),
        may_fall: false,
        counts_finished_work: Some(true),
        ..Declaration::default()
    }
}

impl Desk {
    /// What the audit says of series, oldest first.
    async fn audited(&self) -> Vec<String> {
        let noted = self.store.audit(Some(id(1)), None, 99).await.unwrap();
        let noted = noted.into_iter().rev();
        let noted = noted.filter(|entry| entry.action == "goals series");
        noted
            .map(|entry| format!("{} {}", entry.actor, entry.detail))
            .collect()
    }

    /// The progress shown of every student.
    async fn progress(&self) -> Vec<Option<Amount>> {
        let series = self.settings().await.metrics().series;
        let records = self.records(2027).await.into_iter();
        records
            .map(|(_, record)| record.in_series(series).shown()[1])
            .collect()
    }
}

#[tokio::test]
async fn a_metric_that_was_told_about_is_not_taken_for_another() {
    let desk = Desk::new().await;
    desk.send(&[(1, Some(30), Some(20)), (2, Some(30), Some(20))], at(0))
        .await;
    assert!(!desk.settings().await.series[0].declared);
    let links = Declaration::default();
    let nothing = declare(&*desk.store, desk.key, &links, by(at(1)));
    nothing.await.unwrap();
    assert!(!desk.settings().await.series[0].declared, "nothing of it");
    let said = said();
    let told = declare(&*desk.store, desk.key, &said, by(at(2)));
    told.await.unwrap();
    assert!(desk.settings().await.series[0].declared);
    let stray = body("lesson_completed", &[(1, Some(31), Some(3))]);
    let Answer::Taken(receipt) = desk.answer(&stray, at(3)).await else {
        panic!()
    };
    assert_eq!(receipt.ignored_metrics()[0].key, "lesson_completed");
    let settings = desk.settings().await;
    assert_eq!(settings.ceiling, Some(Amount::whole(120)));
    assert_eq!(settings.metrics().series, 1);
}

#[tokio::test]
async fn a_metric_that_returns_goes_on_as_it_was() {
    let desk = Desk::on_disk().await;
    // Said before there was any: the key is not declared.
    let said = said();
    let told = declare(&*desk.store, desk.key, &said, by(at(-1)));
    told.await.unwrap();
    let first = [1, 2, 3].map(|student| (student, Some(30), Some(20)));
    desk.send(&first, at(0)).await;
    let before = desk.settings().await;
    assert!(!before.series[0].declared);
    desk.send(&[(3, Some(30), Some(10))], at(1)).await;

    for (hour, number) in [(1, 3), (2, 4)] {
        let stray = body("lesson_completed", &[(1, Some(31), Some(number))]);
        let taken = desk.answer(&stray, at(60 * hour)).await;
        assert!(matches!(taken, Answer::Taken(_)));
        let settings = desk.settings().await;
        assert_eq!((settings.metrics().series, settings.ceiling), (2, None));
        assert_eq!(settings.progress_label(), "lesson_completed");
        let progress = [Some(Amount::whole(number)), None, None];
        let shown = desk.progress().await;
        assert_eq!(shown, progress);

        // Of others than the one in the stray row.
        let back = desk.send(&[(2, Some(32), Some(21))], at(60 * hour + 5));
        let back = back.await;
        assert_eq!(back.warnings(), [], "nobody begins anew");
        let settings = desk.settings().await;
        let mut expected = before.series.clone();
        expected.insert(0, settings.series[0].clone());
        assert_eq!(
            (settings.series[0].number, &settings.series),
            (2, &expected)
        );
        let last = [&settings, &before].map(|settings| FeedSettings {
            series: Vec::new(),
            ..settings.clone()
        });
        assert_eq!(last[0], last[1], "with all that was said of it");
        let shown = desk.progress().await;
        assert_eq!(shown, [20, 21, 20].map(|value| Some(Amount::whole(value))));
        let records = desk.records(2027).await;
        assert!(records[2].1.total.lower_progress.is_some(), "waits again");

        // The one in the stray row: the mark is the one of before, not anything lower.
        let rows = [(1, Some(33), Some(18)), (2, Some(32), Some(21))];
        let receipt = desk.send(&rows, at(60 * hour + 10)).await;
        let warned: Vec<_> = receipt.warnings().iter().map(|one| one.reason).collect();
        assert_eq!(warned, [Notice::Regression]);
        assert_eq!((receipt.updated(), receipt.unchanged()), (1, 1));
        let records = desk.records(2027).await;
        let record = &records[0].1;
        assert_eq!(
            record.total.progress.unwrap(),
            Level {
                value: Amount::whole(20),
                since: at(0)
            }
        );
        let closed: Vec<_> = record
            .closed
            .iter()
            .map(|one| (one.series, one.progress.value))
            .collect();
        assert_eq!(closed, [(2, Amount::whole(number))]);
        let day = record.days.last().unwrap();
        assert_eq!(
            (day.series, day.progress.unwrap().value),
            (1, Amount::whole(18))
        );
    }
    let app = desk.key.app;
    let expected = [
        "1 begins",
        "2 begins in place of series 1",
        "1 goes on in place of series 2",
        "2 goes on in place of series 1",
        "1 goes on in place of series 2",
    ];
    let expected = expected.map(|says| format!("app app {app}: series {says}"));
    assert_eq!(desk.audited().await, expected);
}

#[tokio::test]
async fn a_new_metric_after_one_that_returned_has_a_number_of_its_own() {
    let desk = Desk::new().await;
    for (place, key) in ["a_read", "b_read", "a_read", "c_read", "b_read"]
        .iter()
        .enumerate()
    {
        let minutes = i64::try_from(place).unwrap();
        let value = 10 + u32::try_from(place).unwrap();
        let taken = desk
            .answer(&body(key, &[(1, Some(1), Some(value))]), at(minutes))
            .await;
        assert!(matches!(taken, Answer::Taken(_)));
    }
    let settings = desk.settings().await;
    let numbers: Vec<_> = settings.series.iter().map(|series| series.number).collect();
    assert_eq!(numbers, [1, 3, 2]);
    let records = desk.records(2027).await;
    let record = &records[0].1;
    assert_eq!(record.total.progress.unwrap().value, Amount::whole(14));
    let closed: Vec<_> = record
        .closed
        .iter()
        .map(|one| (one.series, one.progress.value))
        .collect();
    assert_eq!(closed, [(1, Amount::whole(12)), (3, Amount::whole(13))]);
    // Declared by its key, the first goes on as well.
    let first = Declaration {
        progress_key: Some("a_read".into()),
        ..Declaration::default()
    };
    declare(&*desk.store, desk.key, &first, by(at(9)))
        .await
        .unwrap();
    let settings = desk.settings().await;
    assert_eq!(settings.metrics().series, 1);
    assert!(settings.series[2].declared && !settings.series[0].declared);
    assert_eq!(desk.progress().await, [Some(Amount::whole(12))]);
}

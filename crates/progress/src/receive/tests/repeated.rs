//! A student more than once in a body, and what is set aside.

use super::*;
use crate::corrections::{Decision, Open, decide, open};

/// Sends rows with minutes in thousandths.
async fn send_exactly(desk: &Desk, rows: &[&str], now: Timestamp) -> Receipt {
    let table: String = rows.iter().fold(
        String::from("clever_id,minutes,lessons_completed\n"),
        |table, row| format!("{table}{},{row}\n", id(1)),
    );
    let request = Request {
        form: Form::Csv,
        ..desk.request(&table, now)
    };
    match desk.reception.take(&request, few()).await.unwrap() {
        Answer::Taken(receipt) => receipt,
        Answer::Refused(refused) => panic!("{refused}"),
    }
}

async fn only(desk: &Desk) -> homeroom_goals::total::Total {
    desk.records(2027).await.remove(0).1.total
}

fn reasons(receipt: &Receipt) -> Vec<(u32, Notice)> {
    let warnings = receipt.warnings().iter();
    warnings
        .map(|warning| (warning.index, warning.reason))
        .collect()
}

/// Confirms all that waits.
async fn confirm(desk: &Desk, now: Timestamp) {
    let all = (None, usize::MAX);
    let waits = open(&*desk.store, desk.key, all, now).await.unwrap();
    let seen: Vec<_> = waits.iter().flat_map(Open::seen).collect();
    let confirmed = decide(&*desk.store, desk.key, &seen, Decision::Confirm, by(now)).await;
    confirmed.unwrap();
}

#[tokio::test]
async fn rows_of_one_body_are_judged_by_what_stood_before_it_in_any_order() {
    let value = |level: Option<Level>| level.map(|level| level.value.to_string());
    // What is known, the rows of a body an hour later, what is shown and what waits then, by either order.
    for (set_aside, rows, minutes, aside) in [
        (None, ["10.001,1", "500,1"], "10.001", Some("500")),
        (None, ["9,1", "500,1"], "10", Some("500")),
        (None, ["600,1", "500,1"], "10", Some("600")),
        (None, ["30,1", "60,1"], "60", None),
        (None, ["9,1", "60,1"], "60", None),
        (None, ["9,1", "10,1"], "10", None),
        // The first row rises, and by as much again the second.
        (None, ["70,1", "130,1"], "70", Some("130")),
        (Some("500,1"), ["10.001,1", "500,1"], "10.001", Some("500")),
        (Some("500,1"), ["10.001,1", "400,1"], "10.001", Some("400")),
        (Some("500,1"), ["10.001,1", "11,1"], "11", None),
    ] {
        let [first, second] = rows;
        let mut totals = Vec::new();
        for order in [[first, second], [second, first]] {
            let desk = Desk::new().await;
            send_exactly(&desk, &["10,1"], at(0)).await;
            if let Some(row) = set_aside {
                send_exactly(&desk, &[row], at(30)).await;
                assert_eq!(value(only(&desk).await.aside).as_deref(), Some("500"));
            }
            let receipt = send_exactly(&desk, &order, at(60)).await;
            assert!(reasons(&receipt).contains(&(1, Notice::RepeatedStudent)));
            let total = only(&desk).await;
            let found = (value(total.minutes), value(total.aside));
            let expected = (Some(minutes.to_owned()), aside.map(str::to_owned));
            assert_eq!(found, expected, "{order:?}");
            assert_eq!(total.lower_minutes.is_some(), rows == ["9,1", "500,1"]);
            totals.push(total);
        }
        assert_eq!(totals[0], totals[1], "{rows:?}");
    }
}

#[tokio::test]
async fn of_totals_that_may_fall_the_last_plausible_row_of_a_body_counts() {
    let desk = Desk::new().await;
    send_exactly(&desk, &["10,5"], at(0)).await;
    let said = crate::feed::Declaration {
        progress_key: Some("lessons_completed".into()),
        may_fall: true,
        ..Default::default()
    };
    declare(&*desk.store, desk.key, &said, by(at(1)))
        .await
        .unwrap();
    send_exactly(&desk, &["500,7", "12,6", "11,4"], at(60)).await;
    let total = only(&desk).await;
    assert_eq!(
        total.shown(),
        [Amount::whole(11), Amount::whole(4)].map(Some)
    );
    assert_eq!(total.aside.unwrap().value, Amount::whole(500));
}

#[tokio::test]
async fn a_rise_without_time_passed_is_not_plausible_whatever_the_clock_says() {
    // The clock stood still, or stepped back.
    for later in [0, -1, -60 * 24] {
        let desk = Desk::new().await;
        desk.send(&[(1, Some(10), Some(1))], at(0)).await;
        let risen = desk.send(&[(1, Some(11), Some(2))], at(later)).await;
        assert_eq!(reasons(&risen), [(0, Notice::Implausible)], "{later}");
        let total = only(&desk).await;
        assert_eq!(
            total.shown(),
            [Amount::whole(10), Amount::whole(1)].map(Some)
        );
        assert!(total.is_open());
        // A total that was sent earlier and overtaken is lower, and changes nothing.
        desk.send(&[(1, Some(9), Some(1))], at(later)).await;
        assert_eq!(only(&desk).await.minutes, total.minutes);
    }
}

#[tokio::test]
async fn the_last_delivery_is_the_one_that_came_last_whatever_the_clock_says() {
    let desk = Desk::on_disk().await;
    desk.send(&[(1, Some(10), Some(1))], at(60 * 24 * 30)).await;
    desk.send(&[(1, Some(10), Some(1))], at(0)).await;
    let feed = desk.store.goals_feed(desk.key).await.unwrap().unwrap();
    assert_eq!(feed.last, Some(at(0)), "it is stale two days from here");
}

#[tokio::test]
async fn progress_beside_implausible_minutes_is_not_taken() {
    let desk = Desk::new().await;
    let begins = |minutes: i64| {
        let rules = homeroom_goals::SchoolYears::new("UTC", "07-01").unwrap();
        let began = rules.begins(homeroom_goals::SchoolYear(2027));
        Timestamp::from_millis(began.millis() + minutes * MINUTE)
    };
    // Last year's totals, sent once more.
    let receipt = desk.send(&[(1, Some(9_000), Some(180))], begins(600)).await;
    assert_eq!(reasons(&receipt), [(0, Notice::Implausible)]);
    assert_eq!((receipt.updated(), receipt.unchanged()), (0, 1));
    assert_eq!(only(&desk).await.shown(), [None; 2]);
    let receipt = desk.send(&[(1, Some(0), Some(1))], begins(660)).await;
    assert_eq!((reasons(&receipt), receipt.updated()), (vec![], 1));
    let total = only(&desk).await;
    assert_eq!(total.shown(), [Amount::ZERO, Amount::whole(1)].map(Some));
    assert!(!total.is_open());
    // Nor does it begin another series for the student; with the minutes confirmed, the next report brings it.
    let jumped = body("pages_read", &[(1, Some(9_000), Some(40))]);
    desk.answer(&jumped, begins(720)).await;
    let total = only(&desk).await;
    assert_eq!(
        (total.series, total.progress.unwrap().value),
        (1, Amount::whole(1))
    );
    confirm(&desk, begins(721)).await;
    desk.answer(&jumped, begins(722)).await;
    let total = only(&desk).await;
    assert_eq!(
        (total.series, total.shown()),
        (2, [9_000, 40].map(Amount::whole).map(Some))
    );
    // A metric that returns does not return with what is set aside, either.
    desk.send(&[(1, Some(20_000), Some(9))], begins(730)).await;
    let total = only(&desk).await;
    assert_eq!(
        (total.series, total.progress.unwrap().value),
        (2, Amount::whole(40))
    );
}

#[tokio::test]
async fn work_after_a_confirmed_correction_counts_on_the_same_day() {
    let desk = Desk::on_disk().await;
    desk.send(&[(1, Some(300), Some(39))], at(0)).await;
    desk.send(&[(1, Some(290), Some(38))], at(60)).await;
    confirm(&desk, at(61)).await;
    for (minutes, done, later) in [(300, 45, 120), (310, 60, 180), (305, 66, 240)] {
        desk.send(&[(1, Some(minutes), Some(done))], at(later))
            .await;
    }
    let (_, record) = desk.records(2027).await.remove(0);
    let day = homeroom_model::Date::parse_iso("2026-09-01").unwrap();
    let calendar = homeroom_goals::SchoolDays::new(day, day, &homeroom_goals::Timetable::default());
    let start = homeroom_goals::Start {
        zero: None,
        progress_zero: None,
        metrics: desk.settings().await.metrics(),
    };
    let curve = homeroom_goals::Curve::new(&record.days, &calendar, start, day);
    let (minutes, done) = curve.week(&calendar, day);
    assert_eq!(
        (minutes, done),
        (Amount::whole(20), Amount::whole(28)),
        "from 290 and 38 on"
    );
}

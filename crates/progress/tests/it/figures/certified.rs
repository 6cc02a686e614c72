//! What certification says of faults that a later request repaired, or that were none of the app's.

use homeroom_goals::certification::{Criterion, Finding, Outcome};
use homeroom_goals::submission::Limits;
use homeroom_model::Timestamp;
use homeroom_progress::calendar::Rules;
use homeroom_progress::feed::{Declaration, declare};
use homeroom_progress::receive::{Reception, Refusal};
use homeroom_store::Store;

use super::{LAST, Played, SETTINGS, played};
use crate::world::at;

impl Played {
    async fn finding(&self, criterion: Criterion, now: Timestamp) -> Finding {
        let figures = &self.world.figures;
        let figure = figures.app(self.world.district, self.app.app, now).await;
        let mut found = figure.unwrap().unwrap().certification.into_iter();
        found.find(|one| one.criterion == criterion).unwrap()
    }
}

#[tokio::test]
async fn a_fall_that_was_repaired_is_not_forgotten_for_a_week() {
    let played = played(SETTINGS).await;
    for (minutes, hour) in [("290", 20), ("300", 21)] {
        let rows = [(played.student("P1"), minutes.to_owned(), "20".to_owned())];
        played.world.report(played.app, &rows, at(LAST, hour)).await;
    }
    for (day, outcome) in [
        (LAST, Outcome::Fail),
        ("2026-10-02", Outcome::Fail),
        ("2026-10-03", Outcome::Pass),
    ] {
        let found = played
            .finding(Criterion::TotalsNeverFall, at(day, 22))
            .await;
        assert_eq!(found.outcome, outcome, "{day}: {}", found.says);
        let told = match outcome {
            Outcome::Fail => "0 totals are lower than they were; on 1 day of",
            _ => "No total is lower than it was",
        };
        assert!(found.says.starts_with(told), "{}", found.says);
    }
}

#[tokio::test]
async fn a_body_that_comes_late_once_more_is_no_fall() {
    let played = played(SETTINGS).await;
    let report = async |minutes: &str, hour| {
        let rows = [(played.student("P1"), minutes.to_owned(), "20".to_owned())];
        let now = at("2026-09-26", hour);
        played.world.report(played.app, &rows, now).await
    };
    let found = async || {
        played
            .finding(Criterion::TotalsNeverFall, at("2026-09-26", 23))
            .await
    };
    report("310", 18).await;
    report("320", 19).await;
    let late = report("310", 20).await;
    assert_eq!(late["data"]["warnings"][0]["reason"], "regression");
    report("320", 21).await;
    let said = found().await;
    assert_eq!(said.outcome, Outcome::Pass, "{}", said.says);
    // One that nobody had sent before.
    report("315", 22).await;
    report("320", 22).await;
    let said = found().await;
    assert_eq!(said.outcome, Outcome::Fail, "{}", said.says);
    assert!(said.says.starts_with("0 totals"), "{}", said.says);
}

#[tokio::test]
async fn every_request_of_the_week_is_looked_at_however_many_there_are() {
    let played = played(SETTINGS).await;
    let rows = |minutes: u32| [(played.student("P1"), minutes.to_string(), "20".to_owned())];
    let report = async |minutes, day: &str, hour| {
        played
            .world
            .report(played.app, &rows(minutes), at(day, hour))
            .await
    };
    report(290, LAST, 20).await;
    report(300, LAST, 21).await;
    // Every hour of four days in three parts.
    for (number, day) in (26..30).map(|day| format!("2026-09-{day}")).enumerate() {
        for hour in 0..24 {
            for part in 0..3 {
                let minutes = 301 + u32::try_from(number * 72 + hour * 3 + part).unwrap();
                report(minutes, &day, i64::try_from(hour).unwrap()).await;
            }
        }
    }
    played.world.asked.take();
    let now = at("2026-09-30", 9);
    let said = played.finding(Criterion::TotalsNeverFall, now).await;
    assert_eq!(said.outcome, Outcome::Fail, "{}", said.says);
    assert_eq!(played.world.asked.take()["goals_deliveries"], 2);
}

#[tokio::test]
async fn goals_that_were_off_are_no_fault_of_the_token() {
    let played = played(SETTINGS).await;
    let store = std::sync::Arc::clone(&played.world.store) as std::sync::Arc<dyn Store>;
    let rules = Rules::of(&*store, played.app.district).await.unwrap();
    let reception = Reception::new(store, Limits::default());
    let refusal = Refusal {
        at: at(LAST, 20),
        status: 404,
        message: "Goals are not switched on".to_owned(),
        bytes: 10,
        body: None,
    };
    for _ in 0..2 {
        let noted = reception.refuse(played.app, &rules, &refusal).await;
        assert!(noted.unwrap());
    }
    let found = played.finding(Criterion::RightToken, at(LAST, 22)).await;
    assert_eq!(found.outcome, Outcome::Pass);
    // On a Saturday of which nothing came, they were off too: not a day to deliver on.
    let off = Refusal {
        at: at("2026-09-19", 20),
        ..refusal.clone()
    };
    let daily = async || played.finding(Criterion::DailyDelivery, at(LAST, 22)).await;
    let before = daily().await.says;
    assert_eq!(before, "Nothing was accepted on 2 of the last 7 days.");
    reception.refuse(played.app, &rules, &off).await.unwrap();
    let after = daily().await.says;
    assert_eq!(
        after,
        "Nothing was accepted on 1 of the last 6 days with Goals on; they were off on 1 other."
    );
    let found = played.finding(Criterion::RightToken, at(LAST, 22)).await;
    assert!(
        found.says.contains("3 came while Goals were off"),
        "{}",
        found.says
    );
}

#[tokio::test]
async fn a_week_without_goals_is_told_and_forgets_nothing() {
    let played = played(SETTINGS).await;
    let store = std::sync::Arc::clone(&played.world.store) as std::sync::Arc<dyn Store>;
    let rules = Rules::of(&*store, played.app.district).await.unwrap();
    let reception = Reception::new(store, Limits::default());
    for day in 1..=7 {
        let refusal = Refusal {
            at: at(&format!("2026-10-{day:02}"), 20),
            status: 404,
            message: "Goals are not switched on".to_owned(),
            bytes: 10,
            body: None,
        };
        let noted = reception.refuse(played.app, &rules, &refusal).await;
        assert!(noted.unwrap());
    }
    let now = at("2026-10-08", 20);
    let found = played.finding(Criterion::DailyDelivery, now).await;
    assert_eq!(found.says, "Goals were off on all of the last 7 days.");
    let found = played.finding(Criterion::TotalsNeverFall, now).await;
    assert_eq!(found.outcome, Outcome::Pass, "{}", found.says);
}

#[tokio::test]
async fn another_key_than_the_apps_is_told_with_the_one_that_is_taken() {
    let played = played(SETTINGS).await;
    let now = at(LAST, 20);
    let table = format!("clever_id,minutes,stars\n{},300,5\n", played.student("P1"));
    let receipt = played.world.submit(played.app, table, now).await;
    assert_eq!(receipt["data"]["expected_metric"], "lessons_completed");
    let found = played.finding(Criterion::KeyName, now).await;
    assert_eq!(found.outcome, Outcome::Fail);
    assert!(
        found.says.contains("takes lessons_completed") && found.says.contains("leaves out stars"),
        "{}",
        found.says
    );
    // Minutes alone ask for nothing.
    let table = format!("clever_id,minutes\n{},300\n", played.student("P1"));
    played.world.submit(played.app, table, now).await;
    let found = played.finding(Criterion::KeyName, now).await;
    assert_eq!(found.outcome, Outcome::Pass);
}

#[tokio::test]
async fn a_body_that_comes_again_under_another_key_is_no_resend() {
    let played = played(SETTINGS).await;
    let rows = [(played.student("P1"), "300".to_owned(), "21".to_owned())];
    let declare = async |key: &str| {
        let said = Declaration {
            progress_key: Some(key.to_owned()),
            ..Declaration::default()
        };
        let by = played.world.by(at(LAST, 20));
        declare(&*played.world.store, played.app, &said, by)
            .await
            .unwrap();
    };
    declare("books_read").await;
    played.world.report(played.app, &rows, at(LAST, 20)).await;
    declare("lessons_completed").await;
    let receipt = played.world.report(played.app, &rows, at(LAST, 21)).await;
    assert_eq!(receipt["data"]["updated"], 1);
    let now = at(LAST, 22);
    let found = played.finding(Criterion::ResendHarmless, now).await;
    assert_eq!(found.outcome, Outcome::Unknown, "{}", found.says);
    played.world.report(played.app, &rows, at(LAST, 21)).await;
    let found = played.finding(Criterion::ResendHarmless, now).await;
    assert_eq!(found.outcome, Outcome::Pass, "{}", found.says);
}

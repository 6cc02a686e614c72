//! `check`: pass or fail per criterion of a certification, from the sender's own log (issue 6).

use std::collections::BTreeMap;

use homeroom_client::Clock as _;
use homeroom_goals::SchoolYear;
use homeroom_goals::certification::{Criterion, Outcome};
use homeroom_model::Timestamp;
use homeroom_roster::GoalTrigger;
use homeroom_sync::goals::Push;

use super::place::{App, District, id, years};
use super::receiver::Act;

const TWICE: Push = Push {
    trigger: GoalTrigger::Demand,
    twice: true,
};

async fn check(app: &App, river: &District) -> BTreeMap<Criterion, Outcome> {
    let found = app
        .sender
        .check(river.town.district, &app.reporting)
        .await
        .unwrap();
    assert_eq!(found.len(), 9);
    found
        .into_iter()
        .map(|one| (one.criterion, one.outcome))
        .collect()
}

/// Not passed, by criterion.
async fn not_passed(app: &App, river: &District) -> Vec<(Criterion, Outcome)> {
    let found = check(app, river).await;
    found
        .into_iter()
        .filter(|(_, outcome)| *outcome != Outcome::Pass)
        .collect()
}

/// What is said of a criterion.
async fn says(app: &App, river: &District, criterion: Criterion) -> String {
    let found = app.sender.check(river.town.district, &app.reporting).await;
    let mut found = found.unwrap().into_iter();
    found.find(|one| one.criterion == criterion).unwrap().says
}

/// Days with work, each reported.
async fn days(app: &App, river: &District, count: u32, name: &str) {
    for day in 0..count {
        app.hours(24);
        for (place, person) in river.town.students.iter().enumerate() {
            app.works(river, &format!("{name} {day} of {place}"), *person, 20);
        }
        app.push_done(river).await;
    }
}

/// A fortnight of a new school year, from its first moments on; on the last day everything is sent twice.
async fn fortnight(app: &App, river: &District) {
    // From a day before the year begins.
    let begins = years().begins(SchoolYear(2028));
    app.until(Timestamp::from_millis(
        begins.millis() - 86_400_000 + 12 * 3_600_000,
    ));
    app.push_done(river).await;
    for day in 0..14 {
        app.hours(24);
        for (place, person) in river.town.students.iter().enumerate() {
            app.works(river, &format!("{day} of {place}"), *person, 20);
        }
        app.push_done(river).await;
    }
    app.push_as(river, &TWICE).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_does_everything_right_passes() {
    let mut app = App::new();
    app.reporting.counts_finished_work = Some(true);
    let river = app.district(1);
    assert_eq!(
        check(&app, &river).await[&Criterion::DailyDelivery],
        Outcome::Unknown,
        "nothing was sent yet"
    );
    fortnight(&app, &river).await;
    assert_eq!(not_passed(&app, &river).await, []);
    let log = app.receiver.log();
    assert_eq!(
        log[log.len() - 1].body,
        log[log.len() - 2].body,
        "the same bytes twice"
    );
}

#[tokio::test(start_paused = true)]
async fn every_fault_fails_its_criterion() {
    let mut app = App::new();
    app.reporting.counts_finished_work = Some(true);
    let river = app.district(1);
    let [ana, bo, _] = river.town.students;
    fortnight(&app, &river).await;
    // A token of the wrong kind.
    app.receiver.script(&[Act::Status(404)]);
    app.push(&river).await;
    assert_eq!(
        not_passed(&app, &river).await,
        [
            (Criterion::EveryStudentCovered, Outcome::Fail),
            (Criterion::RightToken, Outcome::Fail),
        ]
    );
    app.push_done(&river).await;
    assert_eq!(
        not_passed(&app, &river).await,
        [(Criterion::RightToken, Outcome::Fail)]
    );
    // Somebody the district does not know.
    app.receiver.share(&river.token, id(41), false);
    app.push_done(&river).await;
    assert!(
        not_passed(&app, &river)
            .await
            .contains(&(Criterion::EveryStudentCovered, Outcome::Fail))
    );
    app.receiver.share(&river.token, id(41), true);
    // A total that fell.
    app.undo(&river, "3 of 0");
    assert!(
        not_passed(&app, &river)
            .await
            .contains(&(Criterion::TotalsNeverFall, Outcome::Fail))
    );
    // A day without anything.
    app.hours(48);
    app.push(&river).await;
    assert!(
        not_passed(&app, &river)
            .await
            .contains(&(Criterion::DailyDelivery, Outcome::Fail))
    );
    // A key that is no noun and past verb; nobody said whether it counts finished work.
    app.reporting.metric = "progress".to_owned();
    app.reporting.counts_finished_work = None;
    let found = check(&app, &river).await;
    assert_eq!(found[&Criterion::KeyName], Outcome::Fail);
    assert_eq!(found[&Criterion::CountsFinishedWork], Outcome::Unknown);
    let _ = (ana, bo);
}

#[tokio::test(start_paused = true)]
async fn a_fall_that_was_repaired_is_not_forgotten_for_a_week() {
    let mut app = App::new();
    app.reporting.counts_finished_work = Some(true);
    let river = app.district(1);
    let [ana, ..] = river.town.students;
    fortnight(&app, &river).await;
    let fails = [(Criterion::TotalsNeverFall, Outcome::Fail)];
    // Held here, and repaired the same day: the district never heard of it.
    app.hours(1);
    app.undo(&river, "3 of 0");
    assert_eq!(app.push(&river).await.fallen.len(), 1);
    let held = not_passed(&app, &river).await;
    assert_eq!(held[0].0, Criterion::EveryStudentCovered);
    assert_eq!(held[1..], fails);
    app.works(&river, "again", ana, 20);
    app.push_done(&river).await;
    assert_eq!(not_passed(&app, &river).await, fails);
    let told = says(&app, &river, Criterion::TotalsNeverFall).await;
    assert!(
        told.starts_with("0 totals are lower") && told.contains("on 1 day of"),
        "{told}"
    );
    days(&app, &river, 7, "later").await;
    assert_eq!(
        not_passed(&app, &river).await,
        fails,
        "in the last whole week"
    );
    days(&app, &river, 1, "after a week").await;
    app.push_as(&river, &TWICE).await.unwrap();
    assert_eq!(not_passed(&app, &river).await, []);
    // Allowed, told, and confirmed there: the same.
    app.undo(&river, "again");
    app.push(&river).await;
    let person = ana.to_string();
    let allowing = app
        .sender
        .allow(river.town.district, &app.reporting, &person, "Ms Orr", None);
    allowing.await.unwrap();
    assert_eq!(
        app.push_done(&river).await.not_taken[0].reason,
        "regression"
    );
    let told = says(&app, &river, Criterion::TotalsNeverFall).await;
    assert!(told.starts_with("1 total is lower"), "{told}");
    app.receiver.confirm(&river.token, id(40));
    days(&app, &river, 7, "confirmed").await;
    app.push_as(&river, &TWICE).await.unwrap();
    assert_eq!(not_passed(&app, &river).await, fails);
    days(&app, &river, 1, "and a day").await;
    assert_eq!(not_passed(&app, &river).await, []);
}

#[tokio::test(start_paused = true)]
async fn goals_that_were_off_are_no_fault_of_the_token() {
    let mut app = App::new();
    app.reporting.counts_finished_work = Some(true);
    let river = app.district(1);
    fortnight(&app, &river).await;
    app.receiver.script(&[Act::Off]);
    let pushed = app.push(&river).await;
    assert_eq!(pushed.state, homeroom_sync::goals::PushState::Refused);
    let standing = app.sender.standing(river.town.district, &app.reporting);
    let notice = standing.await.unwrap().notices.swap_remove(0);
    assert!(notice.detail.unwrap().contains("not switched Goals on"));
    app.push_done(&river).await;
    assert_eq!(not_passed(&app, &river).await, []);
    // Whole days of it are no days on which anything could be delivered.
    for _ in 0..2 {
        app.hours(20);
        app.receiver.script(&[Act::Off]);
        app.push(&river).await;
    }
    app.hours(20);
    app.push_as(&river, &TWICE).await.unwrap();
    let told = says(&app, &river, Criterion::DailyDelivery).await;
    assert!(
        told.ends_with("of the last 5 days with Goals on; they were off on 2 others."),
        "{told}"
    );
    let told = says(&app, &river, Criterion::RightToken).await;
    assert!(told.contains("3 came while Goals were off"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_nobody_explains_is_held_against_no_token() {
    let mut app = App::new();
    app.reporting.counts_finished_work = Some(true);
    let river = app.district(1);
    fortnight(&app, &river).await;
    app.receiver.script(&[Act::OffUnsaid]);
    let pushed = app.push(&river).await;
    assert_eq!(pushed.state, homeroom_sync::goals::PushState::Refused);
    let standing = app.sender.standing(river.town.district, &app.reporting);
    let notice = standing.await.unwrap().notices.swap_remove(0);
    let told = notice.detail.unwrap();
    assert!(told.contains("it did not say which"), "{told}");
    app.push_done(&river).await;
    assert_eq!(not_passed(&app, &river).await, []);
    let told = says(&app, &river, Criterion::RightToken).await;
    assert!(
        told.starts_with("0 requests were refused for their token; 0 came"),
        "{told}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_week_without_goals_is_told_and_forgets_nothing() {
    let mut app = App::new();
    app.reporting.counts_finished_work = Some(true);
    let river = app.district(1);
    fortnight(&app, &river).await;
    for _ in 0..8 {
        app.hours(24);
        app.receiver.script(&[Act::Off]);
        app.push(&river).await;
    }
    let told = says(&app, &river, Criterion::DailyDelivery).await;
    assert_eq!(told, "Goals were off on all of the last 7 days.");
    let found = check(&app, &river).await;
    assert_eq!(found[&Criterion::DailyDelivery], Outcome::Unknown);
    assert_eq!(found[&Criterion::TotalsNeverFall], Outcome::Pass);
    assert_eq!(found[&Criterion::ZeroAtYearStart], Outcome::Pass);
}

#[tokio::test(start_paused = true)]
async fn a_year_that_began_before_us_is_not_judged_and_one_that_begins_high_is() {
    let app = App::new();
    let river = app.district(1);
    app.works(&river, "a", river.town.students[0], 500);
    app.push_done(&river).await;
    app.hours(48);
    app.push_done(&river).await;
    let found = check(&app, &river).await;
    assert_eq!(found[&Criterion::ZeroAtYearStart], Outcome::Unknown);
    // Ten hours into the next year somebody has twelve.
    app.until(Timestamp::from_millis(
        years().begins(SchoolYear(2028)).millis() + 10 * 3_600_000,
    ));
    app.works(&river, "b", river.town.students[0], 720);
    app.push_done(&river).await;
    let found = check(&app, &river).await;
    // As much goes out as time has passed; the rest follows.
    assert_eq!(found[&Criterion::ZeroAtYearStart], Outcome::Pass);
    assert_eq!(
        app.waiting(&river),
        [(river.town.students[0], "later".to_owned())]
    );
    assert_eq!(app.shown(&river, 40), Some((599, 1)));
    let _ = app.clock.now();
}

#[tokio::test(start_paused = true)]
async fn a_resend_that_changes_something_fails() {
    let app = App::new();
    let river = app.district(1);
    app.works(&river, "a", river.town.students[0], 5);
    app.push_done(&river).await;
    app.hours(48);
    // The first of the two never arrived whole, whatever the answer said: the second one changes figures.
    app.works(&river, "b", river.town.students[0], 5);
    let mut app = app;
    app.reporting.limits.plain_answers = true;
    app.receiver.script(&[Act::GarbageBefore(4), Act::Well]);
    let pushed = app.push_as(&river, &TWICE).await.unwrap();
    assert_eq!(pushed.changed_by_resend, Some(1));
    assert_eq!(
        check(&app, &river).await[&Criterion::ResendHarmless],
        Outcome::Fail
    );
}

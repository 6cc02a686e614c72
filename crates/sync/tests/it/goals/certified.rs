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
    // The district set it aside: nothing is acknowledged of it yet.
    assert_eq!(found[&Criterion::ZeroAtYearStart], Outcome::Pass);
    assert_eq!(
        app.waiting(&river),
        [(river.town.students[0], "implausible".to_owned())]
    );
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

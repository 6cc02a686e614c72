//! Whether an app's feed is fit to be relied on: the criteria of a certification, each with pass or fail (issue 6).
//!
//! Sender and receiver gather the facts from their own logs and ask the same function, so `homeroom goals check` at the app
//! says what the district's page of the app says.

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::submission::doubt;

/// What was seen of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Of each of the last seven whole days of the district, whether anything was accepted; without days on which nothing was
    /// because Goals were off.
    pub days: Vec<bool>,
    /// On how many of those seven days nothing was accepted because Goals were off. While the feed is younger than a day this is
    /// 0 and there are no `days`.
    pub days_off: u32,
    /// Students with an active account and a present id.
    pub active: u32,
    /// Of those, how many were reported in the last two days.
    pub covered: u32,
    /// Requests of these days and today that were refused for their token: none, or one of the wrong kind or district.
    pub refused: u32,
    /// Requests of these days and today that came while the district had Goals switched off for the app. They are refused with
    /// 404 as a token of the wrong kind is, and say nothing about the token.
    pub off: u32,
    /// Rows that changed a figure when the last request was sent a second time; `None` where that was never tried.
    pub changed_by_resend: Option<u32>,
    /// Totals that are lower now than they were in this school year, until they are raised again or somebody says that the lower
    /// one is right.
    pub regressions: u32,
    /// Of these days and today, on how many a total was lower than it had been, whether or not it was repaired since.
    pub days_fallen: u32,
    /// Students who did not begin the school year at zero: the first total was more than the year was old, or there was progress
    /// before there was a minute.
    pub not_from_zero: u32,
    /// Whether this school year's beginning was seen.
    pub saw_year_begin: bool,
    /// The key of the progress metric, if any was sent.
    pub key: Option<String>,
    /// That the last request's progress came under a key that the district leaves out ([`left_out`]).
    pub left_out: Option<String>,
    /// Students with at least half an hour in the last whole week of school.
    pub busy: u32,
    /// Of those, how many whose progress rose.
    pub moved: u32,
    /// Whether the app's owner declared that the metric counts finished work, which no log can show.
    pub counts_finished_work: Option<bool>,
}

/// A criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Something is delivered every day.
    DailyDelivery,
    /// Every active student is in it.
    EveryStudentCovered,
    /// Each district is reported with its own token.
    RightToken,
    /// Sending again changes nothing.
    ResendHarmless,
    /// Totals never fall.
    TotalsNeverFall,
    /// Totals begin at zero with the school year.
    ZeroAtYearStart,
    /// The key is a noun and a past verb, and the one that the district takes.
    KeyName,
    /// The metric moves within a week of work.
    MovesWeekly,
    /// The metric counts finished work.
    CountsFinishedWork,
}

/// How a criterion is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is.
    Pass,
    /// It is not.
    Fail,
    /// Nothing was seen yet that would tell.
    Unknown,
}

/// One criterion, looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The criterion.
    pub criterion: Criterion,
    /// How it is met.
    pub outcome: Outcome,
    /// What was seen, in one sentence.
    pub says: String,
}

/// Looks at every criterion, in the order of their list.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let seen = delivery(facts)
        .into_iter()
        .chain(totals(facts))
        .chain(metric(facts));
    let finding = |(criterion, passes, says): Seen| Finding {
        criterion,
        outcome: match passes {
            Some(true) => Outcome::Pass,
            Some(false) => Outcome::Fail,
            None => Outcome::Unknown,
        },
        says,
    };
    seen.map(finding).collect()
}

/// So many of something.
fn count(number: u32, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

/// That progress under a key is left out, and what to do about it; with the key that is taken, if that is known. For the app's
/// owner, in the middle of a sentence.
pub fn left_out(sent: &str, taken: Option<&str>) -> String {
    match taken {
        Some(taken) => format!(
            "the district takes {taken} as this app's progress and leaves out {sent}: send that key, or declare {sent} there (PUT /goals/v1/app)"
        ),
        None => format!(
            "the district leaves out {sent}, which is not this app's progress there: declare it (PUT /goals/v1/app)"
        ),
    }
}

/// A criterion, whether it is met as far as is known, and what was seen.
type Seen = (Criterion, Option<bool>, String);

fn delivery(facts: &Facts) -> [Seen; 4] {
    let Facts {
        active,
        covered,
        refused,
        off,
        ..
    } = *facts;
    let days = facts.days.len();
    let missed = facts.days.iter().filter(|delivered| !**delivered).count();
    let daily = match (days, facts.days_off) {
        (0, 0) => "No whole day is over since sending began.".to_owned(),
        (0, 1) => "Goals were off on the last day.".to_owned(),
        (0, days_off) => format!("Goals were off on all of the last {days_off} days."),
        (days, 0) => format!("Nothing was accepted on {missed} of the last {days} days."),
        (days, days_off) => {
            let on = count(u32::try_from(days).unwrap_or(u32::MAX), "day", "days");
            let off = count(days_off, "other", "others");
            format!(
                "Nothing was accepted on {missed} of the last {on} with Goals on; they were off on {off}."
            )
        }
    };
    let resend = match facts.changed_by_resend {
        Some(changed) => {
            let rows = count(changed, "row", "rows");
            format!("The last request, sent again, changed {rows}.")
        }
        None => "No request was sent twice yet.".to_owned(),
    };
    let refusals = count(
        refused,
        "request was refused for its token",
        "requests were refused for their token",
    );
    [
        (
            Criterion::DailyDelivery,
            (days > 0).then_some(missed == 0),
            daily,
        ),
        (
            Criterion::EveryStudentCovered,
            (days > 0 && active > 0).then_some(covered >= active),
            format!("{covered} of {active} active students were reported in the last two days."),
        ),
        (
            Criterion::RightToken,
            (days > 0 || refused > 0).then_some(refused == 0),
            format!("{refusals}; {off} came while Goals were off for the app."),
        ),
        (
            Criterion::ResendHarmless,
            facts.changed_by_resend.map(|changed| changed == 0),
            resend,
        ),
    ]
}

fn totals(facts: &Facts) -> [Seen; 2] {
    let Facts {
        regressions,
        days_fallen,
        not_from_zero,
        ..
    } = *facts;
    // What is known of totals is not forgotten while Goals are off.
    let seen = !facts.days.is_empty() || facts.days_off > 0;
    let fell = regressions > 0 || days_fallen > 0;
    let falls = if fell {
        let now = count(
            regressions,
            "total is lower than it was",
            "totals are lower than they were",
        );
        let days = count(days_fallen, "day", "days");
        format!("{now}; on {days} of the last week a total fell, repaired or not.")
    } else {
        "No total is lower than it was, and none fell in the last week.".to_owned()
    };
    let began = count(not_from_zero, "student", "students");
    [
        (
            Criterion::TotalsNeverFall,
            // A fall that was repaired is no proof that the next one will not happen: it fails for as long as days are looked at.
            (seen || fell).then_some(!fell),
            falls,
        ),
        (
            Criterion::ZeroAtYearStart,
            (seen && facts.saw_year_begin).then_some(not_from_zero == 0),
            format!("{began} did not begin the school year at zero."),
        ),
    ]
}

fn metric(facts: &Facts) -> [Seen; 3] {
    let Facts { busy, moved, .. } = *facts;
    let doubted = facts.key.as_deref().map(doubt);
    let (taken, key) = match (&facts.left_out, doubted) {
        (Some(left_out), _) => (Some(false), format!("Not taken: {left_out}.")),
        (None, None) => (None, "No progress metric was sent yet.".to_owned()),
        (None, Some(None)) => (Some(true), "The key is a noun and a past verb.".to_owned()),
        (None, Some(Some(doubt))) => (Some(false), format!("Better: {}.", doubt.advice())),
    };
    let finished = match facts.counts_finished_work {
        Some(true) => "The app's owner declared that it counts finished work.",
        Some(false) => "The app's owner declared that it counts something else than finished work.",
        None => "Whether it counts finished work is for the app's owner to declare.",
    };
    [
        (Criterion::KeyName, taken, key),
        (
            Criterion::MovesWeekly,
            // Some students are stuck; where most who work do not move, it is the metric.
            (busy > 0).then_some(moved.saturating_mul(2) >= busy),
            format!(
                "Progress rose for {moved} of {busy} students with half an hour in the last week."
            ),
        ),
        (
            Criterion::CountsFinishedWork,
            facts.counts_finished_work,
            finished.to_owned(),
        ),
    ]
}

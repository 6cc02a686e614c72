//! Whether an app's feed is fit to be relied on: the criteria of a certification, each with pass or fail (issue 6).
//!
//! Sender and receiver gather the facts from their own logs and ask the same function, so `homeroom goals check` at the app
//! says what the district's page of the app says.

use serde::Serialize;

use crate::submission::doubt;

/// What was seen of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Of each of the last seven whole days of the district, whether anything was accepted. Empty while the feed is younger
    /// than a day.
    pub days: Vec<bool>,
    /// Students with an active account and a present id.
    pub active: u32,
    /// Of those, how many were reported in the last two days.
    pub covered: u32,
    /// Requests of these days that were answered with 401, 403 or 404: no token, or one of the wrong kind or district.
    pub refused: u32,
    /// Rows that changed a figure when the last request was sent a second time; `None` where that was never tried.
    pub changed_by_resend: Option<u32>,
    /// Totals of this school year that fell.
    pub regressions: u32,
    /// Students whose first total of the school year was more than the year was old: it did not begin at zero.
    pub not_from_zero: u32,
    /// Whether this school year's beginning was seen.
    pub saw_year_begin: bool,
    /// The key of the progress metric, if any was sent.
    pub key: Option<String>,
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
    /// The key is a noun and a past verb.
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

/// A criterion, whether it is met as far as is known, and what was seen.
type Seen = (Criterion, Option<bool>, String);

fn delivery(facts: &Facts) -> [Seen; 4] {
    let Facts {
        active,
        covered,
        refused,
        ..
    } = *facts;
    let days = facts.days.len();
    let missed = facts.days.iter().filter(|delivered| !**delivered).count();
    let resend = match facts.changed_by_resend {
        Some(changed) => format!("The last request, sent again, changed {changed} rows."),
        None => "No request was sent twice yet.".to_owned(),
    };
    [
        (
            Criterion::DailyDelivery,
            (days > 0).then_some(missed == 0),
            format!("Nothing was accepted on {missed} of the last {days} days."),
        ),
        (
            Criterion::EveryStudentCovered,
            (days > 0 && active > 0).then_some(covered >= active),
            format!("{covered} of {active} active students were reported in the last two days."),
        ),
        (
            Criterion::RightToken,
            (days > 0).then_some(refused == 0),
            format!("{refused} requests were refused for their token."),
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
        not_from_zero,
        ..
    } = *facts;
    let seen = !facts.days.is_empty();
    [
        (
            Criterion::TotalsNeverFall,
            seen.then_some(regressions == 0),
            format!("{regressions} totals fell this school year."),
        ),
        (
            Criterion::ZeroAtYearStart,
            (seen && facts.saw_year_begin).then_some(not_from_zero == 0),
            format!("{not_from_zero} students began the school year with more than it was old."),
        ),
    ]
}

fn metric(facts: &Facts) -> [Seen; 3] {
    let Facts { busy, moved, .. } = *facts;
    let doubted = facts.key.as_deref().map(doubt);
    let key = match doubted {
        None => "No progress metric was sent yet.".to_owned(),
        Some(None) => "The key is a noun and a past verb.".to_owned(),
        Some(Some(doubt)) => format!("Better: {}.", doubt.advice()),
    };
    let finished = match facts.counts_finished_work {
        Some(true) => "The app's owner declared that it counts finished work.",
        Some(false) => "The app's owner declared that it counts something else than finished work.",
        None => "Whether it counts finished work is for the app's owner to declare.",
    };
    [
        (
            Criterion::KeyName,
            doubted.map(|doubt| doubt.is_none()),
            key,
        ),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Facts {
        Facts {
            days: vec![true; 7],
            active: 100,
            covered: 100,
            changed_by_resend: Some(0),
            saw_year_begin: true,
            key: Some("lessons_completed".to_owned()),
            busy: 40,
            moved: 20,
            counts_finished_work: Some(true),
            ..Facts::default()
        }
    }

    fn not_passed(facts: &Facts) -> Vec<(Criterion, Outcome)> {
        let findings = check(facts)
            .into_iter()
            .map(|finding| (finding.criterion, finding.outcome));
        findings
            .filter(|(_, outcome)| *outcome != Outcome::Pass)
            .collect()
    }

    #[test]
    fn a_good_feed_passes_and_every_fault_fails_its_criterion() {
        assert_eq!(not_passed(&good()), []);
        for (criterion, facts) in [
            (
                Criterion::DailyDelivery,
                Facts {
                    days: vec![true, false],
                    ..good()
                },
            ),
            (
                Criterion::EveryStudentCovered,
                Facts {
                    covered: 99,
                    ..good()
                },
            ),
            (
                Criterion::RightToken,
                Facts {
                    refused: 1,
                    ..good()
                },
            ),
            (
                Criterion::ResendHarmless,
                Facts {
                    changed_by_resend: Some(1),
                    ..good()
                },
            ),
            (
                Criterion::TotalsNeverFall,
                Facts {
                    regressions: 1,
                    ..good()
                },
            ),
            (
                Criterion::ZeroAtYearStart,
                Facts {
                    not_from_zero: 1,
                    ..good()
                },
            ),
            (
                Criterion::KeyName,
                Facts {
                    key: Some("progress".to_owned()),
                    ..good()
                },
            ),
            (
                Criterion::MovesWeekly,
                Facts {
                    moved: 19,
                    ..good()
                },
            ),
            (
                Criterion::CountsFinishedWork,
                Facts {
                    counts_finished_work: Some(false),
                    ..good()
                },
            ),
        ] {
            assert_eq!(not_passed(&facts), [(criterion, Outcome::Fail)]);
        }
    }

    #[test]
    fn nothing_seen_is_nothing_known() {
        let findings = check(&Facts::default());
        assert_eq!(findings.len(), 9);
        assert!(
            findings
                .iter()
                .all(|finding| finding.outcome == Outcome::Unknown),
            "{findings:?}"
        );
        assert!(findings.is_sorted_by_key(|finding| finding.criterion));
    }
}

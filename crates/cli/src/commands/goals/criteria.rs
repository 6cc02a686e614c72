//! The criteria of a certification as a table: of what was received, and of what is sent.

use homeroom_goals::certification::{Criterion, Finding, Outcome};

use super::draw::{Column, Look};

/// Every criterion with its result, and what was seen in a sentence.
pub(super) fn table(look: Look, findings: &[Finding]) -> String {
    let columns = [Column::words("criterion"), Column::words("result")];
    let rows: Vec<(Vec<String>, &str)> = findings
        .iter()
        .map(|finding| {
            let row = vec![
                words(finding.criterion).to_owned(),
                outcome(finding.outcome).to_owned(),
            ];
            (row, finding.says.as_str())
        })
        .collect();
    let rows = rows.iter().map(|(row, says)| (row.as_slice(), *says));
    look.noted(&columns, rows)
}

fn words(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::DailyDelivery => "something is delivered every day",
        Criterion::EveryStudentCovered => "every active student is covered",
        Criterion::RightToken => "each district with its own token",
        Criterion::ResendHarmless => "sending again changes nothing",
        Criterion::TotalsNeverFall => "totals never fall",
        Criterion::ZeroAtYearStart => "totals begin at zero with the school year",
        Criterion::KeyName => "the key is a noun and a past verb",
        Criterion::MovesWeekly => "the metric moves within a week of work",
        Criterion::CountsFinishedWork => "the metric counts finished work",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "FAIL",
        Outcome::Unknown => "not known yet",
    }
}

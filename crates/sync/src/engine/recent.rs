//! What the last 24 hours already did: guards look at that too (integration-side B11).

use homeroom_model::{Kind, Timestamp};
use homeroom_plan::Recent;
use homeroom_roster::{Reading, RosterError, RunState};

use super::report::RunReport;
use super::undo::undone_by;

/// How many runs are looked at: one every five minutes.
const RUNS: u32 = 288;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What runs of the last 24 hours did that nobody had approved. A first sync does not count.
pub(crate) fn recent(
    reading: &dyn Reading,
    district: i64,
    now: Timestamp,
) -> Result<Recent, RosterError> {
    let mut recent = Recent::default();
    let runs = reading.runs(district, RUNS)?;
    let undone = undone_by(&runs);
    for run in runs {
        let applied = matches!(run.state, RunState::Applied | RunState::Partial)
            && !undone.contains_key(&run.id);
        let lately = run
            .finished
            .is_some_and(|at| at.millis() > now.millis().saturating_sub(DAY));
        let Some(report) = run.report.as_deref().filter(|_| applied && lately) else {
            continue;
        };
        let report = RunReport::from_text(report);
        if report.approved || report.first {
            continue;
        }
        for kind in Kind::ALL {
            let acted = report.acted(kind);
            for (counts, number) in [
                (&mut recent.created, acted.created),
                (&mut recent.updated, acted.updated),
                (&mut recent.removed, acted.removed),
            ] {
                if number > 0 {
                    *counts.entry(kind).or_default() += number;
                }
            }
        }
    }
    Ok(recent)
}

//! What the last 24 hours already did: guards look at that too (integration-side B11).
//!
//! What a guard holds because of what was done before it stays held: as long as the hold is open, the guard goes on counting from
//! a day before the hold was opened.

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_plan::{Guard, Moves, Recent};
use homeroom_roster::{Hold, Reading, RosterError, RunState};

use super::report::{RunReport, at_school};
use super::undo::undone_by;

/// How many runs are looked at: one every five minutes.
const RUNS: u32 = 288;

/// And where something was held for longer: one every five minutes of a month.
const RUNS_OF_HOLDS: u32 = 31 * RUNS;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What runs did of late that nobody had approved. A first sync does not count.
pub(crate) fn recent(
    reading: &dyn Reading,
    district: i64,
    now: Timestamp,
) -> Result<Recent, RosterError> {
    let mut recent = Recent::default();
    let since = Since::of(&reading.holds(district, false)?, now);
    let most = if since.held.is_empty() {
        RUNS
    } else {
        RUNS_OF_HOLDS
    };
    let runs = reading.runs(district, most)?;
    let undone = undone_by(&runs);
    for run in runs {
        let applied = matches!(run.state, RunState::Applied | RunState::Partial)
            && !undone.contains_key(&run.id);
        let at = run.finished.map_or(i64::MIN, Timestamp::millis);
        let Some(report) = run
            .report
            .as_deref()
            .filter(|_| applied && at > since.first())
        else {
            continue;
        };
        let report = RunReport::from_text(report);
        if !report.first {
            add(&mut recent, &report, &|guard, of| {
                at > since.of_guard(guard, of)
            });
        }
    }
    Ok(recent)
}

/// Adds what a run did, as far as it is late enough for the guard that counts it.
fn add(recent: &mut Recent, report: &RunReport, late: &dyn Fn(Guard, &str) -> bool) {
    for kind in Kind::ALL {
        let acted = report.acted.get(kind.table()).copied().unwrap_or_default();
        for (guard, counts, number) in [
            (Guard::Creations, &mut recent.created, acted.created),
            (Guard::Updates, &mut recent.updated, acted.updated),
            (Guard::Removals, &mut recent.removed, acted.removed),
            (Guard::Logins, &mut recent.logins, acted.logins),
        ] {
            if number > 0 && late(guard, kind.table()) {
                *counts.entry(kind).or_default() += number;
            }
        }
    }
    for (at, number) in &report.schools {
        let Some((table, school)) = at.split_once(':') else {
            continue;
        };
        let kind = Kind::ALL.into_iter().find(|kind| kind.table() == table);
        if let (Some(kind), Some(school)) = (kind, ObjectId::from_hex(school))
            && late(Guard::SchoolRemovals, at)
        {
            *recent.schools.entry((kind, school)).or_default() += number;
        }
    }
    for (section, (left, came)) in &report.rosters {
        let is_late = late(Guard::RosterShrink, section) || late(Guard::RosterReplaced, section);
        if let Some(id) = ObjectId::from_hex(section).filter(|_| is_late) {
            let all = recent.rosters.entry(id).or_default();
            *all = all.and(Moves {
                left: *left,
                came: *came,
            });
        }
    }
    if late(Guard::Enrolments, "") {
        let (left, came) = report.seats;
        recent.seats = recent.seats.and(Moves { left, came });
    }
}

/// Since when each guard counts what was done.
struct Since {
    yesterday: i64,
    /// Earlier, for guards that hold something: the guard and what it looks at.
    held: BTreeMap<(String, String), i64>,
}

impl Since {
    fn of(open: &[Hold], now: Timestamp) -> Self {
        let mut held = BTreeMap::new();
        for hold in open {
            let since = hold.opened.millis().saturating_sub(DAY);
            for verdict in verdicts(&hold.verdicts) {
                let first = held.entry(verdict).or_insert(since);
                *first = since.min(*first);
            }
        }
        Self {
            yesterday: now.millis().saturating_sub(DAY),
            held,
        }
    }

    fn first(&self) -> i64 {
        self.held.values().copied().fold(self.yesterday, i64::min)
    }

    fn of_guard(&self, guard: Guard, of: &str) -> i64 {
        let held = self.held.get(&(guard.text().to_owned(), of.to_owned()));
        held.copied()
            .map_or(self.yesterday, |held| held.min(self.yesterday))
    }
}

/// The guards of a hold, each with what it looks at: a table, a school's records, a section, or the district.
fn verdicts(text: &str) -> Vec<(String, String)> {
    let told: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let verdicts = told.get("verdicts").and_then(serde_json::Value::as_array);
    let text = |verdict: &serde_json::Value, name: &str| {
        let value = verdict.get(name).and_then(serde_json::Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let one = |verdict: &serde_json::Value| {
        let (guard, kind, place) = (
            text(verdict, "guard"),
            text(verdict, "kind"),
            text(verdict, "place"),
        );
        let of = if guard == Guard::SchoolRemovals.text() {
            let kind = Kind::ALL.into_iter().find(|one| one.table() == kind);
            let school = ObjectId::from_hex(&place);
            kind.zip(school)
                .map(|(kind, school)| at_school(kind, &school))
        } else if place.is_empty() {
            Some(kind)
        } else {
            Some(place)
        };
        (guard, of.unwrap_or_default())
    };
    verdicts.into_iter().flatten().map(one).collect()
}

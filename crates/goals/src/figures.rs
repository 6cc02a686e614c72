//! Counts of many students: a class, a school, a district (integration-side D6).
//!
//! A group is added up from verdicts, one student at a time and in any order, and groups add up to larger ones; so a figure
//! costs what its students cost and asks nobody anything.

mod hidden;
#[cfg(test)]
mod tests;
mod week;

use std::cmp::Ordering;

use homeroom_model::ObjectId;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    Amount,
    state::{State, Verdict},
    total::Total,
};
pub use hidden::hidden;
pub use week::Week;

/// What is counted of a group of students in one app. Whether sums may be shown is for whoever shows them to say, so they are
/// not written with the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Students enrolled and shared with the app.
    pub students: u32,
    /// Of those, how many the app reported this school year: coverage.
    pub reported: u32,
    /// Of those enrolled, how many are in each state.
    pub states: States,
    /// How many have a target.
    pub with_target: u32,
    /// Of those, how many did all that should have been done by now.
    pub met: u32,
    /// Active minutes this school year.
    #[serde(skip)]
    pub minutes: Amount,
    /// Of how many they are: those whose minutes were reported. Where that is few, the sum tells of few.
    #[serde(skip)]
    pub with_minutes: u32,
    /// Progress this school year.
    #[serde(skip)]
    pub progress: Amount,
    /// Of how many it is.
    #[serde(skip)]
    pub with_progress: u32,
}

/// How many students are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct States([u32; State::ALL.len()]);

impl States {
    /// How many are in a state.
    pub fn of(&self, state: State) -> u32 {
        self.0.get(state as usize).copied().unwrap_or(0)
    }

    fn count(&mut self, state: State, count: u32) {
        if let Some(known) = self.0.get_mut(state as usize) {
            *known += count;
        }
    }
}

impl Serialize for States {
    /// An object: the word of each state and its count, all of them, in their order.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(State::ALL.len()))?;
        for state in State::ALL {
            map.serialize_entry(state.name(), &self.of(state))?;
        }
        map.end()
    }
}

/// What counts of one student: what is left of a verdict and a total where neither is at hand any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The student's state.
    pub state: State,
    /// Whether all was done that should have been by now; `None` without a target ([`Verdict::met`]).
    pub met: Option<bool>,
    /// Whether the app reported the student this school year.
    pub reported: bool,
    /// Active minutes this school year, if they were reported.
    pub minutes: Option<Amount>,
    /// Progress this school year, if it was reported.
    pub progress: Option<Amount>,
}

impl Counted {
    /// One student. `total` is the student's of this school year, if there is one.
    pub fn new(verdict: &Verdict, total: Option<&Total>) -> Self {
        let [minutes, progress] = total.map_or([None; 2], Total::shown);
        Self {
            state: verdict.state,
            met: verdict.met(),
            reported: total.is_some(),
            minutes,
            progress,
        }
    }
}

impl Group {
    /// Counts one student. `total` is the student's of this school year, if there is one.
    pub fn add(&mut self, verdict: &Verdict, total: Option<&Total>) {
        self.count(&Counted::new(verdict, total));
    }

    /// Counts one student.
    pub fn count(&mut self, one: &Counted) {
        self.students += 1;
        self.reported += u32::from(one.reported);
        self.states.count(one.state, 1);
        if let Some(met) = one.met {
            self.with_target += 1;
            self.met += u32::from(met);
        }
        self.minutes = self.minutes + one.minutes.unwrap_or_default();
        self.with_minutes += u32::from(one.minutes.is_some());
        self.progress = self.progress + one.progress.unwrap_or_default();
        self.with_progress += u32::from(one.progress.is_some());
    }

    /// Counts the students of another group, which has none of this one's.
    pub fn merge(&mut self, other: &Self) {
        self.students += other.students;
        self.reported += other.reported;
        for state in State::ALL {
            self.states.count(state, other.states.of(state));
        }
        self.with_target += other.with_target;
        self.met += other.met;
        self.minutes = self.minutes + other.minutes;
        self.with_minutes += other.with_minutes;
        self.progress = self.progress + other.progress;
        self.with_progress += other.with_progress;
    }

    /// Percent of those with a target who met it, rounded down; `None` where nobody has one.
    pub fn met_percent(&self) -> Option<u32> {
        percent(self.met, self.with_target)
    }

    /// Percent of those enrolled whom the app reported, rounded down; `None` of nobody.
    pub fn coverage_percent(&self) -> Option<u32> {
        percent(self.reported, self.students)
    }

    /// How many are on track or ahead.
    pub fn on_track(&self) -> u32 {
        self.states.of(State::OnTrack) + self.states.of(State::Ahead)
    }
}

fn percent(part: u32, whole: u32) -> Option<u32> {
    let percent = (u64::from(part) * 100).checked_div(u64::from(whole))?;
    u32::try_from(percent).ok()
}

/// The order of a teacher's list, as a teacher would act: the stuck by minutes lost, then the inactive, the slow, those
/// behind from the furthest behind, then the others; among equals by id.
pub fn by_urgency(a: (ObjectId, &Verdict), b: (ObjectId, &Verdict)) -> Ordering {
    let behind = |verdict: &Verdict| {
        let paces = verdict.minutes.iter().chain(&verdict.progress);
        paces
            .filter_map(|pace| pace.done.percent_of(pace.target))
            .min()
            .unwrap_or(u32::MAX)
    };
    let lost = |verdict: &Verdict| (verdict.state == State::Stuck).then(|| verdict.lost());
    a.1.state
        .urgency()
        .cmp(&b.1.state.urgency())
        .then_with(|| lost(b.1).cmp(&lost(a.1)))
        .then_with(|| behind(a.1).cmp(&behind(b.1)))
        .then_with(|| a.0.cmp(&b.0))
}

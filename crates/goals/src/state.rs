//! What is the matter with a student in an app (integration-side D5): one state, why, and the times of being stuck.

mod stuck;
mod targets;
#[cfg(test)]
mod tests;
mod why;

use homeroom_model::{Date, Timestamp};
use serde::Serialize;

use crate::{
    Amount, Curve, Feed, Pace, SchoolDays, Settings, Start,
    school_days::before,
    target::Stretch,
    total::{Day, Metrics},
};
pub use stuck::Episode;
pub use why::Why;

/// The states, in the order in which they are tried: the first that holds is the student's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The app stopped sending: nothing can be said, and nothing is the student's fault.
    FeedStale,
    /// With minutes that wait to be confirmed, never reported, or new.
    NoData,
    /// Progress is at or above the ceiling that the app declared (issue 6, "Settled").
    Finished,
    /// Has not used it.
    Inactive,
    /// Works, and does not get further.
    Stuck,
    /// Gets further, but much more slowly than the minutes would let expect.
    Slow,
    /// Behind the target to date.
    Behind,
    /// On track.
    OnTrack,
    /// Ahead.
    Ahead,
    /// Uses it; there is no target to compare with.
    NoTarget,
}

impl State {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::FeedStale,
        Self::NoData,
        Self::Finished,
        Self::Inactive,
        Self::Stuck,
        Self::Slow,
        Self::Behind,
        Self::OnTrack,
        Self::Ahead,
        Self::NoTarget,
    ];

    /// Its word in answers and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::FeedStale => "feed_stale",
            Self::NoData => "no_data",
            Self::Finished => "finished",
            Self::Inactive => "inactive",
            Self::Stuck => "stuck",
            Self::Slow => "slow",
            Self::Behind => "behind",
            Self::OnTrack => "on_track",
            Self::Ahead => "ahead",
            Self::NoTarget => "no_target",
        }
    }

    /// Where it stands in a teacher's list, whom to see first before all: stuck, inactive, slow, behind, then the others.
    pub fn urgency(self) -> u8 {
        match self {
            Self::Stuck => 0,
            Self::Inactive => 1,
            Self::Slow => 2,
            Self::Behind => 3,
            Self::NoData => 4,
            Self::OnTrack => 5,
            Self::NoTarget => 6,
            Self::Ahead => 7,
            Self::Finished => 8,
            Self::FeedStale => 9,
        }
    }
}

/// An app in a district, in one school year: what is the same for all its students.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The school days of the year.
    pub calendar: &'a SchoolDays,
    /// What the app sent.
    pub feed: &'a Feed,
    /// The numbers.
    pub settings: &'a Settings,
    /// The progress at which there is nothing left to do, if the app declared one.
    pub ceiling: Option<Amount>,
    /// What the app declared about its metrics. What was reached in an earlier one is not judged.
    pub metrics: Metrics,
}

/// What is known of one student in one app.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The days of this school year, ascending.
    pub days: &'a [Day],
    /// A day at whose beginning the total was nothing ([`Start::zero`]).
    pub zero: Option<Date>,
    /// The same of progress ([`Start::progress_zero`]).
    pub progress_zero: Option<Date>,
    /// The first day on which the student was enrolled in this school year.
    pub enrolled: Date,
    /// The student is absent from school on the day that is asked about.
    pub absent: bool,
    /// The day since which minutes are set aside and wait to be confirmed ([`crate::total::Total::aside`]): how much the
    /// student worked since is not known.
    pub aside: Option<Date>,
    /// Targets for minutes ([`crate::target::Targets::of`]).
    pub minutes: &'a [Stretch<'a>],
    /// Targets for progress.
    pub progress: &'a [Stretch<'a>],
}

/// The day a state is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The last day that counts.
    pub day: Date,
    /// The moment at which the feed is looked at.
    pub now: Timestamp,
}

/// A student's state and what else there is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The state.
    pub state: State,
    /// Why, in numbers and as a sentence.
    pub why: Why,
    /// Against the target for minutes, where there is one and it is known what was done: a stale feed tells of nobody, and
    /// minutes that wait to be confirmed are not known.
    pub minutes: Option<Pace>,
    /// Against the target for progress, where there is one and the feed is not stale.
    pub progress: Option<Pace>,
    /// The school day, by number, after which it is known what the student did: 0 where the app saw the student begin, and the
    /// last where nothing was ever told.
    pub known: usize,
    /// Up to which school day, by number, it is known what the student did: the last, but for a stale feed and for minutes that
    /// wait to be confirmed, since which only what was accepted before is known.
    pub told: usize,
    /// The times of being stuck in this school year, the last perhaps still open. One is open as long as progress has not
    /// risen, whatever the state: a stuck student who stops working is inactive, and still stuck on coming back.
    pub stuck: Vec<Episode>,
}

impl Verdict {
    /// Whether everything was done that should have been by now; `None` without a target, and where it is not known.
    pub fn met(&self) -> Option<bool> {
        let paces = self.minutes.iter().chain(&self.progress);
        paces.map(|pace| pace.met).reduce(|all, met| all && met)
    }

    /// Minutes spent in the episode that is open, for sorting.
    pub fn lost(&self) -> Amount {
        let open = self.stuck.last().filter(|episode| episode.to.is_none());
        open.map_or(Amount::ZERO, |episode| episode.minutes)
    }
}

/// Says what is the matter with a student. `curve` lends its memory and holds the student's curve afterwards.
pub fn judge(scene: &Scene<'_>, known: &Known<'_>, at: AsOf, curve: &mut Curve) -> Verdict {
    let start = Start {
        zero: known.zero,
        progress_zero: known.progress_zero,
        metrics: scene.metrics,
    };
    curve.draw(known.days, scene.calendar, start, at.day);
    let look = Look {
        scene,
        known,
        at,
        curve,
    };
    let stuck = stuck::episodes(scene, known.enrolled, curve);
    let paces = look.paces();
    let (state, why) = look.state(stuck.last(), paces);
    let untold = state == State::FeedStale;
    Verdict {
        state,
        known: look.begins().unwrap_or(curve.last()),
        told: look.told(),
        why,
        minutes: paces.0.filter(|_| !untold && known.aside.is_none()),
        progress: paces.1.filter(|_| !untold),
        stuck,
    }
}

/// One student, being looked at.
struct Look<'a> {
    scene: &'a Scene<'a>,
    known: &'a Known<'a>,
    at: AsOf,
    curve: &'a Curve,
}

impl Look<'_> {
    fn state(&self, stuck: Option<&Episode>, paces: (Option<Pace>, Option<Pace>)) -> (State, Why) {
        if let Some(found) = self
            .unknown()
            .or_else(|| self.finished())
            .or_else(|| self.inactive())
        {
            return found;
        }
        let open = stuck
            .filter(|episode| episode.to.is_none() && !self.known.absent && self.surely_worked());
        if let Some(episode) = open {
            let days = self.scene.settings.stuck_days;
            let why = Why::Stuck {
                minutes: self.last(days).0,
                days,
                since: episode.since,
                lost: episode.minutes,
            };
            return (State::Stuck, why);
        }
        self.slow().unwrap_or_else(|| Self::paced(paces))
    }

    /// The stale feed, the days that are not known, and the student nobody knows yet.
    fn unknown(&self) -> Option<(State, Why)> {
        if let Some(hours) = self.scene.feed.stale(self.at.now) {
            return Some((State::FeedStale, Why::FeedStale { hours }));
        }
        // Before all that a beginning would excuse: these days are not known, of whomever.
        if self.known.aside.is_some() {
            return Some((State::NoData, Why::SetAside));
        }
        let Some(heard) = self.curve.heard() else {
            return Some((State::NoData, Why::NeverReported));
        };
        if self.broken_off(heard).is_some() {
            let since = self.scene.calendar.date(heard);
            return Some((State::FeedStale, Why::Interrupted { since }));
        }
        let enrolled = self.scene.calendar.count(self.known.enrolled, self.at.day);
        let new = enrolled < usize::from(self.scene.settings.new_days);
        new.then(|| {
            let days = u16::try_from(enrolled).unwrap_or(u16::MAX);
            (State::NoData, Why::New { days })
        })
    }

    /// The first of the last school days on which the feed was silent, where it broke off after this student was last heard of
    /// and came back without this student. On a day that is not over something may still come; whether the feed is silent
    /// then goes by hours ([`crate::Feed::stale`]).
    fn broken_off(&self, heard: usize) -> Option<usize> {
        let over = self.scene.calendar.through(before(self.at.day));
        (heard.max(self.window()) + 1..=over).find(|day| self.scene.feed.silent(*day))
    }

    /// The school day before the window of "has not used it".
    fn window(&self) -> usize {
        let days = usize::from(self.scene.settings.inactive_days);
        self.curve.last().saturating_sub(days)
    }

    /// Up to which school day it is known what the student did.
    fn told(&self) -> usize {
        let last = self.curve.last();
        let stale = self.scene.feed.stale(self.at.now).map(|_| last);
        let heard = self.curve.heard();
        let silent = heard.and_then(|heard| self.broken_off(heard)).or(stale);
        let told = silent.map_or(last, |day| self.scene.feed.told(day));
        let aside = self.known.aside;
        aside.map_or(told, |aside| told.min(self.accepted_before(aside)))
    }

    /// Up to which school day it is known what the student did when minutes were set aside on a day: the day of the last minutes
    /// that were accepted before, but not the one that the day counts with, of which those that wait may be.
    fn accepted_before(&self, aside: Date) -> usize {
        let calendar = self.scene.calendar;
        let mut days = self.known.days.iter().rev();
        let accepted = days.find(|day| day.minutes.is_some() && day.day <= aside);
        let accepted = accepted.map_or(0, |accepted| calendar.through(accepted.day));
        accepted.min(calendar.through(aside).saturating_sub(1))
    }

    fn finished(&self) -> Option<(State, Why)> {
        let ceiling = self.scene.ceiling?;
        let level = self.curve.facts(self.curve.last()).level;
        (level >= ceiling).then_some((
            State::Finished,
            Why::Finished {
                progress: level,
                ceiling,
            },
        ))
    }

    fn inactive(&self) -> Option<(State, Why)> {
        let days = self.scene.settings.inactive_days;
        let (minutes, progress) = self.last(days);
        // Of an app that tells no minutes, progress is all there is to go by.
        let idle = if self.curve.steps().is_empty() {
            progress == Amount::ZERO
        } else {
            minutes < self.scene.settings.inactive_minutes
        };
        if !idle {
            return None;
        }
        if self.curve.steps().is_empty() && !self.curve.knows_progress(self.window()) {
            return Some((State::NoData, Why::NotCompared));
        }
        // Nobody can say that there was no work on days before the first that is told of.
        let told_of = self.curve.last().saturating_sub(self.begins().unwrap_or(0));
        if told_of < usize::from(days) {
            let days = u16::try_from(told_of).unwrap_or(u16::MAX);
            return Some((State::NoData, Why::New { days }));
        }
        Some((State::Inactive, Why::Inactive { minutes, days }))
    }

    /// The school day after which it is known what the student did: the one before the total was nothing, or the first report.
    fn begins(&self) -> Option<usize> {
        let zero = self.known.zero;
        let zero = zero.map(|day| self.scene.calendar.through(before(day)));
        zero.or_else(|| (0..=self.curve.last()).find(|day| self.curve.facts(*day).reported))
    }

    /// Whether some of the minutes of the last days were done in them for sure. After an interruption of the feed a report
    /// may bring what was done before, by a student who has been absent since.
    fn surely_worked(&self) -> bool {
        let scene = self.scene;
        let window = self.window();
        let steps = self.curve.steps().iter().rev();
        let mut recent = steps.take_while(|step| step.to > window);
        recent.any(|step| {
            let heard = |day| scene.feed.delivered(day);
            step.work > 0 && (step.after >= window || (step.after + 1..step.to).all(heard))
        })
    }

    /// Minutes and progress of the last so many school days.
    fn last(&self, days: u16) -> (Amount, Amount) {
        let last = self.curve.last();
        let after = last.saturating_sub(usize::from(days));
        (
            self.curve.minutes(after, last),
            self.curve.progress(after, last),
        )
    }
}

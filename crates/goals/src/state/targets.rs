//! A student against the targets: paces, and who gets further much too slowly.

use super::{Look, State, Why};
use crate::{Amount, Curve, Pace, Standing};
use crate::{pace::target_between, school_days::before, target::Stretch};

impl Look<'_> {
    /// Progress, but little of it for the minutes; nobody can say so of days of which progress is not known.
    pub(super) fn slow(&self) -> Option<(State, Why)> {
        let settings = self.scene.settings;
        let days = settings.stuck_days;
        let (minutes, progress) = self.last(days);
        let after = self.curve.last().saturating_sub(usize::from(days));
        let calendar = self.scene.calendar;
        let first = calendar.date(after + 1)?.max(self.known.enrolled);
        if !self.curve.knows_progress(calendar.through(before(first))) {
            return None;
        }
        let target = |stretches| target_between(stretches, calendar, first, self.at.day);
        let progress_percent = progress.percent_of(target(self.known.progress))?;
        let minutes_percent = minutes.percent_of(target(self.known.minutes))?;
        let slow = progress > Amount::ZERO
            && progress_percent < settings.slow_progress_percent
            && minutes_percent >= settings.slow_minutes_percent;
        let why = Why::Slow {
            progress_percent,
            minutes_percent,
            days,
        };
        slow.then_some((State::Slow, why))
    }

    /// The slower of the two decides: a target that is not met is not made good by another that is.
    pub(super) fn paced((minutes, progress): (Option<Pace>, Option<Pace>)) -> (State, Why) {
        let slower = match (minutes, progress) {
            (Some(minutes), Some(progress)) if minutes.standing < progress.standing => {
                (minutes, true)
            }
            (_, Some(progress)) => (progress, false),
            (Some(minutes), None) => (minutes, true),
            (None, None) => return (State::NoTarget, Why::NoTarget),
        };
        let state = match slower.0.standing {
            Standing::Behind => State::Behind,
            Standing::OnTrack => State::OnTrack,
            Standing::Ahead => State::Ahead,
        };
        let why = Why::Pace {
            pace: slower.0,
            of_minutes: slower.1,
        };
        (state, why)
    }

    /// In minutes and in progress, from where on each is known.
    pub(super) fn paces(&self) -> (Option<Pace>, Option<Pace>) {
        let last = self.curve.last();
        let pace = |stretches: &[Stretch<'_>],
                    known: Option<usize>,
                    done: fn(&Curve, usize, usize) -> Amount| {
            let set = self.scene.calendar.through(before(stretches.first()?.from));
            let after = known?.max(set);
            let from = self.scene.calendar.date(after + 1)?;
            let target = target_between(stretches, self.scene.calendar, from, self.at.day);
            Pace::of(done(self.curve, after, last), target, self.scene.settings)
        };
        (
            pace(self.known.minutes, self.begins(), Curve::minutes),
            pace(self.known.progress, self.curve.known(), Curve::progress),
        )
    }
}

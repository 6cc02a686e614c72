//! The times at which a student worked without getting further.

use homeroom_model::Date;
use serde::Serialize;

use super::Scene;
use crate::{Amount, Curve};

/// One time of being stuck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Episode {
    /// The day of the last progress before it, `None` where there was none this school year.
    pub since: Option<Date>,
    /// The first school day on which the rule held.
    pub from: Date,
    /// The day on which progress rose again; `None` while it lasts.
    pub to: Option<Date>,
    /// Minutes spent since the last progress.
    pub minutes: Amount,
}

/// The rule of one student, walked over the school days.
struct Walk<'a> {
    scene: &'a Scene<'a>,
    curve: &'a Curve,
    enrolled: usize,
    /// The last school day on which progress rose.
    rose: Option<usize>,
    /// The last school day on which progress was reported.
    reported: Option<usize>,
    /// Before this school day nothing can be compared: a correction, an unknown beginning.
    floor: usize,
}

/// All of a student's, in order of days.
pub(super) fn episodes(scene: &Scene<'_>, enrolled: Date, curve: &Curve) -> Vec<Episode> {
    let mut walk = Walk {
        scene,
        curve,
        enrolled: scene.calendar.through(crate::school_days::before(enrolled)),
        rose: None,
        reported: None,
        floor: curve.known().unwrap_or(0),
    };
    let mut found: Vec<Episode> = Vec::new();
    let mut open: Option<Date> = None;
    for day in 0..=curve.last() {
        let facts = curve.facts(day);
        if facts.rose {
            found.extend(open.take().map(|from| walk.episode(from, day, true)));
            walk.rose = Some(day);
        }
        if facts.corrected {
            walk.floor = day;
        }
        if facts.progress_reported {
            walk.reported = Some(day);
        }
        if open.is_none() && walk.holds(day) {
            open = scene.calendar.date(day);
        }
    }
    found.extend(open.map(|from| walk.episode(from, curve.last(), false)));
    found
}

impl Walk<'_> {
    /// The rule of D5 with its exclusions. Minutes count as far as progress is known, so a row without progress creates
    /// nothing; nor does a regression, a correction or a stale feed.
    fn holds(&self, day: usize) -> bool {
        let settings = self.scene.settings;
        let window = day.saturating_sub(usize::from(settings.stuck_days));
        let facts = self.curve.facts(day);
        let Some(reported) = self.reported else {
            return false;
        };
        // What came with the first value may have been made on any day before.
        let rose = self.rose.or(self.curve.begun());
        let flat = rose.is_none_or(|rose| rose <= window);
        let grown = self.curve.minutes(window.max(self.floor), reported);
        let new = day.saturating_sub(self.enrolled) < usize::from(settings.new_days);
        let finished = self
            .scene
            .ceiling
            .is_some_and(|ceiling| facts.level >= ceiling);
        flat && grown >= settings.stuck_minutes
            && !new
            && !finished
            && !facts.regressed
            && !self.scene.feed.silent(day)
    }

    fn episode(&self, from: Date, last: usize, over: bool) -> Episode {
        Episode {
            since: self.rose.and_then(|rose| self.scene.calendar.date(rose)),
            from,
            to: over.then(|| self.scene.calendar.date(last)).flatten(),
            minutes: self
                .curve
                .minutes(self.rose.or(self.curve.known()).unwrap_or(0), last),
        }
    }
}

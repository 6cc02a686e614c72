//! What students do in the apps of a district over a school year, and what is true of each of them: the input of everything
//! that counts minutes and progress, with an oracle beside it.
//!
//! ```
//! use homeroom_simulator::SchoolYear;
//! use homeroom_simulator::usage::{APPS, Calendar, Usage, Year};
//!
//! let calendar = Calendar::usual(SchoolYear { start: 2026 });
//! let usage = Usage::new(7, APPS[0], calendar);
//! let mut year = Year::default();
//! let learner = usage.learner(42);
//! usage.play(&learner, &mut year);
//! let all: u64 = year.activities().iter().map(|one| u64::from(one.minutes.0)).sum();
//! assert_eq!(u64::from(year.total(usage.calendar().last()).minutes.0), all);
//! ```
//!
//! Every student is played alone and in any order, as a function of (seed, app, calendar, mix, student); whether a student
//! is at school is the same for all apps of a seed. Whoever is stuck was planted: other students who work get further
//! within a few sessions. Those who tempt a careless rule (before an absence, when new, when there is nothing left to do)
//! spend minutes without progress as well, but never so that the rule of integration-side D5 with its exclusions holds.

mod app;
mod calendar;
mod learner;
mod mix;
mod play;
mod year;

pub use app::{APPS, AppProfile};
pub use calendar::Calendar;
pub use learner::{Learner, LearnerKind};
pub use mix::Mix;
pub use year::{Activity, Done, Hundredths, Planted, Year};

use crate::draw::{Draw, Keys, Topic, mix as spread};

/// One app in one district and school year.
#[derive(Clone, Debug)]
pub struct Usage {
    keys: Keys,
    app: AppProfile,
    calendar: Calendar,
    mix: Mix,
    east: i32,
}

impl Usage {
    /// The usual mix of students, in a district five hours west of Greenwich. Cheap: nothing is played yet.
    pub fn new(seed: u64, app: AppProfile, calendar: Calendar) -> Self {
        Self {
            keys: Keys::new(seed),
            app,
            calendar,
            mix: Mix::default(),
            east: -300,
        }
    }

    /// With other shares of the kinds of students.
    #[must_use]
    pub fn mixed(mut self, mix: Mix) -> Self {
        self.mix = mix;
        self
    }

    /// In a district so many minutes east of Greenwich (west is less than zero). Everything is done between half past eight
    /// and eight in the evening, so the change to summer time and back moves nothing to another day.
    #[must_use]
    pub fn east(mut self, minutes: i32) -> Self {
        self.east = minutes;
        self
    }

    /// The app.
    pub fn app(&self) -> &AppProfile {
        &self.app
    }

    /// The days that are played.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// What kind of student a student is, and what is planned. Students go by a number of the caller's; [`number`] makes
    /// one of a text.
    pub fn learner(&self, student: u64) -> Learner {
        learner::plan(self, student)
    }

    /// Plays a student's year over whatever `year` held.
    pub fn play(&self, learner: &Learner, year: &mut Year) {
        play::play(self, learner, year);
    }

    /// Decisions about a student that are the same in all apps.
    fn person(&self, student: u64) -> Draw {
        self.keys.draw2(Topic::Usage, student, 0)
    }

    /// Decisions about a student in this app, and about the day with an offset.
    fn in_app(&self, student: u64, day: Option<usize>) -> Draw {
        let day = day.map_or(0, |day| day as u64 + 1);
        let part = (u64::from(self.app.number) << 32) | day;
        self.keys.draw2(Topic::Usage, student, part)
    }
}

/// A number for a student who is known by a text, like the id of a student information system.
pub fn number(text: &str) -> u64 {
    text.bytes().fold(0, |all, byte| {
        spread(all.wrapping_mul(257).wrapping_add(u64::from(byte) + 1))
    })
}

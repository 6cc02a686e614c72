//! School years of one district, day by day: what a SIS records in the course of a life, what goes wrong with its
//! files, and an oracle that knows who is who.
//!
//! ```
//! use homeroom_simulator::{History, HistorySettings, MemorySink, Profile, SectionHabit};
//!
//! let settings = HistorySettings::usual(2026, 3, SectionHabit::New);
//! let size = Profile { schools: 4, ..Profile::students(150) };
//! let history = History::new(size, 7, settings);
//! let mut walk = history.walk();
//! let mut files = MemorySink::default();
//! let truth = walk.write_next(&mut files)?;
//! assert_eq!(truth.map(|truth| truth.day), history.days().first().copied());
//! assert!(files.text("students.csv").lines().count() > 150);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Other than a day of [`District`](crate::District), a day of a history follows from the one before: some hundred bytes
//! for each person are held while it is walked through. The same profile, seed and settings give the same bytes for
//! ever. The files are tidy: the quirks of real data are the business of the district's days.

mod calendar;
mod courses;
mod damage;
mod employees;
mod files;
mod homes;
mod life;
mod pupils;
mod sections;
mod settings;
mod telling;
mod truth;
mod world;

use std::io;

pub use calendar::{Day, DayKind, YearDates};
pub use settings::{Expect, HistorySettings, Incident, Incidents, RosterFile, SectionHabit};
pub use truth::{Happening, Noun, TrueRecord, Truth};

use crate::district::District;
use crate::draw::Topic;
use crate::profile::Profile;
use crate::school_year::SchoolYear;
use crate::sink::{MemorySink, Sink};
use files::Files;
use world::{SchoolState, Today, World};

/// School years of one district.
#[derive(Debug)]
pub struct History {
    people: District,
    settings: HistorySettings,
    days: Vec<Day>,
    incidents: Vec<Option<Incident>>,
}

impl History {
    /// The history of a seed. Cheap: nothing has happened yet.
    pub fn new(profile: Profile, seed: u64, settings: HistorySettings) -> Self {
        let start = settings.years.first().map_or(0, YearDates::start);
        let people = District::new(profile, seed, SchoolYear { start }).tidy();
        let days = calendar::days(&settings.years);
        let incidents = settings.planned(&days, people.keys.draw(Topic::History, u64::MAX));
        Self {
            people,
            settings,
            days,
            incidents,
        }
    }

    /// What it was made with.
    pub fn settings(&self) -> &HistorySettings {
        &self.settings
    }

    /// The days on which files are sent, in order.
    pub fn days(&self) -> &[Day] {
        &self.days
    }

    /// What is out of the ordinary about a day's files.
    pub fn incident(&self, day: usize) -> Option<Incident> {
        self.incidents.get(day).copied().flatten()
    }

    /// Begins on the first day.
    pub fn walk(&self) -> Walk<'_> {
        Walk {
            history: self,
            world: World::default(),
            next: 0,
        }
    }

    /// Writes the files of one day; `None` for a day it does not have. All days before are lived through: whoever
    /// wants many days walks.
    pub fn write(&self, day: usize, sink: &mut dyn Sink) -> io::Result<Option<Truth>> {
        let mut walk = self.walk();
        while walk.next < day.min(self.days.len()) {
            walk.live();
        }
        walk.write_next(sink)
    }
}

/// A history on its way from day to day.
#[derive(Debug)]
pub struct Walk<'a> {
    history: &'a History,
    world: World,
    next: usize,
}

impl Walk<'_> {
    /// Writes the files of the next day, a full set unless a file is lost; `None` after the last. Fails only when the
    /// sink does.
    pub fn write_next(&mut self, sink: &mut dyn Sink) -> io::Result<Option<Truth>> {
        let Some((day, happenings)) = self.live() else {
            return Ok(None);
        };
        let Some(dates) = self.history.settings.years.get(day.year) else {
            return Ok(None);
        };
        let files = Files {
            people: &self.history.people,
            world: &self.world,
            dates,
        };
        let incident = self.history.incident(day.number);
        match incident.filter(|incident| !incident.stays()) {
            None => files.write(sink)?,
            Some(incident) => {
                let mut whole = MemorySink::default();
                files.write(&mut whole)?;
                damage::damage(&whole, incident, sink)?;
            }
        }
        Ok(Some(Truth {
            day,
            incident,
            expect: incident.map_or(Expect::Harmless, Incident::expect),
            happenings,
            records: telling::records(&self.world, dates),
        }))
    }

    /// Lives through the next day without its files; `None` after the last.
    pub fn skip(&mut self) -> Option<Day> {
        self.live().map(|(day, _)| day)
    }

    /// Lives through the next day.
    fn live(&mut self) -> Option<(Day, Vec<Happening>)> {
        let history = self.history;
        let day = *history.days.get(self.next)?;
        self.next += 1;
        if day.number == 0 {
            self.found();
        }
        let mut today = Today {
            people: &history.people,
            settings: &history.settings,
            world: &mut self.world,
            date: day.date,
            draw: history.people.keys.draw(Topic::History, day.number as u64),
            happenings: Vec::new(),
        };
        match history.incident(day.number) {
            _ if day.number == 0 => today.begin(),
            None => today.live(&day),
            // The rest of life stands still, so that what is wrong with the files is all there is.
            Some(incident) => today.suffer(incident),
        }
        Some((day, today.happenings))
    }

    /// The schools, which are there before anything else.
    fn found(&mut self) {
        let people = &self.history.people;
        self.world.domain.clone_from(&people.domain);
        for school in &people.plan.schools {
            let entity = self.world.entity();
            // Every other one begins with a zero.
            let zero = if school.index.is_multiple_of(2) {
                "0"
            } else {
                ""
            };
            let id = format!("{zero}{}", school.sis_id);
            self.world.claim(Noun::School, &id, entity);
            self.world.schools.push(SchoolState {
                entity,
                id,
                edits: 0,
            });
        }
    }
}

//! Week by week: what was done, and what should have been.

use homeroom_model::Date;
use serde::Serialize;

use crate::{Amount, Curve, SchoolDays, curve::week_of, monday, target::Stretch, target_between};

/// One week of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Week {
    /// Its Monday.
    pub monday: Date,
    /// How many of its days had school, and are over.
    pub school_days: u32,
    /// Students who worked at least a minute.
    pub students: u32,
    /// Active minutes.
    pub minutes: Amount,
    /// Progress.
    pub progress: Amount,
    /// Minutes that should have been.
    pub target_minutes: Amount,
    /// Progress that should have been.
    pub target_progress: Amount,
}

/// The weeks of a group that had school, in order. Minutes and progress are differences of days, missing days bridged, so
/// the weeks of a student add up to the total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trend {
    /// The weeks.
    pub weeks: Vec<Week>,
    #[serde(skip)]
    until: Date,
}

impl Trend {
    /// The weeks of the school days up to and with `until`, nothing in them.
    pub fn new(calendar: &SchoolDays, until: Date) -> Self {
        let mut weeks: Vec<Week> = Vec::new();
        for day in calendar.days().iter().take_while(|day| **day <= until) {
            let monday = monday(*day);
            match weeks.last_mut() {
                Some(week) if week.monday == monday => week.school_days += 1,
                _ => weeks.push(Week {
                    monday,
                    school_days: 1,
                    students: 0,
                    minutes: Amount::ZERO,
                    progress: Amount::ZERO,
                    target_minutes: Amount::ZERO,
                    target_progress: Amount::ZERO,
                }),
            }
        }
        Self { weeks, until }
    }

    /// Adds a student, enrolled since a day, whose curve was drawn up to the same day as the trend. Of weeks after the school
    /// day `told` ([`crate::state::Verdict::told`]) it is not known what the student did, and nothing is asked.
    pub fn add(
        &mut self,
        curve: &Curve,
        calendar: &SchoolDays,
        enrolled: Date,
        told: usize,
        minutes: &[Stretch<'_>],
        progress: &[Stretch<'_>],
    ) {
        for week in &mut self.weeks {
            let (after, to) = week_of(calendar, week.monday);
            let worked = curve.minutes(after, to);
            week.students += u32::from(worked >= Amount::whole(1));
            week.minutes = week.minutes + worked;
            week.progress = week.progress + curve.progress(after, to);
            if to.min(curve.last()) > told {
                continue;
            }
            let sunday = Date::from_days(week.monday.days() + 6).unwrap_or(week.monday);
            let from = week.monday.max(enrolled);
            let target =
                |stretches| target_between(stretches, calendar, from, sunday.min(self.until));
            week.target_minutes = week.target_minutes + target(minutes);
            week.target_progress = week.target_progress + target(progress);
        }
    }

    /// Adds the students of another group over the same weeks.
    pub fn merge(&mut self, other: &Self) {
        for week in &mut self.weeks {
            let Some(added) = other.weeks.iter().find(|added| added.monday == week.monday) else {
                continue;
            };
            week.students += added.students;
            week.minutes = week.minutes + added.minutes;
            week.progress = week.progress + added.progress;
            week.target_minutes = week.target_minutes + added.target_minutes;
            week.target_progress = week.target_progress + added.target_progress;
        }
    }
}

//! Pauses: in summer nothing is imported, apps keep reading what was published last, and the newest upload is imported when
//! the pause is over (district-side 7.4).

use homeroom_change::Calendar;
use homeroom_model::{Date, ObjectId};
use homeroom_store::{DistrictChange, DistrictRecord, Edit};
use serde::{Deserialize, Serialize};

use crate::Ingest;
use crate::audit::Act;
use crate::district_settings::{DistrictSettings, PauseRule};
use crate::error::IngestError;

/// A pause, both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The first day on which nothing is imported.
    pub start: Date,
    /// The last one.
    pub end: Date,
}

impl Pause {
    /// Whether nothing is imported on a day.
    pub fn holds_on(self, today: Date) -> bool {
        self.start <= today && today <= self.end
    }
}

/// What somebody said of pauses, beside the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    /// A pause that the calendar does not know.
    Pause(Pause),
    /// The calendar's pause that ends on this day is over already.
    Over(Date),
}

impl Ingest {
    /// Pauses a district from one day to another, both included. Replaces a pause that was set before.
    pub async fn pause(
        &self,
        district: ObjectId,
        pause: Pause,
        actor: &str,
    ) -> Result<(), IngestError> {
        if pause.end < pause.start {
            return Err(IngestError::PauseDays(pause));
        }
        self.say(district, Said::Pause(pause)).await?;
        self.audit(Act {
            district,
            actor,
            action: "paused",
            detail: format!("from {} to {}", pause.start, pause.end),
        })
        .await?;
        self.show_pause(district).await?;
        self.move_views(district).await
    }

    /// Ends a pause, or takes back one that is to come; `false` if there is none. What was uploaded meanwhile is imported
    /// by the next [`Ingest::catch_up`].
    pub async fn end_pause(&self, district: ObjectId, actor: &str) -> Result<bool, IngestError> {
        let Some(pause) = self.pause_of(district).await? else {
            return Ok(false);
        };
        self.say(district, Said::Over(pause.end)).await?;
        self.audit(Act {
            district,
            actor,
            action: "pause ended",
            detail: format!("it was to last until {}", pause.end),
        })
        .await?;
        self.show_pause(district).await?;
        self.move_views(district).await?;
        Ok(true)
    }

    /// The pause of a district that holds now or comes next; `None` if none is known.
    pub async fn pause_of(&self, district: ObjectId) -> Result<Option<Pause>, IngestError> {
        Ok(self.pause_and_today(district).await?.0)
    }

    /// The pause that holds now or comes next, and the day it is in the district.
    async fn pause_and_today(
        &self,
        district: ObjectId,
    ) -> Result<(Option<Pause>, Date), IngestError> {
        let (settings, _) = self.settings(district).await?;
        let today = settings.time_zone.day_of(self.surroundings.now());
        let pause = self.pause_on(district, &settings, today).await?;
        Ok((pause, today))
    }

    /// The pause that holds on a day or comes next.
    pub(crate) async fn pause_on(
        &self,
        district: ObjectId,
        settings: &DistrictSettings,
        today: Date,
    ) -> Result<Option<Pause>, IngestError> {
        let said = self.store.setting(&key(district)).await?;
        let said: Option<Said> = said.and_then(|text| serde_json::from_str(&text).ok());
        let of_calendar = summer(&settings.calendar, settings.pause, today);
        Ok(match said {
            Some(Said::Pause(pause)) if today <= pause.end => Some(pause),
            Some(Said::Over(end)) => of_calendar.filter(|pause| pause.end > end),
            _ => of_calendar,
        })
    }

    /// Writes the pause into the district's document, so that apps see it, and the state with it when it begins or is over.
    pub(crate) async fn show_pause(
        &self,
        district: ObjectId,
    ) -> Result<Option<DistrictRecord>, IngestError> {
        let Some(record) = self.store.district(district).await? else {
            return Ok(None);
        };
        let (pause, today) = self.pause_and_today(district).await?;
        let change = shown(&record, pause, today);
        if change == DistrictChange::default() {
            return Ok(Some(record));
        }
        Ok(self.store.change_district(district, change).await?)
    }

    /// Whether nothing is imported now.
    pub(crate) async fn is_paused(&self, district: ObjectId) -> Result<bool, IngestError> {
        let (pause, today) = self.pause_and_today(district).await?;
        Ok(pause.is_some_and(|pause| pause.holds_on(today)))
    }

    /// Refuses in a pause.
    pub(crate) async fn not_paused(&self, district: ObjectId) -> Result<(), IngestError> {
        let (pause, today) = self.pause_and_today(district).await?;
        match pause {
            Some(pause) if pause.holds_on(today) => Err(IngestError::Paused(pause)),
            _ => Ok(()),
        }
    }

    async fn say(&self, district: ObjectId, said: Said) -> Result<(), IngestError> {
        let text = serde_json::to_string(&said).unwrap_or_default();
        Ok(self.store.set_setting(&key(district), &text).await?)
    }
}

fn key(district: ObjectId) -> String {
    format!("pause/{district}")
}

/// What a pause changes in the document of a district.
fn shown(record: &DistrictRecord, pause: Option<Pause>, today: Date) -> DistrictChange {
    let document = &record.document;
    let mut change = DistrictChange::default();
    let (start, end) = (pause.map(|pause| pause.start), pause.map(|pause| pause.end));
    if document.pause_start != start {
        change.pause_start = Edit::To(start);
    }
    if document.pause_end != end {
        change.pause_end = Edit::To(end);
    }
    let holds = pause.is_some_and(|pause| pause.holds_on(today));
    if holds && document.state != PAUSED {
        change.state = Edit::To(PAUSED.to_owned());
    } else if !holds && document.state == PAUSED {
        let published = record.snapshot.is_some();
        let word = if published { "success" } else { "pending" };
        change.state = Edit::To(word.to_owned());
    }
    change
}

/// The state of a district that is paused.
pub(crate) const PAUSED: &str = "paused";

/// The pause of the calendar that holds on a day or comes next: from some days before a last day of school until some days
/// before the first day that follows it. Days of other years stand for the same days of this one.
fn summer(calendar: &Calendar, rule: PauseRule, today: Date) -> Option<Pause> {
    let (first, last) = (calendar.first_day?, calendar.last_day?);
    if !rule.automatic {
        return None;
    }
    let of_year = |year: i16| {
        let last = in_year(last, year)?.days();
        let firsts = [year, year.checked_add(1)?].into_iter();
        let first = firsts
            .filter_map(|year| Some(in_year(first, year)?.days()))
            .find(|first| *first > last)?;
        let start = Date::from_days(last - i32::from(rule.days_before_last_day))?;
        let end = Date::from_days(first - i32::from(rule.days_before_first_day) - 1)?;
        (start <= end).then_some(Pause { start, end })
    };
    let years = [-1, 0, 1].into_iter();
    let years = years.filter_map(|years| today.year().checked_add(years));
    years.filter_map(of_year).find(|pause| today <= pause.end)
}

/// The same day of another year; 28 February for the 29th where there is none.
fn in_year(day: Date, year: i16) -> Option<Date> {
    let same = Date::new(year, day.month(), day.day());
    same.or_else(|| Date::new(year, day.month(), day.day() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    fn calendar(first: &str, last: &str) -> Calendar {
        Calendar {
            first_day: Some(day(first)),
            last_day: Some(day(last)),
            ..Calendar::default()
        }
    }

    const EVERY_SUMMER: PauseRule = PauseRule {
        automatic: true,
        days_before_last_day: 2,
        days_before_first_day: 14,
    };

    #[test]
    fn the_pause_of_the_calendar_comes_every_summer_whichever_years_it_was_written_for() {
        let summer_of = |year: i16| Pause {
            start: Date::new(year, 5, 28).unwrap(),
            end: Date::new(year, 8, 2).unwrap(),
        };
        for (first, last) in [
            ("2026-08-17", "2026-05-30"),
            ("2025-08-17", "2026-05-30"),
            ("2022-08-17", "2027-05-30"),
        ] {
            let calendar = calendar(first, last);
            let next = |today| summer(&calendar, EVERY_SUMMER, day(today));
            assert_eq!(next("2026-02-01"), Some(summer_of(2026)), "{first} {last}");
            assert_eq!(next("2026-08-02"), Some(summer_of(2026)), "{first} {last}");
            assert_eq!(next("2026-08-03"), Some(summer_of(2027)), "{first} {last}");
        }
    }

    #[test]
    fn a_school_year_within_one_year_pauses_over_new_year() {
        let southern = calendar("2026-01-28", "2026-12-15");
        let pause = summer(&southern, EVERY_SUMMER, day("2027-01-03")).unwrap();
        assert_eq!(
            (pause.start, pause.end),
            (day("2026-12-13"), day("2027-01-13"))
        );
        assert!(pause.holds_on(day("2027-01-13")) && !pause.holds_on(day("2027-01-14")));
    }

    #[test]
    fn there_is_none_without_the_wish_or_without_days() {
        let both = calendar("2026-08-17", "2026-05-30");
        let today = day("2026-06-10");
        assert_eq!(summer(&both, PauseRule::default(), today), None);
        assert_eq!(summer(&Calendar::default(), EVERY_SUMMER, today), None);
        let none_left = PauseRule {
            days_before_first_day: 120,
            ..EVERY_SUMMER
        };
        assert_eq!(summer(&both, none_left, today), None);
    }
}

//! What a district says in its settings about Goals: its school years, its days with school, its numbers.

use std::collections::BTreeSet;

use homeroom_goals::district::{Demographic, DistrictGoals};
use homeroom_goals::{SchoolDays, SchoolYear, SchoolYears, Settings, Timetable};
use homeroom_model::{Date, ObjectId};
use homeroom_store::{Store, StoreError};
use serde::Deserialize;

/// Why a district's rules are not known.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The text cannot be read, as after a downgrade.
    #[error("the settings of the district cannot be used for Goals: {0}")]
    Settings(String),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The rules of a district.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The number of the settings they stand in; 0 where the district has none of its own.
    pub number: u64,
    /// Its school years.
    pub years: SchoolYears,
    /// When there is school.
    pub timetable: Timetable,
    /// Groups of fewer students are not shown above teachers.
    pub small_group: u32,
    /// Fields by which figures may be split.
    pub demographics: BTreeSet<Demographic>,
    states: Settings,
}

/// What is read here of a district's settings; the rest is nobody's business in this room.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    time_zone: Option<String>,
    calendar: Days,
    goals: DistrictGoals,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Days {
    first_day: Option<Date>,
    last_day: Option<Date>,
}

impl Rules {
    /// The rules of a district now: one question.
    pub async fn of(store: &dyn Store, district: ObjectId) -> Result<Self, RulesError> {
        match store.district_settings(district).await? {
            Some(settings) => Self::read(settings.number, &settings.text),
            None => Self::read(0, ""),
        }
    }

    /// Reads the settings of a district.
    pub fn read(number: u64, text: &str) -> Result<Self, RulesError> {
        let unusable = |error: String| RulesError::Settings(error);
        let said: Said = toml::from_str(text).map_err(|error| unusable(error.to_string()))?;
        let zone = said.time_zone.as_deref().unwrap_or("UTC");
        let years = said.goals.years(zone);
        let Days {
            first_day,
            last_day,
        } = said.calendar;
        Ok(Self {
            number,
            years: years.map_err(|error| unusable(error.to_string()))?,
            timetable: said.goals.timetable(first_day, last_day),
            small_group: said.goals.small_group,
            demographics: said.goals.demographics,
            states: said.goals.states,
        })
    }

    /// When a student counts as what.
    pub fn states(&self) -> &Settings {
        &self.states
    }

    /// The days with school of a school year.
    pub fn school_days(&self, year: SchoolYear) -> SchoolDays {
        let (first, last) = (self.years.first_day(year), self.years.last_day(year));
        SchoolDays::new(first, last, &self.timetable)
    }
}

#[cfg(test)]
mod tests {
    use homeroom_model::Timestamp;

    use super::*;

    #[test]
    fn a_district_without_settings_has_the_shipped_rules() {
        let rules = Rules::read(0, "").unwrap();
        assert_eq!(rules.years, SchoolYears::default());
        assert_eq!(*rules.states(), Settings::default());
        assert_eq!(rules.small_group, 5);
        assert!(rules.demographics.is_empty());
    }

    #[test]
    fn zone_calendar_and_goals_are_read_and_the_rest_is_not() {
        let text = "time_zone = \"America/Chicago\"\n[reading]\nday_first = true\n\
                    [calendar]\nfirst_day = \"2025-08-18\"\nrollover_days_before = 3\n\
                    [goals]\nschool_year_start = \"08-01\"\nclosed = [\"2026-09-07\"]\n[goals.states]\nstuck_days = 7\n";
        let rules = Rules::read(4, text).unwrap();
        // The last of July in Chicago, the first of August in Greenwich.
        let moment = rules
            .years
            .moment(Timestamp::from_millis(1_785_546_000_000));
        assert_eq!(
            (moment.day.to_string(), moment.year.0),
            ("2026-07-31".into(), 2026)
        );
        let days = rules.school_days(SchoolYear(2027));
        let first = days.days().first().unwrap();
        assert_eq!(first.to_string(), "2026-08-18");
        assert!(!days.is_open(Date::parse_iso("2026-09-07").unwrap()));
        assert_eq!((rules.number, rules.states().stuck_days), (4, 7));
    }

    #[test]
    fn settings_that_cannot_be_read_are_named() {
        for text in ["[goals]\nno_such = 1\n", "time_zone = \"Moon/Sea\"\n", "="] {
            let error = Rules::read(1, text).unwrap_err().to_string();
            assert!(error.contains("settings of the district"), "{error}");
        }
    }
}

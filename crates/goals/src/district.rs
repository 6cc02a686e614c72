//! What a district says about Goals in its settings, the part `[goals]`: its school year, its numbers, what is shown.

use std::collections::BTreeSet;
use std::fmt;

use homeroom_model::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{CalendarError, SchoolYears, Settings, Timetable};

/// The part `[goals]` of a district's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DistrictGoals {
    /// The day on which school years begin and totals with them, as `MM-DD`.
    pub school_year_start: YearStart,
    /// Days of the week with school.
    pub weekdays: Weekdays,
    /// Days without school.
    pub closed: Vec<Span>,
    /// Days with school all the same, on whatever weekday.
    pub open: Vec<Date>,
    /// Groups of fewer students than this are not shown above teachers (integration-side D6).
    pub small_group: u32,
    /// By which fields of students figures may be split: none unless the district says so.
    pub demographics: BTreeSet<Demographic>,
    /// When a student counts as inactive, stuck and so on.
    pub states: Settings,
}

impl Default for DistrictGoals {
    /// From 1 July, Monday to Friday, groups from five on, no demographic groups.
    fn default() -> Self {
        Self {
            school_year_start: YearStart::default(),
            weekdays: Weekdays::default(),
            closed: Vec::new(),
            open: Vec::new(),
            small_group: 5,
            demographics: BTreeSet::new(),
            states: Settings::default(),
        }
    }
}

impl DistrictGoals {
    /// The school years of the district, in the zone of its clock (a name of the IANA database).
    pub fn years(&self, zone: &str) -> Result<SchoolYears, CalendarError> {
        SchoolYears::new(zone, &self.school_year_start.0)
    }

    /// When there is school; first and last day stand in another part of the settings.
    pub fn timetable(&self, first_day: Option<Date>, last_day: Option<Date>) -> Timetable {
        Timetable {
            weekdays: self.weekdays.0,
            first_day,
            last_day,
            closed: self
                .closed
                .iter()
                .map(|span| (span.from, span.to))
                .collect(),
            open: self.open.clone(),
        }
    }
}

/// A month and a day that every year has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct YearStart(String);

impl Default for YearStart {
    fn default() -> Self {
        Self("07-01".to_owned())
    }
}

impl YearStart {
    /// As `MM-DD`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for YearStart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        SchoolYears::new("UTC", &text).map_err(de::Error::custom)?;
        Ok(Self(text))
    }
}

/// Days of the week, Monday first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekdays(pub [bool; 7]);

const NAMES: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

impl Default for Weekdays {
    fn default() -> Self {
        Self(Timetable::default().weekdays)
    }
}

impl Serialize for Weekdays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let open = NAMES.iter().zip(self.0).filter(|(_, open)| *open);
        serializer.collect_seq(open.map(|(name, _)| name))
    }
}

impl<'de> Deserialize<'de> for Weekdays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        let mut open = [false; 7];
        for name in names {
            let place = NAMES.iter().position(|known| **known == *name);
            let day = place.and_then(|place| open.get_mut(place));
            *day.ok_or_else(|| {
                de::Error::custom("a day of the week is written like \"monday\"")
            })? = true;
        }
        if open == [false; 7] {
            return Err(de::Error::custom("a week has at least one day with school"));
        }
        Ok(Self(open))
    }
}

/// A day, or all days from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: Date,
    /// The last, included.
    pub to: Date,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to {
            return write!(f, "{}", self.from);
        }
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (from, to) = text.split_once("..").unwrap_or((&text, &text));
        let (from, to) = (Date::parse_iso(from), Date::parse_iso(to));
        from.zip(to)
            .filter(|(from, to)| from <= to)
            .map(|(from, to)| Self { from, to })
            .ok_or_else(|| {
                de::Error::custom(
                    "days are written like \"2026-09-07\", or \"2026-11-23..2026-11-27\" with the first and the last",
                )
            })
    }
}

/// A field of students by which a district may allow figures to be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demographic {
    /// Gender.
    Gender,
    /// Race.
    Race,
    /// Hispanic ethnicity.
    HispanicEthnicity,
    /// English language learner.
    EllStatus,
    /// Free or reduced lunch.
    FrlStatus,
    /// Individual education plan.
    IepStatus,
    /// Section 504 plan.
    #[serde(rename = "section_504_status")]
    Section504Status,
    /// Gifted.
    GiftedStatus,
    /// The language spoken at home.
    HomeLanguage,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchoolYear;

    fn read(json: &str) -> Result<DistrictGoals, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_said_has_its_shipped_value() {
        let shipped = DistrictGoals::default();
        assert_eq!(read("{}").unwrap(), shipped);
        let written = serde_json::to_string(&shipped).unwrap();
        assert_eq!(read(&written).unwrap(), shipped);
    }

    #[test]
    fn a_district_says_when_there_is_school() {
        let said = read(
            r#"{"school_year_start": "08-01", "weekdays": ["monday", "thursday"],
                "closed": ["2026-09-07", "2026-11-23..2026-11-27"], "open": ["2026-09-12"],
                "demographics": ["ell_status", "section_504_status"], "states": {"stuck_minutes": 45.5}}"#,
        );
        let said = said.unwrap();
        let years = said.years("America/Chicago").unwrap();
        let first = years.first_day(SchoolYear(2027));
        assert_eq!(first, Date::new(2026, 8, 1).unwrap());
        let table = said.timetable(Some(first), None);
        assert_eq!(table.closed.len(), 2);
        assert_eq!(table.weekdays.iter().filter(|open| **open).count(), 2);
        let written = serde_json::to_string(&said).unwrap();
        assert!(written.contains("\"2026-09-07\",\"2026-11-23..2026-11-27\""));
        assert_eq!(read(&written).unwrap(), said);
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_to_write() {
        for (json, says) in [
            (r#"{"school_year_start": "02-29"}"#, "07-01"),
            (r#"{"weekdays": ["Montag"]}"#, "monday"),
            (r#"{"weekdays": []}"#, "at least one"),
            (
                r#"{"closed": ["2026-11-27..2026-11-23"]}"#,
                "2026-11-23..2026-11-27",
            ),
            (r#"{"demographics": ["religion"]}"#, "gender"),
            (r#"{"small_groups": 3}"#, "small_group"),
            (r#"{"teachers_adjust": true}"#, "unknown field"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}

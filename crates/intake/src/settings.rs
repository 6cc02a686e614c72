use homeroom_model::Date;
use serde::{Deserialize, Serialize};

use crate::{Limits, Tables};

/// The student information system that a district exports from, where that changes what a value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sis {
    /// None that is treated in a way of its own.
    #[default]
    Other,
    /// `PowerSchool`, which writes the grades before the first as negative numbers.
    PowerSchool,
}

/// What reading depends on beside the files. All of it can differ per district; a setting that is not there has its
/// shipped value, and one that does not exist is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The day of the run, in the district's time zone: decides whether a date of birth is possible. No setting: who
    /// reads sets it with [`Settings::on`].
    #[serde(skip, default = "no_day")]
    pub today: Date,
    /// What files may not exceed.
    pub limits: Limits,
    /// Which words mean what: per table, the words in which the district differs from the shipped ones.
    #[serde(rename = "words")]
    pub tables: Tables,
    /// Whether numeric dates put the day before the month. Never guessed (district-side 3.6).
    pub day_first: bool,
    /// The student information system (district-side 3.1).
    pub sis: Sis,
}

impl Settings {
    /// The shipped settings on a given day.
    pub fn new(today: Date) -> Self {
        Self {
            today,
            limits: Limits::default(),
            tables: Tables::shipped(),
            day_first: false,
            sis: Sis::default(),
        }
    }

    /// The same settings on a given day.
    #[must_use]
    pub fn on(self, today: Date) -> Self {
        Self { today, ..self }
    }
}

impl Default for Settings {
    /// The shipped settings on no particular day.
    fn default() -> Self {
        Self::new(no_day())
    }
}

fn no_day() -> Date {
    homeroom_model::Timestamp::default().date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_what_was_said_and_the_rest_as_shipped() {
        let text = r#"{"limits":{"columns":120},"words":{"grade":{"8R":"8"}},"day_first":true,"sis":"powerschool"}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        assert_eq!(settings.limits.columns, 120);
        assert_eq!(settings.limits.cell_bytes, Limits::default().cell_bytes);
        assert!(settings.day_first && settings.sis == Sis::PowerSchool);
        let stored = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&stored).unwrap(), settings);
        let today = Date::new(2026, 11, 22).unwrap();
        assert_eq!(
            serde_json::from_str::<Settings>("{}").unwrap().on(today),
            Settings::new(today)
        );
    }

    #[test]
    fn what_does_not_exist_is_refused_by_name() {
        for (text, named) in [
            (r#"{"day_frist":true}"#, "day_frist"),
            (r#"{"limits":{"rows":1}}"#, "rows"),
            (r#"{"sis":"abacus"}"#, "abacus"),
            (r#"{"words":{"grade":{"8R":"eight"}}}"#, "eight"),
            (r#"{"today":"2026-01-01"}"#, "today"),
        ] {
            let error = serde_json::from_str::<Settings>(text)
                .unwrap_err()
                .to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}

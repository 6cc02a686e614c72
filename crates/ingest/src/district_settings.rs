//! What a district can choose, as one text in TOML: how its files are read, what is derived, when ids come back, what is
//! held, its calendar, Goals.
//!
//! Each part belongs to the room that acts on it; what a text does not say has its shipped value, and what does not exist
//! is refused with its line, so that a misspelt limit is not a limit that is not there.

use std::num::NonZeroU16;

use homeroom_change::{Calendar, Guards};
use homeroom_goals::district::DistrictGoals;
use homeroom_history::Zone;
use homeroom_model::{Date, ObjectId, Timestamp};
use homeroom_store::{CustomRecord, DistrictSettingsText, Person};
use serde::{Deserialize, Serialize};

use crate::Ingest;
use crate::audit::Act;
use crate::begun::Begun;
use crate::error::IngestError;
use crate::people;

/// The settings of a district.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DistrictSettings {
    /// The zone of the district's clock: when a day ends that is read as of then, and which day an import is on.
    pub time_zone: Zone,
    /// How files are read: limits, words, dates (district-side 1 to 3).
    pub reading: homeroom_intake::Settings,
    /// What is derived from them (district-side 6).
    pub derived: homeroom_derive::Settings,
    /// How long a record that left may come back under its id (district-side 5.2).
    pub identity: Identity,
    /// What is held until somebody has looked (district-side 7.3).
    pub guards: Guards,
    /// The school year: what is unusual in October is usual in August.
    pub calendar: Calendar,
    /// When nothing is imported (district-side 7.4).
    pub pause: PauseRule,
    /// What apps report about students, and what is made of it (integration-side D).
    pub goals: DistrictGoals,
    /// How long what is not needed any more is kept.
    pub retention: Retention,
}

/// Who keeps an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// A record that returns less than this many days after it left gets its id back.
    pub return_days: u16,
}

impl Default for Identity {
    /// 300 days (district-side 5.2).
    fn default() -> Self {
        Self { return_days: 300 }
    }
}

/// Pauses that come by themselves, every summer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PauseRule {
    /// Whether there are any. They need both the last and the first day of school in the calendar.
    pub automatic: bool,
    /// How many days before the last day of school they begin.
    pub days_before_last_day: u16,
    /// How many days before the first day of school they are over.
    pub days_before_first_day: u16,
}

impl Default for PauseRule {
    /// None: a server that stops working because a date in its calendar has come surprises. The windows are those of the
    /// original (district-side 7.4): two days before the last day, two weeks before the first.
    fn default() -> Self {
        Self {
            automatic: false,
            days_before_last_day: 2,
            days_before_first_day: 14,
        }
    }
}

/// How long files, reports and older snapshots are kept. What is published, held, rehearsed or waits for the end of a pause
/// is kept for as long as that is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Days that findings, plans and changed fields of a run are kept (district-side 7.5); counts stay for ever.
    pub report_days: NonZeroU16,
    /// Days that uploaded files are kept.
    pub upload_days: NonZeroU16,
    /// Days a snapshot can be gone back to. The newest two are always kept.
    pub snapshot_days: u16,
    /// Months of 31 days for which the last snapshot of each month is kept.
    pub snapshot_months: u16,
}

impl Default for Retention {
    /// Reports for 90 days (district-side 7.5), files for a week, snapshots for 35 days and month-ends for 13 months
    /// (layout, idea 1).
    fn default() -> Self {
        let days = |days| NonZeroU16::new(days).unwrap_or(NonZeroU16::MIN);
        Self {
            report_days: days(90),
            upload_days: days(7),
            snapshot_days: 35,
            snapshot_months: 13,
        }
    }
}

/// A text that is no district's settings: the line, the key and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these settings cannot be used: {0}")]
pub struct SettingsError(String);

impl DistrictSettings {
    /// Every setting with its shipped value, explained and commented out: what an editor begins with.
    pub const TEMPLATE: &str = include_str!("district_settings.toml");

    /// Reads a text. An empty one is the shipped settings.
    pub fn from_text(text: &str) -> Result<Self, SettingsError> {
        toml::from_str(text).map_err(|error| SettingsError(error.to_string()))
    }
}

/// What a run depends on beside its files.
#[derive(Clone)]
pub(crate) struct Inputs {
    pub(crate) settings: DistrictSettings,
    pub(crate) people: Vec<Person>,
    /// Custom records in effect on the day of the run.
    pub(crate) custom: Vec<CustomRecord>,
    /// The day of the run.
    pub(crate) today: Date,
}

impl Inputs {
    /// A digest of everything that turns the same files into other records: settings, custom records, and the rules of
    /// this Homeroom. People kept by hand have their own, since they are published without any file.
    pub(crate) fn digest(&self) -> String {
        let mut whole = blake3::Hasher::new();
        let mut text = |text: &str| {
            whole.update(&(text.len() as u64).to_le_bytes());
            whole.update(text.as_bytes());
        };
        text(&serde_json::to_string(&self.settings.reading).unwrap_or_default());
        text(&serde_json::to_string(&self.settings.derived).unwrap_or_default());
        for record in &self.custom {
            text(&record.stem);
            text(&record.key);
            text(&record.cells);
        }
        whole.finalize().to_hex().to_string()
    }

    /// A digest of what decides whether the same records may be published, and under which ids: guards, the calendar, and
    /// how long an id is kept. A limit that is raised lets a held upload go.
    pub(crate) fn judging_digest(&self) -> String {
        let settings = &self.settings;
        let judging = (&settings.guards, &settings.calendar, &settings.identity);
        let text = serde_json::to_string(&judging).unwrap_or_default();
        blake3::hash(text.as_bytes()).to_hex().to_string()
    }

    pub(crate) fn people_digest(&self) -> String {
        people::digest(&self.people)
    }
}

impl Ingest {
    /// The settings of a district, and the text they come from if somebody has set any.
    pub async fn settings(
        &self,
        district: ObjectId,
    ) -> Result<(DistrictSettings, Option<DistrictSettingsText>), IngestError> {
        let stored = self.store.district_settings(district).await?;
        let settings = match &stored {
            Some(stored) => DistrictSettings::from_text(&stored.text)?,
            None => DistrictSettings::default(),
        };
        Ok((settings, stored))
    }

    /// Sets the settings of a district and returns their number. `expected` is the number of the settings that were
    /// edited, `None` for none; if others were set meanwhile, it is refused. Nothing is imported here: what they change is
    /// seen by the next import, and by [`Ingest::catch_up`] with the files that are kept.
    pub async fn set_settings(
        &self,
        district: ObjectId,
        expected: Option<u64>,
        text: &str,
        actor: &str,
    ) -> Result<u64, IngestError> {
        DistrictSettings::from_text(text)?;
        let now = self.surroundings.now();
        let set = self
            .store
            .set_district_settings(district, expected, text, actor, now);
        let number = set.await?;
        self.audit(Act {
            district,
            actor,
            action: "settings set",
            detail: format!("number {number}"),
        })
        .await?;
        Ok(number)
    }

    /// How long a district wants things to be kept; `None` if its settings cannot be read, as after a downgrade. Then
    /// nothing of it is let go, since what is gone does not come back.
    pub(crate) async fn retention(
        &self,
        district: ObjectId,
    ) -> Result<Option<Retention>, IngestError> {
        match self.settings(district).await {
            Ok((settings, _)) => Ok(Some(settings.retention)),
            Err(IngestError::Settings(error)) => {
                tracing::warn!(%district, %error, "nothing old is let go, since it is not known how long it is to be kept");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// What a run of today depends on.
    pub(crate) async fn inputs(&self, begun: &Begun) -> Result<Inputs, IngestError> {
        self.inputs_at(begun.district, begun.now).await
    }

    /// What a run at a moment depends on.
    pub(crate) async fn inputs_at(
        &self,
        district: ObjectId,
        moment: Timestamp,
    ) -> Result<Inputs, IngestError> {
        let (settings, _) = self.settings(district).await?;
        let today = settings.time_zone.day_of(moment);
        let custom = self.store.custom_records(district).await?;
        let in_effect = |record: &CustomRecord| record.expires.is_none_or(|day| today < day);
        Ok(Inputs {
            settings,
            people: self.store.people(district).await?,
            custom: custom.into_iter().filter(in_effect).collect(),
            today,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The template with every setting in it written out.
    fn written_out() -> String {
        let lines = DistrictSettings::TEMPLATE.lines().map(|line| {
            let setting = line.strip_prefix('#');
            setting
                .filter(|rest| rest.starts_with(char::is_alphabetic))
                .unwrap_or(line)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_template_is_the_shipped_settings_and_so_is_every_value_that_it_names() {
        let shipped = DistrictSettings::default();
        for text in ["", DistrictSettings::TEMPLATE, &written_out()] {
            assert_eq!(DistrictSettings::from_text(text).unwrap(), shipped);
        }
        let named = written_out();
        let named: toml::Table = named.parse().unwrap();
        for part in [
            "reading",
            "derived",
            "identity",
            "calendar",
            "pause",
            "goals",
            "retention",
        ] {
            assert!(!named[part].as_table().unwrap().is_empty(), "{part}");
        }
    }

    #[test]
    fn the_examples_of_the_template_can_be_used() {
        let examples = DistrictSettings::TEMPLATE.lines();
        let examples = examples.filter_map(|line| line.strip_prefix("#    "));
        let mut text = examples.collect::<Vec<_>>().join("\n");
        text = text.replace("first_day", "[calendar]\nfirst_day");
        text = text.replace("closed", "[goals]\nclosed");
        let settings = DistrictSettings::from_text(&text).unwrap();
        assert_eq!(settings.calendar.last_day, Date::new(2027, 5, 28));
        assert_eq!(settings.goals.closed.len(), 2);
        assert_ne!(settings.reading, homeroom_intake::Settings::default());
    }

    #[test]
    fn an_error_names_line_and_key() {
        for (text, line, named) in [
            (
                "[guards.deletions.student]\nfloor = 3\n",
                "line 1",
                "student",
            ),
            ("\n[pause]\nautomatic = \"yes\"\n", "line 3", "automatic"),
            (
                "[calendar]\nlast_day = \"30/5/2027\"\n",
                "line 2",
                "YYYY-MM-DD",
            ),
            (
                "[reading.words.grade]\n\"8R\" = \"eight\"\n",
                "line",
                "eight",
            ),
            ("[identity]\nreturn_days = -1\n", "line 2", "return_days"),
            ("[retention]\nupload_days = 0\n", "line 2", "upload_days"),
            ("[goals]\nschool_year_start = \"July\"\n", "line 2", "07-01"),
            ("time_zone = \"Moon/Sea\"\n", "line 1", "America/Chicago"),
        ] {
            let error = DistrictSettings::from_text(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(named), "{error}");
        }
    }
}

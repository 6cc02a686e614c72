//! `sync.toml`: which districts of which server an app follows.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use homeroom_client::Address;
use homeroom_model::ObjectId;
use homeroom_wire::Version;
use serde::Deserialize;

use super::edit;
use super::goals::GoalsSettings;

/// What `sync.toml` says. Unknown keys are refused, so that a slip of the pen does not pass.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SyncSettings {
    format: u32,
    server: String,
    oauth: Option<String>,
    api: String,
    /// The app's database, seen from the folder.
    pub(crate) database: PathBuf,
    /// The policy of districts that name none, seen from the folder.
    pub(crate) policy: PathBuf,
    /// Who may approve what is held, as `cli:name`; anybody who can run the program, if empty.
    #[serde(default)]
    pub(crate) approvers: Vec<String>,
    /// Records asked for at once.
    #[serde(default = "page_size")]
    pub(crate) page_size: u32,
    /// When `serve --sync` syncs.
    #[serde(default)]
    pub(crate) schedule: ScheduleSettings,
    /// What districts are told about their students.
    #[serde(default)]
    pub(crate) goals: GoalsSettings,
    /// The districts.
    #[serde(rename = "district", default)]
    pub(crate) districts: Vec<DistrictSettings>,
}

/// When districts are synced without being asked.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScheduleSettings {
    /// Hours from one sync of a district to the next, 1 to 24.
    pub(crate) every_hours: u32,
    /// Hours without a good sync after which an alarm is raised.
    pub(crate) alarm_hours: u32,
    /// Days from one full read to the next, where events are followed in between.
    pub(crate) full_days: u32,
    /// Minutes by which beginnings are spread, so that many districts do not read at once.
    pub(crate) spread_minutes: u32,
}

impl Default for ScheduleSettings {
    fn default() -> Self {
        Self {
            every_hours: 12,
            alarm_hours: 24,
            full_days: 7,
            spread_minutes: 10,
        }
    }
}

/// One district.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DistrictSettings {
    /// The source's id of it, 24 hexadecimal digits.
    pub(crate) id: String,
    /// Its name, for people.
    pub(crate) name: String,
    /// A policy of its own, seen from the folder.
    pub(crate) policy: Option<PathBuf>,
}

fn page_size() -> u32 {
    1000
}

/// What a new file says.
pub(crate) struct NewSettings<'a> {
    pub(crate) server: &'a str,
    pub(crate) oauth: Option<&'a str>,
    pub(crate) api: &'a str,
}

impl SyncSettings {
    /// Reads the file's text.
    pub(crate) fn read(text: &str) -> anyhow::Result<Self> {
        let settings: Self = toml::from_str(text)?;
        anyhow::ensure!(
            settings.format == 0,
            "it has format {}; this program reads format 0",
            settings.format
        );
        settings.server()?;
        settings.oauth()?;
        settings.version()?;
        for district in &settings.districts {
            district.id()?;
        }
        let schedule = settings.schedule;
        anyhow::ensure!(
            (1..=24).contains(&schedule.every_hours),
            "schedule.every_hours is 1 to 24: a district is synced at least daily"
        );
        anyhow::ensure!(
            schedule.alarm_hours >= schedule.every_hours && schedule.full_days >= 1,
            "schedule.alarm_hours is not less than every_hours, and full_days at least 1"
        );
        settings.goals.check()?;
        anyhow::ensure!(
            (1..=10_000).contains(&settings.page_size),
            "page_size is 1 to 10000"
        );
        Ok(settings)
    }

    /// Where the API is.
    pub(crate) fn server(&self) -> anyhow::Result<Address> {
        Address::parse(&self.server).context("server")
    }

    /// Where `/oauth/tokens` is, if elsewhere.
    pub(crate) fn oauth(&self) -> anyhow::Result<Option<Address>> {
        let oauth = self.oauth.as_deref().map(Address::parse).transpose();
        oauth.context("oauth")
    }

    /// The version to read.
    pub(crate) fn version(&self) -> anyhow::Result<&'static Version> {
        version(&self.api).map_err(|error| anyhow::anyhow!("api: {error}"))
    }

    /// The server's address as it is written.
    pub(crate) fn server_text(&self) -> &str {
        &self.server
    }

    /// The address of tokens as it is written, if it is.
    pub(crate) fn oauth_text(&self) -> Option<&str> {
        self.oauth.as_deref()
    }
}

impl DistrictSettings {
    /// Its id.
    pub(crate) fn id(&self) -> anyhow::Result<ObjectId> {
        ObjectId::from_hex(&self.id)
            .with_context(|| format!("district: {} is no id of 24 hexadecimal digits", self.id))
    }
}

/// The version of a name.
pub(crate) fn version(name: &str) -> Result<&'static Version, String> {
    Version::from_name(name).ok_or_else(|| {
        let known: Vec<_> = homeroom_wire::VERSIONS
            .iter()
            .map(|version| version.name)
            .collect();
        format!(
            "there is no version {name} of the API; there are {}",
            known.join(", ")
        )
    })
}

/// The newest version there is.
pub(crate) fn newest() -> &'static str {
    homeroom_wire::VERSIONS
        .last()
        .map_or("", |version| version.name)
}

/// A new file, without districts.
pub(crate) fn text(new: &NewSettings<'_>) -> String {
    let mut text = format!(
        "# What this app follows, and how. `homeroom sync init` wrote it; change what you like.\n\
         format = 0\n\n\
         # The server, and the version of its API that is read.\n\
         server = {}\n\
         api = {}\n",
        edit::quoted(new.server),
        edit::quoted(new.api)
    );
    let oauth = new.oauth.map_or_else(
        || "# oauth = \"https://…\"".to_owned(),
        |oauth| format!("oauth = {}", edit::quoted(oauth)),
    );
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "# Where an app finds its tokens (GET /oauth/tokens), if not at the same place.\n\
         {oauth}\n\n\
         # Seen from this folder: the database that the app reads, and what is decided about people and classes.\n\
         database = \"app.db\"\n\
         policy = \"policy.toml\"\n\n\
         # Who may approve what is held, such as \"cli:ada\"; empty: whoever may run the program here.\n\
         approvers = []\n\n\
         # Records asked for at once, 1 to 10000.\n\
         page_size = 1000\n\n\
         # What `homeroom serve --sync` and `homeroom sync serve` do by themselves.\n\
         [schedule]\n\
         # Hours from one sync of a district to the next, 1 to 24.\n\
         every_hours = 12\n\
         # Hours without a good sync after which an alarm is raised.\n\
         alarm_hours = 24\n\
         # Days from one full read to the next; events are followed in between.\n\
         full_days = 7\n\
         # Minutes by which beginnings are spread, so that many districts do not read at once.\n\
         spread_minutes = 10\n\n\
         # What districts are told about their students: docs/sending-goals.md. Without the key of a progress metric, nothing.\n\
         [goals]\n\
         # progress = \"lessons_completed\"\n\
         # Hours from one push of a district to the next, 1 to 24.\n\
         every_hours = 1\n\
         # Hours without everything acknowledged after which an alarm is raised.\n\
         alarm_hours = 24\n\n\
         # One table for each district. A district may have a policy of its own: policy = \"that-district.toml\"\n"
    );
    text
}

/// The table of a district.
pub(crate) fn district_table(id: ObjectId, name: &str) -> String {
    format!(
        "[[district]]\nid = {}\nname = {}\n",
        edit::quoted(&id.to_hex()),
        edit::quoted(name)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new() -> String {
        text(&NewSettings {
            server: "https://api.example.org",
            oauth: None,
            api: newest(),
        })
    }

    #[test]
    fn a_new_file_reads_as_what_was_asked_for() {
        let id = ObjectId::new([7; 12]);
        let text = edit::append_table(&new(), "[[district]]", &district_table(id, "O\"Neil ñ"));
        let text = edit::append_table(
            &text,
            "[[district]]",
            &district_table(ObjectId::new([8; 12]), "Two"),
        );
        let read = SyncSettings::read(&text).unwrap();
        assert_eq!(read.server_text(), "https://api.example.org");
        assert_eq!(read.version().unwrap().name, newest());
        assert_eq!(read.oauth().unwrap(), None);
        let names: Vec<_> = read
            .districts
            .iter()
            .map(|district| district.name.as_str())
            .collect();
        assert_eq!(names, ["O\"Neil ñ", "Two"]);
        assert_eq!(read.districts[0].id().unwrap(), id);
        let defaults = ScheduleSettings::default();
        assert_eq!(read.schedule.every_hours, defaults.every_hours);
        assert_eq!(read.schedule.alarm_hours, defaults.alarm_hours);
        assert_eq!(read.schedule.full_days, defaults.full_days);
        assert_eq!(read.schedule.spread_minutes, defaults.spread_minutes);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (key, value, said) in [
            ("format", "9", "format 9"),
            ("server", "\"nowhere\"", "not the address of a server"),
            ("api", "\"v9\"", "there is no version v9"),
            ("page_size", "0", "page_size is 1 to 10000"),
            ("database", "5", "database"),
        ] {
            let text = edit::set(&new(), "", key, value).unwrap();
            let error = format!("{:#}", SyncSettings::read(&text).unwrap_err());
            assert!(error.contains(said), "{key}: {error}");
        }
        for (key, value, said) in [
            ("every_hours", "25", "1 to 24"),
            ("alarm_hours", "0", "alarm_hours"),
            ("progress = \"minutes\"\nevery_hours", "1", "goals.progress"),
            ("students_per_request = 0\nevery_hours", "1", "at least 1"),
        ] {
            let text = new().replace(
                "every_hours = 1\n# Hours without everything",
                "# Hours without everything",
            );
            let text = text.replace("alarm_hours = 24\n\n# One", "\n# One");
            let text = text.replace("[goals]\n", &format!("[goals]\n{key} = {value}\n"));
            let error = format!("{:#}", SyncSettings::read(&text).unwrap_err());
            assert!(error.contains(said), "{key}: {error}");
        }
        let weekly = edit::set(&new(), "schedule", "every_hours", "168").unwrap();
        assert!(SyncSettings::read(&weekly).is_err());
        assert!(SyncSettings::read(&format!("{}\nsevrer = 1", new())).is_err());
    }
}

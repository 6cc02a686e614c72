//! Settings: flags win over the environment, the environment over the file, the file over the defaults.

use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use confique::Config as _;

/// The file that is read when none is named.
const FILE: &str = "homeroom.toml";

/// Settings of an installation.
#[derive(confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub(crate) struct Settings {
    /// Where to listen. 127.0.0.1 is this machine only; use a proxy that speaks TLS before anything else is let in.
    #[config(default = "127.0.0.1", env = "HOMEROOM_LISTEN")]
    pub(crate) listen: IpAddr,

    /// Port to listen on; 0 picks a free one.
    #[config(default = 8080, env = "HOMEROOM_PORT")]
    pub(crate) port: u16,

    /// Requests a token may make per minute; 0 for no limit.
    #[config(default = 1200, env = "HOMEROOM_RATE_LIMIT")]
    pub(crate) rate_limit: u32,

    /// What to log: a level (error, warn, info, debug) or levels by part, such as `info,homeroom_api=debug`.
    #[config(default = "warn", env = "HOMEROOM_LOG")]
    pub(crate) log: String,

    /// How many districts' snapshots stay open at once.
    #[config(default = 256, env = "HOMEROOM_SNAPSHOTS_OPEN")]
    pub(crate) snapshots_open: u64,

    /// Records that one request's `where` may look at (versions 1.x); what would need more is refused.
    #[config(default = 2_000_000, env = "HOMEROOM_FILTER_ROWS")]
    pub(crate) filter_rows: u64,

    /// How many requests with `where` are worked on at once; others wait for their turn.
    #[config(default = 2, env = "HOMEROOM_FILTERS_AT_ONCE")]
    pub(crate) filters_at_once: usize,

    /// Megabytes of disk for older snapshots that are rebuilt to be read as of then, kept for the next reader.
    #[config(default = 4096, env = "HOMEROOM_PAST_MEGABYTES")]
    pub(crate) past_megabytes: u32,

    /// Days that events of connections are kept; up to several years.
    #[config(default = 30, env = "HOMEROOM_EVENT_DAYS")]
    pub(crate) event_days: u32,

    /// Seconds a request that is being answered gets to finish when the server stops.
    #[config(default = 20, env = "HOMEROOM_STOP_SECONDS")]
    pub(crate) stop_seconds: u64,

    /// The master key, 64 hexadecimal digits. Empty: the key file beside the installation's folder is used, and made when
    /// it is first needed. A file of settings that holds the key should be readable by its owner only.
    #[config(default = "", env = "HOMEROOM_MASTER_KEY")]
    pub(crate) master_key: String,
}

impl fmt::Debug for Settings {
    /// Everything but the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("listen", &self.listen)
            .field("port", &self.port)
            .field("rate_limit", &self.rate_limit)
            .field("log", &self.log)
            .field("snapshots_open", &self.snapshots_open)
            .field("filter_rows", &self.filter_rows)
            .field("filters_at_once", &self.filters_at_once)
            .field("past_megabytes", &self.past_megabytes)
            .field("event_days", &self.event_days)
            .field("stop_seconds", &self.stop_seconds)
            .finish_non_exhaustive()
    }
}

/// Loads settings: from `file`, or from `homeroom.toml` in the current folder if it is there.
pub(crate) fn load(file: Option<&Path>) -> anyhow::Result<Settings> {
    if let Some(file) = file {
        anyhow::ensure!(
            file.is_file(),
            "there is no file of settings {}; `homeroom config > {}` makes one",
            file.display(),
            file.display()
        );
    }
    let path = file.unwrap_or(Path::new(FILE));
    let format = confique::FileFormat::Toml;
    // Whatever the file is called, it is TOML.
    let layer = confique::File::with_format(path, format).load();
    let loaded = layer.and_then(|layer| Settings::builder().env().preloaded(layer).load());
    loaded.map_err(|error| {
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        anyhow::anyhow!(
            "a setting is wrong; `homeroom config` prints a file with all of them explained: {}",
            without_key(&format!("{error}\n{cause}"))
        )
    })
}

/// An error of the parser without the line that it quotes from the file, if the key stands there.
fn without_key(text: &str) -> String {
    let lines = text.trim_end().lines().map(|line| {
        let quoted = line.split_once("master_key").filter(|_| line.contains('|'));
        quoted.map_or_else(
            || line.to_owned(),
            |(before, _)| format!("{before}master_key …"),
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A file of settings with every setting explained and commented out.
pub(crate) fn template() -> String {
    confique::toml::template::<Settings>(confique::toml::FormatOptions::default())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn load_text(text: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings");
        fs::write(&path, text).unwrap();
        load(Some(&path)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_template_loads_as_it_is_and_with_everything_uncommented() {
        let defaults = format!("{:?}", load_text("").unwrap());
        let template = template();
        assert_eq!(format!("{:?}", load_text(&template).unwrap()), defaults);
        let setting = |line: &str| {
            line.strip_prefix('#')
                .filter(|line| line.contains(" = "))
                .map(str::to_owned)
        };
        let settings: Vec<_> = template.lines().filter_map(setting).collect();
        assert!(settings.len() > 9, "{settings:?}");
        let loaded = load_text(&settings.join("\n")).unwrap();
        assert_eq!(format!("{loaded:?}"), defaults);
        assert_eq!(loaded.master_key, "");
        let api = homeroom_api::Settings::default();
        assert_eq!(
            (loaded.filter_rows, loaded.filters_at_once),
            (api.filter_rows, api.filters_at_once)
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, parts) in [
            ("port = 99999", ["line 1", "port"]),
            ("log = \"warn\"\nlisten = \"here\"", ["line 2", "listen"]),
            ("rate_limt = 5", ["rate_limt", "rate_limit"]),
            ("port 5", ["line 1", "port"]),
        ] {
            let error = load_text(text).unwrap_err();
            for part in parts {
                assert!(error.contains(part), "{text}: {part} is not in: {error}");
            }
        }
        let error = load(Some(Path::new("no-such-file")))
            .unwrap_err()
            .to_string();
        assert!(error.contains("no-such-file"), "{error}");
    }

    #[test]
    fn no_error_shows_the_key() {
        let key = "0123456789abcdef";
        for text in [
            format!("master_key = {key}"),
            format!("port = 1\nmaster_key = [\"{key}\"]"),
        ] {
            let error = load_text(&text).unwrap_err();
            assert!(error.contains("master_key"), "{error}");
            assert!(!error.contains(key), "{error}");
        }
    }
}

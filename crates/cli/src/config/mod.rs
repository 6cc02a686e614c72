//! Settings: flags win over the environment, the environment over the file, the file over the defaults.

use std::net::IpAddr;
use std::path::Path;

use anyhow::Context as _;
use confique::Config as _;

/// Settings of an installation.
#[derive(confique::Config, Debug)]
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

    /// What to log: a level (error, warn, info, debug) or levels by part, such as "info,homeroom_api=debug".
    #[config(default = "warn", env = "HOMEROOM_LOG")]
    pub(crate) log: String,

    /// How many districts' snapshots stay open at once.
    #[config(default = 256, env = "HOMEROOM_SNAPSHOTS_OPEN")]
    pub(crate) snapshots_open: u64,

    /// Seconds a request that is being answered gets to finish when the server stops.
    #[config(default = 20, env = "HOMEROOM_STOP_SECONDS")]
    pub(crate) stop_seconds: u64,

    /// The master key, 64 hexadecimal digits, instead of the key file beside the installation's folder.
    #[config(env = "HOMEROOM_MASTER_KEY")]
    pub(crate) master_key: Option<String>,
}

/// Loads settings: from `file`, or from `homeroom.toml` in the current folder if it is there.
pub(crate) fn load(file: Option<&Path>) -> anyhow::Result<Settings> {
    let mut builder = Settings::builder().env();
    match file {
        Some(file) => {
            anyhow::ensure!(
                file.exists(),
                "the file of settings {} is not there",
                file.display()
            );
            builder = builder.file(file);
        }
        None => builder = builder.file("homeroom.toml"),
    }
    builder
        .load()
        .context("the settings could not be read; `homeroom config` prints a correct file")
}

/// A file of settings with every setting explained and commented out.
pub(crate) fn template() -> String {
    confique::toml::template::<Settings>(confique::toml::FormatOptions::default())
}

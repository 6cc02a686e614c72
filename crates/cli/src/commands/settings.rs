//! `homeroom district settings`.

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use homeroom_ingest::DistrictSettings;
use serde::Serialize;

use super::of_district::OfDistrict;
use crate::actor;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Show or set what a district can choose: how files are read, what is derived, what is held, its calendar
///
/// Without --set the settings are printed as TOML, ready to be edited: those of the district, or every setting with its
/// shipped value, explained and commented out. The next import uses what is set; a server applies it to the kept files by
/// itself.
#[derive(Args)]
pub(crate) struct Settings {
    #[command(flatten)]
    district: OfDistrict,
    /// Take the settings from a file, `-` for standard input
    #[arg(long, value_name = "FILE")]
    set: Option<PathBuf>,
    /// Go back to the shipped settings
    #[arg(long, conflicts_with = "set")]
    reset: bool,
    /// Print every setting with its shipped value, explained
    #[arg(long, conflicts_with_all = ["set", "reset"])]
    shipped: bool,
}

#[derive(Serialize)]
struct Shown {
    number: u64,
    settings: DistrictSettings,
    #[serde(skip)]
    text: String,
}

#[derive(Serialize)]
struct Set {
    number: u64,
}

impl Settings {
    /// Shows or sets.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let new = match (&self.set, self.reset) {
            (Some(file), _) => Some(read(file)?),
            (None, true) => Some(String::new()),
            (None, false) => None,
        };
        block_on(async {
            let district = self.district.id(&installation).await?;
            let ingest = installation.ingest();
            // Settings that cannot be read (of a newer Homeroom) can still be replaced.
            let stored = installation.store_dyn().district_settings(district).await?;
            let number = stored.as_ref().map(|stored| stored.number);
            if let Some(text) = new {
                let number = ingest
                    .set_settings(district, number, &text, &actor::name())
                    .await?;
                return context.output.result(&Set { number }, |set| {
                    format!(
                        "Settings {} are set. The next import uses them; see what it would do with: homeroom {}import FOLDER --dry-run",
                        set.number,
                        context.data_flag()
                    )
                });
            }
            let text = match stored {
                Some(stored) if !self.shipped && !stored.text.is_empty() => stored.text,
                _ => DistrictSettings::TEMPLATE.to_owned(),
            };
            let shown = Shown {
                number: number.unwrap_or(0),
                settings: DistrictSettings::from_text(&text)?,
                text,
            };
            context.output.result(&shown, |shown| shown.text.clone())
        })??;
        Ok(Exit::Done)
    }
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("standard input cannot be read")?;
        return Ok(text);
    }
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

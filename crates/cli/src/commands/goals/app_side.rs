//! What the commands of an app's side share: the folder of its sync, and the districts that are meant.

use std::path::PathBuf;

use clap::Args;
use homeroom_client::Cancel;
use homeroom_sync::goals::Reporting;

use crate::commands::serve::interrupted;
use crate::context::Context;
use crate::sync::opened::{Followed, Opened, Unreadable};

/// Which folder, and which districts of it.
#[derive(Args)]
pub(super) struct AppSide {
    /// The folder that `sync init` made [default: the current one if it has a sync.toml, else homeroom-sync]
    #[arg(long, value_name = "FOLDER", env = "HOMEROOM_SYNC")]
    folder: Option<PathBuf>,
    /// Only this district, by id or name; may be given several times [default: all of the folder]
    #[arg(long = "district", value_name = "DISTRICT")]
    districts: Vec<String>,
}

impl AppSide {
    /// Opens it, without the districts whose settings cannot be read, and says which those are.
    pub(super) fn open_each(&self, context: &Context) -> anyhow::Result<(Opened, Vec<Unreadable>)> {
        Opened::open_each(context, self.folder.clone(), &self.districts)
    }

    /// Opens it.
    pub(super) fn open(&self, context: &Context) -> anyhow::Result<Opened> {
        Opened::open(context, self.folder.clone(), &self.districts)
    }
}

/// How a district is reported; an error says what to write where it is not.
pub(super) fn reporting(opened: &Opened, district: &Followed) -> anyhow::Result<Reporting> {
    opened.reporting(district)?.ok_or_else(|| {
        anyhow::anyhow!(
            "{} names no progress metric; write one under [goals]: progress = \"lessons_completed\"",
            opened.folder.path().join("sync.toml").display()
        )
    })
}

/// A flag that Ctrl-C sets.
pub(super) fn stopped_by_hand() -> Cancel {
    let cancel = Cancel::default();
    let flag = cancel.clone();
    tokio::spawn(async move {
        interrupted().await;
        flag.set();
    });
    cancel
}

/// Millionths as people write them.
pub(super) fn decimal(millionths: i64) -> String {
    homeroom_goals::Amount::from_micros(millionths.unsigned_abs()).to_string()
}

/// Whether a reason to wait is about requests, so that who was in them says nothing more.
pub(super) fn is_of_request(reason: &str) -> bool {
    matches!(reason, "refused" | "unsent")
}

/// What a reason to wait means.
pub(super) fn meaning(reason: &str) -> &str {
    match reason {
        "held" => "the total fell: not sent until somebody allows it (homeroom goals allow)",
        "not_sendable" => "no id at the source: counted here, not sent",
        "unknown_student" => "not known to the district, or not shared with this app any more",
        "bad_value" => "the district does not take the value",
        "implausible" => "rose by more than time has passed: set aside until it is confirmed there",
        "regression" => {
            "lower than what the district knows, which it shows until the lower one is confirmed there"
        }
        "later" => {
            "did more than time has passed since they were last sent, as districts count: the rest follows with later pushes"
        }
        "refused" => "in a request that was refused",
        "too_large" => "too large a request even alone",
        "unsent" => "in a request that did not get through",
        other => other,
    }
}

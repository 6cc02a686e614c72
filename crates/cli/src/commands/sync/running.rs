//! What commands that run the engine share: progress, what came of a run, exit codes.

use std::path::PathBuf;

use homeroom_client::{Cancel, ClientError, Fault};
use homeroom_roster::RunState;
use homeroom_sync::{Note, Ran, RunReport, Stage, SyncError, Watch};
use serde::Serialize;

use super::names::Names;
use super::render;
use super::shown::Shown;
use crate::commands::serve::interrupted;
use crate::context::Context;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::sync::discover::NotReached;
use crate::sync::opened::{Followed, Opened};

/// A command on an opened folder.
pub(super) struct Call<'a> {
    pub(super) context: &'a Context,
    pub(super) opened: Opened,
    /// Flags that name the folder in a command to be copied, with a blank behind them.
    pub(super) flags: String,
}

impl Call<'_> {
    /// The one policy of the districts that are meant.
    pub(super) fn policy_file(&self) -> anyhow::Result<PathBuf> {
        let folder = &self.opened.folder;
        let mut files = Vec::new();
        for settings in &folder.settings.districts {
            let id = settings.id()?;
            let meant = self
                .opened
                .districts
                .iter()
                .any(|district| district.id == id);
            let file = folder.policy_file(settings);
            if meant && !files.contains(&file) {
                files.push(file);
            }
        }
        match files.as_slice() {
            [one] => Ok(one.clone()),
            _ => anyhow::bail!(
                "these districts have policies of their own; name one district with --district"
            ),
        }
    }
}

/// What came of a run of one district.
#[derive(Serialize)]
pub(super) struct Outcome {
    pub(super) district: String,
    pub(super) name: String,
    pub(super) run: Option<i64>,
    pub(super) state: &'static str,
    /// How it read.
    pub(super) mode: &'static str,
    pub(super) notes: Vec<&'static str>,
    /// What a person should know of the policy it was planned under.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) warnings: Vec<String>,
    /// Collections that could not be read to their end, each with why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unread: Vec<String>,
    /// Records of which something could not be read, with the fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) misread: Vec<String>,
    pub(super) requests: u64,
    /// Actions that were done.
    pub(super) done: u64,
    /// Actions that were left out for want of somebody's yes.
    pub(super) left: u64,
    pub(super) set_aside: Vec<String>,
    /// Numbers of the holds that are open.
    pub(super) holds: Vec<i64>,
    /// How the plan of now differs from the one that was approved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) difference: Vec<String>,
    /// Whether it joined a run that somebody else had asked for.
    pub(super) joined: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(flatten)]
    pub(super) plan: Option<Shown>,
    #[serde(skip)]
    pub(super) exit: Exit,
}

/// What came of all districts, as it is printed.
#[derive(Serialize)]
pub(super) struct Outcomes {
    pub(super) districts: Vec<Outcome>,
}

impl Outcome {
    /// Of a run; without `values` the plan names nobody.
    pub(super) async fn of(
        call: &Call<'_>,
        district: &Followed,
        ran: &Ran,
        values: bool,
    ) -> anyhow::Result<Self> {
        let mirror = call.opened.mirror(district).await?;
        let reading = call.opened.read()?;
        let names = Names {
            district: district.number,
            mirror: &mirror.snapshot,
            reading: &*reading,
        };
        Ok(Self {
            district: district.id.to_hex(),
            name: district.name.clone(),
            run: Some(ran.run),
            state: ran.state.text(),
            mode: ran.mode,
            notes: ran.report.notes.iter().map(|note| note.text()).collect(),
            warnings: district.tenant.policy.warnings(),
            unread: unread(&ran.report),
            misread: ran.report.misread.clone(),
            requests: ran.report.requests,
            done: ran.performed.done,
            left: ran.performed.held,
            set_aside: ran.report.set_aside.clone(),
            holds: ran.holds.clone(),
            difference: ran
                .difference
                .iter()
                .map(|line| render::masked(line))
                .collect(),
            joined: false,
            error: None,
            plan: Some(Shown::of(&ran.plan, &names, values)),
            exit: exit_of(ran),
        })
    }

    /// Of a district whose run came to no end.
    pub(super) fn failed(district: &Followed, error: &anyhow::Error) -> Self {
        Self {
            district: district.id.to_hex(),
            name: district.name.clone(),
            run: None,
            state: "error",
            mode: "",
            notes: Vec::new(),
            warnings: Vec::new(),
            unread: Vec::new(),
            misread: Vec::new(),
            requests: 0,
            done: 0,
            left: 0,
            set_aside: Vec::new(),
            holds: Vec::new(),
            difference: Vec::new(),
            joined: false,
            error: Some(format!("{error:#}")),
            plan: None,
            exit: exit_of_error(error),
        }
    }

    /// The first line about a run.
    pub(super) fn heading(&self) -> String {
        if let Some(error) = &self.error {
            return format!("{}: {error}\n", self.name);
        }
        let read = match self.mode {
            "full" => format!("read in full, {}", requests(self.requests)),
            "events" => format!("followed by events, {}", requests(self.requests)),
            "targeted" => format!("read in part, {}", requests(self.requests)),
            _ => "planned again from what was read last".to_owned(),
        };
        let run = self
            .run
            .map_or_else(String::new, |run| format!(" (run {run})"));
        let notes = self.notes.iter().filter_map(|note| told(note));
        let notes = notes.fold(String::new(), |told, note| {
            let more = match note {
                PARTLY => indented(self.unread.iter()),
                MISREAD => self.named_misread(),
                _ => String::new(),
            };
            [&told, "  ", note, ".\n", &more].concat()
        });
        let warned = self.warnings.iter().fold(String::new(), |told, warning| {
            [&told, "  Mind: ", warning, ".\n"].concat()
        });
        format!("{}: {read}{run}\n{notes}{warned}", self.name)
    }

    /// The first records of which something could not be read.
    fn named_misread(&self) -> String {
        let shown = self.misread.iter().take(MOST_NAMED);
        let mut text = indented(shown);
        if let (Some(run), true) = (self.run, self.misread.len() > MOST_NAMED) {
            text = format!("{text}    and others: homeroom sync runs {run}\n");
        }
        text
    }
}

/// A line for each, below the line they belong to.
fn indented<'a>(lines: impl Iterator<Item = &'a String>) -> String {
    lines.fold(String::new(), |told, line| {
        [&told, "    ", line, "\n"].concat()
    })
}

/// Which collections did not come whole, and why.
pub(super) fn unread(report: &RunReport) -> Vec<String> {
    let partial = report.collections.iter().filter_map(|collected| {
        let why = collected.partial.as_ref()?;
        Some(format!("{}: {why}", collected.name))
    });
    partial.collect()
}

fn requests(number: u64) -> String {
    if number == 1 {
        "1 request".to_owned()
    } else {
        format!("{number} requests")
    }
}

const PARTLY: &str = "Not everything could be read: nobody who is missing is taken for gone";
const MISREAD: &str =
    "Values that could not be read were left out; the district mends them at the source";
/// Records that are named in a line of their own for what could not be read of them.
const MOST_NAMED: usize = 5;

/// What a note means to people.
fn told(note: &str) -> Option<&'static str> {
    Some(match note {
        "gap_full_resync" => "Events were missing, so everything was read again",
        "source_moved" => "The source changed while it was read; that was caught up with",
        "partial_walk" => PARTLY,
        "misread" => MISREAD,
        "look_ups_cut" => {
            "More ids had to be asked for one by one than the limit allows; the next run goes on"
        }
        "stale_approval" => "What was approved is not what would be done now: nothing was applied",
        "source_paused" => "The source is paused: its data are frozen there",
        "token_replaced" => "The district's token was replaced; the new one was found and kept",
        "token_revoked" => "The district's token was refused",
        "rate_limited" => "The server's rate limit made the run wait",
        "district_mismatch" => "Records of another district came: nothing of the read was used",
        "policy_needs_read" => {
            "The policy uses fields that were not kept so far, so everything was read again"
        }
        _ => return None,
    })
}

impl Outcomes {
    /// The exit code: the one that asks for most attention.
    pub(super) fn exit(&self) -> Exit {
        const ORDER: [Exit; 7] = [
            Exit::Error,
            Exit::Unreachable,
            Exit::Stale,
            Exit::Held,
            Exit::Partial,
            Exit::Overdue,
            Exit::Changes,
        ];
        let exits = self.districts.iter().map(|outcome| outcome.exit);
        let exits: Vec<_> = exits.collect();
        let found = ORDER.into_iter().find(|exit| exits.contains(exit));
        found.unwrap_or(Exit::Done)
    }
}

/// The exit code of a run.
fn exit_of(ran: &Ran) -> Exit {
    if ran.report.notes.contains(&Note::StaleApproval) {
        Exit::Stale
    } else if ran.state == RunState::Held || !ran.holds.is_empty() {
        Exit::Held
    } else if ran.report.notes.contains(&Note::PartialWalk) {
        Exit::Partial
    } else {
        Exit::Done
    }
}

/// The exit code of an error: a source that cannot be read may answer next time. A token that cannot even be sent is ours to mend.
pub(super) fn exit_of_error(error: &anyhow::Error) -> Exit {
    let unreachable = error.chain().any(|cause| {
        let source = match cause.downcast_ref::<SyncError>() {
            Some(SyncError::Source(source)) => Some(source),
            _ => cause.downcast_ref::<ClientError>(),
        };
        let answered_badly = match source {
            Some(ClientError::TokenRevoked { .. }) => true,
            Some(ClientError::Failed(failure)) => failure.fault != Fault::UnusableToken,
            _ => false,
        };
        answered_badly || cause.is::<NotReached>()
    });
    if unreachable {
        Exit::Unreachable
    } else {
        Exit::Error
    }
}

/// Shows how a run gets on.
pub(super) struct Seen(Progress);

impl Seen {
    /// For one district.
    pub(super) fn start(context: &Context, district: &Followed) -> Self {
        Self(context.output.progress(&district.name))
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.0.finish();
    }
}

impl Watch for Seen {
    fn stage(&self, stage: Stage, done: u64, of: Option<u64>) {
        let doing = match stage {
            Stage::Waiting => "waiting for another run",
            Stage::Reading => "reading",
            Stage::Following => "following events",
            Stage::LookingUp => "asking for single records",
            Stage::Keeping => "keeping what was read",
            Stage::Planning => "planning",
            Stage::Applying => "applying",
        };
        self.0.count(doing, done, of);
    }
}

/// A flag that Ctrl-C sets: reading stops, and what is applied already stays.
pub(super) fn stopped_by_hand() -> Cancel {
    let cancel = Cancel::default();
    let flag = cancel.clone();
    tokio::spawn(async move {
        interrupted().await;
        flag.set();
    });
    cancel
}

//! `homeroom sync holds`: plans, and parts of plans, that wait for somebody.

use std::collections::BTreeSet;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use homeroom_plan::Part;
use homeroom_roster::Hold;
use homeroom_sync::Yes;
use serde::Serialize;

use super::apply::{applied, part, stale};
use super::held::{Shown, short, shown};
use super::names::Names;
use super::running::{Call, Outcome, Outcomes, Seen, stopped_by_hand};
use crate::exit::Exit;
use crate::sync::opened::Followed;
use crate::{actor, clock};

/// Look at what is held, and approve or discard it
///
/// A plan that would change suspiciously much waits here. Until somebody decides, the app stays as it is. A newer run renews the
/// plan and keeps what was said; if nothing suspicious is left, the hold closes by itself.
#[derive(Args)]
pub(super) struct Holds {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Show what is held, why, and what would happen
    Show {
        /// Every line of the plan
        #[arg(long)]
        all: bool,
        /// Holds that are closed, too
        #[arg(long)]
        closed: bool,
    },
    /// Approve what is held, or a part of it, and apply it
    Approve {
        /// The hold's number; needed only where several wait
        #[arg(value_name = "HOLD")]
        hold: Option<i64>,
        /// The digest of the plan that was looked at, as `sync holds` prints it
        #[arg(long, value_name = "DIGEST")]
        plan: String,
        /// Only a part of it: harmless, section:ID, school:ID, kind:students, students:ID
        #[arg(long, value_name = "PART", value_parser = part)]
        part: Option<Part>,
        /// Why, for the record
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Say no: the plan cannot be approved any more; the next run plans anew
    Discard {
        /// The hold's number; needed only where several wait
        #[arg(value_name = "HOLD")]
        hold: Option<i64>,
        /// Why, for the record
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Add something to the discussion of a hold
    Say {
        /// What
        #[arg(value_name = "TEXT")]
        words: String,
        /// The hold's number; needed only where several wait
        #[arg(long, value_name = "HOLD")]
        hold: Option<i64>,
    },
}

#[derive(Serialize)]
struct Listed {
    holds: Vec<Shown>,
}

impl Holds {
    /// Runs the subcommand.
    pub(super) async fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        match self.action.unwrap_or(Action::Show {
            all: false,
            closed: false,
        }) {
            Action::Show { all, closed } => show(call, all, closed).await,
            Action::Approve {
                hold,
                plan,
                part,
                note,
            } => {
                let (district, hold) = open_hold(call, hold)?;
                anyhow::ensure!(
                    plan.len() >= 6 && hold.plan.starts_with(&plan.to_lowercase()),
                    "the hold is about the plan {} now, not {plan}; look at it again: homeroom sync {}holds",
                    short(&hold.plan),
                    call.flags
                );
                approve(
                    call,
                    district,
                    &hold.plan,
                    part.unwrap_or(Part::All),
                    note.as_deref(),
                )
                .await
            }
            Action::Discard { hold, note } => {
                let (district, hold) = open_hold(call, hold)?;
                if let Some(note) = note {
                    discuss(call, district, hold.id, &note)?;
                }
                call.opened
                    .engine
                    .discard(&district.tenant, &hold.plan, &actor::name())
                    .await?;
                call.context.output.result(&serde_json::json!({ "discarded": hold.plan }), |_| {
                    "Discarded: the app stays as it is. The next run plans anew, and is held again if nothing changed.".to_owned()
                })?;
                Ok(Exit::Done)
            }
            Action::Say { words, hold } => {
                let (district, hold) = open_hold(call, hold)?;
                discuss(call, district, hold.id, &words)?;
                call.context
                    .output
                    .result(&serde_json::json!({ "said": true }), |_| "Said.".to_owned())?;
                Ok(Exit::Done)
            }
        }
    }
}

/// The open hold of a number, or the only one.
fn open_hold<'c>(call: &'c Call<'_>, number: Option<i64>) -> anyhow::Result<(&'c Followed, Hold)> {
    let reading = call.opened.read()?;
    let mut found = Vec::new();
    for district in &call.opened.districts {
        let holds = reading.holds(district.number, false)?.into_iter();
        found.extend(
            holds
                .filter(|hold| number.is_none_or(|number| hold.id == number))
                .map(|hold| (district, hold)),
        );
    }
    let plans: BTreeSet<_> = found.iter().map(|(_, hold)| hold.plan.clone()).collect();
    anyhow::ensure!(
        number.is_some() || plans.len() <= 1,
        "several plans are held; name the hold by its number: homeroom sync {}holds",
        call.flags
    );
    let first = found.into_iter().next();
    first.context(match number {
        Some(number) => format!("there is no open hold {number}"),
        None => "nothing is held".to_owned(),
    })
}

fn discuss(call: &Call<'_>, district: &Followed, hold: i64, words: &str) -> anyhow::Result<()> {
    let said =
        call.opened
            .roster
            .discuss(district.number, hold, &actor::name(), words, clock::now())?;
    anyhow::ensure!(said, "the hold is closed");
    Ok(())
}

async fn approve(
    call: &Call<'_>,
    district: &Followed,
    digest: &str,
    part: Part,
    note: Option<&str>,
) -> anyhow::Result<Exit> {
    let seen = Seen::start(call.context, district);
    let by = actor::name();
    let yes = Yes {
        digest,
        part,
        by: &by,
        note,
    };
    let cancel = stopped_by_hand();
    let engine = &call.opened.engine;
    let approving = engine.approve(&district.tenant, &yes, &cancel, &seen);
    let ran = Box::pin(approving).await;
    seen.finish();
    let outcome = match ran {
        Ok(ran) => Outcome::of(call, district, &ran, true).await?,
        Err(error) => return Err(error.into()),
    };
    let outcomes = Outcomes {
        districts: vec![outcome],
    };
    call.context.output.result(&outcomes, |outcomes| {
        let texts = outcomes.districts.iter().map(|outcome| match outcome.exit {
            Exit::Stale => stale(call, outcome),
            _ => applied(call, outcome),
        });
        texts.collect()
    })?;
    Ok(outcomes.exit())
}

async fn show(call: &Call<'_>, all: bool, closed: bool) -> anyhow::Result<Exit> {
    let mut holds = Vec::new();
    for district in &call.opened.districts {
        let mirror = call.opened.mirror(district).await?;
        let (found, plans) = {
            let reading = call.opened.read()?;
            let found = reading.holds(district.number, closed)?;
            let plans = found
                .iter()
                .map(|hold| reading.plan(district.number, &hold.plan));
            let plans = plans.collect::<Result<Vec<_>, _>>()?;
            (found, plans)
        };
        for (hold, plan) in found.into_iter().zip(plans) {
            let lines = match plan {
                Some(plan) => call.opened.engine.lines_of(&plan).await.unwrap_or_default(),
                None => Vec::new(),
            };
            let reading = call.opened.read()?;
            let names = Names {
                district: district.number,
                mirror: &mirror.snapshot,
                reading: &*reading,
            };
            holds.push(shown(call, district, hold, &lines, all, &names));
        }
    }
    let waits = holds.iter().any(|hold| hold.outcome.is_none());
    call.context.output.result(&Listed { holds }, |listed| {
        if listed.holds.is_empty() {
            return "Nothing is held.".to_owned();
        }
        let texts = listed.holds.iter().map(|hold| hold.text(call));
        texts.collect::<Vec<_>>().join("\n\n")
    })?;
    Ok(if waits { Exit::Held } else { Exit::Done })
}

//! `homeroom sync verify`: the app against what it is told to hold.

use clap::Args;
use homeroom_model::ObjectId;
use homeroom_sync::{Order, ReadHow, Trigger};
use serde::Serialize;

use super::apply::applied;
use super::names::{Names, linked_name};
use super::plan::once;
use super::render;
use super::running::{Call, Outcome};
use super::shown::Shown as ShownPlan;
use crate::actor;
use crate::exit::Exit;
use crate::sync::opened::Followed;

/// Compare the app's database with what was applied, value by value
///
/// Finds what somebody changed in the database by hand, counts both sides, and checks the rules that always hold. Asks the server
/// nothing.
#[derive(Args)]
pub(super) struct Verify {
    /// Repair what differs, by a plan like any other
    #[arg(long)]
    repair: bool,
    /// Every line, and the counts of every school
    #[arg(long)]
    all: bool,
}

#[derive(Serialize)]
struct Verified {
    districts: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    district: String,
    name: String,
    well: bool,
    counts: Vec<Count>,
    broken: Vec<Broken>,
    drift: ShownPlan,
    repaired: Option<Outcome>,
}

/// How many there are of a kind on both sides. They may differ where the policy leaves people out or keeps them.
#[derive(Serialize)]
struct Count {
    school: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    school_name: String,
    what: &'static str,
    source: u64,
    app: u64,
}

#[derive(Serialize)]
struct Broken {
    rule: &'static str,
    times: i64,
}

impl Verify {
    /// Compares, and repairs if that is wanted.
    pub(super) async fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let mut districts = Vec::new();
        for district in &call.opened.districts {
            districts.push(self.district(call, district).await?);
        }
        let verified = Verified { districts };
        call.context.output.result(&verified, |verified| {
            let texts = verified
                .districts
                .iter()
                .map(|shown| self.text(call, shown));
            texts.collect::<Vec<_>>().join("\n")
        })?;
        let repaired = |shown: &Shown| {
            shown.well
                || shown
                    .repaired
                    .as_ref()
                    .is_some_and(|outcome| outcome.exit == Exit::Done)
        };
        Ok(if verified.districts.iter().all(repaired) {
            Exit::Done
        } else {
            Exit::Overdue
        })
    }

    async fn district(&self, call: &Call<'_>, district: &Followed) -> anyhow::Result<Shown> {
        let progress = call.context.output.progress("comparing");
        let verified = call.opened.engine.verify(&district.tenant).await;
        progress.finish();
        let verified = verified?;
        let mirror = call.opened.applied(district).await?;
        let mut shown = {
            let reading = call.opened.read()?;
            let names = Names {
                district: district.number,
                mirror: &mirror.snapshot,
                reading: &*reading,
            };
            let school = |id: &ObjectId| {
                linked_name(
                    &*reading,
                    homeroom_roster::Kind::School,
                    &id.to_hex(),
                    district.number,
                )
            };
            Shown {
                district: district.id.to_hex(),
                name: district.name.clone(),
                well: verified.is_well(),
                counts: verified
                    .tallies
                    .iter()
                    .map(|tally| Count {
                        school: tally.school.map(ObjectId::to_hex),
                        school_name: tally.school.as_ref().map(school).unwrap_or_default(),
                        what: tally.what.text(),
                        source: tally.source,
                        app: tally.app,
                    })
                    .collect(),
                broken: verified
                    .broken
                    .iter()
                    .map(|(rule, times)| Broken {
                        rule,
                        times: *times,
                    })
                    .collect(),
                drift: ShownPlan::of(&verified.drift, &names, true),
                repaired: None,
            }
        };
        if self.repair && !shown.well {
            let order = Order {
                read: ReadHow::Kept,
                deep: true,
                actor: actor::name(),
                ..Order::new(Trigger::Demand)
            };
            let ran = once(call, district, &order).await?;
            shown.repaired = Some(Outcome::of(call, district, &ran, true).await?);
        }
        Ok(shown)
    }

    fn text(&self, call: &Call<'_>, shown: &Shown) -> String {
        let mut text = format!(
            "{}: the app {}.\n",
            shown.name,
            if shown.well {
                "holds what it is told"
            } else {
                "differs from what it is told"
            }
        );
        let counts = shown
            .counts
            .iter()
            .filter(|count| count.school.is_none() || self.all);
        for count in counts {
            let place = if count.school.is_some() {
                format!("{}: ", count.school_name)
            } else {
                String::new()
            };
            let differs = if count.source == count.app {
                ""
            } else {
                "  (differ)"
            };
            text = format!(
                "{text}  {place}{:<12} source {:>7}  app {:>7}{differs}\n",
                count.what, count.source, count.app
            );
        }
        for broken in &shown.broken {
            text = format!("{text}  broken: {} ({} times)\n", broken.rule, broken.times);
        }
        if !shown.drift.actions.is_empty() {
            text = format!("{text}\n{}", render::text(&shown.drift, self.all));
        }
        match &shown.repaired {
            Some(outcome) => format!("{text}\n{}\n", applied(call, outcome)),
            None if !shown.well => format!(
                "{text}To repair it:  homeroom sync {}verify --repair\n",
                call.flags
            ),
            None => text,
        }
    }
}

//! `homeroom sync rehearse`: how many accounts each way of matching would find, before anything is linked.

use std::fs;

use anyhow::Context as _;
use clap::Args;
use homeroom_model::ObjectId;
use homeroom_plan::{Act, Key, Policy, Rehearsed};
use homeroom_sync::{Order, Trigger, Until};
use serde::Serialize;

use super::names::Names;
use super::plan::once;
use super::running::Call;
use crate::actor;
use crate::exit::Exit;
use crate::output;
use crate::sync::edit;
use crate::sync::opened::Followed;
use crate::sync::vault::write_whole;

/// Try every way of matching on the accounts that are there already, and link nothing
///
/// For an app that has accounts from before: how many records each field would find an account for, how many would fit several,
/// and how many none. Whoever reads it chooses: --set KEY=auto, =suggest or =off writes the choice into the policy.
#[derive(Args)]
pub(super) struct Rehearse {
    /// What a way of matching does from now on, such as email=suggest; may be given several times
    #[arg(long = "set", value_name = "KEY=ACT", value_parser = choice)]
    choices: Vec<(String, String)>,
}

fn choice(text: &str) -> Result<(String, String), String> {
    let known = |key: &str| Key::ALL.into_iter().any(|known| known.text() == key);
    match text.split_once('=') {
        Some((key, act)) if known(key) && ["auto", "suggest", "off"].contains(&act) => {
            Ok((key.to_owned(), act.to_owned()))
        }
        _ => {
            let keys: Vec<_> = Key::ALL.into_iter().map(Key::text).collect();
            Err(format!(
                "write it like email=suggest: keys are {}; acts are auto, suggest and off",
                keys.join(", ")
            ))
        }
    }
}

#[derive(Serialize)]
struct Rehearsals {
    districts: Vec<Shown>,
    /// Whether the policy was changed.
    written: bool,
}

#[derive(Serialize)]
struct Shown {
    district: String,
    name: String,
    rungs: Vec<Rung>,
}

#[derive(Serialize)]
struct Rung {
    kind: &'static str,
    key: &'static str,
    field: &'static str,
    act: &'static str,
    records: u64,
    one: u64,
    many: u64,
    none: u64,
    blank: u64,
    samples: Vec<Sample>,
}

/// A record and the accounts it would find.
#[derive(Serialize)]
struct Sample {
    id: String,
    #[serde(skip)]
    name: String,
    accounts: Vec<i64>,
    #[serde(skip)]
    account_names: Vec<String>,
}

impl Rehearse {
    /// Rehearses.
    pub(super) async fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let mut districts = Vec::new();
        for district in &call.opened.districts {
            if call.opened.mirror(district).await?.manifest.number == 0 {
                let order = Order {
                    until: Until::Plan,
                    actor: actor::name(),
                    ..Order::new(Trigger::Demand)
                };
                once(call, district, &order).await?;
            }
            districts.push(self.district(call, district).await?);
        }
        let written = !self.choices.is_empty();
        if written {
            self.write(call)?;
        }
        call.context
            .output
            .result(&Rehearsals { districts, written }, |rehearsals| {
                let texts = rehearsals.districts.iter().map(Shown::text);
                let end = if rehearsals.written {
                    format!(
                        "The policy is changed. See what it does now:  homeroom sync {}plan --kept",
                        call.flags
                    )
                } else {
                    format!(
                        "Nothing was linked. To choose, for instance:  homeroom sync {}rehearse --set email=suggest",
                        call.flags
                    )
                };
                format!("{}\n{end}", texts.collect::<Vec<_>>().join("\n"))
            })?;
        Ok(Exit::Done)
    }

    async fn district(&self, call: &Call<'_>, district: &Followed) -> anyhow::Result<Shown> {
        let rehearsed = call.opened.engine.rehearse(&district.tenant).await?;
        let mirror = call.opened.mirror(district).await?;
        let reading = call.opened.read()?;
        let names = Names {
            district: district.number,
            mirror: &mirror.snapshot,
            reading: &*reading,
        };
        let rungs = rehearsed
            .matching
            .rungs
            .iter()
            .map(|rung| shown(rung, &names));
        Ok(Shown {
            district: district.id.to_hex(),
            name: district.name.clone(),
            rungs: rungs.collect(),
        })
    }

    /// Writes the choices into the one policy of the districts that are meant.
    fn write(&self, call: &Call<'_>) -> anyhow::Result<()> {
        let file = call.policy_file()?;
        let mut text = fs::read_to_string(&file)?;
        for (key, act) in &self.choices {
            let changed = edit::set(&text, "matching", key, &edit::quoted(act));
            text = changed.with_context(|| {
                format!("{} has no line {key} under [matching]", file.display())
            })?;
        }
        Policy::read(&text)?;
        write_whole(&file, text.as_bytes())
    }
}

fn shown(rung: &Rehearsed, names: &Names<'_>) -> Rung {
    let sample = |source: &ObjectId, accounts: &[homeroom_plan::Local]| Sample {
        id: source.to_hex(),
        name: names.sent(rung.kind, source),
        accounts: accounts.iter().map(|local| local.0).collect(),
        account_names: accounts
            .iter()
            .map(|local| names.kept(rung.kind, *local))
            .collect(),
    };
    let one = rung.one_samples.iter();
    let many = rung.many_samples.iter();
    Rung {
        kind: rung.kind.table(),
        key: rung.key.text(),
        field: rung.field,
        act: match rung.act {
            Act::Auto => "auto",
            Act::Suggest => "suggest",
            Act::Off => "off",
        },
        records: rung.records,
        one: rung.one,
        many: rung.many,
        none: rung.none,
        blank: rung.blank,
        samples: one
            .map(|(source, local)| sample(source, &[*local]))
            .chain(many.map(|(source, locals)| sample(source, locals)))
            .collect(),
    }
}

impl Shown {
    fn text(&self) -> String {
        let rows: Vec<_> = self
            .rungs
            .iter()
            .map(|rung| {
                [
                    rung.kind.to_owned(),
                    rung.key.to_owned(),
                    rung.field.to_owned(),
                    rung.act.to_owned(),
                    rung.records.to_string(),
                    rung.one.to_string(),
                    rung.many.to_string(),
                    rung.none.to_string(),
                    rung.blank.to_string(),
                ]
            })
            .collect();
        let rows: Vec<[&str; 9]> = rows
            .iter()
            .map(|row| row.each_ref().map(String::as_str))
            .collect();
        let table = output::table(
            [
                "records of",
                "key",
                "field",
                "now",
                "new",
                "find one",
                "several",
                "none",
                "blank",
            ],
            &rows,
            "no kind of people is kept",
        );
        let mut text = format!("{}\n{table}\n", self.name);
        for rung in &self.rungs {
            for sample in &rung.samples {
                let accounts: Vec<_> = sample
                    .accounts
                    .iter()
                    .zip(&sample.account_names)
                    .map(|(account, name)| format!("account {account} {name}"))
                    .collect();
                text = format!(
                    "{text}  {} {}: {} would find {}\n",
                    rung.kind,
                    rung.key,
                    sample.name,
                    accounts.join(" and ")
                );
            }
        }
        text
    }
}

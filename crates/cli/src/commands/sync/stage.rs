//! `homeroom sync stage`, `pick` and `drop`: records that wait until somebody takes or leaves them.

use clap::Args;
use homeroom_roster::{Kind, Staged};
use serde::Serialize;

use super::names::Names;
use super::running::Call;
use crate::actor;
use crate::exit::Exit;
use crate::output;
use crate::sync::opened::Followed;

/// List what waits for somebody to pick or drop it
#[derive(Args)]
pub(super) struct Stage {
    /// What was picked or dropped already, too
    #[arg(long)]
    decided: bool,
}

/// Records that somebody chooses.
#[derive(Args)]
pub(super) struct Choice {
    /// Records, by id or name, as `sync stage` lists them
    #[arg(value_name = "RECORD", required_unless_present = "all")]
    records: Vec<String>,
    /// Everything that waits
    #[arg(long, conflicts_with = "records")]
    all: bool,
    /// Take it back: let it wait again
    #[arg(long)]
    undo: bool,
}

#[derive(Serialize)]
struct Listed {
    staged: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    district: String,
    kind: &'static str,
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    reason: Option<String>,
    picked: Option<bool>,
}

impl Stage {
    /// Lists.
    pub(super) async fn run(&self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let mut staged = Vec::new();
        for district in &call.opened.districts {
            let mirror = call.opened.mirror(district).await?;
            let reading = call.opened.read()?;
            let names = Names {
                district: district.number,
                mirror: &mirror.snapshot,
                reading: &*reading,
            };
            for found in reading.staged(district.number)? {
                if found.picked.is_some() && !self.decided {
                    continue;
                }
                staged.push(Row {
                    district: district.name.clone(),
                    name: names.meant(found.kind, &found.source_id),
                    kind: found.kind.text(),
                    id: found.source_id,
                    reason: found.reason,
                    picked: found.picked,
                });
            }
        }
        call.context
            .output
            .result(&Listed { staged }, |listed| table(&listed.staged))?;
        Ok(Exit::Done)
    }
}

impl Choice {
    /// Picks or drops.
    pub(super) async fn run(&self, call: &Call<'_>, picked: bool) -> anyhow::Result<Exit> {
        let mut done = Vec::new();
        for (district, record) in self.meant(call).await? {
            let choice = (!self.undo).then_some(picked);
            let key = (record.kind, record.source_id.as_str());
            let known = call.opened.roster.pick(
                district.number,
                key,
                choice,
                &actor::name(),
                crate::clock::now(),
            )?;
            anyhow::ensure!(known, "{} does not wait any more", record.source_id);
            done.push(record.source_id);
        }
        let word = match (self.undo, picked) {
            (true, _) => "waits again",
            (false, true) => "picked",
            (false, false) => "dropped",
        };
        call.context.output.result(
            &serde_json::json!({ "records": done, "now": word.replace(' ', "_") }),
            |_| {
                format!(
                    "{} {word}. To see what that does:  homeroom sync {}plan --kept",
                    done.len(),
                    call.flags
                )
            },
        )?;
        Ok(Exit::Done)
    }

    /// The records that are meant, each with its district.
    async fn meant<'c>(&self, call: &'c Call<'_>) -> anyhow::Result<Vec<(&'c Followed, Staged)>> {
        let mut meant = Vec::new();
        let mut found = vec![false; self.records.len()];
        for district in &call.opened.districts {
            let mirror = call.opened.mirror(district).await?;
            let reading = call.opened.read()?;
            let names = Names {
                district: district.number,
                mirror: &mirror.snapshot,
                reading: &*reading,
            };
            for staged in reading.staged(district.number)? {
                let name = names.meant(staged.kind, &staged.source_id);
                let is =
                    |word: &String| *word == staged.source_id || word.eq_ignore_ascii_case(&name);
                let mut is_meant = false;
                for (word, found) in self.records.iter().zip(&mut found) {
                    *found |= is(word);
                    is_meant |= is(word);
                }
                let waits = staged.picked.is_none();
                if is_meant || (self.all && waits != self.undo) {
                    meant.push((district, staged));
                }
            }
        }
        let missing = self.records.iter().zip(found).find(|(_, found)| !found);
        if let Some((word, _)) = missing {
            anyhow::bail!(
                "{word} does not wait for a pick; `homeroom sync {}stage` lists what does",
                call.flags
            );
        }
        Ok(meant)
    }
}

fn table(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let kind = if row.kind == Kind::Person.text() {
                "person"
            } else {
                row.kind
            };
            let picked = match row.picked {
                None => "waits",
                Some(true) => "picked",
                Some(false) => "dropped",
            };
            [
                kind,
                &row.id,
                &row.name,
                row.reason.as_deref().unwrap_or_default(),
                picked,
            ]
        })
        .collect();
    output::table(
        ["kind", "record", "name", "why it waits", ""],
        &rows,
        "nothing waits for a pick",
    )
}

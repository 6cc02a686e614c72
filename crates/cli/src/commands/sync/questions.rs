//! `homeroom sync suggestions` and `homeroom sync conflicts`: what only a person can say.

use clap::{Args, Subcommand};
use homeroom_roster::{Decision, Kind, Reading};
use serde::Serialize;

use super::names::record_name;
use super::running::Call;
use crate::exit::Exit;
use crate::sync::opened::Followed;
use crate::{actor, clock, output};

/// Look at what may belong together, and accept or reject it
///
/// What is accepted is done by the next sync; what is rejected is not asked again.
#[derive(Args)]
pub(super) struct Suggestions {
    #[command(subcommand)]
    action: Option<Answer>,
    /// Those that were answered, too
    #[arg(long)]
    answered: bool,
}

#[derive(Subcommand)]
enum Answer {
    /// Yes: they belong together
    Accept {
        /// Numbers of suggestions
        #[arg(value_name = "NUMBER", required = true)]
        numbers: Vec<i64>,
    },
    /// No, and do not ask again
    Reject {
        /// Numbers of suggestions
        #[arg(value_name = "NUMBER", required = true)]
        numbers: Vec<i64>,
    },
}

/// Look at what contradicts itself, side by side; nothing is written to either
#[derive(Args)]
pub(super) struct Conflicts {
    #[command(subcommand)]
    action: Option<Settle>,
    /// Those that are settled, too
    #[arg(long)]
    settled: bool,
}

#[derive(Subcommand)]
enum Settle {
    /// Say that conflicts are settled, in the app or at the district; the next sync looks again
    Settle {
        /// Numbers of conflicts
        #[arg(value_name = "NUMBER", required = true)]
        numbers: Vec<i64>,
    },
}

#[derive(Serialize)]
struct ListedSuggestions {
    suggestions: Vec<ShownSuggestion>,
}

#[derive(Serialize)]
struct ShownSuggestion {
    number: i64,
    district: String,
    about: String,
    kind: &'static str,
    id: String,
    account: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    account_name: String,
    rung: String,
    evidence: Option<String>,
    decision: &'static str,
}

#[derive(Serialize)]
struct ListedConflicts {
    conflicts: Vec<ShownConflict>,
}

#[derive(Serialize)]
struct ShownConflict {
    number: i64,
    district: String,
    code: String,
    kind: &'static str,
    id: String,
    field: String,
    accounts: Vec<i64>,
    names: Vec<String>,
    evidence: Option<String>,
    open: bool,
}

impl Suggestions {
    /// Lists or answers.
    pub(super) fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let (numbers, decision) = match &self.action {
            None => return self.list(call),
            Some(Answer::Accept { numbers }) => (numbers, Decision::Accepted),
            Some(Answer::Reject { numbers }) => (numbers, Decision::Rejected),
        };
        for number in numbers {
            let decided = each(call, |district| {
                let roster = &call.opened.roster;
                Ok(roster.decide(
                    district.number,
                    *number,
                    decision,
                    &actor::name(),
                    clock::now(),
                )?)
            })?;
            anyhow::ensure!(
                decided,
                "there is no open suggestion {number}; those before it were answered"
            );
        }
        call.context
            .output
            .result(&serde_json::json!({ decision.text(): numbers }), |_| {
                format!(
                    "{} {}; the next sync follows.",
                    capital(decision.text()),
                    join(numbers)
                )
            })?;
        Ok(Exit::Done)
    }

    fn list(&self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let reading = call.opened.read()?;
        let mut suggestions = Vec::new();
        for district in &call.opened.districts {
            for found in reading.suggestions(district.number)? {
                if found.decision != Decision::Open && !self.answered {
                    continue;
                }
                suggestions.push(ShownSuggestion {
                    number: found.id,
                    district: district.name.clone(),
                    account_name: record_name(&*reading, found.kind, found.entity),
                    about: found.about,
                    kind: found.kind.text(),
                    id: found.source_id,
                    account: found.entity,
                    rung: found.rung,
                    evidence: found.evidence,
                    decision: found.decision.text(),
                });
            }
        }
        call.context
            .output
            .result(&ListedSuggestions { suggestions }, |listed| {
                table(&listed.suggestions)
            })?;
        Ok(Exit::Done)
    }
}

impl Conflicts {
    /// Lists or settles.
    pub(super) fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let Some(Settle::Settle { numbers }) = &self.action else {
            return self.list(call);
        };
        for number in numbers {
            let settled = each(call, |district| {
                Ok(call.opened.roster.settle(
                    district.number,
                    *number,
                    &actor::name(),
                    clock::now(),
                )?)
            })?;
            anyhow::ensure!(
                settled,
                "there is no open conflict {number}; those before it are settled"
            );
        }
        call.context
            .output
            .result(&serde_json::json!({ "settled": numbers }), |_| {
                format!("Settled {}; the next sync looks again.", join(numbers))
            })?;
        Ok(Exit::Done)
    }

    fn list(&self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let reading = call.opened.read()?;
        let mut conflicts = Vec::new();
        for district in &call.opened.districts {
            for found in reading.conflicts(district.number)? {
                if !found.open && !self.settled {
                    continue;
                }
                conflicts.push(ShownConflict {
                    number: found.id,
                    district: district.name.clone(),
                    names: names(&*reading, found.kind, &found.entities),
                    code: found.code,
                    kind: found.kind.text(),
                    id: found.source_id,
                    field: found.field,
                    accounts: found.entities,
                    evidence: found.evidence,
                    open: found.open,
                });
            }
        }
        call.context
            .output
            .result(&ListedConflicts { conflicts }, |listed| {
                if listed.conflicts.is_empty() {
                    return "nothing contradicts itself".to_owned();
                }
                listed
                    .conflicts
                    .iter()
                    .map(ShownConflict::text)
                    .collect::<Vec<_>>()
                    .join("\n")
            })?;
        Ok(Exit::Done)
    }
}

impl ShownConflict {
    fn text(&self) -> String {
        let sides = self
            .accounts
            .iter()
            .zip(&self.names)
            .map(|(account, name)| format!("account {account} {name}"));
        let field = if self.field.is_empty() {
            String::new()
        } else {
            format!(" in {}", self.field)
        };
        let evidence = self
            .evidence
            .as_deref()
            .map_or_else(String::new, |evidence| format!("; {evidence}"));
        let settled = if self.open { "" } else { " (settled)" };
        format!(
            "{}  {} {}: {}{field}{settled}\n    {}{evidence}",
            self.number,
            self.kind,
            self.id,
            self.code.replace('_', " "),
            sides.collect::<Vec<_>>().join("  |  ")
        )
    }
}

/// Tries every district that is meant; whether one of them did it. Numbers are the database's, so at most one can.
fn each(
    call: &Call<'_>,
    doing: impl Fn(&Followed) -> anyhow::Result<bool>,
) -> anyhow::Result<bool> {
    for district in &call.opened.districts {
        if doing(district)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn names(reading: &dyn Reading, kind: Kind, ids: &[i64]) -> Vec<String> {
    ids.iter()
        .map(|id| record_name(reading, kind, *id))
        .collect()
}

fn join(numbers: &[i64]) -> String {
    numbers
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn table(rows: &[ShownSuggestion]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            [
                row.number.to_string(),
                row.about.replace('_', " "),
                format!("{} {}", row.kind, row.id),
                format!("{} {}", row.account, row.account_name),
                row.rung.clone(),
                row.evidence.clone().unwrap_or_default(),
                row.decision.to_owned(),
            ]
        })
        .collect();
    let rows: Vec<[&str; 7]> = rows
        .iter()
        .map(|row| row.each_ref().map(String::as_str))
        .collect();
    output::table(
        [
            "number",
            "about",
            "record of the source",
            "account here",
            "by",
            "evidence",
            "",
        ],
        &rows,
        "nothing waits for an answer",
    )
}

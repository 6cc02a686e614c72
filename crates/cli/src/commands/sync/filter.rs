//! `homeroom sync filter`: which classes the app takes at all.

use std::fs;

use clap::{Args, Subcommand};
use homeroom_model::Kind;
use homeroom_plan::Policy;
use homeroom_segment::Snapshot;
use homeroom_sync::{Order, ReadHow, Trigger, Until, section_name};
use serde::Serialize;
use serde_json::Value;

use super::render;
use super::running::{Call, Outcome, Seen, stopped_by_hand};
use crate::actor;
use crate::exit::Exit;
use crate::sync::edit;
use crate::sync::opened::{Followed, Opened};
use crate::sync::vault::write_whole;

/// The header of a rule in a policy.
const RULE: &str = "[[filter]]";
/// Classes that are named as samples.
const SAMPLES: usize = 8;

/// Say which classes the app takes, with a preview of what that does
///
/// Rules stand in the policy; the last one that fits a class decides. What is left out is not gone: no account is lost, and it
/// comes back from what was read, without a question to the server.
#[derive(Args)]
pub(super) struct Filter {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Take only classes that fit this rule, or one of those after it
    Include(Rule),
    /// Leave classes out that fit this rule
    Exclude(Rule),
    /// Take a rule out of the policy, by its number in the list
    Remove {
        /// Its number
        #[arg(value_name = "NUMBER")]
        number: usize,
        /// Only show what it would do
        #[arg(long)]
        dry_run: bool,
    },
}

/// A rule.
#[derive(Args)]
struct Rule {
    /// What is looked at: `name`, `course_name`, `course_number`, `term_name`, `school_name`, `school_sis_id`,
    /// `teacher_sis_id`, `student_grade`, `period`, `subject`, `grade`, `id` …
    #[arg(value_name = "FIELD")]
    field: String,
    /// One of these values; may be given several times
    #[arg(
        long = "is",
        value_name = "VALUE",
        required_unless_present = "contains",
        conflicts_with = "contains"
    )]
    is: Vec<String>,
    /// This text is part of it, whatever the case
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,
    /// Only show what it would do
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct Shown {
    rules: Vec<Value>,
    warnings: Vec<String>,
    /// Whether the policy was changed.
    written: bool,
    districts: Vec<Counted>,
}

/// What the rules do to a district.
#[derive(Serialize)]
struct Counted {
    name: String,
    takes: u64,
    leaves_out: u64,
    samples_taken: Vec<String>,
    samples_left_out: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Outcome>,
}

impl Filter {
    /// Lists the rules, or changes them.
    pub(super) async fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let file = call.policy_file()?;
        let text = fs::read_to_string(&file)?;
        let (new, dry_run) = match &self.action {
            None => (None, true),
            Some(Action::Include(rule)) => (Some(rule.added("include", &text)), rule.dry_run),
            Some(Action::Exclude(rule)) => (Some(rule.added("exclude", &text)), rule.dry_run),
            Some(Action::Remove { number, dry_run }) => {
                let at = number.checked_sub(1);
                let without = at.and_then(|at| edit::remove_table(&text, RULE, at));
                let without =
                    without.ok_or_else(|| anyhow::anyhow!("the policy has no rule {number}"))?;
                (Some(without), *dry_run)
            }
        };
        let is_new = new.is_some();
        let text = new.unwrap_or(text);
        let policy = Policy::read(&text)?;
        let mut districts = Vec::new();
        for district in &call.opened.districts {
            districts.push(counted(call, district, &policy, is_new).await?);
        }
        let written = is_new && !dry_run;
        if written {
            write_whole(&file, text.as_bytes())?;
        }
        let shown = Shown {
            rules: rules(&text),
            warnings: policy.warnings(),
            written,
            districts,
        };
        call.context
            .output
            .result(&shown, |shown| shown.text(call))?;
        Ok(Exit::Done)
    }
}

impl Rule {
    /// The policy with the rule behind the others.
    fn added(&self, then: &str, text: &str) -> String {
        let fits = if let Some(part) = &self.contains {
            format!("contains = {}", edit::quoted(part))
        } else {
            let values: Vec<_> = self.is.iter().map(|value| edit::quoted(value)).collect();
            format!("is = [{}]", values.join(", "))
        };
        let rule = format!(
            "{RULE}\nthen = \"{then}\"\nfield = {}\n{fits}\n",
            edit::quoted(&self.field)
        );
        edit::append_table(text, RULE, &rule)
    }
}

/// The rules as they stand.
fn rules(text: &str) -> Vec<Value> {
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let rules = table
        .get("filter")
        .and_then(|rules| serde_json::to_value(rules).ok());
    rules
        .and_then(|rules| rules.as_array().cloned())
        .unwrap_or_default()
}

async fn counted(
    call: &Call<'_>,
    district: &Followed,
    policy: &Policy,
    is_new: bool,
) -> anyhow::Result<Counted> {
    let mirror = call.opened.mirror(district).await?;
    let mut counted = of_mirror(&mirror.snapshot, policy);
    counted.name.clone_from(&district.name);
    if is_new && mirror.manifest.number > 0 {
        let order = Order {
            read: ReadHow::Kept,
            until: Until::Plan,
            actor: actor::name(),
            ..Order::new(Trigger::Demand)
        };
        let tenant = Opened::under(district, policy.clone());
        let seen = Seen::start(call.context, district);
        let cancel = stopped_by_hand();
        let running = call.opened.engine.run(&tenant, &order, &cancel, &seen);
        let ran = Box::pin(running).await;
        seen.finish();
        counted.plan = Some(Outcome::of(call, district, &ran?, true).await?);
    }
    Ok(counted)
}

fn of_mirror(mirror: &Snapshot, policy: &Policy) -> Counted {
    let mut counted = Counted {
        name: String::new(),
        takes: 0,
        leaves_out: 0,
        samples_taken: Vec::new(),
        samples_left_out: Vec::new(),
        plan: None,
    };
    for row in 0..mirror.table(Kind::Section).len() {
        let (number, samples) = if policy.filter.takes(mirror, row) {
            (&mut counted.takes, &mut counted.samples_taken)
        } else {
            (&mut counted.leaves_out, &mut counted.samples_left_out)
        };
        *number += 1;
        let name = section_name(mirror, row);
        if samples.len() < SAMPLES && !samples.contains(&name) {
            samples.push(name);
        }
    }
    counted
}

impl Shown {
    fn text(&self, call: &Call<'_>) -> String {
        let mut text = String::new();
        for (number, rule) in (1..).zip(&self.rules) {
            let word = |key: &str| {
                rule.get(key).map(|value| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                })
            };
            let part = word("contains").map(|part| format!("contains {part:?}"));
            let fits = part.or_else(|| word("is").map(|values| format!("is one of {values}")));
            text = format!(
                "{text}{number}  {} where {} {}\n",
                word("then").unwrap_or_default(),
                word("field").unwrap_or_default(),
                fits.unwrap_or_default()
            );
        }
        if self.rules.is_empty() {
            text.push_str("No rules: the app takes every class.\n");
        }
        for warning in &self.warnings {
            text = format!("{text}Mind: {warning}.\n");
        }
        for counted in &self.districts {
            text = format!(
                "{text}{}: takes {} classes ({}), leaves out {} ({})\n",
                counted.name,
                counted.takes,
                samples(&counted.samples_taken),
                counted.leaves_out,
                samples(&counted.samples_left_out)
            );
            if let Some(plan) = counted
                .plan
                .as_ref()
                .and_then(|outcome| outcome.plan.as_ref())
            {
                text = format!("{text}\n{}", render::text(plan, false));
            }
        }
        let end = if self.written {
            format!(
                "The policy is changed; to apply it: homeroom sync {}apply --kept",
                call.flags
            )
        } else {
            "The policy is as it was.".to_owned()
        };
        format!("{text}{end}")
    }
}

fn samples(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

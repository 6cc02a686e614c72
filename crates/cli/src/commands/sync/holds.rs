//! `homeroom sync holds`: plans, and parts of plans, that wait for somebody.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use homeroom_model::ObjectId;
use homeroom_plan::Part;
use homeroom_roster::Hold;
use homeroom_sync::Yes;
use serde::Serialize;
use serde_json::Value;

use super::apply::{applied, part, stale};
use super::names::{Names, linked_name};
use super::render;
use super::running::{Call, Outcome, Outcomes, Seen, stopped_by_hand};
use super::shown::{reasons, told_by_name};
use crate::exit::Exit;
use crate::sync::opened::Followed;
use crate::{actor, clock};

/// Lines of one kind and sort that are shown of a held plan, unless all are wanted.
const SAMPLES: usize = 3;

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

/// A hold.
#[derive(Serialize)]
struct Shown {
    hold: i64,
    district: String,
    /// What is held: empty for the whole plan.
    subject: String,
    plan: String,
    pattern: String,
    opened: String,
    age_hours: i64,
    outcome: Option<&'static str>,
    /// Numbers against limits, what it looks like, what happens if approved and if ignored.
    told: Value,
    discussion: Value,
    /// Who may approve; anybody who can run the program, if empty.
    approvers: Vec<String>,
    /// Why, for people.
    #[serde(skip)]
    reasons: Vec<String>,
    /// The first lines of the plan.
    lines: Vec<String>,
    more_lines: usize,
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
    let ran = call
        .opened
        .engine
        .approve(&district.tenant, &yes, &stopped_by_hand(), &seen)
        .await;
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

fn shown(
    call: &Call<'_>,
    district: &Followed,
    hold: Hold,
    lines: &[String],
    all: bool,
    names: &Names<'_>,
) -> Shown {
    const HOUR: i64 = 60 * 60 * 1000;
    let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    let of_subject = |line: &&String| match hold.subject.split_once(':') {
        Some((_, place)) => line.contains(place),
        None => true,
    };
    let wanted: Vec<_> = lines.iter().filter(of_subject).collect();
    let shown = samples(&wanted, if all { usize::MAX } else { SAMPLES });
    Shown {
        hold: hold.id,
        district: district.name.clone(),
        plan: hold.plan,
        pattern: hold.pattern,
        opened: hold.opened.to_iso(),
        age_hours: (clock::now().millis() - hold.opened.millis()) / HOUR,
        outcome: hold.outcome.map(homeroom_roster::HoldOutcome::text),
        reasons: told(&json(&hold.verdicts), names),
        told: json(&hold.verdicts),
        discussion: json(&hold.discussion),
        approvers: call.opened.folder.settings.approvers.clone(),
        more_lines: wanted.len() - shown.len(),
        lines: shown
            .into_iter()
            .map(|line| with_name(&render::masked(line), names))
            .collect(),
        subject: hold.subject,
    }
}

/// What the guards said, with names in the place of ids.
fn told(verdicts: &Value, names: &Names<'_>) -> Vec<String> {
    let verdicts = verdicts.get("verdicts").and_then(Value::as_array);
    let word = |verdict: &Value, key: &str| {
        let word = verdict.get(key).and_then(Value::as_str);
        word.unwrap_or_default().to_owned()
    };
    let told = verdicts.into_iter().flatten().map(|verdict| {
        let (says, place) = (word(verdict, "says"), word(verdict, "place"));
        if place.is_empty() {
            says
        } else {
            told_by_name(&says, &place, names)
        }
    });
    told.collect()
}

/// The first lines of each kind and sort.
fn samples<'l>(lines: &[&'l String], most: usize) -> Vec<&'l String> {
    let mut told: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let first = lines.iter().filter(|line| {
        let mut words = line.split(' ');
        let (_sign, kind, _id) = (words.next(), words.next(), words.next());
        let key = (kind.unwrap_or_default(), words.next().unwrap_or_default());
        let number = told.entry(key).or_default();
        *number += 1;
        *number <= most
    });
    first.copied().collect()
}

/// A line of a kept plan with the name of its record behind the id.
fn with_name(line: &str, names: &Names<'_>) -> String {
    let mut words = line.splitn(4, ' ');
    let (Some(sign), Some(kind), Some(id), Some(rest)) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return line.to_owned();
    };
    let kinds = homeroom_model::Kind::ALL.into_iter();
    let kind_of = kinds.into_iter().find(|known| known.table() == kind);
    let (Some(kind_of), Some(source)) = (kind_of, ObjectId::from_hex(id)) else {
        return line.to_owned();
    };
    let mut name = names.sent(kind_of, &source);
    if name.is_empty() {
        let stored = Names::stored(kind_of);
        name = stored.map_or_else(String::new, |stored| {
            linked_name(names.reading, stored, id, names.district)
        });
    }
    if name.is_empty() {
        line.to_owned()
    } else {
        format!("{sign} {kind} {id} ({name}) {rest}")
    }
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

impl Shown {
    fn text(&self, call: &Call<'_>) -> String {
        let since = format!("since {} ({} hours)", self.opened, self.age_hours);
        let what = if self.subject.is_empty() {
            "the whole plan".to_owned()
        } else {
            self.subject.clone()
        };
        let mut text = format!("Hold {} of {}: {what}, {since}", self.hold, self.district);
        if let Some(outcome) = self.outcome {
            return format!("{text}: {}", outcome.replace('_', " "));
        }
        let list = |key: &str| {
            self.told
                .get(key)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default()
        };
        let word = |value: &Value, key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        for reason in reasons(self.reasons.iter().map(String::as_str)) {
            text = format!("{text}\n  why           {reason}");
        }
        for pattern in list("patterns") {
            let records = pattern
                .get("records")
                .and_then(Value::as_u64)
                .unwrap_or_default();
            let field = word(&pattern, "field");
            let about = if field.is_empty() {
                word(&pattern, "kind")
            } else {
                format!("{} {field}", word(&pattern, "kind"))
            };
            text = format!(
                "{text}\n  looks like    {} ({records} {about})\n  remedy        {}",
                word(&pattern, "pattern").replace('_', " "),
                word(&pattern, "remedy")
            );
        }
        let approvers = if self.approvers.is_empty() {
            "whoever may run this program here".to_owned()
        } else {
            self.approvers.join(", ")
        };
        text = format!(
            "{text}\n  if approved   {}\n  if ignored    {}\n  may approve   {approvers}",
            word(&self.told, "if_approved"),
            word(&self.told, "if_ignored"),
        );
        for said in self.discussion.as_array().into_iter().flatten() {
            let words = ["words", "said", "text"]
                .into_iter()
                .map(|key| word(said, key))
                .find(|words| !words.is_empty());
            text = format!(
                "{text}\n  said          {}: {}",
                word(said, "by"),
                words.unwrap_or_default()
            );
        }
        for line in &self.lines {
            text = format!("{text}\n    {line}");
        }
        if self.more_lines > 0 {
            text = format!(
                "{text}\n    … and {} more; --all shows them",
                self.more_lines
            );
        }
        format!(
            "{text}\nTo apply it:  homeroom sync {}holds approve --plan {}\nTo drop it:   homeroom sync {}holds discard",
            call.flags,
            short(&self.plan),
            call.flags
        )
    }
}

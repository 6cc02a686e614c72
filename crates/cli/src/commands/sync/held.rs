//! A hold as it is shown.

use std::collections::BTreeMap;

use homeroom_model::ObjectId;
use homeroom_roster::Hold;
use serde::Serialize;
use serde_json::Value;

use super::names::{Names, linked_name};
use super::render;
use super::running::Call;
use super::shown::{reasons, told_by_name};
use crate::clock;
use crate::sync::opened::Followed;

/// Lines of one kind and sort that are shown of a held plan, unless all are wanted.
const SAMPLES: usize = 3;

/// A hold.
#[derive(Serialize)]
pub(super) struct Shown {
    hold: i64,
    district: String,
    /// What is held: empty for the whole plan.
    subject: String,
    plan: String,
    pattern: String,
    opened: String,
    age_hours: i64,
    pub(super) outcome: Option<&'static str>,
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

/// A hold with the first lines of its plan, or all.
pub(super) fn shown(
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

/// The beginning of a digest, which is enough to type.
pub(super) fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

impl Shown {
    /// The hold for people.
    pub(super) fn text(&self, call: &Call<'_>) -> String {
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
        for reason in reasons(self.reasons.iter().map(String::as_str)) {
            text = format!("{text}\n  why           {reason}");
        }
        if let Some(depend) = self.told.get("depend").and_then(Value::as_u64)
            && depend > 0
        {
            text = format!("{text}\n  why           and {depend} that depend on it");
        }
        text.push_str(&self.patterns());
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
            let (by, words) = (word(said, "by"), word(said, "words"));
            text = format!("{text}\n  said          {by}: {words}");
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
    /// What the plan looks like, and what could be done about it.
    fn patterns(&self) -> String {
        let patterns = self.told.get("patterns").and_then(Value::as_array);
        let mut text = String::new();
        for pattern in patterns.into_iter().flatten() {
            let records = pattern.get("records").and_then(Value::as_u64);
            let field = word(pattern, "field");
            let about = if field.is_empty() {
                word(pattern, "kind")
            } else {
                format!("{} {field}", word(pattern, "kind"))
            };
            text = format!(
                "{text}\n  looks like    {} ({} {about})\n  remedy        {}",
                word(pattern, "pattern").replace('_', " "),
                records.unwrap_or_default(),
                word(pattern, "remedy")
            );
        }
        text
    }
}

/// A text of an object; empty if there is none.
fn word(value: &Value, key: &str) -> String {
    let word = value.get(key).and_then(Value::as_str);
    word.unwrap_or_default().to_owned()
}

//! A plan as it is shown: to people as lines, to programs as JSON. Both come from the same values.

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{Action, Op, Pattern, Plan, SENSITIVE, Verdict};
use serde::Serialize;

use super::detail::detail;
use super::names::Names;

/// What no plan has to show besides [`SENSITIVE`] (integration-side B15, C5): the values of these fields are hidden, too.
const HIDDEN_TOO: [&str; 3] = ["birth_date", "phone", "ext"];
/// What stands in the place of a hidden value.
pub(super) const HIDDEN: &str = "(hidden)";
/// Guards whose sentences are told.
const REASONS: usize = 4;

/// A plan.
#[derive(Serialize)]
pub(super) struct Shown {
    /// What people approve.
    pub(super) plan: String,
    pub(super) held: bool,
    pub(super) summary: Sums,
    pub(super) patterns: Vec<ShownPattern>,
    pub(super) verdicts: Vec<ShownVerdict>,
    pub(super) kinds: BTreeMap<&'static str, Counted>,
    pub(super) actions: Vec<Line>,
    pub(super) findings: Vec<ShownFinding>,
}

/// How much of what.
#[derive(Serialize, Default)]
pub(super) struct Sums {
    pub(super) create: u64,
    pub(super) change: u64,
    pub(super) leave: u64,
    pub(super) join: u64,
    pub(super) end: u64,
    pub(super) ask: u64,
    pub(super) held: u64,
    pub(super) rejected: u64,
}

/// What of a kind needs no action.
#[derive(Serialize)]
pub(super) struct Counted {
    before: u64,
    unchanged: u64,
    skipped: u64,
    unjudged: u64,
    kept: u64,
}

/// Something the plan looks like.
#[derive(Serialize)]
pub(super) struct ShownPattern {
    pub(super) pattern: &'static str,
    pub(super) kind: Option<&'static str>,
    pub(super) school: Option<String>,
    pub(super) field: Option<&'static str>,
    pub(super) records: u64,
    pub(super) remedy: &'static str,
    /// The school's name, for people.
    pub(super) name: String,
}

/// A guard that tripped.
#[derive(Serialize)]
pub(super) struct ShownVerdict {
    pub(super) guard: &'static str,
    pub(super) kind: Option<&'static str>,
    pub(super) place: Option<String>,
    pub(super) part: u64,
    pub(super) whole: u64,
    pub(super) allowed: String,
    pub(super) says: String,
    /// The same for people, who know places by their names.
    #[serde(skip)]
    pub(super) told: String,
}

/// One action.
#[derive(Serialize)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) sign: char,
    pub(super) kind: &'static str,
    pub(super) id: Option<String>,
    pub(super) account: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) name: String,
    pub(super) action: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) changes: Vec<ShownChange>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) people: Vec<String>,
    pub(super) reason: &'static str,
    pub(super) policy: &'static str,
    pub(super) held: bool,
}

/// A field that changes.
#[derive(Serialize)]
pub(super) struct ShownChange {
    pub(super) field: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
}

/// Something wrong with a record. Names the field, never the value.
#[derive(Serialize)]
pub(super) struct ShownFinding {
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) field: &'static str,
    pub(super) code: &'static str,
    pub(super) rejected: bool,
}

impl Shown {
    /// A plan with names and values; without `values` only ids and the names of fields are told.
    pub(super) fn of(plan: &Plan, names: &Names<'_>, values: bool) -> Self {
        let actions = plan.actions().iter().enumerate();
        let actions = actions.filter(|(_, action)| !action.op.is_noop());
        let lines = actions.map(|(at, action)| line(at + 1, action, names, values));
        let actions: Vec<Line> = lines.collect();
        let findings = plan.findings().iter().map(|finding| ShownFinding {
            kind: finding.kind.table(),
            id: finding.source.to_hex(),
            field: finding.field,
            code: finding.code,
            rejected: finding.rejected,
        });
        let counts = plan.counts().iter();
        Self {
            plan: plan.digest_text(),
            held: plan.is_held(),
            summary: sums(plan),
            patterns: plan
                .patterns()
                .iter()
                .map(|pattern| shown_pattern(pattern, names, values))
                .collect(),
            verdicts: plan
                .verdicts()
                .iter()
                .map(|verdict| shown_verdict(verdict, names, values))
                .collect(),
            kinds: counts
                .map(|(kind, counts)| {
                    let counted = Counted {
                        before: counts.before,
                        unchanged: counts.unchanged,
                        skipped: counts.skipped,
                        unjudged: counts.unjudged,
                        kept: counts.kept,
                    };
                    (kind.table(), counted)
                })
                .collect(),
            actions,
            findings: findings.collect(),
        }
    }
}

/// How much of what a plan does.
pub(super) fn sums(plan: &Plan) -> Sums {
    let mut sums = Sums {
        rejected: plan
            .findings()
            .iter()
            .filter(|finding| finding.rejected)
            .count() as u64,
        ..Sums::default()
    };
    for action in plan.actions().iter().filter(|action| !action.op.is_noop()) {
        match &action.op {
            Op::Enrol { members } => sums.join += members.len() as u64,
            Op::Unenrol { members } => sums.end += members.len() as u64,
            op => match op.sign() {
                '+' => sums.create += 1,
                '-' => sums.leave += 1,
                '?' => sums.ask += 1,
                _ => sums.change += 1,
            },
        }
        sums.held += u64::from(action.held);
    }
    sums
}

fn line(number: usize, action: &Action, names: &Names<'_>, values: bool) -> Line {
    let (detail, people) = detail(action, names, values);
    Line {
        number,
        sign: action.op.sign(),
        kind: action.kind.table(),
        id: action.source.map(ObjectId::to_hex),
        account: action.local.map(|local| local.0),
        name: if values {
            names.of(action)
        } else {
            String::new()
        },
        action: action.op.text(),
        detail,
        changes: changes(&action.op, values),
        people,
        reason: action.reason.text(),
        policy: action.line,
        held: action.held,
    }
}

fn changes(op: &Op, values: bool) -> Vec<ShownChange> {
    let Op::Update { changes } = op else {
        return Vec::new();
    };
    let shown = changes.iter().map(|change| {
        let value = |value: &str| {
            let hidden = is_sensitive(change.field) && !value.is_empty();
            values.then(|| if hidden { HIDDEN } else { value }.to_owned())
        };
        ShownChange {
            field: change.field,
            before: value(&change.before),
            after: value(&change.after),
        }
    });
    shown.collect()
}

/// Whether a field's values are hidden.
pub(super) fn is_sensitive(field: &str) -> bool {
    let of_role = ["teacher_", "staff_", "admin_"]
        .into_iter()
        .find_map(|role| field.strip_prefix(role));
    let hidden = |field: &str| SENSITIVE.contains(&field) || HIDDEN_TOO.contains(&field);
    hidden(field) || of_role.is_some_and(hidden)
}

fn shown_pattern(pattern: &Pattern, names: &Names<'_>, values: bool) -> ShownPattern {
    let school = pattern.school.as_ref();
    ShownPattern {
        pattern: pattern.pattern.text(),
        kind: pattern.kind.map(Kind::table),
        school: pattern.school.map(ObjectId::to_hex),
        field: pattern.field,
        records: pattern.records,
        remedy: pattern.pattern.remedy(),
        name: school
            .filter(|_| values)
            .map_or_else(String::new, |school| school_name(names, school)),
    }
}

/// A school's name: one that is no longer shared is known to the app only.
fn school_name(names: &Names<'_>, school: &ObjectId) -> String {
    let sent = names.sent(Kind::School, school);
    if !sent.is_empty() {
        return sent;
    }
    super::names::linked_name(
        names.reading,
        homeroom_roster::Kind::School,
        &school.to_hex(),
        names.district,
    )
}

fn shown_verdict(verdict: &Verdict, names: &Names<'_>, values: bool) -> ShownVerdict {
    let says = verdict.to_string();
    let told = verdict
        .place
        .filter(|_| values)
        .map(|place| told_by_name(&says, &place.to_hex(), names));
    ShownVerdict {
        guard: verdict.guard.text(),
        kind: verdict.kind.map(Kind::table),
        place: verdict.place.map(ObjectId::to_hex),
        part: verdict.measured.part,
        whole: verdict.measured.whole,
        allowed: verdict.allowed.clone(),
        told: told.unwrap_or_else(|| says.clone()),
        says,
    }
}

/// A sentence about a school or section with its name in the place of its id.
pub(super) fn told_by_name(says: &str, place: &str, names: &Names<'_>) -> String {
    let kinds = [
        homeroom_roster::Kind::School,
        homeroom_roster::Kind::Section,
    ];
    let found = kinds.map(|kind| names.meant(kind, place));
    let name = found.iter().find(|name| !name.is_empty());
    name.map_or_else(|| says.to_owned(), |name| says.replace(place, name))
}

/// Sentences of guards for people: the first few, and how many more there are.
pub(super) fn reasons<'a>(told: impl Iterator<Item = &'a str>) -> Vec<String> {
    let all: Vec<&str> = told.collect();
    let mut lines: Vec<String> = all
        .iter()
        .take(REASONS)
        .map(|line| (*line).to_owned())
        .collect();
    if all.len() > REASONS {
        lines.push(format!("and {} more of this sort", all.len() - REASONS));
    }
    lines
}

//! The plan of a run in words: what it looks like, what guards say, how much changes in which school, and samples.

use std::fmt::{Result, Write};

use serde::Deserialize;
use serde_json::Value;

/// Schools that are listed; a plan of a rollover touches all of them.
const SCHOOLS: usize = 40;

/// What is shown of a plan. Members that a plan of another Homeroom lacks are empty.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Plan {
    base: u64,
    digest: String,
    season: String,
    types: Vec<OfType>,
    schools: Vec<School>,
    moved_enrollments: Moved,
    id_changes: IdChanges,
    patterns: Vec<Pattern>,
    verdicts: Vec<Verdict>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OfType {
    #[serde(rename = "type")]
    kind: String,
    unchanged: u64,
    created: u64,
    restored: u64,
    updated: u64,
    deleted: u64,
    total_after: u64,
    percent_deleted: f64,
    limit: Option<Limit>,
    samples: Vec<Sample>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Limit {
    percent: u64,
    floor: u64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Sample {
    action: String,
    sis_id: String,
    school: Option<String>,
    fields: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct School {
    #[serde(rename = "school")]
    sis_id: String,
    gone: bool,
    types: Vec<OfType>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Moved {
    same_course: u64,
    same_term: u64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct IdChanges {
    merged: u64,
    split: u64,
    rekeyed: std::collections::BTreeMap<String, u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Pattern {
    sentence: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Verdict {
    held: bool,
    reason: String,
}

/// The plan for people.
pub(super) fn text(plan: &Value) -> String {
    let plan = Plan::deserialize(plan).unwrap_or_default();
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = plan.write(&mut text);
    text
}

impl Plan {
    fn write(&self, out: &mut String) -> Result {
        writeln!(
            out,
            "Plan {} against snapshot {}; limits of: {}.",
            self.digest,
            self.base,
            self.season.replace('_', " ")
        )?;
        list(
            out,
            "What it looks like",
            self.patterns
                .iter()
                .map(|pattern| pattern.sentence.as_str()),
        )?;
        list(
            out,
            "Why it is held",
            self.verdicts
                .iter()
                .filter(|verdict| verdict.held)
                .map(|verdict| verdict.reason.as_str()),
        )?;
        self.write_types(out)?;
        self.write_schools(out)?;
        self.write_samples(out)
    }

    fn write_types(&self, out: &mut String) -> Result {
        writeln!(
            out,
            "\n{:<16}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}  deleted, allowed",
            "type", "unchanged", "created", "restored", "updated", "deleted", "after"
        )?;
        for of in &self.types {
            let limit = of.limit.as_ref().map_or_else(String::new, |limit| {
                format!(", {} % from {}", limit.percent, limit.floor)
            });
            writeln!(
                out,
                "{:<16}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}  {:.1} %{limit}",
                of.kind,
                of.unchanged,
                of.created,
                of.restored,
                of.updated,
                of.deleted,
                of.total_after,
                of.percent_deleted
            )?;
        }
        let Moved {
            same_course,
            same_term,
        } = self.moved_enrollments;
        if same_course + same_term > 0 {
            writeln!(
                out,
                "Of the enrollments, {same_course} only moved to another section of the same course and {same_term} to another section of the same term."
            )?;
        }
        let IdChanges {
            merged,
            split,
            rekeyed,
        } = &self.id_changes;
        if merged + split > 0 {
            writeln!(out, "Employees: {merged} merged, {split} split.")?;
        }
        for (kind, number) in rekeyed {
            writeln!(
                out,
                "{number} of the new {kind} are probably ones that are deleted, under another SIS id."
            )?;
        }
        Ok(())
    }

    fn write_schools(&self, out: &mut String) -> Result {
        if self.schools.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nBy school:")?;
        for school in self.schools.iter().take(SCHOOLS) {
            let gone = if school.gone {
                " (the school itself goes)"
            } else {
                ""
            };
            let counts: Vec<_> = school
                .types
                .iter()
                .map(|of| format!("{} {}", of.kind, of.short()))
                .collect();
            writeln!(out, "  {}{gone}: {}", school.sis_id, counts.join("; "))?;
        }
        if self.schools.len() > SCHOOLS {
            writeln!(
                out,
                "  and {} more; --json shows all",
                self.schools.len() - SCHOOLS
            )?;
        }
        Ok(())
    }

    fn write_samples(&self, out: &mut String) -> Result {
        let samples = self.types.iter().flat_map(|of| {
            let samples = of.samples.iter();
            samples.map(move |sample| (of.kind.as_str(), sample))
        });
        let mut last = ("", "");
        let mut shown = 0;
        for (kind, sample) in samples {
            if last == ("", "") {
                writeln!(out, "\nSamples:")?;
            }
            shown = if last == (kind, sample.action.as_str()) {
                shown + 1
            } else {
                0
            };
            last = (kind, &sample.action);
            if shown < 3 {
                let school = sample
                    .school
                    .as_ref()
                    .map_or_else(String::new, |school| format!(" (school {school})"));
                writeln!(
                    out,
                    "  {} {kind} {}{school}: {}",
                    sample.action,
                    sample.sis_id,
                    sample.fields.join(", ")
                )?;
            }
        }
        Ok(())
    }
}

impl OfType {
    /// `+3 -12 ~5`: what comes, goes and changes.
    fn short(&self) -> String {
        let parts = [
            ('+', self.created),
            ('-', self.deleted),
            ('~', self.updated),
        ];
        let parts: Vec<_> = parts
            .into_iter()
            .filter(|(_, number)| *number > 0)
            .map(|(sign, number)| format!("{sign}{number}"))
            .collect();
        parts.join(" ")
    }
}

fn list<'a>(out: &mut String, title: &str, lines: impl Iterator<Item = &'a str>) -> Result {
    for (at, line) in lines.enumerate() {
        if at == 0 {
            writeln!(out, "\n{title}:")?;
        }
        writeln!(out, "  - {line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plan_says_why_it_is_held_and_where_things_change() {
        let plan = json!({
            "base": 4, "digest": "abc", "season": "school_year",
            "types": [{
                "type": "students", "unchanged": 80, "created": 0, "restored": 0, "updated": 1, "deleted": 20,
                "total_after": 81, "percent_deleted": 19.8, "limit": {"percent": 10, "floor": 10},
                "samples": [{"action": "delete", "sis_id": "1042", "school": "0348", "fields": ["no longer sent"]}],
            }],
            "schools": [{"school": "0348", "gone": true, "types": [{"type": "students", "deleted": 20, "updated": 1}]}],
            "patterns": [{"pattern": "truncated_file", "sentence": "students.csv ends too early."}],
            "verdicts": [
                {"held": true, "reason": "20 of 101 students would be deleted."},
                {"held": false, "reason": "not this one"},
            ],
        });
        let text = text(&plan);
        for part in [
            "Plan abc against snapshot 4; limits of: school year.",
            "- students.csv ends too early.",
            "- 20 of 101 students would be deleted.",
            "19.8 %, 10 % from 10",
            "0348 (the school itself goes): students -20 ~1",
            "delete students 1042 (school 0348): no longer sent",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains("not this one"));
    }

    #[test]
    fn a_plan_of_another_form_is_still_text() {
        assert!(text(&json!({ "base": 1 })).contains("snapshot 1"));
        assert!(text(&json!("nothing")).contains("Plan"));
    }
}

//! What an import tells: as one JSON object for scripts, as text for the people of a district.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use homeroom_model::{Code, Problem, Severity};
use serde::{Deserialize, Serialize, Serializer};

use crate::counts::{ChangeCounts, FileCounts};

/// How an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A new snapshot is served.
    Published,
    /// The files are those that are published, or say the same.
    NoChange,
    /// Nothing was published: somebody has to look at the plan first.
    Held,
    /// Nothing was published: something is wrong with the files.
    Error,
    /// Nothing was published: only the plan was asked for.
    Planned,
}

/// What one guard says of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// Kind of record.
    pub kind: String,
    /// One sentence with the guard's number and its limit.
    pub reason: String,
}

/// What a stored report says of the files: shown again when the same files come again and are not read anew.
#[derive(Deserialize)]
pub(crate) struct Earlier {
    pub(crate) counts: BTreeMap<String, FileCounts>,
    pub(crate) problems: BTreeMap<String, u64>,
}

impl Earlier {
    /// Completes the report of files that are not read anew; which files there are was looked at now.
    pub(crate) fn complete(self, report: &mut Report) {
        let of_the_list = [Code::UnknownFile, Code::DuplicateFile, Code::FileIgnored];
        let of_the_list = of_the_list.map(Code::text);
        let of_rows = self.problems.into_iter();
        let of_rows = of_rows.filter(|(code, _)| !of_the_list.contains(&code.as_str()));
        report.counts = self.counts;
        report.problems.extend(of_rows);
    }
}

/// The report of an import.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How it ended.
    pub state: Outcome,
    /// Number of the snapshot now served, `None` if none is.
    pub snapshot: Option<u64>,
    /// Per file: rows received, kept, rejected.
    pub counts: BTreeMap<String, FileCounts>,
    /// Per kind: created, updated, deleted.
    pub changes: BTreeMap<&'static str, ChangeCounts>,
    /// Per code: how many problems.
    pub problems: BTreeMap<String, u64>,
    /// Why the plan is held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Verdict>,
    /// Digest of the plan: what an approval names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The first problems of each code, the worst first, as lines.
    #[serde(rename = "messages", serialize_with = "lines")]
    pub shown: Vec<Problem>,
}

fn lines<S: Serializer>(problems: &[Problem], serializer: S) -> Result<S::Ok, S::Error> {
    /// A line for each code is enough for a script; people get more.
    const LINES: usize = 50;
    serializer.collect_seq(problems.iter().take(LINES).map(ToString::to_string))
}

impl Report {
    /// The report for people; the first `most` problems one by one, all of them counted.
    pub fn text(&self, most: usize) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, most);
        text
    }

    fn write(&self, out: &mut String, most: usize) -> std::fmt::Result {
        writeln!(out, "{}", self.headline())?;
        self.write_counts(out)?;
        self.write_changes(out)?;
        self.write_problems(out, most)?;
        for verdict in &self.held {
            writeln!(out, "held: {}", verdict.reason)?;
        }
        if let (Outcome::Held, Some(plan)) = (self.state, &self.plan) {
            writeln!(
                out,
                "\nIf this is right, publish it with the same command and: --approve {plan}"
            )?;
        }
        Ok(())
    }

    fn headline(&self) -> String {
        let served = self.snapshot.map_or_else(
            || "nothing is published yet".to_owned(),
            |number| format!("snapshot {number} is served"),
        );
        match self.state {
            Outcome::Published => format!("Published: {served}."),
            Outcome::NoChange => {
                format!("No change: the files say what is published already; {served}.")
            }
            Outcome::Held => format!(
                "Held: this import changes so much that somebody should look first; {served}."
            ),
            Outcome::Error => {
                format!("Not imported: the files have to be repaired first; {served}.")
            }
            Outcome::Planned => format!("Dry run: this is what would happen; {served}."),
        }
    }

    fn write_counts(&self, out: &mut String) -> std::fmt::Result {
        if self.counts.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n{:<14}{:>10}{:>10}{:>10}",
            "file", "received", "kept", "rejected"
        )?;
        for (file, count) in &self.counts {
            write!(
                out,
                "{file:<14}{:>10}{:>10}{:>10}",
                count.received, count.kept, count.rejected
            )?;
            match count.rows {
                Some(rows) => writeln!(out, "  ({rows} rows)")?,
                None => writeln!(out)?,
            }
        }
        Ok(())
    }

    fn write_changes(&self, out: &mut String) -> std::fmt::Result {
        if self.state == Outcome::Error {
            return Ok(());
        }
        writeln!(
            out,
            "\n{:<16}{:>10}{:>10}{:>10}",
            "records", "created", "updated", "deleted"
        )?;
        for (kind, count) in &self.changes {
            writeln!(
                out,
                "{kind:<16}{:>10}{:>10}{:>10}",
                count.created, count.updated, count.deleted
            )?;
        }
        Ok(())
    }

    fn write_problems(&self, out: &mut String, most: usize) -> std::fmt::Result {
        if self.problems.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{:<8}{:<28}{:>8}  meaning", "", "problem", "count")?;
        let mut codes: Vec<Code> = Code::ALL.to_vec();
        codes.sort_by_key(|code| std::cmp::Reverse(code.severity()));
        for code in codes {
            if let Some(count) = self.problems.get(code.text()) {
                writeln!(
                    out,
                    "{:<8}{:<28}{count:>8}  {}",
                    code.severity().text(),
                    code.text(),
                    code.meaning()
                )?;
                if code.severity() >= Severity::Error {
                    writeln!(out, "{:>46}{}", "", code.repair())?;
                }
            }
        }
        if most > 0 && !self.shown.is_empty() {
            writeln!(out)?;
        }
        for problem in self.shown.iter().take(most) {
            writeln!(out, "{problem}")?;
        }
        let total: u64 = self.problems.values().sum();
        let left = total.saturating_sub(most.min(self.shown.len()) as u64);
        if left > 0 {
            writeln!(
                out,
                "… and {left} more; --show-problems N shows more of them"
            )?;
        }
        Ok(())
    }
}

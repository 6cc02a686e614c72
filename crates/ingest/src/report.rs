//! What an import tells: as one JSON object for scripts, as text for the people of a district.

mod text;

use std::collections::BTreeMap;

use homeroom_model::{Code, Problem};
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

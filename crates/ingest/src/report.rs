//! What an import tells: as one JSON object for scripts, as text for the people of a district.

mod text;

use std::collections::BTreeMap;

use homeroom_model::{Code, Problem};
use homeroom_segment::Digest;
use serde::{Deserialize, Serialize, Serializer};

use crate::counts::{ChangeCounts, FileCounts};
use crate::upload::Upload;

/// How an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Nothing was read: the district is paused. The files are kept, and imported when the pause ends.
    Paused,
    /// Nothing was read: these files were discarded or undone, and are not tried again until they change.
    Blocked,
}

/// What one guard says of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Name of the guard, for example `DELETIONS`.
    pub guard: String,
    /// Kind of record.
    pub kind: String,
    /// SIS id of the school, if it looked at one school.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<String>,
    /// The file it looked at, for rejected rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// How many records it found.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
    /// The share that is allowed now, in percent; `None` for any.
    pub limit_percent: Option<u8>,
    /// Fewer records than this are always allowed.
    pub limit_floor: u64,
    /// Whether it holds the plan back.
    pub held: bool,
    /// One sentence with the guard's number and its limit.
    pub reason: String,
}

/// A file that a run was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedFile {
    /// Its name, as the district spelt it.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// The stem it stands for; `None` if it is not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stem: Option<String>,
    /// blake3 of what is kept of it, unpacked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Digest>,
    /// Whether it was not sent this time and is the one of the upload before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carried_over: bool,
}

/// The report of an import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Id of the run.
    #[serde(default)]
    pub run: String,
    /// How it ended.
    pub state: Outcome,
    /// Number of the snapshot now served, `None` if none is.
    pub snapshot: Option<u64>,
    /// Why it ended so, where that is not in the counts: paused until when, who discarded the files.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The files it was given, by name.
    #[serde(default)]
    pub files: Vec<ReceivedFile>,
    /// Per file: rows received, kept, rejected.
    pub counts: BTreeMap<String, FileCounts>,
    /// Per kind: unchanged, created, updated, deleted, restored, and how many there are after.
    pub changes: BTreeMap<String, ChangeCounts>,
    /// Per code: how many problems.
    pub problems: BTreeMap<String, u64>,
    /// What the changes look like, one sentence each: a rollover, keys given anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// Per event of the identity ledger (merged, split, re-keyed): how many records.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_changes: BTreeMap<String, u64>,
    /// Deletions per kind against their limit, whether or not they are too many. Those per school stand in the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Verdict>,
    /// Why the plan is held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Verdict>,
    /// Digest of the plan: what an approval names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The first problems of each code, the worst first, as lines. Not read back: the findings of the run hold them all.
    #[serde(rename = "messages", serialize_with = "lines", skip_deserializing)]
    pub shown: Vec<Problem>,
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
        let of_the_list = [
            Code::UnknownFile,
            Code::DuplicateFile,
            Code::FileIgnored,
            Code::OptionalFileVanished,
        ];
        let of_the_list = of_the_list.map(Code::text);
        let of_rows = self.problems.into_iter();
        let of_rows = of_rows.filter(|(code, _)| !of_the_list.contains(&code.as_str()));
        report.counts = self.counts;
        report.problems.extend(of_rows);
    }
}

impl Report {
    /// A report about some files, with nothing done yet.
    pub(crate) fn new(run: String, state: Outcome, snapshot: Option<u64>, upload: &Upload) -> Self {
        let files = upload.files.iter().map(|file| ReceivedFile {
            name: file.name.clone(),
            bytes: file.bytes,
            stem: file.stem.clone(),
            content: file.content,
            carried_over: file.carried_over,
        });
        Self {
            run,
            state,
            snapshot,
            note: String::new(),
            files: files.collect(),
            counts: BTreeMap::new(),
            changes: ChangeCounts::none(),
            problems: BTreeMap::new(),
            patterns: Vec::new(),
            id_changes: BTreeMap::new(),
            guards: Vec::new(),
            held: Vec::new(),
            plan: None,
            shown: Vec::new(),
        }
    }

    /// Reads a report that the store keeps; `None` for runs that were cut short and have none.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The report as the store keeps it.
    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn lines<S: Serializer>(problems: &[Problem], serializer: S) -> Result<S::Ok, S::Error> {
    /// A line for each code is enough for a script; people get more.
    const LINES: usize = 50;
    serializer.collect_seq(problems.iter().take(LINES).map(ToString::to_string))
}

//! Files of activities into the ledger: CSV with a header, or one JSON object on each line.

use std::collections::HashMap;

use homeroom_goals::Amount;
use homeroom_model::Timestamp;
use homeroom_roster::{
    GoalActivity, GoalEntry, GoalTaken, LONGEST_ACTIVITY, MOST_OF_AN_ACTIVITY, Refusal, RosterError,
};
use serde::Deserialize;

use super::Sender;
use super::allow::account;
use super::error::GoalsError;
use super::look::stored;

/// So many entries are written in one step: a file may be larger than anybody wants to repeat.
const AT_ONCE: usize = 20_000;

/// The columns of CSV, and the keys of JSON.
const COLUMNS: [&str; 7] = [
    "activity", "student", "start", "minutes", "units", "undone", "reason",
];

/// Entries of a file, and what was wrong with others.
#[derive(Clone, Debug, Default)]
pub struct Activities {
    /// Entries, each with its line from 1.
    pub entries: Vec<(u64, Did)>,
    /// Lines that are none.
    pub wrong: Vec<Wrong>,
}

/// An entry as it was written.
#[derive(Clone, PartialEq, Eq)]
pub enum Did {
    /// Something was done.
    Done {
        /// The app's own id of the activity.
        activity: String,
        /// Who did it.
        student: Student,
        /// When it began.
        at: Timestamp,
        /// Active minutes.
        minutes: Amount,
        /// Units of progress.
        units: Amount,
    },
    /// An activity counts no more.
    Undone {
        /// It.
        activity: String,
        /// Why.
        reason: Option<String>,
    },
}

impl std::fmt::Debug for Did {
    /// Without the student: somebody may have written a name there.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done { minutes, units, .. } => write!(f, "Done({minutes}, {units})"),
            Self::Undone { .. } => f.write_str("Undone"),
        }
    }
}

/// A student as a file names one: by the id at the source, or by the local number of an account or a profile.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Student(pub String);

/// A line that is no entry, and what to do about it. Shows nothing of what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Its number, from 1.
    pub line: u64,
    /// What is wrong, and how to write it.
    pub says: String,
}

/// An entry that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its line.
    pub line: u64,
    /// The activity.
    pub activity: String,
}

/// What came of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Activities that count now.
    pub counted: u64,
    /// Entries that were in the ledger already.
    pub repeated: u64,
    /// Activities that count no more, or came after they were undone.
    pub undone: u64,
    /// Activities that are in the ledger with other content: what came first stays.
    pub conflicting: Vec<Told>,
    /// Lines that are not in the ledger, by line.
    pub wrong: Vec<Wrong>,
}

impl Sender {
    /// Writes the entries of a file into the ledger. The same file any number of times, whole or in pieces, gives the same
    /// ledger; a file that was cut short is simply recorded again.
    pub async fn record(
        &self,
        district: i64,
        activities: Activities,
        by: &str,
    ) -> Result<Recorded, GoalsError> {
        let at = self.clock().now();
        let by = by.to_owned();
        self.with_roster(move |roster| {
            let mut recorded = Recorded {
                wrong: activities.wrong,
                ..Recorded::default()
            };
            let mut known = HashMap::new();
            for entries in activities.entries.chunks(AT_ONCE) {
                let mut names = Names {
                    reading: &*roster.read()?,
                    district,
                    known: &mut known,
                };
                let mut lines = Vec::with_capacity(entries.len());
                let mut wanted = Vec::with_capacity(entries.len());
                for (line, did) in entries {
                    match names.entry(did)? {
                        Some(entry) => {
                            lines.push((*line, did));
                            wanted.push(entry);
                        }
                        None => recorded.wrong.push(Wrong {
                            line: *line,
                            says: "no student of this district has this id or local number"
                                .to_owned(),
                        }),
                    }
                }
                let taken = roster.record_activities(district, &wanted, &by, at)?;
                for ((line, did), taken) in lines.into_iter().zip(taken) {
                    recorded.take(line, did, taken);
                }
            }
            recorded.wrong.sort_by_key(|wrong| wrong.line);
            Ok(recorded)
        })
        .await
    }
}

impl Recorded {
    fn take(&mut self, line: u64, did: &Did, taken: GoalTaken) {
        let (Did::Done { activity, .. } | Did::Undone { activity, .. }) = did;
        match taken {
            GoalTaken::Counted => self.counted += 1,
            GoalTaken::Repeated => self.repeated += 1,
            GoalTaken::Undone => self.undone += 1,
            GoalTaken::Conflicting => self.conflicting.push(Told {
                line,
                activity: activity.clone(),
            }),
            GoalTaken::Refused(refusal) => self.wrong.push(Wrong {
                line,
                says: match refusal {
                    Refusal::Invalid => format!(
                        "an activity has an id of 1 to {LONGEST_ACTIVITY} characters, and at most a million minutes or units"
                    ),
                    _ => "no account of this district has this number".to_owned(),
                },
            }),
        }
    }
}

/// Whom the names of a file mean.
struct Names<'r> {
    reading: &'r dyn homeroom_roster::Reading,
    district: i64,
    known: &'r mut HashMap<Student, Option<i64>>,
}

impl Names<'_> {
    fn entry<'d>(&mut self, did: &'d Did) -> Result<Option<GoalEntry<'d>>, RosterError> {
        let (activity, student, at, minutes, units) = match did {
            Did::Undone { activity, reason } => {
                let reason = reason.as_deref();
                return Ok(Some(GoalEntry::Undone { activity, reason }));
            }
            Did::Done {
                activity,
                student,
                at,
                minutes,
                units,
            } => (activity, student, *at, *minutes, *units),
        };
        let known = self.known.get(student).copied();
        let person = if let Some(known) = known {
            known
        } else {
            let found = account(self.reading, self.district, &student.0)?;
            self.known.insert(student.clone(), found);
            found
        };
        Ok(person.map(|person| {
            GoalEntry::Done(GoalActivity {
                activity,
                person,
                at,
                minutes: stored(minutes),
                progress: stored(units),
            })
        }))
    }
}

/// One line, whatever the form.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Line {
    activity: String,
    student: String,
    start: String,
    minutes: Option<Number>,
    units: Option<Number>,
    undone: Option<bool>,
    reason: Option<String>,
}

/// A number as JSON writes it, or as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(serde_json::Number),
    Text(String),
}

impl Number {
    fn amount(&self) -> Option<Amount> {
        match self {
            Self::Number(number) => Amount::parse(number.to_string().as_bytes()),
            Self::Text(text) => Amount::parse(text.trim().as_bytes()),
        }
    }
}

impl Line {
    fn read(self) -> Result<Did, String> {
        let activity = self.activity.trim().to_owned();
        if activity.is_empty() {
            return Err(
                "activity is missing: the app's own id of it, by which it counts once".to_owned(),
            );
        }
        let reason = self.reason.filter(|reason| !reason.trim().is_empty());
        if self.undone == Some(true) {
            return Ok(Did::Undone { activity, reason });
        }
        let student = self.student.trim().to_owned();
        if student.is_empty() {
            return Err(
                "student is missing: the id at the source, or the local number of the account"
                    .to_owned(),
            );
        }
        let start: jiff::Timestamp = self.start.trim().parse().map_err(|_| {
            "start is no moment; write it with its zone, like 2026-09-21T08:15:00-05:00".to_owned()
        })?;
        let most = Amount::from_micros(MOST_OF_AN_ACTIVITY.unsigned_abs());
        let amount = |number: Option<Number>, what: &str, without: Option<Amount>| {
            let amount = number.map_or(without, |number| number.amount());
            let amount = amount.filter(|amount| *amount <= most);
            amount.ok_or_else(|| format!("{what} is no number from 0 to a million, like 32.5"))
        };
        Ok(Did::Done {
            activity,
            student: Student(student),
            at: Timestamp::from_millis(start.as_millisecond()),
            minutes: amount(self.minutes, "minutes", None)?,
            units: amount(self.units, "units", Some(Amount::ZERO))?,
        })
    }
}

impl Activities {
    fn take(&mut self, line: u64, read: Result<Line, String>) {
        match read.and_then(Line::read) {
            Ok(did) => self.entries.push((line, did)),
            Err(says) => self.wrong.push(Wrong { line, says }),
        }
    }
}

/// Reads CSV: a header with `activity,student,start,minutes` and, if need be, `units`, `undone` and `reason`, in any order; a
/// byte-order mark, CRLF and blanks around cells are no matter. Other columns are refused, so that a slip of the pen does not pass.
pub fn read_csv(text: &[u8]) -> Activities {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text);
    let mut activities = Activities::default();
    let header = match header(&mut reader) {
        Ok(header) => header,
        Err(says) => {
            activities.wrong.push(Wrong { line: 1, says });
            return activities;
        }
    };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let says = "the line is no text in UTF-8".to_owned();
                activities.wrong.push(Wrong { line, says });
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        activities.take(line, cells(&header, &record));
    }
    activities
}

fn header(reader: &mut csv::Reader<&[u8]>) -> Result<Vec<String>, String> {
    let no_header = || format!("the first line names the columns: {}", COLUMNS.join(","));
    let header = reader.headers().map_err(|_| no_header())?;
    let names: Vec<String> = header.iter().map(str::to_ascii_lowercase).collect();
    let known = |name: &String| COLUMNS.contains(&name.as_str());
    let has = |name: &str| names.iter().filter(|known| *known == name).count() == 1;
    if names.iter().all(known)
        && has("activity")
        && (has("undone") || (has("student") && has("start") && has("minutes")))
    {
        Ok(names)
    } else {
        Err(no_header())
    }
}

fn cells(header: &[String], record: &csv::StringRecord) -> Result<Line, String> {
    if record.len() > header.len() {
        return Err("the line has more cells than the header has columns".to_owned());
    }
    let mut line = Line::default();
    for (name, cell) in header.iter().zip(record) {
        let number = || (!cell.is_empty()).then(|| Number::Text(cell.to_owned()));
        match name.as_str() {
            "activity" => cell.clone_into(&mut line.activity),
            "student" => cell.clone_into(&mut line.student),
            "start" => cell.clone_into(&mut line.start),
            "minutes" => line.minutes = number(),
            "units" => line.units = number(),
            "reason" => line.reason = Some(cell.to_owned()),
            _ => line.undone = Some(is_yes(cell)?),
        }
    }
    Ok(line)
}

fn is_yes(cell: &str) -> Result<bool, String> {
    match cell.to_ascii_lowercase().as_str() {
        "" | "0" | "no" | "false" => Ok(false),
        "1" | "yes" | "true" => Ok(true),
        _ => Err("undone is yes or no".to_owned()),
    }
}

/// Reads lines of JSON: `{"activity": …, "student": …, "start": …, "minutes": …, "units": …}`, or
/// `{"activity": …, "undone": true, "reason": …}`. Blank lines are no matter.
pub fn read_json_lines(text: &[u8]) -> Activities {
    let mut activities = Activities::default();
    for (line, bytes) in (1_u64..).zip(text.split(|byte| *byte == b'\n')) {
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        // The parser's own message would quote what it found.
        let read = serde_json::from_slice::<Line>(bytes).map_err(|error| {
            let at = error.column();
            format!("no object of activity, student, start, minutes and units, or of activity and undone (column {at})")
        });
        activities.take(line, read);
    }
    activities
}

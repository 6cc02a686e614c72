//! What waits to be confirmed: values lower than those that are shown, and minutes that rose by more than time has passed
//! (issue 6, "Settled"; integration-side D3). They change nothing until somebody says that they are right.
//!
//! Each value waits by itself. Whoever decides says what they saw, so that nobody confirms what came meanwhile.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use homeroom_goals::total::{Correction, Total};
use homeroom_goals::{Amount, Moment};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{Conflict, FeedKey, GoalsMove, Store, StoreError, StudentYear, Which};
use serde::Serialize;

use crate::calendar::{Rules, RulesError};
use crate::feed::{By, FeedSettings, UnreadableFeed};
use crate::figures::iso;
use crate::student_year::{Damaged, Record};

/// How often a decision is worked out anew because the feed changed meanwhile.
const ATTEMPTS: usize = 8;

/// The most values that are decided in one step: the audit names each of them.
pub const AT_ONCE: usize = 500;

/// Digits of the digest of what somebody saw: enough for what one person looks at.
const DIGITS: usize = 12;

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum CorrectionError {
    /// There is no feed of this app and district.
    #[error("Goals were never switched on for this app and district")]
    NoFeed,
    /// What was seen is not what waits any more. Of the students who were named, what waits now, ascending by student;
    /// those of whom nothing does are left out.
    #[error("what was looked at does not wait any more, or another value does")]
    Changed(Vec<Open>),
    /// Too much for one step.
    #[error("at most {AT_ONCE} values are decided at a time")]
    Many,
    /// The store does not answer, or refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The district's settings cannot be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The settings of the feed cannot be read.
    #[error(transparent)]
    Feed(#[from] UnreadableFeed),
    /// What is kept of a student cannot be read.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// Others changed the feed again and again.
    #[error("other processes change this feed all the time; try again")]
    Busy,
}

/// What waits to be confirmed of one student.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The student.
    pub student: ObjectId,
    /// What is shown.
    pub minutes: Option<Amount>,
    /// What is shown.
    pub progress: Option<Amount>,
    /// Lower minutes that were reported since.
    pub lower_minutes: Option<Waiting>,
    /// Lower progress that was reported since.
    pub lower_progress: Option<Waiting>,
    /// Minutes that rose by more than time has passed.
    pub implausible_minutes: Option<Waiting>,
}

/// A value that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The value.
    pub value: Amount,
    /// When it was reported.
    #[serde(serialize_with = "iso")]
    pub since: Timestamp,
}

/// A value that waits, as somebody saw it: a decision names it and is about nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The student.
    pub student: ObjectId,
    /// What waits.
    pub what: Correction,
    /// What is shown as long as nobody confirms it.
    pub shown: Option<Amount>,
    /// The value that waits.
    pub value: Amount,
}

impl Open {
    fn of(student: ObjectId, total: &Total) -> Self {
        let [minutes, progress] = total.shown();
        let waiting = |correction| {
            let level = total.waiting(correction)?;
            let (value, since) = (level.value, level.since);
            Some(Waiting { value, since })
        };
        Self {
            student,
            minutes,
            progress,
            lower_minutes: waiting(Correction::LowerMinutes),
            lower_progress: waiting(Correction::LowerProgress),
            implausible_minutes: waiting(Correction::ImplausibleMinutes),
        }
    }

    /// Since when such a value waits.
    pub fn waiting(&self, what: Correction) -> Option<Waiting> {
        match what {
            Correction::LowerMinutes => self.lower_minutes,
            Correction::LowerProgress => self.lower_progress,
            Correction::ImplausibleMinutes => self.implausible_minutes,
        }
    }

    /// Every value that waits, in the order of [`Correction::ALL`].
    pub fn seen(&self) -> impl Iterator<Item = Seen> + '_ {
        Correction::ALL.into_iter().filter_map(|what| {
            let shown = if what.is_of_progress() {
                self.progress
            } else {
                self.minutes
            };
            Some(Seen {
                student: self.student,
                what,
                shown,
                value: self.waiting(what)?.value,
            })
        })
    }
}

/// A short digest of all that waits as somebody saw it, to be named where everything is decided at once.
pub fn digest(open: &[Open]) -> String {
    let mut hasher = blake3::Hasher::new();
    for seen in open.iter().flat_map(Open::seen) {
        let line = format!("{} {}\n", seen.student, seen.says(" > "));
        hasher.update(line.as_bytes());
    }
    let mut digits = hasher.finalize().to_hex().to_string();
    digits.truncate(DIGITS);
    digits
}

/// What waits to be confirmed in a feed this school year: of the first so many students behind one, ascending.
pub async fn open(
    store: &dyn Store,
    key: FeedKey,
    (mut after, most): (Option<ObjectId>, usize),
    now: Timestamp,
) -> Result<Vec<Open>, CorrectionError> {
    let rules = Rules::of(store, key.district).await?;
    let year = rules.years.moment(now).year.0;
    let Some(feed) = store.goals_feed(key).await? else {
        return Ok(Vec::new());
    };
    let series = FeedSettings::read(&feed)?.metrics().series;
    let asked = u32::try_from(most.max(AT_ONCE)).unwrap_or(u32::MAX);
    let mut record = Record::default();
    let mut waiting = Vec::new();
    // Progress of a metric that does not count any more waits in the store, and not here: a page may take another question.
    loop {
        let next = Which::NextOpen(after, asked);
        let kept = store.student_years(key, year, next, false).await?;
        for kept in &kept {
            if waiting.len() == most {
                return Ok(waiting);
            }
            record.read(kept)?;
            waiting.extend(still_open(kept.student, &record, series));
        }
        after = kept.last().map(|kept| kept.student);
        if kept.len() < asked as usize || waiting.len() == most {
            return Ok(waiting);
        }
    }
}

/// What waits of a student. Progress in a metric that another one took the place of is compared with nothing any more.
fn still_open(student: ObjectId, record: &Record, series: u32) -> Option<Open> {
    let total = record.in_series(series);
    total.is_open().then(|| Open::of(student, &total))
}

/// What is decided about what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is right, and takes the place of what is shown.
    Confirm,
    /// It was a mistake of the app, and is forgotten.
    Dismiss,
}

/// Confirms or dismisses what somebody saw, all of it or, where any of it waits no more as it was seen, nothing. In the same
/// step the audit is told who decided, and each value before and after.
pub async fn decide(
    store: &dyn Store,
    key: FeedKey,
    seen: &[Seen],
    decision: Decision,
    by: By<'_>,
) -> Result<(), CorrectionError> {
    if seen.len() > AT_ONCE {
        return Err(CorrectionError::Many);
    }
    let rules = Rules::of(store, key.district).await?;
    let moment = rules.years.moment(by.now);
    let mut students: Vec<_> = seen.iter().map(|seen| seen.student).collect();
    students.sort_unstable();
    students.dedup();
    for _ in 0..ATTEMPTS {
        let feed = store.goals_feed(key).await?;
        let feed = feed.ok_or(CorrectionError::NoFeed)?;
        let metrics = FeedSettings::read(&feed)?.metrics();
        let which = Which::These(&students);
        let kept = store.student_years(key, moment.year.0, which, true).await?;
        let mut deciding = Deciding {
            decision,
            moment: &moment,
            may_fall: metrics.may_fall,
            series: metrics.series,
            seen,
            found: 0,
            open: Vec::new(),
        };
        let changed: Result<Vec<_>, Damaged> =
            kept.iter().map(|kept| deciding.student(kept)).collect();
        let changed = changed?;
        if deciding.found < seen.len() {
            return Err(CorrectionError::Changed(deciding.open));
        }
        if changed.is_empty() {
            return Ok(());
        }
        let change = GoalsMove {
            generation: feed.generation,
            revision: feed.revision,
            year: moment.year.0,
            changed,
            text: None,
            actor: by.actor.to_owned(),
            now: by.now,
            delivery: None,
            audit: Some(by.entry(key.district, decision.action(), told(key, seen, decision))),
        };
        match store.keep_goals(key, change).await {
            Ok(_) => return Ok(()),
            Err(error) if error.refusal() == Some(Conflict::Moved) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(CorrectionError::Busy)
}

/// A decision on its way through the students it is about.
struct Deciding<'a> {
    decision: Decision,
    moment: &'a Moment,
    may_fall: bool,
    series: u32,
    seen: &'a [Seen],
    /// How much of that waits as it was seen.
    found: usize,
    /// What waited before anything was decided.
    open: Vec<Open>,
}

impl Deciding<'_> {
    /// A student year of which everything was decided that is found as it was seen.
    fn student(&mut self, kept: &StudentYear) -> Result<StudentYear, Damaged> {
        let mut record = Record::default();
        record.read(kept)?;
        self.open
            .extend(still_open(kept.student, &record, self.series));
        let of_student = |seen: &&Seen| seen.student == kept.student;
        for seen in self.seen.iter().filter(of_student) {
            // As it is after the one before: two values for the same minutes cannot both be confirmed.
            let open = still_open(kept.student, &record, self.series);
            if !open.is_some_and(|open| open.seen().any(|waits| waits == *seen)) {
                continue;
            }
            self.found += 1;
            match self.decision {
                Decision::Confirm => {
                    if let Some(day) = record.total.confirm(seen.what, self.moment) {
                        record.add(day, self.may_fall);
                    }
                }
                Decision::Dismiss => {
                    record.total.dismiss(seen.what);
                }
            }
        }
        let (recent, earlier) = record.write();
        Ok(StudentYear {
            student: kept.student,
            open: record.total.is_open(),
            recent,
            earlier,
        })
    }
}

impl Decision {
    /// What the audit calls it.
    fn action(self) -> &'static str {
        match self {
            Self::Confirm => "goals confirmed",
            Self::Dismiss => "goals dismissed",
        }
    }
}

impl Seen {
    /// `lower_minutes 300 -> 250`.
    fn says(&self, between: &str) -> String {
        let shown = self.shown.map(|shown| shown.to_string());
        let shown = shown.as_deref().unwrap_or("none");
        format!("{} {shown}{between}{}", self.what.word(), self.value)
    }
}

/// What the audit says: ids and numbers.
fn told(key: FeedKey, seen: &[Seen], decision: Decision) -> String {
    let mut text = format!("app {}", key.app);
    for seen in seen {
        let between = match decision {
            Decision::Confirm => " -> ",
            Decision::Dismiss => " stays, not ",
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "; student {}: {}", seen.student, seen.says(between));
    }
    text
}

//! What waits to be confirmed: values lower than those that are shown, and minutes that rose by more than time has passed
//! (issue 6, "Settled"; integration-side D3). They change nothing until somebody says that they are right.

#[cfg(test)]
mod tests;

use homeroom_goals::total::{Level, Total};
use homeroom_goals::{Amount, Moment};
use homeroom_model::ObjectId;
use homeroom_store::{Conflict, FeedKey, GoalsMove, Store, StoreError, StudentYear, Which};
use serde::Serialize;

use crate::calendar::{Rules, RulesError};
use crate::feed::{By, FeedSettings, UnreadableFeed};
use crate::student_year::{Damaged, Record};

/// How often a decision is worked out anew because the feed changed meanwhile.
const ATTEMPTS: usize = 8;

/// Students that the audit names.
const NAMED: usize = 100;

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum CorrectionError {
    /// There is no feed of this app and district.
    #[error("Goals were never switched on for this app and district")]
    NoFeed,
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
    pub since: homeroom_model::Timestamp,
}

impl Waiting {
    fn of(level: Option<Level>) -> Option<Self> {
        level.map(|Level { value, since }| Self { value, since })
    }
}

impl Open {
    fn of(student: ObjectId, total: &Total) -> Self {
        let [minutes, progress] = total.shown();
        Self {
            student,
            minutes,
            progress,
            lower_minutes: Waiting::of(total.lower_minutes),
            lower_progress: Waiting::of(total.lower_progress),
            implausible_minutes: Waiting::of(total.aside),
        }
    }
}

/// What waits to be confirmed in a feed this school year, ascending by student.
pub async fn open(
    store: &dyn Store,
    key: FeedKey,
    now: homeroom_model::Timestamp,
) -> Result<Vec<Open>, CorrectionError> {
    let rules = Rules::of(store, key.district).await?;
    let year = rules.years.moment(now).year.0;
    let kept = store.student_years(key, year, Which::Open, false).await?;
    let mut record = Record::default();
    let mut waiting = Vec::with_capacity(kept.len());
    for kept in &kept {
        record.read(kept)?;
        waiting.push(Open::of(kept.student, &record.total));
    }
    Ok(waiting)
}

/// What is decided about what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is right, and takes the place of what is shown.
    Confirm,
    /// It was a mistake of the app, and is forgotten.
    Dismiss,
}

/// Whose corrections are decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    /// Everything that waits in the feed.
    Everyone,
    /// Of these students.
    These(&'a [ObjectId]),
}

impl Whose<'_> {
    fn has(&self, student: &ObjectId) -> bool {
        match self {
            Self::Everyone => true,
            Self::These(students) => students.contains(student),
        }
    }
}

/// Confirms or dismisses what waits, and gives the students of whom anything did, ascending. Noted in the audit where
/// there was anything.
pub async fn decide(
    store: &dyn Store,
    key: FeedKey,
    whose: Whose<'_>,
    decision: Decision,
    by: By<'_>,
) -> Result<Vec<ObjectId>, CorrectionError> {
    let rules = Rules::of(store, key.district).await?;
    let moment = rules.years.moment(by.now);
    let year = moment.year.0;
    for _ in 0..ATTEMPTS {
        let feed = store.goals_feed(key).await?;
        let feed = feed.ok_or(CorrectionError::NoFeed)?;
        let may_fall = FeedSettings::read(&feed)?.may_fall;
        let open = store.student_years(key, year, Which::Open, true).await?;
        let wanted = open.iter().filter(|kept| whose.has(&kept.student));
        let changed: Result<Vec<_>, Damaged> = wanted
            .map(|kept| decided(kept, decision, &moment, may_fall))
            .collect();
        let changed = changed?;
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let students: Vec<_> = changed.iter().map(|kept| kept.student).collect();
        let change = GoalsMove {
            generation: feed.generation,
            revision: feed.revision,
            year,
            changed,
            text: None,
            actor: by.actor.to_owned(),
            now: by.now,
            delivery: None,
            audit: None,
        };
        match store.keep_goals(key, change).await {
            Ok(_) => {
                note(store, key, decision, &students, by).await?;
                return Ok(students);
            }
            Err(error) if error.refusal() == Some(Conflict::Moved) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(CorrectionError::Busy)
}

/// A student year of which something was decided.
fn decided(
    kept: &StudentYear,
    decision: Decision,
    moment: &Moment,
    may_fall: bool,
) -> Result<StudentYear, Damaged> {
    let mut record = Record::default();
    record.read(kept)?;
    match decision {
        Decision::Confirm => {
            if let Some(day) = record.total.confirm(moment) {
                record.add(day, may_fall);
            }
        }
        Decision::Dismiss => {
            record.total.dismiss();
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

async fn note(
    store: &dyn Store,
    key: FeedKey,
    decision: Decision,
    students: &[ObjectId],
    by: By<'_>,
) -> Result<(), StoreError> {
    let action = match decision {
        Decision::Confirm => "goals confirmed",
        Decision::Dismiss => "goals dismissed",
    };
    let named: Vec<_> = students.iter().take(NAMED).map(|id| id.to_hex()).collect();
    let detail = format!(
        "app {}: {} students: {}",
        key.app,
        students.len(),
        named.join(" ")
    );
    by.note(store, key.district, action, detail).await
}

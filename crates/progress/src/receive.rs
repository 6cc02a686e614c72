//! Takes what an app reports into the store (clever-api 8, integration-side D3).
//!
//! A request is read, its rows are applied to what the store has of their students, and what changed is kept in one step,
//! on condition that nobody else changed the feed meanwhile; otherwise it is done again. A request that was cut short left
//! everything or nothing, and repeating it leaves the same.

mod apply;
mod known;
mod log;
mod reading;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use homeroom_goals::Moment;
use homeroom_goals::submission::{Limits, Receipt, Refused};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{
    Conflict, FeedKey, GoalsDelivery, GoalsFeed, GoalsMove, Store, StoreError, Which,
};
use tokio::sync::Mutex;

use crate::calendar::{Rules, RulesError};
use crate::feed::{By, FeedSettings, UnreadableFeed};
use crate::student_year::Damaged;
use apply::{Applied, Applying};
use reading::{Parsed, Reading};

pub use known::{Known, SharedStudents, knows};
pub use log::{DeliveryReport, Refusal, report_of};

/// How often a request is worked out anew because another process changed the feed meanwhile.
const ATTEMPTS: usize = 8;

/// Feeds whose requests are taken at the same time; requests of one feed are taken one after the other.
const TURNS: usize = 64;

/// In which form a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// A table in CSV with a header.
    Csv,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whose feed.
    pub key: FeedKey,
    /// In which form it is.
    pub form: Form,
    /// The body.
    pub body: Bytes,
    /// When it arrived.
    pub now: Timestamp,
    /// An id that nothing has yet, for the entry in the audit where the body changes the app's progress metric.
    pub audit: ObjectId,
}

/// What comes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Taken, if only in part.
    Taken(Receipt),
    /// It is no submission at all, and nothing of it was applied.
    Refused(Refused),
}

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// Goals are not on for this app and district.
    #[error("Goals are not switched on for this app and district")]
    Off,
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
    /// The work was interrupted.
    #[error("taking the request was interrupted; look again and repeat it")]
    Interrupted,
}

/// Where requests arrive.
pub struct Reception {
    store: Arc<dyn Store>,
    limits: Limits,
    turns: [Mutex<()>; TURNS],
}

impl std::fmt::Debug for Reception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reception")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Reception {
    /// A reception that takes bodies within limits.
    pub fn new(store: Arc<dyn Store>, limits: Limits) -> Self {
        Self {
            store,
            limits,
            turns: std::array::from_fn(|_| Mutex::new(())),
        }
    }

    /// How much one body may hold.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The feed of an app in a district, if it is on.
    pub async fn feed(&self, key: FeedKey) -> Result<Option<GoalsFeed>, StoreError> {
        Ok(self.store.goals_feed(key).await?.filter(|feed| feed.on))
    }

    /// Takes a request of an app for which these students are known, and notes it in the log of its feed, whatever comes of
    /// it.
    pub async fn take(
        &self,
        request: &Request,
        known: Arc<dyn Known>,
    ) -> Result<Answer, ReceiveError> {
        let rules = Rules::of(&*self.store, request.key.district).await?;
        let moment = rules.years.moment(request.now);
        let _turn = self.turn(request.key).lock().await;
        let mut parsed = None;
        for _ in 0..ATTEMPTS {
            let feed = self.feed(request.key).await?.ok_or(ReceiveError::Off)?;
            let reading = self.read(request, parsed, &feed, &known).await?;
            let reading = match reading {
                Ok(reading) => reading,
                Err(refused) => {
                    let refusal = Refusal::of(&refused, request);
                    self.refuse(request.key, &rules, &refusal).await?;
                    return Ok(Answer::Refused(refused));
                }
            };
            parsed = Some(Arc::clone(&reading.parsed));
            let applied = self.apply(request.key, &rules, moment, reading).await?;
            match self.keep(request, &feed, moment, applied).await {
                Ok(receipt) => return Ok(Answer::Taken(receipt)),
                Err(error) if error.refusal() == Some(Conflict::Moved) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ReceiveError::Busy)
    }

    /// Notes a request in the log that was refused before it came here, as too large, of another form, or while Goals are
    /// off. Nothing is noted where they were never on.
    pub async fn refuse(
        &self,
        key: FeedKey,
        rules: &Rules,
        refusal: &Refusal,
    ) -> Result<bool, StoreError> {
        let delivery = refusal.delivery(rules);
        self.store.log_goals_refusal(key, delivery).await
    }

    fn turn(&self, key: FeedKey) -> &Mutex<()> {
        let bytes = key.district.bytes().iter().chain(key.app.bytes());
        let sum = bytes.fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
        });
        let [first, ..] = &self.turns;
        self.turns.get(sum % TURNS).unwrap_or(first)
    }

    async fn read(
        &self,
        request: &Request,
        parsed: Option<Arc<Parsed>>,
        feed: &GoalsFeed,
        known: &Arc<dyn Known>,
    ) -> Result<Result<Reading, Refused>, ReceiveError> {
        let settings = FeedSettings::read(feed)?;
        let (request, known) = (request.clone(), Arc::clone(known));
        let limits = self.limits.clone();
        let reading = tokio::task::spawn_blocking(move || {
            Reading::of(&request, parsed, settings, &limits, &*known)
        });
        reading.await.map_err(|_| ReceiveError::Interrupted)
    }

    async fn apply(
        &self,
        key: FeedKey,
        rules: &Rules,
        moment: Moment,
        reading: Reading,
    ) -> Result<Applied, ReceiveError> {
        let years = |students: Arc<[ObjectId]>, earlier| async move {
            let which = Which::These(&students);
            self.store
                .student_years(key, moment.year.0, which, earlier)
                .await
        };
        let reading = Arc::new(reading);
        let kept = years(Arc::clone(&reading.students), false).await?;
        let mut applying = Applying {
            reading,
            kept,
            moment,
            years: rules.years.clone(),
        };
        // A second time where days before the newest are needed; a third would not find more.
        for _ in 0..2 {
            let work = tokio::task::spawn_blocking(move || {
                let applied = applying.apply();
                (applying, applied)
            });
            let (back, applied) = work.await.map_err(|_| ReceiveError::Interrupted)?;
            applying = back;
            match applied? {
                Ok(applied) => return Ok(applied),
                Err(lacking) => applying.complete(years(lacking, true).await?),
            }
        }
        Err(Damaged.into())
    }

    async fn keep(
        &self,
        request: &Request,
        feed: &GoalsFeed,
        moment: Moment,
        applied: Applied,
    ) -> Result<Receipt, StoreError> {
        let by = By {
            actor: "app",
            now: request.now,
            audit: request.audit,
        };
        let (text, says) = match applied.turned {
            Some(turned) => (Some(turned.text), Some(turned.says)),
            None => (None, None),
        };
        let audit = says.map(|says| {
            let detail = format!("app {}: {says}", request.key.app);
            by.entry(request.key.district, "goals series", detail)
        });
        let change = GoalsMove {
            generation: feed.generation,
            revision: feed.revision,
            year: moment.year.0,
            changed: applied.changed,
            text,
            actor: by.actor.to_owned(),
            now: request.now,
            delivery: Some(log::accepted(
                request,
                moment,
                (&applied.receipt, applied.body),
            )),
            audit,
        };
        self.store.keep_goals(request.key, change).await?;
        Ok(applied.receipt)
    }
}

/// A delivery in the log, without what became of it.
fn blank(at: Timestamp, moment: Moment) -> GoalsDelivery {
    GoalsDelivery {
        number: 0,
        at,
        day: moment.day,
        body: [0; 32],
        bytes: 0,
        status: 200,
        accepted: true,
        rows: homeroom_store::DeliveryRows::default(),
        report: String::new(),
    }
}

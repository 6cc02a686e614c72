//! Figures: what each audience sees of the apps of a district, and nothing else (integration-side D6).
//!
//! Figures about few students (a student's own, a contact's children, a teacher's sections) are worked out from what was
//! reported about those students. Figures about many (a school, a district, an app) add up standings. Either way a figure
//! asks the store a fixed number of questions per feed, whatever the number of students.

mod app;
mod contact;
mod csv;
mod district;
mod group;
mod live;
mod school;
mod shape;
mod student;
mod teacher;
mod words;

use std::fmt;
use std::sync::Arc;

use homeroom_history::{History, HistoryError};
use homeroom_model::{Date, ObjectId, Timestamp};
use homeroom_store::{FeedKey, Store, StoreError};
use moka::future::Cache;
use tokio::sync::Semaphore;

use crate::book::Book;
use crate::calendar::RulesError;
use crate::feed::UnreadableFeed;
use crate::roster::Roster;
use crate::standings::Standings;
use crate::student_year::Damaged;

pub(crate) use shape::iso;

pub use app::{AppFigure, Delivery, Waiting};
pub use contact::{Child, ContactFigure};
pub use district::{Demographics, DistrictApp, DistrictFigure};
pub use group::{Counts, GroupRow, GroupWeek};
pub use school::{SchoolApp, SchoolFigure, UnusedClass};
pub use shape::{As, Head, Paces, SetTarget, SetTargets, Source, StudentWeek};
pub use student::{OwnApp, StudentFigure};
pub use teacher::{SectionRow, StudentRow, TeacherApp, TeacherFigure};
pub use words::{Language, Mood};

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// There is no such district.
    #[error("there is no such district")]
    NoDistrict,
    /// What the district says about Goals cannot be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The settings of a feed cannot be read.
    #[error(transparent)]
    Feed(#[from] UnreadableFeed),
    /// What a feed keeps of a student cannot be read.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The store does not answer, or refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The roster cannot be opened.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Somebody else was making what this figure needs, and could not.
    #[error("making standings failed: {0}")]
    Shared(String),
    /// Working it out was interrupted.
    #[error("working it out was interrupted")]
    Interrupted,
}

impl FigureError {
    /// The error of work that several waited for.
    pub(crate) fn shared(error: &Arc<Self>) -> Self {
        Self::Shared(error.to_string())
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The district.
    pub district: ObjectId,
    /// Only this app; `None` for all that are on.
    pub app: Option<ObjectId>,
    /// The moment.
    pub now: Timestamp,
}

/// Limits of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bytes of standings kept in memory.
    pub standings_bytes: u64,
    /// Rosters kept open.
    pub rosters_open: u64,
    /// Standings made at the same time, each by two threads; others wait their turn.
    pub makings_at_once: usize,
}

impl Default for Settings {
    /// 256 MiB: three apps of the largest districts take about twelve each; 32 rosters; one at a time.
    fn default() -> Self {
        Self {
            standings_bytes: 256 << 20,
            rosters_open: 32,
            makings_at_once: 1,
        }
    }
}

/// Works out figures of an installation's districts. Clones share what is kept for the next reader.
#[derive(Clone)]
pub struct Figures {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) history: History,
    pub(crate) rosters: Cache<(ObjectId, u64), Arc<Roster>>,
    pub(crate) absences: Cache<(ObjectId, u64, Date), Arc<Vec<u32>>>,
    pub(crate) standings: Cache<(FeedKey, String), Arc<Standings>>,
    pub(crate) turns: Arc<Semaphore>,
}

impl Figures {
    /// Figures over what an installation keeps.
    pub fn new(store: Arc<dyn Store>, history: History, settings: Settings) -> Self {
        let standings = Cache::builder()
            .max_capacity(settings.standings_bytes)
            .weigher(|_, standings: &Arc<Standings>| standings.bytes())
            .build();
        Self {
            store,
            history,
            rosters: Cache::new(settings.rosters_open),
            absences: Cache::new(settings.rosters_open),
            standings,
            turns: Arc::new(Semaphore::new(settings.makings_at_once.max(1))),
        }
    }

    /// The standings of every feed of a book, in their order.
    pub(crate) async fn all_standings(
        &self,
        book: &Arc<Book>,
    ) -> Result<Vec<Arc<Standings>>, FigureError> {
        let mut all = Vec::with_capacity(book.feeds.len());
        for feed in 0..book.feeds.len() {
            all.push(self.standings(book, feed).await?);
        }
        Ok(all)
    }
}

impl fmt::Debug for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Figures").finish_non_exhaustive()
    }
}

/// Puts a figure together off the thread that answers others meanwhile.
pub(crate) async fn compose<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FigureError> + Send + 'static,
) -> Result<T, FigureError> {
    let working = tokio::task::spawn_blocking(work);
    working.await.map_err(|_| FigureError::Interrupted)?
}

//! Standings: the verdict on every student of a feed as of a day, and the weeks of its schools.
//!
//! What the figures of a school and of a district need of each student is a few numbers. They are worked out once, when
//! something they are made of changed (a delivery that brings anything new, a correction, a target, a setting, a snapshot,
//! the day), kept in the store as one blob and in memory, and added up in one pass. Whether the feed is stale is asked when
//! they are read, so hours that pass change nothing.

mod make;
mod packed;

pub(crate) use make::merge;

use std::sync::Arc;

use homeroom_goals::Amount;
use homeroom_goals::figures::{Counted, Week};
use homeroom_goals::state::State;
use homeroom_store::{FeedKey, GoalsStandings, Which};

use crate::book::{Book, FeedBook};
use crate::figures::{FigureError, Figures};

/// What is known of one student of the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Standing {
    /// The state as if the feed were not stale; `None` of a student who is not in the feed.
    pub(crate) state: Option<State>,
    pub(crate) flags: Flags,
    /// The row of the primary school.
    pub(crate) school: Option<u32>,
    /// The stored code of the grade, 0 where it is not known.
    pub(crate) grade: u8,
    /// Active minutes this school year, if they were reported.
    pub(crate) minutes: Option<Amount>,
    /// Progress this school year, if it was reported.
    pub(crate) progress: Option<Amount>,
    /// Minutes of the last five school days (the window of "has not used it").
    pub(crate) recent: Amount,
    /// Minutes of as many school days before those.
    pub(crate) before: Amount,
}

/// Yes or no, about one student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Flags(pub(crate) u8);

impl Flags {
    /// The app reported the student this school year.
    pub(crate) const REPORTED: Self = Self(1);
    /// There is a target.
    pub(crate) const TARGET: Self = Self(1 << 1);
    /// It is met.
    pub(crate) const MET: Self = Self(1 << 2);
    /// The app reported the student today or yesterday.
    pub(crate) const HEARD: Self = Self(1 << 3);
    /// At least half an hour in the last whole week of school, and known what progress was made in it.
    pub(crate) const BUSY: Self = Self(1 << 4);
    /// Progress rose in that week.
    pub(crate) const MOVED: Self = Self(1 << 5);
    /// The school year did not begin at zero.
    pub(crate) const NOT_FROM_ZERO: Self = Self(1 << 6);
    /// A total fell, and nobody said what that means.
    pub(crate) const FELL: Self = Self(1 << 7);

    pub(crate) fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    pub(crate) fn set(&mut self, flag: Self, yes: bool) {
        if yes {
            self.0 |= flag.0;
        }
    }
}

/// The weeks of the students of one school and grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The row of the school, `None` for students without one and those who left.
    pub(crate) school: Option<u32>,
    pub(crate) grade: u8,
    pub(crate) weeks: Vec<Week>,
}

/// The standings of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Standings {
    /// By the row of the student in the snapshot they were made of.
    pub(crate) students: Vec<Standing>,
    /// Ascending by school and grade.
    pub(crate) cells: Vec<Cell>,
}

impl Standing {
    /// A student of whom this counts, with the minutes of the last school days and of those before.
    pub(crate) fn of(counted: &Counted, [recent, before]: [Amount; 2]) -> Self {
        let mut flags = Flags::default();
        flags.set(Flags::REPORTED, counted.reported);
        flags.set(Flags::TARGET, counted.met.is_some());
        flags.set(Flags::MET, counted.met == Some(true));
        Self {
            state: Some(counted.state),
            flags,
            minutes: counted.minutes,
            progress: counted.progress,
            recent,
            before,
            ..Self::default()
        }
    }

    /// What counts of the student; `None` of one who is not in the feed. Of a stale feed nobody's state is known, nor whether
    /// anybody does what should be done.
    pub(crate) fn counted(&self, stale: bool) -> Option<Counted> {
        let known = self.state?;
        let met = self.flags.has(Flags::TARGET) && !stale;
        Some(Counted {
            state: if stale { State::FeedStale } else { known },
            met: met.then(|| self.flags.has(Flags::MET)),
            reported: self.flags.has(Flags::REPORTED),
            minutes: self.minutes,
            progress: self.progress,
        })
    }
}

impl Standings {
    /// How many students of the feed have such flags.
    pub(crate) fn count(&self, wanted: impl Fn(Flags) -> bool) -> u32 {
        let students = self.students.iter();
        let count = students
            .filter(|one| one.state.is_some() && wanted(one.flags))
            .count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// About how much memory they take.
    pub(crate) fn bytes(&self) -> u32 {
        let weeks: usize = self.cells.iter().map(|cell| cell.weeks.len()).sum();
        let bytes = size_of::<Standing>() * self.students.len() + size_of::<Week>() * weeks;
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }
}

/// What standings were made of: when any of it changes they are made anew. A delivery that repeats what is known is not of
/// it, but for the first of a day: days on which the app sent are only ever added, so their number says which they are.
fn made_of(book: &Book, feed: &FeedBook) -> String {
    let (snapshot, rules) = (book.roster.number(), book.rules.number);
    let (generation, revision) = (feed.kept.generation, feed.kept.revision);
    let format = packed::FORMAT;
    let (day, target, sent) = (book.moment.day, feed.newest_target, feed.days.len());
    format!(
        "{format} generation {generation} sent {sent} revision {revision} day {day} snapshot {snapshot} target {target} settings {rules}"
    )
}

impl Figures {
    /// The standings of a feed: from memory, from the store, or made anew. At most two questions, and one write.
    pub(crate) async fn standings(
        &self,
        book: &Arc<Book>,
        feed: usize,
    ) -> Result<Arc<Standings>, FigureError> {
        let Some(kept) = book.feeds.get(feed) else {
            return Ok(Arc::default());
        };
        let made_of = made_of(book, kept);
        let (key, year) = (kept.key, book.year());
        let making = async {
            if let Some(kept) = self.kept(book, key, year, &made_of).await? {
                return Ok(kept);
            }
            self.make(book, feed, made_of.clone()).await
        };
        // Boxed, because it is rare and large.
        let found = Box::pin(self.standings.try_get_with((key, made_of.clone()), making));
        found
            .await
            .map_err(|error: Arc<FigureError>| FigureError::shared(&error))
    }

    async fn kept(
        &self,
        book: &Arc<Book>,
        key: FeedKey,
        year: i16,
        made_of: &str,
    ) -> Result<Option<Arc<Standings>>, FigureError> {
        let kept = self.store.goals_standings(key, year).await?;
        let Some(kept) = kept.filter(|kept| kept.made_of == made_of) else {
            return Ok(None);
        };
        let book = Arc::clone(book);
        let reading = tokio::task::spawn_blocking(move || packed::read(&kept.bytes, &book));
        let read = reading.await.map_err(|_| FigureError::Interrupted)?;
        // A blob that cannot be read is made again: it holds nothing that is not elsewhere.
        Ok(read.ok().map(Arc::new))
    }

    async fn make(
        &self,
        book: &Arc<Book>,
        feed: usize,
        made_of: String,
    ) -> Result<Arc<Standings>, FigureError> {
        let _turn = self.turns.acquire().await.ok();
        let Some(key) = book.feeds.get(feed).map(|feed| feed.key) else {
            return Ok(Arc::default());
        };
        let (year, book) = (book.year(), Arc::clone(book));
        let years = self
            .store
            .student_years(key, year, Which::All, true)
            .await?;
        let making = tokio::task::spawn_blocking(move || {
            let made = make::standings(&book, feed, &years)?;
            let bytes = packed::write(&made);
            Ok::<_, FigureError>((Arc::new(made), bytes))
        });
        let (made, bytes) = making.await.map_err(|_| FigureError::Interrupted)??;
        let kept = GoalsStandings { made_of, bytes };
        // Who asked gets them all the same; whoever asks next makes them again.
        let _ = self.store.keep_goals_standings(key, year, kept).await;
        Ok(made)
    }
}

//! Few students, worked out from what was reported about them.

use homeroom_goals::Amount;
use homeroom_goals::figures::{Counted, Week};
use homeroom_goals::report_link::Subject;
use homeroom_goals::state::Verdict;
use homeroom_model::{Kind, ObjectId};
use homeroom_store::{StudentYear, Which};

use super::shape::{SetTargets, StudentWeek, link};
use super::{FigureError, Figures};
use crate::book::{Book, FeedBook};
use crate::judging::{Hand, Judging};
use crate::standings::Standing;
use crate::student_year::Record;

/// One student in one app, as of now.
pub(super) struct Live {
    pub(super) row: u32,
    pub(super) id: ObjectId,
    pub(super) verdict: Verdict,
    /// Of the school year, as far as they were reported.
    pub(super) minutes: Option<Amount>,
    pub(super) progress: Option<Amount>,
    /// Minutes of the last school days, and of as many before.
    pub(super) recent: [Amount; 2],
    pub(super) reported: bool,
    /// Up to the last school day that was told of.
    pub(super) streak: usize,
    /// Those of which it is known what was done in them.
    pub(super) weeks: Vec<StudentWeek>,
    pub(super) targets: SetTargets,
    pub(super) link: Option<String>,
}

impl Live {
    /// What counts of the student.
    pub(super) fn standing(&self) -> Standing {
        let counted = Counted {
            state: self.verdict.state,
            met: self.verdict.met(),
            reported: self.reported,
            minutes: self.minutes,
            progress: self.progress,
        };
        Standing::of(&counted, self.recent)
    }

    /// This week, where it had a school day and is known.
    pub(super) fn this_week(&self, book: &Book) -> Option<&StudentWeek> {
        let monday = homeroom_goals::monday(book.moment.day);
        self.weeks.last().filter(|week| week.monday == monday)
    }
}

/// What was reported about some students, feed by feed.
pub(super) type Years = Vec<Vec<StudentYear>>;

impl Figures {
    /// What was reported about some students: one question per feed.
    pub(super) async fn years_of(&self, book: &Book, rows: &[u32]) -> Result<Years, FigureError> {
        let ids: Vec<ObjectId> = rows
            .iter()
            .map(|row| book.roster.id(Kind::Student, *row))
            .collect();
        let mut years = Vec::with_capacity(book.feeds.len());
        for feed in &book.feeds {
            let kept = self
                .store
                .student_years(feed.key, book.year(), Which::These(&ids), true);
            years.push(kept.await?);
        }
        Ok(years)
    }
}

/// The students of these rows (ascending) who are in the feed, in the order of rows. `years` ascend by student.
pub(super) fn live(
    book: &Book,
    feed: &FeedBook,
    rows: &[u32],
    years: &[StudentYear],
) -> Result<Vec<Live>, FigureError> {
    let judging = Judging::new(book, feed, book.moment.at);
    let mut hand = Hand::default();
    let mut record = Record::default();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows.iter().copied() {
        if !feed.covers(&book.roster, row) {
            continue;
        }
        let id = book.roster.id(Kind::Student, row);
        let year = years.binary_search_by_key(&id, |year| year.student);
        let year = year.ok().and_then(|place| years.get(place));
        let record = match year {
            Some(year) => {
                record.read(year)?;
                Some(&record)
            }
            None => None,
        };
        let judged = judging.student(row, record, &mut hand);
        let mut weeks: Vec<Week> = judging.weeks();
        judging.add_weeks(&mut weeks, &hand.curve, &judged);
        let told = judged.verdict.told;
        weeks.truncate(record.map_or(0, |_| judging.weeks_told(told)));
        let unknown = judging.weeks_told(judged.verdict.known).min(weeks.len());
        weeks.drain(..unknown);
        // The day on which the app sent last may not be told whole; those after it are told of not at all.
        let streak = hand.curve.streak(feed.heard.newest().min(told + 1));
        let [minutes, progress] = record.map_or([None; 2], |record| judging.total(record).shown());
        found.push(Live {
            row,
            id,
            minutes,
            progress,
            recent: judging.recent(&hand.curve),
            reported: record.is_some(),
            streak,
            weeks: weeks.iter().map(StudentWeek::of).collect(),
            targets: SetTargets::of(&judged.aims, book.moment.day),
            link: link(feed, Subject::Student, id),
            verdict: judged.verdict,
        });
    }
    Ok(found)
}

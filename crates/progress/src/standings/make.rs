//! Making standings anew.

use std::collections::BTreeMap;
use std::ops::Range;

use homeroom_goals::figures::{Counted, Week};
use homeroom_goals::total::Total;
use homeroom_goals::{Amount, SchoolDays, monday};
use homeroom_model::{Date, Kind};
use homeroom_store::StudentYear;

use super::{Cell, Flags, Standing, Standings};
use crate::book::Book;
use crate::figures::FigureError;
use crate::judging::{Hand, Judged, Judging};
use crate::student_year::Record;

/// Threads that make standings together.
const THREADS: usize = 2;
/// Students below which one thread is enough.
const FEW: usize = 2_000;
/// Minutes from which somebody was busy in a week (`homeroom_goals::certification::Facts::busy`).
const BUSY: Amount = Amount::whole(30);

/// Judges every student of a feed. `years` ascend by student.
pub(super) fn standings(
    book: &Book,
    feed: usize,
    years: &[StudentYear],
) -> Result<Standings, FigureError> {
    let Some(feed) = book.feeds.get(feed) else {
        return Ok(Standings::default());
    };
    // As if the feed were not stale: whether it is changes by the hour, and is asked when standings are read.
    let now = feed.kept.last.unwrap_or(book.moment.at);
    let work = Work {
        judging: Judging::new(book, feed, now),
        week: last_whole_week(&book.calendar, book.moment.day),
    };
    let rows = book.roster.students() as usize;
    let threads = if rows < FEW { 1 } else { THREADS };
    let parts = parts(book, years, threads);
    let made = std::thread::scope(|scope| {
        let running: Vec<_> = parts
            .into_iter()
            .map(|(rows, years)| scope.spawn(|| work.part(rows, years)))
            .collect();
        let done = running.into_iter().map(|part| match part.join() {
            Ok(part) => part,
            Err(_) => Err(FigureError::Interrupted),
        });
        done.collect::<Result<Vec<_>, _>>()
    })?;
    Ok(joined(made))
}

/// Rows of students with what was reported about them, for each thread; together they are all of both.
fn parts<'y>(
    book: &Book,
    years: &'y [StudentYear],
    threads: usize,
) -> Vec<(Range<u32>, &'y [StudentYear])> {
    let rows = book.roster.students();
    let share = rows.div_ceil(u32::try_from(threads).unwrap_or(1)).max(1);
    let (mut parts, mut rest) = (Vec::new(), years);
    let mut from = 0_u32;
    loop {
        let to = from.saturating_add(share).min(rows);
        let cut = if to == rows {
            rest.len()
        } else {
            let next = book.roster.id(Kind::Student, to);
            rest.partition_point(|year| year.student < next)
        };
        let (these, after) = rest.split_at(cut);
        parts.push((from..to, these));
        if to == rows {
            return parts;
        }
        (from, rest) = (to, after);
    }
}

type Weeks = BTreeMap<(Option<u32>, u8), Vec<Week>>;

struct Work<'b> {
    judging: Judging<'b>,
    /// The last whole week of school: the number of the last school day before it, and of its last.
    week: Option<(usize, usize)>,
}

impl<'b> Work<'b> {
    fn part(
        &self,
        rows: Range<u32>,
        mut years: &[StudentYear],
    ) -> Result<(Vec<Standing>, Weeks), FigureError> {
        let roster = &self.judging.book.roster;
        let (mut hand, mut weeks) = (Hand::default(), Weeks::new());
        let mut record = Record::default();
        let mut standings = Vec::with_capacity(rows.len());
        for row in rows {
            let id = roster.id(Kind::Student, row);
            let mut found = false;
            while let Some((year, after)) = years.split_first()
                && year.student <= id
            {
                years = after;
                record.read(year)?;
                found = year.student == id;
                if !found {
                    self.left(&record, &mut hand, &mut weeks);
                }
            }
            let record = found.then_some(&record);
            if self.judging.feed.covers(roster, row) {
                standings.push(self.student(row, record, &mut hand, &mut weeks));
            } else {
                if let Some(record) = record {
                    self.left(record, &mut hand, &mut weeks);
                }
                standings.push(Standing::default());
            }
        }
        for year in years {
            record.read(year)?;
            self.left(&record, &mut hand, &mut weeks);
        }
        Ok((standings, weeks))
    }

    fn student(
        &self,
        row: u32,
        record: Option<&Record>,
        hand: &mut Hand<'b>,
        weeks: &mut Weeks,
    ) -> Standing {
        let judged = self.judging.student(row, record, hand);
        let total = record.map(|record| self.judging.total(record));
        let counted = Counted::new(&judged.verdict, total.as_ref());
        let roster = &self.judging.book.roster;
        let (school, grade) = (roster.school_of(row), roster.grade_code(row));
        self.add_weeks((school, grade), &judged, hand, weeks);
        let recent = self.judging.recent(&hand.curve);
        let mut standing = Standing {
            school,
            grade,
            ..Standing::of(&counted, recent)
        };
        self.note(&mut standing.flags, record, hand);
        standing
    }

    /// Notes what certification asks about.
    fn note(&self, flags: &mut Flags, record: Option<&Record>, hand: &mut Hand<'b>) {
        if let Some((after, to)) = self.week {
            let compared = hand.curve.knows_progress(after);
            let busy = compared && hand.curve.minutes(after, to) >= BUSY;
            flags.set(Flags::BUSY, busy);
            flags.set(Flags::MOVED, hand.curve.progress(after, to) > Amount::ZERO);
        }
        let Some(record) = record else { return };
        let total = self.judging.total(record);
        let heard = hand.day_of(self.judging.book, total.heard);
        let today = self.judging.book.moment.day;
        flags.set(Flags::HEARD, heard.days() + 1 >= today.days());
        flags.set(Flags::NOT_FROM_ZERO, not_from_zero(record));
        flags.set(Flags::FELL, fell(&total));
    }

    /// Somebody who is not in the feed any more: out of the counts, not out of the weeks.
    fn left(&self, record: &Record, hand: &mut Hand<'b>, weeks: &mut Weeks) {
        let judged = self.judging.departed(record, hand);
        self.add_weeks((None, 0), &judged, hand, weeks);
    }

    fn add_weeks(
        &self,
        cell: (Option<u32>, u8),
        judged: &Judged<'_>,
        hand: &Hand<'b>,
        weeks: &mut Weeks,
    ) {
        let cell = weeks.entry(cell).or_insert_with(|| self.judging.weeks());
        self.judging.add_weeks(cell, &hand.curve, judged);
    }
}

/// Whether the year did not begin at zero: the first minutes could not have been done since it began, or there was progress
/// before there was a minute.
fn not_from_zero(record: &Record) -> bool {
    let first = record.days.iter().find_map(|day| day.minutes);
    let too_many = match first {
        Some(mark) => mark.corrected.is_some(),
        None => record.total.aside.is_some(),
    };
    too_many || began_with_progress(record)
}

/// Whether the minutes reported by the end of the first day with progress were none. Where minutes are not reported, nobody knows.
fn began_with_progress(record: &Record) -> bool {
    let mut minutes = None;
    for day in &record.days {
        minutes = day.minutes.or(minutes);
        if day.progress.is_some_and(|mark| mark.value > Amount::ZERO) {
            return minutes.is_some_and(|mark| mark.value == Amount::ZERO);
        }
    }
    false
}

/// Whether a total fell and nobody has said yet what that means.
fn fell(total: &Total) -> bool {
    total.lower_minutes.is_some() || total.lower_progress.is_some()
}

/// The last week of school that is over: the number of the last school day before it, and of its last.
fn last_whole_week(calendar: &SchoolDays, day: Date) -> Option<(usize, usize)> {
    let this = monday(day);
    let before = Date::from_days(this.days() - 1)?;
    let to = calendar.through(before);
    let first = monday(calendar.date(to)?);
    let after = calendar.through(Date::from_days(first.days() - 1)?);
    Some((after, to))
}

fn joined(parts: Vec<(Vec<Standing>, Weeks)>) -> Standings {
    let (mut students, mut weeks) = (Vec::new(), Weeks::new());
    for (part, cells) in parts {
        students.extend(part);
        for (cell, added) in cells {
            match weeks.entry(cell) {
                std::collections::btree_map::Entry::Vacant(empty) => {
                    empty.insert(added);
                }
                std::collections::btree_map::Entry::Occupied(mut known) => {
                    merge(known.get_mut(), &added);
                }
            }
        }
    }
    let cells = weeks.into_iter();
    Standings {
        students,
        cells: cells
            .map(|((school, grade), weeks)| Cell {
                school,
                grade,
                weeks,
            })
            .collect(),
    }
}

/// Adds weeks of others to the same weeks.
pub(crate) fn merge(weeks: &mut [Week], others: &[Week]) {
    for (week, added) in weeks.iter_mut().zip(others) {
        week.students += added.students;
        week.with_minutes += added.with_minutes;
        week.with_progress += added.with_progress;
        week.minutes = week.minutes + added.minutes;
        week.progress = week.progress + added.progress;
        week.target_minutes = week.target_minutes + added.target_minutes;
        week.target_progress = week.target_progress + added.target_progress;
    }
}

#[cfg(test)]
mod tests {
    use homeroom_goals::total::{Day, Level, Mark};
    use homeroom_model::Timestamp;

    use super::*;

    #[test]
    fn a_year_that_did_not_begin_at_zero_is_told_by_minutes_and_by_progress() {
        let mark = |value: u32| {
            let corrected = None;
            Mark {
                value: Amount::whole(value),
                corrected,
            }
        };
        let corrected = Mark {
            corrected: Some(Amount::whole(9_000)),
            ..mark(9_000)
        };
        let nothing = (None, None);
        let zero = (Some(mark(0)), Some(mark(0)));
        for (first, second, expected) in [
            (nothing, nothing, false),
            (zero, (Some(mark(30)), Some(mark(2))), false),
            ((Some(mark(30)), Some(mark(180))), zero, false),
            // Of progress alone nobody knows.
            ((None, Some(mark(180))), nothing, false),
            ((None, Some(mark(180))), (Some(mark(0)), None), false),
            ((Some(mark(0)), Some(mark(180))), nothing, true),
            ((Some(mark(0)), None), (None, Some(mark(180))), true),
            (
                (Some(mark(0)), None),
                (Some(mark(5)), Some(mark(180))),
                false,
            ),
            ((Some(corrected), None), nothing, true),
        ] {
            let mut record = Record::default();
            for (number, (minutes, progress)) in (20_700..).zip([first, second]) {
                record.days.push(Day {
                    day: Date::from_days(number).unwrap(),
                    minutes,
                    progress,
                    series: 1,
                });
            }
            assert_eq!(not_from_zero(&record), expected, "{first:?} {second:?}");
            let aside = Level {
                value: Amount::whole(9_000),
                since: Timestamp::default(),
            };
            record.total.aside = Some(aside);
            let waits = expected || (first.0.is_none() && second.0.is_none());
            assert_eq!(not_from_zero(&record), waits, "{first:?} {second:?}");
        }
    }
}

//! How a student year is stored: packed into a hundred bytes that change with every delivery, and the days before those.
//!
//! All numbers are of variable length, seven bits to a byte; days and values are differences from the one before. Each half
//! begins with the number of its form, and every form that was ever written is read for ever.

pub(crate) mod numbers;
#[cfg(test)]
mod tests;

use homeroom_goals::total::{Day, Level, Mark, Total};
use homeroom_goals::{Amount, SchoolYear};
use homeroom_model::{Date, Timestamp};
use homeroom_store::StudentYear;

use numbers::{Reader, Writer};

/// The form that is written.
const FORM: u64 = 2;

/// The form before it: of a corrected day it does not say to what it was corrected.
const FIRST: u64 = 1;

/// With more days than this beside the total, all but the newest [`KEPT`] go to the days before.
const MOST: usize = 16;

/// Days that stay: a clock that steps back a little finds them.
const KEPT: usize = 4;

/// Closed series that are kept: an app that changes its metric twenty times in a year is not measured by the first.
const CLOSED: usize = 20;

/// What is stored cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is kept of a student cannot be read; restore the newest backup")]
pub struct Damaged;

/// What a feed keeps of one student and one school year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where the student stands.
    pub total: Total,
    /// The days on which something was reported, ascending.
    pub days: Vec<Day>,
    /// What was reached in other progress metrics of the same school year, in the order in which they were closed.
    pub closed: Vec<Closed>,
    /// How many days are in the other half and were not read with this one. 0 where all days are here.
    before: u32,
}

/// What was reached in a progress metric that another took the place of. Where it returns, it goes on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The number of the metric.
    pub series: u32,
    /// What was reached.
    pub progress: Level,
}

impl Default for Record {
    /// Nothing, of no school year: a place to read into.
    fn default() -> Self {
        Self::new(Total {
            year: SchoolYear(0),
            minutes: None,
            progress: None,
            series: 0,
            heard: Timestamp::default(),
            lower_minutes: None,
            lower_progress: None,
            aside: None,
        })
    }
}

impl Record {
    /// A student year without days.
    pub fn new(total: Total) -> Self {
        Self {
            total,
            days: Vec::new(),
            closed: Vec::new(),
            before: 0,
        }
    }

    /// Reads what is stored into this place, whose memory is used again. Days that were not asked of the store are left out.
    pub fn read(&mut self, kept: &StudentYear) -> Result<(), Damaged> {
        self.days.clear();
        self.closed.clear();
        if !kept.earlier.is_empty() {
            let mut reader = Reader::new(&kept.earlier);
            let form = read_form(&mut reader)?;
            read_days(&mut reader, form, &mut self.days)?;
            reader.end()?;
        }
        let earlier = self.days.len();
        let mut reader = Reader::new(&kept.recent);
        let form = read_form(&mut reader)?;
        self.total = read_total(&mut reader, &mut self.closed)?;
        let before = reader.small()?;
        read_days(&mut reader, form, &mut self.days)?;
        reader.end()?;
        self.before = before;
        if earlier > 0 {
            // Two halves that were not written together would be two truths.
            expect(u64::from(before), earlier as u64)?;
            self.before = 0;
        }
        let ascending = self.days.is_sorted_by(|a, b| a.day < b.day);
        ascending.then_some(()).ok_or(Damaged)
    }

    /// Whether days are missing here that a day would have to be put among, or that these would have to be put behind.
    pub(crate) fn needs_earlier(&self, day: Date) -> bool {
        let Err(place) = self.days.binary_search_by_key(&day, |kept| kept.day) else {
            return false;
        };
        self.before > 0 && (self.days.len() >= MOST || place == 0)
    }

    /// Merges a day; whether it changed anything.
    pub(crate) fn add(&mut self, day: Day, may_fall: bool) -> bool {
        let place = match self.days.binary_search_by_key(&day.day, |kept| kept.day) {
            Ok(place) => place,
            Err(place) => {
                self.days.insert(place, day);
                return true;
            }
        };
        let Some(kept) = self.days.get_mut(place) else {
            return false;
        };
        let before = *kept;
        *kept = before.merge(&day, may_fall);
        *kept != before
    }

    /// The total in the progress metric that counts: with what was reached in it before, where the total is of another one.
    pub(crate) fn in_series(&self, series: u32) -> Total {
        let mut closed = self.closed.iter();
        let reached = closed.find(|closed| closed.series == series);
        let reached = reached.map(|closed| closed.progress);
        self.total.in_series(series, reached)
    }

    /// Goes on in a progress metric that was closed, and closes the one that came between; whether it was.
    pub(crate) fn resume(&mut self, series: u32) -> bool {
        let known = self.closed.iter().any(|closed| closed.series == series);
        if self.total.series == series || !known {
            return false;
        }
        let total = self.in_series(series);
        let between = std::mem::replace(&mut self.total, total);
        self.closed.retain(|closed| closed.series != series);
        if let Some(progress) = between.progress {
            self.close(between.series, progress);
        }
        true
    }

    /// Keeps what was reached in a metric that is closed.
    pub(crate) fn close(&mut self, series: u32, progress: Level) {
        self.closed.push(Closed { series, progress });
        let over = self.closed.len().saturating_sub(CLOSED);
        self.closed.drain(..over);
    }

    /// Writes the halves: the total with the newest days, and the days before those, empty where they stay as they are.
    pub fn write(&self) -> (Vec<u8>, Vec<u8>) {
        let mut earlier = Vec::new();
        let (mut before, mut recent) = (self.before, self.days.as_slice());
        let whole = self.before == 0;
        if whole && self.days.len() > MOST {
            let (old, new) = recent.split_at(recent.len() - KEPT);
            let mut writer = Writer::with_capacity(16 + old.len() * 6);
            writer.number(FORM);
            write_days(&mut writer, old);
            earlier = writer.into_bytes();
            (before, recent) = (u32::try_from(old.len()).unwrap_or(u32::MAX), new);
        }
        let mut writer = Writer::with_capacity(48 + recent.len() * 6);
        writer.number(FORM);
        write_total(&mut writer, &self.total, &self.closed);
        writer.number(u64::from(before));
        write_days(&mut writer, recent);
        (writer.into_bytes(), earlier)
    }
}

fn read_form(reader: &mut Reader<'_>) -> Result<u64, Damaged> {
    let form = reader.number()?;
    (FIRST..=FORM)
        .contains(&form)
        .then_some(form)
        .ok_or(Damaged)
}

fn expect(found: u64, wanted: u64) -> Result<(), Damaged> {
    (found == wanted).then_some(()).ok_or(Damaged)
}

/// Which of a total's levels there are, in the order in which they are written.
fn levels(total: &Total) -> [Option<Level>; 5] {
    [
        total.minutes,
        total.progress,
        total.lower_minutes,
        total.lower_progress,
        total.aside,
    ]
}

fn write_total(writer: &mut Writer, total: &Total, closed: &[Closed]) {
    let levels = levels(total);
    let mut there = 0;
    for (place, level) in levels.iter().enumerate() {
        there |= u64::from(level.is_some()) << place;
    }
    writer.number(there);
    writer.signed(i64::from(total.year.0));
    writer.number(u64::from(total.series));
    writer.signed(total.heard.millis());
    for level in levels.into_iter().flatten() {
        write_level(writer, level, total.heard);
    }
    writer.number(closed.len() as u64);
    for closed in closed {
        writer.number(u64::from(closed.series));
        write_level(writer, closed.progress, total.heard);
    }
}

/// A value and how long before the last report it was first reported.
fn write_level(writer: &mut Writer, level: Level, heard: Timestamp) {
    writer.amount(level.value);
    writer.signed(heard.millis().wrapping_sub(level.since.millis()));
}

fn read_level(reader: &mut Reader<'_>, heard: Timestamp) -> Result<Level, Damaged> {
    Ok(Level {
        value: reader.amount()?,
        since: Timestamp::from_millis(heard.millis().wrapping_sub(reader.signed()?)),
    })
}

fn read_total(reader: &mut Reader<'_>, closed: &mut Vec<Closed>) -> Result<Total, Damaged> {
    let there = reader.number()?;
    if there >= 1 << 5 {
        return Err(Damaged);
    }
    let year = i16::try_from(reader.signed()?).map_err(|_| Damaged)?;
    let series = reader.small()?;
    let heard = Timestamp::from_millis(reader.signed()?);
    let mut level = |place: u8| {
        let level = (there >> place & 1 == 1).then(|| read_level(reader, heard));
        level.transpose()
    };
    let total = Total {
        year: SchoolYear(year),
        minutes: level(0)?,
        progress: level(1)?,
        series,
        heard,
        lower_minutes: level(2)?,
        lower_progress: level(3)?,
        aside: level(4)?,
    };
    let count = reader.small()?;
    for _ in 0..count {
        closed.push(Closed {
            series: reader.small()?,
            progress: read_level(reader, heard)?,
        });
    }
    Ok(total)
}

const MINUTES: u64 = 1;
const MINUTES_CORRECTED: u64 = 2;
const PROGRESS: u64 = 4;
const PROGRESS_CORRECTED: u64 = 8;
const NEW_SERIES: u64 = 16;
const FLAGS: u32 = 5;

/// What the next day differs from.
#[derive(Default)]
struct Before {
    day: i32,
    minutes: u64,
    progress: u64,
    series: u32,
}

fn write_days(writer: &mut Writer, days: &[Day]) {
    writer.number(days.len() as u64);
    let mut before = Before::default();
    for day in days {
        let mut flags = 0;
        for (mark, there, corrected) in [
            (day.minutes, MINUTES, MINUTES_CORRECTED),
            (day.progress, PROGRESS, PROGRESS_CORRECTED),
        ] {
            if let Some(mark) = mark {
                let corrected = mark.corrected.map_or(0, |_| corrected);
                flags |= there | corrected;
            }
        }
        if day.series != before.series {
            flags |= NEW_SERIES;
        }
        // Days ascend, and the first is not before 1970.
        let step = u64::try_from(day.day.days() - before.day).unwrap_or(0);
        writer.number(step << FLAGS | flags);
        if day.series != before.series {
            writer.number(u64::from(day.series));
            before.series = day.series;
            before.progress = 0;
        }
        write_mark(writer, day.minutes, &mut before.minutes);
        write_mark(writer, day.progress, &mut before.progress);
        before.day = day.day.days();
    }
}

/// A value as its difference from the last one, and what a correction put there as its difference from the value.
fn write_mark(writer: &mut Writer, mark: Option<Mark>, last: &mut u64) {
    let Some(Mark { value, corrected }) = mark else {
        return;
    };
    writer.step(*last, value.micros());
    if let Some(corrected) = corrected {
        writer.step(value.micros(), corrected.micros());
    }
    *last = value.micros();
}

fn read_days(reader: &mut Reader<'_>, form: u64, days: &mut Vec<Day>) -> Result<(), Damaged> {
    let count = reader.small()?;
    let mut before = Before::default();
    for _ in 0..count {
        let head = reader.number()?;
        let step = i32::try_from(head >> FLAGS).map_err(|_| Damaged)?;
        before.day = before.day.checked_add(step).ok_or(Damaged)?;
        let has = |flag: u64| head & flag != 0;
        if has(NEW_SERIES) {
            before.series = reader.small()?;
            before.progress = 0;
        }
        let mut mark = |there: bool, last: &mut u64, corrected: bool| {
            if !there {
                return Ok(None);
            }
            *last = reader.step(*last)?;
            let value = Amount::from_micros(*last);
            let corrected = match (corrected, form) {
                (false, _) => None,
                // Nobody knows what rose on that day, so nothing did.
                (true, FIRST) => Some(value),
                (true, _) => Some(Amount::from_micros(reader.step(*last)?)),
            };
            Ok(Some(Mark { value, corrected }))
        };
        days.push(Day {
            day: Date::from_days(before.day).ok_or(Damaged)?,
            minutes: mark(has(MINUTES), &mut before.minutes, has(MINUTES_CORRECTED))?,
            progress: mark(has(PROGRESS), &mut before.progress, has(PROGRESS_CORRECTED))?,
            series: before.series,
        });
    }
    Ok(())
}

//! Standings as bytes.
//!
//! ```text
//! format u8 · number of students · for each: state u8 (255: not in the feed), and if in it: flags u8 · grade u8 ·
//! school + 1 · minutes · progress · recent · before · number of cells · for each: school + 1 · grade u8 · number of weeks ·
//! for each: students · minutes · progress · target minutes · target progress
//! ```
//!
//! Numbers are variable-length, seven bits a byte, lowest first. Which weeks they are follows from the calendar that the
//! standings were made of.

use homeroom_goals::Amount;
use homeroom_goals::figures::Week;
use homeroom_goals::state::State;

use super::{Cell, Flags, Standing, Standings};
use crate::book::Book;
use crate::judging;

/// The number of this form.
pub(super) const FORMAT: u8 = 0;
const NOBODY: u8 = 255;

/// Standings as bytes.
pub(super) fn write(standings: &Standings) -> Vec<u8> {
    let mut out = Vec::with_capacity(standings.students.len() * 20 + 1024);
    out.push(FORMAT);
    number(&mut out, standings.students.len() as u64);
    for standing in &standings.students {
        let Some(state) = standing.state else {
            out.push(NOBODY);
            continue;
        };
        out.extend_from_slice(&[state as u8, standing.flags.0, standing.grade]);
        number(&mut out, place(standing.school));
        for amount in [
            standing.minutes,
            standing.progress,
            standing.recent,
            standing.before,
        ] {
            number(&mut out, amount.micros());
        }
    }
    number(&mut out, standings.cells.len() as u64);
    for cell in &standings.cells {
        number(&mut out, place(cell.school));
        out.push(cell.grade);
        number(&mut out, cell.weeks.len() as u64);
        for week in &cell.weeks {
            number(&mut out, u64::from(week.students));
            for amount in [
                week.minutes,
                week.progress,
                week.target_minutes,
                week.target_progress,
            ] {
                number(&mut out, amount.micros());
            }
        }
    }
    out
}

/// Standings from bytes; `None` if they are none, or not of this roster and calendar.
pub(super) fn read(bytes: &[u8], book: &Book) -> Option<Standings> {
    let students = book.roster.students() as usize;
    let weeks = judging::weeks_of(&book.calendar, book.moment.day);
    Bytes(bytes).standings(students, &weeks)
}

fn place(school: Option<u32>) -> u64 {
    school.map_or(0, |school| u64::from(school) + 1)
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push(0x80 | (value & 0x7f) as u8);
        value >>= 7;
    }
    out.push(value as u8);
}

/// What is still to be read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn standings(mut self, students: usize, weeks: &[Week]) -> Option<Standings> {
        if self.byte()? != FORMAT || self.number()? != students as u64 {
            return None;
        }
        let mut read = Standings {
            students: Vec::with_capacity(students),
            cells: Vec::new(),
        };
        for _ in 0..students {
            read.students.push(self.standing()?);
        }
        for _ in 0..self.number()? {
            read.cells.push(self.cell(weeks)?);
        }
        self.0.is_empty().then_some(read)
    }

    fn standing(&mut self) -> Option<Standing> {
        let state = self.byte()?;
        if state == NOBODY {
            return Some(Standing::default());
        }
        let state = State::ALL.get(usize::from(state)).copied()?;
        Some(Standing {
            state: Some(state),
            flags: Flags(self.byte()?),
            grade: self.byte()?,
            school: self.place()?,
            minutes: self.amount()?,
            progress: self.amount()?,
            recent: self.amount()?,
            before: self.amount()?,
        })
    }

    fn cell(&mut self, weeks: &[Week]) -> Option<Cell> {
        let mut cell = Cell {
            school: self.place()?,
            grade: self.byte()?,
            weeks: weeks.to_vec(),
        };
        if self.number()? != weeks.len() as u64 {
            return None;
        }
        for week in &mut cell.weeks {
            week.students = u32::try_from(self.number()?).ok()?;
            week.minutes = self.amount()?;
            week.progress = self.amount()?;
            week.target_minutes = self.amount()?;
            week.target_progress = self.amount()?;
        }
        Some(cell)
    }

    fn place(&mut self) -> Option<Option<u32>> {
        match self.number()?.checked_sub(1) {
            None => Some(None),
            Some(row) => Some(Some(u32::try_from(row).ok()?)),
        }
    }

    fn amount(&mut self) -> Option<Amount> {
        self.number().map(Amount::from_micros)
    }

    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    #[inline]
    fn number(&mut self) -> Option<u64> {
        let (mut value, mut shift) = (0_u64, 0_u32);
        loop {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift > 63 || (shift == 63 && part > 1) {
                return None;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
            shift += 7;
        }
    }
}

#[cfg(test)]
mod tests {
    use homeroom_model::Date;
    use proptest::prelude::*;

    use super::*;

    fn weeks() -> Vec<Week> {
        let week = |monday: &str| Week {
            monday: Date::parse_iso(monday).unwrap(),
            school_days: 5,
            students: 0,
            minutes: Amount::ZERO,
            progress: Amount::ZERO,
            target_minutes: Amount::ZERO,
            target_progress: Amount::ZERO,
        };
        vec![week("2026-11-16"), week("2026-11-23")]
    }

    fn sample() -> Standings {
        let mut cell = Cell {
            school: Some(3),
            grade: 10,
            weeks: weeks(),
        };
        if let Some(week) = cell.weeks.last_mut() {
            week.students = 200;
            week.minutes = Amount::whole(1000);
            week.target_progress = Amount::from_micros(1);
        }
        let student = Standing {
            state: Some(State::Stuck),
            flags: Flags(0b1011),
            school: Some(3),
            grade: 10,
            minutes: Amount::whole(126),
            progress: Amount::from_micros(4_200_000),
            recent: Amount::ZERO,
            before: Amount::from_micros(127),
        };
        Standings {
            students: vec![student, Standing::default()],
            cells: vec![cell],
        }
    }

    /// What an earlier program kept is read for ever, or told from what this one keeps by its number.
    const FROZEN: &str = "0002040b0a0480b78a3cc0ac8002007fff01040a020000000000c8018094ebdc03000001";

    #[test]
    fn the_form_stays_what_it_is() {
        let bytes = write(&sample());
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, FROZEN);
        assert_eq!(Bytes(&bytes).standings(2, &weeks()), Some(sample()));
        for (students, weeks) in [(1, weeks()), (3, weeks()), (2, Vec::new())] {
            assert_eq!(Bytes(&bytes).standings(students, &weeks), None);
        }
        for end in 0..bytes.len() {
            assert_eq!(
                Bytes(&bytes[..end]).standings(2, &weeks()),
                None,
                "cut at {end}"
            );
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back(value: u64) {
            let mut out = Vec::new();
            number(&mut out, value);
            let mut bytes = Bytes(&out);
            prop_assert_eq!(bytes.number(), Some(value));
            prop_assert!(bytes.0.is_empty());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Bytes(&bytes).standings(2, &weeks());
        }
    }
}

//! Standings as bytes.
//!
//! ```text
//! format · number of students · for each: state + 1 (0: not in the feed), and if in it: flags · grade · school + 1 ·
//! which of minutes and progress there are · those · recent · before · number of cells · for each: school + 1 · grade ·
//! number of weeks · for each: students · with minutes · with progress · minutes · progress · target minutes ·
//! target progress
//! ```
//!
//! Numbers are of variable length, as in student years; weeks are in millionths. Which weeks they are follows from the
//! calendar that the standings were made of.

use homeroom_goals::Amount;
use homeroom_goals::figures::Week;
use homeroom_goals::state::State;

use super::{Cell, Flags, Standing, Standings};
use crate::book::Book;
use crate::judging;
use crate::student_year::Damaged;
use crate::student_year::numbers::{Reader, Writer};

/// The number of this form, and of the rules that its numbers were made by.
pub(super) const FORMAT: u64 = 5;

/// Standings as bytes.
pub(super) fn write(standings: &Standings) -> Vec<u8> {
    let mut out = Writer::with_capacity(standings.students.len() * 16 + 1024);
    out.number(FORMAT);
    out.number(standings.students.len() as u64);
    for standing in &standings.students {
        let Some(state) = standing.state else {
            out.number(0);
            continue;
        };
        out.number(state as u64 + 1);
        out.number(u64::from(standing.flags.0));
        out.number(u64::from(standing.grade));
        out.number(place(standing.school));
        let Standing {
            minutes, progress, ..
        } = *standing;
        out.number(u64::from(minutes.is_some()) | u64::from(progress.is_some()) << 1);
        let lately = [standing.recent, standing.before];
        for amount in minutes.into_iter().chain(progress).chain(lately) {
            out.amount(amount);
        }
    }
    out.number(standings.cells.len() as u64);
    for cell in &standings.cells {
        write_cell(&mut out, cell);
    }
    out.into_bytes()
}

fn write_cell(out: &mut Writer, cell: &Cell) {
    out.number(place(cell.school));
    out.number(u64::from(cell.grade));
    out.number(cell.weeks.len() as u64);
    for week in &cell.weeks {
        for count in [week.students, week.with_minutes, week.with_progress] {
            out.number(u64::from(count));
        }
        // Sums of many may be more than one submitted value can be.
        for amount in [
            week.minutes,
            week.progress,
            week.target_minutes,
            week.target_progress,
        ] {
            out.number(amount.micros());
        }
    }
}

fn place(school: Option<u32>) -> u64 {
    school.map_or(0, |school| u64::from(school) + 1)
}

/// Standings from bytes. Refused if they are none, or not of this roster and calendar.
pub(super) fn read(bytes: &[u8], book: &Book) -> Result<Standings, Damaged> {
    let students = book.roster.students() as usize;
    let weeks = judging::weeks_of(&book.calendar, book.moment.day);
    read_of(bytes, students, &weeks)
}

fn read_of(bytes: &[u8], students: usize, weeks: &[Week]) -> Result<Standings, Damaged> {
    let mut bytes = Reader::new(bytes);
    if bytes.number()? != FORMAT || bytes.number()? != students as u64 {
        return Err(Damaged);
    }
    let mut read = Standings {
        students: Vec::with_capacity(students),
        cells: Vec::new(),
    };
    for _ in 0..students {
        read.students.push(read_standing(&mut bytes)?);
    }
    for _ in 0..bytes.number()? {
        read.cells.push(read_cell(&mut bytes, weeks)?);
    }
    bytes.end()?;
    Ok(read)
}

fn read_standing(bytes: &mut Reader<'_>) -> Result<Standing, Damaged> {
    let Some(state) = bytes.number()?.checked_sub(1) else {
        return Ok(Standing::default());
    };
    let state = usize::try_from(state).map_err(|_| Damaged)?;
    let state = State::ALL.get(state).copied().ok_or(Damaged)?;
    let (flags, grade) = (Flags(byte(bytes)?), byte(bytes)?);
    let school = read_place(bytes)?;
    let known = byte(bytes)?;
    if known > 0b11 {
        return Err(Damaged);
    }
    let mut year = |bit: u8| (known & bit != 0).then(|| bytes.amount()).transpose();
    let (minutes, progress) = (year(1)?, year(2)?);
    Ok(Standing {
        state: Some(state),
        flags,
        school,
        grade,
        minutes,
        progress,
        recent: bytes.amount()?,
        before: bytes.amount()?,
    })
}

fn read_cell(bytes: &mut Reader<'_>, weeks: &[Week]) -> Result<Cell, Damaged> {
    let mut cell = Cell {
        school: read_place(bytes)?,
        grade: byte(bytes)?,
        weeks: weeks.to_vec(),
    };
    if bytes.number()? != weeks.len() as u64 {
        return Err(Damaged);
    }
    for week in &mut cell.weeks {
        week.students = bytes.small()?;
        week.with_minutes = bytes.small()?;
        week.with_progress = bytes.small()?;
        for amount in [
            &mut week.minutes,
            &mut week.progress,
            &mut week.target_minutes,
            &mut week.target_progress,
        ] {
            *amount = Amount::from_micros(bytes.number()?);
        }
    }
    Ok(cell)
}

fn read_place(bytes: &mut Reader<'_>) -> Result<Option<u32>, Damaged> {
    Ok(bytes.small()?.checked_sub(1))
}

fn byte(bytes: &mut Reader<'_>) -> Result<u8, Damaged> {
    u8::try_from(bytes.number()?).map_err(|_| Damaged)
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
            with_minutes: 0,
            with_progress: 0,
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
            week.with_minutes = 201;
            week.with_progress = 202;
            week.minutes = Amount::whole(1000);
            week.target_progress = Amount::from_micros(1);
        }
        let student = Standing {
            state: Some(State::Stuck),
            flags: Flags(0b1011),
            school: Some(3),
            grade: 10,
            minutes: Some(Amount::whole(126)),
            progress: Some(Amount::from_micros(4_200_000)),
            recent: Amount::ZERO,
            before: Amount::from_micros(127),
        };
        Standings {
            students: vec![student, Standing::default()],
            cells: vec![cell],
        }
    }

    /// What an earlier program kept is read for ever, or told from what this one keeps by its number.
    const FROZEN: &str =
        "0502050b0a0403f206a70200ff060001040a0200000000000000c801c901ca018094ebdc03000001";

    #[test]
    fn the_form_stays_what_it_is() {
        let bytes = write(&sample());
        assert_eq!(
            format!("{bytes:02x?}").replace(['[', ']', ',', ' '], ""),
            FROZEN
        );
        assert_eq!(read_of(&bytes, 2, &weeks()), Ok(sample()));
        for (students, weeks) in [(1, weeks()), (3, weeks()), (2, Vec::new())] {
            assert_eq!(read_of(&bytes, students, &weeks), Err(Damaged));
        }
        for end in 0..bytes.len() {
            assert_eq!(
                read_of(&bytes[..end], 2, &weeks()),
                Err(Damaged),
                "cut at {end}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = read_of(&bytes, 2, &weeks());
        }
    }
}

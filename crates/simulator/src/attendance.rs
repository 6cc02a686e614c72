//! The rows of `attendance.csv`: who was absent or late in the first weeks of school. Who was there is not written, as most
//! systems do not write it.
//!
//! Most students miss a day in thirty, one in ten misses many; illness lasts for days, and Mondays and Fridays are missed
//! more often. Who is late is late for the first section of the day.

use std::io;

use homeroom_model::Date;

use crate::census::FileCount;
use crate::district::District;
use crate::draw::{Draw, Topic};
use crate::seat::Student;
use crate::sink::Sink;
use crate::table::{Cells, Table};

/// The columns of `attendance.csv`.
const HEADER: [&str; 8] = [
    "Attendance_id",
    "School_id",
    "Student_id",
    "Section_id",
    "Attendance_date",
    "Attendance_status",
    "Attendance_type",
    "Excuse_code",
];

/// Excuses of absences; the last of them for none.
const EXCUSES: [&str; 6] = ["ILL", "ILL", "ILL", "MED", "FAM", ""];

/// What a student's day was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missed {
    Day(&'static str),
    Beginning,
}

impl District {
    /// Writes `attendance.csv` as it is on a day: the first so many school days, and one more for each day that has passed.
    /// The other files of the day hold everything that it refers to. Fails only when the sink does.
    pub fn write_attendance(
        &self,
        day: u32,
        school_days: u32,
        sink: &mut dyn Sink,
    ) -> io::Result<FileCount> {
        let mut table = Table::new(sink.begin("attendance.csv")?, &HEADER)?;
        let mut count = FileCount::default();
        let dates: Vec<_> = (0..school_days.saturating_add(day))
            .filter_map(|at| Some((at, self.school_day(at)?)))
            .collect();
        let (mut cells, mut slots) = (Cells::default(), Vec::new());
        for seat in 0..self.plan.seats {
            let Some(student) = self.student(seat, day) else {
                continue;
            };
            self.schedule(&student, day, &mut slots);
            let mut ill_until = 0;
            for (at, date) in &dates {
                let missed = self.missed(&student, *at, &mut ill_until);
                if let Some(missed) = missed {
                    cells.clear();
                    self.attendance_cells(&student, (*at, *date), missed, &slots, &mut cells);
                    table.line(&[cells.bytes()])?;
                    count.kept += 1;
                }
            }
        }
        count.rows = table.finish()?;
        Ok(count)
    }

    /// The date of a school day: five a week from the first Monday of the school year on.
    fn school_day(&self, at: u32) -> Option<Date> {
        let august = Date::new(i16::try_from(self.year.start).ok()?, 8, 15)?.days();
        // 1970 began on a Thursday.
        let monday = august + (4 - august).rem_euclid(7);
        let at = i32::try_from(at).ok()?;
        Date::from_days(monday + at / 5 * 7 + at % 5)
    }

    /// What a student missed of a school day; `ill_until` is the day on which an illness ends.
    fn missed(&self, student: &Student, at: u32, ill_until: &mut u32) -> Option<Missed> {
        let mut habit = self.keys.draw(Topic::Attendance, student.unique);
        let often = habit.chance(100_000);
        let mut draw = self
            .keys
            .draw2(Topic::Attendance, student.unique, u64::from(at) + 1);
        if at < *ill_until {
            return Some(Missed::Day("ILL"));
        }
        if draw.chance(8_000) {
            *ill_until = at + 1 + small(&mut draw, 3);
            return Some(Missed::Day("ILL"));
        }
        let rate = match (often, at % 5) {
            (true, _) => 120_000,
            (false, 0 | 4) => 30_000,
            (false, _) => 18_000,
        };
        if draw.chance(rate) {
            return Some(Missed::Day(draw.one_of(&EXCUSES, "")));
        }
        draw.chance(25_000).then_some(Missed::Beginning)
    }

    fn attendance_cells(
        &self,
        student: &Student,
        (at, date): (u32, Date),
        missed: Missed,
        slots: &[u64],
        cells: &mut Cells,
    ) {
        let (student_id, _) = self.student_id(student.seat, student.unique);
        let school = self.plan.school(student.school);
        let school_id = school.map_or("", |school| school.sis_id.as_str());
        let first = slots.first().copied();
        let first = first.and_then(|slot| Some((slot, self.plan.school_of_slot(slot)?)));
        cells.text(&format!("{}-{at}", student.unique));
        match (missed, first) {
            (Missed::Beginning, Some((slot, school))) => {
                let mut section_id = String::new();
                self.section_id(school, slot - school.first_slot, &mut section_id);
                cells.texts(&[&school.sis_id, &student_id, &section_id]);
                cells.texts(&[&date.to_us(), "tardy", "section", ""]);
            }
            (Missed::Beginning, None) => {
                cells.texts(&[
                    school_id,
                    &student_id,
                    "",
                    &date.to_us(),
                    "tardy",
                    "daily",
                    "",
                ]);
            }
            (Missed::Day(excuse), _) => {
                let status = "absent";
                cells.texts(&[
                    school_id,
                    &student_id,
                    "",
                    &date.to_us(),
                    status,
                    "daily",
                    excuse,
                ]);
            }
        }
    }
}

fn small(draw: &mut Draw, bound: u64) -> u32 {
    u32::try_from(draw.below(bound)).unwrap_or_default()
}

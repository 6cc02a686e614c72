//! The rows of `enrollments.csv`, and what only rosters tell the census.

use std::collections::HashMap;
use std::io;

use crate::census::{Census, FileCount};
use crate::district::District;
use crate::draw::index;
use crate::ghosts::ghost_id;
use crate::quirk::Quirk;
use crate::school::School;
use crate::seat::Student;
use crate::sink::Sink;
use crate::table::{Cells, Table};
use crate::write_day::Rostered;

/// The columns of `enrollments.csv`.
pub(crate) const HEADER: [&str; 3] = ["School_id", "Section_id", "Student_id"];
/// A section of more students is large (district-side 8).
const LARGE: u32 = 100;

/// Students per section, and their grades where a section has none of its own.
struct Rosters {
    sizes: Vec<u32>,
    grades: HashMap<u64, Vec<(i16, u32)>>,
}

impl District {
    pub(crate) fn write_enrollments(
        &self,
        day: u32,
        rostered: &Rostered,
        sink: &mut dyn Sink,
        census: &mut Census,
    ) -> io::Result<()> {
        let mut table = Table::new(sink.begin("enrollments.csv")?, &HEADER)?;
        let mut count = FileCount::default();
        let mut rosters = Rosters {
            sizes: vec![0; index(self.plan.slots)],
            grades: HashMap::new(),
        };
        let mut slots = Vec::new();
        for seat in 0..self.plan.seats {
            slots.clear();
            if let Some(student) = self.student(seat, day) {
                let changes = self.schedule(&student, day, &mut slots).changes;
                census.add(Quirk::StudentScheduleChanged, changes);
                self.student_enrollments(&student, &slots, &mut table, census)?;
                self.mark_schools(&student, &slots, census);
                rosters.take(&student, &slots, rostered);
                count.kept += slots.len() as u64;
            }
            count.rejected += self.ghost_enrollments(seat, &slots, &mut table, census)?;
        }
        count.rows = table.finish()?;
        census.enrollments = count;
        rosters.report(rostered, census);
        Ok(())
    }

    fn student_enrollments(
        &self,
        student: &Student,
        slots: &[u64],
        table: &mut Table<'_>,
        census: &mut Census,
    ) -> io::Result<()> {
        let mut cells = Cells::default();
        let mut section_id = String::new();
        let (student_id, _) = self.student_id(student.seat, student.unique);
        let has = |quirk| self.placed.has(quirk, student.seat);
        let mismatch = has(Quirk::EnrollmentSchoolMismatch);
        let blank = has(Quirk::EnrollmentSchoolBlank);
        for (at, &slot) in slots.iter().enumerate() {
            let Some(school) = self.plan.school_of_slot(slot) else {
                continue;
            };
            cells.clear();
            let other = || self.plan.neighbours(school).next();
            if let Some(other) = (mismatch && at == 0).then(other).flatten() {
                census.mark(Quirk::EnrollmentSchoolMismatch);
                cells.text(&other.sis_id);
            } else if blank && at == 1 {
                census.mark(Quirk::EnrollmentSchoolBlank);
                cells.blank();
            } else {
                cells.text(&school.sis_id);
            }
            section_id.clear();
            self.section_id(school, slot - school.first_slot, &mut section_id);
            cells.text(&section_id);
            cells.text(&student_id);
            table.line(&[cells.bytes()])?;
            if at == 0 && has(Quirk::EnrollmentRepeated) {
                census.mark(Quirk::EnrollmentRepeated);
                table.line(&[cells.bytes()])?;
            }
        }
        Ok(())
    }

    /// Refused rows after a seat's enrollments.
    fn ghost_enrollments(
        &self,
        seat: u64,
        slots: &[u64],
        table: &mut Table<'_>,
        census: &mut Census,
    ) -> io::Result<u64> {
        let mut count = 0;
        let mut row = |quirk, cells: [&str; 3]| {
            census.mark(quirk);
            count += 1;
            let mut row = Cells::default();
            row.texts(&cells);
            table.line(&[row.bytes()])
        };
        let school = self.plan.school_of_seat(seat);
        let school_id = school.map_or("", |school| school.sis_id.as_str());
        let has = |quirk| self.placed.has(quirk, seat);
        let (student_id, _) = self.student_id(seat, seat);
        let mut section_id = String::new();
        let first = slots.first().copied();
        let of_slot = first.and_then(|slot| Some((slot, self.plan.school_of_slot(slot)?)));
        match (of_slot, school) {
            (Some((slot, school)), _) => {
                self.section_id(school, slot - school.first_slot, &mut section_id);
            }
            (None, Some(school)) => self.section_id(school, 0, &mut section_id),
            (None, None) => {}
        }
        if has(Quirk::EnrollmentSectionUnknown) {
            let quirk = Quirk::EnrollmentSectionUnknown;
            let section = format!("{school_id}-GONE-{}", seat % 1_000);
            row(quirk, [school_id, &section, &student_id])?;
        }
        if has(Quirk::EnrollmentStudentUnknown) {
            let quirk = Quirk::EnrollmentStudentUnknown;
            row(
                quirk,
                [school_id, &section_id, &format!("{}E", ghost_id(seat))],
            )?;
        }
        if has(Quirk::EnrollmentRequiredBlank) {
            let quirk = Quirk::EnrollmentRequiredBlank;
            match seat % 2 {
                0 => row(quirk, [school_id, "", &student_id])?,
                _ => row(quirk, [school_id, &section_id, ""])?,
            }
        }
        Ok(count)
    }

    /// Where a student's sections are, which decides the primary school.
    fn mark_schools(&self, student: &Student, slots: &[u64], census: &mut Census) {
        let home = self.plan.school(student.school);
        let at_home = |school: &School, slot: u64| {
            slot >= school.first_slot && slot - school.first_slot < school.slots()
        };
        let all = slots.len();
        let here = slots
            .iter()
            .filter(|&&slot| home.is_some_and(|school| at_home(school, slot)))
            .count();
        let quirk = match all - here {
            _ if all == 0 => Quirk::StudentWithoutSection,
            0 => return,
            away if away > here => Quirk::PrimarySchoolElsewhere,
            away if away == here => Quirk::PrimarySchoolTie,
            _ => Quirk::StudentAtSeveralSchools,
        };
        census.mark(quirk);
    }
}

impl Rosters {
    fn take(&mut self, student: &Student, slots: &[u64], rostered: &Rostered) {
        for &slot in slots {
            if let Some(size) = self.sizes.get_mut(index(slot)) {
                *size += 1;
            }
            if rostered.grade_derived.get(index(slot)) == Some(&true) {
                let grades = self.grades.entry(slot).or_default();
                let years = student.grade.years();
                match grades.iter_mut().find(|(of, _)| *of == years) {
                    Some((_, count)) => *count += 1,
                    None => grades.push((years, 1)),
                }
            }
        }
    }

    fn report(&self, rostered: &Rostered, census: &mut Census) {
        for (&size, &exists) in self.sizes.iter().zip(&rostered.exists) {
            census.mark_if(Quirk::SectionWithoutStudents, exists && size == 0);
            census.mark_if(Quirk::SectionLarge, exists && size > LARGE);
        }
        for grades in self.grades.values() {
            let most = grades.iter().map(|(_, count)| count).max();
            let best = grades.iter().filter(|(_, count)| Some(count) == most);
            census.mark_if(Quirk::SectionGradeTie, best.count() > 1);
        }
    }
}

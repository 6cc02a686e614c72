//! The rows of `resources.csv`: learning resources, most attached to a course by its number.

use std::io;

use crate::census::{Census, FileCount};
use crate::district::District;
use crate::draw::{Topic, index};
use crate::quirk::Quirk;
use crate::sink::Sink;
use crate::table::{Cells, Table};

/// The columns of `resources.csv`; `course_number` is our own and attaches a resource to a course.
pub(crate) const HEADER: [&str; 4] = ["resource_id", "title", "roles", "course_number"];

impl District {
    /// Resources of the district, the same on every day.
    pub(crate) fn resources(&self) -> u64 {
        (self.plan.sections / 300).max(2)
    }

    pub(crate) fn write_resources(
        &self,
        day: u32,
        sink: &mut dyn Sink,
        census: &mut Census,
    ) -> io::Result<()> {
        let mut table = Table::new(sink.begin("resources.csv")?, &HEADER)?;
        let mut count = FileCount::default();
        let mut cells = Cells::default();
        for at in 0..self.resources() {
            cells.clear();
            self.resource_cells(at, day, &mut cells, census);
            table.line(&[cells.bytes()])?;
            count.kept += 1;
        }
        count.rows = table.finish()?;
        census.resources = count;
        Ok(())
    }

    pub(crate) fn resource_cells(&self, at: u64, day: u32, cells: &mut Cells, census: &mut Census) {
        let titles = self.data.resources.len().max(1) as u64;
        let row = self.data.resources.get(index(at % titles));
        let (title, roles) = row.copied().unwrap_or(("Reader", "student"));
        cells.text(&format!("res-{:05}", 10_000 + at * 7));
        match at / titles {
            0 => cells.text(title),
            edition => cells.text(&format!("{title} ({edition})")),
        }
        cells.text(roles);
        census.mark_if(Quirk::ResourceBothRoles, roles.contains(';'));
        let number = match at % 10 {
            8 => {
                census.mark(Quirk::ResourceCourseUnknown);
                format!("OLD{at}")
            }
            9 => {
                census.mark(Quirk::ResourceWithoutCourse);
                String::new()
            }
            _ => self.some_course(at, day),
        };
        census.mark_if(Quirk::ResourceWithCourse, at % 10 < 8 && !number.is_empty());
        cells.text(&number);
    }

    /// The number of the course of some section that has students.
    fn some_course(&self, at: u64, day: u32) -> String {
        let mut draw = self.keys.draw(Topic::Resource, at);
        for _ in 0..20 {
            let slot = draw.below(self.plan.slots);
            let Some(school) = self.plan.school_of_slot(slot) else {
                continue;
            };
            let local = slot - school.first_slot;
            let planned = school.first_planned + local;
            let odd = [
                Quirk::SectionNameless,
                Quirk::SectionWithoutCourse,
                Quirk::CourseNumberReused,
                Quirk::CourseByName,
                Quirk::CourseNumberOnly,
            ];
            if local >= school.live || odd.iter().any(|&quirk| self.placed.has(quirk, planned)) {
                continue;
            }
            // The first section of a pool is never cancelled.
            if let Some(crate::school::Role::Live(block, spot)) = school.role(local)
                && spot.parallel == 0
            {
                return self.course(slot, school.zone, block, spot, day).number;
            }
        }
        String::new()
    }
}

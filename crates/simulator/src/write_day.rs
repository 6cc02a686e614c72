//! Writing the files of one day.

use std::collections::{HashMap, HashSet};
use std::io;

use crate::census::{Census, FileCount};
use crate::district::District;
use crate::quirk::Quirk;
use crate::section::Section;
use crate::sink::{NoSink, Sink};
use crate::table::{Cells, Table};
use crate::{ghosts, school_cells, section_cells, staff, teacher};

/// What the sections file leaves for the enrollments to tell.
#[derive(Debug, Default)]
pub(crate) struct Rostered {
    /// Sections of the day, by number among all that can ever exist.
    pub(crate) exists: Vec<bool>,
    /// Sections whose grade their students tell.
    pub(crate) grade_derived: Vec<bool>,
}

impl District {
    /// Writes the seven files of a day (0 is the first) and counts what is in them. The files are complete sets, as
    /// a SIS uploads them; rows are in a fixed order. Fails only when the sink does.
    pub fn write_day(&self, day: u32, sink: &mut dyn Sink) -> io::Result<Census> {
        let mut census = Census::new();
        self.write_schools(day, sink, &mut census)?;
        self.write_students(day, sink, &mut census)?;
        self.write_teachers(day, sink, &mut census)?;
        let rostered = self.write_sections(day, sink, &mut census)?;
        self.write_enrollments(day, &rostered, sink, &mut census)?;
        self.write_staff(day, sink, &mut census)?;
        self.write_resources(day, sink, &mut census)?;
        Ok(census)
    }

    /// Counts what [`Self::write_day`] would write, by the same way, and writes nothing.
    pub fn census(&self, day: u32) -> Census {
        // Writing to nowhere cannot fail.
        self.write_day(day, &mut NoSink)
            .unwrap_or_else(|_| Census::new())
    }

    fn write_schools(&self, day: u32, sink: &mut dyn Sink, census: &mut Census) -> io::Result<()> {
        let mut table = Table::new(sink.begin("schools.csv")?, &school_cells::HEADER)?;
        let mut count = FileCount::default();
        let mut cells = Cells::default();
        for school in &self.plan.schools {
            cells.clear();
            self.school_cells(school, day, &mut cells, census);
            table.line(&[cells.bytes()])?;
            count.kept += 1;
            let has = |quirk| self.placed.has(quirk, school.index);
            if has(Quirk::SchoolRepeated) {
                census.mark(Quirk::SchoolRepeated);
                count.rejected += 1;
                ghosts::school(
                    &school.sis_id,
                    &format!("{} (old)", school.name),
                    &mut table,
                )?;
            }
            if has(Quirk::SchoolNameBlank) {
                census.mark(Quirk::SchoolNameBlank);
                count.rejected += 1;
                ghosts::school(&format!("N{}", school.sis_id), "", &mut table)?;
            }
        }
        count.rows = table.finish()?;
        census.schools = count;
        Ok(())
    }

    fn write_teachers(&self, day: u32, sink: &mut dyn Sink, census: &mut Census) -> io::Result<()> {
        let mut table = Table::new(sink.begin("teachers.csv")?, &teacher::HEADER)?;
        let mut count = FileCount::default();
        let mut cells = Cells::default();
        for post in 0..self.plan.posts {
            let holder = self.teacher_holder(post, day);
            census.add(Quirk::TeacherLeft, holder.leaves);
            census.add(Quirk::TeacherHired, holder.hires);
            cells.clear();
            let present = self.teacher_cells(post, day, &mut cells, census);
            if present {
                table.line(&[cells.bytes()])?;
                count.kept += 1;
            }
            count.rejected += self.ghost_teachers(post, present, &mut table, census)?;
        }
        count.rows = table.finish()?;
        census.teachers = count;
        Ok(())
    }

    fn write_sections(
        &self,
        day: u32,
        sink: &mut dyn Sink,
        census: &mut Census,
    ) -> io::Result<Rostered> {
        let mut table = Table::new(sink.begin("sections.csv")?, &section_cells::HEADER)?;
        let mut count = FileCount::default();
        let slots = crate::draw::index(self.plan.slots);
        let mut rostered = Rostered {
            exists: vec![false; slots],
            grade_derived: vec![false; slots],
        };
        let mut cells = Cells::default();
        let mut loads = Loads::new(self, day);
        for school in &self.plan.schools {
            // Names met in this school so far, for those that repeat.
            let mut names = HashSet::new();
            for local in 0..school.slots() {
                let Some(section) = self.section(school, local, day) else {
                    let planned = local < school.planned();
                    census.mark_if(Quirk::SectionCancelled, planned);
                    continue;
                };
                cells.clear();
                let written = self.section_cells(&section, &mut cells, census);
                table.line(&[cells.bytes()])?;
                count.kept += 1;
                loads.take(&section);
                let at = crate::draw::index(section.slot);
                set(&mut rostered.exists, at, true);
                set(&mut rostered.grade_derived, at, written.grade_derived);
                if !written.name.is_empty() {
                    let repeated = !names.insert((written.name, written.period));
                    census.mark_if(Quirk::SectionNameRepeated, repeated);
                }
                count.rejected += self.ghost_sections(&section, &cells, &mut table, census)?;
            }
        }
        count.rows = table.finish()?;
        census.sections = count;
        loads.report(census);
        Ok(rostered)
    }

    fn write_staff(&self, day: u32, sink: &mut dyn Sink, census: &mut Census) -> io::Result<()> {
        let mut table = Table::new(sink.begin("staff.csv")?, &staff::HEADER)?;
        let mut count = FileCount::default();
        let mut cells = Cells::default();
        for post in 0..self.plan.staff {
            let holder = self.staff_holder(post, day);
            census.add(Quirk::StaffLeft, holder.leaves);
            census.add(Quirk::StaffHired, holder.hires);
            let home = self.plan.school_of_staff(post);
            if let (Some(member), Some(home)) = (self.staff_member(post, day), home) {
                let further = self.further_schools(post);
                census.mark_if(Quirk::StaffAtSeveralSchools, !further.is_empty());
                for (row, school) in (0..).zip(std::iter::once(home).chain(further)) {
                    cells.clear();
                    self.staff_cells(&member, school, row, &mut cells, census);
                    table.line(&[cells.bytes()])?;
                }
                count.kept += 1;
            }
            count.rejected += self.ghost_staff(post, &mut table, census)?;
        }
        count.rows = table.finish()?;
        census.staff = count;
        Ok(())
    }
}

/// Where teachers' sections are, which decides their primary school.
struct Loads {
    /// Posts by the id of their holder.
    posts: HashMap<String, u64>,
    /// Sections per post: at the post's own school and elsewhere.
    counts: Vec<(u32, u32)>,
}

impl Loads {
    fn new(district: &District, day: u32) -> Self {
        let posts = (0..district.plan.posts).filter_map(|post| {
            let holder = district.teacher_holder(post, day);
            let id = district.teacher_id(post, holder.generation);
            holder.present.then_some((id, post))
        });
        Self {
            posts: posts.collect(),
            counts: vec![(0, 0); crate::draw::index(district.plan.posts)],
        }
    }

    fn take(&mut self, section: &Section<'_>) {
        let school = section.school;
        let home = school.first_post..school.first_post + school.posts;
        for id in &section.teachers {
            let Some(&post) = self.posts.get(id) else {
                continue;
            };
            if let Some((own, away)) = self.counts.get_mut(crate::draw::index(post)) {
                *(if home.contains(&post) { own } else { away }) += 1;
            }
        }
    }

    fn report(&self, census: &mut Census) {
        for &post in self.posts.values() {
            let at = crate::draw::index(post);
            let (own, away) = self.counts.get(at).copied().unwrap_or_default();
            census.mark_if(Quirk::TeacherNoSection, own + away == 0);
            census.mark_if(Quirk::TeacherAtSeveralSchools, away > 0);
            census.mark_if(Quirk::TeacherPrimaryElsewhere, away > own);
        }
    }
}

fn set(list: &mut [bool], at: usize, value: bool) {
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}

//! The files of a day, as the SIS of the district writes them.

use std::io;

use super::calendar::YearDates;
use super::homes::KEPT;
use super::world::{ContactState, Employee, Part, Presence, Pupil, SectionState, World};
use crate::block::Block;
use crate::census::Census;
use crate::district::District;
use crate::draw::mix;
use crate::identity::phone;
use crate::school::{Role, School};
use crate::section::TEACHERS;
use crate::sink::Sink;
use crate::student_cells::Who;
use crate::table::{Cells, Table};
use crate::{
    contact_cells, enrollments, school_cells, section_cells, staff, student_cells, teacher,
};

/// What the files of a day are written from.
pub(super) struct Files<'a> {
    pub(super) people: &'a District,
    pub(super) world: &'a World,
    pub(super) dates: &'a YearDates,
}

/// Name, first and last day of a term.
pub(super) fn term(part: Part, dates: &YearDates) -> [String; 3] {
    let (first, last) = (dates.first_day, dates.last_day);
    let winter = super::calendar::plus(dates.second_term, -1);
    let year = dates.start();
    let (name, start, end) = match part {
        Part::Year => (format!("{year}-{}", year + 1), first, last),
        Part::First => ("Semester 1".to_owned(), first, winter),
        Part::Second => ("Semester 2".to_owned(), dates.second_term, last),
    };
    [name, start.to_string(), end.to_string()]
}

impl Files<'_> {
    /// Writes the full set.
    pub(super) fn write(&self, sink: &mut dyn Sink) -> io::Result<()> {
        self.write_schools(sink)?;
        self.write_students(sink)?;
        self.write_teachers(sink)?;
        self.write_sections(sink)?;
        self.write_enrollments(sink)?;
        self.write_staff(sink)?;
        self.people.write_resources(0, sink, &mut Census::new())
    }

    /// The students who are there.
    fn here(&self) -> impl Iterator<Item = &Pupil> {
        let all = self.world.pupils.iter();
        all.filter(|pupil| pupil.presence == Presence::Here)
    }

    fn school_id(&self, at: usize) -> &str {
        let school = self.world.schools.get(at);
        school.map_or("", |school| &school.id)
    }

    fn write_schools(&self, sink: &mut dyn Sink) -> io::Result<()> {
        let mut table = Table::new(sink.begin("schools.csv")?, &school_cells::HEADER)?;
        let mut cells = Cells::default();
        for (plan, state) in self.people.plan.schools.iter().zip(&self.world.schools) {
            cells.clear();
            cells.texts(&[&state.id, &plan.name]);
            cells.number(100 + plan.index);
            cells.text(&format!("{}-{:04}", self.people.state, 10 + plan.index));
            cells.number(180_310_000_000 + plan.index);
            cells.blank();
            let grades = plan.grade_range();
            cells.text(grades.map_or("", |(low, _)| low.name()));
            cells.text(grades.map_or("", |(_, high)| high.name()));
            cells.blanks(2);
            let (moves, numbers) = (state.edits / 2, state.edits.div_ceil(2));
            let address = self.people.address(u64::MAX - plan.index, plan.zone, moves);
            cells.texts(&[
                &address.street,
                address.city,
                self.people.state,
                address.zip,
            ]);
            cells.number(phone(mix(plan.index * 97 + numbers)));
            cells.texts(&["no", "traditional"]);
            table.line(&[cells.bytes()])?;
        }
        table.finish()?;
        Ok(())
    }

    fn write_students(&self, sink: &mut dyn Sink) -> io::Result<()> {
        let header: Vec<&str> = student_cells::HEADER
            .into_iter()
            .chain(contact_cells::HEADER)
            .collect();
        let mut table = Table::new(sink.begin("students.csv")?, &header)?;
        let (mut own, mut other) = (Cells::default(), Cells::default());
        for pupil in self.here() {
            let Some(home) = self.world.homes.get(pupil.home) else {
                continue;
            };
            let who = Who {
                seat: pupil.unique,
                unique: pupil.unique,
                school_id: self.school_id(pupil.school),
                student_id: &pupil.id,
                secondary: pupil.facts.grade.years() > 5,
            };
            own.clear();
            let mut census = Census::new();
            self.people
                .student_cells(&who, &home.household, &pupil.facts, &mut own, &mut census);
            other.clear();
            if home.contacts.is_empty() {
                other.blanks(contact_cells::HEADER.len());
                table.line(&[own.bytes(), other.bytes()])?;
            }
            for contact in home.contacts.iter().take(KEPT) {
                other.clear();
                contact_row(contact, &mut other);
                table.line(&[own.bytes(), other.bytes()])?;
            }
        }
        table.finish()?;
        Ok(())
    }

    fn write_teachers(&self, sink: &mut dyn Sink) -> io::Result<()> {
        let mut table = Table::new(sink.begin("teachers.csv")?, &teacher::HEADER)?;
        let mut cells = Cells::default();
        for one in self.world.employees.iter().filter(|one| one.teaches()) {
            cells.clear();
            cells.text(self.school_id(one.school));
            cells.text(one.teacher.as_ref().map_or("", |role| &role.id));
            cells.number(10_000 + one.unique);
            cells.text(&format!("L{:08}", one.unique));
            cells.texts(&[&one.email, one.first, one.middle, &one.last, one.title]);
            cells.text(&format!("t{}", one.unique));
            cells.blank();
            cells.text("certified");
            table.line(&[cells.bytes()])?;
        }
        table.finish()?;
        Ok(())
    }

    fn write_staff(&self, sink: &mut dyn Sink) -> io::Result<()> {
        let mut table = Table::new(sink.begin("staff.csv")?, &staff::HEADER)?;
        let mut cells = Cells::default();
        for one in self.world.employees.iter().filter(|one| one.serves()) {
            cells.clear();
            cells.text(self.school_id(one.school));
            cells.text(one.staff.as_ref().map_or("", |role| &role.id));
            cells.texts(&[staff_email(one), one.first, &one.last, "Office", one.title]);
            cells.text(&format!("s{}", one.unique));
            cells.blanks(2);
            cells.number(1_000 + mix(one.unique) % 9_000);
            table.line(&[cells.bytes()])?;
        }
        table.finish()?;
        Ok(())
    }

    fn write_sections(&self, sink: &mut dyn Sink) -> io::Result<()> {
        let mut table = Table::new(sink.begin("sections.csv")?, &section_cells::HEADER)?;
        let mut cells = Cells::default();
        for section in self.world.sections.iter().filter(|section| section.open) {
            cells.clear();
            self.section_row(section, &mut cells);
            table.line(&[cells.bytes()])?;
        }
        table.finish()?;
        Ok(())
    }

    fn section_row(&self, section: &SectionState, cells: &mut Cells) {
        let plan = self.people.plan.school(section.school as u64);
        let role = plan.and_then(|plan: &School| plan.role(section.slot - plan.first_slot));
        let (grade, period) = match role {
            Some(Role::Live(block, spot)) => (grade(block), block.period(spot)),
            _ => ("", 0),
        };
        let course = self.world.courses.get(section.course);
        let name = course.map_or("", |course| &course.name);
        let [rooms, periods, numbers, names] = section.edits;
        cells.texts(&[self.school_id(section.school), &section.id]);
        for at in 0..TEACHERS {
            let one = section.teachers.get(at);
            let one = one.and_then(|at| self.world.employees.get(*at));
            let role = one.and_then(|one| one.teacher.as_ref().filter(|role| role.held));
            cells.text(role.map_or("", |role| &role.id));
        }
        // Half of the sections have no name of their own.
        if section.slot.is_multiple_of(2) && names == 0 {
            cells.blank();
        } else {
            cells.text(&format!("{name}, group {}", 1 + names));
        }
        cells.text(&format!("{:03}", section.slot + numbers * 500));
        cells.text(grade);
        cells.text(name);
        cells.text(course.map_or("", |course| &course.number));
        cells.blank();
        cells.number(1 + (period + periods) % 9);
        cells.text(course.map_or("", |course| course.word));
        for cell in term(section.part, self.dates) {
            cells.text(&cell);
        }
        cells.number(100 + mix(section.slot) % 200 + rooms * 201);
    }

    fn write_enrollments(&self, sink: &mut dyn Sink) -> io::Result<()> {
        let mut table = Table::new(sink.begin("enrollments.csv")?, &enrollments::HEADER)?;
        let mut cells = Cells::default();
        for pupil in self.here() {
            let sections = pupil.sections.iter();
            for section in sections.filter_map(|at| self.world.sections.get(*at)) {
                cells.clear();
                cells.texts(&[self.school_id(section.school), &section.id, &pupil.id]);
                table.line(&[cells.bytes()])?;
            }
        }
        table.finish()?;
        Ok(())
    }
}

/// The email in the staff file.
pub(super) fn staff_email(one: &Employee) -> &str {
    one.staff_email.as_deref().unwrap_or(&one.email)
}

/// The grade of a section, none where it takes several.
fn grade(block: &Block) -> &'static str {
    if block.low == block.high {
        block.high.name()
    } else {
        ""
    }
}

/// A contact in the words of the closed lists.
fn contact_row(contact: &ContactState, cells: &mut Cells) {
    cells.texts(&[contact.relation, contact.kind, &contact.name]);
    if contact.phone > 0 {
        cells.number(contact.phone);
        cells.text("Cell");
    } else {
        cells.blanks(2);
    }
    cells.texts(&[&contact.email, &contact.sis_id]);
}

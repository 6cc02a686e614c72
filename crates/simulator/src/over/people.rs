//! Students and teachers for a folder, tidily written.

use std::collections::BTreeSet;
use std::io;

use super::assign::{Pupil, Roster};
use super::{Known, KnownTeacher};
use crate::census::Census;
use crate::contact::ContactStory;
use crate::district::District;
use crate::draw::Topic;
use crate::household::Household;
use crate::identity::fold;
use crate::sink::Sink;
use crate::student_cells::Who;
use crate::table::{Cells, Table};
use crate::{contact_cells, student_cells, teacher};

/// Teachers of a school when nothing tells their number.
const TEACHERS: usize = 20;
/// The most contacts that are kept of one student.
const CONTACTS: u64 = 5;

/// Writes the roster's students, with contacts.
pub(super) fn write_students(
    people: &District,
    known: &Known,
    roster: &Roster,
    sink: &mut dyn Sink,
) -> io::Result<u64> {
    let header: Vec<&str> = student_cells::HEADER
        .into_iter()
        .chain(contact_cells::HEADER)
        .collect();
    let mut table = Table::new(sink.begin("students.csv")?, &header)?;
    let (mut own, mut contact) = (Cells::default(), Cells::default());
    for (unique, pupil) in (0..).zip(&roster.pupils) {
        let home = people.household(unique, pupil.school as u64 % people.zones().max(1));
        own.clear();
        student(people, known, unique, pupil, &home, &mut own);
        for at in 0..home.contacts.clamp(1, CONTACTS) {
            contact.clear();
            if home.contacts == 0 {
                contact.blanks(contact_cells::HEADER.len());
            } else {
                contact_cells(people, &home, at, &mut contact);
            }
            table.line(&[own.bytes(), contact.bytes()])?;
        }
    }
    table.finish()
}

fn student(
    people: &District,
    known: &Known,
    unique: u64,
    pupil: &Pupil,
    home: &Household,
    cells: &mut Cells,
) {
    let tail = people.student_numbers.tail(unique);
    let facts = people.draft(unique, pupil.grade, home, tail);
    let who = Who {
        seat: unique,
        unique,
        school_id: known
            .schools
            .get(pupil.school)
            .map_or("", |school| &school.id),
        student_id: &pupil.id,
        secondary: pupil.grade.years() > 5,
    };
    people.student_cells(&who, home, &facts, cells, &mut Census::new());
}

/// A contact in the words of the closed lists.
fn contact_cells(people: &District, home: &Household, at: u64, cells: &mut Cells) {
    let contact = people.contact(home, &ContactStory::default(), at, 0);
    let (relation, kind) = match at {
        0 => ("Parent", "Parent/Guardian"),
        1 => ("Parent", "Secondary"),
        2 => ("Grandparent", "Emergency"),
        3 => ("Aunt/Uncle", "Family"),
        _ => ("Other", "Other"),
    };
    cells.text(relation);
    cells.text(kind);
    cells.text(&contact.name);
    if contact.phone > 0 {
        cells.number(contact.phone);
        cells.text("Cell");
    } else {
        cells.blanks(2);
    }
    cells.text(&contact.email);
    cells.text(&format!("P{:07}{at}", home.id));
}

/// Writes teachers for every id that the sections name, or some for each school, and makes them known.
pub(super) fn write_teachers(
    people: &District,
    known: &mut Known,
    sink: &mut dyn Sink,
) -> io::Result<u64> {
    let teachers = match &known.sections {
        Some(sections) => {
            let mut seen = BTreeSet::new();
            let named = sections.iter().flat_map(|section| {
                let school = section.school;
                section.teachers.iter().map(move |id| (id, school))
            });
            named
                .filter(|(id, _)| seen.insert(*id))
                .map(|(id, school)| KnownTeacher {
                    id: id.clone(),
                    school,
                })
                .collect()
        }
        None => some_teachers(people, known),
    };
    let mut table = Table::new(sink.begin("teachers.csv")?, &teacher::HEADER)?;
    let mut cells = Cells::default();
    for (at, teacher) in (0_u64..).zip(&teachers) {
        let zone = teacher.school as u64 % people.zones().max(1);
        let person = people.adult(&mut people.keys.draw(Topic::Teacher, at), zone, 0);
        let account = format!("{}.{}{at}", fold(person.first), fold(&person.last));
        cells.clear();
        cells.text(
            known
                .schools
                .get(teacher.school)
                .map_or("", |school| &school.id),
        );
        cells.text(&teacher.id);
        cells.number(10_000 + at);
        cells.text(&format!("L{at:08}"));
        cells.text(&format!("{account}@{}", people.domain));
        cells.text(person.first);
        cells.text(person.middle);
        cells.text(&person.last);
        cells.text("Teacher");
        cells.text(&account);
        cells.blank();
        cells.text("certified");
        table.line(&[cells.bytes()])?;
    }
    known.teachers = Some(teachers);
    table.finish()
}

fn some_teachers(people: &District, known: &Known) -> Vec<KnownTeacher> {
    let mut students = vec![0_usize; known.schools.len()];
    for student in known.students.iter().flatten() {
        if let Some(count) = students.get_mut(student.school) {
            *count += 1;
        }
    }
    let mut teachers = Vec::new();
    for (school, students) in students.into_iter().enumerate() {
        let count = match known.students {
            Some(_) => students.div_ceil(16),
            None => TEACHERS,
        };
        for _ in 0..count {
            let id = people.teacher_numbers.id(teachers.len() as u64).to_string();
            teachers.push(KnownTeacher { id, school });
        }
    }
    teachers
}

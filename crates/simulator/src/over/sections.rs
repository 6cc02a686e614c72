//! Sections for a folder that has none.

use std::io;

use super::grades::Range;
use super::{Known, KnownSection};
use crate::district::District;
use crate::draw::index;
use crate::grade::Grade;
use crate::section_cells::HEADER;
use crate::sink::Sink;
use crate::table::{Cells, Table};

/// Subject in the SIS's words, course name and the letters of its number.
const SUBJECTS: [(&str, &str, &str); 8] = [
    ("Homeroom", "Homeroom", "HR"),
    ("English", "Reading", "READ"),
    ("Math", "Mathematics", "MATH"),
    ("Science", "Science", "SCIE"),
    ("Social Studies", "Social Studies", "SOCS"),
    ("PhysEd", "Physical Education", "PE"),
    ("Music", "Music", "MUS"),
    ("Art", "Art", "ART"),
];

/// Writes sections for every school, taught by the known teachers, and makes them known.
pub(super) fn write(people: &District, known: &mut Known, sink: &mut dyn Sink) -> io::Result<u64> {
    let mut table = Table::new(sink.begin("sections.csv")?, &HEADER)?;
    let mut sections = Vec::new();
    let mut cells = Cells::default();
    for (school, count) in counts(known).into_iter().enumerate() {
        let Some(home) = known.schools.get(school) else {
            continue;
        };
        let grades = home.grades.unwrap_or(Range::ALL).grades();
        let teachers: Vec<&str> = known
            .teachers
            .iter()
            .flatten()
            .filter(|teacher| teacher.school == school)
            .map(|teacher| teacher.id.as_str())
            .collect();
        for at in 0..count {
            let grade = grades.get(at / SUBJECTS.len() % grades.len().max(1));
            let grade = grade.copied().unwrap_or(Grade::Kindergarten);
            let teacher = teachers
                .get(at * teachers.len() / count)
                .copied()
                .unwrap_or("");
            let id = format!("{}-{at:03}", home.id);
            cells.clear();
            cells.text(&home.id);
            cells.text(&id);
            cells.text(teacher);
            cells.blanks(9);
            course(people, at, grade, &mut cells);
            table.line(&[cells.bytes()])?;
            sections.push(KnownSection {
                id,
                school,
                grades: Some(Range {
                    low: grade,
                    high: grade,
                }),
                teachers: vec![teacher.to_owned()],
            });
        }
    }
    known.sections = Some(sections);
    table.finish()
}

/// The cells from the name on.
fn course(people: &District, at: usize, grade: Grade, cells: &mut Cells) {
    let subject = SUBJECTS.get(at % SUBJECTS.len()).copied();
    let (word, name, letters) = subject.unwrap_or(("Homeroom", "Homeroom", "HR"));
    let course = format!("{name} Grade {}", grade.short());
    cells.text(&course);
    cells.text(&format!("{at:03}"));
    cells.text(grade.name());
    cells.text(&course);
    cells.text(&format!("{letters}{}", grade.short()));
    cells.blank();
    cells.number(1 + at as u64 % 8);
    cells.text(word);
    let (first, second) = (people.year.start, people.year.end());
    cells.text(&format!("{first}-{second}"));
    cells.text(&format!("{first:04}-08-17"));
    cells.text(&format!("{second:04}-06-04"));
    cells.number(100 + at as u64 % 60);
}

/// Sections of each school: nine of twenty students if there are any, else three for each teacher. A school without
/// teachers has none.
fn counts(known: &Known) -> Vec<usize> {
    let mut students = vec![0; known.schools.len()];
    let mut teachers = vec![0; known.schools.len()];
    for student in known.students.iter().flatten() {
        if let Some(count) = students.get_mut(student.school) {
            *count += 1;
        }
    }
    for teacher in known.teachers.iter().flatten() {
        if let Some(count) = teachers.get_mut(teacher.school) {
            *count += 1;
        }
    }
    let of = |(students, teachers): (usize, usize)| match (students, teachers) {
        (_, 0) => 0,
        (0, teachers) => teachers * 3,
        (students, _) => (students * 9).div_ceil(20).max(index(8)),
    };
    students.into_iter().zip(teachers).map(of).collect()
}

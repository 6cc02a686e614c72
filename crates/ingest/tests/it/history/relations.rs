//! Who belongs where in a snapshot, compared with what the plain reading of the files says.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::Kind;
use homeroom_segment::{Relation, Snapshot, fields};

use super::day::{Day, SchoolsOf};

/// Checks schools of people, and teachers and students of sections, of all of them.
pub(crate) fn check(day: &Day, snapshot: &Snapshot) {
    let key = |kind: Kind, field: usize, row: u32| snapshot.table(kind).row(row).text(field);
    let school = |row: u32| key(Kind::School, fields::school::SIS_ID, row);
    let student = |row: u32| key(Kind::Student, fields::student::SIS_ID, row);
    let teacher = |row: u32| key(Kind::Employee, fields::employee::TEACHER_SIS_ID, row);

    let schools = |primary: Relation, all: Relation, row: u32| -> SchoolsOf<'_> {
        let primary = snapshot.lists(primary).first(row);
        let all = snapshot.lists(all).get(row).iter();
        (
            school(primary.expect("a school")),
            all.map(|row| school(*row)).collect(),
        )
    };
    let rows = 0..snapshot.table(Kind::Student).len();
    let of_student = |row| schools(Relation::StudentSchool, Relation::StudentSchools, row);
    let found: BTreeMap<_, _> = rows.map(|row| (student(row), of_student(row))).collect();
    same(&found, &day.schools_of_students());

    let rows = 0..snapshot.table(Kind::Employee).len();
    let teachers = rows.filter(|row| !teacher(*row).is_empty());
    let of_teacher = |row| schools(Relation::TeacherSchool, Relation::TeacherSchools, row);
    let found: BTreeMap<_, _> = teachers
        .map(|row| (teacher(row), of_teacher(row)))
        .collect();
    same(&found, &day.schools_of_teachers());

    let mut enrollments = BTreeSet::new();
    for row in 0..snapshot.table(Kind::Section).len() {
        let id = key(Kind::Section, fields::section::SIS_ID, row);
        let expected = &day.sections[id];
        let at = snapshot.lists(Relation::SectionSchool).first(row);
        assert_eq!(at.map(school), Some(expected.school.as_str()), "{id}");
        let teachers = snapshot.lists(Relation::SectionTeachers).get(row).iter();
        let teachers: Vec<_> = teachers.map(|row| teacher(*row)).collect();
        assert_eq!(teachers, expected.teachers, "{id}");
        for row in snapshot.lists(Relation::SectionStudents).get(row) {
            enrollments.insert((id.to_owned(), student(*row).to_owned()));
        }
    }
    assert!(enrollments == day.enrollments, "enrollments differ");
}

fn same<'a>(found: &BTreeMap<&'a str, SchoolsOf<'a>>, expected: &BTreeMap<&'a str, SchoolsOf<'a>>) {
    for (id, schools) in expected {
        assert_eq!(found.get(id), Some(schools), "{id}");
    }
    assert_eq!(found.len(), expected.len());
}

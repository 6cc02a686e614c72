//! What holds for every candidate, whatever the rows say.

use std::collections::BTreeSet;

use homeroom_derive::{Derived, File};
use homeroom_model::{Employee, Kind, Problem, Section, Student};
use homeroom_segment::{Candidate, Noun, Relation};
use proptest::prelude::*;

use crate::district;
use crate::render::render;

/// Ids are few, so that rows repeat, refer to each other and miss each other.
fn row() -> impl Strategy<Value = String> {
    let id = 0..6_u8;
    let pair = (0..6_u8, 0..6_u8, 0..4_u8);
    prop_oneof![
        2 => id.clone().prop_map(|id| format!("school {id}")),
        3 => pair.clone().prop_map(|(id, school, mail)| format!("teacher {id} {school} last=L{id}; email=m{mail}@x.org")),
        2 => pair.clone().prop_map(|(id, school, mail)| format!("staff {id} {school} email=m{mail}@x.org")),
        4 => pair.clone().prop_map(|(id, school, grade)| format!("student {id} {school} grade={grade}")),
        4 => (pair.clone(), 0..9_u8).prop_map(|((id, school, grade), contact)| format!("student {id} {school} grade={grade}; contact=C{contact}")),
        4 => (pair.clone(), pair.clone()).prop_map(|((id, school, grade), (one, other, name))| {
            format!("section {id} {school} teachers={one},{other}; course=N{name}; number={grade}; term=T{name}; grade={grade}")
        }),
        1 => pair.clone().prop_map(|(id, school, number)| format!("section {id} {school} number={number}")),
        12 => pair.clone().prop_map(|(section, student, school)| format!("enroll {section} {student} school={school}")),
        1 => pair.clone().prop_map(|(id, number, _)| format!("resource {id} number={number}")),
        1 => pair.clone().prop_map(|(id, school, mail)| format!("custom-teacher {id} {school} email=m{mail}@x.org")),
        1 => pair.clone().prop_map(|(id, school, grade)| format!("custom-student {id} {school} grade={grade}; contact=C{grade}")),
        1 => pair.clone().prop_map(|(id, school, name)| format!("custom-section {id} {school} course=N{name}")),
        1 => pair.clone().prop_map(|(section, student, _)| format!("custom-enroll {section} {student}")),
        1 => pair.clone().prop_map(|(id, value, _)| format!("ext student {id} ext.a={value}")),
        1 => pair.clone().prop_map(|(id, name, day)| format!("supplement {id} course=S{name}; term=S; start=2026-11-2{day}")),
        1 => pair.clone().prop_map(|(_, key, future)| {
            let key = ["number", "name", "number_and_school"][usize::from(key % 3)];
            let future = ["keep", "leave_out"][usize::from(future % 2)];
            format!("set course_key={key}; future_terms={future}; today=2026-11-21")
        }),
        1 => pair.clone().prop_map(|(id, _, mail)| format!("admin {id} email=m{mail}@x.org")),
        1 => pair.prop_map(|(id, school, mail)| format!("hand {id} schools={school}; email=m{mail}@x.org")),
    ]
}

proptest! {
    #[test]
    fn every_candidate_is_whole(rows in prop::collection::vec(row(), 0..120)) {
        let text = rows.join("\n");
        let district = district::read(&text);
        let (derived, problems) = district.derive();
        let again = district.derive();
        prop_assert_eq!(render(&derived, &problems), render(&again.0, &again.1));
        relations(&derived.candidate)?;
        people(&derived.candidate)?;
        sections(&derived.candidate)?;
        counts(&derived, &problems)?;
    }

    #[test]
    fn the_order_of_rows_does_not_matter_where_ids_are_unique(rows in prop::collection::vec(row(), 0..120)) {
        let mut seen = BTreeSet::new();
        let rows = rows.into_iter().filter(|row| {
            let mut words = row.split(' ');
            let (word, id) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let plain = !matches!(word, "resource" | "ext" | "supplement" | "set");
            plain && (word.ends_with("enroll") || seen.insert(format!("{word} {id}")))
        });
        let mut rows: Vec<String> = rows.collect();
        let records = |rows: &[String]| {
            let (derived, problems) = district::read(&rows.join("\n")).derive();
            let lines = crate::render::candidate(&derived.candidate);
            let lines = lines.iter().map(|line| unordered(line));
            let mut lines: Vec<String> = lines.collect();
            lines.sort();
            let mut codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
            codes.sort();
            (lines, codes, derived.counts)
        };
        let forwards = records(&rows);
        rows.reverse();
        prop_assert_eq!(forwards, records(&rows));
    }
}

/// A rendered record whose lists are in the order of their texts, but for teachers, whose order means something.
fn unordered(line: &str) -> String {
    let words = line
        .split(' ')
        .map(|word| match word.strip_prefix("students=") {
            _ if word.starts_with("teachers=") => word.to_owned(),
            list => {
                let mut parts: Vec<&str> = list.unwrap_or(word).split(',').collect();
                parts.sort_unstable();
                parts.join(",")
            }
        });
    words.collect::<Vec<_>>().join(" ")
}

/// Every list is there, points at rows that are there, ascends where it should and names nothing twice; keys are unique.
fn relations(candidate: &Candidate) -> Result<(), TestCaseError> {
    for relation in Relation::ALL {
        let (from, to) = (
            candidate.table(relation.from()).len(),
            candidate.table(relation.to()).len(),
        );
        let lists = candidate.lists(relation);
        let total: u64 = (0..from).map(|row| lists.get(row).len() as u64).sum();
        prop_assert_eq!(total, lists.total(), "{}", relation.name());
        for row in 0..from {
            let list = lists.get(row);
            prop_assert!(
                list.iter().all(|target| *target < to),
                "{}",
                relation.name()
            );
            let mut sorted = list.to_vec();
            sorted.sort_unstable();
            if relation.ascends() {
                prop_assert_eq!(list, sorted.as_slice(), "{}", relation.name());
            }
            sorted.dedup();
            prop_assert_eq!(sorted.len(), list.len(), "{}", relation.name());
        }
    }
    for kind in Kind::ALL {
        let table = candidate.table(kind);
        let mut keys = Vec::new();
        for row in 0..table.len() {
            let own = table
                .keys(row)
                .iter()
                .enumerate()
                .filter(|(_, key)| **key != [0; 16]);
            keys.extend(own.map(|(role, key)| (role, *key)));
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), count, "{}", kind);
    }
    Ok(())
}

/// Everybody who should have a primary school has exactly one, and it is among all schools.
fn people(candidate: &Candidate) -> Result<(), TestCaseError> {
    let primary = |relation, all, row| {
        let (primary, all) = (
            candidate.lists(relation).get(row),
            candidate.lists(all).get(row),
        );
        primary.len() == 1 && all.contains(&primary[0])
    };
    for row in 0..candidate.table(Kind::Student).len() {
        prop_assert!(primary(
            Relation::StudentSchool,
            Relation::StudentSchools,
            row
        ));
    }
    for row in 0..candidate.table(Kind::Employee).len() {
        let employee = Employee::read(candidate.table(Kind::Employee).row(row));
        let keys = candidate.table(Kind::Employee).keys(row);
        let roles = [
            employee.teacher.is_some(),
            employee.staff.is_some(),
            employee.admin.is_some(),
        ];
        prop_assert!(roles.contains(&true));
        for (there, key) in roles.into_iter().zip(keys) {
            prop_assert_eq!(there, *key != [0; 16]);
        }
        let [teacher, staff, _] = roles;
        if teacher {
            prop_assert!(primary(
                Relation::TeacherSchool,
                Relation::TeacherSchools,
                row
            ));
        } else {
            prop_assert!(
                candidate
                    .lists(Relation::TeacherSchools)
                    .get(row)
                    .is_empty()
            );
        }
        prop_assert!(staff || candidate.lists(Relation::StaffSchools).get(row).is_empty());
    }
    let links = |row| {
        (
            candidate.lists(Relation::LinkContact).get(row).len(),
            candidate.lists(Relation::LinkStudent).get(row).len(),
        )
    };
    for row in 0..candidate.table(Kind::ContactLink).len() {
        prop_assert_eq!(links(row), (1, 1));
    }
    Ok(())
}

/// Every section has a school, a name and a subject, and teachers who teach; each course and term is of some section with
/// students, whose people have its school.
fn sections(candidate: &Candidate) -> Result<(), TestCaseError> {
    let (mut courses, mut terms) = (Vec::new(), Vec::new());
    for row in 0..candidate.table(Kind::Section).len() {
        let section = Section::read(candidate.table(Kind::Section).row(row));
        prop_assert!(!section.name.is_empty() && section.subject.known().is_some());
        let list = |relation| candidate.lists(relation).get(row);
        let (school, students) = (
            list(Relation::SectionSchool),
            list(Relation::SectionStudents),
        );
        prop_assert_eq!(school.len(), 1);
        prop_assert!(
            list(Relation::SectionCourse).len() <= 1 && list(Relation::SectionTerm).len() <= 1
        );
        if students.is_empty() {
            prop_assert!(
                list(Relation::SectionCourse).is_empty() && list(Relation::SectionTerm).is_empty()
            );
        }
        for student in students {
            prop_assert!(
                candidate
                    .lists(Relation::StudentSchools)
                    .get(*student)
                    .contains(&school[0])
            );
        }
        for teacher in list(Relation::SectionTeachers) {
            let schools = candidate.lists(Relation::TeacherSchools).get(*teacher);
            prop_assert!(!schools.is_empty());
            prop_assert!(students.is_empty() || schools.contains(&school[0]));
        }
        courses.extend(list(Relation::SectionCourse));
        terms.extend(list(Relation::SectionTerm));
    }
    for course in 0..candidate.table(Kind::Course).len() {
        prop_assert!(courses.contains(&course));
    }
    for term in 0..candidate.table(Kind::Term).len() {
        prop_assert!(terms.contains(&term));
    }
    Ok(())
}

/// Kept and rejected add up to received, and kept rows are those of the candidate.
fn counts(derived: &Derived, problems: &[Problem]) -> Result<(), TestCaseError> {
    let (candidate, counts) = (&derived.candidate, &derived.counts);
    for file in File::ALL {
        let count = counts.of(file);
        let all = count.kept + count.rejected + count.passed_over;
        prop_assert_eq!(all, count.received);
        prop_assert!(count.repeats <= count.rejected);
        let rejected = problems
            .iter()
            .any(|problem| problem.place.file == file.stem());
        prop_assert!(
            count.rejected == 0 || rejected,
            "{} rejects in silence",
            file.stem()
        );
    }
    let rows = |kind| u64::from(candidate.table(kind).len());
    prop_assert_eq!(counts.of(File::Schools).kept, rows(Kind::School));
    let table = candidate.table(Kind::Student);
    let students = (0..table.len()).filter(|row| !Student::read(table.row(*row)).custom);
    prop_assert_eq!(counts.of(File::Students).kept, students.count() as u64);
    let table = candidate.table(Kind::Section);
    let sections = (0..table.len()).filter(|row| !Section::read(table.row(*row)).custom);
    prop_assert_eq!(counts.of(File::Sections).kept, sections.count() as u64);
    let pairs = candidate.lists(Relation::SectionStudents).total();
    let custom = counts.custom.kept;
    prop_assert!(
        (pairs.saturating_sub(custom)..=pairs).contains(&counts.of(File::Enrollments).kept)
    );
    Ok(())
}

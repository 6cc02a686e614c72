//! A district of people with names, for what is recognised by them.

use homeroom_model::ClosedList as _;
use homeroom_model::{
    Course, Date, Employee, Grade, Kind, Listed, School, Section, Student, Teacher,
};
use homeroom_segment::{
    Candidate, CandidateBuilder, CandidateLists, HashKey, MemorySpools, Noun, Relation,
};

/// Two schools, ten teachers, two sections of one course.
pub(crate) struct District {
    pub(crate) students: Vec<Pupil>,
    /// Ids and emails.
    pub(crate) teachers: Vec<(String, String)>,
}

pub(crate) struct Pupil {
    pub(crate) id: String,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) day: i32,
    pub(crate) grade: usize,
    pub(crate) school: u32,
    pub(crate) section: Option<u32>,
}

impl Pupil {
    pub(crate) fn new(number: u32) -> Self {
        Self {
            id: format!("{number:05}"),
            first: format!("First{number}"),
            last: format!("Last{number}"),
            day: 14_000 + i32::try_from(number).unwrap(),
            grade: 8,
            school: u32::from(number >= 50),
            section: Some(0),
        }
    }
}

impl District {
    pub(crate) fn new(students: u32) -> Self {
        let teacher = |number| (format!("T{number}"), format!("t{number}@x.org"));
        Self {
            students: (0..students).map(Pupil::new).collect(),
            teachers: (0..10).map(teacher).collect(),
        }
    }

    pub(crate) fn candidate(&self) -> Candidate {
        let mut builder = CandidateBuilder::new(HashKey::new([3; 32]), &MemorySpools).unwrap();
        for name in ["A", "B"] {
            let school = School {
                sis_id: name.into(),
                name: name.into(),
                ..School::default()
            };
            builder
                .push(Kind::School, &[name], &school.packed())
                .unwrap();
        }
        let mut schools = CandidateLists::default();
        let mut rosters = [vec![], vec![]];
        for (row, pupil) in (0..).zip(&self.students) {
            let mut student = Student {
                sis_id: pupil.id.as_str().into(),
                dob: Date::from_days(pupil.day),
                grade: Listed::Known(Grade::ALL[pupil.grade]),
                ..Student::default()
            };
            student.name.first = pupil.first.as_str().into();
            student.name.last = pupil.last.as_str().into();
            builder
                .push(Kind::Student, &[&pupil.id], &student.packed())
                .unwrap();
            schools.push([pupil.school]);
            if let Some(section) = pupil.section {
                rosters[section as usize].push(row);
            }
        }
        let mut same = CandidateLists::default();
        for pupil in &self.students {
            same.push([pupil.school]);
        }
        builder.set_lists(Relation::StudentSchool, schools);
        builder.set_lists(Relation::StudentSchools, same);
        let mut lists: [CandidateLists; 3] = Default::default();
        for (id, email) in &self.teachers {
            let mut teacher = Teacher {
                sis_id: id.as_str().into(),
                email: email.as_str().into(),
                ..Teacher::default()
            };
            teacher.name.last = "Last".into();
            let employee = Employee {
                teacher: Some(teacher),
                ..Employee::default()
            };
            builder
                .push(Kind::Employee, &[id, "", ""], &employee.packed())
                .unwrap();
            let [first, all, none] = &mut lists;
            first.push([0]);
            all.push([0]);
            none.push([]);
        }
        let relations = [
            Relation::TeacherSchool,
            Relation::TeacherSchools,
            Relation::StaffSchools,
        ];
        for (relation, list) in relations.into_iter().zip(lists) {
            builder.set_lists(relation, list);
        }
        let course = Course {
            name: "Algebra".into(),
            number: "M1".into(),
        };
        builder
            .push(Kind::Course, &["M1"], &course.packed())
            .unwrap();
        let mut lists: [CandidateLists; 5] = Default::default();
        for (number, roster) in rosters.into_iter().enumerate() {
            let section = Section {
                sis_id: format!("sec{number}").into(),
                ..Section::default()
            };
            let key = format!("sec{number}");
            builder
                .push(Kind::Section, &[&key], &section.packed())
                .unwrap();
            lists[0].push([0]);
            lists[1].push([0]);
            lists[2].push([]);
            lists[3].push((!self.teachers.is_empty()).then_some(0));
            lists[4].push(roster);
        }
        for (relation, list) in Relation::of(Kind::Section).zip(lists) {
            builder.set_lists(relation, list);
        }
        builder.finish().unwrap()
    }
}

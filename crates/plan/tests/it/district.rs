//! A small district as a source shares it, and the mirror of it.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use homeroom_model::{
    Contact, ContactLink, Course, Date, DistrictAdmin, Employee, Grade, Kind, Listed, Name,
    ObjectId, School, Section, Staff, Student, Teacher, Term, Timestamp,
};
use homeroom_segment::{
    Digest, Entry, ListsWriter, Located, Manifest, Noun, Relation, Snapshot, TableWriter,
    key_count, reverse, role_id_count,
};

/// Records by the number in their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct District {
    pub(crate) schools: BTreeMap<u16, String>,
    pub(crate) terms: BTreeMap<u16, String>,
    /// Numbers of courses.
    pub(crate) courses: BTreeMap<u16, String>,
    pub(crate) students: BTreeMap<u16, Pupil>,
    pub(crate) employees: BTreeMap<u16, Adult>,
    pub(crate) contacts: BTreeMap<u16, Guardian>,
    pub(crate) sections: BTreeMap<u16, Lesson>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pupil {
    pub(crate) sis_id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) grade: Option<Grade>,
    pub(crate) dob: Option<Date>,
    pub(crate) graduation_year: String,
    pub(crate) schools: BTreeSet<u16>,
}

/// An employee: each role with its id in the SIS and its schools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Adult {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) teacher: Option<(String, BTreeSet<u16>)>,
    pub(crate) staff: Option<(String, BTreeSet<u16>)>,
    pub(crate) admin: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guardian {
    pub(crate) sis_id: String,
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) pupils: BTreeSet<u16>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lesson {
    pub(crate) name: String,
    pub(crate) period: String,
    pub(crate) school: u16,
    pub(crate) course: Option<u16>,
    pub(crate) term: Option<u16>,
    pub(crate) teachers: Vec<u16>,
    pub(crate) students: BTreeSet<u16>,
}

/// The id of a record.
pub(crate) fn id(kind: Kind, number: u16) -> ObjectId {
    let mut bytes = [0; 12];
    bytes[0] = 0x50;
    bytes[9] = kind as u8 + 1;
    bytes[10..].copy_from_slice(&number.to_be_bytes());
    ObjectId::new(bytes)
}

/// The id of the tie of a contact and a student.
pub(crate) fn tie_id(contact: u16, pupil: u16) -> ObjectId {
    let mut bytes = [0; 12];
    bytes[0] = 0x60;
    bytes[8..10].copy_from_slice(&contact.to_be_bytes());
    bytes[10..].copy_from_slice(&pupil.to_be_bytes());
    ObjectId::new(bytes)
}

impl District {
    /// Two schools with three sections, some people in all roles.
    pub(crate) fn small() -> Self {
        let mut district = Self {
            schools: [(1, "North".into()), (2, "South".into())].into(),
            terms: [(1, "Fall".into())].into(),
            courses: [(1, "ALG1".into()), (2, "ENG6".into())].into(),
            ..Self::default()
        };
        for number in 1..=30 {
            district
                .students
                .insert(number, pupil(number, if number <= 20 { 1 } else { 2 }));
        }
        for number in 1..=4 {
            let school = if number <= 3 { 1 } else { 2 };
            district.employees.insert(number, teacher(number, school));
        }
        let lesson =
            |school, course, teacher: u16, students: std::ops::RangeInclusive<u16>| Lesson {
                name: format!("Class {teacher}"),
                period: teacher.to_string(),
                school,
                course: Some(course),
                term: Some(1),
                teachers: vec![teacher],
                students: students.collect(),
            };
        district.sections = [
            (1, lesson(1, 1, 1, 1..=10)),
            (2, lesson(1, 2, 2, 8..=20)),
            (3, lesson(2, 1, 4, 21..=30)),
        ]
        .into();
        district
    }

    /// The mirror of it. What leads nowhere is left out, as whoever builds a mirror does.
    pub(crate) fn mirror(&self) -> Snapshot {
        let mut parts = Parts::default();
        for (number, name) in &self.schools {
            let school = School {
                sis_id: format!("s{number}").into(),
                name: name.clone().into(),
                ..School::default()
            };
            parts.add(id(Kind::School, *number), &school);
        }
        for (number, name) in &self.terms {
            let term = Term {
                name: name.clone().into(),
                ..Term::default()
            };
            parts.add(id(Kind::Term, *number), &term);
        }
        for (number, course) in &self.courses {
            let course = Course {
                name: format!("Course {course}").into(),
                number: course.clone().into(),
            };
            parts.add(id(Kind::Course, *number), &course);
        }
        for (number, pupil) in &self.students {
            let row = parts.add(id(Kind::Student, *number), &pupil.noun());
            let schools = parts.rows(Kind::School, &pupil.schools);
            parts.relate(
                Relation::StudentSchool,
                row,
                &schools[..schools.len().min(1)],
            );
            parts.relate(Relation::StudentSchools, row, &schools);
        }
        for (number, adult) in &self.employees {
            let row = parts.add(id(Kind::Employee, *number), &adult.noun());
            let schools = |job: &Option<(String, BTreeSet<u16>)>| {
                let schools = job.iter().flat_map(|(_, schools)| schools);
                parts.rows(Kind::School, schools)
            };
            let (teaches, works) = (schools(&adult.teacher), schools(&adult.staff));
            parts.relate(
                Relation::TeacherSchool,
                row,
                &teaches[..teaches.len().min(1)],
            );
            parts.relate(Relation::TeacherSchools, row, &teaches);
            parts.relate(Relation::StaffSchools, row, &works);
        }
        for (number, guardian) in &self.contacts {
            let row = parts.add(id(Kind::Contact, *number), &guardian.noun());
            for pupil in &guardian.pupils {
                let Some(&[student]) = Some(&parts.rows(Kind::Student, [pupil])[..]) else {
                    continue;
                };
                let tie = parts.add(tie_id(*number, *pupil), &ContactLink::default());
                parts.relate(Relation::LinkContact, tie, &[row]);
                parts.relate(Relation::LinkStudent, tie, &[student]);
            }
        }
        for (number, lesson) in &self.sections {
            let noun = Section {
                sis_id: format!("c{number}").into(),
                name: lesson.name.clone().into(),
                period: lesson.period.clone().into(),
                ..Section::default()
            };
            let row = parts.add(id(Kind::Section, *number), &noun);
            let school = parts.rows(Kind::School, [&lesson.school]);
            let course = parts.rows(Kind::Course, &lesson.course);
            let term = parts.rows(Kind::Term, &lesson.term);
            let teachers = parts.rows(Kind::Employee, &lesson.teachers);
            let students = parts.rows(Kind::Student, &lesson.students);
            parts.relate(Relation::SectionSchool, row, &school);
            parts.relate(Relation::SectionCourse, row, &course);
            parts.relate(Relation::SectionTerm, row, &term);
            parts.relate(Relation::SectionTeachers, row, &teachers);
            parts.relate(Relation::SectionStudents, row, &students);
        }
        parts.snapshot()
    }
}

pub(crate) fn pupil(number: u16, school: u16) -> Pupil {
    Pupil {
        sis_id: format!("{number:05}"),
        name: format!("Pupil {number}"),
        email: format!("p{number}@x.org"),
        grade: Some(Grade::Ninth),
        dob: Date::new(2012, 3, 1),
        graduation_year: String::new(),
        schools: [school].into(),
    }
}

pub(crate) fn teacher(number: u16, school: u16) -> Adult {
    Adult {
        name: format!("Teacher {number}"),
        email: format!("t{number}@x.org"),
        teacher: Some((format!("T{number}"), [school].into())),
        ..Adult::default()
    }
}

fn name(last: &str) -> Name<'static> {
    Name {
        first: "Ana".into(),
        last: last.to_owned().into(),
        ..Name::default()
    }
}

impl Pupil {
    fn noun(&self) -> Student<'static> {
        Student {
            sis_id: self.sis_id.clone().into(),
            name: name(&self.name),
            email: self.email.clone().into(),
            grade: self.grade.map_or(Listed::Blank, Listed::Known),
            dob: self.dob,
            graduation_year: self.graduation_year.clone().into(),
            ..Student::default()
        }
    }
}

impl Adult {
    fn noun(&self) -> Employee<'static> {
        Employee {
            teacher: self.teacher.as_ref().map(|(sis_id, _)| Teacher {
                sis_id: sis_id.clone().into(),
                email: self.email.clone().into(),
                name: name(&self.name),
                ..Teacher::default()
            }),
            staff: self.staff.as_ref().map(|(staff_id, _)| Staff {
                staff_id: staff_id.clone().into(),
                email: self.email.clone().into(),
                name: name(&self.name),
                ..Staff::default()
            }),
            admin: self.admin.then(|| DistrictAdmin {
                email: self.email.clone().into(),
                name: name(&self.name),
                ..DistrictAdmin::default()
            }),
        }
    }
}

impl Guardian {
    fn noun(&self) -> Contact<'static> {
        Contact {
            sis_id: self.sis_id.clone().into(),
            name: self.name.clone().into(),
            phone: self.phone.clone().into(),
            ..Contact::default()
        }
    }
}

/// Tables and relations in the making.
#[derive(Default)]
struct Parts {
    rows: BTreeMap<Kind, Vec<(ObjectId, Vec<u8>)>>,
    lists: BTreeMap<Relation, BTreeMap<u32, Vec<u32>>>,
}

impl Parts {
    fn add<'a, N: Noun<'a>>(&mut self, id: ObjectId, noun: &N) -> u32 {
        let rows = self.rows.entry(N::KIND).or_default();
        rows.push((id, noun.packed()));
        u32::try_from(rows.len() - 1).unwrap()
    }

    /// The rows of the numbers that are there, in the order given.
    fn rows<'n>(&self, kind: Kind, numbers: impl IntoIterator<Item = &'n u16>) -> Vec<u32> {
        let there = self.rows.get(&kind).map_or(&[][..], Vec::as_slice);
        let row = |number: &u16| {
            let place = there
                .iter()
                .position(|(there, _)| *there == id(kind, *number));
            place.map(|place| u32::try_from(place).unwrap())
        };
        numbers.into_iter().filter_map(row).collect()
    }

    fn relate(&mut self, relation: Relation, row: u32, targets: &[u32]) {
        self.lists
            .entry(relation)
            .or_default()
            .insert(row, targets.to_vec());
    }

    fn snapshot(&self) -> Snapshot {
        let mut objects: BTreeMap<String, Bytes> = BTreeMap::new();
        let count = |kind: Kind| u32::try_from(self.rows.get(&kind).map_or(0, Vec::len)).unwrap();
        for kind in Kind::ALL {
            let mut writer = TableWriter::new(kind, Vec::new()).unwrap();
            for (id, row) in self.rows.get(&kind).into_iter().flatten() {
                let entry = Entry {
                    id: *id,
                    role_ids: &[*id; 3][..role_id_count(kind)],
                    keys: &[[1; 16]; 3][..key_count(kind)],
                    created: Timestamp::from_millis(0),
                    modified: Timestamp::from_millis(0),
                    hash: [0; 16],
                    row,
                };
                writer.push(&entry).unwrap();
            }
            objects.insert(kind.table().to_owned(), writer.finish().unwrap().into());
        }
        for relation in Relation::ALL {
            let lists = self.lists.get(&relation);
            let list = |row: u32| {
                lists
                    .and_then(|lists| lists.get(&row))
                    .map_or(&[][..], Vec::as_slice)
            };
            let rows = 0..count(relation.from());
            let mut forward = ListsWriter::new(Vec::new()).unwrap();
            for row in rows.clone() {
                forward.push(list(row)).unwrap();
            }
            let each = |call: &mut dyn FnMut(u32, &[u32])| {
                rows.clone().for_each(|row| call(row, list(row)));
            };
            let back = reverse(count(relation.to()), each, Vec::new()).unwrap();
            objects.insert(relation.name().to_owned(), forward.finish().unwrap().into());
            objects.insert(format!("{}.back", relation.name()), back.into());
        }
        let located = objects.iter().map(|(name, bytes)| {
            let located = Located {
                object: Digest::of(bytes),
                offset: 0,
                length: bytes.len() as u64,
            };
            (name.clone(), located)
        });
        let manifest = Manifest {
            format: Manifest::FORMAT,
            number: 1,
            parts: located.collect(),
        };
        Snapshot::open(&manifest, |name, _| Ok(objects[name].clone())).unwrap()
    }
}

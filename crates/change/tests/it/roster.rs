//! Small rosters of numbers, and the candidates they make. References that lead nowhere are dropped, as derive does.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{
    Contact, ContactLink, ContactType, Course, Date, DistrictAdmin, Employee, Kind, Listed,
    Resource, School, Section, Staff, Student, Teacher, Term, Text,
};
use homeroom_segment::{
    Candidate, CandidateBuilder, CandidateLists, HashKey, MemorySpools, Noun, Relation,
};
use proptest::prelude::*;

/// A district's roster. Keys are SIS ids; values are what can change about the record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roster {
    pub(crate) schools: BTreeMap<u8, u8>,
    pub(crate) students: BTreeMap<u8, Pupil>,
    /// By role (0 teacher, 1 staff, 2 district admin) and SIS id.
    pub(crate) roles: BTreeMap<(usize, u8), Job>,
    /// Contacts by key, with a telephone.
    pub(crate) contacts: BTreeMap<u8, u8>,
    /// By contact and student, with the kind of the tie.
    pub(crate) links: BTreeMap<(u8, u8), u8>,
    /// Names of courses.
    pub(crate) courses: BTreeMap<u8, u8>,
    pub(crate) sections: BTreeMap<u8, Lesson>,
    /// Titles, and courses they are attached to.
    pub(crate) resources: BTreeMap<u8, (u8, BTreeSet<u8>)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Pupil {
    pub(crate) name: u8,
    pub(crate) schools: BTreeSet<u8>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Job {
    /// 0 for none.
    pub(crate) email: u8,
    pub(crate) name: u8,
    pub(crate) schools: BTreeSet<u8>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Lesson {
    pub(crate) name: u8,
    pub(crate) school: u8,
    pub(crate) course: Option<u8>,
    pub(crate) term: Option<u8>,
    pub(crate) teachers: Vec<u8>,
    pub(crate) students: BTreeSet<u8>,
}

/// A spread-out number for each id, so that rows can stand in many orders; with 0 ids stand ascending.
fn place(order: u64, id: u64) -> u64 {
    (id + order).wrapping_mul(0x9e37_79b9_7f4a_7c15 & order.wrapping_neg() | 1)
}

/// The ids in the order of rows, and the row of each id.
struct Order<K> {
    ids: Vec<K>,
    rows: BTreeMap<K, u32>,
}

impl<K: Ord + Clone> Order<K> {
    fn new(ids: impl Iterator<Item = K>, order: u64) -> Self {
        let mut ids: Vec<_> = (0..).zip(ids).collect();
        ids.sort_by_key(|(number, _)| place(order, *number));
        let ids: Vec<_> = ids.into_iter().map(|(_, id)| id).collect();
        let rows = ids.iter().cloned().zip(0..).collect();
        Self { ids, rows }
    }

    fn rows<'a>(&'a self, ids: impl IntoIterator<Item = &'a K>) -> Vec<u32> {
        let rows = ids.into_iter().filter_map(|id| self.rows.get(id));
        rows.copied().collect()
    }
}

impl Roster {
    /// The candidate, its rows in the order that `order` says: equal rosters differ in nothing else.
    pub(crate) fn candidate(&self, order: u64) -> Candidate {
        let mut builder = CandidateBuilder::new(HashKey::new([3; 32]), &MemorySpools).unwrap();
        let schools = Order::new(self.schools.keys().copied(), order);
        for id in &schools.ids {
            let school = School {
                sis_id: text("school", *id),
                name: text("name", self.schools[id]),
                ..School::default()
            };
            push(&mut builder, &[&school.sis_id], &school);
        }
        let students = self.push_students(&mut builder, &schools, order);
        let people = self.push_employees(&mut builder, &schools, order);
        self.push_contacts(&mut builder, &students, order);
        self.push_sections(&mut builder, (&schools, &students, &people), order);
        builder.finish().unwrap()
    }

    fn push_students(
        &self,
        builder: &mut CandidateBuilder,
        schools: &Order<u8>,
        order: u64,
    ) -> Order<u8> {
        let known = |id: &u8| {
            self.students[id]
                .schools
                .iter()
                .any(|s| schools.rows.contains_key(s))
        };
        let students = Order::new(self.students.keys().copied().filter(known), order);
        let (mut first, mut all) = (CandidateLists::default(), CandidateLists::default());
        for id in &students.ids {
            let pupil = &self.students[id];
            let mut student = Student {
                sis_id: text("student", *id),
                ..Student::default()
            };
            student.name.last = text("name", pupil.name);
            push(builder, &[&student.sis_id], &student);
            let rows = schools.rows(&pupil.schools);
            first.push(rows.first().copied());
            // In whatever order the file has them, and as often: the snapshot sorts.
            all.push(rows.iter().rev().chain(rows.first()).copied());
        }
        builder.set_lists(Relation::StudentSchool, first);
        builder.set_lists(Relation::StudentSchools, all);
        students
    }

    /// Clusters of roles: by equal email, unless two roles of one kind share it.
    fn clusters(&self) -> Vec<Vec<(usize, u8)>> {
        let mut by_email: BTreeMap<u8, Vec<(usize, u8)>> = BTreeMap::new();
        let mut clusters = Vec::new();
        for (id, job) in &self.roles {
            match job.email {
                0 => clusters.push(vec![*id]),
                email => by_email.entry(email).or_default().push(*id),
            }
        }
        for cluster in by_email.into_values() {
            let roles: BTreeSet<_> = cluster.iter().map(|(role, _)| role).collect();
            if roles.len() == cluster.len() {
                clusters.push(cluster);
            } else {
                clusters.extend(cluster.into_iter().map(|id| vec![id]));
            }
        }
        clusters.sort();
        clusters
    }

    fn push_employees(
        &self,
        builder: &mut CandidateBuilder,
        schools: &Order<u8>,
        order: u64,
    ) -> BTreeMap<u8, u32> {
        let clusters = Order::new(self.clusters().into_iter(), order);
        let mut teachers = BTreeMap::new();
        let mut lists: [CandidateLists; 3] = Default::default();
        for (row, cluster) in (0..).zip(&clusters.ids) {
            let mut employee = Employee::default();
            let mut keys: [Text<'_>; 3] = Default::default();
            let [mut main_school, mut teaches_at, mut works_at] = [vec![], vec![], vec![]];
            for (role, id) in cluster {
                let job = &self.roles[&(*role, *id)];
                let rows = schools.rows(&job.schools);
                keys[*role] = text(["teacher", "staff", "admin"][*role], *id);
                match role {
                    0 => {
                        teachers.insert(*id, row);
                        let mut teacher = Teacher {
                            sis_id: keys[0].clone(),
                            email: text("email", job.email),
                            ..Teacher::default()
                        };
                        teacher.name.last = text("name", job.name);
                        employee.teacher = Some(teacher);
                        main_school.extend(rows.first());
                        teaches_at.extend(rows);
                    }
                    1 => {
                        let mut staff = Staff {
                            staff_id: keys[1].clone(),
                            email: text("email", job.email),
                            ..Staff::default()
                        };
                        staff.name.last = text("name", job.name);
                        employee.staff = Some(staff);
                        works_at.extend(rows);
                    }
                    _ => {
                        let mut admin = DistrictAdmin {
                            key: keys[2].clone(),
                            email: text("email", job.email),
                            ..DistrictAdmin::default()
                        };
                        admin.name.last = text("name", job.name);
                        employee.admin = Some(admin);
                    }
                }
            }
            push(builder, &[&keys[0], &keys[1], &keys[2]], &employee);
            for (list, rows) in lists.iter_mut().zip([main_school, teaches_at, works_at]) {
                list.push(rows);
            }
        }
        let relations = [
            Relation::TeacherSchool,
            Relation::TeacherSchools,
            Relation::StaffSchools,
        ];
        for (relation, list) in relations.into_iter().zip(lists) {
            builder.set_lists(relation, list);
        }
        teachers
    }

    fn push_contacts(&self, builder: &mut CandidateBuilder, students: &Order<u8>, order: u64) {
        let known = |(contact, student): &(u8, u8)| {
            self.contacts.contains_key(contact) && students.rows.contains_key(student)
        };
        let links = Order::new(self.links.keys().copied().filter(known), order);
        let linked: BTreeSet<_> = links.ids.iter().map(|(contact, _)| *contact).collect();
        let contacts = Order::new(linked.into_iter(), order);
        for id in &contacts.ids {
            let contact = Contact {
                sis_id: text("contact", *id),
                name: "Somebody".into(),
                phone: text("555", self.contacts[id]),
                ..Contact::default()
            };
            push(builder, &[&contact.key(&ContactLink::default())], &contact);
        }
        let (mut to_contact, mut to_student) =
            (CandidateLists::default(), CandidateLists::default());
        for (contact, student) in &links.ids {
            let kinds = [
                ContactType::Primary,
                ContactType::Emergency,
                ContactType::Family,
            ];
            let kind = kinds[usize::from(self.links[&(*contact, *student)]) % kinds.len()];
            let link = ContactLink {
                kind: Listed::Known(kind),
                ..ContactLink::default()
            };
            push(builder, &[&format!("{contact}\u{1f}{student}")], &link);
            to_contact.push(contacts.rows([contact]));
            to_student.push(students.rows([student]));
        }
        builder.set_lists(Relation::LinkContact, to_contact);
        builder.set_lists(Relation::LinkStudent, to_student);
    }

    fn push_sections(
        &self,
        builder: &mut CandidateBuilder,
        (schools, students, people): (&Order<u8>, &Order<u8>, &BTreeMap<u8, u32>),
        order: u64,
    ) {
        let known = |id: &u8| schools.rows.contains_key(&self.sections[id].school);
        let sections = Order::new(self.sections.keys().copied().filter(known), order);
        let used = |pick: fn(&Lesson) -> Option<u8>| {
            let used = sections
                .ids
                .iter()
                .filter_map(move |id| pick(&self.sections[id]));
            Order::new(used.collect::<BTreeSet<_>>().into_iter(), order)
        };
        let (courses, terms) = (used(|lesson| lesson.course), used(|lesson| lesson.term));
        for id in &courses.ids {
            let course = Course {
                name: text("name", self.courses.get(id).copied().unwrap_or(0)),
                number: text("course", *id),
            };
            push(builder, &[&course.key()], &course);
        }
        for id in &terms.ids {
            let term = Term {
                name: text("term", *id),
                start: Date::new(2026, 8, 20),
                end: None,
            };
            push(builder, &[&term.key()], &term);
        }
        let mut lists: [CandidateLists; 5] = Default::default();
        for id in &sections.ids {
            let lesson = &self.sections[id];
            let section = Section {
                sis_id: text("section", *id),
                name: text("name", lesson.name),
                ..Section::default()
            };
            push(builder, &[&section.sis_id], &section);
            let teachers = lesson.teachers.iter().filter_map(|id| people.get(id));
            let mut once = BTreeSet::new();
            lists[0].push(schools.rows([&lesson.school]));
            lists[1].push(courses.rows(&lesson.course));
            lists[2].push(terms.rows(&lesson.term));
            lists[3].push(teachers.copied().filter(|row| once.insert(*row)));
            lists[4].push(students.rows(&lesson.students));
        }
        for (relation, list) in Relation::of(Kind::Section).zip(lists) {
            builder.set_lists(relation, list);
        }
        let resources = Order::new(self.resources.keys().copied(), order);
        let mut attached = CandidateLists::default();
        for id in &resources.ids {
            let (title, to) = &self.resources[id];
            let resource = Resource {
                resource_id: text("resource", *id),
                title: text("title", *title),
                roles: Vec::new(),
            };
            push(builder, &[&resource.resource_id], &resource);
            attached.push(courses.rows(to));
        }
        builder.set_lists(Relation::ResourceCourses, attached);
    }
}

fn text(what: &str, number: u8) -> Text<'static> {
    Text::Owned(format!("{what} {number}"))
}

fn push<'a, N: Noun<'a>>(builder: &mut CandidateBuilder, keys: &[&str], noun: &N) {
    builder.push(N::KIND, keys, &noun.packed()).unwrap();
}

/// Rosters so small that two of them have much in common.
pub(crate) fn rosters() -> impl Strategy<Value = Roster> {
    let some = || prop::collection::btree_set(0..4_u8, 0..3);
    let map = |size: usize| prop::collection::btree_map(0..5_u8, 0..3_u8, 0..size);
    let pupils = prop::collection::btree_map(
        0..5_u8,
        (0..2_u8, some()).prop_map(|(name, schools)| Pupil { name, schools }),
        0..6,
    );
    let job = (0..4_u8, 0..2_u8, some()).prop_map(|(email, name, schools)| Job {
        email,
        name,
        schools,
    });
    let jobs = prop::collection::btree_map((0..3_usize, 0..3_u8), job, 0..7);
    let links = prop::collection::btree_map((0..5_u8, 0..5_u8), 0..3_u8, 0..6);
    let lesson = (
        (0..2_u8, 0..4_u8),
        prop::option::of(0..3_u8),
        prop::option::of(0..3_u8),
        prop::collection::vec(0..3_u8, 0..3),
        prop::collection::btree_set(0..5_u8, 0..5),
    );
    let lesson = lesson.prop_map(
        |((name, school), course, term, teachers, students)| Lesson {
            name,
            school,
            course,
            term,
            teachers,
            students,
        },
    );
    let lessons = prop::collection::btree_map(0..5_u8, lesson, 0..6);
    let resources = prop::collection::btree_map(0..3_u8, (0..2_u8, some()), 0..3);
    let all = (
        (map(5), pupils, jobs, map(6)),
        (links, map(4), lessons, resources),
    );
    all.prop_map(|((schools, students, roles, contacts), rest)| {
        let (links, courses, sections, resources) = rest;
        Roster {
            schools,
            students,
            roles,
            contacts,
            links,
            courses,
            sections,
            resources,
        }
    })
}

//! Arbitrary rosters, and views of them whose scopes are arbitrary too.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{
    Allow, Contact, ContactLink, Course, DistrictAdmin, Employee, Kind, ObjectId, Resource,
    ResourceRole, Role, School, Scope, Section, Staff, Student, Teacher, Term,
};
use homeroom_segment::Relation;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use crate::roster::{Roster, Shared};

/// How a roster is built: numbers of records, and indices that are cut down to them.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    schools: usize,
    courses: usize,
    terms: usize,
    students: Vec<(Index, Vec<Index>)>,
    employees: Vec<(u8, Index, Vec<Index>, Vec<Index>)>,
    /// By how much the ids of roles are shifted from those of their users: in another plan they are other users' roles.
    shift: usize,
    contacts: usize,
    links: Vec<(Index, Index)>,
    sections: Vec<SectionPlan>,
    resources: Vec<(u8, Vec<Index>)>,
    pub(crate) hidden_rows: Vec<(usize, Index)>,
    pub(crate) hidden_roles: Vec<Role>,
}

#[derive(Clone, Debug)]
struct SectionPlan {
    school: Index,
    course: Option<Index>,
    term: Option<Index>,
    teachers: Vec<Index>,
    students: Vec<Index>,
}

fn some(most: usize) -> impl Strategy<Value = Vec<Index>> {
    vec(any::<Index>(), 0..=most)
}

fn section() -> impl Strategy<Value = SectionPlan> {
    let index = any::<Index>;
    (
        index(),
        prop::option::weighted(0.7, index()),
        prop::option::weighted(0.7, index()),
        some(3),
        some(6),
    )
        .prop_map(|(school, course, term, teachers, students)| SectionPlan {
            school,
            course,
            term,
            teachers,
            students,
        })
}

pub(crate) fn plan() -> impl Strategy<Value = Plan> {
    let people = (
        vec((any::<Index>(), some(2)), 0..8),
        (
            vec((1u8..8, any::<Index>(), some(2), some(2)), 0..6),
            0usize..3,
        ),
        1usize..5,
        vec((any::<Index>(), any::<Index>()), 0..8),
    );
    let classes = (
        1usize..4,
        1usize..4,
        1usize..3,
        vec(section(), 0..8),
        vec((0u8..4, some(2)), 0..4),
    );
    let view = (
        vec((0usize..9, any::<Index>()), 0..8),
        prop_oneof![
            2 => Just(Vec::new()),
            1 => subsequence(Role::ALL.to_vec(), 1..3),
        ],
    );
    (people, classes, view).prop_map(
        |(
            (students, (employees, shift), contacts, links),
            (schools, courses, terms, sections, resources),
            (hidden_rows, hidden_roles),
        )| Plan {
            schools,
            courses,
            terms,
            students,
            employees,
            shift,
            contacts,
            links,
            sections,
            resources,
            hidden_rows,
            hidden_roles,
        },
    )
}

/// Ids by kind and row; role ids lie in a range of their own.
fn number(kind: u8, row: usize) -> ObjectId {
    let mut bytes = [0x5f; 12];
    bytes[10] = kind;
    bytes[11] = u8::try_from(row).unwrap();
    ObjectId::new(bytes)
}

fn rows(indices: &[Index], len: usize) -> Vec<u32> {
    if len == 0 {
        return Vec::new();
    }
    let rows: BTreeSet<_> = indices.iter().map(|index| index.index(len)).collect();
    rows.into_iter()
        .map(|row| u32::try_from(row).unwrap())
        .collect()
}

fn row(index: Index, len: usize) -> u32 {
    u32::try_from(index.index(len)).unwrap()
}

/// Schools of somebody: those given and the primary one.
fn with_primary(mut schools: Vec<u32>, primary: u32) -> Vec<u32> {
    schools.push(primary);
    schools.sort_unstable();
    schools.dedup();
    schools
}

pub(crate) fn build(plan: &Plan) -> Shared {
    let mut roster = Roster::default();
    for at in 0..plan.schools {
        // SIS ids descend, so that "the smallest SIS id" is not "the first row".
        let school = School {
            sis_id: format!("{}", 90 - at).into(),
            ..School::default()
        };
        roster.add(number(1, at), &[], &school);
    }
    for at in 0..plan.courses {
        roster.add(number(2, at), &[], &Course::default());
    }
    for at in 0..plan.terms {
        roster.add(number(3, at), &[], &Term::default());
    }
    add_people(plan, &mut roster);
    add_sections(plan, &mut roster);
    let mut scope = Scope::default();
    let mut hidden: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
    for (kind, index) in &plan.hidden_rows {
        let rows = roster.len(Kind::ALL[*kind]) as usize;
        if rows > 0 {
            hidden.entry(*kind).or_default().insert(row(*index, rows));
        }
    }
    for (kind, hidden) in hidden {
        let kind = Kind::ALL[kind];
        let shown = (0..roster.len(kind)).filter(|row| !hidden.contains(row));
        scope = scope.with(kind, Allow::Only(shown.collect()));
    }
    let mut shared = Shared::new(&roster, scope);
    for role in &plan.hidden_roles {
        shared.mask.roles = shared.mask.roles.without(*role);
    }
    shared
}

fn add_people(plan: &Plan, roster: &mut Roster) {
    for (at, (primary, schools)) in plan.students.iter().enumerate() {
        let student = roster.add(number(4, at), &[], &Student::default());
        let primary = row(*primary, plan.schools);
        let schools = with_primary(rows(schools, plan.schools), primary);
        roster.relate(Relation::StudentSchool, student, &[primary]);
        roster.relate(Relation::StudentSchools, student, &schools);
    }
    for (at, (roles, primary, taught, worked)) in plan.employees.iter().enumerate() {
        let has = |bit: u8| roles & bit != 0;
        let employee = Employee {
            teacher: has(1).then(Teacher::default),
            staff: has(2).then(Staff::default),
            admin: has(4).then(DistrictAdmin::default),
        };
        let none = ObjectId::default();
        let ids = [(1, 11), (2, 12), (4, 13)].map(|(bit, kind)| {
            if has(bit) {
                number(kind, at + plan.shift)
            } else {
                none
            }
        });
        let employee = roster.add(number(5, at), &ids, &employee);
        if has(1) {
            let primary = row(*primary, plan.schools);
            let schools = with_primary(rows(taught, plan.schools), primary);
            roster.relate(Relation::TeacherSchool, employee, &[primary]);
            roster.relate(Relation::TeacherSchools, employee, &schools);
        }
        if has(2) {
            let schools = rows(worked, plan.schools);
            roster.relate(Relation::StaffSchools, employee, &schools);
        }
    }
    for at in 0..plan.contacts {
        roster.add(number(6, at), &[number(14, at)], &Contact::default());
    }
    if !plan.students.is_empty() {
        for (at, (contact, student)) in plan.links.iter().enumerate() {
            let link = roster.add(number(7, at), &[], &ContactLink::default());
            roster.relate(Relation::LinkContact, link, &[row(*contact, plan.contacts)]);
            roster.relate(
                Relation::LinkStudent,
                link,
                &[row(*student, plan.students.len())],
            );
        }
    }
}

fn add_sections(plan: &Plan, roster: &mut Roster) {
    let teachers: Vec<_> = (0..plan.employees.len())
        .filter(|at| plan.employees[*at].0 & 1 != 0)
        .collect();
    for (at, planned) in plan.sections.iter().enumerate() {
        let section = roster.add(number(8, at), &[], &Section::default());
        roster.relate(
            Relation::SectionSchool,
            section,
            &[row(planned.school, plan.schools)],
        );
        if let Some(course) = planned.course {
            roster.relate(
                Relation::SectionCourse,
                section,
                &[row(course, plan.courses)],
            );
        }
        if let Some(term) = planned.term {
            roster.relate(Relation::SectionTerm, section, &[row(term, plan.terms)]);
        }
        let mut taught = Vec::new();
        for index in planned.teachers.iter().filter(|_| !teachers.is_empty()) {
            let teacher = u32::try_from(teachers[index.index(teachers.len())]).unwrap();
            if !taught.contains(&teacher) {
                taught.push(teacher);
            }
        }
        roster.relate(Relation::SectionTeachers, section, &taught);
        let enrolled = rows(&planned.students, plan.students.len());
        roster.relate(Relation::SectionStudents, section, &enrolled);
    }
    for (at, (bits, courses)) in plan.resources.iter().enumerate() {
        let roles = [(1, ResourceRole::Teacher), (2, ResourceRole::Student)];
        let roles = roles.into_iter().filter(|(bit, _)| bits & bit != 0);
        let resource = Resource {
            roles: roles.map(|(_, role)| role).collect(),
            ..Resource::default()
        };
        let resource = roster.add(number(9, at), &[], &resource);
        roster.relate(
            Relation::ResourceCourses,
            resource,
            &rows(courses, plan.courses),
        );
    }
}

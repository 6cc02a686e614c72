//! Which records a path of versions 3.x means: people by their own ids, in whatever roles they have.

use std::borrow::Cow;

use homeroom_model::{Kind, Role};
use homeroom_segment::{Relation, View, fields};
use roaring::RoaringBitmap;

use super::Place;
use crate::page::Run;
use crate::people::{EMPLOYEE_ROLES, primary_school, with_primary_school};
use crate::request::Request;
use crate::routes::Object;

/// Everybody, or everybody in a role.
pub(super) fn people(view: View<'_>, role: Option<Role>) -> Vec<Run<'_>> {
    let wanted = |candidate: Role| {
        view.mask.shows_role(candidate) && role.is_none_or(|role| role == candidate)
    };
    let mut runs = Vec::with_capacity(3);
    if wanted(Role::Student) {
        runs.push(Run::table(view, Kind::Student));
    }
    let roles: Vec<_> = EMPLOYEE_ROLES
        .into_iter()
        .filter(|role| wanted(*role))
        .collect();
    match *roles {
        [] => {}
        [role] => {
            let employees = Cow::Borrowed(view.snapshot.employees_with(role));
            runs.push(Run::set(view, Kind::Employee, employees));
        }
        _ if roles.len() == EMPLOYEE_ROLES.len() => runs.push(Run::table(view, Kind::Employee)),
        _ => {
            let employees = roles.iter().fold(RoaringBitmap::new(), |all, role| {
                all | view.snapshot.employees_with(*role)
            });
            runs.push(Run::set(view, Kind::Employee, Cow::Owned(employees)));
        }
    }
    if wanted(Role::Contact) {
        runs.push(Run::table(view, Kind::Contact));
    }
    runs
}

/// The records in relation to one.
pub(super) fn related<'a>(view: View<'a>, request: &Request, from: Place) -> Vec<Run<'a>> {
    let Place::Row(kind, row) = from else {
        return Vec::new();
    };
    let from = Origin { view, kind, row };
    match (request.route.of, request.route.gives) {
        (Object::User, Object::User) => from.acquainted(request.route.only),
        (_, Object::User) => from.users(request.role, request.primary),
        (_, Object::Section) => from.sections_run(),
        (_, Object::Resource) => vec![from.gather(Kind::Resource, from.resources())],
        (Object::Resource, Object::Course) => {
            let courses = view.snapshot.lists(Relation::ResourceCourses).get(row);
            vec![Run::listed(view, Kind::Course, courses)]
        }
        (_, Object::Course) => from.through_sections(Relation::SectionCourse),
        (_, Object::Term) => from.through_sections(Relation::SectionTerm),
        (Object::User, Object::School) => {
            vec![from.gather(Kind::School, from.schools_of_person(request.primary))]
        }
        (_, Object::School) => from.through_sections(Relation::SectionSchool),
        _ => Vec::new(),
    }
}

/// A record that relations start from.
struct Origin<'a> {
    view: View<'a>,
    kind: Kind,
    row: u32,
}

impl<'a> Origin<'a> {
    fn gather(&self, kind: Kind, rows: Vec<u32>) -> Run<'a> {
        Run::gathered(self.view, kind, rows)
    }

    /// Those of some rows that the view shows.
    fn shown(&self, kind: Kind, rows: &'a [u32]) -> impl Iterator<Item = u32> + use<'a> {
        let view = self.view;
        rows.iter()
            .copied()
            .filter(move |row| view.shows(kind, *row))
    }

    fn list(&self, relation: Relation, row: u32) -> &'a [u32] {
        self.view.snapshot.lists(relation).get(row)
    }

    fn back(&self, relation: Relation, row: u32) -> &'a [u32] {
        self.view.snapshot.back(relation).get(row)
    }

    /// The sections of a school, course, term or person, shown or not.
    fn sections(&self) -> &'a [u32] {
        let relation = match self.kind {
            Kind::School => Relation::SectionSchool,
            Kind::Course => Relation::SectionCourse,
            Kind::Term => Relation::SectionTerm,
            Kind::Student => Relation::SectionStudents,
            Kind::Employee if self.view.mask.shows_role(Role::Teacher) => Relation::SectionTeachers,
            _ => return &[],
        };
        self.back(relation, self.row)
    }

    fn sections_run(&self) -> Vec<Run<'a>> {
        vec![match self.kind {
            Kind::Resource => self.gather(Kind::Section, self.sections_of_resource()),
            _ => Run::listed(self.view, Kind::Section, self.sections()),
        }]
    }

    /// What the shown sections of a record point at.
    fn through_sections(&self, relation: Relation) -> Vec<Run<'a>> {
        let rows = self
            .shown(Kind::Section, self.sections())
            .flat_map(|section| self.list(relation, section))
            .copied()
            .collect();
        vec![self.gather(relation.to(), rows)]
    }

    /// Sections of the courses a resource is attached to.
    fn sections_of_resource(&self) -> Vec<u32> {
        self.shown(Kind::Course, self.list(Relation::ResourceCourses, self.row))
            .flat_map(|course| {
                self.shown(Kind::Section, self.back(Relation::SectionCourse, course))
            })
            .collect()
    }

    /// Resources of a course, of a section's course, or of the courses of a person's sections. People get those that are
    /// for their role.
    fn resources(&self) -> Vec<u32> {
        let of_course = |course: u32| self.back(Relation::ResourceCourses, course).iter().copied();
        let of_section = |section: u32| {
            self.shown(Kind::Course, self.list(Relation::SectionCourse, section))
                .flat_map(of_course)
        };
        let role = match self.kind {
            Kind::Course => return of_course(self.row).collect(),
            Kind::Section => return of_section(self.row).collect(),
            Kind::Student => Role::Student,
            _ => Role::Teacher,
        };
        self.shown(Kind::Section, self.sections())
            .flat_map(of_section)
            .filter(|resource| self.is_for(*resource, role))
            .collect()
    }

    /// Whether a resource is for a role; one that names no role is for everybody in class (our choice).
    fn is_for(&self, resource: u32, role: Role) -> bool {
        let table = self.view.snapshot.table(Kind::Resource);
        let bits = table.row(resource).code(fields::resource::ROLES);
        let bit = if role == Role::Teacher { 1 } else { 2 };
        bits == 0 || bits & bit != 0
    }

    /// The users of a school, section or resource.
    fn users(&self, role: Option<Role>, primary: bool) -> Vec<Run<'a>> {
        let wanted = |candidate: Role| {
            self.view.mask.shows_role(candidate)
                && role.is_none_or(|role| role == candidate)
                && (self.kind != Kind::Resource || self.is_for(self.row, candidate))
        };
        let mut runs = Vec::with_capacity(2);
        if wanted(Role::Student) {
            runs.push(self.students(primary));
        }
        if self.kind == Kind::Resource {
            if wanted(Role::Teacher) {
                let rows = self.in_sections(Relation::SectionTeachers);
                runs.push(Run::set(self.view, Kind::Employee, Cow::Owned(rows)));
            }
            return runs;
        }
        let mut employees = Vec::new();
        if wanted(Role::Teacher) {
            employees.extend(self.teachers(primary));
        }
        if self.kind == Kind::School && wanted(Role::Staff) && !primary {
            employees.extend_from_slice(self.back(Relation::StaffSchools, self.row));
        }
        runs.push(self.gather(Kind::Employee, employees));
        runs
    }

    fn students(&self, primary: bool) -> Run<'a> {
        let listed = match self.kind {
            Kind::Section => self.list(Relation::SectionStudents, self.row),
            Kind::School if !primary => self.back(Relation::StudentSchools, self.row),
            Kind::School => {
                let rows = with_primary_school(self.view, Kind::Student, self.row);
                return self.gather(Kind::Student, rows);
            }
            _ => {
                let rows = self.in_sections(Relation::SectionStudents);
                return Run::set(self.view, Kind::Student, Cow::Owned(rows));
            }
        };
        Run::listed(self.view, Kind::Student, listed)
    }

    fn teachers(&self, primary: bool) -> Vec<u32> {
        match self.kind {
            Kind::Section => self.list(Relation::SectionTeachers, self.row).to_vec(),
            Kind::School if !primary => self.back(Relation::TeacherSchools, self.row).to_vec(),
            Kind::School => with_primary_school(self.view, Kind::Employee, self.row),
            _ => Vec::new(),
        }
    }

    /// People in the sections of a resource: often a large part of the district, so they are kept as a set, which costs a
    /// bit each and is neither sorted nor copied for a page.
    fn in_sections(&self, relation: Relation) -> RoaringBitmap {
        let sections: RoaringBitmap = self.sections_of_resource().into_iter().collect();
        let mut people = RoaringBitmap::new();
        for section in &sections {
            // The rows of a list ascend.
            people.extend(self.list(relation, section));
        }
        people
    }

    /// People in a role that somebody has to do with (clever-api 4.2): a teacher's or contact's students, a student's
    /// teachers, a student's contacts. Nobody where the role does not fit.
    fn acquainted(&self, role: Option<Role>) -> Vec<Run<'a>> {
        let Some(role) = role.filter(|role| self.view.mask.shows_role(*role)) else {
            return Vec::new();
        };
        match (self.kind, role) {
            (Kind::Employee, Role::Student) => self.through_sections(Relation::SectionStudents),
            (Kind::Student, Role::Teacher) => self.through_sections(Relation::SectionTeachers),
            (Kind::Contact, Role::Student) => {
                self.through_links(Relation::LinkContact, Relation::LinkStudent)
            }
            (Kind::Student, Role::Contact) => {
                self.through_links(Relation::LinkStudent, Relation::LinkContact)
            }
            _ => Vec::new(),
        }
    }

    fn through_links(&self, here: Relation, there: Relation) -> Vec<Run<'a>> {
        let rows = self
            .shown(Kind::ContactLink, self.back(here, self.row))
            .flat_map(|link| self.list(there, link))
            .copied()
            .collect();
        vec![self.gather(there.to(), rows)]
    }

    /// The schools of a person; with `primary` only the primary one.
    fn schools_of_person(&self, primary: bool) -> Vec<u32> {
        let shows = |role| self.view.mask.shows_role(role);
        if primary {
            let has_one = self.kind != Kind::Employee || shows(Role::Teacher);
            let school = primary_school(self.view, self.kind, self.row);
            return school.filter(|_| has_one).into_iter().collect();
        }
        let relations: &[(Relation, Role)] = match self.kind {
            Kind::Student => &[(Relation::StudentSchools, Role::Student)],
            Kind::Employee => &[
                (Relation::TeacherSchools, Role::Teacher),
                (Relation::StaffSchools, Role::Staff),
            ],
            _ => &[],
        };
        let relations = relations.iter().filter(|(_, role)| shows(*role));
        relations
            .flat_map(|(relation, _)| self.list(*relation, self.row))
            .copied()
            .collect()
    }
}

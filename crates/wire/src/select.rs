//! Which records a path means: the object it names, and what stands in relation to it. Every step goes through the view,
//! so nothing outside its scope is even passed through.

mod records;

use std::borrow::Cow;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::{Relation, View, fields};
use roaring::RoaringBitmap;

use crate::family3;
use crate::page::Run;
use crate::people::{
    EMPLOYEE_ROLES, primary_school, shows_link, shows_person, shows_role, with_primary_school,
};
use crate::request::Request;
use crate::routes::Object;
use crate::version::{Family, Version};

pub(crate) use records::grades;

/// A record of the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The district itself.
    District,
    /// How the district's data is doing: a record of its own in versions 1.x.
    Status,
    /// A row of a table.
    Row(Kind, u32),
    /// One role of a person, by its own id: a record of versions before 3. Students have one id for both and are rows.
    Role(Role, u32),
}

/// The tables of an object's records.
pub(crate) fn kinds(object: Object) -> &'static [Kind] {
    match object {
        Object::District | Object::Status => &[],
        Object::School => &[Kind::School],
        Object::Section => &[Kind::Section],
        Object::Course => &[Kind::Course],
        Object::Term => &[Kind::Term],
        Object::User => &[Kind::Student, Kind::Employee, Kind::Contact],
        Object::Student => &[Kind::Student],
        Object::Teacher | Object::SchoolAdmin | Object::DistrictAdmin => &[Kind::Employee],
        Object::Contact => &[Kind::Contact],
        Object::StudentContact => &[Kind::ContactLink],
        Object::Resource => &[Kind::Resource],
    }
}

/// The role whose records an object is, before version 3.
pub(crate) fn role_of(object: Object) -> Option<Role> {
    match object {
        Object::Student => Some(Role::Student),
        Object::Teacher => Some(Role::Teacher),
        Object::SchoolAdmin => Some(Role::Staff),
        Object::DistrictAdmin => Some(Role::DistrictAdmin),
        Object::Contact | Object::StudentContact => Some(Role::Contact),
        _ => None,
    }
}

/// The record with an id, if the view shows it.
pub(crate) fn locate(view: View<'_>, object: Object, id: &ObjectId) -> Option<Place> {
    match object {
        Object::District => return (view.district.id == *id).then_some(Place::District),
        Object::Teacher | Object::SchoolAdmin | Object::DistrictAdmin | Object::Contact => {
            return records::locate(view, role_of(object)?, id);
        }
        _ => {}
    }
    let (kind, row) = kinds(object)
        .iter()
        .find_map(|kind| Some((*kind, view.snapshot.table(*kind).find(id)?)))?;
    let shown = match object {
        Object::User => shows_person(view, kind, row),
        Object::Student => shows_role(view, Role::Student, row),
        Object::StudentContact => shows_link(view, row),
        _ => view.shows(kind, row),
    };
    shown.then_some(Place::Row(kind, row))
}

/// The one record at the other end of a relation.
pub(crate) fn through(
    view: View<'_>,
    version: &Version,
    from: Place,
    gives: Object,
) -> Option<Place> {
    if version.family != Family::Three && gives != Object::District {
        return records::through(view, from, gives);
    }
    let (relation, kind) = match gives {
        Object::District => return Some(Place::District),
        Object::School => (Relation::SectionSchool, Kind::School),
        Object::Course => (Relation::SectionCourse, Kind::Course),
        Object::Term => (Relation::SectionTerm, Kind::Term),
        _ => return None,
    };
    let Place::Row(Kind::Section, section) = from else {
        return None;
    };
    let row = view.snapshot.lists(relation).first(section)?;
    view.shows(kind, row).then_some(Place::Row(kind, row))
}

/// The records of a collection; of users those with a role, where one is asked for.
pub(crate) fn collection(view: View<'_>, object: Object, role: Option<Role>) -> Vec<Run<'_>> {
    if object == Object::User {
        return people(view, role);
    }
    if role_of(object).is_some() {
        return vec![records::collection(view, object)];
    }
    kinds(object)
        .iter()
        .map(|kind| Run::table(view, *kind))
        .collect()
}

fn people(view: View<'_>, role: Option<Role>) -> Vec<Run<'_>> {
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

/// The records in relation to one, before version 3, where what is given says what the relation is.
pub(crate) fn related_to<'a>(
    view: View<'a>,
    version: &Version,
    from: Place,
    gives: Object,
) -> Vec<Run<'a>> {
    records::related(view, version, from, gives)
}

/// What a record's own address links to beside itself, as the last parts of the addresses.
pub(crate) fn relations(
    version: &Version,
    view: View<'_>,
    of: Object,
    place: Place,
) -> Vec<&'static str> {
    if version.family == Family::Three {
        family3::relations(view, place)
    } else {
        records::relations(version, view, of, place)
    }
}

/// The records in relation to one.
pub(crate) fn related<'a>(view: View<'a>, request: &Request, from: Place) -> Vec<Run<'a>> {
    if request.version.family != Family::Three {
        return related_to(view, request.version, from, request.route.gives);
    }
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
            _ => return self.gather(Kind::Student, self.in_sections(Relation::SectionStudents)),
        };
        Run::listed(self.view, Kind::Student, listed)
    }

    fn teachers(&self, primary: bool) -> Vec<u32> {
        match self.kind {
            Kind::Section => self.list(Relation::SectionTeachers, self.row).to_vec(),
            Kind::School if !primary => self.back(Relation::TeacherSchools, self.row).to_vec(),
            Kind::School => with_primary_school(self.view, Kind::Employee, self.row),
            _ => self.in_sections(Relation::SectionTeachers),
        }
    }

    /// People in the sections of a resource.
    fn in_sections(&self, relation: Relation) -> Vec<u32> {
        let mut sections = self.sections_of_resource();
        sections.sort_unstable();
        sections.dedup();
        sections
            .into_iter()
            .flat_map(|section| self.list(relation, section))
            .copied()
            .collect()
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

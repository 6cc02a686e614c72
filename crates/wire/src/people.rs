//! Which people a view shows, in which roles, and where they belong.

use std::cmp::Reverse;

use homeroom_model::{Allow, Kind, ObjectId, Role};
use homeroom_segment::{Relation, Row, View, fields};

/// The roles of employees in the order of their bits and of their ids in the table.
pub(crate) const EMPLOYEE_ROLES: [Role; 3] = [Role::Teacher, Role::Staff, Role::DistrictAdmin];

/// The roles of an employee that the view shows.
pub(crate) fn employee_roles(
    view: View<'_>,
    row: Row<'_>,
) -> impl Iterator<Item = Role> + Clone + use<> {
    let bits = row.code(fields::employee::ROLES);
    let mask = *view.mask;
    EMPLOYEE_ROLES
        .into_iter()
        .enumerate()
        .filter(move |(bit, role)| bits >> bit & 1 == 1 && mask.shows_role(*role))
        .map(|(_, role)| role)
}

/// The table of a role, and the place of the role's id among the ids of its records; `None` where the record's own id
/// stands for the role too.
fn table_of(role: Role) -> (Kind, Option<usize>) {
    match role {
        Role::Student => (Kind::Student, None),
        Role::Teacher => (Kind::Employee, Some(0)),
        Role::Staff => (Kind::Employee, Some(1)),
        Role::DistrictAdmin => (Kind::Employee, Some(2)),
        Role::Contact => (Kind::Contact, Some(0)),
    }
}

/// The kind of record that has a role.
pub(crate) fn kind_of(role: Role) -> Kind {
    table_of(role).0
}

/// The id of a person in a role, by which versions before 3 know it; `None` if the person does not have the role.
#[inline]
pub(crate) fn role_id(view: View<'_>, role: Role, row: u32) -> Option<ObjectId> {
    let (kind, place) = table_of(role);
    let table = view.snapshot.table(kind);
    match place {
        None => Some(table.id(row)),
        Some(place) => table.role_id(row, place),
    }
}

/// Whether the view shows a person in a role.
pub(crate) fn shows_role(view: View<'_>, role: Role, row: u32) -> bool {
    view.mask.shows_role(role) && view.shows(kind_of(role), row)
}

/// Whether the view shows a tie between a contact and a student: the tie, and both its ends.
pub(crate) fn shows_link(view: View<'_>, row: u32) -> bool {
    let end = |relation: Relation, role: Role| {
        let end = view.snapshot.lists(relation).first(row);
        end.is_some_and(|end| shows_role(view, role, end))
    };
    view.shows(Kind::ContactLink, row)
        && end(Relation::LinkContact, Role::Contact)
        && end(Relation::LinkStudent, Role::Student)
}

/// The teachers of a section that the view shows, the primary teacher first.
pub(crate) fn shown_teachers(
    view: View<'_>,
    section: u32,
) -> impl Iterator<Item = u32> + Clone + use<'_> {
    let teachers = view.snapshot.lists(Relation::SectionTeachers).get(section);
    let teachers = teachers.iter().copied();
    teachers.filter(move |teacher| shows_role(view, Role::Teacher, *teacher))
}

/// Whether the view shows a person: the record is in scope and at least one of its roles appears.
pub(crate) fn shows_person(view: View<'_>, kind: Kind, row: u32) -> bool {
    let role = match kind {
        Kind::Student => view.mask.shows_role(Role::Student),
        Kind::Contact => view.mask.shows_role(Role::Contact),
        Kind::Employee => {
            let row = view.snapshot.table(kind).row(row);
            employee_roles(view, row).next().is_some()
        }
        _ => false,
    };
    role && view.shows(kind, row)
}

/// The relations that say where a student or a teacher belongs: to the primary school, to all schools, from sections.
fn belonging(kind: Kind) -> Option<(Relation, Relation, Relation)> {
    match kind {
        Kind::Student => Some((
            Relation::StudentSchool,
            Relation::StudentSchools,
            Relation::SectionStudents,
        )),
        Kind::Employee => Some((
            Relation::TeacherSchool,
            Relation::TeacherSchools,
            Relation::SectionTeachers,
        )),
        _ => None,
    }
}

/// The primary school to show for a student or a teacher. Where the stored one is out of scope it is the shared school
/// that the rule yields when only shared sections count (district-side 6.1 and 9.4): the one with most sections, then with
/// most enrolled students in them, then with the smallest SIS id.
pub(crate) fn primary_school(view: View<'_>, kind: Kind, row: u32) -> Option<u32> {
    let (primary, schools, sections) = belonging(kind)?;
    let stored = view.snapshot.lists(primary).first(row)?;
    if view.shows(Kind::School, stored) {
        return Some(stored);
    }
    let shown = view.snapshot.lists(schools).get(row).iter().copied();
    let shown = shown.filter(|school| view.shows(Kind::School, *school));
    shown.min_by_key(|school| {
        let (number, enrolled) = sections_at(view, sections, row, *school);
        let sis_id = view.snapshot.table(Kind::School).row(*school);
        let sis_id = sis_id.bytes(fields::school::SIS_ID);
        (Reverse(number), Reverse(enrolled), sis_id)
    })
}

/// How many shown sections of a person are at a school, and how many students are enrolled in them.
fn sections_at(view: View<'_>, sections: Relation, person: u32, school: u32) -> (usize, usize) {
    let there = view
        .snapshot
        .back(sections)
        .get(person)
        .iter()
        .filter(|section| {
            view.shows(Kind::Section, **section)
                && view
                    .snapshot
                    .lists(Relation::SectionSchool)
                    .first(**section)
                    == Some(school)
        });
    let students = view.snapshot.lists(Relation::SectionStudents);
    there.fold((0, 0), |(number, enrolled), section| {
        (number + 1, enrolled + students.get(*section).len())
    })
}

/// People of a kind whose primary school, as the view shows it, is this one; ascending.
pub(crate) fn with_primary_school(view: View<'_>, kind: Kind, school: u32) -> Vec<u32> {
    let Some((primary, schools, _)) = belonging(kind) else {
        return Vec::new();
    };
    if matches!(view.scope.of(Kind::School), Allow::All) {
        return view.snapshot.back(primary).get(school).to_vec();
    }
    let there = view.snapshot.back(schools).get(school).iter().copied();
    there
        .filter(|person| primary_school(view, kind, *person) == Some(school))
        .collect()
}

//! Which records a path of versions before 3 means: people by the ids of their roles.

use homeroom_model::{ClosedList, Grade, Kind, ObjectId, Role};
use homeroom_segment::fields::section::GRADE;
use homeroom_segment::{Relation, View};

use super::{Place, role_of};
use crate::older;
use crate::page::Run;
use crate::people::{
    kind_of, primary_school, role_id, shown_teachers, shows_link, shows_role, with_primary_school,
};
use crate::routes::{Object, Route, Shape};
use crate::version::{Family, Version};

/// Most teachers of a student that versions 1.x list: their primary teachers (clever-api 4.1).
const PRIMARY_TEACHERS: usize = 4;
/// Most teachers of a student that versions 2.x list (clever-api 4.1).
const TEACHERS: usize = 10;

/// The record of a role that has ids of its own, if the view shows it.
pub(super) fn locate(view: View<'_>, role: Role, id: &ObjectId) -> Option<Place> {
    let rows = view.snapshot.by_role_id(role);
    let own = |row: &u32| role_id(view, role, *row).unwrap_or_default();
    let at = rows.binary_search_by_key(id, own).ok()?;
    let row = *rows.get(at)?;
    shows_role(view, role, row).then_some(Place::Role(role, row))
}

/// Every record of people in a role.
pub(super) fn collection(view: View<'_>, object: Object) -> Run<'_> {
    let Some(role) = role_of(object).filter(|role| view.mask.shows_role(*role)) else {
        return Run::nothing(view, Kind::Student);
    };
    match object {
        Object::Student => Run::table(view, Kind::Student),
        Object::StudentContact if view.mask.shows_role(Role::Student) => Run::ties(view),
        Object::StudentContact => Run::nothing(view, Kind::ContactLink),
        _ => Run::role(view, role),
    }
}

/// The one record at the other end of a relation.
pub(super) fn through(view: View<'_>, from: Place, gives: Object) -> Option<Place> {
    let lists = |relation| view.snapshot.lists(relation);
    let (kind, row) = match (from, gives) {
        (Place::Row(Kind::Section, row), Object::Teacher) => {
            let teacher = shown_teachers(view, row).next()?;
            return Some(Place::Role(Role::Teacher, teacher));
        }
        (Place::Row(Kind::Section, row), Object::School) => {
            (Kind::School, lists(Relation::SectionSchool).first(row)?)
        }
        (Place::Row(Kind::Section, row), Object::Course) => {
            (Kind::Course, lists(Relation::SectionCourse).first(row)?)
        }
        (Place::Row(Kind::Section, row), Object::Term) => {
            (Kind::Term, lists(Relation::SectionTerm).first(row)?)
        }
        (Place::Row(Kind::Student, row), Object::School) => {
            (Kind::School, primary_school(view, Kind::Student, row)?)
        }
        (Place::Role(Role::Teacher, row), Object::School) => {
            (Kind::School, primary_school(view, Kind::Employee, row)?)
        }
        (Place::Row(Kind::ContactLink, row), Object::Student) => {
            (Kind::Student, lists(Relation::LinkStudent).first(row)?)
        }
        _ => return None,
    };
    view.shows(kind, row).then_some(Place::Row(kind, row))
}

/// The records in relation to one.
pub(super) fn related<'a>(
    view: View<'a>,
    version: &Version,
    from: Place,
    gives: Object,
) -> Vec<Run<'a>> {
    if from == Place::District {
        return super::collection(view, gives, None);
    }
    if role_of(gives).is_some_and(|role| !view.mask.shows_role(role)) {
        return Vec::new();
    }
    let origin = Origin { view, from };
    vec![match gives {
        Object::Section => Run::listed(view, Kind::Section, origin.sections()),
        Object::School => Run::gathered(view, Kind::School, origin.schools()),
        Object::Student => Run::gathered(view, Kind::Student, origin.students()),
        Object::Teacher => origin.teachers(version),
        Object::Contact => Run::ranked(view, Role::Contact, origin.contacts(), usize::MAX),
        Object::StudentContact => Run::gathered(view, Kind::ContactLink, origin.ties()),
        _ => return Vec::new(),
    }]
}

/// A record that relations start from.
struct Origin<'a> {
    view: View<'a>,
    from: Place,
}

impl<'a> Origin<'a> {
    fn back(&self, relation: Relation, row: u32) -> &'a [u32] {
        self.view.snapshot.back(relation).get(row)
    }

    fn list(&self, relation: Relation, row: u32) -> &'a [u32] {
        self.view.snapshot.lists(relation).get(row)
    }

    /// The sections of a school, course, term or person, shown or not.
    fn sections(&self) -> &'a [u32] {
        match self.from {
            Place::Row(Kind::School, row) => self.back(Relation::SectionSchool, row),
            Place::Row(Kind::Course, row) => self.back(Relation::SectionCourse, row),
            Place::Row(Kind::Term, row) => self.back(Relation::SectionTerm, row),
            Place::Row(Kind::Student, row) => self.back(Relation::SectionStudents, row),
            Place::Role(Role::Teacher, row) => self.back(Relation::SectionTeachers, row),
            _ => &[],
        }
    }

    fn shown_sections(&self) -> impl Iterator<Item = u32> + use<'a> {
        let view = self.view;
        let sections = self.sections().iter().copied();
        sections.filter(move |section| view.shows(Kind::Section, *section))
    }

    fn schools(&self) -> Vec<u32> {
        match self.from {
            Place::Row(Kind::Student, row) => self.list(Relation::StudentSchools, row),
            Place::Role(Role::Teacher, row) => self.list(Relation::TeacherSchools, row),
            Place::Role(Role::Staff, row) => self.list(Relation::StaffSchools, row),
            _ => &[],
        }
        .to_vec()
    }

    /// Students of a section, of all sections of a teacher, of a contact, or with a school as their primary one
    /// (clever-api 4.1).
    fn students(&self) -> Vec<u32> {
        match self.from {
            Place::Row(Kind::Section, row) => self.list(Relation::SectionStudents, row).to_vec(),
            Place::Row(Kind::School, row) => with_primary_school(self.view, Kind::Student, row),
            Place::Role(Role::Contact, row) => self
                .back(Relation::LinkContact, row)
                .iter()
                .filter(|tie| shows_link(self.view, **tie))
                .flat_map(|tie| self.list(Relation::LinkStudent, *tie))
                .copied()
                .collect(),
            _ => self
                .shown_sections()
                .flat_map(|section| self.list(Relation::SectionStudents, section))
                .copied()
                .collect(),
        }
    }

    /// Teachers of a section, of a student's sections, or with a school as their primary one (clever-api 4.1).
    fn teachers(&self, version: &Version) -> Run<'a> {
        let view = self.view;
        let ranked = |rows, most| Run::ranked(view, Role::Teacher, rows, most);
        match self.from {
            Place::Row(Kind::Section, row) => ranked(
                self.list(Relation::SectionTeachers, row).to_vec(),
                usize::MAX,
            ),
            Place::Row(Kind::School, row) => {
                let there = with_primary_school(view, kind_of(Role::Teacher), row);
                ranked(there, usize::MAX)
            }
            _ if version.rules.co_teachers => {
                let teachers = self.shown_sections();
                let teachers = teachers.flat_map(|section| shown_teachers(view, section));
                ranked(teachers.collect(), TEACHERS)
            }
            _ => {
                let primary = self.shown_sections();
                let primary = primary.filter_map(|section| shown_teachers(view, section).next());
                ranked(primary.collect(), PRIMARY_TEACHERS)
            }
        }
    }

    /// The ties of a student to contacts that the view shows.
    fn ties(&self) -> Vec<u32> {
        let Place::Row(Kind::Student, row) = self.from else {
            return Vec::new();
        };
        let ties = self.back(Relation::LinkStudent, row).iter().copied();
        ties.filter(|tie| shows_link(self.view, *tie)).collect()
    }

    fn contacts(&self) -> Vec<u32> {
        let ties = self.ties().into_iter();
        ties.flat_map(|tie| self.list(Relation::LinkContact, tie))
            .copied()
            .collect()
    }
}

/// The grades of a teacher's sections, each once, in the order of the list (clever-api 4.1).
pub(crate) fn grades(view: View<'_>, from: Place) -> Vec<&'static str> {
    let table = view.snapshot.table(Kind::Section);
    let origin = Origin { view, from };
    let grades = origin.shown_sections();
    let grades = grades.filter_map(|section| table.row(section).known::<Grade>(GRADE));
    let mut codes: Vec<_> = grades.map(|grade| older::grade(grade).code()).collect();
    codes.sort_unstable();
    codes.dedup();
    let grades = codes.into_iter().filter_map(Grade::from_code);
    grades.map(Grade::text).collect()
}

/// What a record's own address links to beside itself: one relation per path of the version that goes on from it, where
/// there is something at its end (clever-api 4.4).
pub(crate) fn relations(
    version: &Version,
    view: View<'_>,
    of: Object,
    from: Place,
) -> Vec<&'static str> {
    debug_assert!(
        version.family != Family::Three,
        "which has an order of its own"
    );
    let applies = |route: &Route| match route.shape {
        Shape::Through => super::through(view, version, from, route.gives).is_some(),
        _ => role_of(route.gives).is_none_or(|role| view.mask.shows_role(role)),
    };
    Route::of_version(version)
        .chain(Route::of_events(version))
        .filter(|route| route.of == of && route.relation().is_some() && applies(route))
        .filter_map(Route::relation)
        .collect()
}

//! Every path of the API as one table: HTTP routing, request reading, links, the OpenAPI documents and the contract test all
//! come from it (clever-api 4.1 and 4.2). One file per family; a path that changes inside a family stands there twice.

mod events;
mod family1;
mod family2;
mod family3;

use homeroom_model::Role;

use crate::version::{Edition, Span, Version};

/// What a document describes; also the collections of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// The district of the view.
    District,
    /// How the district's data is doing: a document of its own in versions 1.x, part of the district since.
    Status,
    /// Schools.
    School,
    /// Sections.
    Section,
    /// Courses, since version 2.0.
    Course,
    /// Terms, since version 2.0.
    Term,
    /// People with their roles: students, employees and contacts; since version 3.0.
    User,
    /// Students, before version 3.0.
    Student,
    /// The teacher role of employees, before version 3.0.
    Teacher,
    /// The staff role of employees, before version 3.0.
    SchoolAdmin,
    /// The district admin role of employees, before version 3.0.
    DistrictAdmin,
    /// Contacts with all their students: versions 2.x.
    Contact,
    /// Contacts, one for each of their students: versions 1.x.
    StudentContact,
    /// Resources, since version 3.0.
    Resource,
    /// What happened to any of the others. Not a record: an event is told from two views (clever-api 6).
    Event,
}

impl Object {
    /// Every object of every version that is a record, in the order of the published pages.
    pub const ALL: [Self; 14] = [
        Self::District,
        Self::Status,
        Self::School,
        Self::Section,
        Self::Course,
        Self::Term,
        Self::User,
        Self::Student,
        Self::Teacher,
        Self::SchoolAdmin,
        Self::DistrictAdmin,
        Self::Contact,
        Self::StudentContact,
        Self::Resource,
    ];

    /// The versions that have it (clever-api 1.1).
    pub fn span(self) -> Span {
        match self {
            Self::District | Self::School | Self::Section | Self::Event => Span::ALL,
            Self::Course | Self::Term => Span {
                since: Edition::V2_0,
                until: None,
            },
            Self::User | Self::Resource => Span::FAMILY_3,
            Self::Student | Self::Teacher | Self::SchoolAdmin | Self::DistrictAdmin => Span {
                since: Edition::V1_1,
                until: Some(Edition::V2_1),
            },
            Self::Contact => Span::FAMILY_2,
            Self::StudentContact | Self::Status => Span::FAMILY_1,
        }
    }

    /// The objects of a version, in the order of [`Object::ALL`].
    pub fn of(version: &Version) -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(move |object| object.span().contains(version))
    }

    /// The collection's part of a path, lower case and plural. A status has none of its own; it stands below its district.
    pub fn collection(self) -> &'static str {
        match self {
            Self::District | Self::Status => "districts",
            Self::School => "schools",
            Self::Section => "sections",
            Self::Course => "courses",
            Self::Term => "terms",
            Self::User => "users",
            Self::Student => "students",
            Self::Teacher => "teachers",
            Self::SchoolAdmin => "school_admins",
            Self::DistrictAdmin => "district_admins",
            Self::Contact | Self::StudentContact => "contacts",
            Self::Resource => "resources",
            Self::Event => "events",
        }
    }

    /// The name of the object's schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::District => "District",
            Self::Status => "DistrictStatus",
            Self::School => "School",
            Self::Section => "Section",
            Self::Course => "Course",
            Self::Term => "Term",
            Self::User => "User",
            Self::Student => "Student",
            Self::Teacher => "Teacher",
            Self::SchoolAdmin => "SchoolAdmin",
            Self::DistrictAdmin => "DistrictAdmin",
            Self::Contact => "Contact",
            Self::StudentContact => "StudentContact",
            Self::Resource => "Resource",
            Self::Event => "Event",
        }
    }
}

/// The form of an answer (clever-api 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A page of records, with links to walk on.
    List,
    /// One document by its own id, with links to what belongs to it.
    One,
    /// One document reached from another; its only link is its own address.
    Through,
}

/// How the records of a list stand in it (clever-api 4.3 and 11, item 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// As `{data, uri}`, in versions 1.x with `links`.
    Wrapped,
    /// As they are: the bare lists of versions 1.x.
    Plain,
    /// Not the records but their grades, each once: `grade_levels` of versions 1.x.
    Grades,
}

/// One path of the API.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether the path takes one parameter"
)]
pub struct Route {
    /// The path below the version, with `{id}` where an id stands: `/sections/{id}/course`.
    pub path: &'static str,
    /// The collection the path begins with.
    pub of: Object,
    /// What the documents of the answer are.
    pub gives: Object,
    /// The form of the answer.
    pub shape: Shape,
    /// How records stand in a list.
    pub items: Items,
    /// Whether `count=true` asks for the number instead of the records.
    pub counts: bool,
    /// Whether `where` restricts the list (clever-api 4.5).
    pub filters: bool,
    /// Whether `include` adds lists to the document (clever-api 12, item 19).
    pub includes: bool,
    /// Whether `show_links=true` wraps the items of a plain list (clever-api 12, item 20).
    pub show_links: bool,
    /// Whether `record_type` and `school` restrict the events (clever-api 6.2).
    pub event_filters: bool,
    /// Whether `primary=true` restricts the answer to primary schools.
    pub primary: bool,
    /// Roles that `role` may name; empty where there is no such parameter.
    pub roles: &'static [Role],
    /// The one role of the users given, where the path itself names it.
    pub only: Option<Role>,
    /// The versions that have the path.
    pub span: Span,
}

impl Route {
    const fn new(path: &'static str, of: Object, gives: Object, shape: Shape) -> Self {
        Self {
            path,
            of,
            gives,
            shape,
            items: Items::Wrapped,
            counts: false,
            filters: false,
            includes: false,
            show_links: false,
            event_filters: false,
            primary: false,
            roles: &[],
            only: None,
            span: Span::ALL,
        }
    }

    const fn counted(self) -> Self {
        Self {
            counts: true,
            ..self
        }
    }

    const fn filtered(self) -> Self {
        Self {
            filters: true,
            ..self
        }
    }

    const fn including(self) -> Self {
        Self {
            includes: true,
            ..self
        }
    }

    const fn showing_links(self) -> Self {
        Self {
            show_links: true,
            ..self
        }
    }

    const fn of_items(self, items: Items) -> Self {
        Self { items, ..self }
    }

    const fn with_event_filters(self) -> Self {
        Self {
            event_filters: true,
            ..self
        }
    }

    const fn with_primary(self) -> Self {
        Self {
            primary: true,
            ..self
        }
    }

    const fn with_roles(self, roles: &'static [Role]) -> Self {
        Self { roles, ..self }
    }

    const fn only(self, role: Role) -> Self {
        Self {
            only: Some(role),
            ..self
        }
    }

    const fn spanning(self, span: Span) -> Self {
        Self { span, ..self }
    }

    /// Whether an id stands in the path.
    pub fn takes_id(&self) -> bool {
        self.path.contains("{id}")
    }

    /// The last part of a path that goes on after the id: `course` of `/sections/{id}/course`.
    pub fn relation(&self) -> Option<&'static str> {
        self.path.split_once("{id}/").map(|(_, relation)| relation)
    }

    /// Whether it is a list of records, cut into pages; a list of grades is always whole (clever-api 4.1).
    pub fn has_pages(&self) -> bool {
        self.shape == Shape::List && self.items != Items::Grades
    }

    /// Whether it is a list that `include` may add to the document of another route.
    pub(crate) fn may_be_included(&self, document: &Self) -> bool {
        self.of == document.of
            && self.relation().is_some()
            && self.shape == Shape::List
            && self.items != Items::Grades
            && self.gives != Object::Status
    }

    /// The paths of a version, by collection.
    pub fn of_version(version: &Version) -> impl Iterator<Item = &'static Self> {
        let version = *version;
        ROUTES
            .iter()
            .filter(move |route| route.span.contains(&version))
    }

    /// The paths of a version that lead to events.
    pub fn of_events(version: &Version) -> impl Iterator<Item = &'static Self> {
        let version = *version;
        EVENT_ROUTES
            .iter()
            .filter(move |route| route.span.contains(&version))
    }

    /// The route of a version for a path's parts behind the version, empty parts left out; `None` if there is no such
    /// path. Fixed parts match in either case: published links write `myContacts`, documentation `mycontacts`.
    pub(crate) fn find<'p>(
        version: &Version,
        parts: &[&'p str],
    ) -> Option<(&'static Self, Option<&'p str>)> {
        let parts = match parts {
            [push, rest @ ..] if events::is_alias(version, push, rest) => rest,
            parts => parts,
        };
        let (collection, id, relation) = match *parts {
            [collection] => (collection, None, None),
            [collection, id] => (collection, Some(id), None),
            [collection, id, relation] => (collection, Some(id), Some(relation)),
            _ => return None,
        };
        let mut all = Self::of_version(version).chain(Self::of_events(version));
        let route = all.find(|route| {
            route.of.collection().eq_ignore_ascii_case(collection)
                && route.takes_id() == id.is_some()
                && match (route.relation(), relation) {
                    (Some(known), Some(asked)) => known.eq_ignore_ascii_case(asked),
                    (None, None) => true,
                    _ => false,
                }
        })?;
        Some((route, id))
    }
}

const fn all(path: &'static str, of: Object) -> Route {
    Route::new(path, of, of, Shape::List)
}

const fn one(path: &'static str, of: Object) -> Route {
    Route::new(path, of, of, Shape::One)
}

const fn list(path: &'static str, of: Object, gives: Object) -> Route {
    Route::new(path, of, gives, Shape::List)
}

const fn through(path: &'static str, of: Object, gives: Object) -> Route {
    Route::new(path, of, gives, Shape::Through)
}

/// Every path that leads to events; those have API documents of their own.
pub const EVENT_ROUTES: &[Route] = events::ROUTES;

const COUNT: usize = family1::ROUTES.len() + family2::ROUTES.len() + family3::ROUTES.len();

/// Every path of every version: by family, then by collection.
pub const ROUTES: &[Route] = &joined();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses an index past the end"
)]
const fn joined() -> [Route; COUNT] {
    let mut routes = [family1::ROUTES[0]; COUNT];
    let mut at = 0;
    let mut family = 0;
    while family < 3 {
        let (rows, span) = match family {
            0 => (family1::ROUTES, Span::FAMILY_1),
            1 => (family2::ROUTES, Span::FAMILY_2),
            _ => (family3::ROUTES, Span::FAMILY_3),
        };
        let mut row = 0;
        while row < rows.len() {
            let route = rows[row];
            // A row that says nothing about versions is there in all of its family.
            routes[at] = if route.span.is_all() {
                route.spanning(span)
            } else {
                route
            };
            row += 1;
            at += 1;
        }
        family += 1;
    }
    routes
}

#[cfg(test)]
mod tests;

//! Every path of the API as one table: HTTP routing, request reading, the OpenAPI documents and the contract test all
//! come from it (clever-api 4.2).

use homeroom_model::Role;

use crate::version::{Span, Version};

/// What a document describes; also the collections of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// The district of the view.
    District,
    /// Schools.
    School,
    /// Sections.
    Section,
    /// Courses.
    Course,
    /// Terms.
    Term,
    /// People with their roles: students, employees and contacts.
    User,
    /// Resources.
    Resource,
}

impl Object {
    /// Every object, in the order of the published pages.
    pub const ALL: [Self; 7] = [
        Self::District,
        Self::School,
        Self::Section,
        Self::Course,
        Self::Term,
        Self::User,
        Self::Resource,
    ];

    /// The collection's part of a path, lower case and plural.
    pub fn collection(self) -> &'static str {
        match self {
            Self::District => "districts",
            Self::School => "schools",
            Self::Section => "sections",
            Self::Course => "courses",
            Self::Term => "terms",
            Self::User => "users",
            Self::Resource => "resources",
        }
    }

    /// The name of the object's schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::District => "District",
            Self::School => "School",
            Self::Section => "Section",
            Self::Course => "Course",
            Self::Term => "Term",
            Self::User => "User",
            Self::Resource => "Resource",
        }
    }

    fn from_collection(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|object| object.collection().eq_ignore_ascii_case(text))
    }
}

/// The form of an answer (clever-api 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A page of wrapped documents, with links to walk on.
    List,
    /// One document by its own id, with links to what belongs to it.
    One,
    /// One document reached from another; its only link is its own address.
    Through,
}

/// One path of the API.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The path below the version, with `{id}` where an id stands: `/sections/{id}/course`.
    pub path: &'static str,
    /// The collection the path begins with.
    pub of: Object,
    /// What the documents of the answer are.
    pub gives: Object,
    /// The form of the answer.
    pub shape: Shape,
    /// Whether `count=true` asks for the number instead of the records.
    pub counts: bool,
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
            counts: false,
            primary: false,
            roles: &[],
            only: None,
            span: Span::FAMILY_3,
        }
    }

    const fn counted(self) -> Self {
        Self {
            counts: true,
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

    /// Whether an id stands in the path.
    pub fn takes_id(&self) -> bool {
        self.path.contains("{id}")
    }

    /// The last part of a path that goes on after the id: `course` of `/sections/{id}/course`.
    pub fn relation(&self) -> Option<&'static str> {
        self.path.split_once("{id}/").map(|(_, relation)| relation)
    }

    /// The route of a version for a path's parts behind the version, empty parts left out; `None` if there is no such
    /// path. Fixed parts match in either case: published links write `myContacts`, documentation `mycontacts`.
    pub(crate) fn find<'p>(
        version: &Version,
        parts: &[&'p str],
    ) -> Option<(&'static Self, Option<&'p str>)> {
        let (collection, id, relation) = match *parts {
            [collection] => (collection, None, None),
            [collection, id] => (collection, Some(id), None),
            [collection, id, relation] => (collection, Some(id), Some(relation)),
            _ => return None,
        };
        let of = Object::from_collection(collection)?;
        let route = ROUTES.iter().find(|route| {
            route.of == of
                && route.takes_id() == id.is_some()
                && match (route.relation(), relation) {
                    (Some(known), Some(asked)) => known.eq_ignore_ascii_case(asked),
                    (None, None) => true,
                    _ => false,
                }
                && route.span.contains(version)
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

use Object::{Course, District, Resource, School, Section, Term, User};

const AT_SCHOOL: &[Role] = &[Role::Staff, Role::Student, Role::Teacher];
const IN_CLASS: &[Role] = &[Role::Student, Role::Teacher];

/// Every path, by collection.
pub const ROUTES: &[Route] = &[
    all("/courses", Course).counted(),
    one("/courses/{id}", Course),
    through("/courses/{id}/district", Course, District),
    list("/courses/{id}/resources", Course, Resource),
    list("/courses/{id}/schools", Course, School),
    list("/courses/{id}/sections", Course, Section),
    all("/districts", District).counted(),
    one("/districts/{id}", District),
    all("/resources", Resource),
    one("/resources/{id}", Resource),
    list("/resources/{id}/courses", Resource, Course),
    list("/resources/{id}/sections", Resource, Section),
    list("/resources/{id}/users", Resource, User).with_roles(IN_CLASS),
    all("/schools", School).counted(),
    one("/schools/{id}", School),
    list("/schools/{id}/courses", School, Course),
    through("/schools/{id}/district", School, District),
    list("/schools/{id}/sections", School, Section),
    list("/schools/{id}/terms", School, Term),
    list("/schools/{id}/users", School, User)
        .with_roles(AT_SCHOOL)
        .with_primary(),
    all("/sections", Section).counted(),
    one("/sections/{id}", Section),
    through("/sections/{id}/course", Section, Course),
    through("/sections/{id}/district", Section, District),
    list("/sections/{id}/resources", Section, Resource),
    through("/sections/{id}/school", Section, School),
    through("/sections/{id}/term", Section, Term),
    list("/sections/{id}/users", Section, User).with_roles(IN_CLASS),
    all("/terms", Term).counted(),
    one("/terms/{id}", Term),
    through("/terms/{id}/district", Term, District),
    list("/terms/{id}/schools", Term, School),
    list("/terms/{id}/sections", Term, Section),
    all("/users", User).counted().with_roles(&Role::ALL),
    one("/users/{id}", User),
    through("/users/{id}/district", User, District),
    list("/users/{id}/mycontacts", User, User).only(Role::Contact),
    list("/users/{id}/mystudents", User, User).only(Role::Student),
    list("/users/{id}/myteachers", User, User).only(Role::Teacher),
    list("/users/{id}/resources", User, Resource),
    list("/users/{id}/schools", User, School).with_primary(),
    list("/users/{id}/sections", User, Section),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::V3_1;

    #[test]
    fn every_row_says_what_its_path_says() {
        for route in ROUTES {
            let parts: Vec<_> = route.path.split('/').skip(1).collect();
            assert_eq!(parts[0], route.of.collection(), "{}", route.path);
            assert_eq!(parts.len() > 1, route.takes_id(), "{}", route.path);
            let expected = match (parts.get(2), route.shape) {
                (None, Shape::List) => !route.takes_id() && route.of == route.gives,
                (None, Shape::One) => route.takes_id() && route.of == route.gives,
                (Some(relation), Shape::List) => {
                    relation.trim_start_matches("my") == route.gives.collection()
                        || route
                            .only
                            .is_some_and(|role| format!("my{}s", role.text()) == **relation)
                }
                (Some(relation), Shape::Through) => {
                    format!("{relation}s") == route.gives.collection()
                }
                _ => false,
            };
            assert!(expected, "{}", route.path);
            assert!(route.shape == Shape::List || (!route.counts && route.roles.is_empty()));
        }
        assert_eq!(ROUTES.len(), 42);
        assert!(ROUTES.is_sorted_by(|a, b| a.path < b.path));
    }

    #[test]
    fn each_path_finds_its_own_row_whatever_its_case() {
        let id = "5f00aa11bb22cc33dd44ee01";
        for route in ROUTES {
            let path = route.path.replace("{id}", id).to_uppercase();
            let parts: Vec<_> = path.split('/').skip(1).collect();
            let (found, found_id) = Route::find(&V3_1, &parts).unwrap();
            assert_eq!(found.path, route.path);
            assert_eq!(found_id.is_some(), route.takes_id());
        }
        for unknown in [
            &[][..],
            &["students"],
            &["users", id, "friends"],
            &["users", id, "sections", id],
            &["districts", id, "schools"],
        ] {
            assert!(Route::find(&V3_1, unknown).is_none(), "{unknown:?}");
        }
    }
}

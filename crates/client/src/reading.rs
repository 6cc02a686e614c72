//! What to read.

use std::collections::BTreeMap;

use homeroom_model::{ObjectId, Role};
use homeroom_wire::{Items, Object, Route, Shape, Version};

/// How much of a district. A reading can only say of records inside its scope that they are gone (integration-side A1.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All of it.
    District,
    /// A school and what the version lists under it. Versions before 3 list there the people whose primary school it is
    /// (clever-api 4.1) and neither courses nor terms, which are then read for the whole district.
    School(ObjectId),
    /// A section, its people, school, course and term.
    Section(ObjectId),
}

/// What to read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// How much.
    pub scope: Scope,
    /// People in these roles. Where contacts are not wanted they are not even asked for. Default: all but contacts
    /// (integration-side B15).
    pub roles: Vec<Role>,
    /// Whether resources are wanted. Default no.
    pub resources: bool,
    /// How many records the caller holds of the collections of this scope. One that was not empty and now is has
    /// collapsed: its walk is not complete (integration-side A1.3).
    pub earlier: BTreeMap<Object, u64>,
    /// How many people the caller holds in each role. Where people are read role by role, each role's list is a walk that can
    /// collapse.
    pub earlier_in_role: BTreeMap<Role, u64>,
}

impl Reading {
    /// Reads a scope, with everybody but contacts, without resources.
    pub fn of(scope: Scope) -> Self {
        let roles = Role::ALL.into_iter().filter(|role| *role != Role::Contact);
        Self {
            scope,
            roles: roles.collect(),
            resources: false,
            earlier: BTreeMap::new(),
            earlier_in_role: BTreeMap::new(),
        }
    }

    /// Reads everything there is in a district.
    pub fn everything() -> Self {
        Self {
            roles: Role::ALL.to_vec(),
            resources: true,
            ..Self::of(Scope::District)
        }
    }

    fn wants(&self, object: Object) -> bool {
        match role_of(object) {
            Some(role) => self.roles.contains(&role),
            None if object == Object::User => !self.roles.is_empty(),
            None => object != Object::Resource || self.resources,
        }
    }

    /// What to ask for, in the order of asking: what others point at comes first.
    pub(crate) fn collections(&self, version: &Version) -> Vec<Collection> {
        const ORDER: [Object; 12] = [
            Object::School,
            Object::Term,
            Object::Course,
            Object::User,
            Object::DistrictAdmin,
            Object::SchoolAdmin,
            Object::Teacher,
            Object::Student,
            Object::Contact,
            Object::StudentContact,
            Object::Section,
            Object::Resource,
        ];
        let wanted = ORDER.into_iter().filter(|object| self.wants(*object));
        wanted
            .filter_map(|object| self.collection(version, object))
            .collect()
    }

    fn collection(&self, version: &Version, object: Object) -> Option<Collection> {
        let (within, id) = match self.scope {
            Scope::District => return self.whole(version, object),
            Scope::School(id) => (Object::School, id),
            Scope::Section(id) => (Object::Section, id),
        };
        let mut routes: Vec<_> = Route::of_version(version)
            .filter(|route| route.of == within && route.gives == object && route.takes_id())
            .filter(|route| route.relation().is_some() != (object == within))
            .collect();
        // Where there is a list it says more than the first of it.
        routes.sort_by_key(|route| route.shape != Shape::List);
        match routes.first() {
            Some(route) => Some(self.at(route, self.scope, &id.to_hex())),
            // A school's sections point at courses and terms that are listed for the district only.
            None if within == Object::School
                && [Object::Course, Object::Term].contains(&object) =>
            {
                self.whole(version, object)
            }
            None => None,
        }
    }

    /// The collection of the whole district.
    fn whole(&self, version: &Version, object: Object) -> Option<Collection> {
        let mut routes = Route::of_version(version);
        let route = routes.find(|route| route.of == object && !route.takes_id())?;
        Some(self.at(route, Scope::District, ""))
    }

    fn at(&self, route: &Route, scope: Scope, id: &str) -> Collection {
        let path = route.path.replace("{id}", id);
        let narrowed = route.gives == Object::User && self.roles.len() < Role::ALL.len();
        let roles = route.roles.iter().filter(|role| self.roles.contains(role));
        let queries: Vec<_> = if narrowed {
            let query = |role: &Role| {
                let earlier = self.earlier_in_role.get(role).copied();
                let earlier = earlier.filter(|_| scope == self.scope);
                (format!("role={}", role.text()), earlier)
            };
            roles.map(query).collect()
        } else {
            vec![(String::new(), None)]
        };
        Collection {
            object: route.gives,
            scope,
            single: route.shape != Shape::List,
            sized: route.shape == Shape::List && route.items == Items::Wrapped,
            counted: (route.counts && !narrowed && scope == Scope::District).then(|| path.clone()),
            earlier: self
                .earlier
                .get(&route.gives)
                .copied()
                .filter(|_| scope == self.scope),
            path,
            queries,
        }
    }
}

/// The role of a record that has one only.
fn role_of(object: Object) -> Option<Role> {
    Some(match object {
        Object::Student => Role::Student,
        Object::Teacher => Role::Teacher,
        Object::SchoolAdmin => Role::Staff,
        Object::DistrictAdmin => Role::DistrictAdmin,
        Object::Contact | Object::StudentContact => Role::Contact,
        _ => return None,
    })
}

/// A collection to be walked: one path, perhaps with several queries whose answers overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Collection {
    pub(crate) object: Object,
    pub(crate) scope: Scope,
    /// Below the version, with a slash in front.
    pub(crate) path: String,
    /// Each a list; an empty text is the path as it is. With how many records there were.
    pub(crate) queries: Vec<(String, Option<u64>)>,
    /// Whether it is one document and no list.
    pub(crate) single: bool,
    /// Whether it takes a page size.
    pub(crate) sized: bool,
    /// The path that can count it.
    pub(crate) counted: Option<String>,
    /// How many records there were.
    pub(crate) earlier: Option<u64>,
}

impl Collection {
    /// What to ask for first, below the version.
    pub(crate) fn first(&self, query: &str, page_size: u32) -> String {
        let limit = if self.sized {
            format!("limit={page_size}")
        } else {
            String::new()
        };
        let parts = [limit, query.to_owned()]
            .into_iter()
            .filter(|part| !part.is_empty());
        let joined = parts.collect::<Vec<_>>().join("&");
        if joined.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{joined}", self.path)
        }
    }
}

#[cfg(test)]
mod tests {
    use homeroom_wire::{V1_1, V2_1, V3_1, VERSIONS};

    use super::*;

    fn asked(reading: &Reading, version: &Version) -> Vec<String> {
        let collections = reading.collections(version).into_iter();
        collections
            .flat_map(|one| {
                one.queries
                    .iter()
                    .map(|(query, _)| one.first(query, 9))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn a_district_is_read_by_the_collections_of_its_version() {
        assert_eq!(
            asked(&Reading::everything(), &V1_1).join(" "),
            "/schools?limit=9 /district_admins /school_admins?limit=9 /teachers?limit=9 /students?limit=9 /contacts?limit=9 /sections?limit=9"
        );
        assert_eq!(
            asked(&Reading::of(Scope::District), &V2_1).join(" "),
            "/schools?limit=9 /terms?limit=9 /courses?limit=9 /district_admins?limit=9 /school_admins?limit=9 /teachers?limit=9 /students?limit=9 /sections?limit=9"
        );
        assert_eq!(
            asked(&Reading::of(Scope::District), &V3_1).join(" "),
            "/schools?limit=9 /terms?limit=9 /courses?limit=9 /users?limit=9&role=district_admin /users?limit=9&role=staff /users?limit=9&role=student /users?limit=9&role=teacher /sections?limit=9"
        );
        assert_eq!(
            asked(&Reading::everything(), &V3_1).join(" "),
            "/schools?limit=9 /terms?limit=9 /courses?limit=9 /users?limit=9 /sections?limit=9 /resources?limit=9"
        );
    }

    #[test]
    fn schools_and_sections_are_read_by_what_stands_under_them() {
        let id = ObjectId::default();
        let school = Reading::of(Scope::School(id));
        let hex = id.to_hex();
        let told =
            |reading: &Reading, version| asked(reading, version).join(" ").replace(&hex, "@");
        assert_eq!(
            told(&school, &V2_1),
            "/schools/@ /terms?limit=9 /courses?limit=9 /schools/@/teachers?limit=9 /schools/@/students?limit=9 /schools/@/sections?limit=9"
        );
        assert_eq!(
            told(&school, &V3_1),
            "/schools/@ /schools/@/terms?limit=9 /schools/@/courses?limit=9 /schools/@/users?limit=9&role=staff /schools/@/users?limit=9&role=student /schools/@/users?limit=9&role=teacher /schools/@/sections?limit=9"
        );
        let section = Reading::of(Scope::Section(id));
        assert_eq!(
            told(&section, &V1_1),
            "/sections/@/school /sections/@/teachers?limit=9 /sections/@/students?limit=9 /sections/@"
        );
        assert_eq!(
            told(&section, &V3_1),
            "/sections/@/school /sections/@/term /sections/@/course /sections/@/users?limit=9&role=student /sections/@/users?limit=9&role=teacher /sections/@"
        );
        for version in VERSIONS {
            let scopes = school.collections(version).into_iter().map(|one| one.scope);
            assert!(
                scopes.into_iter().any(|scope| scope == school.scope),
                "{}",
                version.name
            );
        }
    }
}

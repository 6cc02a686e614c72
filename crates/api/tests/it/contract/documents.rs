//! What the collections tell, and what follows from it for other paths.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_wire::{Object, Route};
use serde_json::Value;

use crate::client::id;

/// All documents by id.
#[derive(Default)]
pub(crate) struct Documents(BTreeMap<Object, BTreeMap<String, Value>>);

/// Where documents name others: the list or field, and whose ids stand there.
const REFERENCES: &[(Object, &str, Object)] = &[
    (Object::District, "/district_contact/id", Object::User),
    (Object::Section, "/school", Object::School),
    (Object::Section, "/course", Object::Course),
    (Object::Section, "/term_id", Object::Term),
    (Object::Section, "/teacher", Object::User),
    (Object::Section, "/teachers", Object::User),
    (Object::Section, "/students", Object::User),
    (Object::User, "/roles/student/school", Object::School),
    (Object::User, "/roles/student/schools", Object::School),
    (Object::User, "/roles/student/enrollments", Object::School),
    (Object::User, "/roles/teacher/school", Object::School),
    (Object::User, "/roles/teacher/schools", Object::School),
    (Object::User, "/roles/staff/schools", Object::School),
    (
        Object::User,
        "/roles/contact/student_relationships",
        Object::User,
    ),
];

impl Documents {
    pub(crate) fn add(&mut self, object: Object, document: Value) {
        let documents = self.0.entry(object).or_default();
        let known = documents.insert(id(&document).to_owned(), document);
        assert!(known.is_none(), "listed twice: {known:?}");
    }

    pub(crate) fn all(&self, object: Object) -> &BTreeMap<String, Value> {
        &self.0[&object]
    }

    pub(crate) fn ids(&self, object: Object) -> Vec<String> {
        self.all(object).keys().cloned().collect()
    }

    pub(crate) fn get(&self, object: Object, id: &str) -> &Value {
        let found = self.all(object).get(id);
        found.unwrap_or_else(|| panic!("{object:?} {id} is not in its collection"))
    }

    /// The ids of users with a role.
    pub(crate) fn users_with(&self, role: &str) -> BTreeSet<String> {
        let users = self.all(Object::User).iter();
        users
            .filter(|(_, user)| user["roles"].get(role).is_some())
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// Every id in every document stands in the collection it belongs to, each of whose records is fetched elsewhere; ids
    /// are unique over all kinds.
    pub(crate) fn check_references(&self) {
        let mut checked = 0;
        for (object, pointer, target) in REFERENCES {
            let mut here = 0;
            for document in self.all(*object).values() {
                for mentioned in mentioned(document.pointer(pointer)) {
                    self.get(*target, mentioned);
                    here += 1;
                }
            }
            let unfilled = pointer.ends_with("/enrollments");
            assert_eq!(here == 0, unfilled, "{object:?} {pointer}");
            checked += here;
        }
        let own: Vec<_> = self.0.values().flat_map(BTreeMap::keys).collect();
        let once: BTreeSet<_> = own.iter().collect();
        assert_eq!(once.len(), own.len());
        for document in self
            .0
            .iter()
            .filter(|(object, _)| **object != Object::District)
        {
            let district = self.ids(Object::District);
            assert!(
                document
                    .1
                    .values()
                    .all(|document| document["district"] == *district[0])
            );
        }
        eprintln!("{checked} references lead to records");
    }

    /// The record that a path to a single one leads to.
    pub(crate) fn target(&self, route: &Route, origin: &str) -> Option<String> {
        let field = match route.gives {
            Object::District => "district",
            Object::School => "school",
            Object::Course => "course",
            Object::Term => "term_id",
            _ => panic!("{} leads to a list", route.path),
        };
        let target = self.get(route.of, origin).get(field)?;
        Some(target.as_str().unwrap().to_owned())
    }

    /// What `primary=true` leaves, ascending.
    pub(crate) fn primary(&self, route: &Route, origin: &str) -> Vec<&str> {
        let primary = |user: &Value| -> BTreeSet<String> {
            let schools = ["student", "teacher"].map(|role| user["roles"][role]["school"].as_str());
            schools.into_iter().flatten().map(str::to_owned).collect()
        };
        if route.of == Object::School {
            let users = self.all(Object::User).iter();
            let here = users.filter(|(_, user)| primary(user).contains(origin));
            return here.map(|(id, _)| id.as_str()).collect();
        }
        let primary = primary(self.get(Object::User, origin));
        let schools = self.all(Object::School).keys();
        let primary = schools.filter(|id| primary.contains(*id));
        primary.map(String::as_str).collect()
    }
}

/// The ids in a value: itself, those of a list, or those that the objects of a list name.
fn mentioned(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(id)) => vec![id],
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(|item| {
                let inner = item.get("student").or_else(|| item.get("school"));
                inner.unwrap_or(item).as_str()
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The links of a single object (clever-api 4.4), in any order; those that lead nowhere are left out.
pub(crate) fn links_of(object: Object, document: &Value) -> BTreeSet<&'static str> {
    let mut links = BTreeSet::from(["self"]);
    links.extend(match object {
        Object::District => &[][..],
        Object::School => &["district", "sections", "users", "terms", "courses"],
        Object::Course | Object::Term => &["district", "sections", "schools"],
        Object::Section => &["district", "school", "users"],
        Object::Resource => &["courses", "sections", "users"],
        Object::User => &["district"],
        _ => panic!("{} is an object of older versions", object.name()),
    });
    for (field, link) in [("term_id", "term"), ("course", "course")] {
        if document.get(field).is_some() {
            links.insert(link);
        }
    }
    for role in document["roles"]
        .as_object()
        .into_iter()
        .flat_map(|roles| roles.keys())
    {
        links.extend(match role.as_str() {
            "student" => &["sections", "myContacts", "myTeachers", "schools"][..],
            "teacher" => &["sections", "myStudents", "schools"],
            "contact" => &["myStudents"],
            "staff" => &["schools"],
            _ => &[],
        });
    }
    links
}

//! What documents are known to hold, so that anything else is counted by name and not lost in silence (integration-side
//! A1.12). Known is what any version has: reading does not mind which one a field or value belongs to.

use std::collections::{BTreeMap, HashMap, HashSet};

use homeroom_wire::Object;
use homeroom_wire::fields::{Form, ObjectFields, object_fields};
use serde_json::{Map, Value};

/// Names that are counted one by one; further ones are counted together.
const MOST_NAMES: usize = 500;
/// Characters of an unknown name that are kept.
const MOST_CHARACTERS: usize = 40;

/// What is not known, by name, and how often it came. Nothing of it is lost: records keep it as sent.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Strange {
    /// Fields, as `User.roles.student.shoe_size`.
    pub fields: BTreeMap<String, u64>,
    /// Fields with values outside their closed list, as `Section.subject`. The values stand nowhere: they may be of a field that
    /// the app does not use, of which only names and counts are kept (issue 5, "Settled").
    pub values: BTreeMap<String, u64>,
    /// Roles of people.
    pub roles: BTreeMap<String, u64>,
    /// Types of events.
    pub event_types: BTreeMap<String, u64>,
    /// What came beyond the names that are counted one by one.
    pub more: u64,
}

impl Strange {
    /// Whether everything was known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Counts what another reading found as well.
    pub fn add(&mut self, other: Self) {
        self.more += other.more;
        for (to, from) in [
            (&mut self.fields, other.fields),
            (&mut self.values, other.values),
            (&mut self.roles, other.roles),
            (&mut self.event_types, other.event_types),
        ] {
            for (name, number) in from {
                count(to, &mut self.more, name, number);
            }
        }
    }

    pub(crate) fn event_type(&mut self, name: &str) {
        count(&mut self.event_types, &mut self.more, cut(name), 1);
    }
}

fn count(counts: &mut BTreeMap<String, u64>, more: &mut u64, name: String, number: u64) {
    if counts.len() < MOST_NAMES || counts.contains_key(&name) {
        *counts.entry(name).or_default() += number;
    } else {
        *more += number;
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

/// The fields of every object.
pub(crate) struct Known(HashMap<Object, Fields>);

struct Fields {
    /// Whether the members are roles.
    roles: bool,
    by_name: HashMap<&'static str, Shape>,
}

enum Shape {
    /// Nothing inside is a closed list.
    Any,
    OneOf(HashSet<&'static str>),
    Object(Fields),
    List(Box<Self>),
}

/// Where in a document something stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    outer: Option<&'a Self>,
    name: &'a str,
}

impl Known {
    pub(crate) fn new() -> Self {
        let fields = |object| (object, Fields::of(object_fields(object)));
        Self(Object::ALL.into_iter().map(fields).collect())
    }

    /// Counts what is not known of a document.
    pub(crate) fn count(&self, object: Object, document: &Value, strange: &mut Strange) {
        let place = Place {
            outer: None,
            name: object.name(),
        };
        if let (Some(fields), Value::Object(members)) = (self.0.get(&object), document) {
            fields.count(members, place, strange);
        }
    }
}

impl Fields {
    fn of(object: &ObjectFields) -> Self {
        let mut by_name: HashMap<_, Shape> = HashMap::new();
        for field in object.fields {
            let shape = Shape::of(&field.form);
            match (by_name.get_mut(field.name), shape) {
                // A list that grew from one version to the next.
                (Some(Shape::OneOf(known)), Shape::OneOf(more)) => known.extend(more),
                (Some(_), _) => {}
                (None, shape) => {
                    by_name.insert(field.name, shape);
                }
            }
        }
        Self {
            roles: object.name == homeroom_wire::fields::ROLES.name,
            by_name,
        }
    }

    fn count(&self, members: &Map<String, Value>, place: Place<'_>, strange: &mut Strange) {
        for (name, value) in members {
            let inside = Place {
                outer: Some(&place),
                name,
            };
            match self.by_name.get(&**name) {
                Some(shape) => shape.count(value, inside, strange),
                None if self.roles => count(&mut strange.roles, &mut strange.more, cut(name), 1),
                None => count(&mut strange.fields, &mut strange.more, inside.path(), 1),
            }
        }
    }
}

impl Shape {
    fn of(form: &Form) -> Self {
        match form {
            Form::OneOf(values) => Self::OneOf(values.all().into_iter().collect()),
            Form::Object(object) => Self::Object(Fields::of(object)),
            Form::List(form) => match Self::of(form) {
                Self::Any => Self::Any,
                inner => Self::List(Box::new(inner)),
            },
            _ => Self::Any,
        }
    }

    fn count(&self, value: &Value, place: Place<'_>, strange: &mut Strange) {
        match (self, value) {
            (Self::OneOf(known), Value::String(text))
                if !text.is_empty() && !known.contains(&**text) =>
            {
                count(&mut strange.values, &mut strange.more, place.path(), 1);
            }
            (Self::Object(fields), Value::Object(members)) => fields.count(members, place, strange),
            (Self::List(shape), Value::Array(values)) => {
                for value in values {
                    shape.count(value, place, strange);
                }
            }
            _ => {}
        }
    }
}

impl Place<'_> {
    fn path(&self) -> String {
        let name = cut(self.name);
        match self.outer {
            Some(outer) => format!("{}.{name}", outer.path()),
            None => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_version_has_is_counted_by_name() {
        let known = Known::new();
        let user = json!({
            "id": "x", "shoe": 1, "lms_state": {}, "name": {"first": "A", "nick": "B"},
            "roles": {
                "student": {"grade": "14", "gender": "", "race": null, "ext": {"own": "x"}, "enrollments": [{"day": 1}, {"day": 2}]},
                "mentor": {"grade": "x"},
            },
        });
        let mut strange = Strange::default();
        known.count(Object::User, &user, &mut strange);
        let names = |counts: &BTreeMap<String, u64>| {
            counts
                .iter()
                .map(|(name, number)| format!("{name} {number}"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        assert_eq!(
            names(&strange.fields),
            "User.lms_state 1, User.name.nick 1, User.roles.student.enrollments.day 2, User.shoe 1"
        );
        assert_eq!(names(&strange.values), "User.roles.student.grade 1");
        assert_eq!(names(&strange.roles), "mentor 1");
        let twice = strange.clone();
        strange.add(twice);
        assert_eq!(strange.roles["mentor"], 2);
    }

    #[test]
    fn names_are_not_counted_without_end() {
        let mut strange = Strange::default();
        for number in 0..MOST_NAMES + 7 {
            strange.event_type(&format!("things.{number}"));
        }
        strange.event_type("things.1");
        assert_eq!((strange.event_types.len(), strange.more), (MOST_NAMES, 7));
        assert_eq!(strange.event_types["things.1"], 2);
    }
}

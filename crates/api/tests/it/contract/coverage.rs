//! What was met: a path or a field that the data never shows is not tested by it.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_wire::fields::{Form, ObjectFields, object_fields};
use homeroom_wire::{Object, Route, Version};
use serde_json::Value;

use super::documents::Documents;
use super::routes;

/// How often each path was walked, and how often it had something to give.
#[derive(Default)]
pub(crate) struct Paths(BTreeMap<&'static str, (usize, usize)>);

impl Paths {
    pub(crate) fn walked(&mut self, route: &Route, filled: bool) {
        let (walked, answered) = self.0.entry(route.path).or_default();
        *walked += 1;
        *answered += usize::from(filled);
    }

    /// Prints the table; every path of the version must have given something.
    pub(crate) fn finish(&self, version: &'static Version) {
        let all: Vec<_> = routes(version).map(|route| route.path).collect();
        for path in &all {
            let (walked, answered) = self.0.get(path).copied().unwrap_or_default();
            eprintln!("{:6} {path:28} {answered:5} of {walked:5}", version.name);
        }
        let filled = |path: &&&str| {
            self.0
                .get(**path)
                .is_some_and(|(_, answered)| *answered > 0)
        };
        let met = all.iter().filter(filled).count();
        eprintln!("{:6} {met} of {} paths", version.name, all.len());
        assert_eq!(met, all.len(), "some paths never gave anything");
    }
}

/// Fields that no file and nobody brings.
const FROM_NOWHERE: &[&str] = &[
    // These districts send no attendance; the tests `attendance` import some.
    "District.last_attendance_sync",
    // Learning management systems are not connected.
    "District.lms_state",
    "District.lms_type",
    "Section.lms_status",
    "User.lms_status",
    "LmsStatus.synced_in_lms",
    // No file has a column for them (district-side 2.1 and 2.2).
    "Location.lat",
    "Location.lon",
    // Only where both days of an enrollment are known, which no file says (settled).
    "Student.enrollments",
    "SchoolEnrollment.end_date",
    "SchoolEnrollment.school",
    "SchoolEnrollment.start_date",
];

/// Shown by opt-in only, in versions whose schema lacks them (clever-api 3.9).
const OPT_IN_OF_3_0: &[&str] = &[
    "Student.frl_status",
    "Student.home_language",
    "Student.iep_status",
];

/// The fields of the table, as `Object.field`, and those that held something somewhere.
pub(crate) struct Fields {
    version: &'static Version,
    known: BTreeSet<String>,
    filled: BTreeSet<String>,
}

impl Fields {
    /// Looks at all documents.
    pub(crate) fn seen(version: &'static Version, told: &Documents) -> Self {
        let (known, filled) = (BTreeSet::new(), BTreeSet::new());
        let mut fields = Self {
            version,
            known,
            filled,
        };
        for object in Object::of(version) {
            for document in told.all(object).values() {
                fields.visit(object_fields(object), Some(document));
            }
        }
        fields
    }

    fn visit(&mut self, fields: &'static ObjectFields, value: Option<&Value>) {
        for field in fields.of(self.version) {
            let name = format!("{}.{}", fields.name, field.name);
            let inner = value.and_then(|value| value.get(field.name));
            if inner.is_some_and(|value| !is_empty(value)) {
                self.filled.insert(name.clone());
            }
            self.known.insert(name);
            match field.form {
                Form::Object(object) => self.visit(object, inner),
                Form::List(Form::Object(object)) => {
                    let items = inner.and_then(Value::as_array).into_iter().flatten();
                    self.visit(object, None);
                    items.for_each(|item| self.visit(object, Some(item)));
                }
                _ => {}
            }
        }
    }

    /// Every field but those that nothing fills must have held something.
    pub(crate) fn finish(&self) {
        let expected: BTreeSet<_> = FROM_NOWHERE
            .iter()
            .chain(OPT_IN_OF_3_0.iter().filter(|_| self.version.name == "v3.0"))
            .map(|name| (*name).to_owned())
            .filter(|name| self.known.contains(name))
            .collect();
        let unfilled: BTreeSet<_> = self.known.difference(&self.filled).cloned().collect();
        eprintln!(
            "{:6} {} of {} fields filled",
            self.version.name,
            self.filled.len(),
            self.known.len()
        );
        assert_eq!(unfilled, expected);
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
    }
}

//! The field and route tables against the published Swagger files, where those are at hand.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_wire::fields::{FieldSpec, Form, Mark, ObjectFields, object_fields};
use homeroom_wire::{Family, Items, Object, Route, Shape, VERSIONS, Version};
use serde_json::Value;

use homeroom_testkit::contract;

/// What we leave out or promise differently, each settled or recommended in the reference.
const LEFT_OUT: &[&str] = &[
    // Stand on the user only (settled).
    "Teacher.created",
    "Teacher.district",
    "Teacher.last_modified",
    "Teacher.name",
];
const NOT_IN_THE_CONTRACT_BEFORE_3_1: &[&str] = &[
    // Real, opt-in, and absent from the main files (clever-api 3.5 and 12, item 17).
    "Student.frl_status",
    "Student.home_language",
    "Student.iep_status",
];
const PROMISED_DIFFERENTLY: &[&str] = &[
    // Left out where there is no district admin (settled).
    "District.district_contact",
    // May be an empty object, and so may what it stands in (settled).
    "Credentials.district_username",
    "LmsStatus.synced_in_lms",
];

const AS_SENT: &[&str] = &["Term.end_date", "Term.start_date"];
/// Flags that an object is optional stand beside its reference, where Swagger 2.0 tools drop them: so says the table of the
/// reference, which we follow (clever-api 3).
const PROMISED_DIFFERENTLY_BEFORE_3: &[&str] = &[];

fn objects(version: &Version) -> BTreeMap<&'static str, &'static ObjectFields> {
    fn visit(
        version: &Version,
        object: &'static ObjectFields,
        found: &mut BTreeMap<&'static str, &'static ObjectFields>,
    ) {
        found.insert(object.name, object);
        for field in object.of(version) {
            let mut form = field.form;
            while let Form::List(item) = form {
                form = *item;
            }
            if let Form::Object(inner) = form {
                visit(version, inner, found);
            }
        }
    }
    let mut found = BTreeMap::new();
    for object in Object::of(version) {
        visit(version, object_fields(object), &mut found);
    }
    found
}

fn check_form(name: &str, form: Form, published: &Value) {
    let kind = published
        .get("type")
        .map_or("", |kind| kind.as_str().unwrap());
    match form {
        Form::Text | Form::Id => assert_eq!(kind, "string", "{name}"),
        Form::Instant | Form::Day => {
            assert_eq!(kind, "string", "{name}");
            assert!(
                published["format"].as_str().unwrap().starts_with("date"),
                "{name}"
            );
        }
        Form::BirthDay => assert!(published["pattern"].is_string(), "{name}"),
        Form::Flag => assert_eq!(kind, "boolean", "{name}"),
        Form::Map => assert_eq!(
            published,
            &serde_json::json!({ "type": "object" }),
            "{name}"
        ),
        Form::Object(object) => assert_eq!(
            published["$ref"],
            format!("#/definitions/{}", object.name),
            "{name}"
        ),
        Form::List(item) => {
            assert_eq!(kind, "array", "{name}");
            check_form(name, *item, &published["items"]);
        }
        Form::OneOf(values) => {
            let published: BTreeSet<_> = published["enum"]
                .as_array()
                .unwrap_or_else(|| panic!("{name} has no list"))
                .iter()
                .map(|value| value.as_str().unwrap())
                .collect();
            assert_eq!(
                values.all().into_iter().collect::<BTreeSet<_>>(),
                published,
                "{name}"
            );
        }
    }
}

fn check_field(version: &Version, name: &str, field: &FieldSpec, published: &Value) {
    check_form(name, field.form, published);
    let nullable = published["x-nullable"] == true;
    let older = version.family != Family::Three && PROMISED_DIFFERENTLY_BEFORE_3.contains(&name);
    if !PROMISED_DIFFERENTLY.contains(&name) && !older {
        assert_eq!(field.marks.contains(Mark::Guaranteed), !nullable, "{name}");
    }
    // Dates of terms stand as sent in versions 1.x, whatever the file says (clever-api 2.1).
    if published["x-validation"] == true && !AS_SENT.contains(&name) {
        assert!(field.marks.contains(Mark::Validated), "{name}");
    }
}

#[test]
fn fields_are_those_of_the_contract() {
    for version in VERSIONS {
        let Some(contract) = contract(version.name) else {
            return;
        };
        for (object_name, object) in objects(version) {
            let published = contract["definitions"][object_name]["properties"]
                .as_object()
                .unwrap_or_else(|| panic!("{object_name} is not in the contract"));
            let mut ours = BTreeSet::new();
            for field in object.of(version) {
                let name = format!("{object_name}.{}", field.name);
                ours.insert(field.name);
                match published.get(field.name) {
                    // Roles are all optional, whatever the file says of each.
                    Some(published) => check_field(version, &name, field, published),
                    None => assert!(
                        version.name != "v3.1"
                            && NOT_IN_THE_CONTRACT_BEFORE_3_1.contains(&name.as_str()),
                        "{name} is not in the contract"
                    ),
                }
            }
            for name in published
                .keys()
                .filter(|name| !ours.contains(name.as_str()))
            {
                let name = format!("{object_name}.{name}");
                let settled = version.family == Family::Three && LEFT_OUT.contains(&name.as_str());
                assert!(settled, "{}: {name} is left out", version.name);
            }
        }
    }
}

/// The published parameters of a path. We take more: `count`, `page` and the page parameters on every list of versions 1.x
/// (clever-api 5, and settled for `/districts`), and the page parameters on the list of districts.
fn told_parameters(version: &Version, route: &Route) -> [(&'static str, bool); 10] {
    let older = version.family == Family::One;
    let list = route.shape == Shape::List && route.of != Object::District;
    let of_district = route.of == Object::District && route.filters;
    let bare = older && route.items != Items::Wrapped;
    let cursors = (list && !bare) || of_district || (older && route.show_links);
    let limit = (list && !bare) || of_district || route.path == "/students/{id}/contacts";
    [
        ("id", route.takes_id()),
        ("limit", limit),
        ("starting_after", cursors),
        ("ending_before", cursors),
        ("where", route.filters),
        ("include", route.includes),
        ("show_links", route.show_links),
        ("count", route.counts && !older),
        ("primary", route.primary),
        ("role", !route.roles.is_empty()),
    ]
}

/// What the contract calls the answer of a path.
fn answer_name(route: &Route) -> String {
    let name = route.gives.name();
    match (route.shape, route.items) {
        (Shape::List, Items::Grades) => "GradeLevelsResponse".to_owned(),
        (Shape::List, Items::Plain) if route.gives == Object::StudentContact => {
            "StudentContactsForStudentResponse".to_owned()
        }
        (Shape::List, _) if route.gives == Object::Status => "DistrictStatusResponses".to_owned(),
        (Shape::List, _) => format!("{name}sResponse"),
        _ => format!("{name}Response"),
    }
}

#[test]
fn paths_and_parameters_are_those_of_the_contract() {
    for version in VERSIONS {
        let Some(contract) = contract(version.name) else {
            return;
        };
        let published = contract["paths"].as_object().unwrap();
        let ours: BTreeSet<_> = Route::of_version(version).map(|route| route.path).collect();
        let theirs: BTreeSet<_> = published.keys().map(String::as_str).collect();
        assert_eq!(ours, theirs);
        for route in Route::of_version(version) {
            let operation = &published[route.path]["get"];
            let none = Vec::new();
            let parameters = operation["parameters"].as_array().unwrap_or(&none);
            let theirs: BTreeMap<_, _> = parameters
                .iter()
                .map(|parameter| (parameter["name"].as_str().unwrap(), parameter))
                .collect();
            let ours = told_parameters(version, route);
            let ours: BTreeSet<_> = ours.iter().filter(|own| own.1).map(|own| own.0).collect();
            assert_eq!(ours, theirs.keys().copied().collect(), "{}", route.path);
            if let Some(role) = theirs.get("role") {
                let theirs: Vec<_> = role["enum"].as_array().unwrap().iter().collect();
                let ours: Vec<_> = route.roles.iter().map(|role| role.text()).collect();
                assert_eq!(
                    ours,
                    theirs
                        .iter()
                        .map(|role| role.as_str().unwrap())
                        .collect::<Vec<_>>()
                );
            }
            assert_eq!(
                operation["responses"]["200"]["schema"]["$ref"],
                format!("#/definitions/{}", answer_name(route)),
                "{}",
                route.path
            );
        }
    }
}

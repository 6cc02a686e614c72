//! The field and route tables against the published Swagger files, where those are at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use homeroom_wire::fields::{FieldSpec, Form, Mark, ObjectFields, object_fields};
use homeroom_wire::{Object, ROUTES, Shape, VERSIONS, Version};
use serde_json::Value;

/// The published definition of a version; `None` where the shared folder is absent, which in CI is a failure.
fn contract(version: &Version) -> Option<Value> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/contracts")
        .join(format!("{}.yml", version.name));
    if let Ok(text) = std::fs::read_to_string(&file) {
        return Some(serde_saphyr::from_str(&text).unwrap());
    }
    let needed = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(
        !needed,
        "../shared/contracts/{}.yml is needed in CI",
        version.name
    );
    eprintln!("skipped: no ../shared/contracts/{}.yml", version.name);
    None
}

/// What we leave out or promise differently, each settled or recommended in the reference.
const LEFT_OUT: &[&str] = &[
    // Stand on the user only (settled).
    "Teacher.created",
    "Teacher.district",
    "Teacher.last_modified",
    "Teacher.name",
];
const NOT_IN_THE_CONTRACT_OF_3_0: &[&str] = &[
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
    for object in Object::ALL {
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

fn check_field(name: &str, field: &FieldSpec, published: &Value) {
    check_form(name, field.form, published);
    let nullable = published["x-nullable"] == true;
    if !PROMISED_DIFFERENTLY.contains(&name) {
        assert_eq!(field.marks.contains(Mark::Guaranteed), !nullable, "{name}");
    }
    if published["x-validation"] == true {
        assert!(field.marks.contains(Mark::Validated), "{name}");
    }
}

#[test]
fn fields_are_those_of_the_contract() {
    for version in VERSIONS {
        let Some(contract) = contract(version) else {
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
                    Some(published) => check_field(&name, field, published),
                    None => assert!(
                        version.name == "v3.0"
                            && NOT_IN_THE_CONTRACT_OF_3_0.contains(&name.as_str()),
                        "{name} is not in the contract"
                    ),
                }
            }
            for name in published
                .keys()
                .filter(|name| !ours.contains(name.as_str()))
            {
                let name = format!("{object_name}.{name}");
                assert!(LEFT_OUT.contains(&name.as_str()), "{name} is left out");
            }
        }
    }
}

#[test]
fn paths_and_parameters_are_those_of_the_contract() {
    for version in VERSIONS {
        let Some(contract) = contract(version) else {
            return;
        };
        let published = contract["paths"].as_object().unwrap();
        let ours: BTreeSet<_> = ROUTES.iter().map(|route| route.path).collect();
        let theirs: BTreeSet<_> = published.keys().map(String::as_str).collect();
        assert_eq!(ours, theirs);
        for route in ROUTES {
            let operation = &published[route.path]["get"];
            let none = Vec::new();
            let parameters = operation["parameters"].as_array().unwrap_or(&none);
            let theirs: BTreeMap<_, _> = parameters
                .iter()
                .map(|parameter| (parameter["name"].as_str().unwrap(), parameter))
                .collect();
            let pages = route.shape == Shape::List && route.of != Object::District;
            let ours = [
                ("id", route.takes_id()),
                ("limit", pages),
                ("starting_after", pages),
                ("ending_before", pages),
                ("count", route.counts),
                ("primary", route.primary),
                ("role", !route.roles.is_empty()),
            ];
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
            let list = if route.shape == Shape::List { "s" } else { "" };
            let expected = format!("#/definitions/{}{list}Response", route.gives.name());
            assert_eq!(
                operation["responses"]["200"]["schema"]["$ref"], expected,
                "{}",
                route.path
            );
        }
    }
}

//! `where` against the documents themselves: whatever the filter, roster, scope and mask, the records it leaves are those
//! whose documents it fits.

use homeroom_model::{Field, FieldSet, Role};
use homeroom_wire::{Answer, FilterProblem, Refusal, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::roster::{Shared, id, link};
use crate::sample::sample;

/// Percent-encodes what a query cannot hold.
fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
    let bytes = text.as_bytes().iter();
    let parts = bytes.map(|byte| {
        if plain(byte) {
            (*byte as char).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    parts.collect()
}

fn filtered(collection: &str, filter: &Value) -> String {
    let text = encoded(&filter.to_string());
    format!("/v1.2/{collection}?where={text}")
}

/// The collections that take `where`.
const COLLECTIONS: [&str; 5] = [
    "schools",
    "sections",
    "students",
    "teachers",
    "school_admins",
];

/// Fields of all collections, and of none.
const FIELDS: &[&str] = &[
    "id",
    "district",
    "created",
    "last_modified",
    "sis_id",
    "staff_id",
    "name",
    "name.first",
    "name.middle",
    "name.last",
    "email",
    "school",
    "schools",
    "student_number",
    "teacher_number",
    "school_number",
    "state_id",
    "nces_id",
    "mdr_number",
    "low_grade",
    "high_grade",
    "grade",
    "graduation_year",
    "gender",
    "dob",
    "race",
    "hispanic_ethnicity",
    "ell_status",
    "frl_status",
    "iep_status",
    "home_language",
    "credentials",
    "credentials.district_username",
    "location",
    "location.address",
    "location.city",
    "location.state",
    "location.zip",
    "phone",
    "principal",
    "principal.name",
    "principal.email",
    "title",
    "department",
    "subject",
    "period",
    "section_number",
    "teacher",
    "teachers",
    "students",
    "course_name",
    "course_number",
    "course_description",
    "term",
    "term.name",
    "term.start_date",
    "term.end_date",
    "ext",
    "preferred_name.first",
];

fn at<'d>(document: &'d Value, path: &str) -> Option<&'d Value> {
    path.split('.')
        .try_fold(document, |value, part| value.get(part))
}

/// The elements of a list, or the value itself.
fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    }
}

/// What a filter of one condition means, from the documents (clever-api 4.5).
fn fits(document: &Value, field: &str, operator: &str, operand: &Value) -> bool {
    let found = at(document, field);
    let equal = |operand: &Value| match found {
        None => operand.is_null(),
        Some(found) => each(found).contains(&operand),
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let compare = |test: fn(&String, &String) -> bool| {
        found.is_some_and(|found| {
            each(found).into_iter().any(|found| {
                let pair = text(found).zip(text(operand));
                pair.is_some_and(|(found, operand)| test(&found, &operand))
            })
        })
    };
    match operator {
        "" => equal(operand),
        "$ne" => !equal(operand),
        "$in" => operand.as_array().unwrap().iter().any(equal),
        "$nin" => !operand.as_array().unwrap().iter().any(equal),
        "$exists" => Some(found.is_some()) == operand.as_bool(),
        "$size" => found
            .and_then(Value::as_array)
            .is_some_and(|list| operand == list.len()),
        "$gt" => compare(|a, b| a > b),
        "$gte" => compare(|a, b| a >= b),
        "$lt" => compare(|a, b| a < b),
        "$lte" => compare(|a, b| a <= b),
        other => panic!("{other}"),
    }
}

fn masked(hidden: &[Field], without: Option<Role>) -> Shared {
    let mut shared = sample();
    shared.mask.hidden = hidden.iter().copied().collect();
    shared.mask.opted_in = FieldSet::NONE
        .with(Field::StudentFrlStatus)
        .with(Field::StudentIepStatus);
    if let Some(role) = without {
        shared.mask.roles = shared.mask.roles.without(role);
    }
    shared
}

/// Every scalar at any field of any document.
fn values(shared: &Shared) -> Vec<Value> {
    let mut found = vec![json!("nothing like it"), json!(""), Value::Null];
    for collection in COLLECTIONS {
        for document in shared.all(&format!("/v1.2/{collection}")) {
            for field in FIELDS {
                for value in at(&document, field).map(each).unwrap_or_default() {
                    if value.is_string() && !found.contains(value) {
                        found.push(value.clone());
                    }
                }
            }
        }
    }
    found
}

fn conditions() -> impl Strategy<Value = (usize, &'static str, usize)> {
    let operators = [
        "", "$ne", "$in", "$nin", "$exists", "$size", "$gt", "$gte", "$lt", "$lte",
    ];
    (
        0..FIELDS.len(),
        prop::sample::select(operators.to_vec()),
        any::<usize>(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_filter_leaves_the_documents_it_fits(
        (field, operator, seed) in conditions(),
        hidden in prop::sample::subsequence(
            vec![Field::StudentDob, Field::StudentEmail, Field::SchoolLocation, Field::EmployeeEmail, Field::StudentCredentials],
            0..3,
        ),
        without in prop::option::weighted(0.2, prop::sample::select(vec![Role::Student, Role::Teacher])),
    ) {
        let field = FIELDS[field];
        let shared = masked(&hidden, without);
        let all = values(&shared);
        // Days are ordered as days, which texts are not.
        let day = field == "dob" || field.ends_with("_date");
        prop_assume!(!day || !(operator.contains("gt") || operator.contains("lt")));
        for collection in COLLECTIONS {
            let documents = shared.all(&format!("/v1.2/{collection}"));
            // Mostly a value that some document has there.
            let own: Vec<_> = documents.iter().filter_map(|document| at(document, field)).flat_map(each).collect();
            let own: Vec<_> = own.into_iter().filter(|value| value.is_string()).collect();
            // Ids and instants are ordered among their like only.
            let ordered = operator.contains("gt") || operator.contains("lt");
            let value = if own.is_empty() || (!ordered && seed % 4 == 0) { &all[seed % all.len()] } else { own[seed % own.len()] };
            let operand = match operator {
                "$exists" => json!(seed % 2 == 0),
                "$size" => json!(seed % 3),
                "$in" | "$nin" => json!([value, all[seed / 7 % all.len()]]),
                _ => value.clone(),
            };
            let filter = if operator.is_empty() { json!({ field: operand }) } else { json!({ field: { operator: operand } }) };
            let expected: Vec<_> = documents.iter().filter(|document| fits(document, field, operator, &operand)).map(id).collect();
            prop_assert_eq!(shared.ids(&filtered(collection, &filter)), expected.clone(), "{} {}", collection, filter);
            let count = shared.read(&(filtered(collection, &filter) + "&count=true"));
            prop_assert_eq!(&count["count"], &json!(expected.len()));
        }
    }
}

#[test]
fn values_are_compared_as_what_they_are() {
    let shared = sample();
    for (collection, filter, expected) in [
        ("students", json!({ "dob": "3/4/2011" }), &["20"][..]),
        ("students", json!({ "dob": "03/04/2011" }), &["20"]),
        ("students", json!({ "dob": { "$lt": "12/31/1999" } }), &[]),
        (
            "students",
            json!({ "dob": { "$gt": "12/31/1999", "$lte": "2011-03-04" } }),
            &["20"],
        ),
        (
            "students",
            json!({ "student_number": { "$regex": "^S-\\d$" } }),
            &["20"],
        ),
        ("students", json!({ "dob": { "$regex": "^3/" } }), &["20"]),
        ("students", json!({ "sis_id": 9001 }), &["20"]),
        ("students", json!({ "sis_id": { "$gt": 9001 } }), &["21"]),
        (
            "students",
            json!({ "created": "2023-04-01T09:00:00Z" }),
            &["20", "21", "22"],
        ),
        (
            "students",
            json!({ "last_modified": { "$gt": "2023-04-01" }, "created": { "$lt": "2024-01-01" } }),
            &["20", "21", "22"],
        ),
        (
            "students",
            json!({ "last_modified": { "$gt": "2023-04-02T00:00" } }),
            &["21"],
        ),
        (
            "students",
            json!({ "id": "5F00AA11BB22CC33DD44EE21" }),
            &["21"],
        ),
        (
            "students",
            json!({ "id": "5f00aa11bb22cc33dd44ee21", "sis_id": "x" }),
            &[],
        ),
        ("students", json!({ "id": "x" }), &[]),
        ("students", json!({ "id": null }), &[]),
        (
            "teachers",
            json!({ "id": "5f00aa11bb22cc33dd44ee43" }),
            &["43"],
        ),
        (
            "teachers",
            json!({ "id": { "$gt": "5f00aa11bb22cc33dd44ee41" } }),
            &["42", "43"],
        ),
        ("sections", json!({ "term.start_date": "8/20/25" }), &["a0"]),
        (
            "sections",
            json!({ "term.end_date": { "$gt": "2026-01-01" } }),
            &["a2"],
        ),
        (
            "sections",
            json!({ "teachers": "5f00aa11bb22cc33dd44ee41" }),
            &["a0", "a2"],
        ),
        ("sections", json!({ "students": { "$size": 3 } }), &["a2"]),
        ("schools", json!({ "principal.name": "Pat Elm" }), &["10"]),
    ] {
        let found = shared.ids(&filtered(collection, &filter));
        let found: Vec<_> = found.iter().map(|id| &id[22..]).collect();
        assert_eq!(found, expected, "{collection} {filter}");
    }
}

#[test]
fn pages_and_numbers_are_those_of_the_filtered_list() {
    let shared = sample();
    let filter = filtered("students", &json!({ "sis_id": { "$ne": "9002" } }));
    let first = shared.read(&format!("{filter}&limit=1"));
    assert_eq!(
        first["paging"],
        json!({ "current": 1, "total": 2, "count": 2 })
    );
    let second = shared.read(&link(&first, "next").unwrap());
    assert_eq!(id(&second["data"][0]["data"]), "5f00aa11bb22cc33dd44ee22");
    assert_eq!(link(&second, "next"), None);
    let numbered = shared.read(&format!("{filter}&limit=1&page=2"));
    assert_eq!(numbered["data"], second["data"]);
    assert_eq!(numbered["paging"]["current"], 2);
    let school = "/v1.1/schools/5f00aa11bb22cc33dd44ee11/students";
    let there = encoded(r#"{"sis_id":"90\"03"}"#);
    assert_eq!(
        shared.ids(&format!("{school}?where={there}")),
        ["5f00aa11bb22cc33dd44ee22"]
    );
}

#[test]
fn filters_stay_inside_their_budget() {
    let shared = sample();
    let refused = |address: &str, rows: u64| {
        let (path, query) = address.split_once('?').unwrap();
        let request = parse(path, Some(query)).unwrap();
        Answer::within(&request, &shared.view(), rows).err()
    };
    let any = filtered("students", &json!({ "sis_id": "9001" }));
    assert_eq!(refused(&any, 3), None);
    assert_eq!(refused(&any, 2), Some(Refusal::FilterTooCostly));
    // A record looked up by its id costs one.
    let one = filtered("students", &json!({ "id": "5f00aa11bb22cc33dd44ee21" }));
    assert_eq!(refused(&one, 1), None);
    assert_eq!(refused("/v1.2/students?where={}", 0), None);
    let bad = parse("/v1.1/students", Some("where=%7B"));
    assert_eq!(bad.unwrap_err(), Refusal::BadFilter(FilterProblem::NotJson));
    // Where a path has no such parameter it is not looked at.
    assert!(parse("/v2.1/students", Some("where=%7B")).is_ok());
    assert!(parse("/v1.1/contacts", Some("where=%7B")).is_ok());
}

/// Hidden fields are nowhere, so a filter that names one learns nothing of it.
#[test]
fn a_filter_is_no_oracle() {
    let shared = masked(&[Field::StudentDob], None);
    for (filter, number) in [
        (json!({ "dob": "3/4/2011" }), 0),
        (json!({ "dob": { "$exists": true } }), 0),
        (json!({ "dob": { "$exists": false } }), 3),
        (json!({ "dob": { "$ne": "3/4/2011" } }), 3),
        (json!({ "home_language": { "$exists": true } }), 0),
    ] {
        assert_eq!(
            shared.ids(&filtered("students", &filter)).len(),
            number,
            "{filter}"
        );
    }
}

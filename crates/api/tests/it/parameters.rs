//! Parameters, good and bad (clever-api 4.2, 5 and 9.1).

use homeroom_wire::Object;
use serde_json::Value;

use crate::served::Served;

const ID: &str = "5f00aa11bb22cc33dd44ee01";

/// Queries of `/users`, and the status of the answer.
const QUERIES: &[(&str, u16)] = &[
    ("limit=1", 200),
    ("limit=10000", 200),
    ("limit=010", 200),
    ("limit=10001", 413),
    ("limit=99999999999999999999999999", 413),
    ("limit=0", 400),
    ("limit=-1", 400),
    ("limit=x", 400),
    ("limit=", 400),
    ("limit", 400),
    ("limit=1.5", 400),
    ("limit=+1", 400),
    ("limit=%31", 200),
    ("limit=0&limit=5", 200),
    ("limit=5&limit=0", 400),
    ("starting_after=x", 400),
    ("starting_after=", 400),
    ("starting_after=last", 400),
    ("starting_after=5f00aa11bb22cc33dd44ee0", 400),
    ("starting_after=5f00aa11bb22cc33dd44ee0g", 400),
    ("starting_after=5f00aa11bb22cc33dd44ee011", 400),
    ("starting_after=5f00aa11bb22cc33dd44ee01", 200),
    ("ending_before=x", 400),
    ("ending_before=LAST", 400),
    ("ending_before=5f00aa11bb22cc33dd44ee01", 200),
    (
        "starting_after=5f00aa11bb22cc33dd44ee01&ending_before=5f00aa11bb22cc33dd44ee01",
        400,
    ),
    (
        "starting_after=5f00aa11bb22cc33dd44ee01&ending_before=last",
        400,
    ),
    ("role=contact", 200),
    ("role=district_admin", 200),
    ("role=staff", 200),
    ("role=student", 200),
    ("role=teacher", 200),
    ("role=Teacher", 400),
    ("role=teachers", 400),
    ("role=", 400),
    ("role=school_admin", 400),
    ("count=true", 200),
    ("count=true&limit=0&starting_after=x", 200),
    ("count=true&role=nobody", 400),
    ("count=5&limit=0", 400),
    ("primary=maybe", 200),
    ("unknown=1&&=&=x&%", 200),
    ("where=%7B%7D", 200),
];

#[tokio::test]
async fn parameters_are_taken_or_refused() {
    let served = Served::new().await;
    for version in ["v3.0", "v3.1"] {
        for (query, status) in QUERIES {
            let address = format!("/{version}/users?{query}");
            assert_eq!(served.client.status(&address).await, *status, "{address}");
        }
    }
}

#[tokio::test]
async fn every_list_has_the_same_limits_and_only_the_roles_it_says() {
    let served = Served::new().await;
    for (route, address) in served.client.addresses().await {
        let list = route.has_pages();
        let asked = async |query: &str| served.client.status(&format!("{address}?{query}")).await;
        for (query, status) in [
            ("limit=10000".to_owned(), 200),
            ("limit=10001".to_owned(), if list { 413 } else { 200 }),
            ("limit=0".to_owned(), if list { 400 } else { 200 }),
            ("limit=x".to_owned(), if list { 400 } else { 200 }),
            (
                format!("starting_after={ID}&ending_before={ID}"),
                if list { 400 } else { 200 },
            ),
            (
                "primary=maybe".to_owned(),
                if route.primary { 400 } else { 200 },
            ),
            ("primary=true".to_owned(), 200),
            ("primary=false".to_owned(), 200),
        ] {
            assert_eq!(asked(&query).await, status, "{address}?{query}");
        }
        for role in [
            "contact",
            "district_admin",
            "staff",
            "student",
            "teacher",
            "nobody",
        ] {
            let known = route.roles.is_empty() || route.roles.iter().any(|own| own.text() == role);
            let status = if known { 200 } else { 400 };
            assert_eq!(
                asked(&format!("role={role}")).await,
                status,
                "{address}?role={role}"
            );
        }
    }
}

/// Whether an answer is a number of records.
fn counts(answer: &Value) -> bool {
    answer.get("count").is_some_and(Value::is_u64) && answer.get("data").is_none()
}

#[tokio::test]
async fn only_the_word_true_counts_and_only_where_there_is_something_to_count() {
    let served = Served::new().await;
    let addresses = served.client.addresses().await;
    for (route, address) in &addresses {
        let answer = served.client.read(&format!("{address}?count=true")).await;
        assert_eq!(counts(&answer), route.counts, "{address}");
        for no in ["", "false", "undefined", "5", "TRUE", "1"] {
            let answer = served.client.read(&format!("{address}?count={no}")).await;
            assert!(!counts(&answer), "{address}?count={no}");
        }
    }
    assert!(
        addresses
            .iter()
            .any(|(route, _)| route.counts && route.of == Object::User)
    );
}

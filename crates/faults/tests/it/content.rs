//! Content that nobody announced.

use homeroom_testkit::small_district;
use serde_json::Value;

use crate::client::id;
use crate::home::Home;

const VERSIONS: [&str; 2] = ["/v3.1/users", "/v1.1/students"];

#[tokio::test]
async fn unknown_fields() {
    let home = Home::new(&small_district()).await;
    let client = home.faulty("unknown-fields");
    for address in VERSIONS {
        let page = client.read(address).await;
        assert!(page["x_meta"].is_object());
        let quiet = home.plain().page(address).await;
        for (mut document, quiet) in crate::client::documents(&page).into_iter().zip(quiet) {
            let extra = document.as_object_mut().unwrap().remove("x_future");
            assert!(extra.is_some());
            assert_eq!(document, quiet);
        }
    }
    let event = &client.page("/v3.1/events?record_type=users").await[0];
    assert!(event["data"]["object"]["x_future"].is_object());
}

/// A record is as strange in a list as by itself, and as in events.
async fn alike(faults: &str, list: &str, pointer: &str, strange: &str) {
    let home = Home::new(&small_district()).await;
    let client = home.faulty(faults);
    let (path, kind) = list.split_once('?').unwrap_or((list, ""));
    let mut met = 0;
    for document in client.walk(list).await {
        let alone = client
            .one(&format!("{path}/{}", id(&document)))
            .await
            .unwrap();
        assert_eq!(alone, document, "{kind}");
        met += usize::from(
            document
                .pointer(pointer)
                .is_some_and(|value| value == strange),
        );
    }
    assert!(met > 0, "{faults}");
}

#[tokio::test]
async fn unknown_values() {
    alike(
        "unknown-values=0.5",
        "/v3.1/users?role=student",
        "/roles/student/grade",
        "Year 14",
    )
    .await;
    alike(
        "unknown-values=0.5",
        "/v2.0/sections",
        "/subject",
        "esports",
    )
    .await;
    alike(
        "unknown-values=1",
        "/v3.1/districts",
        "/state",
        "hibernating",
    )
    .await;
}

#[tokio::test]
async fn unknown_roles() {
    alike(
        "unknown-roles=0.5",
        "/v3.1/users",
        "/roles/volunteer/since",
        "2026-09-01",
    )
    .await;
    let home = Home::new(&small_district()).await;
    let quiet: Vec<Value> = home.plain().walk("/v2.1/teachers").await;
    assert_eq!(
        home.faulty("unknown-roles=1").walk("/v2.1/teachers").await,
        quiet
    );
}

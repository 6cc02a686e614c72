//! `where` of versions 1.x over HTTP (clever-api 4.5).

use homeroom_api::Settings;
use serde_json::{Value, json};

use crate::client::{Client, document, id};
use crate::installation::settings;
use crate::served::Served;

/// The address of a list under a filter.
fn under(list: &str, filter: &Value) -> String {
    let encoded = filter
        .to_string()
        .bytes()
        .fold(String::new(), |text, byte| {
            if byte.is_ascii_alphanumeric() {
                text + &char::from(byte).to_string()
            } else {
                format!("{text}%{byte:02X}")
            }
        });
    format!("{list}?where={encoded}")
}

async fn all(client: &Client) -> Vec<Value> {
    let page = client.read("/v1.1/students?limit=10000").await;
    let items = page["data"].as_array().unwrap().iter();
    items.map(|item| document(item).clone()).collect()
}

#[tokio::test]
async fn a_filter_serves_pages_counts_and_numbers_of_pages() {
    let served = Served::new().await;
    let client = &served.client;
    let students = all(client).await;
    let last = &students[students.len() / 2]["name"]["last"];
    let expected: Vec<_> = students
        .iter()
        .filter(|student| student["name"]["last"] == *last)
        .map(|student| id(student).to_owned())
        .collect();
    assert!(!expected.is_empty() && expected.len() < students.len());
    let address = under("/v1.1/students", &json!({ "name.last": last }));
    assert_eq!(client.ids(&address).await, expected);
    let counted = client.read(&format!("{address}&count=true")).await;
    assert_eq!(counted["count"], expected.len());
    for (at, own) in expected.iter().enumerate() {
        let page = client
            .read(&format!("{address}&limit=1&page={}", at + 1))
            .await;
        assert_eq!(id(document(&page["data"][0])), own);
        assert_eq!(page["paging"]["count"], expected.len());
        assert_eq!(page["paging"]["total"], expected.len());
    }
    // What asks for nothing is no filter.
    let everybody = under("/v1.1/students", &json!({}));
    assert_eq!(client.ids(&everybody).await.len(), students.len());
    // Later versions have none, and ignore it like any parameter that they do not know.
    let ignored = client.ids("/v2.0/students?where=x").await;
    assert_eq!(ignored.len(), students.len());
}

#[tokio::test]
async fn a_filter_may_look_at_as_many_records_as_the_setting_says() {
    let served = Served::new().await;
    let students = all(&served.client).await;
    let one = json!({ "name.last": students[0]["name"]["last"] });
    let limited = |filter_rows| {
        let settings = Settings {
            filter_rows,
            ..settings()
        };
        let client = served.installation.client(settings);
        client.with_token(&served.token)
    };
    let number = students.len() as u64;
    let address = under("/v1.1/students", &one);
    assert_eq!(limited(number).status(&address).await, 200);
    let few = limited(number - 1);
    let answer = few.get(&address).await;
    assert_eq!(answer.status, 400);
    assert!(answer.refusal(&address).contains("too many records"));
    // Looking somebody up costs one record, and whatever is no filter costs nothing.
    let own = under("/v1.1/students", &json!({ "id": students[0]["id"] }));
    assert_eq!(few.ids(&own).await, [id(&students[0])]);
    few.read("/v1.1/students?limit=10000").await;
    // What cannot be understood is told.
    for wrong in [
        json!({ "name.last": { "$near": 1 } }),
        json!(["x"]),
        json!({ "$or": [] }),
    ] {
        let address = under("/v1.1/students", &wrong);
        assert_eq!(few.status(&address).await, 400, "{wrong}");
    }
}

//! Walking a list page by page.

use serde_json::Value;

use crate::client::{Client, link, links};

/// The items of a page.
pub(crate) fn items(page: &Value) -> &Vec<Value> {
    page["data"].as_array().unwrap()
}

/// Walks a list forward by `next` from its beginning and backward by `prev` from its end. Both ways must meet exactly the
/// expected items, and every page must have the links it should.
pub(crate) async fn walk(client: &Client, address: &str, expected: &[Value]) {
    forward(client, address, expected).await;
    backward(client, address, expected).await;
}

async fn forward(client: &Client, first: &str, expected: &[Value]) {
    let mut rest = expected;
    let mut address = first.to_owned();
    loop {
        let page = client.read(&address).await;
        let found = items(&page);
        assert!(!found.is_empty() && rest.starts_with(found), "{address}");
        rest = &rest[found.len()..];
        let links = links(&page);
        assert_eq!(links[0], ("self", address.as_str()));
        let back = links.iter().any(|(rel, _)| *rel == "prev");
        assert_eq!(back, address != *first, "{address}");
        match link(&page, "next") {
            Some(next) => address = next,
            None => break,
        }
        assert!(
            !rest.is_empty(),
            "{address}: next only where something follows"
        );
    }
    assert!(
        rest.is_empty(),
        "{address}: {} items were not met",
        rest.len()
    );
}

async fn backward(client: &Client, first: &str, expected: &[Value]) {
    let mut rest = expected;
    let mut address = format!("{first}&ending_before=last");
    loop {
        let page = client.read(&address).await;
        let found = items(&page);
        assert!(!found.is_empty() && rest.ends_with(found), "{address}");
        rest = &rest[..rest.len() - found.len()];
        assert_eq!(links(&page)[0], ("self", address.as_str()));
        assert!(link(&page, "next").is_some(), "{address}");
        match link(&page, "prev") {
            Some(previous) => address = previous,
            None => break,
        }
        assert!(
            !rest.is_empty(),
            "{address}: prev only where something precedes"
        );
    }
    assert!(
        rest.is_empty(),
        "{address}: {} items were not met",
        rest.len()
    );
}

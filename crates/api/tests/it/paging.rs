//! Pages and the exact text of their links (clever-api 5).

use homeroom_wire::{Items, Shape};

use crate::client::{document, id, links};
use crate::served::Served;

const BEFORE_ALL: &str = "000000000000000000000000";
const AFTER_ALL: &str = "ffffffffffffffffffffffff";

/// Query, records on the page, and links as `rel query`; the letters a to d stand for the ids of the four schools.
const PAGES: &[(&str, &str, &[&str])] = &[
    ("", "abcd", &["self "]),
    ("?", "abcd", &["self "]),
    ("?limit=5", "abcd", &["self ?limit=5"]),
    ("?limit=4", "abcd", &["self ?limit=4"]),
    (
        "?limit=2",
        "ab",
        &["self ?limit=2", "next ?limit=2&starting_after={b}"],
    ),
    (
        "?limit=2&starting_after={b}",
        "cd",
        &[
            "self ?limit=2&starting_after={b}",
            "prev ?limit=2&ending_before={b}",
        ],
    ),
    (
        "?starting_after={a}&limit=2",
        "bc",
        &[
            "self ?starting_after={a}&limit=2",
            "next ?limit=2&starting_after={c}",
            "prev ?limit=2&ending_before={a}",
        ],
    ),
    (
        "?starting_after={d}",
        "",
        &["self ?starting_after={d}", "prev ?ending_before={d}"],
    ),
    (
        "?ending_before={a}",
        "",
        &["self ?ending_before={a}", "next ?starting_after={a}"],
    ),
    (
        "?ending_before={c}&limit=1",
        "b",
        &[
            "self ?ending_before={c}&limit=1",
            "next ?limit=1&starting_after={c}",
            "prev ?limit=1&ending_before={b}",
        ],
    ),
    (
        "?ending_before={c}&limit=2",
        "ab",
        &[
            "self ?ending_before={c}&limit=2",
            "next ?limit=2&starting_after={c}",
        ],
    ),
    (
        "?limit=3&ending_before=last",
        "bcd",
        &[
            "self ?limit=3&ending_before=last",
            "next ?limit=3&starting_after={d}",
            "prev ?limit=3&ending_before={b}",
        ],
    ),
    (
        "?ending_before=last",
        "abcd",
        &["self ?ending_before=last", "next ?starting_after={d}"],
    ),
    (
        "?starting_after={before}",
        "abcd",
        &[
            "self ?starting_after={before}",
            "prev ?ending_before={before}",
        ],
    ),
    (
        "?starting_after={after}",
        "",
        &[
            "self ?starting_after={after}",
            "prev ?ending_before={after}",
        ],
    ),
    (
        "?ending_before={after}&limit=1",
        "d",
        &[
            "self ?ending_before={after}&limit=1",
            "next ?limit=1&starting_after={after}",
            "prev ?limit=1&ending_before={d}",
        ],
    ),
    (
        "?x=1&limit=1&starting_after={a}&y=%20+",
        "b",
        &[
            "self ?x=1&limit=1&starting_after={a}&y=%20+",
            "next ?x=1&limit=1&y=%20+&starting_after={b}",
            "prev ?x=1&limit=1&y=%20+&ending_before={a}",
        ],
    ),
];

#[tokio::test]
async fn links_are_spelt_as_the_seed_spells_them() {
    let served = Served::new().await;
    let ids = served.client.ids("/v3.1/schools").await;
    assert_eq!(ids.len(), 4);
    let spelt = |text: &str| {
        let text = text
            .replace("{before}", BEFORE_ALL)
            .replace("{after}", AFTER_ALL);
        ["{a}", "{b}", "{c}", "{d}"]
            .iter()
            .zip(&ids)
            .fold(text, |text, (letter, id)| text.replace(letter, id))
    };
    for path in ["/v3.1/schools", "/v3.0/schools", "/V3.1//SCHOOLS/"] {
        for (query, records, expected) in PAGES {
            let address = format!("{path}{}", spelt(query));
            let page = served.client.read(&address).await;
            let found = page["data"].as_array().unwrap().iter();
            let found: String = found
                .map(|item| {
                    ids.iter()
                        .position(|own| *own == id(&item["data"]))
                        .unwrap()
                })
                .map(|place| char::from(b"abcd"[place]))
                .collect();
            assert_eq!(found, *records, "{address}");
            let found: Vec<_> = links(&page)
                .iter()
                .map(|(rel, uri)| format!("{rel} {uri}"))
                .collect();
            let expected = expected.iter().map(|link| {
                let (rel, query) = link.split_once(' ').unwrap();
                format!("{rel} {path}{}", spelt(query))
            });
            assert_eq!(found, expected.collect::<Vec<_>>(), "{address}");
        }
    }
}

#[tokio::test]
async fn every_list_can_be_read_from_its_end() {
    let served = Served::new().await;
    for (route, address) in served.client.addresses().await {
        if route.shape != Shape::List || route.items == Items::Grades {
            continue;
        }
        let all = served.client.ids(&address).await;
        for limit in [1, 100] {
            let page = served
                .client
                .read(&format!("{address}?ending_before=last&limit={limit}"))
                .await;
            let found: Vec<_> = page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| id(document(item)))
                .collect();
            assert_eq!(found, all[all.len().saturating_sub(limit)..], "{address}");
        }
    }
}

#[tokio::test]
async fn a_cursor_in_capitals_and_a_cursor_of_another_kind_position_a_page() {
    let served = Served::new().await;
    let users = served.client.ids("/v3.1/users").await;
    let cursor = users[users.len() / 2].to_uppercase();
    let page = served
        .client
        .read(&format!("/v3.1/users?starting_after={cursor}&limit=1"))
        .await;
    assert_eq!(id(&page["data"][0]["data"]), users[users.len() / 2 + 1]);
    // Every user comes after every school: ids of one import ascend from kind to kind.
    let page = served
        .client
        .read(&format!("/v3.1/schools?starting_after={cursor}"))
        .await;
    assert!(page["data"].as_array().unwrap().is_empty());
}

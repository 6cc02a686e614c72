//! Views move when they are moved, and walks go on across a move (layout, idea 2).

use std::collections::BTreeMap;

use homeroom_store::ViewMove;
use homeroom_testkit::{SMALL, generated};
use serde_json::Value;

use crate::client::{Client, id, link};
use crate::installation::settings;
use crate::served::Served;

/// Everything the collections list, as text by address.
async fn everything(client: &Client) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for collection in [
        "schools",
        "sections",
        "courses",
        "terms",
        "users",
        "resources",
    ] {
        let address = format!("/v3.1/{collection}?limit=10000");
        let answer = client.get(&address).await;
        assert_eq!(answer.status, 200, "{address}");
        found.insert(address, answer.text());
    }
    found
}

#[tokio::test]
async fn a_view_that_lags_behind_shows_the_older_snapshot_until_it_is_moved() {
    let served = Served::new().await;
    let installation = &served.installation;
    let second = installation.add_app(2).await;
    let second = installation.connect(&second, served.district).await;
    let second = installation.client(settings()).with_token(&second);
    let before = everything(&served.client).await;
    assert_eq!(everything(&second).await, before);
    let held = installation
        .store
        .connections_of_app(served.app.id)
        .await
        .unwrap()
        .swap_remove(0);

    installation
        .import(served.district, generated(SMALL, 1, 1))
        .await;
    let after = everything(&second).await;
    assert_ne!(after, before);
    assert_eq!(everything(&served.client).await, after);

    // The first one's safety hold: its view goes back to where it was.
    let moved = installation
        .store
        .connections_of_app(served.app.id)
        .await
        .unwrap()
        .swap_remove(0);
    let back = ViewMove {
        snapshot: held.view.snapshot,
        document: held.view.document,
        moved_at: moved.view.moved_at,
        events: None,
    };
    let generation = moved.view.generation;
    installation
        .store
        .move_view(served.district, held.id, generation, back)
        .await
        .unwrap();
    assert_eq!(everything(&served.client).await, before);
    assert_eq!(everything(&second).await, after);
    let synced = async |client: &Client| {
        client.read("/v3.1/districts").await["data"][0]["data"]["last_sync"].clone()
    };
    assert_ne!(synced(&served.client).await, synced(&second).await);

    installation
        .ingest
        .move_views(served.district)
        .await
        .unwrap();
    assert_eq!(everything(&served.client).await, after);
    assert_eq!(synced(&served.client).await, synced(&second).await);
}

/// What a user is in the district's own files.
fn own_key(user: &Value) -> Option<String> {
    ["student", "teacher"].iter().find_map(|role| {
        let own = user["roles"].get(*role)?["sis_id"].as_str()?;
        Some(format!("{role} {own}"))
    })
}

#[tokio::test]
async fn a_walk_goes_on_while_the_district_publishes() {
    let served = Served::new().await;
    let users = async || {
        let page = served.client.read("/v3.1/users?limit=10000").await;
        let items = page["data"].as_array().unwrap().clone();
        items
            .into_iter()
            .map(|item| item["data"].clone())
            .collect::<Vec<_>>()
    };
    let before = users().await;
    let mut walked: Vec<String> = Vec::new();
    let mut address = "/v3.1/users?limit=50".to_owned();
    for day in 1.. {
        let page = served.client.read(&address).await;
        walked.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| id(&item["data"]).to_owned()),
        );
        match link(&page, "next") {
            Some(next) => address = next,
            None => break,
        }
        if day <= 4 {
            served
                .installation
                .import(served.district, generated(SMALL, 1, day))
                .await;
        }
    }
    assert!(
        walked.is_sorted_by(|a, b| a < b),
        "each record once, in order"
    );
    let after = users().await;
    let in_both = before
        .iter()
        .filter(|user| after.iter().any(|other| id(other) == id(user)));
    let in_both: Vec<_> = in_both.map(id).collect();
    assert!(in_both.len() > 500 && in_both.len() < before.len());
    assert!(
        in_both
            .iter()
            .all(|own| walked.iter().any(|other| other == own)),
        "who stayed was met"
    );
    let by_key = |users: &[Value]| -> BTreeMap<String, String> {
        users
            .iter()
            .filter_map(|user| Some((own_key(user)?, id(user).to_owned())))
            .collect()
    };
    let (old, new) = (by_key(&before), by_key(&after));
    let stayed: Vec<_> = old.keys().filter(|key| new.contains_key(*key)).collect();
    assert!(stayed.len() > 250);
    assert!(stayed.iter().all(|key| old[*key] == new[*key]), "ids stay");
}

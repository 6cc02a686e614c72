//! Lists that are awkward to walk.

use std::collections::BTreeSet;

use homeroom_testkit::{Edition, district_of, small_district};
use serde_json::Value;

use crate::client::{documents, id, ids, link};
use crate::home::Home;

const USERS: &str = "/v3.1/users?limit=4";

#[tokio::test]
async fn short_pages() {
    let home = Home::new(&district_of(60, Edition(0))).await;
    for address in [
        "/v3.1/users?limit=40",
        "/v1.2/students",
        "/v3.1/events?limit=30",
    ] {
        let quiet = home.plain().walk(address).await;
        let pages = home.faulty("short-pages=1").pages(address).await;
        let limit = if address.contains("40") { 40 } else { 100 };
        let full = pages.iter().filter(|page| page.len() >= limit).count();
        assert!(pages.len() > quiet.len().div_ceil(limit), "{address}");
        assert!(full <= 1, "{address}");
        assert_eq!(pages.concat(), quiet, "{address}");
    }
    // Pages by number stay whole, and so do the numbers of the others.
    let faulty = home.faulty("short-pages=1");
    let numbered = faulty.read("/v1.1/students?limit=10&page=2").await;
    assert_eq!(documents(&numbered).len(), 10);
    let first = faulty.read("/v1.1/students?limit=10").await;
    assert_eq!(
        first["paging"],
        home.plain().read("/v1.1/students?limit=10").await["paging"]
    );
    assert!(documents(&first).len() < 10);
    assert!(link(&first, "next").unwrap().contains("limit=10&"));
}

#[tokio::test]
async fn empty_last_page() {
    let home = Home::new(&small_district()).await;
    for address in [USERS, "/v2.1/sections", "/v3.1/events"] {
        let pages = home.faulty("empty-last-page").pages(address).await;
        assert!(
            pages.len() > 1 && pages.last().unwrap().is_empty(),
            "{address}"
        );
        assert_eq!(pages.concat(), home.plain().walk(address).await);
    }
}

#[tokio::test]
async fn duplicate_border() {
    let home = Home::new(&small_district()).await;
    for faults in ["duplicate-border=1", "duplicate-border=1,email-new-id"] {
        let pages = home.faulty(faults).pages(USERS).await;
        for pair in pages.windows(2) {
            assert_eq!(pair[0].last(), pair[1].first());
        }
        let all = ids(&pages.concat());
        let once: BTreeSet<_> = all.iter().collect();
        assert_eq!(all.len(), once.len() + pages.len() - 1);
        assert_eq!(once.len(), home.plain().walk(USERS).await.len());
    }
}

#[tokio::test]
async fn repeated_page() {
    let home = Home::new(&small_district()).await;
    let client = home.faulty("repeated-page=1");
    let quiet = home.plain().read(USERS).await;
    for _ in 0..2 {
        let page = client.read(USERS).await;
        assert_eq!(documents(&page), documents(&quiet));
        assert_eq!(link(&page, "next").as_deref(), Some(USERS));
    }
    assert_eq!(
        link(&client.read(USERS).await, "next"),
        link(&quiet, "next")
    );
}

#[tokio::test]
async fn collapse() {
    let home = Home::new(&small_district()).await;
    let client = home.faulty("collapse=1");
    let page = client.read(USERS).await;
    assert!(documents(&page).is_empty() && link(&page, "next").is_none());
    client.read(USERS).await;
    assert_eq!(documents(&client.read(USERS).await).len(), 4);
    // What comes later in a walk does not vanish: nobody could see it.
    let next = link(&home.plain().read(USERS).await, "next").unwrap();
    assert!(!client.page(&next).await.is_empty());
}

/// Reads until nothing moves any more; the students of the first walk and those of the last.
async fn moving(fault: &str, version: &str) -> (Vec<String>, Vec<String>) {
    let home = Home::new(&district_of(60, Edition(0))).await;
    let client = home.faulty(&format!("{fault}=0.3/20"));
    let list = match version {
        "v3.1" => "/v3.1/users?role=student&limit=20".to_owned(),
        other => format!("/{other}/students?limit=20"),
    };
    let head = format!("/{version}/events?ending_before=last&limit=1");
    let before = client.page(&head).await;
    let first = client.walk(&list).await;
    for _ in 0..20 {
        client.page(&list).await;
    }
    let end = client.walk(&list).await;
    // What the feed tells turns the first walk into the last.
    let cursor = id(&before[0]);
    let events = client
        .walk(&format!("/{version}/events?starting_after={cursor}"))
        .await;
    let mut known: BTreeSet<String> = ids(&first).into_iter().collect();
    let mut rosters = 0;
    for event in &events {
        let object = &event["data"]["object"];
        let of_student = object.pointer("/roles/student").is_some() || version != "v3.1";
        match event["type"].as_str().unwrap() {
            "users.created" | "students.created" if of_student => {
                known.insert(id(object).to_owned());
            }
            "users.deleted" | "students.deleted" if of_student => {
                known.remove(id(object));
            }
            "sections.updated" => rosters += 1,
            _ => {}
        }
    }
    assert_eq!(known, ids(&end).into_iter().collect());
    assert!(rosters > 0, "{events:?}");
    whole(&client, version, &ids(&end)).await;
    (ids(&first), ids(&end))
}

/// Rosters name those who are there, and they can be read.
async fn whole(client: &crate::client::Client, version: &str, students: &[String]) {
    let there: BTreeSet<_> = students.iter().map(String::as_str).collect();
    let sections = client.walk(&format!("/{version}/sections")).await;
    for section in &sections {
        for student in section["students"].as_array().unwrap() {
            assert!(there.contains(student.as_str().unwrap()), "{section}");
        }
        let relation = if version == "v3.1" {
            "users?role=student"
        } else {
            "students"
        };
        let members = client
            .walk(&format!("/{version}/sections/{}/{relation}", id(section)))
            .await;
        assert_eq!(Value::from(ids(&members)), section["students"]);
    }
}

#[tokio::test]
async fn deleted_mid_read() {
    for version in ["v3.1", "v2.1", "v1.2"] {
        let (first, last) = moving("deleted-mid-read", version).await;
        assert!(
            last.len() < 55 && first.len() > last.len(),
            "{version}: {first:?} {last:?}"
        );
    }
}

#[tokio::test]
async fn added_mid_read() {
    for version in ["v3.1", "v2.1", "v1.2"] {
        let (first, last) = moving("added-mid-read", version).await;
        assert_eq!(last.len(), 60);
        assert!(first.len() < 60, "{version}: {first:?}");
    }
}

//! What is at a path, and what is not (clever-api 4 and 9.1).

use axum::http::Method;

use crate::client::Client;
use crate::installation::settings;
use crate::served::Served;
use homeroom_testkit::{SMALL, generated};

#[tokio::test]
async fn case_and_doubled_slashes_do_not_matter() {
    let served = Served::new().await;
    let student = served
        .client
        .ids("/v3.1/users?role=student")
        .await
        .swap_remove(0);
    for (spelt, plain) in [
        (
            "/V3.1/Users?limit=2".to_owned(),
            "/v3.1/users?limit=2".to_owned(),
        ),
        (
            "//v3.1///users//?limit=2".to_owned(),
            "/v3.1/users?limit=2".to_owned(),
        ),
        (
            format!("/v3.1/users/{student}/myContacts"),
            format!("/v3.1/users/{student}/mycontacts"),
        ),
        (
            format!("/v3.1/USERS/{}/MYTEACHERS/", student.to_uppercase()),
            format!("/v3.1/users/{student}/myteachers"),
        ),
    ] {
        let (other, own) = (
            served.client.read(&spelt).await,
            served.client.read(&plain).await,
        );
        assert_eq!(other["data"], own["data"], "{spelt}");
        assert!(!own["data"].as_array().unwrap().is_empty(), "{plain}");
    }
}

#[tokio::test]
async fn there_is_nothing_at_other_paths() {
    let served = Served::new().await;
    let school = served.client.ids("/v3.1/schools").await.swap_remove(0);
    for path in [
        "/users".to_owned(),
        "/v3.1".to_owned(),
        "/v3.2/users".to_owned(),
        "/v2.2/students".to_owned(),
        "/v2.1/users".to_owned(),
        "/v1.1/courses".to_owned(),
        "/v1.0/students".to_owned(),
        "/v3.1/students".to_owned(),
        "/v3.1/users/".to_owned() + &school + "/friends",
        format!("/v3.1/districts/{}/schools", served.district),
        format!("/v3.1/schools/{school}/users/{school}"),
        format!("/v3.1/schools/{school}/district/x"),
        "/v3.1/%75sers".to_owned(),
        "/v3.1/users/../schools".to_owned(),
        "/health/x".to_owned(),
        "/openapi/v9.9.json".to_owned(),
    ] {
        assert_eq!(served.client.status(&path).await, 404, "{path}");
    }
}

#[tokio::test]
async fn other_methods_find_nothing() {
    let served = Served::new().await;
    for path in [
        "/v3.1/users",
        "/v1.2/students",
        "/oauth/tokens",
        "/health",
        "/ready",
        "/metrics",
        "/openapi/v3.1.json",
    ] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = served.client.send(method.clone(), path, &[]).await;
            assert_eq!(answer.status, 404, "{method} {path}");
            answer.refusal(path);
        }
    }
}

/// The path of a relation or record with another id in it.
fn with_id(address: &str, own: &str, other: &str) -> String {
    assert!(address.contains(own), "{address}");
    address.replace(own, other)
}

async fn not_found(client: &Client, address: &str) {
    let answer = client.get(address).await;
    assert_eq!(answer.status, 404, "{address}");
    assert_eq!(
        answer.refusal(address),
        "No such record is shared with this application."
    );
}

#[tokio::test]
async fn ids_that_are_unknown_no_ids_or_of_another_district_are_all_the_same() {
    let served = Served::new().await;
    let installation = &served.installation;
    let other = installation.add_district(2).await;
    installation.import(other, generated(SMALL, 2, 0)).await;
    let token = installation.connect(&served.app, other).await;
    let neighbour = installation.client(settings()).with_token(&token);
    let theirs = neighbour.addresses().await;
    let owns = served.client.addresses().await;
    assert_eq!(owns.len(), theirs.len());
    for ((route, own), (other, their)) in owns.into_iter().zip(theirs) {
        assert_eq!(route.path, other.path);
        if !route.takes_id() {
            continue;
        }
        served.client.read(&own).await;
        neighbour.read(&their).await;
        not_found(&served.client, &their).await;
        not_found(&neighbour, &own).await;
        let id = own.split('/').nth(3).unwrap();
        for wrong in [
            "000000000000000000000000",
            "1",
            "null",
            "5f00aa11bb22cc33dd44ee0g",
            "%00",
            "école",
        ] {
            let wrong = wrong.replace('é', "%C3%A9");
            not_found(&served.client, &with_id(&own, id, &wrong)).await;
        }
    }
    // A record of another kind is no record of this one.
    let school = served.client.ids("/v3.1/schools").await.swap_remove(0);
    for collection in [
        "users",
        "sections",
        "courses",
        "terms",
        "resources",
        "districts",
    ] {
        not_found(&served.client, &format!("/v3.1/{collection}/{school}")).await;
    }
}

//! The layer before a server elsewhere.

use axum::Router;
use homeroom_faults::{Faults, Settings, upstream};
use tokio::net::TcpListener;

use crate::client::Client;
use crate::toy::{TOKEN, Time, toy};

/// Serves a router at an address of its own.
async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}

#[tokio::test]
async fn a_proxy_answers_like_the_server_behind_and_misbehaves() {
    let behind = serve(toy()).await;
    let direct = Client::new(toy(), TOKEN);
    let through = Client::new(upstream(&behind).unwrap(), TOKEN);
    for address in ["/v3.1/users?limit=3", "/oauth/tokens", "/nothing"] {
        let (got, told) = (through.get(address).await, direct.get(address).await);
        assert_eq!(
            (got.status, &got.body),
            (told.status, &told.body),
            "{address}"
        );
        assert_eq!(got.header("content-type"), told.header("content-type"));
    }
    let faults = Settings::default()
        .with("short-pages=1,cut-json=1")
        .unwrap();
    let faults = Faults::new(faults, Time::new().clock());
    let client = Client::new(upstream(&behind).unwrap().layer(faults), TOKEN);
    for _ in 0..2 {
        assert_eq!(
            client.get("/v3.1/users?limit=9").await.faults(),
            "cut-json, short-pages"
        );
    }
    assert!(client.page("/v3.1/users?limit=9").await.len() < 9);
}

#[tokio::test]
async fn a_broken_body_breaks_the_connection() {
    let settings = Settings::default().with("cut-body=1").unwrap();
    let layer = Faults::new(settings, Time::new().clock());
    let behind = serve(toy().layer(layer)).await;
    let client = Client::new(upstream(&behind).unwrap(), TOKEN);
    assert!(client.get("/v3.1/users").await.body.is_none());
}

#[tokio::test]
async fn a_server_that_is_away_is_a_502() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let got = Client::new(upstream(&address).unwrap(), TOKEN)
        .get("/v3.1/users")
        .await;
    assert_eq!(got.status.as_u16(), 502);
    assert!(
        got.json()["message"]
            .as_str()
            .unwrap()
            .contains("does not answer")
    );
}

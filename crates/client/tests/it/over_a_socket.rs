//! The usual transport, over a socket of this machine.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_client::{Address, Ask, Broken, Http, HttpSettings, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::mock::{Mock, Server};

/// Serves a router; where.
pub(crate) async fn serve(router: Router) -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Address::parse(&address).unwrap()
}

/// Serves what was made up; where.
pub(crate) async fn served(mock: Mock) -> Address {
    let mock = Arc::new(mock);
    serve(Router::new().fallback(move |uri: Uri| {
        let mock = Arc::clone(&mock);
        async move {
            let reply = mock.answer(uri.path_and_query().unwrap().as_str());
            let status = StatusCode::from_u16(reply.status).unwrap();
            let kind = reply.headers[0].1.clone();
            (status, [(header::CONTENT_TYPE, kind)], reply.body).into_response()
        }
    }))
    .await
}

fn http() -> Http {
    let settings = HttpSettings {
        connect_timeout: Duration::from_secs(5),
        ..HttpSettings::default()
    };
    Http::new(&settings).unwrap()
}

fn ask(address: &Address, path: &str, most_bytes: usize) -> Ask {
    let text = format!("{address:?}");
    let origin = text.split('"').nth(1).unwrap();
    Ask {
        url: format!("{origin}{path}"),
        authorization: "Bearer t".parse().unwrap(),
        most_bytes,
    }
}

#[tokio::test]
async fn answers_come_whole_and_redirections_are_not_followed() {
    let router = Router::new().fallback(|uri: Uri, headers: HeaderMap| async move {
        let response: Response = match uri.path() {
            "/elsewhere" => Redirect::to("/here").into_response(),
            "/here" => {
                let shown = format!(
                    "{:?} {:?}",
                    headers[header::AUTHORIZATION],
                    headers[header::USER_AGENT]
                );
                ([("x-ratelimit-remaining", "3")], shown).into_response()
            }
            _ => StatusCode::IM_A_TEAPOT.into_response(),
        };
        response
    });
    let (address, http) = (serve(router).await, http());
    let here = http.get(ask(&address, "/here?x=%2F", 1000)).await.unwrap();
    let body = String::from_utf8(here.body.to_vec()).unwrap();
    assert!(body.starts_with("\"Bearer t\" \"homeroom/"), "{body}");
    assert_eq!(
        (here.status, &here.headers["x-ratelimit-remaining"]),
        (200, &"3".parse().unwrap())
    );
    assert_eq!(
        http.get(ask(&address, "/elsewhere", 10))
            .await
            .unwrap()
            .status,
        303
    );
    assert_eq!(
        http.get(ask(&address, "/other", 10)).await.unwrap().status,
        418
    );
    assert_eq!(
        http.get(ask(&address, "/here", 10)).await.unwrap_err(),
        Broken::TooLarge
    );
}

#[tokio::test]
async fn what_breaks_on_the_way_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = Address::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        for part in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"da"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1000]).await;
            stream.write_all(part.as_bytes()).await.unwrap();
        }
    });
    let http = http();
    assert_eq!(
        http.get(ask(&address, "/", 99)).await.unwrap_err(),
        Broken::Unreachable
    );
    assert_eq!(
        http.get(ask(&address, "/", 99)).await.unwrap_err(),
        Broken::Cut
    );
    assert_eq!(
        http.get(ask(&address, "/", 99)).await.unwrap_err(),
        Broken::Unreachable
    );
}

#[tokio::test]
async fn compressed_answers_are_unpacked() {
    let mocked = Server::new(Mock::small(&homeroom_wire::V3_1, 50));
    let mock = mocked.mock.lock().unwrap().clone();
    let expected = mock.answer("/v3.1/users?limit=50").body;
    let whole = Arc::new(mock);
    let router = Router::new().fallback(move |uri: Uri| {
        let mock = Arc::clone(&whole);
        async move {
            let reply = mock.answer(uri.path_and_query().unwrap().as_str());
            ([(header::CONTENT_TYPE, "application/json")], reply.body)
        }
    });
    let layer = tower_http::compression::CompressionLayer::new();
    let (address, http) = (serve(router.layer(layer)).await, http());
    let answer = http
        .get(ask(&address, "/v3.1/users?limit=50", 1 << 20))
        .await
        .unwrap();
    assert_eq!(answer.body, expected);
    // The limit is one of what is unpacked.
    let answer = http
        .get(ask(&address, "/v3.1/users?limit=50", expected.len() - 1))
        .await;
    assert_eq!(answer.unwrap_err(), Broken::TooLarge);
}

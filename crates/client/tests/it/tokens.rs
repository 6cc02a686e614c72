//! A token that was replaced is looked for once (integration-side A1.1, S40).

use homeroom_client::{
    Address, Cancel, ClientError, Failure, Fault, Lookup, Reading, Record, Report, Scope, Secret,
    Source,
};
use homeroom_wire::{Object, V3_1};
use serde_json::{Value, json};

use crate::mock::{Act, DISTRICT, Mock, Reply, Request, Server, TOKEN, credentials, id};

async fn read(source: &Source) -> Result<Report, ClientError> {
    let mut records = Vec::<Record>::new();
    source
        .read(
            &Reading::of(Scope::District),
            &mut records,
            &Cancel::default(),
        )
        .await
}

fn tokens(tokens: &[(String, &str)]) -> Value {
    let tokens = tokens.iter().map(|(owner, token)| {
        json!({"id": id(8, 0).to_hex(), "owner": {"type": "district", "id": owner}, "access_token": token, "scopes": []})
    });
    json!({"data": tokens.collect::<Vec<_>>(), "links": []})
}

/// A server that takes one token, and tells an application which.
fn server(good: &'static str, told: Value) -> std::sync::Arc<Server> {
    Server::acting(Mock::small(&V3_1, 25), move |request: &Request<'_>| {
        if request.target.starts_with("/oauth/tokens") {
            assert_eq!(request.authorization, "Basic YXBwOmFwcC1zZWNyZXQ=");
            return Act::Reply(Reply::json(200, &told));
        }
        if request.authorization == format!("Bearer {good}") {
            Act::Pass
        } else {
            Act::Reply(Reply::json(401, &json!({"message": "who?"})))
        }
    })
}

#[tokio::test(start_paused = true)]
async fn a_replaced_token_is_found_by_district() {
    let told = tokens(&[(id(7, 7).to_hex(), "another"), (DISTRICT.to_hex(), "fresh")]);
    let server = server("fresh", told);
    let source = server.source_with(|parts| parts.credentials = Some(credentials()));
    let report = read(&source).await.unwrap();
    assert!(report.is_complete());
    assert_eq!(source.token().expose(), "fresh");
    let asked = format!(
        "/oauth/tokens?owner_type=district&district={}",
        DISTRICT.to_hex()
    );
    assert_eq!(server.asked(&asked), 1);
    assert_eq!(report.effort.requests, server.log().len() as u64);
    assert!(!format!("{source:?}").contains("fresh"));
}

#[tokio::test(start_paused = true)]
async fn s40_a_revoked_token_is_looked_for_once_and_ends_the_reading() {
    let own = DISTRICT.to_hex();
    for (told, finds) in [
        (tokens(&[]), 1),
        (tokens(&[(id(7, 7).to_hex(), "fresh")]), 1),
        (tokens(&[(own.clone(), TOKEN)]), 1),
        (tokens(&[(own, "also revoked")]), 1),
        (json!({"error": "x"}), 1),
    ] {
        let server = server("fresh", told);
        let source = server.source_with(|parts| parts.credentials = Some(credentials()));
        let error = read(&source).await.unwrap_err();
        assert!(
            matches!(error, ClientError::TokenRevoked { .. }),
            "{error:?}"
        );
        assert_eq!(server.asked("/oauth/tokens"), finds);
        assert!(server.log().len() <= 3, "{:?}", server.log());
        assert!(
            !format!("{error} {error:?}").contains("revoked\""),
            "{error:?}"
        );
    }
    let server = server("fresh", tokens(&[]));
    let error = read(&server.source()).await.unwrap_err();
    assert!(
        matches!(error, ClientError::TokenRevoked { .. }),
        "{error:?}"
    );
    assert_eq!(
        server.log().len(),
        1,
        "without credentials there is nothing to try"
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_revoked_half_way_ends_the_reading() {
    let server = Server::acting(Mock::small(&V3_1, 25), |request| {
        if request.target.contains("/users") {
            return Act::Reply(Reply::json(401, &json!({"message": "who?"})));
        }
        Act::Pass
    });
    let error = read(&server.source()).await.unwrap_err();
    assert_eq!(
        error,
        ClientError::TokenRevoked {
            path: "/v3.1/users".to_owned()
        }
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_that_no_header_can_hold_ends_the_reading_and_is_no_revoked_one() {
    let server = server(TOKEN, tokens(&[]));
    let source = server.source_with(|parts| parts.token = Secret::new("copied with its line\n"));
    let failure = Failure {
        path: "/v3.1/events".to_owned(),
        fault: Fault::UnusableToken,
    };
    assert_eq!(
        read(&source).await.unwrap_err(),
        ClientError::Failed(failure)
    );
    assert_eq!(server.log(), []);
}

#[tokio::test(start_paused = true)]
async fn tokens_may_be_told_elsewhere_and_clones_share_what_is_found() {
    let server = server("fresh", tokens(&[(DISTRICT.to_hex(), "fresh")]));
    let source = server.source_with(|parts| {
        parts.credentials = Some(credentials());
        parts.oauth = Some(Address::parse("https://api.example.org/").unwrap());
    });
    let clone = source.clone();
    let stop = Cancel::default();
    let (one, two) = tokio::join!(
        source.look_up(Object::User, id(4, 1), &stop),
        clone.look_up(Object::User, id(4, 2), &stop)
    );
    assert!(matches!(
        (one.unwrap(), two.unwrap()),
        (Lookup::Found(_), Lookup::Found(_))
    ));
    assert_eq!(server.asked("/oauth/tokens"), 1);
}

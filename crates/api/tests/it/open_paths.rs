//! Paths that need no token: is it alive, how does it do, what does it offer.

use std::collections::BTreeSet;

use axum::http::Method;
use homeroom_wire::{ROUTES, VERSIONS};
use serde_json::Value;

use crate::client::Client;
use crate::served::Served;

#[tokio::test]
async fn health_and_readiness() {
    let served = Served::new().await;
    let anybody = served.client.anonymous();
    assert_eq!(anybody.read("/health").await["status"], "ok");
    let ready = anybody.read("/ready").await;
    assert_eq!(
        (&ready["status"], &ready["districts"]),
        (&"ready".into(), &1.into())
    );
}

#[tokio::test]
async fn metrics_say_how_much_and_never_who() {
    let served = Served::new().await;
    let client = &served.client;
    let student = client.ids("/v3.1/users?role=student").await.swap_remove(0);
    for address in [
        "/v3.1/users?limit=0".to_owned(),
        format!("/v3.1/users/{student}"),
        format!("/v3.0/users/{student}/mycontacts"),
        "/v3.1/users/some-word".to_owned(),
        "/some-word/else".to_owned(),
        "/v3.1/users?limit=2".to_owned(),
    ] {
        client.get(&address).await;
    }
    served.client.anonymous().get("/v3.1/users").await;
    let answer = client.get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/plain"));
    let text = answer.text();
    let number = |line: &str| {
        let found = text.lines().find_map(|text| text.strip_prefix(line));
        found
            .unwrap_or_else(|| panic!("no {line} in {text}"))
            .trim()
            .to_owned()
    };
    assert_eq!(
        number(r#"homeroom_requests_total{route="/users",status="200"}"#),
        "2"
    );
    assert_eq!(
        number(r#"homeroom_requests_total{route="unknown",status="400"}"#),
        "1"
    );
    assert_eq!(
        number(r#"homeroom_requests_total{route="/users/{id}",status="404"}"#),
        "1"
    );
    assert_eq!(
        number(r#"homeroom_requests_total{route="unknown",status="404"}"#),
        "1"
    );
    assert_eq!(
        number(r#"homeroom_requests_total{route="unknown",status="401"}"#),
        "1"
    );
    assert_eq!(
        number(r#"homeroom_request_seconds_count{route="/users"}"#),
        "2"
    );
    for secret in [
        student.as_str(),
        "some-word",
        &served.token,
        &served.district.to_hex(),
        &served.app.client_id,
    ] {
        assert!(!text.contains(secret), "{secret} stands in the metrics");
    }
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        assert!(
            line.rsplit(' ').next().unwrap().parse::<f64>().is_ok(),
            "{line}"
        );
    }
}

/// Follows a `$ref` inside a document.
fn followed<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value.get("$ref").and_then(Value::as_str) {
        None => value,
        Some(reference) => {
            let pointer = reference
                .strip_prefix('#')
                .expect("references stay inside the document");
            let target = document.pointer(pointer);
            followed(
                document,
                target.unwrap_or_else(|| panic!("{reference} leads nowhere")),
            )
        }
    }
}

fn each<'d>(value: &'d Value, call: &mut dyn FnMut(&'d Value)) {
    call(value);
    match value {
        Value::Object(members) => members.values().for_each(|value| each(value, call)),
        Value::Array(items) => items.iter().for_each(|value| each(value, call)),
        _ => {}
    }
}

#[tokio::test]
async fn each_version_describes_every_path_in_openapi() {
    let served = Served::new().await;
    let anybody = served.client.anonymous();
    let names: Vec<_> = VERSIONS.iter().map(|version| version.name).collect();
    assert_eq!(names, ["v1.1", "v1.2", "v2.0", "v2.1", "v3.0", "v3.1"]);
    for version in VERSIONS {
        let document = anybody
            .read(&format!("/openapi/{}.json", version.name))
            .await;
        assert_eq!(document["openapi"], "3.1.0");
        assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
        assert_eq!(document["servers"][0]["url"], format!("/{}", version.name));
        each(&document, &mut |value| {
            followed(&document, value);
        });
        let mut operations = BTreeSet::new();
        for route in ROUTES.iter().filter(|route| route.span.contains(version)) {
            let operation = &document["paths"][route.path]["get"];
            let name = operation["operationId"]
                .as_str()
                .unwrap_or_else(|| panic!("{} is missing", route.path));
            assert!(operations.insert(name.to_owned()), "{name} twice");
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let parameters: BTreeSet<_> = parameters
                .map(|parameter| followed(&document, parameter)["name"].as_str().unwrap())
                .collect();
            let told = |name: &str| parameters.contains(name);
            assert_eq!(told("id"), route.takes_id(), "{}", route.path);
            assert!(told("Homeroom-As-Of"), "{}", route.path);
            assert_eq!(told("role"), !route.roles.is_empty(), "{}", route.path);
            assert_eq!(told("primary"), route.primary, "{}", route.path);
            assert_eq!(told("count"), route.counts, "{}", route.path);
            assert_eq!(told("where"), route.filters, "{}", route.path);
            assert_eq!(told("include"), route.includes, "{}", route.path);
            for status in ["200", "401", "404", "429"] {
                let expected = status != "404" || route.takes_id();
                let response = operation["responses"].get(status);
                assert!(response.is_some() || !expected, "{} {status}", route.path);
            }
        }
        let paths = document["paths"].as_object().unwrap().keys();
        let (attendance, others): (Vec<_>, Vec<_>) =
            paths.partition(|path| path.starts_with("/attendance/"));
        assert_eq!(others.len(), operations.len());
        let told = if version.rules.attendance { 2 } else { 0 };
        assert_eq!(attendance.len(), told, "{}", version.name);
    }
}

/// Addresses of other hosts in a page or script.
fn elsewhere(page: &str) -> Vec<&str> {
    let parts = page.split(['"', '\'', '(', ')', ' ', '\n']);
    let is_host = |rest: &str| rest.starts_with(|first: char| first.is_ascii_alphanumeric());
    let schemes = ["http://", "https://", "//"];
    parts
        .filter(|part| {
            schemes
                .iter()
                .any(|scheme| part.strip_prefix(scheme).is_some_and(is_host))
        })
        .collect()
}

async fn local(client: &Client, path: &str, kind: &str) -> String {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    assert!(
        answer.header("content-type").contains(kind),
        "{path}: {}",
        answer.header("content-type")
    );
    answer.text()
}

#[tokio::test]
async fn the_documentation_page_needs_nobody_else() {
    let served = Served::new().await;
    let anybody = served.client.anonymous();
    let moved = anybody.get("/").await;
    assert_eq!((moved.status, moved.header("location")), (307, "/docs/"));
    let moved = anybody.get("/docs").await;
    assert_eq!((moved.status, moved.header("location")), (303, "/docs/"));
    let page = local(&anybody, "/docs/", "text/html").await;
    assert!(elsewhere(&page).is_empty(), "{:?}", elsewhere(&page));
    let mut files = 0;
    for file in page.split('"') {
        let kind = match file.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "css" => "css",
            "js" => "javascript",
            "png" => "image",
            _ => continue,
        };
        local(
            &anybody,
            &format!("/docs/{}", file.trim_start_matches("./")),
            kind,
        )
        .await;
        files += 1;
    }
    assert!(files >= 4, "{page}");
    let settings = local(&anybody, "/docs/swagger-initializer.js", "javascript").await;
    assert!(
        elsewhere(&settings).is_empty(),
        "{:?}",
        elsewhere(&settings)
    );
    let places: Vec<_> = VERSIONS
        .iter()
        .rev()
        .map(|version| settings.find(&format!("/openapi/{}.json", version.name)))
        .collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "newest first: {settings}"
    );
}

#[tokio::test]
async fn pages_of_other_hosts_may_ask_whoever_has_a_token() {
    let served = Served::new().await;
    let anybody = served.client.anonymous();
    for path in ["/v3.1/users", "/management/v1/districts", "/oauth/tokens"] {
        let asked = [
            ("origin", "https://elsewhere.example"),
            ("access-control-request-method", "GET"),
            (
                "access-control-request-headers",
                "authorization,homeroom-as-of",
            ),
        ];
        let answer = anybody.send(Method::OPTIONS, path, &asked).await;
        assert_eq!(answer.status, 204, "{path}");
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(
            answer.header("access-control-allow-methods"),
            "GET, HEAD, OPTIONS"
        );
        let headers = answer.header("access-control-allow-headers").to_lowercase();
        for name in ["authorization", "homeroom-as-of", "if-none-match"] {
            assert!(headers.split(", ").any(|other| other == name), "{headers}");
        }
    }
    let answer = served.client.get("/v3.1/schools").await;
    let exposed = answer.header("access-control-expose-headers");
    for name in ["Homeroom-Snapshot", "Homeroom-Events-Gap", "ETag"] {
        assert!(exposed.split(", ").any(|other| other == name), "{exposed}");
    }
}

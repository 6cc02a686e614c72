//! `homeroom faults` before a server, and `demo --faults`, as somebody meets them who tries an integration.

use homeroom_testkit::{Ran, Server, get, small_district};
use serde_json::Value;

use crate::site::{Site, binary};

fn documents(page: &Value) -> Vec<Value> {
    let items = page["data"].as_array().unwrap_or_else(|| panic!("{page}"));
    items.iter().map(|item| item["data"].clone()).collect()
}

#[test]
fn a_proxy_before_a_district_misbehaves_and_lets_through() {
    let site = Site::with(&small_district());
    let server = site.installation.serve();
    let folder = homeroom_testkit::folder();
    let script = folder.path().join("script.txt");
    std::fs::write(
        &script,
        "# one\n/v3.1/schools* 1 html\n*users* 2 cut-body\n",
    )
    .unwrap();
    let arguments = [
        "--fault",
        "unknown-fields",
        "--fault",
        "email-new-id",
        "--script",
    ];
    let arguments = [&arguments[..], &[script.to_str().unwrap()]].concat();
    let faulty = Server::with_faults(binary().command(folder.path()), &server, &arguments);
    assert_eq!(faulty.ready["upstream"].as_str(), Some(server.url.as_str()));
    assert_eq!(
        faulty.ready["faults"],
        serde_json::json!(["unknown-fields", "email-new-id"])
    );

    let first = faulty.get("/v3.1/schools", &site.token);
    assert_eq!(
        (first.status, first.header("x-homeroom-fault")),
        (200, Some("html"))
    );
    assert!(first.text().starts_with("<!DOCTYPE html>"));
    assert_eq!(
        documents(&faulty.get("/v3.1/schools", &site.token).json()).len(),
        2
    );

    let users = documents(&faulty.get("/v3.1/users", &site.token).json());
    let token = format!("Bearer {}", site.token);
    let cut = get(&faulty.url, "/v3.1/users", &[("Authorization", &token)]);
    assert!(cut.is_err(), "{cut:?}");
    let told = documents(&server.get("/v3.1/users", &site.token).json());
    assert_eq!(users.len(), told.len());
    for (user, told) in users.iter().zip(&told) {
        assert!(user["x_future"].is_object() && user["id"] != told["id"]);
        let address = format!("/v3.1/users/{}", user["id"].as_str().unwrap());
        assert_eq!(&faulty.get(&address, &site.token).json()["data"], user);
    }
    // What is not data passes as it is.
    assert_eq!(faulty.get("/v3.1/users", "nobody").status, 401);
    assert_eq!(faulty.get("/health", "").status, 200);
}

#[test]
fn demo_misbehaves_when_asked() {
    let folder = homeroom_testkit::folder();
    let mut command = binary().command(folder.path());
    command.args([
        "demo",
        "--port",
        "0",
        "--json",
        "--students",
        "40",
        "--faults=short-pages=1,empty-object=1",
    ]);
    let demo = Server::start(command);
    let token = demo.ready["token"].as_str().unwrap();
    for _ in 0..2 {
        assert_eq!(demo.get("/v3.1/users", token).text(), "{}");
    }
    assert!(documents(&demo.get("/v3.1/users", token).json()).len() < 100);
}

#[test]
fn the_command_line_explains_itself() {
    let folder = homeroom_testkit::folder();
    let run = |arguments: &[&str]| Ran::of(binary().command(folder.path()).args(arguments));
    let listed = run(&["--json", "faults", "--list"]).ok();
    let names: Vec<_> = listed["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| &fault["name"])
        .collect();
    assert!(names.len() > 40 && names.contains(&&Value::from("date-spellings")));
    assert!(run(&["faults", "--list"]).stdout.contains(
        "  throttled (0.02 of requests, within the budget; seconds until the window opens: 1)"
    ));
    for (arguments, said) in [
        (vec!["faults"], "--upstream"),
        (
            vec!["faults", "--upstream", "example.org"],
            "without a path",
        ),
        (
            vec!["faults", "--upstream", "http://x", "--fault", "htm"],
            "did you mean html?",
        ),
        (
            vec!["faults", "--upstream", "http://x", "--script", "none.txt"],
            "none.txt cannot be read",
        ),
        (
            vec!["demo", "--faults=nonsense"],
            "there is no fault called nonsense",
        ),
    ] {
        let ran = run(&arguments);
        assert_ne!(ran.code, Some(0), "{arguments:?}");
        assert!(ran.said().contains(said), "{arguments:?}: {ran:?}");
    }
}

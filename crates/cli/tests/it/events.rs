//! Events through the binary: switched on, followed in a new version and an old one, switched off and on again, and forgotten.

use homeroom_testkit::{Ran, Server, small_district};
use serde_json::Value;

use crate::site::{Site, binary};

fn types(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}

/// The events of an address, page by page; what the first answer's header said.
fn follow(server: &Server, token: &str, address: &str) -> (Vec<Value>, Option<String>) {
    let (mut events, mut said) = (Vec::new(), None);
    let mut next = Some(address.to_owned());
    while let Some(asked) = next {
        let answer = server.get(&asked, token);
        assert_eq!(answer.status, 200, "{asked}: {}", answer.text());
        if asked == address {
            said = answer.header("homeroom-events-gap").map(str::to_owned);
        }
        let page = answer.json();
        let items = page["data"].as_array().unwrap().iter();
        events.extend(items.map(|item| item["data"].clone()));
        let mut links = page["links"].as_array().unwrap().iter();
        let found = links.find(|link| link["rel"] == "next");
        next = found.map(|link| link["uri"].as_str().unwrap().to_owned());
    }
    (events, said)
}

fn last(events: &[Value]) -> String {
    events.last().unwrap()["id"].as_str().unwrap().to_owned()
}

/// A site whose second app gets events from the beginning; the token and the app's id.
fn followed() -> (Site, String, String) {
    let site = Site::new();
    let app = site.installation.add_app("Follower");
    let arguments = ["connect", &app, &site.district, "--events"];
    let connected = site.installation.run(&arguments).ok();
    let token = connected["token"].as_str().unwrap().to_owned();
    (site, token, app)
}

#[test]
fn an_app_of_either_age_follows_a_district() {
    let (site, token, app) = followed();
    site.import_ok(&small_district());
    let server = site.serve();
    let mut cursors = Vec::new();
    for version in ["v1.1", "v3.1"] {
        let (first, gap) = follow(&server, &token, &format!("/{version}/events?limit=5"));
        assert_eq!(gap, None);
        let created = first
            .iter()
            .filter(|event| event["type"].as_str().unwrap().ends_with(".created"));
        assert!(created.count() > 15, "{:?}", types(&first));
        let newest = server.get(
            &format!("/{version}/events?ending_before=last&limit=1"),
            &token,
        );
        assert_eq!(newest.json()["data"][0]["data"]["id"], *last(&first));
        cursors.push((version, last(&first)));
    }

    let changed = small_district()
        .replacing("students.csv", ",Min,4,X,", ",Min,5,X,")
        .replacing("enrollments.csv", "S2,X4,P6\n", "");
    site.import_ok(&changed);
    drop(server);
    let server = site.serve();
    let mut feeds = cursors.iter().map(|(version, cursor)| {
        let address = format!("/{version}/events?starting_after={cursor}");
        let (events, gap) = follow(&server, &token, &address);
        assert_eq!(gap, None);
        events
    });
    let (older, newer) = (feeds.next().unwrap(), feeds.next().unwrap());
    assert_eq!(types(&older), ["students.updated", "sections.updated"]);
    assert_eq!(
        types(&newer),
        ["districts.updated", "users.updated", "sections.updated"]
    );
    let was = |events: &[Value], at: usize| events[at]["data"]["previous_attributes"].clone();
    // Which grade it was, in the words of each version; versions 1.x know no gender X, which did not change.
    assert_eq!(was(&older, 0), serde_json::json!({ "grade": "4" }));
    assert_eq!(older[0]["data"]["object"]["gender"], "");
    let nested = serde_json::json!({ "roles": { "student": { "grade": "4" } } });
    assert_eq!(was(&newer, 1), nested);
    assert_eq!(
        newer[1]["data"]["object"]["roles"]["student"]["gender"],
        "X"
    );
    for events in [&older, &newer] {
        let section = events.last().unwrap();
        let before = section["data"]["previous_attributes"]["students"].as_array();
        let now = section["data"]["object"]["students"].as_array();
        assert_eq!(before.unwrap().len(), now.unwrap().len() + 1);
    }

    let state = site
        .installation
        .run(&["events", &app, &site.district])
        .ok();
    assert_eq!(
        (&state["events"], &state["moves"]),
        (&true.into(), &2.into())
    );
    assert_eq!(state["oldest"], state["whole_since"]);
    let apps = site.installation.run(&["app", "list"]).ok();
    let apps = apps["apps"].as_array().unwrap();
    for listed in apps {
        let events = &listed["connections"][0]["events"];
        assert_eq!(*events, listed["name"] == "Follower", "{listed}");
    }
    let told = site.installation.tell(&["app", "list"]).said();
    let follower = told.lines().find(|line| line.contains("Follower"));
    assert!(follower.unwrap().trim_end().ends_with(" on"), "{told}");
}

#[test]
fn what_happens_while_events_are_off_is_said_to_be_missing() {
    let (site, token, app) = followed();
    let place = &site.installation;
    site.import_ok(&small_district());
    let feed = |address: &str| follow(&site.serve(), &token, address);
    let (first, _) = feed("/v3.1/events");
    let since = format!("/v3.1/events?starting_after={}", last(&first));
    let switched = place.run(&["events", &app, &site.district, "off"]).ok();
    assert_eq!(switched["events"], false);
    // Off, but nothing happened.
    assert_eq!(feed(&since), (Vec::new(), None));
    assert_eq!(switched["oldest"], switched["whole_since"]);

    let unseen = small_district().replacing("students.csv", ",Min,4,X,", ",Min,5,X,");
    site.import_ok(&unseen);
    assert_eq!(feed(&since), (Vec::new(), Some("none".to_owned())));
    let state = place.run(&["events", &app, &site.district]).ok();
    assert_eq!(
        (&state["events"], &state["moves"]),
        (&false.into(), &1.into())
    );
    assert_eq!(state["whole_since"], Value::Null);
    let told = place.tell(&["events", &app, &site.district]).said();
    assert!(told.contains("while they were off"), "{told}");

    let on = place.run(&["events", &app, &site.district, "on"]).ok();
    assert_eq!(on["events"], true);
    let seen = unseen.replacing("students.csv", "5/21/2009", "5/22/2009");
    site.import_ok(&seen);
    let (events, gap) = feed(&since);
    assert_eq!(types(&events), ["districts.updated", "users.updated"]);
    let gap = gap.expect("what happened in between is missing");
    assert!(gap.as_str() <= events[0]["id"].as_str().unwrap());
    let whole = format!("/v3.1/events?starting_after={}", last(&events));
    assert_eq!(feed(&whole), (Vec::new(), None));
    let state = place.run(&["events", &app, &site.district]).ok();
    assert_ne!(state["whole_since"], Value::Null);
    assert_ne!(state["whole_since"], state["oldest"]);
}

#[test]
fn events_are_kept_for_as_long_as_the_setting_says() {
    let (site, token, app) = followed();
    let place = &site.installation;
    let changed = small_district().replacing("students.csv", ",Min,4,X,", ",Min,5,X,");
    site.import_ok(&small_district());
    site.import_ok(&changed);
    let sweep = |days: &str| {
        let mut command = place.json_command(&["sweep", "--grace", "0"]);
        Ran::of(command.env("HOMEROOM_EVENT_DAYS", days)).ok()
    };
    let moves = || place.run(&["events", &app, &site.district]).ok()["moves"].clone();
    sweep("1");
    assert_eq!(moves(), 2);
    sweep("0");
    // The newest says where the feed stands.
    assert_eq!(moves(), 1);
    let server = site.serve();
    let old = "/v3.1/events?starting_after=000000000000000000000001";
    let (events, gap) = follow(&server, &token, old);
    assert_eq!(types(&events), ["districts.updated", "users.updated"]);
    assert!(gap.is_some());
}

#[test]
fn a_switch_needs_a_connection() {
    let site = Site::new();
    let app = site.installation.add_app("Somebody");
    for arguments in [
        vec!["events", &app, &site.district, "on"],
        vec!["events", &app, &site.district],
    ] {
        let ran = site.installation.run(&arguments);
        assert_eq!(ran.code, Some(1));
        assert!(
            ran.json()["error"]
                .as_str()
                .unwrap()
                .contains("not connected")
        );
    }
    let text = site
        .installation
        .tell(&["events", &app, &site.district, "up"]);
    assert_eq!(text.code, Some(2));
}

#[test]
fn the_demo_has_days_behind_it() {
    let folder = homeroom_testkit::folder();
    let mut command = binary().command(folder.path());
    command.args(["demo", "--port", "0", "--json", "--students", "200"]);
    let server = Server::start(command);
    let token = server.ready["token"].as_str().unwrap().to_owned();
    for version in ["v1.1", "v1.2", "v2.0", "v2.1", "v3.0", "v3.1"] {
        let address = format!("/{version}/events?limit=10000");
        let (events, gap) = follow(&server, &token, &address);
        assert_eq!(gap, None);
        let updated = types(&events);
        let updated = updated.iter().filter(|kind| kind.ends_with(".updated"));
        assert!(updated.count() > 2, "{version}");
    }
}

//! The forms that scripts rely on (issue 2, point 9; docs/commands.md), and what commands refuse.

use std::fs;

use homeroom_testkit::{Installation, Ran, Server, small_district};
use serde_json::Value;

use crate::site::{Site, binary};

/// The kinds that `demo` counts, ascending.
const KINDS: [&str; 10] = [
    "contacts",
    "courses",
    "district_admins",
    "schools",
    "sections",
    "staff",
    "students",
    "teachers",
    "terms",
    "users",
];

/// The keys of an object, ascending.
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let object = value.as_object().unwrap_or_else(|| panic!("{value}"));
    let mut keys: Vec<_> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key}: {value}"))
}

#[test]
fn demo_tells_how_to_reach_it_and_what_it_serves() {
    let folder = homeroom_testkit::folder();
    let start = || {
        let mut command = binary().command(folder.path());
        command.args(["--data", "demo", "demo", "--port", "0", "--json"]);
        command.args(["--students", "60", "--seed", "3", "--rate-limit", "0"]);
        Server::start(command)
    };
    let server = start();
    let ready = &server.ready;
    assert_eq!(
        keys(ready),
        [
            "client_id",
            "client_secret",
            "counts",
            "district",
            "goals",
            "sync_folder",
            "token",
            "url"
        ]
    );
    assert_eq!(keys(&ready["counts"]), KINDS);
    let token = text(ready, "token");
    for kind in KINDS {
        let path = match kind {
            "students" | "teachers" | "contacts" | "district_admins" | "staff" => {
                format!("users?role={}&", kind.trim_end_matches('s'))
            }
            _ => format!("{kind}?"),
        };
        let answer = server.get(&format!("/v3.1/{path}count=true"), token);
        assert_eq!(answer.json()["count"], ready["counts"][kind], "{kind}");
    }
    let (district, counts) = (ready["district"].clone(), ready["counts"].clone());
    drop(server);

    // Once more in the same folder: the same district, another app.
    let again = start();
    assert_eq!(again.ready["district"], district);
    assert_eq!(again.ready["counts"], counts);
    drop(again);
    let mut other = binary().command(folder.path());
    other.args(["--data", "demo", "demo", "--port", "0", "--students", "9"]);
    let other = Ran::of(&mut other);
    assert_eq!(other.code, Some(1));
    assert!(other.said().contains("--students"), "{other:?}");
}

#[test]
fn the_path_of_a_district_has_these_forms() {
    let site = Site::new();
    let place = &site.installation;
    let added = place.run(&["district", "add", "Oak County"]).ok();
    assert_eq!(keys(&added), ["district"]);
    let app = place.run(&["app", "add", "Reader Two"]).ok();
    assert_eq!(keys(&app), ["app", "client_id", "client_secret"]);
    let connected = place.run(&["connect", text(&app, "app"), text(&added, "district")]);
    assert_eq!(keys(&connected.ok()), ["token"]);

    let upload = site.upload(&small_district());
    let import = [
        "import",
        upload.to_str().unwrap(),
        "--district",
        &site.district,
    ];
    let planned = place.run(&[&import[..], &["--dry-run"]].concat()).ok();
    assert_eq!(planned["state"], "planned");
    assert_eq!(planned["snapshot"], Value::Null);
    let published = place.run(&import).ok();
    assert_eq!(published["state"], "published");
    assert_eq!(published["snapshot"], 1);
    assert_eq!(published["changes"], planned["changes"]);
    let unchanged = place.run(&import).ok();
    assert_eq!(unchanged["state"], "no_change");
    assert_eq!(unchanged["counts"], published["counts"]);
    for report in [&planned, &published, &unchanged] {
        for key in ["state", "snapshot", "counts", "changes", "problems"] {
            assert!(report.get(key).is_some(), "{key}: {report}");
        }
        let mut kinds = [&KINDS[..], &["enrollments"]].concat();
        kinds.sort_unstable();
        assert_eq!(keys(&report["changes"]), kinds);
        for changes in report["changes"].as_object().unwrap().values() {
            let known = [
                "after",
                "created",
                "deleted",
                "restored",
                "unchanged",
                "updated",
            ];
            assert_eq!(keys(changes), known);
        }
        for (file, counts) in report["counts"].as_object().unwrap() {
            let count = |key: &str| counts[key].as_u64().unwrap();
            assert_eq!(
                count("received"),
                count("kept") + count("rejected"),
                "{file}"
            );
            assert_eq!(counts.get("rows").is_some(), file == "students", "{file}");
        }
    }
}

#[test]
fn every_other_command_prints_one_object_too() {
    let site = Site::with(&small_district());
    let district = site.district.as_str();
    let place = &site.installation;
    let out = |name: &str| site.folder().join(name).to_str().unwrap().to_owned();
    let (export, backup, man, files) = (out("x"), out("b.db"), out("man"), out("files"));
    for (arguments, wanted) in [
        (vec!["district", "list"], vec!["districts"]),
        (vec!["app", "list"], vec!["apps"]),
        (
            vec!["admin", "list", "--district", district],
            vec!["people"],
        ),
        (
            vec!["staff", "list", "--district", district],
            vec!["people"],
        ),
        (
            vec!["export", &export, "--district", district],
            vec!["exported", "snapshot"],
        ),
        (
            vec!["sweep"],
            vec![
                "condemned",
                "deleted",
                "dropped",
                "forgotten",
                "leftovers",
                "thinned",
            ],
        ),
        (vec!["backup", &backup], vec!["backup"]),
        (vec!["config"], vec!["config"]),
        (vec!["man", &man], vec!["man"]),
        (vec!["completions", "zsh"], vec!["completions"]),
        (vec!["generate", &files, "--students", "3"], vec!["files"]),
        (
            vec!["generate", &files, "--students", "3", "--census"],
            vec!["files", "quirks"],
        ),
    ] {
        let printed = place.run(&arguments).ok();
        assert_eq!(keys(&printed), wanted, "{arguments:?}");
    }
    let added = place.run(&["admin", "add", "a@elm.example", "--district", district]);
    let person = added.ok();
    assert_eq!(keys(&person), ["person"]);
    let person = text(&person, "person");
    let remove = ["admin", "remove", person, "--district", district];
    assert_eq!(keys(&place.run(&remove).ok()), ["removed"]);
    let apps = place.run(&["app", "list"]).ok();
    let app = &apps["apps"][0];
    assert_eq!(
        keys(app),
        ["app", "client_id", "connections", "districts", "name"]
    );
    assert_eq!(app["districts"], serde_json::json!([district]));
    let connected = serde_json::json!([{ "district": district, "events": false }]);
    assert_eq!(app["connections"], connected);
    let events = place.run(&["events", text(app, "app"), district]).ok();
    assert_eq!(keys(&events), ["events", "moves", "oldest", "whole_since"]);
    let districts = place.run(&["district", "list"]).ok();
    let name = text(&districts["districts"][0], "name");
    let disconnected = place.run(&["disconnect", text(app, "name"), name]);
    assert_eq!(keys(&disconnected.ok()), ["disconnected"]);
    assert_eq!(
        place.run(&["app", "remove", text(app, "app")]).code,
        Some(0)
    );
    let refused = place.run(&["app", "remove", text(app, "app")]);
    assert_eq!(refused.code, Some(1));
    assert_eq!(keys(&refused.json()), ["error", "state"]);
    assert_eq!(refused.json()["state"], "error");
}

#[test]
fn people_are_added_once_and_removed_by_their_kind() {
    let site = Site::new();
    let district = site.district.as_str();
    let place = &site.installation;
    let add = |kind, email| place.run(&[kind, "add", email, "--district", district]);
    let admin = add("admin", "Pat@elm.example").ok();
    let admin = text(&admin, "person");
    let staff = add("staff", "pat@elm.example").ok();
    let staff = text(&staff, "person");
    assert_ne!(admin, staff);
    let twice = add("admin", "pat@ELM.example");
    assert_eq!(twice.code, Some(1));
    assert!(twice.said().contains(admin), "{twice:?}");
    assert_eq!(add("admin", "pat").code, Some(2));
    let other_kind = place.run(&["admin", "remove", staff, "--district", district]);
    assert_eq!(other_kind.code, Some(1), "{other_kind:?}");
    let wrong = place.run(&["district", "add", "Ash County", "--contact", "pat"]);
    assert_eq!(wrong.code, Some(2));
    let districts = place.run(&["district", "list"]).ok();
    assert_eq!(districts["districts"].as_array().unwrap().len(), 1);
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let site = Site::with(&small_district());
    let file = site.folder().join("settings");
    fs::write(&file, "rate_limit = 1005\nport = 0\n").unwrap();
    let limit = |environment: Option<&str>, flag: Option<&str>| {
        let config = file.to_str().unwrap();
        let mut command = site
            .installation
            .json_command(&["serve", "--config", config]);
        command.envs(environment.map(|value| ("HOMEROOM_RATE_LIMIT", value)));
        if let Some(flag) = flag {
            command.args(["--rate-limit", flag]);
        }
        let answer = Server::start(command).get("/v3.1/users?limit=1", &site.token);
        answer.header("x-ratelimit-limit").unwrap().to_owned()
    };
    assert_eq!(limit(None, None), "1005");
    assert_eq!(limit(Some("1006"), None), "1006");
    assert_eq!(limit(Some("1006"), Some("1007")), "1007");
    fs::write(&file, "rate_limt = 1005\n").unwrap();
    let config = file.to_str().unwrap();
    let ran = site.installation.run(&["serve", "--config", config]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.said().contains("rate_limt"), "{ran:?}");
}

#[test]
fn nothing_says_that_it_serves_before_it_can() {
    let site = Site::new();
    let key = site.installation.place().join("data.key");
    fs::write(&key, "not a key").unwrap();
    let ran = site.installation.run(&["serve", "--port", "0"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.said().contains("64 hexadecimal digits"), "{ran:?}");
    assert!(!ran.stdout.contains("url"), "{ran:?}");
    // A key, but not the one that sealed the tokens: everything else works, and it is said.
    fs::write(&key, "7".repeat(64)).unwrap();
    let mut server = site.serve();
    assert_eq!(server.get("/v3.1/users", &site.token).status, 200);
    let errors = server.errors();
    assert!(errors.contains("another master key"), "{errors}");
}

#[test]
fn a_lost_control_store_is_no_new_beginning_and_a_backup_is_put_in_its_place() {
    let site = Site::with(&small_district());
    let before = site.walk();
    let backup = site.folder().join("backup.db");
    site.installation
        .run(&["backup", backup.to_str().unwrap()])
        .ok();
    let control = site.installation.data().join("control.db");
    fs::remove_file(&control).unwrap();
    // As if lost, and as if made anew: empty.
    for _ in 0..2 {
        for arguments in [
            &["district", "add", "Elm County"][..],
            &["sweep", "--grace", "0"],
            &["serve", "--port", "0"],
        ] {
            let ran = site.installation.run(arguments);
            assert_eq!(ran.code, Some(1), "{arguments:?}: {ran:?}");
            assert!(ran.said().contains("backup"), "{arguments:?}: {ran:?}");
        }
        fs::write(&control, "").unwrap();
    }
    let left = fs::read_dir(site.installation.data()).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        left.iter().all(|name| name != "control.db-wal"),
        "a log would be played over the backup: {left:?}"
    );
    fs::copy(&backup, &control).unwrap();
    site.walk().same(&before).unwrap();
    assert_eq!(site.import_ok(&small_district())["state"], "no_change");
}

#[test]
fn an_app_may_come_before_the_first_district() {
    let folder = homeroom_testkit::folder();
    let installation = Installation::new(&binary(), &folder.path().join("site"));
    let app = installation.add_app("Reader");
    let district = installation.add_district("Elm County");
    installation.connect(&app, &district);
}

//! `homeroom goals` at the district: an app reports over HTTP, and the commands tell what came of it.

mod report;

use homeroom_testkit::{Installation, Ran, Server, small_district};
use serde_json::{Value, json};

use crate::commands::{keys, text};
use crate::site::{Site, binary};

/// A site whose app may report.
fn site() -> Site {
    let site = Site::with(&small_district());
    let on = site
        .installation
        .run(&["goals", "on", "Reader", "Elm County"]);
    assert_eq!(on.ok()["on"], true);
    begin_the_year_long_ago(&site);
    site
}

/// The binary has the real clock, and half an hour cannot be reported in the first minutes of a school year: where it turns these
/// days, it begins in another month.
fn begin_the_year_long_ago(site: &Site) {
    let audit = site.installation.run(&["audit"]).ok();
    let month = text(&audit["entries"][0], "at")[5..7].to_owned();
    if ["06", "07"].contains(&month.as_str()) {
        let file = site.folder().join("settings.toml");
        std::fs::write(&file, "[goals]\nschool_year_start = \"01-01\"\n").unwrap();
        let set = ["district", "settings", "--set", file.to_str().unwrap()];
        site.installation.run(&set).ok();
    }
}

/// The id of a student by the SIS id.
fn id_of(site: &Site, server: &Server, sis_id: &str) -> String {
    let answer = server.get("/v3.1/users?role=student", &site.token);
    let answer = answer.json();
    let users = answer["data"].as_array().unwrap();
    let found = users
        .iter()
        .find(|user| user["data"]["roles"]["student"]["sis_id"] == sis_id);
    text(&found.unwrap()["data"], "id").to_owned()
}

fn body(rows: &[(&str, f64, f64)]) -> Vec<u8> {
    let students: Vec<_> = rows
        .iter()
        .map(|(id, minutes, lessons)| {
            json!({ "clever_id": id, "metrics": { "minutes": minutes, "lessons_completed": lessons } })
        })
        .collect();
    serde_json::to_vec(&json!({ "data": { "students": students } })).unwrap()
}

fn report(site: &Site, server: &Server, rows: &[(&str, f64, f64)]) -> Value {
    let answer = server.post(
        "/v2.0/metrics",
        &site.token,
        "application/json",
        &body(rows),
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["data"].clone()
}

#[test]
fn a_feed_is_switched_on_for_an_app_that_is_connected() {
    let site = Site::with(&small_district());
    let place = &site.installation;
    assert_eq!(place.run(&["goals", "feeds"]).ok(), json!({ "feeds": [] }));
    let never = place.run(&["goals", "off", "Reader", &site.district]);
    assert!(never.said().contains("never on"), "{never:?}");
    let other = place.add_app("Other");
    let unconnected = place.run(&["goals", "on", &other, &site.district]);
    assert_eq!(unconnected.code, Some(1));
    assert!(
        unconnected.said().contains("homeroom connect"),
        "{unconnected:?}"
    );

    let on = place
        .run(&[
            "goals",
            "on",
            "reader",
            "Elm County",
            "--school",
            "Harbor High",
        ])
        .ok();
    assert_eq!(
        keys(&on),
        ["app", "app_sees_targets", "district", "on", "schools"]
    );
    assert_eq!(
        (&on["on"], &on["app_sees_targets"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(on["schools"].as_array().unwrap().len(), 1);
    // What is not named stays as it is.
    let shown = place
        .run(&["goals", "on", "Reader", "Elm County", "--show-targets"])
        .ok();
    assert_eq!(
        (&shown["schools"], &shown["app_sees_targets"]),
        (&on["schools"], &json!(true))
    );
    let off = place.run(&["goals", "off", "Reader", "Elm County"]).ok();
    assert_eq!(
        (&off["on"], &off["schools"]),
        (&json!(false), &on["schools"])
    );
    let all = place.run(&[
        "goals",
        "on",
        "Reader",
        "Elm County",
        "--all-schools",
        "--hide-targets",
    ]);
    assert_eq!(all.ok()["schools"], Value::Null);

    let feeds = place.run(&["goals", "feeds"]).ok();
    let feed = &feeds["feeds"][0];
    assert_eq!(
        keys(feed),
        [
            "app",
            "app_sees_targets",
            "ceiling",
            "last_received",
            "name",
            "on",
            "progress_key",
            "progress_label",
            "schools",
            "stale"
        ]
    );
    assert_eq!(
        (&feed["name"], &feed["stale"]),
        (&json!("Reader"), &json!(true))
    );
    let told = place.tell(&["goals", "feeds"]);
    assert!(told.stdout.contains("nothing yet"), "{told:?}");
}

#[test]
fn what_an_app_reported_is_forgotten_once_it_is_off() {
    let site = site();
    let place = &site.installation;
    let forget = ["goals", "forget", "Reader", "Elm County"];
    let still = place.run(&forget);
    assert_eq!(still.code, Some(1));
    assert!(still.said().contains("switch them off"), "{still:?}");
    place.run(&["goals", "off", "Reader", "Elm County"]).ok();
    assert_eq!(place.run(&forget).ok()["forgotten"], true);
    assert_eq!(place.run(&forget).ok()["forgotten"], false);
    assert_eq!(place.run(&["goals", "feeds"]).ok(), json!({ "feeds": [] }));
}

#[test]
fn what_an_app_sends_is_logged_shown_and_decided() {
    let site = site();
    let (place, server) = (&site.installation, site.serve());
    let nia = id_of(&site, &server, "P1");
    let unknown = "5f00aa11bb22cc33dd44ee01";
    let told = report(&site, &server, &[(&nia, 30.0, 3.0), (unknown, 1.0, 1.0)]);
    assert_eq!(
        (&told["updated"], &told["rejected"][0]["reason"]),
        (&json!(1), &json!("unknown_student"))
    );
    report(&site, &server, &[(&nia, 20.0, 3.0)]);
    let refused = server.post("/v2.0/metrics", &site.token, "application/json", b"{}");
    assert_eq!(refused.status, 400);

    let log = place.run(&["goals", "deliveries", "Reader"]).ok();
    let log = log["deliveries"].as_array().unwrap();
    let of = |key: &str| log.iter().map(|one| one[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("number"), [3, 2, 1]);
    assert_eq!(of("status"), [400, 200, 200]);
    assert_eq!(of("rejected"), [0, 0, 1]);
    assert_eq!(of("warnings"), [0, 1, 0]);
    assert!(log.iter().all(|one| one.get("details").is_none()));
    let one = place.run(&["goals", "deliveries", "Reader", "1"]).ok();
    assert_eq!(
        one["deliveries"][0]["details"]["rejected"][0]["clever_id"],
        unknown
    );
    let told = place.tell(&["goals", "deliveries", "Reader", "1"]);
    assert!(told.stdout.contains("unknown_student"), "{told:?}");
    let told = place.tell(&["goals", "deliveries", "Reader", "3"]);
    assert!(told.stdout.contains("refused: "), "{told:?}");
    let read = what_was_read(place);
    assert_eq!(read.len(), 3, "the list tells of nobody: {read:?}");
    assert!(read[2].starts_with("delivery 1 of app "), "{read:?}");
    assert_eq!(
        place.run(&["goals", "deliveries", "Reader", "9"]).code,
        Some(1)
    );

    let open = place.run(&["goals", "open"]).ok();
    assert_eq!(open["open"].as_array().unwrap().len(), 1);
    assert!(what_was_read(place)[0].starts_with("open of app "));
    let waits = &open["open"][0];
    assert_eq!(
        (&waits["student"], &waits["minutes"]),
        (&json!(nia), &json!(30))
    );
    assert_eq!(
        (&waits["name"], &waits["lower_minutes"]["value"]),
        (&json!("Reader"), &json!(20))
    );
    // Whoever has nothing that waits.
    let nobody = place.run(&["goals", "confirm", "Reader", "P2"]);
    assert_eq!(nobody.code, Some(1));
    assert!(nobody.said().contains("goals open"), "{nobody:?}");
    let confirmed = place.run(&["goals", "confirm", "Reader", "Nia Abara"]).ok();
    let values = json!([{ "student": nia, "what": "lower_minutes", "shown": 30, "value": 20 }]);
    assert_eq!(confirmed, json!({ "confirmed": values }));
    assert_eq!(
        place.run(&["goals", "open", "Reader"]).ok(),
        json!({ "open": [], "apps": [] })
    );
    let own = place.run(&["goals", "report", "student", "P1"]).ok();
    assert_eq!(own["apps"][0]["minutes"], 20);

    report(&site, &server, &[(&nia, 10.0, 3.0)]);
    let dismissed = place.run(&["goals", "dismiss", "Reader", &nia]).ok();
    let values = json!([{ "student": nia, "what": "lower_minutes", "shown": 20, "value": 10 }]);
    assert_eq!(dismissed, json!({ "dismissed": values }));
    let own = place.run(&["goals", "report", "student", &nia]).ok();
    assert_eq!(own["apps"][0]["minutes"], 20);

    place.run(&["goals", "off", "Reader", &site.district]).ok();
    let off = server.post("/v2.0/metrics", &site.token, "application/json", &body(&[]));
    assert_eq!(off.status, 404, "{}", off.text());
}

#[test]
fn what_waits_is_decided_as_it_was_seen_and_each_value_by_itself() {
    let site = site();
    let (place, server) = (&site.installation, site.serve());
    let (nia, tomas) = (id_of(&site, &server, "P1"), id_of(&site, &server, "P2"));
    report(&site, &server, &[(&nia, 30.0, 3.0), (&tomas, 30.0, 3.0)]);
    report(&site, &server, &[(&nia, 20.0, 2.0), (&tomas, 20.0, 3.0)]);
    report(&site, &server, &[(&nia, 9e5, 2.0)]);
    let goals = |arguments: &[&str]| place.run(&[&["goals"], arguments].concat());
    let open = goals(&["open", "Reader"]).ok();
    assert_eq!(open["open"].as_array().unwrap().len(), 2);
    let all = &open["apps"][0];
    assert_eq!(keys(all), ["app", "name", "seen", "values"]);
    assert_eq!(all["values"], 4);
    let told = place.tell(&["goals", "open"]).stdout;
    for word in ["lower_minutes", "lower_progress", "implausible_minutes"] {
        assert!(told.contains(word), "{told}");
    }
    // What is offered can be done as it stands: a shell changes no id, and not both of Nia's minutes can be right.
    let offered = format!(
        "goals dismiss {} --all --seen {}    (Reader, 4 values)",
        text(all, "app"),
        text(all, "seen")
    );
    assert!(told.contains(&offered), "{told}");
    assert_eq!(told.matches("--all").count(), 1, "{told}");

    // Several wait: which one is meant has to be said, and what waits is told.
    let which = goals(&["confirm", "Reader", "P1"]);
    assert_eq!(which.code, Some(1));
    for says in ["--what lower_minutes --value 20 (shown: 30)", "900000"] {
        assert!(which.said().contains(says), "{which:?}");
    }
    let seen = text(all, "seen").to_owned();
    let both = goals(&["confirm", "Reader", "--all", "--seen", &seen]);
    assert!(both.said().contains("not both can be right"), "{both:?}");
    for wrong in [
        &["--all"][..],
        &["--seen", &seen],
        &["P1", "--all", "--seen", &seen],
        &["P1", "--what", "minutes"],
        &["P1", "--value", "-1"],
    ] {
        let wrong = goals(&[&["confirm", "Reader"], wrong].concat());
        assert_eq!(wrong.code, Some(2), "{wrong:?}");
    }
    let aside = ["P1", "--what", "implausible_minutes"];
    let late = goals(&[&["dismiss", "Reader"], &aside[..], &["--value", "7"]].concat());
    assert_eq!(late.code, Some(1));
    assert!(late.said().contains("nothing was decided"), "{late:?}");
    let forgotten = goals(&[&["dismiss", "Reader"], &aside[..], &["--value", "900000"]].concat());
    assert_eq!(forgotten.ok()["dismissed"].as_array().unwrap().len(), 1);
    let progress = goals(&["confirm", "Reader", "P1", "--what", "lower_progress"]);
    assert_eq!(progress.ok()["confirmed"][0]["value"], 2);

    // All at once, as it was listed.
    let open = goals(&["open", "Reader"]).ok();
    assert_eq!(open["apps"][0]["values"], 2);
    let told = place.tell(&["goals", "open"]).stdout;
    let offered = format!("goals confirm {} --all", text(&open["apps"][0], "app"));
    assert!(told.contains(&offered), "{told}");
    let late = goals(&["confirm", "Reader", "--all", "--seen", &seen]);
    assert!(late.said().contains("lists it anew"), "{late:?}");
    let seen = text(&open["apps"][0], "seen");
    report(&site, &server, &[(&tomas, 10.0, 3.0)]);
    let late = goals(&["confirm", "Reader", "--all", "--seen", seen]);
    assert!(late.said().contains("lists it anew"), "{late:?}");
    let open = goals(&["open", "Reader"]).ok();
    let seen = text(&open["apps"][0], "seen");
    let told = place.tell(&["goals", "confirm", "Reader", "--all", "--seen", seen]);
    assert!(
        told.stdout
            .contains(&format!("{tomas}: minutes 10, in the place of 30")),
        "{told:?}"
    );
    assert_eq!(goals(&["open"]).ok()["open"], json!([]));

    // Whoever read and whoever decided stands in the audit, with what was shown before and after.
    let audit = place.run(&["audit"]).ok();
    let entries = audit["entries"].as_array().unwrap().iter();
    let told: Vec<_> = entries
        .filter(|entry| text(entry, "action").starts_with("goals"))
        .map(|entry| format!("{}: {}", text(entry, "action"), text(entry, "detail")))
        .collect();
    let app = text(&open["apps"][0], "app");
    let two = [(&nia, 20), (&tomas, 10)];
    let two =
        two.map(|(student, value)| format!("; student {student}: lower_minutes 30 -> {value}"));
    assert!(two.iter().all(|one| told[0].contains(one)), "{told:?}");
    assert!(told[0].starts_with(&format!("goals confirmed: app {app}; ")));
    assert_eq!(told[1], format!("goals read: open of app {app}"));
    assert!(told.contains(&format!(
        "goals dismissed: app {app}; student {nia}: implausible_minutes 30 stays, not 900000"
    )));
}

#[test]
fn targets_are_set_near_and_far_and_taken_back() {
    let site = site();
    let place = &site.installation;
    let set = |arguments: &[&str]| {
        let all = [&["goals", "target", "Reader"], arguments].concat();
        place.run(&all)
    };
    assert_eq!(set(&["minutes", "40"]).ok(), json!({ "number": 1 }));
    set(&["minutes", "50", "--type", "elementary"]).ok();
    set(&["progress", "2.5", "--school", "S1", "--grade", "2"]).ok();
    set(&["minutes", "20", "--student", "P1"]).ok();
    let targets = || place.run(&["goals", "targets", "Reader"]).ok()["targets"].clone();
    let now = targets();
    let of = |now: &Value, key: &str| {
        let all = now.as_array().unwrap().iter();
        all.map(|one| one[key].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        of(&now, "level"),
        ["district", "district", "school", "student"]
    );
    assert_eq!(
        of(&now, "for_whom"),
        ["everyone", "elementary", "grade 2", "everyone"]
    );
    assert_eq!(
        of(&now, "per_week"),
        [json!(40), json!(50), json!(2.5), json!(20)]
    );

    set(&["minutes", "--take-back", "--student", "P1"]).ok();
    assert_eq!(of(&targets(), "level"), ["district", "district", "school"]);
    let all = place.run(&["goals", "targets", "Reader", "--all"]).ok();
    assert_eq!(of(&all["statements"], "number"), [5, 4, 3, 2, 1]);
    let told = place.tell(&["goals", "targets", "Reader", "--all"]);
    assert!(told.stdout.contains("taken back"), "{told:?}");

    for (wrong, says) in [
        (&["minutes", "20000"][..], "10080"),
        (&["minutes", "5", "--student", "P99"], "no student P99"),
        (&["minutes", "5", "--grade", "99"], "grade"),
        (&["minutes", "5", "--from", "2019-01-01"], "school year"),
    ] {
        let refused = set(wrong);
        assert_eq!(refused.code, Some(1), "{wrong:?}");
        assert!(refused.said().contains(says), "{refused:?}");
    }
    for wrong in [
        &["minutes"][..],
        &["minutes", "-1"],
        &["hours", "1"],
        &["minutes", "5", "--section", "X", "--student", "P1"],
        &["minutes", "5", "--student", "P1", "--grade", "2"],
    ] {
        assert_eq!(set(wrong).code, Some(2), "{wrong:?}");
    }
    let audit = place.run(&["audit"]).ok();
    let entries = audit["entries"].as_array().unwrap().iter();
    let details = entries.filter(|entry| entry["action"] == "goals targets set");
    let details: Vec<_> = details.map(|entry| text(entry, "detail")).collect();
    assert_eq!(details.len(), 5);
    for (detail, says) in details.iter().zip([
        "everyone minutes 20 -> none from",
        "everyone minutes none -> 20 from",
        "grade:2 progress none -> 2.5 from",
        "; 2: district type:elementary minutes none -> 50 from",
        "; 1: district everyone minutes none -> 40 from",
    ]) {
        assert!(detail.contains(says), "{detail}");
    }
    let read = of(&audit["entries"], "action");
    let read = read.iter().filter(|action| **action == "goals read");
    assert_eq!(read.count(), 3, "those in which a student stands");
}

/// What stands in the audit as read.
fn what_was_read(place: &Installation) -> Vec<String> {
    let audit = place.run(&["audit"]).ok();
    let entries = audit["entries"].as_array().unwrap().iter();
    entries
        .filter(|entry| entry["action"] == "goals read")
        .map(|entry| entry["detail"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_demo_brings_apps_that_have_reported_all_year() {
    let folder = homeroom_testkit::folder();
    let start = || {
        let mut command = binary().command(folder.path());
        command.args(["--data", "demo", "demo", "--port", "0", "--json"]);
        command.args(["--students", "150", "--seed", "3"]);
        Server::start(command)
    };
    let run = |arguments: &[&str]| {
        let mut command = binary().command(folder.path());
        command
            .args(["--data", "demo", "--json", "goals"])
            .args(arguments);
        Ran::of(&mut command).ok()
    };
    let server = start();
    let goals = server.ready["goals"].clone();
    let apps = goals["apps"].as_array().unwrap();
    assert_eq!(apps.len(), 3);
    assert_eq!(keys(&apps[0]), ["app", "name", "progress_key", "token"]);

    let figure = run(&["report", "district"]);
    let of = |name: &str| {
        let mut apps = figure["apps"].as_array().unwrap().iter();
        apps.find(|app| app["app"]["name"] == name).unwrap()
    };
    let names: Vec<_> = apps.iter().map(|app| text(app, "name")).collect();
    let stale: Vec<_> = names.iter().map(|name| &of(name)["app"]["stale"]).collect();
    assert_eq!(stale, [false, false, true]);
    for app in names.iter().map(|name| of(name)) {
        assert_eq!(app["total"]["coverage_percent"], 100, "{app}");
        assert!(app["weeks"].as_array().unwrap().len() > 5, "{app}");
        assert!(!app["targets"].as_array().unwrap().is_empty(), "{app}");
    }
    let adjusted = json!({ "schools": 1, "sections": 0, "students": 1 });
    assert_eq!(of(names[0])["adjusted"], adjusted);
    let teacher = run(&["report", "teacher", text(&goals, "teacher")]);
    let stuck = teacher["apps"].as_array().unwrap().iter();
    let stuck = stuck.filter(|app| app["students"][0]["state"] == "stuck");
    assert!(stuck.count() > 0, "{teacher}");
    let of_silent = |arguments: &[&str]| {
        let mut command = binary().command(folder.path());
        command
            .args(["--data", "demo", "goals", "report"])
            .args(arguments)
            .args(["--app", names[2]]);
        Ran::of(&mut command).stdout
    };
    let student = text(&teacher["apps"][0]["students"][0], "id");
    let told = of_silent(&["student", student]);
    for says in ["this week: not known", ", by the last news: "] {
        assert!(told.contains(says), "{told}");
    }
    // It sent last in an evening; in the hour before midnight a day more has passed.
    let silent = ["no news for 5 days", "no news for 6 days"];
    assert!(silent.iter().any(|says| told.contains(says)), "{told}");
    let told = of_silent(&["district"]);
    assert!(told.contains("later weeks are not known"), "{told}");
    assert_eq!(run(&["open"])["open"].as_array().unwrap().len(), 2);
    let feeds = run(&["feeds"])["feeds"].clone();
    let feeds = feeds.as_array().unwrap().iter();
    let sees = feeds.filter(|feed| feed["app_sees_targets"] == true);
    assert_eq!(
        sees.map(|feed| text(feed, "name")).collect::<Vec<_>>(),
        [names[1]]
    );

    let newest =
        |app: &str| run(&["deliveries", app, "--limit", "1"])["deliveries"][0]["number"].as_u64();
    let before = newest(names[0]).unwrap();
    drop(server);
    // Once more: the same apps with the same tokens, and nothing twice.
    let again = start();
    assert_eq!(again.ready["goals"]["apps"], goals["apps"]);
    assert!(newest(names[0]).unwrap() <= before + 2);
}

/// The commands of a page, with what is quoted as one word.
fn commands_of(page: &str) -> Vec<Vec<String>> {
    let blocks = page.split("```").skip(1).step_by(2);
    let lines = blocks
        .flat_map(str::lines)
        .map(|line| line.trim_start_matches("$ "));
    let commands = lines.filter_map(|line| line.strip_prefix("homeroom "));
    let words = |line: &str| {
        let line = line.split(" #").next().unwrap();
        let parts = line.split('"').enumerate();
        let words = parts.flat_map(|(place, part)| match place % 2 {
            1 => vec![part.to_owned()],
            _ => part.split_whitespace().map(str::to_owned).collect(),
        });
        words.collect()
    };
    commands.map(words).collect()
}

#[test]
fn the_page_has_commands_that_there_are() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/goals-district.md");
    let commands = commands_of(&std::fs::read_to_string(path).unwrap());
    let ours: Vec<_> = commands
        .iter()
        .filter(|words| words.contains(&"goals".to_owned()))
        .collect();
    assert!(ours.len() > 10, "{ours:?}");
    // A folder that figures are read from is one that a command before them made.
    let data = |words: &[String]| {
        let place = words.iter().position(|word| word == "--data")?;
        words.get(place + 1).cloned()
    };
    for (place, words) in commands.iter().enumerate() {
        let Some(folder) = data(words) else { continue };
        let makes = |before: &Vec<String>| {
            data(before).as_ref() == Some(&folder)
                && before.iter().skip(2).any(|word| word == "demo")
        };
        let is_made = commands[..=place].iter().any(makes);
        assert!(is_made, "{words:?}: nothing before made {folder}");
    }
    let folder = homeroom_testkit::folder();
    for words in ours {
        let mut command = binary().command(folder.path());
        let ran = Ran::of(command.args(words));
        // There is no installation here; a command line that is wrong is told before.
        assert_eq!(ran.code, Some(1), "{words:?}: {ran:?}");
    }
}

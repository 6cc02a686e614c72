//! What people of a district decide, as they would at the command line: holds, undo, rehearsals, pauses, settings, custom
//! records, and looking at the past.

use std::collections::BTreeMap;
use std::fs;

use homeroom_testkit::{Edition, Files, Walk, district_of, get};
use serde_json::Value;

use crate::site::Site;

/// A district of 120 students, and the same cut off in the middle of its students.
fn whole_and_cut() -> (Files, Files) {
    let whole = district_of(120, Edition(0));
    let students: Vec<_> = whole.text("students.csv").lines().take(60).collect();
    let cut = whole
        .clone()
        .with("students.csv", format!("{}\n", students.join("\n")));
    (whole, cut)
}

/// Runs a command that must work and gives what it printed.
fn run(site: &Site, arguments: &[&str]) -> Value {
    site.installation.run(arguments).ok()
}

/// Documents without the time of their last change.
fn lasting(walk: &Walk, collection: &str) -> BTreeMap<String, Value> {
    let mut documents = walk.documents(collection).clone();
    for document in documents.values_mut() {
        forget(document);
    }
    documents
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.remove("last_modified");
            object.remove("updated");
            object.values_mut().for_each(forget);
        }
        Value::Array(list) => list.iter_mut().for_each(forget),
        _ => {}
    }
}

const ROSTER: [&str; 6] = [
    "schools",
    "courses",
    "terms",
    "sections",
    "users",
    "resources",
];

#[test]
fn a_held_import_is_looked_at_and_discarded_and_its_files_stay_out() {
    let (whole, cut) = whole_and_cut();
    let site = Site::with(&whole);
    let before = site.walk();
    let held = site.import(&cut);
    assert_eq!(held.json()["state"], "held", "{held:?}");

    let shown = run(&site, &["hold", "show"]);
    assert_eq!(shown["hold"]["state"], "waiting");
    assert_eq!(shown["hold"]["plan"], held.json()["plan"]);
    assert!(
        shown["plan"]["types"]
            .as_array()
            .is_some_and(|types| types.len() > 5)
    );
    let said = site.installation.tell(&["hold", "show"]).said();
    for part in [
        "students",
        "cut off",
        "hold approve --plan",
        "no longer sent",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }

    run(&site, &["hold", "discard", "--note", "cut off"]);
    assert_eq!(run(&site, &["hold", "show"])["hold"], Value::Null);
    let again = site.import(&cut).json();
    assert_eq!(again["state"], "blocked", "{again}");
    before.same(&site.walk()).unwrap();

    let run_id = shown["hold"]["run"].as_str().unwrap();
    run(&site, &["hold", "unblock", run_id]);
    assert_eq!(site.import(&cut).json()["state"], "held");
    let audit = run(&site, &["audit"]);
    let entries = audit["entries"].as_array().unwrap();
    assert!(
        entries
            .iter()
            .any(|entry| entry["action"] == "hold discarded"),
        "{audit}"
    );
}

#[test]
fn an_approval_is_bound_to_the_plan_and_publishes_it() {
    let (whole, cut) = whole_and_cut();
    let site = Site::with(&whole);
    let held = site.import(&cut).json();
    let wrong = site
        .installation
        .run(&["hold", "approve", "--plan", "00ff"]);
    assert_eq!(wrong.json()["state"], "error", "{wrong:?}");
    let plan = held["plan"].as_str().unwrap();
    let approved = run(&site, &["hold", "approve", "--plan", plan]);
    assert_eq!(approved["state"], "published", "{approved}");
    let left = held["changes"]["students"]["after"].as_u64();
    let walk = site.walk();
    let users = walk.documents("users").values();
    let students = users.filter(|user| user["roles"]["student"].is_object());
    assert_eq!(Some(students.count() as u64), left, "{held}");
    let holds = run(&site, &["hold", "list"]);
    assert_eq!(holds["holds"][0]["state"], "approved", "{holds}");
}

#[test]
fn one_school_of_a_hold_is_approved_and_the_rest_waits() {
    let (whole, cut) = whole_and_cut();
    let site = Site::with(&whole);
    let plan = site.import(&cut).json()["plan"]
        .as_str()
        .unwrap()
        .to_owned();
    let approve = [
        "hold", "approve", "--plan", &plan, "--school", "S1", "--type", "students",
    ];
    let approved = run(&site, &approve);
    assert_eq!(approved["state"], "published", "{approved}");
    let rest = run(&site, &["hold", "show"]);
    assert_eq!(rest["hold"]["state"], "waiting", "{rest}");
    let schools = rest["plan"]["schools"].as_array().unwrap();
    let of_first = schools.iter().find(|school| school["school"] == "S1");
    let deleted = |school: &Value| {
        let types = school["types"].as_array().unwrap();
        let students = types.iter().find(|of| of["type"] == "students");
        students.map_or(0, |of| of["deleted"].as_u64().unwrap())
    };
    assert_eq!(of_first.map_or(0, deleted), 0, "{rest}");
    assert!(schools.iter().map(deleted).sum::<u64>() > 0, "{rest}");
}

#[test]
fn undo_brings_every_document_back_under_its_id() {
    let site = Site::with(&district_of(80, Edition(0)));
    let before = site.walk();
    site.import_ok(&district_of(80, Edition(1)));
    let between = site.walk();
    assert!(before.same(&between).is_err());

    let planned = run(&site, &["undo", "--dry-run"]);
    assert_eq!(planned["state"], "planned", "{planned}");
    assert_eq!(run(&site, &["undo"])["state"], "published");
    let after = site.walk();
    for collection in ROSTER {
        assert_eq!(
            lasting(&before, collection),
            lasting(&after, collection),
            "{collection}"
        );
    }
    let again = site.import(&district_of(80, Edition(1))).json();
    assert_eq!(again["state"], "blocked", "{again}");

    assert_eq!(run(&site, &["undo"])["state"], "published");
    let twice = site.walk();
    for collection in ROSTER {
        assert_eq!(
            lasting(&between, collection),
            lasting(&twice, collection),
            "{collection}"
        );
    }
}

#[test]
fn the_past_is_read_by_header_and_by_export() {
    let site = Site::with(&district_of(60, Edition(0)));
    let old = site.walk();
    site.import_ok(&district_of(60, Edition(1)));
    let server = site.serve();
    let url = server.ready["url"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {}", site.token);
    let ask = |as_of: &str, path: &str| {
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Homeroom-As-Of", as_of),
        ];
        get(&url, path, &headers).unwrap()
    };
    for (id, document) in old.documents("users").iter().take(20) {
        let answer = ask("1", &format!("/v3.1/users/{id}"));
        assert_eq!(&answer.json()["data"], document, "{id}");
    }
    let future = ask("2999-01-01", "/v3.1/users");
    assert!((400..500).contains(&future.status), "{}", future.text());
    drop(server);
    let out = site.folder().join("out");
    let out = out.to_str().unwrap();
    let exported = run(
        &site,
        &["export", out, "--snapshot", "1", "--format", "csv"],
    );
    let students = old.documents("users").values();
    let students = students
        .filter(|user| user["roles"]["student"].is_object())
        .count();
    assert_eq!(
        exported["exported"]["students"].as_u64(),
        Some(students as u64)
    );
}

#[test]
fn what_became_of_an_id_is_told_by_id_and_by_key() {
    let site = Site::with(&district_of(80, Edition(0)));
    site.import_ok(&district_of(80, Edition(1)));
    let now = site.walk();
    let (id, student) = now
        .documents("users")
        .iter()
        .find(|(_, user)| user["roles"]["student"].is_object())
        .unwrap();
    let key = student["roles"]["student"]["sis_id"].as_str().unwrap();
    let by_key = run(&site, &["id", "students", key]);
    assert_eq!(
        by_key["ids"][0]["id"].as_str(),
        Some(id.as_str()),
        "{by_key}"
    );
    let by_id = run(&site, &["id", id]);
    assert_eq!(by_id["ids"][0]["now"], "published", "{by_id}");
    assert_eq!(by_id["ids"][0]["history"][0]["snapshot"], 1, "{by_id}");
    let nobody = site.installation.run(&["id", "5f00aa11bb22cc33dd44ee01"]);
    assert_eq!(nobody.json()["state"], "error", "{nobody:?}");
}

#[test]
fn a_rehearsal_plans_and_publishes_nothing_until_it_is_switched_to() {
    let site = Site::with(&district_of(60, Edition(0)));
    let before = site.walk();
    let next = site.upload(&district_of(60, Edition(1)));
    let next = next.to_str().unwrap();
    let planned = run(&site, &["rehearsal", "add", next, "--name", "autumn"]);
    assert_eq!(planned["state"], "planned", "{planned}");
    before.same(&site.walk()).unwrap();
    assert_eq!(
        run(&site, &["rehearsal", "list"])["rehearsals"][0]["name"],
        "autumn"
    );
    assert_eq!(
        run(&site, &["rehearsal", "again", "autumn"])["state"],
        "planned"
    );
    // The folder may be gone by then: its files are kept.
    fs::remove_dir_all(next).unwrap();
    assert_eq!(
        run(&site, &["rehearsal", "switch", "autumn"])["state"],
        "published"
    );
    let content = crate::site::content_of(&district_of(60, Edition(1)));
    assert_eq!(site.walk().content().unwrap(), content);
    assert_eq!(
        run(&site, &["rehearsal", "list"])["rehearsals"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn in_a_pause_files_are_kept_and_imported_when_it_ends() {
    let site = Site::with(&district_of(60, Edition(0)));
    let before = site.walk();
    run(&site, &["pause", "--until", "2999-01-01"]);
    let paused = site.import(&district_of(60, Edition(1))).json();
    assert_eq!(paused["state"], "paused", "{paused}");
    before.same(&site.walk()).unwrap();
    let district = site
        .walk()
        .documents("districts")
        .values()
        .next()
        .unwrap()
        .clone();
    assert_eq!(district["state"], "paused", "{district}");
    assert_eq!(district["pause_end"], "2999-01-01", "{district}");
    assert_eq!(run(&site, &["pause", "--end"])["ended"], true);
    // A server does what is due when it starts; wait until it has.
    let content = crate::site::content_of(&district_of(60, Edition(1)));
    let server = site.serve();
    for _ in 0..600 {
        if Walk::of(&server, &site.token).content().unwrap() == content {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("what was uploaded in the pause is not published");
}

#[test]
fn settings_are_shown_set_and_used() {
    let (whole, cut) = whole_and_cut();
    let site = Site::with(&whole);
    let file = site.folder().join("settings.toml");
    let path = file.to_str().unwrap();
    fs::write(&file, "[guards.deletions.student]\npercent = 90\n").unwrap();
    let wrong = site
        .installation
        .run(&["district", "settings", "--set", path]);
    assert_eq!(wrong.json()["state"], "error", "{wrong:?}");
    assert!(wrong.said().contains("student"), "{wrong:?}");

    let limits = ["deletions", "school_deletions"].map(|guard| {
        let types = [
            "students",
            "enrollments",
            "contacts",
            "sections",
            "teachers",
        ];
        let lines = types.map(|of| format!("[guards.{guard}.{of}]\npercent = \"none\"\n"));
        lines.concat()
    });
    let more = "[guards.many_enrollments_rejected]\npercent = \"none\"\n";
    fs::write(&file, format!("{}{more}", limits.concat())).unwrap();
    assert_eq!(
        run(&site, &["district", "settings", "--set", path])["number"],
        1
    );
    let imported = site.import(&cut).json();
    assert_eq!(imported["state"], "published", "{imported}");
    let shown = run(&site, &["district", "settings"]);
    assert_eq!(shown["number"], 1, "{shown}");
}

#[test]
fn custom_records_are_published_beside_the_files_and_outlive_uploads() {
    let site = Site::with(&district_of(60, Edition(0)));
    let file = site.folder().join("students.csv");
    let row = "School_id,Student_id,First_name,Last_name\nS0,GUEST-1,Gio,Guest\n";
    fs::write(&file, row).unwrap();
    run(&site, &["custom", "put", file.to_str().unwrap()]);
    let is_there = || {
        let walk = site.walk();
        let mut users = walk.documents("users").values();
        users.any(|user| user["roles"]["student"]["sis_id"] == "GUEST-1")
    };
    assert!(is_there());
    site.import_ok(&district_of(60, Edition(1)));
    assert!(is_there());
    fs::write(
        &file,
        "School_id,Student_id,First_name,Last_name\nS0,GUEST-2,,Guest\n",
    )
    .unwrap();
    let wrong = site
        .installation
        .run(&["custom", "put", file.to_str().unwrap()]);
    assert!(wrong.said().contains("MISSING_REQUIRED"), "{wrong:?}");
    run(&site, &["custom", "remove", "students", "GUEST-1"]);
    assert!(!is_there());
}

#[test]
fn runs_tell_what_they_did_for_as_long_as_they_are_kept() {
    let site = Site::with(&district_of(60, Edition(0)));
    let broken = district_of(60, Edition(1)).appending("students.csv", "S9,LOST,Nobody,None\n");
    site.import_ok(&broken);
    let runs = run(&site, &["run", "list"]);
    assert_eq!(runs["runs"].as_array().unwrap().len(), 2, "{runs}");
    let report = run(&site, &["run", "show"]);
    assert_eq!(report["problems"]["REF_SCHOOL_UNKNOWN"], 1, "{report}");
    let findings = site
        .installation
        .tell(&["run", "findings", "--code", "ref_school_unknown"]);
    assert!(findings.said().contains("LOST"), "{findings:?}");
    let changes = site.installation.tell(&["run", "changes"]).said();
    assert!(
        changes.starts_with("type,action,sis_id,clever_id,field,before,after"),
        "{changes}"
    );
    assert!(changes.lines().count() > 10, "{changes}");
    assert!(site.installation.run(&["run", "show", "ffff"]).json()["error"].is_string());
}

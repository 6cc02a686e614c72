//! `sync plan`, `apply`, `now`, `status`, `runs`, `why`: a district that changes, and an app that follows.

use homeroom_testkit::{Files, small_district};
use serde_json::Value;

use super::{Follower, until};

/// A digest of which only so much is typed.
fn short(plan: &Value) -> String {
    plan["plan"].as_str().unwrap()[..12].to_owned()
}

fn renamed() -> Files {
    small_district().replacing("students.csv", "Bello,Tomás", "Bello,Tommy")
}

#[test]
fn a_first_sync_is_shown_held_approved_and_then_quiet() {
    let follower = Follower::new();
    let planned = follower.run(&["plan", "--exit-code"]);
    assert_eq!(planned.code, Some(4), "{planned:?}");
    let plan = planned.json()["districts"][0].clone();
    assert_eq!(
        (&plan["state"], &plan["held"]),
        (&"planned".into(), &true.into())
    );
    assert_eq!(plan["verdicts"][0]["guard"], "first_sync");
    assert_eq!(plan["mode"], "full");
    // The same is planned again, and nothing was changed.
    assert_eq!(follower.district(&["plan"])["plan"], plan["plan"]);
    let told = follower.tell(&["plan"]);
    for part in [
        "+ Nia Abara",
        "+ Biology",
        "Held: this is the first sync",
        &short(&plan),
        "--approve",
    ] {
        assert!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
    let shy = follower.tell(&["plan", "--no-values"]);
    assert!(
        !shy.stdout.contains("Abara") && !shy.stdout.contains("Biology"),
        "{}",
        shy.stdout
    );
    let fresh = follower.run(&["status"]).json()["districts"][0].clone();
    assert_eq!(
        fresh["says"], "Nothing was synced yet; the last run is planned.",
        "{fresh}"
    );
    // Without a yes nothing is applied.
    let held = follower.run(&["apply", &short(&plan)]);
    assert_eq!(held.code, Some(3), "{held:?}");
    assert_eq!(follower.run(&["status"]).code, Some(3));
    let applied = follower.run(&["apply", &short(&plan), "--approve", "--note", "as agreed"]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
    let applied = applied.json()["districts"][0].clone();
    assert_eq!(applied["state"], "applied");
    assert!(applied["done"].as_u64().unwrap() > 20, "{applied}");
    // Then there is nothing to do, however it is asked for.
    for arguments in [
        &["plan", "--exit-code"][..],
        &["plan", "--full", "--exit-code"],
        &["apply"],
        &["now"],
    ] {
        let ran = follower.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
        assert_eq!(
            ran.json()["districts"][0]["actions"],
            serde_json::json!([]),
            "{arguments:?}"
        );
    }
    let status = follower.run(&["status"]).ok()["districts"][0].clone();
    assert_eq!(status["stale"], Value::Null, "{status}");
    assert!(status["last_good_sync"].is_string() && status["holds"] == serde_json::json!([]));
    let runs = follower.run(&["runs"]).ok();
    let ends: Vec<_> = runs["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["state"].as_str().unwrap())
        .collect();
    assert!(
        ends.contains(&"applied") && ends.contains(&"planned"),
        "{ends:?}"
    );
}

#[test]
fn what_is_applied_is_what_was_seen() {
    let follower = Follower::applied(&small_district());
    follower.publish(&renamed());
    let plan = follower.district(&["plan"]);
    let change = &plan["actions"][0];
    assert_eq!(
        (&change["sign"], &change["action"]),
        (&"~".into(), &"update".into()),
        "{plan}"
    );
    assert_eq!(change["name"], "Tommy Bello");
    assert_eq!(
        change["changes"][0],
        serde_json::json!({"field": "first_name", "before": "Tomás", "after": "Tommy"})
    );
    // The district changes once more before anybody says yes.
    follower.publish(&renamed().replacing("students.csv", "Cho,Min", "Cho,Minnie"));
    let newer = follower.district(&["plan"]);
    assert_ne!(newer["plan"], plan["plan"]);
    let stale = follower.run(&["apply", &short(&plan)]);
    assert_eq!(stale.code, Some(5), "{stale:?}");
    let stale = stale.json()["districts"][0].clone();
    assert_eq!(
        (&stale["notes"][0], &stale["done"]),
        (&"stale_approval".into(), &0.into()),
        "{stale}"
    );
    let difference = stale["difference"].to_string();
    assert!(
        difference.contains("Minnie") && !difference.contains("Tommy"),
        "{difference}"
    );
    let applied = follower.run(&["apply", &short(&newer)]).ok();
    assert_eq!(applied["districts"][0]["done"], 2, "{applied}");
    let unknown = follower.run(&["apply", "123456789abc"]);
    assert_eq!(unknown.code, Some(1));
    assert!(
        unknown.said().contains("no plan with the digest"),
        "{unknown:?}"
    );
}

#[test]
fn somebody_is_asked_before_anything_is_applied() {
    let follower = Follower::applied(&small_district());
    follower.publish(&renamed());
    let no = follower.answer(&["--folder", "app", "apply"], "no\n");
    assert_eq!(no.code, Some(0), "{no:?}");
    assert!(
        no.stderr.contains("first_name: \"Tomás\" -> \"Tommy\""),
        "{}",
        no.stderr
    );
    assert!(no.stdout.contains("nothing was applied"), "{}", no.stdout);
    let yes = follower.answer(&["--folder", "app", "apply"], "yes\n");
    assert!(yes.stdout.contains("applied, 1 action"), "{yes:?}");
    assert_eq!(
        follower.district(&["plan"])["actions"],
        serde_json::json!([])
    );
}

#[test]
fn demands_are_about_a_district_a_school_a_section_or_a_person() {
    let follower = Follower::applied(&small_district());
    let files = renamed()
        .replacing("students.csv", "D'Arcy, Jr.", "Darcy")
        .replacing("sections.csv", "Biology Lab", "Biology II");
    follower.publish(&files);
    let one = follower.run(&["now", "--person", "P2"]).ok()["districts"][0].clone();
    assert_eq!(
        (&one["mode"], &one["done"]),
        (&"targeted".into(), &1.into()),
        "{one}"
    );
    let section = follower.run(&["now", "--section", "X4"]).ok()["districts"][0].clone();
    assert_eq!(section["mode"], "targeted");
    assert!(section.to_string().contains("Biology II"), "{section}");
    let school = follower.run(&["now", "--school", "Harbor High"]).ok()["districts"][0].clone();
    assert_eq!(school["mode"], "targeted");
    let all = follower.run(&["now"]).ok()["districts"][0].clone();
    assert_eq!(all["actions"], serde_json::json!([]), "{all}");
    let nobody = follower.run(&["now", "--person", "Somebody Else"]);
    assert!(nobody.said().contains("by the source's id"), "{nobody:?}");
    let both = follower.run(&["now", "--person", "P2", "--section", "X4"]);
    assert_eq!(both.code, Some(2));
}

#[test]
fn a_demand_finds_whom_why_finds() {
    let follower = Follower::applied(&small_district().replacing(
        "students.csv",
        "\"D'Arcy, Jr.\",Luc",
        "Abara,Luc",
    ));
    for (flag, text) in [
        ("--person", "bello"),
        ("--person", "Bello, Tomás"),
        ("--person", " TOMAS@elm.example "),
        ("--section", "Grade 2 Reading (1)"),
        ("--section", "X1"),
        ("--school", "harbor high"),
    ] {
        let why = follower.run(&["why", text]).ok()["answers"].clone();
        assert_eq!(why.as_array().map(Vec::len), Some(1), "{text}: {why}");
        let now = follower.run(&["now", flag, text]).ok()["districts"][0].clone();
        assert_eq!(now["mode"], "targeted", "{text}: {now}");
    }
    let both = follower.run(&["why", "Abara"]).ok()["answers"].clone();
    let several = follower.run(&["now", "--person", "Abara"]);
    assert_eq!(several.code, Some(1), "{several:?}");
    assert!(
        several.said().contains("records are called Abara"),
        "{several:?}"
    );
    for answer in both.as_array().unwrap() {
        let id = answer["id"].as_str().unwrap();
        assert!(several.said().contains(id), "{id}: {several:?}");
    }
}

#[test]
fn why_is_one_sentence() {
    let follower = Follower::applied(&small_district());
    for who in ["P1", "nia@elm.example", "Nia Abara", "abara"] {
        let answers = follower.run(&["why", who]).ok();
        let answer = &answers["answers"][0];
        assert_eq!(
            answer["sentence"], "It is in the app as the district says.",
            "{who}: {answers}"
        );
        assert_eq!(answer["kind"], "students");
        assert!(answer["account"].is_i64() && answer["steps"].as_array().unwrap().len() > 2);
    }
    let not_there = follower.run(&["why", "P1", "--section", "Biology"]).ok();
    let sentence = not_there["answers"][0]["sentence"].as_str().unwrap();
    assert!(
        sentence.contains("does not list this student"),
        "{sentence}"
    );
    let trace = follower.tell(&["why", "P1", "--trace"]);
    assert!(trace.stdout.contains("match"), "{trace:?}");
    let no_class = follower.run(&["why", "P1", "--section", "Astronomy"]);
    assert!(
        no_class.code == Some(1) && no_class.said().contains("is called Astronomy"),
        "{no_class:?}"
    );
    let nobody = follower.run(&["why", "Nobody Known"]);
    assert_eq!(
        (nobody.code, &nobody.json()["answers"]),
        (Some(1), &serde_json::json!([]))
    );
}

#[test]
fn a_server_that_is_gone_or_a_token_that_is_refused_has_its_own_code() {
    let follower = Follower::applied(&small_district());
    follower
        .site
        .installation
        .run(&["disconnect", &app(&follower), &follower.site.district])
        .ok();
    until(|| {
        follower
            .server
            .get("/v3.1/districts", &follower.site.token)
            .status
            == 401
    });
    let refused = follower.run(&["now"]);
    assert_eq!(refused.code, Some(7), "{refused:?}");
    let status = follower.run(&["status"]);
    assert_eq!(status.code, Some(8), "{status:?}");
    let status = status.json()["districts"][0].clone();
    assert_eq!(
        (&status["connection"], &status["stale"]),
        (&"disconnected".into(), &"provider".into())
    );
    assert_eq!(status["notices"][0]["code"], "token_revoked", "{status}");
    follower.edit("sync.toml", &follower.server.url, "http://127.0.0.1:9");
    let gone = follower.run(&["plan"]);
    assert_eq!(gone.code, Some(7), "{gone:?}");
    let again = follower.run(&["plan", "--kept"]).ok();
    assert_eq!(again["districts"][0]["actions"], serde_json::json!([]));
}

/// The id of the app that reads.
fn app(follower: &Follower) -> String {
    let apps = follower.site.installation.run(&["app", "list"]).ok();
    apps["apps"][0]["app"].as_str().unwrap().to_owned()
}

#[test]
fn a_plan_kept_for_a_review_elsewhere_hides_what_is_sensitive() {
    let follower = Follower::of(&small_district());
    follower.edit(
        "policy.toml",
        "\"sis_id\", \"student_number\",",
        "\"sis_id\", \"dob\", \"student_number\",",
    );
    follower.run(&["apply", "--approve", "--yes"]).ok();
    follower.publish(&renamed().replacing("students.csv", "11/2/2016", "11/3/2016"));
    let out = follower.site.folder().join("plan.json");
    follower.run(&["plan", "--out", out.to_str().unwrap()]).ok();
    let kept = std::fs::read_to_string(&out).unwrap();
    assert!(kept.contains("Tommy") && kept.contains("\"dob\""), "{kept}");
    assert!(
        kept.contains("(hidden)") && !kept.contains("2016-11"),
        "{kept}"
    );
    let told = follower.tell(&["plan", "--kept"]);
    assert!(
        told.stdout.contains("dob: \"(hidden)\" -> \"(hidden)\""),
        "{}",
        told.stdout
    );
}

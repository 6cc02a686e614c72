//! `homeroom goals` in an app's folder, before a real server: what students do is recorded, sent, held, corrected and certified.

use homeroom_testkit::{Ran, small_district};
use serde_json::Value;

use super::{Follower, until};
use crate::site::binary;

impl Follower {
    /// A follower of a district that is switched on, or not, whose metric has a name.
    fn reporting(on: bool) -> Self {
        let follower = Self::applied(&small_district());
        let progress = "progress = \"lessons_completed\"";
        follower.edit("sync.toml", &format!("# {progress}"), progress);
        if on {
            follower.switch_on();
        }
        follower
    }

    fn switch_on(&self) {
        let on = ["goals", "on", "Reader", "Elm County"];
        self.site.installation.run(&on).ok();
    }

    /// A command of the app's side, for scripts.
    fn goals(&self, arguments: &[&str]) -> Ran {
        let mut command = binary().command(self.site.folder());
        command.args(["goals", arguments[0], "--folder", "app", "--json"]);
        Ran::of(command.args(&arguments[1..]).env("USER", "ada"))
    }

    /// What it prints of the only district, and its exit code.
    fn told(&self, arguments: &[&str]) -> (Value, Option<i32>) {
        let ran = self.goals(arguments);
        (ran.json()["districts"][0].clone(), ran.code)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.site.folder().join(name), text).unwrap();
        name.to_owned()
    }

    /// Ids of students at the source, ascending.
    fn students(&self) -> Vec<String> {
        let answer = self
            .server
            .get("/v3.1/users?role=student", &self.site.token)
            .json();
        let ids = answer["data"].as_array().unwrap().iter();
        ids.map(|user| user["data"]["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// About now, as a moment is written; nothing where a school year is just turning, and nothing is sent for a while.
    fn now(&self) -> Option<String> {
        let now = self.district(&["status"])["last_good_sync"]
            .as_str()
            .unwrap()
            .to_owned();
        let turning = now[5..].starts_with("06-30") || now[5..].starts_with("07-01");
        if turning {
            eprintln!("skipped: a school year is turning today");
        }
        (!turning).then_some(now)
    }
}

#[test]
fn an_app_records_sends_corrects_and_is_certified() {
    let app = Follower::reporting(false);
    let Some(now) = app.now() else { return };
    let ids = app.students();
    let (ana, bo) = (&ids[0], &ids[1]);
    let csv = format!(
        "activity,student,start,minutes,units\na,{ana},{now},5,1\nb,{ana},{now},2.5,1\nc,{bo},{now},4,0.5\nd,nobody,{now},4,1\n"
    );
    let recorded = app.goals(&["record", &app.write("today.csv", &csv)]);
    assert_eq!(
        (recorded.code, &recorded.json()["counted"]),
        (Some(1), &3.into())
    );
    assert_eq!(recorded.json()["wrong"][0]["line"], 5);
    let again = app.goals(&["record", "today.csv"]).json();
    assert_eq!(
        (&again["counted"], &again["repeated"]),
        (&0.into(), &3.into())
    );
    // The district has not switched Goals on.
    let (refused, code) = app.told(&["push"]);
    assert_eq!(
        (&refused["state"], code),
        (&"refused".into(), Some(7)),
        "{refused}"
    );
    let (status, code) = app.told(&["status"]);
    assert_eq!(
        (&status["notices"][0]["code"], code),
        (&"goals_refused".into(), Some(8))
    );
    app.switch_on();
    let (pushed, code) = app.told(&["push"]);
    assert_eq!(
        (&pushed["state"], code),
        (&"done".into(), Some(0)),
        "{pushed}"
    );
    assert_eq!(
        (&pushed["acknowledged"], &pushed["students"]),
        (&ids.len().into(), &ids.len().into())
    );
    assert_eq!(app.told(&["status"]).1, Some(0));
    correct(&app, ana);
    // What a certification asks for, and that sending twice is harmless.
    let (checked, code) = app.told(&["check", "--resend"]);
    let criteria = checked["criteria"].as_array().unwrap();
    let of = |name: &str| {
        criteria
            .iter()
            .find(|one| one["criterion"] == name)
            .unwrap()
    };
    assert_eq!((criteria.len(), code), (9, Some(1)), "{checked}");
    assert_eq!(of("resend_harmless")["outcome"], "pass");
    // Corrected by hand, and a fall all the same.
    assert_eq!(of("totals_never_fall")["outcome"], "fail");
    assert_eq!(of("daily_delivery")["outcome"], "unknown", "no day is over");
    let token = of("right_token");
    let says = token["says"].as_str().unwrap();
    assert_eq!(token["outcome"], "unknown", "{token}");
    assert!(says.contains("1 came while Goals were off"), "{token}");
    assert_eq!(of("key_name")["outcome"], "pass");
}

#[test]
fn a_district_whose_settings_cannot_be_read_keeps_no_other_from_being_told() {
    let app = Follower::reporting(true);
    let Some(_) = app.now() else { return };
    let bad = "[[district]]\nid = \"5f00000000000000000000aa\"\nname = \"Bad\"\npolicy = \"gone.toml\"\n\n[[district]]";
    app.edit("sync.toml", "[[district]]", bad);
    let ran = app.goals(&["push"]);
    let told = ran.json()["districts"].clone();
    assert_eq!((&told[0]["state"], ran.code), (&"done".into(), Some(1)));
    assert_eq!(
        (&told[1]["state"], &told[1]["name"]),
        (&"error".into(), &"Bad".into())
    );
    assert!(!told[1]["says"].as_str().unwrap().is_empty(), "{told}");
}

#[test]
fn progress_under_another_key_is_said_until_it_is_taken() {
    let app = Follower::reporting(true);
    let Some(now) = app.now() else { return };
    let student = &app.students()[0];
    let line = format!(
        "{{\"activity\":\"a\",\"student\":\"{student}\",\"start\":\"{now}\",\"minutes\":3,\"units\":2}}\n"
    );
    app.goals(&["record", &app.write("today.jsonl", &line)])
        .ok();
    let declare = |key: &str| {
        let said = format!("{{\"progress\":{{\"key\":\"{key}\"}}}}");
        let answer = app.server.put("/goals/v1/app", &app.site.token, &said);
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    declare("books_read");
    let (pushed, code) = app.told(&["push"]);
    assert_eq!(
        (&pushed["state"], code),
        (&"partly".into(), Some(6)),
        "{pushed}"
    );
    let says = pushed["says"].as_str().unwrap();
    assert!(says.contains("takes books_read"), "{pushed}");
    let (status, code) = app.told(&["status"]);
    let notice = &status["notices"][0];
    assert_eq!(
        (&notice["code"], &notice["says"], code),
        (&"goals_left_out".into(), &pushed["says"], Some(8))
    );
    let (checked, code) = app.told(&["check"]);
    let key = checked["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["criterion"] == "key_name")
        .unwrap()
        .clone();
    assert_eq!((&key["outcome"], code), (&"fail".into(), Some(1)));
    assert!(key["says"].as_str().unwrap().contains(says), "{key}");
    declare("lessons_completed");
    let (pushed, code) = app.told(&["push"]);
    assert_eq!(
        (&pushed["state"], &pushed["updated"], code),
        (&"done".into(), &pushed["students"], Some(0)),
        "{pushed}"
    );
    assert_eq!(app.told(&["status"]).1, Some(0));
}

/// Undone: held, allowed, told, and confirmed at the district.
fn correct(app: &Follower, ana: &str) {
    let undo = app.write(
        "undo.json",
        "{\"activity\":\"b\",\"undone\":true,\"reason\":\"deleted\"}\n",
    );
    assert_eq!(app.goals(&["record", &undo]).json()["undone"], 1);
    let (held, code) = app.told(&["push"]);
    assert_eq!(
        (&held["held"][0]["id"], code),
        (&ana.into(), Some(3)),
        "{held}"
    );
    let (status, code) = app.told(&["status"]);
    assert_eq!(
        (&status["held"][0]["undone"][0], code),
        (&"b".into(), Some(3))
    );
    let allowed = app.goals(&["allow", ana, "--note", "a test"]).ok();
    assert_eq!(
        (
            &allowed["minutes"],
            &allowed["from_minutes"],
            &allowed["by"]
        ),
        (&"5".into(), &"7.5".into(), &"cli:ada".into())
    );
    let (told, code) = app.told(&["push"]);
    assert_eq!(
        (&told["not_taken"][0]["reason"], code),
        (&"regression".into(), Some(6)),
        "{told}"
    );
    let open = app.site.installation.run(&["goals", "open"]).ok();
    let seen = open["apps"][0]["seen"].as_str().unwrap();
    let confirm = ["goals", "confirm", "Reader", "--all", "--seen", seen];
    app.site.installation.run(&confirm).ok();
    let (pushed, code) = app.told(&["push"]);
    assert_eq!(
        (&pushed["state"], code),
        (&"done".into(), Some(0)),
        "{pushed}"
    );
}

#[test]
fn the_schedule_sends_too_and_tells_nobodys_name() {
    let app = Follower::reporting(true);
    let Some(now) = app.now() else { return };
    app.edit("sync.toml", "spread_minutes = 10", "spread_minutes = 0");
    let line = format!(
        "{{\"activity\":\"a\",\"student\":\"{}\",\"start\":\"{now}\",\"minutes\":3}}\n",
        app.students()[0]
    );
    app.goals(&["record", &app.write("today.jsonl", &line)])
        .ok();
    let mut serve = app.command(&["--folder", "app", "serve"]);
    let mut alone = serve.spawn().unwrap();
    until(|| !app.told(&["status"]).0["last_good"].is_null());
    alone.kill().unwrap();
    alone.wait().unwrap();
    let (status, _) = app.told(&["status"]);
    let last = &status["deliveries"][0];
    assert_eq!(
        (&last["trigger"], &last["state"]),
        (&"schedule".into(), &"acknowledged".into())
    );
    assert_eq!(
        (&status["at_work"], &last["updated"]),
        (&1.into(), &status["students"])
    );
}

#[test]
fn what_is_missing_is_said() {
    let app = Follower::applied(&small_district());
    for command in ["push", "status", "check"] {
        let ran = app.goals(&[command]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.said().contains("progress = "), "{ran:?}");
    }
    let missing = app.goals(&["record", "nowhere.csv"]);
    assert!(missing.said().contains("nowhere.csv"), "{missing:?}");
    let progress = "progress = \"lessons_completed\"";
    app.edit(
        "sync.toml",
        &format!("# {progress}"),
        "progress = \"minutes\"",
    );
    let wrong = app.goals(&["push"]);
    assert!(wrong.said().contains("goals.progress"), "{wrong:?}");
    app.edit("sync.toml", "progress = \"minutes\"", progress);
    let nobody = app.goals(&["allow", "77"]);
    assert!(nobody.said().contains("77"), "{nobody:?}");
}

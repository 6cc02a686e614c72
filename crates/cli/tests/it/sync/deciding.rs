//! `sync holds`, `filter`, `crosswalk`, `suggestions`, `conflicts`, `findings`, `stage`: what only people can say.

use std::fmt::Write as _;

use homeroom_model::Timestamp;
use homeroom_roster::{
    Districts as _, Lease, NewRun, Roster as _, RunEnd, RunState, Runs as _, SqliteRoster,
};
use homeroom_testkit::{Files, small_district};

use super::Follower;

/// A district with many students in one school, so that losing them is too much.
fn large() -> Files {
    let mut students = small_district().text("students.csv").to_owned();
    let mut enrollments = small_district().text("enrollments.csv").to_owned();
    for number in 100..160 {
        // Writing to a string cannot fail.
        let _ = writeln!(
            students,
            "S2,N{number},{number},Surname{number},Given,10,F,5/21/2009,n{number}@elm.example,,,,,,"
        );
        let _ = writeln!(enrollments, "S2,X3,N{number}");
    }
    small_district()
        .with("students.csv", students)
        .with("enrollments.csv", enrollments)
}

/// A file of these lines.
fn lines<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The same after a slip: most of them are missing.
fn slipped() -> Files {
    let keep = |text: &str| {
        let kept = text
            .lines()
            .filter(|line| !line.contains(",N1") || line.contains(",N10"));
        lines(kept)
    };
    let files = large();
    let (students, enrollments) = (
        keep(files.text("students.csv")),
        keep(files.text("enrollments.csv")),
    );
    files
        .with("students.csv", students)
        .with("enrollments.csv", enrollments)
}

/// Publishes files although the provider's own guards object.
fn publish_in_haste(follower: &Follower, files: &Files) {
    follower.published(|| {
        let held = follower.site.import(files);
        assert_eq!(held.code, Some(3), "{held:?}");
        let digest = held.json()["plan"].as_str().unwrap().to_owned();
        let place = &follower.site.installation;
        place.run(&["hold", "approve", "--plan", &digest]).ok();
    });
}

#[test]
fn a_slip_is_held_looked_at_and_closes_by_itself() {
    let follower = Follower::applied(&large());
    publish_in_haste(&follower, &slipped());
    let held = follower.run(&["now"]);
    assert_eq!(held.code, Some(3), "{held:?}");
    assert_eq!(held.json()["districts"][0]["done"], 0);
    let shown = follower.run(&["holds"]);
    assert_eq!(shown.code, Some(3));
    let waiting = shown.json()["holds"][0].clone();
    assert_eq!(
        waiting["told"]["verdicts"][0]["guard"], "removals",
        "{waiting}"
    );
    for key in ["if_approved", "if_ignored"] {
        assert!(waiting["told"][key].is_string(), "{waiting}");
    }
    follower
        .run(&["holds", "say", "Dana asks the district"])
        .ok();
    let told = follower.tell(&["holds"]);
    for part in [
        "why",
        "students would leave",
        "if ignored",
        "cli:ada: Dana asks",
        "Given Surname1",
    ] {
        assert!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
    let wrong = follower.run(&["holds", "approve", "--plan", "123456"]);
    assert!(wrong.said().contains("look at it again"), "{wrong:?}");
    // The district repairs it: the hold closes, and what was said stays.
    follower.published(|| {
        follower.site.installation.run(&["undo"]).ok();
    });
    let quiet = follower.run(&["now"]).ok();
    assert_eq!(
        quiet["districts"][0]["holds"],
        serde_json::json!([]),
        "{quiet}"
    );
    assert_eq!(
        follower.run(&["holds"]).ok()["holds"],
        serde_json::json!([])
    );
    let closed = follower.run(&["holds", "show", "--closed"]).ok()["holds"].clone();
    let closed = closed.as_array().unwrap().last().unwrap().clone();
    assert_eq!(closed["outcome"], "no_longer_needed");
    assert!(
        closed["discussion"].to_string().contains("Dana"),
        "{closed}"
    );
}

/// What another process does that writes the only district: it has the lease for long, and a run of it ends that begins later
/// than whoever asks now.
fn run_elsewhere(follower: &Follower) {
    let roster = SqliteRoster::open(&follower.folder.join("app.db")).unwrap();
    let district = roster.read().unwrap().districts().unwrap()[0].id;
    let now = Timestamp::from_millis(0);
    // In the year 2100.
    let far = Timestamp::from_millis(4_102_444_800_000);
    let Lease::Yours { fence } = roster.lease(district, "elsewhere", now, far).unwrap() else {
        panic!("somebody has it");
    };
    let begun = NewRun {
        district,
        trigger: "schedule",
        scope: "{}",
        mode: "full",
        fence,
        at: far,
        undoes: None,
    };
    let run = roster.start_run(&begun).unwrap();
    let end = RunEnd {
        state: RunState::Applied,
        mirror: None,
        plan: None,
        report: None,
        at: far,
    };
    roster.finish_run(district, run, &end, None).unwrap();
}

#[test]
fn who_is_served_by_another_run_hears_of_what_waits() {
    let follower = Follower::applied(&large());
    publish_in_haste(&follower, &slipped());
    assert_eq!(follower.run(&["now"]).code, Some(3));
    let open = follower.run(&["holds"]).json()["holds"][0]["hold"].clone();
    run_elsewhere(&follower);
    let joined = follower.run(&["now"]);
    assert_eq!(joined.code, Some(3), "{joined:?}");
    let joined = joined.json()["districts"][0].clone();
    assert_eq!(joined["joined"], true, "{joined}");
    assert_eq!(joined["state"], "applied", "{joined}");
    assert_eq!(joined["holds"], serde_json::json!([open]), "{joined}");
    let told = follower.tell(&["now"]);
    assert_eq!(told.code, Some(3), "{told:?}");
    for part in ["Somebody else's run served this too.", "--folder app holds"] {
        assert!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
}

#[test]
fn a_hold_is_approved_in_whole_or_in_part_or_discarded_and_only_by_whom_the_settings_name() {
    let follower = Follower::applied(&large());
    publish_in_haste(
        &follower,
        &slipped().replacing("students.csv", "Bello,Tomás", "Bello,Tommy"),
    );
    assert_eq!(follower.run(&["now"]).code, Some(3));
    let digest = || {
        follower.run(&["holds"]).json()["holds"][0]["plan"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    follower.edit("sync.toml", "approvers = []", "approvers = [\"cli:grace\"]");
    let refused = follower.run(&["holds", "approve", "--plan", &digest()]);
    assert!(
        refused.said().contains("cli:ada may not approve"),
        "{refused:?}"
    );
    follower.edit("sync.toml", "\"cli:grace\"", "\"cli:grace\", \"cli:ada\"");
    // What harms nobody goes on, the rest waits.
    let part = follower.run(&[
        "holds",
        "approve",
        "--plan",
        &digest(),
        "--part",
        "harmless",
    ]);
    assert_eq!(part.code, Some(3), "{part:?}");
    let part = &part.json()["districts"][0];
    assert!(part["done"].as_u64() > Some(0), "{part}");
    assert!(part["left"].as_u64() > Some(0), "{part}");
    let why = follower.run(&["why", "P2"]).ok();
    assert_eq!(
        why["answers"][0]["sentence"], "It is in the app as the district says.",
        "{why}"
    );
    follower
        .run(&["holds", "discard", "--note", "not like this"])
        .ok();
    assert_eq!(
        follower.run(&["holds"]).ok()["holds"],
        serde_json::json!([])
    );
    assert_eq!(follower.run(&["now"]).code, Some(3), "it is held again");
    let applied = follower
        .run(&[
            "holds",
            "approve",
            "--plan",
            &digest()[..10],
            "--note",
            "they moved away",
        ])
        .ok();
    assert_eq!(applied["districts"][0]["state"], "applied", "{applied}");
    assert_eq!(follower.run(&["plan", "--exit-code"]).code, Some(0));
    let nothing = follower.run(&["holds", "discard"]);
    assert!(nothing.said().contains("nothing is held"));
}

#[test]
fn a_filter_is_previewed_written_and_taken_back_without_the_server() {
    let follower = Follower::applied(&small_district());
    let policy = || std::fs::read_to_string(follower.folder.join("policy.toml")).unwrap();
    let before = policy();
    let preview = follower
        .run(&[
            "filter",
            "exclude",
            "name",
            "--contains",
            "biology",
            "--dry-run",
        ])
        .ok();
    let counted = &preview["districts"][0];
    assert_eq!(
        (&counted["takes"], &counted["leaves_out"]),
        (&2.into(), &2.into()),
        "{preview}"
    );
    assert!(
        counted["samples_left_out"]
            .to_string()
            .contains("Biology Lab")
    );
    assert_eq!(
        counted["plan"]["summary"]["leave"].as_u64(),
        Some(2),
        "{counted}"
    );
    assert_eq!(policy(), before);
    let written = follower
        .run(&["filter", "exclude", "name", "--contains", "biology"])
        .ok();
    assert_eq!(written["written"], true);
    assert!(policy().contains("contains = \"biology\""));
    let away = follower.run(&["apply", "--kept", "--yes"]).ok();
    assert_eq!(away["districts"][0]["state"], "applied", "{away}");
    assert_eq!(away["districts"][0]["requests"], 0);
    let why = follower.run(&["why", "Biology Lab"]).ok();
    assert!(
        why["answers"][0]["sentence"]
            .as_str()
            .unwrap()
            .contains("filter"),
        "{why}"
    );
    follower.run(&["filter", "remove", "1"]).ok();
    let back = follower.run(&["apply", "--kept", "--yes"]).ok();
    assert_eq!(back["districts"][0]["state"], "applied", "{back}");
    assert_eq!(
        follower.run(&["filter"]).ok()["rules"],
        serde_json::json!([])
    );
    let guess = follower.tell(&[
        "filter",
        "include",
        "subject",
        "--is",
        "Science",
        "--dry-run",
    ]);
    assert!(guess.stdout.contains("Mind:"), "{guess:?}");
    follower
        .run(&["filter", "include", "subject", "--is", "Science"])
        .ok();
    let warned = follower.tell(&["plan", "--kept"]);
    assert!(warned.stdout.contains("Mind:"), "{warned:?}");
    follower.run(&["filter", "remove", "1"]).ok();
    for (arguments, said) in [
        (&["filter", "remove", "4"][..], "no rule 4"),
        (&["filter", "exclude", "nmae", "--contains", "x"], "nmae"),
    ] {
        let ran = follower.run(arguments);
        assert!(ran.code != Some(0) && ran.said().contains(said), "{ran:?}");
    }
}

#[test]
fn a_crosswalk_says_what_fits_before_it_is_kept() {
    let follower = Follower::applied(&small_district());
    let file = follower.site.folder().join("ids.csv");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    let run =
        |more: &[&str]| follower.run(&[&["crosswalk", file.to_str().unwrap()], more].concat());
    write("kind,old,new\nstudent,P1,P1-2026\nstudent,P99,P99-2026\n");
    let dry = run(&["--dry-run"]).ok();
    assert_eq!(
        (&dry["fit"], &dry["wait"], &dry["kept"]),
        (&0.into(), &1.into(), &false.into()),
        "{dry}"
    );
    let misfit = &dry["misfits"][0];
    assert_eq!(
        (&misfit["line"], &misfit["why"]),
        (&3.into(), &"old_unknown".into()),
        "{dry}"
    );
    assert_eq!(run(&[]).ok()["kept"], true);
    for (text, said) in [
        ("old,new\na,b\n", "columns are kind, old and new"),
        ("kind,old,new\npupil,a,b\n", "line 2: pupil is no kind"),
        ("kind,old,new\nstudent,a,\n", "line 2: a row needs"),
        (
            "kind,old,new\nstudent,5f00aa11bb22cc33dd44ee00,b\n",
            "line 2: both are ids",
        ),
    ] {
        write(text);
        let ran = run(&["--dry-run"]);
        assert!(
            ran.code == Some(1) && ran.said().contains(said),
            "{text}: {ran:?}"
        );
    }
}

#[test]
fn questions_are_listed_and_answered_by_number() {
    let follower = Follower::applied(&small_district());
    for (command, key) in [
        ("suggestions", "suggestions"),
        ("conflicts", "conflicts"),
        ("stage", "staged"),
        ("findings", "findings"),
    ] {
        let listed = follower.run(&[command]).ok();
        assert!(listed[key].is_array(), "{command}: {listed}");
    }
    for (arguments, said) in [
        (
            &["suggestions", "accept", "77"][..],
            "no open suggestion 77",
        ),
        (&["suggestions", "reject", "77"], "no open suggestion 77"),
        (&["conflicts", "settle", "77"], "no open conflict 77"),
        (&["pick", "5f00aa11bb22cc33dd44ee00"], "does not wait"),
        (&["drop", "5f00aa11bb22cc33dd44ee00"], "does not wait"),
        (&["runs", "77"], "no run 77"),
    ] {
        let ran = follower.run(arguments);
        assert!(
            ran.code == Some(1) && ran.said().contains(said),
            "{arguments:?}: {ran:?}"
        );
    }
}

#[test]
fn leaving_under_review_waits_for_an_answer() {
    let follower = Follower::new();
    let policy = std::fs::read_to_string(follower.folder.join("policy.toml")).unwrap();
    let policy = policy.replace(
        "students = \"deactivate\"",
        "students = \"queue_for_review\"",
    );
    std::fs::write(follower.folder.join("policy.toml"), policy).unwrap();
    follower.run(&["apply", "--approve", "--yes"]).ok();
    let without = |files: Files, name: &str| {
        let kept = files.text(name).lines();
        let text = lines(kept.filter(|line| !line.contains("P3")));
        files.with(name, text)
    };
    follower.publish(&without(
        without(small_district(), "students.csv"),
        "enrollments.csv",
    ));
    follower.run(&["now"]).ok();
    let asked = follower.run(&["suggestions"]).ok()["suggestions"][0].clone();
    assert_eq!(
        (&asked["about"], &asked["account_name"]),
        (&"review".into(), &"Min Cho".into()),
        "{asked}"
    );
    let number = asked["number"].to_string();
    follower.run(&["suggestions", "accept", &number]).ok();
    let applied = follower.run(&["apply", "--kept", "--yes"]).ok();
    assert_eq!(applied["districts"][0]["summary"]["leave"], 1, "{applied}");
    assert_eq!(
        follower.run(&["suggestions"]).ok()["suggestions"],
        serde_json::json!([])
    );
}

#[test]
fn what_is_staged_waits_for_a_pick_and_brings_along_what_it_needs() {
    let follower = Follower::new();
    follower.edit("policy.toml", "default = \"take\"", "default = \"stage\"");
    follower.run(&["apply", "--approve", "--yes"]).ok();
    let staged = || follower.run(&["stage"]).ok()["staged"].clone();
    let all = staged();
    let row = |name: &str| {
        let rows = staged();
        let rows = rows.as_array().unwrap().clone();
        rows.into_iter()
            .find(|row| row["name"].as_str().unwrap().starts_with(name))
    };
    assert!(
        row("Biology Lab").is_some() && row("Nia Abara").is_some(),
        "{all}"
    );
    let name = row("Biology Lab").unwrap()["name"]
        .as_str()
        .unwrap()
        .to_owned();
    follower.run(&["pick", &name]).ok();
    let applied = follower
        .run(&["apply", "--kept", "--yes", "--approve"])
        .ok();
    assert_eq!(applied["districts"][0]["state"], "applied", "{applied}");
    assert!(
        row("Biology Lab").is_none() && row("Remy Fox").is_none(),
        "the class and its people came"
    );
    let why = follower.run(&["why", "P6"]).ok();
    assert_eq!(
        why["answers"][0]["sentence"], "It is in the app as the district says.",
        "{why}"
    );
    follower
        .run(&["drop", row("Nia Abara").unwrap()["id"].as_str().unwrap()])
        .ok();
    assert!(row("Nia Abara").is_none());
    let decided = follower.run(&["stage", "--decided"]).ok()["staged"].to_string();
    assert!(decided.contains("\"picked\":false"), "{decided}");
}

#[test]
fn a_rehearsal_says_what_each_way_of_matching_would_find_and_keeps_the_choice() {
    let follower = Follower::new();
    let rehearsed = follower.run(&["rehearse"]).ok();
    let rungs = rehearsed["districts"][0]["rungs"]
        .as_array()
        .unwrap()
        .clone();
    let email = rungs
        .iter()
        .find(|rung| rung["kind"] == "students" && rung["key"] == "email");
    let email = email.unwrap_or_else(|| panic!("{rehearsed}"));
    assert_eq!(
        (&email["records"], &email["one"], &email["none"]),
        (&6.into(), &0.into(), &5.into())
    );
    assert_eq!(email["act"], "suggest");
    follower
        .run(&["rehearse", "--set", "email=off", "--set", "number=auto"])
        .ok();
    let policy = std::fs::read_to_string(follower.folder.join("policy.toml")).unwrap();
    assert!(policy.contains("email = \"off\"") && policy.contains("number = \"auto\""));
    let wrong = follower.run(&["rehearse", "--set", "shoe_size=auto"]);
    assert_eq!(wrong.code, Some(2));
}

#[test]
fn accounts_are_merged_and_taken_apart_by_order() {
    let follower = Follower::applied(&large());
    let account = |name: &str| {
        let why = follower.run(&["why", name]).ok();
        let text = why.to_string();
        let found = why["answers"][0]["account"].as_i64();
        found.unwrap_or_else(|| panic!("{text}")).to_string()
    };
    let (from, into) = (account("Surname100"), account("Surname101"));
    let dry = follower.tell(&["accounts", "merge", &from, &into, "--dry-run"]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert!(dry.stdout.contains("merge"), "{dry:?}");
    assert!(dry.stdout.contains("Nothing was changed"), "{dry:?}");
    let teacher = account("Gail Hart");
    let two_kinds = follower.tell(&["accounts", "merge", &from, &teacher]);
    assert_eq!(two_kinds.code, Some(1), "{two_kinds:?}");
    assert!(
        two_kinds.stderr.contains("two kinds are never merged"),
        "{two_kinds:?}"
    );
    let merged = follower.run(&["accounts", "merge", &from, &into]).ok();
    assert_eq!(merged["districts"][0]["state"], "applied", "{merged}");
    assert_eq!(
        account("Surname100"),
        into,
        "its id leads to the other account"
    );
    let apart = follower.run(&["accounts", "unmerge", &from]).ok();
    assert_eq!(apart["districts"][0]["state"], "applied", "{apart}");
    assert_eq!(account("Surname100"), from);
    let nobody = follower.tell(&["accounts", "unmerge", "7"]);
    assert_eq!(nobody.code, Some(1), "{nobody:?}");
    assert!(nobody.stderr.contains("no account 7"), "{nobody:?}");
}

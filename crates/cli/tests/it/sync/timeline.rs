//! `sync timeline`: what ever happened to somebody, told to people and to scripts, and who looked.

use homeroom_testkit::{Files, small_district};
use serde_json::{Value, json};

use super::Follower;

/// One day later: Tomás is called Tommy, has another birthday and is in another class.
fn moved() -> Files {
    small_district()
        .replacing("students.csv", "Bello,Tomás", "Bello,Tommy")
        .replacing("students.csv", "11/2/2016", "11/3/2016")
        .replacing("enrollments.csv", "S1,X1,P2", "S1,X2,P2")
        .replacing("staff.csv", "Nash,Office", "Nash,Front Office")
}

/// A folder where that was applied and taken back, and the run that did it.
fn undone() -> (Follower, i64) {
    let follower = Follower::new();
    let student = "\"sis_id\", \"student_number\",";
    let with_birthday = "\"sis_id\", \"dob\", \"student_number\",";
    follower.edit("policy.toml", student, with_birthday);
    follower.run(&["apply", "--approve", "--yes"]).ok();
    follower.publish(&moved());
    follower.run(&["now"]).ok();
    let runs = follower.run(&["runs"]).ok();
    let run = runs["runs"][0]["run"].as_i64().unwrap();
    follower.run(&["undo", &run.to_string()]).ok();
    (follower, run)
}

fn said(timeline: &Value) -> Vec<&str> {
    let changes = timeline["changes"].as_array().unwrap().iter();
    let happened = changes.flat_map(|change| change["happened"].as_array().unwrap());
    happened.map(|one| one["says"].as_str().unwrap()).collect()
}

fn readers(of: &Value) -> Vec<&str> {
    let looks = of["read_before"].as_array().unwrap().iter();
    looks.map(|look| look["by"].as_str().unwrap()).collect()
}

#[test]
fn everything_that_ever_happened_to_somebody_is_told() {
    let (follower, run) = undone();
    let asked = follower.run(&["timeline", "P2"]).ok();
    let found = asked["timelines"].as_array().unwrap();
    assert_eq!((&asked["more"], found.len()), (&json!(0), 1));
    let tomas = &found[0];
    assert_eq!(
        said(tomas),
        [
            "was created",
            "student.graduation_year: made of other values",
            "joined Grade 2 Reading as student",
            "first_name: \"Tomás\" -> \"Tommy\"",
            "student.birth_date: \"(hidden)\" -> \"(hidden)\"",
            "joined Grade 4 Reading as student",
            "left Grade 2 Reading",
            "joined Grade 2 Reading as student (an undo)",
            "left Grade 4 Reading (an undo)",
            "student.birth_date: \"(hidden)\" -> \"(hidden)\" (an undo)",
            "first_name: \"Tommy\" -> \"Tomás\" (an undo)",
        ]
    );
    let renamed = &tomas["changes"][3];
    assert_eq!(
        renamed["happened"][0],
        json!({"says": "first_name: \"Tomás\" -> \"Tommy\"", "field": "first_name", "before": "Tomás", "after": "Tommy"})
    );
    assert_eq!(
        (&renamed["run"], &renamed["by"]),
        (&json!(run), &json!("cli:ada"))
    );
    assert_eq!(
        (&renamed["action"], &renamed["reason"]),
        (&json!("update"), &json!("changed"))
    );
    assert_eq!(tomas["ids"][0]["state"], "active");
    // The same for people, under another name; and who looked before.
    let told = follower.tell(&["timeline", "tomás bello"]).stdout;
    let day = &renamed["at"].as_str().unwrap()[..10];
    for part in [
        "Tomás Bello (person ",
        "was created",
        "first_name: \"Tomás\" -> \"Tommy\"",
        "left Grade 4 Reading (an undo)",
        &format!("read before by: cli:ada {day}"),
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    for hidden in ["2016-11-02", "2016-11-03", "Nia"] {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }
    let staff = follower.run(&["timeline", "moe nash"]).ok();
    let department = "staff.department: \"Office\" -> \"Front Office\"";
    assert!(
        said(&staff["timelines"][0]).contains(&department),
        "{staff}"
    );
    let nobody = follower.tell(&["timeline", "Nobody"]);
    assert_eq!(nobody.code, Some(1));
    assert!(nobody.said().contains("is called Nobody"), "{nobody:?}");
}

#[test]
fn a_timeline_can_be_shown_without_names_and_is_noted_all_the_same() {
    let (follower, _) = undone();
    follower.run(&["timeline", "P2"]).ok();
    let shy = follower.run(&["timeline", "P2", "--no-values"]);
    for name in ["Tomás", "Tommy", "Bello", "Reading", "hidden"] {
        assert!(!shy.stdout.contains(name), "{name}: {shy:?}");
    }
    let shy = shy.ok();
    let shy = &shy["timelines"][0];
    assert!(said(shy).contains(&"first_name"), "{shy}");
    assert_eq!(readers(shy), ["cli:ada"]);
    let told = follower.tell(&["timeline", "--no-values"]).stdout;
    assert!(
        told.contains("section ") && !told.contains("Reading"),
        "{told}"
    );
    // The page of the district told of him, too.
    let again = follower.run(&["timeline", "P2"]).ok();
    assert_eq!(readers(&again["timelines"][0]), ["cli:ada"; 3]);
}

#[test]
fn a_class_and_a_district_have_timelines_too() {
    let (follower, run) = undone();
    let class = follower.run(&["timeline", "Grade 2 Reading"]).ok();
    assert_eq!(
        said(&class["timelines"][0]),
        [
            "was created",
            "Nia Abara, Tomás Bello joined the class as students",
            "Gail Hart joined the class as teacher",
            "Tomás Bello left the class",
            "Tomás Bello joined the class as student (an undo)",
        ]
    );
    let page = |more: &[&str]| {
        let listed = follower.run(&[&["timeline"], more].concat()).ok();
        listed["districts"][0].clone()
    };
    let all = page(&["--limit", "1000"]);
    assert_eq!((&all["before"], readers(&all)), (&Value::Null, vec![]));
    let numbers = |page: &Value| {
        let changes = page["changes"].as_array().unwrap().iter();
        let numbers = changes.map(|change| change["number"].as_i64().unwrap());
        numbers.collect::<Vec<_>>()
    };
    let all = numbers(&all);
    assert!(all.is_sorted_by(|one, next| one > next), "{all:?}");
    let newest = page(&["--limit", "3"]);
    let before = newest["before"].to_string();
    let next = page(&["--limit", "3", "--before", &before]);
    assert_eq!([numbers(&newest), numbers(&next)].concat(), all[..6]);
    assert_eq!(readers(&next), ["cli:ada", "cli:ada"]);
    let elm = next["district"].as_str().unwrap();
    let told = follower.tell(&["timeline", "--limit", "3"]).stdout;
    for part in [
        "Elm County: the newest changes",
        " (an undo)",
        &format!("--district {elm} timeline --before {before} --limit 3\n"),
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(
        !told.contains(&run.to_string()),
        "only what was taken back: {told}"
    );
    for wrong in ["0", "1001"] {
        let asked = follower.run(&["timeline", "P2", "--limit", wrong]);
        assert_eq!(asked.code, Some(2), "{wrong}");
    }
    // Whoever was told of with the class and the district was looked at.
    let tomas = follower.run(&["timeline", "P2"]).ok();
    assert!(readers(&tomas["timelines"][0]).len() > 1, "{tomas}");
}

#[test]
fn a_long_timeline_says_how_to_go_on() {
    let (follower, _) = undone();
    let page = |more: &[&str]| {
        let asked = follower.run(&[&["timeline", "P2"], more].concat()).ok();
        asked["timelines"][0].clone()
    };
    let all = page(&[]);
    assert_eq!((&all["older"], &all["before"]), (&json!(0), &Value::Null));
    let newest = page(&["--limit", "2"]);
    let count = |page: &Value| page["changes"].as_array().unwrap().len();
    let before = newest["before"].to_string();
    let rest = page(&["--before", &before]);
    assert_eq!(newest["older"], json!(count(&rest)));
    assert_eq!([said(&rest), said(&newest)].concat(), said(&all));
    // Copied as it stands it goes on in the same way, and names nobody.
    let shy = follower.tell(&["timeline", "P2", "--limit", "2", "--no-values"]);
    let next = format!(
        "{} older changes:\n  homeroom sync --folder app --district {} timeline {} --before {before} --limit 2 --no-values\n",
        count(&rest),
        all["district"].as_str().unwrap(),
        all["account"],
    );
    assert!(shy.stdout.contains(&next), "{next}: {shy:?}");
}

#[test]
fn names_are_told_as_they_are_written() {
    let follower = Follower::applied(&small_district());
    follower.publish(&small_district().replacing(
        "students.csv",
        "Bello,Tomás",
        "Bello,\"Zoé \"\"Zo\"\" 🦉\"",
    ));
    follower.run(&["now"]).ok();
    let says = "first_name: \"Tomás\" -> \"Zoé \"Zo\" 🦉\"";
    for asked in ["P2", "bello, zoé \"zo\" 🦉"] {
        let found = follower.run(&["timeline", asked]).ok();
        let found = &found["timelines"][0];
        assert!(said(found).contains(&says), "{found}");
    }
}

#[test]
fn leaving_merging_and_another_id_are_told_in_words() {
    let follower = Follower::applied(&small_district());
    // P3 leaves, and P1 is called by another id.
    let crosswalk = follower.site.folder().join("ids.csv");
    std::fs::write(&crosswalk, "kind,old,new\nstudent,P1,P1-2026\n").unwrap();
    follower
        .run(&["crosswalk", crosswalk.to_str().unwrap()])
        .ok();
    let mut files = small_district();
    for name in ["students.csv", "enrollments.csv"] {
        let text = files.text(name).replace(",P1", ",P1-2026");
        let kept = text.lines().filter(|line| !line.contains(",P3"));
        files = files.with(
            name,
            kept.fold(String::new(), |text, line| text + line + "\n"),
        );
    }
    follower.publish(&files);
    follower.run(&["apply", "--approve", "--yes"]).ok();
    let account = |who: &str| {
        let asked = follower.run(&["timeline", who]).ok();
        asked["timelines"][0]["account"].to_string()
    };
    let (luc, ada) = (account("P4"), account("Eze"));
    follower.run(&["accounts", "merge", &luc, &ada]).ok();
    follower.run(&["accounts", "unmerge", &luc]).ok();
    let told = |who: &str| {
        let asked = follower.run(&["timeline", who]).ok();
        said(&asked["timelines"][0]).join("\n")
    };
    let min = told("Min Cho");
    assert!(min.contains("became inactive"), "{min}");
    let nia = told("Nia Abara");
    assert!(nia.contains("is known by another id now: "), "{nia}");
    let luc = told(&luc);
    for part in ["was merged into Ada Eze", "came apart from Ada Eze again"] {
        assert!(luc.contains(part), "{part}: {luc}");
    }
    let ada = told(&ada);
    assert!(
        ada.contains("Luc D'Arcy, Jr.: was merged into Ada Eze"),
        "{ada}"
    );
}

//! `homeroom check`: exit codes, forms, what is shown and what is not, and that nothing is left out silently.

use std::fs;
use std::path::Path;

use homeroom_testkit::{Files, Ran, folder, small_district};
use serde_json::Value;
use tempfile::TempDir;

use crate::site::binary;

/// A day in the school year of the small district.
const DAY: &str = "2024-11-22";

struct Folder(TempDir);

impl Folder {
    fn of(files: &Files) -> Self {
        let folder = folder();
        files.write_to(&folder.path().join("export"));
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Checks the files and sees to it that nothing is left behind.
    fn check(&self, arguments: &[&str]) -> Ran {
        let temporary = self.path().join("temporary");
        fs::create_dir_all(&temporary).unwrap();
        let mut command = binary().command(self.path());
        command.env("TMPDIR", &temporary);
        command.args(["check", "export", "--today", DAY]);
        let ran = Ran::of(command.args(arguments));
        assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "{ran:?}");
        assert_eq!(fs::read_dir(self.path()).unwrap().count(), 2, "{ran:?}");
        ran
    }

    /// The findings and the summary.
    fn json(&self, arguments: &[&str]) -> (Vec<Value>, Value) {
        let ran = self.check(&[&["--json"], arguments].concat());
        let lines = ran.stdout.lines();
        let mut lines: Vec<Value> = lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let summary = lines.pop().unwrap();
        assert_eq!(summary["type"], "summary");
        assert!(lines.iter().all(|line| line["type"] == "finding"));
        (lines, summary)
    }
}

/// A hundred students whose grade no school has.
fn zebras() -> Files {
    (0..100).fold(small_district(), |files, number| {
        files.appending(
            "students.csv",
            format!(
                "S1,Z{number},9{number},Zebra,Zoe,Zebra {},F,3/14/2017,,,,,,,\n",
                number % 3
            ),
        )
    })
}

#[test]
fn exit_codes_say_how_bad_it_is() {
    let good = small_district();
    for (files, code, state) in [
        (good.clone(), 0, "accepted"),
        (
            good.clone().replacing("students.csv", ",11,F", ",Zebra,F"),
            0,
            "accepted",
        ),
        (
            good.clone().appending("enrollments.csv", "S1,X1,P99\n"),
            1,
            "accepted",
        ),
        (
            good.clone().appending(
                "enrollments.csv",
                "S1,X1,P91\nS1,X1,P92\nS1,X1,P93\nS1,X1,P94\nS1,X1,P95\n",
            ),
            1,
            "held",
        ),
        (good.clone().without("sections.csv"), 3, "refused"),
    ] {
        let folder = Folder::of(&files);
        let ran = folder.check(&[]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        let word = ran.stdout.to_lowercase();
        assert!(word.contains(&format!("would be {state}")), "{ran:?}");
        let (_, summary) = folder.json(&[]);
        assert_eq!(summary["state"], state);
    }
    let folder = Folder::of(&good);
    for (arguments, said) in [
        (&["check", "nowhere"][..], "nowhere is not a folder"),
        (
            &["check", "export", "--code", "ZEBRA"],
            "there is no such code",
        ),
        (
            &["check", "export", "--file", "zebra"],
            "the files are schools",
        ),
        (&["check", "export", "--today", "soon"], "YYYY-MM-DD"),
        (&["check", "export", "--json", "--sarif"], "two forms"),
        (&["check"], "FOLDER"),
    ] {
        let ran = Ran::of(binary().command(folder.path()).args(arguments));
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.said().contains(said), "{ran:?}");
    }
}

#[test]
fn nothing_is_left_out_silently() {
    let folder = Folder::of(&zebras());
    let said = folder.check(&[]).stdout;
    assert!(
        said.contains("warning GRADE_INVALID: 100 in students.csv"),
        "{said}"
    );
    assert!(
        said.contains("97 more: --code GRADE_INVALID --limit 0"),
        "{said}"
    );
    assert!(
        said.contains("values: Zebra 0 (34), Zebra 1 (33), Zebra 2 (33)"),
        "{said}"
    );

    let all = folder
        .check(&["--code", "grade_invalid", "--limit", "0"])
        .stdout;
    for line in 9..109 {
        assert!(
            all.contains(&format!("students.csv:{line}")),
            "{line}: {all}"
        );
    }
    let some = folder
        .check(&["--code", "GRADE_INVALID", "--limit", "40"])
        .stdout;
    assert!(
        some.contains("60 more: ") && some.contains("students.csv:48 "),
        "{some}"
    );
    assert!(!some.contains("students.csv:49"), "{some}");

    let grades = |findings: &[Value]| {
        let grades = findings.iter();
        grades
            .filter(|finding| finding["code"] == "GRADE_INVALID")
            .count()
    };
    let (findings, summary) = folder.json(&[]);
    assert_eq!(grades(&findings), 100);
    assert_eq!(summary["problems"]["GRADE_INVALID"], 100);
    assert_eq!(summary["values"]["GRADE_INVALID"]["Zebra 0"], 34);
    assert_eq!(summary["catalogue"]["GRADE_INVALID"]["severity"], "warning");
    assert_eq!(summary["counts"]["students"]["received"], 106);
    let (few, summary) = folder.json(&["--limit", "2", "--code", "GRADE_INVALID"]);
    assert_eq!((few.len(), grades(&few)), (2, 2));
    assert_eq!(summary["problems"]["GRADE_INVALID"], 100);
    let (none, _) = folder.json(&["--file", "schools", "--code", "GRADE_INVALID"]);
    assert_eq!(none, Vec::<Value>::new());
}

#[test]
fn values_of_people_are_shown_only_when_asked_for() {
    let files =
        small_district().replacing("students.csv", ",11,F,12/12/2008", ",Zebra,F,12/12/2008");
    let folder = Folder::of(&files);
    let hidden = folder.check(&["--code", "GRADE_INVALID"]).stdout;
    assert!(
        hidden.contains("Zebra") && hidden.contains("P6"),
        "{hidden}"
    );
    assert!(
        !hidden.contains("Remy") && !hidden.contains("12/12/2008"),
        "{hidden}"
    );
    let shown = folder
        .check(&["--code", "GRADE_INVALID", "--show-values"])
        .stdout;
    assert!(shown.contains("Remy"), "{shown}");
    // The place is where an editor finds it: line, and column in characters.
    assert!(shown.contains("[students.csv:8:21]"), "{shown}");
}

#[test]
fn equal_files_give_equal_bytes() {
    let folder = Folder::of(&zebras());
    for form in [&[][..], &["--json"], &["--sarif"]] {
        assert_eq!(folder.check(form).stdout, folder.check(form).stdout);
    }
}

#[test]
fn sarif_has_what_its_schema_requires() {
    let files = zebras().with("notes of mine.csv", "x\n");
    let folder = Folder::of(&files);
    let ran = folder.check(&["--sarif"]);
    let log: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .unwrap()
            .ends_with("sarif-schema-2.1.0.json")
    );
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "homeroom");
    let rules = driver["rules"].as_array().unwrap();
    let levels = ["none", "note", "warning", "error"];
    for rule in rules {
        assert!(rule["id"].as_str().is_some_and(|id| !id.is_empty()));
        assert!(rule["shortDescription"]["text"].is_string() && rule["help"]["text"].is_string());
        let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
        assert!(levels.contains(&level));
    }
    let results = run["results"].as_array().unwrap();
    let (findings, summary) = folder.json(&[]);
    assert_eq!(results.len(), findings.len());
    assert_eq!(run["properties"]["summary"], summary);
    for (result, finding) in results.iter().zip(&findings) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["ruleId"], finding["code"]);
        assert_eq!(
            result["level"],
            rules[index]["defaultConfiguration"]["level"]
        );
        assert!(
            result["message"]["text"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        let places = result["locations"].as_array().unwrap();
        let place = &places[0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            !uri.contains(' ') && uri.to_lowercase().ends_with(".csv"),
            "{uri}"
        );
        if let Some(line) = finding["line"].as_u64() {
            assert_eq!(place["region"]["startLine"], line);
            assert!(place["region"]["startColumn"].as_u64().unwrap() >= 1);
        } else {
            assert!(place.get("region").is_none(), "{result}");
        }
    }
    let grade = results
        .iter()
        .find(|result| result["ruleId"] == "GRADE_INVALID");
    let region = &grade.unwrap()["locations"][0]["physicalLocation"]["region"];
    // S1,Z0,90,Zebra,Zoe,Zebra 0
    assert_eq!(
        (&region["startLine"], &region["startColumn"]),
        (&9.into(), &20.into())
    );
}

//! A school and a district.

use homeroom_model::Kind;
use homeroom_progress::feed::Switch;
use homeroom_testkit::small_district;
use serde_json::{Value, json};

use super::{LAST, SETTINGS, begun, done, played, states};
use crate::world::at;

#[tokio::test]
async fn a_district_is_the_sum_of_its_schools_and_grades() {
    let played = played(SETTINGS).await;
    let figure = serde_json::to_value(played.district().await).unwrap();
    let app = &figure["apps"][0];
    let total = &app["total"];
    assert_eq!(
        (
            &total["students"],
            &total["reported"],
            &total["coverage_percent"]
        ),
        (&json!(6), &json!(5), &json!(83))
    );
    assert_eq!(total["minutes"], json!(300 + 240 + 4 + 400 + 120));
    assert_eq!(total["progress"], json!(20 + 5 + 1 + 40 + 20));
    let expected = [
        ("ahead", 2),
        ("behind", 1),
        ("inactive", 1),
        ("no_data", 1),
        ("stuck", 1),
    ];
    assert_eq!(
        states(total),
        expected
            .map(|(state, count)| (state.to_owned(), count))
            .into()
    );
    let rows = |list: &str, member: &str| -> Vec<Value> {
        let rows = app[list].as_array().unwrap().iter();
        rows.map(|row| json!([row["name"], row["counts"][member]]))
            .collect()
    };
    assert_eq!(
        rows("by_school", "students"),
        [
            json!(["Elm Street Elementary", 3]),
            json!(["Harbor High", 3])
        ]
    );
    assert_eq!(
        rows("by_school", "minutes"),
        [
            json!(["Elm Street Elementary", 544]),
            json!(["Harbor High", 520])
        ]
    );
    assert_eq!(
        rows("by_grade", "students"),
        [
            json!(["2", 2]),
            json!(["4", 1]),
            json!(["9", 1]),
            json!(["10", 1]),
            json!(["11", 1])
        ]
    );
    let weeks: Vec<_> = app["weeks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|week| json!([week["minutes"], week["students"], week["target_minutes"]]))
        .collect();
    let later = || json!([265, 4, 300]);
    assert_eq!(weeks, [json!([269, 5, 300]), later(), later(), later()]);
    assert_eq!(app["last_request"]["number"], 20);
    assert_eq!(app["app"]["stale"], false);
    assert_eq!(app["targets"][0]["per_week"], 50);
    assert_eq!(app["link"], "https://app.example/all");
    assert_eq!(figure["as_of"]["day"], LAST);
    assert!(
        app["demographics"].as_array().unwrap().is_empty(),
        "the district did not allow any"
    );
    for name in ["Abara", "Bello", "Hart", "Nia"] {
        assert!(
            !figure.to_string().contains(name),
            "nobody is named: {name}"
        );
    }
}

#[tokio::test]
async fn small_groups_are_hidden_with_what_they_follow_from() {
    let played = played(&SETTINGS.replace(
        "small_group = 1",
        "small_group = 2\ndemographics = [\"gender\"]",
    ))
    .await;
    let figure = serde_json::to_value(played.district().await).unwrap();
    let app = &figure["apps"][0];
    let hidden = |rows: &Value| -> Vec<(String, bool, bool)> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| {
            (
                row["name"].as_str().unwrap().to_owned(),
                row["hidden"] == true,
                row["counts"].is_null(),
            )
        })
        .collect()
    };
    let grades = hidden(&app["by_grade"]);
    assert_eq!(
        grades,
        [
            ("2", false),
            ("4", true),
            ("9", true),
            ("10", true),
            ("11", true)
        ]
        .map(|(name, hidden)| (name.to_owned(), hidden, hidden))
    );
    // Three F, two M, one X: the X is hidden, and the M with it.
    let gender = &app["demographics"][0];
    assert_eq!(gender["field"], "gender");
    assert_eq!(
        hidden(&gender["groups"]),
        [("M", true), ("F", false), ("X", true)].map(|(name, hidden)| (
            name.to_owned(),
            hidden,
            hidden
        ))
    );
    let schools = played.world.ids(Kind::School).await;
    let ask = played.world.ask(at(LAST, 21));
    let school = played
        .world
        .figures
        .school(&ask, schools["S1"])
        .await
        .unwrap()
        .unwrap();
    let school = serde_json::to_value(school).unwrap();
    let app = &school["apps"][0];
    // Two in grade 2 and one in grade 4: neither can be shown beside a whole of three.
    assert!(
        hidden(&app["by_grade"])
            .iter()
            .all(|(_, hidden, null)| *hidden && *null)
    );
    assert_eq!(app["small_unused_classes"], 1);
    assert_eq!(app["unused_classes"], json!([]));
    // What is too small as a whole is not shown at all.
    let strict = SETTINGS.replace("small_group = 1", "small_group = 4");
    played.world.settings(&strict).await;
    let school = played
        .world
        .figures
        .school(&ask, schools["S1"])
        .await
        .unwrap()
        .unwrap();
    let school = serde_json::to_value(school).unwrap();
    assert_eq!(
        (&school["apps"][0]["total"], &school["apps"][0]["weeks"]),
        (&Value::Null, &json!([]))
    );
}

#[tokio::test]
async fn a_school_sees_grades_teachers_and_classes_without_use() {
    let played = played(SETTINGS).await;
    let schools = played.world.ids(Kind::School).await;
    let ask = played.world.ask(at(LAST, 21));
    let figure = played
        .world
        .figures
        .school(&ask, schools["S1"])
        .await
        .unwrap()
        .unwrap();
    let table = figure.csv();
    let figure = serde_json::to_value(&figure).unwrap();
    let app = &figure["apps"][0];
    assert_eq!(
        (&figure["name"], &app["total"]["students"]),
        (&json!("Elm Street Elementary"), &json!(3))
    );
    assert_eq!(app["by_teacher"][0]["name"], "Gail Hart");
    assert_eq!(app["by_teacher"][0]["counts"]["states"]["stuck"], 1);
    assert_eq!(app["unused_classes"][0]["name"], "Grade 4 Reading");
    assert_eq!(app["unused_classes"][0]["teachers"], json!(["Gail Hart"]));
    let section = played.world.ids(Kind::Section).await["X2"];
    let link = format!("https://app.example/sections/{section}");
    assert_eq!(app["unused_classes"][0]["link"], link);
    assert!(table.contains(&link), "{table}");
    assert_eq!(app["targets"]["minutes"]["level"], "district");
    let weeks: Vec<_> = app["weeks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|week| week["minutes"].clone())
        .collect();
    assert_eq!(weeks, [json!(139), json!(135), json!(135), json!(135)]);
    // The school, two grades, a teacher, an unused class.
    assert_eq!(table.lines().count(), 1 + 1 + 2 + 1 + 1, "{table}");
    for name in ["Abara", "Bello", "Cho"] {
        assert!(
            !figure.to_string().contains(name),
            "no student is named: {name}"
        );
    }
}

#[tokio::test]
async fn chosen_schools_and_students_who_left_are_out_of_the_counts_and_in_the_weeks() {
    let played = played(SETTINGS).await;
    let world = &played.world;
    let schools = world.ids(Kind::School).await;
    let before = serde_json::to_value(played.district().await).unwrap();
    let only = Switch {
        schools: Some(Some(vec![schools["S1"]])),
        ..Switch::default()
    };
    world.switch(played.app, only).await;
    let after = serde_json::to_value(played.district().await).unwrap();
    let minutes = |figure: &Value| -> Vec<Value> {
        let weeks = figure["apps"][0]["weeks"].as_array().unwrap().iter();
        weeks.map(|week| week["minutes"].clone()).collect()
    };
    assert_eq!(after["apps"][0]["total"]["students"], 3);
    assert_eq!(after["apps"][0]["total"]["minutes"], 544);
    assert_eq!(minutes(&after), minutes(&before), "history stays");
    let everywhere = Switch {
        schools: Some(None),
        ..Switch::default()
    };
    world.switch(played.app, everywhere).await;
    // P4 leaves the district.
    let files = small_district()
        .replacing("students.csv", "S2,P4,9004,\"D'Arcy, Jr.\",Luc,9,M,1/9/2010,luc@elm.example,Anne D'Arcy,Parent/Guardian,Parent,5550101005,anne@home.example,C5\n", "")
        .replacing("enrollments.csv", "S2,X3,P4\n", "")
        .replacing("enrollments.csv", "S2,X4,P4\n", "");
    world.import(&files, at(LAST, 20)).await;
    let left = serde_json::to_value(played.district().await).unwrap();
    assert_eq!(left["apps"][0]["total"]["students"], 5);
    assert_eq!(left["apps"][0]["total"]["minutes"], 664);
    assert_eq!(minutes(&left), minutes(&before), "history stays");
}

/// Two of the three at Elm Street are not reported any more after the feed broke off.
#[tokio::test]
async fn minutes_of_the_few_who_are_known_are_hidden_with_what_they_follow_from() {
    let played = played(&SETTINGS.replace("small_group = 1", "small_group = 2")).await;
    let world = &played.world;
    let rows = ["P1", "P4", "P6"].map(|student| {
        let (minutes, lessons) = done(student, 23).unwrap();
        (
            played.student(student),
            minutes.to_string(),
            lessons.to_string(),
        )
    });
    world.report(played.app, &rows, at("2026-09-30", 20)).await;
    let ask = world.ask(at("2026-09-30", 21));
    let figure = world.figures.district(&ask).await.unwrap();
    let figure = serde_json::to_value(figure).unwrap();
    let schools = world.ids(Kind::School).await;
    let of = async |sis_id: &str| {
        let school = world.figures.school(&ask, schools[sis_id]).await;
        serde_json::to_value(school.unwrap().unwrap()).unwrap()["apps"][0].clone()
    };
    let (elm, harbor) = (of("S1").await, of("S2").await);
    let app = &figure["apps"][0];
    let elm_in_district = &app["by_school"][0]["counts"];
    assert_eq!(
        states(elm_in_district),
        [("ahead".to_owned(), 1), ("feed_stale".to_owned(), 2)].into()
    );
    // Not those of one student, nor those that the one's are the rest of; the others as ever.
    for (counts, known) in [
        (elm_in_district, false),
        (&app["by_school"][1]["counts"], false),
        (&app["total"], true),
        (&elm["total"], false),
        (&elm["by_teacher"][0]["counts"], false),
        (&harbor["total"], true),
    ] {
        for member in ["recent_minutes", "earlier_minutes"] {
            assert_eq!(counts[member].is_number(), known, "{member} of {counts}");
        }
        assert!(counts["minutes"].is_number());
    }
    // A teacher knows the students by name.
    let teacher = world.ids(Kind::Employee).await["T1"];
    let teacher = world.figures.teacher(&ask, teacher, None).await;
    let total = &teacher.unwrap().unwrap().apps[0].total;
    assert_eq!(json!(total.recent_minutes), json!(75));
}

#[tokio::test]
async fn a_class_of_newcomers_is_not_without_use() {
    let played = played(SETTINGS).await;
    let world = &played.world;
    let school = world.ids(Kind::School).await["S1"];
    let more = |file: &str, files: homeroom_testkit::Files, line: &str, added: &str| {
        files.replacing(file, line, format!("{line}{added}"))
    };
    let files = more(
        "students.csv",
        small_district(),
        "P3,9003,Cho,Min,4,X,7/30/2014,min@elm.example,Sun Cho,Emergency,Grandparent,5550101004,,C4\n",
        "S1,P7,9007,Gil,Sol,4,M,5/2/2014,sol@elm.example,Eva Gil,Parent/Guardian,Parent,5550101008,eva@home.example,C7\n",
    );
    let files = more("enrollments.csv", files, "S1,X2,P3\n", "S1,X5,P7\n");
    let files = more(
        "sections.csv",
        files,
        "Grade 4 Reading,1,4,Reading 4,R4,2,English/language arts,Year,2024-08-20,2025-06-06\n",
        "S1,X5,T1,,Grade 4 Writing,1,4,Reading 4,R4,3,English/language arts,Year,2024-08-20,2025-06-06\n",
    );
    world.import(&files, at("2026-09-24", 9)).await;
    let unused = async |day: &str| -> Vec<String> {
        let ask = world.ask(at(day, 21));
        let figure = world.figures.school(&ask, school).await.unwrap().unwrap();
        let classes = figure.apps[0].unused_classes.as_ref().unwrap().iter();
        classes.map(|class| class.name.clone()).collect()
    };
    assert_eq!(unused(LAST).await, ["Grade 4 Reading"]);
    // The fourth school day of theirs, and the fifth.
    played.report(21, 22).await;
    assert_eq!(unused("2026-09-29").await, ["Grade 4 Reading"]);
    played.report(23, 23).await;
    let both = ["Grade 4 Reading", "Grade 4 Writing"];
    assert_eq!(unused("2026-09-30").await, both);
}

/// Of six students in two schools only some are reported.
#[tokio::test]
async fn sums_of_the_few_who_were_reported_are_hidden_with_what_they_follow_from() {
    let settings = SETTINGS.replace("small_group = 1", "small_group = 2");
    let sums = |counts: &Value| -> Vec<bool> {
        let sums = ["minutes", "progress", "recent_minutes", "earlier_minutes"];
        let sums = sums.into_iter().map(|member| &counts[member]);
        assert!(counts["students"].as_u64() > Some(2), "{counts}");
        sums.map(|sum| !sum.is_null()).collect()
    };
    // Who is reported; whether the sums of the district, of its two schools, and of each school's own page are shown.
    for (reported, [district, elm_there, harbor_there, elm, harbor]) in [
        (&[][..], [true; 5]),
        (&["P1"], [false, false, true, false, true]),
        (&["P1", "P4"], [true, false, false, false, false]),
        (&["P1", "P4", "P6"], [true, false, false, false, true]),
        (&["P1", "P2", "P4", "P6"], [true; 5]),
    ] {
        let played = begun(&settings, 1, 0).await;
        let world = &played.world;
        for (number, today) in (1..).zip(["2026-09-01", "2026-09-02", "2026-09-08"]) {
            let row = |name: &&str| {
                (
                    played.student(name),
                    (20 * number).to_string(),
                    number.to_string(),
                )
            };
            let rows: Vec<_> = reported.iter().map(row).collect();
            if !rows.is_empty() {
                world.report(played.app, &rows, at(today, 20)).await;
            }
        }
        let ask = world.ask(at("2026-09-08", 21));
        let figure = world.figures.district(&ask).await.unwrap();
        let table = figure.csv();
        let figure = serde_json::to_value(figure).unwrap();
        let app = &figure["apps"][0];
        let ids = world.ids(Kind::School).await;
        let of = async |sis_id: &str| {
            let school = world.figures.school(&ask, ids[sis_id]).await;
            serde_json::to_value(school.unwrap().unwrap()).unwrap()["apps"][0].clone()
        };
        let (own_elm, own_harbor) = (of("S1").await, of("S2").await);
        if reported.is_empty() {
            // Nobody was heard of, so nothing is known, and nobody is told of.
            assert_eq!(app["total"]["minutes"], 0);
            continue;
        }
        for (counts, shown) in [
            (&app["total"], district),
            (&app["by_school"][0]["counts"], elm_there),
            (&app["by_school"][1]["counts"], harbor_there),
            (&own_elm["total"], elm),
            (&own_elm["by_teacher"][0]["counts"], elm),
            (&own_harbor["total"], harbor),
        ] {
            assert_eq!(sums(counts), [shown; 4], "{reported:?}: {counts}");
        }
        for (weeks, shown) in [(app, district), (&own_elm, elm)] {
            let weeks = weeks["weeks"].as_array().unwrap().len();
            assert_eq!(weeks, if shown { 2 } else { 0 }, "{reported:?}");
        }
        let total = table.lines().nth(1).unwrap();
        assert_eq!(total.ends_with(",,,"), !district, "{total}");
        // A teacher knows the students by name.
        let teacher = world.ids(Kind::Employee).await["T1"];
        let teacher = world.figures.teacher(&ask, teacher, None).await;
        let total = serde_json::to_value(&teacher.unwrap().unwrap().apps[0].total).unwrap();
        assert!(total["minutes"].is_number() && total["recent_minutes"].is_number());
    }
}

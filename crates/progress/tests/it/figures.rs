//! Figures of a district that is known by heart, compared with sums made by hand.

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId};
use homeroom_progress::feed::{Declaration, Switch, declare};
use homeroom_progress::figures::{AppFigure, DistrictFigure, Language, TeacherFigure};
use homeroom_store::FeedKey;
use homeroom_testkit::small_district;
use serde_json::{Value, json};

use crate::world::{World, at, day};

const SETTINGS: &str =
    "[calendar]\nfirst_day = \"2026-08-31\"\nlast_day = \"2027-06-11\"\n[goals]\nsmall_group = 1\n";
/// The last of twenty school days, and the first of them.
const LAST: &str = "2026-09-25";
const FIRST: &str = "2026-08-31";

/// A district with one app that reported every evening for four weeks.
struct Played {
    world: World,
    app: FeedKey,
    students: BTreeMap<String, ObjectId>,
}

/// What a student has done by the end of a school day, from 1: minutes and lessons.
fn done(student: &str, days: u32) -> Option<(u32, u32)> {
    Some(match student {
        // Steady.
        "P1" => (15 * days, days),
        // Works on and does not get further after the fifth day.
        "P2" => (12 * days, days.min(5)),
        // Came on the second day and never again.
        "P3" if days >= 2 => (4, 1),
        "P3" => (0, 0),
        "P4" => (20 * days, 2 * days),
        // Never reported.
        "P5" => return None,
        // Does too little.
        _ => (6 * days, days),
    })
}

async fn played(settings: &str) -> Played {
    let world = World::new(settings, &small_district()).await;
    let app = world.app(1).await;
    let said = Declaration {
        progress_key: Some("lessons_completed".to_owned()),
        label: Some("Lessons completed".to_owned()),
        counts_finished_work: Some(true),
        report_links: serde_json::from_value(json!({
            "student": "https://app.example/students/{id}",
            "section": "https://app.example/sections/{id}",
            "school": "https://app.example/schools/{id}",
            "district": "https://app.example/all",
        }))
        .unwrap(),
        ..Declaration::default()
    };
    let by = world.by(at("2026-08-02", 8));
    declare(&*world.store, app, &said, by).await.unwrap();
    let students = world.ids(Kind::Student).await;
    let target =
        r#"{"level": "district", "metric": "minutes", "per_week": 50, "from": "2026-08-01"}"#;
    world
        .target(app, target, at("2026-08-02", 8))
        .await
        .unwrap();
    let played = Played {
        world,
        app,
        students,
    };
    played.report(1, 20).await;
    played
}

impl Played {
    /// Reports of some school days, at eight in the evening.
    async fn report(&self, from: u32, to: u32) {
        for number in from..=to {
            let weeks = (number - 1) / 5;
            let days = day(FIRST).days() + i32::try_from(number - 1 + 2 * weeks).unwrap();
            let today = homeroom_model::Date::from_days(days).unwrap().to_string();
            let rows: Vec<_> = self
                .students
                .iter()
                .filter_map(|(name, id)| {
                    let (minutes, lessons) = done(name, number)?;
                    Some((*id, minutes.to_string(), lessons.to_string()))
                })
                .collect();
            self.world.report(self.app, &rows, at(&today, 20)).await;
        }
    }

    async fn district(&self) -> DistrictFigure {
        let ask = self.world.ask(at(LAST, 21));
        self.world.figures.district(&ask).await.unwrap()
    }

    async fn teacher(&self, sis_id: &str) -> TeacherFigure {
        let teacher = self.world.ids(Kind::Employee).await[sis_id];
        let ask = self.world.ask(at(LAST, 21));
        let figure = self.world.figures.teacher(&ask, teacher, None).await;
        figure.unwrap().unwrap()
    }

    async fn app(&self) -> AppFigure {
        let (district, app) = (self.world.district, self.app.app);
        let figure = self.world.figures.app(district, app, at(LAST, 21)).await;
        figure.unwrap().unwrap()
    }

    fn student(&self, sis_id: &str) -> ObjectId {
        self.students[sis_id]
    }
}

/// The students of a teacher's list: name, state, minutes.
fn listed(figure: &TeacherFigure) -> Vec<(String, &'static str, Option<Value>)> {
    let rows = figure.apps[0].students.iter();
    rows.map(|row| {
        let minutes = row.minutes.map(|minutes| json!(minutes));
        (row.name.clone(), row.state, minutes)
    })
    .collect()
}

fn states(group: &Value) -> BTreeMap<String, u64> {
    let states = group["states"].as_object().unwrap().iter();
    let counts = states.map(|(state, count)| (state.clone(), count.as_u64().unwrap()));
    counts.filter(|(_, count)| *count > 0).collect()
}

#[tokio::test]
async fn a_teacher_sees_those_first_who_need_somebody_first() {
    let played = played(SETTINGS).await;
    let figure = played.teacher("T1").await;
    assert_eq!(
        listed(&figure),
        [
            ("Tomás Bello".to_owned(), "stuck", Some(json!(240))),
            ("Min Cho".to_owned(), "inactive", Some(json!(4))),
            ("Nia Abara".to_owned(), "ahead", Some(json!(300))),
        ]
    );
    let app = &figure.apps[0];
    let stuck = &app.students[0];
    assert_eq!(
        stuck.why,
        "Working but not getting further: 120 minutes in the last 10 school days while Lessons completed did not rise; \
         180 minutes since it last did, on 2026-09-04."
    );
    let episode = serde_json::to_value(&stuck.stuck).unwrap();
    assert_eq!(episode["since"], "2026-09-04", "{episode}");
    assert_eq!(
        (&episode["to"], &episode["minutes"]),
        (&Value::Null, &json!(180))
    );
    let id = played.student("P2").to_hex();
    assert_eq!(
        stuck.link.as_deref(),
        Some(&*format!("https://app.example/students/{id}"))
    );
    let weeks: Vec<_> = stuck
        .weeks
        .iter()
        .map(|week| json!([week.minutes, week.progress, week.target_minutes]))
        .collect();
    assert_eq!(
        weeks,
        [
            json!([60, 5, 50]),
            json!([60, 0, 50]),
            json!([60, 0, 50]),
            json!([60, 0, 50])
        ]
    );
    let target = stuck.targets.minutes.as_ref().unwrap();
    assert_eq!(
        (target.level, target.by.as_str()),
        ("district", "token:ada")
    );
    assert_eq!(target.from, day("2026-08-01"));
    let total = serde_json::to_value(&app.total).unwrap();
    assert_eq!(
        (&total["students"], &total["minutes"]),
        (&json!(3), &json!(544))
    );
    assert_eq!(
        (&total["with_target"], &total["met"], &total["met_percent"]),
        (&json!(3), &json!(2), &json!(66))
    );
    assert_eq!(
        (&total["recent_minutes"], &total["earlier_minutes"]),
        (&json!(135), &json!(135))
    );
    let sections: Vec<_> = app
        .sections
        .iter()
        .map(|row| (row.name.as_str(), row.total.group.students))
        .collect();
    assert_eq!(sections, [("Grade 2 Reading", 2), ("Grade 4 Reading", 1)]);
    assert!(
        app.sections[0]
            .link
            .as_ref()
            .unwrap()
            .starts_with("https://app.example/sections/")
    );
    // A co-teacher sees the students too; whoever was never reported comes before those who do well.
    let other = played.teacher("T3").await;
    assert_eq!(
        listed(&other),
        [
            ("Remy Fox".to_owned(), "behind", Some(json!(120))),
            ("Ada Eze".to_owned(), "no_data", None),
            ("Luc D'Arcy, Jr.".to_owned(), "ahead", Some(json!(400))),
        ]
    );
    let table = other.csv();
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(table.contains(",\"Luc D'Arcy, Jr.\",9,"), "{table}");
}

#[tokio::test]
async fn one_section_of_a_teacher_and_none_of_anothers() {
    let played = played(SETTINGS).await;
    let (teachers, sections) = (
        played.world.ids(Kind::Employee).await,
        played.world.ids(Kind::Section).await,
    );
    let ask = played.world.ask(at(LAST, 21));
    let one = played
        .world
        .figures
        .teacher(&ask, teachers["T1"], Some(sections["X2"]));
    let one = one.await.unwrap().unwrap();
    assert_eq!(listed(&one).len(), 1);
    assert_eq!(one.apps[0].sections.len(), 1);
    let others = played
        .world
        .figures
        .teacher(&ask, teachers["T1"], Some(sections["X3"]));
    assert!(others.await.unwrap().is_none());
    let nobody = played
        .world
        .figures
        .teacher(&ask, played.student("P1"), None);
    assert!(nobody.await.unwrap().is_none());
}

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
async fn a_student_is_encouraged_and_never_called_stuck() {
    let played = played(SETTINGS).await;
    let ask = played.world.ask(at(LAST, 21));
    let figures = &played.world.figures;
    let own = figures.student(&ask, played.student("P2"), Language::English);
    let own = own.await.unwrap().unwrap();
    let table = own.csv();
    let own = serde_json::to_value(&own).unwrap();
    let app = &own["apps"][0];
    assert_eq!(
        (&app["mood"], &app["ask_for_help"]),
        (&json!("ask_for_help"), &json!(true))
    );
    assert_eq!(
        (&app["streak"], &app["week"]["minutes"]),
        (&json!(20), &json!(60))
    );
    assert_eq!(
        (&app["minutes"], &app["progress"]),
        (&json!(240), &json!(5))
    );
    for text in [own.to_string(), table] {
        for never in ["stuck", "behind", "inactive", "Abara", "Cho"] {
            assert!(!text.contains(never), "{never} in {text}");
        }
    }
    let nobody = figures.student(&ask, ObjectId::new([9; 12]), Language::English);
    assert!(nobody.await.unwrap().is_none());
    let spanish = figures.student(&ask, played.student("P1"), Language::Spanish);
    assert_eq!(
        spanish.await.unwrap().unwrap().apps[0].says,
        "Vas por buen camino."
    );
}

#[tokio::test]
async fn a_contact_sees_the_children_who_are_tied_to_it_now() {
    let played = played(SETTINGS).await;
    let world = &played.world;
    let contact = world.ids(Kind::Contact).await["C1"];
    let ask = world.ask(at(LAST, 21));
    let children = async || {
        let figure = world
            .figures
            .contact(&ask, contact, Language::English)
            .await;
        figure.unwrap().unwrap()
    };
    let figure = children().await;
    let names: Vec<_> = figure
        .children
        .iter()
        .map(|child| child.name.as_str())
        .collect();
    assert_eq!(names, ["Nia Abara", "Ada Eze"]);
    let nia = &figure.children[0];
    assert_eq!(
        nia.summary,
        "This week: 75 of 50 minutes; Lessons completed: 5."
    );
    assert_eq!(nia.ask_at_home, "Ask what was new this week.");
    assert_eq!(figure.csv().lines().count(), 3);
    // The aunt is not to be called any more.
    let files = small_district().replacing(
        "students.csv",
        ",Chidi Abara,Family,Aunt/Uncle,5550101001,chidi@home.example,C1",
        ",,,,,,",
    );
    world.import(&files, at(LAST, 20)).await;
    let names: Vec<_> = children()
        .await
        .children
        .into_iter()
        .map(|child| child.name)
        .collect();
    assert_eq!(names, ["Nia Abara"]);
}

#[tokio::test]
async fn the_nearest_level_sets_a_target_and_is_told() {
    let played = played(SETTINGS).await;
    let (world, app) = (&played.world, played.app);
    let schools = world.ids(Kind::School).await;
    let sections = world.ids(Kind::Section).await;
    let now = at("2026-08-03", 8);
    let state = async |name: &str| {
        let figure = played.teacher("T3").await;
        let found = figure.apps[0]
            .students
            .iter()
            .find(|row| row.name == name)
            .cloned()
            .unwrap();
        (
            found.state,
            found
                .targets
                .minutes
                .map(|target| (target.level, json!(target.per_week))),
        )
    };
    assert_eq!(
        state("Remy Fox").await,
        ("behind", Some(("district", json!(50))))
    );
    let set = async |json: String| world.target(app, &json, now).await.unwrap();
    set(format!(r#"{{"level": "school", "id": "{}", "metric": "minutes", "per_week": 40, "from": "2026-08-03"}}"#, schools["S2"])).await;
    assert_eq!(
        state("Remy Fox").await,
        ("behind", Some(("school", json!(40))))
    );
    set(format!(r#"{{"level": "section", "id": "{}", "metric": "minutes", "per_week": 25, "from": "2026-08-03"}}"#, sections["X4"])).await;
    assert_eq!(
        state("Remy Fox").await,
        ("ahead", Some(("section", json!(25))))
    );
    let student = played.student("P6");
    set(format!(r#"{{"level": "student", "id": "{student}", "metric": "minutes", "per_week": 30.5, "from": "2026-08-03"}}"#)).await;
    assert_eq!(
        state("Remy Fox").await,
        ("on_track", Some(("student", json!(30.5))))
    );
    // Taken back: the section decides again.
    set(format!(r#"{{"level": "student", "id": "{student}", "metric": "minutes", "per_week": null, "from": "2026-08-03"}}"#)).await;
    assert_eq!(state("Remy Fox").await.1, Some(("section", json!(25))));
    let statements = world.figures.targets(app).await.unwrap();
    let numbers: Vec<_> = statements
        .iter()
        .map(|statement| statement.number)
        .collect();
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
    let figure = serde_json::to_value(played.district().await).unwrap();
    assert_eq!(
        figure["apps"][0]["adjusted"],
        json!({ "schools": 1, "sections": 1, "students": 0 })
    );
    for (wish, says) in [
        (
            r#"{"level": "app", "metric": "minutes", "per_week": 5}"#.to_owned(),
            None,
        ),
        (
            r#"{"level": "district", "metric": "minutes", "per_week": 10081}"#.to_owned(),
            Some("10080"),
        ),
        (
            r#"{"level": "district", "metric": "minutes", "per_week": 5, "from": "2020-01-01"}"#
                .to_owned(),
            Some("this school year"),
        ),
        (
            r#"{"level": "school", "metric": "minutes", "per_week": 5}"#.to_owned(),
            Some("take an id"),
        ),
        (
            format!(
                r#"{{"level": "school", "id": "{student}", "metric": "minutes", "per_week": 5}}"#
            ),
            Some("published"),
        ),
        (
            format!(
                r#"{{"level": "student", "id": "{student}", "grade": "5", "metric": "minutes", "per_week": 5}}"#
            ),
            Some("grade alone"),
        ),
        (
            r#"{"level": "district", "grade": "fifth", "metric": "minutes", "per_week": 5}"#
                .to_owned(),
            Some("no such grade"),
        ),
    ] {
        let set = world.target(app, &wish, now).await;
        match says {
            None => assert!(set.is_ok(), "{wish}: {set:?}"),
            Some(says) => {
                let error = set.unwrap_err().to_string();
                assert!(
                    error.starts_with("target 1: ") && error.contains(says),
                    "{error}"
                );
            }
        }
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

#[tokio::test]
async fn a_stale_feed_blames_nobody() {
    let played = played(SETTINGS).await;
    let world = &played.world;
    // Kept standings tell the same after hours have passed.
    played.district().await;
    let ask = world.ask(at("2026-09-25", 23));
    let fresh = serde_json::to_value(world.figures.district(&ask).await.unwrap()).unwrap();
    assert_eq!(fresh["apps"][0]["total"]["states"]["stuck"], 1);
    let ask = world.ask(at("2026-09-27", 20));
    let stale = serde_json::to_value(world.figures.district(&ask).await.unwrap()).unwrap();
    assert_eq!(
        states(&stale["apps"][0]["total"]),
        [("feed_stale".to_owned(), 6)].into()
    );
    assert_eq!(stale["apps"][0]["app"]["stale"], true);
    let teacher = world.ids(Kind::Employee).await["T1"];
    let figure = world
        .figures
        .teacher(&ask, teacher, None)
        .await
        .unwrap()
        .unwrap();
    assert!(
        figure.apps[0]
            .students
            .iter()
            .all(|row| row.state == "feed_stale")
    );
    assert_eq!(
        figure.apps[0]
            .total
            .group
            .states
            .of(homeroom_goals::state::State::FeedStale),
        3
    );
    assert!(
        figure.apps[0].students[0]
            .why
            .contains("sent nothing for 48 hours")
    );
}

#[tokio::test]
async fn an_app_sees_its_requests_and_what_certification_says() {
    let played = played(SETTINGS).await;
    let figure = played.app().await;
    let table = figure.csv();
    let figure = serde_json::to_value(figure).unwrap();
    assert_eq!(
        (
            &figure["students"],
            &figure["reported"],
            &figure["reported_lately"]
        ),
        (&json!(6), &json!(5), &json!(5))
    );
    assert_eq!(figure["requests"].as_array().unwrap().len(), 20);
    assert_eq!(figure["requests"][0]["received"], 5);
    assert_eq!(table.lines().count(), 21);
    let findings: BTreeMap<_, _> = figure["certification"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            (
                finding["criterion"].as_str().unwrap(),
                finding["outcome"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        // Nothing came on the weekend.
        ("counts_finished_work", "pass"),
        ("daily_delivery", "fail"),
        ("every_student_covered", "fail"),
        ("key_name", "pass"),
        // P1, P2, P4 and P6 worked half an hour in the last whole week, P2 without progress.
        ("moves_weekly", "pass"),
        ("resend_harmless", "unknown"),
        ("right_token", "pass"),
        ("totals_never_fall", "pass"),
        ("zero_at_year_start", "pass"),
    ];
    assert_eq!(findings, expected.into());
    // The same again, and then one total lower than before.
    let rows = [(played.student("P1"), "300".to_owned(), "20".to_owned())];
    for hour in [20, 21] {
        played.world.report(played.app, &rows, at(LAST, hour)).await;
    }
    let lower = [(played.student("P1"), "290".to_owned(), "20".to_owned())];
    played.world.report(played.app, &lower, at(LAST, 21)).await;
    let figure = serde_json::to_value(played.app().await).unwrap();
    assert_eq!(
        figure["open"],
        json!({ "regressions": 1, "implausible": 0 })
    );
    assert_eq!(figure["requests"][0]["warnings"], 1);
    let outcome = |criterion: &str| {
        let findings = figure["certification"].as_array().unwrap().iter();
        let mut found = findings.filter(|finding| finding["criterion"] == criterion);
        found.next().unwrap()["outcome"].clone()
    };
    assert_eq!(
        (outcome("resend_harmless"), outcome("totals_never_fall")),
        (json!("pass"), json!("fail"))
    );
}

//! A student, those at home, a teacher.

use homeroom_model::{Kind, ObjectId};
use homeroom_progress::figures::Language;
use homeroom_testkit::small_district;
use serde_json::{Value, json};

use super::{LAST, SETTINGS, listed, played};
use crate::world::{at, day};

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
async fn an_absent_student_is_not_called_stuck() {
    const HEADER: &str = "Attendance_id,School_id,Student_id,Section_id,Attendance_date,Attendance_status,Attendance_type,Excuse_code\n";
    let played = played(SETTINGS).await;
    let state = async |rows: &str, hour: i64| {
        let files = small_district().with("attendance.csv", format!("{HEADER}{rows}"));
        played.world.import(&files, at(LAST, hour)).await;
        let figure = played.teacher("T1").await;
        let mut rows = figure.apps[0].students.iter();
        rows.find(|row| row.id == played.student("P2"))
            .unwrap()
            .state
    };
    let of = |student: &str, date: &str, status: &str| {
        format!(",S1,{student},,{date},{status},daily,\n")
    };
    // Yesterday is the last day that the district knows of.
    let yesterday = of("P2", "2026-09-24", "absent") + &of("P1", "2026-09-24", "present");
    assert_eq!(state(&yesterday, 6).await, "ahead");
    // Today is known, and the student is there again.
    let today = yesterday.clone() + &of("P2", "2026-09-25", "present");
    assert_eq!(state(&today, 7).await, "stuck");
    let long_ago = of("P2", "2026-09-10", "absent");
    assert_eq!(
        state(&long_ago, 8).await,
        "stuck",
        "what was weeks ago says nothing"
    );
    let late = of("P2", "2026-09-25", "tardy");
    assert_eq!(state(&late, 9).await, "stuck");
}

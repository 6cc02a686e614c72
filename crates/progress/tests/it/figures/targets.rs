//! Targets of every level.

use homeroom_model::Kind;
use serde_json::json;

use super::{SETTINGS, played};
use crate::world::at;

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
}

#[tokio::test]
async fn what_cannot_be_set_says_why() {
    let played = played(SETTINGS).await;
    let (world, app, student) = (&played.world, played.app, played.student("P6"));
    let now = at("2026-08-03", 8);
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

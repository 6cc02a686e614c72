//! An app that changes its progress metric within the school year.

use homeroom_progress::feed::{Declaration, declare};
use homeroom_progress::figures::Language;
use serde_json::{Value, json};

use super::{LAST, Played, SETTINGS, played};
use crate::world::{at, body};

/// Everything that is told of an app at a moment: of the district, a teacher's students, the app's owner.
struct Told {
    district: Value,
    students: Vec<Value>,
    owner: Value,
}

impl Told {
    async fn at(played: &Played, day: &str, hour: i64) -> Self {
        let world = &played.world;
        let ask = world.ask(at(day, hour));
        let district = world.figures.district(&ask).await.unwrap();
        let mut students = Vec::new();
        for id in played.students.values() {
            let figure = world.figures.student(&ask, *id, Language::English);
            students.push(serde_json::to_value(figure.await.unwrap().unwrap()).unwrap());
        }
        let owner = world.figures.app(world.district, played.app.app, ask.now);
        Self {
            district: serde_json::to_value(district).unwrap()["apps"][0].clone(),
            students: students
                .into_iter()
                .map(|student| student["apps"][0].clone())
                .collect(),
            owner: serde_json::to_value(owner.await.unwrap().unwrap()).unwrap(),
        }
    }

    fn total(&self, member: &str) -> &Value {
        &self.district["total"][member]
    }

    /// A member of every week.
    fn weeks(&self, member: &str) -> Vec<&Value> {
        let weeks = self.district["weeks"].as_array().unwrap().iter();
        weeks.map(|week| &week[member]).collect()
    }
}

/// The app says what it counts.
async fn declared(played: &Played, key: &str, ceiling: u32, day: &str) {
    let said = Declaration {
        progress_key: Some(key.to_owned()),
        ceiling: Some(homeroom_goals::Amount::whole(ceiling)),
        ..Declaration::default()
    };
    let by = played.world.by(at(day, 21));
    declare(&*played.world.store, played.app, &said, by)
        .await
        .unwrap();
}

/// The app sends pages of some students.
async fn sent(played: &Played, rows: &[(&str, u32, u32)], day: &str) {
    let rows: Vec<_> = rows
        .iter()
        .map(|(name, minutes, pages)| {
            let student = played.student(name);
            (student, minutes.to_string(), pages.to_string())
        })
        .collect();
    let table = body(&rows).replace("lessons_completed", "pages_read");
    played.world.submit(played.app, table, at(day, 20)).await;
}

async fn with_targets() -> Played {
    let played = played(SETTINGS).await;
    let target =
        r#"{"level": "district", "metric": "progress", "per_week": 10, "from": "2026-08-01"}"#;
    let set = played.world.target(played.app, target, at("2026-08-02", 8));
    set.await.unwrap();
    played
}

#[tokio::test]
async fn nothing_of_the_old_metric_is_told_under_the_new_one() {
    let played = with_targets().await;
    // A lesson fewer than before, which waits to be confirmed.
    let lower = [(played.student("P4"), "400".to_owned(), "39".to_owned())];
    played.world.report(played.app, &lower, at(LAST, 20)).await;
    declared(&played, "lessons_completed", 30, LAST).await;
    let before = Told::at(&played, LAST, 22).await;
    assert_eq!(before.total("progress"), &json!(20 + 5 + 1 + 40 + 20));
    assert_eq!(before.total("states")["finished"], json!(1));
    assert_eq!(before.total("states")["stuck"], json!(1));
    assert_eq!(before.owner["open"]["regressions"], json!(1));

    declared(&played, "pages_read", 30, LAST).await;
    let after = Told::at(&played, LAST, 22).await;
    for member in ["minutes", "reported", "recent_minutes"] {
        assert_eq!(after.total(member), before.total(member), "{member}");
    }
    for member in ["minutes", "target_minutes", "students"] {
        assert_eq!(after.weeks(member), before.weeks(member), "{member}");
    }
    assert_eq!(after.total("progress"), &json!(0));
    assert_eq!(after.total("states")["finished"], json!(0));
    assert_eq!(after.total("states")["stuck"], json!(0));
    assert_eq!(after.owner["open"]["regressions"], json!(0));
    assert_eq!(after.weeks("progress"), [&json!(0); 4]);
    // Ten lessons a week were to be done, and nobody said how many pages.
    assert_eq!(after.weeks("target_progress"), [&json!(0); 4]);
    for (student, was) in after.students.iter().zip(&before.students) {
        assert_eq!(student["progress"], Value::Null);
        assert_eq!(student["minutes"], was["minutes"]);
        assert_eq!(student["streak"], was["streak"]);
    }
    // On its own minutes alone: as much as should be is on the way.
    let steady = &after.students[0];
    assert_eq!(steady["mood"], json!("on_the_way"));
}

#[tokio::test]
async fn the_new_metric_begins_with_its_first_value() {
    let played = with_targets().await;
    declared(&played, "pages_read", 1000, LAST).await;
    let minutes = |days: u32| 300 + 15 * days;
    sent(&played, &[("P1", minutes(1), 500)], "2026-09-28").await;
    let first = Told::at(&played, "2026-09-28", 21).await;
    assert_eq!(first.total("progress"), &json!(500), "of one");
    assert_eq!(first.weeks("progress"), [&json!(0); 5], "nobody knows when");
    let rows = [("P1", minutes(2), 512), ("P2", 260, 7)];
    sent(&played, &rows, "2026-09-29").await;
    let second = Told::at(&played, "2026-09-29", 21).await;
    assert_eq!(second.total("progress"), &json!(519));
    assert_eq!(second.weeks("progress")[4], &json!(12));
    assert_eq!(second.weeks("minutes")[..4], first.weeks("minutes")[..4]);
    let known = |told: &Told| {
        let students = told.students.iter();
        students.filter(|one| !one["progress"].is_null()).count()
    };
    assert_eq!((known(&first), known(&second)), (1, 2));
    // A restart tells the same: it follows from what is kept.
    let ask = played.world.ask(at("2026-09-29", 21));
    let again = played.world.restarted().district(&ask).await.unwrap();
    assert_eq!(
        serde_json::to_value(again).unwrap()["apps"][0],
        second.district
    );
}

/// The targets in force: which metric, how much, who set it.
async fn in_force(played: &Played, hour: i64) -> Vec<Value> {
    let figures = &played.world.figures;
    let found = figures.targets_in_force(played.app, at(LAST, hour)).await;
    let named = found.unwrap().into_iter().map(|named| {
        let target = named.target;
        json!([named.metric, target.per_week, target.level])
    });
    named.collect()
}

#[tokio::test]
async fn a_target_for_progress_is_of_the_metric_it_was_set_for() {
    let played = with_targets().await;
    let minutes = json!(["minutes", 50, "district"]);
    let before = Told::at(&played, LAST, 20).await;
    let lessons = before.students[0]["targets"]["progress"].clone();
    assert_eq!(lessons["per_week"], json!(10));
    assert_eq!(
        in_force(&played, 20).await,
        [minutes.clone(), json!(["progress", 10, "district"])]
    );

    declared(&played, "pages_read", 1000, LAST).await;
    let after = Told::at(&played, LAST, 20).await;
    assert_eq!(after.students[0]["targets"]["progress"], Value::Null);
    assert_eq!(in_force(&played, 20).await, std::slice::from_ref(&minutes));
    let statements = async || {
        let said = played.world.figures.targets(played.app).await.unwrap();
        let said = said
            .into_iter()
            .map(|said| json!([said.number, said.progress_key, said.rests]));
        said.collect::<Vec<_>>()
    };
    let of_lessons = |rests: bool| json!([2, "lessons_completed", rests]);
    assert_eq!(
        statements().await,
        [of_lessons(true), json!([1, null, false])]
    );

    // As many pages as lessons are another target.
    let target = r#"{"level": "district", "metric": "progress", "per_week": 10}"#;
    let set = played.world.target(played.app, target, at(LAST, 9)).await;
    assert_eq!(set.unwrap(), 3);
    let again = played.world.target(played.app, target, at(LAST, 10)).await;
    assert_eq!(again.unwrap(), 3, "it holds already");
    let pages = Told::at(&played, LAST, 20).await;
    let of_pages = &pages.students[0]["targets"]["progress"];
    assert_eq!(
        (&of_pages["per_week"], &of_pages["from"]),
        (&json!(10), &json!(LAST))
    );
    // Of the day on which they began, for each of six.
    assert_eq!(
        pages.weeks("target_progress"),
        [&json!(0), &json!(0), &json!(0), &json!(12)]
    );

    // The lessons return, and what was said of them.
    declared(&played, "lessons_completed", 1000, LAST).await;
    let returned = Told::at(&played, LAST, 20).await;
    assert_eq!(returned.students[0]["targets"]["progress"], lessons);
    for weeks in ["target_progress", "progress"] {
        assert_eq!(returned.weeks(weeks), before.weeks(weeks));
    }
    let of_pages = json!([3, "pages_read", true]);
    assert_eq!(
        statements().await,
        [of_pages, of_lessons(false), json!([1, null, false])]
    );
}

//! Figures of a district that is known by heart, compared with sums made by hand.

mod certified;
mod feeds;
mod groups;
mod partly;
mod people;
mod series;
mod targets;

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId};
use homeroom_progress::feed::{Declaration, declare};
use homeroom_progress::figures::{AppFigure, DistrictFigure, TeacherFigure};
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
    begun(settings, 1, 20).await
}

/// The same with an app that reported from one school day to another.
async fn begun(settings: &str, from: u32, to: u32) -> Played {
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
    played.report(from, to).await;
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

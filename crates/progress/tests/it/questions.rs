//! How much a figure asks the store: the same of a district of six students and of one of hundreds.

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_progress::figures::{Figures, Language};
use homeroom_simulator::{MemorySink, Profile, SchoolYear};
use homeroom_store::FeedKey;
use homeroom_testkit::{Files, small_district};
use serde_json::{Value, json};

use crate::world::{World, at};

const SETTINGS: &str = "[calendar]\nfirst_day = \"2026-08-31\"\n";
const NOW: (&str, i64) = ("2026-09-18", 21);

pub(crate) fn larger() -> Files {
    let profile = Profile {
        schools: 4,
        students: 300,
        teachers: 36,
        sections: 140,
        enrollments: 2100,
    };
    let mut sink = MemorySink::default();
    homeroom_simulator::District::new(profile, 5, SchoolYear { start: 2026 })
        .write_day(0, &mut sink)
        .unwrap();
    let files = sink.files.into_iter();
    files.fold(Files::new(), |files, (name, bytes)| {
        files.with(&name, bytes)
    })
}

/// A district in which two apps reported about everybody twice.
async fn reported(files: &Files) -> (World, Vec<FeedKey>) {
    let world = World::new(SETTINGS, files).await;
    let apps = vec![world.app(1).await, world.app(2).await];
    report(&world, &apps, 1).await;
    report(&world, &apps, 2).await;
    (world, apps)
}

async fn report(world: &World, apps: &[FeedKey], times: u32) {
    let day = format!("2026-09-{:02}", 14 + times);
    report_at(world, apps, times, at(&day, 20)).await;
}

async fn report_at(world: &World, apps: &[FeedKey], times: u32, now: Timestamp) {
    let students: Vec<ObjectId> = world.ids(Kind::Student).await.into_values().collect();
    let rows: Vec<_> = students
        .iter()
        .map(|student| (*student, (20 * times).to_string(), times.to_string()))
        .collect();
    for app in apps {
        world.report(*app, &rows, now).await;
    }
}

type Asked = BTreeMap<&'static str, u32>;

/// What each figure asks.
async fn asked(world: &World, figures: &Figures, apps: &[FeedKey]) -> Vec<(&'static str, Asked)> {
    let ask = world.ask(at(NOW.0, NOW.1));
    let first = async |kind| *world.ids(kind).await.values().next().unwrap();
    let teacher = *world
        .ids(Kind::Employee)
        .await
        .iter()
        .find(|(sis_id, _)| !sis_id.is_empty())
        .unwrap()
        .1;
    let (student, contact, school) = (
        first(Kind::Student).await,
        first(Kind::Contact).await,
        first(Kind::School).await,
    );
    let mut all = Vec::new();
    world.asked.take();
    figures.district(&ask).await.unwrap();
    all.push(("district", world.asked.take()));
    figures.school(&ask, school).await.unwrap().unwrap();
    all.push(("school", world.asked.take()));
    figures.teacher(&ask, teacher, None).await.unwrap().unwrap();
    all.push(("teacher", world.asked.take()));
    figures
        .student(&ask, student, Language::English)
        .await
        .unwrap()
        .unwrap();
    all.push(("student", world.asked.take()));
    figures
        .contact(&ask, contact, Language::English)
        .await
        .unwrap()
        .unwrap();
    all.push(("contact", world.asked.take()));
    figures
        .app(world.district, apps[0].app, ask.now)
        .await
        .unwrap()
        .unwrap();
    all.push(("app", world.asked.take()));
    all
}

#[tokio::test]
async fn figures_ask_as_much_of_a_large_district_as_of_a_small_one() {
    let (small, apps) = reported(&small_district()).await;
    let (large, _) = reported(&larger()).await;
    let mut rounds = Vec::new();
    for world in [&small, &large] {
        // Made anew, then kept, then in a new process, then after another delivery.
        let mut seen = vec![
            asked(world, &world.figures, &apps).await,
            asked(world, &world.figures, &apps).await,
            asked(world, &world.restarted(), &apps).await,
        ];
        report(world, &apps, 3).await;
        seen.push(asked(world, &world.figures, &apps).await);
        rounds.push(seen);
    }
    assert_eq!(rounds[0], rounds[1]);
    let most = |asked: &Asked| asked.values().sum::<u32>();
    for (figure, asked) in rounds[1].iter().flatten() {
        assert!(most(asked) <= 25, "{figure} asks {asked:?}");
    }
    let of = |round: usize, figure: usize, question: &str| {
        rounds[1][round][figure]
            .1
            .get(question)
            .copied()
            .unwrap_or(0)
    };
    let (district, teacher) = (0, 2);
    assert_eq!(
        of(0, district, "student_years"),
        2,
        "made anew, once for each app"
    );
    assert_eq!(of(0, district, "keep_goals_standings"), 2);
    for round in [1, 2] {
        assert_eq!(of(round, district, "student_years"), 0, "kept");
        assert_eq!(
            of(round, teacher, "student_years"),
            2,
            "a teacher's students, once for each app"
        );
        assert_eq!(
            of(round, teacher, "goals_standings"),
            0,
            "a teacher needs no standings"
        );
    }
    assert_eq!(
        (
            of(1, district, "goals_standings"),
            of(2, district, "goals_standings")
        ),
        (0, 2),
        "in memory, from the store"
    );
    assert_eq!(
        of(3, district, "student_years"),
        2,
        "another delivery makes them anew"
    );
}

#[tokio::test]
async fn a_resend_is_heard_and_makes_no_standings_anew() {
    let (world, apps) = reported(&small_district()).await;
    let looked = async |now: Timestamp| {
        world.asked.take();
        let figure = world.figures.district(&world.ask(now)).await.unwrap();
        let made = world.asked.take().contains_key("keep_goals_standings");
        (made, serde_json::to_value(&figure).unwrap())
    };
    let of_feed = |figure: &Value| {
        let feed = &figure["apps"][0]["app"];
        (feed["last_received"].clone(), feed["stale"].clone())
    };
    let again = async |now: Timestamp| report_at(&world, &apps, 2, now).await;
    let evening = at("2026-09-16", 22);
    let (made, before) = looked(evening).await;
    assert!(made);
    again(at("2026-09-16", 21)).await;
    let (made, after) = looked(evening).await;
    assert!(!made, "nothing of it is new");
    assert_eq!(
        of_feed(&after),
        (json!("2026-09-16T21:00:00.000Z"), json!(false))
    );
    assert_eq!(before["apps"][0]["total"], after["apps"][0]["total"]);
    // Two days on nothing else is different; then the same comes again, on a day of its own.
    let later = at("2026-09-18", 21);
    let (_, stale) = looked(later).await;
    assert_eq!(of_feed(&stale).1, json!(true));
    again(at("2026-09-18", 20)).await;
    let (made, heard) = looked(later).await;
    assert!(made, "another day on which the app sent");
    assert_eq!(
        of_feed(&heard),
        (json!("2026-09-18T20:00:00.000Z"), json!(false))
    );
    again(later).await;
    assert!(!looked(later).await.0);
}

#[tokio::test]
async fn kept_standings_tell_what_those_made_anew_tell() {
    let (world, _) = reported(&larger()).await;
    let ask = world.ask(at(NOW.0, NOW.1));
    let told = async |figures: &Figures| {
        let figure = figures.district(&ask).await.unwrap();
        (
            serde_json::to_string(&figure).unwrap(),
            figure.csv(),
            figure.weeks_csv(),
            figure.feeds_csv(),
        )
    };
    let made = told(&world.figures).await;
    assert_eq!(told(&world.restarted()).await, made, "from the store");
    assert_eq!(told(&world.figures).await, made, "from memory");
}

use homeroom_store::suite::sample::{add_district, app, at, feed_key, id};
use homeroom_store::{Apps as _, Audit as _, Goals as _, MemoryStore};

use super::*;

fn by(number: u8) -> By<'static> {
    By {
        actor: "cli:ada",
        now: at(i64::from(number)),
        audit: id(100 + number),
    }
}

async fn store() -> MemoryStore {
    let store = MemoryStore::new();
    add_district(&store, 1).await;
    store.add_app(app(2)).await.unwrap();
    store
}

#[tokio::test]
async fn a_district_switches_a_feed_and_chooses_schools() {
    let store = store().await;
    let key = feed_key(1, 2);
    let on = Switch {
        on: Some(true),
        ..Switch::default()
    };
    let feed = switch(&store, key, &on, by(1)).await.unwrap();
    assert_eq!((feed.on, feed.revision), (true, 1));
    let again = switch(&store, key, &on, by(2)).await.unwrap();
    assert_eq!(again, feed, "what changes nothing is no change");
    let schools = Switch {
        schools: Some(Some(vec![id(9), id(3), id(9)])),
        apps_see_targets: Some(true),
        ..Switch::default()
    };
    let feed = switch(&store, key, &schools, by(3)).await.unwrap();
    let settings = FeedSettings::read(&feed).unwrap();
    assert!(feed.on && settings.apps_see_targets);
    assert_eq!(settings.schools, Some(vec![id(3), id(9)]));
    assert!(settings.takes([id(1), id(9)]) && !settings.takes([id(1)]));
    let all = Switch {
        schools: Some(None),
        ..Switch::default()
    };
    let feed = switch(&store, key, &all, by(4)).await.unwrap();
    let settings = FeedSettings::read(&feed).unwrap();
    assert!(settings.takes([]) && settings.apps_see_targets);
    let noted = store.audit(Some(id(1)), None, 10).await.unwrap();
    let noted: Vec<_> = noted.iter().map(|entry| entry.at).collect();
    assert_eq!(noted, [at(4), at(3), at(1)]);
}

#[tokio::test]
async fn a_feed_is_forgotten_once_it_is_off() {
    let store = store().await;
    let key = feed_key(1, 2);
    assert!(!forget(&store, key, by(1)).await.unwrap());
    let switched = |on: bool| Switch {
        on: Some(on),
        ..Switch::default()
    };
    switch(&store, key, &switched(true), by(2)).await.unwrap();
    let still = forget(&store, key, by(3)).await;
    assert!(matches!(still, Err(FeedError::On)));
    let noted = store.audit(Some(id(1)), None, 9).await.unwrap();
    assert_eq!(noted.len(), 1, "what was not done is not audited");
    switch(&store, key, &switched(false), by(4)).await.unwrap();
    assert!(forget(&store, key, by(5)).await.unwrap());
    assert_eq!(store.goals_feed(key).await.unwrap(), None);
    let noted = store.audit(Some(id(1)), None, 1).await.unwrap();
    assert_eq!(noted[0].action, "goals forgotten");
}

#[tokio::test]
async fn an_app_declares_what_it_counts_where_it_is_on() {
    let store = store().await;
    let key = feed_key(1, 2);
    let mut said = Declaration {
        progress_key: Some("lessons_completed".into()),
        label: Some("Lessons completed".into()),
        ceiling: Some(Amount::whole(120)),
        counts_finished_work: Some(true),
        report_links: [(Subject::School, "https://app.example/".into())].into(),
        ..Declaration::default()
    };
    let off = declare(&store, key, &said, by(1)).await;
    assert!(matches!(off, Err(FeedError::Off)));
    let on = Switch {
        on: Some(true),
        ..Switch::default()
    };
    switch(&store, key, &on, by(2)).await.unwrap();
    let feed = declare(&store, key, &said, by(3)).await.unwrap();
    let settings = FeedSettings::read(&feed).unwrap();
    assert_eq!(settings.progress_key(), Some("lessons_completed"));
    assert_eq!(settings.metrics().series, 1);
    assert!(settings.report_link(Subject::School).is_some());
    said.progress_key = Some("books_read".into());
    said.label = None;
    let feed = declare(&store, key, &said, by(4)).await.unwrap();
    let settings = FeedSettings::read(&feed).unwrap();
    assert_eq!((settings.metrics().series, settings.label), (2, None));
    switch(
        &store,
        key,
        &Switch {
            on: Some(false),
            ..Switch::default()
        },
        by(5),
    )
    .await
    .unwrap();
    let off = declare(&store, key, &said, by(6)).await;
    assert!(matches!(off, Err(FeedError::Off)));
}

#[tokio::test]
async fn what_cannot_be_declared_says_what_can() {
    let store = store().await;
    let key = feed_key(1, 2);
    let bare = Declaration::default;
    let link = |subject, address: &str| Declaration {
        report_links: [(subject, address.to_owned())].into(),
        ..bare()
    };
    let named = |key: &str| Declaration {
        progress_key: Some(key.into()),
        ..bare()
    };
    let labelled = |label: &str| Declaration {
        label: Some(label.into()),
        ..bare()
    };
    for (said, says) in [
        (named("minutes"), "lessons_completed"),
        (named("clever_id"), "lessons_completed"),
        (named(""), "one to 64"),
        (named(&"x".repeat(65)), "one to 64"),
        (named("a\nb"), "line breaks"),
        (labelled(" a"), "label"),
        (
            Declaration {
                ceiling: Some(Amount::ZERO),
                ..bare()
            },
            "ceiling",
        ),
        (link(Subject::Student, "https://app.example/"), "{id}"),
        (link(Subject::District, "http://app.example/"), "https"),
    ] {
        let error = declare(&store, key, &said, by(1)).await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
}

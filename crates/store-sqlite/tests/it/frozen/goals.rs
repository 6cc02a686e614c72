//! What form 4 added: Goals.

use homeroom_store::suite::sample::{
    at, digest, feed_key, goals_delivery, goals_move, goals_target, set_feed, student_year,
};
use homeroom_store::{
    GoalsDelivery, GoalsStandings, GoalsTarget, SetGoalsFeed, Store, StudentYear, Which,
};

/// The app that form 1 added.
const APP: u8 = 2;

fn refusal() -> GoalsDelivery {
    GoalsDelivery {
        accepted: false,
        status: 413,
        body: digest(9),
        ..goals_delivery(40)
    }
}

fn open() -> StudentYear {
    StudentYear {
        open: true,
        earlier: vec![1, 2, 0, 255],
        ..student_year(20)
    }
}

fn standings() -> GoalsStandings {
    GoalsStandings {
        made_of: "2 Ærø".into(),
        bytes: vec![0, 255, 7],
    }
}

/// One of everything that form 4 can store and form 3 cannot.
pub(super) async fn fill(store: &dyn Store) {
    let key = feed_key(1, APP);
    assert_eq!(store.set_goals_feed(set_feed(1, APP, 0)).await.unwrap(), 1);
    let off = SetGoalsFeed {
        on: false,
        ..set_feed(9, APP, 0)
    };
    assert_eq!(store.set_goals_feed(off).await.unwrap(), 1);
    let first = goals_move(0, 2026, &[10]);
    store.keep_goals(key, first).await.unwrap();
    let mut second = goals_move(1, 2027, &[10]);
    second.changed.push(open());
    second.text = Some("{\"Ærø\":1}".into());
    second.actor = "app".into();
    store.keep_goals(key, second).await.unwrap();
    assert!(store.log_goals_refusal(key, refusal()).await.unwrap());
    let mut taken_back = goals_target("student");
    taken_back.per_week = None;
    let targets = vec![goals_target("district"), taken_back];
    store
        .add_goals_targets(key, 0, targets, None)
        .await
        .unwrap();
    let kept = store.keep_goals_standings(key, 2027, standings()).await;
    assert!(kept.unwrap());
}

/// Finds what [`fill`] stored.
pub(super) async fn read(store: &dyn Store) {
    let key = feed_key(1, APP);
    let feed = store.goals_feed(key).await.unwrap().unwrap();
    assert_eq!((feed.on, feed.revision, feed.generation), (true, 2, 2));
    assert_eq!((feed.year, feed.last), (Some(2027), Some(at(2))));
    assert_eq!(
        (feed.text.as_str(), feed.actor.as_str()),
        ("{\"Ærø\":1}", "app")
    );
    assert_eq!(feed.set_at, at(2));
    let off = store.goals_feed(feed_key(9, APP)).await.unwrap().unwrap();
    assert_eq!((off.on, off.year, off.last), (false, None, None));
    let years = [
        (2026, vec![student_year(10)]),
        (2027, vec![student_year(10), open()]),
    ];
    for (year, expected) in years {
        let kept = store.student_years(key, year, Which::All, true).await;
        assert_eq!(kept.unwrap(), expected);
    }
    let kept = store.student_years(key, 2027, Which::Open, true).await;
    assert_eq!(kept.unwrap(), [open()]);
    let numbered = |number, delivery| GoalsDelivery { number, ..delivery };
    let expected = [
        numbered(3, refusal()),
        numbered(2, goals_delivery(2)),
        numbered(1, goals_delivery(1)),
    ];
    assert_eq!(
        store.goals_deliveries(key, None, 9).await.unwrap(),
        expected
    );
    let day = at(1).date();
    let days = store.goals_delivery_days(key, day, day).await.unwrap();
    assert_eq!(days, [day]);
    let mut taken_back = goals_target("student");
    taken_back.per_week = None;
    let numbered = |number, target| GoalsTarget { number, ..target };
    let expected = [
        numbered(1, goals_target("district")),
        numbered(2, taken_back),
    ];
    assert_eq!(store.goals_targets(key).await.unwrap(), expected);
    let kept = store.goals_standings(key, 2027).await.unwrap();
    assert_eq!(kept, Some(standings()));
}

//! Cases of [`Goals`](crate::Goals).

use homeroom_model::Date;

use super::sample::{
    add_district, app, at, feed_key, goals_delivery, goals_move, goals_target, id, refused,
    set_feed, student_year,
};
use crate::{
    Conflict, DeliveryRows, FeedKey, GoalsDelivery, GoalsStandings, GoalsTarget, SetGoalsFeed,
    Store, StudentYear, Which, limits,
};

fn day(days: i32) -> Date {
    Date::from_days(days).unwrap()
}

/// Districts 1 and 2, apps 3 and 4.
pub(super) async fn begun(store: &dyn Store) {
    for district in [1, 2] {
        add_district(store, district).await;
    }
    for number in [3, 4] {
        store.add_app(app(number)).await.unwrap();
    }
}

/// Everything there is about a feed that was switched on.
pub async fn a_feed_is_switched_and_changed(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    assert_eq!(store.goals_feed(key).await.unwrap(), None);
    assert_eq!(store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap(), 1);
    assert_eq!(store.set_goals_feed(set_feed(2, 3, 0)).await.unwrap(), 1);
    assert_eq!(store.set_goals_feed(set_feed(1, 4, 0)).await.unwrap(), 1);
    let off = SetGoalsFeed {
        on: false,
        text: "{\"Ærø\":1}".into(),
        ..set_feed(1, 3, 1)
    };
    assert_eq!(store.set_goals_feed(off.clone()).await.unwrap(), 2);
    let feed = store.goals_feed(key).await.unwrap().unwrap();
    assert_eq!((feed.on, feed.revision, feed.generation), (false, 2, 0));
    assert_eq!((feed.text, feed.actor), (off.text, off.actor));
    assert_eq!((feed.key, feed.set_at), (key, off.now));
    assert_eq!((feed.year, feed.last), (None, None));
    let feeds = store.goals_feeds(id(1)).await.unwrap();
    let feeds: Vec<_> = feeds.iter().map(|feed| (feed.key, feed.on)).collect();
    assert_eq!(feeds, [(key, false), (feed_key(1, 4), true)]);
    assert_eq!(store.goals_feeds(id(9)).await.unwrap(), []);
}

/// Two who change a feed at once: one is told to read again.
pub async fn a_feed_is_changed_by_compare_and_set(store: &dyn Store) {
    begun(store).await;
    refused(
        store.set_goals_feed(set_feed(1, 3, 1)).await,
        Conflict::Moved,
    );
    assert_eq!(store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap(), 1);
    assert_eq!(
        store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap(),
        1,
        "repeated"
    );
    let other = SetGoalsFeed {
        on: false,
        ..set_feed(1, 3, 0)
    };
    refused(store.set_goals_feed(other).await, Conflict::Moved);
    let other = SetGoalsFeed {
        actor: "cli:bob".into(),
        ..set_feed(1, 3, 0)
    };
    refused(store.set_goals_feed(other).await, Conflict::Moved);
    for (district, app) in [(9, 3), (1, 9)] {
        let nowhere = store.set_goals_feed(set_feed(district, app, 0)).await;
        refused(nowhere, Conflict::Gone);
    }
    let long = SetGoalsFeed {
        text: "x".repeat(limits::FEED_SETTINGS + 1),
        ..set_feed(1, 3, 1)
    };
    refused(store.set_goals_feed(long).await, Conflict::Invalid);
    let late = set_feed(1, 3, limits::NUMBER);
    refused(store.set_goals_feed(late).await, Conflict::Invalid);
}

/// Deliveries that follow each other.
pub async fn student_years_are_kept_and_read(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    for (district, app) in [(1, 3), (1, 4), (2, 3)] {
        let set = store.set_goals_feed(set_feed(district, app, 0));
        set.await.unwrap();
    }
    let mut first = goals_move(0, 2027, &[10, 20, 30]);
    first.changed[1].open = true;
    first.changed[2].earlier = vec![7; 3];
    assert_eq!(store.keep_goals(key, first.clone()).await.unwrap(), 1);
    let other = goals_move(0, 2027, &[20]);
    store
        .keep_goals(feed_key(1, 4), other.clone())
        .await
        .unwrap();
    store.keep_goals(feed_key(2, 3), other).await.unwrap();
    let mut second = goals_move(1, 2027, &[20, 30, 40]);
    second.changed[0].recent = vec![99];
    let kept = store.keep_goals(key, second.clone()).await;
    assert_eq!(kept.unwrap(), 2);

    let mut thirty = student_year(30);
    thirty.earlier = vec![7; 3];
    let twenty = StudentYear {
        recent: vec![99],
        ..student_year(20)
    };
    let all = [student_year(10), twenty.clone(), thirty, student_year(40)];
    let read = |which, earlier| store.student_years(key, 2027, which, earlier);
    assert_eq!(read(Which::All, true).await.unwrap(), all);
    let without = read(Which::All, false).await.unwrap();
    assert!(without.iter().all(|kept| kept.earlier.is_empty()));
    let students = [id(40), id(11), id(20), id(20)];
    let these = read(Which::These(&students), true).await.unwrap();
    assert_eq!(these, [twenty, student_year(40)]);
    assert_eq!(read(Which::These(&[]), true).await.unwrap(), []);
    assert_eq!(read(Which::Open, true).await.unwrap(), []);
    for (key, year) in [(key, 2026), (feed_key(9, 3), 2027)] {
        let none = store.student_years(key, year, Which::All, true).await;
        assert_eq!(none.unwrap(), []);
    }
    let feed = store.goals_feed(key).await.unwrap().unwrap();
    assert_eq!((feed.generation, feed.revision), (2, 1));
    assert_eq!((feed.year, feed.last), (Some(2027), Some(at(2))));
}

/// Many at once, asked for by name: the way an adapter reads many must not differ from the way it reads few.
pub async fn many_student_years_are_read_like_few(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    let student = |number: u16| {
        let mut bytes = [5; 12];
        bytes[2..4].copy_from_slice(&number.to_be_bytes());
        homeroom_model::ObjectId::new(bytes)
    };
    let mut all = goals_move(0, 2027, &[]);
    all.changed = (0..6000)
        .map(|number| StudentYear {
            student: student(number),
            open: number % 1000 == 3,
            earlier: vec![1; usize::from(number % 2)],
            ..student_year(1)
        })
        .collect();
    store.keep_goals(key, all.clone()).await.unwrap();
    let mut wanted: Vec<_> = (100..8000).step_by(2).map(student).collect();
    wanted.reverse();
    for earlier in [false, true] {
        let read = store.student_years(key, 2027, Which::These(&wanted), earlier);
        let read = read.await.unwrap();
        let expected = all.changed.iter().skip(100).step_by(2).cloned();
        assert_eq!(read, expected.collect::<Vec<_>>());
    }
    let open = store.student_years(key, 2027, Which::Open, true).await;
    let open: Vec<_> = open.unwrap().iter().map(|kept| kept.student).collect();
    let expected: Vec<_> = (3..6000).step_by(1000).map(student).collect();
    assert_eq!(open, expected);
    let next = async |after, most| {
        let next = Which::NextOpen(after, most);
        let read = store.student_years(key, 2027, next, true).await.unwrap();
        read.into_iter()
            .map(|kept| kept.student)
            .collect::<Vec<_>>()
    };
    assert_eq!(next(None, 2).await, expected[..2]);
    assert_eq!(next(None, 99).await, expected);
    assert_eq!(next(None, 0).await, []);
    assert_eq!(next(Some(expected[1]), 3).await, expected[2..5]);
    assert_eq!(next(Some(student(2004)), 1).await, expected[3..4]);
    assert_eq!(next(expected.last().copied(), 9).await, []);
    let all = Which::NextOpen(Some(id(1)), u32::MAX);
    let other = store.student_years(feed_key(1, 4), 2027, all, true).await;
    assert_eq!(other.unwrap(), []);
}

/// Years stand beside each other; the newest is named.
pub async fn school_years_do_not_meet(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    store
        .keep_goals(key, goals_move(0, 2027, &[10]))
        .await
        .unwrap();
    store
        .keep_goals(key, goals_move(1, 2028, &[]))
        .await
        .unwrap();
    let year = |feed: Option<crate::GoalsFeed>| feed.unwrap().year;
    assert_eq!(year(store.goals_feed(key).await.unwrap()), Some(2027));
    store
        .keep_goals(key, goals_move(1, 2028, &[20]))
        .await
        .unwrap();
    store
        .keep_goals(key, goals_move(2, 2026, &[30]))
        .await
        .unwrap();
    assert_eq!(year(store.goals_feed(key).await.unwrap()), Some(2028));
    for (year, student) in [(2026, 30), (2027, 10), (2028, 20)] {
        let read = store.student_years(key, year, Which::All, true).await;
        assert_eq!(read.unwrap(), [student_year(student)]);
    }
}

/// A delivery that was worked out from what is no longer there changes nothing.
pub async fn a_delivery_that_was_overtaken_changes_nothing(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    let none = store.keep_goals(key, goals_move(0, 2027, &[10])).await;
    refused(none, Conflict::Gone);
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    store
        .keep_goals(key, goals_move(0, 2027, &[10]))
        .await
        .unwrap();
    let late = store.keep_goals(key, goals_move(0, 2027, &[20])).await;
    refused(late, Conflict::Moved);
    let off = SetGoalsFeed {
        on: false,
        ..set_feed(1, 3, 1)
    };
    store.set_goals_feed(off).await.unwrap();
    let late = store.keep_goals(key, goals_move(1, 2027, &[20])).await;
    refused(late, Conflict::Moved);
    let read = store.student_years(key, 2027, Which::All, true).await;
    assert_eq!(read.unwrap(), [student_year(10)]);
    assert_eq!(
        store.goals_deliveries(key, None, 10).await.unwrap().len(),
        1
    );
}

/// A delivery that repeats what is known is heard and logged, and is no news: nobody has to look at students again.
pub async fn a_delivery_that_brings_nothing_new_moves_no_generation(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    let first = store.keep_goals(key, goals_move(0, 2027, &[10])).await;
    assert_eq!(first.unwrap(), 1);
    for number in 2..4_i64 {
        let mut again = goals_move(1, 2027, &[]);
        again.delivery = Some(GoalsDelivery {
            day: day(20_000 + i32::try_from(number).unwrap()),
            ..goals_delivery(10 * number)
        });
        assert_eq!(store.keep_goals(key, again).await.unwrap(), 1);
    }
    let feed = store.goals_feed(key).await.unwrap().unwrap();
    assert_eq!((feed.generation, feed.last), (1, Some(at(30))));
    let log = store.goals_deliveries(key, None, 9).await.unwrap();
    assert_eq!(log.len(), 3);
    let days = store.goals_delivery_days(key, day(20_000), day(21_000));
    assert_eq!(days.await.unwrap(), [day(20_002), day(20_003)]);
    // Of two that were worked out from the same, one that changes nothing is in nobody's way; one that does is.
    let next = store.keep_goals(key, goals_move(1, 2027, &[20])).await;
    assert_eq!(next.unwrap(), 2);
    let late = store.keep_goals(key, goals_move(1, 2027, &[])).await;
    refused(late, Conflict::Moved);
}

/// A delivery may declare the app's metric in the same step.
pub async fn a_delivery_changes_the_settings_of_its_feed(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    let mut declares = goals_move(0, 2027, &[10]);
    declares.text = Some("{\"series\":1}".into());
    declares.actor = "app".into();
    declares.now = at(77);
    store.keep_goals(key, declares).await.unwrap();
    let feed = store.goals_feed(key).await.unwrap().unwrap();
    assert_eq!((feed.revision, feed.generation, feed.on), (2, 1, true));
    assert_eq!(
        (feed.text.as_str(), feed.actor.as_str()),
        ("{\"series\":1}", "app")
    );
    assert_eq!(feed.set_at, at(77));
}

/// What is too long, or in no order, or called refused.
pub async fn moves_of_a_feed_have_limits(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    let mut bad = Vec::new();
    bad.push(goals_move(0, 2027, &[20, 10]));
    bad.push(goals_move(0, 2027, &[10, 10]));
    bad.push(goals_move(limits::NUMBER + 1, 2027, &[]));
    for recent in [vec![], vec![1; limits::STUDENT_YEAR + 1]] {
        let mut change = goals_move(0, 2027, &[10]);
        change.changed[0].recent = recent;
        bad.push(change);
    }
    let mut change = goals_move(0, 2027, &[10]);
    change.changed[0].earlier = vec![1; limits::STUDENT_YEAR + 1];
    bad.push(change);
    let mut change = goals_move(0, 2027, &[10]);
    change.delivery.as_mut().unwrap().report = "x".repeat(limits::DELIVERY_REPORT + 1);
    bad.push(change);
    let mut change = goals_move(0, 2027, &[10]);
    change.delivery.as_mut().unwrap().accepted = false;
    bad.push(change);
    for change in bad {
        refused(store.keep_goals(key, change).await, Conflict::Invalid);
    }
    let accepted = store.log_goals_refusal(key, goals_delivery(1)).await;
    refused(accepted, Conflict::Invalid);
    assert_eq!(store.goals_deliveries(key, None, 10).await.unwrap(), []);
}

fn refusal(seconds: i64) -> GoalsDelivery {
    GoalsDelivery {
        accepted: false,
        status: 400,
        ..goals_delivery(seconds)
    }
}

/// Newest first, page by page; refusals beside what was accepted.
pub async fn deliveries_are_listed_newest_first(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    assert!(!store.log_goals_refusal(key, refusal(1)).await.unwrap());
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    store
        .keep_goals(key, goals_move(0, 2027, &[10]))
        .await
        .unwrap();
    assert!(store.log_goals_refusal(key, refusal(5)).await.unwrap());
    let mut silent = goals_move(1, 2027, &[10]);
    silent.delivery = None;
    store.keep_goals(key, silent).await.unwrap();
    store
        .keep_goals(key, goals_move(2, 2027, &[]))
        .await
        .unwrap();
    let numbered = |number, delivery| GoalsDelivery { number, ..delivery };
    let expected = [
        numbered(3, goals_delivery(3)),
        numbered(2, refusal(5)),
        numbered(1, goals_delivery(1)),
    ];
    assert_eq!(
        store.goals_deliveries(key, None, 10).await.unwrap(),
        expected
    );
    let page = store.goals_deliveries(key, Some(3), 1).await.unwrap();
    assert_eq!(page, expected[1..2]);
    let others = store.goals_deliveries(feed_key(2, 3), None, 10).await;
    assert_eq!(others.unwrap(), []);
}

/// A day counts if a delivery of it reported about anybody.
pub async fn days_of_deliveries_are_those_that_report(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    let none = DeliveryRows {
        received: 4,
        rejected: 4,
        ..DeliveryRows::default()
    };
    for (generation, (days, rows)) in [
        (20_003, None),
        (20_009, None),
        (20_001, None),
        (20_001, None),
        (20_005, Some(none)),
    ]
    .into_iter()
    .enumerate()
    {
        let generation = u64::try_from(generation).unwrap();
        let mut change = goals_move(generation, 2027, &[10]);
        let delivery = change.delivery.as_mut().unwrap();
        delivery.day = day(days);
        delivery.at = at(i64::from(days - 20_000));
        delivery.rows = rows.unwrap_or(delivery.rows);
        store.keep_goals(key, change).await.unwrap();
    }
    store.log_goals_refusal(key, refusal(900)).await.unwrap();
    let between = |from, to| store.goals_delivery_days(key, day(from), day(to));
    let all = [20_001, 20_003, 20_009].map(day);
    assert_eq!(between(0, 30_000).await.unwrap(), all);
    assert_eq!(between(20_003, 20_009).await.unwrap(), all[1..]);
    assert_eq!(between(20_004, 20_008).await.unwrap(), []);
    assert_eq!(between(20_009, 20_001).await.unwrap(), []);
    let feed = store.goals_feed(key).await.unwrap().unwrap();
    assert_eq!(feed.last, Some(at(1)), "a clock may step back");
}

/// The log is thinned: what was accepted and what was refused apart, so that neither pushes the other out.
pub async fn the_log_of_deliveries_is_thinned(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    store
        .keep_goals(key, goals_move(0, 2027, &[10]))
        .await
        .unwrap();
    let most = limits::GOALS_REFUSALS;
    for seconds in 0..=most {
        let seconds = i64::try_from(seconds).unwrap();
        let logged = store.log_goals_refusal(key, refusal(seconds)).await;
        assert!(logged.unwrap());
    }
    let kept = store.goals_deliveries(key, None, 10_000).await.unwrap();
    let numbers: Vec<_> = kept.iter().rev().map(|kept| kept.number).collect();
    let expected: Vec<_> = std::iter::once(1).chain(3..=most + 2).collect();
    assert_eq!(numbers, expected);
}

/// Targets are added behind the newest.
pub async fn targets_are_added_by_compare_and_set(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    let none = store.add_goals_targets(key, 0, vec![goals_target("a")], None);
    refused(none.await, Conflict::Gone);
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    let add = |expected, audiences: &[&str]| {
        let targets = audiences.iter().map(|audience| goals_target(audience));
        store.add_goals_targets(key, expected, targets.collect(), None)
    };
    assert_eq!(add(0, &["a", "b"]).await.unwrap(), 2);
    assert_eq!(add(0, &["a", "b"]).await.unwrap(), 2, "repeated");
    refused(add(0, &["a"]).await, Conflict::Moved);
    refused(add(1, &["a"]).await, Conflict::Moved);
    refused(add(3, &["a"]).await, Conflict::Moved);
    assert_eq!(add(2, &[]).await.unwrap(), 2);
    assert_eq!(add(2, &["a"]).await.unwrap(), 3);
    let expected = [(1, "a"), (2, "b"), (3, "a")].map(|(number, audience)| GoalsTarget {
        number,
        ..goals_target(audience)
    });
    assert_eq!(store.goals_targets(key).await.unwrap(), expected);
    assert_eq!(store.goals_targets(feed_key(2, 3)).await.unwrap(), []);
    let long = add(3, &["x".repeat(limits::TEXT + 1).as_str()]).await;
    refused(long, Conflict::Invalid);
    refused(add(limits::GOALS_TARGETS, &["a"]).await, Conflict::Invalid);
    let mut taken_back = goals_target("a");
    taken_back.per_week = None;
    let added = store
        .add_goals_targets(key, 3, vec![taken_back], None)
        .await;
    assert_eq!(added.unwrap(), 4);
    let kept = store.goals_targets(key).await.unwrap();
    assert_eq!(kept[3].per_week, None);
}

/// Standings are replaced.
pub async fn standings_are_kept_per_year(store: &dyn Store) {
    begun(store).await;
    let key = feed_key(1, 3);
    let standings = |made_of: &str| GoalsStandings {
        made_of: made_of.into(),
        bytes: made_of.bytes().chain([0, 255]).collect(),
    };
    let nowhere = store.keep_goals_standings(key, 2027, standings("a")).await;
    assert!(!nowhere.unwrap());
    store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
    assert_eq!(store.goals_standings(key, 2027).await.unwrap(), None);
    for (year, made_of) in [(2027, "a"), (2026, "b"), (2027, "c")] {
        let kept = store.keep_goals_standings(key, year, standings(made_of));
        assert!(kept.await.unwrap());
    }
    for (year, made_of) in [(2027, "c"), (2026, "b")] {
        let kept = store.goals_standings(key, year).await.unwrap();
        assert_eq!(kept, Some(standings(made_of)));
    }
    let long = standings(&"x".repeat(limits::TEXT + 1));
    let long = store.keep_goals_standings(key, 2027, long).await;
    refused(long, Conflict::Invalid);
}

/// Nothing of a feed outlives it, and an app outlives none of its feeds.
pub async fn a_forgotten_feed_leaves_nothing(store: &dyn Store) {
    begun(store).await;
    let (key, other) = (feed_key(1, 3), feed_key(1, 4));
    for key in [key, other] {
        let fill = async |key: FeedKey| {
            let wish = SetGoalsFeed {
                key,
                ..set_feed(1, 3, 0)
            };
            store.set_goals_feed(wish).await?;
            let mut change = goals_move(0, 2027, &[10]);
            change.changed[0].earlier = vec![1];
            store.keep_goals(key, change).await?;
            let target = vec![goals_target("a")];
            store.add_goals_targets(key, 0, target, None).await?;
            let standings = GoalsStandings {
                made_of: "a".into(),
                bytes: vec![1],
            };
            store.keep_goals_standings(key, 2027, standings).await
        };
        assert!(fill(key).await.unwrap());
    }
    refused(store.remove_app(id(3)).await, Conflict::InUse);
    assert!(store.forget_goals_feed(key, None).await.unwrap());
    assert!(!store.forget_goals_feed(key, None).await.unwrap());
    for again in [false, true] {
        if again {
            store.set_goals_feed(set_feed(1, 3, 0)).await.unwrap();
        }
        let years = store.student_years(key, 2027, Which::All, true).await;
        assert_eq!(years.unwrap(), []);
        assert_eq!(store.goals_deliveries(key, None, 9).await.unwrap(), []);
        let days = store.goals_delivery_days(key, day(0), day(30_000)).await;
        assert_eq!(days.unwrap(), []);
        assert_eq!(store.goals_targets(key).await.unwrap(), []);
        assert_eq!(store.goals_standings(key, 2027).await.unwrap(), None);
        let kept = store.student_years(other, 2027, Which::All, true).await;
        assert_eq!(kept.unwrap().len(), 1);
        assert_eq!(store.goals_targets(other).await.unwrap().len(), 1);
    }
    assert!(store.forget_goals_feed(key, None).await.unwrap());
    assert!(store.remove_app(id(3)).await.unwrap());
}

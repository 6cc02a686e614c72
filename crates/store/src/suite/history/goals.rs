//! The steps about Goals: how they are drawn and taken.

use homeroom_model::{Date, ObjectId};
use proptest::prelude::*;

use super::take::{Outcome, at, id};
use crate::suite::sample;
use crate::{
    FeedKey, GoalsDelivery, GoalsFeed, GoalsMove, GoalsStandings, GoalsTarget, SetGoalsFeed, Store,
    StoreError, StudentYear, Which,
};

/// One step; see [`super::Step`].
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "named after the methods and their arguments")]
pub enum GoalsStep {
    Set {
        district: u8,
        app: u8,
        on: bool,
        stale: bool,
    },
    Forget {
        district: u8,
        app: u8,
    },
    Keep {
        district: u8,
        app: u8,
        year: i16,
        students: Vec<u8>,
        open: bool,
        earlier: bool,
        declares: bool,
        stale: bool,
    },
    Refuse {
        district: u8,
        app: u8,
        now: u8,
    },
    AddTargets {
        district: u8,
        app: u8,
        count: u8,
        stale: bool,
    },
    KeepStandings {
        district: u8,
        app: u8,
        year: i16,
    },
}

/// One step, drawn; `d` draws a district.
pub(super) fn step(d: &BoxedStrategy<u8>) -> BoxedStrategy<GoalsStep> {
    let rare = prop::bool::weighted(0.15);
    let year = 2026..2029i16;
    let feed = (d.clone(), prop_oneof![5 => Just(0u8), 1 => 1..3u8]);
    let students = prop::collection::btree_set(0..6u8, 0..4);
    prop_oneof![
        3 => (feed.clone(), prop::bool::weighted(0.8), rare).prop_map(
            |((district, app), on, stale)| GoalsStep::Set { district, app, on, stale }
        ),
        6 => (feed.clone(), year.clone(), students, any::<[bool; 3]>(), rare).prop_map(
            |((district, app), year, students, [open, earlier, declares], stale)| GoalsStep::Keep {
                district,
                app,
                year,
                students: students.into_iter().collect(),
                open,
                earlier,
                declares,
                stale,
            }
        ),
        1 => (feed.clone(), 0..250u8)
            .prop_map(|((district, app), now)| GoalsStep::Refuse { district, app, now }),
        2 => (feed.clone(), 0..3u8, rare).prop_map(
            |((district, app), count, stale)| GoalsStep::AddTargets { district, app, count, stale }
        ),
        1 => (feed.clone(), year)
            .prop_map(|((district, app), year)| GoalsStep::KeepStandings { district, app, year }),
        1 => feed.prop_map(|(district, app)| GoalsStep::Forget { district, app }),
    ]
    .boxed()
}

/// Takes the step and answers what the store answered.
pub(super) async fn take(store: &dyn Store, step: GoalsStep) -> Result<Outcome, StoreError> {
    match step {
        GoalsStep::Set {
            district,
            app,
            on,
            stale,
        } => {
            let key = sample::feed_key(district, app);
            let revision = store.goals_feed(key).await?.map_or(0, |feed| feed.revision);
            let wish = SetGoalsFeed {
                on,
                ..sample::set_feed(district, app, revision.saturating_sub(u64::from(stale)))
            };
            store.set_goals_feed(wish).await.map(Outcome::Count)
        }
        GoalsStep::Forget { district, app } => {
            let forgotten = store.forget_goals_feed(sample::feed_key(district, app), None);
            forgotten.await.map(Outcome::Flag)
        }
        GoalsStep::Refuse { district, app, now } => {
            let delivery = GoalsDelivery {
                accepted: false,
                ..sample::goals_delivery(i64::from(now))
            };
            let logged = store.log_goals_refusal(sample::feed_key(district, app), delivery);
            logged.await.map(Outcome::Flag)
        }
        GoalsStep::AddTargets {
            district,
            app,
            count,
            stale,
        } => {
            let key = sample::feed_key(district, app);
            let newest = store.goals_targets(key).await?.len() as u64;
            let targets = (0..count).map(|one| sample::goals_target(&format!("audience {one}")));
            let expected = newest.saturating_sub(u64::from(stale));
            let added = store.add_goals_targets(key, expected, targets.collect(), None);
            added.await.map(Outcome::Count)
        }
        GoalsStep::KeepStandings {
            district,
            app,
            year,
        } => {
            let key = sample::feed_key(district, app);
            let feed = store.goals_feed(key).await?;
            let standings = GoalsStandings {
                made_of: format!("{:?}", feed.map(|feed| feed.generation)),
                bytes: vec![district, app],
            };
            let kept = store.keep_goals_standings(key, year, standings).await;
            kept.map(Outcome::Flag)
        }
        keep @ GoalsStep::Keep { .. } => take_delivery(store, keep).await,
    }
}

async fn take_delivery(store: &dyn Store, step: GoalsStep) -> Result<Outcome, StoreError> {
    let GoalsStep::Keep {
        district,
        app,
        year,
        students,
        open,
        earlier,
        declares,
        stale,
    } = step
    else {
        panic!("not a delivery: {step:?}");
    };
    let key = sample::feed_key(district, app);
    let feed = store.goals_feed(key).await?;
    let (generation, revision) = feed.map_or((0, 0), |feed| (feed.generation, feed.revision));
    let mut change = GoalsMove {
        revision,
        text: declares.then(|| format!("{{\"series\":{generation}}}")),
        actor: "app".into(),
        ..sample::goals_move(generation.saturating_sub(u64::from(stale)), year, &students)
    };
    for kept in &mut change.changed {
        kept.open = open;
        kept.recent.push(u8::try_from(generation % 256).unwrap());
        kept.earlier = vec![u8::from(open); usize::from(earlier)];
    }
    if students.len() == 1 {
        change.delivery = None;
    }
    change.now = at(u8::try_from(generation % 256).unwrap());
    store.keep_goals(key, change).await.map(Outcome::Count)
}

/// Everything a store holds of one feed.
#[derive(Debug, PartialEq)]
pub(super) struct FeedContents {
    feed: Option<GoalsFeed>,
    years: Vec<Vec<StudentYear>>,
    open: Vec<StudentYear>,
    deliveries: Vec<GoalsDelivery>,
    days: Vec<Date>,
    targets: Vec<GoalsTarget>,
    standings: Vec<Option<GoalsStandings>>,
}

/// Everything a store holds of the feeds of a district.
pub(super) async fn contents(
    store: &dyn Store,
    district: ObjectId,
) -> Result<Vec<FeedContents>, StoreError> {
    let mut keys: Vec<_> = (0..3)
        .map(|app| FeedKey {
            district,
            app: id(app),
        })
        .collect();
    let listed = store.goals_feeds(district).await?;
    keys.retain(|key| listed.iter().any(|feed| feed.key == *key) || key.app == id(0));
    let mut feeds = Vec::new();
    for key in keys {
        let (mut years, mut standings) = (Vec::new(), Vec::new());
        for year in 2026..2029 {
            years.push(store.student_years(key, year, Which::All, true).await?);
            standings.push(store.goals_standings(key, year).await?);
        }
        let (first, last) = (Date::EPOCH, at(250).date());
        feeds.push(FeedContents {
            feed: store.goals_feed(key).await?,
            years,
            open: store.student_years(key, 2027, Which::Open, false).await?,
            deliveries: store.goals_deliveries(key, None, 1000).await?,
            days: store.goals_delivery_days(key, first, last).await?,
            targets: store.goals_targets(key).await?,
            standings,
        });
    }
    Ok(feeds)
}
